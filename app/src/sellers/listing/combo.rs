//! What a way of selling is made of: gift boxes and the like.
use axum::Router;
use axum::extract::{Form, Path};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use leptos::prelude::*;
use market::catalog::queries::{PossiblePart, possible_parts};
use market::catalog::{ComboForm, MAX_PARTS, Variant, commands, part_fields};
use market::kernel::{FieldErrors, ProductId, Right, VariantId};

use super::{Steps, own};
use crate::catalog::words;
use crate::routes;
use crate::site::Site;
use crate::trouble::Trouble;
use crate::ui::form::{ErrorOf, ErrorSummary};
use crate::ui::parts::{Notice, Tone};
use crate::ui::shell::Icon;
use crate::ui::{Area, Head, lang};
use crate::visit::{Told, Visit};

/// The path of the page.
pub(in crate::sellers) fn routes() -> Router<Site> {
    Router::new().route(
        "/ban-hang/san-pham/{id}/gia/{variant}/gom",
        get(show).post(save),
    )
}

async fn show(
    visit: Visit,
    Path((id, variant)): Path<(ProductId, VariantId)>,
) -> Result<Response, Trouble> {
    page(&visit, id, variant, None, Told::default()).await
}

async fn page(
    visit: &Visit,
    id: ProductId,
    variant: VariantId,
    typed: Option<ComboForm>,
    told: Told,
) -> Result<Response, Trouble> {
    let product = own(visit, id).await?.product;
    let seller = product.seller.id;
    let offered = product
        .variants
        .into_iter()
        .find(|offered| offered.id == variant)
        .ok_or(Trouble::NotFound)?;
    let choices = possible_parts(visit.site.store.reader(), seller, variant).await?;
    let form = typed.unwrap_or_else(|| ComboForm::of(&offered.parts));
    Ok(visit.page_with(
        told.status,
        || Head::private(t!("listing.combo"), Area::Seller),
        || view! { <ComboPage id offered choices form told /> },
    ))
}

async fn save(
    visit: Visit,
    Path((id, variant)): Path<(ProductId, VariantId)>,
    Form(typed): Form<Vec<(String, String)>>,
) -> Result<Response, Trouble> {
    visit.desk(Right::List)?;
    let form = &ComboForm(typed);
    let outcome = market::transact!(visit.site.store, &visit.actor, work => commands::set_parts(work, id, variant, form).await);
    match visit.told_of(outcome)? {
        Ok(()) => Ok(visit.see_other(&routes::listing(id, "gia"))),
        Err(told) => page(&visit, id, variant, Some(form.clone()), told).await,
    }
}

#[component]
fn ComboPage(
    id: ProductId,
    offered: Variant,
    choices: Vec<PossiblePart>,
    form: ComboForm,
    told: Told,
) -> impl IntoView {
    let Told {
        errors,
        message,
        status,
    } = told;
    let labels = vec![
        ("part", t!("listing.combo_part")),
        ("amount", t!("listing.combo_amount")),
        ("parts", t!("listing.combo")),
    ];
    let name = words::offer_name(&offered.name, &offered.unit, &offered.unit_note);
    let now = words::combo(&offered.parts);
    let whole = errors.of("parts").map(lang::field);
    let is_empty = choices.is_empty() && offered.parts.is_empty() && status == StatusCode::OK;
    let rows = (0..MAX_PARTS)
        .map(|row| view! { <PartRow row choices=choices.clone() form=form.clone() errors=errors.clone() /> })
        .collect_view();
    view! {
        <div class="wizard stack" data-gap="l">
            <Steps id at="gia" />
            <h1>{t!("listing.combo")}</h1>
            <p><strong>{name}</strong></p>
            {now.into_iter().map(|text| view! { <p>{text}</p> }).collect_view()}
            <p>{t!("listing.combo_lead")}</p>
            {message.map(|text| view! { <Notice tone=Tone::Error><p>{text}</p></Notice> })}
            <ErrorSummary errors labels />
            <ErrorOf name="parts" text=whole />
            {if is_empty {
                view! { <Notice tone=Tone::Info><p>{t!("listing.combo_nothing")}</p></Notice> }.into_any()
            } else {
                view! {
                    <form method="post" action=routes::listing_combo(id, offered.id) class="form" novalidate="">
                        {rows}
                        <div class="form__actions"><button type="submit" class="button" data-kind="primary" data-size="l">{t!("sellers.save")}</button></div>
                    </form>
                }.into_any()
            }}
            <p><a href=routes::listing(id, "gia")>{t!("listing.step_price")}</a></p>
        </div>
    }
}

/// One of the goods in it, and how much.
#[component]
fn PartRow(
    row: usize,
    choices: Vec<PossiblePart>,
    form: ComboForm,
    errors: FieldErrors,
) -> impl IntoView {
    let (which, amount) = part_fields(row);
    let (chosen, typed) = (
        form.typed(&which).to_owned(),
        form.typed(&amount).to_owned(),
    );
    let number = row + 1;
    let wrong = |field: &str| {
        errors
            .of(field)
            .map(|error| (format!("{field}-error"), lang::field(error)))
    };
    let (wrong_part, wrong_amount) = (wrong(&which), wrong(&amount));
    let error = |wrong: Option<(String, String)>| {
        wrong.map(
            |(id, text)| view! { <p class="field__error" id=id><Icon name="alert" />{text}</p> },
        )
    };
    let (part_error, amount_error) = (
        wrong_part.as_ref().map(|(id, _)| id.clone()),
        wrong_amount.as_ref().map(|(id, _)| id.clone()),
    );
    view! {
        <fieldset class="fieldset">
            <legend>{t!("listing.combo_row", number = number)}</legend>
            <div class="field">
                <label class="field__label" for=which.clone()>{t!("listing.combo_part")}</label>
                <select class="input" id=which.clone() name=which.clone() aria-invalid=part_error.is_some().then_some("true") aria-describedby=part_error>
                    <option value="">{t!("listing.combo_none")}</option>
                    {choices
                        .into_iter()
                        .map(|choice| {
                            let value = choice.variant.to_string();
                            view! { <option selected=value == chosen value=value.clone()>{format!("{} / {}", choice.name, choice.unit)}</option> }
                        })
                        .collect_view()}
                </select>
                {error(wrong_part)}
            </div>
            <div class="field">
                <label class="field__label" for=amount.clone()>{t!("listing.combo_amount")}</label>
                <input class="input" id=amount.clone() name=amount.clone() inputmode="decimal" autocomplete="off" value=typed aria-invalid=amount_error.is_some().then_some("true") aria-describedby=amount_error />
                {error(wrong_amount)}
            </div>
        </fieldset>
    }
}
