//! Prices and stock of all goods in one table, saved in one go.
use std::collections::HashMap;

use axum::extract::{Form, Query};
use axum::http::StatusCode;
use axum::response::Response;
use leptos::prelude::*;
use market::catalog::commands::{self, Line};
use market::catalog::queries;
use market::kernel::{ProductId, Right, VariantId};
use serde::Deserialize;

use crate::routes;
use crate::trouble::Trouble;
use crate::ui::form::ErrorSummary;
use crate::ui::parts::{Empty, Notice, Tone};
use crate::ui::shell::Icon;
use crate::ui::{Area, Head, lang};
use crate::visit::{Told, Visit};

/// A line as it is shown: what it is about, and what stands in its fields.
struct Row {
    product: ProductId,
    variant: VariantId,
    name: String,
    unit: String,
    price: String,
    stock: String,
    /// What stood in its fields when the table was opened.
    before: (String, String),
}

#[derive(Deserialize)]
pub(super) struct Asked {
    /// Right after all was saved.
    xong: Option<String>,
}

pub(super) async fn show(visit: Visit, Query(asked): Query<Asked>) -> Result<Response, Trouble> {
    let rows = rows(&visit).await?;
    Ok(page(&visit, rows, asked.xong.is_some(), Told::default()))
}

/// What the seller has on sale or paused.
async fn rows(visit: &Visit) -> Result<Vec<Row>, Trouble> {
    let seller = visit.desk(Right::List)?;
    let products = queries::of_seller(visit.site.store.reader(), seller).await?;
    let mut rows = Vec::new();
    for product in products.into_iter().filter(|one| one.status.is_shown()) {
        for variant in product.variants {
            let name = if variant.name.is_empty() {
                product.name.clone()
            } else {
                format!("{} – {}", product.name, variant.name)
            };
            let price = variant.price.map(|price| price.0.to_string());
            let (price, stock) = (price.unwrap_or_default(), variant.on_hand.plain());
            rows.push(Row {
                product: product.id,
                variant: variant.id,
                name,
                unit: variant.unit,
                before: (price.clone(), stock.clone()),
                price,
                stock,
            });
        }
    }
    Ok(rows)
}

fn page(visit: &Visit, rows: Vec<Row>, is_done: bool, told: Told) -> Response {
    visit.page_with(
        told.status,
        || Head::private(t!("sellers.table"), Area::Seller),
        || view! { <Table rows is_done told /> },
    )
}

#[component]
fn Table(rows: Vec<Row>, is_done: bool, told: Told) -> impl IntoView {
    let Told {
        errors, message, ..
    } = told;
    let labels = vec![
        ("price_vnd", t!("sellers.price")),
        ("stock", t!("sellers.stock")),
    ];
    let field = |field: &str,
                 variant: VariantId,
                 label: String,
                 mode: &'static str,
                 value: String| {
        let id = format!("{field}-{variant}");
        let error = errors.of(&id).map(lang::field);
        let error_id = format!("{id}-error");
        view! {
            <input class="input" id=id.clone() name=id inputmode=mode autocomplete="off" value=value aria-label=label aria-invalid=error.is_some().then_some("true") aria-describedby=error.is_some().then(|| error_id.clone()) />
            {error.map(|text| view! { <p class="field__error" id=error_id><Icon name="alert" />{text}</p> })}
        }
    };
    let is_empty = rows.is_empty();
    let lines = rows
        .into_iter()
        .map(|row| {
            let price = field("price_vnd", row.variant, t!("sellers.price_line", name = row.name.clone()), "numeric", row.price);
            let stock = field("stock", row.variant, t!("sellers.stock_line", name = row.name.clone()), "decimal", row.stock);
            view! {
                <tr>
                    <th scope="row">
                        {row.name}
                        <input type="hidden" name=format!("old_price_vnd-{}", row.variant) value=row.before.0 />
                        <input type="hidden" name=format!("old_stock-{}", row.variant) value=row.before.1 />
                    </th>
                    <td data-label=t!("sellers.price_of", unit = row.unit.clone())>{price}</td>
                    <td data-label=t!("sellers.stock")>{stock}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <h1>{t!("sellers.table")}</h1>
        {is_done.then(|| view! { <Notice tone=Tone::Success><p>{t!("sellers.table_saved")}</p></Notice> })}
        {message.map(|text| view! { <Notice tone=Tone::Error><p>{text}</p></Notice> })}
        {if is_empty {
            view! { <Empty title=t!("sellers.table_empty")><p><a class="button" href=routes::SELLER_NEW>{t!("shell.seller_new")}</a></p></Empty> }.into_any()
        } else {
            view! {
                <p>{t!("sellers.table_lead")}</p>
                <ErrorSummary errors=errors.clone() labels />
                <form method="post" action=routes::SELLER_TABLE class="stack">
                    <div class="table-wrap">
                        <table class="table" data-stack="">
                            <thead><tr><th scope="col">{t!("sellers.good")}</th><th scope="col">{t!("sellers.price")}</th><th scope="col">{t!("sellers.stock")}</th></tr></thead>
                            <tbody>{lines}</tbody>
                        </table>
                    </div>
                    <div class="form__actions"><button type="submit" class="button" data-kind="primary" data-size="l">{t!("sellers.save_all")}</button></div>
                </form>
            }.into_any()
        }}
    }
}

pub(super) async fn save(
    visit: Visit,
    Form(typed): Form<HashMap<String, String>>,
) -> Result<Response, Trouble> {
    let mut rows = rows(&visit).await?;
    let mut lines = Vec::new();
    for row in &mut rows {
        let said = |field: &str| typed.get(&format!("{field}-{}", row.variant)).cloned();
        // A line that was not in the table then is left alone, and so is what was not touched: it may have changed
        // meanwhile.
        let (Some(price), Some(stock)) = (said("price_vnd"), said("stock")) else {
            continue;
        };
        if let (Some(old_price), Some(old_stock)) = (said("old_price_vnd"), said("old_stock")) {
            row.before = (old_price, old_stock);
        }
        let price = if price == row.before.0 {
            row.price.clone()
        } else {
            price
        };
        let stock = if stock == row.before.1 {
            row.stock.clone()
        } else {
            stock
        };
        if price != row.price || stock != row.stock {
            row.price.clone_from(&price);
            row.stock.clone_from(&stock);
            lines.push(Line {
                product: row.product,
                variant: row.variant,
                price,
                stock,
            });
        }
    }
    let lines = lines.as_slice();
    let outcome = market::transact!(visit.site.store, &visit.actor, work => commands::set_prices_and_stocks(work, lines).await);
    match visit.told_of(outcome)? {
        Ok(()) => Ok(visit.see_other(&format!("{}?xong=1", routes::SELLER_TABLE))),
        Err(told) => {
            let told = Told {
                status: StatusCode::UNPROCESSABLE_ENTITY,
                ..told
            };
            Ok(page(&visit, rows, false, told))
        }
    }
}
