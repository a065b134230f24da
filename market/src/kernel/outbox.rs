//! News for slices above and for the outside world: written in the transaction that makes them true,
//! done afterwards by a worker, at least once.
use sqlx::PgConnection;
use uuid::Uuid;

use super::error::Fault;
use super::work::Work;

/// What happened. The payload is one id; whoever handles the event reads the present state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Topic {
    /// A product, its variants, stock, photographs or certificate changed; id of the product.
    ProductChanged,
    /// A seller changed; id of the seller.
    SellerChanged,
    /// An order was placed, moved on or was paid; id of the order.
    OrderChanged,
    /// The sales of the days of an order are to be made anew; id of the order.
    SalesChanged,
}

/// News that is taken together, each lane at its own pace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lane {
    /// What pages and search show: within two seconds.
    Pages,
    /// What reports sum up.
    Reports,
}

impl Topic {
    const fn as_str(self) -> &'static str {
        match self {
            Self::ProductChanged => "product_changed",
            Self::SellerChanged => "seller_changed",
            Self::OrderChanged => "order_changed",
            Self::SalesChanged => "sales_changed",
        }
    }

    fn parse(text: &str) -> Option<Self> {
        [
            Self::ProductChanged,
            Self::SellerChanged,
            Self::OrderChanged,
            Self::SalesChanged,
        ]
        .into_iter()
        .find(|topic| topic.as_str() == text)
    }
}

/// One piece of news, taken by a worker.
#[derive(Clone, Debug)]
pub struct Event {
    /// Grows in the order of writing.
    pub id: i64,
    /// What happened.
    pub topic: Topic,
    /// To what.
    pub subject: Uuid,
}

/// After so many failures an event waits for a person.
const ATTEMPTS: i32 = 10;

/// Tells of `subjects`, in the transaction of `work`.
pub async fn tell(work: &mut Work<'_>, topic: Topic, subjects: &[Uuid]) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "insert into outbox (topic, subject, available_at)
         select $1, subject, $3 from unnest($2::uuid[]) as subject",
        topic.as_str(),
        subjects,
        work.now,
    )
    .execute(&mut *work.conn)
    .await?;
    work.wake_worker();
    Ok(())
}

/// Takes up to `limit` events of a lane that are due, oldest first, and locks them until the transaction ends;
/// other workers pass over them.
pub async fn take(work: &mut Work<'_>, lane: Lane, limit: i64) -> Result<Vec<Event>, Fault> {
    // One query a lane: each has an index of its own.
    let rows = match lane {
        Lane::Pages => {
            sqlx::query_as!(
                EventRow,
                "select id, topic, subject from outbox
                 where available_at <= $1 and dead_at is null and topic <> 'sales_changed'
                 order by id
                 limit $2
                 for update skip locked",
                work.now,
                limit,
            )
            .fetch_all(&mut *work.conn)
            .await?
        }
        Lane::Reports => {
            sqlx::query_as!(
                EventRow,
                "select id, topic, subject from outbox
                 where available_at <= $1 and dead_at is null and topic = 'sales_changed'
                 order by id
                 limit $2
                 for update skip locked",
                work.now,
                limit,
            )
            .fetch_all(&mut *work.conn)
            .await?
        }
    };
    rows.into_iter()
        .map(|row| {
            let topic = Topic::parse(&row.topic)
                .ok_or_else(|| super::error::broken_row("outbox", "topic", row.id))?;
            Ok(Event {
                id: row.id,
                topic,
                subject: row.subject,
            })
        })
        .collect()
}

struct EventRow {
    id: i64,
    topic: String,
    subject: Uuid,
}

/// Strikes out events that were dealt with.
pub async fn done(work: &mut Work<'_>, ids: &[i64]) -> Result<(), sqlx::Error> {
    sqlx::query!("delete from outbox where id = any($1)", ids)
        .execute(&mut *work.conn)
        .await?;
    Ok(())
}

/// Puts events off after a failure: 2, 4, 8 … seconds, and aside for good after ten tries.
pub async fn put_off(work: &mut Work<'_>, ids: &[i64], error: &str) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "update outbox set
             attempts = attempts + 1,
             last_error = $2,
             available_at = $3::timestamptz + least(power(2, attempts + 1), 3600) * interval '1 second',
             dead_at = case when attempts + 1 >= $4 then $3 end
         where id = any($1)",
        ids,
        error,
        work.now,
        ATTEMPTS,
    )
    .execute(&mut *work.conn)
    .await?;
    Ok(())
}

/// The channel on which every process hears that something which pages show has changed.
pub const CHANNEL: &str = "changed";

/// Tells every process, once the transaction of `work` is committed, that pages may be out of date.
pub async fn announce(work: &mut Work<'_>) -> Result<(), sqlx::Error> {
    sqlx::query!("select pg_notify($1, '')", CHANNEL)
        .execute(&mut *work.conn)
        .await?;
    Ok(())
}

/// Events that wait, and those put aside for good: for health checks and the staff page.
pub async fn backlog(conn: &mut PgConnection) -> Result<(i64, i64), sqlx::Error> {
    let row = sqlx::query!(
        r#"select count(*) filter (where dead_at is null) as "waiting!", count(*) filter (where dead_at is not null) as "dead!" from outbox"#
    )
    .fetch_one(conn)
    .await?;
    Ok((row.waiting, row.dead))
}
