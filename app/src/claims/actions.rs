//! Requests of the slice `claims`.
use axum::Router;
use axum::extract::{DefaultBodyLimit, Path, Query};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use market::claims::commands;
use market::kernel::{OrderCode, PaperId};
use serde::Deserialize;

use super::{FORM_BYTES, buyer, desk, office};
use crate::routes;
use crate::site::Site;
use crate::trouble::Trouble;
use crate::visit::Visit;

/// The slice's paths.
pub fn routes() -> Router<Site> {
    Router::new()
        .route(
            "/don-hang/{code}/van-de",
            get(buyer::new)
                .post(buyer::make)
                .layer(DefaultBodyLimit::max(FORM_BYTES)),
        )
        .route("/don-hang/{code}/van-de/{id}", get(buyer::show))
        .route(
            "/don-hang/{code}/van-de/{id}/{step}",
            post(buyer::step).get(async |visit: Visit| visit.see_other(routes::FOLLOW)),
        )
        .route("/don-hang/{code}/anh/{photo}", get(buyers_photo))
        .route("/anh-don-hang/{photo}", get(desk_photo))
        .route(routes::SELLER_CLAIMS, get(desk::list))
        .route("/ban-hang/van-de/{id}", get(desk::show))
        .route("/ban-hang/van-de/{id}/{step}", post(desk::answer))
        .route(routes::PROVINCE_CLAIMS, get(office::list))
        .route(
            "/tinh/khieu-nai/{id}",
            get(office::show).post(office::decide),
        )
}

#[derive(Deserialize)]
struct Key {
    #[serde(default)]
    token: String,
}

/// A photograph about an order, for who holds its token; kept by no browser.
async fn buyers_photo(
    visit: Visit,
    Path((code, photo)): Path<(String, PaperId)>,
    Query(key): Query<Key>,
) -> Result<Response, Trouble> {
    let code = OrderCode::parse(&code).map_err(|_| Trouble::NotFound)?;
    let site = &visit.site;
    let picture =
        commands::look_as_buyer(&site.store, &site.media, &code, &key.token, photo).await?;
    Ok(picture_of(picture))
}

/// A photograph about an order, for its seller and for who decides about it.
async fn desk_photo(visit: Visit, Path(photo): Path<PaperId>) -> Result<Response, Trouble> {
    visit.signed_in()?;
    let site = &visit.site;
    let picture = commands::look(&site.store, &site.media, &visit.actor, photo).await?;
    Ok(picture_of(picture))
}

fn picture_of(picture: Vec<u8>) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "image/jpeg"),
        (header::CACHE_CONTROL, "private, no-store"),
    ];
    (headers, picture).into_response()
}
