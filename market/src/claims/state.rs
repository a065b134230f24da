//! The states of a claim and the one table of steps between them.
use serde::{Deserialize, Serialize};

/// Where a claim stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClaimState {
    /// Waits for the seller's answer.
    Open,
    /// The seller offers less than was asked; the buyer answers.
    Offered,
    /// Agreed: the goods are on their way back.
    Returning,
    /// Waits for an officer's decision.
    Disputed,
    /// The seller declined; the buyer may still take it to an officer.
    Refused,
    /// Money is given back.
    Settled,
    /// An officer declined.
    Declined,
    /// The buyer took it back.
    Withdrawn,
}

impl ClaimState {
    /// All of them, as lists filter by them.
    pub const ALL: [Self; 8] = [
        Self::Open,
        Self::Offered,
        Self::Returning,
        Self::Disputed,
        Self::Refused,
        Self::Settled,
        Self::Declined,
        Self::Withdrawn,
    ];

    /// As stored.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Offered => "offered",
            Self::Returning => "returning",
            Self::Disputed => "disputed",
            Self::Refused => "refused",
            Self::Settled => "settled",
            Self::Declined => "declined",
            Self::Withdrawn => "withdrawn",
        }
    }

    /// The reverse of [`Self::as_str`].
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }

    /// Whether somebody still has to do something about it.
    #[must_use]
    pub const fn is_open(self) -> bool {
        matches!(
            self,
            Self::Open | Self::Offered | Self::Returning | Self::Disputed
        )
    }

    /// Whether nothing more can happen to it.
    #[must_use]
    pub const fn is_final(self) -> bool {
        matches!(self, Self::Settled | Self::Declined | Self::Withdrawn)
    }
}

/// What happens to a claim; the word under which it stands in its history.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClaimEvent {
    /// The seller pays back all that was asked.
    Grant,
    /// The seller offers a part of it.
    Offer,
    /// The seller wants the goods back first.
    TakeBack,
    /// The seller declines, with a reason.
    Refuse,
    /// The buyer takes the offer.
    Accept,
    /// The buyer takes the claim back.
    Withdraw,
    /// It is taken to an officer, with a reason.
    Dispute,
    /// Buyer or seller say something about the dispute.
    Answer,
    /// The goods are back with the seller.
    Receive,
    /// An officer gives back all or a part, with a reason.
    Decide,
    /// An officer declines, with a reason.
    Decline,
    /// Whoever's turn it was let the time pass.
    Lapse,
}

impl ClaimEvent {
    /// All of them.
    pub const ALL: [Self; 12] = [
        Self::Grant,
        Self::Offer,
        Self::TakeBack,
        Self::Refuse,
        Self::Accept,
        Self::Withdraw,
        Self::Dispute,
        Self::Answer,
        Self::Receive,
        Self::Decide,
        Self::Decline,
        Self::Lapse,
    ];

    /// As stored.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Grant => "grant",
            Self::Offer => "offer",
            Self::TakeBack => "take_back",
            Self::Refuse => "refuse",
            Self::Accept => "accept",
            Self::Withdraw => "withdraw",
            Self::Dispute => "dispute",
            Self::Answer => "answer",
            Self::Receive => "receive",
            Self::Decide => "decide",
            Self::Decline => "decline",
            Self::Lapse => "lapse",
        }
    }

    /// The reverse of [`Self::as_str`].
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|event| event.as_str() == text)
    }
}

/// In what part somebody does something about a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Side {
    /// Who ordered.
    Buyer,
    /// Whose goods they were.
    Seller,
    /// Who decides between them.
    Officer,
    /// The program, when a time is over.
    Clock,
}

impl Side {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Buyer, Self::Seller, Self::Officer, Self::Clock];
}

/// The step is not in the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not allowed")]
pub struct NoSuchStep;

/// The table: where a step leads, and who may take it. Pages ask it which forms to show.
///
/// # Errors
/// `NoSuchStep` for every step that is not in it.
pub const fn step(from: ClaimState, event: ClaimEvent, by: Side) -> Result<ClaimState, NoSuchStep> {
    use ClaimEvent as E;
    use ClaimState as S;
    match (from, event, by) {
        (S::Open | S::Disputed, E::Grant, Side::Seller)
        | (S::Offered, E::Accept, Side::Buyer)
        // Who is silent takes what is offered.
        | (S::Offered, E::Lapse, Side::Clock)
        | (S::Returning, E::Receive, Side::Seller)
        | (S::Disputed, E::Decide, Side::Officer) => Ok(S::Settled),
        (S::Open, E::Offer, Side::Seller) => Ok(S::Offered),
        (S::Open, E::TakeBack, Side::Seller) => Ok(S::Returning),
        (S::Open, E::Refuse, Side::Seller) => Ok(S::Refused),
        (S::Offered | S::Refused | S::Returning, E::Dispute, Side::Buyer)
        | (S::Returning, E::Dispute, Side::Seller)
        // A seller who is silent, or goods that never come back: an officer looks.
        | (S::Open | S::Returning, E::Lapse, Side::Clock)
        | (S::Disputed, E::Answer, Side::Buyer | Side::Seller) => Ok(S::Disputed),
        (S::Disputed, E::Decline, Side::Officer) => Ok(S::Declined),
        (S::Open | S::Offered | S::Returning | S::Disputed, E::Withdraw, Side::Buyer) => {
            Ok(S::Withdrawn)
        }
        _ => Err(NoSuchStep),
    }
}

/// Whether `by` may take that step now.
#[must_use]
pub const fn may_step(from: ClaimState, event: ClaimEvent, by: Side) -> bool {
    step(from, event, by).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn names_read_back() {
        for state in ClaimState::ALL {
            assert_eq!(ClaimState::parse(state.as_str()), Some(state));
        }
        for event in ClaimEvent::ALL {
            assert_eq!(ClaimEvent::parse(event.as_str()), Some(event));
        }
    }

    #[test]
    fn what_is_over_stays_over_and_nothing_else_is_stuck() {
        for state in ClaimState::ALL {
            let goes_on = ClaimEvent::ALL.into_iter().any(|event| {
                Side::ALL
                    .into_iter()
                    .any(|side| step(state, event, side).is_ok())
            });
            assert_eq!(goes_on, !state.is_final(), "{state:?}");
        }
    }

    proptest! {
        /// However anybody pushes: a claim is settled once at most, and an officer decides only what is in dispute.
        #[test]
        fn any_walk_settles_once(walk in prop::collection::vec((0usize..12, 0usize..4), 0..60)) {
            let mut state = ClaimState::Open;
            let mut settled = 0;
            for (event, side) in walk {
                let (event, side) = (ClaimEvent::ALL[event], Side::ALL[side]);
                if let Ok(next) = step(state, event, side) {
                    if side == Side::Officer {
                        prop_assert_eq!(state, ClaimState::Disputed);
                    }
                    settled += u8::from(next == ClaimState::Settled);
                    state = next;
                }
            }
            prop_assert!(settled <= 1);
        }
    }
}
