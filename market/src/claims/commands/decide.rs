//! What an officer decides between a buyer and a seller.
use super::{Outcome, Said, To, advance, lock, settle, tell};
use crate::claims::{ClaimEvent, ClaimState, ClaimsRefusal, Ruling, Side};
use crate::kernel::{ClaimId, Permission, Right, Vnd, Work};

/// Decides a claim in dispute, with a reason: all or a part of what was asked, or nothing. The seller was heard, or let
/// the time for that pass. Who belongs to the shop decides nothing about it.
///
/// # Errors
/// It is not the officer's; it is not in dispute; the seller still has time; no reason; more than was asked.
pub async fn decide(work: &mut Work<'_>, id: ClaimId, ruling: &Ruling) -> Outcome<ClaimState> {
    let claim = lock(work, id).await?;
    let is_own = work
        .actor
        .memberships
        .iter()
        .any(|membership| membership.seller == claim.seller);
    if is_own
        || !work
            .actor
            .may(Right::Office(Permission::Feedback, claim.commune))
    {
        return Err(ClaimsRefusal::NotFound.into());
    }
    if claim.state != ClaimState::Disputed {
        return Err(ClaimsRefusal::WrongState.into());
    }
    if ruling.text.is_empty() {
        return Err(ClaimsRefusal::field("text", "required").into());
    }
    let is_heard = sqlx::query_scalar!(
        r#"select exists (
            select from claim_events as said
            where said.claim_id = $1 and said.event in ('answer', 'dispute') and said.actor_kind not in ('buyer', 'guest', 'system')
                and said.id >= (
                    select max(begun.id) from claim_events as begun
                    where begun.claim_id = $1 and begun.to_state = 'disputed' and begun.from_state <> 'disputed')) as "is_heard!""#,
        id.0
    )
    .fetch_one(&mut *work.conn)
    .await?;
    if !is_heard && claim.answer_by.is_some_and(|until| work.now < until) {
        return Err(ClaimsRefusal::NotHeard.into());
    }
    settle::offer(work, &claim, ruling).await?;
    let said = Said {
        text: &ruling.text,
        amount: Some(ruling.total()),
    };
    let state = if ruling.total() == Vnd::ZERO {
        advance(work, &claim, ClaimEvent::Decline, Side::Officer, None, said).await?
    } else {
        let state = advance(work, &claim, ClaimEvent::Decide, Side::Officer, None, said).await?;
        settle::pay(work, &claim).await?;
        state
    };
    tell(work, claim.part, To::Buyer, "claim_decided").await?;
    tell(work, claim.part, To::Seller, "claim_decided").await?;
    Ok(state)
}
