//! The rows of a page of hits.
use sqlx::{PgPool, Postgres, QueryBuilder};
use time::Date;
use uuid::Uuid;

use super::{month, sets_of, stars_of};
use crate::kernel::Fault;
use crate::search::lexicon::Meaning;
use crate::search::ranking::WEIGHTS;
use crate::search::rows::HitRow;
use crate::search::types::{FactValue, Filter, Hit, Query, Sort};
use crate::search::wanted::Wanted;

/// Which products a page is taken of.
#[derive(Clone, Copy)]
pub(in crate::search) enum Among<'a> {
    /// Those that a filter lets through.
    Filter(&'a Filter),
    /// These, which another engine has found.
    Products(&'a [Uuid]),
}

/// The rows of a page: one statement over one table, holding only the filters that are set, so that each
/// shape is prepared once and read from the index that serves its order. Products that were chosen for a text are ranked
/// among each other; what a filter lets through of a text stands by its tiers, without being ranked.
pub(in crate::search) async fn hits(
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
    sql.push("]::smallint[] as in_season from search_documents where ");
    match among {
        Among::Filter(wanted) => {
            sql.push("true");
            filter(&mut sql, wanted, today);
            if let Some(meaning) = meaning {
                matching(&mut sql, meaning);
            }
        }
        Among::Products(ids) => {
            sql.push("product_id = any(");
            sql.push_bind(ids);
            sql.push(")");
        }
    }
    sql.push(" order by ");
    match (query.sort, meaning, among) {
        (Sort::Relevance, Some(meaning), Among::Products(_)) => {
            score(&mut sql, meaning);
            sql.push(" desc, product_id");
        }
        (Sort::Relevance, Some(meaning), Among::Filter(_)) => {
            for tier in [Tier::Pinned, Tier::Literal, Tier::Named] {
                sql.push("(");
                in_tier(&mut sql, tier, meaning);
                sql.push(") desc, ");
            }
            sql.push(BY_STANDING);
        }
        (Sort::Relevance, None, _) => {
            sql.push(BY_STANDING);
        }
        (Sort::Newest, ..) => {
            sql.push("published_at desc, product_id");
        }
        (Sort::Price, ..) => {
            sql.push("price_vnd, product_id");
        }
        (Sort::PriceDescending, ..) => {
            sql.push("price_vnd desc, product_id desc");
        }
        (Sort::Sold, ..) => {
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

/// Hits of a text by what of it they have, the best first. Within each they stand as in every list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::search) enum Tier {
    /// Officers put them first.
    Pinned,
    /// The name has it as it was typed, with its marks.
    Literal,
    /// The name has it, or what means the same.
    Named,
    /// It is somewhere.
    Anywhere,
}

impl Tier {
    /// In their order.
    pub const ALL: [Self; 4] = [Self::Pinned, Self::Literal, Self::Named, Self::Anywhere];
}

/// The products that are worth ranking for a page of a text: tier by tier until the window is full. Each is read from
/// the index of its words where few have them, or along the index of standings where many do, and so never grows with
/// the catalogue.
pub(in crate::search) async fn candidates(
    pool: &PgPool,
    wanted: &Filter,
    meaning: &Meaning,
    window: u32,
    today: Date,
) -> Result<Vec<Uuid>, Fault> {
    let mut found: Vec<Uuid> = Vec::new();
    for tier in Tier::ALL {
        let left = i64::from(window) - i64::try_from(found.len()).map_err(Fault::new)?;
        if left <= 0 {
            break;
        }
        if tier == Tier::Pinned && meaning.pins.is_empty() {
            continue;
        }
        let mut sql =
            QueryBuilder::<Postgres>::new("select product_id from search_documents where ");
        in_tier(&mut sql, tier, meaning);
        filter(&mut sql, wanted, today);
        sql.push(" order by ");
        sql.push(BY_STANDING);
        sql.push(" limit ");
        sql.push_bind(left);
        let ids: Vec<Uuid> = sql.build_query_scalar().fetch_all(pool).await?;
        found.extend(ids);
    }
    Ok(found)
}

fn in_tier(sql: &mut QueryBuilder<Postgres>, tier: Tier, meaning: &Meaning) {
    let mut has = |before: &str, words: &Wanted| {
        sql.push(before);
        sql.push(" @@ ");
        sql.push_bind(words.to_string());
        sql.push("::tsquery");
    };
    match tier {
        Tier::Pinned => {
            sql.push("product_id = any(");
            sql.push_bind(meaning.pins.clone());
            sql.push(")");
            return;
        }
        Tier::Literal => has(NAMES, &meaning.literal),
        Tier::Named => {
            has(NAMES, &meaning.matching);
            has(NOT_NAMES, &meaning.literal);
        }
        Tier::Anywhere => {
            has("words", &meaning.matching);
            has(NOT_NAMES, &meaning.matching);
        }
    }
    if !meaning.pins.is_empty() {
        sql.push(" and product_id <> all(");
        sql.push_bind(meaning.pins.clone());
        sql.push(")");
    }
}

/// The words of names.
const NAMES: &str = "ts_filter(words, '{a}')";
const NOT_NAMES: &str = " and not ts_filter(words, '{a}')";
const BY_STANDING: &str = "standing desc, published_at desc, product_id";

/// How many products a filter lets through, but for `most` at most: beyond that nobody counts one by one.
pub(in crate::search) async fn count(
    pool: &PgPool,
    wanted: &Filter,
    meaning: Option<&Meaning>,
    most: i64,
    today: Date,
) -> Result<i64, Fault> {
    let mut sql = QueryBuilder::<Postgres>::new(
        "select count(*) from (select from search_documents where true",
    );
    filter(&mut sql, wanted, today);
    if let Some(meaning) = meaning {
        matching(&mut sql, meaning);
    }
    sql.push(" limit ");
    sql.push_bind(most);
    sql.push(") as counted");
    Ok(sql.build_query_scalar().fetch_one(pool).await?)
}

/// What a text means; what is pinned is there in any case.
fn matching(sql: &mut QueryBuilder<Postgres>, meaning: &Meaning) {
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

/// What is asked for beside the text.
fn filter(sql: &mut QueryBuilder<Postgres>, filter: &Filter, today: Date) {
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
