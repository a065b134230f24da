//! Parcels as typed, as kept, and as buyers, sellers and the API see them.
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::{ParcelEvent, ParcelState, Teller, steps};
use crate::kernel::text::clean_line;
use crate::kernel::{
    FieldError, FieldErrors, ParcelId, Phone, Quantity, Refusal, RefusalKind, SellerOrderId, Vnd,
};
use crate::orders::OrdersRefusal;
use crate::shipping::WayKind;

/// The heaviest parcel, grams.
pub const HEAVIEST: i64 = 1_000_000;
/// Boxes of one parcel at most.
pub const MOST_BOXES: i16 = 20;

/// What a seller says of a parcel, as typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ParcelForm {
    /// Kilograms, `2,4`.
    pub weight: String,
    /// How many boxes.
    pub boxes: String,
    /// Who carries it; may be empty.
    pub carrier: String,
    /// By which that carrier finds it; may be empty.
    pub tracking_code: String,
}

/// What a seller says of a parcel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParcelDetails {
    /// As packed, all boxes together.
    pub weight_grams: i32,
    /// How many boxes.
    pub boxes: i16,
    /// Who carries it; empty: the household itself.
    pub carrier: String,
    /// By which that carrier finds it; may be empty.
    pub tracking_code: String,
}

impl ParcelForm {
    /// Understands what was typed.
    ///
    /// # Errors
    /// All that is wrong, field by field.
    pub fn parse(&self) -> Result<ParcelDetails, FieldErrors> {
        let mut errors = FieldErrors::default();
        let grams = match Quantity::parse(&self.weight) {
            Ok(kilograms) if (1..=HEAVIEST).contains(&kilograms.thousandths()) => {
                i32::try_from(kilograms.thousandths()).ok()
            }
            _ => None,
        };
        if self.weight.trim().is_empty() {
            errors.add("weight", "required");
        } else if grams.is_none() {
            errors.add("weight", "parcel_weight");
        }
        let boxes = self.boxes.trim().parse().ok();
        let boxes = boxes.filter(|boxes| (1..=MOST_BOXES).contains(boxes));
        if boxes.is_none() {
            errors.add_with("boxes", "parcel_boxes", &[("most", MOST_BOXES.to_string())]);
        }
        let mut short = |field: &str, text: &str| {
            let text = clean_line(text);
            if text.chars().count() > 60 {
                errors.add_with(field, "too_long", &[("max", "60".to_owned())]);
            }
            text
        };
        let carrier = short("carrier", &self.carrier);
        let tracking_code = short("tracking_code", &self.tracking_code);
        match (grams, boxes) {
            (Some(weight_grams), Some(boxes)) if errors.is_empty() => Ok(ParcelDetails {
                weight_grams,
                boxes,
                carrier,
                tracking_code,
            }),
            _ => Err(errors),
        }
    }
}

/// The parcel of a seller's part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parcel {
    /// Identifier.
    pub id: ParcelId,
    /// Of which part.
    pub part: SellerOrderId,
    /// How it comes to its buyer.
    pub way: WayKind,
    /// On its label; `CB12345678-1`.
    pub code: String,
    /// Where it is.
    pub state: ParcelState,
    /// As packed, all boxes together.
    pub weight_grams: i32,
    /// How many boxes.
    pub boxes: i16,
    /// What is asked for at the door.
    pub cod: Vnd,
    /// Who carries it; empty: the household itself.
    pub carrier: String,
    /// By which that carrier finds it; may be empty.
    pub tracking_code: String,
    /// What happened to it, the oldest first.
    pub events: Vec<ParcelEntry>,
    /// What a carrier's program was asked for, where one was.
    pub booking: Option<Booking>,
    /// What that program told and nobody has made anything of, the newest first.
    pub unread: Vec<UnreadNotice>,
}

impl Parcel {
    /// The steps that its seller may take now, without those that the order's own buttons are for.
    #[must_use]
    pub fn seller_steps(&self) -> Vec<ParcelEvent> {
        steps(self.state, Teller::Seller)
            .into_iter()
            .filter(|event| {
                !matches!(
                    event,
                    ParcelEvent::HandOver | ParcelEvent::Deliver | ParcelEvent::CallOff
                )
            })
            .collect()
    }

    /// Whether its seller may have a carrier's program carry it. What was taken off a carrier's list can't go back on it.
    #[must_use]
    pub fn may_be_booked(&self) -> bool {
        let booking = self.booking.as_ref().map(|booking| booking.state);
        self.state == ParcelState::Made
            && self.way == WayKind::Carrier
            && matches!(booking, None | Some(BookingState::Refused))
    }

    /// `2,4 kg`.
    #[must_use]
    pub fn weight(&self) -> String {
        weight(self.weight_grams.into())
    }
}

/// `2,4 kg`.
#[must_use]
pub fn weight(grams: i64) -> String {
    format!("{} kg", Quantity::from_thousandths(grams))
}

/// One step of a parcel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParcelEntry {
    /// UTC.
    pub at: OffsetDateTime,
    /// Where it led.
    pub to: ParcelState,
    /// seller, collector, carrier.
    pub teller: String,
    /// Who that is, where a person said so and its name is kept.
    pub name: Option<String>,
    /// Why.
    pub reason: String,
}

/// Where it stands with a carrier's program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BookingState {
    /// It is asked to carry the parcel.
    Asked,
    /// It will.
    Booked,
    /// It won't.
    Refused,
    /// It is asked not to.
    Leaving,
    /// It won't any more.
    Left,
}

impl BookingState {
    /// As stored.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Asked => "asked",
            Self::Booked => "booked",
            Self::Refused => "refused",
            Self::Leaving => "leaving",
            Self::Left => "left",
        }
    }

    /// The reverse of [`Self::as_str`].
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [
            Self::Asked,
            Self::Booked,
            Self::Refused,
            Self::Leaving,
            Self::Left,
        ]
        .into_iter()
        .find(|state| state.as_str() == text)
    }

    /// Whether the carrier has the parcel on its list, or may have.
    #[must_use]
    pub const fn holds(self) -> bool {
        matches!(self, Self::Asked | Self::Booked | Self::Leaving)
    }
}

/// What a carrier's program was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Booking {
    /// Where that stands.
    pub state: BookingState,
    /// What the carrier wants for it, once it said so.
    pub fee: Option<Vnd>,
    /// When it means to deliver, UTC.
    pub expected_at: Option<OffsetDateTime>,
    /// What went wrong the last time.
    pub error: Option<String>,
}

/// The status of what we note ourselves: the carrier does not take a parcel off its list that is not its own any more.
pub const KEEPS_IT: &str = "keeps_it";

/// Something that a carrier's program told and nobody has made anything of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnreadNotice {
    /// In the carrier's words.
    pub status: String,
    /// When it happened, UTC.
    pub at: OffsetDateTime,
    /// Why, in the carrier's words.
    pub reason: String,
}

/// A parcel with all that stands on its label.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Labelled {
    /// Identifier.
    pub id: ParcelId,
    /// Of which part.
    pub part: SellerOrderId,
    /// How it comes to its buyer.
    pub way: WayKind,
    /// On the label; `CB12345678-1`.
    pub code: String,
    /// Where it is.
    pub state: ParcelState,
    /// Since when, UTC.
    pub state_since: OffsetDateTime,
    /// As packed, all boxes together.
    pub weight_grams: i32,
    /// How many boxes.
    pub boxes: i16,
    /// What is asked for at the door.
    pub cod: Vnd,
    /// Who carries it; empty: the household itself.
    pub carrier: String,
    /// By which that carrier finds it; may be empty.
    pub tracking_code: String,
    /// Who sends it.
    pub sender: String,
    /// Whom the carrier calls about it.
    pub sender_phone: Phone,
    /// Hamlet and commune of who sends it.
    pub sender_address: String,
    /// Who receives it; empty once that is forgotten.
    pub receiver: String,
    /// Whom the carrier calls at the door, as long as that is kept.
    pub receiver_phone: Option<Phone>,
    /// Where it is received: street or hamlet, commune and province of who receives it, or where they fetch it.
    pub receiver_address: String,
    /// Who keeps it for them there, where it goes to a pick-up point.
    pub keeper: Option<(String, Phone)>,
}

/// What a carrier's program takes in one parcel at most.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CarrierLimits {
    /// All of it together, grams.
    pub grams: i32,
    /// How many boxes.
    pub boxes: i16,
}

impl CarrierLimits {
    /// Whether a carrier's program may be asked for a parcel of that way, weight (grams) and number of boxes.
    ///
    /// # Errors
    /// `NotByCarrier` where its buyer chose another way, `BeyondCarrier` where it is more than the carrier takes.
    pub fn allow(self, way: WayKind, grams: i32, boxes: i16) -> Result<(), ParcelsRefusal> {
        if way != WayKind::Carrier {
            Err(ParcelsRefusal::NotByCarrier)
        } else if grams > self.grams || boxes > self.boxes {
            Err(ParcelsRefusal::BeyondCarrier(self))
        } else {
            Ok(())
        }
    }
}

/// Why a parcel does not move on.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ParcelsRefusal {
    /// Fields that can't be right.
    #[error("invalid: {0}")]
    Invalid(FieldErrors),
    /// There is no such parcel, or it is someone else's.
    #[error("no such parcel")]
    NotFound,
    /// The table has no such step from here.
    #[error("{} is not possible while {}", .event.as_str(), .state.as_str())]
    NotAllowed {
        /// Where the parcel is.
        state: ParcelState,
        /// What was asked for.
        event: ParcelEvent,
    },
    /// It has left: what stands on its label is true by now.
    #[error("it has left")]
    HasLeft,
    /// Nothing is arranged with a carrier here.
    #[error("no carrier")]
    NoCarrier,
    /// Its buyer chose another way.
    #[error("it does not go by carrier")]
    NotByCarrier,
    /// It is heavier, or of more boxes, than the carrier takes.
    #[error("more than the carrier takes")]
    BeyondCarrier(CarrierLimits),
    /// A carrier has it on its list.
    #[error("a carrier has it on its list")]
    IsBooked,
    /// The carrier does not answer at the moment, or won't have it.
    #[error("the carrier says no: {0}")]
    CarrierSaysNo(String),
    /// Its part can't do that.
    #[error(transparent)]
    Part(OrdersRefusal),
}

impl ParcelsRefusal {
    /// Every code of its own, so that a test finds a message for each.
    pub const CODES: [&'static str; 9] = [
        "parcels.invalid",
        "parcels.not_found",
        "parcels.not_allowed",
        "parcels.has_left",
        "parcels.no_carrier",
        "parcels.not_by_carrier",
        "parcels.beyond_carrier",
        "parcels.is_booked",
        "parcels.carrier_says_no",
    ];

    /// One wrong field.
    #[must_use]
    pub fn field(field: &str, code: &str) -> Self {
        let mut errors = FieldErrors::default();
        errors.add(field, code);
        Self::Invalid(errors)
    }
}

impl Refusal for ParcelsRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::Invalid(_) => "parcels.invalid",
            Self::NotFound => "parcels.not_found",
            Self::NotAllowed { .. } => "parcels.not_allowed",
            Self::HasLeft => "parcels.has_left",
            Self::NoCarrier => "parcels.no_carrier",
            Self::NotByCarrier => "parcels.not_by_carrier",
            Self::BeyondCarrier(_) => "parcels.beyond_carrier",
            Self::IsBooked => "parcels.is_booked",
            Self::CarrierSaysNo(_) => "parcels.carrier_says_no",
            Self::Part(refusal) => refusal.code(),
        }
    }

    fn kind(&self) -> RefusalKind {
        match self {
            Self::Invalid(_) => RefusalKind::Invalid,
            Self::NotFound => RefusalKind::NotFound,
            Self::NotAllowed { .. }
            | Self::HasLeft
            | Self::NoCarrier
            | Self::NotByCarrier
            | Self::BeyondCarrier(_)
            | Self::IsBooked
            | Self::CarrierSaysNo(_) => RefusalKind::Conflict,
            Self::Part(refusal) => refusal.kind(),
        }
    }

    fn args(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::CarrierSaysNo(reason) => vec![("reason", reason.clone())],
            Self::BeyondCarrier(most) => vec![
                ("weight", weight(most.grams.into())),
                ("boxes", most.boxes.to_string()),
            ],
            Self::Part(refusal) => refusal.args(),
            _ => Vec::new(),
        }
    }

    fn fields(&self) -> &[FieldError] {
        match self {
            Self::Invalid(errors) => &errors.0,
            Self::Part(refusal) => refusal.fields(),
            _ => &[],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_parcel_weighs_something_and_has_a_box() {
        let form = |weight: &str, boxes: &str| ParcelForm {
            weight: weight.to_owned(),
            boxes: boxes.to_owned(),
            ..ParcelForm::default()
        };
        let details = form("2,4", "3").parse().unwrap();
        assert_eq!((details.weight_grams, details.boxes), (2_400, 3));
        for (weight, boxes, code) in [
            ("", "1", "required"),
            ("0", "1", "parcel_weight"),
            ("1000,001", "1", "parcel_weight"),
            ("nặng", "1", "parcel_weight"),
            ("1", "0", "parcel_boxes"),
            ("1", "21", "parcel_boxes"),
            ("1", "", "parcel_boxes"),
        ] {
            let errors = form(weight, boxes).parse().unwrap_err();
            assert_eq!(errors.0[0].code, code, "{weight:?} {boxes:?}");
        }
    }
}
