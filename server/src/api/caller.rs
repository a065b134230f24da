//! Who calls: by bearer token.
use app::site::Site;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use market::accounts;
use market::kernel::limit::{Limit, Origin};
use market::kernel::{Actor, FieldErrors, Permission, PersonId, Right, SellerId};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};

use super::problem::Problem;

/// The header by which a caller says for which shop it acts, by the shop's slug: needed where a token's person
/// belongs to several, or helps households.
const DESK: &str = "x-seller";

/// The actor of a call, a guest where it carries no token, with the headers for its answers. What guests
/// change is limited by where they are.
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
        let origin: Origin = parts.extensions.get().copied().unwrap_or_default();
        let Some(value) = headers.get(header::AUTHORIZATION) else {
            let caller = Self {
                actor: Actor {
                    address: origin.to_string(),
                    ..Actor::guest()
                },
                headers,
            };
            if !parts.method.is_safe() {
                caller.take(site, &site.limits.checkout).await?;
            }
            return Ok(caller);
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
        let mut actor = accounts::queries::actor_of_token(
            site.store.reader(),
            token.trim(),
            desk,
            site.store.now(),
        )
        .await
        .map_err(|fault| Problem::fault(&headers, &fault))?
        .ok_or_else(refused)?;
        actor.address = origin.to_string();
        Ok(Self { actor, headers })
    }
}

impl Caller {
    /// Uses one of the caller's tries at something.
    pub async fn take(&self, site: &Site, limit: &Limit) -> Result<(), Problem> {
        limit
            .of_actor(&self.actor)
            .take(&site.store)
            .await
            .map_err(|failure| Problem::failure(&self.headers, &failure))
    }

    /// The person whose token it is.
    pub fn person(&self) -> Result<PersonId, Problem> {
        self.actor.person.ok_or_else(|| {
            Problem::plain(
                &self.headers,
                StatusCode::UNAUTHORIZED,
                "unauthenticated",
                "refusal.api.unauthenticated",
            )
        })
    }

    /// The seller for whom the token acts.
    pub fn seller(&self) -> Result<SellerId, Problem> {
        self.person()?;
        self.actor.seller().ok_or_else(|| self.forbidden())
    }

    fn forbidden(&self) -> Problem {
        Problem::plain(
            &self.headers,
            StatusCode::FORBIDDEN,
            "forbidden",
            "refusal.api.forbidden",
        )
    }

    /// The seller at whose desk the caller may do what `right` says.
    pub fn desk(
        &self,
        right: impl FnOnce(SellerId) -> Right<'static>,
    ) -> Result<SellerId, Problem> {
        let seller = self.seller()?;
        if self.actor.may(right(seller)) {
            Ok(seller)
        } else {
            Err(self.forbidden())
        }
    }

    /// An officer of the province.
    pub fn officer(&self) -> Result<(), Problem> {
        self.person()?;
        if self.actor.may(Right::Province(Permission::Reports)) {
            Ok(())
        } else {
            Err(self.forbidden())
        }
    }

    /// The key that the caller chose for what a POST makes. One that can't be kept is refused: without it
    /// the same call again would make another thing.
    pub fn idempotency_key(&self) -> Result<Option<&str>, Problem> {
        let Some(value) = self.headers.get("idempotency-key") else {
            return Ok(None);
        };
        match value.to_str() {
            Ok(key) if (1..=200).contains(&key.len()) => Ok(Some(key)),
            _ => {
                let mut errors = FieldErrors::default();
                errors.add("Idempotency-Key", "idempotency_key");
                Err(Problem::fields(&self.headers, &errors))
            }
        }
    }
}

/// A field as it was sent, of whatever type: read without giving up the others, so that all that is wrong
/// with a call is told in one go. Null is like nothing.
#[derive(Default)]
pub enum Given<T> {
    /// Not sent.
    #[default]
    Missing,
    /// Of another type.
    Wrong,
    /// As described.
    Value(T),
}

impl<'de, T: DeserializeOwned> Deserialize<'de> for Given<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(match Value::deserialize(deserializer)? {
            Value::Null => Self::Missing,
            value => serde_json::from_value(value).map_or(Self::Wrong, Self::Value),
        })
    }
}

impl<T> Given<T> {
    /// The value; notes another type under the field's name.
    pub fn read(self, errors: &mut FieldErrors, field: &str) -> Option<T> {
        match self {
            Self::Value(value) => Some(value),
            Self::Missing => None,
            Self::Wrong => {
                errors.add(field, "type");
                None
            }
        }
    }

    /// The same, of a field that must be there.
    pub fn required(self, errors: &mut FieldErrors, field: &str) -> Option<T> {
        if matches!(self, Self::Missing) {
            errors.add(field, "required");
        }
        self.read(errors, field)
    }
}

impl Given<String> {
    /// The text, empty where none was sent.
    pub fn text(self, errors: &mut FieldErrors, field: &str) -> String {
        self.read(errors, field).unwrap_or_default()
    }
}

/// What is sent as a JSON object. Serde would read an array as an object's fields one after the other.
pub struct Object<T>(pub T);

impl<'de, T: DeserializeOwned> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let fields = Map::deserialize(deserializer)?;
        T::deserialize(Value::Object(fields))
            .map(Self)
            .map_err(serde::de::Error::custom)
    }
}

/// A number, or a text that a person typed as one: the forms of the domain read both. Numbers are written
/// with the comma, in which nobody sees thousands.
pub struct Figure(String);

impl<'de> Deserialize<'de> for Figure {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Value::deserialize(deserializer)? {
            Value::String(text) => Ok(Self(text)),
            Value::Number(number) => Ok(Self(match number.as_f64() {
                Some(whole) if !number.is_i64() && whole.fract() == 0.0 => whole.to_string(),
                _ => number.to_string().replace('.', ","),
            })),
            _ => Err(serde::de::Error::custom("a number")),
        }
    }
}

impl Given<Figure> {
    /// As the forms read it, empty where none was sent.
    pub fn text(self, errors: &mut FieldErrors, field: &str) -> String {
        self.read(errors, field)
            .map(|figure| figure.0)
            .unwrap_or_default()
    }
}
