//! Writing a lot down: one short form.
use axum::extract::{Form, Query};
use axum::response::Response;
use leptos::prelude::*;
use market::catalog::{self, UNITS};
use market::kernel::{Failure, FieldErrors, Refusal, RefusalKind, Right, SellerId, secret};
use market::trace::{LotForm, LotKind, commands};
use serde::Deserialize;

use super::words;
use crate::routes;
use crate::trouble::Trouble;
use crate::ui::form::{ErrorSummary, Field, Select, TextArea};
use crate::ui::parts::{Empty, Notice, Tone};
use crate::ui::{Area, Head};
use crate::visit::{Told, Visit};

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct NewParams {
    hang: String,
}

pub(super) async fn new(visit: Visit, Query(asked): Query<NewParams>) -> Result<Response, Trouble> {
    let seller = visit.desk(Right::List)?;
    let form = LotForm {
        product: asked.hang,
        ..LotForm::begun(secret::new_key(), visit.site.store.today())
    };
    page(&visit, seller, form, Told::default()).await
}

pub(super) async fn make(visit: Visit, Form(mut form): Form<LotForm>) -> Result<Response, Trouble> {
    let seller = visit.desk(Right::List)?;
    let sent = &form;
    let outcome = market::transact!(visit.site.store, &visit.actor, work => commands::make(work, seller, sent).await);
    match outcome {
        Ok(id) => Ok(visit.see_other(&routes::seller_lot(id))),
        Err(Failure::Refused(refusal))
            if matches!(refusal.kind(), RefusalKind::Invalid | RefusalKind::Conflict) =>
        {
            let told = visit.told(Some(&refusal));
            if told.message.is_some() || told.errors.of("key").is_some() {
                // Sent once more, it is another lot.
                form.key = secret::new_key().to_string();
            }
            page(&visit, seller, form, told).await
        }
        Err(failure) => Err(failure.into()),
    }
}

async fn page(
    visit: &Visit,
    seller: SellerId,
    mut form: LotForm,
    told: Told,
) -> Result<Response, Trouble> {
    let goods = catalog::queries::of_seller(visit.site.store.reader(), seller).await?;
    let goods: Vec<(String, String)> = goods
        .into_iter()
        .filter(|product| !product.name.is_empty())
        .map(|product| (product.id.to_string(), product.name))
        .collect();
    if let ([(only, _)], true) = (goods.as_slice(), form.product.is_empty()) {
        form.product.clone_from(only);
    }
    Ok(visit.page_with(
        told.status,
        || Head::private(t!("trace.new"), Area::Seller),
        || view! { <EntryPage form goods errors=told.errors message=told.message /> },
    ))
}

/// All fields with their names, for the summary of what is wrong.
fn labels() -> Vec<(&'static str, String)> {
    vec![
        ("key", t!("trace.form")),
        ("product", t!("trace.product")),
        ("kind", t!("trace.kind")),
        ("made_on", t!("trace.day")),
        ("place", t!("trace.place")),
        ("quantity", t!("trace.quantity")),
        ("unit", t!("trace.unit")),
        ("best_before", t!("trace.best_before")),
        ("net_content", t!("trace.net_content")),
        ("gtin", t!("trace.gtin")),
        ("notes", t!("trace.notes")),
    ]
}

#[component]
fn EntryPage(
    form: LotForm,
    goods: Vec<(String, String)>,
    errors: FieldErrors,
    message: Option<String>,
) -> impl IntoView {
    if goods.is_empty() {
        return view! {
            <h1>{t!("trace.new")}</h1>
            <Empty title=t!("sellers.no_products")>
                <p>{t!("trace.goods_first")}</p>
                <p><a class="button" data-kind="primary" href=routes::SELLER_NEW>{t!("shell.seller_new")}</a></p>
            </Empty>
        }
        .into_any();
    }
    let kinds = LotKind::ALL
        .into_iter()
        .map(|kind| (kind.as_str().to_owned(), words::kind(kind)))
        .collect();
    let optional = ["best_before", "net_content", "gtin", "notes"];
    let has_more = [
        &form.best_before,
        &form.net_content,
        &form.gtin,
        &form.notes,
    ]
    .into_iter()
    .any(|text| !text.is_empty())
        || optional.iter().any(|field| errors.of(field).is_some());
    view! {
        <div class="wizard stack" data-gap="l">
            <p><a href=routes::SELLER_LOTS>{t!("trace.back")}</a></p>
            <h1>{t!("trace.new")}</h1>
            <p>{t!("trace.new_lead")}</p>
            {message.map(|text| view! { <Notice tone=Tone::Error><p>{text}</p></Notice> })}
            <ErrorSummary errors=errors.clone() labels=labels() />
            <form method="post" action=routes::SELLER_LOT_NEW class="form" novalidate="">
                <input type="hidden" id="key" name="key" value=form.key />
                <Select name="product" label=t!("trace.product") value=form.product options=goods errors=errors.clone() placeholder=t!("trace.choose") />
                <Select name="kind" label=t!("trace.kind") value=form.kind options=kinds errors=errors.clone() />
                <Field name="made_on" label=t!("trace.day") value=form.made_on errors=errors.clone() kind="date" />
                <Field name="place" label=t!("trace.place") value=form.place errors=errors.clone() hint=t!("trace.place_hint") />
                <Field name="quantity" label=t!("trace.quantity") value=form.quantity errors=errors.clone() inputmode="decimal" />
                <Field name="unit" label=t!("trace.unit") value=form.unit errors=errors.clone() list="units" hint=t!("trace.unit_hint") />
                <datalist id="units">{UNITS.into_iter().map(|unit| view! { <option value=unit></option> }).collect_view()}</datalist>
                <details class="disclosure" open=has_more>
                    <summary>{t!("trace.more")}</summary>
                    <div class="disclosure__body form">
                        <Field name="best_before" label=t!("trace.best_before") value=form.best_before errors=errors.clone() kind="date" required=false />
                        <Field name="net_content" label=t!("trace.net_content") value=form.net_content errors=errors.clone() required=false hint=t!("trace.net_content_hint") />
                        <Field name="gtin" label=t!("trace.gtin") value=form.gtin errors=errors.clone() required=false inputmode="numeric" hint=t!("trace.gtin_hint") />
                        <TextArea name="notes" label=t!("trace.notes") value=form.notes errors hint=t!("trace.notes_hint") />
                    </div>
                </details>
                <p class="field__hint">{t!("trace.stays")}</p>
                <div class="form__actions"><button type="submit" class="button" data-kind="primary" data-size="l">{t!("trace.save")}</button></div>
            </form>
        </div>
    }
    .into_any()
}
