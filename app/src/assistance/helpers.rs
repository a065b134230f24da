//! Who may act for a household, as the household sees and ends it.
use axum::extract::Path;
use axum::response::Response;
use leptos::prelude::*;
use market::assistance::{Consent, ConsentState, commands, queries};
use market::kernel::time::{day_text, instant_text};
use market::kernel::{ConsentId, Right, SellerId};
use time::OffsetDateTime;

use super::words;
use crate::media::paper_address;
use crate::routes;
use crate::trouble::Trouble;
use crate::ui::parts::Empty;
use crate::ui::{Area, Head};
use crate::visit::Visit;

/// The household's own desk: for who acts in its name there is no such page.
pub(crate) fn own(visit: &Visit) -> Result<SellerId, Trouble> {
    let seller = visit.seller()?;
    if visit.actor.may(Right::Own(seller)) {
        Ok(seller)
    } else {
        Err(Trouble::NotFound)
    }
}

pub(super) async fn show(visit: Visit) -> Result<Response, Trouble> {
    let seller = own(&visit)?;
    let store = &visit.site.store;
    let now = store.now();
    let consents = queries::consents::of_seller(store.reader(), &visit.actor, seller, now).await?;
    Ok(visit.page(
        || Head::private(t!("shell.seller_helpers"), Area::Seller),
        || view! { <Helpers consents now /> },
    ))
}

#[component]
fn Helpers(consents: Vec<Consent>, now: OffsetDateTime) -> impl IntoView {
    let (live, past): (Vec<_>, Vec<_>) = consents.into_iter().partition(|consent| {
        matches!(
            consent.state(now),
            ConsentState::Holds | ConsentState::Asked
        )
    });
    view! {
        <h1>{t!("shell.seller_helpers")}</h1>
        <p>{t!("assistance.helpers_lead")}" "<a href=routes::DIARY>{t!("assistance.see_diary")}</a></p>
        {live.is_empty().then(|| view! { <Empty title=t!("assistance.no_helpers")><p>{t!("assistance.no_helpers_advice")}</p></Empty> })}
        {(!live.is_empty()).then(|| view! {
            <section aria-labelledby="hien-nay">
                <h2 id="hien-nay">{t!("assistance.now")}</h2>
                <ul class="households">{live.into_iter().map(|consent| view! { <Helper consent now /> }).collect_view()}</ul>
            </section>
        })}
        {(!past.is_empty()).then(|| view! {
            <section class="section">
                <h2>{t!("assistance.past")}</h2>
                <ul class="households">{past.into_iter().map(|consent| view! { <Helper consent now /> }).collect_view()}</ul>
            </section>
        })}
    }
}

#[component]
fn Helper(consent: Consent, now: OffsetDateTime) -> impl IntoView {
    let state = consent.state(now);
    let can_end = matches!(state, ConsentState::Holds | ConsentState::Asked);
    let since = consent.given_at.unwrap_or(consent.asked_at);
    view! {
        <li class="household panel">
            <h3>{consent.helper_name.clone()}</h3>
            <p><span class="state" data-state=state.as_str()>{words::state(state)}</span>" "{consent.helper_phone.as_ref().map(ToString::to_string)}</p>
            <dl class="facts">
                <div><dt>{t!("assistance.tasks")}</dt><dd>{words::tasks(&consent.tasks)}</dd></div>
                <div><dt>{t!("assistance.since")}</dt><dd>{instant_text(since)}" · "{words::method(consent.method)}</dd></div>
                <div><dt>{t!("assistance.until")}</dt><dd>{day_text(consent.last_day())}</dd></div>
                {consent.ended_at.map(|at| view! { <div><dt>{t!("assistance.ended_at")}</dt><dd>{instant_text(at)}{(!consent.end_reason.is_empty()).then(|| format!(" · {}", consent.end_reason))}</dd></div> })}
                {consent.paper.map(|paper| view! { <div><dt>{t!("assistance.paper")}</dt><dd><a href=paper_address(paper)>{t!("assistance.see_paper")}</a></dd></div> })}
                <div>
                    <dt>{t!("assistance.last_deed")}</dt>
                    <dd>{match &consent.last_deed {
                        Some((action, at)) => format!("{} · {}", crate::diary::words::deed(action), instant_text(*at)),
                        None => t!("assistance.no_deed"),
                    }}</dd>
                </div>
            </dl>
            {can_end.then(|| view! {
                <form method="post" action=routes::helper_end(consent.id)>
                    <button type="submit" class="button" data-kind="danger">{t!("assistance.end", name = consent.helper_name)}</button>
                </form>
            })}
        </li>
    }
}

pub(super) async fn end(visit: Visit, Path(id): Path<ConsentId>) -> Result<Response, Trouble> {
    own(&visit)?;
    market::transact!(visit.site.store, &visit.actor, work => commands::end(work, id, "").await)?;
    Ok(visit.see_other(routes::HELPERS))
}
