//! How many products each further choice would show.
use sqlx::PgPool;
use time::Date;

use super::{month, sets_of, stars_of};
use crate::catalog::{Group, sets};
use crate::certificates::marks;
use crate::kernel::Fault;
use crate::kernel::error::broken_row;
use crate::search::lexicon::Meaning;
use crate::search::types::{CommuneCount, Facets, FactValue, Filter};
use crate::sellers::SellerKind;

/// Facets as the statement numbers them: by what is grouped by, one bit a column, the first the highest; a column
/// that is grouped by has none. What several values stand in one row for has numbers of its own.
mod facet {
    pub const GROUP: i32 = 0b01111;
    pub const STARS: i32 = 0b10111;
    pub const COMMUNE: i32 = 0b11011;
    pub const SELLER_KIND: i32 = 0b11101;
    pub const SET: i32 = 0b11110;
    pub const TOTAL: i32 = 0b11111;
    pub const MARK: i32 = 64;
    pub const FACT: i32 = 128;
}

/// All lots of documents: each stands in one of so many, by chance.
pub(in crate::search) const LOTS: i16 = 64;

/// How many documents there are, by the number in one lot.
pub(in crate::search) async fn about_how_many(pool: &PgPool) -> Result<i64, Fault> {
    let of_a_lot =
        sqlx::query_scalar!(r#"select count(*) as "count!" from search_documents where lot < 1"#)
            .fetch_one(pool)
            .await?;
    Ok(of_a_lot * i64::from(LOTS))
}

/// Total and facets in one pass over what text, price and seller let through, each facet without its own
/// filter; and how many documents those let through. Counts the documents of the first `lots` and takes the others
/// to be like them.
pub(in crate::search) async fn facets(
    pool: &PgPool,
    filter: &Filter,
    meaning: Option<&Meaning>,
    lots: i16,
    today: Date,
) -> Result<(Facets, i64), Fault> {
    let groups: Vec<String> = filter
        .groups
        .iter()
        .map(|group| group.as_str().to_owned())
        .collect();
    let kinds: Vec<String> = filter
        .seller_kinds
        .iter()
        .map(|kind| kind.as_str().to_owned())
        .collect();
    let asked: Vec<String> = filter.facts.iter().map(|said| said.fact.clone()).collect();
    let values: Vec<String> = filter.facts.iter().map(FactValue::kept).collect();
    let rows = sqlx::query!(
        r#"with let_through as (
               -- What of the filters a product misses, a bit each: 1 group, 2 stars, 4 commune, 8 kind of seller,
               -- 16 season, 32 set, 64 marks, 128 facts. A facet counts what misses nothing, or its own filter alone.
               select group_code, commune_code, commune_name, seller_kind, set_number, search_documents.facts, unmet.facts as unmet,
                   stars_on(stars, stars_from, stars_to, $1) as stars,
                   season_months @> array[$2::smallint] as is_in_season,
                   shown.marks,
                   (cardinality($3::text[]) > 0 and group_code <> all($3))::integer
                   + 2 * (cardinality($4::smallint[]) > 0
                       and coalesce(stars_on(stars, stars_from, stars_to, $1) <> all($4), true))::integer
                   + 4 * (cardinality($5::text[]) > 0 and commune_code <> all($5))::integer
                   + 8 * (cardinality($6::text[]) > 0 and seller_kind <> all($6))::integer
                   + 16 * ($7 and not season_months @> array[$2::smallint])::integer
                   + 32 * (cardinality($12::smallint[]) > 0 and coalesce(set_number <> all($12), true))::integer
                   + 64 * (cardinality($13::text[]) > 0 and not shown.marks && $13)::integer
                   + 128 * (cardinality(unmet.facts) > 0)::integer as missed
               from search_documents
               cross join lateral (
                   select case when mark_kinds = '{}' then '{}' else marks_on(mark_kinds, mark_periods, $1) end as marks
               ) as shown
               cross join lateral (
                   -- The facts that are asked for and of which the product has none of the answers.
                   select case when cardinality($14::text[]) = 0 then '{}' else array(
                       select asked.fact from unnest($14::text[], $15::text[]) as asked (fact, value)
                       group by asked.fact
                       having not bool_or(asked.value = any(search_documents.facts))) end as facts
               ) as unmet
               where ($8::text is null or words @@ $8::text::tsquery or product_id = any($17::uuid[]))
                   and (cardinality($9::text[]) = 0 or seller_slug = any($9))
                   and ($10::bigint is null or price_vnd >= $10)
                   and ($11::bigint is null or price_vnd <= $11)
                   and lot < $18
           )
           select
               grouping(group_code, stars, commune_code, seller_kind, set_number) as "facet!",
               coalesce(group_code, stars::text, commune_code, seller_kind, set_number::text) as value,
               min(commune_name) as commune_name,
               case grouping(group_code, stars, commune_code, seller_kind, set_number)
                   when 15 then count(*) filter (where missed in (0, 1))
                   when 23 then count(*) filter (where missed in (0, 2))
                   when 27 then count(*) filter (where missed in (0, 4))
                   when 29 then count(*) filter (where missed in (0, 8))
                   when 30 then count(*) filter (where missed in (0, 32))
                   else count(*) filter (where missed = 0)
               end as "count!",
               count(*) filter (where missed in (0, 16) and is_in_season) as "in_season!",
               count(*) as "let_through!"
           from let_through
           group by grouping sets ((group_code), (stars), (commune_code), (seller_kind), (set_number), ())
           union all
           select 64, mark, null, count(*), 0, 0
           from let_through
           cross join lateral unnest(marks) as mark
           where missed in (0, 64) and marks <> '{}'
           group by mark
           union all
           select 128, said.value, null, count(*), 0, 0
           from let_through
           cross join lateral unnest(facts) as said (value)
           where cardinality($16::text[]) > 0 and split_part(said.value, '=', 1) = any($16) and missed in (0, 128)
               and unmet <@ array[split_part(said.value, '=', 1)]
           group by said.value"#,
        today,
        month(today),
        &groups,
        &stars_of(filter),
        &filter.communes,
        &kinds,
        filter.in_season,
        meaning.map(|meaning| meaning.matching.to_string()),
        &filter.sellers,
        filter.min_price.map(|price| price.0),
        filter.max_price.map(|price| price.0),
        &sets_of(filter),
        &filter.marks,
        &asked,
        &values,
        &facets_of(filter, today),
        meaning.map_or(&[][..], |meaning| &meaning.pins),
        lots,
    )
    .fetch_all(pool)
    .await?;
    let times = i64::from(LOTS / lots);
    let mut facets = Facets {
        is_estimate: lots < LOTS,
        ..Facets::default()
    };
    let mut let_through = 0;
    for row in rows {
        if row.facet == facet::TOTAL {
            facets.total = row.count * times;
            facets.in_season = row.in_season * times;
            let_through = row.let_through * times;
            continue;
        }
        // Products that have no stars or set are counted for none.
        let Some(value) = row.value.filter(|_| row.count > 0) else {
            continue;
        };
        let name = row.commune_name.unwrap_or_default();
        add(&mut facets, row.facet, value, name, row.count * times)
            .ok_or_else(|| broken_row("search_documents", "facet", row.facet))?;
    }
    sort_facets(&mut facets);
    Ok((facets, let_through))
}

/// Notes a count; nothing where the value can't be understood.
fn add(facets: &mut Facets, facet: i32, value: String, name: String, count: i64) -> Option<()> {
    match facet {
        facet::GROUP => facets.groups.push((Group::parse(&value)?, count)),
        facet::STARS => facets.stars.push((value.parse().ok()?, count)),
        facet::COMMUNE => facets.communes.push(CommuneCount {
            code: value,
            name,
            count,
        }),
        facet::SELLER_KIND => facets
            .seller_kinds
            .push((SellerKind::parse(&value)?, count)),
        facet::SET => facets.sets.push((value.parse().ok()?, count)),
        facet::MARK => facets.marks.push((value, count)),
        facet::FACT => {
            let (fact, value) = value.split_once('=')?;
            let said = FactValue {
                fact: fact.to_owned(),
                value: value.to_owned(),
            };
            facets.facts.push((said, count));
        }
        _ => return None,
    }
    Some(())
}

/// Puts the values of each facet in the order in which they are shown.
pub(in crate::search) fn sort_facets(facets: &mut Facets) {
    facets
        .groups
        .sort_by_key(|&(group, count)| (std::cmp::Reverse(count), group));
    facets
        .stars
        .sort_by_key(|&(stars, _)| std::cmp::Reverse(stars));
    facets
        .communes
        .sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.code.cmp(&b.code)));
    facets
        .seller_kinds
        .sort_by_key(|&(kind, count)| (std::cmp::Reverse(count), kind.as_str()));
    facets.sets.sort_unstable();
    let of_marks = |code: &str| marks::all().iter().position(|kind| kind.code == code);
    facets
        .marks
        .sort_by_cached_key(|(code, count)| (std::cmp::Reverse(*count), of_marks(code)));
    facets.facts.sort_by_cached_key(|(said, _)| place(said));
}

/// Where an answer stands in the data.
fn place(said: &FactValue) -> Option<(usize, usize)> {
    sets::facets().enumerate().find_map(|(at, (fact, _))| {
        let mut choices = fact.choices().iter();
        let choice = choices.position(|choice| choice.code == said.value)?;
        (fact.code == said.fact).then_some((at, choice))
    })
}

/// The facts that matter of goods of the sets that are chosen, or else of the groups, and those that are asked for.
pub(in crate::search) fn facets_of(filter: &Filter, today: Date) -> Vec<String> {
    let chosen: Vec<u8> = sets::of_day(today)
        .filter(|set| {
            if filter.sets.is_empty() {
                filter.groups.contains(&set.group)
            } else {
                filter.sets.contains(&set.number)
            }
        })
        .map(|set| set.number)
        .collect();
    sets::facets()
        .filter(|(fact, sets)| {
            sets.iter().any(|number| chosen.contains(number))
                || filter.facts.iter().any(|said| said.fact == fact.code)
        })
        .map(|(fact, _)| fact.code.clone())
        .collect()
}
