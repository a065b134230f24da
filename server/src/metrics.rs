//! Figures for who watches: `/metrics`, as Prometheus reads them, on an address of their own.
use std::fmt::Write as _;
use std::net::SocketAddr;

use app::site::Site;
use axum::Router;
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use market::kernel::{Fault, outbox};
use market::search;
use tokio::net::TcpListener;

/// Serves the figures for ever; where no address is set it never ends either.
pub async fn run(site: Site, addr: Option<SocketAddr>) {
    let Some(addr) = addr else {
        return std::future::pending().await;
    };
    let router = Router::new().route("/metrics", get(show)).with_state(site);
    let outcome = match TcpListener::bind(addr).await {
        Ok(listener) => axum::serve(listener, router).await,
        Err(error) => Err(error),
    };
    if let Err(error) = outcome {
        tracing::error!(
            "No metrics on {addr}: {error}; set CAY_BEO_METRICS_ADDR to another address"
        );
    }
    std::future::pending::<()>().await;
}

async fn show(State(site): State<Site>) -> Response {
    match figures(&site).await {
        Ok(text) => ([(CONTENT_TYPE, "text/plain; version=0.0.4")], text).into_response(),
        Err(fault) => {
            tracing::error!("No metrics: {}", app::trouble::causes(&fault));
            axum::http::StatusCode::SERVICE_UNAVAILABLE.into_response()
        }
    }
}

async fn figures(site: &Site) -> Result<String, Fault> {
    let db = site.store.reader();
    let index = search::queries::target(db).await?;
    let lag = index
        .as_ref()
        .and_then(|index| index.waiting_since)
        .map_or(0.0, |since| {
            (site.store.now() - since).as_seconds_f64().max(0.0)
        });
    let waiting = index.as_ref().map_or(0, |index| index.waiting);
    let today = Some(site.store.today());
    let is_ready = index.is_some_and(|index| index.fed_day == today);
    let (events, dead) = outbox::backlog(&mut *db.acquire().await?).await?;
    let engine = site.search.name();
    let mut text = String::new();
    for (name, help, value) in [
        (
            "cay_beo_search_lag_seconds",
            "How long the oldest change of a product waits for the search engine.",
            format!("{lag:.3}"),
        ),
        (
            "cay_beo_search_waiting",
            "Changes of products that the search engine has not.",
            waiting.to_string(),
        ),
        (
            "cay_beo_search_index_ready",
            "Whether an index beside the database has been built and follows the day.",
            u8::from(is_ready).to_string(),
        ),
        (
            "cay_beo_outbox_waiting",
            "News that the worker has not dealt with.",
            events.to_string(),
        ),
        (
            "cay_beo_outbox_dead",
            "News that failed for good and waits for a person.",
            dead.to_string(),
        ),
    ] {
        let _ = write!(
            text,
            "# HELP {name} {help}\n# TYPE {name} gauge\n{name} {value}\n"
        );
    }
    let _ = write!(
        text,
        "# HELP cay_beo_search_engine The engine that answers.\n# TYPE cay_beo_search_engine gauge\ncay_beo_search_engine{{engine=\"{engine}\"}} 1\n"
    );
    Ok(text)
}
