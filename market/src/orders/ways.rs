//! How a part of an order comes to its buyer, as it was on the day of sale.
use time::Date;
use uuid::Uuid;

use crate::kernel::{HarvestId, PickupPointId, SellerId};
use crate::shipping::{Basis, Choice, Place, WayKind, Wish, Zone};

/// The way of a part: no later change of shop, rates or point touches it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PartWay {
    /// Carrier, own, farm, point.
    pub kind: WayKind,
    /// By what the fee was counted.
    pub basis: Basis,
    /// Between shop and buyer; unknown of orders that are older than what is kept of ways.
    pub zone: Option<Zone>,
    /// As a parcel, grams; unknown likewise.
    pub grams: Option<i64>,
    /// On which day the household comes.
    pub day: Option<Date>,
    /// Which point.
    pub point: Option<PickupPointId>,
    /// Where it is fetched.
    pub place: Option<Place>,
    /// The parts with the same one share one fee, each by its weight.
    pub pool: Option<Uuid>,
    /// The other shops that share it, by name, with commas between.
    pub pooled_with: String,
}

impl Default for PartWay {
    /// Of orders that are older than what is kept of ways.
    fn default() -> Self {
        Self {
            kind: WayKind::Carrier,
            basis: Basis::Market,
            zone: None,
            grams: None,
            day: None,
            point: None,
            place: None,
            pool: None,
            pooled_with: String::new(),
        }
    }
}

/// The way as lists show it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WayBrief {
    /// Carrier, own, farm, point.
    pub kind: WayKind,
    /// On which day the household comes.
    pub day: Option<Date>,
    /// What the pick-up point is called.
    pub place: Option<String>,
}

/// The way that a part of an order was placed with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PlacedWay {
    /// Whose part.
    pub seller: SellerId,
    /// The harvest ahead of which it was ordered.
    pub harvest: Option<HarvestId>,
    /// How.
    pub choice: Choice,
}

impl PlacedWay {
    /// Whether these wishes lead to it: where nothing is wished, something that comes to the buyer.
    #[must_use]
    pub fn is_wished(&self, wishes: &[Wish]) -> bool {
        match Wish::of(wishes, self.seller, self.harvest) {
            None => !self.choice.kind().is_fetched(),
            Some(Choice::Own(None)) => self.choice.kind() == WayKind::Own,
            Some(wished) => wished == self.choice,
        }
    }
}
