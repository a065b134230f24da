//! Claims as they are kept and read.
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::{ClaimEvent, ClaimState, Side, may_step};
use crate::kernel::{
    ClaimId, CommuneId, FieldError, FieldErrors, OrderCode, OrderLineId, PaperId, Quantity,
    Refusal, RefusalKind, SellerId, SellerOrderId, Vnd,
};

/// What is wrong with the goods.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClaimReason {
    /// Rotten, wilted, off.
    Spoiled,
    /// Broken, squashed, leaking.
    Damaged,
    /// Less than was packed.
    Missing,
    /// Something else than was ordered.
    Wrong,
    /// Other than the page said.
    NotAsDescribed,
}

impl ClaimReason {
    /// All of them, as the form offers them.
    pub const ALL: [Self; 5] = [
        Self::Spoiled,
        Self::Damaged,
        Self::Missing,
        Self::Wrong,
        Self::NotAsDescribed,
    ];

    /// As stored.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Spoiled => "spoiled",
            Self::Damaged => "damaged",
            Self::Missing => "missing",
            Self::Wrong => "wrong",
            Self::NotAsDescribed => "not_as_described",
        }
    }

    /// The reverse of [`Self::as_str`].
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.as_str() == text)
    }

    /// Whether a photograph can show it.
    #[must_use]
    pub const fn can_be_seen(self) -> bool {
        !matches!(self, Self::Missing)
    }
}

/// What the buyer asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClaimWish {
    /// Money back; the goods stay where they are.
    Refund,
    /// The goods go back for the money.
    Return,
}

impl ClaimWish {
    /// Both, as the form offers them.
    pub const ALL: [Self; 2] = [Self::Refund, Self::Return];

    /// As stored.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Refund => "refund",
            Self::Return => "return",
        }
    }

    /// The reverse of [`Self::as_str`].
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|wish| wish.as_str() == text)
    }
}

/// What became of goods that were sent back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReturnedGoods {
    /// They stand in the stock again.
    Restocked,
    /// They can't be sold any more.
    WrittenOff,
}

impl ReturnedGoods {
    /// Both, as the form offers them.
    pub const ALL: [Self; 2] = [Self::Restocked, Self::WrittenOff];

    /// As stored.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Restocked => "restocked",
            Self::WrittenOff => "written_off",
        }
    }

    /// The reverse of [`Self::as_str`].
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|goods| goods.as_str() == text)
    }
}

/// The price of `part` of a line that cost `line` for `whole`: rounded half up to a đồng, all of it for all of it.
#[must_use]
pub fn share_of_line(line: Vnd, part: Quantity, whole: Quantity) -> Vnd {
    let (part, whole) = (
        i128::from(part.thousandths().max(0)),
        i128::from(whole.thousandths()),
    );
    if whole <= 0 {
        return Vnd(0);
    }
    let share = (i128::from(line.0) * part * 2 + whole) / (2 * whole);
    Vnd(i64::try_from(share).unwrap_or(line.0).min(line.0))
}

/// A line that can still be claimed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClaimableLine {
    /// Which line.
    pub line: OrderLineId,
    /// What it is.
    pub name: String,
    /// `Loại 1`.
    pub variant_name: String,
    /// kg, trái, …
    pub unit: String,
    /// As delivered.
    pub quantity: Quantity,
    /// What it cost.
    pub cost: Vnd,
    /// What was given back of it before, or is being asked for.
    pub claimed: Vnd,
    /// It spoils: nothing is sent back.
    pub is_fresh: bool,
    /// UTC.
    pub until: OffsetDateTime,
}

/// A part that was delivered, as its buyer claims of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claimable {
    /// Which part.
    pub part: SellerOrderId,
    /// Who sold it.
    pub seller_name: String,
    /// What can still be claimed, in order.
    pub lines: Vec<ClaimableLine>,
    /// One is open already: it is settled first.
    pub open: Option<ClaimId>,
}

/// One line of a claim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClaimLine {
    /// Which line of the order.
    pub line: OrderLineId,
    /// What it is.
    pub name: String,
    /// `Loại 1`.
    pub variant_name: String,
    /// kg, trái, …
    pub unit: String,
    /// So much of it.
    pub quantity: Quantity,
    /// What that cost.
    pub asked: Vnd,
    /// What the seller offers or the officer gives.
    pub offered: Option<Vnd>,
    /// What became of it, where it was sent back.
    pub goods: Option<ReturnedGoods>,
}

/// Something that happened to a claim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClaimHappened {
    /// UTC.
    pub at: OffsetDateTime,
    /// What; `None`: it was made.
    pub event: Option<ClaimEvent>,
    /// Where that led.
    pub to: ClaimState,
    /// buyer, guest, seller, helper, officer, system.
    pub actor_kind: String,
    /// What was said.
    pub text: String,
    /// What was offered, granted or decided.
    pub amount: Option<Vnd>,
}

/// Where the money of a claim is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RefundSums {
    /// Decided, and not handed over yet.
    pub owed: Vnd,
    /// Handed over, as the seller says.
    pub given_back: Vnd,
    /// Never paid, and no longer asked for.
    pub taken_off: Vnd,
    /// Until when what is owed is handed over, UTC.
    pub due_at: Option<OffsetDateTime>,
}

/// A claim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// Identifier.
    pub id: ClaimId,
    /// About which part.
    pub part: SellerOrderId,
    /// Of which order.
    pub order: OrderCode,
    /// Who sold.
    pub seller: SellerId,
    /// On the day of sale.
    pub seller_name: String,
    /// Where the shop is.
    pub commune: CommuneId,
    /// What is wrong.
    pub reason: ClaimReason,
    /// What is asked for.
    pub wish: ClaimWish,
    /// In the buyer's words.
    pub text: String,
    /// The goods spoil and stay with the buyer.
    pub is_fresh: bool,
    /// Where it stands.
    pub state: ClaimState,
    /// UTC.
    pub opened_at: OffsetDateTime,
    /// Until when whoever's turn it is may take it, UTC.
    pub due_at: Option<OffsetDateTime>,
    /// In a dispute: until when the seller is heard, UTC.
    pub answer_by: Option<OffsetDateTime>,
    /// Of the delivery fee, beside the lines.
    pub offered_shipping: Vnd,
    /// What the part's delivery cost.
    pub shipping: Vnd,
    /// In the order of the part.
    pub lines: Vec<ClaimLine>,
    /// What the buyer photographed.
    pub photos: Vec<PaperId>,
    /// The oldest first.
    pub history: Vec<ClaimHappened>,
    /// Where the money is.
    pub refund: RefundSums,
}

impl Claim {
    /// What the buyer asks for.
    #[must_use]
    pub fn asked(&self) -> Vnd {
        Vnd(self.lines.iter().map(|line| line.asked.0).sum())
    }

    /// What the seller offers, or the officer gave: lines and delivery.
    #[must_use]
    pub fn offered(&self) -> Vnd {
        let lines: i64 = self
            .lines
            .iter()
            .filter_map(|line| line.offered)
            .map(|amount| amount.0)
            .sum();
        Vnd(lines + self.offered_shipping.0)
    }

    /// Whether `by` may take that step now.
    #[must_use]
    pub const fn may(&self, event: ClaimEvent, by: Side) -> bool {
        may_step(self.state, event, by)
    }

    /// Whether the seller has said something since it is in dispute.
    #[must_use]
    pub fn is_answered(&self) -> bool {
        let of_buyer = |kind: &str| matches!(kind, "buyer" | "guest" | "system");
        let begun = self.history.iter().rposition(|happened| {
            matches!(
                happened.event,
                Some(ClaimEvent::Dispute | ClaimEvent::Lapse)
            )
        });
        self.history[begun.unwrap_or(0)..].iter().any(|happened| {
            matches!(
                happened.event,
                Some(ClaimEvent::Answer | ClaimEvent::Dispute)
            ) && !of_buyer(&happened.actor_kind)
        })
    }
}

/// A claim in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedClaim {
    /// Identifier.
    pub id: ClaimId,
    /// Of which order.
    pub order: OrderCode,
    /// Who sold.
    pub seller_name: String,
    /// The goods.
    pub names: String,
    /// What is wrong.
    pub reason: ClaimReason,
    /// Where it stands.
    pub state: ClaimState,
    /// What is asked for.
    pub asked: Vnd,
    /// What is owed and not handed over.
    pub owed: Vnd,
    /// UTC.
    pub opened_at: OffsetDateTime,
    /// UTC.
    pub due_at: Option<OffsetDateTime>,
}

/// Why something about a claim can't be done.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ClaimsRefusal {
    /// Fields are wrong.
    #[error("invalid fields")]
    Invalid(FieldErrors),
    /// There is none, or it is somebody else's.
    #[error("no such claim")]
    NotFound,
    /// The table has no such step from where it stands.
    #[error("not allowed any more")]
    WrongState,
    /// Nothing of the part can be claimed: not delivered, or too long ago.
    #[error("nothing can be claimed")]
    TooLate,
    /// One is open already.
    #[error("another claim is open")]
    AnotherOpen,
    /// The seller has not been heard yet and still has time.
    #[error("the seller still has time to answer")]
    NotHeard,
}

impl ClaimsRefusal {
    /// Every code, so that a test finds a message for each.
    pub const CODES: [&'static str; 6] = [
        "claims.invalid",
        "claims.not_found",
        "claims.wrong_state",
        "claims.too_late",
        "claims.another_open",
        "claims.not_heard",
    ];

    /// One wrong field.
    #[must_use]
    pub fn field(field: &str, code: &str) -> Self {
        let mut errors = FieldErrors::default();
        errors.add(field, code);
        Self::Invalid(errors)
    }
}

impl Refusal for ClaimsRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::Invalid(_) => "claims.invalid",
            Self::NotFound => "claims.not_found",
            Self::WrongState => "claims.wrong_state",
            Self::TooLate => "claims.too_late",
            Self::AnotherOpen => "claims.another_open",
            Self::NotHeard => "claims.not_heard",
        }
    }

    fn kind(&self) -> RefusalKind {
        match self {
            Self::Invalid(_) => RefusalKind::Invalid,
            Self::NotFound => RefusalKind::NotFound,
            Self::WrongState | Self::TooLate | Self::AnotherOpen | Self::NotHeard => {
                RefusalKind::Conflict
            }
        }
    }

    fn fields(&self) -> &[FieldError] {
        match self {
            Self::Invalid(errors) => &errors.0,
            _ => &[],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_share_is_never_more_than_the_line_and_all_of_it_is_the_line(
            line in 1i64..1_000_000_000, whole in 1i64..10_000_000, part in 0i64..10_000_000) {
            let part = part.min(whole);
            let quantity = Quantity::from_thousandths;
            let share = share_of_line(Vnd(line), quantity(part), quantity(whole));
            prop_assert!(share.0 >= 0 && share.0 <= line);
            prop_assert_eq!(share_of_line(Vnd(line), quantity(whole), quantity(whole)), Vnd(line));
            // Nobody is a đồng off by more than the rounding.
            let exact = i128::from(line) * i128::from(part);
            prop_assert!((i128::from(share.0) * i128::from(whole) - exact).abs() * 2 <= i128::from(whole));
        }
    }
}
