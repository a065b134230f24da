//! How long each side may take: one table that is both shown and enforced.
use time::{Duration, OffsetDateTime};

/// Product sets whose goods spoil: fresh vegetables, fruit and nuts; fresh meat, fish, eggs and milk; flowers
/// (26/2026/QĐ-TTg).
pub const FRESH_SETS: [i16; 3] = [1, 2, 23];

/// Whether goods of that set spoil, so that they are claimed within hours and never sent back.
#[must_use]
pub fn is_fresh(set: Option<i16>) -> bool {
    set.is_some_and(|set| FRESH_SETS.contains(&set))
}

/// The deadlines in effect on one day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deadlines {
    /// After delivery: fresh goods.
    pub claim_fresh: Duration,
    /// After delivery: everything else.
    pub claim_other: Duration,
    /// The seller's first answer.
    pub claim_answer: Duration,
    /// The buyer's answer to an offer.
    pub offer_answer: Duration,
    /// Until goods that are sent back are there.
    pub goods_back: Duration,
    /// For taking a refusal to an officer.
    pub dispute_open: Duration,
    /// For the seller's word on a dispute.
    pub dispute_answer: Duration,
    /// For the officer's decision.
    pub dispute_decide: Duration,
    /// For giving money back.
    pub refund: Duration,
}

impl Deadlines {
    /// Until when goods that were delivered at `delivered_at` can be claimed.
    #[must_use]
    pub fn until(&self, delivered_at: OffsetDateTime, set: Option<i16>) -> OffsetDateTime {
        delivered_at
            + if is_fresh(set) {
                self.claim_fresh
            } else {
                self.claim_other
            }
    }
}
