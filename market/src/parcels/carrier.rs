//! The one trait of all carriers' programs, and what is made of what they tell.
use futures_util::future::BoxFuture;
use time::OffsetDateTime;

use super::{CarrierLimits, ParcelEvent, ParcelState, Teller, transition};
use crate::kernel::{Phone, Vnd};

/// Carries parcels. What it answers and tells says nothing about money that has moved.
pub trait Carrier: Send + Sync {
    /// How pages and parcels name it.
    fn name(&self) -> &'static str;

    /// What it takes in one parcel at most.
    fn limits(&self) -> CarrierLimits;

    /// What it would take for a parcel, without ordering anything.
    fn quote<'a>(&'a self, parcel: &'a Consignment) -> BoxFuture<'a, Result<Quote, Trouble>>;

    /// Has it carry a parcel. Asked twice for the same code, it carries it once; `again` says that it was asked before
    /// and may have heard.
    fn create<'a>(
        &'a self,
        parcel: &'a Consignment,
        again: bool,
    ) -> BoxFuture<'a, Result<Booked, Trouble>>;

    /// Has it carry a parcel no more. `tracking_code` is empty where it never answered; what it does not know is gone.
    fn cancel<'a>(
        &'a self,
        code: &'a str,
        tracking_code: &'a str,
    ) -> BoxFuture<'a, Result<(), Trouble>>;

    /// Understands what its program posts to us, once `secret`, which came with it, proves that it is its own. `None`:
    /// it says nothing about where a parcel is.
    ///
    /// # Errors
    /// It is not proven, or can't be read.
    fn read(&self, secret: &str, body: &[u8]) -> Result<Option<Notice>, NotTaken>;
}

/// Where somebody is, as carriers want to have it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct End {
    /// Who.
    pub name: String,
    /// Whom the carrier calls.
    pub phone: Phone,
    /// Number or lane, hamlet, landmark.
    pub street: String,
    /// `Xã Hỏa Lựu`, today's map.
    pub commune: String,
    /// The district that most of it lay in until July 2025, by which carriers still sort; empty where nobody knows.
    pub former_district: String,
    /// Today's map.
    pub province: String,
}

/// A parcel as a carrier gets it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Consignment {
    /// What we call it: the same code is the same parcel.
    pub code: String,
    /// All boxes together, grams.
    pub weight_grams: i32,
    /// To be asked for at the door.
    pub cod: Vnd,
    /// What the goods are worth.
    pub value: Vnd,
    /// `2 trái Khóm Cầu Đúc, …`.
    pub content: String,
    /// Who sends it.
    pub from: End,
    /// Who receives it.
    pub to: End,
}

/// What a carrier would take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quote {
    /// For the whole parcel.
    pub fee: Vnd,
    /// When it would be there, UTC.
    pub expected_at: Option<OffsetDateTime>,
}

/// What a carrier answers that will carry a parcel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Booked {
    /// What it calls the parcel.
    pub tracking_code: String,
    /// What it takes, where it says so.
    pub fee: Option<Vnd>,
    /// When it means to deliver, UTC.
    pub expected_at: Option<OffsetDateTime>,
}

/// Why a carrier did not do what it was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// It won't, in its words; asking again is no use.
    No(String),
    /// It did not answer, or can't at the moment.
    Later(String),
}

impl Trouble {
    /// In words.
    #[must_use]
    pub fn into_reason(self) -> String {
        match self {
            Self::No(reason) | Self::Later(reason) => reason,
        }
    }
}

/// Why what was posted to us is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotTaken {
    /// Nothing proves that it is the carrier's.
    #[error("it is not proven")]
    NotProven,
    /// It is not in the carrier's shape.
    #[error("it can't be read")]
    Unreadable,
}

/// Something that a carrier's program tells of a parcel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// What we call the parcel; empty where only the carrier's code is known.
    pub code: String,
    /// What the carrier calls it.
    pub tracking_code: String,
    /// In its words.
    pub status: String,
    /// When it happened, UTC.
    pub at: OffsetDateTime,
    /// Why, in its words.
    pub reason: String,
    /// What that means.
    pub meaning: Meaning,
}

/// What a carrier's word means for a parcel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meaning {
    /// Nothing that a parcel does.
    Nothing,
    /// The carrier has it.
    PickedUp,
    /// It is between two places.
    Travels,
    /// It is brought to the door, for the first time or once more.
    AtTheDoor,
    /// Nobody took it there.
    NotTaken,
    /// The buyer has it.
    Delivered,
    /// It goes back.
    GoesBack,
    /// The household has it again.
    Returned,
    /// It is lost.
    Lost,
    /// The carrier has taken it off its list, asked or unasked.
    Dropped,
    /// Nobody knows; somebody has to look.
    Unknown,
}

/// The steps that a parcel takes because of what its carrier tells. None where it is that far already: a carrier's
/// program may leave things out, repeat them and tell them in any order.
#[must_use]
pub fn steps_for(state: ParcelState, meaning: Meaning) -> Vec<ParcelEvent> {
    use ParcelEvent as E;
    let wanted: &[E] = match meaning {
        Meaning::Nothing | Meaning::Dropped | Meaning::Unknown => return Vec::new(),
        Meaning::PickedUp => &[E::HandOver],
        Meaning::Travels => &[E::HandOver, E::Depart],
        Meaning::AtTheDoor => &[E::HandOver, E::Depart, E::Retry],
        Meaning::NotTaken => &[E::HandOver, E::Fail],
        Meaning::Delivered => &[E::HandOver, E::Deliver],
        Meaning::GoesBack => &[E::HandOver, E::TurnBack],
        Meaning::Returned => &[E::HandOver, E::Return],
        Meaning::Lost => &[E::HandOver, E::Lose],
    };
    let mut taken = Vec::new();
    let mut state = state;
    for event in wanted {
        if let Ok(next) = transition(state, *event, Teller::Carrier) {
            taken.push(*event);
            state = next;
        }
    }
    taken
}

/// Whether what a carrier tells can't be true of a parcel that is `state`, so that somebody has to look: one that was
/// called off moves, one that is delivered comes back, one that is lost is found. What only lags behind does not.
#[must_use]
pub const fn contradicts(state: ParcelState, meaning: Meaning) -> bool {
    use Meaning as M;
    use ParcelState as S;
    match state {
        S::CalledOff => !matches!(meaning, M::Nothing | M::Dropped),
        S::Delivered => matches!(meaning, M::NotTaken | M::GoesBack | M::Returned | M::Lost),
        S::Returned => matches!(meaning, M::Delivered | M::Lost),
        S::Lost => !matches!(meaning, M::Nothing | M::Dropped | M::Lost),
        S::Returning => matches!(meaning, M::AtTheDoor),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const MEANINGS: [Meaning; 11] = [
        Meaning::Nothing,
        Meaning::PickedUp,
        Meaning::Travels,
        Meaning::AtTheDoor,
        Meaning::NotTaken,
        Meaning::Delivered,
        Meaning::GoesBack,
        Meaning::Returned,
        Meaning::Lost,
        Meaning::Dropped,
        Meaning::Unknown,
    ];

    #[test]
    fn what_was_left_out_is_made_up_for() {
        use ParcelEvent as E;
        for (state, meaning, steps) in [
            (
                ParcelState::Made,
                Meaning::Delivered,
                &[E::HandOver, E::Deliver][..],
            ),
            (
                ParcelState::Made,
                Meaning::AtTheDoor,
                &[E::HandOver, E::Depart],
            ),
            (ParcelState::Failed, Meaning::AtTheDoor, &[E::Retry]),
            (ParcelState::Failed, Meaning::Travels, &[]),
            (ParcelState::SecondTry, Meaning::NotTaken, &[]),
            (ParcelState::Returning, Meaning::Delivered, &[E::Deliver]),
            (ParcelState::Delivered, Meaning::Lost, &[]),
            (ParcelState::CalledOff, Meaning::PickedUp, &[]),
        ] {
            assert_eq!(steps_for(state, meaning), steps, "{state:?} {meaning:?}");
        }
    }

    #[test]
    fn what_leads_on_contradicts_nothing() {
        for state in ParcelState::ALL {
            for meaning in MEANINGS {
                let leads_on = !steps_for(state, meaning).is_empty();
                assert!(
                    !(leads_on && contradicts(state, meaning)),
                    "{state:?} {meaning:?}"
                );
            }
        }
    }

    proptest! {
        /// In whatever order and how often a carrier tells what: a parcel only goes on, and telling the same twice
        /// does nothing more.
        #[test]
        fn any_news_leads_on(news in prop::collection::vec(0usize..11, 0..40)) {
            let mut state = ParcelState::Made;
            for meaning in news {
                for _ in 0..2 {
                    for event in steps_for(state, MEANINGS[meaning]) {
                        let next = transition(state, event, Teller::Carrier).expect("in the table");
                        prop_assert!(next > state);
                        state = next;
                    }
                }
                // At the door of a parcel that failed is a second try; nothing else is told apart by being repeated.
                prop_assert!(steps_for(state, MEANINGS[meaning]).is_empty());
            }
        }
    }
}
