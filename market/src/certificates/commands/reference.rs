//! The kinds of marks: reference data that every installation needs.
use crate::certificates::marks;
use crate::kernel::{Fault, Work};

/// Makes the kinds known to the database; what is there already takes the new names.
pub async fn load(work: &mut Work<'_>) -> Result<(), Fault> {
    for (kind, position) in marks::all().iter().zip(1i16..) {
        sqlx::query!(
            "insert into certificate_kinds (code, position, name_vi, name_en) values ($1, $2, $3, $4)
             on conflict (code) do update set position = excluded.position, name_vi = excluded.name_vi, name_en = excluded.name_en",
            kind.code,
            position,
            kind.name_vi,
            kind.name_en,
        )
        .execute(&mut *work.conn)
        .await?;
    }
    Ok(())
}
