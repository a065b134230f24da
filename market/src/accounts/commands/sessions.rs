//! Sessions: begun when somebody gets in, ended by their owner, by time, or by a new password.
use sqlx::PgExecutor;
use time::Duration;

use super::{Outcome, codes};
use crate::accounts::AccountsRefusal;
use crate::kernel::audit::{Deed, record};
use crate::kernel::{Fault, PersonId, SellerId, SessionId, Store, Work, secret};

/// A session ends so long after it began, whatever happens.
pub const SESSION_LIFE: Duration = Duration::days(90);
/// And so long after it was last used (ASVS 5.0, 7.3): a household opens its shop once in a while.
pub const SESSION_IDLE: Duration = Duration::days(30);

/// Begins a session of `person` on a device that calls itself `device`; answers the token for its cookie.
pub(super) async fn start(work: &mut Work<'_>, person: PersonId, device: &str) -> Outcome<String> {
    let token = secret::new_token();
    sqlx::query!(
        "insert into sessions (token_hash, person_id, device, address, created_at, last_seen_at, expires_at)
         values ($1, $2, $3, $4, $5, $5, $6)",
        secret::hash(&token),
        person.0,
        device,
        work.actor.address,
        work.now,
        work.now + SESSION_LIFE,
    )
    .execute(&mut *work.conn)
    .await?;
    record(
        work,
        Deed {
            action: "session.started",
            subject_kind: "person",
            subject: person.0,
            before: None,
            after: Some(serde_json::json!({ "device": device })),
        },
    )
    .await?;
    Ok(token)
}

/// Has the session of the cookie `token` stand at the desk of a shop, its person's own or a household's; whether it may
/// is asked by the caller, and looked up again at every request. `None`: at no particular one.
pub async fn stand_at(
    work: &mut Work<'_>,
    token: &str,
    desk: Option<SellerId>,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "update sessions set desk_seller_id = $2 where token_hash = $1",
        secret::hash(token),
        desk.map(|desk| desk.0),
    )
    .execute(&mut *work.conn)
    .await?;
    Ok(())
}

/// Notes that the session of a cookie is in use.
pub async fn see(store: &Store, token: &str) -> Result<(), Fault> {
    sqlx::query!(
        "update sessions set last_seen_at = $2 where token_hash = $1",
        secret::hash(token),
        store.now()
    )
    .execute(store.writer())
    .await?;
    Ok(())
}

/// Ends the session of a cookie; an unknown one is as good as ended.
pub async fn sign_out(db: impl PgExecutor<'_>, token: &str) -> Result<(), Fault> {
    sqlx::query!(
        "delete from sessions where token_hash = $1",
        secret::hash(token)
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Removes sessions and codes that are over.
pub async fn sweep(work: &mut Work<'_>) -> Result<(), Fault> {
    sqlx::query!(
        "delete from sessions where expires_at < $1 or last_seen_at < $2",
        work.now,
        work.now - SESSION_IDLE,
    )
    .execute(&mut *work.conn)
    .await?;
    sqlx::query!(
        "delete from one_time_codes where created_at < $1",
        work.now - codes::KEPT
    )
    .execute(&mut *work.conn)
    .await?;
    Ok(())
}

/// Ends one of the actor's own sessions, such as the one on a telephone that is lost.
pub async fn end_session(work: &mut Work<'_>, id: SessionId) -> Outcome<()> {
    let person = work.actor.person.ok_or(AccountsRefusal::NotSignedIn)?;
    let ended = sqlx::query!(
        "delete from sessions where id = $1 and person_id = $2",
        id.0,
        person.0
    )
    .execute(&mut *work.conn)
    .await?
    .rows_affected();
    note_ended(work, person, ended).await
}

/// Ends all of the actor's sessions but the one of the cookie with this token.
pub async fn end_other_sessions(work: &mut Work<'_>, token: &str) -> Outcome<()> {
    let person = work.actor.person.ok_or(AccountsRefusal::NotSignedIn)?;
    let ended = sqlx::query!(
        "delete from sessions where person_id = $1 and token_hash <> $2",
        person.0,
        secret::hash(token),
    )
    .execute(&mut *work.conn)
    .await?
    .rows_affected();
    note_ended(work, person, ended).await
}

/// Keeps on record how many sessions ended, where any did.
async fn note_ended(work: &mut Work<'_>, person: PersonId, count: u64) -> Outcome<()> {
    if count == 0 {
        return Ok(());
    }
    record(
        work,
        Deed {
            action: "session.ended",
            subject_kind: "person",
            subject: person.0,
            before: None,
            after: Some(serde_json::json!({ "count": count })),
        },
    )
    .await?;
    Ok(())
}
