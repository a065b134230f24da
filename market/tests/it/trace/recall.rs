//! A recall names every buyer of a lot and nobody else, and goods of it go nowhere.
use market::kernel::{
    Actor, CommuneId, Duty, Failure, LotId, Membership, Office, OrderLineId, Permission, PersonId,
    Phone, Role, SellerOrderId, Task, VariantId, secret,
};
use market::orders::commands::assign_lots;
use market::orders::commands::recall::{recall, see_buyers, tell_rest};
use market::orders::{
    LotsForm, Order, OrderEvent, OrderState, OrdersRefusal, Party, PlacedOrder, lot_field, queries,
};
use market::payments::commands::{advance, check_out};
use market::trace::{LotState, RecallForm, TraceRefusal};

use super::{account, ground, helper, on_sale, read, refused};
use crate::support::shop::{Shop, checkout};

pub async fn bought(shop: &Shop, phone: &str, lines: &[(VariantId, i64)]) -> PlacedOrder {
    let mut checkout = checkout(lines);
    checkout.contact.phone = Phone::parse(phone).unwrap();
    let checkout = &checkout;
    market::transact!(shop.db.store, &Actor::guest(), work => check_out(work, checkout).await)
        .unwrap()
}

pub async fn step(
    shop: &Shop,
    part: SellerOrderId,
    event: OrderEvent,
) -> Result<OrderState, Failure<OrdersRefusal>> {
    market::transact!(shop.db.store, &shop.actor, work => advance(work, part, event, Party::Seller, "vì sao").await)
}

pub async fn steps(shop: &Shop, part: SellerOrderId, events: &[OrderEvent]) {
    for event in events {
        step(shop, part, *event).await.unwrap();
    }
}

async fn seen(shop: &Shop, part: SellerOrderId) -> Order {
    queries::for_seller(shop.db.store.reader(), part, &Actor::system())
        .await
        .unwrap()
        .unwrap()
}

async fn line_of(shop: &Shop, part: SellerOrderId) -> OrderLineId {
    seen(shop, part).await.parts[0].lines[0].id
}

/// So much of the part's first line is from these lots.
async fn assigned(
    shop: &Shop,
    part: SellerOrderId,
    lots: &[(LotId, &str)],
) -> Result<(), Failure<OrdersRefusal>> {
    let line = line_of(shop, part).await;
    let form = &LotsForm(
        lots.iter()
            .map(|(lot, text)| (lot_field(line, *lot), (*text).to_owned()))
            .collect(),
    );
    market::transact!(shop.db.store, &shop.actor, work => assign_lots(work, part, form).await)
}

pub fn words() -> RecallForm {
    RecallForm {
        reason: "Nghi còn dư lượng thuốc".to_owned(),
        message: "Xin ngung an lo khom nay".to_owned(),
    }
}

pub async fn recalled_by(
    shop: &Shop,
    actor: &Actor,
    lot: LotId,
) -> Result<(), Failure<TraceRefusal>> {
    let form = &words();
    market::transact!(shop.db.store, actor, work => recall(work, lot, form).await)
}

/// Telephones to which a message about a recall was written, sorted.
pub async fn told(shop: &Shop) -> Vec<String> {
    sqlx::query_scalar("select phone from messages where kind = 'lot_recalled' order by phone")
        .fetch_all(shop.db.store.reader())
        .await
        .unwrap()
}

async fn buyers(shop: &Shop, lot: LotId) -> Vec<(String, OrderState, String)> {
    let buyers =
        market::transact!(shop.db.store, &shop.actor, work => see_buyers(work, lot).await).unwrap();
    buyers
        .into_iter()
        .map(|buyer| (buyer.code.to_string(), buyer.state, buyer.amount))
        .collect()
}

const CONFIRM: OrderEvent = OrderEvent::Confirm;
const PACK: OrderEvent = OrderEvent::Pack;
const SHIP: OrderEvent = OrderEvent::Ship;

#[tokio::test]
async fn it_names_every_buyer_of_the_lot_and_nobody_else() {
    let shop = ground().await;
    let (khom, variant) = shop.product("Khóm", 100, 12_000).await;
    let (_, mam) = shop.product("Mắm", 100, 90_000).await;
    let bad = on_sale(&shop, khom).await;

    let whole = bought(&shop, "0911111111", &[(variant, 2), (mam, 1)]).await;
    steps(&shop, whole.parts[0].0, &[CONFIRM, PACK, SHIP]).await;
    let waits = bought(&shop, "0922222222", &[(variant, 1)]).await;
    steps(&shop, waits.parts[0].0, &[CONFIRM, PACK]).await;
    let back = bought(&shop, "0933333333", &[(variant, 1)]).await;
    steps(
        &shop,
        back.parts[0].0,
        &[CONFIRM, PACK, SHIP, OrderEvent::Return],
    )
    .await;
    // Again the first buyer's telephone.
    let more = bought(&shop, "0911111111", &[(variant, 3)]).await;
    steps(&shop, more.parts[0].0, &[CONFIRM, PACK, SHIP]).await;
    let called_off = bought(&shop, "0944444444", &[(variant, 1)]).await;
    steps(
        &shop,
        called_off.parts[0].0,
        &[CONFIRM, PACK, OrderEvent::Cancel],
    )
    .await;
    // Another lot from now on, but one buyer still gets one piece of the bad one.
    let good = on_sale(&shop, khom).await;
    let partly = bought(&shop, "0955555555", &[(variant, 5)]).await;
    steps(&shop, partly.parts[0].0, &[CONFIRM]).await;
    assigned(&shop, partly.parts[0].0, &[(good, "4"), (bad, "1")])
        .await
        .unwrap();
    steps(&shop, partly.parts[0].0, &[PACK, SHIP]).await;
    let from_good = bought(&shop, "0966666666", &[(variant, 1)]).await;
    steps(&shop, from_good.parts[0].0, &[CONFIRM, PACK, SHIP]).await;
    let not_packed = bought(&shop, "0977777777", &[(variant, 1)]).await;
    steps(&shop, not_packed.parts[0].0, &[CONFIRM]).await;
    let other_goods = bought(&shop, "0988888888", &[(mam, 1)]).await;
    steps(&shop, other_goods.parts[0].0, &[CONFIRM, PACK, SHIP]).await;

    let mut expected = vec![
        (whole.code.to_string(), OrderState::Shipped, "2 trái"),
        (waits.code.to_string(), OrderState::Packed, "1 trái"),
        (back.code.to_string(), OrderState::Returned, "1 trái"),
        (more.code.to_string(), OrderState::Shipped, "3 trái"),
        (partly.code.to_string(), OrderState::Shipped, "1 trái"),
    ];
    expected.sort_by(|one, other| one.0.cmp(&other.0));
    let mut found = buyers(&shop, bad).await;
    found.sort_by(|one, other| one.0.cmp(&other.0));
    assert_eq!(
        found
            .iter()
            .map(|(code, state, amount)| (code.clone(), *state, amount.as_str()))
            .collect::<Vec<_>>(),
        expected
    );

    recalled_by(&shop, &shop.actor, bad).await.unwrap();
    assert_eq!(
        told(&shop).await,
        [
            "+84911111111",
            "+84922222222",
            "+84933333333",
            "+84955555555"
        ],
        "one message a telephone"
    );
    let lot = read(&shop, bad).await;
    assert_eq!(lot.state, LotState::Recalled);
    assert_eq!(lot.recall_reason, "Nghi còn dư lượng thuốc");
    assert_eq!(read(&shop, good).await.state, LotState::Open);
    // Its buyers see it on their orders; the others see nothing.
    for (placed, is_recalled) in [(&whole, true), (&partly, true), (&from_good, false)] {
        let order = queries::by_code(shop.db.store.reader(), &placed.code, &placed.token)
            .await
            .unwrap()
            .unwrap();
        let lines = order.parts.iter().flat_map(|part| &part.lines);
        assert_eq!(
            lines.flat_map(|line| &line.lots).any(|lot| lot.is_recalled),
            is_recalled
        );
    }
}

#[tokio::test]
async fn a_recalled_lot_leaves_neither_shelf_nor_house() {
    let shop = ground().await;
    let (khom, variant) = shop.product("Khóm", 100, 12_000).await;
    let bad = on_sale(&shop, khom).await;
    let packed = bought(&shop, "0911111111", &[(variant, 2)]).await.parts[0].0;
    steps(&shop, packed, &[CONFIRM, PACK]).await;
    let waiting = bought(&shop, "0922222222", &[(variant, 1)]).await.parts[0].0;
    steps(&shop, waiting, &[CONFIRM]).await;
    recalled_by(&shop, &shop.actor, bad).await.unwrap();

    let code = read(&shop, bad).await.code.to_string();
    let recalled = |outcome: Result<OrderState, Failure<OrdersRefusal>>| matches!(outcome, Err(Failure::Refused(OrdersRefusal::LotRecalled { codes })) if codes == code);
    assert!(recalled(step(&shop, packed, SHIP).await));
    // What is packed from now on comes from no lot that anybody knows.
    steps(&shop, waiting, &[PACK]).await;
    assert!(seen(&shop, waiting).await.parts[0].lines[0].lots.is_empty());
    assert!(assigned(&shop, waiting, &[(bad, "1")]).await.is_err());
    // Packed anew from a good one it may go.
    let good = on_sale(&shop, khom).await;
    assigned(&shop, packed, &[(bad, "0"), (good, "2")])
        .await
        .unwrap();
    steps(&shop, packed, &[SHIP]).await;
    assert!(buyers(&shop, bad).await.is_empty());
    let rows: i64 = sqlx::query_scalar("select count(*) from order_line_lots")
        .fetch_one(shop.db.store.reader())
        .await
        .unwrap();
    assert_eq!(rows, 3, "what was said first is still there");
}

#[tokio::test]
async fn who_turns_out_to_be_a_buyer_is_told_afterwards_and_alone() {
    let shop = ground().await;
    let (khom, variant) = shop.product("Khóm", 100, 12_000).await;
    let bad = on_sale(&shop, khom).await;
    let first = bought(&shop, "0911111111", &[(variant, 2)]).await.parts[0].0;
    steps(&shop, first, &[CONFIRM, PACK, SHIP]).await;
    let good = on_sale(&shop, khom).await;
    let late = bought(&shop, "0922222222", &[(variant, 2)]).await.parts[0].0;
    steps(&shop, late, &[CONFIRM, PACK, SHIP]).await;
    let early = market::transact!(shop.db.store, &shop.actor, work => tell_rest(work, bad).await);
    assert_eq!(refused(early), TraceRefusal::WrongState);
    recalled_by(&shop, &shop.actor, bad).await.unwrap();
    assert_eq!(told(&shop).await, ["+84911111111"]);

    assigned(&shop, late, &[(good, "1"), (bad, "1")])
        .await
        .unwrap();
    let untold = market::transact!(shop.db.store, &shop.actor, work => see_buyers(work, bad).await)
        .unwrap()
        .into_iter()
        .filter(|buyer| buyer.told_at.is_none())
        .count();
    assert_eq!(untold, 1);
    for _ in 0..2 {
        market::transact!(shop.db.store, &shop.actor, work => tell_rest(work, bad).await).unwrap();
    }
    assert_eq!(told(&shop).await, ["+84911111111", "+84922222222"]);
}

#[tokio::test]
async fn a_line_comes_from_no_more_than_it_is() {
    let shop = ground().await;
    let (khom, variant) = shop.product("Khóm", 100, 12_000).await;
    let (mam, _) = shop.product("Mắm", 100, 90_000).await;
    let (lot, other) = (on_sale(&shop, khom).await, on_sale(&shop, mam).await);
    let part = bought(&shop, "0911111111", &[(variant, 3)]).await.parts[0].0;
    let wrong = |outcome: Result<(), Failure<OrdersRefusal>>| match outcome {
        Err(Failure::Refused(OrdersRefusal::Invalid(errors))) => errors.0[0].code.clone(),
        other => panic!("{other:?}"),
    };
    assert!(
        matches!(
            assigned(&shop, part, &[(lot, "1")]).await,
            Err(Failure::Refused(OrdersRefusal::NotAllowed { .. }))
        ),
        "nothing is promised yet"
    );
    steps(&shop, part, &[CONFIRM]).await;
    assert_eq!(
        wrong(assigned(&shop, part, &[(lot, "4")]).await),
        "lot_more_than_line"
    );
    assert_eq!(
        wrong(assigned(&shop, part, &[(other, "1")]).await),
        "lot_product"
    );
    let nobody = LotId(secret::new_key());
    assert_eq!(
        wrong(assigned(&shop, part, &[(nobody, "1")]).await),
        "lot_product"
    );
    assigned(&shop, part, &[(lot, "1,5")]).await.unwrap();
    // Who has chosen has chosen: packing adds nothing.
    steps(&shop, part, &[PACK]).await;
    let lots = seen(&shop, part).await.parts[0].lines[0].lots.clone();
    assert_eq!(lots.len(), 1);
    assert_eq!(lots[0].quantity.thousandths(), 1_500);
    // The database holds it whoever writes.
    let line = line_of(&shop, part).await;
    for (lot, change, constraint) in [
        (lot, 1_501, "order_line_lots_within_line"),
        (lot, -1_501, "order_line_lots_not_negative"),
        (other, 1, "order_line_lots_same_product"),
    ] {
        let written = sqlx::query("insert into order_line_lots (line_id, lot_id, change, at, actor_kind) values ($1, $2, $3, now(), 'system')")
            .bind(line.0)
            .bind(lot.0)
            .bind(i64::from(change))
            .execute(shop.db.store.reader())
            .await;
        let error = written.unwrap_err();
        let error = error.as_database_error().unwrap();
        assert_eq!(error.constraint(), Some(constraint));
    }
    assert!(
        sqlx::query("update order_line_lots set change = 1")
            .execute(shop.db.store.reader())
            .await
            .is_err()
    );
}

#[tokio::test]
async fn owners_and_officers_of_the_commune_recall_and_an_officers_look_is_on_record() {
    let shop = ground().await;
    let (khom, variant) = shop.product("Khóm", 100, 12_000).await;
    let lot = on_sale(&shop, khom).await;
    let part = bought(&shop, "0911111111", &[(variant, 2)]).await.parts[0].0;
    steps(&shop, part, &[CONFIRM, PACK, SHIP]).await;
    let person = || Some(PersonId(secret::new_key()));
    let staff = Actor {
        person: person(),
        roles: vec![Role::Seller],
        memberships: vec![Membership {
            seller: shop.seller,
            duty: Duty::Staff,
        }],
        ..Actor::guest()
    };
    let officer = |permission, commune| Actor {
        person: person(),
        roles: vec![Role::Officer],
        office: Office {
            permissions: vec![permission],
            communes: vec![CommuneId(commune)],
        },
        ..Actor::guest()
    };
    for (actor, refusal) in [
        (staff, TraceRefusal::NotAllowed),
        (
            helper(shop.seller, &[Task::List, Task::Orders]),
            TraceRefusal::NotAllowed,
        ),
        (
            officer(Permission::Sellers, 131_471),
            TraceRefusal::NotFound,
        ),
        (
            officer(Permission::Certificates, 131_338),
            TraceRefusal::NotFound,
        ),
        (Actor::guest(), TraceRefusal::NotFound),
    ] {
        assert_eq!(refused(recalled_by(&shop, &actor, lot).await), refusal);
        let looked = market::transact!(shop.db.store, &actor, work => see_buyers(work, lot).await);
        assert_eq!(refused(looked), refusal);
    }
    assert_eq!(read(&shop, lot).await.state, LotState::Open);
    let looks = async || -> i64 {
        sqlx::query_scalar(
            "select count(*) from audit_log where action = 'lot.buyers_seen' and seller_id = $1",
        )
        .bind(shop.seller.0)
        .fetch_one(shop.db.store.reader())
        .await
        .unwrap()
    };
    let here = officer(Permission::Sellers, 131_338);
    account(&shop.db, &here).await;
    assert_eq!(buyers(&shop, lot).await.len(), 1);
    assert_eq!(looks().await, 0, "an owner looks at the own buyers");
    let found = market::transact!(shop.db.store, &here, work => see_buyers(work, lot).await);
    let found = found.unwrap();
    assert_eq!(found[0].phone.as_deref(), Some("•••• ••• 111"));
    assert_eq!(looks().await, 1);
    let empty = &RecallForm::default();
    let wrong = market::transact!(shop.db.store, &here, work => recall(work, lot, empty).await);
    assert!(matches!(refused(wrong), TraceRefusal::Invalid(_)));
    recalled_by(&shop, &here, lot).await.unwrap();
    assert_eq!(told(&shop).await, ["+84911111111"]);
}
