//! What a seller does with a certificate: enter it, mend it, say which goods it covers.
use serde_json::json;
use uuid::Uuid;

use super::{
    Birth, Locked, Outcome, insert, lock, names, note, note_of, stars_changed, step, write_entry,
};
use crate::certificates::{
    CertificateState, CertificateStep, CertificatesRefusal, Entry, EventKind, Hand, OCOP, Source,
    queries,
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
        if former.kind != entry.gives.code() {
            return Err(CertificatesRefusal::OtherKind.into());
        }
    }
    let paper = own_paper(work, seller, paper).await?;
    let birth = Birth {
        state: CertificateState::Entered,
        source: Source::Seller,
        seller,
        paper: Some(paper),
        replaces: replaces.map(|former| former.0),
    };
    let id = insert(work, entry, &birth).await?;
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
    // One mark may turn out to be another, unless it follows one; stars and marks stay apart.
    let is_fixed = locked.replaces.is_some() || locked.is_ocop() || entry.gives.code() == OCOP;
    if is_fixed && locked.kind != entry.gives.code() {
        return Err(CertificatesRefusal::OtherKind.into());
    }
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
    let left_out = leave_out(work, &locked, &products).await?;
    let asked = sqlx::query!(
        "with dropped as (
             delete from certificate_claims where certificate_id = $1 and product_id <> all($2)
         )
         insert into certificate_claims (certificate_id, product_id)
         select $1, id from products
         where id = any($2) and not exists (select from covered_goods where certificate_id = $1 and product_id = products.id)
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

/// Takes what a certificate covers from all goods but these, and answers from which.
async fn leave_out(work: &mut Work<'_>, locked: &Locked, but: &[Uuid]) -> Outcome<Vec<Uuid>> {
    let left_out = if locked.is_ocop() {
        sqlx::query_scalar!(
            "update products set certificate_id = null, updated_at = $4
             where seller_id = $3 and certificate_id = $1 and id <> all($2)
             returning id",
            locked.id.0,
            but,
            locked.seller.0,
            work.now,
        )
        .fetch_all(&mut *work.conn)
        .await?
    } else {
        sqlx::query_scalar!(
            "delete from certificate_goods where certificate_id = $1 and product_id <> all($2) returning product_id",
            locked.id.0,
            but,
        )
        .fetch_all(&mut *work.conn)
        .await?
    };
    Ok(left_out)
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
