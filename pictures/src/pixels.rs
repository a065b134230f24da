//! Pixels between decoder and encoder: made smaller, brought to sRGB, turned upright.
use fast_image_resize::images::{Image, ImageRef};
use fast_image_resize::{PixelType, ResizeOptions, Resizer};
use image::{DynamicImage, RgbImage};
use moxcms::{ColorProfile, DataColorSpace, Layout, TransformOptions};

use crate::CodingFault;
use crate::decode::{Decoded, Head};

/// Eight bits a channel, nothing showing through.
pub(crate) struct Pixels {
    pub width: u32,
    pub height: u32,
    pub colours: Colours,
    pub bytes: Vec<u8>,
}

/// What the channels of a pixel are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Colours {
    Grey,
    Rgb,
    /// Inks; 255 is full.
    Cmyk,
}

impl Colours {
    pub(crate) const fn channels(self) -> usize {
        match self {
            Self::Grey => 1,
            Self::Rgb => 3,
            Self::Cmyk => 4,
        }
    }
}

/// The largest size of a picture: small enough for pages, sRGB, upright.
pub(crate) fn finish(decoded: Decoded, head: &Head) -> Result<RgbImage, CodingFault> {
    let Decoded { pixels, profile } = decoded;
    let pixels = resized(pixels, head.target())?;
    let image = to_srgb(pixels, profile.as_deref())?;
    let mut image = DynamicImage::ImageRgb8(image);
    image.apply_orientation(head.orientation);
    Ok(image.into_rgb8())
}

/// The same picture in another size.
pub(crate) fn resized(pixels: Pixels, (width, height): (u32, u32)) -> Result<Pixels, CodingFault> {
    if (width, height) == (pixels.width, pixels.height) {
        return Ok(pixels);
    }
    let kind = match pixels.colours {
        Colours::Grey => PixelType::U8,
        Colours::Rgb => PixelType::U8x3,
        Colours::Cmyk => PixelType::U8x4,
    };
    let from = ImageRef::new(pixels.width, pixels.height, &pixels.bytes, kind)
        .map_err(CodingFault::new)?;
    let mut to = Image::new(width, height, kind);
    Resizer::new()
        .resize(&from, &mut to, &ResizeOptions::new().use_alpha(false))
        .map_err(CodingFault::new)?;
    Ok(Pixels {
        width,
        height,
        colours: pixels.colours,
        bytes: to.into_vec(),
    })
}

/// By the profile that came with the picture (Display P3 of phones, the inks of a printing house); one that
/// can't be used, or is for other channels than the picture has, is left aside.
fn to_srgb(pixels: Pixels, profile: Option<&[u8]>) -> Result<RgbImage, CodingFault> {
    let (width, height) = (pixels.width, pixels.height);
    let bytes = match profile.and_then(|profile| by_profile(&pixels, profile)) {
        Some(bytes) => bytes,
        None => plain(pixels),
    };
    RgbImage::from_raw(width, height, bytes)
        .ok_or_else(|| CodingFault::new("a picture lost pixels"))
}

fn by_profile(pixels: &Pixels, profile: &[u8]) -> Option<Vec<u8>> {
    let profile = ColorProfile::new_from_slice(profile).ok()?;
    let (space, layout) = match pixels.colours {
        Colours::Grey => (DataColorSpace::Gray, Layout::Gray),
        Colours::Rgb => (DataColorSpace::Rgb, Layout::Rgb),
        Colours::Cmyk => (DataColorSpace::Cmyk, Layout::Rgba),
    };
    if profile.color_space != space {
        return None;
    }
    let transform = profile
        .create_transform_8bit(
            layout,
            &ColorProfile::new_srgb(),
            Layout::Rgb,
            TransformOptions::default(),
        )
        .ok()?;
    let mut turned = vec![0; pixels.bytes.len() / pixels.colours.channels() * 3];
    transform.transform(&pixels.bytes, &mut turned).ok()?;
    Some(turned)
}

fn plain(pixels: Pixels) -> Vec<u8> {
    match pixels.colours {
        Colours::Grey => pixels.bytes.iter().flat_map(|grey| [*grey; 3]).collect(),
        Colours::Rgb => pixels.bytes,
        Colours::Cmyk => pixels
            .bytes
            .as_chunks::<4>()
            .0
            .iter()
            .flat_map(|[inks @ .., black]| {
                inks.map(|ink| over(255 - u16::from(ink), 255 - u16::from(*black)))
            })
            .collect(),
    }
}

/// `part` of 255 of `whole`.
fn over(part: u16, whole: u16) -> u8 {
    u8::try_from((part * whole + 127) / 255).unwrap_or(u8::MAX)
}

/// Takes the rows of a picture and keeps them smaller by a whole number, so that a large one never stands in
/// memory whole.
pub(crate) struct Shrinker {
    /// Pixels of a row as it comes.
    width: usize,
    /// Its channels: grey or red, green, blue; one more where something shows through.
    channels: usize,
    factor: usize,
    /// Of the squares that are not yet complete.
    sums: Vec<u32>,
    /// How many rows are in them.
    rows: usize,
    small: Pixels,
}

impl Shrinker {
    /// For rows of `width` pixels with `channels` channels of a picture that becomes `target` wide.
    pub(crate) fn new(width: u32, channels: usize, target: u32) -> Self {
        let colours = if channels < 3 {
            Colours::Grey
        } else {
            Colours::Rgb
        };
        let factor = shrinking(width, target);
        let small = width.div_ceil(factor);
        Self {
            width: width as usize,
            channels,
            factor: factor as usize,
            sums: vec![0; small as usize * colours.channels()],
            rows: 0,
            small: Pixels {
                width: small,
                height: 0,
                colours,
                bytes: Vec::new(),
            },
        }
    }

    /// The next row.
    pub(crate) fn push(&mut self, row: &[u8]) {
        let shown = self.small.colours.channels();
        if self.factor == 1 && self.channels == shown {
            self.small.bytes.extend_from_slice(row);
            self.small.height += 1;
            return;
        }
        let squares = row.chunks(self.factor * self.channels);
        for (pixels, sums) in squares.zip(self.sums.chunks_exact_mut(shown)) {
            for pixel in pixels.chunks_exact(self.channels) {
                let alpha = pixel.get(shown).copied().map_or(255, u16::from);
                for (sum, channel) in sums.iter_mut().zip(pixel) {
                    // What shows through stands on white.
                    *sum += u32::from(255 - over(255 - u16::from(*channel), alpha));
                }
            }
        }
        self.rows += 1;
        if self.rows == self.factor {
            self.complete();
        }
    }

    fn complete(&mut self) {
        let squares = self.sums.chunks_exact_mut(self.small.colours.channels());
        for (sums, left) in squares.zip((1..=self.width).rev().step_by(self.factor)) {
            let pixels = u32::try_from(left.min(self.factor) * self.rows).unwrap_or(1);
            for sum in sums {
                let mean = (*sum + pixels / 2) / pixels;
                self.small.bytes.push(u8::try_from(mean).unwrap_or(u8::MAX));
                *sum = 0;
            }
        }
        self.small.height += 1;
        self.rows = 0;
    }

    /// All rows came.
    pub(crate) fn finish(mut self) -> Pixels {
        if self.rows > 0 {
            self.complete();
        }
        self.small
    }
}

/// By how much rows of `width` pixels may be made smaller when they become `target` wide: twice as many are
/// kept, for a good filter to work on.
pub(crate) fn shrinking(width: u32, target: u32) -> u32 {
    (width / (target * 2)).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_averaged_in_squares_and_what_is_left_over_by_itself() {
        let mut shrinker = Shrinker::new(5, 1, 1);
        assert_eq!(shrinker.factor, 2);
        for row in [[0, 10, 20, 30, 40], [2, 12, 22, 32, 42], [4, 4, 8, 8, 6]] {
            shrinker.push(&row);
        }
        let small = shrinker.finish();
        assert_eq!((small.width, small.height), (3, 2));
        assert_eq!(small.bytes, [6, 26, 41, 4, 8, 6]);
    }

    #[test]
    fn what_shows_through_stands_on_white() {
        let mut shrinker = Shrinker::new(3, 4, 3);
        shrinker.push(&[10, 20, 30, 255, 10, 20, 30, 0, 0, 100, 200, 128]);
        let flat = shrinker.finish();
        assert_eq!(flat.colours, Colours::Rgb);
        assert_eq!(flat.bytes, [10, 20, 30, 255, 255, 255, 127, 177, 227]);
    }

    #[test]
    fn inks_become_light_and_a_profile_for_other_channels_is_left_aside() {
        let inks = || Pixels {
            width: 3,
            height: 1,
            colours: Colours::Cmyk,
            bytes: vec![0, 0, 0, 0, 255, 0, 0, 0, 0, 255, 0, 128],
        };
        let light = [255, 255, 255, 0, 255, 255, 127, 0, 127];
        let for_rgb = ColorProfile::new_display_p3().encode().unwrap();
        for profile in [None, Some(&for_rgb[..]), Some(b"no profile")] {
            assert_eq!(to_srgb(inks(), profile).unwrap().as_raw(), &light);
        }
    }

    #[test]
    fn the_colours_of_a_phone_become_those_of_the_web() {
        let pixels = Pixels {
            width: 2,
            height: 1,
            colours: Colours::Rgb,
            bytes: vec![200, 100, 50, 128, 128, 128],
        };
        let profile = ColorProfile::new_display_p3().encode().unwrap();
        let image = to_srgb(pixels, Some(&profile)).unwrap();
        let near = |pixel: &[u8; 3], wanted: [u8; 3]| {
            pixel.iter().zip(wanted).all(|(a, b)| a.abs_diff(b) < 3)
        };
        assert!(near(&image.get_pixel(0, 0).0, [215, 93, 31]), "{image:?}");
        assert!(near(&image.get_pixel(1, 0).0, [128; 3]), "{image:?}");
    }
}
