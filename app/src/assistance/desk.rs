//! A helper's households: what is due for each, and one tap to act.
use axum::extract::{Path, Query};
use axum::response::Response;
use leptos::prelude::*;
use market::assistance::{AssistanceRefusal, Due, Household, Households, commands, queries};
use market::kernel::time::day_text;
use market::kernel::{Failure, PageRequest};
use serde::Deserialize;

use super::actions::helper;
use super::words;
use crate::routes;
use crate::trouble::Trouble;
use crate::ui::parts::{Empty, Notice, Pagination, Tone};
use crate::ui::shell::Icon;
use crate::ui::{Area, Head};
use crate::visit::Visit;

/// Households on a page.
const PER_PAGE: u32 = 24;

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct DeskParams {
    q: String,
    trang: Option<u32>,
    /// The household that has just consented.
    moi: String,
    /// The household whose paper has just been handed in.
    giay: String,
}

pub(super) async fn households(
    visit: Visit,
    Query(params): Query<DeskParams>,
) -> Result<Response, Trouble> {
    helper(&visit)?;
    let store = &visit.site.store;
    let page = PageRequest::new(params.trang, Some(PER_PAGE));
    let found =
        queries::desk::households(store.reader(), &visit.actor, &params.q, page, store.now())
            .await?;
    Ok(visit.page(
        || Head::private(t!("shell.team_households"), Area::Team),
        || view! { <Desk found params page /> },
    ))
}

#[component]
fn Desk(found: Households, params: DeskParams, page: PageRequest) -> impl IntoView {
    let named = |slug: &str| {
        let row = found.rows.iter().find(|row| row.slug == slug);
        row.map(|row| row.name.clone())
    };
    let news = match (named(&params.moi), named(&params.giay)) {
        (Some(name), _) => Some(t!("assistance.consented", name = name)),
        (_, Some(name)) => Some(t!("assistance.paper_waits", name = name)),
        _ => None,
    };
    let pages = page.pages(found.total);
    let query = params.q.clone();
    let href = move |number: u32| {
        let pairs = [("q", query.clone()), ("trang", number.to_string())];
        let pairs = serde_urlencoded::to_string(pairs).unwrap_or_default();
        format!("{}?{pairs}", routes::TEAM)
    };
    view! {
        <h1>{t!("shell.team_households")}</h1>
        {news.map(|text| view! { <Notice tone=Tone::Success><p>{text}</p></Notice> })}
        <form class="find" action=routes::TEAM method="get">
            <div class="field">
                <label class="field__label" for="tim">{t!("assistance.find")}</label>
                <input class="input" id="tim" name="q" type="search" value=params.q.clone() autocomplete="off" maxlength="100" />
            </div>
            <button type="submit" class="button"><Icon name="search" />{t!("assistance.find_go")}</button>
        </form>
        <p><a class="button" data-kind="quiet" href=routes::TEAM_NEW><Icon name="plus" />{t!("assistance.new")}</a></p>
        {found.rows.is_empty().then(|| view! { <Empty title=t!("assistance.no_households")><p>{t!("assistance.no_households_advice")}</p></Empty> })}
        <ul class="households">{found.rows.into_iter().map(|household| view! { <Card household /> }).collect_view()}</ul>
        <Pagination page=page.page pages href=Box::new(href) />
    }
}

#[component]
fn Card(household: Household) -> impl IntoView {
    let Household {
        slug,
        name,
        owner_name,
        hamlet,
        commune_name,
        held,
        is_waiting,
        refused,
        due,
        ..
    } = household;
    let place: Vec<String> = [owner_name, hamlet, commune_name]
        .into_iter()
        .filter(|part| !part.is_empty())
        .collect();
    let acts = held.is_some();
    view! {
        <li class="household panel" id=format!("ho-{slug}")>
            <h2>{name}</h2>
            <p class="muted small">{place.join(" · ")}</p>
            {match held {
                Some((tasks, day)) => view! { <p><span class="state" data-state="settled">{t!("assistance.state_holds")}</span>" "{t!("assistance.held", tasks = words::tasks(&tasks), day = day_text(day))}</p> }.into_any(),
                None if is_waiting => view! { <p><span class="state" data-state="pending">{t!("assistance.state_asked")}</span></p> }.into_any(),
                None => view! {
                    <p><span class="state">{t!("assistance.state_none")}</span></p>
                    {refused.map(|reason| view! { <p class="field__error"><Icon name="alert" />{t!("assistance.refused_because", reason = reason)}</p> })}
                }.into_any(),
            }}
            <DueList due />
            <div class="household__actions">
                {acts.then(|| view! { <form method="post" action=routes::team_act(&slug)><button type="submit" class="button" data-kind="primary">{t!("assistance.act")}</button></form> })}
                <a class="button" data-kind=if acts { "quiet" } else { "" } href=routes::team_ask(&slug)>{if acts { t!("assistance.renew") } else { t!("assistance.ask") }}</a>
            </div>
        </li>
    }
}

/// What the household has to do, the most urgent first.
#[component]
fn DueList(due: Due) -> impl IntoView {
    if due.is_nothing() {
        return view! { <p class="muted small">{t!("assistance.nothing_due")}</p> }.into_any();
    }
    let counted = [
        (
            true,
            due.to_confirm,
            t!("assistance.due_confirm", count = due.to_confirm),
        ),
        (
            true,
            i64::from(due.is_returned),
            t!("assistance.due_returned"),
        ),
        (
            false,
            due.to_pack,
            t!("assistance.due_pack", count = due.to_pack),
        ),
        (
            false,
            due.to_ship,
            t!("assistance.due_ship", count = due.to_ship),
        ),
        (
            false,
            due.certificates,
            t!("assistance.due_certificates", count = due.certificates),
        ),
        (
            false,
            due.sold_out,
            t!("assistance.due_sold_out", count = due.sold_out),
        ),
        (
            false,
            due.drafts,
            t!("assistance.due_drafts", count = due.drafts),
        ),
        (false, i64::from(due.is_draft), t!("assistance.due_shop")),
    ];
    let items = counted
        .into_iter()
        .filter(|(_, count, _)| *count > 0)
        .map(|(urgent, _, words)| view! { <li data-urgent=urgent.then_some("")>{words}</li> })
        .collect_view();
    view! { <ul class="household__due">{items}</ul> }.into_any()
}

pub(super) async fn act(visit: Visit, Path(slug): Path<String>) -> Result<Response, Trouble> {
    helper(&visit)?;
    let (_, token) = visit.signed_in()?;
    let slug = slug.as_str();
    let outcome = market::transact!(visit.site.store, &visit.actor, work => commands::act(work, token, slug).await);
    match outcome {
        Ok(_) => Ok(visit.see_other(routes::SELLER)),
        Err(Failure::Refused(AssistanceRefusal::NoConsent)) => {
            let seller = market::sellers::queries::by_slug(visit.site.store.reader(), slug).await?;
            let seller = seller.ok_or(Trouble::NotFound)?;
            Err(Trouble::ConsentEnded(seller.name))
        }
        Err(failure) => Err(failure.into()),
    }
}

pub(super) async fn stop(visit: Visit) -> Result<Response, Trouble> {
    let (_, token) = visit.signed_in()?;
    market::transact!(visit.site.store, &visit.actor, work => commands::stop(work, token).await)?;
    Ok(visit.see_other(routes::TEAM))
}
