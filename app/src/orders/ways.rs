//! The step of checking out that asks how each household's goods come.
use axum::extract::Form;
use axum::http::StatusCode;
use axum::response::Response;
use leptos::prelude::*;
use market::cart::{Cart, CartPart};
use market::kernel::FieldErrors;
use market::places::Commune;
use market::shipping::{Choice, Way, Wish};

use super::checkout::{self, find_commune, nothing_new};
use super::contact::{Typed, hidden_fields};
use super::review::without_ways;
use crate::cart;
use crate::routes;
use crate::shipping::{parts, words};
use crate::trouble::Trouble;
use crate::ui::form::ErrorSummary;
use crate::ui::shell::Icon;
use crate::ui::{Area, Head, Lang, lang};
use crate::visit::Visit;

/// The id of the form of this step.
const FORM: &str = "cach-nhan";

/// Whether the buyer is asked: there is something to choose, and it was not chosen yet or is no longer offered.
pub(super) fn must_ask(typed: &Typed, cart: &Cart) -> bool {
    cart.parts.iter().any(|part| {
        let delivery = &part.delivery;
        let is_wished = Wish::of(&typed.wishes(), part.seller, part.harvest).is_some();
        part.is_bought()
            && (delivery.is_lost
                || delivery.taken.is_none()
                || delivery.ways.len() > 1 && !is_wished)
    })
}

/// The name of the field of one household's goods.
fn field(part: &CartPart) -> String {
    match part.harvest {
        Some(harvest) => format!("way-{}-{harvest}", part.seller),
        None => format!("way-{}", part.seller),
    }
}

pub(super) async fn show(visit: Visit) -> Result<Response, Trouble> {
    let mut typed = Typed::of_draft(visit.draft.as_deref().unwrap_or_default());
    if let Some(answer) = nothing_new(&visit, &mut typed).await? {
        return Ok(answer);
    }
    match find_commune(&visit, &mut typed).await? {
        (Some(commune), _) if typed.form().parse().is_ok() => {
            page(
                &visit,
                StatusCode::OK,
                typed,
                &commune,
                FieldErrors::default(),
            )
            .await
        }
        _ => Ok(visit.see_other(routes::CHECKOUT)),
    }
}

/// What was chosen: on to the summary, or back with what is missing.
pub(super) async fn choose(
    visit: Visit,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Result<Response, Trouble> {
    let mut typed = Typed::of_pairs(&pairs);
    if let Some(answer) = nothing_new(&visit, &mut typed).await? {
        return Ok(answer);
    }
    let (Some(commune), _) = find_commune(&visit, &mut typed).await? else {
        return Ok(visit.see_other(routes::CHECKOUT));
    };
    if typed.edit.is_some() {
        let errors = FieldErrors::default();
        return page(&visit, StatusCode::OK, typed, &commune, errors).await;
    }
    let cart = cart::view_of(&visit, Some(&commune), &typed.wishes()).await?;
    let mut errors = FieldErrors::default();
    let mut wishes = Vec::new();
    for part in cart.parts.iter().filter(|part| part.is_bought()) {
        let field = field(part);
        let said = pairs.iter().find(|(name, _)| *name == field);
        let choice = said.and_then(|(_, choice)| Choice::parse(choice));
        match choice {
            Some(choice) if part.delivery.ways.iter().any(|way| way.choice == choice) => {
                wishes.push(Wish {
                    seller: part.seller,
                    harvest: part.harvest,
                    choice,
                });
            }
            Some(_) => errors.add(&field, "way_gone"),
            None => errors.add(&field, "choose"),
        }
    }
    typed.ways = Wish::text(&wishes);
    typed.seen = without_ways(&typed.seen);
    let answer = if let Some(lang) = typed.to.as_deref().and_then(Lang::parse) {
        visit.with_lang(visit.see_other(routes::CHECKOUT_WAYS), lang)
    } else if !errors.is_empty() {
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        page(&visit, status, typed.clone(), &commune, errors).await?
    } else {
        checkout::to_review(&visit, typed.clone(), &commune).await?
    };
    Ok(match typed.draft() {
        Some(draft) => visit.with_draft(answer, draft),
        None => answer,
    })
}

pub(super) async fn page(
    visit: &Visit,
    status: StatusCode,
    typed: Typed,
    commune: &Commune,
    errors: FieldErrors,
) -> Result<Response, Trouble> {
    let cart = cart::view_of(visit, Some(commune), &typed.wishes()).await?;
    if cart.order_lines().is_empty() {
        return checkout::nothing_here(visit, typed, &cart).await;
    }
    Ok(visit.page_with(
        status,
        || Head {
            keeps: Some(FORM),
            ..Head::private(t!("shipping.choose"), Area::Market)
        },
        || view! { <Ways typed cart errors to=commune.address() /> },
    ))
}

#[component]
fn Ways(typed: Typed, cart: Cart, errors: FieldErrors, to: String) -> impl IntoView {
    let hidden = hidden_fields(&typed);
    let for_edit = hidden_fields(&typed);
    let wishes = typed.wishes();
    let parts = cart
        .parts
        .into_iter()
        .filter(CartPart::is_bought)
        .map(|part| {
            let field = field(&part);
            let wish = Wish::of(&wishes, part.seller, part.harvest);
            let error = if part.delivery.is_lost && wish.is_some() {
                Some(lang::field_code("way_gone"))
            } else {
                errors.of(&field).map(lang::field)
            };
            view! { <Household part field error /> }
        })
        .collect_view();
    view! {
        <div class="narrow stack" data-gap="l">
            <ol class="steps"><li>{t!("orders.step_contact")}</li><li aria-current="step">{t!("shipping.step")}</li><li>{t!("orders.step_review")}</li><li>{t!("orders.step_done")}</li></ol>
            <h1>{t!("shipping.choose")}</h1>
            <p>{t!("shipping.choose_lead", place = to)}</p>
            <ErrorSummary errors labels=vec![("way", t!("shipping.ways"))] />
            <form id=FORM method="post" action=routes::CHECKOUT_WAYS class="form" novalidate="">
                {hidden}
                {parts}
                <div class="form__actions"><button type="submit" class="button" data-kind="primary" data-size="l">{t!("orders.to_review")}</button></div>
            </form>
            <form method="post" action=routes::CHECKOUT>{for_edit}<button type="submit" name="edit" value="1" class="button" data-kind="quiet">{t!("orders.edit")}</button></form>
        </div>
    }
}

/// The ways of one household's goods, one of which is chosen.
#[component]
fn Household(part: CartPart, field: String, error: Option<String>) -> impl IntoView {
    let taken = part.delivery.taken.as_ref().map(|way| way.choice);
    let error_id = error.as_ref().map(|_| format!("{field}-error"));
    let names: Vec<String> = part
        .lines
        .iter()
        .filter(|line| line.problem.is_none())
        .map(|line| cart::line_name(&line.name, &line.variant_name))
        .collect();
    let is_unreached = taken.is_none();
    let choices = part
        .delivery
        .ways
        .into_iter()
        .enumerate()
        .map(|(at, way)| {
            let id = if at == 0 {
                field.clone()
            } else {
                format!("{field}-{at}")
            };
            let checked = taken == Some(way.choice);
            view! { <OneWay way id name=field.clone() checked described=error_id.clone() /> }
        })
        .collect_view();
    view! {
        <fieldset class="fieldset">
            <legend>{part.seller_name}</legend>
            <p class="muted small">{part.commune_name}" · "{names.join(", ")}</p>
            {is_unreached.then(|| view! { <p>{t!("shipping.only_fetched")}</p> })}
            <div class="choices" data-rows="">{choices}</div>
            {error.map(|text| view! { <p class="field__error" id=error_id><Icon name="alert" />{text}</p> })}
        </fieldset>
    }
}

#[component]
fn OneWay(
    way: Way,
    id: String,
    name: String,
    checked: bool,
    described: Option<String>,
) -> impl IntoView {
    let note = match (&way.place, &way.pool) {
        (Some(place), _) => Some(words::place(place)),
        (None, Some(pool)) => Some(t!("shipping.pooled", names = pool.with.join(", "))),
        (None, None) => words::basis(way.basis),
    };
    view! {
        <label class="choice">
            <input type="radio" id=id name=name value=way.choice.text() checked=checked aria-describedby=described />
            <span class="choice__text"><span class="choice__name">{words::way(&way)}</span>{note.map(|text| view! { <span class="choice__note">{text}</span> })}</span>
            <span class="choice__end">{parts::fee(way.fee)}</span>
        </label>
    }
}
