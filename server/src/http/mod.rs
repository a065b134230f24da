//! HTTP: pages, the REST API, files, and what holds for all of them.
pub mod cache;
mod feeds;
pub mod origin;
pub mod security;

use std::net::IpAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use app::site::Site;
use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::get;
use tower::ServiceBuilder;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{DefaultPredicate, NotForContentType, Predicate};
use tower_http::services::{ServeDir, ServeFile};
use tower_http::set_header::SetResponseHeaderLayer;
use tower_http::timeout::TimeoutLayer;
use tower_http::trace::TraceLayer;

use crate::config::Config;
use cache::PageCache;

/// The longest a request may take: eight photographs over a weak network.
const UPLOAD_TIME: Duration = Duration::from_mins(15);

/// The whole service. `pages` is shared with the listener that empties it when the catalogue changes.
pub fn router(config: &Config, site: &Site, pages: Option<Arc<PageCache>>) -> Router {
    let immutable = SetResponseHeaderLayer::overriding(
        header::CACHE_CONTROL,
        HeaderValue::from_static("public, max-age=31536000, immutable"),
    );
    let hashed = |folder: &str| {
        ServiceBuilder::new()
            .layer(immutable.clone())
            .service(ServeDir::new(config.site.join(folder)).precompressed_br())
    };
    let public = SetResponseHeaderLayer::overriding(
        header::CACHE_CONTROL,
        HeaderValue::from_static("public, max-age=3600"),
    );
    let compressed = CompressionLayer::new().compress_when(
        DefaultPredicate::new()
            .and(NotForContentType::const_new("application/wasm"))
            .and(NotForContentType::IMAGES),
    );
    let mut router = Router::new()
        .merge(app::router(site))
        .merge(feeds::router(site))
        .nest("/api/v1", crate::api::router(site))
        .layer(axum::middleware::from_fn(security::same_origin))
        .nest_service("/pkg", hashed("pkg"))
        .nest_service("/fonts", hashed("fonts"));
    for file in public_files(&config.site) {
        let service = ServiceBuilder::new()
            .layer(public.clone())
            .service(ServeFile::new(config.site.join(&file)).precompressed_br());
        router = router.route_service(&format!("/{file}"), service);
    }
    let mut router = router
        .layer(TimeoutLayer::with_status_code(
            StatusCode::GATEWAY_TIMEOUT,
            UPLOAD_TIME,
        ))
        .layer(CatchPanicLayer::new())
        .layer(TraceLayer::new_for_http().make_span_with(|request: &Request| {
            tracing::info_span!("request", method = %request.method(), path = %request.uri().path())
        }))
        .layer(compressed);
    router = router
        .layer(axum::middleware::from_fn_with_state(
            Arc::<[IpAddr]>::from(config.trusted_proxies.as_slice()),
            origin::note,
        ))
        .layer(axum::middleware::from_fn_with_state(
            config.is_secure(),
            security::headers,
        ));
    if let Some(pages) = pages {
        // Outermost: a page that is kept is kept with all of its headers.
        router = router.layer(axum::middleware::from_fn_with_state(
            (site.clone(), pages),
            cache::serve,
        ));
    }
    router.route("/healthz", get(async || "ok")).route(
        "/readyz",
        get(ready).with_state((site.clone(), config.media.clone())),
    )
}

/// What lies at the root of the site folder: icons, manifest. `assets.json` is the server's own.
fn public_files(site: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(site)
        .into_iter()
        .flatten()
        .filter_map(Result::ok);
    entries
        .filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_file()))
        .filter_map(|entry| entry.file_name().into_string().ok())
        .filter(|name| {
            name != "assets.json"
                && Path::new(name)
                    .extension()
                    .is_none_or(|extension| extension != "br")
        })
        .collect()
}

/// Whether this process can serve: the database answers with all migrations, what arrives can be laid down, the
/// store of photographs answers.
async fn ready(State((site, media)): State<(Site, std::path::PathBuf)>) -> impl IntoResponse {
    let database = crate::database::is_ready(&site.store).await;
    let storage = match tokio::fs::create_dir_all(&media).await {
        Ok(()) => site.media.health().await,
        Err(error) => Err(error.to_string()),
    };
    let search = site.search_health().await;
    let status = if database.is_ok() && storage.is_ok() && search.is_ok() {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    let word = |result: Result<(), String>| result.map_or_else(|error| error, |()| "ok".to_owned());
    (
        status,
        axum::Json(
            serde_json::json!({ "database": word(database), "search": word(search), "storage": word(storage) }),
        ),
    )
}
