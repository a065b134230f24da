//! Stock is locked in the order of its ids, by whatever takes several parts at once as well.
use std::time::Duration as Real;

use market::catalog::commands::{Line, set_prices_and_stocks};
use market::kernel::{Actor, VariantId};
use market::payments::commands::expire;
use sqlx::PgConnection;
use time::Duration;

use super::place;
use crate::support::shop::{Shop, checkout};

/// Locks a stock, or fails where another has.
async fn lock_now(conn: &mut PgConnection, variant: VariantId) -> Result<(), sqlx::Error> {
    sqlx::query("select from stock_items where variant_id = $1 for update nowait")
        .bind(variant.0)
        .execute(conn)
        .await
        .map(drop)
}

pub async fn until_somebody_waits(shop: &Shop) {
    let waits = "select exists (select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock')";
    for _ in 0..500 {
        let waits = sqlx::query_scalar(waits).fetch_one(shop.db.store.reader());
        if waits.await.unwrap() {
            return;
        }
        tokio::time::sleep(Real::from_millis(10)).await;
    }
    panic!("nobody waits for the cart");
}

#[tokio::test]
async fn what_expires_together_waits_for_a_cart_and_never_the_other_way_round() {
    let shop = Shop::new("Út").await;
    let (_, khom) = shop.product("Khóm", 5, 12_000).await;
    let (_, chanh) = shop.product("Chanh", 5, 8_000).await;
    let (first, second) = (khom.min(chanh), khom.max(chanh));
    // The older order holds what is locked later.
    for variant in [second, first] {
        place(&shop, &checkout(&[(variant, 1)])).await.unwrap();
        shop.db.clock.advance(Duration::minutes(1));
    }
    shop.db.clock.advance(Duration::hours(49));
    // A cart of both is being ordered, and has locked the first.
    let mut cart = shop.db.store.writer().begin().await.unwrap();
    lock_now(&mut cart, first).await.unwrap();
    let store = shop.db.store.clone();
    let expiring = tokio::spawn(async move {
        market::transact!(store, &Actor::system(), work => expire(work, 10).await)
    });
    until_somebody_waits(&shop).await;
    lock_now(&mut cart, second)
        .await
        .expect("who waits for the first has not locked the second");
    cart.commit().await.unwrap();
    assert_eq!(expiring.await.unwrap().unwrap(), 2);
    shop.is_sound().await;
}

#[tokio::test]
async fn a_table_of_stocks_waits_for_a_cart_and_never_the_other_way_round() {
    let shop = Shop::new("Út").await;
    let (older, first) = shop.product("Khóm", 5, 12_000).await;
    shop.db.clock.advance(Duration::minutes(1));
    let (newer, second) = shop.product("Chanh", 5, 8_000).await;
    // A way of selling that was added later: the products stand in another order than their ways of selling.
    sqlx::query(
        "update variants set product_id = case product_id when $1 then $2 else $1 end,
             position = case product_id when $1 then 8 else 9 end",
    )
    .bind(older.0)
    .bind(newer.0)
    .execute(shop.db.store.writer())
    .await
    .unwrap();
    let lines = [(older, second), (newer, first)].map(|(product, variant)| Line {
        product,
        variant,
        price: "9.000".to_owned(),
        stock: "7".to_owned(),
    });
    let mut cart = shop.db.store.writer().begin().await.unwrap();
    lock_now(&mut cart, first).await.unwrap();
    let (store, seller) = (shop.db.store.clone(), shop.actor.clone());
    let saving = tokio::spawn(async move {
        market::transact!(store, &seller, work => set_prices_and_stocks(work, &lines).await)
    });
    until_somebody_waits(&shop).await;
    lock_now(&mut cart, second)
        .await
        .expect("who waits for the first has not locked the second");
    cart.commit().await.unwrap();
    saving.await.unwrap().unwrap();
    assert_eq!(shop.stock(older).await, (7, 0));
}
