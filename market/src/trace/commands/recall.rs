//! Calling a lot back.
use super::{Outcome, happened, leave_shelf, lock, stand};
use crate::kernel::{LotId, Right, Work};
use crate::trace::{LotEvent, LotState, TraceRefusal, may_recall};

/// Marks a lot as recalled, for good: nothing is sold from it any more. Whoever packs goods of it meanwhile has waited
/// for this, or this for them. Answers whether this call did it, or an earlier one. Orders alone call it, who tell the
/// buyers.
///
/// # Errors
/// The lot is not there for the actor, or is not theirs to recall.
pub async fn mark_recalled(work: &mut Work<'_>, id: LotId, reason: &str) -> Outcome<bool> {
    let lot = lock(work, id).await?;
    if !may_recall(&work.actor, lot.seller, lot.commune) {
        let sees = work.actor.may(Right::List(lot.seller));
        return Err(if sees {
            TraceRefusal::NotAllowed.into()
        } else {
            TraceRefusal::NotFound.into()
        });
    }
    if lot.state == LotState::Recalled {
        return Ok(false);
    }
    let next = lot.after(LotEvent::Recalled)?;
    stand(work, id, next).await?;
    leave_shelf(work, &lot).await?;
    happened(work, id, LotEvent::Recalled, reason, None).await?;
    Ok(true)
}
