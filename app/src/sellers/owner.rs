//! An owner for a shop that has none: its holder takes it over, or an officer who met them names them.
use axum::extract::{Form, Path};
use axum::response::Response;
use leptos::prelude::*;
use market::accounts::AccountsRefusal;
use market::accounts::commands::codes;
use market::kernel::{CodeId, Failure, FieldErrors, SellerId};
use market::sellers::{Invitation, Ownerless, SellersRefusal, commands, queries};
use serde::Deserialize;

use super::office;
use crate::accounts::{CodePage, shown};
use crate::routes;
use crate::trouble::Trouble;
use crate::ui::form::Field;
use crate::ui::{Area, Head};
use crate::visit::{Told, Visit, with_retry_after};

/// Takes over a shop that stands here with the visitor's own number.
pub(super) async fn claim(visit: Visit, Path(id): Path<SellerId>) -> Result<Response, Trouble> {
    visit.signed_in()?;
    market::transact!(visit.site.store, &visit.actor, work => commands::claim(work, id).await)?;
    Ok(visit.see_other(routes::SELLER_SHOP))
}

/// What waits for the visitor's answer: shops that stand with their number, and households that ask them to sell too.
pub(super) async fn waiting(visit: &Visit) -> Result<Waits, Trouble> {
    let (person, _) = visit.signed_in()?;
    let db = visit.site.store.reader();
    Ok(Waits {
        shops: queries::ownerless(db, person).await?,
        invited: queries::invited(db, person).await?,
    })
}

#[derive(Clone, Default)]
pub(super) struct Waits {
    shops: Vec<Ownerless>,
    invited: Vec<Invitation>,
}

#[component]
pub(super) fn Waiting(waits: Waits) -> impl IntoView {
    let shops: Vec<_> = waits
        .shops
        .into_iter()
        .map(|shop| view! {
            <li class="panel stack">
                <p><strong>{shop.name}</strong><br /><span class="muted">{shop.commune}</span></p>
                <form method="post" action=routes::claim(shop.id)><button type="submit" class="button" data-kind="primary">{t!("shops.claim")}</button></form>
            </li>
        })
        .collect();
    let invited: Vec<_> = waits
        .invited
        .into_iter()
        .map(|invitation| view! {
            <li class="panel stack">
                <p><strong>{invitation.name}</strong><br /><span class="muted">{invitation.about}</span></p>
                <div class="cluster">
                    <form method="post" action=routes::invitation(invitation.id, "nhan")><button type="submit" class="button" data-kind="primary">{t!("shops.invited_yes")}</button></form>
                    <form method="post" action=routes::invitation(invitation.id, "tu-choi")><button type="submit" class="button" data-kind="quiet">{t!("shops.invited_no")}</button></form>
                </div>
            </li>
        })
        .collect();
    view! {
        {(!shops.is_empty()).then(|| view! {
            <section class="section stack" aria-labelledby="cho-chu">
                <h2 id="cho-chu">{t!("shops.waiting")}</h2>
                <p>{t!("shops.waiting_lead")}</p>
                <ul class="stack">{shops}</ul>
            </section>
        })}
        {(!invited.is_empty()).then(|| view! {
            <section class="section stack" aria-labelledby="duoc-moi">
                <h2 id="duoc-moi">{t!("shops.invited")}</h2>
                <p>{t!("shops.invited_lead")}</p>
                <ul class="stack">{invited}</ul>
            </section>
        })}
    }
}

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct OwnerForm {
    pub(super) owner_phone: String,
}

pub(super) async fn ask(
    visit: Visit,
    Path(id): Path<SellerId>,
    Form(form): Form<OwnerForm>,
) -> Result<Response, Trouble> {
    visit.signed_in()?;
    let store = &visit.site.store;
    let lang = visit.lang.code();
    match commands::ask_owner(store, &visit.actor, id, &form.owner_phone, lang).await {
        Ok(code) => Ok(visit.see_other(&routes::owner_code(id, code))),
        Err(Failure::Refused(refusal)) if refusal != SellersRefusal::NotFound => {
            let page = office::with_owner(&visit, id, form, refusal.clone()).await?;
            Ok(with_retry_after(page, &refusal))
        }
        Err(failure) => Err(failure.into()),
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct CodeForm {
    code: String,
}

pub(super) async fn show_code(
    visit: Visit,
    Path((id, code)): Path<(SellerId, CodeId)>,
) -> Result<Response, Trouble> {
    visit.signed_in()?;
    code_page(&visit, id, code, String::new(), None).await
}

pub(super) async fn name(
    visit: Visit,
    Path((id, code)): Path<(SellerId, CodeId)>,
    Form(form): Form<CodeForm>,
) -> Result<Response, Trouble> {
    visit.signed_in()?;
    let store = &visit.site.store;
    match commands::name_owner(store, &visit.actor, id, code, &form.code).await {
        Ok(()) => Ok(visit.see_other(&routes::office_shop(id))),
        Err(Failure::Refused(SellersRefusal::Account(refusal))) => {
            code_page(&visit, id, code, form.code, Some(&refusal)).await
        }
        Err(Failure::Refused(
            refusal @ (SellersRefusal::HasOwner | SellersRefusal::WrongState),
        )) => office::with_owner(&visit, id, OwnerForm::default(), refusal).await,
        Err(failure) => Err(failure.into()),
    }
}

async fn code_page(
    visit: &Visit,
    id: SellerId,
    code: CodeId,
    typed: String,
    refusal: Option<&AccountsRefusal>,
) -> Result<Response, Trouble> {
    // Only who may see the shop hears about its codes.
    office::shop(visit, id).await?;
    let Some(phone) = codes::sent_to(visit.site.store.reader(), code).await? else {
        return Ok(visit.see_other(&routes::office_shop(id)));
    };
    let shown = shown(visit, code).await?;
    let Told {
        status,
        errors,
        message,
    } = visit.told(refusal);
    Ok(visit.page_with(
        status,
        || Head::private(t!("accounts.code_title"), Area::Province),
        || view! { <CodePage path=routes::owner_code(id, code) again=None phone=phone.masked() hidden=Vec::new() code=typed errors message shown /> },
    ))
}

/// The officer's form, for a shop that nobody owns.
#[component]
pub(super) fn NameOwner(id: SellerId, form: OwnerForm, errors: FieldErrors) -> impl IntoView {
    view! {
        <section class="section stack" aria-labelledby="chu-gian-hang">
            <h2 id="chu-gian-hang">{t!("shops.no_owner")}</h2>
            <p>{t!("shops.no_owner_lead")}</p>
            <form method="post" action=format!("{}/chu", routes::office_shop(id)) class="form" novalidate="">
                <Field name="owner_phone" label=t!("shops.owner_phone") value=form.owner_phone errors kind="tel" inputmode="tel" />
                <div class="form__actions"><button type="submit" class="button">{t!("shops.owner_send")}</button></div>
            </form>
        </section>
    }
}
