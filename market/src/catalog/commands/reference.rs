//! The six groups, the product sets and the kinds of marks: reference data that every installation needs.
use serde::Deserialize;

use crate::catalog::sets;
use crate::certificates;
use crate::kernel::{Actor, Fault, Store, Work};

#[derive(Deserialize)]
struct GroupRow {
    code: String,
    position: i16,
    name_vi: String,
    name_en: String,
}

/// Loads the groups, sets and marks that come with the program; what is there already takes the new names.
pub async fn ensure(store: &Store) -> Result<(), Fault> {
    crate::transact_sure!(store, &Actor::system(), work => Ok(load(work).await?))
}

/// The same, inside a transaction.
pub async fn load(work: &mut Work<'_>) -> Result<(), Fault> {
    let groups = include_str!("../../../../data/ocop/groups.csv");
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
    for set in sets::all() {
        sqlx::query!(
            "insert into ocop_sets (regime, number, group_code, name_vi, name_en, tax_class, valid_from) values ($1, $2, $3, $4, $5, $6, $7)
             on conflict (regime, number) do update set name_vi = excluded.name_vi, name_en = excluded.name_en",
            set.regime,
            i16::from(set.number),
            set.group.as_str(),
            set.name_vi,
            set.name_en,
            set.tax_class,
            set.valid_from,
        )
        .execute(&mut *work.conn)
        .await?;
    }
    certificates::commands::reference::load(work).await
}
