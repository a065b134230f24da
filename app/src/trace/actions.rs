//! Requests of the slice `trace`.
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};
use market::media;
use market::trace::PHOTOS;

use super::{desk, entry, labels, lot, office, photos, public, recall};
use crate::routes;
use crate::site::Site;

/// All photographs of a lot with the form around them.
const ALL_PHOTOS: usize = PHOTOS * media::MAX_BYTES + (1 << 20);

/// The slice's paths.
pub fn routes() -> Router<Site> {
    Router::new()
        .route(routes::TRACE, get(public::ask))
        .route("/truy-xuat/{code}", get(public::page))
        .route("/01/{gtin}/10/{code}", get(public::digital_link))
        .route(routes::SELLER_LOTS, get(desk::list))
        .route(routes::SELLER_LOT_NEW, get(entry::new).post(entry::make))
        .route("/ban-hang/lo-hang/{id}", get(lot::show))
        .route("/ban-hang/lo-hang/{id}/vat-tu", post(lot::add_input))
        .route("/ban-hang/lo-hang/{id}/buoc/{step}", post(lot::step))
        .route(
            "/ban-hang/lo-hang/{id}/hinh",
            post(photos::add).layer(DefaultBodyLimit::max(ALL_PHOTOS)),
        )
        .route("/ban-hang/lo-hang/{id}/hinh/{photo}", post(photos::remove))
        .route("/ban-hang/lo-hang/{id}/gui-hinh", post(photos::begin))
        .route(
            "/ban-hang/lo-hang/{id}/gui-hinh/{digest}",
            post(photos::piece).layer(DefaultBodyLimit::max(media::PIECE_BYTES + 1024)),
        )
        .route("/ban-hang/lo-hang/{id}/nhan.pdf", get(labels::pdf))
        .route(
            "/ban-hang/lo-hang/{id}/thu-hoi",
            get(recall::of_shop).post(recall::by_owner),
        )
        .route(
            "/ban-hang/lo-hang/{id}/nhan-tin",
            post(recall::tell_by_owner),
        )
        .route(routes::PROVINCE_LOTS, get(office::list))
        .route("/tinh/lo-hang/{id}", get(recall::in_office))
        .route("/tinh/lo-hang/{id}/thu-hoi", post(recall::by_officer))
        .route("/tinh/lo-hang/{id}/nhan-tin", post(recall::tell_by_officer))
}
