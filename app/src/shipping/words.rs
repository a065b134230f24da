//! What ways of delivery are called.
use market::kernel::time::day_text;
use market::orders::{PartWay, WayBrief};
use market::shipping::{Basis, Choice, Place, Way, WayKind, Zone};
use time::{Date, Weekday};

/// How far a parcel goes.
#[must_use]
pub fn zone(zone: Zone) -> String {
    match zone {
        Zone::Commune => t!("shipping.zone_commune"),
        Zone::Province => t!("shipping.zone_province"),
        Zone::Region => t!("shipping.zone_region"),
        Zone::Country => t!("shipping.zone_country"),
    }
}

/// `thứ Ba`.
#[must_use]
pub fn weekday(day: Weekday) -> String {
    match day {
        Weekday::Monday => t!("shipping.monday"),
        Weekday::Tuesday => t!("shipping.tuesday"),
        Weekday::Wednesday => t!("shipping.wednesday"),
        Weekday::Thursday => t!("shipping.thursday"),
        Weekday::Friday => t!("shipping.friday"),
        Weekday::Saturday => t!("shipping.saturday"),
        Weekday::Sunday => t!("shipping.sunday"),
    }
}

/// `thứ Ba 01/12/2026`.
#[must_use]
pub fn day(day: Date) -> String {
    format!("{} {}", weekday(day.weekday()), day_text(day))
}

/// A way, with its day or the name of its point.
fn named(kind: WayKind, on: Option<Date>, place: Option<&str>) -> String {
    match (kind, on, place) {
        (WayKind::Carrier, ..) => t!("shipping.carrier"),
        (WayKind::Own, Some(on), _) => t!("shipping.own_on", day = day(on)),
        (WayKind::Own, None, _) => t!("shipping.own"),
        (WayKind::Farm, ..) => t!("shipping.farm"),
        (WayKind::Point, _, Some(place)) => t!("shipping.point_named", name = place),
        (WayKind::Point, _, None) => t!("shipping.point"),
    }
}

/// A way that is offered.
#[must_use]
pub fn way(way: &Way) -> String {
    let day = match way.choice {
        Choice::Own(day) => day,
        _ => None,
    };
    let place = way.place.as_ref().map(|place| place.name.as_str());
    named(way.choice.kind(), day, place)
}

/// A way that was taken.
#[must_use]
pub fn part_way(way: &PartWay) -> String {
    let place = way.place.as_ref().map(|place| place.name.as_str());
    named(way.kind, way.day, place)
}

/// A way as lists say it.
#[must_use]
pub fn brief(way: &WayBrief) -> String {
    named(way.kind, way.day, way.place.as_deref())
}

/// By what a fee was counted; nothing where that goes without saying.
#[must_use]
pub fn basis(basis: Basis) -> Option<String> {
    match basis {
        Basis::Market => Some(t!("shipping.basis_market")),
        Basis::Shop => Some(t!("shipping.basis_shop")),
        Basis::Free => Some(t!("shipping.basis_free")),
        Basis::Flat => Some(t!("shipping.basis_flat")),
        Basis::Fetched | Basis::Rest => None,
    }
}

/// Where and when it is fetched, in one line.
#[must_use]
pub fn place(place: &Place) -> String {
    t!(
        "shipping.place",
        address = place.address,
        hours = place.hours
    )
}
