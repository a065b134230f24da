//! WebP: its chunks, and its pixels.
use std::io::Cursor;

use image::ImageDecoder;
use image::codecs::webp::WebPDecoder;

use super::{Decoded, Head, Kind, check_size, orientation};
use crate::Unfit;
use crate::pixels::{Shrinker, shrinking};

pub(super) fn inspect(bytes: &[u8]) -> Result<Head, Unfit> {
    let mut size = None;
    let (mut exif, mut has_pixels) = (None, false);
    // What decoding takes for each pixel, halves of bytes.
    let mut halves = 0;
    let length = le(bytes.get(4..8));
    let end = (length as usize).saturating_add(8);
    for (kind, data, is_whole) in Chunks(bytes.get(12..end.min(bytes.len())).unwrap_or_default()) {
        let own = match kind {
            b"VP8X" => {
                if data.first().is_some_and(|flags| flags & 0x02 != 0) {
                    return Err(Unfit::Animated);
                }
                Some((le(data.get(4..7)) + 1, le(data.get(7..10)) + 1))
            }
            b"VP8 " => {
                // Luma and twice a quarter of chroma, then red, green, blue.
                halves += 9;
                has_pixels = true;
                Some((le(data.get(6..8)) & 0x3FFF, le(data.get(8..10)) & 0x3FFF))
            }
            b"VP8L" => {
                let packed = le(data.get(1..5));
                halves += 14;
                has_pixels = true;
                Some(((packed & 0x3FFF) + 1, (packed >> 14 & 0x3FFF) + 1))
            }
            b"ALPH" => {
                halves += 12;
                None
            }
            b"EXIF" => {
                exif = Some(data);
                None
            }
            _ => None,
        };
        if let Some((width, height)) = own {
            check_size(width, height)?;
            // The frame is what is decoded: one that is larger than the canvas would not be counted.
            if *size.get_or_insert((width, height)) != (width, height) {
                return Err(Unfit::Truncated);
            }
        }
        if !is_whole {
            return Err(Unfit::Truncated);
        }
    }
    let (Some((width, height)), true, true) = (size, has_pixels, end <= bytes.len()) else {
        return Err(Unfit::Truncated);
    };
    let mut head = Head {
        kind: Kind::Webp,
        width,
        height,
        orientation: orientation(exif),
        decoding: 0,
    };
    let factor = u64::from(shrinking(width, head.target().0));
    let pixels = u64::from(width) * u64::from(height);
    head.decoding = pixels * halves / 2 + pixels * 3 / (factor * factor) + bytes.len() as u64;
    head.checked()
}

pub(super) fn decode(head: &Head, bytes: &[u8]) -> Result<Decoded, Unfit> {
    let damaged = |_| Unfit::Truncated;
    let mut decoder = WebPDecoder::new(Cursor::new(bytes)).map_err(damaged)?;
    let profile = decoder.icc_profile().ok().flatten();
    let channels = usize::from(decoder.color_type().channel_count());
    let size = usize::try_from(decoder.total_bytes()).map_err(|_| Unfit::TooManyPixels)?;
    let mut whole = vec![0; size];
    decoder.read_image(&mut whole).map_err(damaged)?;
    let mut shrinker = Shrinker::new(head.width, channels, head.target().0);
    for row in whole.chunks_exact(head.width as usize * channels) {
        shrinker.push(row);
    }
    Ok(Decoded {
        pixels: shrinker.finish(),
        profile,
    })
}

/// A number of up to four bytes, the smallest first; nothing is zero.
fn le(bytes: Option<&[u8]>) -> u32 {
    let bytes = bytes.unwrap_or_default().iter().rev();
    bytes.fold(0, |number, byte| number << 8 | u32::from(*byte))
}

/// The chunks of a WebP, each with whether all of it is there.
struct Chunks<'a>(&'a [u8]);

impl<'a> Iterator for Chunks<'a> {
    type Item = (&'a [u8; 4], &'a [u8], bool);

    fn next(&mut self) -> Option<Self::Item> {
        let (kind, rest) = self.0.split_first_chunk()?;
        let (length, rest) = rest.split_first_chunk()?;
        let length = u32::from_le_bytes(*length) as usize;
        let data = &rest[..length.min(rest.len())];
        self.0 = rest.get(length.next_multiple_of(2)..).unwrap_or_default();
        Some((kind, data, data.len() == length))
    }
}
