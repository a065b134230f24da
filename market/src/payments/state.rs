//! What can happen to a payment, and the one table of steps between its states.
use crate::orders::{NotAllowed, OrderState, PaymentStatus};

/// What can happen to the payment of a part.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PaymentEvent {
    /// The money is in hand.
    Receive,
    /// What it was for is called off or came back: nothing is asked for any more, and what came in is given back.
    CallOff,
    /// All of it was taken off by a claim before anything was paid.
    TakeOff,
}

impl PaymentEvent {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Receive, Self::CallOff, Self::TakeOff];

    /// What a part that has come to this state means for its money.
    #[must_use]
    pub const fn of_part(state: OrderState) -> Option<Self> {
        match state {
            OrderState::Cancelled | OrderState::Returned => Some(Self::CallOff),
            OrderState::Placed
            | OrderState::Confirmed
            | OrderState::Packed
            | OrderState::Shipped
            | OrderState::Delivered
            | OrderState::Completed => None,
        }
    }
}

/// The table: where a step leads.
///
/// # Errors
/// `NotAllowed` for every step that is not in it.
pub const fn transition(
    from: PaymentStatus,
    event: PaymentEvent,
) -> Result<PaymentStatus, NotAllowed> {
    use PaymentEvent as E;
    use PaymentStatus as S;
    match (from, event) {
        (S::Pending, E::Receive) => Ok(S::Paid),
        (S::Pending, E::CallOff | E::TakeOff) => Ok(S::Cancelled),
        (S::Paid, E::CallOff) => Ok(S::Refunded),
        (S::Paid, E::Receive | E::TakeOff) | (S::Cancelled | S::Refunded, _) => Err(NotAllowed),
    }
}

/// Whether a part in this state can have a payment in that one.
#[must_use]
pub const fn agree(part: OrderState, payment: PaymentStatus) -> bool {
    match part {
        OrderState::Completed => matches!(payment, PaymentStatus::Paid | PaymentStatus::Cancelled),
        OrderState::Cancelled | OrderState::Returned => {
            matches!(payment, PaymentStatus::Cancelled | PaymentStatus::Refunded)
        }
        OrderState::Placed
        | OrderState::Confirmed
        | OrderState::Packed
        | OrderState::Shipped
        | OrderState::Delivered => matches!(payment, PaymentStatus::Pending | PaymentStatus::Paid),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// However it goes, money that was given back came in before, and what is over stays over.
        #[test]
        fn any_walk_keeps_the_money_right(walk in prop::collection::vec(0usize..3, 0..12)) {
            let mut status = PaymentStatus::Pending;
            let mut history = vec![status];
            for event in walk {
                let was = status;
                if let Ok(next) = transition(status, PaymentEvent::ALL[event]) {
                    prop_assert!(!history.contains(&next), "a state is never entered twice");
                    prop_assert!(matches!(was, PaymentStatus::Pending | PaymentStatus::Paid));
                    status = next;
                    history.push(next);
                }
            }
            prop_assert_eq!(
                history.contains(&PaymentStatus::Refunded),
                history == [PaymentStatus::Pending, PaymentStatus::Paid, PaymentStatus::Refunded]
            );
        }
    }

    #[test]
    fn whatever_ends_a_part_ends_its_payment() {
        for part in OrderState::ALL {
            for was in [PaymentStatus::Pending, PaymentStatus::Paid] {
                if let Some(event) = PaymentEvent::of_part(part) {
                    assert!(agree(part, transition(was, event).unwrap()));
                } else if part != OrderState::Completed {
                    assert!(agree(part, was));
                }
            }
        }
    }
}
