//! What can't be taken back in a moment: another telephone, the end of the account.
use axum::Router;
use axum::extract::{Form, Path};
use axum::response::Response;
use axum::routing::get;
use leptos::prelude::*;
use market::accounts::commands::{self, codes};
use market::accounts::{AccountsRefusal, NewPhoneForm};
use market::kernel::{CodeId, Failure};
use serde::Deserialize;

use super::account::own;
use super::actions::shown;
use super::again::{AgainForm, Password, Refused};
use super::pages::CodePage;
use crate::routes;
use crate::site::Site;
use crate::trouble::Trouble;
use crate::ui::form::{ErrorSummary, Field};
use crate::ui::{Area, Head};
use crate::visit::{Told, Visit};

pub(super) fn routes() -> Router<Site> {
    Router::new()
        .route(routes::ACCOUNT_PHONE, get(show_phone).post(ask_phone))
        .route("/tai-khoan/so-dien-thoai/{id}", get(show_code).post(change))
        .route(routes::ACCOUNT_CLOSE, get(show_close).post(close))
}

async fn show_phone(visit: Visit) -> Result<Response, Trouble> {
    phone_page(&visit, NewPhoneForm::default(), None).await
}

async fn ask_phone(visit: Visit, Form(form): Form<NewPhoneForm>) -> Result<Response, Trouble> {
    let (_, token) = visit.signed_in()?;
    let store = &visit.site.store;
    match commands::ask_new_phone(store, &visit.actor, token, &form, visit.lang.code()).await {
        Ok(id) => Ok(visit.see_other(&routes::phone_code(id))),
        Err(Failure::Fault(fault)) => Err(fault.into()),
        Err(Failure::Refused(refusal)) => phone_page(&visit, form, Some(&refusal)).await,
    }
}

async fn phone_page(
    visit: &Visit,
    form: NewPhoneForm,
    refusal: Option<&AccountsRefusal>,
) -> Result<Response, Trouble> {
    let account = own(visit).await?;
    let is_asked = visit.asks_password().await?;
    let Told {
        status,
        errors,
        message,
    } = visit.told(refusal);
    Ok(visit.page_with(
        status,
        || Head::private(t!("accounts.phone_change"), Area::Market),
        || {
            let labels = vec![
                ("phone", t!("accounts.phone_new")),
                ("current", t!("accounts.password_now")),
            ];
            view! {
                <div class="narrow stack" data-gap="l">
                    <h1>{t!("accounts.phone_change")}</h1>
                    <p>{t!("accounts.phone_lead", phone = account.phone.to_string())}</p>
                    <Refused message refusal=refusal.cloned() back=routes::ACCOUNT_PHONE />
                    <ErrorSummary errors=errors.clone() labels />
                    <form method="post" action=routes::ACCOUNT_PHONE class="sign-in form" novalidate="">
                        <Field name="phone" label=t!("accounts.phone_new") value=form.phone errors=errors.clone() kind="tel" inputmode="tel" autocomplete="tel" />
                        <Password is_asked errors />
                        <div class="form__actions"><button type="submit" class="button" data-kind="primary" data-size="l">{t!("accounts.go_on")}</button></div>
                    </form>
                </div>
            }
        },
    ))
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct CodeForm {
    code: String,
}

async fn show_code(visit: Visit, Path(id): Path<CodeId>) -> Result<Response, Trouble> {
    visit.signed_in()?;
    code_page(&visit, id, String::new(), None).await
}

async fn change(
    visit: Visit,
    Path(id): Path<CodeId>,
    Form(form): Form<CodeForm>,
) -> Result<Response, Trouble> {
    let (_, token) = visit.signed_in()?;
    let store = &visit.site.store;
    match commands::change_phone(store, &visit.actor, token, id, &form.code).await {
        Ok(()) => Ok(visit.see_other(routes::ACCOUNT)),
        Err(Failure::Fault(fault)) => Err(fault.into()),
        Err(Failure::Refused(refusal)) => code_page(&visit, id, form.code, Some(&refusal)).await,
    }
}

async fn code_page(
    visit: &Visit,
    id: CodeId,
    code: String,
    refusal: Option<&AccountsRefusal>,
) -> Result<Response, Trouble> {
    let Some(phone) = codes::sent_to(visit.site.store.reader(), id).await? else {
        return Ok(visit.see_other(routes::ACCOUNT_PHONE));
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
        || view! { <CodePage path=routes::phone_code(id) again=None phone=phone.masked() hidden=Vec::new() code errors message shown /> },
    ))
}

async fn show_close(visit: Visit) -> Result<Response, Trouble> {
    close_page(&visit, None).await
}

async fn close(visit: Visit, Form(form): Form<AgainForm>) -> Result<Response, Trouble> {
    let again = form.of(&visit)?;
    match commands::close(&visit.site.store, &visit.actor, again).await {
        Ok(()) => Ok(visit.without_session(visit.see_other(routes::HOME))),
        Err(Failure::Fault(fault)) => Err(fault.into()),
        Err(Failure::Refused(refusal)) => close_page(&visit, Some(&refusal)).await,
    }
}

async fn close_page(visit: &Visit, refusal: Option<&AccountsRefusal>) -> Result<Response, Trouble> {
    let is_asked = visit.asks_password().await?;
    let Told {
        status,
        errors,
        message,
    } = visit.told(refusal);
    let days = visit.site.retention.orders;
    Ok(visit.page_with(
        status,
        || Head::private(t!("accounts.close"), Area::Market),
        || {
            let labels = vec![("current", t!("accounts.password_now"))];
            view! {
                <div class="narrow stack" data-gap="l">
                    <h1>{t!("accounts.close")}</h1>
                    <Refused message refusal=refusal.cloned() back=routes::ACCOUNT_CLOSE />
                    <ErrorSummary errors=errors.clone() labels />
                    <ul class="prose">
                        <li>{t!("accounts.close_gone")}</li>
                        <li>{t!("accounts.close_kept", days = days)}</li>
                        <li>{t!("accounts.close_final")}</li>
                    </ul>
                    <form method="post" action=routes::ACCOUNT_CLOSE class="sign-in form" novalidate="">
                        <Password is_asked errors />
                        <div class="form__actions">
                            <button type="submit" class="button" data-kind="danger">{t!("accounts.close_now")}</button>
                            <a class="button" data-kind="quiet" href=routes::ACCOUNT>{t!("accounts.close_not")}</a>
                        </div>
                    </form>
                </div>
            }
        },
    ))
}
