//! What the clock does with claims.
use super::{Outcome, Said, To, advance, lock, settle, tell};
use crate::claims::{ClaimEvent, ClaimState, Side};
use crate::kernel::{ClaimId, Role, Work};

/// Does what a time that passed means: a seller who was silent and goods that never came back go to an officer, an
/// offer that nobody answered is taken; a claim whose whole part came back is over. Up to `limit` of them, locked so
/// that two workers don't take the same. Answers how many.
///
/// # Errors
/// A fault of the database.
pub async fn round(work: &mut Work<'_>, limit: i64) -> Outcome<usize> {
    debug_assert!(work.actor.is(Role::System), "a worker's task");
    // Parts before claims, as everybody locks them.
    let parts = sqlx::query_scalar!(
        r#"select part.id from seller_orders as part
           where exists (
               select from claims where claims.seller_order_id = part.id and (
                   claims.due_at < $1 and claims.state in ('open', 'offered', 'returning')
                   or part.state = 'returned' and claims.state in ('open', 'offered', 'returning', 'disputed')))
           order by part.id limit $2 for no key update skip locked"#,
        work.now,
        limit,
    )
    .fetch_all(&mut *work.conn)
    .await?;
    let due = sqlx::query!(
        r#"select claims.id, part.state = 'returned' as "is_moot!"
           from claims join seller_orders as part on part.id = claims.seller_order_id
           where part.id = any($2) and (
               claims.due_at < $1 and claims.state in ('open', 'offered', 'returning')
               or part.state = 'returned' and claims.state in ('open', 'offered', 'returning', 'disputed'))
           order by claims.id"#,
        work.now,
        &parts,
    )
    .fetch_all(&mut *work.conn)
    .await?;
    for row in &due {
        let claim = lock(work, ClaimId(row.id)).await?;
        let said = Said::default();
        if row.is_moot {
            advance(work, &claim, ClaimEvent::Moot, Side::Clock, None, said).await?;
        } else if claim.state == ClaimState::Offered {
            advance(work, &claim, ClaimEvent::Lapse, Side::Clock, None, said).await?;
            settle::pay(work, &claim).await?;
            tell(work, claim.part, To::Seller, "claim_taken").await?;
        } else {
            settle::dispute(work, &claim, ClaimEvent::Lapse, Side::Clock, "").await?;
            tell(work, claim.part, To::Seller, "claim_disputed").await?;
        }
    }
    Ok(due.len())
}
