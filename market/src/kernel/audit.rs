//! Who did what to what, kept for ever: the table refuses changes.
use serde_json::Value;
use uuid::Uuid;

use super::work::Work;

/// One deed, in the words of the slice that did it.
pub struct Deed<'a> {
    /// `product.published`, `session.started`, …
    pub action: &'a str,
    /// The table's name in the singular: `product`, `seller_order`, …
    pub subject_kind: &'a str,
    /// The row.
    pub subject: Uuid,
    /// What it was, where that matters.
    pub before: Option<Value>,
    /// What it became.
    pub after: Option<Value>,
}

/// Writes the deed down, in the transaction of `work`, with its actor, for whom it acts, from where, and its
/// instant.
pub async fn record(work: &mut Work<'_>, deed: Deed<'_>) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "insert into audit_log (at, actor_kind, person_id, on_behalf_of, address, action, subject_kind, subject, before, after)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        work.now,
        work.actor.kind(),
        work.actor.person.map(|person| person.0),
        work.actor.acting.as_ref().map(|acting| acting.seller.0),
        work.actor.address,
        deed.action,
        deed.subject_kind,
        deed.subject,
        deed.before,
        deed.after,
    )
    .execute(&mut *work.conn)
    .await?;
    Ok(())
}
