//! Giving an account back whose telephone is lost: a helper or an officer met its owner.
use axum::Router;
use axum::extract::{Form, Path};
use axum::response::Response;
use axum::routing::{get, post};
use leptos::prelude::*;
use market::accounts::{AccountsRefusal, Recovery, RecoveryForm, commands};
use market::kernel::time::instant_text;
use market::kernel::{CodeId, Failure, Permission, Role};
use serde::Deserialize;
use time::OffsetDateTime;

use super::actions::shown;
use super::pages::CodePage;
use crate::routes;
use crate::site::Site;
use crate::trouble::Trouble;
use crate::ui::form::{ErrorOf, ErrorSummary, Field};
use crate::ui::parts::{Notice, Tone};
use crate::ui::{Area, Head, lang};
use crate::visit::{Told, Visit, with_retry_after};

pub(super) fn routes() -> Router<Site> {
    Router::new()
        .route(routes::RECOVERY, get(show).post(ask))
        .route("/khoi-phuc/{id}", post(recover))
}

/// Helpers, officers and administrators get here; whom they may help is asked with each number.
fn admitted(visit: &Visit) -> Result<(), Trouble> {
    visit.signed_in()?;
    if visit.actor.is(Role::Helper) || visit.actor.has_office(Permission::Sellers) {
        Ok(())
    } else {
        Err(Trouble::NotFound)
    }
}

async fn show(visit: Visit) -> Result<Response, Trouble> {
    admitted(&visit)?;
    Ok(page(&visit, RecoveryForm::default(), None))
}

async fn ask(visit: Visit, Form(form): Form<RecoveryForm>) -> Result<Response, Trouble> {
    admitted(&visit)?;
    let recovery = match form.parse() {
        Ok(recovery) => recovery,
        Err(errors) => return Ok(page(&visit, form, Some(&AccountsRefusal::Invalid(errors)))),
    };
    let store = &visit.site.store;
    match commands::ask_recovery(store, &visit.actor, &recovery, visit.lang.code()).await {
        Ok(id) => code_page(&visit, id, form, &recovery, String::new(), None).await,
        Err(Failure::Fault(fault)) => Err(fault.into()),
        Err(Failure::Refused(refusal)) => Ok(with_retry_after(
            page(&visit, form, Some(&refusal)),
            &refusal,
        )),
    }
}

/// The digits, with what the first form said.
#[derive(Default, Deserialize)]
#[serde(default)]
struct CodeForm {
    code: String,
    phone: String,
    new_phone: String,
    reason: String,
    met: String,
}

async fn recover(
    visit: Visit,
    Path(id): Path<CodeId>,
    Form(typed): Form<CodeForm>,
) -> Result<Response, Trouble> {
    admitted(&visit)?;
    let form = RecoveryForm {
        phone: typed.phone,
        new_phone: typed.new_phone,
        reason: typed.reason,
        met: typed.met,
    };
    let recovery = match form.parse() {
        Ok(recovery) => recovery,
        Err(errors) => return Ok(page(&visit, form, Some(&AccountsRefusal::Invalid(errors)))),
    };
    let store = &visit.site.store;
    match commands::recover(store, &visit.actor, &recovery, id, &typed.code).await {
        Ok(holds_from) => Ok(done_page(&visit, &recovery, holds_from)),
        Err(Failure::Fault(fault)) => Err(fault.into()),
        Err(Failure::Refused(refusal)) => {
            code_page(&visit, id, form, &recovery, typed.code, Some(&refusal)).await
        }
    }
}

fn page(visit: &Visit, form: RecoveryForm, refusal: Option<&AccountsRefusal>) -> Response {
    let Told {
        status,
        errors,
        message,
    } = visit.told(refusal);
    visit.page_with(
        status,
        || Head::private(t!("accounts.recovery"), Area::Market),
        || {
            let labels = vec![
                ("phone", t!("accounts.recovery_old")),
                ("new_phone", t!("accounts.phone_new")),
                ("reason", t!("accounts.recovery_reason")),
                ("met", t!("accounts.recovery_met_short")),
            ];
            let met = errors.of("met").map(lang::field);
            let described = met.is_some().then_some("met-error");
            view! {
                <div class="narrow stack" data-gap="l">
                    <h1>{t!("accounts.recovery")}</h1>
                    <p>{t!("accounts.recovery_lead")}</p>
                    {message.map(|text| view! { <Notice tone=Tone::Error><p>{text}</p></Notice> })}
                    <ErrorSummary errors=errors.clone() labels />
                    <form method="post" action=routes::RECOVERY class="form" novalidate="">
                        <Field name="phone" label=t!("accounts.recovery_old") value=form.phone errors=errors.clone() kind="tel" inputmode="tel" />
                        <Field name="new_phone" label=t!("accounts.phone_new") value=form.new_phone errors=errors.clone() kind="tel" inputmode="tel" />
                        <Field name="reason" label=t!("accounts.recovery_reason") value=form.reason errors hint=t!("accounts.recovery_reason_hint") />
                        <div class="field">
                            <label class="check">
                                <input type="checkbox" id="met" name="met" value="yes" checked=form.met == "yes" aria-invalid=described.map(|_| "true") aria-describedby=described />
                                <span>{t!("accounts.recovery_met")}</span>
                            </label>
                            <ErrorOf name="met" text=met />
                        </div>
                        <div class="form__actions"><button type="submit" class="button" data-kind="primary">{t!("accounts.recovery_send")}</button></div>
                    </form>
                </div>
            }
        },
    )
}

async fn code_page(
    visit: &Visit,
    id: CodeId,
    form: RecoveryForm,
    recovery: &Recovery,
    code: String,
    refusal: Option<&AccountsRefusal>,
) -> Result<Response, Trouble> {
    let shown = shown(visit, id).await?;
    let Told {
        status,
        errors,
        message,
    } = visit.told(refusal);
    let phone = recovery.new_phone.masked();
    Ok(visit.page_with(
        status,
        || Head::private(t!("accounts.code_title"), Area::Market),
        || {
            let hidden = vec![
                ("phone", form.phone),
                ("new_phone", form.new_phone),
                ("reason", form.reason),
                ("met", form.met),
            ];
            let path = format!("{}/{id}", routes::RECOVERY);
            let again = Some(routes::RECOVERY.to_owned());
            view! { <CodePage path again phone hidden code errors message shown /> }
        },
    ))
}

fn done_page(visit: &Visit, recovery: &Recovery, holds_from: OffsetDateTime) -> Response {
    let phone = recovery.new_phone.to_string();
    let holds = holds_from <= visit.site.store.now();
    visit.page(
        || Head::private(t!("accounts.recovery"), Area::Market),
        || {
            let text = if holds {
                t!("accounts.recovery_done", phone = phone)
            } else {
                t!(
                    "accounts.recovery_later",
                    phone = phone,
                    at = instant_text(holds_from)
                )
            };
            view! {
                <div class="narrow stack" data-gap="l">
                    <h1>{t!("accounts.recovery")}</h1>
                    <Notice tone=Tone::Success><p>{text}</p></Notice>
                    <p><a href=routes::RECOVERY>{t!("accounts.recovery_next")}</a></p>
                </div>
            }
        },
    )
}
