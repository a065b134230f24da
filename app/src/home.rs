//! The home page.
use axum::Router;

use crate::site::Site;

/// The page's path.
pub fn routes() -> Router<Site> {
    Router::new()
}
