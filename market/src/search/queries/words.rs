//! Reads of words that officers look after.
use sqlx::PgPool;
use time::{Date, Duration};

use crate::kernel::Fault;
use crate::search::words::{Miss, Pin, StopWord, SynonymGroup};

/// What was looked for is shown from so many times on: what one person typed once is nobody's business.
const LEAST_TIMES: i64 = 2;

/// All groups of synonyms: those that officers added first, then the program's.
pub async fn synonyms(pool: &PgPool) -> Result<Vec<SynonymGroup>, Fault> {
    let groups = sqlx::query_as!(
        SynonymGroup,
        r#"select group_number as number, array_agg(term order by term) as "terms!", bool_or(is_off) as "is_off!",
               max(people.name) as added_by
           from search_synonyms
           left join people on people.id = search_synonyms.added_by
           group by group_number
           order by group_number >= 100000 desc, array_agg(term order by term)"#,
    )
    .fetch_all(pool)
    .await?;
    Ok(groups)
}

/// All words that mean nothing: those that officers added first, then the program's.
pub async fn stop_words(pool: &PgPool) -> Result<Vec<StopWord>, Fault> {
    let words = sqlx::query_as!(
        StopWord,
        r#"select term, is_off, people.name as "added_by?"
           from search_stop_words
           left join people on people.id = search_stop_words.added_by
           order by added_by is null, term"#,
    )
    .fetch_all(pool)
    .await?;
    Ok(words)
}

/// What is put first, also in seasons to come.
pub async fn pins(pool: &PgPool, today: Date) -> Result<Vec<Pin>, Fault> {
    let pins = sqlx::query_as!(
        Pin,
        "select search_pins.id, search_pins.text, products.name as product, products.slug, starts_on, ends_on
         from search_pins
         join products on products.id = search_pins.product_id
         where ends_on >= $1
         order by text_key, position, search_pins.id",
        today,
    )
    .fetch_all(pool)
    .await?;
    Ok(pins)
}

/// What buyers looked for in vain in the last `days`, most often first.
pub async fn misses(pool: &PgPool, today: Date, days: i64, limit: i64) -> Result<Vec<Miss>, Fault> {
    let misses = sqlx::query_as!(
        Miss,
        r#"select (array_agg(text order by day desc))[1] as "text!", sum(times) as "times!", bool_or(is_near) as "is_near!"
           from search_misses
           where day > $1
           group by text_key
           having sum(times) >= $3
           order by sum(times) desc, text_key
           limit $2"#,
        today - Duration::days(days),
        limit,
        LEAST_TIMES,
    )
    .fetch_all(pool)
    .await?;
    Ok(misses)
}
