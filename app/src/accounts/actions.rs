//! Getting in and out.
use axum::Router;
use axum::extract::{Form, Path, Query};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;
use axum::routing::{get, post};
use leptos::prelude::*;
use market::accounts::commands::codes::{self, NewCode};
use market::accounts::commands::{self, Entry};
use market::accounts::{AccountsRefusal, CodePurpose, SignUpForm, queries};
use market::kernel::{Actor, CodeId, Failure, FieldErrors, Role};
use serde::Deserialize;

use super::pages::{CodePage, SignIn, SignUp};
use super::{account, changes, device, recovery, staff};
use crate::routes;
use crate::site::Site;
use crate::trouble::Trouble;
use crate::ui::shell::province_start;
use crate::ui::{Area, Head};
use crate::visit::{Told, Visit, safe_path, with_retry_after};

/// The slice's paths.
pub fn routes() -> Router<Site> {
    Router::new()
        .route(routes::SIGN_IN, get(show).post(sign_in))
        .route("/dang-nhap/ma/{id}", get(show_code).post(enter))
        .route("/dang-nhap/ma/{id}/lai", post(send_again))
        .route(routes::SIGN_UP, get(show).post(sign_up))
        .route(routes::SIGN_OUT, post(sign_out))
        .merge(account::routes())
        .merge(changes::routes())
        .merge(recovery::routes())
        .merge(staff::routes())
}

/// What was typed to get in, and where to come back to.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct SignInForm {
    pub(super) phone: String,
    /// Empty: a code by message.
    pub(super) password: String,
    pub(super) ve: String,
}

async fn show(visit: Visit, Query(form): Query<SignInForm>) -> Response {
    sign_in_page(&visit, StatusCode::OK, form, FieldErrors::default(), None)
}

async fn sign_in(
    visit: Visit,
    headers: HeaderMap,
    Form(form): Form<SignInForm>,
) -> Result<Response, Trouble> {
    let outcome = if form.password.is_empty() {
        send(&visit, &form.phone).await.map(|id| {
            let code = routes::sign_in_code(id);
            visit.see_other(&with_way_back(&code, &form.ve))
        })
    } else {
        let store = &visit.site.store;
        let tries = visit.site.limits.sign_in.of(&visit.actor.address);
        let device = device(&headers);
        match commands::sign_in(
            store,
            &visit.actor,
            &device,
            &tries,
            &form.phone,
            &form.password,
        )
        .await
        {
            Ok(token) => Ok(inside(&visit, token, &form.ve).await?),
            Err(failure) => Err(failure),
        }
    };
    match outcome {
        Ok(answer) => Ok(answer),
        Err(Failure::Fault(fault)) => Err(fault.into()),
        Err(Failure::Refused(refusal)) => {
            let Told {
                status,
                errors,
                message,
            } = visit.told(Some(&refusal));
            let answer = sign_in_page(&visit, status, form, errors, message);
            Ok(with_retry_after(answer, &refusal))
        }
    }
}

/// Sends a code to what was typed as a telephone number.
async fn send(visit: &Visit, typed: &str) -> Result<CodeId, Failure<AccountsRefusal>> {
    let mut errors = FieldErrors::default();
    let phone = errors.phone("phone", typed);
    let phone = phone.ok_or(AccountsRefusal::Invalid(errors))?;
    let code = NewCode::of(CodePurpose::SignIn, &phone);
    codes::send(&visit.site.store, &visit.actor, code, visit.lang.code()).await
}

async fn send_again(
    visit: Visit,
    Path(id): Path<CodeId>,
    Form(form): Form<SignInForm>,
) -> Result<Response, Trouble> {
    let Some(phone) = codes::sent_to(visit.site.store.reader(), id).await? else {
        return Ok(visit.see_other(&with_way_back(routes::SIGN_IN, &form.ve)));
    };
    match send(&visit, phone.as_str()).await {
        Ok(next) => Ok(visit.see_other(&with_way_back(&routes::sign_in_code(next), &form.ve))),
        Err(Failure::Fault(fault)) => Err(fault.into()),
        Err(Failure::Refused(refusal)) => {
            let answer = code_page(&visit, id, CodeForm::again(form.ve), Some(&refusal)).await?;
            Ok(with_retry_after(answer, &refusal))
        }
    }
}

/// A code as typed.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct CodeForm {
    pub(super) code: String,
    pub(super) ve: String,
}

impl CodeForm {
    fn again(ve: String) -> Self {
        Self {
            code: String::new(),
            ve,
        }
    }
}

async fn show_code(
    visit: Visit,
    Path(id): Path<CodeId>,
    Query(form): Query<CodeForm>,
) -> Result<Response, Trouble> {
    code_page(&visit, id, CodeForm::again(form.ve), None).await
}

async fn enter(
    visit: Visit,
    headers: HeaderMap,
    Path(id): Path<CodeId>,
    Form(form): Form<CodeForm>,
) -> Result<Response, Trouble> {
    let store = &visit.site.store;
    if form.code.trim().is_empty() {
        let mut errors = FieldErrors::default();
        errors.add("code", "required");
        let refusal = AccountsRefusal::Invalid(errors);
        return code_page(&visit, id, form, Some(&refusal)).await;
    }
    match commands::enter(store, &visit.actor, &device(&headers), id, &form.code).await {
        Ok(Entry::SignedIn(token)) => inside(&visit, token, &form.ve).await,
        Ok(Entry::New { proof, name }) => {
            let form = NewForm {
                proof,
                name,
                ve: form.ve,
                ..NewForm::default()
            };
            let errors = FieldErrors::default();
            Ok(sign_up_page(&visit, StatusCode::OK, form, errors))
        }
        Err(Failure::Fault(fault)) => Err(fault.into()),
        Err(Failure::Refused(refusal)) => code_page(&visit, id, form, Some(&refusal)).await,
    }
}

/// A new account as typed, with the proof of its telephone.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct NewForm {
    pub(super) proof: String,
    pub(super) name: String,
    pub(super) agreed: String,
    pub(super) ve: String,
}

async fn sign_up(
    visit: Visit,
    headers: HeaderMap,
    Form(form): Form<NewForm>,
) -> Result<Response, Trouble> {
    let typed = SignUpForm {
        name: form.name.clone(),
        agreed: form.agreed.clone(),
    };
    let account = match typed.parse() {
        Ok(account) => account,
        Err(errors) => {
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            return Ok(sign_up_page(&visit, status, form, errors));
        }
    };
    let store = &visit.site.store;
    let device = device(&headers);
    match commands::sign_up(store, &visit.actor, &device, &form.proof, &account).await {
        Ok(token) => inside(&visit, token, &form.ve).await,
        Err(Failure::Fault(fault)) => Err(fault.into()),
        Err(Failure::Refused(refusal)) => {
            let Told {
                status,
                errors,
                message,
            } = visit.told(Some(&refusal));
            let form = SignInForm {
                ve: form.ve,
                ..SignInForm::default()
            };
            Ok(sign_in_page(&visit, status, form, errors, message))
        }
    }
}

async fn sign_out(visit: Visit) -> Result<Response, Trouble> {
    if let Some(token) = &visit.session {
        commands::sign_out(visit.site.store.writer(), token).await?;
    }
    Ok(visit.without_session(visit.see_other(routes::HOME)))
}

/// Where somebody who is in goes on: back to what was asked for, or to their desk.
async fn inside(visit: &Visit, token: String, back: &str) -> Result<Response, Trouble> {
    let store = &visit.site.store;
    if let Some(before) = &visit.session {
        commands::sign_out(store.writer(), before).await?;
    }
    let actor = queries::session(store.reader(), &token, store.now())
        .await?
        .map_or_else(Actor::guest, |session| session.actor);
    if let Some(cart) = visit.cart.as_deref() {
        market::transact_sure!(store, &actor, work => Ok(market::cart::commands::join(work, cart).await?))?;
    }
    let start = match back {
        "" if actor.seller().is_some() => routes::SELLER,
        "" if actor.is(Role::Helper) => routes::TEAM,
        "" => province_start(&actor).unwrap_or(routes::HOME),
        back => safe_path(back),
    };
    Ok(visit.with_session(visit.see_other(start), token))
}

fn with_way_back(path: &str, back: &str) -> String {
    if back.is_empty() {
        return path.to_owned();
    }
    let query = serde_urlencoded::to_string([("ve", back)]).unwrap_or_default();
    format!("{path}?{query}")
}

fn sign_in_page(
    visit: &Visit,
    status: StatusCode,
    form: SignInForm,
    errors: FieldErrors,
    message: Option<String>,
) -> Response {
    let is_demo = visit.site.is_demo;
    visit.page_with(
        status,
        || Head::private(t!("shell.sign_in"), Area::Market),
        || view! { <SignIn form errors message is_demo /> },
    )
}

async fn code_page(
    visit: &Visit,
    id: CodeId,
    form: CodeForm,
    refusal: Option<&AccountsRefusal>,
) -> Result<Response, Trouble> {
    let db = visit.site.store.reader();
    let Some(phone) = codes::sent_to(db, id).await? else {
        return Ok(visit.see_other(&with_way_back(routes::SIGN_IN, &form.ve)));
    };
    let shown = shown(visit, id).await?;
    let Told {
        status,
        errors,
        message,
    } = visit.told(refusal);
    Ok(visit.page_with(
        status,
        || Head::private(t!("accounts.code_title"), Area::Market),
        || {
            let path = routes::sign_in_code(id);
            let again = Some(format!("{path}/lai"));
            let hidden = vec![("ve", form.ve)];
            view! { <CodePage path again phone=phone.masked() hidden code=form.code errors message shown /> }
        },
    ))
}

/// The digits of a code, on a demonstration whose messages reach nobody.
pub async fn shown(visit: &Visit, id: CodeId) -> Result<Option<String>, Trouble> {
    if !visit.site.shows_codes {
        return Ok(None);
    }
    Ok(codes::shown(visit.site.store.reader(), id).await?)
}

fn sign_up_page(visit: &Visit, status: StatusCode, form: NewForm, errors: FieldErrors) -> Response {
    visit.page_with(
        status,
        || Head::private(t!("accounts.sign_up"), Area::Market),
        || view! { <SignUp form errors /> },
    )
}

/// What a device calls itself, for the list of its owner's sessions.
pub(super) fn user_agent(headers: &HeaderMap) -> &str {
    headers
        .get(header::USER_AGENT)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default()
}
