//! Listing products.
mod photo_order;

use market::catalog::commands::{
    pause, save_basics, save_price, set_price_and_stock, start, write_ahead,
};
use market::catalog::queries::{ProductAt, by_slug};
use market::catalog::{BasicsForm, CatalogRefusal, PriceForm, ProductStatus, queries};
use market::kernel::{Actor, Failure};
use market::payments::commands::check_out;

use crate::listings::approved;
use crate::support::shop::{Shop, checkout};

fn basics(name: &str) -> market::catalog::Basics {
    BasicsForm {
        name: name.to_owned(),
        group: "food".to_owned(),
        stock: "20".to_owned(),
        ..BasicsForm::default()
    }
    .parse(time::macros::date!(2026 - 11 - 27))
    .unwrap()
}

#[tokio::test]
async fn a_draft_is_filled_step_by_step_and_published_when_nothing_is_missing() {
    let shop = Shop::new("Út").await;
    let (store, actor, seller) = (&shop.db.store, &shop.actor, shop.seller);
    let id = market::transact!(store, actor, work => start(work, seller, "a").await).unwrap();
    let Err(Failure::Refused(CatalogRefusal::Invalid(missing))) = shop.try_submit(id).await else {
        panic!("published an empty draft")
    };
    let fields: Vec<_> = missing.0.iter().map(|error| error.field.as_str()).collect();
    assert_eq!(fields, ["photo", "name", "price_vnd"]);
    let basics = &basics("Khóm Cầu Đúc");
    market::transact!(store, actor, work => save_basics(work, id, basics).await).unwrap();
    let pricing = &PriceForm {
        price_vnd: "35.000".to_owned(),
        unit: "kg".to_owned(),
        ..PriceForm::default()
    }
    .parse()
    .unwrap();
    market::transact!(store, actor, work => save_price(work, id, pricing).await).unwrap();
    let product = queries::by_id(store.reader(), id).await.unwrap().unwrap();
    assert_eq!(
        (product.slug.as_str(), product.status),
        ("khom-cau-duc", ProductStatus::Draft)
    );
    let missing = product.content().missing();
    assert_eq!(missing.0.len(), 1, "only the photograph");
}

#[tokio::test]
async fn a_form_that_is_sent_twice_begins_one_listing_and_two_forms_begin_two() {
    let shop = Shop::new("Út").await;
    let (store, actor, seller) = (&shop.db.store, &shop.actor, shop.seller);
    let begun = async |key: &str| {
        market::transact!(store, actor, work => start(work, seller, key).await).unwrap()
    };
    let (first, again) = tokio::join!(begun("a"), begun("a"));
    assert_eq!(first, again);
    let other = begun("b").await;
    assert_ne!(first, other);
    // Nobody went on with them: an hour later one of them is taken up again.
    shop.db.clock.advance(time::Duration::minutes(61));
    let later = begun("c").await;
    assert!(later == first || later == other);
}

#[tokio::test]
async fn what_was_written_ahead_makes_one_listing_however_often_it_arrives() {
    let shop = Shop::new("Út").await;
    let (store, actor, seller) = (&shop.db.store, &shop.actor, shop.seller);
    let price = |typed: &str| {
        PriceForm {
            price_vnd: typed.to_owned(),
            unit: "kg".to_owned(),
            ..PriceForm::default()
        }
        .parse()
        .unwrap()
    };
    let (basics, pricing) = (&basics("Khóm viết sẵn"), &price("15.000"));
    let arrives = async |key: &str| {
        market::transact!(store, actor, work => write_ahead(work, seller, key, basics, pricing).await).unwrap()
    };
    let (first, again) = tokio::join!(arrives("a"), arrives("a"));
    assert_eq!(first, again);
    assert_ne!(arrives("b").await, first);
    let product = queries::by_id(store.reader(), first)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        (product.name.as_str(), product.status),
        ("Khóm viết sẵn", ProductStatus::Draft)
    );
    assert_eq!(product.variants.len(), 1);
    // It arrives once more, after its seller went on.
    let dearer = &price("18.000");
    market::transact!(store, actor, work => save_price(work, first, dearer).await).unwrap();
    assert_eq!(arrives("a").await, first);
    let product = queries::by_id(store.reader(), first)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(product.variants[0].price, Some(market::kernel::Vnd(18_000)));
    // At another desk the key means nothing, and who does not list there writes nothing.
    let stranger = &Actor::guest();
    let outcome = market::transact!(store, stranger, work => write_ahead(work, seller, "a", basics, pricing).await);
    assert!(
        matches!(outcome, Err(Failure::Refused(CatalogRefusal::NotASeller))),
        "{outcome:?}"
    );
}

#[tokio::test]
async fn a_new_name_leaves_the_old_address_leading_here() {
    let shop = Shop::new("Út").await;
    let (id, _) = shop.product("Khóm", 5, 12_000).await;
    let (_, _) = shop.product("Dứa", 5, 12_000).await;
    let (store, actor) = (&shop.db.store, &shop.actor);
    let renamed = &basics("Dứa");
    market::transact!(store, actor, work => save_basics(work, id, renamed).await).unwrap();
    approved(&shop, id).await;
    let Some(ProductAt::Moved(slug)) = by_slug(store.reader(), "khom").await.unwrap() else {
        panic!("the old address is lost")
    };
    assert_eq!(slug, "dua-2", "the address of another product is not taken");
    assert!(by_slug(store.reader(), "khong-co").await.unwrap().is_none());
}

#[tokio::test]
async fn others_cannot_touch_it() {
    let shop = Shop::new("Út").await;
    let (id, variant) = shop.product("Khóm", 5, 12_000).await;
    let stranger = &Actor {
        memberships: Vec::new(),
        ..shop.actor.clone()
    };
    let store = &shop.db.store;
    let not_found = |outcome: Result<(), Failure<CatalogRefusal>>| {
        assert!(matches!(
            outcome,
            Err(Failure::Refused(CatalogRefusal::NotFound))
        ));
    };
    not_found(market::transact!(store, stranger, work => pause(work, id).await));
    not_found(
        market::transact!(store, stranger, work => set_price_and_stock(work, id, variant, "1", "1").await),
    );
    let seller = shop.seller;
    let started = market::transact!(store, stranger, work => start(work, seller, "a").await);
    assert!(matches!(
        started,
        Err(Failure::Refused(CatalogRefusal::NotASeller))
    ));
}

#[tokio::test]
async fn the_stock_cannot_be_counted_below_what_is_reserved() {
    let shop = Shop::new("Út").await;
    let (id, variant) = shop.product("Khóm", 5, 12_000).await;
    let order = &checkout(&[(variant, 3)]);
    market::transact!(shop.db.store, &Actor::guest(), work => check_out(work, order).await)
        .unwrap();
    let (store, actor) = (&shop.db.store, &shop.actor);
    let outcome = market::transact!(store, actor, work => set_price_and_stock(work, id, variant, "15.000", "2").await);
    let Err(Failure::Refused(CatalogRefusal::LessThanReserved { reserved })) = outcome else {
        panic!("{outcome:?}")
    };
    assert_eq!(reserved.thousandths(), 3000);
    market::transact!(store, actor, work => set_price_and_stock(work, id, variant, "15.000", "3").await).unwrap();
    assert_eq!(shop.stock(id).await, (3, 3));
}
