//! Settled by what was packed: weights, what is short, what follows later. Lines, sums, stock and money agree.
use market::kernel::{Actor, Failure, OrderLineId, Quantity, SellerOrderId, VariantId, Vnd};
use market::orders::packing::Rest;
use market::orders::{Checkout, Order, OrderEvent, OrderState, OrdersRefusal, Party, queries};
use market::payments::commands::{advance, check_out, deliver_paid, pack, receive};
use sqlx::query;

use crate::support::shop::{Shop, checkout};

const fn units(thousandths: i64) -> Quantity {
    Quantity::from_thousandths(thousandths)
}

/// A shop with something by the kilo and something by the piece, of which an order is confirmed.
struct Ground {
    shop: Shop,
    kilo: VariantId,
    form: Checkout,
    order: Order,
}

impl Ground {
    /// 2 units of the first at 30,000 đ and 5 of the second at 9,000 đ, of a stock of `stock` each.
    async fn new(stock: i64) -> Self {
        let shop = Shop::new("Út").await;
        let (_, kilo) = shop.product("Cá thát lát", stock, 30_000).await;
        let (_, piece) = shop.product("Bánh tét", stock, 9_000).await;
        query("update variants set unit = 'kg' where id = $1")
            .bind(kilo.0)
            .execute(shop.db.store.reader())
            .await
            .unwrap();
        let form = checkout(&[(kilo, 2), (piece, 5)]);
        let placed =
            market::transact!(shop.db.store, &Actor::guest(), work => check_out(work, &form).await)
                .unwrap();
        let part = placed.parts[0].0;
        market::transact!(shop.db.store, &shop.actor, work => advance(work, part, OrderEvent::Confirm, Party::Seller, "").await).unwrap();
        let order = queries::by_id(shop.db.store.reader(), placed.id)
            .await
            .unwrap()
            .unwrap();
        Self {
            shop,
            kilo,
            form,
            order,
        }
    }

    fn part(&self) -> SellerOrderId {
        self.order.parts[0].id
    }

    fn line(&self, index: usize) -> OrderLineId {
        self.order.parts[0].lines[index].id
    }

    async fn pack(
        &self,
        packed: &[(usize, i64)],
        rest: Rest,
        reason: &str,
    ) -> Result<Option<SellerOrderId>, Failure<OrdersRefusal>> {
        let packed: Vec<_> = packed
            .iter()
            .map(|(line, thousandths)| (self.line(*line), units(*thousandths)))
            .collect();
        market::transact!(self.shop.db.store, &self.shop.actor, work => pack(work, self.part(), &packed, rest, reason).await)
    }

    async fn now(&self) -> Order {
        let db = self.shop.db.store.reader();
        queries::by_id(db, self.order.id).await.unwrap().unwrap()
    }

    async fn reserved(&self, variant: VariantId) -> i64 {
        sqlx::query_scalar("select reserved from stock_items where variant_id = $1")
            .bind(variant.0)
            .fetch_one(self.shop.db.store.reader())
            .await
            .unwrap()
    }
}

fn wrong(outcome: Result<Option<SellerOrderId>, Failure<OrdersRefusal>>) -> Vec<String> {
    match outcome {
        Err(Failure::Refused(OrdersRefusal::Invalid(errors))) => {
            errors.0.into_iter().map(|error| error.code).collect()
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_weight_inside_the_tolerance_is_paid_as_weighed() {
    let ground = Ground::new(20).await;
    let fee = ground.order.shipping;
    ground.pack(&[(0, 1_920)], Rest::LeftOut, "").await.unwrap();
    let order = ground.now().await;
    let part = &order.parts[0];
    assert_eq!(part.state, OrderState::Packed);
    assert_eq!(part.lines[0].quantity, units(1_920));
    assert_eq!(part.lines[0].ordered, Some(units(2_000)));
    assert_eq!(part.lines[0].line, Vnd(57_600));
    assert_eq!(part.items, Vnd(57_600 + 45_000));
    assert_eq!(order.total, Vnd(57_600 + 45_000 + fee.0));
    let payment = part.payment.as_ref().unwrap();
    assert_eq!((payment.amount, payment.paid), (order.total, None));
    assert_eq!(ground.reserved(ground.kilo).await, 1_920);
    let (part, actor, store) = (ground.part(), &ground.shop.actor, &ground.shop.db.store);
    market::transact!(store, actor, work => advance(work, part, OrderEvent::Ship, Party::Seller, "").await).unwrap();
    market::transact!(store, actor, work => deliver_paid(work, part).await).unwrap();
    let order = ground.now().await;
    assert_eq!(
        order.parts[0].payment.as_ref().unwrap().paid,
        Some(order.total)
    );
    ground.shop.is_sound().await;
}

#[tokio::test]
async fn more_than_was_agreed_or_is_there_is_refused_at_its_line() {
    let ground = Ground::new(20).await;
    let outcome = ground
        .pack(&[(0, 2_201), (1, 6_000)], Rest::LeftOut, "")
        .await;
    assert_eq!(wrong(outcome), ["packed_too_much", "packed_too_much"]);
    assert_eq!(
        wrong(ground.pack(&[(1, 3_000)], Rest::LeftOut, " ").await),
        ["required"]
    );
    assert_eq!(
        wrong(ground.pack(&[(0, 0), (1, 0)], Rest::LeftOut, "hết").await),
        ["nothing_packed"]
    );
    assert_eq!(ground.now().await, ground.order, "nothing was changed");
    // A little more would be agreed, and is not there.
    let scarce = Ground::new(5).await;
    query("update stock_items set on_hand = 2000 where variant_id = $1")
        .bind(scarce.kilo.0)
        .execute(scarce.shop.db.store.reader())
        .await
        .unwrap();
    let outcome = scarce.pack(&[(0, 2_100)], Rest::LeftOut, "").await;
    assert_eq!(wrong(outcome), ["packed_too_much"]);
    ground.shop.is_sound().await;
}

#[tokio::test]
async fn what_is_short_is_left_out_and_not_paid() {
    let ground = Ground::new(20).await;
    let fee = ground.order.shipping;
    let later = ground
        .pack(&[(0, 0), (1, 3_000)], Rest::LeftOut, "cá chưa về")
        .await
        .unwrap();
    assert_eq!(later, None);
    let order = ground.now().await;
    assert_eq!(order.items, Vnd(27_000));
    assert_eq!(order.total, Vnd(27_000 + fee.0));
    assert_eq!(ground.reserved(ground.kilo).await, 0, "free for others");
    let last = order.parts[0].history.last().unwrap();
    assert_eq!(last.reason, "cá chưa về", "the buyer sees why");
    ground.shop.is_sound().await;
}

#[tokio::test]
async fn what_is_not_ready_follows_without_a_second_fee() {
    let ground = Ground::new(20).await;
    let total = ground.order.total;
    let later = ground
        .pack(&[(1, 3_000)], Rest::Later, "bánh mai mới có")
        .await
        .unwrap()
        .unwrap();
    let order = ground.now().await;
    assert_eq!(order.total, total, "the whole costs the same");
    assert_eq!(order.parts.len(), 2);
    let rest = &order.parts[1];
    assert_eq!((rest.id, rest.is_rest), (later, true));
    assert_eq!(rest.state, OrderState::Confirmed);
    assert_eq!(rest.shipping, Vnd::ZERO);
    assert_eq!(rest.items, Vnd(18_000));
    assert_eq!(rest.lines[0].quantity, units(2_000));
    assert_eq!(rest.payment.as_ref().unwrap().amount, Vnd(18_000));
    // The form that made it is still the same order.
    let again = market::transact!(ground.shop.db.store, &Actor::guest(), work => check_out(work, &ground.form).await).unwrap();
    assert_eq!((again.is_new, again.id), (false, order.id));
    // The rest is packed, shipped and called off like any part.
    let (actor, store) = (&ground.shop.actor, &ground.shop.db.store);
    market::transact!(store, actor, work => advance(work, later, OrderEvent::Cancel, Party::Seller, "hết nếp").await).unwrap();
    let part = ground.part();
    market::transact!(store, actor, work => advance(work, part, OrderEvent::Ship, Party::Seller, "").await).unwrap();
    market::transact!(store, actor, work => deliver_paid(work, part).await).unwrap();
    ground.shop.is_sound().await;
}

#[tokio::test]
async fn what_was_paid_before_is_given_back_or_still_due_by_weight() {
    let ground = Ground::new(20).await;
    let paid = ground.order.total;
    let (part, actor, store) = (ground.part(), &ground.shop.actor, &ground.shop.db.store);
    market::transact!(store, actor, work => receive(work, part).await).unwrap();
    ground.pack(&[(0, 1_900)], Rest::LeftOut, "").await.unwrap();
    let order = ground.now().await;
    let payment = order.parts[0].payment.as_ref().unwrap();
    assert_eq!(payment.paid, Some(paid));
    assert_eq!(paid.0 - payment.amount.0, 3_000);

    // Heavier than what was paid: the rest comes in with the goods, and only then it is over.
    let ground = Ground::new(20).await;
    let (part, actor, store) = (ground.part(), &ground.shop.actor, &ground.shop.db.store);
    market::transact!(store, actor, work => receive(work, part).await).unwrap();
    ground.pack(&[(0, 2_100)], Rest::LeftOut, "").await.unwrap();
    let due = async || {
        let order = ground.now().await;
        let part = order.parts.into_iter().next().unwrap();
        (part.state, part.payment.unwrap().due())
    };
    assert_eq!(due().await, (OrderState::Packed, Some(Vnd(3_000))));
    for event in [OrderEvent::Ship, OrderEvent::Deliver] {
        market::transact!(store, actor, work => advance(work, part, event, Party::Seller, "").await).unwrap();
    }
    assert_eq!(due().await, (OrderState::Delivered, Some(Vnd(3_000))));
    market::transact!(store, actor, work => receive(work, part).await).unwrap();
    assert_eq!(due().await, (OrderState::Completed, None));
    ground.shop.is_sound().await;
}

#[tokio::test]
async fn packing_and_calling_off_at_once_end_in_one_of_both() {
    let ground = Ground::new(2_000).await;
    let (store, guest) = (&ground.shop.db.store, Actor::guest());
    for round in 0..20 {
        let form = checkout(&[(ground.kilo, 2)]);
        let placed =
            market::transact!(store, &guest, work => check_out(work, &form).await).unwrap();
        let part = placed.parts[0].0;
        market::transact!(store, &ground.shop.actor, work => advance(work, part, OrderEvent::Confirm, Party::Seller, "").await).unwrap();
        let order = queries::by_id(store.reader(), placed.id)
            .await
            .unwrap()
            .unwrap();
        let packed = [(order.parts[0].lines[0].id, units(1_850))];
        let packing = async {
            market::transact!(store, &ground.shop.actor, work => pack(work, part, &packed, Rest::LeftOut, "").await)
        };
        let calling_off = async {
            market::transact!(store, &guest, work => advance(work, part, OrderEvent::Cancel, Party::Buyer, "").await)
        };
        let (packing, calling_off) = futures_util::future::join(packing, calling_off).await;
        assert!(
            packing.is_ok() != calling_off.is_ok(),
            "round {round}: {packing:?} {calling_off:?}"
        );
        let order = queries::by_id(store.reader(), placed.id)
            .await
            .unwrap()
            .unwrap();
        let expected = if packing.is_ok() { 1_850 } else { 2_000 };
        assert_eq!(order.parts[0].lines[0].quantity, units(expected));
    }
    ground.shop.is_sound().await;
}
