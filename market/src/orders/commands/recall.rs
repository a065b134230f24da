//! Calling a lot back from its buyers: who they are, and what they are told.
use std::collections::BTreeMap;

use time::Duration;
use uuid::Uuid;

use crate::kernel::audit::{Deed, record};
use crate::kernel::error::broken_row;
use crate::kernel::message::{self, Args};
use crate::kernel::{CommuneId, Failure, LotId, Phone, Right, SellerId, Work};
use crate::orders::{LotBuyer, queries};
use crate::trace::commands::mark_recalled;
use crate::trace::{RecallForm, TraceRefusal, may_recall};

type Outcome<T> = Result<T, Failure<TraceRefusal>>;

/// The text of short messages about recalls, by its key.
const MESSAGE: &str = "lot_recalled";
/// A gateway that is down so long has other troubles; the recall's page still says who was to be told.
const SENT_WITHIN: Duration = Duration::days(7);

/// Who has goods of a lot, for who may recall it. An officer's look at a shop's buyers is on record.
///
/// # Errors
/// The lot is not there for the actor, or is not theirs to recall.
pub async fn see_buyers(work: &mut Work<'_>, lot: LotId) -> Outcome<Vec<LotBuyer>> {
    let is_owner = allowed(work, lot).await?;
    if !is_owner && work.actor.person.is_some() {
        record(
            work,
            Deed {
                action: "lot.buyers_seen",
                subject_kind: "lot",
                subject: lot.0,
                before: None,
                after: None,
            },
        )
        .await?;
    }
    Ok(queries::buyers_of_lot(&mut *work.conn, lot).await?)
}

/// Recalls a lot: it is sold and sent no more, its page says so, and every buyer is told by one message. However often
/// and by whomever it is asked for at the same moment, it is done once, with the words of the first.
///
/// # Errors
/// What is wrong, at its field; the lot is not there for the actor, or is not theirs to recall.
pub async fn recall(work: &mut Work<'_>, lot: LotId, form: &RecallForm) -> Outcome<()> {
    allowed(work, lot).await?;
    let words = form.parse().map_err(TraceRefusal::Invalid)?;
    if !mark_recalled(work, lot, &words.reason).await? {
        return Ok(());
    }
    sqlx::query!(
        "insert into recalls (lot_id, at, actor_kind, person_id, message) values ($1, $2, $3, $4, $5)",
        lot.0,
        work.now,
        work.actor.kind(),
        work.actor.person.map(|person| person.0),
        words.message,
    )
    .execute(&mut *work.conn)
    .await?;
    tell(work, lot, &words.message).await
}

/// Tells those buyers of a recalled lot that were not told: it turned out later that they have goods of it.
///
/// # Errors
/// The lot is not there for the actor, is not theirs to recall, or was not recalled.
pub async fn tell_rest(work: &mut Work<'_>, lot: LotId) -> Outcome<()> {
    allowed(work, lot).await?;
    // Whoever taps twice waits here for the first.
    let words = sqlx::query_scalar!(
        "select recalls.message from lots join recalls on recalls.lot_id = lots.id
         where lots.id = $1
         for no key update of lots",
        lot.0,
    )
    .fetch_optional(&mut *work.conn)
    .await?
    .ok_or(TraceRefusal::WrongState)?;
    tell(work, lot, &words).await
}

/// Whether the actor owns the lot's shop; an officer who looks after it does not.
async fn allowed(work: &mut Work<'_>, lot: LotId) -> Outcome<bool> {
    let row = sqlx::query!(
        "select lots.seller_id, sellers.commune_id from lots join sellers on sellers.id = lots.seller_id where lots.id = $1",
        lot.0
    )
    .fetch_optional(&mut *work.conn)
    .await?
    .ok_or(TraceRefusal::NotFound)?;
    let (seller, commune) = (SellerId(row.seller_id), CommuneId(row.commune_id));
    if may_recall(&work.actor, seller, commune) {
        Ok(work.actor.may(Right::Own(seller)))
    } else if work.actor.may(Right::List(seller)) {
        Err(TraceRefusal::NotAllowed.into())
    } else {
        Err(TraceRefusal::NotFound.into())
    }
}

/// Writes a message to each telephone of buyers who were not told yet; the lot's row is locked.
async fn tell(work: &mut Work<'_>, lot: LotId, words: &str) -> Outcome<()> {
    let rows = sqlx::query!(
        r#"select distinct orders.id, orders.contact_phone as "phone!"
           from line_lots
           join order_lines as line on line.id = line_lots.line_id
           join seller_orders as part on part.id = line.seller_order_id
           join orders on orders.id = part.order_id
           where line_lots.lot_id = $1 and part.state <> 'cancelled' and orders.contact_phone is not null
               and not exists (
                   select from recall_messages where recall_messages.lot_id = $1 and recall_messages.order_id = orders.id)
           order by orders.id"#,
        lot.0,
    )
    .fetch_all(&mut *work.conn)
    .await?;
    let mut by_phone: BTreeMap<String, Vec<Uuid>> = BTreeMap::new();
    for row in rows {
        by_phone.entry(row.phone).or_default().push(row.id);
    }
    for (phone, orders) in by_phone {
        let to =
            Phone::parse(&phone).map_err(|_| broken_row("orders", "contact_phone", orders[0]))?;
        let args = Args::from([("text".to_owned(), words.to_owned())]);
        let expires_at = work.now + SENT_WITHIN;
        let id = message::write(work, &to, MESSAGE, args, "vi", expires_at).await?;
        sqlx::query!(
            "insert into recall_messages (lot_id, order_id, message_id, at)
             select $1, told.order_id, $3, $4 from unnest($2::uuid[]) as told (order_id)",
            lot.0,
            &orders,
            id,
            work.now,
        )
        .execute(&mut *work.conn)
        .await?;
    }
    Ok(())
}
