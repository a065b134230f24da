//! Requests of the slice `assistance`.
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};
use market::kernel::{Permission, Role};
use market::media::MAX_BYTES;

use super::{consent, counts, desk, helpers, new_household, papers};
use crate::routes;
use crate::site::Site;
use crate::trouble::Trouble;
use crate::visit::Visit;

/// The slice's paths.
pub fn routes() -> Router<Site> {
    Router::new()
        .route(routes::TEAM, get(desk::households))
        .route(
            routes::TEAM_NEW,
            get(new_household::show).post(new_household::begin),
        )
        .route(routes::TEAM_FORM, get(consent::form))
        .route(routes::TEAM_STOP, post(desk::stop))
        .route("/to-so/ho/{slug}/lam-giup", post(desk::act))
        .route(
            "/to-so/ho/{slug}/dong-y",
            get(consent::show).post(consent::ask),
        )
        .route(
            "/to-so/ho/{slug}/dong-y/giay",
            get(consent::show_paper)
                .post(consent::hand_in)
                .layer(DefaultBodyLimit::max(MAX_BYTES + (1 << 20))),
        )
        .route(
            "/to-so/ma/{id}",
            get(consent::show_code).post(consent::give),
        )
        .route(routes::HELPERS, get(helpers::show))
        .route("/ban-hang/nguoi-giup/{id}/cham-dut", post(helpers::end))
        .route(routes::PROVINCE_CONSENTS, get(papers::show))
        .route("/tinh/dong-y/{id}/{step}", post(papers::step))
        .route(routes::PROVINCE_TEAM, get(counts::show))
        .route("/tinh/to-so.csv", get(counts::csv))
}

/// The visit of a helper, or the way to the sign-in.
pub(super) fn helper(visit: &Visit) -> Result<(), Trouble> {
    visit.signed_in()?;
    if visit.actor.is(Role::Helper) {
        Ok(())
    } else {
        Err(Trouble::Forbidden)
    }
}

/// The visit of an officer trusted with one of `permissions` somewhere, or the way to the sign-in.
pub(super) fn office(visit: &Visit, permissions: &[Permission]) -> Result<(), Trouble> {
    visit.signed_in()?;
    let is_trusted = |permission: &Permission| visit.actor.has_office(*permission);
    if permissions.iter().any(is_trusted) {
        Ok(())
    } else {
        Err(Trouble::Forbidden)
    }
}
