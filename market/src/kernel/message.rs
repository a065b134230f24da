//! Short messages to telephones: written in the transaction that makes them due, sent afterwards by a worker
//! through whatever gateway is configured, at least once.
use std::collections::BTreeMap;

use futures_util::future::BoxFuture;
use sqlx::types::Json;
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use super::error::{Fault, broken_row};
use super::phone::Phone;
use super::store::Store;
use super::text::fold;
use super::work::Work;

/// What a text mentions, by name.
pub type Args = BTreeMap<String, String>;

/// Words as the gateway takes them: letters without marks, and not more than `most`, so that a message is one message.
#[must_use]
pub fn plain(words: &str, most: usize) -> String {
    fold(words).chars().take(most).collect()
}

/// Sends a text to a telephone. Two real implementations: an HTTP gateway, and none.
pub trait SmsSender: Send + Sync {
    /// Sends `text`; the answer says why not.
    fn send<'a>(&'a self, to: &'a Phone, text: &'a str) -> BoxFuture<'a, Result<(), String>>;
}

/// A message that is due.
#[derive(Clone, Debug)]
pub struct Message {
    /// Identifier.
    pub id: Uuid,
    /// To whom.
    pub to: Phone,
    /// Which text.
    pub kind: String,
    /// What it mentions.
    pub args: Args,
    /// `vi` or `en`.
    pub lang: String,
}

/// Messages taken in one go.
const BATCH: i64 = 20;
/// A gateway that has not answered by then is asked again.
const CLAIM: Duration = Duration::minutes(2);
/// After so many failures a message waits for a person.
const ATTEMPTS: i32 = 6;

/// Writes a message down, in the transaction of `work`; it is sent once that is committed, and not after
/// `expires_at`, when nobody wants it any more.
pub async fn write(
    work: &mut Work<'_>,
    to: &Phone,
    kind: &str,
    args: Args,
    lang: &str,
    expires_at: OffsetDateTime,
) -> Result<Uuid, sqlx::Error> {
    let id: Uuid = work.new_id();
    sqlx::query!(
        "insert into messages (id, phone, kind, args, lang, created_at, available_at, expires_at) values ($1, $2, $3, $4, $5, $6, $6, $7)",
        id,
        to.as_str(),
        kind,
        Json(args) as _,
        lang,
        work.now,
        expires_at,
    )
    .execute(&mut *work.conn)
    .await?;
    Ok(id)
}

/// Takes messages that are due; nobody else takes them for two minutes.
pub async fn claim(work: &mut Work<'_>) -> Result<Vec<Message>, Fault> {
    let rows = sqlx::query!(
        r#"update messages set claimed_until = $2, attempts = attempts + 1
        where id in (
            select id from messages
            where available_at <= $1 and expires_at > $1 and sent_at is null and failed_at is null and (claimed_until is null or claimed_until < $1)
            order by available_at
            limit $3
            for update skip locked)
        returning id, phone, kind, args as "args: Json<Args>", lang"#,
        work.now,
        work.now + CLAIM,
        BATCH,
    )
    .fetch_all(&mut *work.conn)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(Message {
                to: Phone::parse(&row.phone)
                    .map_err(|_| broken_row("messages", "phone", row.id))?,
                id: row.id,
                kind: row.kind,
                args: row.args.0,
                lang: row.lang,
            })
        })
        .collect()
}

/// Notes that a message is sent; what it said is forgotten, unless `keeps` for the pages of a demonstration.
pub async fn sent(store: &Store, id: Uuid, keeps: bool) -> Result<(), Fault> {
    sqlx::query!(
        "update messages set sent_at = $2, claimed_until = null, args = case when $3 then args else '{}' end where id = $1",
        id,
        store.now(),
        keeps,
    )
    .execute(store.writer())
    .await?;
    Ok(())
}

/// Notes that a message could not be sent: tried again after 2, 4, 8 … minutes, given up after six tries.
pub async fn failed(store: &Store, id: Uuid, error: &str) -> Result<(), Fault> {
    sqlx::query!(
        "update messages set
             claimed_until = null,
             last_error = $2,
             available_at = $3::timestamptz + power(2, attempts) * interval '1 minute',
             failed_at = case when attempts >= $4 then $3 end,
             args = case when attempts >= $4 then '{}' else args end
         where id = $1",
        id,
        error,
        store.now(),
        ATTEMPTS,
    )
    .execute(store.writer())
    .await?;
    Ok(())
}

/// Forgets what messages said whose time is over, and of those before `since` that there was one.
pub async fn sweep(work: &mut Work<'_>, since: OffsetDateTime) -> Result<(), Fault> {
    sqlx::query!(
        "update messages set args = '{}' where expires_at < $1 and args <> '{}'",
        work.now
    )
    .execute(&mut *work.conn)
    .await?;
    sqlx::query!("delete from messages where created_at < $1", since)
        .execute(&mut *work.conn)
        .await?;
    Ok(())
}
