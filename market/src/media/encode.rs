//! From pixels to the sizes that pages use.
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use fast_image_resize::images::Image;
use fast_image_resize::{PixelType, Resizer};
use image::codecs::jpeg::JpegEncoder;
use image::{ExtendedColorType, RgbImage};
use sha2::{Digest, Sha256};

use super::PictureFormat;
use crate::kernel::Fault;

/// Widths of the sizes, pixels. A picture is never made larger than it came.
const WIDTHS: [u32; 4] = [160, 320, 640, 1280];
const WEBP_QUALITY: f32 = 76.0;
const JPEG_QUALITY: u8 = 80;

/// One size in one format, still in memory.
pub(super) struct Encoded {
    pub width: u32,
    pub height: u32,
    pub format: PictureFormat,
    /// Made from the content: the same bytes have the same name, other bytes another.
    pub key: String,
    pub bytes: Vec<u8>,
}

/// All sizes in both formats, and the blurred preview as a data URI.
pub(super) fn encode(image: RgbImage) -> Result<(Vec<Encoded>, String), Fault> {
    let mut widths: Vec<u32> = WIDTHS
        .into_iter()
        .filter(|width| *width <= image.width())
        .collect();
    if widths.is_empty() {
        widths.push(image.width());
    }
    let mut encoded = Vec::new();
    let mut larger = image;
    // From the largest down, each from the one before: the original is walked through once.
    for width in widths.into_iter().rev() {
        larger = resized(&larger, width)?;
        for (format, bytes) in [
            (PictureFormat::Webp, webp(&larger, WEBP_QUALITY)?),
            (PictureFormat::Jpeg, jpeg(&larger)?),
        ] {
            let digest: String = Sha256::digest(&bytes)
                .iter()
                .take(20)
                .map(|byte| format!("{byte:02x}"))
                .collect();
            let key = format!("{}/{}.{}", &digest[..2], &digest[2..], format.extension());
            encoded.push(Encoded {
                width: larger.width(),
                height: larger.height(),
                format,
                key,
                bytes,
            });
        }
    }
    let preview = STANDARD.encode(webp(&resized(&larger, 20)?, 40.0)?);
    encoded.sort_by_key(|size| size.width);
    Ok((encoded, format!("data:image/webp;base64,{preview}")))
}

fn resized(image: &RgbImage, width: u32) -> Result<RgbImage, Fault> {
    if width == image.width() {
        return Ok(image.clone());
    }
    let height = ((u64::from(image.height()) * u64::from(width) + u64::from(image.width()) / 2)
        / u64::from(image.width()))
    .max(1);
    let height = u32::try_from(height).map_err(Fault::new)?;
    let from = fast_image_resize::images::ImageRef::new(
        image.width(),
        image.height(),
        image,
        PixelType::U8x3,
    )
    .map_err(Fault::new)?;
    let mut to = Image::new(width, height, PixelType::U8x3);
    Resizer::new()
        .resize(&from, &mut to, None)
        .map_err(Fault::new)?;
    RgbImage::from_raw(width, height, to.into_vec())
        .ok_or_else(|| Fault::new("a resized picture lost pixels"))
}

fn webp(image: &RgbImage, quality: f32) -> Result<Vec<u8>, Fault> {
    webp::Encoder::from_rgb(image, image.width(), image.height())
        .encode_simple(false, quality)
        .map(|memory| memory.to_vec())
        .map_err(|error| Fault::new(format!("WebP: {error:?}")))
}

fn jpeg(image: &RgbImage) -> Result<Vec<u8>, Fault> {
    let mut bytes = Vec::new();
    JpegEncoder::new_with_quality(&mut bytes, JPEG_QUALITY)
        .encode(
            image,
            image.width(),
            image.height(),
            ExtendedColorType::Rgb8,
        )
        .map_err(Fault::new)?;
    Ok(bytes)
}
