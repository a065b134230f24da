//! Photographs: what is taken, what is refused and why, and that nothing of the camera survives.
mod bucket;
mod files;
mod papers;
mod pictures;
mod pieces;

use std::path::PathBuf;

use market::kernel::Failure;
use market::media::commands::accept;
use market::media::{MediaStore, PhotoRefusal, PictureFormat, Upload};

use crate::support::shop::Shop;

fn file(name: &str) -> Vec<u8> {
    std::fs::read(
        PathBuf::from(env!("CARGO_MANIFEST_DIR"))
            .join("tests/it/media")
            .join(name),
    )
    .unwrap()
}

#[tokio::test]
async fn each_file_is_judged_by_its_bytes() {
    let shop = Shop::new("Út").await;
    let folder = tempfile::tempdir().unwrap();
    let media = MediaStore::open(folder.path()).unwrap();
    let take = async |name: &str| {
        accept(
            &shop.db.store,
            &media,
            &shop.actor,
            shop.seller,
            Upload::from(file(name)).named(name),
        )
        .await
    };
    for (name, why) in [
        ("zero_byte.jpg", PhotoRefusal::Empty),
        ("random_bytes.jpg", PhotoRefusal::NotAnImage),
        ("php_named.jpg", PhotoRefusal::NotAnImage),
        ("exe_named.png", PhotoRefusal::NotAnImage),
        ("script.svg", PhotoRefusal::TypeNotAllowed),
        ("svg_named.jpg", PhotoRefusal::NotAnImage),
        ("bomb_header_65535.png", PhotoRefusal::TooManyPixels),
        ("bomb_30000x30000_1bit.png", PhotoRefusal::TooManyPixels),
        ("bomb_jpeg_65500.jpg", PhotoRefusal::TooManyPixels),
        ("bomb_webp_16383.webp", PhotoRefusal::TooManyPixels),
        ("truncated_half.jpg", PhotoRefusal::Truncated),
        ("truncated.png", PhotoRefusal::Truncated),
        ("animated.webp", PhotoRefusal::Animated),
        ("one_pixel.jpg", PhotoRefusal::TooSmall),
    ] {
        match take(name).await {
            Err(Failure::Refused(refusal)) => assert_eq!(refusal, why, "{name}"),
            other => panic!("{name}: {other:?}"),
        }
    }
    for name in [
        "png_named.jpg",
        "cmyk.jpg",
        "rgb_16bit.png",
        "palette.png",
        "orientation_9.jpg",
        "exif_ifd_loop.jpg",
        "polyglot_php_comment.jpg",
        "polyglot_zip_appended.jpg",
    ] {
        let picture = take(name)
            .await
            .unwrap_or_else(|failure| panic!("{name}: {failure}"));
        for variant in &picture.variants {
            let stored = media.get(&variant.key).await.unwrap().unwrap();
            for secret in [&b"<?php"[..], b"PK\x03\x04", b"Exif"] {
                assert!(
                    !stored
                        .bytes
                        .windows(secret.len())
                        .any(|window| window == secret),
                    "{name} {}",
                    variant.key
                );
            }
        }
    }
}

#[tokio::test]
async fn pictures_stand_upright_without_their_place_and_are_stored_once() {
    let shop = Shop::new("Út").await;
    let folder = tempfile::tempdir().unwrap();
    let media = MediaStore::open(folder.path()).unwrap();
    for name in [
        "gps_nga_bay_orientation8.jpg",
        "gps_vi_thuy_orientation2.jpg",
    ] {
        let picture = accept(
            &shop.db.store,
            &media,
            &shop.actor,
            shop.seller,
            file(name).into(),
        )
        .await
        .unwrap();
        assert_eq!((picture.width, picture.height), (1280, 960), "{name}");
        let widths: Vec<_> = picture
            .variants
            .iter()
            .filter(|variant| variant.format == PictureFormat::Webp)
            .map(|variant| variant.width)
            .collect();
        assert_eq!(widths, [160, 320, 640, 1280]);
        for variant in &picture.variants {
            let stored = media.get(&variant.key).await.unwrap().unwrap();
            assert!(
                !stored
                    .bytes
                    .windows(4)
                    .any(|window| window == b"Exif" || window == b"GPS\0"),
                "{name}"
            );
        }
        let again = accept(
            &shop.db.store,
            &media,
            &shop.actor,
            shop.seller,
            file(name).into(),
        )
        .await
        .unwrap();
        assert_eq!(again, picture, "the same file is the same photograph");
    }
    let stranger = market::kernel::Actor::guest();
    let refused = accept(
        &shop.db.store,
        &media,
        &stranger,
        shop.seller,
        file("cmyk.jpg").into(),
    )
    .await;
    assert!(matches!(
        refused,
        Err(Failure::Refused(PhotoRefusal::NotASeller))
    ));
}
