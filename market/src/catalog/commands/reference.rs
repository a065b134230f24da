//! The six groups and the product sets: reference data that every installation needs.
use serde::Deserialize;

use crate::kernel::{Actor, Fault, Store, Work};

#[derive(Deserialize)]
struct GroupRow {
    code: String,
    position: i16,
    name_vi: String,
    name_en: String,
}

#[derive(Deserialize)]
struct SetRow {
    number: i16,
    group_code: String,
    name_vi: String,
    name_en: String,
    regime: String,
    valid_from: String,
    tax_class: String,
}

/// Loads the groups and sets that come with the program.
pub async fn ensure(store: &Store) -> Result<(), Fault> {
    crate::transact_sure!(store, &Actor::system(), work => Ok(load(work, include_str!("../../../../data/ocop/groups.csv"), include_str!("../../../../data/ocop/sets.csv")).await?))
}

/// Loads `data/ocop/groups.csv` and `sets.csv`; what is there already takes the new names.
pub async fn load(work: &mut Work<'_>, groups: &str, sets: &str) -> Result<(), Fault> {
    for row in csv::Reader::from_reader(groups.as_bytes()).deserialize::<GroupRow>() {
        let row = row.map_err(Fault::new)?;
        sqlx::query!(
            "insert into ocop_groups (code, position, name_vi, name_en) values ($1, $2, $3, $4)
             on conflict (code) do update set position = excluded.position, name_vi = excluded.name_vi, name_en = excluded.name_en",
            row.code,
            row.position,
            row.name_vi,
            row.name_en,
        )
        .execute(&mut *work.conn)
        .await?;
    }
    for row in csv::Reader::from_reader(sets.as_bytes()).deserialize::<SetRow>() {
        let row = row.map_err(Fault::new)?;
        let valid_from = crate::kernel::time::parse_day(&row.valid_from)
            .ok_or_else(|| Fault::new("sets.csv: valid_from is no day"))?;
        sqlx::query!(
            "insert into ocop_sets (regime, number, group_code, name_vi, name_en, tax_class, valid_from) values ($1, $2, $3, $4, $5, $6, $7)
             on conflict (regime, number) do update set name_vi = excluded.name_vi, name_en = excluded.name_en",
            row.regime,
            row.number,
            row.group_code,
            row.name_vi,
            row.name_en,
            row.tax_class,
            valid_from,
        )
        .execute(&mut *work.conn)
        .await?;
    }
    Ok(())
}
