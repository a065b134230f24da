//! Photographs of a lot's field.
use axum::extract::{Multipart, Path};
use axum::response::Response;
use market::kernel::{LotId, PhotoId, Right};
use market::trace::commands;

use super::lot::{Typed, own, page};
use crate::media::take_photos;
use crate::routes;
use crate::trouble::Trouble;
use crate::visit::{Told, Visit, with_retry_after};

pub(super) async fn add(
    visit: Visit,
    Path(id): Path<LotId>,
    form: Multipart,
) -> Result<Response, Trouble> {
    let seller = own(&visit, id).await?.seller.id;
    let (store, actor) = (&visit.site.store, &visit.actor);
    let place = async |photo| market::transact!(store, actor, work => commands::add_photo(work, id, photo).await);
    let refused = take_photos(&visit, seller, form, place).await?;
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

pub(super) async fn remove(
    visit: Visit,
    Path((id, photo)): Path<(LotId, PhotoId)>,
) -> Result<Response, Trouble> {
    visit.desk(Right::List)?;
    market::transact!(visit.site.store, &visit.actor, work => commands::remove_photo(work, id, photo).await)?;
    Ok(visit.see_other(&format!("{}#hinh", routes::seller_lot(id))))
}
