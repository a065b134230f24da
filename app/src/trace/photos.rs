//! Photographs of a lot's field.
use axum::extract::{Multipart, Path};
use axum::http::StatusCode;
use axum::response::Response;
use market::kernel::limit::TooOften;
use market::kernel::{Failure, LotId, PhotoId, Refusal, Right, SellerId};
use market::media::{self, Upload};
use market::trace::commands;

use super::lot::{Typed, own, page};
use crate::media::{broken, receive};
use crate::routes;
use crate::trouble::Trouble;
use crate::ui::lang;
use crate::visit::{Told, Visit, with_retry_after};

pub(super) async fn add(
    visit: Visit,
    Path(id): Path<LotId>,
    mut form: Multipart,
) -> Result<Response, Trouble> {
    let lot = own(&visit, id).await?;
    let mut refused = Vec::new();
    let mut any = false;
    let mut too_often: Option<TooOften> = None;
    loop {
        let mut field = match form.next_field().await {
            Ok(Some(field)) => field,
            Ok(None) => break,
            Err(error) => {
                refused.push(broken(&visit, &error));
                break;
            }
        };
        let file = field.file_name().unwrap_or_default().to_owned();
        let upload = match receive(&visit, &mut field).await? {
            Ok(upload) => upload,
            Err(error) => {
                refused.push(broken(&visit, &error));
                break;
            }
        };
        if file.is_empty() && upload.is_empty() {
            continue;
        }
        any = true;
        // Not before the file is read: a browser that is still sending may not hear the answer.
        match visit.take(&visit.site.limits.upload).await {
            Ok(()) => {}
            Err(Failure::Fault(fault)) => return Err(fault.into()),
            Err(Failure::Refused(often)) => {
                too_often = Some(often);
                continue;
            }
        }
        if let Err(refusal) = take(&visit, lot.seller.id, id, upload).await? {
            refused.push(format!("{file}: {refusal}"));
        }
    }
    if !any && refused.is_empty() {
        refused.push(lang::speaking(visit.lang, || t!("listing.pick_first")));
    }
    let mut status = StatusCode::UNPROCESSABLE_ENTITY;
    if let Some(often) = &too_often {
        refused.push(in_words(&visit, often));
        status = StatusCode::TOO_MANY_REQUESTS;
    }
    if refused.is_empty() {
        return Ok(visit.see_other(&format!("{}#hinh", routes::seller_lot(id))));
    }
    let typed = Typed {
        photos: refused,
        ..Typed::default()
    };
    let told = Told {
        status,
        ..Told::default()
    };
    let answer = page(&visit, own(&visit, id).await?, typed, told).await?;
    Ok(match too_often {
        Some(often) => with_retry_after(answer, &often),
        None => answer,
    })
}

fn in_words(visit: &Visit, refusal: &dyn Refusal) -> String {
    lang::speaking(visit.lang, || lang::refusal(refusal))
}

/// Takes one file in and shows it with the lot; answers the message where it is refused.
async fn take(
    visit: &Visit,
    seller: SellerId,
    lot: LotId,
    upload: Upload,
) -> Result<Result<(), String>, Trouble> {
    let site = &visit.site;
    let accepted =
        media::commands::accept(&site.store, &site.media, &visit.actor, seller, upload).await;
    let photo = match accepted {
        Ok(picture) => picture.id,
        Err(Failure::Refused(refusal)) => return Ok(Err(in_words(visit, &refusal))),
        Err(Failure::Fault(fault)) => return Err(fault.into()),
    };
    let added = market::transact!(site.store, &visit.actor, work => commands::add_photo(work, lot, photo).await);
    match added {
        Ok(()) => Ok(Ok(())),
        Err(Failure::Refused(refusal)) => Ok(Err(in_words(visit, &refusal))),
        Err(Failure::Fault(fault)) => Err(fault.into()),
    }
}

pub(super) async fn remove(
    visit: Visit,
    Path((id, photo)): Path<(LotId, PhotoId)>,
) -> Result<Response, Trouble> {
    visit.desk(Right::List)?;
    market::transact!(visit.site.store, &visit.actor, work => commands::remove_photo(work, id, photo).await)?;
    Ok(visit.see_other(&format!("{}#hinh", routes::seller_lot(id))))
}
