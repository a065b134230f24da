//! Requests of the slice `certificates`.
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};
use market::certificates::import;
use market::media;

use super::{desk, entry, list, office, public};
use crate::routes;
use crate::site::Site;

/// A photograph with the form around it.
const ONE_SCAN: usize = media::MAX_BYTES + (1 << 20);
/// A list as a form sends it back: each letter beyond ASCII takes up to nine bytes for its three.
const A_LIST: usize = 4 * import::MAX_BYTES;

/// The slice's paths.
pub fn routes() -> Router<Site> {
    Router::new()
        .route("/chung-nhan/{code}", get(public::page))
        .route(routes::SELLER_CERTIFICATES, get(desk::list))
        .route(
            routes::SELLER_CERTIFICATE_NEW,
            get(entry::new)
                .post(entry::enter)
                .layer(DefaultBodyLimit::max(ONE_SCAN)),
        )
        .route("/ban-hang/chung-nhan/{id}", get(desk::certificate))
        .route(
            "/ban-hang/chung-nhan/{id}/sua",
            get(entry::mend)
                .post(entry::correct)
                .layer(DefaultBodyLimit::max(ONE_SCAN)),
        )
        .route("/ban-hang/chung-nhan/{id}/hang", post(desk::cover))
        .route("/ban-hang/chung-nhan/{id}/tem", get(desk::labels))
        .route(routes::PROVINCE_CERTIFICATES, get(office::desk))
        .route(routes::PROVINCE_CERTIFICATE_TEMPLATE, get(list::template))
        .route(
            routes::PROVINCE_CERTIFICATE_LIST,
            get(list::begin)
                .post(list::look)
                .layer(DefaultBodyLimit::max(A_LIST)),
        )
        .route(
            routes::PROVINCE_CERTIFICATE_TAKE,
            post(list::take)
                .get(async |visit: crate::visit::Visit| {
                    visit.see_other(routes::PROVINCE_CERTIFICATE_LIST)
                })
                .layer(DefaultBodyLimit::max(A_LIST)),
        )
        .route("/tinh/chung-nhan/{id}", get(office::certificate))
        .route("/tinh/chung-nhan/{id}/hang", post(office::decide_goods))
        .route("/tinh/chung-nhan/{id}/{step}", post(office::step))
}
