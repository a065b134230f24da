//! From a stranger's bytes to pixels, or a refusal. First a file is looked over without decoding a pixel: what
//! it is, how large, whether all of it came, and what memory decoding it takes. Then it is decoded.
mod coded;
mod jpeg;
mod passes;
mod png;
mod webp;

use image::metadata::Orientation;

use crate::encode::{Sizes, sizes};
use crate::pixels::{self, Pixels};
use crate::{CodingFault, Unfit};

/// The most pixels of a picture: above every phone's camera of today, below what fills memory.
pub const MAX_PIXELS: u64 = 50_000_000;
/// The longest side, pixels.
pub const MAX_SIDE: u32 = 12_000;
/// The shortest side, pixels: smaller ones show nothing.
pub const MIN_SIDE: u32 = 100;

/// All pictures that are decoded at the same time take no more memory than this, bytes; one that would take
/// more alone has too many pixels. A JPEG of 12 megapixels takes a fifth of it.
pub const MEMORY: u64 = 192 * 1024 * 1024;

/// What making the sizes of a picture takes, bytes for each pixel of the largest: it stands there resized,
/// turned and in sRGB, beside rows of the larger one and what the encoders keep.
const FINISHING: u64 = 16;

/// What a file says of itself and was found to keep.
pub struct Head {
    kind: Kind,
    /// Pixels, not yet turned.
    pub(crate) width: u32,
    /// Pixels, not yet turned.
    pub(crate) height: u32,
    /// How it is turned upright.
    pub(crate) orientation: Orientation,
    /// The most that is held while it is decoded, bytes, itself among it.
    decoding: u64,
}

#[derive(Clone, Copy)]
enum Kind {
    Jpeg,
    Png,
    Webp,
}

/// What came out of a file.
pub struct Decoded {
    /// Not yet turned, perhaps already smaller.
    pub(crate) pixels: Pixels,
    /// ICC profile.
    pub(crate) profile: Option<Vec<u8>>,
}

impl Decoded {
    /// All that pages use of the picture that `head` is of.
    ///
    /// # Errors
    /// A coder failed, which no file should bring about.
    pub fn sizes(self, head: &Head) -> Result<Sizes, CodingFault> {
        Sizes::of(pixels::finish(self, head)?, head.upright())
    }
}

impl Head {
    /// Upright, pixels.
    #[must_use]
    pub fn upright(&self) -> (u32, u32) {
        self.turned((self.width, self.height))
    }

    /// The largest size that is made of it, not yet turned.
    pub(crate) fn target(&self) -> (u32, u32) {
        let (width, height) = self.upright();
        self.turned(
            sizes(width, height)
                .last()
                .copied()
                .unwrap_or((width, height)),
        )
    }

    /// The most memory that it takes, bytes.
    #[must_use]
    pub fn memory(&self) -> u64 {
        let (width, height) = self.target();
        self.decoding + u64::from(width) * u64::from(height) * FINISHING
    }

    /// Refused where it would take more memory than there is for all.
    fn checked(self) -> Result<Self, Unfit> {
        if self.memory() > MEMORY {
            Err(Unfit::TooManyPixels)
        } else {
            Ok(self)
        }
    }

    fn turned(&self, (width, height): (u32, u32)) -> (u32, u32) {
        match self.orientation {
            Orientation::Rotate90
            | Orientation::Rotate270
            | Orientation::Rotate90FlipH
            | Orientation::Rotate270FlipH => (height, width),
            _ => (width, height),
        }
    }
}

/// Looks a file over.
///
/// # Errors
/// It is not taken.
pub fn inspect(bytes: &[u8]) -> Result<Head, Unfit> {
    match judge(bytes)? {
        Kind::Jpeg => jpeg::inspect(bytes),
        Kind::Png => png::inspect(bytes),
        Kind::Webp => webp::inspect(bytes),
    }
}

/// Decodes a file that was looked over.
///
/// # Errors
/// It is damaged in a way that only decoding shows.
pub fn decode(head: &Head, bytes: &[u8]) -> Result<Decoded, Unfit> {
    match head.kind {
        Kind::Jpeg => jpeg::decode(head, bytes),
        Kind::Png => png::decode(head, bytes),
        Kind::Webp => webp::decode(head, bytes),
    }
}

/// Whether a file that begins so is of a kind that is taken.
///
/// # Errors
/// It is not.
pub fn begins_well(bytes: &[u8]) -> Result<(), Unfit> {
    judge(bytes).map(drop)
}

/// What the bytes are, whatever the name says.
fn judge(bytes: &[u8]) -> Result<Kind, Unfit> {
    let starts = |signature: &[u8]| bytes.starts_with(signature);
    if starts(&[0xFF, 0xD8, 0xFF]) {
        return Ok(Kind::Jpeg);
    }
    if starts(b"\x89PNG\r\n\x1a\n") {
        return Ok(Kind::Png);
    }
    if starts(b"RIFF") && bytes.get(8..12) == Some(b"WEBP") {
        return Ok(Kind::Webp);
    }
    if bytes.get(4..8) == Some(b"ftyp") {
        return Err(media_file(bytes));
    }
    let others: [&[u8]; 12] = [
        b"GIF8",
        b"II*\0",
        b"MM\0*",
        b"II+\0",
        b"MM\0+",
        b"BM",
        b"\0\0\x01\0",
        b"8BPS",
        b"\0\0\0\x0CjP  ",
        b"\xFF\x4F\xFF\x51",
        b"\0\0\0\x0CJXL ",
        b"\xFF\x0A",
    ];
    if others.into_iter().any(starts) {
        Err(Unfit::TypeNotAllowed)
    } else {
        Err(Unfit::NotAnImage)
    }
}

/// A file of the family of MP4: pictures of phones and videos tell themselves apart by brands, of which the
/// first may be the family's own (`mif1`) and the others say what is inside.
fn media_file(bytes: &[u8]) -> Unfit {
    let length = bytes
        .first_chunk()
        .map_or(0, |length| u32::from_be_bytes(*length) as usize);
    let all = bytes.get(8..length.min(bytes.len())).unwrap_or_default();
    let brands = all.as_chunks::<4>().0;
    let any = |wanted: &[&[u8; 4]]| brands.iter().any(|brand| wanted.contains(&brand));
    if any(&[b"avif", b"avis", b"crx "]) {
        Unfit::TypeNotAllowed
    } else if any(&[
        b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs", b"mif1", b"mif2",
        b"msf1",
    ]) {
        Unfit::Heic
    } else {
        Unfit::NotAnImage
    }
}

fn check_size(width: u32, height: u32) -> Result<(), Unfit> {
    if width == 0 || height == 0 {
        Err(Unfit::Truncated)
    } else if width > MAX_SIDE
        || height > MAX_SIDE
        || u64::from(width) * u64::from(height) > MAX_PIXELS
    {
        Err(Unfit::TooManyPixels)
    } else if width < MIN_SIDE || height < MIN_SIDE {
        Err(Unfit::TooSmall)
    } else {
        Ok(())
    }
}

/// How a picture is turned upright. A block that can't be read, or a value that is none of the eight, means
/// that it is.
fn orientation(exif: Option<&[u8]>) -> Orientation {
    exif.and_then(|exif| {
        // Some programs write the mark of JPEG's segment also where none belongs.
        Orientation::from_exif_chunk(exif.strip_prefix(b"Exif\0\0").unwrap_or(exif))
    })
    .unwrap_or(Orientation::NoTransforms)
}

#[cfg(test)]
mod tests {
    use image::codecs::jpeg::JpegEncoder;
    use proptest::prelude::*;

    use super::*;

    fn refused(bytes: &[u8]) -> Unfit {
        inspect(bytes).map(|_| ()).expect_err("refused")
    }

    #[test]
    fn bytes_tell_what_a_file_is() {
        for nothing in [
            &b"<?php echo 1;"[..],
            b"%PDF-1.7",
            b"PK\x03\x04",
            b"MZ\x90\0",
            b"\x1F\x8B\x08\0 a packed svg",
            b"<!doctype html><html>",
            b"<?xml version='1.0'?><svg xmlns='x'/>",
            b"RIFF\x24\0\0\0WAVEfmt ",
            b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom",
            b"\xFF",
        ] {
            assert_eq!(refused(nothing), Unfit::NotAnImage, "{nothing:?}");
        }
        for other in [
            &b"GIF89a"[..],
            b"II*\0\x08\0\0\0",
            b"MM\0*\0\0\0\x08",
            b"II+\0\x08\0",
            b"BM\0\0\0\0",
            b"\0\0\x01\0\x01\0",
            b"8BPS\0\x01",
            b"\0\0\0\x0CjP  \r\n\x87\n",
            b"\0\0\0\x0CJXL \r\n\x87\n",
            b"\xFF\x0A\0\0",
        ] {
            assert_eq!(refused(other), Unfit::TypeNotAllowed, "{other:?}");
        }
    }

    #[test]
    fn brands_tell_an_iphones_picture_from_others() {
        let brands = |brands: &[&[u8; 4]]| {
            let length = u8::try_from(12 + brands.len() * 4).unwrap();
            let mut bytes = vec![0, 0, 0, length];
            bytes.extend(b"ftyp");
            bytes.extend(brands[0]);
            bytes.extend([0; 4]);
            bytes.extend(brands[1..].iter().copied().flatten());
            // Behind the box: none of its brands.
            bytes.extend(b"heicavif");
            refused(&bytes)
        };
        for first in [
            b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs",
        ] {
            assert_eq!(brands(&[first, b"mif1"]), Unfit::Heic);
            assert_eq!(brands(&[b"mif1", b"miaf", first]), Unfit::Heic);
        }
        assert_eq!(brands(&[b"mif1", b"mif1"]), Unfit::Heic);
        for first in [b"avif", b"avis"] {
            assert_eq!(brands(&[first, b"mif1"]), Unfit::TypeNotAllowed);
            assert_eq!(brands(&[b"mif1", b"miaf", first]), Unfit::TypeNotAllowed);
        }
        assert_eq!(brands(&[b"isom", b"mp42"]), Unfit::NotAnImage);
        assert_eq!(refused(b"\0\0\0\x18ftyp"), Unfit::NotAnImage);
    }

    /// The bytes that a frame header of a JPEG has, and nothing behind it.
    fn jpeg_header(kind: u8, precision: u8, height: u16, width: u16) -> Vec<u8> {
        let mut bytes = vec![0xFF, 0xD8, 0xFF, kind, 0, 17, precision];
        bytes.extend(height.to_be_bytes());
        bytes.extend(width.to_be_bytes());
        bytes.extend([3, 1, 0x11, 0, 2, 0x11, 0, 3, 0x11, 0]);
        bytes
    }

    fn png_header(width: u32, height: u32, depth: u8, colours: u8, interlaced: u8) -> Vec<u8> {
        let mut bytes = b"\x89PNG\r\n\x1a\n\0\0\0\x0DIHDR".to_vec();
        bytes.extend(width.to_be_bytes());
        bytes.extend(height.to_be_bytes());
        bytes.extend([depth, colours, 0, 0, interlaced, 0, 0, 0, 0]);
        bytes.extend(b"\0\0\0\0IDAT\0\0\0\0\0\0\0\0IEND\0\0\0\0");
        bytes
    }

    #[test]
    fn the_header_alone_refuses_what_is_too_large_or_coded_in_a_way_that_nobody_shows() {
        for (bytes, why) in [
            (jpeg_header(0xC0, 8, 65500, 65500), Unfit::TooManyPixels),
            (jpeg_header(0xC0, 8, 100, 12001), Unfit::TooManyPixels),
            // Fewer pixels than the most, but the coefficients of all three channels at once.
            (jpeg_header(0xC2, 8, 6120, 8160), Unfit::TooManyPixels),
            (jpeg_header(0xC0, 8, 6120, 8160), Unfit::Truncated),
            (jpeg_header(0xC0, 8, 99, 400), Unfit::TooSmall),
            (jpeg_header(0xC0, 8, 0, 400), Unfit::Truncated),
            (jpeg_header(0xC1, 12, 300, 400), Unfit::TypeNotAllowed),
            (jpeg_header(0xC3, 8, 300, 400), Unfit::TypeNotAllowed),
            (jpeg_header(0xC9, 8, 300, 400), Unfit::TypeNotAllowed),
            (png_header(65535, 65535, 8, 2, 0), Unfit::TooManyPixels),
            (png_header(7000, 7000, 16, 6, 1), Unfit::TooManyPixels),
            (png_header(0, 300, 8, 2, 0), Unfit::Truncated),
            (png_header(300, 99, 8, 2, 0), Unfit::TooSmall),
        ] {
            assert_eq!(refused(&bytes), why, "{bytes:?}");
        }
    }

    #[test]
    fn a_large_picture_takes_little_memory() {
        let memory = |bytes: &[u8]| inspect(bytes).map(|head| head.memory() >> 20).unwrap();
        // Its rows never stand in memory together, nor do sixteen bits.
        assert!(memory(&png_header(7000, 7000, 16, 6, 0)) < 80);
        assert!(memory(&png_header(1280, 960, 8, 6, 0)) < 32);
        let twelve = vec![128; 4000 * 3000];
        let mut jpeg = Vec::new();
        JpegEncoder::new(&mut jpeg)
            .encode(&twelve, 4000, 3000, image::ExtendedColorType::L8)
            .unwrap();
        assert!(memory(&jpeg) < 40, "{}", memory(&jpeg));
        let head = inspect(&jpeg).unwrap();
        assert_eq!((head.upright(), head.target()), ((4000, 3000), (1280, 960)));
        assert_eq!(decode(&head, &jpeg).unwrap().pixels.width, 2000);
    }

    fn look(bytes: &[u8]) -> Result<Decoded, Unfit> {
        decode(&inspect(bytes)?, bytes)
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(mut bytes in prop::collection::vec(any::<u8>(), 0..600), kind in 0usize..4) {
            let signature: &[u8] = [&b"\xFF\xD8\xFF"[..], b"\x89PNG\r\n\x1a\n", b"RIFF\0\0\0\0WEBPVP8 ", b""][kind];
            bytes.splice(0..0, signature.iter().copied());
            prop_assert!(look(&bytes).is_err());
        }

        #[test]
        fn no_damage_makes_it_panic(file in 0usize..5, damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6)) {
            let mut bytes = [
                &include_bytes!("../../market/tests/it/media/progressive_restarts.jpg")[..],
                include_bytes!("../../market/tests/it/media/channel_by_channel.jpg"),
                include_bytes!("../../market/tests/it/media/ycck.jpg"),
                include_bytes!("../../market/tests/it/media/exif_ifd_loop.jpg"),
                include_bytes!("../../market/tests/it/media/rgb_16bit.png"),
            ][file].to_vec();
            for (at, byte) in damage {
                let at = at.index(bytes.len());
                bytes[at] = byte;
            }
            let _ = look(&bytes);
        }
    }
}
