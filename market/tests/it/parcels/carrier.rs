//! What carriers tell against what is known, and what becomes of their bookings.
use market::kernel::Vnd;
use market::orders::{OrderState, PaymentStatus};
use market::parcels::carrier::Meaning;
use market::parcels::commands::Heard;
use market::parcels::{ParcelEvent, ParcelState};

use super::Ground;

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
