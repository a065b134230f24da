//! A seller's lots.
use axum::extract::Query;
use axum::response::Response;
use leptos::prelude::*;
use market::kernel::time::day_text;
use market::kernel::{PageRequest, Right};
use market::trace::{ListedLot, queries};
use serde::Deserialize;

use super::words::{self, State};
use crate::routes;
use crate::trouble::Trouble;
use crate::ui::parts::{Empty, Pagination};
use crate::ui::shell::Icon;
use crate::ui::{Area, Head};
use crate::visit::Visit;

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct ListParams {
    trang: Option<u32>,
}

pub(super) async fn list(
    visit: Visit,
    Query(asked): Query<ListParams>,
) -> Result<Response, Trouble> {
    let seller = visit.desk(Right::List)?;
    let page = PageRequest::new(asked.trang, None);
    let (lots, total) = queries::of_seller(visit.site.store.reader(), seller, page).await?;
    Ok(visit.page(
        || Head::private(t!("trace.lots"), Area::Seller),
        || view! { <List lots page=page.page pages=page.pages(total) /> },
    ))
}

#[component]
fn List(lots: Vec<ListedLot>, page: u32, pages: u32) -> impl IntoView {
    view! {
        <h1>{t!("trace.lots")}</h1>
        <p>{t!("trace.lots_lead")}</p>
        <p><a class="button" data-kind="primary" href=routes::SELLER_LOT_NEW><Icon name="plus" />{t!("trace.new")}</a></p>
        {if lots.is_empty() {
            view! { <Empty title=t!("trace.none")><p>{t!("trace.none_advice")}</p></Empty> }.into_any()
        } else {
            view! { <ul class="own-products">{lots.into_iter().map(|lot| view! { <Card lot /> }).collect_view()}</ul> }.into_any()
        }}
        <Pagination page pages href=Box::new(|page| format!("{}?trang={page}", routes::SELLER_LOTS)) />
    }
}

#[component]
fn Card(lot: ListedLot) -> impl IntoView {
    let made = format!("{} {}", words::made_on(lot.kind), day_text(lot.made_on));
    view! {
        <li class="panel stack" data-gap="s">
            <h2><a href=routes::seller_lot(lot.id)>{lot.product_name}</a></h2>
            <p class="cluster">
                <State state=lot.state />
                {lot.is_current.then(|| view! { <span class="badge" data-kind="season">{t!("trace.on_sale_now")}</span> })}
                <strong>{lot.code.to_string()}</strong>
            </p>
            <p class="muted small">{made}" · "{format!("{} {}", lot.quantity, lot.unit)}" · "{t!("trace.looks", count = lot.looks)}</p>
        </li>
    }
}
