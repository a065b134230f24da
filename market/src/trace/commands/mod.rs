//! Writing lots down, and what happens to them.
mod looks;
mod make;
mod photos;
mod recall;
mod steps;

use serde_json::Value;
use time::Date;

use super::{LotEvent, LotState, TraceRefusal, transition};
use crate::kernel::audit::{Deed, record};
use crate::kernel::error::broken_row;
use crate::kernel::outbox::{Topic, tell};
use crate::kernel::{CommuneId, Failure, LotId, ProductId, Right, SellerId, Work};

pub use looks::count_look;
pub use make::{add_input, make};
pub use photos::{add_photo, remove_photo};
pub use recall::mark_recalled;
pub use steps::{close, put_on_sale, reopen, take_off_sale};

type Outcome<T> = Result<T, Failure<TraceRefusal>>;

/// A lot whose row is locked until the transaction ends.
struct Locked {
    id: LotId,
    seller: SellerId,
    commune: CommuneId,
    product: ProductId,
    made_on: Date,
    state: LotState,
}

impl Locked {
    /// Where the lot stands after `event`.
    fn after(&self, event: LotEvent) -> Outcome<LotState> {
        transition(self.state, event).map_err(|_| TraceRefusal::WrongState.into())
    }
}

/// Locks the lot. Rows that name it may still be written by others: only its state must not move meanwhile.
async fn lock(work: &mut Work<'_>, id: LotId) -> Outcome<Locked> {
    let row = sqlx::query!(
        "select lots.seller_id, sellers.commune_id, lots.product_id, lots.made_on, lots.state
         from lots join sellers on sellers.id = lots.seller_id
         where lots.id = $1
         for no key update of lots",
        id.0,
    )
    .fetch_optional(&mut *work.conn)
    .await?
    .ok_or(TraceRefusal::NotFound)?;
    Ok(Locked {
        id,
        seller: SellerId(row.seller_id),
        commune: CommuneId(row.commune_id),
        product: ProductId(row.product_id),
        made_on: row.made_on,
        state: LotState::parse(&row.state).ok_or_else(|| broken_row("lots", "state", id))?,
    })
}

/// Locks a lot of a shop whose goods the actor lists; somebody else's is not there.
async fn lock_own(work: &mut Work<'_>, id: LotId) -> Outcome<Locked> {
    let lot = lock(work, id).await?;
    if work.actor.may(Right::List(lot.seller)) {
        Ok(lot)
    } else {
        Err(TraceRefusal::NotFound.into())
    }
}

/// Writes an event into a lot's history, and that it was done into the audit log.
async fn happened(
    work: &mut Work<'_>,
    id: LotId,
    event: LotEvent,
    reason: &str,
    after: Option<Value>,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "insert into lot_events (lot_id, at, event, actor_kind, person_id, reason) values ($1, $2, $3, $4, $5, $6)",
        id.0,
        work.now,
        event.as_str(),
        work.actor.kind(),
        work.actor.person.map(|person| person.0),
        reason,
    )
    .execute(&mut *work.conn)
    .await?;
    record(
        work,
        Deed {
            action: &format!("lot.{}", event.as_str()),
            subject_kind: "lot",
            subject: id.0,
            before: None,
            after,
        },
    )
    .await
}

/// Moves the lot's state.
async fn stand(work: &mut Work<'_>, id: LotId, state: LotState) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "update lots set state = $2, state_since = $3 where id = $1",
        id.0,
        state.as_str(),
        work.now,
    )
    .execute(&mut *work.conn)
    .await?;
    Ok(())
}

/// The lot's product is sold from it no more; answers whether it was.
async fn leave_shelf(work: &mut Work<'_>, lot: &Locked) -> Result<bool, sqlx::Error> {
    let left = sqlx::query!("delete from current_lots where lot_id = $1", lot.id.0)
        .execute(&mut *work.conn)
        .await?
        .rows_affected();
    // The product's page names the lot.
    tell(work, Topic::ProductChanged, &[lot.product.0]).await?;
    Ok(left > 0)
}
