//! Requests of the slice `accounts`.
use axum::Router;
use axum::extract::{Form, Query};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};
use leptos::prelude::*;
use market::accounts::{AccountsRefusal, commands, queries};
use market::kernel::{Actor, Failure, FieldErrors, Permission, Right};
use serde::Deserialize;

use crate::routes;
use crate::site::Site;
use crate::trouble::Trouble;
use crate::ui::form::{ErrorSummary, Field};
use crate::ui::parts::{Notice, Tone};
use crate::ui::{Area, Head, lang};
use crate::visit::{Visit, safe_path, with_retry_after};

/// The sample people, for the demonstration: role, name, telephone, password, shop, communes, note.
const PEOPLE: &str = include_str!("../../../data/people.csv");

/// The slice's paths.
pub fn routes() -> Router<Site> {
    Router::new()
        .route(routes::SIGN_IN, get(show).post(sign_in))
        .route(routes::SIGN_OUT, post(sign_out))
}

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
struct SignInForm {
    phone: String,
    password: String,
    ve: String,
}

async fn show(visit: Visit, Query(form): Query<SignInForm>) -> Response {
    page(&visit, StatusCode::OK, form, FieldErrors::default(), None)
}

async fn sign_in(visit: Visit, Form(form): Form<SignInForm>) -> Result<Response, Trouble> {
    let tries = visit.site.limits.sign_in.of(&visit.actor.address);
    match commands::sign_in(&visit.site.store, &tries, &form.phone, &form.password).await {
        Ok(token) => {
            let store = &visit.site.store;
            let actor = queries::session(store.reader(), &token, store.now())
                .await?
                .map_or_else(Actor::guest, |session| session.actor);
            let start = match form.ve.as_str() {
                "" if actor.seller().is_some() => routes::SELLER,
                "" if actor.may(Right::Province(Permission::Reports)) => routes::PROVINCE,
                back => safe_path(back),
            };
            Ok(visit.with_session(visit.see_other(start), token))
        }
        Err(Failure::Fault(fault)) => Err(fault.into()),
        Err(Failure::Refused(refusal)) => {
            let errors = if let AccountsRefusal::Invalid(errors) = &refusal {
                errors.clone()
            } else {
                FieldErrors::default()
            };
            let status = match refusal {
                AccountsRefusal::TooManyTries(_) => StatusCode::TOO_MANY_REQUESTS,
                _ => StatusCode::UNPROCESSABLE_ENTITY,
            };
            let message = lang::speaking(visit.lang, || lang::refusal(&refusal));
            let answer = page(&visit, status, form, errors, Some(message));
            Ok(with_retry_after(answer, &refusal))
        }
    }
}

async fn sign_out(visit: Visit) -> Result<Response, Trouble> {
    if let Some(token) = &visit.session {
        commands::sign_out(visit.site.store.writer(), token).await?;
    }
    Ok(visit.without_session(visit.see_other(routes::HOME)))
}

fn page(
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

#[component]
fn SignIn(
    form: SignInForm,
    errors: FieldErrors,
    message: Option<String>,
    is_demo: bool,
) -> impl IntoView {
    let labels = vec![
        ("phone", t!("accounts.phone")),
        ("password", t!("accounts.password")),
    ];
    let general = message.filter(|_| errors.is_empty());
    view! {
        <div class="narrow stack" data-gap="l">
            <h1>{t!("shell.sign_in")}</h1>
            {general.map(|text| view! { <Notice tone=Tone::Error><p>{text}</p></Notice> })}
            <ErrorSummary errors=errors.clone() labels />
            <form method="post" action=routes::SIGN_IN class="sign-in form" novalidate="">
                <input type="hidden" name="ve" value=form.ve />
                <Field name="phone" label=t!("accounts.phone") value=form.phone errors=errors.clone() kind="tel" inputmode="tel" autocomplete="username" />
                <Field name="password" label=t!("accounts.password") value="" errors kind="password" autocomplete="current-password" />
                <div class="form__actions"><button type="submit" class="button" data-kind="primary" data-size="l">{t!("shell.sign_in")}</button></div>
            </form>
            {is_demo.then(|| view! { <SamplePeople /> })}
        </div>
    }
}

/// How the sample people sign in; only on a demonstration.
#[component]
fn SamplePeople() -> impl IntoView {
    let rows = PEOPLE
        .lines()
        .skip(1)
        .filter_map(|line| {
            let mut cells = line.split(',');
            let (role, name, phone, password) = (cells.next()?, cells.next()?, cells.next()?, cells.next()?);
            let phone = phone.replacen("+84", "0", 1);
            Some(view! { <tr><td>{role_name(role)}</td><td>{name.to_owned()}</td><td><code>{phone}</code></td><td><code>{password.to_owned()}</code></td></tr> })
        })
        .collect_view();
    view! {
        <section class="stack">
            <h2>{t!("accounts.samples")}</h2>
            <div class="table-wrap" tabindex="0" role="region" aria-label=t!("accounts.samples")>
                <table class="table">
                    <thead><tr><th scope="col">{t!("accounts.role")}</th><th scope="col">{t!("accounts.name")}</th><th scope="col">{t!("accounts.phone")}</th><th scope="col">{t!("accounts.password")}</th></tr></thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        </section>
    }
}

fn role_name(role: &str) -> String {
    match role {
        "seller" => t!("accounts.role_seller"),
        "helper" => t!("accounts.role_helper"),
        "officer" => t!("accounts.role_officer"),
        "admin" => t!("accounts.role_admin"),
        _ => t!("accounts.role_buyer"),
    }
}
