//! The collector's round: what is marked, by whom, and that a mark is one event.
use std::sync::Arc;

use market::kernel::{Actor, CommuneId, HelpArea, ParcelId, Role};
use market::orders::{OrderEvent, OrderState, PaymentStatus};
use market::parcels::commands::{Marked, mark};
use market::parcels::{Mark, ParcelEvent, ParcelState, queries};
use time::OffsetDateTime;

use super::{Ground, code};

/// Somebody who helps in Hỏa Lựu.
pub(super) async fn collector(ground: &Ground) -> Actor {
    let person =
        crate::support::shop::person(&ground.shop.db, "0912000333", "mat-khau-dai-1").await;
    Actor {
        person: Some(person),
        roles: vec![Role::Helper],
        helps: vec![HelpArea {
            commune: CommuneId(131_338),
            hamlet: String::new(),
        }],
        ..Actor::guest()
    }
}

fn marked(parcel: ParcelId, event: ParcelEvent) -> Mark {
    Mark {
        parcel,
        event,
        key: Some(market::kernel::secret::new_key()),
        marked_at: Some(OffsetDateTime::UNIX_EPOCH),
    }
}

#[tokio::test]
async fn a_collector_takes_what_is_packed_and_the_seller_sees_who() {
    let ground = Ground::packed().await;
    let store = &ground.shop.db.store;
    let collector = collector(&ground).await;
    let since = OffsetDateTime::UNIX_EPOCH;
    let stops = queries::round(store.reader(), &collector, since)
        .await
        .unwrap();
    assert_eq!(
        (stops.len(), stops[0].name.as_str(), stops[0].grams()),
        (1, "Út", 1_000)
    );
    let parcel = stops[0].parcels[0].id;
    let once = &marked(parcel, ParcelEvent::HandOver);
    let moved = market::transact!(store, &collector, work => mark(work, once).await).unwrap();
    assert_eq!(moved, Marked::Moved(ParcelState::HandedOver));
    for again in [once, &marked(parcel, ParcelEvent::HandOver)] {
        let moved = market::transact!(store, &collector, work => mark(work, again).await).unwrap();
        assert_eq!(moved, Marked::Already(ParcelState::HandedOver));
    }
    assert_eq!(
        ground.state().await,
        (ParcelState::HandedOver, OrderState::Shipped)
    );
    assert_eq!(ground.stock().await, (48, 0));
    let taken = ground.parcel().await.events.pop().unwrap();
    assert_eq!(
        (taken.teller.as_str(), taken.name.as_deref()),
        ("collector", Some("Lan"))
    );
    // It stays on the round of who has it, and is delivered by one mark more.
    let stops = queries::round(store.reader(), &collector, store.now())
        .await
        .unwrap();
    assert_eq!(stops[0].parcels[0].state, ParcelState::HandedOver);
    let there = &marked(parcel, ParcelEvent::Deliver);
    market::transact!(store, &collector, work => mark(work, there).await).unwrap();
    assert_eq!(
        ground.state().await,
        (ParcelState::Delivered, OrderState::Delivered)
    );
    assert_eq!(
        ground.payment().await.0,
        PaymentStatus::Pending,
        "the seller says when the money is in hand"
    );
    ground.shop.is_sound().await;
}

#[tokio::test]
async fn a_hamlet_is_the_same_however_it_is_written() {
    let ground = Ground::packed().await;
    let store = &ground.shop.db.store;
    sqlx::query("update sellers set hamlet = 'Ấp 3'")
        .execute(store.writer())
        .await
        .unwrap();
    let mut collector = collector(&ground).await;
    collector.helps[0].hamlet = "ấp 3".to_owned();
    let stops = queries::round(store.reader(), &collector, store.now())
        .await
        .unwrap();
    let once = &marked(stops[0].parcels[0].id, ParcelEvent::HandOver);
    market::transact!(store, &collector, work => mark(work, once).await).unwrap();
}

#[tokio::test]
async fn what_was_not_marked_as_taken_is_taken_with_what_comes_after() {
    let ground = Ground::packed().await;
    let collector = collector(&ground).await;
    let gone = &marked(ground.parcel().await.id, ParcelEvent::Depart);
    let moved = market::transact!(ground.shop.db.store, &collector, work => mark(work, gone).await)
        .unwrap();
    assert_eq!(moved, Marked::Moved(ParcelState::OnTheWay));
    let late = &marked(gone.parcel, ParcelEvent::HandOver);
    let moved = market::transact!(ground.shop.db.store, &collector, work => mark(work, late).await)
        .unwrap();
    assert_eq!(moved, Marked::Already(ParcelState::OnTheWay));
}

#[tokio::test]
async fn another_hamlets_collector_finds_nothing_and_what_is_called_off_stays() {
    let ground = Ground::packed().await;
    let store = &ground.shop.db.store;
    let mut elsewhere = collector(&ground).await;
    let here = elsewhere.clone();
    elsewhere.helps[0].hamlet = "Ấp khác".to_owned();
    let once = &marked(ground.parcel().await.id, ParcelEvent::HandOver);
    for actor in [&elsewhere, &Actor::guest(), &ground.shop.actor] {
        let stops = queries::round(store.reader(), actor, store.now())
            .await
            .unwrap();
        assert!(stops.is_empty());
        let outcome = market::transact!(store, actor, work => mark(work, once).await);
        assert_eq!(code(outcome), "parcels.not_found");
    }
    ground.step(OrderEvent::Cancel, "Hết hàng").await.unwrap();
    let outcome = market::transact!(store, &here, work => mark(work, once).await);
    assert_eq!(code(outcome), "parcels.not_allowed");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_marks_at_once_and_the_same_mark_twice_are_one_event() {
    for _ in 0..20 {
        let ground = Arc::new(Ground::packed().await);
        let collector = collector(&ground).await;
        let parcel = ground.parcel().await.id;
        let (one, other) = (
            marked(parcel, ParcelEvent::HandOver),
            marked(parcel, ParcelEvent::HandOver),
        );
        let twins = [one, one, other, other].map(|it| {
            let (ground, collector) = (Arc::clone(&ground), collector.clone());
            tokio::spawn(async move {
                let it = &it;
                market::transact!(ground.shop.db.store, &collector, work => mark(work, it).await)
            })
        });
        let mut moved = 0;
        for twin in twins {
            moved += usize::from(matches!(twin.await.unwrap().unwrap(), Marked::Moved(_)));
        }
        assert_eq!(moved, 1);
        assert_eq!(ground.parcel().await.events.len(), 2);
        assert_eq!(ground.stock().await, (48, 0));
    }
}
