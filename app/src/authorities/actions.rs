//! Requests of the slice `authorities`.
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};
use market::authorities::commands::may_answer;
use market::media;

use super::{desk, entry, request};
use crate::routes;
use crate::site::Site;
use crate::trouble::Trouble;
use crate::visit::Visit;

/// A photograph with the form around it.
const ONE_SCAN: usize = media::MAX_BYTES + (1 << 20);

/// The slice's paths.
pub fn routes() -> Router<Site> {
    Router::new()
        .route(routes::PROVINCE_REQUESTS, get(desk::list))
        .route(
            routes::PROVINCE_REQUEST_NEW,
            get(entry::new)
                .post(entry::enter)
                .layer(DefaultBodyLimit::max(ONE_SCAN)),
        )
        .route("/tinh/yeu-cau/{id}", get(request::show))
        .route("/tinh/yeu-cau/{id}/van-ban", get(request::scan))
        .route("/tinh/yeu-cau/{id}/buoc", post(request::take_step))
        .route("/tinh/yeu-cau/{id}/xuat", post(request::export))
}

/// Who answers authorities. Whoever may not is told so before anything is looked up: nobody learns what there is.
pub(super) fn officer(visit: &Visit) -> Result<(), Trouble> {
    visit.signed_in()?;
    if may_answer(&visit.actor) {
        Ok(())
    } else {
        Err(Trouble::Forbidden)
    }
}
