//! What is done about an authority's request.
mod clock;
mod export;
mod look;
mod register;
mod steps;

use serde_json::Value;

use super::{AuthoritiesRefusal, RequestEvent, RequestState};
use crate::kernel::audit::{Deed, record};
use crate::kernel::error::broken_row;
use crate::kernel::{Actor, AuthorityRequestId, Failure, Permission, Right, Work};

pub use clock::round;
pub use export::{Exported, export};
pub use look::{look, look_at_scan};
pub use register::register;
pub use steps::take_step;

type Outcome<T> = Result<T, Failure<AuthoritiesRefusal>>;

/// Whether somebody answers authorities: for the province as a whole, since a request names any shop.
#[must_use]
pub fn may_answer(actor: &Actor) -> bool {
    actor.may(Right::Province(Permission::Authorities))
}

fn allowed(work: &Work<'_>) -> Outcome<()> {
    if may_answer(&work.actor) {
        Ok(())
    } else {
        Err(AuthoritiesRefusal::NotAllowed.into())
    }
}

/// Where a request stands, its row locked until the transaction ends. One about a shop of the actor's own is not
/// there.
async fn lock(work: &mut Work<'_>, id: AuthorityRequestId) -> Outcome<RequestState> {
    allowed(work)?;
    let own = super::queries::own_shops(&work.actor);
    let state = sqlx::query_scalar!(
        "select state from authority_requests
         where id = $1 and not is_request_about(seller_id, order_id, $2)
         for update",
        id.0,
        &own,
    )
    .fetch_optional(&mut *work.conn)
    .await?
    .ok_or(AuthoritiesRefusal::NotFound)?;
    Ok(RequestState::parse(&state).ok_or_else(|| broken_row("authority_requests", "state", id))?)
}

/// Writes an event into a request's history, and that it was done into the audit log; what was said stays in the
/// history alone.
async fn happened(
    work: &mut Work<'_>,
    id: AuthorityRequestId,
    event: RequestEvent,
    text: &str,
    letter_no: &str,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "insert into authority_request_events (request_id, at, event, actor_kind, person_id, text, letter_no)
         values ($1, $2, $3, $4, $5, $6, $7)",
        id.0,
        work.now,
        event.as_str(),
        work.actor.kind(),
        work.actor.person.map(|person| person.0),
        text,
        letter_no,
    )
    .execute(&mut *work.conn)
    .await?;
    deed(work, id, &format!("authority.{}", event.as_str()), None).await
}

async fn deed(
    work: &mut Work<'_>,
    id: AuthorityRequestId,
    action: &str,
    after: Option<Value>,
) -> Result<(), sqlx::Error> {
    record(
        work,
        Deed {
            action,
            subject_kind: "authority_request",
            subject: id.0,
            before: None,
            after,
        },
    )
    .await
}
