//! The states of a seller's part of an order and the one table of steps between them.
use serde::{Deserialize, Serialize};

/// Where one seller's part of an order is. Payment and parcels have states of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OrderState {
    /// Ordered; goods are set aside; the seller has not looked yet.
    Placed,
    /// The seller has promised it.
    Confirmed,
    /// Ready to go.
    Packed,
    /// On its way; the goods have left the stock.
    Shipped,
    /// In the buyer's hands.
    Delivered,
    /// Delivered and paid.
    Completed,
    /// Called off before it was shipped; the goods are back in stock.
    Cancelled,
    /// Came back after it was shipped.
    Returned,
}

/// What can happen to a part.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OrderEvent {
    /// The seller promises it.
    Confirm,
    /// It is ready to go.
    Pack,
    /// It goes out.
    Ship,
    /// The buyer has it.
    Deliver,
    /// It is delivered and paid.
    Complete,
    /// Called off.
    Cancel,
    /// Nobody confirmed it in time.
    Expire,
    /// It came back.
    Return,
}

/// In what part somebody takes a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Party {
    /// Who ordered.
    Buyer,
    /// Whose goods they are.
    Seller,
    /// The program: deadlines, payments, and parcels that others carry.
    System,
}

/// The step is not in the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not allowed")]
pub struct NotAllowed;

impl OrderState {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Placed,
        Self::Confirmed,
        Self::Packed,
        Self::Shipped,
        Self::Delivered,
        Self::Completed,
        Self::Cancelled,
        Self::Returned,
    ];

    /// As stored and as the API has it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Placed => "placed",
            Self::Confirmed => "confirmed",
            Self::Packed => "packed",
            Self::Shipped => "shipped",
            Self::Delivered => "delivered",
            Self::Completed => "completed",
            Self::Cancelled => "cancelled",
            Self::Returned => "returned",
        }
    }

    /// The reverse of [`Self::as_str`].
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }

    /// Whether goods are still set aside for it.
    #[must_use]
    pub const fn holds_stock(self) -> bool {
        matches!(self, Self::Placed | Self::Confirmed | Self::Packed)
    }

    /// Whether somebody has a step to take before the goods are there.
    #[must_use]
    pub const fn is_open(self) -> bool {
        self.holds_stock() || matches!(self, Self::Shipped)
    }

    /// Whether nothing more can happen to it.
    #[must_use]
    pub fn is_final(self) -> bool {
        OrderEvent::ALL.into_iter().all(|event| {
            [Party::Buyer, Party::Seller, Party::System]
                .into_iter()
                .all(|party| transition(self, event, party).is_err())
        })
    }
}

impl OrderEvent {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Confirm,
        Self::Pack,
        Self::Ship,
        Self::Deliver,
        Self::Complete,
        Self::Cancel,
        Self::Expire,
        Self::Return,
    ];

    /// As stored and as the API has it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Confirm => "confirm",
            Self::Pack => "pack",
            Self::Ship => "ship",
            Self::Deliver => "deliver",
            Self::Complete => "complete",
            Self::Cancel => "cancel",
            Self::Expire => "expire",
            Self::Return => "return",
        }
    }

    /// The reverse of [`Self::as_str`].
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|event| event.as_str() == text)
    }
}

/// The table: where a step leads, and who may take it. Pages ask it which buttons to show.
///
/// # Errors
/// `NotAllowed` for every step that is not in it.
pub const fn transition(
    from: OrderState,
    event: OrderEvent,
    party: Party,
) -> Result<OrderState, NotAllowed> {
    use OrderEvent as E;
    use OrderState as S;
    match (from, event, party) {
        (S::Placed, E::Confirm, Party::Seller) => Ok(S::Confirmed),
        (S::Confirmed, E::Pack, Party::Seller) => Ok(S::Packed),
        (S::Packed, E::Ship, Party::Seller | Party::System) => Ok(S::Shipped),
        (S::Shipped, E::Deliver, Party::Seller | Party::System) => Ok(S::Delivered),
        (S::Delivered, E::Complete, Party::System) => Ok(S::Completed),
        (S::Placed | S::Confirmed, E::Cancel, Party::Buyer)
        | (S::Placed | S::Confirmed | S::Packed, E::Cancel, Party::Seller)
        | (S::Placed, E::Expire, Party::System) => Ok(S::Cancelled),
        (S::Shipped | S::Delivered, E::Return, Party::Seller)
        | (S::Shipped, E::Return, Party::System) => Ok(S::Returned),
        _ => Err(NotAllowed),
    }
}

/// The steps that `party` may take from `from`, in the order in which a page offers them.
#[must_use]
pub fn steps(from: OrderState, party: Party) -> Vec<OrderEvent> {
    OrderEvent::ALL
        .into_iter()
        .filter(|event| transition(from, *event, party).is_ok())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const PARTIES: [Party; 3] = [Party::Buyer, Party::Seller, Party::System];

    #[test]
    fn names_read_back() {
        for state in OrderState::ALL {
            assert_eq!(OrderState::parse(state.as_str()), Some(state));
        }
        for event in OrderEvent::ALL {
            assert_eq!(OrderEvent::parse(event.as_str()), Some(event));
        }
    }

    #[test]
    fn what_is_over_stays_over() {
        let over: Vec<_> = OrderState::ALL
            .into_iter()
            .filter(|state| state.is_final())
            .collect();
        assert_eq!(
            over,
            [
                OrderState::Completed,
                OrderState::Cancelled,
                OrderState::Returned
            ]
        );
    }

    proptest! {
        /// However anybody pushes: goods leave the stock at most once, an order called off was never
        /// shipped, and one that is completed was delivered.
        #[test]
        fn any_walk_keeps_the_goods_right(walk in prop::collection::vec((0usize..8, 0usize..3), 0..40)) {
            let mut state = OrderState::Placed;
            let mut history = vec![state];
            for (event, party) in walk {
                if let Ok(next) = transition(state, OrderEvent::ALL[event], PARTIES[party]) {
                    prop_assert!(!history.contains(&next), "a state is never entered twice");
                    state = next;
                    history.push(next);
                }
            }
            if state == OrderState::Cancelled {
                prop_assert!(!history.contains(&OrderState::Shipped));
            }
            if state == OrderState::Completed {
                prop_assert!(history.contains(&OrderState::Delivered) && history.contains(&OrderState::Shipped));
            }
        }
    }
}
