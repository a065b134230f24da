//! The harvest ahead of a product: what is expected, what can be ordered ahead, and other days of delivery.
use axum::Router;
use axum::extract::{Form, Path};
use axum::response::Response;
use axum::routing::{get, post};
use leptos::prelude::*;
use market::catalog::{
    Harvest, HarvestForm, MoveForm, Product, Supply, Variant, commands, left_field, quota_field,
};
use market::kernel::time::iso_day;
use market::kernel::{FieldErrors, ProductId, Right};
use market::orders::commands::move_delivery;
use market::orders::{HarvestOrder, QuestionState, queries};

use super::own;
use crate::catalog::words;
use crate::orders::parts::State;
use crate::routes;
use crate::site::Site;
use crate::trouble::Trouble;
use crate::ui::form::{ErrorSummary, Field};
use crate::ui::parts::{Notice, Tone};
use crate::ui::shell::Icon;
use crate::ui::{Area, Head, lang};
use crate::visit::{Told, Visit};

/// The paths of a harvest.
pub(in crate::sellers) fn routes() -> Router<Site> {
    let back = async |visit: Visit, Path(id): Path<ProductId>| {
        visit.see_other(&routes::listing(id, "vu-mua"))
    };
    Router::new()
        .route("/ban-hang/san-pham/{id}/vu-mua", get(show).post(save))
        .route(
            "/ban-hang/san-pham/{id}/vu-mua/doi-ngay",
            post(move_days).get(back),
        )
        .route(
            "/ban-hang/san-pham/{id}/vu-mua/ket-thuc",
            post(end).get(back),
        )
}

/// Pairs of a field and what was typed.
type Typed = Vec<(String, String)>;

/// A form of the page that was refused, with what was typed.
#[derive(Default)]
struct Refused {
    announce: Option<HarvestForm>,
    moved: Option<MoveForm>,
    end: Option<HarvestForm>,
    told: Told,
}

async fn show(visit: Visit, Path(id): Path<ProductId>) -> Result<Response, Trouble> {
    page(&visit, id, Refused::default()).await
}

async fn page(visit: &Visit, id: ProductId, refused: Refused) -> Result<Response, Trouble> {
    let product = own(visit, id).await?.shown;
    let (db, seller) = (visit.site.store.reader(), product.seller.id);
    let orders = queries::of_harvest(db, seller, id, &visit.actor).await?;
    Ok(visit.page_with(
        refused.told.status,
        || Head::private(t!("listing.harvest"), Area::Seller),
        || view! { <HarvestPage product orders refused /> },
    ))
}

/// The page as it is now, or with what was typed and what is wrong with it.
async fn answered<T>(
    visit: &Visit,
    id: ProductId,
    outcome: Result<T, Told>,
    typed: Refused,
) -> Result<Response, Trouble> {
    match outcome {
        Ok(_) => Ok(visit.see_other(&routes::listing(id, "vu-mua"))),
        Err(told) => page(visit, id, Refused { told, ..typed }).await,
    }
}

async fn save(
    visit: Visit,
    Path(id): Path<ProductId>,
    Form(typed): Form<Typed>,
) -> Result<Response, Trouble> {
    visit.desk(Right::List)?;
    let form = &HarvestForm(typed);
    let outcome = market::transact!(visit.site.store, &visit.actor, work => commands::save_harvest(work, id, form).await);
    let typed = Refused {
        announce: Some(form.clone()),
        ..Refused::default()
    };
    answered(&visit, id, visit.told_of(outcome)?, typed).await
}

async fn move_days(
    visit: Visit,
    Path(id): Path<ProductId>,
    Form(form): Form<MoveForm>,
) -> Result<Response, Trouble> {
    visit.desk(Right::List)?;
    let form = &form;
    let outcome = market::transact!(visit.site.store, &visit.actor, work => move_delivery(work, id, form).await);
    let typed = Refused {
        moved: Some(form.clone()),
        ..Refused::default()
    };
    answered(&visit, id, visit.told_of(outcome)?, typed).await
}

async fn end(
    visit: Visit,
    Path(id): Path<ProductId>,
    Form(typed): Form<Typed>,
) -> Result<Response, Trouble> {
    visit.desk(Right::List)?;
    let form = &HarvestForm(typed);
    let outcome = market::transact!(visit.site.store, &visit.actor, work => commands::end_harvest(work, id, form).await);
    let typed = Refused {
        end: Some(form.clone()),
        ..Refused::default()
    };
    answered(&visit, id, visit.told_of(outcome)?, typed).await
}

#[component]
fn HarvestPage(product: Product, orders: Vec<HarvestOrder>, refused: Refused) -> impl IntoView {
    let id = product.id;
    let harvest = product.harvest.clone();
    let Told {
        errors, message, ..
    } = refused.told;
    let labels = vec![
        ("picked_from", t!("listing.picked_from")),
        ("picked_to", t!("listing.picked_to")),
        ("forecast", t!("listing.forecast")),
        ("unit", t!("listing.forecast_unit")),
        ("delivers_from", t!("listing.delivers_from")),
        ("delivers_to", t!("listing.delivers_to")),
        ("reason", t!("listing.move_reason")),
        ("quota", t!("listing.quota")),
        ("left", t!("listing.left_now")),
    ];
    let of = |is_refused: bool| {
        if is_refused {
            errors.clone()
        } else {
            FieldErrors::default()
        }
    };
    let (announce_errors, move_errors, end_errors) = (
        of(refused.announce.is_some()),
        of(refused.moved.is_some()),
        of(refused.end.is_some()),
    );
    let ahead: Vec<Variant> = product
        .variants
        .iter()
        .filter(|variant| matches!(variant.supply, Supply::PreOrder { .. }))
        .cloned()
        .collect();
    let waiting = orders
        .iter()
        .filter(|order| order.state.holds_stock())
        .count();
    let unit = product
        .variants
        .first()
        .map_or_else(|| "kg".to_owned(), |variant| variant.unit.clone());
    view! {
        <div class="wizard stack" data-gap="l">
            <p><a href=routes::SELLER_PRODUCTS>{t!("listing.back_to_goods")}</a></p>
            <h1>{t!("listing.harvest")}</h1>
            <p><strong>{product.name.clone()}</strong></p>
            {message.map(|text| view! { <Notice tone=Tone::Error><p>{text}</p></Notice> })}
            <ErrorSummary errors=errors.clone() labels />
            {harvest.clone().map(|harvest| view! { <Plan harvest ahead=ahead.clone() /> })}
            {(!orders.is_empty()).then(|| view! { <Ordered orders /> })}
            <section class="panel">
                <h2>{if harvest.is_some() { t!("listing.harvest_change") } else { t!("listing.harvest_announce") }}</h2>
                {harvest.is_none().then(|| view! { <p>{t!("listing.harvest_lead")}</p> })}
                <Announce id harvest=harvest.clone() variants=product.variants.clone() unit typed=refused.announce errors=announce_errors />
            </section>
            {harvest.map(|harvest| view! {
                <Move id harvest waiting typed=refused.moved errors=move_errors />
                <End id ahead typed=refused.end errors=end_errors />
            })}
        </div>
    }
}

/// What is announced now.
#[component]
fn Plan(harvest: Harvest, ahead: Vec<Variant>) -> impl IntoView {
    let forecast = format!("{} {}", harvest.forecast, harvest.unit);
    let quotas = ahead
        .into_iter()
        .map(|variant| {
            let taken = variant.reserved();
            let name = if variant.name.is_empty() { variant.unit.clone() } else { variant.name.clone() };
            view! { <div><dt>{name}</dt><dd>{t!("listing.quota_taken", taken = taken, quota = variant.on_hand, unit = variant.unit)}</dd></div> }
        })
        .collect_view();
    view! {
        <dl class="facts">
            <div><dt>{t!("listing.picked")}</dt><dd>{harvest.picked.text()}</dd></div>
            <div><dt>{t!("listing.forecast")}</dt><dd>{forecast}</dd></div>
            <div><dt>{t!("listing.delivered")}</dt><dd>{harvest.delivered.text()}</dd></div>
            {quotas}
        </dl>
    }
}

/// Who has ordered ahead, and what they say to other days.
#[component]
fn Ordered(orders: Vec<HarvestOrder>) -> impl IntoView {
    let rows = orders
        .into_iter()
        .map(|order| {
            let answer = order.question.map(|state| match state {
                QuestionState::Open => (true, t!("listing.answer_open")),
                QuestionState::Kept => (false, t!("listing.answer_kept")),
                QuestionState::Shifted => (false, t!("listing.answer_shifted")),
                QuestionState::Cancelled | QuestionState::Overtaken => (false, t!("listing.answer_cancelled")),
            });
            view! {
                <li class="panel stack">
                    <p class="cluster"><a href=routes::seller_order(order.part)><strong>{order.code.to_string()}</strong></a><State state=order.state /></p>
                    <p>{order.amount}" · "{order.name}</p>
                    <p class="cluster"><Icon name="calendar" />{order.promised.text()}</p>
                    {answer.map(|(is_open, words)| view! { <p><span class="state" data-state=if is_open { "submitted" } else { "confirmed" }>{words}</span></p> })}
                    {order.phone.map(|phone| view! { <p class="cluster"><Icon name="phone" /><a href=format!("tel:{}", phone.as_str())>{phone.to_string()}</a></p> })}
                </li>
            }
        })
        .collect_view();
    view! {
        <section class="stack">
            <h2>{t!("listing.ordered_ahead")}</h2>
            <ul class="stack offers">{rows}</ul>
        </section>
    }
}

#[component]
fn Announce(
    id: ProductId,
    harvest: Option<Harvest>,
    variants: Vec<Variant>,
    /// What the first way of selling is sold by.
    unit: String,
    typed: Option<HarvestForm>,
    errors: FieldErrors,
) -> impl IntoView {
    let is_new = harvest.is_none();
    let value = |field: &str, now: Option<String>| match &typed {
        Some(form) => form.typed(field).to_owned(),
        None => now.unwrap_or_default(),
    };
    let now = harvest.as_ref();
    let quotas = variants
        .iter()
        .map(|variant| {
            let field = quota_field(variant.id);
            let is_ahead = matches!(variant.supply, Supply::PreOrder { .. });
            let label = t!(
                "listing.quota_of",
                name = words::offer_name(&variant.name, &variant.unit, &variant.unit_note)
            );
            let hint = if is_ahead || variant.on_hand.thousandths() == 0 {
                String::new()
            } else {
                t!(
                    "listing.quota_replaces",
                    count = variant.on_hand,
                    unit = variant.unit.clone()
                )
            };
            let quota = value(&field, is_ahead.then(|| variant.on_hand.plain()));
            view! { <NumberOf field label hint value=quota errors=errors.clone() /> }
        })
        .collect_view();
    view! {
        <form method="post" action=routes::listing(id, "vu-mua") class="form" novalidate="">
            <Field name="picked_from" label=t!("listing.picked_from") value=value("picked_from", now.map(|harvest| iso_day(harvest.picked.from))) errors=errors.clone() kind="date" />
            <Field name="picked_to" label=t!("listing.picked_to") value=value("picked_to", now.map(|harvest| iso_day(harvest.picked.to))) errors=errors.clone() kind="date" />
            <Field name="forecast" label=t!("listing.forecast") value=value("forecast", now.map(|harvest| harvest.forecast.plain())) errors=errors.clone() inputmode="decimal" hint=t!("listing.forecast_hint") />
            <Field name="unit" label=t!("listing.forecast_unit") value=value("unit", Some(now.map_or(unit, |harvest| harvest.unit.clone()))) errors=errors.clone() />
            {is_new.then(|| view! {
                <Field name="delivers_from" label=t!("listing.delivers_from") value=value("delivers_from", None) errors=errors.clone() kind="date" />
                <Field name="delivers_to" label=t!("listing.delivers_to") value=value("delivers_to", None) errors=errors.clone() kind="date" />
            })}
            <fieldset class="fieldset">
                <legend>{t!("listing.quota")}</legend>
                <p class="field__hint">{t!("listing.quota_hint")}</p>
                {quotas}
            </fieldset>
            <div class="form__actions"><button type="submit" class="button" data-kind="primary">{if is_new { t!("listing.announce") } else { t!("sellers.save") }}</button></div>
        </form>
    }
}

/// A number of one of several ways of selling.
#[component]
fn NumberOf(
    field: String,
    label: String,
    hint: String,
    value: String,
    errors: FieldErrors,
) -> impl IntoView {
    let error = errors.of(&field).map(lang::field);
    let (hint_id, error_id) = (format!("{field}-hint"), format!("{field}-error"));
    let described = [(!hint.is_empty(), &hint_id), (error.is_some(), &error_id)]
        .into_iter()
        .filter(|(is_there, _)| *is_there)
        .map(|(_, id)| id.clone())
        .collect::<Vec<_>>()
        .join(" ");
    view! {
        <div class="field">
            <label class="field__label" for=field.clone()>{label}</label>
            {(!hint.is_empty()).then(|| view! { <p class="field__hint" id=hint_id>{hint}</p> })}
            <input class="input" id=field.clone() name=field inputmode="decimal" autocomplete="off" value=value aria-invalid=error.is_some().then_some("true") aria-describedby=(!described.is_empty()).then_some(described) />
            {error.map(|text| view! { <p class="field__error" id=error_id><Icon name="alert" />{text}</p> })}
        </div>
    }
}

/// Other days of delivery: whoever has ordered is asked.
#[component]
fn Move(
    id: ProductId,
    harvest: Harvest,
    /// Orders that wait.
    waiting: usize,
    typed: Option<MoveForm>,
    errors: FieldErrors,
) -> impl IntoView {
    let is_refused = typed.is_some();
    let form = typed.unwrap_or_else(|| MoveForm {
        delivers_from: iso_day(harvest.delivered.from),
        delivers_to: iso_day(harvest.delivered.to),
        reason: String::new(),
    });
    view! {
        <details class="disclosure" open=is_refused>
            <summary>{t!("listing.move_days")}</summary>
            <form method="post" action=routes::listing(id, "vu-mua/doi-ngay") class="disclosure__body form" novalidate="">
                <p>{if waiting == 0 { t!("listing.move_nobody") } else { t!("listing.move_lead", count = waiting) }}</p>
                <Field name="delivers_from" label=t!("listing.delivers_from") value=form.delivers_from errors=errors.clone() kind="date" />
                <Field name="delivers_to" label=t!("listing.delivers_to") value=form.delivers_to errors=errors.clone() kind="date" />
                <Field name="reason" label=t!("listing.move_reason") value=form.reason errors hint=t!("listing.move_reason_hint") />
                <div class="form__actions"><button type="submit" class="button" data-kind="primary">{t!("listing.move_button")}</button></div>
            </form>
        </details>
    }
}

/// The harvest is in: what is there now is sold as it stands.
#[component]
fn End(
    id: ProductId,
    ahead: Vec<Variant>,
    typed: Option<HarvestForm>,
    errors: FieldErrors,
) -> impl IntoView {
    let is_refused = typed.is_some();
    let fields = ahead
        .into_iter()
        .map(|variant| {
            let field = left_field(variant.id);
            let label = t!(
                "listing.left_of",
                name = words::offer_name(&variant.name, &variant.unit, &variant.unit_note)
            );
            let value = typed
                .as_ref()
                .map(|form| form.typed(&field).to_owned())
                .unwrap_or_default();
            let taken = variant.reserved();
            let hint = t!("listing.left_hint", taken = taken, unit = variant.unit);
            view! { <NumberOf field label hint value errors=errors.clone() /> }
        })
        .collect_view();
    view! {
        <details class="disclosure" open=is_refused>
            <summary>{t!("listing.harvest_end")}</summary>
            <form method="post" action=routes::listing(id, "vu-mua/ket-thuc") class="disclosure__body form" novalidate="">
                <p>{t!("listing.harvest_end_lead")}</p>
                {fields}
                <div class="form__actions"><button type="submit" class="button">{t!("listing.harvest_end_button")}</button></div>
            </form>
        </details>
    }
}
