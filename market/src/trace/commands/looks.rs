//! Counting who looks where goods come from.
use crate::kernel::{Fault, LotId, Store};

/// Counts one look at a lot's page on the business day of now: one row a lot and day, no visitor is known by it.
///
/// # Errors
/// A fault of the database.
pub async fn count_look(store: &Store, lot: LotId) -> Result<(), Fault> {
    sqlx::query!(
        "insert into lot_looks as counted (lot_id, day, looks) values ($1, $2, 1)
         on conflict (lot_id, day) do update set looks = counted.looks + 1",
        lot.0,
        store.today(),
    )
    .execute(store.writer())
    .await?;
    Ok(())
}
