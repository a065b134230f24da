//! What was made under a key that its caller chose: the same key again finds it instead of making another.
use uuid::Uuid;

use super::work::Work;

/// What `key` made earlier within `scope` (a call and whoever calls it), if anything. Two callers with the
/// same new key at the same moment wait for each other.
pub async fn made(
    work: &mut Work<'_>,
    scope: &str,
    key: &str,
) -> Result<Option<Uuid>, sqlx::Error> {
    sqlx::query!(
        "select pg_advisory_xact_lock(hashtextextended($1 || ' ' || $2, 0))",
        scope,
        key
    )
    .execute(&mut *work.conn)
    .await?;
    sqlx::query_scalar!(
        "select subject from idempotency_keys where scope = $1 and key = $2",
        scope,
        key
    )
    .fetch_optional(&mut *work.conn)
    .await
}

/// Keeps what `key` made.
pub async fn keep(
    work: &mut Work<'_>,
    scope: &str,
    key: &str,
    subject: Uuid,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "insert into idempotency_keys (scope, key, subject, created_at) values ($1, $2, $3, $4)",
        scope,
        key,
        subject,
        work.now,
    )
    .execute(&mut *work.conn)
    .await?;
    Ok(())
}
