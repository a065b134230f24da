//! Who calls: by bearer token.
use app::site::Site;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use market::accounts;
use market::kernel::{Actor, Permission, Right, SellerId};

use super::problem::Problem;

/// The header by which a caller says for which shop it acts, by the shop's slug: needed where a token's person
/// belongs to several, or helps households.
const DESK: &str = "x-seller";

/// The actor of a call, a guest where it carries no token, with the headers for its answers.
pub struct Caller {
    /// Who calls.
    pub actor: Actor,
    /// What came with the call.
    pub headers: HeaderMap,
}

impl FromRequestParts<Site> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, site: &Site) -> Result<Self, Problem> {
        let headers = parts.headers.clone();
        let Some(value) = headers.get(header::AUTHORIZATION) else {
            return Ok(Self {
                actor: Actor::guest(),
                headers,
            });
        };
        let refused = || {
            Problem::plain(
                &headers,
                StatusCode::UNAUTHORIZED,
                "unauthenticated",
                "refusal.api.unauthenticated",
            )
        };
        let token = value
            .to_str()
            .ok()
            .and_then(|value| value.strip_prefix("Bearer "))
            .ok_or_else(refused)?;
        let desk = headers.get(DESK).and_then(|value| value.to_str().ok());
        let actor = accounts::queries::actor_of_token(
            site.store.reader(),
            token.trim(),
            desk,
            site.store.now(),
        )
        .await
        .map_err(|fault| Problem::fault(&headers, &fault))?
        .ok_or_else(refused)?;
        Ok(Self { actor, headers })
    }
}

impl Caller {
    /// The seller for whom the token acts.
    pub fn seller(&self) -> Result<SellerId, Problem> {
        match (self.actor.person, self.actor.seller()) {
            (None, _) => Err(Problem::plain(
                &self.headers,
                StatusCode::UNAUTHORIZED,
                "unauthenticated",
                "refusal.api.unauthenticated",
            )),
            (Some(_), None) => Err(Problem::plain(
                &self.headers,
                StatusCode::FORBIDDEN,
                "forbidden",
                "refusal.api.forbidden",
            )),
            (Some(_), Some(seller)) => Ok(seller),
        }
    }

    /// An officer of the province.
    pub fn officer(&self) -> Result<(), Problem> {
        match self.actor.person {
            None => Err(Problem::plain(
                &self.headers,
                StatusCode::UNAUTHORIZED,
                "unauthenticated",
                "refusal.api.unauthenticated",
            )),
            Some(_) if self.actor.may(Right::Province(Permission::Reports)) => Ok(()),
            Some(_) => Err(Problem::plain(
                &self.headers,
                StatusCode::FORBIDDEN,
                "forbidden",
                "refusal.api.forbidden",
            )),
        }
    }

    /// The key that the caller chose for what a POST makes.
    pub fn idempotency_key(&self) -> Option<&str> {
        self.headers
            .get("idempotency-key")
            .and_then(|value| value.to_str().ok())
            .filter(|key| !key.is_empty() && key.len() <= 200)
    }
}

/// Numbers and texts alike, as callers send them: the forms of the domain read both.
pub fn text<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let value: serde_json::Value = serde::Deserialize::deserialize(deserializer)?;
    Ok(match value {
        serde_json::Value::Null => String::new(),
        serde_json::Value::String(text) => text,
        other => other.to_string(),
    })
}
