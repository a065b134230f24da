//! What a seller does with a certificate: enter it, mend it, say which goods it covers.
use serde_json::json;
use uuid::Uuid;

use super::{
    Locked, Outcome, known, lock, names, note, note_of, public_code, stars_changed, step,
    write_entry,
};
use crate::certificates::{
    CertificateState, CertificateStep, CertificatesRefusal, Entry, EventKind, Hand, queries,
};
use crate::kernel::{CertificateId, PaperId, ProductId, Right, SellerId, Work};

/// Enters a certificate of `seller` with its scan, for an officer to hold against the decision. It is to cover
/// those products; with `replaces` it follows another of the same seller, whose products go over to it once it is
/// verified.
pub async fn enter(
    work: &mut Work<'_>,
    seller: SellerId,
    entry: &Entry,
    paper: PaperId,
    products: &[ProductId],
    replaces: Option<CertificateId>,
) -> Outcome<CertificateId> {
    if !work.actor.may(Right::List(seller)) {
        return Err(CertificatesRefusal::NotFound.into());
    }
    if let Some(former) = replaces {
        let former = lock(work, former)
            .await?
            .filter(|former| former.seller == seller)
            .ok_or(CertificatesRefusal::NotFound)?;
        if former.state != CertificateState::Verified {
            return Err(CertificatesRefusal::WrongState.into());
        }
    }
    let paper = own_paper(work, seller, paper).await?;
    let id: CertificateId = work.new_id();
    let code = public_code(work);
    sqlx::query!(
        "insert into certificates (id, code, state, state_since, source, seller_id, product_name, group_code, set_number, regime,
             stars, score, number, decided_on, valid_to, issuer, paper_id, replaces_id, is_sample, created_at)
         values ($1, $2, 'entered', $3, 'seller', $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16,
             (select is_sample from sellers where id = $4), $3)",
        id.0,
        code,
        work.now,
        seller.0,
        entry.product_name,
        entry.group.as_str(),
        entry.set.map(i16::from),
        entry.regime,
        i16::from(entry.stars),
        entry.score.map(|score| i32::from(score.0)),
        entry.number,
        entry.decided_on,
        entry.valid_to,
        entry.issuer,
        paper,
        replaces.map(|former| former.0),
    )
    .execute(&mut *work.conn)
    .await
    .map_err(known)?;
    claim(work, id, seller, products).await?;
    note(work, id, EventKind::Entered, "", "").await?;
    Ok(id)
}

/// Mends a certificate that waits or was returned; it waits for an officer again. Without a new scan the one that
/// is there stays.
pub async fn correct(
    work: &mut Work<'_>,
    id: CertificateId,
    entry: &Entry,
    paper: Option<PaperId>,
    products: &[ProductId],
) -> Outcome<()> {
    let locked = own(work, id).await?;
    step(work, &locked, CertificateStep::Correct, Hand::Seller).await?;
    write_entry(work, id, entry).await?;
    if let Some(paper) = paper {
        let paper = own_paper(work, locked.seller, paper).await?;
        sqlx::query!(
            "update certificates set paper_id = $2 where id = $1",
            id.0,
            paper
        )
        .execute(&mut *work.conn)
        .await?;
    }
    claim(work, id, locked.seller, products).await?;
    note(work, id, EventKind::Changed, "", "").await?;
    Ok(())
}

/// Says which goods a verified certificate is to cover. What is left out shows its stars no longer; what comes besides
/// waits for an officer, since the province stands behind every star.
pub async fn cover(work: &mut Work<'_>, id: CertificateId, products: &[ProductId]) -> Outcome<()> {
    let locked = own(work, id).await?;
    if locked.state != CertificateState::Verified {
        return Err(CertificatesRefusal::WrongState.into());
    }
    let products = own_products(work, locked.seller, products).await?;
    let left_out = sqlx::query_scalar!(
        "update products set certificate_id = null, updated_at = $4
         where seller_id = $3 and certificate_id = $1 and id <> all($2)
         returning id",
        id.0,
        &products,
        locked.seller.0,
        work.now,
    )
    .fetch_all(&mut *work.conn)
    .await?;
    let asked = sqlx::query!(
        "with dropped as (
             delete from certificate_claims where certificate_id = $1 and product_id <> all($2)
         )
         insert into certificate_claims (certificate_id, product_id)
         select $1, id from products where id = any($2) and certificate_id is distinct from $1
         on conflict do nothing",
        id.0,
        &products,
    )
    .execute(&mut *work.conn)
    .await?
    .rows_affected();
    if asked > 0 || !left_out.is_empty() {
        let before = json!({ "left_out": names(work, &left_out).await? });
        let after = json!({ "goods": names(work, &products).await? });
        note_of(
            work,
            id,
            EventKind::Changed,
            ("", "products"),
            Some(before),
            after,
        )
        .await?;
    }
    if !left_out.is_empty() {
        stars_changed(work, &left_out).await?;
    }
    Ok(())
}

/// The certificate, locked, if the actor lists its holder's goods.
async fn own(work: &mut Work<'_>, id: CertificateId) -> Outcome<Locked> {
    lock(work, id)
        .await?
        .filter(|locked| work.actor.may(Right::List(locked.seller)))
        .ok_or_else(|| CertificatesRefusal::NotFound.into())
}

async fn own_paper(work: &mut Work<'_>, seller: SellerId, paper: PaperId) -> Outcome<Uuid> {
    sqlx::query_scalar!(
        "select id from papers where id = $1 and seller_id = $2 and kind = 'certificate'",
        paper.0,
        seller.0,
    )
    .fetch_optional(&mut *work.conn)
    .await?
    .ok_or_else(|| CertificatesRefusal::NotFound.into())
}

async fn own_products(
    work: &mut Work<'_>,
    seller: SellerId,
    products: &[ProductId],
) -> Outcome<Vec<Uuid>> {
    let ids: Vec<Uuid> = products.iter().map(|product| product.0).collect();
    if queries::strangers(&mut *work.conn, seller, &ids).await? > 0 {
        return Err(CertificatesRefusal::NotFound.into());
    }
    Ok(ids)
}

/// Notes what a certificate is to cover, in place of what was noted before.
async fn claim(
    work: &mut Work<'_>,
    id: CertificateId,
    seller: SellerId,
    products: &[ProductId],
) -> Outcome<()> {
    let products = own_products(work, seller, products).await?;
    sqlx::query!(
        "delete from certificate_claims where certificate_id = $1",
        id.0
    )
    .execute(&mut *work.conn)
    .await?;
    sqlx::query!(
        "insert into certificate_claims (certificate_id, product_id) select $1, * from unnest($2::uuid[]) on conflict do nothing",
        id.0,
        &products,
    )
    .execute(&mut *work.conn)
    .await?;
    Ok(())
}
