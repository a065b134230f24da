//! What others ask for the same goods, and what they call them: for who lists goods.
use sqlx::PgPool;
use time::OffsetDateTime;

use crate::kernel::text::fold;
use crate::kernel::{Fault, SellerId, Vnd};

/// From so many sellers on a range gives none of them away.
const SELLERS: i64 = 3;
/// Units of which a range is told.
const UNITS: i64 = 3;
/// Names that are proposed.
const NAMES: i64 = 200;

/// What others ask for a unit of the same goods.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AskedPrice {
    /// kg, trái, …
    pub unit: String,
    /// The cheapest but for the lowest tenth.
    pub low: Vnd,
    /// The dearest but for the highest tenth.
    pub high: Vnd,
    /// How many sellers ask that.
    pub sellers: i64,
}

/// What others have asked since then for goods whose names begin alike, by unit; the unit of most sellers first.
pub async fn asked_prices(
    db: &PgPool,
    name: &str,
    but: SellerId,
    since: OffsetDateTime,
) -> Result<Vec<AskedPrice>, Fault> {
    // The first two words say what it is: what follows is where it grew, how good it is, how it is packed.
    let words: Vec<String> = fold(name)
        .split(|sign: char| !sign.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .take(2)
        .map(|word| format!("{word}:A"))
        .collect();
    if words.is_empty() {
        return Ok(Vec::new());
    }
    let rows = sqlx::query!(
        r#"select
            search_documents.unit,
            percentile_disc(0.1) within group (order by search_documents.price_vnd) as "low!",
            percentile_disc(0.9) within group (order by search_documents.price_vnd) as "high!",
            count(distinct search_documents.seller_id) as "sellers!"
        from search_documents
        join products on products.id = search_documents.product_id
        where search_documents.words @@ to_tsquery('simple', $1) and search_documents.seller_id <> $2
            and products.updated_at >= $3
        group by search_documents.unit
        having count(distinct search_documents.seller_id) >= $4
        order by count(distinct search_documents.seller_id) desc, search_documents.unit
        limit $5"#,
        words.join(" & "),
        but.0,
        since,
        SELLERS,
        UNITS,
    )
    .fetch_all(db)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| AskedPrice {
            unit: row.unit,
            low: Vnd(row.low),
            high: Vnd(row.high),
            sellers: row.sellers,
        })
        .collect())
}

/// What goods on sale are called, the best sold first: to choose from while a name is typed.
pub async fn known_names(db: &PgPool) -> Result<Vec<String>, Fault> {
    Ok(sqlx::query_scalar!(
        "select name from search_documents order by sold desc, product_id limit $1",
        NAMES
    )
    .fetch_all(db)
    .await?)
}
