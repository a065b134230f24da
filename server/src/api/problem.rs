//! What went wrong, as RFC 9457 has it. The one conversion from refusals and faults.
use app::ui::{Lang, lang};
use axum::extract::rejection::JsonRejection;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use market::kernel::{Failure, Fault, FieldError, FieldErrors, Refusal, RefusalKind};
use serde::Serialize;
use utoipa::ToSchema;

/// `application/problem+json`.
#[derive(Debug, Serialize, ToSchema)]
pub struct Problem {
    /// `/problems/{slice}.{code}`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Stable: what programs look at.
    pub code: String,
    /// For people, in the language that `Accept-Language` asks for.
    pub title: String,
    /// The HTTP status once more.
    pub status: u16,
    /// Field by field, where the request was wrong.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<WrongField>,
    /// The variants that can't be ordered as wanted, with what is left in their unit.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub variants: Vec<ShortVariant>,
    /// To quote when asking us, where only we can mend it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// Seconds, for the header of that name.
    #[serde(skip)]
    pub retry_after: Option<i64>,
}

/// What is wrong with one field.
#[derive(Debug, Serialize, ToSchema)]
pub struct WrongField {
    /// As the request names it.
    pub field: String,
    /// Stable.
    pub code: String,
    /// For people.
    pub message: String,
}

/// A variant that can't be ordered as wanted.
#[derive(Debug, Serialize, ToSchema)]
pub struct ShortVariant {
    /// Which.
    pub variant_id: String,
    /// Its product's name.
    pub name: String,
    /// What is left of it.
    pub available: f64,
}

impl Problem {
    /// From a refusal, in the caller's language.
    pub fn refusal(headers: &HeaderMap, refusal: &dyn Refusal) -> Self {
        lang::speaking(caller_lang(headers), || {
            let code = refusal.code();
            Self {
                kind: format!("/problems/{code}"),
                code: code
                    .split_once('.')
                    .map_or(code, |(_, code)| code)
                    .to_owned(),
                title: lang::refusal(refusal),
                status: status(refusal.kind()).as_u16(),
                errors: refusal.fields().iter().map(wrong).collect(),
                variants: Vec::new(),
                reference: None,
                retry_after: refusal.retry_after(),
            }
        })
    }

    /// From wrong fields that no use case saw.
    pub fn fields(headers: &HeaderMap, errors: &FieldErrors) -> Self {
        Self {
            errors: lang::speaking(caller_lang(headers), || {
                errors.0.iter().map(wrong).collect()
            }),
            ..Self::plain(
                headers,
                StatusCode::UNPROCESSABLE_ENTITY,
                "invalid",
                "refusal.api.invalid",
            )
        }
    }

    /// The body is no JSON of the form that the call takes.
    pub fn json(headers: &HeaderMap, rejection: &JsonRejection) -> Self {
        Self {
            status: rejection.status().as_u16(),
            ..Self::body(headers, rejection)
        }
    }

    /// The body can't be read.
    pub fn body(headers: &HeaderMap, rejection: &dyn std::fmt::Display) -> Self {
        let mut problem = Self::plain(
            headers,
            StatusCode::BAD_REQUEST,
            "malformed",
            "refusal.api.malformed",
        );
        problem.title = format!("{}: {}", problem.title, rejection);
        problem
    }

    /// Something without fields: `code` and the key of its text.
    pub fn plain(headers: &HeaderMap, status: StatusCode, code: &str, key: &str) -> Self {
        let title = lang::speaking(caller_lang(headers), || lang::lookup(key, &[]));
        Self {
            kind: format!("/problems/{code}"),
            code: code.to_owned(),
            title,
            status: status.as_u16(),
            errors: Vec::new(),
            variants: Vec::new(),
            reference: None,
            retry_after: None,
        }
    }

    /// There is no such thing, or it is someone else's.
    pub fn not_found(headers: &HeaderMap) -> Self {
        Self::plain(
            headers,
            StatusCode::NOT_FOUND,
            "not_found",
            "refusal.api.not_found",
        )
    }

    /// Logged once, answered without its causes.
    pub fn fault(headers: &HeaderMap, fault: &Fault) -> Self {
        let reference = market::kernel::secret::new_token()[..8].to_owned();
        tracing::error!(reference, "A call failed: {}", app::trouble::causes(fault));
        Self {
            reference: Some(reference),
            ..Self::plain(
                headers,
                StatusCode::INTERNAL_SERVER_ERROR,
                "fault",
                "refusal.api.fault",
            )
        }
    }

    /// From whatever a use case answers instead of doing it.
    pub fn failure<R: Refusal>(headers: &HeaderMap, failure: &Failure<R>) -> Self {
        match failure {
            Failure::Refused(refusal) => Self::refusal(headers, refusal),
            Failure::Fault(fault) => Self::fault(headers, fault),
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let retry_after = self.retry_after;
        let mut response = (status, axum::Json(self)).into_response();
        if let Some(seconds) = retry_after {
            response
                .headers_mut()
                .insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response.headers_mut().insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/problem+json"),
        );
        response
    }
}

fn wrong(error: &FieldError) -> WrongField {
    WrongField {
        field: error.field.clone(),
        code: error.code.clone(),
        message: lang::field(error),
    }
}

/// The HTTP status of a kind of refusal.
pub const fn status(kind: RefusalKind) -> StatusCode {
    match kind {
        RefusalKind::Invalid => StatusCode::UNPROCESSABLE_ENTITY,
        RefusalKind::Unauthenticated => StatusCode::UNAUTHORIZED,
        RefusalKind::Forbidden => StatusCode::FORBIDDEN,
        RefusalKind::NotFound => StatusCode::NOT_FOUND,
        RefusalKind::Conflict => StatusCode::CONFLICT,
        RefusalKind::TooMany => StatusCode::TOO_MANY_REQUESTS,
        RefusalKind::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
    }
}

/// Vietnamese, unless the caller asks for English first.
pub fn caller_lang(headers: &HeaderMap) -> Lang {
    match headers
        .get(header::ACCEPT_LANGUAGE)
        .and_then(|value| value.to_str().ok())
    {
        Some(wanted) if wanted.trim_start().starts_with("en") => Lang::En,
        _ => Lang::Vi,
    }
}
