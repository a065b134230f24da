//! What a use case works with: the connection inside a transaction, the time, the random source, the actor.
use rand::rngs::StdRng;
use rand::{RngCore, SeedableRng};
use sqlx::PgConnection;
use time::OffsetDateTime;
use uuid::Uuid;

use super::rights::Actor;
use super::seal::Key;

/// One transaction of one actor at one instant.
pub struct Work<'c> {
    /// The connection inside the transaction.
    pub conn: &'c mut PgConnection,
    /// The instant of the whole transaction, UTC.
    pub now: OffsetDateTime,
    /// Who does it.
    pub actor: Actor,
    /// Seals what must not be read in a copy of the database.
    pub key: Key,
    random: StdRng,
    has_news: &'c mut bool,
}

impl<'c> Work<'c> {
    /// Opened by [`super::store::Transaction`] alone.
    pub(super) fn new(
        conn: &'c mut PgConnection,
        now: OffsetDateTime,
        actor: Actor,
        key: Key,
        has_news: &'c mut bool,
    ) -> Self {
        Self {
            conn,
            now,
            actor,
            key,
            random: StdRng::from_os_rng(),
            has_news,
        }
    }

    /// Today's business day.
    #[must_use]
    pub fn today(&self) -> time::Date {
        super::time::business_day(self.now)
    }

    /// A new UUIDv7 of this instant: ids sort by time, so that they lie together in the indexes.
    pub fn new_id<T: From<Uuid>>(&mut self) -> T {
        let mut random = [0; 10];
        self.random.fill_bytes(&mut random);
        let millis = u64::try_from(self.now.unix_timestamp_nanos() / 1_000_000).unwrap_or(0);
        T::from(uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid())
    }

    /// Has the worker woken once this transaction is committed.
    pub(super) fn wake_worker(&mut self) {
        *self.has_news = true;
    }

    /// 64 random bits.
    pub fn random_bits(&mut self) -> u64 {
        self.random.next_u64()
    }
}
