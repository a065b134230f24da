//! Photographs about an order: of a claim or of a message. Whoever may see the order sees them.
use time::Duration;
use uuid::Uuid;

use super::Outcome;
use crate::claims::ClaimsRefusal;
use crate::claims::form::MOST_PHOTOS;
use crate::kernel::audit::{Deed, record};
use crate::kernel::{
    Actor, ClaimId, CommuneId, Failure, Fault, OrderCode, OrderMessageId, PaperId, Permission,
    Right, SellerId, SellerOrderId, Store, Work,
};
use crate::media::{MediaStore, PaperKind, PhotoRefusal, Upload, papers};
use crate::orders::OrdersRefusal;

/// Photographs swept in one go.
const SWEPT: i64 = 500;
/// A photograph that belongs to nothing yet waits for so long.
const KEPT_ALONE: Duration = Duration::days(1);

/// Takes a photograph in for a part of an order, before what it belongs to is written. As seller the actor must sell for
/// the part's shop; as buyer the caller has checked the token by `part_of_order`.
///
/// # Errors
/// What is wrong with the file; there is no such part.
pub async fn accept_photo(
    store: &Store,
    media: &MediaStore,
    actor: &Actor,
    part: SellerOrderId,
    upload: Upload,
) -> Result<PaperId, Failure<PhotoRefusal>> {
    let seller = sqlx::query_scalar!("select seller_id from seller_orders where id = $1", part.0)
        .fetch_one(store.reader())
        .await?;
    let seller = SellerId(seller);
    let photo = papers::accept(store, media, actor, seller, PaperKind::Order, upload).await?;
    // The same file as one that waits already: it waits anew.
    sqlx::query!(
        "update papers set created_at = greatest(created_at, $2) where id = $1",
        photo.0,
        store.now(),
    )
    .execute(store.writer())
    .await?;
    Ok(photo)
}

/// Shows photographs with a claim or a message. Answers whether all of them were there: one that waited too long was swept.
pub(super) async fn show(
    work: &mut Work<'_>,
    part: SellerOrderId,
    message: Option<OrderMessageId>,
    claim: Option<ClaimId>,
    photos: &[PaperId],
) -> Result<bool, Fault> {
    let papers: Vec<Uuid> = photos
        .iter()
        .take(MOST_PHOTOS)
        .map(|paper| paper.0)
        .collect();
    // What is swept meanwhile is missing then, and not a broken reference.
    let shown = sqlx::query!(
        "with there as (
             select papers.id from papers
             join seller_orders as part on part.id = $2 and part.seller_id = papers.seller_id
             where papers.id = any($1) and papers.kind = 'order'
             for key share of papers
         )
         insert into order_photos (paper_id, seller_order_id, message_id, claim_id, position)
         select there.id, $2, $3, $4, photo.position::smallint
         from unnest($1::uuid[]) with ordinality as photo (id, position)
         join there on there.id = photo.id",
        &papers,
        part.0,
        message.map(|message| message.0),
        claim.map(|claim| claim.0),
    )
    .execute(&mut *work.conn)
    .await?
    .rows_affected();
    Ok(usize::try_from(shown).ok() == Some(papers.len()))
}

/// Shows photographs with a message that was just said.
///
/// # Errors
/// One waited too long and is gone.
pub async fn show_in_message(
    work: &mut Work<'_>,
    part: SellerOrderId,
    message: OrderMessageId,
    photos: &[PaperId],
) -> Result<(), Failure<OrdersRefusal>> {
    if show(work, part, Some(message), None, photos).await? {
        Ok(())
    } else {
        Err(OrdersRefusal::field("message", "photo_gone").into())
    }
}

/// A photograph about the order that `token` opens, JPEG.
///
/// # Errors
/// There is none; a fault of the database or the store.
pub async fn look_as_buyer(
    store: &Store,
    media: &MediaStore,
    code: &OrderCode,
    token: &str,
    photo: PaperId,
) -> Outcome<Vec<u8>> {
    let is_there = sqlx::query_scalar!(
        r#"select exists (
            select from order_photos
            join seller_orders as part on part.id = order_photos.seller_order_id
            join orders on orders.id = part.order_id
            where order_photos.paper_id = $1 and orders.code = $2 and orders.access_token = $3) as "is_there!""#,
        photo.0,
        code.as_str(),
        token,
    )
    .fetch_one(store.reader())
    .await?;
    if !is_there {
        return Err(ClaimsRefusal::NotFound.into());
    }
    Ok(papers::open(store, media, photo).await?)
}

/// A photograph about an order, JPEG: for its seller, and for the officer who decides a claim that it belongs to, whose
/// look is written down.
///
/// # Errors
/// There is none that the actor may see; a fault of the database or the store.
pub async fn look(
    store: &Store,
    media: &MediaStore,
    actor: &Actor,
    photo: PaperId,
) -> Outcome<Vec<u8>> {
    let row = sqlx::query!(
        r#"select papers.seller_id as "seller_id!", sellers.commune_id,
               exists (
                   select from order_photos join claims on claims.id = order_photos.claim_id
                   where order_photos.paper_id = papers.id and exists (
                       select from claim_events where claim_events.claim_id = claims.id and to_state = 'disputed')) as "is_disputed!"
           from papers join sellers on sellers.id = papers.seller_id
           where papers.id = $1 and papers.kind = 'order'
               and exists (select from order_photos where order_photos.paper_id = papers.id)"#,
        photo.0
    )
    .fetch_optional(store.reader())
    .await?
    .ok_or(ClaimsRefusal::NotFound)?;
    let is_officers = row.is_disputed
        && actor.may(Right::Office(
            Permission::Feedback,
            CommuneId(row.commune_id),
        ));
    if !actor.may(Right::Fulfil(SellerId(row.seller_id))) {
        if !is_officers {
            return Err(ClaimsRefusal::NotFound.into());
        }
        let seller = row.seller_id;
        crate::transact_sure!(store, actor, work => Ok(note_look(work, photo, seller).await?))?;
    }
    Ok(papers::open(store, media, photo).await?)
}

async fn note_look(work: &mut Work<'_>, photo: PaperId, seller: Uuid) -> Result<(), Fault> {
    record(
        work,
        Deed {
            action: "paper.seen",
            subject_kind: "paper",
            subject: photo.0,
            before: None,
            after: Some(serde_json::json!({ "kind": "order", "seller": seller })),
        },
    )
    .await?;
    Ok(())
}

/// Forgets photographs that belong to nothing: forms that were never sent whole, orders whose buyers are forgotten.
///
/// # Errors
/// A fault of the database.
pub async fn sweep(work: &mut Work<'_>) -> Result<(), Fault> {
    sqlx::query!(
        "delete from papers
         where id in (
             select id from papers
             where kind = 'order' and created_at < $1
                 and not exists (select from order_photos where order_photos.paper_id = papers.id)
             order by created_at limit $2 for update skip locked)",
        work.now - KEPT_ALONE,
        SWEPT,
    )
    .execute(&mut *work.conn)
    .await?;
    Ok(())
}
