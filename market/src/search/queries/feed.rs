//! Reads of what engines beside the database follow.
use sqlx::{Connection as _, PgConnection, PgPool};
use time::macros::format_description;
use time::{Date, OffsetDateTime};
use uuid::Uuid;

use crate::kernel::Fault;
use crate::kernel::error::broken_row;

/// The index that is live.
#[derive(Debug)]
pub struct Target {
    /// Of the index.
    pub name: String,
    /// Of the documents and settings that it was built with.
    pub shape: i32,
    /// Somebody wants it built anew.
    pub is_renewed: bool,
    /// The day whose stars and seasons it has.
    pub fed_day: Option<Date>,
    /// Of the oldest change that it has not, UTC.
    pub waiting_since: Option<OffsetDateTime>,
    /// Changes that it has not.
    pub waiting: i64,
}

/// The index that is live, if one is.
pub async fn target(pool: &PgPool) -> Result<Option<Target>, Fault> {
    let target = sqlx::query_as!(
        Target,
        r#"select name, shape, is_renewed, fed_day, waits.since as waiting_since, coalesce(waits.count, 0) as "waiting!"
           from search_targets
           cross join lateral (
               select min(since) as since, count(*) as count from search_feed where search_feed.target = search_targets.name
           ) as waits
           where is_live"#,
    )
    .fetch_optional(pool)
    .await?;
    Ok(target)
}

/// Takes the lock by which one process feeds engines, for as long as the connection lives; answers whether it was
/// free.
pub(in crate::search) async fn take_lead(connection: &mut PgConnection) -> Result<bool, Fault> {
    let is_free = sqlx::query_scalar!(
        r#"select pg_try_advisory_lock(hashtextextended('search_feed', 0)) as "is_free!""#,
    )
    .fetch_one(connection)
    .await?;
    Ok(is_free)
}

/// Whether the connection, and so the lock, is still there.
pub(in crate::search) async fn is_alive(connection: &mut PgConnection) -> bool {
    connection.ping().await.is_ok()
}

/// The oldest changes that an index has not: products with the number of the change.
pub(in crate::search) async fn changes(
    pool: &PgPool,
    target: &str,
    limit: i64,
) -> Result<Vec<(Uuid, i64)>, Fault> {
    let rows = sqlx::query!(
        "select product_id, number from search_feed where target = $1 order by number limit $2",
        target,
        limit,
    )
    .fetch_all(pool)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| (row.product_id, row.number))
        .collect())
}

/// The day for which seasons and certificates of the documents were looked at last.
pub(in crate::search) async fn day(pool: &PgPool) -> Result<Option<Date>, Fault> {
    let day = sqlx::query_scalar!("select value from settings where name = 'search_day'")
        .fetch_optional(pool)
        .await?;
    day.map(|day| Date::parse(&day, format_description!("[year]-[month]-[day]")))
        .transpose()
        .map_err(|_| broken_row("settings", "value", "search_day"))
}

/// The next products that have documents, in the order of their identifiers.
pub(in crate::search) async fn ids_after(
    pool: &PgPool,
    after: Option<Uuid>,
    limit: usize,
) -> Result<Vec<Uuid>, Fault> {
    let ids = sqlx::query_scalar!(
        "select product_id from search_documents where product_id > coalesce($1, '00000000-0000-0000-0000-000000000000'::uuid)
         order by product_id limit $2",
        after,
        i64::try_from(limit).map_err(Fault::new)?,
    )
    .fetch_all(pool)
    .await?;
    Ok(ids)
}

/// Those of these products that have no document.
pub(in crate::search) async fn without_document(
    pool: &PgPool,
    ids: &[Uuid],
) -> Result<Vec<Uuid>, Fault> {
    let gone = sqlx::query_scalar!(
        r#"select id as "id!" from unnest($1::uuid[]) as asked (id)
           where not exists (select from search_documents where product_id = asked.id)"#,
        ids,
    )
    .fetch_all(pool)
    .await?;
    Ok(gone)
}

/// A document as other engines are told of it.
#[derive(Debug)]
pub(in crate::search) struct DocumentRow {
    pub product_id: Uuid,
    pub words: Vec<String>,
    pub name_words: Vec<String>,
    pub seller_words: Vec<String>,
    pub place_words: Vec<String>,
    pub group_code: String,
    pub set_number: Option<i16>,
    pub stars: Option<i16>,
    pub marks: Vec<String>,
    pub facts: Vec<String>,
    pub commune_code: String,
    pub commune_name: String,
    pub seller_slug: String,
    pub seller_name: String,
    pub seller_kind: String,
    pub price_vnd: i64,
    pub season_months: Vec<i16>,
    pub standing: f32,
    pub published_at: OffsetDateTime,
    pub sold: i64,
}

/// The documents of these products that are on sale, with what of them is valid on `today`.
pub(in crate::search) async fn documents(
    pool: &PgPool,
    ids: &[Uuid],
    today: Date,
) -> Result<Vec<DocumentRow>, Fault> {
    let rows = sqlx::query_as!(
        DocumentRow,
        r#"select
               product_id,
               tsvector_to_array(words) as "words!",
               tsvector_to_array(ts_filter(words, '{a}')) as "name_words!",
               tsvector_to_array(ts_filter(words, '{b}')) as "seller_words!",
               tsvector_to_array(ts_filter(words, '{c}')) as "place_words!",
               group_code, set_number, stars_on(stars, stars_from, stars_to, $2) as stars,
               case when mark_kinds = '{}' then '{}' else marks_on(mark_kinds, mark_periods, $2) end as "marks!: Vec<String>",
               facts, commune_code, commune_name, seller_slug, seller_name, seller_kind, price_vnd,
               season_months, standing, published_at, sold
           from search_documents
           where product_id = any($1)
           order by product_id"#,
        ids,
        today,
    )
    .fetch_all(pool)
    .await?;
    Ok(rows)
}
