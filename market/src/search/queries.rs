//! Reads of `search_documents`.
mod explain;
mod facets;
mod feed;
pub mod prices;
pub mod words;

use sqlx::types::Json;
use sqlx::{PgPool, Postgres, QueryBuilder};
use time::Date;
use uuid::Uuid;

use super::lexicon::{Known, Lexicon, Meaning, Plan};
use super::ranking::WEIGHTS;
use super::rows::{HitRow, ImageRow};
use super::types::{
    FactValue, Filter, Hit, Query, Sort, SuggestedCommune, SuggestedProduct, SuggestedSeller,
    Suggestions,
};
use crate::catalog::Group;
use crate::kernel::error::broken_row;
use crate::kernel::{Fault, PageRequest};
use crate::media::Picture;

pub(super) use explain::explain;
pub(super) use facets::{facets, facets_of, sort_facets};
pub(super) use feed::{
    DocumentRow, changes, day, documents, ids_after, is_alive, take_lead, without_document,
};
pub use feed::{Target, target};

/// More words than this are not kept in memory; the rarest stay out.
const MOST_WORDS: i64 = 50_000;

/// All words, and what officers have put first until `today`.
pub(super) async fn lexicon(pool: &PgPool, today: Date) -> Result<Lexicon, Fault> {
    let words = sqlx::query!(
        "select word, documents, named from search_vocabulary order by named desc, documents desc limit $1",
        MOST_WORDS,
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

/// Which products a page is taken of.
#[derive(Clone, Copy)]
pub(super) enum Among<'a> {
    /// Those that a filter lets through.
    Filter(&'a Filter),
    /// These, which another engine has found.
    Products(&'a [Uuid]),
}

/// The rows of a page: one statement over one table, holding only the filters that are set, so that each
/// shape is prepared once and read from the index that serves its order.
pub(super) async fn hits(
    pool: &PgPool,
    among: Among<'_>,
    query: &Query,
    meaning: Option<&Meaning>,
    today: Date,
) -> Result<Vec<Hit>, Fault> {
    let mut sql = QueryBuilder::<Postgres>::new(
        "select product_id, code, slug, name, seller_slug, seller_name, seller_kind, group_code,
             commune_code, commune_name, price_vnd, unit, unit_note, in_stock, image, image_is_drawn,
             stars_on(stars, stars_from, stars_to, ",
    );
    sql.push_bind(today);
    sql.push(") as stars, season_months @> array[");
    sql.push_bind(month(today));
    sql.push("]::smallint[] as in_season from search_documents where true");
    match among {
        Among::Filter(wanted) => filter(&mut sql, wanted, meaning, today),
        Among::Products(ids) => {
            sql.push(" and product_id = any(");
            sql.push_bind(ids);
            sql.push(")");
        }
    }
    sql.push(" order by ");
    match (query.sort, meaning) {
        (Sort::Relevance, Some(meaning)) => {
            score(&mut sql, meaning);
            sql.push(" desc, product_id");
        }
        (Sort::Relevance, None) => {
            sql.push("standing desc, published_at desc, product_id");
        }
        (Sort::Newest, _) => {
            sql.push("published_at desc, product_id");
        }
        (Sort::Price, _) => {
            sql.push("price_vnd, product_id");
        }
        (Sort::PriceDescending, _) => {
            sql.push("price_vnd desc, product_id desc");
        }
        (Sort::Sold, _) => {
            sql.push("sold desc, product_id");
        }
    }
    sql.push(" limit ");
    sql.push_bind(query.page.limit());
    sql.push(" offset ");
    sql.push_bind(query.page.offset());
    let rows: Vec<HitRow> = sql.build_query_as().fetch_all(pool).await?;
    rows.into_iter().map(Hit::try_from).collect()
}

fn month(day: Date) -> i16 {
    i16::from(u8::from(day.month()))
}

fn filter(
    sql: &mut QueryBuilder<Postgres>,
    filter: &Filter,
    meaning: Option<&Meaning>,
    today: Date,
) {
    if let Some(meaning) = meaning {
        sql.push(" and (words @@ ");
        sql.push_bind(meaning.matching.to_string());
        sql.push("::tsquery");
        if !meaning.pins.is_empty() {
            sql.push(" or product_id = any(");
            sql.push_bind(meaning.pins.clone());
            sql.push(")");
        }
        sql.push(")");
    }
    any_of(
        sql,
        "group_code",
        filter.groups.iter().map(|group| group.as_str().to_owned()),
    );
    if !filter.sets.is_empty() {
        sql.push(" and set_number = any(");
        sql.push_bind(sets_of(filter));
        sql.push(")");
    }
    if !filter.marks.is_empty() {
        sql.push(" and mark_kinds && ");
        sql.push_bind(filter.marks.clone());
        sql.push(" and marks_on(mark_kinds, mark_periods, ");
        sql.push_bind(today);
        sql.push(") && ");
        sql.push_bind(filter.marks.clone());
    }
    // They stand in order: those of one fact side by side.
    for values in filter.facts.chunk_by(|one, other| one.fact == other.fact) {
        sql.push(" and facts && ");
        sql.push_bind(values.iter().map(FactValue::kept).collect::<Vec<String>>());
    }
    any_of(sql, "commune_code", filter.communes.iter().cloned());
    any_of(sql, "seller_slug", filter.sellers.iter().cloned());
    any_of(
        sql,
        "seller_kind",
        filter
            .seller_kinds
            .iter()
            .map(|kind| kind.as_str().to_owned()),
    );
    if !filter.stars.is_empty() {
        sql.push(" and stars = any(");
        sql.push_bind(stars_of(filter));
        sql.push(") and stars_on(stars, stars_from, stars_to, ");
        sql.push_bind(today);
        sql.push(") is not null");
    }
    if let Some(least) = filter.min_price {
        sql.push(" and price_vnd >= ");
        sql.push_bind(least.0);
    }
    if let Some(most) = filter.max_price {
        sql.push(" and price_vnd <= ");
        sql.push_bind(most.0);
    }
    if filter.in_season {
        sql.push(" and season_months @> array[");
        sql.push_bind(month(today));
        sql.push("]::smallint[]");
    }
}

/// One value is compared with `=`, which an ordered index serves.
fn any_of(
    sql: &mut QueryBuilder<Postgres>,
    column: &'static str,
    values: impl Iterator<Item = String>,
) {
    let mut values: Vec<String> = values.collect();
    if values.len() == 1 {
        if let Some(value) = values.pop() {
            sql.push(" and ");
            sql.push(column);
            sql.push(" = ");
            sql.push_bind(value);
        }
    } else if !values.is_empty() {
        sql.push(" and ");
        sql.push(column);
        sql.push(" = any(");
        sql.push_bind(values);
        sql.push(")");
    }
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

/// The score of a hit by `ranking::WEIGHTS`; `standing` was computed from the same list.
fn score(sql: &mut QueryBuilder<Postgres>, meaning: &Meaning) {
    let fields = WEIGHTS.fields.as_postgres().to_vec();
    sql.push("(standing + ");
    sql.push_bind(WEIGHTS.text);
    sql.push("::real * (select coalesce(max(ts_rank(");
    sql.push_bind(fields.clone());
    sql.push("::real[], words, way)), 0) from unnest(");
    sql.push_bind(meaning.ways());
    sql.push("::text[]::tsquery[]) as way) + case when words @@ ");
    sql.push_bind(meaning.literal.to_string());
    sql.push("::tsquery then ");
    sql.push_bind(WEIGHTS.literal);
    sql.push("::real + case when starts_with(name_key, ");
    sql.push_bind(meaning.beginning.clone());
    sql.push(") then ");
    sql.push_bind(WEIGHTS.beginning);
    sql.push("::real else 0 end else 0 end + case when words @@ ");
    sql.push_bind(meaning.phrase.clone());
    sql.push("::tsquery then ");
    sql.push_bind(WEIGHTS.phrase);
    sql.push("::real else 0 end");
    if let Some(marks) = &meaning.marks {
        sql.push(" + ");
        sql.push_bind(WEIGHTS.marks);
        sql.push("::real * ts_rank(");
        sql.push_bind(fields);
        sql.push("::real[], words, ");
        sql.push_bind(marks.to_string());
        sql.push("::tsquery)");
    }
    if !meaning.pins.is_empty() {
        sql.push(" + case when product_id = any(");
        sql.push_bind(meaning.pins.clone());
        sql.push(") then ");
        sql.push_bind(WEIGHTS.pinned);
        sql.push("::real / array_position(");
        sql.push_bind(meaning.pins.clone());
        sql.push(", product_id) else 0 end");
    }
    sql.push(")");
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
    let among = Among::Filter(&query.filter);
    let products = hits(pool, among, &query, Some(meaning), today).await?;
    let sellers = sqlx::query!(
        "select seller_slug, seller_name from search_documents
         where ts_filter(words, '{b}') @@ $1::text::tsquery and words @@ $1::text::tsquery
         group by seller_slug, seller_name
         order by count(*) desc, seller_slug
         limit $2",
        matching,
        limit,
    )
    .fetch_all(pool)
    .await?;
    let groups = sqlx::query_scalar!(
        "select group_code from search_documents
         where words @@ $1::text::tsquery
         group by group_code
         order by count(*) desc, group_code
         limit $2",
        matching,
        limit,
    )
    .fetch_all(pool)
    .await?;
    let communes = sqlx::query_as!(
        SuggestedCommune,
        "select commune_code as code, commune_name as name from search_documents
         where ts_filter(words, '{c}') @@ $1::text::tsquery and words @@ $1::text::tsquery
         group by commune_code, commune_name
         order by count(*) desc, commune_code
         limit $2",
        matching,
        limit,
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
