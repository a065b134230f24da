//! What the province counts: households guided, listed, selling, by hamlet and by helper.
use std::fmt::Write as _;

use axum::extract::{Query, RawQuery};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use leptos::prelude::*;
use market::assistance::{CountBy, CountReport, CountRow, Counts, queries};
use market::kernel::money::grouped;
use market::kernel::{FieldErrors, Permission};
use market::reports::{Period, SalesForm};
use serde::Deserialize;

use super::actions::office;
use crate::reports::quoted;
use crate::routes;
use crate::trouble::Trouble;
use crate::ui::form::{DayField, ErrorSummary};
use crate::ui::parts::Empty;
use crate::ui::shell::Icon;
use crate::ui::{Area, Head, lang};
use crate::visit::Visit;

/// The table's file.
const CSV: &str = "/tinh/to-so.csv";

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct CountForm {
    from: String,
    to: String,
    by: String,
}

impl CountForm {
    /// The period as the sales reports read it, and by what.
    fn parse(&self, today: time::Date) -> Result<(Period, CountBy), FieldErrors> {
        let days = SalesForm {
            from: self.from.clone(),
            to: self.to.clone(),
            ..SalesForm::default()
        };
        let by = CountBy::parse(&self.by).unwrap_or_default();
        Ok((days.parse(today)?.period, by))
    }

    fn address(&self, path: &str, by: CountBy) -> String {
        let mut pairs = vec![("by", by.as_str())];
        for (name, value) in [("from", &self.from), ("to", &self.to)] {
            if !value.is_empty() {
                pairs.push((name, value));
            }
        }
        let pairs = serde_urlencoded::to_string(pairs).unwrap_or_default();
        format!("{path}?{pairs}")
    }
}

/// The count that a question asks for; with what is wrong with it, the last 30 days.
struct Answer {
    report: CountReport,
    period: Period,
    by: CountBy,
    errors: FieldErrors,
}

async fn answer(visit: &Visit, form: &CountForm) -> Result<Answer, Trouble> {
    office(visit, &[Permission::Sellers, Permission::Reports])?;
    let today = visit.site.store.today();
    let (asked, errors) = match form.parse(today) {
        Ok(asked) => (asked, FieldErrors::default()),
        Err(errors) => ((Period::last(30, today), CountBy::default()), errors),
    };
    let (period, by) = asked;
    let db = visit.site.store.reader();
    Ok(Answer {
        report: queries::counts::count(db, &visit.actor, period, by).await?,
        period,
        by,
        errors,
    })
}

pub(super) async fn show(visit: Visit, Query(form): Query<CountForm>) -> Result<Response, Trouble> {
    let answer = answer(&visit, &form).await?;
    let status = if answer.errors.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    Ok(visit.page_with(
        status,
        || Head::private(t!("shell.province_team"), Area::Province),
        || view! { <CountPage form answer /> },
    ))
}

/// The same table as a file that spreadsheets open: UTF-8 with a mark, semicolons, nothing that a formula could
/// begin with.
pub(super) async fn csv(
    visit: Visit,
    RawQuery(raw): RawQuery,
    Query(form): Query<CountForm>,
) -> Result<Response, Trouble> {
    let answer = answer(&visit, &form).await?;
    if !answer.errors.is_empty() {
        // The page says what is wrong, at its field.
        let question = raw.unwrap_or_default();
        return Ok(visit.see_other(&format!("{}?{question}", routes::PROVINCE_TEAM)));
    }
    let mut response = lang::speaking(visit.lang, || table(&answer)).into_response();
    for (name, value) in [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
        (header::CACHE_CONTROL, "private, no-store"),
        (
            header::CONTENT_DISPOSITION,
            "attachment; filename=\"to-so.csv\"",
        ),
    ] {
        response
            .headers_mut()
            .insert(name, HeaderValue::from_static(value));
    }
    Ok(response)
}

fn table(answer: &Answer) -> String {
    let heads: Vec<String> = heads(answer.by).iter().map(|head| quoted(head)).collect();
    let mut text = format!("\u{feff}{}\r\n", heads.join(";"));
    let total = CountRow {
        label: t!("reports.total"),
        hamlet: String::new(),
        counts: answer.report.totals,
    };
    for row in answer.report.rows.iter().chain([&total]) {
        let _ = match answer.by {
            CountBy::Hamlet => write!(text, "{};{}", quoted(&row.label), quoted(&row.hamlet)),
            CountBy::Helper => write!(text, "{}", quoted(&row.label)),
        };
        for count in cells(row.counts) {
            let _ = write!(text, ";{count}");
        }
        text.push_str("\r\n");
    }
    text
}

fn heads(by: CountBy) -> Vec<String> {
    let mut heads = match by {
        CountBy::Hamlet => vec![t!("catalog.commune"), t!("assistance.hamlet")],
        CountBy::Helper => vec![t!("assistance.helper")],
    };
    heads.extend([
        t!("assistance.guided"),
        t!("assistance.listed"),
        t!("assistance.selling"),
        t!("assistance.paid"),
    ]);
    heads
}

const fn cells(counts: Counts) -> [i64; 4] {
    [counts.guided, counts.listed, counts.selling, counts.paid]
}

#[component]
fn CountPage(form: CountForm, answer: Answer) -> impl IntoView {
    let Answer {
        report,
        period,
        by,
        errors,
    } = answer;
    let labels = vec![("from", t!("reports.from")), ("to", t!("reports.to"))];
    let from = view! { <DayField name="from" label=t!("reports.from") typed=form.from.clone() day=Some(period.from) errors=errors.clone() /> };
    let to = view! { <DayField name="to" label=t!("reports.to") typed=form.to.clone() day=Some(period.to) errors=errors.clone() /> };
    let tabs = CountBy::ALL
        .into_iter()
        .map(|other| {
            let words = match other {
                CountBy::Hamlet => t!("assistance.by_hamlet"),
                CountBy::Helper => t!("assistance.by_helper"),
            };
            view! { <a href=form.address(routes::PROVINCE_TEAM, other) aria-current=(other == by).then_some("true")>{words}</a> }
        })
        .collect_view();
    let numbers = |counts: Counts| {
        cells(counts)
            .map(|count| view! { <td class="num">{grouped(count)}</td> })
            .collect_view()
    };
    let rows = report
        .rows
        .iter()
        .map(|row| {
            view! {
                <tr>
                    <th scope="row">{row.label.clone()}</th>
                    {(by == CountBy::Hamlet).then(|| view! { <td>{row.hamlet.clone()}</td> })}
                    {numbers(row.counts)}
                </tr>
            }
        })
        .collect_view();
    let names = match by {
        CountBy::Hamlet => 2,
        CountBy::Helper => 1,
    };
    let columns = heads(by)
        .into_iter()
        .enumerate()
        .map(|(at, words)| view! { <th scope="col" class=if at < names { "" } else { "num" }>{words}</th> })
        .collect_view();
    let totals = view! {
        <tr>
            <th scope="row">{t!("reports.total")}</th>
            {(by == CountBy::Hamlet).then(|| view! { <td></td> })}
            {numbers(report.totals)}
        </tr>
    };
    view! {
        <h1>{t!("shell.province_team")}</h1>
        <ErrorSummary errors=errors.clone() labels />
        <form class="filter-bar" action=routes::PROVINCE_TEAM method="get">
            <input type="hidden" name="by" value=by.as_str() />
            {from}
            {to}
            <button type="submit" class="button">{t!("reports.show")}</button>
        </form>
        <nav class="tabs" aria-label=t!("reports.by")>{tabs}</nav>
        {if report.rows.is_empty() {
            view! { <Empty title=t!("assistance.nobody_guided")><p>{t!("assistance.nobody_guided_advice")}</p></Empty> }.into_any()
        } else {
            view! {
                <div class="table-wrap" tabindex="0" role="region" aria-label=t!("shell.province_team")>
                    <table class="table">
                        <thead><tr>{columns}</tr></thead>
                        <tbody>{rows}</tbody>
                        <tfoot>{totals}</tfoot>
                    </table>
                </div>
            }.into_any()
        }}
        <p><a class="button" data-kind="quiet" href=form.address(CSV, by) download="to-so.csv"><Icon name="download" />{t!("reports.csv")}</a></p>
        <p class="muted small">{t!("assistance.count_rule")}</p>
    }
}
