//! What a carrier's program tells of parcels.
use app::site::Site;
use axum::body::Bytes;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use market::kernel::Actor;
use market::parcels::NotTaken;
use market::parcels::commands::hear;
use serde::Deserialize;
use utoipa::IntoParams;

use super::problem::Problem;

#[derive(Deserialize, IntoParams)]
pub struct SecretParam {
    /// Proves that it is the carrier's.
    #[serde(default)]
    secret: String,
}

/// The carrier tells where a parcel is, in the shape of its own documentation. What is told twice, late, or of no parcel
/// of ours is taken and changes nothing.
#[utoipa::path(
    post, path = "/webhooks/carrier", params(SecretParam), request_body = serde_json::Value,
    responses((status = 200), (status = 401, body = Problem), (status = 404, body = Problem), (status = 422, body = Problem)))]
pub async fn tell(
    State(site): State<Site>,
    Query(params): Query<SecretParam>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<StatusCode, Problem> {
    let carrier = site
        .carrier
        .as_deref()
        .ok_or_else(|| Problem::not_found(&headers))?;
    let notice = carrier
        .read(&params.secret, &body)
        .map_err(|reason| match reason {
            NotTaken::NotProven => Problem::plain(
                &headers,
                StatusCode::UNAUTHORIZED,
                "not_proven",
                "refusal.api.not_proven",
            ),
            NotTaken::Unreadable => Problem::plain(
                &headers,
                StatusCode::UNPROCESSABLE_ENTITY,
                "malformed",
                "refusal.api.malformed",
            ),
        })?;
    if let Some(notice) = &notice {
        let heard =
            market::transact!(site.store, &Actor::system(), work => hear(work, notice).await)
                .map_err(|failure| Problem::failure(&headers, &failure))?;
        tracing::info!(
            parcel.code = %notice.code,
            "The carrier tells {} of parcel {}: {heard:?}", notice.status, notice.code
        );
    }
    // Anything but 200 is told again.
    Ok(StatusCode::OK)
}
