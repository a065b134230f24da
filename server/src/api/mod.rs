//! The REST API, version 1: the same use cases as the pages, described by `openapi.json` and true to it.
pub mod caller;
pub mod carrier;
pub mod catalog;
pub mod listing;
pub mod orders;
pub mod problem;
pub mod reports;
pub mod ways;
pub mod webhooks;

use app::site::Site;
use axum::Router;
use axum::extract::Request;
use axum::http::{HeaderMap, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityScheme};
use utoipa::openapi::{InfoBuilder, OpenApi};
use utoipa_axum::router::{OpenApiRouter, UtoipaMethodRouterExt as _};
use utoipa_axum::routes;

use problem::Problem;

/// All calls below `/api/v1`.
pub fn router(site: &Site) -> Router {
    let (router, api) = OpenApiRouter::with_openapi(document())
        .routes(routes!(catalog::products))
        .routes(routes!(catalog::product))
        .routes(routes!(catalog::product_sets))
        .routes(routes!(catalog::suggest))
        .routes(routes!(orders::place))
        .routes(routes!(orders::order))
        .routes(routes!(orders::seller_orders))
        .routes(routes!(orders::advance))
        .routes(routes!(listing::create))
        .routes(routes!(listing::change))
        .routes(routes!(listing::submit))
        .routes(routes!(listing::photo).layer(listing::body_limit()))
        .routes(routes!(reports::sales))
        .routes(routes!(webhooks::subscribe, webhooks::list))
        .routes(routes!(webhooks::unsubscribe))
        .routes(routes!(webhooks::ping))
        .routes(routes!(carrier::tell))
        .split_for_parts();
    router
        .route("/openapi.json", get(async move || axum::Json(api.clone())))
        .fallback(async |headers: HeaderMap| Problem::not_found(&headers))
        .method_not_allowed_fallback(async |headers: HeaderMap| {
            Problem::plain(
                &headers,
                StatusCode::METHOD_NOT_ALLOWED,
                "method_not_allowed",
                "refusal.api.method_not_allowed",
            )
        })
        .layer(axum::middleware::from_fn(readable))
        .with_state(site.clone())
}

/// Nothing is found where nothing can be.
async fn readable(request: Request, next: Next) -> Response {
    if app::trouble::is_readable(request.uri()) {
        next.run(request).await
    } else {
        Problem::not_found(request.headers()).into_response()
    }
}

fn document() -> OpenApi {
    let mut document = OpenApi::default();
    document.info = InfoBuilder::new()
        .title("Cây Bẹo")
        .version("1")
        .description(Some(
            "The marketplace's API. Money is whole đồng; instants are UTC; problems are RFC 9457.",
        ))
        .build();
    document.servers = Some(vec![utoipa::openapi::Server::new("/api/v1")]);
    let mut bearer = Http::new(HttpAuthScheme::Bearer);
    bearer.description = Some(
        "`cay-beo token create` makes one. Where its person belongs to several shops, or helps households, \
         the header `x-seller` with a shop's slug says at whose desk a call is made."
            .to_owned(),
    );
    let bearer = SecurityScheme::Http(bearer);
    document
        .components
        .get_or_insert_default()
        .add_security_scheme("token", bearer);
    document
}
