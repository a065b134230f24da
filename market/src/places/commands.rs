//! Loading the two maps.
use std::collections::HashMap;
use std::convert::Infallible;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};
use time::{Date, Month};

use super::types::place_key;
use crate::kernel::{Actor, Failure, Fault, Store, Work};

/// The texts of the files under `data/places`.
#[derive(Clone, Copy)]
pub struct ReferenceTexts<'a> {
    /// Provinces of both maps.
    pub provinces: &'a str,
    /// Communes before July 2025.
    pub communes_before: &'a str,
    /// Communes since.
    pub communes_after: &'a str,
    /// What became of which.
    pub mapping: &'a str,
    /// Which of today's provinces make a socio-economic region.
    pub regions: &'a str,
}

/// As they were when this program was built.
const BUILT_IN: ReferenceTexts<'static> = ReferenceTexts {
    provinces: include_str!("../../../data/places/provinces.csv"),
    communes_before: include_str!("../../../data/places/communes_before.csv"),
    communes_after: include_str!("../../../data/places/communes_after.csv"),
    mapping: include_str!("../../../data/places/commune_mapping.csv"),
    regions: include_str!("../../../data/places/regions.csv"),
};

/// The former province whose communes are the home area where the setting says nothing else: Hậu Giang.
const HOME_PROVINCE_BEFORE: &str = "93";
/// Ids in the map since July 2025 are the code plus this.
const AFTER: i32 = 100_000;

/// Loads the maps that are built into the program, unless they are there already. What `migrate` calls.
pub async fn ensure_reference(store: &Store) -> Result<(), Fault> {
    crate::transact!(store, &Actor::system(), work => Ok(load_reference(work, BUILT_IN).await?))
        .map(|_loaded| ())
        .map_err(|failure: Failure<Infallible>| match failure {
            Failure::Fault(fault) => fault,
            Failure::Refused(never) => match never {},
        })
}

/// Brings provinces, communes and what became of which in line with `texts`; does nothing, and answers
/// `false`, when these very texts are loaded. Communes are never deleted: orders name them for ever.
pub async fn load_reference(work: &mut Work<'_>, texts: ReferenceTexts<'_>) -> Result<bool, Fault> {
    let digest = digest(texts);
    let loaded = sqlx::query_scalar!("select value from settings where name = 'places_reference'")
        .fetch_optional(&mut *work.conn)
        .await?;
    if loaded.as_ref() == Some(&digest) {
        return Ok(false);
    }
    load_provinces(work, texts.provinces).await?;
    load_regions(work, texts.regions).await?;
    load_communes(work, texts).await?;
    load_successors(work, texts.mapping).await?;
    sqlx::query!(
        "insert into settings (name, value, changed_at)
         values ('places_reference', $1, $3), ('home_province_before', $2, $3)
         on conflict (name) do update set value = excluded.value, changed_at = excluded.changed_at
         where settings.name = 'places_reference'",
        digest,
        HOME_PROVINCE_BEFORE,
        work.now,
    )
    .execute(&mut *work.conn)
    .await?;
    Ok(true)
}

fn digest(texts: ReferenceTexts<'_>) -> String {
    let mut hasher = Sha256::new();
    // The form of the keys is part of what is loaded: raise the number when `place_key` changes.
    hasher.update(b"keys 1\0");
    for text in [
        texts.provinces,
        texts.communes_before,
        texts.communes_after,
        texts.mapping,
        texts.regions,
    ] {
        hasher.update(text);
        hasher.update(b"\0");
    }
    format!("{:x?}", hasher.finalize())
}

#[derive(Deserialize)]
struct ProvinceLine {
    era: String,
    code: String,
    name_full: String,
    name: String,
    code_after: Option<String>,
}

async fn load_provinces(work: &mut Work<'_>, text: &str) -> Result<(), Fault> {
    let lines: Vec<ProvinceLine> = lines("provinces.csv", text)?;
    let era = |line: &ProvinceLine| Era::named(&line.era);
    sqlx::query!(
        "insert into provinces (code, name, full_name, valid_from, valid_to, code_after)
         select * from unnest($1::text[], $2::text[], $3::text[], $4::date[], $5::date[], $6::text[])
         on conflict (code, valid_from) do update set
             name = excluded.name,
             full_name = excluded.full_name,
             valid_to = excluded.valid_to,
             code_after = excluded.code_after",
        &lines.iter().map(|l| l.code.clone()).collect::<Vec<_>>(),
        &lines.iter().map(|l| l.name.clone()).collect::<Vec<_>>(),
        &lines.iter().map(|l| l.name_full.clone()).collect::<Vec<_>>(),
        &lines.iter().map(|l| era(l).from()).collect::<Result<Vec<_>, _>>()?,
        &lines.iter().map(|l| era(l).to()).collect::<Result<Vec<_>, _>>()? as &[Option<Date>],
        &lines.iter().map(|l| l.code_after.clone()).collect::<Vec<_>>() as &[Option<String>],
    )
    .execute(&mut *work.conn)
    .await?;
    Ok(())
}

/// The line of one province.
#[derive(Deserialize)]
struct RegionLine {
    name: String,
    province_code: String,
}

async fn load_regions(work: &mut Work<'_>, text: &str) -> Result<(), Fault> {
    let lines: Vec<RegionLine> = lines("regions.csv", text)?;
    sqlx::query!(
        "update provinces set region = (
             select line.region from unnest($1::text[], $2::text[]) as line (code, region) where line.code = provinces.code)
         where valid_to is null",
        &lines.iter().map(|l| l.province_code.clone()).collect::<Vec<_>>(),
        &lines.iter().map(|l| l.name.clone()).collect::<Vec<_>>(),
    )
    .execute(&mut *work.conn)
    .await?;
    Ok(())
}

/// A line of either file of communes; only the former has districts.
#[derive(Deserialize)]
struct CommuneLine {
    code: String,
    name_full: String,
    name: String,
    kind: String,
    district_name_full: Option<String>,
    province_code: String,
    province_name: String,
}

async fn load_communes(work: &mut Work<'_>, texts: ReferenceTexts<'_>) -> Result<(), Fault> {
    for (file, text, era) in [
        ("communes_before.csv", texts.communes_before, Era::Before),
        ("communes_after.csv", texts.communes_after, Era::After),
    ] {
        let lines: Vec<CommuneLine> = lines(file, text)?;
        let ids = lines
            .iter()
            .map(|line| era.id(&line.code))
            .collect::<Result<Vec<_>, _>>()?;
        let search_keys: Vec<String> = lines
            .iter()
            .map(|line| {
                place_key(&format!(
                    "{} {} {}",
                    line.name_full,
                    line.district_name_full.as_deref().unwrap_or(""),
                    line.province_name
                ))
            })
            .collect();
        sqlx::query!(
            "insert into communes (id, code, name, full_name, kind, district_name, province_code, province_name,
                 valid_from, valid_to, name_key, search_key)
             select id, code, name, full_name, kind, district_name, province_code, province_name,
                 $9, $10, name_key, search_key
             from unnest($1::integer[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[],
                 $8::text[], $11::text[], $12::text[])
                 as line (id, code, name, full_name, kind, district_name, province_code, province_name,
                     name_key, search_key)
             on conflict (id) do update set
                 name = excluded.name,
                 full_name = excluded.full_name,
                 kind = excluded.kind,
                 district_name = excluded.district_name,
                 province_code = excluded.province_code,
                 province_name = excluded.province_name,
                 valid_from = excluded.valid_from,
                 valid_to = excluded.valid_to,
                 name_key = excluded.name_key,
                 search_key = excluded.search_key",
            &ids,
            &lines.iter().map(|l| l.code.clone()).collect::<Vec<_>>(),
            &lines.iter().map(|l| l.name.clone()).collect::<Vec<_>>(),
            &lines.iter().map(|l| l.name_full.clone()).collect::<Vec<_>>(),
            &lines.iter().map(|l| l.kind.clone()).collect::<Vec<_>>(),
            &lines.iter().map(|l| l.district_name_full.clone()).collect::<Vec<_>>() as &[Option<String>],
            &lines.iter().map(|l| l.province_code.clone()).collect::<Vec<_>>(),
            &lines.iter().map(|l| l.province_name.clone()).collect::<Vec<_>>(),
            era.from()?,
            era.to()?,
            &lines.iter().map(|l| place_key(&l.name)).collect::<Vec<_>>(),
            &search_keys,
        )
        .execute(&mut *work.conn)
        .await?;
    }
    Ok(())
}

#[derive(Deserialize)]
struct MappingLine {
    old_code: String,
    new_code: String,
    part_or_whole: String,
}

async fn load_successors(work: &mut Work<'_>, text: &str) -> Result<(), Fault> {
    let lines: Vec<MappingLine> = lines("commune_mapping.csv", text)?;
    let mut whole: HashMap<(i32, i32), bool> = HashMap::new();
    for line in &lines {
        let pair = (
            Era::Before.id(&line.old_code)?,
            Era::After.id(&line.new_code)?,
        );
        whole.insert(pair, line.part_or_whole == "whole");
    }
    let (from, to): (Vec<i32>, Vec<i32>) = whole.keys().copied().unzip();
    let whole: Vec<bool> = whole.values().copied().collect();
    sqlx::query!("delete from commune_successors")
        .execute(&mut *work.conn)
        .await?;
    sqlx::query!(
        "insert into commune_successors (from_id, to_id, whole)
         select * from unnest($1::integer[], $2::integer[], $3::boolean[])",
        &from,
        &to,
        &whole,
    )
    .execute(&mut *work.conn)
    .await?;
    Ok(())
}

/// Which of the two maps.
#[derive(Clone, Copy)]
enum Era {
    Before,
    After,
}

impl Era {
    fn named(name: &str) -> Self {
        if name == "after" {
            Self::After
        } else {
            Self::Before
        }
    }

    /// When the map began. When each unit of the former map began isn't known: the day of the decision
    /// (124/2004/QĐ-TTg) with the first list of these codes stands for it.
    fn from(self) -> Result<Date, Fault> {
        match self {
            Self::Before => Date::from_calendar_date(2004, Month::July, 8),
            Self::After => Date::from_calendar_date(2025, Month::July, 1),
        }
        .map_err(Fault::new)
    }

    fn to(self) -> Result<Option<Date>, Fault> {
        match self {
            Self::Before => Date::from_calendar_date(2025, Month::June, 30)
                .map(Some)
                .map_err(Fault::new),
            Self::After => Ok(None),
        }
    }

    fn id(self, code: &str) -> Result<i32, Fault> {
        let number: i32 = code
            .parse()
            .map_err(|_| Fault::new(format!("{code:?} is no commune code")))?;
        Ok(match self {
            Self::Before => number,
            Self::After => number + AFTER,
        })
    }
}

fn lines<T: DeserializeOwned>(file: &str, text: &str) -> Result<Vec<T>, Fault> {
    csv::Reader::from_reader(text.as_bytes())
        .into_deserialize()
        .collect::<Result<_, _>>()
        .map_err(|error| Fault::new(format!("data/places/{file}: {error}")))
}
