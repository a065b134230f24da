//! From which lot a product is sold, and lots that are over.
use super::{Outcome, happened, leave_shelf, lock_own, stand};
use crate::kernel::outbox::{Topic, tell};
use crate::kernel::{LotId, Work};
use crate::trace::LotEvent;

/// The lot's product is sold from it from now on, and no longer from the one before.
///
/// # Errors
/// The lot is over or was recalled.
pub async fn put_on_sale(work: &mut Work<'_>, id: LotId) -> Outcome<()> {
    let lot = lock_own(work, id).await?;
    lot.after(LotEvent::OnSale)?;
    let before = sqlx::query_scalar!(
        "select lot_id from current_lots where product_id = $1 for update",
        lot.product.0
    )
    .fetch_optional(&mut *work.conn)
    .await?;
    if before == Some(id.0) {
        return Ok(());
    }
    sqlx::query!(
        "insert into current_lots (product_id, lot_id, since) values ($1, $2, $3)
         on conflict (product_id) do update set lot_id = excluded.lot_id, since = excluded.since",
        lot.product.0,
        id.0,
        work.now,
    )
    .execute(&mut *work.conn)
    .await?;
    if let Some(before) = before {
        happened(work, LotId(before), LotEvent::OffSale, "", None).await?;
    }
    happened(work, id, LotEvent::OnSale, "", None).await?;
    tell(work, Topic::ProductChanged, &[lot.product.0]).await?;
    Ok(())
}

/// The lot's product is no longer sold from it; a second call changes nothing.
///
/// # Errors
/// The lot is over or was recalled.
pub async fn take_off_sale(work: &mut Work<'_>, id: LotId) -> Outcome<()> {
    let lot = lock_own(work, id).await?;
    lot.after(LotEvent::OffSale)?;
    if leave_shelf(work, &lot).await? {
        happened(work, id, LotEvent::OffSale, "", None).await?;
    }
    Ok(())
}

/// There is nothing of the lot any more; its product is no longer sold from it.
///
/// # Errors
/// It is over already or was recalled.
pub async fn close(work: &mut Work<'_>, id: LotId) -> Outcome<()> {
    let lot = lock_own(work, id).await?;
    let next = lot.after(LotEvent::Closed)?;
    stand(work, id, next).await?;
    leave_shelf(work, &lot).await?;
    happened(work, id, LotEvent::Closed, "", None).await?;
    Ok(())
}

/// There is something of the lot again.
///
/// # Errors
/// It is not over, or was recalled.
pub async fn reopen(work: &mut Work<'_>, id: LotId) -> Outcome<()> {
    let lot = lock_own(work, id).await?;
    let next = lot.after(LotEvent::Reopened)?;
    stand(work, id, next).await?;
    happened(work, id, LotEvent::Reopened, "", None).await?;
    Ok(())
}
