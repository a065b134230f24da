//! From a stranger's bytes to upright pixels in sRGB, or a refusal.
use std::io::Cursor;

use image::codecs::jpeg::JpegDecoder;
use image::codecs::png::PngDecoder;
use image::codecs::webp::WebPDecoder;
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, Limits, RgbImage};
use moxcms::{ColorProfile, DataColorSpace, Layout, TransformOptions};

use super::{MAX_BYTES, MAX_PIXELS, MAX_SIDE, MIN_SIDE, PhotoRefusal};

/// What decoding may take at most, bytes: the pixels of [`MAX_PIXELS`] at 16 bit with alpha would be 400 MB;
/// ordinary photographs stay below a quarter of this.
const MAX_ALLOCATION: u64 = 256 * 1024 * 1024;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Jpeg,
    Png,
    Webp,
}

/// Decodes a photograph: judged by its bytes, counted before it is decoded, turned upright, in sRGB, flat.
pub(super) fn decode(bytes: &[u8]) -> Result<RgbImage, PhotoRefusal> {
    if bytes.is_empty() {
        return Err(PhotoRefusal::Empty);
    }
    if bytes.len() > MAX_BYTES {
        return Err(PhotoRefusal::TooLarge);
    }
    let kind = judge(bytes)?;
    let damaged = |_| PhotoRefusal::Truncated;
    let data = Cursor::new(bytes);
    match kind {
        Kind::Jpeg => {
            // The size stands in the header; only then is it worth looking whether the end is there.
            let decoder = JpegDecoder::new(data).map_err(damaged)?;
            check_size(decoder.dimensions())?;
            if !jpeg_has_end(bytes) {
                return Err(PhotoRefusal::Truncated);
            }
            pixels(decoder)
        }
        Kind::Png => {
            pixels(PngDecoder::with_limits(data, limits()).map_err(|_| png_refusal(bytes))?)
        }
        Kind::Webp => {
            if is_animated_webp(bytes) {
                return Err(PhotoRefusal::Animated);
            }
            pixels(WebPDecoder::new(data).map_err(damaged)?)
        }
    }
}

/// What the bytes are, whatever the name says.
fn judge(bytes: &[u8]) -> Result<Kind, PhotoRefusal> {
    let starts = |signature: &[u8]| bytes.starts_with(signature);
    let at = |from: usize, text: &[u8]| bytes.get(from..from + text.len()) == Some(text);
    if starts(&[0xFF, 0xD8, 0xFF]) {
        return Ok(Kind::Jpeg);
    }
    if starts(b"\x89PNG\r\n\x1a\n") {
        return Ok(Kind::Png);
    }
    if starts(b"RIFF") && at(8, b"WEBP") {
        return Ok(Kind::Webp);
    }
    if at(4, b"ftyp") {
        let is_heic = [
            b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1",
        ]
        .iter()
        .any(|brand| at(8, *brand));
        return Err(if is_heic {
            PhotoRefusal::Heic
        } else {
            PhotoRefusal::TypeNotAllowed
        });
    }
    let head = &bytes[..bytes.len().min(1024)];
    let is_svg = head
        .windows(4)
        .any(|window| window.eq_ignore_ascii_case(b"<svg"));
    if is_svg
        || [
            &b"GIF8"[..],
            b"II*\0",
            b"MM\0*",
            b"BM",
            b"\0\0\x01\0",
            b"8BPS",
        ]
        .iter()
        .any(|signature| starts(signature))
    {
        return Err(PhotoRefusal::TypeNotAllowed);
    }
    Err(PhotoRefusal::NotAnImage)
}

fn limits() -> Limits {
    let mut limits = Limits::default();
    limits.max_alloc = Some(MAX_ALLOCATION);
    limits
}

/// A PNG whose header can't be used: too large by its own words, or damaged.
fn png_refusal(bytes: &[u8]) -> PhotoRefusal {
    let number = |from: usize| {
        bytes
            .get(from..from + 4)
            .and_then(|four| four.try_into().ok())
            .map(u32::from_be_bytes)
    };
    match (number(16), number(20)) {
        (Some(width), Some(height)) => check_size((width, height))
            .err()
            .unwrap_or(PhotoRefusal::Truncated),
        _ => PhotoRefusal::Truncated,
    }
}

fn check_size((width, height): (u32, u32)) -> Result<(), PhotoRefusal> {
    if width > MAX_SIDE || height > MAX_SIDE || u64::from(width) * u64::from(height) > MAX_PIXELS {
        Err(PhotoRefusal::TooManyPixels)
    } else if width < MIN_SIDE || height < MIN_SIDE {
        Err(PhotoRefusal::TooSmall)
    } else {
        Ok(())
    }
}

fn pixels(mut decoder: impl ImageDecoder) -> Result<RgbImage, PhotoRefusal> {
    check_size(decoder.dimensions())?;
    decoder
        .set_limits(limits())
        .map_err(|_| PhotoRefusal::TooManyPixels)?;
    // A value that is none of the eight, or an EXIF block that can't be read, means upright.
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let profile = decoder.icc_profile().ok().flatten();
    let mut image = DynamicImage::from_decoder(decoder).map_err(|_| PhotoRefusal::Truncated)?;
    image.apply_orientation(orientation);
    let mut flat = flatten(image);
    if let Some(profile) = profile {
        to_srgb(&mut flat, &profile);
    }
    Ok(flat)
}

/// Eight bits a channel; what shows through stands on white.
fn flatten(image: DynamicImage) -> RgbImage {
    if !image.color().has_alpha() {
        return image.into_rgb8();
    }
    let with_alpha = image.into_rgba8();
    let mut flat = RgbImage::new(with_alpha.width(), with_alpha.height());
    for (to, from) in flat.pixels_mut().zip(with_alpha.pixels()) {
        let [red, green, blue, alpha] = from.0.map(u16::from);
        to.0 = [red, green, blue].map(|channel| {
            u8::try_from((channel * alpha + 255 * (255 - alpha) + 127) / 255).unwrap_or(u8::MAX)
        });
    }
    flat
}

/// Colours of a phone's own profile (Display P3 and its like) as sRGB; a profile that can't be used is left.
fn to_srgb(image: &mut RgbImage, profile: &[u8]) {
    let Ok(profile) = ColorProfile::new_from_slice(profile) else {
        return;
    };
    if profile.color_space != DataColorSpace::Rgb {
        return;
    }
    let Ok(transform) = profile.create_transform_8bit(
        Layout::Rgb,
        &ColorProfile::new_srgb(),
        Layout::Rgb,
        TransformOptions::default(),
    ) else {
        return;
    };
    let mut turned = vec![0; image.len()];
    if transform.transform(image, &mut turned).is_ok() {
        image.copy_from_slice(&turned);
    }
}

/// Whether a JPEG's end marker is where its segments lead: a file cut off by a weak network has none, and
/// decoders would show the rest grey.
fn jpeg_has_end(bytes: &[u8]) -> bool {
    let mut at = 2;
    while let Some(&[0xFF, marker]) = bytes.get(at..at + 2) {
        match marker {
            0xFF => at += 1,
            0xD9 => return true,
            0x01 | 0xD0..=0xD7 => at += 2,
            _ => {
                let Some(&[high, low]) = bytes.get(at + 2..at + 4) else {
                    return false;
                };
                at += 2 + usize::from(u16::from_be_bytes([high, low]));
                if marker == 0xDA {
                    // Coded pixels: up to the next marker that is neither stuffing nor a restart.
                    loop {
                        match bytes.get(at..at + 2) {
                            Some(&[0xFF, 0x00 | 0xD0..=0xD7]) => at += 2,
                            Some(&[0xFF, _]) => break,
                            Some(_) => at += 1,
                            None => return false,
                        }
                    }
                }
            }
        }
    }
    false
}

fn is_animated_webp(bytes: &[u8]) -> bool {
    bytes.get(12..16) == Some(b"VP8X") && bytes.get(20).is_some_and(|flags| flags & 0x02 != 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn bytes_tell_what_a_file_is() {
        let refused = |bytes: &[u8]| decode(bytes).expect_err("refused");
        assert_eq!(refused(b""), PhotoRefusal::Empty);
        assert_eq!(refused(b"<?php echo 1;"), PhotoRefusal::NotAnImage);
        assert_eq!(
            refused(b"<?xml version='1.0'?><SVG xmlns='x'/>"),
            PhotoRefusal::TypeNotAllowed
        );
        assert_eq!(refused(b"\0\0\0\x18ftypheic\0\0\0\0"), PhotoRefusal::Heic);
        assert_eq!(refused(b"GIF89a"), PhotoRefusal::TypeNotAllowed);
        assert_eq!(refused(&vec![0; MAX_BYTES + 1]), PhotoRefusal::TooLarge);
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(mut bytes in prop::collection::vec(any::<u8>(), 0..600), kind in 0usize..4) {
            let signature: &[u8] = [&b"\xFF\xD8\xFF"[..], b"\x89PNG\r\n\x1a\n", b"RIFF\0\0\0\0WEBPVP8 ", b""][kind];
            bytes.splice(0..0, signature.iter().copied());
            prop_assert!(decode(&bytes).is_err());
        }
    }
}
