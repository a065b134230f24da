//! What the clock does with claims.
use super::{Outcome, Said, To, advance, lock, settle, tell};
use crate::claims::{ClaimEvent, ClaimState, Side};
use crate::kernel::{ClaimId, Fault, Role, SellerOrderId, Work};

/// Does what one time that passed means: a seller who was silent and goods that never came back go to an officer, an
/// offer that nobody answered is taken. One at a time, so that what one spoils holds up none of the others; two workers
/// don't take the same. Answers whether there was one.
///
/// # Errors
/// A fault of the database.
pub async fn settle_due(work: &mut Work<'_>) -> Outcome<bool> {
    debug_assert!(work.actor.is(Role::System), "a worker's task");
    // The part before the claim, as everybody locks them.
    let part = sqlx::query_scalar!(
        "select part.id from seller_orders as part
         where exists (
             select from claims
             where claims.seller_order_id = part.id and claims.due_at < $1 and claims.state in ('open', 'offered', 'returning'))
         order by part.id limit 1 for no key update skip locked",
        work.now,
    )
    .fetch_optional(&mut *work.conn)
    .await?;
    let Some(part) = part else {
        return Ok(false);
    };
    let due = sqlx::query_scalar!(
        "select id from claims
         where seller_order_id = $2 and due_at < $1 and state in ('open', 'offered', 'returning') limit 1",
        work.now,
        part,
    )
    .fetch_optional(&mut *work.conn)
    .await?;
    let Some(id) = due else {
        return Ok(true);
    };
    let claim = lock(work, ClaimId(id)).await?;
    if claim.state == ClaimState::Offered {
        let said = Said::default();
        advance(work, &claim, ClaimEvent::Lapse, Side::Clock, None, said).await?;
        settle::pay(work, &claim).await?;
        tell(work, claim.part, To::Seller, "claim_taken").await?;
    } else {
        settle::dispute(work, &claim, ClaimEvent::Lapse, Side::Clock, "").await?;
        tell(work, claim.part, To::Seller, "claim_disputed").await?;
    }
    Ok(true)
}

/// Reminds shops once that money which was decided is overdue; officers see it in their list from then on. Up to
/// `limit`, locked so that two workers don't remind twice.
///
/// # Errors
/// A fault of the database.
pub async fn remind_of_refunds(work: &mut Work<'_>, limit: i64) -> Result<(), Fault> {
    let overdue = sqlx::query_scalar!(
        "with reminded as (
             update refunds set reminded_at = $1
             where id in (
                 select id from refunds where status = 'owed' and due_at < $1 and reminded_at is null
                 order by due_at limit $2 for no key update skip locked)
             returning payment_id
         )
         select distinct payments.seller_order_id from reminded join payments on payments.id = reminded.payment_id",
        work.now,
        limit,
    )
    .fetch_all(&mut *work.conn)
    .await?;
    for part in overdue {
        tell(work, SellerOrderId(part), To::Seller, "refund_overdue").await?;
    }
    Ok(())
}
