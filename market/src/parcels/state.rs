//! The states of a parcel and the one table of steps between them.
use serde::{Deserialize, Serialize};

/// Where a parcel is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ParcelState {
    /// Packed, at the household.
    Made,
    /// In the hands of who carries it.
    HandedOver,
    /// Between there and the buyer.
    OnTheWay,
    /// The buyer was not met, or did not take it.
    Failed,
    /// On its way to the buyer once more.
    SecondTry,
    /// On its way back to the household.
    Returning,
    /// In the buyer's hands.
    Delivered,
    /// Back at the household.
    Returned,
    /// Nobody knows where it is.
    Lost,
    /// Its part was called off before it left.
    CalledOff,
}

/// What can happen to a parcel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ParcelEvent {
    /// Whoever carries it has it.
    HandOver,
    /// It leaves for the buyer.
    Depart,
    /// It could not be delivered.
    Fail,
    /// It is brought once more.
    Retry,
    /// It goes back.
    TurnBack,
    /// The buyer has it.
    Deliver,
    /// The household has it again.
    Return,
    /// It is lost.
    Lose,
    /// Its part is called off.
    CallOff,
}

/// Who says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Teller {
    /// Whose goods they are.
    Seller,
    /// Who goes round and collects the parcels of a hamlet.
    Collector,
    /// The carrier's own program.
    Carrier,
}

/// The step is not in the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not allowed")]
pub struct NoSuchStep;

impl ParcelState {
    /// All of them, in the order in which they can be entered.
    pub const ALL: [Self; 10] = [
        Self::Made,
        Self::HandedOver,
        Self::OnTheWay,
        Self::Failed,
        Self::SecondTry,
        Self::Returning,
        Self::Delivered,
        Self::Returned,
        Self::Lost,
        Self::CalledOff,
    ];

    /// As stored and as the API has it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Made => "made",
            Self::HandedOver => "handed_over",
            Self::OnTheWay => "on_the_way",
            Self::Failed => "failed",
            Self::SecondTry => "second_try",
            Self::Returning => "returning",
            Self::Delivered => "delivered",
            Self::Returned => "returned",
            Self::Lost => "lost",
            Self::CalledOff => "called_off",
        }
    }

    /// The reverse of [`Self::as_str`].
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }

    /// Whether somebody other than household and buyer has it.
    #[must_use]
    pub const fn is_travelling(self) -> bool {
        matches!(
            self,
            Self::HandedOver | Self::OnTheWay | Self::Failed | Self::SecondTry | Self::Returning
        )
    }

    /// Whether its money is still asked for at the door.
    #[must_use]
    pub const fn asks_for_money(self) -> bool {
        matches!(
            self,
            Self::Made | Self::HandedOver | Self::OnTheWay | Self::Failed | Self::SecondTry
        )
    }

    /// Whether nothing more can happen to it.
    #[must_use]
    pub const fn is_over(self) -> bool {
        matches!(
            self,
            Self::Delivered | Self::Returned | Self::Lost | Self::CalledOff
        )
    }
}

impl ParcelEvent {
    /// All of them, in the order in which a page offers them.
    pub const ALL: [Self; 9] = [
        Self::HandOver,
        Self::Depart,
        Self::Fail,
        Self::Retry,
        Self::TurnBack,
        Self::Deliver,
        Self::Return,
        Self::Lose,
        Self::CallOff,
    ];

    /// As stored and as addresses have it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::HandOver => "hand_over",
            Self::Depart => "depart",
            Self::Fail => "fail",
            Self::Retry => "retry",
            Self::TurnBack => "turn_back",
            Self::Deliver => "deliver",
            Self::Return => "return",
            Self::Lose => "lose",
            Self::CallOff => "call_off",
        }
    }

    /// The reverse of [`Self::as_str`].
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|event| event.as_str() == text)
    }

    /// Whether it is said why.
    #[must_use]
    pub const fn needs_reason(self) -> bool {
        matches!(
            self,
            Self::Fail | Self::TurnBack | Self::Return | Self::Lose
        )
    }
}

impl Teller {
    /// As stored.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Seller => "seller",
            Self::Collector => "collector",
            Self::Carrier => "carrier",
        }
    }
}

/// The table: where a step leads, and who may take it. Every step leads on in the order of [`ParcelState::ALL`], so that
/// nothing that comes late moves a parcel back: a third try at the door is not told apart from the second.
///
/// # Errors
/// `NoSuchStep` for every step that is not in it.
pub const fn transition(
    from: ParcelState,
    event: ParcelEvent,
    teller: Teller,
) -> Result<ParcelState, NoSuchStep> {
    use ParcelEvent as E;
    use ParcelState as S;
    match (from, event, teller) {
        (S::Made, E::HandOver, _) => Ok(S::HandedOver),
        (S::Made, E::CallOff, Teller::Seller) => Ok(S::CalledOff),
        (S::HandedOver, E::Depart, _) => Ok(S::OnTheWay),
        (S::HandedOver | S::OnTheWay, E::Fail, _) => Ok(S::Failed),
        (S::Failed, E::Retry, _) => Ok(S::SecondTry),
        (
            S::HandedOver | S::OnTheWay | S::Failed | S::SecondTry,
            E::TurnBack,
            Teller::Seller | Teller::Carrier,
        ) => Ok(S::Returning),
        (S::HandedOver | S::OnTheWay | S::Failed | S::SecondTry, E::Deliver, _)
        // What was turned round on its way back reaches its buyer after all.
        | (S::Returning, E::Deliver, Teller::Seller | Teller::Carrier) => Ok(S::Delivered),
        (
            S::HandedOver | S::OnTheWay | S::Failed | S::SecondTry | S::Returning,
            E::Return,
            Teller::Seller | Teller::Carrier,
        ) => Ok(S::Returned),
        (
            S::HandedOver | S::OnTheWay | S::Failed | S::SecondTry | S::Returning,
            E::Lose,
            Teller::Seller | Teller::Carrier,
        ) => Ok(S::Lost),
        _ => Err(NoSuchStep),
    }
}

/// The steps that `teller` may take from `from`, in the order in which a page offers them.
#[must_use]
pub fn steps(from: ParcelState, teller: Teller) -> Vec<ParcelEvent> {
    ParcelEvent::ALL
        .into_iter()
        .filter(|event| transition(from, *event, teller).is_ok())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const TELLERS: [Teller; 3] = [Teller::Seller, Teller::Collector, Teller::Carrier];

    #[test]
    fn names_read_back() {
        for state in ParcelState::ALL {
            assert_eq!(ParcelState::parse(state.as_str()), Some(state));
        }
        for event in ParcelEvent::ALL {
            assert_eq!(ParcelEvent::parse(event.as_str()), Some(event));
        }
    }

    #[test]
    fn what_is_over_is_what_no_step_leads_from() {
        for state in ParcelState::ALL {
            let leads_on = TELLERS
                .into_iter()
                .any(|teller| !steps(state, teller).is_empty());
            assert_eq!(state.is_over(), !leads_on, "{state:?}");
        }
    }

    /// Nothing is stuck: from wherever it is, the seller alone can bring a parcel to an end.
    #[test]
    fn a_seller_can_end_everything() {
        for state in ParcelState::ALL
            .into_iter()
            .filter(|state| !state.is_over())
        {
            let ends = steps(state, Teller::Seller)
                .into_iter()
                .filter_map(|event| transition(state, event, Teller::Seller).ok())
                .any(ParcelState::is_over);
            assert!(ends, "{state:?}");
        }
    }

    proptest! {
        /// However anybody pushes: a parcel only goes on, one that was called off never left, and what is delivered,
        /// lost or given back was handed over first.
        #[test]
        fn any_walk_leads_on(walk in prop::collection::vec((0usize..9, 0usize..3), 0..60)) {
            let mut state = ParcelState::Made;
            let mut history = vec![state];
            for (event, teller) in walk {
                if let Ok(next) = transition(state, ParcelEvent::ALL[event], TELLERS[teller]) {
                    prop_assert!(next > state, "{next:?} after {state:?}");
                    prop_assert!(!state.is_over());
                    state = next;
                    history.push(next);
                }
            }
            let has_left = history.contains(&ParcelState::HandedOver);
            match state {
                ParcelState::CalledOff => prop_assert!(!has_left),
                ParcelState::Delivered | ParcelState::Returned | ParcelState::Lost => prop_assert!(has_left),
                _ => {}
            }
            if history.contains(&ParcelState::SecondTry) {
                prop_assert!(history.contains(&ParcelState::Failed));
            }
        }
    }
}
