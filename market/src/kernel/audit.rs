//! Who did what to what, kept for ever: the table refuses changes.
use serde_json::Value;
use sqlx::PgExecutor;
use time::OffsetDateTime;
use uuid::Uuid;

use super::error::Fault;
use super::ids::SellerId;
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

/// A deed about a shop, whole: for who takes it out by law.
#[derive(Clone, Debug)]
pub struct KeptDeed {
    /// Grows in the order of writing.
    pub id: i64,
    /// UTC.
    pub at: OffsetDateTime,
    /// As what it was done.
    pub actor_kind: String,
    /// By whom, where it was a person.
    pub person: Option<String>,
    /// The network address that it came from.
    pub address: String,
    /// What was done.
    pub action: String,
    /// To what kind of thing.
    pub subject_kind: String,
    /// What it was.
    pub before: Option<Value>,
    /// What it became.
    pub after: Option<Value>,
}

/// The next `limit` deeds about a shop behind the deed `after`, in the order of writing, from and until before
/// those instants.
pub async fn about_seller(
    db: impl PgExecutor<'_>,
    seller: SellerId,
    (from, until): (Option<OffsetDateTime>, Option<OffsetDateTime>),
    after: i64,
    limit: i64,
) -> Result<Vec<KeptDeed>, Fault> {
    let deeds = sqlx::query_as!(
        KeptDeed,
        r#"select log.id, log.at, log.actor_kind, people.name as "person?", log.address, log.action, log.subject_kind, log.before, log.after
           from audit_log as log
           left join people on people.id = log.person_id
           where log.seller_id = $1 and log.id > $4
               and ($2::timestamptz is null or log.at >= $2) and ($3::timestamptz is null or log.at < $3)
           order by log.id
           limit $5"#,
        seller.0,
        from,
        until,
        after,
        limit,
    )
    .fetch_all(db)
    .await?;
    Ok(deeds)
}
