//! Reading the rates.
use sqlx::PgExecutor;
use time::Date;

use super::{Rate, RateTable};
use crate::kernel::{Fault, Vnd};

/// The rates in effect on `day`: of each step the latest that has begun.
pub async fn rates(db: impl PgExecutor<'_>, day: Date) -> Result<RateTable, Fault> {
    let rows = sqlx::query!(
        "select distinct on (zone, up_to_grams) zone, up_to_grams, fee_vnd
         from shipping_rates
         where valid_from <= $1
         order by zone, up_to_grams, valid_from desc",
        day,
    )
    .fetch_all(db)
    .await?;
    Ok(RateTable(
        rows.into_iter()
            .map(|row| Rate {
                zone: row.zone,
                up_to_grams: i64::from(row.up_to_grams),
                fee: Vnd(row.fee_vnd),
            })
            .collect(),
    ))
}
