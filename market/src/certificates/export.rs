//! A seller's certificates as a table, for who takes them out by law.
use sqlx::PgPool;

use super::queries::exported;
use crate::kernel::table::Table;
use crate::kernel::time::iso_day;
use crate::kernel::{Fault, SellerId};

/// All certificates of a seller, the oldest first.
pub async fn certificates(db: &PgPool, seller: SellerId) -> Result<Vec<u8>, Fault> {
    let mut table = Table::new(&[
        "code",
        "kind",
        "product",
        "stars",
        "number",
        "issuer",
        "regime",
        "decided_on",
        "valid_to",
        "state",
    ])?;
    for certificate in exported(db, seller).await? {
        let stars = certificate.stars.map(|stars| stars.to_string());
        let stars = stars.unwrap_or_default();
        table.row([
            certificate.code.as_str(),
            certificate.kind.as_str(),
            certificate.product_name.as_str(),
            stars.as_str(),
            certificate.number.as_str(),
            certificate.issuer.as_str(),
            certificate.regime.as_deref().unwrap_or_default(),
            iso_day(certificate.decided_on).as_str(),
            iso_day(certificate.valid_to).as_str(),
            certificate.state.as_str(),
        ])?;
    }
    table.into_bytes()
}
