//! The first step: photographs.
use axum::extract::{Multipart, Path};
use axum::http::StatusCode;
use axum::response::Response;
use leptos::prelude::*;
use market::catalog::commands::MAX_PHOTOS;
use market::catalog::{CatalogRefusal, Product, commands};
use market::kernel::{Failure, PhotoId, ProductId, Right};
use market::media::{self, Upload};

use super::kept_photos::{KeptPhotos, MorePhotos};
use super::{Steps, own};
use crate::media::{broken, receive};
use crate::routes;
use crate::trouble::Trouble;
use crate::ui::parts::{Notice, Tone};
use crate::ui::{Area, Head, lang};
use crate::visit::{Visit, with_retry_after};

pub(in crate::sellers) async fn photos(
    visit: Visit,
    Path(id): Path<ProductId>,
) -> Result<Response, Trouble> {
    let own = own(&visit, id).await?;
    let reasons = own.reasons_at(&["photo"]);
    Ok(photos_page(&visit, StatusCode::OK, own.product, reasons))
}

pub(super) fn photos_page(
    visit: &Visit,
    status: StatusCode,
    product: Product,
    refused: Vec<String>,
) -> Response {
    visit.page_with(
        status,
        || Head::private(t!("listing.step_photos"), Area::Seller),
        || view! { <PhotoStep product refused /> },
    )
}

#[component]
fn PhotoStep(product: Product, refused: Vec<String>) -> impl IntoView {
    let id = product.id;
    let has_photos = !product.photos.is_empty();
    let room = product.photos.len() < MAX_PHOTOS;
    view! {
        <div class="wizard stack" data-gap="l">
            <Steps id at="anh" />
            <h1>{t!("listing.step_photos")}</h1>
            <p>{t!("listing.photos_lead")}</p>
            {(!refused.is_empty()).then(|| view! {
                <Notice tone=Tone::Error><ul>{refused.into_iter().map(|text| view! { <li>{text}</li> }).collect_view()}</ul></Notice>
            })}
            <KeptPhotos product=product.clone() />
            {room.then(|| view! { <MorePhotos product /> })}
            <p><a class="button" data-kind=if has_photos { "primary" } else { "quiet" } href=routes::listing(id, "hang")>{t!("listing.next")}</a></p>
        </div>
    }
}

pub(in crate::sellers) async fn add_photos(
    visit: Visit,
    Path(id): Path<ProductId>,
    mut form: Multipart,
) -> Result<Response, Trouble> {
    let product = own(&visit, id).await?.product;
    let mut refused = Vec::new();
    let mut any = false;
    let mut too_often = None;
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
        if let Err(refusal) = take(&visit, &product, upload).await? {
            refused.push(format!("{file}: {refusal}"));
        }
    }
    if let Some(often) = too_often {
        refused.push(lang::speaking(visit.lang, || lang::refusal(&often)));
        let page = photos_page(
            &visit,
            StatusCode::TOO_MANY_REQUESTS,
            own(&visit, id).await?.product,
            refused,
        );
        return Ok(with_retry_after(page, &often));
    }
    if !any && refused.is_empty() {
        refused.push(lang::speaking(visit.lang, || t!("listing.pick_first")));
    }
    if refused.is_empty() {
        return Ok(visit.see_other(&routes::listing(id, "anh")));
    }
    Ok(photos_page(
        &visit,
        StatusCode::UNPROCESSABLE_ENTITY,
        own(&visit, id).await?.product,
        refused,
    ))
}

/// Takes one file in and puts it on the listing; answers the message where it is refused.
async fn take(
    visit: &Visit,
    product: &Product,
    upload: Upload,
) -> Result<Result<(), String>, Trouble> {
    let site = &visit.site;
    let picture = match media::commands::accept(
        &site.store,
        &site.media,
        &visit.actor,
        product.seller.id,
        upload,
    )
    .await
    {
        Ok(picture) => picture,
        Err(Failure::Refused(refusal)) => {
            return Ok(Err(lang::speaking(visit.lang, || lang::refusal(&refusal))));
        }
        Err(Failure::Fault(fault)) => return Err(fault.into()),
    };
    let id = product.id;
    match market::transact!(site.store, &visit.actor, work => commands::attach_photo(work, id, picture.id, "").await)
    {
        Ok(()) => Ok(Ok(())),
        Err(Failure::Refused(refusal)) => {
            Ok(Err(lang::speaking(visit.lang, || lang::refusal(&refusal))))
        }
        Err(Failure::Fault(fault)) => Err(fault.into()),
    }
}

pub(in crate::sellers) async fn remove_photo(
    visit: Visit,
    Path((id, photo)): Path<(ProductId, PhotoId)>,
) -> Result<Response, Trouble> {
    visit.desk(Right::List)?;
    match market::transact!(visit.site.store, &visit.actor, work => commands::remove_photo(work, id, photo).await)
    {
        Ok(()) => Ok(visit.see_other(&routes::listing(id, "anh"))),
        Err(Failure::Refused(CatalogRefusal::Invalid(_))) => {
            let text = lang::speaking(visit.lang, || t!("listing.last_photo"));
            Ok(photos_page(
                &visit,
                StatusCode::CONFLICT,
                own(&visit, id).await?.product,
                vec![text],
            ))
        }
        Err(failure) => Err(failure.into()),
    }
}
