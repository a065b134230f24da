//! The database, as the outermost caller sees it.
use std::sync::Arc;
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{Connection as _, PgPool};
use time::OffsetDateTime;
use tokio::sync::Notify;

use super::error::{Failure, Fault};
use super::rights::Actor;
use super::seal::Key;
use super::work::Work;

/// Gives the time. Real in the server, movable in tests.
pub type Clock = Arc<dyn Fn() -> OffsetDateTime + Send + Sync>;

/// The database with the clock, the installation's key and the bell that wakes the worker. Cheap to clone.
#[derive(Clone)]
pub struct Store {
    pool: PgPool,
    clock: Clock,
    key: Key,
    bell: Arc<Notify>,
}

/// How often a transaction is tried that the database ended for another's sake.
const TRIES: u32 = 5;

/// A connection that was idle for longer is asked whether it lives before it is used.
const TRUSTED: Duration = Duration::from_secs(1);

/// How a transaction begins. What it does goes by key, so that a plan for any values is as good as one for these;
/// making one anew for each order took PostgreSQL longer than placing the order.
const BEGIN: &str = "begin; set local plan_cache_mode = force_generic_plan";

/// What plans may take to be in memory already. Much of it makes PostgreSQL think that walking along an index costs
/// nothing until a list is full, and so it reads a hundred thousand rows for the twenty-four of a page.
const TAKEN_AS_READ: &str = "128MB";

impl Store {
    /// Connects to the database that `url` names, with at most `connections` at once.
    pub async fn connect(url: &str, connections: u32, key: Key) -> Result<Self, Fault> {
        let options: PgConnectOptions = url.parse()?;
        let pool = PgPoolOptions::new()
            .max_connections(connections)
            .acquire_timeout(Duration::from_secs(10))
            .test_before_acquire(false)
            .before_acquire(|conn, meta| {
                Box::pin(async move {
                    if meta.idle_for > TRUSTED {
                        conn.ping().await?;
                    }
                    Ok(true)
                })
            })
            .connect_with(
                options
                    .application_name("cay-beo")
                    .options([("effective_cache_size", TAKEN_AS_READ)]),
            )
            .await?;
        Ok(Self::new(pool, Arc::new(system_clock), key))
    }

    /// From parts; tests bring their own clock and key.
    #[must_use]
    pub fn new(pool: PgPool, clock: Clock, key: Key) -> Self {
        Self {
            pool,
            clock,
            key,
            bell: Arc::new(Notify::new()),
        }
    }

    /// The same database on another clock: for samples of the past.
    #[must_use]
    pub fn with_clock(&self, clock: Clock) -> Self {
        Self {
            clock,
            ..self.clone()
        }
    }

    /// For reads that need no transaction.
    #[must_use]
    pub const fn reader(&self) -> &PgPool {
        &self.pool
    }

    /// For single statements that change something and are no part of a transaction.
    #[must_use]
    pub const fn writer(&self) -> &PgPool {
        &self.pool
    }

    /// The installation's key.
    #[must_use]
    pub const fn key(&self) -> &Key {
        &self.key
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

    /// Opens a transaction of `actor`; the macros [`crate::transact`] and [`crate::transact_sure`] do.
    pub async fn begin(&self, actor: &Actor) -> Result<Transaction, Fault> {
        Ok(Transaction {
            inner: self.pool.begin_with(BEGIN).await?,
            now: self.now(),
            actor: actor.clone(),
            key: self.key.clone(),
            bell: Arc::clone(&self.bell),
            has_news: false,
        })
    }

    /// What a transaction came to; `None`, after a short rest, where it is worth another try: at most five
    /// times, when the database ended it for another's sake.
    pub async fn settled<T, R>(
        outcome: Result<T, Failure<R>>,
        attempt: u32,
    ) -> Option<Result<T, Failure<R>>> {
        match &outcome {
            Err(Failure::Fault(fault)) if attempt < TRIES && fault.is_transient() => {
                tracing::info!(attempt, "Trying a transaction again: {fault}");
                tokio::time::sleep(Duration::from_millis(u64::from(attempt) * 7)).await;
                None
            }
            _ => Some(outcome),
        }
    }
}

/// An open transaction: undone unless it is ended with a success.
pub struct Transaction {
    inner: sqlx::Transaction<'static, sqlx::Postgres>,
    now: OffsetDateTime,
    actor: Actor,
    key: Key,
    bell: Arc<Notify>,
    has_news: bool,
}

impl Transaction {
    /// What use cases work with.
    pub fn work(&mut self) -> Work<'_> {
        Work::new(
            &mut self.inner,
            self.now,
            self.actor.clone(),
            self.key.clone(),
            &mut self.has_news,
        )
    }

    /// Commits after a success, and wakes the worker where there is news; undoes everything otherwise.
    pub async fn end<T, R>(self, outcome: Result<T, Failure<R>>) -> Result<T, Failure<R>> {
        let answer = outcome?;
        self.inner.commit().await?;
        if self.has_news {
            self.bell.notify_one();
        }
        Ok(answer)
    }
}

/// Runs a task in one transaction: `transact!(store, &actor, work => place(work, &checkout).await)`. Commits
/// what it did when it answers `Ok`, undoes it otherwise, and tries again, at most five times, when the
/// database ended the transaction for another's sake (deadlock, serialisation failure). So the task may run
/// more than once and touches nothing but the database.
///
/// A macro and not a method: closures that lend what they capture can't yet promise a `Send` future.
#[macro_export]
macro_rules! transact {
    ($store:expr, $actor:expr, $work:ident => $task:expr $(,)?) => {{
        let store: &$crate::kernel::Store = &$store;
        let mut attempt = 1;
        loop {
            let outcome = match store.begin($actor).await {
                Ok(mut transaction) => {
                    let outcome = {
                        let $work = &mut transaction.work();
                        async { $task }.await
                    };
                    transaction.end(outcome).await
                }
                Err(fault) => Err($crate::kernel::Failure::Fault(fault)),
            };
            match $crate::kernel::Store::settled(outcome, attempt).await {
                Some(outcome) => break outcome,
                None => attempt += 1,
            }
        }
    }};
}

/// Like [`transact!`], for tasks in which nobody can be refused: answers the task's value or a fault.
#[macro_export]
macro_rules! transact_sure {
    ($store:expr, $actor:expr, $work:ident => $task:expr $(,)?) => {{
        let outcome: Result<_, $crate::kernel::Failure<std::convert::Infallible>> = $crate::transact!($store, $actor, $work => $task);
        outcome.map_err(|failure| match failure {
            $crate::kernel::Failure::Fault(fault) => fault,
            $crate::kernel::Failure::Refused(never) => match never {},
        })
    }};
}

/// How many migrations the database has seen through.
pub async fn applied_migrations(db: &PgPool) -> Result<i64, Fault> {
    let count: i64 = sqlx::query_scalar("select count(*) from _sqlx_migrations where success")
        .fetch_one(db)
        .await?;
    Ok(count)
}

/// Holds the installation's key against the one that the database was first used with: with another, what is
/// sealed could never be opened again.
pub async fn knows_key(store: &Store) -> Result<bool, Fault> {
    let mark: String = store
        .key()
        .digest("settings.key", b"key")
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    sqlx::query!(
        "insert into settings (name, value) values ('key', $1) on conflict do nothing",
        mark
    )
    .execute(store.writer())
    .await?;
    let known = sqlx::query_scalar!("select value from settings where name = 'key'")
        .fetch_one(store.writer())
        .await?;
    Ok(known == mark)
}

/// The machine's clock. The only place that reads it.
#[expect(
    clippy::disallowed_methods,
    reason = "the one place where the machine's clock is read"
)]
pub fn system_clock() -> OffsetDateTime {
    OffsetDateTime::now_utc()
}
