//! What every request can reach.
use std::sync::Arc;

use market::kernel::Store;

/// The addresses of what the browser loads, with content hashes; from `assets.json`, written by xtask.
#[derive(Clone, Debug, Default, serde::Deserialize)]
pub struct Assets {
    /// The stylesheet.
    pub style: String,
    /// The loader of the islands.
    pub islands: String,
}

/// The installation as pages see it. Cheap to clone.
#[derive(Clone)]
pub struct Site {
    /// The database.
    pub store: Store,
    /// Hashed addresses.
    pub assets: Arc<Assets>,
    /// `https://…` without a slash at the end, for canonical addresses.
    pub base_url: Arc<str>,
    /// Cookies travel over TLS only.
    pub is_secure: bool,
    /// Shows that goods and orders are samples.
    pub is_demo: bool,
}
