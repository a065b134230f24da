//! Where a request stands, and the one table of its moves.

/// Where a request stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RequestState {
    /// Waits for us; the clock runs.
    Open,
    /// We have answered.
    Answered,
    /// What was ordered is done.
    CarriedOut,
    /// We have told why not.
    Declined,
}

impl RequestState {
    /// All of them, as the list filters by them.
    pub const ALL: [Self; 4] = [Self::Open, Self::Answered, Self::CarriedOut, Self::Declined];

    /// As stored.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Answered => "answered",
            Self::CarriedOut => "carried_out",
            Self::Declined => "declined",
        }
    }

    /// The reverse of [`Self::as_str`].
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }
}

/// What happens to a request; the word under which it stands in its history.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RequestEvent {
    /// Entered into the register.
    Received,
    /// Something to be known.
    Note,
    /// Answered.
    Answered,
    /// Carried out.
    CarriedOut,
    /// Declined, with a reason.
    Declined,
    /// Taken up again: it was not enough, or closed by mistake.
    Reopened,
}

impl RequestEvent {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Received,
        Self::Note,
        Self::Answered,
        Self::CarriedOut,
        Self::Declined,
        Self::Reopened,
    ];

    /// As stored.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Received => "received",
            Self::Note => "note",
            Self::Answered => "answered",
            Self::CarriedOut => "carried_out",
            Self::Declined => "declined",
            Self::Reopened => "reopened",
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

/// Where a request stands after an event. Nothing is received twice; a note changes nothing.
///
/// # Errors
/// The table has no such move.
pub const fn transition(
    from: RequestState,
    event: RequestEvent,
) -> Result<RequestState, NotAllowed> {
    use RequestEvent as E;
    use RequestState::{Answered, CarriedOut, Declined, Open};
    Ok(match (from, event) {
        (_, E::Note) => from,
        (Open, E::Answered) => Answered,
        (Open, E::CarriedOut) => CarriedOut,
        (Open, E::Declined) => Declined,
        (Answered | CarriedOut | Declined, E::Reopened) => Open,
        _ => return Err(NotAllowed),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every move that is allowed, and no other.
    #[test]
    fn the_table_is_whole() {
        use RequestState::{Answered, CarriedOut, Declined, Open};
        let allowed = [
            (Open, RequestEvent::Note, Open),
            (Answered, RequestEvent::Note, Answered),
            (CarriedOut, RequestEvent::Note, CarriedOut),
            (Declined, RequestEvent::Note, Declined),
            (Open, RequestEvent::Answered, Answered),
            (Open, RequestEvent::CarriedOut, CarriedOut),
            (Open, RequestEvent::Declined, Declined),
            (Answered, RequestEvent::Reopened, Open),
            (CarriedOut, RequestEvent::Reopened, Open),
            (Declined, RequestEvent::Reopened, Open),
        ];
        for from in RequestState::ALL {
            for event in RequestEvent::ALL {
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
        for state in RequestState::ALL {
            assert_eq!(RequestState::parse(state.as_str()), Some(state));
        }
        for event in RequestEvent::ALL {
            assert_eq!(RequestEvent::parse(event.as_str()), Some(event));
        }
    }
}
