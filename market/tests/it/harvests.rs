//! Goods that are not there yet: made to order, ordered ahead of a harvest, and the days of a harvest that are moved.
use market::catalog::commands::{
    change_offer, end_harvest, end_harvest_over, save_harvest, set_price_and_stock,
};
use market::catalog::{
    CatalogRefusal, HarvestForm, MoveForm, OfferForm, Supply, left_field, queries, quota_field,
};
use market::kernel::{
    Actor, Failure, FieldErrors, HarvestId, HarvestMoveId, ProductId, SellerOrderId, VariantId,
};
use market::orders::commands::{answer_delivery, move_delivery};
use market::orders::{
    DeliveryAnswer, OrderEvent, OrderState, OrdersRefusal, Party, PlacedOrder, QuestionState,
    queries as orders,
};
use market::payments::commands::{advance, check_out};
use time::macros::{date, datetime};

use crate::support::shop::{Shop, checkout};

/// A harvest from 10 to 20 December, delivered from 12 to 22, of 500 pieces.
pub fn plan(variant: VariantId, quota: &str) -> HarvestForm {
    HarvestForm(
        [
            ("picked_from", "2026-12-10"),
            ("picked_to", "2026-12-20"),
            ("delivers_from", "2026-12-12"),
            ("delivers_to", "2026-12-22"),
            ("forecast", "500"),
            ("unit", "trái"),
            (&quota_field(variant), quota),
        ]
        .into_iter()
        .map(|(field, typed)| (field.to_owned(), typed.to_owned()))
        .collect(),
    )
}

pub async fn announce(
    shop: &Shop,
    product: ProductId,
    form: &HarvestForm,
) -> Result<HarvestId, Failure<CatalogRefusal>> {
    market::transact!(shop.db.store, &shop.actor, work => save_harvest(work, product, form).await)
}

async fn moved(
    shop: &Shop,
    product: ProductId,
    from: &str,
    to: &str,
) -> Result<usize, Failure<CatalogRefusal>> {
    let form = &MoveForm {
        delivers_from: from.to_owned(),
        delivers_to: to.to_owned(),
        reason: "mưa nhiều, trái chín chậm".to_owned(),
    };
    market::transact!(shop.db.store, &shop.actor, work => move_delivery(work, product, form).await)
}

async fn order(shop: &Shop, variant: VariantId, units: i64) -> PlacedOrder {
    let form = checkout(&[(variant, units)]);
    market::transact!(shop.db.store, &Actor::guest(), work => check_out(work, &form).await).unwrap()
}

async fn answer(
    shop: &Shop,
    part: SellerOrderId,
    moved: HarvestMoveId,
    answer: DeliveryAnswer,
) -> Result<(), Failure<OrdersRefusal>> {
    market::transact!(shop.db.store, &Actor::guest(), work => answer_delivery(work, part, moved, answer).await)
}

async fn step(shop: &Shop, part: SellerOrderId, event: OrderEvent) -> OrderState {
    market::transact!(shop.db.store, &shop.actor, work => advance(work, part, event, Party::Seller, "vì sao").await)
        .unwrap()
}

/// What is promised of the first line of an order's first part.
async fn promised(shop: &Shop, placed: &PlacedOrder) -> Option<String> {
    let order = orders::by_id(shop.db.store.reader(), placed.id)
        .await
        .unwrap()
        .unwrap();
    order.parts[0].lines[0]
        .promise
        .map(|promise| promise.days.text())
}

/// The days were moved last by that.
async fn last_move(shop: &Shop) -> HarvestMoveId {
    let id = sqlx::query_scalar("select id from harvest_moves order by at desc, id desc limit 1");
    HarvestMoveId(id.fetch_one(shop.db.store.reader()).await.unwrap())
}

async fn texts(shop: &Shop) -> Vec<(String, serde_json::Value)> {
    sqlx::query_as(
        "select phone, args from messages where kind = 'delivery_moved' order by created_at, id",
    )
    .fetch_all(shop.db.store.reader())
    .await
    .unwrap()
}

fn fields(errors: Failure<CatalogRefusal>) -> Vec<(String, String)> {
    match errors {
        Failure::Refused(CatalogRefusal::Invalid(FieldErrors(errors))) => errors
            .into_iter()
            .map(|error| (error.field, error.code))
            .collect(),
        other => panic!("{other}"),
    }
}

#[tokio::test]
async fn a_harvest_is_ordered_ahead_up_to_its_quota_and_no_further() {
    let shop = Shop::new("Út").await;
    let (xoai, variant) = shop.product("Xoài", 0, 30_000).await;
    announce(&shop, xoai, &plan(variant, "30")).await.unwrap();
    let product = queries::by_id(shop.db.store.reader(), xoai)
        .await
        .unwrap()
        .unwrap();
    let harvest = product.harvest.expect("announced");
    assert_eq!(harvest.picked.from, date!(2026 - 12 - 10));
    assert!(
        matches!(product.variants[0].supply, Supply::PreOrder { delivered } if delivered == harvest.delivered)
    );
    let one = checkout(&[(variant, 10)]);
    let placed =
        futures_util::future::join_all((0..8).map(|_| {
            let mut form = one.clone();
            form.key = market::kernel::secret::new_key();
            let store = shop.db.store.clone();
            async move {
                market::transact!(store, &Actor::guest(), work => check_out(work, &form).await)
            }
        }))
        .await;
    let placed: Vec<_> = placed.into_iter().filter_map(Result::ok).collect();
    assert_eq!(placed.len(), 3, "thirty, by ten");
    assert_eq!(shop.stock(xoai).await, (30, 30));
    assert_eq!(
        promised(&shop, &placed[0]).await.as_deref(),
        Some("12/12/2026 – 22/12/2026")
    );
    let ordered = orders::of_harvest(shop.db.store.reader(), shop.seller, xoai, &shop.actor)
        .await
        .unwrap();
    assert_eq!(ordered.len(), 3);
    assert!(
        ordered
            .iter()
            .all(|order| order.amount == "10 trái" && order.question.is_none())
    );
    // Less than is ordered can't be the quota; nor can more than is expected.
    let less = fields(
        announce(&shop, xoai, &plan(variant, "20"))
            .await
            .unwrap_err(),
    );
    assert_eq!(less, [(quota_field(variant), "reserved".to_owned())]);
    let more = fields(
        announce(&shop, xoai, &plan(variant, "501"))
            .await
            .unwrap_err(),
    );
    assert_eq!(
        more,
        [(quota_field(variant), "more_than_forecast".to_owned())]
    );
    shop.is_sound().await;
}

#[tokio::test]
async fn moved_days_are_asked_of_each_buyer_who_keeps_shifts_or_cancels() {
    let shop = Shop::new("Út").await;
    let (xoai, variant) = shop.product("Xoài", 0, 30_000).await;
    announce(&shop, xoai, &plan(variant, "40")).await.unwrap();
    let mut placed = Vec::new();
    for _ in 0..5 {
        placed.push(order(&shop, variant, 2).await);
    }
    let part = |index: usize| placed[index].parts[0].0;
    step(&shop, part(4), OrderEvent::Cancel).await;
    assert_eq!(
        moved(&shop, xoai, "2026-12-20", "2026-12-30")
            .await
            .unwrap(),
        4
    );
    let first_move = last_move(&shop).await;
    let told = texts(&shop).await;
    assert_eq!(told.len(), 4, "one for each order that waits");
    assert_eq!(told[0].0, "+84987654321");
    assert_eq!(told[0].1["from"], "20/12/2026");
    assert_eq!(told[0].1["reason"], "mua nhieu trai chin cham");
    // Until its buyer answers an order keeps what it was promised; a new one is promised the new days.
    assert_eq!(
        promised(&shop, &placed[0]).await.as_deref(),
        Some("12/12/2026 – 22/12/2026")
    );
    let late = order(&shop, variant, 1).await;
    assert_eq!(
        promised(&shop, &late).await.as_deref(),
        Some("20/12/2026 – 30/12/2026")
    );

    answer(&shop, part(0), first_move, DeliveryAnswer::Kept)
        .await
        .unwrap();
    assert_eq!(
        promised(&shop, &placed[0]).await.as_deref(),
        Some("20/12/2026 – 30/12/2026")
    );
    let outside = answer(
        &shop,
        part(1),
        first_move,
        DeliveryAnswer::Shifted(date!(2026 - 12 - 31)),
    )
    .await;
    assert!(
        matches!(outside, Err(Failure::Refused(OrdersRefusal::Invalid(errors))) if errors.of("wanted_from").is_some())
    );
    answer(
        &shop,
        part(1),
        first_move,
        DeliveryAnswer::Shifted(date!(2026 - 12 - 26)),
    )
    .await
    .unwrap();
    assert_eq!(
        promised(&shop, &placed[1]).await.as_deref(),
        Some("26/12/2026 – 30/12/2026")
    );
    let (code, token, third) = (placed[2].code.clone(), placed[2].token.clone(), part(2));
    market::transact!(shop.db.store, &Actor::guest(), work => {
        market::orders::commands::part_of_order(work, &code, &token, third).await?;
        answer_delivery(work, third, first_move, DeliveryAnswer::Cancelled).await?;
        advance(work, third, OrderEvent::Cancel, Party::Buyer, "").await.map(drop)
    })
    .unwrap();
    // Answered once, it stays so; whom nobody asked has nothing to answer.
    for part in [part(0), part(2), part(4), late.parts[0].0] {
        let again = answer(&shop, part, first_move, DeliveryAnswer::Kept).await;
        assert!(matches!(
            again,
            Err(Failure::Refused(OrdersRefusal::NotAsked))
        ));
    }
    let answers: Vec<_> =
        orders::of_harvest(shop.db.store.reader(), shop.seller, xoai, &shop.actor)
            .await
            .unwrap()
            .into_iter()
            .map(|order| (order.code, order.question))
            .collect();
    let expected = |placed: &PlacedOrder, state| (placed.code.clone(), state);
    assert_eq!(
        answers.len(),
        4,
        "what was called off is no longer planned for"
    );
    for (order, state) in [
        (&placed[0], Some(QuestionState::Kept)),
        (&placed[1], Some(QuestionState::Shifted)),
        (&placed[3], Some(QuestionState::Open)),
        (&late, None),
    ] {
        assert!(answers.contains(&expected(order, state)), "{state:?}");
    }
    // Moved once more: who has not answered is asked about the last days only.
    shop.db.clock.advance(time::Duration::hours(1));
    moved(&shop, xoai, "2026-12-24", "2027-01-05")
        .await
        .unwrap();
    // Who looks at a page of before says nothing about days that were moved again.
    let stale = answer(&shop, part(3), first_move, DeliveryAnswer::Kept).await;
    assert!(matches!(
        stale,
        Err(Failure::Refused(OrdersRefusal::NotAsked))
    ));
    let fourth = orders::by_id(shop.db.store.reader(), placed[3].id)
        .await
        .unwrap()
        .unwrap();
    let states: Vec<_> = fourth.parts[0]
        .questions
        .iter()
        .map(|question| question.state)
        .collect();
    assert_eq!(states, [QuestionState::Open, QuestionState::Overtaken]);
    assert_eq!(
        shop.stock(xoai).await,
        (40, 7),
        "two each of three, and one"
    );
    shop.is_sound().await;
}

#[tokio::test]
async fn who_only_lists_sees_no_buyers_and_nobody_moves_without_end() {
    let shop = Shop::new("Út").await;
    let (xoai, variant) = shop.product("Xoài", 0, 30_000).await;
    announce(&shop, xoai, &plan(variant, "40")).await.unwrap();
    order(&shop, variant, 1).await;
    let seen = orders::of_harvest(shop.db.store.reader(), shop.seller, xoai, &Actor::guest()).await;
    assert_eq!(seen.unwrap(), []);
    for day in 13..16 {
        moved(&shop, xoai, &format!("2026-12-{day}"), "2026-12-22")
            .await
            .unwrap();
    }
    let often = fields(
        moved(&shop, xoai, "2026-12-17", "2026-12-22")
            .await
            .unwrap_err(),
    );
    assert_eq!(
        often,
        [("delivers_from".to_owned(), "moved_often".to_owned())]
    );
    shop.db.clock.advance(time::Duration::days(1));
    moved(&shop, xoai, "2026-12-17", "2026-12-22")
        .await
        .unwrap();
}

#[tokio::test]
async fn the_same_days_are_no_move_and_other_peoples_harvests_are_not_there() {
    let shop = Shop::new("Út").await;
    let (xoai, variant) = shop.product("Xoài", 0, 30_000).await;
    announce(&shop, xoai, &plan(variant, "40")).await.unwrap();
    let same = fields(
        moved(&shop, xoai, "2026-12-12", "2026-12-22")
            .await
            .unwrap_err(),
    );
    assert_eq!(same, [("delivers_from".to_owned(), "same_days".to_owned())]);
    let unpicked = fields(
        moved(&shop, xoai, "2026-12-01", "2026-12-22")
            .await
            .unwrap_err(),
    );
    assert_eq!(
        unpicked,
        [("delivers_from".to_owned(), "harvest_unpicked".to_owned())]
    );
    let stranger = Shop {
        actor: Actor::guest(),
        ..shop
    };
    for outcome in [
        moved(&stranger, xoai, "2026-12-13", "2026-12-22")
            .await
            .map(drop),
        announce(&stranger, xoai, &plan(variant, "1"))
            .await
            .map(drop),
    ] {
        assert!(matches!(
            outcome,
            Err(Failure::Refused(CatalogRefusal::NotFound))
        ));
    }
}

/// Whoever orders while the days are moved is promised days that hold, or is asked about them.
#[tokio::test]
async fn nobody_slips_through_while_the_days_are_moved() {
    let shop = Shop::new("Út").await;
    let (xoai, variant) = shop.product("Xoài", 0, 30_000).await;
    announce(&shop, xoai, &plan(variant, "40")).await.unwrap();
    let buyers = futures_util::future::join_all((0..12).map(|_| order(&shop, variant, 1)));
    let (placed, _) =
        futures_util::future::join(buyers, moved(&shop, xoai, "2026-12-20", "2026-12-30")).await;
    for placed in &placed {
        let order = orders::by_id(shop.db.store.reader(), placed.id)
            .await
            .unwrap()
            .unwrap();
        let part = &order.parts[0];
        let promise = part.lines[0].promise.expect("a promise").days.text();
        let is_asked = !part.questions.is_empty();
        assert_eq!(is_asked, promise.starts_with("12/12"), "{promise}");
    }
}

#[tokio::test]
async fn once_the_harvest_is_in_the_rest_is_sold_as_it_stands() {
    let shop = Shop::new("Út").await;
    let (xoai, variant) = shop.product("Xoài", 0, 30_000).await;
    announce(&shop, xoai, &plan(variant, "40")).await.unwrap();
    let ahead = order(&shop, variant, 5).await;
    let left = |typed: &str| HarvestForm(vec![(left_field(variant), typed.to_owned())]);
    let end = async |form: HarvestForm| {
        let form = &form;
        market::transact!(shop.db.store, &shop.actor, work => end_harvest(work, xoai, form).await)
    };
    let less = fields(end(left("4")).await.unwrap_err());
    assert_eq!(less, [(left_field(variant), "reserved".to_owned())]);
    let nothing = fields(end(left("")).await.unwrap_err());
    assert_eq!(nothing, [(left_field(variant), "required".to_owned())]);
    end(left("25")).await.unwrap();
    let product = queries::by_id(shop.db.store.reader(), xoai)
        .await
        .unwrap()
        .unwrap();
    assert!(product.harvest.is_none() && product.variants[0].supply == Supply::Stock);
    assert_eq!(promised(&shop, &order(&shop, variant, 1).await).await, None);
    assert!(
        promised(&shop, &ahead).await.is_some(),
        "what was promised stays"
    );
    for event in [OrderEvent::Confirm, OrderEvent::Pack, OrderEvent::Ship] {
        step(&shop, ahead.parts[0].0, event).await;
    }
    assert_eq!(shop.stock(xoai).await, (20, 1));
    shop.is_sound().await;
}

#[tokio::test]
async fn after_the_last_day_nobody_orders_ahead_whether_the_worker_runs_or_not() {
    let shop = Shop::new("Út").await;
    let (xoai, variant) = shop.product("Xoài", 0, 30_000).await;
    announce(&shop, xoai, &plan(variant, "40")).await.unwrap();
    let waiting = order(&shop, variant, 5).await;
    shop.db.clock.set(datetime!(2026-12-22 16:59 UTC));
    let last = order(&shop, variant, 1).await;
    shop.db.clock.set(datetime!(2026-12-22 17:00 UTC));
    let form = checkout(&[(variant, 1)]);
    let late =
        market::transact!(shop.db.store, &Actor::guest(), work => check_out(work, &form).await);
    assert!(matches!(
        late,
        Err(Failure::Refused(OrdersRefusal::OutOfStock(_)))
    ));
    let end = async || {
        let system = &Actor::system();
        market::transact!(shop.db.store, system, work => end_harvest_over(work).await).unwrap()
    };
    // Fruit is late: as long as an order waits its buyer can still be asked about other days.
    assert!(!end().await);
    assert_eq!(
        moved(&shop, xoai, "2026-12-24", "2026-12-30")
            .await
            .unwrap(),
        2
    );
    shop.db.clock.set(datetime!(2026-12-31 03:00 UTC));
    for placed in [&waiting, &last] {
        step(&shop, placed.parts[0].0, OrderEvent::Confirm).await;
        step(&shop, placed.parts[0].0, OrderEvent::Pack).await;
        assert!(!end().await);
        step(&shop, placed.parts[0].0, OrderEvent::Ship).await;
    }
    assert!(end().await && !end().await);
    assert_eq!(
        shop.stock(xoai).await,
        (0, 0),
        "what was not ordered is not there"
    );
    shop.is_sound().await;
}

#[tokio::test]
async fn what_is_made_to_order_leaves_room_again_once_it_is_sent() {
    let shop = Shop::new("Út").await;
    let (gio, variant) = shop.product("Giỏ lục bình", 3, 90_000).await;
    let to_order = |days: &str| {
        let mut form = OfferForm {
            stock: "3".to_owned(),
            ..OfferForm::default()
        };
        form.price.price_vnd = "90000".to_owned();
        form.price.unit = "trái".to_owned();
        form.price.supply = "to_order".to_owned();
        form.price.ready_days = days.to_owned();
        form.parse()
    };
    assert!(to_order("").is_err());
    let offer = &to_order("7").unwrap();
    market::transact!(shop.db.store, &shop.actor, work => change_offer(work, gio, variant, offer).await).unwrap();
    let placed = order(&shop, variant, 3).await;
    assert_eq!(
        promised(&shop, &placed).await.as_deref(),
        Some("24/11/2026 – 01/12/2026")
    );
    let form = checkout(&[(variant, 1)]);
    let more =
        market::transact!(shop.db.store, &Actor::guest(), work => check_out(work, &form).await);
    assert!(
        matches!(more, Err(Failure::Refused(OrdersRefusal::OutOfStock(_)))),
        "all hands are full"
    );
    for event in [OrderEvent::Confirm, OrderEvent::Pack, OrderEvent::Ship] {
        step(&shop, placed.parts[0].0, event).await;
    }
    assert_eq!(shop.stock(gio).await, (3, 0), "three can be made again");
    // Counted like anything else, with the old price.
    market::transact!(shop.db.store, &shop.actor, work => set_price_and_stock(work, gio, variant, "90000", "5").await).unwrap();
    let product = queries::by_id(shop.db.store.reader(), gio)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(product.variants[0].supply, Supply::ToOrder { days: 7 });
    shop.is_sound().await;
}

#[tokio::test]
async fn what_is_there_does_not_wait_for_what_is_not() {
    let shop = Shop::new("Út").await;
    let (xoai, ahead) = shop.product("Xoài", 0, 30_000).await;
    let (_, khom) = shop.product("Khóm", 10, 12_000).await;
    announce(&shop, xoai, &plan(ahead, "40")).await.unwrap();
    let form = checkout(&[(khom, 2), (ahead, 3)]);
    let placed =
        market::transact!(shop.db.store, &Actor::guest(), work => check_out(work, &form).await)
            .unwrap();
    let order = orders::by_id(shop.db.store.reader(), placed.id)
        .await
        .unwrap()
        .unwrap();
    let parts: Vec<_> = order
        .parts
        .iter()
        .map(|part| {
            (
                part.lines[0].name.as_str(),
                part.lines.len(),
                part.lines[0].promise.is_some(),
            )
        })
        .collect();
    assert_eq!(parts, [("Khóm", 1, false), ("Xoài", 1, true)]);
    assert_eq!(order.total, order.parts.iter().map(|part| part.total).sum());
    step(&shop, placed.parts[0].0, OrderEvent::Confirm).await;
    let order = orders::by_id(shop.db.store.reader(), placed.id)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        order.parts[1].state,
        OrderState::Placed,
        "each goes its own way"
    );
    shop.is_sound().await;
}

#[tokio::test]
async fn a_quota_is_changed_and_ended_with_its_harvest_alone() {
    let shop = Shop::new("Út").await;
    let (xoai, variant) = shop.product("Xoài", 0, 30_000).await;
    announce(&shop, xoai, &plan(variant, "40")).await.unwrap();
    let table = async |stock: &str| market::transact!(shop.db.store, &shop.actor, work => set_price_and_stock(work, xoai, variant, "31000", stock).await);
    let elsewhere = fields(table("5000").await.unwrap_err());
    assert_eq!(
        elsewhere,
        [("stock".to_owned(), "quota_elsewhere".to_owned())]
    );
    table("40").await.unwrap();
    let ended = market::transact!(shop.db.store, &shop.actor, work => market::catalog::commands::end_offer(work, xoai, variant).await);
    assert_eq!(
        fields(ended.unwrap_err()),
        [("offer".to_owned(), "ahead_of_harvest".to_owned())]
    );
    // No quota is no ordering ahead.
    announce(&shop, xoai, &plan(variant, "0")).await.unwrap();
    let product = queries::by_id(shop.db.store.reader(), xoai)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(product.variants[0].supply, Supply::Stock);
    shop.is_sound().await;
}

/// What follows later is asked about other days as the part was from which it was taken.
#[tokio::test]
async fn the_rest_of_a_part_takes_an_open_question_along() {
    let shop = Shop::new("Út").await;
    let (xoai, variant) = shop.product("Xoài", 0, 30_000).await;
    announce(&shop, xoai, &plan(variant, "40")).await.unwrap();
    let placed = order(&shop, variant, 5).await;
    let part = placed.parts[0].0;
    step(&shop, part, OrderEvent::Confirm).await;
    moved(&shop, xoai, "2026-12-20", "2026-12-30")
        .await
        .unwrap();
    let line = orders::by_id(shop.db.store.reader(), placed.id)
        .await
        .unwrap()
        .unwrap()
        .parts[0]
        .lines[0]
        .id;
    let packed = [(line, market::kernel::Quantity::from_thousandths(2_000))];
    let rest = market::transact!(shop.db.store, &shop.actor, work => market::payments::commands::pack(work, part, &packed, market::orders::packing::Rest::Later, "chín chậm").await)
        .unwrap()
        .unwrap();
    let moved = last_move(&shop).await;
    answer(&shop, rest, moved, DeliveryAnswer::Kept)
        .await
        .unwrap();
    shop.is_sound().await;
}
