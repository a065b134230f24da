//! Reads of the two maps. Today's map is the rows that end nowhere.
use std::collections::BTreeSet;

use sqlx::{PgExecutor, PgPool};

use super::rows::CommuneRow;
use super::types::{
    CodeReading, CodeToday, Commune, NamedCommune, PlaceHit, PlaceNames, PlaceReading, PlaceWords,
    Province, UnitName, counted_otherwise, only_place, place_key, possible_names,
};
use crate::kernel::{CommuneId, Fault};

/// The commune with this id, of either map.
pub async fn load(
    executor: impl PgExecutor<'_>,
    id: CommuneId,
) -> Result<Option<Commune>, sqlx::Error> {
    sqlx::query_as!(
        CommuneRow,
        r#"select id, code, name, full_name, district_name, province_code, province_name
           from communes where id = $1"#,
        id.0,
    )
    .fetch_optional(executor)
    .await
    .map(|row| row.map(Commune::from))
}

/// The commune with this code on today's map.
pub async fn by_code(
    executor: impl PgExecutor<'_>,
    code: &str,
) -> Result<Option<Commune>, sqlx::Error> {
    sqlx::query_as!(
        CommuneRow,
        r#"select id, code, name, full_name, district_name, province_code, province_name
           from communes where code = $1 and valid_to is null"#,
        code,
    )
    .fetch_optional(executor)
    .await
    .map(|row| row.map(Commune::from))
}

/// The commune that had this code before July 2025.
pub async fn former_by_code(
    executor: impl PgExecutor<'_>,
    code: &str,
) -> Result<Option<Commune>, sqlx::Error> {
    sqlx::query_as!(
        CommuneRow,
        r#"select id, code, name, full_name, district_name, province_code, province_name
           from communes where code = $1 and valid_to is not null"#,
        code,
    )
    .fetch_optional(executor)
    .await
    .map(|row| row.map(Commune::from))
}

/// What codes mean today: one of today's map itself, otherwise all that the former commune with that code
/// became. A code that lives on with other borders means today's commune; one that neither map has is left out.
pub async fn today_by_codes(
    executor: impl PgExecutor<'_>,
    codes: &[String],
) -> Result<Vec<CodeToday>, sqlx::Error> {
    let rows = sqlx::query!(
        r#"select code as "asked!", id as "id!", code as "code!", name as "name!", full_name as "full_name!",
               province_code as "province_code!", province_name as "province_name!", null::text as former
           from communes where code = any($1) and valid_to is null
           union all
           select former.code, current.id, current.code, current.name, current.full_name,
               current.province_code, current.province_name,
               former.full_name || coalesce(', ' || former.district_name, '')
           from communes as former
           join commune_successors as successor on successor.from_id = former.id
           join communes as current on current.id = successor.to_id
           where former.code = any($1) and former.valid_to is not null
               and not exists (select from communes as today where today.code = former.code and today.valid_to is null)
           order by 1, 3"#,
        codes,
    )
    .fetch_all(executor)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| CodeToday {
            asked: row.asked,
            commune: Commune {
                id: CommuneId(row.id),
                code: row.code,
                name: row.name,
                full_name: row.full_name,
                district_name: None,
                province_code: row.province_code,
                province_name: row.province_name,
            },
            former: row.former,
        })
        .collect())
}

/// The commune of today that `code` says, where it says exactly one.
pub async fn read_code(executor: impl PgExecutor<'_>, code: &str) -> Result<CodeReading, Fault> {
    let mut communes: Vec<Commune> = today_by_codes(executor, &[code.to_owned()])
        .await?
        .into_iter()
        .map(|today| today.commune)
        .collect();
    Ok(match (communes.pop(), communes.is_empty()) {
        (None, _) => CodeReading::Unknown,
        (Some(only), true) => CodeReading::One(only),
        (Some(last), false) => {
            communes.push(last);
            CodeReading::Split(communes)
        }
    })
}

/// The communes of a province on today's map, by name without marks.
pub async fn current_communes_of(
    executor: impl PgExecutor<'_>,
    province_code: &str,
) -> Result<Vec<Commune>, sqlx::Error> {
    sqlx::query_as!(
        CommuneRow,
        r#"select id, code, name, full_name, district_name, province_code, province_name
           from communes where province_code = $1 and valid_to is null
           order by name_key, code"#,
        province_code,
    )
    .fetch_all(executor)
    .await
    .map(|rows| rows.into_iter().map(Commune::from).collect())
}

/// The communes of the installation's own area: those of today into which communes of its former province
/// (setting `home_province_before`) went. By name without marks.
pub async fn home_communes(executor: impl PgExecutor<'_>) -> Result<Vec<Commune>, sqlx::Error> {
    sqlx::query_as!(
        CommuneRow,
        r#"select id, code, name, full_name, district_name, province_code, province_name
           from communes where id in (
               select successor.to_id
               from commune_successors as successor
               join communes as former on former.id = successor.from_id
               join settings on settings.name = 'home_province_before' and settings.value = former.province_code)
           order by name_key, code"#,
    )
    .fetch_all(executor)
    .await
    .map(|rows| rows.into_iter().map(Commune::from).collect())
}

/// What a former commune became, and whether all of it went there. Empty for one of today's.
pub async fn successors(
    executor: impl PgExecutor<'_>,
    former: CommuneId,
) -> Result<Vec<(CommuneId, bool)>, sqlx::Error> {
    let rows = sqlx::query!(
        "select to_id, whole from commune_successors where from_id = $1 order by to_id",
        former.0,
    )
    .fetch_all(executor)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| (CommuneId(row.to_id), row.whole))
        .collect())
}

/// The former communes that went, whole or in part, into one of today's, by code.
pub async fn predecessors(
    executor: impl PgExecutor<'_>,
    current: CommuneId,
) -> Result<Vec<Commune>, sqlx::Error> {
    sqlx::query_as!(
        CommuneRow,
        r#"select former.id, former.code, former.name, former.full_name,
               former.district_name, former.province_code, former.province_name
           from commune_successors as successor
           join communes as former on former.id = successor.from_id
           where successor.to_id = $1
           order by former.code"#,
        current.0,
    )
    .fetch_all(executor)
    .await
    .map(|rows| rows.into_iter().map(Commune::from).collect())
}

/// The provinces and cities of today's map, by name without marks.
pub async fn provinces(executor: impl PgExecutor<'_>) -> Result<Vec<Province>, sqlx::Error> {
    sqlx::query_as!(
        Province,
        "select code, name, full_name from provinces where valid_to is null order by unaccent(name), code",
    )
    .fetch_all(executor)
    .await
}

/// What a text about a place says. Sure is only what is named exactly, under either map, and leads to one
/// commune of today; what was split, what is called alike in several places and what is merely like the text
/// is for a person to choose, at most `limit`.
pub async fn read(pool: &PgPool, text: &str, limit: i64) -> Result<PlaceReading, Fault> {
    let key = place_key(text);
    let mut named = named(pool, &key).await?;
    if named.is_empty()
        && let Some(key) = counted_otherwise(&key)
    {
        named = self::named(pool, &key).await?;
    }
    if let Some(place) = only_place(&named)
        && let Some(commune) = load(pool, place).await?
    {
        return Ok(PlaceReading::Sure(commune));
    }
    let places: BTreeSet<CommuneId> = named.iter().flat_map(NamedCommune::places).collect();
    let mut hits = find_with(pool, text, &named, limit).await?;
    if places.len() > 1 {
        hits.retain(|hit| places.contains(&hit.commune.id));
    }
    Ok(PlaceReading::Asked(hits))
}

/// The communes of either map that `key` names exactly.
async fn named(pool: &PgPool, key: &str) -> Result<Vec<NamedCommune>, Fault> {
    let rows = sqlx::query!(
        r#"select commune.id, commune.full_name, commune.district_name, commune.valid_to is null as "is_of_today!",
               province.full_name as province_name,
               coalesce(province.code_after, province.code) as "province_after!",
               province_after.full_name as province_after_name,
               array(select to_id from commune_successors where from_id = commune.id order by to_id) as "became!",
               array(
                   select distinct former.district_name
                   from commune_successors as successor
                   join communes as former on former.id = successor.from_id
                   where successor.to_id = commune.id and former.district_name is not null
               ) as "former_districts!",
               array(
                   select distinct former_province.full_name
                   from commune_successors as successor
                   join communes as former on former.id = successor.from_id
                   join provinces as former_province
                       on former_province.code = former.province_code and former_province.valid_from = former.valid_from
                   where successor.to_id = commune.id
               ) as "former_provinces!"
           from communes as commune
           join provinces as province
               on province.code = commune.province_code and province.valid_from = commune.valid_from
           join provinces as province_after
               on province_after.code = coalesce(province.code_after, province.code) and province_after.valid_to is null
           where commune.name_key = any($1)
           order by commune.id"#,
        &possible_names(key),
    )
    .fetch_all(pool)
    .await?;
    Ok(rows
        .into_iter()
        .filter(|row| {
            let districts = row.district_name.iter().chain(&row.former_districts);
            let provinces = [&row.province_name, &row.province_after_name];
            let names = PlaceNames {
                own: UnitName::of(&row.full_name),
                districts: districts.map(|name| UnitName::of(name)).collect(),
                provinces: provinces
                    .into_iter()
                    .chain(&row.former_provinces)
                    .map(|name| UnitName::of(name))
                    .collect(),
            };
            names.are(key)
        })
        .map(|row| NamedCommune {
            id: CommuneId(row.id),
            province_after: row.province_after,
            became: (!row.is_of_today).then(|| row.became.into_iter().map(CommuneId).collect()),
        })
        .collect())
}

/// The communes of today that `text` may mean, at most `limit`, likeliest first: a name that is exactly
/// that before one that begins so before one that holds it before a district or province; our own area
/// first. A name of before July 2025 answers what it became, all of it where it was split. Each commune
/// comes once. Where nothing has all the words, names that look alike are answered.
pub async fn find(pool: &PgPool, text: &str, limit: i64) -> Result<Vec<PlaceHit>, Fault> {
    find_with(pool, text, &[], limit).await
}

/// Like [`find`], with the communes that the text names exactly in front.
async fn find_with(
    pool: &PgPool,
    text: &str,
    named: &[NamedCommune],
    limit: i64,
) -> Result<Vec<PlaceHit>, Fault> {
    let words = PlaceWords::read(text);
    if words.names.is_empty() {
        return Ok(Vec::new());
    }
    // Folded words hold letters and digits alone, so that nothing needs quoting.
    let every_word = words
        .names
        .split(' ')
        .map(|word| format!("{word}:*"))
        .collect::<Vec<_>>()
        .join(" & ");
    let named: Vec<i32> = named.iter().map(|commune| commune.id.0).collect();
    let hits = found(pool, &words, Some(&every_word), &named, limit).await?;
    if hits.is_empty() {
        return found(pool, &words, None, &named, limit).await;
    }
    Ok(hits)
}

/// By words (`tsquery`), or without them by likeness.
async fn found(
    pool: &PgPool,
    words: &PlaceWords,
    tsquery: Option<&str>,
    exact: &[i32],
    limit: i64,
) -> Result<Vec<PlaceHit>, Fault> {
    let rows = sqlx::query!(
        r#"with home as materialized (
               select distinct successor.to_id as id
               from commune_successors as successor
               join communes as former on former.id = successor.from_id
               join settings on settings.name = 'home_province_before' and settings.value = former.province_code
           ),
           named as (
               select *, 0 as likeness from communes
               where to_tsvector('simple', search_key) @@ to_tsquery('simple', $1) or id = any($5)
               union all
               select *, -word_similarity($3, search_key) from communes
               where $1 is null and $3 <% search_key
           ),
           meant as (
               -- A commune of today, under its own name …
               select named.id, named.id as current_id, null::text as former, true as whole,
                   named.name_key, named.search_key, named.likeness
               from named where named.valid_to is null
               union all
               -- … or under that of one that went into it.
               select named.id, successor.to_id,
                   named.full_name || coalesce(', ' || named.district_name, '') || ', ' || named.province_name,
                   successor.whole, named.name_key, named.search_key, named.likeness
               from named join commune_successors as successor on successor.from_id = named.id
           ),
           ranked as (
               select meant.*,
                   least(
                       case
                           when meant.id = any($5) then -1
                           when name_key in ($2, $3) then 0
                           when starts_with(name_key, $2) or starts_with(name_key, $3)
                               or starts_with($2, name_key || ' ') or starts_with($3, name_key || ' ') then 1
                           when strpos(' ' || name_key, ' ' || $3) > 0 then 2
                           else 3
                       end) as rank,
                   home.id is null as away,
                   not starts_with(search_key, $2) as otherwise_called
               from meant left join home on home.id = meant.current_id
           ),
           once as (
               select distinct on (current_id) * from ranked
               order by current_id, rank, likeness, former is not null, otherwise_called, name_key, former
           )
           select commune.id, commune.code, commune.name, commune.full_name,
               commune.district_name, commune.province_code, commune.province_name,
               once.former, once.whole as "whole!"
           from once join communes as commune on commune.id = once.current_id
           order by once.rank, once.likeness, once.away, once.otherwise_called, once.former is not null,
               once.name_key, commune.id
           limit $4"#,
        tsquery,
        words.all,
        words.names,
        limit,
        exact,
    )
    .fetch_all(pool)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| PlaceHit {
            commune: Commune {
                id: CommuneId(row.id),
                code: row.code,
                name: row.name,
                full_name: row.full_name,
                district_name: row.district_name,
                province_code: row.province_code,
                province_name: row.province_name,
            },
            former: row.former,
            whole: row.whole,
        })
        .collect())
}
