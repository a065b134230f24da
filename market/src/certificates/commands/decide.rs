//! What an officer does with a certificate: hold it against the decision, send it back, take it away.
use serde_json::json;
use uuid::Uuid;

use super::{
    Locked, News, Outcome, covered, lock, names, note, note_of, stars_changed, step, tell_holder,
};
use crate::certificates::{
    CertificateState, CertificateStep, CertificatesRefusal, EventKind, FIELDS, Hand, MARK_FIELDS,
};
use crate::kernel::{CertificateId, FieldErrors, Permission, ProductId, Right, Work};

/// It agrees with the decision: its stars, or its mark, show from now on, on the goods that it was entered for and on
/// those of the one that it follows.
pub async fn verify(work: &mut Work<'_>, id: CertificateId) -> Outcome<()> {
    let locked = in_office(work, id).await?;
    step(work, &locked, CertificateStep::Verify, Hand::Officer).await?;
    granted(work, &locked, locked.stars).await?;
    tell_holder(work, id, News::Verified).await?;
    Ok(())
}

/// Says which of the goods that its seller wants covered besides are what the decision names: they show its stars from
/// now on. The others don't, and their seller is told why.
///
/// # Errors
/// Nothing waits; at `goods_reason`, where goods are refused without one.
pub async fn decide_goods(
    work: &mut Work<'_>,
    id: CertificateId,
    accepted: &[ProductId],
    reason: &str,
) -> Outcome<()> {
    let locked = in_office(work, id).await?;
    let claimed = sqlx::query_scalar!(
        "select product_id from certificate_claims where certificate_id = $1",
        id.0
    )
    .fetch_all(&mut *work.conn)
    .await?;
    if locked.state != CertificateState::Verified || claimed.is_empty() {
        return Err(CertificatesRefusal::WrongState.into());
    }
    let accepted: Vec<Uuid> = accepted.iter().map(|product| product.0).collect();
    let refuses = claimed.iter().any(|product| !accepted.contains(product));
    let mut errors = FieldErrors::default();
    let reason = if refuses {
        errors.line("goods_reason", reason, 300)
    } else {
        String::new()
    };
    if !errors.is_empty() {
        return Err(CertificatesRefusal::Invalid(errors).into());
    }
    sqlx::query!(
        "delete from certificate_claims where certificate_id = $1 and product_id <> all($2)",
        id.0,
        &accepted,
    )
    .execute(&mut *work.conn)
    .await?;
    let covered = take_goods(work, &locked).await?;
    let asked = json!({ "goods": names(work, &claimed).await? });
    let granted = json!({ "goods": names(work, &covered).await?, "reason": reason });
    let told = (reason.as_str(), "products");
    note_of(work, id, EventKind::Changed, told, Some(asked), granted).await?;
    stars_changed(work, &covered).await?;
    let news = if refuses {
        News::GoodsRefused
    } else {
        News::GoodsAccepted
    };
    tell_holder(work, id, news).await?;
    Ok(())
}

/// The goods that wait for a certificate, and those of the one before it, show what it gives from now on.
async fn take_goods(work: &mut Work<'_>, locked: &Locked) -> Outcome<Vec<Uuid>> {
    let taken_over = if locked.is_ocop() {
        name_certificate(work, locked).await?
    } else {
        sqlx::query_scalar!(
            "with former as (
                 delete from certificate_goods where certificate_id = $2 returning product_id
             )
             insert into certificate_goods (certificate_id, product_id)
             select $1::uuid, product_id from former
             union
             select certificate_id, product_id from certificate_claims where certificate_id = $1
             on conflict do nothing
             returning product_id",
            locked.id.0,
            locked.replaces,
        )
        .fetch_all(&mut *work.conn)
        .await?
    };
    sqlx::query!(
        "delete from certificate_claims where certificate_id = $1",
        locked.id.0
    )
    .execute(&mut *work.conn)
    .await?;
    Ok(taken_over)
}

/// The same of an OCOP certificate: a product names one.
async fn name_certificate(work: &mut Work<'_>, locked: &Locked) -> Outcome<Vec<Uuid>> {
    let named = sqlx::query_scalar!(
        "update products set certificate_id = $1, updated_at = $4
         where seller_id = $3 and certificate_id is distinct from $1
             and (id in (select product_id from certificate_claims where certificate_id = $1) or certificate_id = $2)
             -- An older decision takes no goods from a newer one.
             and not exists (
                 select from certificates as newer
                 where newer.id = products.certificate_id and newer.state = 'verified'
                     and newer.decided_on > (select decided_on from certificates where id = $1))
         returning id",
        locked.id.0,
        locked.replaces,
        locked.seller.0,
        work.now,
    )
    .fetch_all(&mut *work.conn)
    .await?;
    Ok(named)
}

/// What follows once a certificate is granted, by whichever way: history, its goods, the end of the one before.
pub(super) async fn granted(
    work: &mut Work<'_>,
    locked: &Locked,
    stars: Option<i16>,
) -> Outcome<()> {
    note(work, locked.id, EventKind::Verified, "", "").await?;
    let taken_over = take_goods(work, locked).await?;
    if let Some(former) = locked.replaces {
        let before = sqlx::query_scalar!("select stars from certificates where id = $1", former)
            .fetch_one(&mut *work.conn)
            .await?;
        let kind = if stars > before {
            EventKind::Upgraded
        } else {
            EventKind::Renewed
        };
        note(work, CertificateId(former), kind, "", "").await?;
    }
    stars_changed(work, &taken_over).await?;
    Ok(())
}

/// It does not agree with the decision, or can't be read: back to its seller, with the field and the reason.
pub async fn send_back(
    work: &mut Work<'_>,
    id: CertificateId,
    field: &str,
    reason: &str,
) -> Outcome<()> {
    let locked = in_office(work, id).await?;
    let mut errors = FieldErrors::default();
    let reason = errors.line("reason", reason, 300);
    let fields: &[&str] = if locked.is_ocop() {
        &FIELDS
    } else {
        &MARK_FIELDS
    };
    if !fields.contains(&field) {
        errors.add("field", "choose");
    }
    if !errors.is_empty() {
        return Err(CertificatesRefusal::Invalid(errors).into());
    }
    step(work, &locked, CertificateStep::Return, Hand::Officer).await?;
    note(work, id, EventKind::Returned, &reason, field).await?;
    tell_holder(work, id, News::Returned).await?;
    Ok(())
}

/// Takes a certificate back: its stars are gone at once, for good.
pub async fn revoke(work: &mut Work<'_>, id: CertificateId, reason: &str) -> Outcome<()> {
    let locked = in_office(work, id).await?;
    let mut errors = FieldErrors::default();
    let reason = errors.line("reason", reason, 300);
    if !errors.is_empty() {
        return Err(CertificatesRefusal::Invalid(errors).into());
    }
    step(work, &locked, CertificateStep::Revoke, Hand::Officer).await?;
    note(work, id, EventKind::Revoked, &reason, "").await?;
    let products = covered(work, id).await?;
    stars_changed(work, &products).await?;
    tell_holder(work, id, News::Revoked).await?;
    Ok(())
}

/// The certificate, locked, if the actor looks after those of its commune. Nobody judges one of their own shop.
async fn in_office(work: &mut Work<'_>, id: CertificateId) -> Outcome<Locked> {
    lock(work, id)
        .await?
        .filter(|locked| {
            work.actor
                .may(Right::Office(Permission::Certificates, locked.commune))
                && !work.actor.may(Right::List(locked.seller))
        })
        .ok_or_else(|| CertificatesRefusal::NotFound.into())
}
