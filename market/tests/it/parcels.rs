//! Parcels: made by packing, moved on by whoever has them, and what that means for goods and money.
mod carrier;
mod round;

use std::sync::Arc;

use market::kernel::message::Args;
use market::kernel::{Actor, Failure, ParcelId, Phone, SellerOrderId, Vnd};
use market::orders::packing::Rest;
use market::orders::{
    Checkout, Collector, Order, OrderEvent, OrderState, OrdersRefusal, Party, PaymentStatus,
    queries as orders,
};
use market::parcels::carrier::Meaning;
use market::parcels::commands::{
    Answer, Heard, act, advance, answer, book, claim, deliver_paid, hear, pack, receive,
    set_details, unbook,
};
use market::parcels::{
    Booked, BookingState, CarrierLimits, Notice, Parcel, ParcelDetails, ParcelEvent, ParcelState,
    ParcelsRefusal, Teller, Trouble, queries,
};
use market::payments::commands::check_out;
use market::shipping::commands::make_point;
use market::shipping::{Choice, Keeper, NewPoint, Wish};
use sqlx::query_scalar;
use time::{Duration, OffsetDateTime};

use crate::support::shop::{Shop, checkout};

/// What the carrier of these tests takes.
const LIMITS: CarrierLimits = CarrierLimits {
    grams: 20_000,
    boxes: 1,
};

/// A shop with an order of two pieces at 30,000 đ that is confirmed.
struct Ground {
    shop: Shop,
    order: Order,
}

impl Ground {
    async fn new() -> Self {
        let shop = Shop::new("Út").await;
        let (_, variant) = shop.product("Khóm", 50, 30_000).await;
        Self::ordered(shop, &checkout(&[(variant, 2)])).await
    }

    /// The same, packed, to be fetched at a pick-up point.
    async fn at_a_point() -> Self {
        let shop = Shop::new("Út").await;
        let (_, variant) = shop.product("Khóm", 50, 30_000).await;
        let (seller, point) = (
            shop.seller,
            &NewPoint {
                name: "Nhà văn hóa ấp 3".to_owned(),
                street: "Ấp 3".to_owned(),
                hours: "7–17 giờ".to_owned(),
                keeper: Keeper {
                    name: "Cô Năm".to_owned(),
                    phone: Phone::parse("0913222333").unwrap(),
                },
            },
        );
        let point = market::transact!(shop.db.store, &shop.actor, work => make_point(work, seller, point).await).unwrap();
        let mut form = checkout(&[(variant, 2)]);
        form.ways = vec![Wish {
            seller,
            harvest: None,
            choice: Choice::Point(point),
        }];
        let ground = Self::ordered(shop, &form).await;
        ground.step(OrderEvent::Pack, "").await.unwrap();
        ground
    }

    async fn ordered(shop: Shop, form: &Checkout) -> Self {
        let placed =
            market::transact!(shop.db.store, &Actor::guest(), work => check_out(work, form).await)
                .unwrap();
        let order = orders::by_id(shop.db.store.reader(), placed.id)
            .await
            .unwrap()
            .unwrap();
        let ground = Self { shop, order };
        ground.step(OrderEvent::Confirm, "").await.unwrap();
        ground
    }

    /// The same, packed.
    async fn packed() -> Self {
        let ground = Self::new().await;
        ground.step(OrderEvent::Pack, "").await.unwrap();
        ground
    }

    /// The same, on its way.
    async fn sent() -> Self {
        let ground = Self::packed().await;
        ground.step(OrderEvent::Ship, "").await.unwrap();
        ground
    }

    fn part(&self) -> SellerOrderId {
        self.order.parts[0].id
    }

    async fn step(
        &self,
        event: OrderEvent,
        reason: &str,
    ) -> Result<OrderState, Failure<OrdersRefusal>> {
        let part = self.part();
        market::transact!(self.shop.db.store, &self.shop.actor, work => advance(work, part, event, Party::Seller, reason).await)
    }

    async fn act(
        &self,
        event: ParcelEvent,
        reason: &str,
    ) -> Result<ParcelState, Failure<ParcelsRefusal>> {
        let part = self.part();
        market::transact!(self.shop.db.store, &self.shop.actor, work => act(work, part, event, Teller::Seller, reason).await)
    }

    /// A carrier's program tells something that happened so many minutes after the order.
    async fn told(&self, status: &str, meaning: Meaning, minutes: i64) -> Heard {
        let notice = &Notice {
            code: self.parcel().await.code,
            tracking_code: String::new(),
            status: status.to_owned(),
            at: self.order.placed_at + Duration::minutes(minutes),
            reason: "Khách hẹn lại".to_owned(),
            meaning,
        };
        market::transact!(self.shop.db.store, &Actor::system(), work => hear(work, notice).await)
            .unwrap()
    }

    async fn parcel(&self) -> Parcel {
        let all = queries::of_order(self.shop.db.store.reader(), self.order.id)
            .await
            .unwrap();
        assert_eq!(all.len(), 1);
        all.into_iter().next().unwrap()
    }

    async fn state(&self) -> (ParcelState, OrderState) {
        (self.parcel().await.state, self.now().await.parts[0].state)
    }

    async fn now(&self) -> Order {
        let db = self.shop.db.store.reader();
        orders::by_id(db, self.order.id).await.unwrap().unwrap()
    }

    async fn payment(&self) -> (PaymentStatus, Collector) {
        let payment = self.now().await.parts.remove(0).payment.unwrap();
        (payment.status, payment.collector)
    }

    /// On hand and reserved, whole units.
    async fn stock(&self) -> (i64, i64) {
        self.shop.stock(self.order.parts[0].lines[0].product).await
    }
}

fn code<T: std::fmt::Debug>(outcome: Result<T, Failure<ParcelsRefusal>>) -> &'static str {
    match outcome {
        Err(Failure::Refused(refusal)) => market::kernel::Refusal::code(&refusal),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn packing_makes_one_parcel_that_asks_for_what_is_due() {
    let ground = Ground::new().await;
    let part = ground.part();
    market::transact!(ground.shop.db.store, &ground.shop.actor, work => pack(work, part, &[], Rest::LeftOut, "").await).unwrap();
    let parcel = ground.parcel().await;
    assert_eq!(parcel.state, ParcelState::Made);
    assert_eq!(parcel.code, format!("{}-1", ground.order.code));
    assert_eq!((parcel.weight_grams, parcel.boxes), (1_000, 1));
    assert_eq!(parcel.cod, ground.order.parts[0].total);
    // The database does not take another amount, a weight that is none, or a second parcel.
    let db = ground.shop.db.store.writer();
    for (sql, constraint) in [
        ("update parcels set cod_vnd = cod_vnd + 1", "parcels_cod_is_due"),
        ("update parcels set weight_grams = 0", "parcels_weight_real"),
        ("update parcels set state = 'lost'", "parcels_nothing_asked_where_nothing_arrives"),
        (
            "insert into parcels (id, seller_order_id, code, state, weight_grams, cod_vnd, made_at, state_since)
             select gen_random_uuid(), seller_order_id, 'x', 'made', 1, cod_vnd, made_at, made_at from parcels",
            "parcels_once_a_part",
        ),
    ] {
        let error = sqlx::raw_sql(sql).execute(db).await.unwrap_err();
        let error = error.into_database_error().unwrap();
        assert_eq!(error.constraint(), Some(constraint), "{sql}");
    }
    assert!(
        sqlx::raw_sql("update parcel_events set reason = 'x'")
            .execute(db)
            .await
            .is_err()
    );
}

#[tokio::test]
async fn one_tap_ships_as_ever_and_one_delivers() {
    let ground = Ground::sent().await;
    assert_eq!(
        ground.state().await,
        (ParcelState::HandedOver, OrderState::Shipped)
    );
    assert_eq!(ground.stock().await, (48, 0));
    let part = ground.part();
    market::transact!(ground.shop.db.store, &ground.shop.actor, work => deliver_paid(work, part).await).unwrap();
    assert_eq!(
        ground.state().await,
        (ParcelState::Delivered, OrderState::Completed)
    );
    let told: Vec<_> = ground
        .parcel()
        .await
        .events
        .into_iter()
        .map(|event| event.to)
        .collect();
    assert_eq!(
        told,
        [
            ParcelState::Made,
            ParcelState::HandedOver,
            ParcelState::Delivered
        ]
    );
    ground.shop.is_sound().await;
}

#[tokio::test]
async fn a_part_that_was_packed_without_a_parcel_gets_one_when_it_is_sent() {
    let ground = Ground::new().await;
    let part = ground.part();
    market::transact!(ground.shop.db.store, &ground.shop.actor, work => market::payments::commands::advance(work, part, OrderEvent::Pack, Party::Seller, "").await).unwrap();
    ground.step(OrderEvent::Ship, "").await.unwrap();
    assert_eq!(
        ground.state().await,
        (ParcelState::HandedOver, OrderState::Shipped)
    );
}

#[tokio::test]
async fn a_parcel_that_lags_behind_its_part_catches_up() {
    for (event, ends) in [
        (OrderEvent::Deliver, ParcelState::Delivered),
        (OrderEvent::Return, ParcelState::Returned),
    ] {
        let ground = Ground::packed().await;
        let part = ground.part();
        market::transact!(ground.shop.db.store, &ground.shop.actor, work => market::payments::commands::advance(work, part, OrderEvent::Ship, Party::Seller, "").await).unwrap();
        ground.step(event, "Khách trả").await.unwrap();
        assert_eq!(ground.parcel().await.state, ends);
        assert_eq!(ground.stock().await, (48, 0));
    }
}

#[tokio::test]
async fn a_failed_delivery_is_tried_again_and_then_delivered() {
    let ground = Ground::sent().await;
    ground.act(ParcelEvent::Depart, "").await.unwrap();
    assert_eq!(
        code(ground.act(ParcelEvent::Fail, "  ").await),
        "parcels.invalid"
    );
    ground
        .act(ParcelEvent::Fail, "Không ai ở nhà")
        .await
        .unwrap();
    assert_eq!(
        ground.state().await,
        (ParcelState::Failed, OrderState::Shipped)
    );
    assert_eq!(
        ground.parcel().await.cod,
        ground.order.parts[0].total,
        "still asked for"
    );
    ground.act(ParcelEvent::Retry, "").await.unwrap();
    assert_eq!(
        code(ground.act(ParcelEvent::Depart, "").await),
        "parcels.not_allowed"
    );
    ground.step(OrderEvent::Deliver, "").await.unwrap();
    assert_eq!(
        ground.state().await,
        (ParcelState::Delivered, OrderState::Delivered)
    );
    let failed = &ground.parcel().await.events[3];
    assert_eq!(
        (failed.to, failed.reason.as_str()),
        (ParcelState::Failed, "Không ai ở nhà")
    );
    ground.shop.is_sound().await;
}

#[tokio::test]
async fn what_goes_back_is_no_longer_paid_and_ends_the_part() {
    let ground = Ground::sent().await;
    ground
        .act(ParcelEvent::TurnBack, "Khách không nhận")
        .await
        .unwrap();
    assert_eq!(ground.parcel().await.cod, Vnd(0));
    assert_eq!(
        ground.state().await,
        (ParcelState::Returning, OrderState::Shipped)
    );
    ground
        .act(ParcelEvent::Return, "Đã nhận lại")
        .await
        .unwrap();
    assert_eq!(
        ground.state().await,
        (ParcelState::Returned, OrderState::Returned)
    );
    assert_eq!(ground.payment().await.0, PaymentStatus::Cancelled);
    // As of every return: what left the stock stays out until somebody has looked at it.
    assert_eq!(ground.stock().await, (48, 0));
    ground.shop.is_sound().await;
}

#[tokio::test]
async fn what_is_lost_is_not_paid_and_both_sides_hear_of_it() {
    let ground = Ground::sent().await;
    ground.act(ParcelEvent::Lose, "Xe tải cháy").await.unwrap();
    assert_eq!(
        ground.state().await,
        (ParcelState::Lost, OrderState::Returned)
    );
    assert_eq!(ground.parcel().await.cod, Vnd(0));
    assert_eq!(ground.payment().await.0, PaymentStatus::Cancelled);
    let told: Vec<(String, String, sqlx::types::Json<Args>)> =
        sqlx::query_as("select kind, phone, args from messages order by kind")
            .fetch_all(ground.shop.db.store.reader())
            .await
            .unwrap();
    let whom: Vec<_> = told
        .iter()
        .map(|(kind, phone, _)| (kind.as_str(), phone.as_str()))
        .collect();
    // The household's owner has a telephone of its own.
    assert_eq!(whom[0], ("parcel_lost", "+84987654321"));
    assert_eq!(whom[1].0, "parcel_lost_seller");
    assert_eq!(told[0].2["code"], ground.order.code.to_string());
    assert_eq!(
        code(ground.act(ParcelEvent::Lose, "x").await),
        "parcels.not_allowed"
    );
    ground.shop.is_sound().await;
}

#[tokio::test]
async fn what_was_paid_before_is_given_back_when_it_is_lost() {
    let ground = Ground::sent().await;
    let part = ground.part();
    market::transact!(ground.shop.db.store, &ground.shop.actor, work => receive(work, part).await)
        .unwrap();
    assert_eq!(
        ground.parcel().await.cod,
        Vnd(0),
        "nothing is asked for twice"
    );
    ground.act(ParcelEvent::Lose, "Mất").await.unwrap();
    assert_eq!(ground.payment().await.0, PaymentStatus::Refunded);
    ground.shop.is_sound().await;
}

#[tokio::test]
async fn what_is_called_off_never_leaves() {
    let ground = Ground::packed().await;
    ground.step(OrderEvent::Cancel, "Hết hàng").await.unwrap();
    assert_eq!(
        ground.state().await,
        (ParcelState::CalledOff, OrderState::Cancelled)
    );
    assert_eq!(
        ground.told("picked", Meaning::PickedUp, 5).await,
        Heard::Unknown
    );
    assert_eq!(ground.parcel().await.unread[0].status, "picked");
    assert_eq!(ground.stock().await, (50, 0));
}

#[tokio::test]
async fn a_stranger_finds_no_parcel() {
    let ground = Ground::sent().await;
    let part = ground.part();
    for actor in [
        Actor::guest(),
        Actor {
            person: None,
            ..ground.shop.actor.clone()
        },
    ] {
        let actor = Actor {
            memberships: Vec::new(),
            ..actor
        };
        for teller in [Teller::Seller, Teller::Collector, Teller::Carrier] {
            let outcome = market::transact!(ground.shop.db.store, &actor, work => act(work, part, ParcelEvent::Fail, teller, "x").await);
            assert_eq!(code(outcome), "parcels.not_found", "{teller:?}");
        }
    }
}

#[tokio::test]
async fn weight_and_boxes_stay_once_it_has_left() {
    let ground = Ground::packed().await;
    let part = ground.part();
    let set = async |details: ParcelDetails| {
        let details = &details;
        market::transact!(ground.shop.db.store, &ground.shop.actor, work => set_details(work, part, details).await)
    };
    let mut details = ParcelDetails {
        weight_grams: 2_420,
        boxes: 2,
        carrier: "Xe đò Bảy".to_owned(),
        tracking_code: String::new(),
    };
    set(details.clone()).await.unwrap();
    ground.step(OrderEvent::Ship, "").await.unwrap();
    details.tracking_code = "B7".to_owned();
    set(details.clone()).await.unwrap();
    let parcel = ground.parcel().await;
    assert_eq!((parcel.weight_grams, parcel.boxes), (2_420, 2));
    assert_eq!(
        (parcel.carrier.as_str(), parcel.tracking_code.as_str()),
        ("Xe đò Bảy", "B7")
    );
    details.weight_grams = 1;
    assert_eq!(code(set(details).await), "parcels.has_left");
}

#[tokio::test]
async fn a_carrier_is_asked_until_it_answers_and_collects_the_money() {
    let ground = Ground::packed().await;
    let (store, part) = (&ground.shop.db.store, ground.part());
    for _ in 0..2 {
        market::transact!(store, &ground.shop.actor, work => book(work, part, "GHN", LIMITS).await)
            .unwrap();
    }
    assert_eq!(
        ground.payment().await,
        (PaymentStatus::Pending, Collector::Carrier)
    );
    let due = async || {
        market::transact_sure!(store, &Actor::system(), work => Ok(claim(work).await?)).unwrap()
    };
    let first = due().await.remove(0);
    assert!(!first.again && first.consignment.cod == ground.order.parts[0].total);
    assert!(due().await.is_empty(), "nobody else asks meanwhile");
    let say = async |parcel: ParcelId, said: Answer| {
        let said = &said;
        market::transact!(store, &Actor::system(), work => answer(work, parcel, said.clone()).await).unwrap();
    };
    say(
        first.parcel,
        Answer::Booked(Err(Trouble::Later("nobody answered".to_owned()))),
    )
    .await;
    assert!(due().await.is_empty(), "it rests for a while");
    sqlx::query("update carrier_bookings set available_at = asked_at")
        .execute(store.writer())
        .await
        .unwrap();
    let second = due().await.remove(0);
    assert!(second.again);
    // Called off while the carrier was asked: what it booked is taken off its list.
    market::transact!(store, &ground.shop.actor, work => unbook(work, part).await).unwrap();
    let booked = Booked {
        tracking_code: "LX9".to_owned(),
        fee: Some(Vnd(21_000)),
        expected_at: None,
    };
    say(second.parcel, Answer::Booked(Ok(booked))).await;
    let third = due().await.remove(0);
    assert_eq!(
        (third.state, third.tracking_code.as_str()),
        (BookingState::Leaving, "LX9")
    );
    say(third.parcel, Answer::Left(Ok(()))).await;
    let parcel = ground.parcel().await;
    assert_eq!(parcel.booking.unwrap().state, BookingState::Left);
    assert_eq!(ground.payment().await.1, Collector::Seller);
    // The carrier knows that code as gone.
    let again =
        market::transact!(store, &ground.shop.actor, work => book(work, part, "GHN", LIMITS).await);
    assert_eq!(code(again), "parcels.no_carrier");
}

#[tokio::test]
async fn what_a_carrier_tells_twice_late_or_in_another_order_changes_nothing() {
    let ground = Ground::packed().await;
    assert_eq!(
        ground.told("picked", Meaning::PickedUp, 10).await,
        Heard::Moved
    );
    assert_eq!(
        ground.state().await,
        (ParcelState::HandedOver, OrderState::Shipped)
    );
    assert_eq!(
        ground.told("picked", Meaning::PickedUp, 10).await,
        Heard::Repeated
    );
    assert_eq!(
        ground.told("delivery_fail", Meaning::NotTaken, 40).await,
        Heard::Moved
    );
    // It was at the door before it failed: no second try.
    assert_eq!(
        ground.told("delivering", Meaning::AtTheDoor, 30).await,
        Heard::Late
    );
    assert_eq!(ground.state().await.0, ParcelState::Failed);
    assert_eq!(
        ground.told("delivering", Meaning::AtTheDoor, 60).await,
        Heard::Moved
    );
    assert_eq!(ground.state().await.0, ParcelState::SecondTry);
    assert_eq!(
        ground.told("damage", Meaning::Unknown, 65).await,
        Heard::Unknown
    );
    assert_eq!(ground.parcel().await.unread[0].status, "damage");
    assert_eq!(
        ground.told("delivered", Meaning::Delivered, 70).await,
        Heard::Moved
    );
    assert_eq!(
        ground.told("delivered", Meaning::Delivered, 75).await,
        Heard::Known
    );
    // It can't be both: somebody has to look.
    assert_eq!(ground.told("lost", Meaning::Lost, 80).await, Heard::Unknown);
    assert_eq!(
        ground.state().await,
        (ParcelState::Delivered, OrderState::Delivered)
    );
    let notices: i64 = query_scalar("select count(*) from carrier_notices")
        .fetch_one(ground.shop.db.store.reader())
        .await
        .unwrap();
    assert_eq!(notices, 8);
    ground.shop.is_sound().await;
}

#[tokio::test]
async fn what_the_part_can_not_follow_somebody_looks_at() {
    let ground = Ground::packed().await;
    // A part that was ended by other ways, as nothing in the program does.
    sqlx::query("update seller_orders set state = 'cancelled'")
        .execute(ground.shop.db.store.writer())
        .await
        .unwrap();
    assert_eq!(
        ground.told("picked", Meaning::PickedUp, 10).await,
        Heard::Unknown
    );
    assert_eq!(ground.parcel().await.state, ParcelState::Made);
}

/// Runs two things at once that can't both be.
async fn race<A, B>(a: A, b: B) -> (A::Output, B::Output)
where
    A: Future + Send + 'static,
    B: Future + Send + 'static,
    A::Output: Send + 'static,
    B::Output: Send + 'static,
{
    let (a, b) = (tokio::spawn(a), tokio::spawn(b));
    (a.await.unwrap(), b.await.unwrap())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn delivered_against_returned_ends_one_way() {
    for _ in 0..20 {
        let ground = Arc::new(Ground::sent().await);
        let (one, two) = (Arc::clone(&ground), Arc::clone(&ground));
        let (delivered, returned) = race(
            async move { one.step(OrderEvent::Deliver, "").await.is_ok() },
            async move { two.act(ParcelEvent::Return, "Trả lại").await.is_ok() },
        )
        .await;
        let (parcel, part) = ground.state().await;
        match parcel {
            ParcelState::Delivered => {
                assert!(delivered && !returned && part == OrderState::Delivered);
            }
            ParcelState::Returned => {
                assert!(returned && !delivered && part == OrderState::Returned);
            }
            other => panic!("{other:?}"),
        }
        ground.shop.is_sound().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_carriers_word_against_a_hand_mark_is_one_event() {
    for _ in 0..20 {
        let ground = Arc::new(Ground::sent().await);
        let (one, two) = (Arc::clone(&ground), Arc::clone(&ground));
        let (heard, marked) = race(
            async move { one.told("delivered", Meaning::Delivered, 10).await },
            async move { two.step(OrderEvent::Deliver, "").await.is_ok() },
        )
        .await;
        assert_eq!(
            ground.state().await,
            (ParcelState::Delivered, OrderState::Delivered)
        );
        // Who came second: the carrier's word is known by then; the hand's is refused or finds it done.
        assert!(
            heard == Heard::Moved && !marked || heard == Heard::Known && marked,
            "{heard:?} {marked}"
        );
        let events = ground.parcel().await.events;
        let delivered = events
            .iter()
            .filter(|event| event.to == ParcelState::Delivered);
        assert_eq!(delivered.count(), 1);
        ground.shop.is_sound().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_same_news_at_once_is_one_event() {
    for _ in 0..20 {
        let ground = Arc::new(Ground::packed().await);
        let twins = (0..4).map(|_| {
            let ground = Arc::clone(&ground);
            tokio::spawn(async move { ground.told("picked", Meaning::PickedUp, 10).await })
        });
        let mut heard = Vec::new();
        for twin in twins.collect::<Vec<_>>() {
            heard.push(twin.await.unwrap());
        }
        let moved = heard.iter().filter(|heard| **heard == Heard::Moved).count();
        assert_eq!((moved, heard.len()), (1, 4), "{heard:?}");
        assert_eq!(ground.parcel().await.events.len(), 2);
        assert_eq!(ground.stock().await, (48, 0));
    }
}

#[tokio::test]
async fn labels_say_who_sends_what_to_whom() {
    let ground = Ground::packed().await;
    let store = &ground.shop.db.store;
    let listed = queries::listed(
        store.reader(),
        ground.shop.seller,
        OffsetDateTime::UNIX_EPOCH,
    )
    .await
    .unwrap();
    let ids: Vec<_> = listed.iter().map(|parcel| parcel.id).collect();
    let labels = queries::labels(store.reader(), &ids, &ground.shop.actor)
        .await
        .unwrap();
    assert_eq!(labels, listed);
    let label = &labels[0];
    assert_eq!(
        (label.sender.as_str(), label.receiver.as_str()),
        ("Út", "Trần Thị Thử")
    );
    assert_eq!(label.receiver_address, "Số 1, Xã Hỏa Lựu, Cần Thơ");
    assert_eq!(label.cod, ground.order.parts[0].total);
    let others = queries::labels(store.reader(), &ids, &Actor::guest())
        .await
        .unwrap();
    assert!(others.is_empty());
}
