//! Making a claim, answering it, and settling it. Whoever does something locks the part of the order first and the
//! claim then, as everything does that moves a part on.
mod answer;
mod clock;
mod decide;
mod open;
mod photos;
mod settle;

use serde_json::json;
use time::OffsetDateTime;
use uuid::Uuid;

use super::{ClaimEvent, ClaimState, ClaimsRefusal, Side, step};
use crate::kernel::audit::{Deed, record};
use crate::kernel::error::broken_row;
use crate::kernel::message::{self, Args};
use crate::kernel::{
    ClaimId, CommuneId, Failure, Fault, OrderCode, Phone, SellerId, SellerOrderId, Vnd, Work,
};

pub use answer::{Answer, answer};
pub use clock::{remind_of_refunds, settle_due};
pub use decide::decide;
pub use open::{BuyerStep, claim_of_order, open, take_step};
pub use photos::{accept_photo, look, look_as_buyer, show_in_message, sweep};

type Outcome<T> = Result<T, Failure<ClaimsRefusal>>;

/// A claim whose row, and whose part's, is locked until the transaction ends.
struct Locked {
    id: ClaimId,
    part: SellerOrderId,
    seller: SellerId,
    commune: CommuneId,
    state: ClaimState,
    is_fresh: bool,
    opened_at: OffsetDateTime,
    due_at: Option<OffsetDateTime>,
    answer_by: Option<OffsetDateTime>,
}

async fn lock(work: &mut Work<'_>, id: ClaimId) -> Outcome<Locked> {
    let part = sqlx::query!(
        "select part.id, part.seller_id, sellers.commune_id
         from seller_orders as part join sellers on sellers.id = part.seller_id
         where part.id = (select seller_order_id from claims where id = $1)
         for no key update of part",
        id.0
    )
    .fetch_optional(&mut *work.conn)
    .await?
    .ok_or(ClaimsRefusal::NotFound)?;
    let row = sqlx::query!(
        "select state, is_fresh, opened_at, due_at, answer_by from claims where id = $1 for update",
        id.0
    )
    .fetch_one(&mut *work.conn)
    .await?;
    Ok(Locked {
        id,
        part: SellerOrderId(part.id),
        seller: SellerId(part.seller_id),
        commune: CommuneId(part.commune_id),
        state: ClaimState::parse(&row.state).ok_or_else(|| broken_row("claims", "state", id))?,
        is_fresh: row.is_fresh,
        opened_at: row.opened_at,
        due_at: row.due_at,
        answer_by: row.answer_by,
    })
}

/// What a step says beside its name.
#[derive(Clone, Copy, Debug, Default)]
struct Said<'s> {
    text: &'s str,
    amount: Option<Vnd>,
}

/// Takes one step of the table and writes it down. From there on whoever's turn it is has until `due_at`.
async fn advance(
    work: &mut Work<'_>,
    claim: &Locked,
    event: ClaimEvent,
    by: Side,
    due_at: Option<OffsetDateTime>,
    said: Said<'_>,
) -> Outcome<ClaimState> {
    let next = step(claim.state, event, by).map_err(|_| ClaimsRefusal::WrongState)?;
    let moved = sqlx::query!(
        "update claims set state = $2, state_since = $3, due_at = $4 where id = $1 and state = $5",
        claim.id.0,
        next.as_str(),
        work.now,
        due_at,
        claim.state.as_str(),
    )
    .execute(&mut *work.conn)
    .await?
    .rows_affected();
    if moved != 1 {
        return Err(Fault::overtaken().into());
    }
    happened(work, claim.id, Some((event, claim.state)), next, by, said).await?;
    if by != Side::Clock && work.actor.person.is_some() && by != Side::Buyer {
        record(
            work,
            Deed {
                action: &format!("claim.{}", event.as_str()),
                subject_kind: "claim",
                subject: claim.id.0,
                before: Some(json!({ "state": claim.state.as_str() })),
                after: Some(json!({ "state": next.as_str(), "amount_vnd": said.amount })),
            },
        )
        .await?;
    }
    Ok(next)
}

async fn happened(
    work: &mut Work<'_>,
    id: ClaimId,
    from: Option<(ClaimEvent, ClaimState)>,
    to: ClaimState,
    by: Side,
    said: Said<'_>,
) -> Result<(), Fault> {
    let actor_kind = match by {
        Side::Buyer if work.actor.person.is_none() => "guest",
        Side::Buyer => "buyer",
        _ => work.actor.kind(),
    };
    sqlx::query!(
        "with happened as (
             insert into claim_events (claim_id, at, event, from_state, to_state, actor_kind, person_id, amount_vnd)
             values ($1, $2, $3, $4, $5, $6, $7, $9)
             returning id
         )
         insert into claim_words (event_id, claim_id, text) select id, $1, $8::text from happened where $8::text <> ''",
        id.0,
        work.now,
        from.map_or("made", |(event, _)| event.as_str()),
        from.map(|(_, state)| state.as_str()),
        to.as_str(),
        actor_kind,
        work.actor.person.map(|person| person.0),
        said.text,
        said.amount.map(|amount| amount.0),
    )
    .execute(&mut *work.conn)
    .await?;
    Ok(())
}

/// A message about a claim is worth sending for so long.
const MESSAGE_LIFE: time::Duration = time::Duration::days(2);

/// Whom a message about a claim goes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum To {
    /// Who ordered; of a gift who gives it.
    Buyer,
    /// The shop.
    Seller,
}

/// Writes a short message about a claim: which order, no more.
async fn tell(work: &mut Work<'_>, part: SellerOrderId, to: To, kind: &str) -> Result<(), Fault> {
    let row = sqlx::query!(
        r#"select orders.code, orders.is_sample, coalesce(orders.buyer_phone, orders.contact_phone) as buyer_phone, sellers.phone as seller_phone
           from seller_orders as part
           join orders on orders.id = part.order_id
           join sellers on sellers.id = part.seller_id
           where part.id = $1"#,
        part.0
    )
    .fetch_one(&mut *work.conn)
    .await?;
    if row.is_sample {
        return Ok(());
    }
    let phone = match to {
        To::Buyer => row.buyer_phone,
        To::Seller => Some(row.seller_phone),
    };
    // Who was forgotten hears nothing more.
    let Some(phone) = phone else { return Ok(()) };
    let phone = Phone::parse(&phone).map_err(|_| broken_row("orders", "phone", part))?;
    let code = OrderCode::parse(&row.code).map_err(|_| broken_row("orders", "code", part))?;
    let args = Args::from([("code".to_owned(), code.to_string())]);
    let expires_at = work.now + MESSAGE_LIFE;
    message::write(work, &phone, kind, args, "vi", expires_at).await?;
    Ok(())
}

/// Ids of `pairs`, as the database takes them.
fn ids<T>(pairs: &[(crate::kernel::OrderLineId, T)]) -> Vec<Uuid> {
    pairs.iter().map(|(line, _)| line.0).collect()
}
