//! Photographs of a lot's field.
use super::{Outcome, happened, lock_own};
use crate::kernel::{LotId, PhotoId, Work};
use crate::trace::types::PHOTOS;
use crate::trace::{LotEvent, TraceRefusal};

/// Shows a photograph of the lot's shop with the lot; one that is there already stays where it is.
///
/// # Errors
/// The lot was recalled, or has as many as it may; the photograph is another shop's.
pub async fn add_photo(work: &mut Work<'_>, id: LotId, photo: PhotoId) -> Outcome<()> {
    let lot = lock_own(work, id).await?;
    lot.after(LotEvent::PhotoAdded)?;
    let there = sqlx::query_scalar!(
        "select photo_id from lot_photos where lot_id = $1 order by position",
        id.0
    )
    .fetch_all(&mut *work.conn)
    .await?;
    if there.contains(&photo.0) {
        return Ok(());
    }
    if there.len() >= PHOTOS {
        return Err(TraceRefusal::PhotosFull.into());
    }
    let added = sqlx::query!(
        "insert into lot_photos (lot_id, position, photo_id)
         select $1, (select coalesce(max(position), 0) + 1 from lot_photos where lot_id = $1), photos.id
         from photos where photos.id = $2 and photos.seller_id = $3",
        id.0,
        photo.0,
        lot.seller.0,
    )
    .execute(&mut *work.conn)
    .await?
    .rows_affected();
    if added != 1 {
        return Err(TraceRefusal::NotFound.into());
    }
    happened(work, id, LotEvent::PhotoAdded, "", None).await?;
    Ok(())
}

/// No longer shows a photograph with the lot; those behind it move up.
///
/// # Errors
/// The lot was recalled, or does not show it.
pub async fn remove_photo(work: &mut Work<'_>, id: LotId, photo: PhotoId) -> Outcome<()> {
    let lot = lock_own(work, id).await?;
    lot.after(LotEvent::PhotoRemoved)?;
    let position = sqlx::query_scalar!(
        "delete from lot_photos where lot_id = $1 and photo_id = $2 returning position",
        id.0,
        photo.0,
    )
    .fetch_optional(&mut *work.conn)
    .await?
    .ok_or(TraceRefusal::NotFound)?;
    // One after the other: a single statement would meet the place that is not free yet.
    for place in position + 1..=8 {
        sqlx::query!(
            "update lot_photos set position = position - 1 where lot_id = $1 and position = $2",
            id.0,
            place,
        )
        .execute(&mut *work.conn)
        .await?;
    }
    happened(work, id, LotEvent::PhotoRemoved, "", None).await?;
    Ok(())
}
