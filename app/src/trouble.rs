//! What ends a request early, and the page that says so.
use axum::extract::{Request, State};
use axum::http::{Method, StatusCode, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use axum::{RequestExt, extract::FromRequestParts};
use leptos::prelude::*;
use market::kernel::{Failure, Fault, Refusal, RefusalKind};

use crate::routes;
use crate::site::Site;
use crate::ui::Head;
use crate::visit::Visit;

/// Why there is no ordinary answer.
#[derive(Debug)]
pub enum Trouble {
    /// There is no such thing, or it is someone else's.
    NotFound,
    /// The person may not.
    Forbidden,
    /// The household of that name no longer lets the visitor act for it.
    ConsentEnded(String),
    /// Sign in first, then come back to this path.
    SignIn(String),
    /// Only we can mend it.
    Fault(Fault),
}

impl From<Fault> for Trouble {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

/// For use cases whose refusals no form can show: what is missing is not found, the rest may not be.
impl<R: Refusal> From<Failure<R>> for Trouble {
    fn from(failure: Failure<R>) -> Self {
        match failure {
            Failure::Fault(fault) => Self::Fault(fault),
            Failure::Refused(refusal) if refusal.kind() == RefusalKind::NotFound => Self::NotFound,
            Failure::Refused(_) => Self::Forbidden,
        }
    }
}

/// Marks an answer whose page [`pages`] writes.
#[derive(Clone, Default)]
struct Marked {
    reference: Option<String>,
    /// Whose consent has ended.
    ended: Option<String>,
}

impl IntoResponse for Trouble {
    fn into_response(self) -> Response {
        let mut marked = Marked::default();
        let status = match self {
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::Forbidden => StatusCode::FORBIDDEN,
            Self::ConsentEnded(household) => {
                marked.ended = Some(household);
                StatusCode::FORBIDDEN
            }
            Self::SignIn(back) => {
                let query = serde_urlencoded::to_string([("ve", back)]).unwrap_or_default();
                return Redirect::to(&format!("{}?{query}", routes::SIGN_IN)).into_response();
            }
            Self::Fault(fault) => {
                let reference = market::kernel::secret::new_token()[..8].to_owned();
                tracing::error!(reference, "A request failed: {}", causes(&fault));
                marked.reference = Some(reference);
                StatusCode::INTERNAL_SERVER_ERROR
            }
        };
        let mut response = status.into_response();
        response.extensions_mut().insert(marked);
        response
    }
}

/// An error with all its causes on one line.
pub fn causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text
}

/// Writes the page of an answer that is in trouble, in the visitor's language.
///
/// Also where no handler was reached: an address or a form that can't be read.
pub async fn pages(State(site): State<Site>, mut request: Request, next: Next) -> Response {
    let is_readable = is_readable(request.uri());
    let is_asked = matches!(*request.method(), Method::GET | Method::HEAD);
    let (mut parts, ()) = request
        .extract_parts::<RequestCopy>()
        .await
        .map_or_else(|never| match never {}, |copy| (copy.0, ()));
    let response = if is_readable {
        next.run(request).await
    } else {
        Trouble::NotFound.into_response()
    };
    let marked = match response.extensions().get::<Marked>() {
        Some(marked) => marked.clone(),
        None if is_bare(&response) => Marked::default(),
        None => return response,
    };
    let status = match response.status() {
        StatusCode::BAD_REQUEST | StatusCode::METHOD_NOT_ALLOWED if is_asked => {
            StatusCode::NOT_FOUND
        }
        other => other,
    };
    let Ok(visit) = Visit::from_request_parts(&mut parts, &site).await else {
        return response;
    };
    match marked.ended {
        Some(household) => crate::assistance::ended(&visit, status, household),
        None => page(&visit, status, marked.reference),
    }
}

/// Whether anything can be at an address: no text of the database holds a NUL.
#[must_use]
pub fn is_readable(uri: &Uri) -> bool {
    uri.path_and_query()
        .is_none_or(|asked| !asked.as_str().contains("%00"))
}

/// Whether the answer is only a sentence, or nothing, for programmers: of a router or an extractor that refused.
fn is_bare(response: &Response) -> bool {
    let kind = response.headers().get(header::CONTENT_TYPE);
    response.status().is_client_error()
        && kind.is_none_or(|kind| kind.as_bytes().starts_with(b"text/plain"))
}

/// The head of a request, kept for the page that may be needed after it.
struct RequestCopy(axum::http::request::Parts);

impl<S: Send + Sync> FromRequestParts<S> for RequestCopy {
    type Rejection = std::convert::Infallible;
    async fn from_request_parts(
        parts: &mut axum::http::request::Parts,
        _: &S,
    ) -> Result<Self, Self::Rejection> {
        Ok(Self(parts.clone()))
    }
}

fn page(visit: &Visit, status: StatusCode, reference: Option<String>) -> Response {
    let task_of = visit.actor.acting.as_ref();
    let task_of = task_of.map(|acting| acting.seller_name.clone());
    visit.page_with(
        status,
        || Head { is_private: true, ..Head::new(title(status)) },
        || {
            view! {
                <section class="error-page">
                    <h1>{title(status)}</h1>
                    <p>{advice(status, task_of)}</p>
                    {reference.map(|reference| view! { <p>{t!("trouble.reference", code = reference)}</p> })}
                    <p><a class="button" href=routes::HOME>{t!("trouble.home")}</a></p>
                </section>
            }
        },
    )
}

fn title(status: StatusCode) -> String {
    match status {
        StatusCode::NOT_FOUND => t!("trouble.not_found"),
        StatusCode::FORBIDDEN => t!("trouble.forbidden"),
        status if status.is_client_error() => t!("trouble.malformed"),
        _ => t!("trouble.fault"),
    }
}

/// `helped`: the household for which the visitor acts.
fn advice(status: StatusCode, helped: Option<String>) -> String {
    match status {
        StatusCode::NOT_FOUND => t!("trouble.not_found_advice"),
        StatusCode::FORBIDDEN => match helped {
            Some(name) => t!("trouble.not_your_task", name = name),
            None => t!("trouble.forbidden_advice"),
        },
        status if status.is_client_error() => t!("trouble.malformed_advice"),
        _ => t!("trouble.fault_advice"),
    }
}
