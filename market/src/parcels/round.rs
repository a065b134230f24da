//! The collector's round: marks as a phone sends them, and the stops with their parcels.
use serde::{Deserialize, Serialize};
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use super::{ParcelEvent, ParcelState, ParcelsRefusal};
use crate::kernel::{ParcelId, Phone};

/// A mark, as a form or a phone sends it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct MarkForm {
    /// Which parcel.
    pub kien: String,
    /// What happened: `hand_over`, `depart`, `deliver`.
    pub viec: String,
    /// Made with the mark; empty where a page without scripts sends it.
    pub khoa: String,
    /// When it was marked, milliseconds since 1970; empty likewise.
    pub luc: String,
}

/// A mark.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark {
    /// Which parcel.
    pub parcel: ParcelId,
    /// Taken from the farm, handed to the carrier, or delivered to the buyer.
    pub event: ParcelEvent,
    /// The same key is the same mark.
    pub key: Option<Uuid>,
    /// By the phone's clock, UTC.
    pub marked_at: Option<OffsetDateTime>,
}

/// What collectors mark, in this order.
pub const MARKS: [ParcelEvent; 3] = [
    ParcelEvent::HandOver,
    ParcelEvent::Depart,
    ParcelEvent::Deliver,
];

/// Phones keep marks that were not sent for so long at most.
const KEPT_FOR: Duration = Duration::days(30);

impl MarkForm {
    /// Understands what was sent `now`; nobody types it. A clock that is far off says nothing about when it was marked.
    ///
    /// # Errors
    /// `NotFound` where it names no parcel and nothing that is marked.
    pub fn parse(&self, now: OffsetDateTime) -> Result<Mark, ParcelsRefusal> {
        let parcel = self.kien.parse().map_err(|_| ParcelsRefusal::NotFound)?;
        let event = ParcelEvent::parse(&self.viec)
            .filter(|event| MARKS.contains(event))
            .ok_or(ParcelsRefusal::NotFound)?;
        Ok(Mark {
            parcel,
            event,
            key: self.khoa.parse().ok(),
            marked_at: self.marked_at().filter(|at| (*at - now).abs() <= KEPT_FOR),
        })
    }

    fn marked_at(&self) -> Option<OffsetDateTime> {
        let millis: i64 = self.luc.parse().ok()?;
        OffsetDateTime::from_unix_timestamp(millis.div_euclid(1_000)).ok()
    }
}

/// A household on the round.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stop {
    /// Whose parcels.
    pub name: String,
    /// Whom to call.
    pub phone: Phone,
    /// Street, hamlet and commune.
    pub address: String,
    /// In the order of their codes.
    pub parcels: Vec<StopParcel>,
}

impl Stop {
    /// All parcels of the stop that are still there, grams.
    #[must_use]
    pub fn grams(&self) -> i64 {
        let there = self.parcels.iter();
        there.map(|parcel| i64::from(parcel.weight_grams)).sum()
    }
}

/// A parcel on the round; whom it goes to stands on its label alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StopParcel {
    /// Identifier.
    pub id: ParcelId,
    /// On its label.
    pub code: String,
    /// Where it is.
    pub state: ParcelState,
    /// As packed, all boxes together.
    pub weight_grams: i32,
    /// How many boxes.
    pub boxes: i16,
    /// Who carries it on; may be empty.
    pub carrier: String,
    /// Where it goes: `Xã Hỏa Lựu, Thành phố Cần Thơ`.
    pub to: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_is_one_of_three() {
        let form = |viec: &str| MarkForm {
            kien: Uuid::nil().to_string(),
            viec: viec.to_owned(),
            luc: "1795835400123".to_owned(),
            ..MarkForm::default()
        };
        let now = OffsetDateTime::from_unix_timestamp(1_795_900_000).unwrap();
        let mark = form("hand_over").parse(now).unwrap();
        assert_eq!(mark.key, None);
        assert!(mark.marked_at.is_some());
        // Before what the database can keep, and a clock that is years off.
        for luc in ["-377705000000000", "0", "1895835400123", "x"] {
            let form = MarkForm {
                luc: luc.to_owned(),
                ..form("hand_over")
            };
            assert_eq!(form.parse(now).unwrap().marked_at, None, "{luc}");
        }
        for other in ["lose", "return", "", "call_off"] {
            assert_eq!(form(other).parse(now), Err(ParcelsRefusal::NotFound));
        }
    }
}
