//! Reads of `search_documents`.
mod explain;
mod facets;
mod feed;
mod hits;
pub mod prices;
pub mod words;

use sqlx::PgPool;
use sqlx::types::Json;
use time::Date;

use super::lexicon::{Known, Lexicon, MOST_KNOWN, Meaning, Plan};
use super::ranking::window;
use super::rows::ImageRow;
use super::types::{
    Filter, Query, Sort, SuggestedCommune, SuggestedProduct, SuggestedSeller, Suggestions,
};
use crate::catalog::Group;
use crate::kernel::error::broken_row;
use crate::kernel::{Fault, PageRequest};
use crate::media::Picture;

pub(super) use explain::explain;
pub(super) use facets::{LOTS, about_how_many, facets, facets_of, sort_facets};
pub(super) use feed::{
    DocumentRow, changes, day, documents, ids_after, is_alive, take_lead, without_document,
};
pub use feed::{Target, target};
pub(super) use hits::{Among, Tier, candidates, count, hits};

/// All words, and what officers have put first until `today`.
pub(super) async fn lexicon(pool: &PgPool, today: Date) -> Result<Lexicon, Fault> {
    let words = sqlx::query!(
        "select word, documents, named from search_vocabulary order by named desc, documents desc limit $1",
        i64::try_from(MOST_KNOWN).map_err(Fault::new)?,
    )
    .fetch_all(pool)
    .await?;
    let synonyms = sqlx::query!("select group_number, term from search_synonyms where not is_off order by group_number, term")
        .fetch_all(pool)
        .await?;
    let stop_words =
        sqlx::query_scalar!("select term from search_stop_words where not is_off order by term")
            .fetch_all(pool)
            .await?;
    let pins = sqlx::query!(
        "select text_key, product_id from search_pins where $1 between starts_on and ends_on order by position, id",
        today,
    )
    .fetch_all(pool)
    .await?;
    Ok(Lexicon::new(
        words.into_iter().map(|row| {
            let known = Known {
                documents: row.documents,
                named: row.named,
            };
            (row.word, known)
        }),
        synonyms.into_iter().map(|row| (row.group_number, row.term)),
        stop_words,
        pins.into_iter().map(|row| (row.text_key, row.product_id)),
    ))
}

/// Which attempt of a plan comes first that some document meets.
pub(super) async fn first_met(pool: &PgPool, plan: &Plan) -> Result<Option<usize>, Fault> {
    for (index, attempt) in plan.attempts.iter().enumerate() {
        let is_met = sqlx::query_scalar!(
            r#"select exists (select from search_documents where words @@ $1::text::tsquery) as "is_met!""#,
            attempt.matching.to_string(),
        )
        .fetch_one(pool)
        .await?;
        if is_met {
            return Ok(Some(index));
        }
    }
    Ok(None)
}

fn month(day: Date) -> i16 {
    i16::from(u8::from(day.month()))
}

fn stars_of(filter: &Filter) -> Vec<i16> {
    filter.stars.iter().map(|&stars| i16::from(stars)).collect()
}

fn sets_of(filter: &Filter) -> Vec<i16> {
    filter
        .sets
        .iter()
        .map(|&number| i16::from(number))
        .collect()
}

/// A picture for each OCOP group: of the product that stands first in its list.
pub async fn group_pictures(pool: &PgPool) -> Result<Vec<(Group, Picture)>, Fault> {
    let rows = sqlx::query!(
        r#"select groups.code, first.image as "image!: Json<ImageRow>"
           from ocop_groups as groups
           cross join lateral (
               select image from search_documents
               where group_code = groups.code and image is not null
               order by standing desc, published_at desc, product_id
               limit 1) as first
           order by groups.position"#,
    )
    .fetch_all(pool)
    .await?;
    rows.into_iter()
        .map(|row| {
            let group = Group::parse(&row.code)
                .ok_or_else(|| broken_row("ocop_groups", "code", &row.code))?;
            Ok((group, row.image.0.into()))
        })
        .collect()
}

/// Shops, groups and communes are offered by so many of the best goods.
const SUGGESTED_FROM: i64 = 1_000;

pub(super) async fn suggest(
    pool: &PgPool,
    meaning: &Meaning,
    limit: i64,
    today: Date,
) -> Result<Suggestions, Fault> {
    let query = Query {
        filter: Filter::default(),
        sort: Sort::Relevance,
        page: PageRequest::new(None, u32::try_from(limit).ok()),
    };
    let matching = meaning.matching.to_string();
    let best = candidates(pool, &query.filter, meaning, window(query.page), today).await?;
    let products = hits(pool, Among::Products(&best), &query, Some(meaning), today).await?;
    let sellers = sqlx::query!(
        "select seller_slug, seller_name
         from (
             select seller_slug, seller_name from search_documents
             where ts_filter(words, '{b}') @@ $1::text::tsquery
             order by standing desc, published_at desc, product_id
             limit $3) as best
         group by seller_slug, seller_name
         order by count(*) desc, seller_slug
         limit $2",
        matching,
        limit,
        SUGGESTED_FROM,
    )
    .fetch_all(pool)
    .await?;
    let groups = sqlx::query_scalar!(
        "select group_code
         from (
             select group_code from search_documents
             where words @@ $1::text::tsquery
             order by standing desc, published_at desc, product_id
             limit $3) as best
         group by group_code
         order by count(*) desc, group_code
         limit $2",
        matching,
        limit,
        SUGGESTED_FROM,
    )
    .fetch_all(pool)
    .await?;
    let communes = sqlx::query_as!(
        SuggestedCommune,
        "select commune_code as code, commune_name as name
         from (
             select commune_code, commune_name from search_documents
             where ts_filter(words, '{c}') @@ $1::text::tsquery
             order by standing desc, published_at desc, product_id
             limit $3) as best
         group by commune_code, commune_name
         order by count(*) desc, commune_code
         limit $2",
        matching,
        limit,
        SUGGESTED_FROM,
    )
    .fetch_all(pool)
    .await?;
    Ok(Suggestions {
        products: products.into_iter().map(SuggestedProduct::from).collect(),
        communes,
        sellers: sellers
            .into_iter()
            .map(|row| SuggestedSeller {
                slug: row.seller_slug,
                name: row.seller_name,
            })
            .collect(),
        categories: groups
            .iter()
            .filter_map(|code| Group::parse(code))
            .collect(),
    })
}
