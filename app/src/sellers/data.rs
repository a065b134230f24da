//! What a seller takes along of its own: shop and history as JSON, goods and orders as tables. Also of a shop that is
//! suspended or closed (Law on E-commerce 122/2025).
use axum::http::header;
use axum::response::{IntoResponse, Response};
use leptos::prelude::*;
use market::kernel::{Fault, Right};
use market::orders::export::OrdersTable;
use market::sellers::export;
use serde_json::json;

use super::checklist;
use crate::routes;
use crate::trouble::Trouble;
use crate::ui::shell::Icon;
use crate::ui::{Area, Head};
use crate::visit::Visit;

const CSV: &str = "text/csv; charset=utf-8";

pub(super) async fn show(visit: Visit) -> Result<Response, Trouble> {
    visit.desk(Right::Own)?;
    Ok(visit.page(
        || Head::private(t!("shops.data"), Area::Seller),
        || {
            let link = |file: &str, words: String| {
                view! { <li><a class="button" href=format!("{}/{file}", routes::SELLER_DATA) download=""><Icon name="download" />{words}</a></li> }
            };
            view! {
                <p><a href=routes::SELLER_SHOP>{t!("shops.back")}</a></p>
                <h1>{t!("shops.data")}</h1>
                <p>{t!("shops.data_lead")}</p>
                <ul class="stack">
                    {link("gian-hang.json", t!("shops.data_shop"))}
                    {link("san-pham.csv", t!("shops.data_goods"))}
                    {link("don-hang.csv", t!("shops.data_orders"))}
                </ul>
            }
        },
    ))
}

fn file(name: &'static str, kind: &'static str, bytes: Vec<u8>) -> Response {
    let headers = [
        (header::CONTENT_TYPE, kind.to_owned()),
        (header::CACHE_CONTROL, "private, no-store".to_owned()),
        (
            header::CONTENT_DISPOSITION,
            format!("attachment; filename=\"{name}\""),
        ),
    ];
    (headers, bytes).into_response()
}

/// The shop with its history.
pub(super) async fn shop(visit: Visit) -> Result<Response, Trouble> {
    visit.desk(Right::Own)?;
    let shop = checklist::own(&visit).await?;
    let history: Vec<_> = shop
        .history
        .iter()
        .map(|line| json!({ "event": line.event.as_str(), "at": line.at.unix_timestamp(), "by": line.who, "reason": line.reason, "notes": line.notes, "order": line.order_no }))
        .collect();
    let mut data = export::data(&shop, &shop.number_masked, &shop.bank_account_masked);
    data["address"] = routes::shop(&shop.slug).into();
    data["history"] = history.into();
    let text = serde_json::to_vec_pretty(&data).map_err(Fault::new)?;
    Ok(file(
        "gian-hang.json",
        "application/json; charset=utf-8",
        text,
    ))
}

/// All goods, one variant a row.
pub(super) async fn goods(visit: Visit) -> Result<Response, Trouble> {
    let seller = visit.desk(Right::Own)?;
    let table = market::catalog::export::goods(visit.site.store.reader(), seller).await?;
    Ok(file("san-pham.csv", CSV, table))
}

/// All orders, one line a row.
pub(super) async fn orders(visit: Visit) -> Result<Response, Trouble> {
    let seller = visit.desk(Right::Own)?;
    let mut orders = OrdersTable::new(seller, (None, None));
    let mut table = Vec::new();
    while let Some(piece) = orders.next(visit.site.store.reader()).await? {
        table.extend(piece);
    }
    Ok(file("don-hang.csv", CSV, table))
}
