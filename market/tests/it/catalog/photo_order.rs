//! The order of a listing's photographs, and their words.
use market::catalog::commands::{Way, attach_photo, describe_photo, move_photo};
use market::catalog::{CatalogRefusal, LONGEST_ALT, queries};
use market::kernel::{Actor, Failure, PhotoId, ProductId, secret};

use crate::support::shop::Shop;

/// Photographs on a listing.
async fn photographs(shop: &Shop, product: ProductId, count: usize) -> Vec<PhotoId> {
    let mut photos = Vec::new();
    for _ in 0..count {
        let photo = shop.photo().await;
        market::transact!(shop.db.store, &shop.actor, work => attach_photo(work, product, photo).await).unwrap();
        photos.push(photo);
    }
    photos
}

async fn shown(shop: &Shop, product: ProductId) -> Vec<(PhotoId, String)> {
    let found = queries::by_id(shop.db.store.reader(), product).await;
    let photos = found.unwrap().unwrap().photos.into_iter();
    photos.map(|photo| (photo.picture.id, photo.alt)).collect()
}

async fn order(shop: &Shop, product: ProductId) -> Vec<PhotoId> {
    let shown = shown(shop, product).await;
    shown.into_iter().map(|(photo, _)| photo).collect()
}

#[tokio::test]
async fn photographs_change_places_and_the_ends_stay() {
    let shop = Shop::new("Út").await;
    let (product, _) = shop.product("Khóm", 10, 20_000).await;
    shop.unpublish(product).await;
    let [one, two, three] = photographs(&shop, product, 3).await[..] else {
        panic!("three");
    };
    let go = async |actor: &Actor, photo, way| market::transact!(shop.db.store, actor, work => move_photo(work, product, photo, way).await);
    let owner = &shop.actor;
    go(owner, three, Way::Earlier).await.unwrap();
    assert_eq!(order(&shop, product).await, [one, three, two]);
    go(owner, one, Way::Later).await.unwrap();
    assert_eq!(order(&shop, product).await, [three, one, two]);
    go(owner, three, Way::Earlier).await.unwrap();
    go(owner, two, Way::Later).await.unwrap();
    assert_eq!(order(&shop, product).await, [three, one, two]);
    for (actor, photo) in [(owner, PhotoId(secret::new_key())), (&Actor::guest(), one)] {
        assert!(matches!(
            go(actor, photo, Way::Later).await,
            Err(Failure::Refused(CatalogRefusal::NotFound))
        ));
    }
}

#[tokio::test]
async fn a_photograph_keeps_its_words_wherever_it_goes() {
    let shop = Shop::new("Út").await;
    let (product, _) = shop.product("Khóm", 10, 20_000).await;
    shop.unpublish(product).await;
    let photos = photographs(&shop, product, 2).await;
    let say = async |actor: &Actor, words: &str| {
        let photo = photos[1];
        market::transact!(shop.db.store, actor, work => describe_photo(work, product, photo, words).await)
    };
    say(&shop.actor, "  Rẫy khóm\n buổi sớm ").await.unwrap();
    let first = photos[1];
    market::transact!(shop.db.store, &shop.actor, work => move_photo(work, product, first, Way::Earlier).await).unwrap();
    let shown = shown(&shop, product).await;
    assert_eq!(shown[0], (first, "Rẫy khóm buổi sớm".to_owned()));
    assert_eq!(shown[1].1, "");
    assert!(matches!(
        say(&shop.actor, &"ẹ".repeat(LONGEST_ALT + 1)).await,
        Err(Failure::Refused(CatalogRefusal::Invalid(_)))
    ));
    assert!(matches!(
        say(&Actor::guest(), "x").await,
        Err(Failure::Refused(CatalogRefusal::NotFound))
    ));
    say(&shop.actor, "").await.unwrap();
    let deeds: i64 = sqlx::query_scalar(
        "select count(*) from audit_log where action = 'product.photo_described'",
    )
    .fetch_one(shop.db.store.reader())
    .await
    .unwrap();
    assert_eq!(deeds, 2);
}
