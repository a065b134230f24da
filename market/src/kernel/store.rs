//! The database, as the outermost caller sees it.
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;
use sqlx::PgPool;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use time::OffsetDateTime;
use tokio::sync::Notify;

use super::error::{Failure, Fault};
use super::work::{Actor, Work};

/// Gives the time. Real in the server, movable in tests.
pub type Clock = Arc<dyn Fn() -> OffsetDateTime + Send + Sync>;

/// The database with the clock and the bell that wakes the worker. Cheap to clone.
#[derive(Clone)]
pub struct Store {
    pool: PgPool,
    clock: Clock,
    bell: Arc<Notify>,
}

/// How often a transaction is tried that the database ended for another's sake.
const TRIES: u32 = 5;

impl Store {
    /// Connects to the database that `url` names, with at most `connections` at once.
    pub async fn connect(url: &str, connections: u32) -> Result<Self, Fault> {
        let options: PgConnectOptions = url.parse()?;
        let pool = PgPoolOptions::new()
            .max_connections(connections)
            .acquire_timeout(Duration::from_secs(10))
            .connect_with(options.application_name("cay-beo"))
            .await?;
        Ok(Self::new(pool, Arc::new(system_clock)))
    }

    /// From parts; tests bring their own clock.
    #[must_use]
    pub fn new(pool: PgPool, clock: Clock) -> Self {
        Self {
            pool,
            clock,
            bell: Arc::new(Notify::new()),
        }
    }

    /// For reads that need no transaction.
    #[must_use]
    pub const fn reader(&self) -> &PgPool {
        &self.pool
    }

    /// The present instant, UTC.
    #[must_use]
    pub fn now(&self) -> OffsetDateTime {
        (self.clock)()
    }

    /// Today's business day.
    #[must_use]
    pub fn today(&self) -> time::Date {
        super::time::business_day(self.now())
    }

    /// Waits until this process has committed something that the worker may have to do.
    pub async fn work_waits(&self) {
        self.bell.notified().await;
    }

    /// Runs `task` in one transaction as `actor`: commits what it did when it answers `Ok`, undoes it
    /// otherwise, and tries again, at most five times, when the database ended the transaction for
    /// another's sake (deadlock, serialisation failure). So `task` may run more than once and touches
    /// nothing but the database.
    ///
    /// # Errors
    /// What the task answers, or a fault of the database.
    pub async fn run<T, R, F>(&self, actor: &Actor, mut task: F) -> Result<T, Failure<R>>
    where
        F: for<'a> FnMut(&'a mut Work<'_>) -> BoxFuture<'a, Result<T, Failure<R>>> + Send,
        T: Send,
        R: Send,
    {
        let mut attempt = 1;
        loop {
            match self.attempt(actor, &mut task).await {
                Err(Failure::Fault(fault)) if attempt < TRIES && fault.is_transient() => {
                    tracing::info!(attempt, "Trying a transaction again: {fault}");
                    tokio::time::sleep(Duration::from_millis(u64::from(attempt) * 7)).await;
                    attempt += 1;
                }
                outcome => return outcome,
            }
        }
    }

    async fn attempt<T, R, F>(&self, actor: &Actor, task: &mut F) -> Result<T, Failure<R>>
    where
        F: for<'a> FnMut(&'a mut Work<'_>) -> BoxFuture<'a, Result<T, Failure<R>>> + Send,
    {
        let mut transaction = self.pool.begin().await?;
        let mut work = Work::new(&mut transaction, self.now(), actor.clone());
        let answer = task(&mut work).await?;
        transaction.commit().await?;
        self.bell.notify_one();
        Ok(answer)
    }
}

/// The machine's clock. The only place that reads it.
#[expect(
    clippy::disallowed_methods,
    reason = "the one place where the machine's clock is read"
)]
pub fn system_clock() -> OffsetDateTime {
    OffsetDateTime::now_utc()
}
