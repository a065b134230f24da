//! The province's overview and tables.
use std::fmt::Write as _;

use leptos::prelude::*;
use market::catalog::Group;
use market::kernel::money::grouped;
use market::kernel::time::day_text;
use market::kernel::{FieldErrors, Vnd};
use market::orders::PaymentMethod;
use market::reports::queries::sales::SinceYesterday;
use market::reports::{By, Compare, Period, Places, SalesForm, SalesReport, SalesRow, Sums};

use super::chart::Bars;
use crate::catalog;
use crate::orders;
use crate::routes;
use crate::ui::form::DayField;
use crate::ui::lang;
use crate::ui::parts::{Empty, Notice, Tone};
use crate::ui::shell::Icon;

/// What changed, the last thirty days, where it was sold.
pub fn overview(
    waiting: impl IntoView,
    news: SinceYesterday,
    days: SalesReport,
    communes: SalesReport,
) -> impl IntoView {
    view! {
        <h1>{t!("reports.overview")}</h1>
        {waiting}
        <section class="panel" data-tone="water" aria-label=t!("reports.news")>
            <p>{t!("reports.today", orders = news.today.orders, amount = news.today.gross)}</p>
            <p>{t!("reports.yesterday", orders = news.yesterday.orders, amount = news.yesterday.gross)}</p>
            {(news.waiting > 0).then(|| view! { <p><Icon name="alert" />{t!("reports.waiting", count = news.waiting)}</p> })}
            {(news.new_listings > 0).then(|| view! { <p>{t!("reports.new_listings", count = news.new_listings)}</p> })}
        </section>
        <Tiles report=days.clone() />
        <section class="section">
            <h2>{t!("reports.by_day")}</h2>
            <Bars title=chart_title(&days) bars=bars(&days) />
            <p><a href=address(&SalesForm::default(), By::Day)>{t!("reports.see_table")}</a></p>
        </section>
        <section class="section">
            <h2>{t!("reports.by_commune")}</h2>
            <Table report=SalesReport { rows: communes.rows.iter().take(10).cloned().collect(), ..communes.clone() } total=false />
            <p><a href=address(&SalesForm::default(), By::Commune)>{t!("reports.see_all")}</a></p>
        </section>
        <p class="muted small">{t!("reports.rule")}</p>
    }
}

/// The figures that lead everything, beside the period before.
#[component]
fn Tiles(report: SalesReport) -> impl IntoView {
    let then = report.compared;
    let paid_then = report.shops_paid_compared;
    let tile = |lead: bool, name: String, value: String, change: Option<(i64, i64)>| {
        view! {
            <div class="kpi" data-lead=lead.then_some("")>
                <dt class="kpi__label">{name}</dt>
                <dd>
                    <span class="kpi__value">{value}</span>
                    {change.map(|(now, before)| view! { <span class="kpi__change" data-trend=trend(now, before)>{change_text(now, before)}</span> })}
                </dd>
            </div>
        }
    };
    view! {
        <dl class="kpis">
            {tile(
                true,
                t!("reports.households_paid"),
                grouped(report.shops_paid.households),
                paid_then.map(|then| (report.shops_paid.households, then.households)),
            )}
            {tile(false, t!("reports.net"), report.totals.net().to_string(), then.map(|then| (report.totals.net().0, then.net().0)))}
            {tile(false, t!("reports.orders"), grouped(report.totals.orders), then.map(|then| (report.totals.orders, then.orders)))}
            {tile(false, t!("reports.sellers_paid"), grouped(report.shops_paid.sellers), paid_then.map(|then| (report.shops_paid.sellers, then.sellers)))}
        </dl>
    }
}

const fn trend(now: i64, before: i64) -> &'static str {
    if before == 0 || now == before {
        "flat"
    } else if now > before {
        "up"
    } else {
        "down"
    }
}

fn change_text(now: i64, before: i64) -> String {
    if before == 0 {
        return t!("reports.nothing_before");
    }
    let percent = (now - before) * 100 / before;
    let sign = if percent > 0 { "+" } else { "" };
    t!("reports.change", percent = format!("{sign}{percent}"))
}

/// A question and its table.
pub fn sales(form: &SalesForm, report: SalesReport, errors: FieldErrors) -> impl IntoView + use<> {
    let query = report.query;
    let wrong = errors
        .0
        .iter()
        .map(|error| format!("{}: {}", field_name(&error.field), lang::field(error)))
        .collect::<Vec<_>>();
    let from = view! { <DayField name="from" label=t!("reports.from") typed=form.from.clone() day=Some(query.period.from) errors=errors.clone() /> };
    let to = view! { <DayField name="to" label=t!("reports.to") typed=form.to.clone() day=Some(query.period.to) errors=errors.clone() /> };
    let tabs = By::ALL
        .into_iter()
        .map(|by| view! { <a href=address(form, by) aria-current=(by == query.by).then_some("true")>{by_name(by)}</a> })
        .collect_view();
    let csv = address(form, query.by).replacen(routes::PROVINCE_SALES, "/tinh/doanh-so.csv", 1);
    let has_chart = matches!(query.by, By::Day | By::Month) && !report.rows.is_empty();
    view! {
        <h1>{t!("shell.province_sales")}</h1>
        {(!wrong.is_empty()).then(|| view! { <Notice tone=Tone::Error><ul>{wrong.into_iter().map(|text| view! { <li>{text}</li> }).collect_view()}</ul></Notice> })}
        <form class="filter-bar" action=routes::PROVINCE_SALES method="get">
            <input type="hidden" name="by" value=query.by.as_str() />
            {from}
            {to}
            <label class="field">
                <span class="field__label">{t!("reports.compare")}</span>
                <select class="input" name="compare">
                    <option value="">{t!("reports.compare_none")}</option>
                    <option value="previous" selected=query.compare == Some(Compare::Previous)>{t!("reports.compare_previous")}</option>
                    <option value="year" selected=query.compare == Some(Compare::Year)>{t!("reports.compare_year")}</option>
                </select>
            </label>
            <label class="field">
                <span class="field__label">{t!("reports.places")}</span>
                <select class="input" name="places">
                    <option value="after">{t!("reports.places_after")}</option>
                    <option value="before" selected=query.places == Places::Before>{t!("reports.places_before")}</option>
                </select>
            </label>
            <button type="submit" class="button">{t!("reports.show")}</button>
        </form>
        <nav class="tabs" aria-label=t!("reports.by")>{tabs}</nav>
        <Tiles report=report.clone() />
        {has_chart.then(|| view! { <Bars title=chart_title(&report) bars=bars(&report) /> })}
        {if report.rows.is_empty() {
            view! { <Empty title=t!("reports.nothing")><p>{t!("reports.nothing_advice")}</p></Empty> }.into_any()
        } else {
            view! { <Table report=report.clone() total=true /> }.into_any()
        }}
        <p><a class="button" data-kind="quiet" href=csv download="doanh-so.csv"><Icon name="download" />{t!("reports.csv")}</a></p>
        <p class="muted small">{t!("reports.rule")}</p>
    }
}

fn field_name(field: &str) -> String {
    match field {
        "from" => t!("reports.from"),
        "to" => t!("reports.to"),
        "by" => t!("reports.by"),
        "places" => t!("reports.places"),
        _ => t!("reports.compare"),
    }
}

/// The address of a table with the same period, broken down otherwise.
fn address(form: &SalesForm, by: By) -> String {
    let mut pairs = vec![("by", by.as_str().to_owned())];
    for (name, value) in [
        ("from", &form.from),
        ("to", &form.to),
        ("places", &form.places),
        ("compare", &form.compare),
    ] {
        if !value.is_empty() {
            pairs.push((name, value.clone()));
        }
    }
    format!(
        "{}?{}",
        routes::PROVINCE_SALES,
        serde_urlencoded::to_string(pairs).unwrap_or_default()
    )
}

fn by_name(by: By) -> String {
    match by {
        By::Day => t!("reports.day"),
        By::Month => t!("reports.month"),
        By::Group => t!("catalog.group"),
        By::Stars => t!("catalog.stars"),
        By::Commune => t!("catalog.commune"),
        By::Seller => t!("reports.seller"),
        By::Product => t!("reports.product"),
        By::Channel => t!("reports.channel"),
        By::PaymentMethod => t!("reports.payment_method"),
    }
}

/// What a row is called; the page words what the database holds as codes.
pub fn row_name(by: By, row: &SalesRow) -> String {
    if !row.label.is_empty() {
        return row.label.clone();
    }
    match by {
        By::Group => Group::parse(&row.key).map(catalog::words::group),
        By::Stars => row
            .key
            .parse::<u8>()
            .ok()
            .map(|stars| t!("parts.stars", count = stars))
            .or_else(|| Some(t!("reports.no_stars"))),
        By::Channel => (row.key == "own").then(|| t!("reports.own")),
        By::PaymentMethod => PaymentMethod::parse(&row.key).map(orders::words::method),
        By::Commune => Some(t!("reports.unknown_commune")),
        _ => None,
    }
    .unwrap_or_else(|| row.key.clone())
}

fn bars(report: &SalesReport) -> Vec<(String, Vnd)> {
    let short = |row: &SalesRow| {
        if report.query.by == By::Day {
            row.label.get(..5).unwrap_or(&row.label).to_owned()
        } else {
            row.label.clone()
        }
    };
    report
        .rows
        .iter()
        .map(|row| (short(row), row.sums.net()))
        .collect()
}

fn chart_title(report: &SalesReport) -> String {
    let Period { from, to } = report.query.period;
    t!(
        "reports.chart",
        from = day_text(from),
        to = day_text(to),
        amount = report.totals.net()
    )
}

#[component]
fn Table(report: SalesReport, total: bool) -> impl IntoView {
    let by = report.query.by;
    let compares = report.query.compare.is_some() && !matches!(by, By::Day | By::Month);
    let cells = |sums: &Sums| {
        view! {
            <td class="num">{grouped(sums.orders)}</td>
            <td class="num">{sums.gross.to_string()}</td>
            <td class="num">{sums.refunds.to_string()}</td>
            <td class="num"><strong>{sums.net().to_string()}</strong></td>
        }
    };
    let rows = report
        .rows
        .iter()
        .map(|row| {
            let before = row.compared.map(|before| before.net().0).unwrap_or_default();
            view! {
                <tr>
                    <th scope="row">{row_name(by, row)}</th>
                    {cells(&row.sums)}
                    {compares.then(|| view! { <td class="num"><span class="trend" data-trend=trend(row.sums.net().0, before)>{change_text(row.sums.net().0, before)}</span></td> })}
                </tr>
            }
        })
        .collect_view();
    view! {
        <div class="table-wrap" tabindex="0" role="region" aria-label=by_name(by)>
            <table class="table">
                <thead>
                    <tr>
                        <th scope="col">{by_name(by)}</th>
                        <th scope="col" class="num">{t!("reports.orders")}</th>
                        <th scope="col" class="num">{t!("reports.gross")}</th>
                        <th scope="col" class="num">{t!("reports.refunds")}</th>
                        <th scope="col" class="num">{t!("reports.net")}</th>
                        {compares.then(|| view! { <th scope="col" class="num">{t!("reports.against")}</th> })}
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
                {total.then(|| view! { <tfoot><tr><th scope="row">{t!("reports.total")}</th>{cells(&report.totals)}{compares.then(|| view! { <td></td> })}</tr></tfoot> })}
            </table>
        </div>
    }
}

/// The table as CSV with a byte order mark.
pub fn csv(report: &SalesReport) -> String {
    let by = report.query.by;
    let mut text = String::from("\u{feff}");
    let head = [
        by_name(by),
        t!("reports.orders"),
        t!("reports.gross"),
        t!("reports.refunds"),
        t!("reports.net"),
    ];
    let _ = writeln!(text, "{}\r", head.map(|cell| quoted(&cell)).join(";"));
    for row in &report.rows {
        let sums = &row.sums;
        let _ = writeln!(
            text,
            "{};{};{};{};{}\r",
            quoted(&row_name(by, row)),
            sums.orders,
            sums.gross.0,
            sums.refunds.0,
            sums.net().0
        );
    }
    let sums = &report.totals;
    let _ = writeln!(
        text,
        "{};{};{};{};{}\r",
        quoted(&t!("reports.total")),
        sums.orders,
        sums.gross.0,
        sums.refunds.0,
        sums.net().0
    );
    text
}

/// A cell that no spreadsheet takes for a formula.
pub fn quoted(cell: &str) -> String {
    let guard = if cell.starts_with(['=', '+', '-', '@', '\t']) {
        "'"
    } else {
        ""
    };
    format!("\"{guard}{}\"", cell.replace('"', "\"\""))
}
