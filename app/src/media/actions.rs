//! Requests of the slice `media`.
use axum::Router;
use axum::extract::{Path, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use market::media::PictureFormat;

use crate::site::Site;
use crate::trouble::Trouble;

/// The slice's paths.
pub fn routes() -> Router<Site> {
    Router::new().route("/media/{folder}/{file}", get(file))
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
