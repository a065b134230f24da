//! What a seller takes along of its own: shop and history as JSON, goods and orders as tables. Also of a shop that is
//! suspended or closed (Law on E-commerce 122/2025).
use axum::http::header;
use axum::response::{IntoResponse, Response};
use leptos::prelude::*;
use market::catalog::queries as catalog_queries;
use market::kernel::time::instant_text;
use market::kernel::{Fault, Right};
use market::orders::queries::{ExportedLine, export_of_seller};
use serde_json::json;

use super::checklist;
use crate::routes;
use crate::trouble::Trouble;
use crate::ui::shell::Icon;
use crate::ui::{Area, Head};
use crate::visit::Visit;

/// Lines of orders read in one go.
const BATCH: i64 = 5_000;

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
    let data = json!({
        "name": shop.name, "address": routes::shop(&shop.slug), "kind": shop.kind.as_str(), "standing": shop.standing.as_str(),
        "owner": shop.owner_name, "phone": shop.phone.as_str(), "story": shop.story,
        "commune": { "code": shop.commune_code, "name": shop.commune_address, "former": shop.former_name },
        "hamlet": shop.hamlet, "street": shop.street,
        "number": shop.number_masked,
        "bank": { "bin": shop.bank_bin, "name": shop.bank_name(), "account": shop.bank_account_masked, "holder": shop.bank_account_name },
        "begun_at": shop.created_at.unix_timestamp(),
        "verified_at": shop.verified_at.map(time::OffsetDateTime::unix_timestamp),
        "history": history,
    });
    let text = serde_json::to_vec_pretty(&data).map_err(Fault::new)?;
    Ok(file(
        "gian-hang.json",
        "application/json; charset=utf-8",
        text,
    ))
}

/// A table that spreadsheets open as UTF-8.
struct Table(csv::Writer<Vec<u8>>);

impl Table {
    fn new(head: &[String]) -> Result<Self, Fault> {
        let mark = "\u{feff}".as_bytes().to_vec();
        let mut table = Self(csv::WriterBuilder::new().delimiter(b';').from_writer(mark));
        table.row(head)?;
        Ok(table)
    }

    fn row(&mut self, cells: &[String]) -> Result<(), Fault> {
        // A cell that a spreadsheet would take for a formula is text.
        let cells = cells.iter().map(|cell| {
            if cell.starts_with(['=', '+', '-', '@']) {
                format!("'{cell}")
            } else {
                cell.clone()
            }
        });
        self.0.write_record(cells).map_err(Fault::new)
    }

    fn file(self, name: &'static str) -> Result<Response, Fault> {
        let bytes = self
            .0
            .into_inner()
            .map_err(|error| Fault::new(error.to_string()))?;
        Ok(file(name, "text/csv; charset=utf-8", bytes))
    }
}

/// All goods, one variant a row.
pub(super) async fn goods(visit: Visit) -> Result<Response, Trouble> {
    let seller = visit.desk(Right::Own)?;
    let products = catalog_queries::of_seller(visit.site.store.reader(), seller).await?;
    let head = [
        "product",
        "status",
        "variant",
        "unit",
        "price_vnd",
        "on_hand",
        "available",
    ];
    let mut table = Table::new(&head.map(str::to_owned))?;
    for product in products {
        for variant in product.variants {
            table.row(&[
                product.name.clone(),
                product.status.as_str().to_owned(),
                variant.name,
                variant.unit,
                variant
                    .price
                    .map(|price| price.0.to_string())
                    .unwrap_or_default(),
                variant.on_hand.plain(),
                variant.available.plain(),
            ])?;
        }
    }
    Ok(table.file("san-pham.csv")?)
}

/// All orders, one line a row.
pub(super) async fn orders(visit: Visit) -> Result<Response, Trouble> {
    let seller = visit.desk(Right::Own)?;
    let head = [
        "order",
        "placed_at",
        "state",
        "receiver",
        "phone",
        "address",
        "product",
        "variant",
        "quantity",
        "unit",
        "price_vnd",
        "line_vnd",
    ];
    let mut table = Table::new(&head.map(str::to_owned))?;
    let mut offset = 0;
    loop {
        let lines = export_of_seller(visit.site.store.reader(), seller, BATCH, offset).await?;
        let is_last = i64::try_from(lines.len()).is_ok_and(|count| count < BATCH);
        for line in lines {
            table.row(&cells(line))?;
        }
        if is_last {
            return Ok(table.file("don-hang.csv")?);
        }
        offset += BATCH;
    }
}

fn cells(line: ExportedLine) -> [String; 12] {
    [
        line.code,
        instant_text(line.placed_at),
        line.state,
        line.contact_name,
        line.contact_phone,
        line.address,
        line.name,
        line.variant_name,
        line.quantity.plain(),
        line.unit,
        line.price.0.to_string(),
        line.line.0.to_string(),
    ]
}
