//! Requests of the slice `cart`.
use axum::Router;

use crate::site::Site;

/// The slice's paths.
pub fn routes() -> Router<Site> {
    Router::new()
}
