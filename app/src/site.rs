//! What every request can reach.
use std::sync::Arc;

use market::kernel::limit::Limit;
use market::kernel::{Fault, PageRequest, Store};
use market::media::MediaStore;
use market::parcels::Carrier;
use market::search::{Found, Query, SearchEngine};
use market::webhooks::Reach;

/// The addresses of what the browser loads, with content hashes; from `assets.json`, written by xtask.
#[derive(Clone, Debug, Default, serde::Deserialize)]
pub struct Assets {
    /// The stylesheet.
    pub style: String,
    /// What it takes besides for desks.
    pub work: String,
    /// The loader of the islands that buyers see.
    pub islands: String,
    /// The loader of those and of the desks' islands.
    pub desk_islands: String,
    /// What a seller's desk has besides islands.
    pub tools: String,
    /// What the search field has besides its form.
    pub seek: String,
}

/// How often the same one may do what costs much or is guessed at; settings say so.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Sign-ins from one origin that fail.
    pub sign_in: Limit,
    /// Orders looked up from one origin by a wrong code or number.
    pub follow: Limit,
    /// Orders placed by one person or, as a guest, from one origin; and what else guests change by the API.
    pub checkout: Limit,
    /// Photographs that one person hands in.
    pub upload: Limit,
}

/// How long what is known of people is kept; settings say so, and the published rules tell it.
#[derive(Clone, Copy, Debug)]
pub struct Retention {
    /// Days for which it is kept whom an order went to. Contracts are kept for three years (decree 248/2026), so
    /// less than that is no setting.
    pub orders: u32,
    /// Days for which it is kept that a message was sent.
    pub messages: u32,
}

impl Retention {
    /// The least for orders: three years and a leap day.
    pub const ORDERS_LEAST: u32 = 3 * 365 + 1;
}

/// What the installation is told besides where its database and files are.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// Shows that goods and orders are samples.
    pub is_demo: bool,
    /// How often things may be done.
    pub limits: Limits,
    /// How long what is known of people is kept.
    pub retention: Retention,
    /// Shows one-time codes on the page, since no message leaves this machine.
    pub shows_codes: bool,
    /// Where programs may be that hear of what happens.
    pub webhooks: Reach,
}

/// The installation as pages see it. Cheap to clone.
#[derive(Clone)]
pub struct Site {
    /// The database.
    pub store: Store,
    /// Finds products.
    pub search: Arc<dyn SearchEngine>,
    /// Photographs.
    pub media: MediaStore,
    /// Hashed addresses.
    pub assets: Arc<Assets>,
    /// `https://…` without a slash at the end, for canonical addresses.
    pub base_url: Arc<str>,
    /// Cookies travel over TLS only.
    pub is_secure: bool,
    /// Shows that goods and orders are samples.
    pub is_demo: bool,
    /// How often things may be done.
    pub limits: Limits,
    /// How long what is known of people is kept.
    pub retention: Retention,
    /// Shows one-time codes on the page, since no message leaves this machine.
    pub shows_codes: bool,
    /// Where programs may be that hear of what happens.
    pub webhooks: Reach,
    /// A carrier whose program can be asked to carry parcels.
    pub carrier: Option<Arc<dyn Carrier>>,
}

impl Site {
    /// Puts the installation together: products found by `search`, photographs in `media`, people come by `base_url`.
    #[must_use]
    pub fn new(
        store: Store,
        search: Arc<dyn SearchEngine>,
        assets: Assets,
        media: MediaStore,
        base_url: &str,
        settings: Settings,
    ) -> Self {
        Self {
            search,
            media,
            store,
            assets: Arc::new(assets),
            is_secure: base_url.starts_with("https://"),
            base_url: base_url.into(),
            is_demo: settings.is_demo,
            webhooks: settings.webhooks,
            limits: settings.limits,
            retention: settings.retention,
            shows_codes: settings.shows_codes,
            carrier: None,
        }
    }

    /// The same with a carrier whose program can be asked.
    #[must_use]
    pub fn with_carrier(mut self, carrier: Option<Arc<dyn Carrier>>) -> Self {
        self.carrier = carrier;
        self
    }

    /// The page of products that `query` asks for; the last one where that lies past the end.
    pub async fn products(&self, query: &Query) -> Result<Found, Fault> {
        let found = self.search.search(query).await?;
        let pages = found.pages();
        if query.page.page <= pages {
            return Ok(found);
        }
        let page = PageRequest {
            page: pages,
            ..query.page
        };
        let last = Query {
            page,
            ..query.clone()
        };
        self.search.search(&last).await
    }

    /// Whether products can be found; the reason where not.
    pub async fn search_health(&self) -> Result<(), String> {
        self.search
            .health()
            .await
            .map_err(|fault| fault.to_string())
    }
}
