//! Requests of the slice `places`.
use axum::extract::{Query, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use market::kernel::Fault;
use market::places::{PlaceHit, PlaceReading, queries};
use serde::{Deserialize, Serialize};

use crate::routes;
use crate::site::Site;
use crate::trouble::Trouble;

/// The slice's paths.
pub fn routes() -> Router<Site> {
    Router::new().route(routes::PLACES, get(find))
}

/// A commune that a text may mean.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Choice {
    /// Code on today's map.
    pub code: String,
    /// `Xã Hỏa Lựu, Cần Thơ`.
    pub name: String,
    /// What it was called when the text's name was valid; empty where it is today's.
    pub former: String,
}

impl From<PlaceHit> for Choice {
    fn from(hit: PlaceHit) -> Self {
        Self {
            name: hit.commune.address(),
            former: hit.former.unwrap_or_default(),
            code: hit.commune.code,
        }
    }
}

/// So many communes are offered.
const CHOICES: i64 = 8;

/// What a person's text about a place says.
pub async fn read(site: &Site, text: &str) -> Result<PlaceReading, Fault> {
    queries::read(site.store.reader(), &shortened(text), CHOICES).await
}

/// No place has a longer name.
fn shortened(text: &str) -> String {
    text.chars().take(100).collect()
}

#[derive(Deserialize)]
struct Params {
    #[serde(default)]
    q: String,
}

async fn find(State(site): State<Site>, Query(params): Query<Params>) -> Result<Response, Trouble> {
    let hits = queries::find(site.store.reader(), &shortened(&params.q), CHOICES).await?;
    let choices: Vec<Choice> = hits.into_iter().map(Choice::from).collect();
    let mut response = Json(choices).into_response();
    response.headers_mut().insert(
        header::CACHE_CONTROL,
        HeaderValue::from_static("public, max-age=3600"),
    );
    Ok(response)
}
