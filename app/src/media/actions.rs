//! Requests of the slice `media`.
use axum::Router;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use leptos::prelude::*;
use market::kernel::Failure;
use market::media::papers::Pass;
use market::media::{PaperRefusal, PictureFormat, papers};
use serde::Deserialize;

use crate::routes;
use crate::site::Site;
use crate::trouble::Trouble;
use crate::ui::{Area, Head, lang};
use crate::visit::{Visit, came_from};

/// The slice's paths.
pub fn routes() -> Router<Site> {
    Router::new()
        .route("/media/{folder}/{file}", get(file))
        .route("/giay-to/{id}", get(paper))
}

#[derive(Deserialize)]
struct Signed {
    #[serde(default)]
    den: i64,
    #[serde(default)]
    ky: String,
}

/// A paper, for who may see it, under an address that was made for them; kept by no browser.
async fn paper(
    State(site): State<Site>,
    visit: Visit,
    Path(id): Path<String>,
    Query(signed): Query<Signed>,
    headers: HeaderMap,
) -> Result<Response, Trouble> {
    let id = id.parse().map_err(|_| Trouble::NotFound)?;
    let pass = Pass {
        until: signed.den,
        signature: signed.ky,
    };
    match papers::look(&site.store, &site.media, &visit.actor, id, &pass).await {
        Ok(picture) => {
            let headers = [
                (header::CONTENT_TYPE, "image/jpeg"),
                (header::CACHE_CONTROL, "no-store"),
            ];
            Ok((headers, picture).into_response())
        }
        Err(Failure::Refused(PaperRefusal::AddressOver)) => Ok(address_over(&visit, &headers)),
        Err(failure) => Err(failure.into()),
    }
}

/// The way back to the page that makes the address anew.
fn address_over(visit: &Visit, headers: &HeaderMap) -> Response {
    let back = came_from(headers).unwrap_or_else(|| routes::HOME.to_owned());
    visit.page_with(
        StatusCode::FORBIDDEN,
        || Head::private(t!("media.address_over"), Area::Market),
        || {
            view! {
                <section class="error-page">
                    <h1>{t!("media.address_over")}</h1>
                    <p>{lang::refusal(&PaperRefusal::AddressOver)}</p>
                    <p><a class="button" href=back>{t!("media.back")}</a></p>
                </section>
            }
        },
    )
}

/// A size of a photograph: its address is made from its content, so that it never changes.
async fn file(
    State(site): State<Site>,
    Path((folder, file)): Path<(String, String)>,
) -> Result<Response, Trouble> {
    let file = site
        .media
        .get(&format!("{folder}/{file}"))
        .await?
        .ok_or(Trouble::NotFound)?;
    let kind = match file.format {
        PictureFormat::Webp => "image/webp",
        PictureFormat::Jpeg => "image/jpeg",
    };
    let mut response = file.bytes.into_response();
    response
        .headers_mut()
        .insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    response.headers_mut().insert(
        header::CACHE_CONTROL,
        HeaderValue::from_static("public, max-age=31536000, immutable"),
    );
    Ok(response)
}
