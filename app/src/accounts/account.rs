//! What a person sees and changes of their own account.
use axum::Router;
use axum::extract::{Form, Path};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use leptos::prelude::*;
use market::accounts::{Account, AccountsRefusal, PasswordForm, ProfileForm, commands, queries};
use market::kernel::time::instant_text;
use market::kernel::{Failure, Fault, FieldErrors, RecoveryId, SessionId};
use market::orders;

use crate::routes;
use crate::site::Site;
use crate::trouble::Trouble;
use crate::ui::form::{ErrorSummary, Field};
use crate::ui::parts::{Notice, Tone};
use crate::ui::{Area, Head};
use crate::visit::Visit;

/// The account's paths.
pub(super) fn routes() -> Router<Site> {
    Router::new()
        .route(routes::ACCOUNT, get(show))
        .route("/tai-khoan/ten", post(save_profile))
        .route("/tai-khoan/du-lieu", get(download))
        .route("/tai-khoan/khoi-phuc/{id}/huy", post(object))
        .route("/tai-khoan/mat-khau", post(set_password))
        .route("/tai-khoan/thiet-bi", post(end_others))
        .route("/tai-khoan/thiet-bi/{id}", post(end_one))
}

async fn show(visit: Visit) -> Result<Response, Trouble> {
    page(&visit, StatusCode::OK, None, FieldErrors::default()).await
}

async fn save_profile(visit: Visit, Form(form): Form<ProfileForm>) -> Result<Response, Trouble> {
    visit.signed_in()?;
    match form.parse() {
        Ok(profile) => {
            market::transact!(visit.site.store, &visit.actor, work => commands::save_profile(work, &profile).await)?;
            Ok(visit.see_other(routes::ACCOUNT))
        }
        Err(errors) => {
            let refused = StatusCode::UNPROCESSABLE_ENTITY;
            page(&visit, refused, Some(form), errors).await
        }
    }
}

/// All that is kept of the visitor, as JSON.
async fn download(visit: Visit) -> Result<Response, Trouble> {
    let (person, _) = visit.signed_in()?;
    let db = visit.site.store.reader();
    let mut data = commands::own_data(db, person).await?;
    data["orders"] = orders::queries::own_data(db, person).await?;
    data["addresses"] = orders::queries::own_addresses(db, person).await?;
    let text = serde_json::to_string_pretty(&data).map_err(Fault::new)?;
    let headers = [
        (header::CONTENT_TYPE, "application/json"),
        (
            header::CONTENT_DISPOSITION,
            "attachment; filename=\"cay-beo.json\"",
        ),
        (header::CACHE_CONTROL, "private, no-store"),
    ];
    Ok((headers, text).into_response())
}

/// It was not the visitor who asked for another telephone.
async fn object(visit: Visit, Path(id): Path<RecoveryId>) -> Result<Response, Trouble> {
    visit.signed_in()?;
    market::transact!(visit.site.store, &visit.actor, work => commands::object(work, id).await)?;
    Ok(visit.see_other(routes::ACCOUNT))
}

/// The visitor's own account.
pub(super) async fn own(visit: &Visit) -> Result<Account, Trouble> {
    let (person, token) = visit.signed_in()?;
    let store = &visit.site.store;
    queries::account(store.reader(), person, token, store.now())
        .await?
        .ok_or(Trouble::NotFound)
}

/// The account's page, with a name and an address as typed where they were refused.
async fn page(
    visit: &Visit,
    status: StatusCode,
    typed: Option<ProfileForm>,
    errors: FieldErrors,
) -> Result<Response, Trouble> {
    let account = own(visit).await?;
    let has_shop = visit.actor.seller().is_some();
    Ok(visit.page_with(
        status,
        || Head::private(t!("accounts.account"), Area::Market),
        || view! { <AccountPage account has_shop typed errors /> },
    ))
}

async fn set_password(visit: Visit, Form(form): Form<PasswordForm>) -> Result<Response, Trouble> {
    let (_, token) = visit.signed_in()?;
    let account = own(&visit).await?;
    let refused = StatusCode::UNPROCESSABLE_ENTITY;
    let password = match form.parse(&account.phone) {
        Ok(password) => password,
        Err(errors) => return page(&visit, refused, None, errors).await,
    };
    match commands::set_password(&visit.site.store, &visit.actor, token, &password).await {
        Ok(()) => Ok(visit.see_other(routes::ACCOUNT)),
        Err(Failure::Refused(AccountsRefusal::Invalid(errors))) => {
            page(&visit, refused, None, errors).await
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
fn AccountPage(
    account: Account,
    has_shop: bool,
    typed: Option<ProfileForm>,
    errors: FieldErrors,
) -> impl IntoView {
    let has_others = account.sessions.len() > 1;
    let labels = vec![
        ("name", t!("accounts.your_name")),
        ("email", t!("accounts.email")),
        ("current", t!("accounts.password_now")),
        ("new", t!("accounts.password_new")),
    ];
    let profile = typed.unwrap_or_else(|| ProfileForm {
        name: account.name.clone(),
        email: account.email.clone().unwrap_or_default(),
    });
    view! {
        <div class="narrow stack" data-gap="l">
            <h1>{t!("accounts.account")}</h1>
            {account.recovery.map(|recovery| view! {
                <Notice tone=Tone::Warning>
                    <p>{t!("accounts.recovery_waits", by = recovery.by, at = instant_text(recovery.holds_from))}</p>
                    <form method="post" action=format!("/tai-khoan/khoi-phuc/{}/huy", recovery.id)><button type="submit" class="button" data-kind="danger">{t!("accounts.recovery_object")}</button></form>
                </Notice>
            })}
            <ErrorSummary errors=errors.clone() labels />
            <dl class="facts">
                <div><dt>{t!("accounts.phone")}</dt><dd>{account.phone.to_string()}" "<a href=routes::ACCOUNT_PHONE>{t!("accounts.phone_change")}</a></dd></div>
            </dl>
            <form method="post" action="/tai-khoan/ten" class="form" novalidate="">
                <Field name="name" label=t!("accounts.your_name") value=profile.name errors=errors.clone() autocomplete="name" />
                <Field name="email" label=t!("accounts.email") value=profile.email errors=errors.clone() required=false kind="email" inputmode="email" autocomplete="email" hint=t!("accounts.email_hint") />
                <div class="form__actions"><button type="submit" class="button" data-kind="primary">{t!("accounts.save")}</button></div>
            </form>
            {(!has_shop).then(|| view! { <p><a class="button" href=routes::SELLER_BEGIN>{t!("shell.begin_shop")}</a></p> })}
            <section class="stack" aria-labelledby="mat-khau">
                <h2 id="mat-khau">{if account.has_password { t!("accounts.password_change") } else { t!("accounts.password_set") }}</h2>
                <p class="muted">{t!("accounts.password_rule")}</p>
                <p class="muted">{t!("accounts.sim_lost")}</p>
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
            <section class="stack" aria-labelledby="du-lieu">
                <h2 id="du-lieu">{t!("accounts.data")}</h2>
                <p>{t!("accounts.data_lead")}" "<a href=format!("{}#du-lieu", routes::RULES)>{t!("accounts.personal_data")}</a></p>
                <div class="form__actions">
                    <a class="button" href="/tai-khoan/du-lieu" download="">{t!("accounts.data_download")}</a>
                    <a class="button" data-kind="quiet" href=routes::ACCOUNT_CLOSE>{t!("accounts.close")}</a>
                </div>
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
