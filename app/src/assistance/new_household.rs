//! A helper begins a shop for a household that has none yet.
use axum::extract::Form;
use axum::http::StatusCode;
use axum::response::Response;
use leptos::prelude::*;
use market::assistance::{self, AssistanceRefusal, HouseholdForm, commands, queries};
use market::kernel::{Failure, FieldErrors};
use market::sellers;

use super::actions::helper;
use crate::routes;
use crate::trouble::Trouble;
use crate::ui::form::{ErrorSummary, Field, Select};
use crate::ui::{Area, Head};
use crate::visit::Visit;

pub(super) async fn show(visit: Visit) -> Result<Response, Trouble> {
    helper(&visit)?;
    let form = HouseholdForm::default();
    page(&visit, StatusCode::OK, form, FieldErrors::default()).await
}

pub(super) async fn begin(
    visit: Visit,
    Form(form): Form<HouseholdForm>,
) -> Result<Response, Trouble> {
    helper(&visit)?;
    let store = &visit.site.store;
    let typed = &form;
    let begun =
        market::transact!(store, &visit.actor, work => commands::begin_for(work, typed).await);
    match begun {
        Ok(id) => {
            let seller = sellers::queries::by_id(store.reader(), id).await?;
            let slug = seller.ok_or(Trouble::NotFound)?.slug;
            Ok(visit.see_other(&routes::team_ask(&slug)))
        }
        Err(Failure::Refused(AssistanceRefusal::Invalid(errors))) => {
            page(&visit, StatusCode::UNPROCESSABLE_ENTITY, form, errors).await
        }
        Err(failure) => Err(failure.into()),
    }
}

async fn page(
    visit: &Visit,
    status: StatusCode,
    form: HouseholdForm,
    errors: FieldErrors,
) -> Result<Response, Trouble> {
    let areas = queries::desk::areas(visit.site.store.reader(), &visit.actor).await?;
    Ok(visit.page_with(
        status,
        || Head::private(t!("assistance.new"), Area::Team),
        || view! { <NewHousehold form areas errors /> },
    ))
}

#[component]
fn NewHousehold(
    form: HouseholdForm,
    areas: Vec<assistance::Area>,
    errors: FieldErrors,
) -> impl IntoView {
    let labels = vec![
        ("name", t!("assistance.shop_name")),
        ("owner_name", t!("assistance.owner_name")),
        ("phone", t!("accounts.phone")),
        ("area", t!("assistance.area")),
        ("hamlet", t!("assistance.hamlet")),
    ];
    let has_communes = areas.iter().any(|area| area.hamlet.is_empty());
    let options = areas
        .into_iter()
        .enumerate()
        .map(|(at, area)| {
            let words = match area.hamlet {
                hamlet if hamlet.is_empty() => area.commune_name,
                hamlet => format!("{hamlet}, {}", area.commune_name),
            };
            (at.to_string(), words)
        })
        .collect();
    view! {
        <div class="narrow stack" data-gap="l">
            <p><a href=routes::TEAM>{t!("assistance.back_to_households")}</a></p>
            <h1>{t!("assistance.new")}</h1>
            <p>{t!("assistance.new_lead")}</p>
            <ErrorSummary errors=errors.clone() labels />
            <form method="post" action=routes::TEAM_NEW class="form" novalidate="">
                <Field name="name" label=t!("assistance.shop_name") value=form.name errors=errors.clone() hint=t!("assistance.shop_name_hint") />
                <Field name="owner_name" label=t!("assistance.owner_name") value=form.owner_name errors=errors.clone() />
                <Field name="phone" label=t!("accounts.phone") value=form.phone errors=errors.clone() kind="tel" inputmode="tel" required=false hint=t!("assistance.phone_hint") />
                <Select name="area" label=t!("assistance.area") value=form.area options errors=errors.clone() placeholder=t!("assistance.area_choose") />
                {has_communes.then(|| view! { <Field name="hamlet" label=t!("assistance.hamlet") value=form.hamlet errors hint=t!("assistance.hamlet_hint") /> })}
                <div class="form__actions"><button type="submit" class="button" data-kind="primary">{t!("assistance.begin")}</button></div>
            </form>
        </div>
    }
}
