//! Requests of the slice `places`.
use axum::extract::{Query, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use market::kernel::Fault;
use market::places::queries;
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

/// The communes that a text may mean, best first.
pub async fn choices(site: &Site, text: &str) -> Result<Vec<Choice>, Fault> {
    let text: String = text.chars().take(100).collect();
    let hits = queries::find(site.store.reader(), &text, 8).await?;
    Ok(hits
        .into_iter()
        .map(|hit| Choice {
            name: hit.commune.address(),
            former: hit.former.unwrap_or_default(),
            code: hit.commune.code,
        })
        .collect())
}

#[derive(Deserialize)]
struct Params {
    #[serde(default)]
    q: String,
}

async fn find(State(site): State<Site>, Query(params): Query<Params>) -> Result<Response, Trouble> {
    let mut response = Json(choices(&site, &params.q).await?).into_response();
    response.headers_mut().insert(
        header::CACHE_CONTROL,
        HeaderValue::from_static("public, max-age=3600"),
    );
    Ok(response)
}
