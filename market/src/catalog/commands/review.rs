//! An officer looks at what sellers list, before buyers see it.
use serde_json::{Map, Value, json};
use sqlx::types::Json;
use time::Duration;

use super::listing::{Listing, Outcome, changed, close, locked, set_status, show};
use crate::catalog::{
    CatalogRefusal, Content, ListingReview, ProductStatus, Reason, ReviewKind, ReviewState,
};
use crate::kernel::message::{self, Args};
use crate::kernel::text::fold;
use crate::kernel::{
    CommuneId, Fault, FieldErrors, Permission, Phone, ProductId, Right, Work, error::broken_row,
};
use crate::sellers;

/// For so long a message about a decision is worth sending.
const WANTED: Duration = Duration::days(2);

/// Shows the listing, or what was to change of it, as it was looked at.
///
/// # Errors
/// [`CatalogRefusal::NotFound`] for who does not look after that commune, [`CatalogRefusal::OwnShop`],
/// [`CatalogRefusal::WrongState`] where nothing waits, [`CatalogRefusal::ChangedMeanwhile`] where its seller has
/// changed something since `version`.
pub async fn approve(work: &mut Work<'_>, product: ProductId, version: i32) -> Outcome<()> {
    let (listing, review) = waiting(work, product, version).await?;
    let before = listing.status.is_shown().then_some(&listing.live);
    let after = listing.wanted().clone();
    decide(work, &review, "approved", before, &after, &[]).await?;
    close_approved(work, &listing, &review, &after).await?;
    tell_seller(work, &listing, &after, "listing_approved", "").await?;
    changed(work, product, "product.approved", None, Map::new()).await
}

async fn close_approved(
    work: &mut Work<'_>,
    listing: &Listing,
    review: &ListingReview,
    after: &Content,
) -> Outcome<()> {
    if review.kind == ReviewKind::First {
        let today = work.today();
        sellers::queries::may_publish(work.conn, listing.seller, today)
            .await
            .map_err(|failure| failure.map(CatalogRefusal::of_shop))?;
        set_status(work, listing.id, ProductStatus::Published).await?;
    } else {
        show(work, listing, after).await?;
    }
    close(work, listing.id, review, ReviewState::Approved).await?;
    Ok(())
}

/// Returns it with reasons at fields, as typed: a field and a reason; empty reasons are none. What buyers see stays as
/// it was.
///
/// # Errors
/// As [`approve`]; no reason at all, or one that is too long, noted at its field.
pub async fn return_with(
    work: &mut Work<'_>,
    product: ProductId,
    version: i32,
    typed: &[(String, String)],
) -> Outcome<()> {
    let (listing, review) = waiting(work, product, version).await?;
    let after = listing.wanted().clone();
    let known = after.fields();
    let mut errors = FieldErrors::default();
    let mut reasons = Vec::new();
    for (field, typed) in typed
        .iter()
        .filter(|(field, _)| known.contains(&field.as_str()))
    {
        let reason = errors.optional_text(field, typed, 500);
        if !reason.is_empty() {
            reasons.push(Reason {
                field: field.clone(),
                reason,
            });
        }
    }
    if reasons.is_empty() && errors.is_empty() {
        errors.add("reasons", "return_reason");
    }
    if !errors.is_empty() {
        return Err(CatalogRefusal::Invalid(errors).into());
    }
    let before = listing.status.is_shown().then_some(&listing.live);
    decide(work, &review, "returned", before, &after, &reasons).await?;
    sqlx::query!(
        "update listing_reviews set state = 'returned', reasons = $2 where id = $1",
        review.id.0,
        Json(&reasons) as _,
    )
    .execute(&mut *work.conn)
    .await?;
    if review.kind == ReviewKind::First {
        set_status(work, product, ProductStatus::Returned).await?;
    }
    let first = reasons.first().map_or("", |reason| &reason.reason);
    tell_seller(work, &listing, &after, "listing_returned", first).await?;
    let told: Map<String, Value> = reasons
        .iter()
        .map(|reason| (reason.field.clone(), json!(reason.reason)))
        .collect();
    changed(work, product, "product.returned", None, told).await
}

/// What waits, locked, for an officer who looks after it.
async fn waiting(
    work: &mut Work<'_>,
    product: ProductId,
    version: i32,
) -> Outcome<(Listing, ListingReview)> {
    let listing = locked(work, product)
        .await?
        .ok_or(CatalogRefusal::NotFound)?;
    let commune = sqlx::query_scalar!(
        "select commune_id from sellers where id = $1",
        listing.seller.0
    )
    .fetch_one(&mut *work.conn)
    .await?;
    let right = Right::Office(Permission::Listings, CommuneId(commune));
    if !work.actor.may(right) {
        return Err(CatalogRefusal::NotFound.into());
    }
    let is_own = work
        .actor
        .memberships
        .iter()
        .any(|membership| membership.seller == listing.seller);
    if is_own {
        return Err(CatalogRefusal::OwnShop.into());
    }
    match listing.review.clone() {
        Some(review) if review.state == ReviewState::Waiting => {
            if review.version == version {
                Ok((listing, review))
            } else {
                Err(CatalogRefusal::ChangedMeanwhile.into())
            }
        }
        _ => Err(CatalogRefusal::WrongState(listing.status.as_str()).into()),
    }
}

async fn decide(
    work: &mut Work<'_>,
    review: &ListingReview,
    decision: &str,
    before: Option<&Content>,
    after: &Content,
    reasons: &[Reason],
) -> Result<(), Fault> {
    sqlx::query!(
        "insert into listing_decisions (review_id, at, decision, person_id, version, before, after, reasons)
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
        review.id.0,
        work.now,
        decision,
        work.actor.person.map(|person| person.0),
        review.version,
        before.map(Json) as _,
        Json(after) as _,
        Json(reasons) as _,
    )
    .execute(&mut *work.conn)
    .await?;
    Ok(())
}

async fn tell_seller(
    work: &mut Work<'_>,
    listing: &Listing,
    content: &Content,
    kind: &str,
    reason: &str,
) -> Result<(), Fault> {
    let phone = sqlx::query_scalar!("select phone from sellers where id = $1", listing.seller.0)
        .fetch_one(&mut *work.conn)
        .await?;
    let phone = Phone::parse(&phone).map_err(|_| broken_row("sellers", "phone", listing.seller))?;
    let short = |text: &str, length| fold(text).chars().take(length).collect::<String>();
    let args: Args = [
        ("name", short(&content.name, 40)),
        ("reason", short(reason, 60)),
    ]
    .into_iter()
    .map(|(name, value)| (name.to_owned(), value))
    .collect();
    message::write(work, &phone, kind, args, "vi", work.now + WANTED).await?;
    Ok(())
}
