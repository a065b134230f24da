//! What the seller does about a claim.
use super::{Outcome, Said, To, advance, lock, settle, tell};
use crate::claims::queries::deadlines;
use crate::claims::{ClaimEvent, ClaimState, ClaimsRefusal, ReturnedGoods, Ruling, Side};
use crate::kernel::{ClaimId, OrderLineId, Right, Vnd, Work};

/// What a seller says to a claim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Gives money back: all that was asked settles it, less is an offer.
    Pay(Ruling),
    /// Wants the goods back first, for all that was asked.
    TakeBack(String),
    /// Declines, and says why.
    Refuse(String),
    /// Says something to the officer who decides.
    Say(String),
    /// The goods are back: what became of each line.
    Received(Vec<(OrderLineId, ReturnedGoods)>),
    /// What came back is not what was sent, or nothing did: an officer looks.
    Contest(String),
}

/// Answers a claim as its seller.
///
/// # Errors
/// It is another shop's; the table has no such step; what is wrong, at its field.
pub async fn answer(work: &mut Work<'_>, id: ClaimId, answer: &Answer) -> Outcome<ClaimState> {
    let claim = lock(work, id).await?;
    if !work.actor.may(Right::Fulfil(claim.seller)) {
        return Err(ClaimsRefusal::NotFound.into());
    }
    let times = deadlines(&mut *work.conn, claim.opened_at).await?;
    let state = match answer {
        Answer::Pay(ruling) => {
            if ruling.total() == Vnd::ZERO {
                return Err(ClaimsRefusal::field("text", "claim_nothing").into());
            }
            let is_all = settle::offer(work, &claim, ruling).await?;
            let said = Said {
                text: &ruling.text,
                amount: Some(ruling.total()),
            };
            if is_all {
                let state =
                    advance(work, &claim, ClaimEvent::Grant, Side::Seller, None, said).await?;
                settle::pay(work, &claim).await?;
                state
            } else {
                let until = Some(work.now + times.offer_answer);
                advance(work, &claim, ClaimEvent::Offer, Side::Seller, until, said).await?
            }
        }
        Answer::TakeBack(text) => {
            if claim.is_fresh {
                return Err(ClaimsRefusal::WrongState.into());
            }
            let ruling = settle::all_of_it(work, &claim).await?;
            settle::offer(work, &claim, &ruling).await?;
            let said = Said {
                text,
                amount: Some(ruling.total()),
            };
            let until = Some(work.now + times.goods_back);
            advance(
                work,
                &claim,
                ClaimEvent::TakeBack,
                Side::Seller,
                until,
                said,
            )
            .await?
        }
        Answer::Refuse(text) => {
            let until = Some(work.now + times.dispute_open);
            let said = Said { text, amount: None };
            advance(work, &claim, ClaimEvent::Refuse, Side::Seller, until, said).await?
        }
        Answer::Say(text) => {
            let said = Said { text, amount: None };
            let due_at = claim.due_at;
            return advance(work, &claim, ClaimEvent::Answer, Side::Seller, due_at, said).await;
        }
        Answer::Received(goods) => {
            let said = Said::default();
            let state =
                advance(work, &claim, ClaimEvent::Receive, Side::Seller, None, said).await?;
            settle::take_goods(work, &claim, goods).await?;
            settle::pay(work, &claim).await?;
            state
        }
        Answer::Contest(text) => {
            settle::dispute(work, &claim, ClaimEvent::Dispute, Side::Seller, text).await?
        }
    };
    tell(work, claim.part, To::Buyer, "claim_answered").await?;
    Ok(state)
}
