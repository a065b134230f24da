//! Recalls as an officer sees them, and the way to a lot by its code.
use axum::extract::Query;
use axum::http::StatusCode;
use axum::response::Response;
use leptos::prelude::*;
use market::kernel::time::{business_day, day_text};
use market::kernel::{FieldErrors, PageRequest, Permission};
use market::trace::{ListedLot, LotCode, queries};
use serde::Deserialize;

use super::words::State;
use crate::routes;
use crate::trouble::Trouble;
use crate::ui::form::{ErrorSummary, Field};
use crate::ui::parts::{Empty, Pagination};
use crate::ui::{Area, Head};
use crate::visit::Visit;

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct ListParams {
    /// A lot's code, to recall it.
    ma: String,
    trang: Option<u32>,
}

pub(super) async fn list(
    visit: Visit,
    Query(asked): Query<ListParams>,
) -> Result<Response, Trouble> {
    visit.signed_in()?;
    if !visit.actor.has_office(Permission::Sellers) {
        return Err(Trouble::Forbidden);
    }
    let db = visit.site.store.reader();
    let mut errors = FieldErrors::default();
    if !asked.ma.trim().is_empty() {
        match LotCode::parse(&asked.ma) {
            Err(_) => errors.add("ma", "lot_code"),
            Ok(code) => match queries::id_for_office(db, &visit.actor, &code).await? {
                Some(id) => return Ok(visit.see_other(&routes::office_lot(id))),
                None => errors.add("ma", "lot_unknown"),
            },
        }
    }
    let page = PageRequest::new(asked.trang, None);
    let (lots, total) = queries::recalled(db, &visit.actor, page).await?;
    let status = if errors.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    Ok(visit.page_with(
        status,
        || Head::private(t!("trace.recalls"), Area::Province),
        || view! { <List lots typed=asked.ma errors page=page.page pages=page.pages(total) /> },
    ))
}

#[component]
fn List(
    lots: Vec<ListedLot>,
    typed: String,
    errors: FieldErrors,
    page: u32,
    pages: u32,
) -> impl IntoView {
    let rows = lots
        .iter()
        .map(|lot| {
            view! {
                <tr>
                    <th scope="row"><a href=routes::office_lot(lot.id)>{lot.code.to_string()}</a></th>
                    <td data-label=t!("trace.product")>{lot.product_name.clone()}</td>
                    <td data-label=t!("trace.shop")>{lot.seller_name.clone()}</td>
                    <td data-label=t!("trace.day")>{day_text(lot.made_on)}</td>
                    <td data-label=t!("trace.recalled_on")>{day_text(business_day(lot.state_since))}</td>
                    <td data-label=t!("trace.state")><State state=lot.state /></td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <h1>{t!("trace.recalls")}</h1>
        <p class="muted">{t!("trace.recalls_lead")}</p>
        <ErrorSummary errors=errors.clone() labels=vec![("ma", t!("trace.code"))] />
        <form method="get" action=routes::PROVINCE_LOTS class="form narrow" novalidate="">
            <Field name="ma" label=t!("trace.code") value=typed errors hint=t!("trace.office_hint") />
            <div class="form__actions"><button type="submit" class="button" data-kind="primary">{t!("trace.open_lot")}</button></div>
        </form>
        <section class="section stack">
            <h2>{t!("trace.recalled_lots")}</h2>
            {if lots.is_empty() {
                view! { <Empty title=t!("trace.no_recalls")><p>{t!("trace.no_recalls_advice")}</p></Empty> }.into_any()
            } else {
                view! {
                    <div class="table-wrap">
                        <table class="table" data-stack="">
                            <thead>
                                <tr>
                                    <th scope="col">{t!("trace.code")}</th>
                                    <th scope="col">{t!("trace.product")}</th>
                                    <th scope="col">{t!("trace.shop")}</th>
                                    <th scope="col">{t!("trace.day")}</th>
                                    <th scope="col">{t!("trace.recalled_on")}</th>
                                    <th scope="col">{t!("trace.state")}</th>
                                </tr>
                            </thead>
                            <tbody>{rows}</tbody>
                        </table>
                    </div>
                }.into_any()
            }}
            <Pagination page pages href=Box::new(|page| format!("{}?trang={page}", routes::PROVINCE_LOTS)) />
        </section>
    }
}
