//! A program subscribes to what happens.
use app::site::Site;
use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use market::kernel::{Failure, FieldErrors, WebhookId};
use market::webhooks::{Webhook, WebhookForm, WebhookRefusal, commands, queries};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use utoipa::ToSchema;

use super::caller::{Caller, Given, Object};
use super::problem::Problem;

/// An address that is to hear of what happens.
#[derive(Deserialize, ToSchema)]
pub struct NewWebhook {
    /// HTTPS, on the open internet.
    #[serde(default)]
    #[schema(required, value_type = String)]
    url: Given<String>,
    /// product.changed, order.changed.
    #[serde(default)]
    #[schema(required, value_type = Vec<String>)]
    topics: Given<Vec<String>>,
}

/// A subscription.
#[derive(Serialize, ToSchema)]
pub struct WebhookOut {
    id: String,
    url: String,
    topics: Vec<String>,
    /// RFC 3339, UTC.
    created_at: String,
    /// Since then it has not answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    failing_since: Option<String>,
    /// Since then nothing is sent; a ping begins anew.
    #[serde(skip_serializing_if = "Option::is_none")]
    disabled_at: Option<String>,
    /// Proves what is sent (Standard Webhooks 1.0). Told once, when it is made.
    #[serde(skip_serializing_if = "Option::is_none")]
    secret: Option<String>,
    /// The last twenty things that were to be sent, the newest first.
    deliveries: Vec<DeliveryOut>,
}

/// What became of something that was to be sent.
#[derive(Serialize, ToSchema)]
pub struct DeliveryOut {
    /// As in the header `webhook-id`.
    id: String,
    topic: String,
    /// RFC 3339, UTC.
    happened_at: String,
    attempts: i32,
    #[serde(skip_serializing_if = "Option::is_none")]
    delivered_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    given_up_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_error: Option<String>,
}

fn instant(at: OffsetDateTime) -> String {
    at.format(&Rfc3339).unwrap_or_default()
}

fn out(webhook: Webhook, secret: Option<String>) -> WebhookOut {
    WebhookOut {
        id: webhook.id.to_string(),
        url: webhook.url,
        topics: webhook
            .topics
            .iter()
            .map(|topic| topic.as_str().to_owned())
            .collect(),
        created_at: instant(webhook.created_at),
        failing_since: webhook.failing_since.map(instant),
        disabled_at: webhook.disabled_at.map(instant),
        secret,
        deliveries: webhook
            .deliveries
            .into_iter()
            .map(|note| DeliveryOut {
                id: note.id.to_string(),
                topic: note.topic.as_str().to_owned(),
                happened_at: instant(note.happened_at),
                attempts: note.attempts,
                delivered_at: note.delivered_at.map(instant),
                given_up_at: note.given_up_at.map(instant),
                last_error: note.last_error,
            })
            .collect(),
    }
}

async fn own(site: &Site, caller: &Caller) -> Result<Vec<Webhook>, Problem> {
    let person = caller.person()?;
    queries::of_person(site.store.reader(), person)
        .await
        .map_err(|fault| Problem::fault(&caller.headers, &fault))
}

fn known(caller: &Caller, id: &str) -> Result<WebhookId, Problem> {
    id.parse().map_err(|_| Problem::not_found(&caller.headers))
}

fn refused(caller: &Caller) -> impl Fn(Failure<WebhookRefusal>) -> Problem + '_ {
    |failure| Problem::failure(&caller.headers, &failure)
}

/// Has an address hear of goods, and of the orders of the shop at whose desk the token is. Each message is a POST with
/// the headers `webhook-id`, `webhook-timestamp` and `webhook-signature` of Standard Webhooks 1.0, sent until it is
/// answered with 2xx, for three days at most. It tells what changed; what is true now is read by the API.
#[utoipa::path(
    post, path = "/webhooks", security(("token" = [])), request_body = NewWebhook,
    responses((status = 201, body = WebhookOut), (status = 401, body = Problem), (status = 403, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub async fn subscribe(
    State(site): State<Site>,
    caller: Caller,
    body: Result<Json<Object<NewWebhook>>, JsonRejection>,
) -> Result<Response, Problem> {
    caller.person()?;
    let Json(Object(body)) =
        body.map_err(|rejection| Problem::json(&caller.headers, &rejection))?;
    let mut errors = FieldErrors::default();
    let form = WebhookForm {
        url: body.url.text(&mut errors, "url"),
        topics: body.topics.read(&mut errors, "topics").unwrap_or_default(),
    };
    if !errors.is_empty() {
        let refusal = WebhookRefusal::Invalid(errors);
        return Err(Problem::refusal(&caller.headers, &refusal));
    }
    let (form, reach) = (&form, site.webhooks);
    let made = market::transact!(site.store, &caller.actor, work => commands::subscribe(work, form, reach).await)
        .map_err(refused(&caller))?;
    let webhook = own(&site, &caller)
        .await?
        .into_iter()
        .find(|webhook| webhook.id == made.id)
        .ok_or_else(|| Problem::not_found(&caller.headers))?;
    Ok((StatusCode::CREATED, Json(out(webhook, Some(made.secret)))).into_response())
}

/// The caller's subscriptions, with what became of the last messages.
#[utoipa::path(
    get, path = "/webhooks", security(("token" = [])),
    responses((status = 200, body = Vec<WebhookOut>), (status = 401, body = Problem)))]
pub async fn list(
    State(site): State<Site>,
    caller: Caller,
) -> Result<Json<Vec<WebhookOut>>, Problem> {
    let webhooks = own(&site, &caller).await?;
    Ok(Json(
        webhooks
            .into_iter()
            .map(|webhook| out(webhook, None))
            .collect(),
    ))
}

/// Ends a subscription.
#[utoipa::path(
    delete, path = "/webhooks/{id}", security(("token" = [])), params(("id" = String, Path)),
    responses((status = 204), (status = 401, body = Problem), (status = 404, body = Problem)))]
pub async fn unsubscribe(
    State(site): State<Site>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    caller.person()?;
    let id = known(&caller, &id)?;
    market::transact!(site.store, &caller.actor, work => commands::unsubscribe(work, id).await)
        .map_err(refused(&caller))?;
    Ok(StatusCode::NO_CONTENT)
}

/// Sends something to try an address out; one that was given up hears again from now on.
#[utoipa::path(
    post, path = "/webhooks/{id}/ping", security(("token" = [])), params(("id" = String, Path)),
    responses((status = 202), (status = 401, body = Problem), (status = 404, body = Problem)))]
pub async fn ping(
    State(site): State<Site>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    caller.person()?;
    let id = known(&caller, &id)?;
    market::transact!(site.store, &caller.actor, work => commands::ping(work, id).await)
        .map_err(refused(&caller))?;
    Ok(StatusCode::ACCEPTED)
}
