//! Where a shop stands, and how it moves on.
use serde::{Deserialize, Serialize};

/// Where a shop stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// Begun; its household still fills it in.
    Draft,
    /// Handed in; an officer looks at it.
    Submitted,
    /// Came back with what is to be mended.
    Returned,
    /// May sell.
    Approved,
    /// May not sell for now; its orders go on.
    Suspended,
    /// Over; kept for its orders.
    Closed,
}

impl Standing {
    /// All of them, as officers filter by them: what waits for them first.
    pub const ALL: [Self; 6] = [
        Self::Submitted,
        Self::Approved,
        Self::Returned,
        Self::Suspended,
        Self::Draft,
        Self::Closed,
    ];

    /// As stored.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Submitted => "submitted",
            Self::Returned => "returned",
            Self::Approved => "approved",
            Self::Suspended => "suspended",
            Self::Closed => "closed",
        }
    }

    /// The reverse of [`Self::as_str`].
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|standing| standing.as_str() == text)
    }

    /// Whether who it is and where may still be filled in by the household.
    #[must_use]
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Draft | Self::Returned)
    }

    /// Whether goods may be written down for it, on sale or not.
    #[must_use]
    pub const fn may_list(self) -> bool {
        !matches!(self, Self::Suspended | Self::Closed)
    }
}

/// What happens to a shop; the word under which it stands in its history.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ShopEvent {
    /// Begun.
    Begun,
    /// Handed in.
    Submitted,
    /// Taken back to be filled in further.
    Withdrawn,
    /// Returned with what is to be mended.
    Returned,
    /// Approved.
    Approved,
    /// Money goes to another account.
    BankChanged,
    /// On holiday.
    Paused,
    /// Back from holiday.
    Resumed,
    /// Told that it will be suspended.
    SuspensionAnnounced,
    /// It will not be.
    SuspensionCalledOff,
    /// Suspended.
    Suspended,
    /// May sell again.
    Lifted,
    /// Somebody owns it from now on, which nobody did.
    OwnerNamed,
    /// Its owner gave it to somebody else, whom an officer has to look at.
    HandedOver,
    /// Closed for good.
    Closed,
}

impl ShopEvent {
    /// All of them.
    pub const ALL: [Self; 15] = [
        Self::Begun,
        Self::Submitted,
        Self::Withdrawn,
        Self::Returned,
        Self::Approved,
        Self::BankChanged,
        Self::Paused,
        Self::Resumed,
        Self::SuspensionAnnounced,
        Self::SuspensionCalledOff,
        Self::Suspended,
        Self::Lifted,
        Self::OwnerNamed,
        Self::HandedOver,
        Self::Closed,
    ];

    /// As stored.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Begun => "begun",
            Self::Submitted => "submitted",
            Self::Withdrawn => "withdrawn",
            Self::Returned => "returned",
            Self::Approved => "approved",
            Self::BankChanged => "bank_changed",
            Self::Paused => "paused",
            Self::Resumed => "resumed",
            Self::SuspensionAnnounced => "suspension_announced",
            Self::SuspensionCalledOff => "suspension_called_off",
            Self::Suspended => "suspended",
            Self::Lifted => "lifted",
            Self::OwnerNamed => "owner_named",
            Self::HandedOver => "handed_over",
            Self::Closed => "closed",
        }
    }

    /// The reverse of [`Self::as_str`].
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|event| event.as_str() == text)
    }

    /// The message that tells the household of it, if any; its words stand under `message.`.
    #[must_use]
    pub const fn message(self) -> Option<&'static str> {
        match self {
            Self::Returned => Some("shop_returned"),
            Self::Approved => Some("shop_approved"),
            Self::BankChanged => Some("shop_bank_changed"),
            Self::SuspensionAnnounced => Some("shop_suspension_announced"),
            Self::SuspensionCalledOff => Some("shop_suspension_called_off"),
            Self::Suspended => Some("shop_suspended"),
            Self::Lifted => Some("shop_lifted"),
            Self::OwnerNamed | Self::HandedOver => Some("shop_owner_named"),
            Self::Closed => Some("shop_closed"),
            Self::Begun | Self::Submitted | Self::Withdrawn | Self::Paused | Self::Resumed => None,
        }
    }
}

/// Who moves a shop on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mover {
    /// The household itself.
    Household,
    /// An officer of its commune.
    Officer,
    /// The clock.
    Clock,
}

/// A move that is not in the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not from there, or not by that one")]
pub struct NotAllowed;

/// Where a shop stands after an event.
///
/// # Errors
/// The table has no such move.
pub const fn transition(
    from: Standing,
    event: ShopEvent,
    by: Mover,
) -> Result<Standing, NotAllowed> {
    use Mover::{Clock, Household, Officer};
    use ShopEvent as E;
    use Standing::{Approved, Closed, Draft, Returned, Submitted, Suspended};
    Ok(match (from, event, by) {
        (Draft | Returned, E::Submitted, Household) => Submitted,
        (Submitted, E::Withdrawn, Household)
        | (Draft | Submitted | Returned | Approved, E::HandedOver, Household) => Draft,
        (Submitted, E::Returned, Officer) => Returned,
        (Approved, E::Suspended, Officer | Clock) => Suspended,
        (Submitted, E::Approved, Officer)
        | (Suspended, E::Lifted, Officer)
        | (Approved, E::BankChanged | E::Paused | E::Resumed, Household)
        | (Approved, E::Resumed, Clock)
        | (Approved, E::SuspensionAnnounced | E::SuspensionCalledOff, Officer) => Approved,
        (
            Draft | Submitted | Returned | Approved | Suspended,
            E::OwnerNamed,
            Household | Officer,
        ) => from,
        (Draft | Submitted | Returned | Approved, E::Closed, Household) => Closed,
        _ => return Err(NotAllowed),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every move that is allowed, and no other.
    #[test]
    fn the_table_is_whole() {
        use Mover::{Clock, Household, Officer};
        use Standing::{Approved, Closed, Draft, Returned, Submitted, Suspended};
        let allowed = [
            (Draft, ShopEvent::Submitted, Household, Submitted),
            (Returned, ShopEvent::Submitted, Household, Submitted),
            (Submitted, ShopEvent::Withdrawn, Household, Draft),
            (Submitted, ShopEvent::Returned, Officer, Returned),
            (Submitted, ShopEvent::Approved, Officer, Approved),
            (Approved, ShopEvent::BankChanged, Household, Approved),
            (Approved, ShopEvent::Paused, Household, Approved),
            (Approved, ShopEvent::Resumed, Household, Approved),
            (Approved, ShopEvent::Resumed, Clock, Approved),
            (Approved, ShopEvent::SuspensionAnnounced, Officer, Approved),
            (Approved, ShopEvent::SuspensionCalledOff, Officer, Approved),
            (Approved, ShopEvent::Suspended, Officer, Suspended),
            (Approved, ShopEvent::Suspended, Clock, Suspended),
            (Suspended, ShopEvent::Lifted, Officer, Approved),
            (Draft, ShopEvent::OwnerNamed, Household, Draft),
            (Submitted, ShopEvent::OwnerNamed, Household, Submitted),
            (Returned, ShopEvent::OwnerNamed, Household, Returned),
            (Approved, ShopEvent::OwnerNamed, Household, Approved),
            (Suspended, ShopEvent::OwnerNamed, Household, Suspended),
            (Draft, ShopEvent::OwnerNamed, Officer, Draft),
            (Submitted, ShopEvent::OwnerNamed, Officer, Submitted),
            (Returned, ShopEvent::OwnerNamed, Officer, Returned),
            (Approved, ShopEvent::OwnerNamed, Officer, Approved),
            (Suspended, ShopEvent::OwnerNamed, Officer, Suspended),
            (Draft, ShopEvent::HandedOver, Household, Draft),
            (Submitted, ShopEvent::HandedOver, Household, Draft),
            (Returned, ShopEvent::HandedOver, Household, Draft),
            (Approved, ShopEvent::HandedOver, Household, Draft),
            (Draft, ShopEvent::Closed, Household, Closed),
            (Submitted, ShopEvent::Closed, Household, Closed),
            (Returned, ShopEvent::Closed, Household, Closed),
            (Approved, ShopEvent::Closed, Household, Closed),
        ];
        for from in Standing::ALL {
            for event in ShopEvent::ALL {
                for by in [Household, Officer, Clock] {
                    let expected = allowed
                        .iter()
                        .find(|row| (row.0, row.1, row.2) == (from, event, by))
                        .map(|row| row.3);
                    assert_eq!(
                        transition(from, event, by).ok(),
                        expected,
                        "{from:?} {event:?} {by:?}"
                    );
                }
            }
        }
    }

    #[test]
    fn words_are_read_back() {
        for standing in Standing::ALL {
            assert_eq!(Standing::parse(standing.as_str()), Some(standing));
        }
        for event in ShopEvent::ALL {
            assert_eq!(ShopEvent::parse(event.as_str()), Some(event));
        }
    }
}
