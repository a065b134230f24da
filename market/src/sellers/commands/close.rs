//! The end of a shop.
use serde_json::json;

use super::{Details, Outcome, happened, moved, own};
use crate::accounts::Again;
use crate::accounts::commands::knows_password;
use crate::kernel::audit::{Deed, record};
use crate::kernel::{Actor, Right, SellerId, Store, Work};
use crate::sellers::{Mover, SellersRefusal, ShopEvent};

/// Closes a shop for good: its goods are off sale, consents to helpers end, and what was sold stays on record for as
/// long as the law wants it. Its owner, who is asked once more who it is, can still download its data.
///
/// # Errors
/// Not the owner; [`SellersRefusal::OrdersUnderWay`] while a buyer waits for something; a shop that is suspended or
/// will be, which does not get out of that; closed already;
/// [`knows_password`]'s.
pub async fn close(store: &Store, actor: &Actor, again: Again<'_>, id: SellerId) -> Outcome<()> {
    crate::transact!(store, actor, work => own(work, id, Right::Own(id)).await)?;
    knows_password(store, actor, again)
        .await
        .map_err(|failure| failure.map(SellersRefusal::Account))?;
    crate::transact!(store, actor, work => end(work, id).await)
}

async fn end(work: &mut Work<'_>, id: SellerId) -> Outcome<()> {
    // With the row locked no order comes in: placing one looks at the shop under a lock of its own.
    let shop = own(work, id, Right::Own(id)).await?;
    let next = moved(&shop, ShopEvent::Closed, Mover::Household)?;
    let count = sqlx::query_scalar!(
        r#"select count(*) as "count!" from seller_orders
           where seller_id = $1 and state not in ('completed', 'cancelled', 'returned')"#,
        id.0
    )
    .fetch_one(&mut *work.conn)
    .await?;
    if count > 0 {
        return Err(SellersRefusal::OrdersUnderWay { count }.into());
    }
    let consents = sqlx::query_scalar!(
        "update household_consents set ended_at = $2, ended_by = $3 where seller_id = $1 and ended_at is null returning id",
        id.0,
        work.now,
        work.actor.person.map(|person| person.0),
    )
    .fetch_all(&mut *work.conn)
    .await?;
    for consent in consents {
        let ended = Deed {
            action: "consent.ended",
            subject_kind: "household_consent",
            subject: consent,
            before: None,
            after: Some(json!({ "reason": "" })),
        };
        record(work, ended).await?;
    }
    let closed = sqlx::query!(
        "with asked as (delete from member_invitations where seller_id = $1)
         update sellers set status = $2, paused_since = null, paused_until = null where id = $1 and suspends_on is null",
        id.0,
        next.as_str(),
    )
    .execute(&mut *work.conn)
    .await?
    .rows_affected();
    if closed != 1 {
        return Err(SellersRefusal::WrongState.into());
    }
    happened(work, id, ShopEvent::Closed, Details::default()).await?;
    Ok(())
}
