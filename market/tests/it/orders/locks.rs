//! Stock is locked in the order of its ids, by whatever takes several parts at once as well.
use std::time::Duration as Real;

use market::kernel::Actor;
use market::payments::commands::expire;
use time::Duration;

use super::place;
use crate::support::shop::{Shop, checkout};

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
    let lock = "select from stock_items where variant_id = $1 for update nowait";
    let mut cart = shop.db.store.writer().begin().await.unwrap();
    sqlx::query(lock)
        .bind(first.0)
        .execute(&mut *cart)
        .await
        .unwrap();
    let store = shop.db.store.clone();
    let expiring = tokio::spawn(async move {
        market::transact!(store, &Actor::system(), work => expire(work, 10).await)
    });
    let waits = "select exists (select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock')";
    for _ in 0..500 {
        let waits = sqlx::query_scalar(waits).fetch_one(shop.db.store.reader());
        if waits.await.unwrap() {
            break;
        }
        tokio::time::sleep(Real::from_millis(10)).await;
    }
    sqlx::query(lock)
        .bind(second.0)
        .execute(&mut *cart)
        .await
        .expect("who waits for the first has not locked the second");
    cart.commit().await.unwrap();
    assert_eq!(expiring.await.unwrap().unwrap(), 2);
    shop.is_sound().await;
}
