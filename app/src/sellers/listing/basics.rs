//! The second step: what it is, and how much of it is there.
use axum::extract::{Form, Path};
use axum::http::StatusCode;
use axum::response::Response;
use leptos::prelude::*;
use market::catalog::{BasicsForm, Group, commands, sets};
use market::kernel::{Fault, FieldErrors, ProductId, Right};
use market::search::known_names;
use time::Date;

use super::{Own, Steps, own};
use crate::catalog::words;
use crate::routes;
use crate::trouble::Trouble;
use crate::ui::form::{ErrorOf, ErrorSummary, Field, TextArea};
use crate::ui::parts::{Notice, Tone};
use crate::ui::{Area, Head, lang};
use crate::visit::{Told, Visit};

pub(in crate::sellers) async fn show(
    visit: Visit,
    Path(id): Path<ProductId>,
) -> Result<Response, Trouble> {
    let own = own(&visit, id).await?;
    let told = Told {
        errors: own.reasons(),
        ..Told::default()
    };
    let Own { product, .. } = own;
    let form = BasicsForm::of(&product);
    page(&visit, id, form, told).await
}

async fn page(
    visit: &Visit,
    id: ProductId,
    form: BasicsForm,
    told: Told,
) -> Result<Response, Trouble> {
    let today = visit.site.store.today();
    let names = names(visit).await?;
    Ok(visit.page_with(
        told.status,
        || Head::private(t!("listing.step_basics"), Area::Seller),
        || view! { <Basics id form told names today /> },
    ))
}

/// What others call their goods, to choose from.
pub(super) async fn names(visit: &Visit) -> Result<Vec<String>, Fault> {
    let mut names = known_names(visit.site.store.reader()).await?;
    names.sort();
    names.dedup();
    Ok(names)
}

#[component]
fn Basics(
    id: ProductId,
    form: BasicsForm,
    told: Told,
    names: Vec<String>,
    today: Date,
) -> impl IntoView {
    let Told {
        mut errors,
        message,
        ..
    } = told;
    // Reasons of other steps are told there.
    at_the_set(&mut errors);
    errors.0.retain(|error| {
        ["name", "set", "stock", "description", "season"].contains(&error.field.as_str())
    });
    view! {
        <div class="wizard stack" data-gap="l">
            <Steps id at="hang" />
            <h1>{t!("listing.step_basics")}</h1>
            {message.map(|text| view! { <Notice tone=Tone::Error><p>{text}</p></Notice> })}
            <ErrorSummary errors=errors.clone() labels=labels() />
            <form method="post" action=routes::listing(id, "hang") class="form" novalidate="">
                <BasicsFields form errors names today />
                <div class="form__actions"><button type="submit" class="button" data-kind="primary" data-size="l">{t!("listing.next")}</button></div>
            </form>
        </div>
    }
}

/// The set says the group, so there is one field for both.
pub(super) fn at_the_set(errors: &mut FieldErrors) {
    for error in &mut errors.0 {
        if error.field == "group" {
            "set".clone_into(&mut error.field);
        }
    }
}

/// What the fields are called.
pub(super) fn labels() -> Vec<(&'static str, String)> {
    vec![
        ("name", t!("listing.name")),
        ("set", t!("listing.set")),
        ("stock", t!("sellers.stock")),
        ("description", t!("catalog.description")),
        ("season", t!("catalog.season")),
    ]
}

/// What it is, and how much of it is there.
#[component]
pub(super) fn BasicsFields(
    form: BasicsForm,
    errors: FieldErrors,
    /// What others call their goods.
    names: Vec<String>,
    today: Date,
) -> impl IntoView {
    let more = !form.description.is_empty()
        || !form.season.is_empty()
        || errors.of("season").is_some()
        || errors.of("description").is_some();
    view! {
        <Field name="name" label=t!("listing.name") value=form.name errors=errors.clone() list="names" hint=t!("listing.name_hint") />
        <datalist id="names">{names.into_iter().map(|name| view! { <option value=name></option> }).collect_view()}</datalist>
        <SetChoice value=form.set errors=errors.clone() today />
        <fieldset class="fieldset">
            <legend>{t!("listing.origin")}</legend>
            <div class="choices">
                <label class="choice"><input type="radio" name="is_resold" value="" checked=form.is_resold != "yes" /><span class="choice__text"><span class="choice__name">{t!("listing.own_make")}</span></span></label>
                <label class="choice"><input type="radio" name="is_resold" value="yes" checked=form.is_resold == "yes" /><span class="choice__text"><span class="choice__name">{t!("listing.resold")}</span></span></label>
            </div>
        </fieldset>
        <Field name="stock" label=t!("sellers.stock") value=form.stock errors=errors.clone() inputmode="decimal" hint=t!("listing.stock_hint") />
        <details class="disclosure" open=more>
            <summary>{t!("listing.more")}</summary>
            <div class="disclosure__body stack">
            <TextArea name="description" label=t!("catalog.description") value=form.description errors=errors.clone() hint=t!("listing.description_hint") />
            <Field name="season" label=t!("catalog.season") value=form.season errors required=false hint=t!("listing.season_hint") />
            </div>
        </details>
    }
}

/// The product sets of the day under their groups.
#[component]
fn SetChoice(value: String, errors: FieldErrors, today: Date) -> impl IntoView {
    let error = errors.of("set").map(lang::field);
    let groups = Group::ALL
        .into_iter()
        .map(|group| {
            let options = sets::of_day(today)
                .filter(|set| set.group == group)
                .map(|set| {
                    let number = set.number.to_string();
                    view! { <option value=number.clone() selected=number == value>{words::set(set)}</option> }
                })
                .collect_view();
            view! { <optgroup label=words::group(group)>{options}</optgroup> }
        })
        .collect_view();
    view! {
        <div class="field">
            <label class="field__label" for="set">{t!("listing.set")}</label>
            <select class="input" id="set" name="set" aria-invalid=error.is_some().then_some("true") aria-describedby=error.is_some().then_some("set-error")>
                <option value="">{t!("listing.choose_set")}</option>
                {groups}
            </select>
            <ErrorOf name="set" text=error />
        </div>
    }
}

pub(in crate::sellers) async fn save(
    visit: Visit,
    Path(id): Path<ProductId>,
    Form(form): Form<BasicsForm>,
) -> Result<Response, Trouble> {
    visit.desk(Right::List)?;
    let basics = match form.parse(visit.site.store.today()) {
        Ok(basics) => basics,
        Err(errors) => {
            own(&visit, id).await?;
            let told = Told {
                status: StatusCode::UNPROCESSABLE_ENTITY,
                errors,
                message: None,
            };
            return page(&visit, id, form, told).await;
        }
    };
    let basics = &basics;
    let outcome = market::transact!(visit.site.store, &visit.actor, work => commands::save_basics(work, id, basics).await);
    match visit.told_of(outcome)? {
        Ok(()) => Ok(visit.see_other(&routes::listing(id, "gia"))),
        Err(told) => page(&visit, id, form, told).await,
    }
}
