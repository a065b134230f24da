//! JPEG: looked through to its end, and its pixels, decoded in as small a size as will do.
use jpeg_decoder::{Decoder, Error, PixelFormat};

use super::coded::walk;
use super::{Decoded, Head, Kind, check_size, orientation};
use crate::Unfit;
use crate::pixels::{Colours, Pixels};

pub(super) fn inspect(bytes: &[u8]) -> Result<Head, Unfit> {
    walk(bytes, |frame, exif| {
        check_size(frame.width, frame.height)?;
        let mut head = Head {
            kind: Kind::Jpeg,
            width: frame.width,
            height: frame.height,
            orientation: orientation(exif),
            decoding: 0,
        };
        let divisor = u64::from(divisor(&head));
        let pixels = u64::from(frame.width) * u64::from(frame.height);
        let channels = frame.components.len() as u64;
        // Each channel in its own size, then all together.
        let smaller = (frame.samples() + pixels * channels) / (divisor * divisor);
        let coefficients = if frame.is_progressive {
            frame.samples() * 2
        } else {
            0
        };
        head.decoding = smaller + coefficients + bytes.len() as u64;
        head.checked()
    })
}

/// By how much the decoder makes it smaller on its way: not below what is wanted.
fn divisor(head: &Head) -> u32 {
    let (width, height) = head.target();
    [8, 4, 2]
        .into_iter()
        .find(|divisor| head.width / divisor >= width && head.height / divisor >= height)
        .unwrap_or(1)
}

pub(super) fn decode(head: &Head, bytes: &[u8]) -> Result<Decoded, Unfit> {
    let refusal = |error| match error {
        Error::Unsupported(_) => Unfit::TypeNotAllowed,
        _ => Unfit::Truncated,
    };
    let mut decoder = Decoder::new(bytes);
    let divisor = divisor(head);
    let wanted = |side: u32| u16::try_from(side / divisor).unwrap_or(u16::MAX);
    decoder
        .scale(wanted(head.width), wanted(head.height))
        .map_err(refusal)?;
    let bytes = decoder.decode().map_err(refusal)?;
    let info = decoder.info().ok_or(Unfit::Truncated)?;
    let colours = match info.pixel_format {
        PixelFormat::L8 => Colours::Grey,
        PixelFormat::RGB24 => Colours::Rgb,
        PixelFormat::CMYK32 => Colours::Cmyk,
        PixelFormat::L16 => return Err(Unfit::TypeNotAllowed),
    };
    Ok(Decoded {
        pixels: Pixels {
            width: info.width.into(),
            height: info.height.into(),
            colours,
            bytes,
        },
        profile: decoder.icc_profile(),
    })
}
