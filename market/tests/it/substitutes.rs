//! Something else instead of what ran out: lines, stock, sums and money agree, whoever is faster.
use market::kernel::{Actor, Failure, Quantity, SellerOrderId, SubstituteId, VariantId, Vnd};
use market::orders::commands::{decline_substitute, offer_substitute};
use market::orders::packing::Rest;
use market::orders::{
    NewSubstitute, Order, OrderEvent, OrderState, OrdersRefusal, Party, SubstituteState, queries,
};
use market::payments::commands::{
    advance, check_out, deliver_paid, pack, receive, take_substitute,
};

use crate::support::shop::{Shop, checkout};

const fn units(count: i64) -> Quantity {
    Quantity::from_thousandths(count * 1000)
}

/// An order of 2 at 30,000 đ and 1 at 9,000 đ, and something else at 20,000 đ on sale.
struct Ground {
    shop: Shop,
    wanted: VariantId,
    other: VariantId,
    order: Order,
}

impl Ground {
    async fn new(stock_of_other: i64) -> Self {
        let shop = Shop::new("Út").await;
        let (_, wanted) = shop.product("Khóm", 20, 30_000).await;
        let (_, besides) = shop.product("Bánh tét", 20, 9_000).await;
        let (_, other) = shop.product("Mít sấy", stock_of_other, 20_000).await;
        let form = checkout(&[(wanted, 2), (besides, 1)]);
        let placed =
            market::transact!(shop.db.store, &Actor::guest(), work => check_out(work, &form).await)
                .unwrap();
        let order = queries::by_id(shop.db.store.reader(), placed.id)
            .await
            .unwrap()
            .unwrap();
        Self {
            shop,
            wanted,
            other,
            order,
        }
    }

    fn part(&self) -> SellerOrderId {
        self.order.parts[0].id
    }

    async fn offer(
        &self,
        actor: &Actor,
        variant: VariantId,
        count: i64,
    ) -> Result<SubstituteId, Failure<OrdersRefusal>> {
        let offer = NewSubstitute {
            line: self.order.parts[0].lines[0].id,
            variant,
            quantity: units(count),
            words: "ngon lắm".to_owned(),
        };
        let (part, offer) = (self.part(), &offer);
        market::transact!(self.shop.db.store, actor, work => offer_substitute(work, part, offer).await)
    }

    async fn take(&self, offer: SubstituteId) -> Result<(), Failure<OrdersRefusal>> {
        let part = self.part();
        market::transact!(self.shop.db.store, &Actor::guest(), work => take_substitute(work, part, offer).await)
    }

    async fn step(&self, event: OrderEvent) -> Result<OrderState, Failure<OrdersRefusal>> {
        let part = self.part();
        market::transact!(self.shop.db.store, &self.shop.actor, work => advance(work, part, event, Party::Seller, "hết").await)
    }

    async fn now(&self) -> Order {
        queries::by_id(self.shop.db.store.reader(), self.order.id)
            .await
            .unwrap()
            .unwrap()
    }

    async fn reserved(&self, variant: VariantId) -> i64 {
        sqlx::query_scalar("select reserved from stock_items where variant_id = $1")
            .bind(variant.0)
            .fetch_one(self.shop.db.store.reader())
            .await
            .unwrap()
    }
}

fn field<T: std::fmt::Debug>(outcome: Result<T, Failure<OrdersRefusal>>) -> String {
    match outcome {
        Err(Failure::Refused(OrdersRefusal::Invalid(errors))) => errors.0[0].code.clone(),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn what_is_taken_stands_in_the_order_instead() {
    let ground = Ground::new(10).await;
    let fee = ground.order.shipping;
    let actor = ground.shop.actor.clone();
    let offer = ground.offer(&actor, ground.other, 2).await.unwrap();
    let shown = ground.now().await.parts[0].substitutes.clone();
    assert_eq!(
        (shown[0].state, shown[0].cost),
        (SubstituteState::Offered, Vnd(40_000))
    );
    assert_eq!(
        ground.reserved(ground.other).await,
        0,
        "nothing is held before"
    );
    ground.take(offer).await.unwrap();
    let order = ground.now().await;
    let part = &order.parts[0];
    assert_eq!(part.items, Vnd(49_000));
    assert_eq!(order.total, Vnd(49_000 + fee.0));
    assert_eq!(part.payment.as_ref().unwrap().amount, order.total);
    assert_eq!(part.lines.len(), 3);
    assert_eq!(part.lines[0].quantity, units(0));
    assert_eq!(part.lines[0].ordered, Some(units(2)));
    assert_eq!(part.lines[2].variant, ground.other);
    assert_eq!(ground.reserved(ground.wanted).await, 0);
    assert_eq!(ground.reserved(ground.other).await, 2_000);
    assert!(ground.take(offer).await.is_err(), "once");
    ground.shop.is_sound().await;
    // It is packed, shipped and paid like anything else.
    ground.step(OrderEvent::Confirm).await.unwrap();
    let id = ground.part();
    market::transact!(ground.shop.db.store, &actor, work => pack(work, id, &[], Rest::LeftOut, "").await).unwrap();
    ground.step(OrderEvent::Ship).await.unwrap();
    market::transact!(ground.shop.db.store, &actor, work => deliver_paid(work, id).await).unwrap();
    assert_eq!(ground.now().await.parts[0].state, OrderState::Completed);
    ground.shop.is_sound().await;
}

#[tokio::test]
async fn what_cannot_be_offered_is_told_at_its_field() {
    let ground = Ground::new(3).await;
    let actor = ground.shop.actor.clone();
    let offer = |variant, count| ground.offer(&actor, variant, count);
    assert_eq!(field(offer(ground.other, 4).await), "substitute_too_much");
    assert_eq!(field(offer(ground.wanted, 1).await), "substitute_there");
    let stranger = Actor::guest();
    let outcome = ground.offer(&stranger, ground.other, 1).await;
    assert!(matches!(
        outcome,
        Err(Failure::Refused(OrdersRefusal::NotFound))
    ));
    // A second offer replaces the first; what was declined or taken back can't be taken.
    let first = offer(ground.other, 1).await.unwrap();
    let second = offer(ground.other, 2).await.unwrap();
    assert!(ground.take(first).await.is_err());
    let part = ground.part();
    market::transact!(ground.shop.db.store, &Actor::guest(), work => decline_substitute(work, part, second, Party::Buyer).await).unwrap();
    assert!(ground.take(second).await.is_err());
    let third = offer(ground.other, 2).await.unwrap();
    ground.step(OrderEvent::Confirm).await.unwrap();
    ground.step(OrderEvent::Pack).await.unwrap();
    assert!(ground.take(third).await.is_err(), "packed");
    assert!(offer(ground.other, 1).await.is_err());
    assert_eq!(ground.now().await.total, ground.order.total);
    ground.shop.is_sound().await;
}

/// One thing is not offered for two lines, and dearer goods never turn what was paid into more.
#[tokio::test]
async fn what_was_paid_stays_what_was_paid() {
    let ground = Ground::new(10).await;
    let actor = ground.shop.actor.clone();
    let (part, store) = (ground.part(), &ground.shop.db.store);
    ground.step(OrderEvent::Confirm).await.unwrap();
    market::transact!(store, &actor, work => receive(work, part).await).unwrap();
    let paid = ground.order.total.0;
    let offer = ground.offer(&actor, ground.other, 5).await.unwrap();
    let other_line = NewSubstitute {
        line: ground.order.parts[0].lines[1].id,
        variant: ground.other,
        quantity: units(1),
        words: String::new(),
    };
    let twice =
        market::transact!(store, &actor, work => offer_substitute(work, part, &other_line).await);
    assert_eq!(field(twice), "substitute_there");
    ground.take(offer).await.unwrap();
    let line = ground.now().await.parts[0].lines[2].id;
    let packed = [(line, units(1))];
    market::transact!(store, &actor, work => pack(work, part, &packed, Rest::Later, "mai có").await)
        .unwrap();
    let order = ground.now().await;
    let came_in: i64 = order
        .parts
        .iter()
        .filter_map(|part| part.payment.as_ref()?.paid)
        .map(|paid| paid.0)
        .sum();
    assert_eq!(came_in, paid);
    let due: i64 = order
        .parts
        .iter()
        .filter_map(|part| part.payment.as_ref()?.due())
        .map(|due| due.0)
        .sum();
    assert_eq!(came_in + due, order.total.0);
    ground.shop.is_sound().await;
}

/// Twenty times: taking against packing against calling off, with the last piece wanted by somebody else too.
#[tokio::test(flavor = "multi_thread")]
async fn races_leave_everything_agreeing() {
    for _ in 0..20 {
        let ground = Ground::new(2).await;
        let actor = ground.shop.actor.clone();
        let offer = ground.offer(&actor, ground.other, 2).await.unwrap();
        let rival = checkout(&[(ground.other, 1)]);
        let buys = async || market::transact!(ground.shop.db.store, &Actor::guest(), work => check_out(work, &rival).await);
        let (taken, again, cancelled, bought) = tokio::join!(
            ground.take(offer),
            ground.take(offer),
            ground.step(OrderEvent::Cancel),
            buys(),
        );
        assert!(!(taken.is_ok() && again.is_ok()), "once");
        assert!(cancelled.is_ok());
        // Called off, it held nothing; what was bought meanwhile is held.
        let held = if bought.is_ok() { 1_000 } else { 0 };
        assert_eq!(ground.reserved(ground.other).await, held);
        ground.shop.is_sound().await;
    }
}
