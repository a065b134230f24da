//! Entering certificates.
use time::Date;

use super::last_day;
use crate::kernel::{CertificateId, Fault, SellerId, Work};

/// A certificate as the province's decision has it.
#[derive(Clone, Debug)]
pub struct NewCertificate {
    /// Short public code.
    pub code: String,
    /// The holder.
    pub seller: SellerId,
    /// The product as printed.
    pub product_name: String,
    /// 3 to 5.
    pub stars: i16,
    /// Number of the certificate.
    pub number: String,
    /// Who granted it.
    pub issuer: String,
    /// Under which decision's rules.
    pub regime: String,
    /// The day of the decision.
    pub decided_on: Date,
    /// Number or date are invented for the demonstration.
    pub is_sample: bool,
}

/// Enters a certificate; one known by that code stays as is.
pub async fn create(
    work: &mut Work<'_>,
    certificate: &NewCertificate,
) -> Result<CertificateId, Fault> {
    let id: CertificateId = work.new_id();
    let known = sqlx::query_scalar!(
        "insert into certificates (id, code, seller_id, product_name, stars, number, issuer, regime, decided_on, valid_to, is_sample, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
         on conflict (code) do update set code = excluded.code
         returning id",
        id.0,
        certificate.code,
        certificate.seller.0,
        certificate.product_name,
        certificate.stars,
        certificate.number,
        certificate.issuer,
        certificate.regime,
        certificate.decided_on,
        last_day(certificate.decided_on),
        certificate.is_sample,
        work.now,
    )
    .fetch_one(&mut *work.conn)
    .await?;
    Ok(CertificateId(known))
}
