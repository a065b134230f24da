//! Where a lot stands, and the one table of its moves.

/// Where a lot stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LotState {
    /// There is something of it to sell.
    Open,
    /// Sold out, or put aside.
    Closed,
    /// Called back from its buyers, for good.
    Recalled,
}

impl LotState {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Open, Self::Closed, Self::Recalled];

    /// As stored.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Closed => "closed",
            Self::Recalled => "recalled",
        }
    }

    /// The reverse of [`Self::as_str`].
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }
}

/// What happens to a lot; the word under which it stands in its history.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LotEvent {
    /// Harvested or made, and written down.
    Made,
    /// Something that was used for it is written down.
    InputAdded,
    /// A photograph is added.
    PhotoAdded,
    /// A photograph is taken away.
    PhotoRemoved,
    /// Its product is sold from it from now on.
    OnSale,
    /// Its product is no longer sold from it.
    OffSale,
    /// Sold out, or put aside.
    Closed,
    /// There is something of it again.
    Reopened,
    /// Called back from its buyers.
    Recalled,
}

impl LotEvent {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Made,
        Self::InputAdded,
        Self::PhotoAdded,
        Self::PhotoRemoved,
        Self::OnSale,
        Self::OffSale,
        Self::Closed,
        Self::Reopened,
        Self::Recalled,
    ];

    /// As stored.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Made => "made",
            Self::InputAdded => "input_added",
            Self::PhotoAdded => "photo_added",
            Self::PhotoRemoved => "photo_removed",
            Self::OnSale => "on_sale",
            Self::OffSale => "off_sale",
            Self::Closed => "closed",
            Self::Reopened => "reopened",
            Self::Recalled => "recalled",
        }
    }

    /// The reverse of [`Self::as_str`].
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|event| event.as_str() == text)
    }
}

/// A move that is not in the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not from there")]
pub struct NotAllowed;

/// Where a lot stands after an event. Nothing is made twice; a lot that was recalled stays as it was then, as
/// evidence.
///
/// # Errors
/// The table has no such move.
pub const fn transition(from: LotState, event: LotEvent) -> Result<LotState, NotAllowed> {
    use LotEvent as E;
    use LotState::{Closed, Open, Recalled};
    match (from, event) {
        (Open | Closed, E::InputAdded | E::PhotoAdded | E::PhotoRemoved) => Ok(from),
        (Open, E::OnSale | E::OffSale) | (Closed, E::Reopened) => Ok(Open),
        (Open, E::Closed) => Ok(Closed),
        (Open | Closed, E::Recalled) => Ok(Recalled),
        _ => Err(NotAllowed),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every move that is allowed, and no other.
    #[test]
    fn the_table_is_whole() {
        use LotState::{Closed, Open, Recalled};
        let allowed = [
            (Open, LotEvent::InputAdded, Open),
            (Open, LotEvent::PhotoAdded, Open),
            (Open, LotEvent::PhotoRemoved, Open),
            (Closed, LotEvent::InputAdded, Closed),
            (Closed, LotEvent::PhotoAdded, Closed),
            (Closed, LotEvent::PhotoRemoved, Closed),
            (Open, LotEvent::OnSale, Open),
            (Open, LotEvent::OffSale, Open),
            (Open, LotEvent::Closed, Closed),
            (Closed, LotEvent::Reopened, Open),
            (Open, LotEvent::Recalled, Recalled),
            (Closed, LotEvent::Recalled, Recalled),
        ];
        for from in LotState::ALL {
            for event in LotEvent::ALL {
                let expected = allowed
                    .iter()
                    .find(|row| (row.0, row.1) == (from, event))
                    .map(|row| row.2);
                assert_eq!(transition(from, event).ok(), expected, "{from:?} {event:?}");
            }
        }
    }

    #[test]
    fn words_are_read_back() {
        for state in LotState::ALL {
            assert_eq!(LotState::parse(state.as_str()), Some(state));
        }
        for event in LotEvent::ALL {
            assert_eq!(LotEvent::parse(event.as_str()), Some(event));
        }
    }
}
