//! Reading the marks that goods show.
use sqlx::PgPool;

use crate::certificates::{Mark, marks};
use crate::kernel::error::broken_row;
use crate::kernel::{Fault, ProductId};

/// The marks that were granted to a product, in the order of the kinds; ask each whether it is valid today.
pub async fn granted_marks(db: &PgPool, product: ProductId) -> Result<Vec<Mark>, Fault> {
    let rows = sqlx::query!(
        r#"select
            granted.id as "id!",
            granted.code as "code!",
            granted.kind as "kind!",
            granted.number as "number!",
            granted.issuer as "issuer!",
            granted.decided_on as "decided_on!",
            granted.valid_to as "valid_to!",
            granted.is_sample as "is_sample!"
        from granted_marks as granted
        join certificate_kinds on certificate_kinds.code = granted.kind
        where granted.product_id = $1
        order by certificate_kinds.position, granted.valid_to desc, granted.id"#,
        product.0,
    )
    .fetch_all(db)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(Mark {
                kind: marks::named(&row.kind)
                    .ok_or_else(|| broken_row("certificates", "kind", row.id))?,
                code: row.code,
                number: row.number,
                issuer: row.issuer,
                decided_on: row.decided_on,
                valid_to: row.valid_to,
                is_sample: row.is_sample,
            })
        })
        .collect()
}
