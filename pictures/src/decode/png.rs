//! PNG: its chunks, and its pixels row by row.
use std::io::Cursor;

use png::{ColorType, Decoder, Limits, Transformations};

use super::{Decoded, Head, Kind, check_size, orientation};
use crate::Unfit;
use crate::pixels::{Shrinker, shrinking};

/// What a colour profile may unpack to, bytes.
const PROFILE: usize = 4 * 1024 * 1024;

pub(super) fn inspect(bytes: &[u8]) -> Result<Head, Unfit> {
    let mut chunks = Chunks(&bytes[8..]);
    let header = match chunks.next() {
        Some((b"IHDR", header)) if header.len() == 13 => header,
        _ => return Err(Unfit::Truncated),
    };
    let number = |from: usize| u32::from_be_bytes([0, 1, 2, 3].map(|at| header[from + at]));
    let (width, height, is_interlaced) = (number(0), number(4), header[12] == 1);
    check_size(width, height)?;
    let mut exif = None;
    let (mut has_pixels, mut has_end) = (false, false);
    for (kind, data) in chunks {
        match kind {
            b"IDAT" => has_pixels = true,
            // One frame doesn't move.
            b"acTL" if !data.starts_with(&[0, 0, 0, 1]) => return Err(Unfit::Animated),
            b"eXIf" => exif = Some(data),
            b"IEND" => {
                has_end = true;
                break;
            }
            _ => {}
        }
    }
    if !has_pixels || !has_end {
        return Err(Unfit::Truncated);
    }
    let mut head = Head {
        kind: Kind::Png,
        width,
        height,
        orientation: orientation(exif),
        decoding: 0,
    };
    let factor = u64::from(shrinking(width, head.target().0));
    let pixels = u64::from(width) * u64::from(height);
    let whole = if is_interlaced { pixels * 4 } else { 0 };
    let rest = bytes.len() + PROFILE;
    head.decoding = whole + pixels * 3 / (factor * factor) + rest as u64;
    head.checked()
}

pub(super) fn decode(head: &Head, bytes: &[u8]) -> Result<Decoded, Unfit> {
    let damaged = |_| Unfit::Truncated;
    let open = |with_profile: bool| {
        let mut decoder = Decoder::new_with_limits(Cursor::new(bytes), Limits { bytes: PROFILE });
        // Eight bits a channel, no palette.
        decoder.set_transformations(Transformations::EXPAND | Transformations::STRIP_16);
        decoder.set_ignore_text_chunk(true);
        decoder.set_ignore_iccp_chunk(!with_profile);
        decoder.read_info()
    };
    let mut reader = open(true).or_else(|_| open(false)).map_err(damaged)?;
    let profile = reader.info().icc_profile.as_ref().map(|it| it.to_vec());
    let channels = match reader.output_color_type().0 {
        ColorType::Grayscale => 1,
        ColorType::GrayscaleAlpha => 2,
        ColorType::Rgb => 3,
        ColorType::Rgba => 4,
        ColorType::Indexed => return Err(Unfit::Truncated),
    };
    let mut shrinker = Shrinker::new(head.width, channels, head.target().0);
    if reader.info().interlaced {
        let size = reader.output_buffer_size().ok_or(Unfit::TooManyPixels)?;
        let mut whole = vec![0; size];
        reader.next_frame(&mut whole).map_err(damaged)?;
        for row in whole.chunks_exact(head.width as usize * channels) {
            shrinker.push(row);
        }
    } else {
        while let Some(row) = reader.next_row().map_err(damaged)? {
            shrinker.push(row.data());
        }
    }
    Ok(Decoded {
        pixels: shrinker.finish(),
        profile,
    })
}

/// The chunks of a PNG behind its signature; it ends where a chunk is not whole.
struct Chunks<'a>(&'a [u8]);

impl<'a> Iterator for Chunks<'a> {
    type Item = (&'a [u8; 4], &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        let (length, rest) = self.0.split_first_chunk()?;
        let (kind, rest) = rest.split_first_chunk()?;
        let (data, rest) = rest.split_at_checked(u32::from_be_bytes(*length) as usize)?;
        let (_checksum, rest) = rest.split_first_chunk::<4>()?;
        self.0 = rest;
        Some((kind, data))
    }
}
