//! Requests of the slice `shipping`.
use axum::Router;
use axum::routing::{get, post};

use super::{desk, points};
use crate::routes;
use crate::site::Site;

/// The slice's paths.
pub fn routes() -> Router<Site> {
    Router::new()
        .route(routes::SELLER_DELIVERY, get(desk::show).post(desk::save))
        .route(
            routes::SELLER_POINT_NEW,
            get(points::new).post(points::make),
        )
        .route(
            "/ban-hang/giao-hang/diem/{id}",
            get(points::show).post(points::change),
        )
        .route("/ban-hang/giao-hang/diem/{id}/vao", post(points::join))
        .route("/ban-hang/giao-hang/diem/{id}/ra", post(points::leave))
}
