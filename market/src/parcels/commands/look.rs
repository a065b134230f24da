//! Settling what carriers told and nobody has made anything of.
use super::step::{Outcome, tell_order};
use crate::kernel::audit::{Deed, record};
use crate::kernel::{CommuneId, Permission, Right, SellerOrderId, Work};
use crate::parcels::ParcelsRefusal;

/// An officer has looked at a notice: it is no longer shown. Twice is once.
///
/// # Errors
/// There is no such notice that somebody has to look at, or its shop is not the officer's to look after.
pub async fn look_at(work: &mut Work<'_>, notice: i64) -> Outcome<()> {
    let found = sqlx::query!(
        "select part.id, sellers.commune_id
         from carrier_notices as notice
         join parcels on parcels.id = notice.parcel_id
         join seller_orders as part on part.id = parcels.seller_order_id
         join sellers on sellers.id = part.seller_id
         where notice.id = $1 and notice.effect = 'unknown'",
        notice
    )
    .fetch_optional(&mut *work.conn)
    .await?
    .filter(|row| {
        let commune = CommuneId(row.commune_id);
        work.actor.may(Right::Office(Permission::Sellers, commune))
    })
    .ok_or(ParcelsRefusal::NotFound)?;
    let is_news = sqlx::query!(
        "insert into carrier_notices_seen (notice_id, person_id, at) values ($1, $2, $3) on conflict do nothing",
        notice,
        work.actor.person.map(|person| person.0),
        work.now,
    )
    .execute(&mut *work.conn)
    .await?
    .rows_affected();
    if is_news == 0 {
        return Ok(());
    }
    record(
        work,
        Deed {
            action: "parcel.looked_at",
            subject_kind: "seller_order",
            subject: found.id,
            before: None,
            after: None,
        },
    )
    .await?;
    tell_order(work, SellerOrderId(found.id)).await
}
