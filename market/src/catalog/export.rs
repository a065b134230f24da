//! A seller's goods as a table, for its owner and for who takes them out by law.
use sqlx::PgPool;

use super::queries::exported;
use crate::kernel::table::Table;
use crate::kernel::{Fault, SellerId};

/// All goods of a seller, one variant a row, those that are no longer listed among them.
pub async fn goods(db: &PgPool, seller: SellerId) -> Result<Vec<u8>, Fault> {
    let mut table = Table::new(&[
        "product",
        "status",
        "variant",
        "unit",
        "price_vnd",
        "on_hand",
        "available",
    ])?;
    for good in exported(db, seller).await? {
        let price = good.price.map(|price| price.0.to_string());
        table.row([
            good.product.as_str(),
            good.status.as_str(),
            good.variant.as_str(),
            good.unit.as_str(),
            price.as_deref().unwrap_or_default(),
            good.on_hand.plain().as_str(),
            good.available.plain().as_str(),
        ])?;
    }
    table.into_bytes()
}
