//! What carriers tell against what is known, and what becomes of their bookings.
use market::kernel::{Actor, Failure, Role, Vnd};
use market::orders::{Collector, OrderEvent, OrderState, OrdersRefusal, PaymentStatus};
use market::parcels::carrier::Meaning;
use market::parcels::commands::{
    Answer, Heard, answer, book, claim, look_at, receive, set_details,
};
use market::parcels::{
    Booked, BookingState, KEEPS_IT, ParcelDetails, ParcelEvent, ParcelState, Trouble, queries,
};
use market::shipping::WayKind;

use super::{Ground, LIMITS, code};

#[tokio::test]
async fn what_turns_round_on_its_way_back_is_delivered_and_paid() {
    let ground = Ground::sent().await;
    ground
        .act(ParcelEvent::TurnBack, "Khách không nhận")
        .await
        .unwrap();
    assert_eq!(ground.parcel().await.cod, Vnd(0));
    assert_eq!(
        ground.told("delivered", Meaning::Delivered, 90).await,
        Heard::Moved
    );
    assert_eq!(
        ground.state().await,
        (ParcelState::Delivered, OrderState::Delivered)
    );
    assert_eq!(ground.parcel().await.cod, ground.order.parts[0].total);
    assert_eq!(ground.payment().await.0, PaymentStatus::Pending);
    ground.shop.is_sound().await;
}

#[tokio::test]
async fn a_called_off_parcel_that_the_carrier_keeps_is_looked_at() {
    let ground = Ground::packed().await;
    let (store, part) = (&ground.shop.db.store, ground.part());
    let system = &Actor::system();
    market::transact!(store, &ground.shop.actor, work => book(work, part, "GHN", LIMITS).await)
        .unwrap();
    let due = market::transact_sure!(store, system, work => Ok(claim(work).await?)).unwrap();
    let parcel = due[0].parcel;
    ground.step(OrderEvent::Cancel, "Hết hàng").await.unwrap();
    market::transact!(store, system, work => answer(work, parcel, Answer::Booked(Ok(booked()))).await)
        .unwrap();
    let no = || Answer::Left(Err(Trouble::No("Đã lấy hàng".to_owned())));
    market::transact!(store, system, work => answer(work, parcel, no()).await).unwrap();
    let parcel = ground.parcel().await;
    assert_eq!(parcel.booking.unwrap().state, BookingState::Booked);
    assert_eq!(
        (
            parcel.unread[0].status.as_str(),
            parcel.unread[0].reason.as_str()
        ),
        (KEEPS_IT, "Đã lấy hàng")
    );
    // The carrier ends it after all.
    assert_eq!(
        ground.told("cancel", Meaning::Dropped, 20).await,
        Heard::Known
    );
    let booking = ground.parcel().await.booking.unwrap();
    assert_eq!(booking.state, BookingState::Left);
}

#[tokio::test]
async fn what_is_sent_by_hand_while_the_carrier_is_asked_is_taken_off_its_list() {
    let ground = Ground::packed().await;
    let (store, part) = (&ground.shop.db.store, ground.part());
    let system = &Actor::system();
    market::transact!(store, &ground.shop.actor, work => book(work, part, "GHN", LIMITS).await)
        .unwrap();
    let due = market::transact_sure!(store, system, work => Ok(claim(work).await?)).unwrap();
    let parcel = due[0].parcel;
    ground.step(OrderEvent::Ship, "").await.unwrap();
    assert_eq!(
        ground.payment().await,
        (PaymentStatus::Pending, Collector::Seller)
    );
    // It was asked before and says yes: then it is told not to come.
    market::transact!(store, system, work => answer(work, parcel, Answer::Booked(Ok(booked()))).await)
        .unwrap();
    let due = market::transact_sure!(store, system, work => Ok(claim(work).await?)).unwrap();
    assert_eq!(due[0].state, BookingState::Leaving);
    market::transact!(store, system, work => answer(work, parcel, Answer::Left(Ok(()))).await)
        .unwrap();
    let parcel = ground.parcel().await;
    assert_eq!(
        (
            parcel.state,
            parcel.carrier.as_str(),
            parcel.tracking_code.as_str()
        ),
        (ParcelState::HandedOver, "", "")
    );
    assert_eq!(parcel.booking.unwrap().state, BookingState::Left);
}

#[tokio::test]
async fn what_a_carrier_collects_is_not_received_before_it_is_there() {
    let ground = Ground::packed().await;
    let (store, part) = (&ground.shop.db.store, ground.part());
    let received =
        async || market::transact!(store, &ground.shop.actor, work => receive(work, part).await);
    market::transact!(store, &ground.shop.actor, work => book(work, part, "GHN", LIMITS).await)
        .unwrap();
    for _ in 0..2 {
        let refused = received().await;
        assert!(
            matches!(
                refused,
                Err(Failure::Refused(OrdersRefusal::CarrierCollects))
            ),
            "{refused:?}"
        );
        assert_eq!(ground.payment().await.0, PaymentStatus::Pending);
        ground.told("picked", Meaning::PickedUp, 10).await;
    }
    ground.told("delivered", Meaning::Delivered, 20).await;
    received().await.unwrap();
    assert_eq!(
        ground.state().await,
        (ParcelState::Delivered, OrderState::Completed)
    );
}

#[tokio::test]
async fn what_is_heavier_or_of_more_boxes_than_the_carrier_takes_is_not_booked() {
    let ground = Ground::packed().await;
    let (store, part) = (&ground.shop.db.store, ground.part());
    for (weight_grams, boxes) in [(20_001, 1), (1_000, 2)] {
        let details = &ParcelDetails {
            weight_grams,
            boxes,
            carrier: String::new(),
            tracking_code: String::new(),
        };
        market::transact!(store, &ground.shop.actor, work => set_details(work, part, details).await)
            .unwrap();
        let refused = market::transact!(store, &ground.shop.actor, work => book(work, part, "GHN", LIMITS).await);
        assert_eq!(code(refused), "parcels.beyond_carrier");
    }
}

#[tokio::test]
async fn what_its_buyer_fetches_goes_to_the_point_and_to_no_carrier() {
    let ground = Ground::at_a_point().await;
    let (store, part) = (&ground.shop.db.store, ground.part());
    let parcel = ground.parcel().await;
    assert_eq!(parcel.way, WayKind::Point);
    assert!(!parcel.may_be_booked());
    let refused =
        market::transact!(store, &ground.shop.actor, work => book(work, part, "GHN", LIMITS).await);
    assert_eq!(code(refused), "parcels.not_by_carrier");
    let label = queries::labels(store.reader(), &[parcel.id], &ground.shop.actor)
        .await
        .unwrap()
        .remove(0);
    assert!(
        label.receiver_address.starts_with("Nhà văn hóa ấp 3, "),
        "{}",
        label.receiver_address
    );
    let (keeper, phone) = label.keeper.unwrap();
    assert_eq!(
        (keeper.as_str(), phone.as_str()),
        ("Cô Năm", "+84913222333")
    );
    let collector = super::round::collector(&ground).await;
    let stops = queries::round(store.reader(), &collector, store.now())
        .await
        .unwrap();
    assert!(stops.is_empty(), "the household brings it there");
}

#[tokio::test]
async fn what_an_officer_has_looked_at_is_no_longer_shown() {
    let ground = Ground::sent().await;
    let store = &ground.shop.db.store;
    let officer = Actor {
        roles: vec![Role::Admin],
        ..Actor::guest()
    };
    ground.told("damage", Meaning::Unknown, 10).await;
    let notice = queries::puzzles(store.reader(), &officer).await.unwrap()[0].id;
    let refused = market::transact!(store, &ground.shop.actor, work => look_at(work, notice).await);
    assert_eq!(code(refused), "parcels.not_found");
    for _ in 0..2 {
        market::transact!(store, &officer, work => look_at(work, notice).await).unwrap();
    }
    let left = queries::puzzles(store.reader(), &officer).await.unwrap();
    assert!(left.is_empty(), "{left:?}");
    assert!(ground.parcel().await.unread.is_empty());
}

fn booked() -> Booked {
    Booked {
        tracking_code: "LX9".to_owned(),
        fee: Some(Vnd(21_000)),
        expected_at: None,
    }
}
