//! From pixels to the sizes that pages use.
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use image::codecs::jpeg::JpegEncoder;
use image::{ExtendedColorType, RgbImage};

use crate::CodingFault;
use crate::pixels::{Colours, Pixels, resized};

/// Widths of the sizes, pixels. A picture is never made larger than it came.
const WIDTHS: [u32; 4] = [160, 320, 640, 1280];
/// A picture that is not as wide as the next size is also kept as wide as it came, where that is more than
/// this part wider than the size below: less can't be seen, and would cost as many bytes again.
const WORTH_KEEPING: (u32, u32) = (5, 4);
/// How many times as tall as wide a size may be; taller pictures are made narrower.
const TALLEST: u32 = 4;
/// The box of the blurred preview, pixels.
const PREVIEW: (u32, u32) = (20, 40);
const WEBP_QUALITY: f32 = 76.0;
const JPEG_QUALITY: u8 = 80;

/// One size, coded in both ways.
pub struct Size {
    /// Pixels.
    pub width: u32,
    /// Pixels.
    pub height: u32,
    /// Small; what browsers get first.
    pub webp: Vec<u8>,
    /// For browsers that can't.
    pub jpeg: Vec<u8>,
}

/// All that pages use of a picture.
pub struct Sizes {
    /// The smallest first.
    pub sizes: Vec<Size>,
    /// A blurred picture of a few hundred bytes as a data URI.
    pub preview: String,
}

/// Widths and heights that are made of a picture, the smallest first.
pub(crate) fn sizes(width: u32, height: u32) -> Vec<(u32, u32)> {
    let mut widths: Vec<u32> = WIDTHS.into_iter().filter(|step| *step <= width).collect();
    let (more, less) = WORTH_KEEPING;
    if width < WIDTHS[WIDTHS.len() - 1]
        && widths.last().is_none_or(|last| width * less >= last * more)
    {
        widths.push(width);
    }
    widths
        .into_iter()
        .map(|step| fit((width, height), (step, step * TALLEST)))
        .collect()
}

/// As large as fits into a box, not larger than it came, at least a pixel.
fn fit((width, height): (u32, u32), (widest, tallest): (u32, u32)) -> (u32, u32) {
    let part = |whole: u32, numerator: u32, denominator: u32| {
        let part = u64::from(whole) * u64::from(numerator) + u64::from(denominator) / 2;
        u32::try_from(part / u64::from(denominator))
            .unwrap_or(u32::MAX)
            .max(1)
    };
    if width <= widest && height <= tallest {
        (width, height)
    } else if u64::from(width) * u64::from(tallest) >= u64::from(height) * u64::from(widest) {
        (widest, part(height, widest, width))
    } else {
        (part(width, tallest, height), tallest)
    }
}

impl Sizes {
    /// `image` is the largest size of a picture that came `width` and `height` large.
    pub(crate) fn of(image: RgbImage, (width, height): (u32, u32)) -> Result<Self, CodingFault> {
        let mut made = Vec::new();
        let mut larger = Pixels {
            width: image.width(),
            height: image.height(),
            colours: Colours::Rgb,
            bytes: image.into_raw(),
        };
        // From the largest down, each from the one before.
        for size in sizes(width, height).into_iter().rev() {
            larger = resized(larger, size)?;
            made.push(Size {
                width: larger.width,
                height: larger.height,
                webp: webp(&larger, WEBP_QUALITY)?,
                jpeg: jpeg(&larger)?,
            });
        }
        made.reverse();
        let preview = webp(&resized(larger, fit((width, height), PREVIEW))?, 40.0)?;
        let preview = format!("data:image/webp;base64,{}", STANDARD.encode(preview));
        Ok(Self {
            sizes: made,
            preview,
        })
    }
}

fn webp(image: &Pixels, quality: f32) -> Result<Vec<u8>, CodingFault> {
    webp::Encoder::from_rgb(&image.bytes, image.width, image.height)
        .encode_simple(false, quality)
        .map(|memory| memory.to_vec())
        .map_err(|error| CodingFault::new(format!("WebP: {error:?}")))
}

fn jpeg(image: &Pixels) -> Result<Vec<u8>, CodingFault> {
    let mut bytes = Vec::new();
    JpegEncoder::new_with_quality(&mut bytes, JPEG_QUALITY)
        .encode(
            &image.bytes,
            image.width,
            image.height,
            ExtendedColorType::Rgb8,
        )
        .map_err(CodingFault::new)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_the_steps_below_and_the_picture_itself_where_it_is_worth_it() {
        for (size, wanted) in [
            (
                (4000, 3000),
                vec![(160, 120), (320, 240), (640, 480), (1280, 960)],
            ),
            (
                (1280, 960),
                vec![(160, 120), (320, 240), (640, 480), (1280, 960)],
            ),
            (
                (1000, 750),
                vec![(160, 120), (320, 240), (640, 480), (1000, 750)],
            ),
            (
                (800, 600),
                vec![(160, 120), (320, 240), (640, 480), (800, 600)],
            ),
            ((799, 599), vec![(160, 120), (320, 240), (640, 480)]),
            ((348, 348), vec![(160, 160), (320, 320)]),
            ((120, 100), vec![(120, 100)]),
            ((12000, 100), vec![(160, 1), (320, 3), (640, 5), (1280, 11)]),
            ((200, 12000), vec![(11, 640), (13, 800)]),
        ] {
            assert_eq!(sizes(size.0, size.1), wanted, "{size:?}");
        }
    }

    #[test]
    fn a_preview_is_small_whatever_the_shape() {
        let noise = |width: u32, height: u32| {
            let mut next = 1_u32;
            RgbImage::from_fn(width, height, |_, _| {
                next = next.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                let [red, green, blue, _] = next.to_be_bytes();
                image::Rgb([red, green, blue])
            })
        };
        for (width, height) in [(100, 400), (100, 6000), (6000, 100), (300, 300)] {
            let image = noise(width, height);
            let largest = sizes(width, height)[sizes(width, height).len() - 1];
            let image = image::imageops::thumbnail(&image, largest.0, largest.1);
            let preview = Sizes::of(image, (width, height)).unwrap().preview;
            assert!(preview.len() < 1500, "{width}×{height}: {}", preview.len());
        }
    }
}
