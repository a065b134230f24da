//! Photographs of a lot's field.
use axum::body::Bytes;
use axum::extract::{Form, Multipart, Path, Query};
use axum::response::Response;
use market::kernel::{Failure, LotId, PhotoId, Right};
use market::trace::{PHOTOS, TraceRefusal, commands};

use super::lot::{Typed, own, page};
use crate::media::{self, Announced, Offset, take_photos};
use crate::routes;
use crate::trouble::Trouble;
use crate::visit::{Told, Visit, with_retry_after};

pub(super) async fn add(
    visit: Visit,
    Path(id): Path<LotId>,
    form: Multipart,
) -> Result<Response, Trouble> {
    let seller = own(&visit, id).await?.seller.id;
    let refused = take_photos(&visit, seller, form, |photo| place(&visit, id, photo)).await?;
    if refused.words.is_empty() {
        return Ok(visit.see_other(&format!("{}#hinh", routes::seller_lot(id))));
    }
    let told = Told {
        status: refused.status(),
        ..Told::default()
    };
    let typed = Typed {
        photos: refused.words,
        ..Typed::default()
    };
    let answer = page(&visit, own(&visit, id).await?, typed, told).await?;
    Ok(match refused.too_often {
        Some(often) => with_retry_after(answer, &often),
        None => answer,
    })
}

/// Begins a file, or says how far it came before.
pub(super) async fn begin(
    visit: Visit,
    Path(id): Path<LotId>,
    Form(announced): Form<Announced>,
) -> Result<Response, Trouble> {
    let lot = own(&visit, id).await?;
    let full = (lot.photos.len() >= PHOTOS).then_some(TraceRefusal::PhotosFull);
    let place = |photo| place(&visit, id, photo);
    media::begin(&visit, lot.seller.id, &announced, full, place).await
}

/// Takes the next piece; with the last one the photograph is put on the lot.
pub(super) async fn piece(
    visit: Visit,
    Path((id, digest)): Path<(LotId, String)>,
    Query(offset): Query<Offset>,
    bytes: Bytes,
) -> Result<Response, Trouble> {
    let seller = own(&visit, id).await?.seller.id;
    let place = |photo| place(&visit, id, photo);
    media::piece(&visit, seller, &digest, offset, &bytes, place).await
}

async fn place(visit: &Visit, id: LotId, photo: PhotoId) -> Result<(), Failure<TraceRefusal>> {
    market::transact!(visit.site.store, &visit.actor, work => commands::add_photo(work, id, photo).await)
}

pub(super) async fn remove(
    visit: Visit,
    Path((id, photo)): Path<(LotId, PhotoId)>,
) -> Result<Response, Trouble> {
    visit.desk(Right::List)?;
    market::transact!(visit.site.store, &visit.actor, work => commands::remove_photo(work, id, photo).await)?;
    Ok(visit.see_other(&format!("{}#hinh", routes::seller_lot(id))))
}
