//! What was made under a key that its caller chose: the same key again finds it instead of making another.
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::work::Work;

/// A caller's key for one thing that it means.
#[derive(Clone, Copy, Debug)]
pub struct Key<'a> {
    /// The call, and whoever calls it: what others chose for themselves is theirs.
    pub scope: &'a str,
    /// As the caller chose it.
    pub key: &'a str,
    /// What the caller sent with it.
    pub sent: &'a str,
}

/// What a key made earlier.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Made {
    /// Nothing.
    Nothing,
    /// This, of the same call.
    Same(Uuid),
    /// Something else: other things were sent with it.
    Another,
}

impl Key<'_> {
    /// What the key made earlier. Two callers with the same new key at the same moment wait for each other.
    ///
    /// # Errors
    /// A fault of the database.
    pub async fn made(self, work: &mut Work<'_>) -> Result<Made, sqlx::Error> {
        sqlx::query!(
            "select pg_advisory_xact_lock(hashtextextended($1 || ' ' || $2, 0))",
            self.scope,
            self.key
        )
        .execute(&mut *work.conn)
        .await?;
        let earlier = sqlx::query!(
            "select subject, sent_sha256 from idempotency_keys where scope = $1 and key = $2",
            self.scope,
            self.key
        )
        .fetch_optional(&mut *work.conn)
        .await?;
        Ok(match earlier {
            None => Made::Nothing,
            Some(row) if row.sent_sha256 == self.digest() => Made::Same(row.subject),
            Some(_) => Made::Another,
        })
    }

    /// Keeps what the key made.
    ///
    /// # Errors
    /// A fault of the database.
    pub async fn keep(self, work: &mut Work<'_>, subject: Uuid) -> Result<(), sqlx::Error> {
        sqlx::query!(
            "insert into idempotency_keys (scope, key, subject, sent_sha256, created_at)
             values ($1, $2, $3, $4, $5)",
            self.scope,
            self.key,
            subject,
            self.digest(),
            work.now,
        )
        .execute(&mut *work.conn)
        .await?;
        Ok(())
    }

    fn digest(self) -> Vec<u8> {
        Sha256::digest(self.sent.as_bytes()).to_vec()
    }
}
