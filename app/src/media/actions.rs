//! Requests of the slice `media`.
use axum::Router;
use axum::extract::{Path, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use market::media::{PictureFormat, papers};

use crate::site::Site;
use crate::trouble::Trouble;
use crate::visit::Visit;

/// The slice's paths.
pub fn routes() -> Router<Site> {
    Router::new()
        .route("/media/{folder}/{file}", get(file))
        .route("/giay-to/{id}", get(paper))
}

/// A paper, for who may see it; kept by no browser.
async fn paper(
    State(site): State<Site>,
    visit: Visit,
    Path(id): Path<String>,
) -> Result<Response, Trouble> {
    let id = id.parse().map_err(|_| Trouble::NotFound)?;
    let picture = papers::look(&site.store, &site.media, &visit.actor, id)
        .await?
        .ok_or(Trouble::NotFound)?;
    let headers = [
        (header::CONTENT_TYPE, "image/jpeg"),
        (header::CACHE_CONTROL, "no-store"),
    ];
    Ok((headers, picture).into_response())
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
