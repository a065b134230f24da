//! The register: what waits first, by its deadline.
use axum::extract::Query;
use axum::response::Response;
use leptos::prelude::*;
use market::authorities::{Clock, ListedRequest, RequestState, queries};
use market::kernel::PageRequest;
use market::kernel::time::instant_text;
use serde::Deserialize;
use time::OffsetDateTime;

use super::actions::officer;
use super::words::{self, ClockState};
use crate::routes;
use crate::trouble::Trouble;
use crate::ui::parts::{Empty, Notice, Pagination, Tone};
use crate::ui::shell::Icon;
use crate::ui::{Area, Head};
use crate::visit::Visit;

/// Requests on a page of the list.
const PER_PAGE: u32 = 20;

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct ListParams {
    trang: Option<u32>,
    tinh_trang: String,
}

pub(super) async fn list(
    visit: Visit,
    Query(asked): Query<ListParams>,
) -> Result<Response, Trouble> {
    officer(&visit)?;
    let db = visit.site.store.reader();
    let state = RequestState::parse(&asked.tinh_trang);
    let counts = queries::counts(db, &visit.actor).await?;
    let total = counts
        .iter()
        .filter(|(counted, _)| state.is_none_or(|only| only == *counted))
        .map(|(_, count)| count)
        .sum();
    let pages = PageRequest::new(None, Some(PER_PAGE)).pages(total);
    let page = asked.trang.unwrap_or(1).clamp(1, pages);
    let request = PageRequest::new(Some(page), Some(PER_PAGE));
    let requests = queries::listed(db, &visit.actor, state, request).await?;
    let now = visit.site.store.now();
    Ok(visit.page(
        || Head::private(t!("authorities.title"), Area::Province),
        || view! { <List requests counts state page pages now /> },
    ))
}

fn address(state: Option<RequestState>, page: u32) -> String {
    let mut pairs = Vec::new();
    if let Some(state) = state {
        pairs.push(("tinh_trang", state.as_str().to_owned()));
    }
    if page > 1 {
        pairs.push(("trang", page.to_string()));
    }
    let query = serde_urlencoded::to_string(pairs).unwrap_or_default();
    if query.is_empty() {
        routes::PROVINCE_REQUESTS.to_owned()
    } else {
        format!("{}?{query}", routes::PROVINCE_REQUESTS)
    }
}

#[component]
fn List(
    requests: Vec<ListedRequest>,
    counts: Vec<(RequestState, i64)>,
    state: Option<RequestState>,
    page: u32,
    pages: u32,
    now: OffsetDateTime,
) -> impl IntoView {
    let tab = |of: Option<RequestState>, words: String, count: i64| {
        let current = (state == of).then_some("page");
        view! { <a href=address(of, 1) aria-current=current>{words}" "<span class="tabs__count">{count}</span></a> }
    };
    let everything = tab(
        None,
        t!("authorities.all"),
        counts.iter().map(|(_, count)| count).sum(),
    );
    let tabs = RequestState::ALL
        .into_iter()
        .filter_map(|one| {
            let count = counts.iter().find(|(counted, _)| *counted == one)?.1;
            Some(tab(Some(one), words::state(one), count))
        })
        .collect_view();
    view! {
        <h1>{t!("authorities.title")}</h1>
        <p class="muted">{t!("authorities.lead")}</p>
        <p><a class="button" data-kind="primary" href=routes::PROVINCE_REQUEST_NEW><Icon name="plus" />{t!("authorities.enter")}</a></p>
        <nav class="tabs" aria-label=t!("authorities.by_state")>{everything}{tabs}</nav>
        {if requests.is_empty() {
            view! { <Empty title=t!("authorities.none")><p>{t!("authorities.none_advice")}</p></Empty> }.into_any()
        } else {
            view! { <Table requests now /> }.into_any()
        }}
        <Pagination page pages href=Box::new(move |page| address(state, page)) />
    }
}

#[component]
fn Table(requests: Vec<ListedRequest>, now: OffsetDateTime) -> impl IntoView {
    let rows = requests
        .into_iter()
        .map(|request| {
            let clock = request.clock(now);
            let order = request.order.as_ref().map(ToString::to_string);
            let about = [request.shop, order].into_iter().flatten().collect::<Vec<_>>().join(", ");
            view! {
                <tr>
                    <th scope="row"><a href=routes::request(request.id)>{request.number}</a></th>
                    <td data-label=t!("authorities.authority")>{request.authority}" · "{request.document_no}</td>
                    <td data-label=t!("authorities.kind")>{words::kind(request.kind)}</td>
                    <td data-label=t!("authorities.about")>{if about.is_empty() { "–".to_owned() } else { about }}</td>
                    <td data-label=t!("authorities.received")>{instant_text(request.received_at)}</td>
                    <td data-label=t!("authorities.state")>{words::state(request.state)}</td>
                    <td data-label=t!("authorities.deadline")><ClockState clock /></td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <div class="table-wrap">
            <table class="table" data-stack="">
                <thead>
                    <tr>
                        <th scope="col">{t!("authorities.number")}</th>
                        <th scope="col">{t!("authorities.authority")}</th>
                        <th scope="col">{t!("authorities.kind")}</th>
                        <th scope="col">{t!("authorities.about")}</th>
                        <th scope="col">{t!("authorities.received")}</th>
                        <th scope="col">{t!("authorities.state")}</th>
                        <th scope="col">{t!("authorities.deadline")}</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
}

/// On the province's overview: how many requests wait, and how long the first of them still may.
pub fn waiting(
    count: i64,
    first_due: Option<OffsetDateTime>,
    now: OffsetDateTime,
) -> impl IntoView {
    first_due.map(|due| {
        let clock = Clock::read(due, RequestState::Open, due, now);
        let tone = match clock {
            Clock::Late(_) => Tone::Error,
            _ => Tone::Warning,
        };
        view! {
            <Notice tone>
                <p>
                    <a href=routes::PROVINCE_REQUESTS>{t!("authorities.waiting", count = count)}</a>
                    " "
                    {t!("authorities.most_urgent", clock = words::clock(clock))}
                </p>
            </Notice>
        }
    })
}
