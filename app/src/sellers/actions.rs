//! Requests of the slice `sellers`.
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};
use market::media::MAX_BYTES;

use super::{desk, listing, orders, shop};
use crate::routes;
use crate::site::Site;

/// Photographs that one form can carry.
const FILES: usize = 8;

/// The slice's paths.
pub fn routes() -> Router<Site> {
    Router::new()
        .route("/gian-hang/{slug}", get(shop::shop))
        .route(routes::SELLER, get(desk::today))
        .route(routes::SELLER_PRODUCTS, get(desk::products))
        .route(routes::SELLER_NEW, get(listing::begin).post(listing::start))
        .route(
            "/ban-hang/san-pham/{id}/anh",
            get(listing::photos)
                .post(listing::add_photos)
                .layer(DefaultBodyLimit::max(FILES * MAX_BYTES + (1 << 20))),
        )
        .route(
            "/ban-hang/san-pham/{id}/anh/{photo}",
            post(listing::remove_photo),
        )
        .route(
            "/ban-hang/san-pham/{id}/hang",
            get(listing::basics).post(listing::save_basics),
        )
        .route(
            "/ban-hang/san-pham/{id}/gia",
            get(listing::price).post(listing::save_price),
        )
        .route(
            "/ban-hang/san-pham/{id}/xem",
            get(listing::preview).post(listing::publish),
        )
        .route("/ban-hang/san-pham/{id}/ngung", post(desk::pause))
        .route(
            "/ban-hang/san-pham/{id}/so-luong",
            post(desk::set_price_and_stock),
        )
        .route(routes::SELLER_ORDERS, get(orders::board))
        .route("/ban-hang/don-hang/{id}", get(orders::order))
        .route("/ban-hang/don-hang/{id}/{step}", post(orders::step))
}
