//! The first step: photographs.
use axum::extract::{Multipart, Path};
use axum::http::StatusCode;
use axum::response::Response;
use leptos::prelude::*;
use market::catalog::commands::MAX_PHOTOS;
use market::catalog::{CatalogRefusal, Product, commands};
use market::kernel::{Failure, PhotoId, ProductId, Right};

use super::kept_photos::{KeptPhotos, MorePhotos, place};
use super::{Steps, own};
use crate::media::take_photos;
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
            <KeptPhotos product />
            {room.then(|| view! { <MorePhotos id /> })}
            <p><a class="button" data-kind=if has_photos { "primary" } else { "quiet" } href=routes::listing(id, "hang")>{t!("listing.next")}</a></p>
        </div>
    }
}

pub(in crate::sellers) async fn add_photos(
    visit: Visit,
    Path(id): Path<ProductId>,
    form: Multipart,
) -> Result<Response, Trouble> {
    let seller = own(&visit, id).await?.product.seller.id;
    let refused = take_photos(&visit, seller, form, |photo| place(&visit, id, photo)).await?;
    if refused.words.is_empty() {
        return Ok(visit.see_other(&routes::listing(id, "anh")));
    }
    let status = refused.status();
    let product = own(&visit, id).await?.product;
    let answer = photos_page(&visit, status, product, refused.words);
    Ok(match refused.too_often {
        Some(often) => with_retry_after(answer, &often),
        None => answer,
    })
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
