//! What comes out of odd files: the right colours, upright, nothing of the camera.
use image::codecs::jpeg::JpegEncoder;
use image::metadata::Orientation;
use image::{DynamicImage, Rgb, RgbImage};
use market::media::commands::accept;
use market::media::{MediaStore, Picture, PictureFormat, Upload};

use super::file;
use crate::support::shop::Shop;

struct Ground {
    shop: Shop,
    media: MediaStore,
    _folder: tempfile::TempDir,
}

impl Ground {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self {
            shop: Shop::new("Út").await,
            media: MediaStore::open(folder.path()).unwrap(),
            _folder: folder,
        }
    }

    /// The photograph, and the largest size that is made of it.
    async fn accept(&self, bytes: Vec<u8>) -> (Picture, RgbImage) {
        let (shop, upload) = (&self.shop, Upload::from(bytes));
        let picture = accept(
            &shop.db.store,
            &self.media,
            &shop.actor,
            shop.seller,
            upload,
        )
        .await
        .unwrap();
        let largest = picture.nearest(10_000, PictureFormat::Jpeg).unwrap();
        let stored = self.media.get(&largest.key).await.unwrap().unwrap();
        let image = image::load_from_memory(&stored.bytes).unwrap();
        (picture, image.into_rgb8())
    }
}

fn mean(image: &RgbImage) -> [u64; 3] {
    let count = u64::from(image.width()) * u64::from(image.height());
    let sums = image.pixels().fold([0; 3], |sums: [u64; 3], pixel| {
        [0, 1, 2].map(|channel| sums[channel] + u64::from(pixel.0[channel]))
    });
    sums.map(|sum| sum / count)
}

#[tokio::test]
async fn inks_sixteen_bits_and_palettes_come_out_in_their_colours() {
    let ground = Ground::new().await;
    let (_, cmyk) = ground.accept(file("cmyk.jpg")).await;
    for (channel, wanted) in mean(&cmyk).into_iter().zip([125, 94, 69]) {
        assert!(channel.abs_diff(wanted) < 12, "{:?}", mean(&cmyk));
    }
    let (_, deep) = ground.accept(file("rgb_16bit.png")).await;
    let at = |x: u32| deep.get_pixel(x * deep.width() / 10, deep.height() / 2).0;
    assert!(at(1)[0] + 60 < at(9)[0], "red rises");
    assert!(at(1)[2] > at(9)[2] + 60, "blue falls");
    let (palette, _) = ground.accept(file("palette.png")).await;
    assert_eq!((palette.width, palette.height), (640, 640));
}

#[tokio::test]
async fn all_eight_ways_to_hold_a_camera_come_out_upright() {
    let ground = Ground::new().await;
    let colours = [[220, 30, 30], [30, 200, 30], [30, 30, 220], [240, 240, 240]];
    let upright = RgbImage::from_fn(320, 240, |x, y| {
        Rgb(colours[usize::from(x >= 160) + 2 * usize::from(y >= 120)])
    });
    for way in 1..=8 {
        // What turns it back: a quarter to the other side, everything else once more.
        let back = match way {
            6 => 8,
            8 => 6,
            other => other,
        };
        let mut held = DynamicImage::ImageRgb8(upright.clone());
        held.apply_orientation(Orientation::from_exif(back).unwrap());
        let mut coded = Vec::new();
        JpegEncoder::new_with_quality(&mut coded, 95)
            .encode_image(&held.into_rgb8())
            .unwrap();
        // A segment behind the start: one directory with one entry, and what nobody should learn.
        let mut exif = b"Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0".to_vec();
        exif.extend([way, 0, 0, 0, 0, 0, 0, 0]);
        exif.extend(b"9.7845 N 105.4701 E");
        let length = u16::try_from(exif.len() + 2).unwrap().to_be_bytes();
        coded.splice(2..2, [&[0xFF, 0xE1], &length[..], &exif].concat());

        let (picture, image) = ground.accept(coded).await;
        assert_eq!((picture.width, picture.height), (320, 240), "{way}");
        for (index, colour) in (0..).zip(colours) {
            let (x, y) = (80 + 160 * (index % 2), 60 + 120 * (index / 2));
            let found = image.get_pixel(x, y).0;
            let is_near = found.iter().zip(colour).all(|(a, b)| a.abs_diff(b) < 25);
            assert!(is_near, "{way}: {found:?} at {x} {y}");
        }
        for size in &picture.variants {
            let stored = ground.media.get(&size.key).await.unwrap().unwrap();
            for secret in [&b"Exif"[..], b"9.7845"] {
                let has = |window: &[u8]| window == secret;
                assert!(!stored.bytes.windows(secret.len()).any(has), "{way}");
            }
        }
    }
}
