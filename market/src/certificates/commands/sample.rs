//! Certificates of the sample data: verified from the start.
use time::Date;

use super::super::{EventKind, Group};
use super::note;
use crate::kernel::{CertificateId, Fault, SellerId, Work};

/// A certificate as the sample catalogue has it.
#[derive(Clone, Debug)]
pub struct NewCertificate {
    /// Short public code.
    pub code: String,
    /// The holder.
    pub seller: SellerId,
    /// The product as printed.
    pub product_name: String,
    /// OCOP group.
    pub group: Group,
    /// 3 to 5.
    pub stars: i16,
    /// Number of the decision.
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

/// Notes that a certificate which went its ordinary way is invented.
pub async fn mark(work: &mut Work<'_>, id: CertificateId) -> Result<(), Fault> {
    sqlx::query!(
        "update certificates set is_sample = true where id = $1",
        id.0
    )
    .execute(&mut *work.conn)
    .await?;
    Ok(())
}

/// Makes a certificate known that was verified before it came here; one known by that code stays as is.
pub async fn create(
    work: &mut Work<'_>,
    certificate: &NewCertificate,
) -> Result<CertificateId, Fault> {
    let id: CertificateId = work.new_id();
    let regime = sqlx::query!(
        "select months from ocop_regimes where code = $1",
        certificate.regime
    )
    .fetch_one(&mut *work.conn)
    .await?;
    let valid_to = super::super::last_day(
        certificate.decided_on,
        u8::try_from(regime.months).map_err(Fault::new)?,
    );
    let known = sqlx::query_scalar!(
        "insert into certificates (id, code, state, state_since, source, seller_id, product_name, group_code, stars, number,
             issuer, regime, decided_on, valid_to, is_sample, created_at)
         values ($1, $2, 'verified', $3, 'sample', $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $3)
         on conflict (code) do update set code = excluded.code
         returning id",
        id.0,
        certificate.code,
        work.now,
        certificate.seller.0,
        certificate.product_name,
        certificate.group.as_str(),
        certificate.stars,
        certificate.number,
        certificate.issuer,
        certificate.regime,
        certificate.decided_on,
        valid_to,
        certificate.is_sample,
    )
    .fetch_one(&mut *work.conn)
    .await?;
    if known == id.0 {
        note(work, id, EventKind::Verified, "", "").await?;
    }
    Ok(CertificateId(known))
}
