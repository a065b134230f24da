//! What a person sees and changes of their own account.
use axum::Router;
use axum::extract::{Form, Path};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};
use leptos::prelude::*;
use market::accounts::{Account, AccountsRefusal, PasswordForm, commands, queries};
use market::kernel::time::instant_text;
use market::kernel::{Failure, FieldErrors, SessionId};

use crate::routes;
use crate::site::Site;
use crate::trouble::Trouble;
use crate::ui::form::{ErrorSummary, Field};
use crate::ui::{Area, Head};
use crate::visit::Visit;

/// The account's paths.
pub(super) fn routes() -> Router<Site> {
    Router::new()
        .route(routes::ACCOUNT, get(show))
        .route("/tai-khoan/mat-khau", post(set_password))
        .route("/tai-khoan/thiet-bi", post(end_others))
        .route("/tai-khoan/thiet-bi/{id}", post(end_one))
}

async fn show(visit: Visit) -> Result<Response, Trouble> {
    page(&visit, StatusCode::OK, FieldErrors::default()).await
}

/// The visitor's own account.
async fn own(visit: &Visit) -> Result<Account, Trouble> {
    let (person, token) = visit.signed_in()?;
    let store = &visit.site.store;
    queries::account(store.reader(), person, token, store.now())
        .await?
        .ok_or(Trouble::NotFound)
}

async fn page(visit: &Visit, status: StatusCode, errors: FieldErrors) -> Result<Response, Trouble> {
    let account = own(visit).await?;
    let has_shop = visit.actor.seller().is_some();
    Ok(visit.page_with(
        status,
        || Head::private(t!("accounts.account"), Area::Market),
        || view! { <AccountPage account has_shop errors /> },
    ))
}

async fn set_password(visit: Visit, Form(form): Form<PasswordForm>) -> Result<Response, Trouble> {
    let (_, token) = visit.signed_in()?;
    let account = own(&visit).await?;
    let refused = StatusCode::UNPROCESSABLE_ENTITY;
    let password = match form.parse(&account.phone) {
        Ok(password) => password,
        Err(errors) => return page(&visit, refused, errors).await,
    };
    match commands::set_password(&visit.site.store, &visit.actor, token, &password).await {
        Ok(()) => Ok(visit.see_other(routes::ACCOUNT)),
        Err(Failure::Refused(AccountsRefusal::Invalid(errors))) => {
            page(&visit, refused, errors).await
        }
        Err(failure) => Err(failure.into()),
    }
}

async fn end_others(visit: Visit) -> Result<Response, Trouble> {
    let (_, token) = visit.signed_in()?;
    market::transact!(visit.site.store, &visit.actor, work => commands::end_other_sessions(work, token).await)?;
    Ok(visit.see_other(routes::ACCOUNT))
}

async fn end_one(visit: Visit, Path(id): Path<SessionId>) -> Result<Response, Trouble> {
    visit.signed_in()?;
    market::transact!(visit.site.store, &visit.actor, work => commands::end_session(work, id).await)?;
    Ok(visit.see_other(routes::ACCOUNT))
}

#[component]
fn AccountPage(account: Account, has_shop: bool, errors: FieldErrors) -> impl IntoView {
    let has_others = account.sessions.len() > 1;
    let labels = vec![
        ("current", t!("accounts.password_now")),
        ("new", t!("accounts.password_new")),
    ];
    view! {
        <div class="narrow stack" data-gap="l">
            <h1>{t!("accounts.account")}</h1>
            <dl class="facts">
                <div><dt>{t!("accounts.name")}</dt><dd>{account.name}</dd></div>
                <div><dt>{t!("accounts.phone")}</dt><dd>{account.phone.to_string()}</dd></div>
            </dl>
            {(!has_shop).then(|| view! { <p><a class="button" href=routes::SELLER_BEGIN>{t!("shell.begin_shop")}</a></p> })}
            <section class="stack" aria-labelledby="mat-khau">
                <h2 id="mat-khau">{if account.has_password { t!("accounts.password_change") } else { t!("accounts.password_set") }}</h2>
                <p class="muted">{t!("accounts.password_rule")}</p>
                <ErrorSummary errors=errors.clone() labels />
                <form method="post" action="/tai-khoan/mat-khau" class="form" novalidate="">
                    <input type="hidden" name="username" autocomplete="username" value=account.phone.as_str().to_owned() />
                    {account.has_password.then(|| view! { <Field name="current" label=t!("accounts.password_now") value="" errors=errors.clone() kind="password" autocomplete="current-password" /> })}
                    <Field name="new" label=t!("accounts.password_new") value="" errors kind="password" autocomplete="new-password" />
                    <div class="form__actions"><button type="submit" class="button" data-kind="primary">{t!("accounts.password_save")}</button></div>
                </form>
            </section>
            <section class="stack" aria-labelledby="thiet-bi">
                <h2 id="thiet-bi">{t!("accounts.devices")}</h2>
                <ul class="devices">
                    {account
                        .sessions
                        .into_iter()
                        .map(|session| view! {
                            <li class="panel device">
                                <div>
                                    <strong>{device_words(&session.device)}</strong>
                                    <p class="muted">{t!("accounts.device_seen", at = instant_text(session.seen_at), address = session.address)}</p>
                                </div>
                                {if session.is_this {
                                    view! { <span class="state" data-state="published">{t!("accounts.device_this")}</span> }.into_any()
                                } else {
                                    view! { <form method="post" action=routes::device(session.id)><button type="submit" class="button" data-kind="quiet">{t!("accounts.device_end")}</button></form> }.into_any()
                                }}
                            </li>
                        })
                        .collect_view()}
                </ul>
                {has_others.then(|| view! { <form method="post" action="/tai-khoan/thiet-bi"><button type="submit" class="button">{t!("accounts.device_end_others")}</button></form> })}
            </section>
        </div>
    }
}

fn device_words(device: &str) -> String {
    if device.is_empty() {
        t!("accounts.device_unknown")
    } else {
        device.to_owned()
    }
}
