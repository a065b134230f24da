//! What the values of parcels are called.
use market::kernel::Vnd;
use market::kernel::time::instant_text;
use market::parcels::{BookingState, KEEPS_IT, Labelled, ParcelEvent, ParcelState};
use market::shipping::WayKind;
use time::OffsetDateTime;

/// Where a parcel is.
pub(super) fn state(state: ParcelState) -> String {
    match state {
        ParcelState::Made => t!("parcels.made"),
        ParcelState::HandedOver => t!("parcels.handed_over"),
        ParcelState::OnTheWay => t!("parcels.on_the_way"),
        ParcelState::Failed => t!("parcels.failed"),
        ParcelState::SecondTry => t!("parcels.second_try"),
        ParcelState::Returning => t!("parcels.returning"),
        ParcelState::Delivered => t!("parcels.delivered"),
        ParcelState::Returned => t!("parcels.returned"),
        ParcelState::Lost => t!("parcels.lost"),
        ParcelState::CalledOff => t!("parcels.called_off"),
    }
}

/// The colour of a state: that of the part which is about as far.
pub(super) const fn look(state: ParcelState) -> &'static str {
    match state {
        ParcelState::Made => "packed",
        ParcelState::HandedOver | ParcelState::OnTheWay | ParcelState::SecondTry => "shipped",
        ParcelState::Failed => "placed",
        ParcelState::Delivered => "delivered",
        ParcelState::Returning | ParcelState::Returned => "returned",
        ParcelState::Lost | ParcelState::CalledOff => "cancelled",
    }
}

/// A step, as a button says it.
pub(super) fn event(event: ParcelEvent) -> String {
    match event {
        ParcelEvent::HandOver => t!("parcels.hand_over"),
        ParcelEvent::Depart => t!("parcels.depart"),
        ParcelEvent::Fail => t!("parcels.fail"),
        ParcelEvent::Retry => t!("parcels.retry"),
        ParcelEvent::TurnBack => t!("parcels.turn_back"),
        ParcelEvent::Deliver => t!("parcels.deliver"),
        ParcelEvent::Return => t!("parcels.return"),
        ParcelEvent::Lose => t!("parcels.lose"),
        ParcelEvent::CallOff => t!("parcels.call_off"),
    }
}

/// A mark of the collector's round, as its button says it.
pub(super) fn mark(event: ParcelEvent) -> String {
    match event {
        ParcelEvent::HandOver => t!("parcels.mark_taken"),
        ParcelEvent::Depart => t!("parcels.mark_handed_on"),
        _ => t!("parcels.mark_delivered"),
    }
}

/// Who says so, with the name of the person where it is known.
pub(super) fn teller(teller: &str, name: Option<&str>) -> String {
    let who = match teller {
        "carrier" => t!("parcels.by_carrier"),
        "collector" => t!("parcels.by_collector"),
        _ => t!("parcels.by_seller"),
    };
    match name.filter(|_| teller == "collector") {
        Some(name) => format!("{who} {name}"),
        None => who,
    }
}

/// Where it stands with a carrier's program.
pub(super) fn booking(state: BookingState, carrier: &str) -> String {
    match state {
        BookingState::Asked => t!("parcels.booking_asked", carrier = carrier),
        BookingState::Booked => t!("parcels.booking_booked", carrier = carrier),
        BookingState::Refused => t!("parcels.booking_refused"),
        BookingState::Leaving => t!("parcels.booking_leaving", carrier = carrier),
        BookingState::Left => t!("parcels.booking_left"),
    }
}

/// What a carrier told and nobody has made anything of.
pub(super) fn told(status: &str, at: OffsetDateTime) -> String {
    let at = instant_text(at);
    if status == KEEPS_IT {
        t!("parcels.carrier_keeps_it", at = at)
    } else {
        t!("parcels.carrier_says", status = status, at = at)
    }
}

/// What a label says of a way before the address; nothing where a carrier brings it.
pub(super) fn way(way: WayKind) -> Option<String> {
    match way {
        WayKind::Carrier => None,
        WayKind::Own => Some(t!("parcels.way_own")),
        WayKind::Farm | WayKind::Point => Some(t!("parcels.way_fetched")),
    }
}

/// Who keeps a parcel until it is fetched.
pub(super) fn keeper(parcel: &Labelled) -> Option<String> {
    let (name, phone) = parcel.keeper.as_ref()?;
    Some(t!("parcels.keeper", name = name, phone = phone))
}

/// Where a parcel goes, in one line.
pub(super) fn where_to(parcel: &Labelled) -> String {
    let address = match way(parcel.way) {
        Some(way) => format!("{way}: {}", parcel.receiver_address),
        None => parcel.receiver_address.clone(),
    };
    match keeper(parcel) {
        Some(keeper) => format!("{address}. {keeper}"),
        None => address,
    }
}

/// What is asked for at the door.
pub(super) fn cod(cod: Vnd) -> String {
    if cod.0 > 0 {
        t!("parcels.collect", amount = cod)
    } else {
        t!("parcels.collect_nothing")
    }
}
