//! The same step for many orders at once: each by itself, so that one that can't be done holds up none of the others.
use axum::extract::Form;
use axum::http::StatusCode;
use axum::response::Response;
use leptos::prelude::*;
use market::kernel::{Failure, Refusal as _, Right, SellerOrderId};
use market::orders::{OrderState, OrdersRefusal};
use serde::Deserialize;

use super::orders::{board_page, take};
use crate::routes;
use crate::trouble::Trouble;
use crate::ui::lang;
use crate::ui::parts::{Notice, Tone};
use crate::visit::Visit;

/// Orders in one go: as many as stand on a page of the board.
const MOST: usize = 50;
/// The form that the boxes on the board belong to.
pub(super) const FORM: &str = "nhieu";

/// What came of it.
#[derive(Default)]
pub(super) struct Done {
    /// So many went on.
    count: usize,
    /// Those that did not: why, with how many of them for that reason.
    refused: Vec<(String, usize)>,
}

/// What came of it, above the board.
#[component]
pub(super) fn WhatCame(done: Done) -> impl IntoView {
    let refused = done
        .refused
        .into_iter()
        .map(|(why, count)| {
            let words = if count == 0 {
                why
            } else {
                t!("sellers.many_refused", count = count, why = why)
            };
            view! { <Notice tone=Tone::Error><p>{words}</p></Notice> }
        })
        .collect_view();
    view! {
        {(done.count > 0).then(|| view! { <Notice tone=Tone::Success><p>{t!("sellers.many_done", count = done.count)}</p></Notice> })}
        {refused}
    }
}

/// The button that does it for the chosen ones; the boxes stand on the cards.
#[component]
pub(super) fn ForChosen(state: OrderState, step: &'static str, words: String) -> impl IntoView {
    view! {
        <form id=FORM method="post" action=format!("{}/{FORM}", routes::SELLER_ORDERS) class="panel cluster">
            <input type="hidden" name="state" value=state.as_str() />
            <button type="submit" name="step" value=step class="button">{t!("sellers.many", step = words)}</button>
        </form>
    }
}

#[derive(Default, Deserialize)]
#[serde(transparent)]
pub(super) struct ManyForm(Vec<(String, String)>);

impl ManyForm {
    fn get(&self, name: &str) -> &str {
        let found = self.0.iter().find(|(key, _)| key == name);
        found.map_or("", |(_, value)| value.as_str())
    }
}

pub(super) async fn go(visit: Visit, Form(form): Form<ManyForm>) -> Result<Response, Trouble> {
    visit.desk(Right::Fulfil)?;
    let state = OrderState::parse(form.get("state"));
    let step = form.get("step").to_owned();
    let mut parts: Vec<SellerOrderId> = form
        .0
        .iter()
        .filter(|(name, _)| name == "part")
        .filter_map(|(_, value)| value.parse().ok())
        .collect();
    parts.sort_unstable();
    parts.dedup();
    parts.truncate(MOST);
    let mut done = Done::default();
    for part in &parts {
        match take(&visit, *part, &step, "").await? {
            Ok(()) => done.count += 1,
            Err(Failure::Refused(refusal)) => note(&visit, &mut done, &refusal),
            Err(Failure::Fault(fault)) => return Err(fault.into()),
        }
    }
    let status = match (parts.is_empty(), done.refused.is_empty()) {
        (true, _) => {
            let why = lang::speaking(visit.lang, || t!("sellers.many_none"));
            done.refused.push((why, 0));
            StatusCode::UNPROCESSABLE_ENTITY
        }
        (false, true) => StatusCode::OK,
        (false, false) => StatusCode::CONFLICT,
    };
    board_page(&visit, status, state, 1, done).await
}

fn note(visit: &Visit, done: &mut Done, refusal: &OrdersRefusal) {
    let why = match refusal.fields().first() {
        Some(error) => lang::speaking(visit.lang, || lang::field(error)),
        None => lang::speaking(visit.lang, || lang::refusal(refusal)),
    };
    match done.refused.iter_mut().find(|(known, _)| *known == why) {
        Some((_, count)) => *count += 1,
        None => done.refused.push((why, 1)),
    }
}
