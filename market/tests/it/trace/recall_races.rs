//! Two taps, two people, and a parcel that is being packed meanwhile.
use market::kernel::LotId;
use market::orders::{OrderEvent, OrderState};

use super::recall::{bought, recalled_by, step, steps, told};
use super::{ground, on_sale, read};

#[tokio::test]
async fn however_many_tap_each_buyer_is_told_once() {
    let shop = ground().await;
    let (khom, variant) = shop.product("Khóm", 100, 12_000).await;
    let lot = on_sale(&shop, khom).await;
    for phone in ["0911111111", "0922222222", "0933333333"] {
        let part = bought(&shop, phone, &[(variant, 1)]).await.parts[0].0;
        let way = [OrderEvent::Confirm, OrderEvent::Pack, OrderEvent::Ship];
        steps(&shop, part, &way).await;
    }
    let taps = (0..10).map(|_| recalled_by(&shop, &shop.actor, lot));
    for tap in futures_util::future::join_all(taps).await {
        tap.unwrap();
    }
    assert_eq!(told(&shop).await.len(), 3);
    let events: i64 =
        sqlx::query_scalar("select count(*) from lot_events where event = 'recalled'")
            .fetch_one(shop.db.store.reader())
            .await
            .unwrap();
    assert_eq!(events, 1);
    assert!(read(&shop, lot).await.recall_reason.starts_with("Nghi"));
}

/// Orders with goods of a lot, and those of them whose buyer was told.
async fn with_and_told(shop: &crate::support::shop::Shop, lot: LotId) -> (i64, i64) {
    sqlx::query_as(
        "select count(distinct part.order_id), count(distinct told.order_id)
         from line_lots
         join order_lines as line on line.id = line_lots.line_id
         join seller_orders as part on part.id = line.seller_order_id
         left join recall_messages as told on told.lot_id = line_lots.lot_id and told.order_id = part.order_id
         where line_lots.lot_id = $1 and part.state <> 'cancelled'",
    )
    .bind(lot.0)
    .fetch_one(shop.db.store.reader())
    .await
    .unwrap()
}

#[tokio::test]
async fn what_is_packed_during_a_recall_is_either_told_or_not_of_the_lot() {
    let shop = ground().await;
    let (khom, variant) = shop.product("Khóm", 1_000, 12_000).await;
    for round in 0..8 {
        let lot = on_sale(&shop, khom).await;
        let mut parts = Vec::new();
        for buyer in 0..6 {
            let phone = format!("09{round}{buyer}000000");
            let part = bought(&shop, &phone, &[(variant, 1)]).await.parts[0].0;
            steps(&shop, part, &[OrderEvent::Confirm]).await;
            parts.push(part);
        }
        // One has left already.
        steps(&shop, parts[0], &[OrderEvent::Pack, OrderEvent::Ship]).await;
        let packing = parts[1..]
            .iter()
            .map(|part| step(&shop, *part, OrderEvent::Pack));
        let (recalled, packed) = futures_util::future::join(
            recalled_by(&shop, &shop.actor, lot),
            futures_util::future::join_all(packing),
        )
        .await;
        recalled.unwrap();
        for outcome in packed {
            assert_eq!(outcome.unwrap(), OrderState::Packed);
        }
        let (with, told) = with_and_told(&shop, lot).await;
        assert!(with >= 1);
        assert_eq!(with, told, "round {round}");
        // And what was packed of it goes nowhere.
        for part in &parts[1..] {
            let has: bool = sqlx::query_scalar(
                "select exists (select from line_lots join order_lines as line on line.id = line_id
                 where line.seller_order_id = $1 and lot_id = $2)",
            )
            .bind(part.0)
            .bind(lot.0)
            .fetch_one(shop.db.store.reader())
            .await
            .unwrap();
            assert_eq!(step(&shop, *part, OrderEvent::Ship).await.is_err(), has);
        }
    }
}
