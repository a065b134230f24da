//! The collector's round: who has how many parcels, and a mark for each. Without a network phones keep the list and the
//! marks: `round.js` and `worker.js` do that; without them these are plain forms.
use axum::Json;
use axum::extract::{Form, Query};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use leptos::prelude::*;
use market::kernel::time::{business_day, start_of_day};
use market::kernel::{Failure, Role};
use market::parcels::Teller;
use market::parcels::commands::{self, Marked};
use market::parcels::{
    MARKS, MarkForm, ParcelEvent, ParcelState, Stop, StopParcel, queries, transition, weight,
};
use serde::Deserialize;
use serde_json::json;

use super::parts::ParcelStateOf;
use super::words;
use crate::routes;
use crate::trouble::Trouble;
use crate::ui::parts::{Empty, Notice, Tone};
use crate::ui::shell::Icon;
use crate::ui::{Area, Head, lang};
use crate::visit::Visit;

#[derive(Deserialize)]
pub(super) struct Asked {
    /// The copy that a phone keeps: the page without a list, for nobody in particular.
    luu: Option<String>,
}

fn collector(visit: &Visit) -> Result<(), Trouble> {
    visit.signed_in()?;
    if visit.actor.is(Role::Helper) {
        Ok(())
    } else {
        Err(Trouble::Forbidden)
    }
}

pub(super) async fn show(visit: Visit, Query(asked): Query<Asked>) -> Result<Response, Trouble> {
    if asked.luu.is_some() {
        return Ok(visit.page(
            || Head {
                is_kept: true,
                ..Head::private(t!("parcels.round"), Area::Team)
            },
            || view! { <Round stops=Vec::new() is_copy=true problem=None /> },
        ));
    }
    collector(&visit)?;
    page(&visit, StatusCode::OK, None).await
}

async fn page(
    visit: &Visit,
    status: StatusCode,
    problem: Option<String>,
) -> Result<Response, Trouble> {
    let today = start_of_day(business_day(visit.site.store.now()));
    let stops = queries::round(visit.site.store.reader(), &visit.actor, today).await?;
    Ok(visit.page_with(
        status,
        || Head::private(t!("parcels.round"), Area::Team),
        || view! { <Round stops is_copy=false problem /> },
    ))
}

/// A mark: a form of the page goes back to it, a phone that sends what it kept is told what became of it.
pub(super) async fn mark(
    visit: Visit,
    headers: HeaderMap,
    Form(form): Form<MarkForm>,
) -> Result<Response, Trouble> {
    collector(&visit)?;
    let is_sent = headers
        .get(header::ACCEPT)
        .is_some_and(|accept| accept.as_bytes().starts_with(b"application/json"));
    let outcome = match form.parse(visit.site.store.now()) {
        Ok(mark) => {
            let mark = &mark;
            market::transact!(visit.site.store, &visit.actor, work => commands::mark(work, mark).await)
        }
        Err(refusal) => Err(refusal.into()),
    };
    match outcome {
        Ok(Marked::Moved(state) | Marked::Already(state)) if is_sent => {
            let words = lang::speaking(visit.lang, || words::state(state));
            Ok(Json(json!({ "is_done": true, "message": words })).into_response())
        }
        Ok(_) => Ok(visit.see_other(&format!("{}#kien-{}", routes::ROUND, form.kien))),
        Err(Failure::Refused(refusal)) => {
            let told = visit.told(Some(&refusal));
            if is_sent {
                let answer = json!({ "is_done": false, "message": told.message });
                return Ok((told.status, Json(answer)).into_response());
            }
            page(&visit, told.status, told.message).await
        }
        Err(failure) => Err(failure.into()),
    }
}

#[component]
fn Round(stops: Vec<Stop>, is_copy: bool, problem: Option<String>) -> impl IntoView {
    let is_empty = stops.is_empty();
    let parcels = stops.iter().flat_map(|stop| &stop.parcels);
    let there: Vec<&StopParcel> = parcels
        .filter(|parcel| parcel.state == ParcelState::Made)
        .collect();
    let grams: i64 = there
        .iter()
        .map(|parcel| i64::from(parcel.weight_grams))
        .sum();
    let sum = (!there.is_empty()).then(|| {
        t!(
            "parcels.round_sum",
            count = there.len(),
            weight = weight(grams)
        )
    });
    view! {
        <h1>{t!("parcels.round")}</h1>
        <p>{t!("parcels.round_lead")}</p>
        {problem.map(|text| view! { <Notice tone=Tone::Error><p>{text}</p></Notice> })}
        <section
            class="stack"
            data-round=""
            data-kept=is_copy.then_some("")
            data-sign-in-at=routes::SIGN_IN
            data-offline=t!("parcels.round_offline")
            data-nobody=t!("parcels.round_nobody")
            data-waits=t!("parcels.round_waits")
            data-sign-in=t!("parcels.round_sign_in")
        >
            <p class="drafts__net" role="status" data-net=""></p>
            <div class="stack" data-stops="">
                {sum.map(|text| view! { <p><strong>{text}</strong></p> })}
                {(is_empty && !is_copy).then(|| view! { <Empty title=t!("parcels.round_none")><p>{t!("parcels.round_none_advice")}</p></Empty> })}
                <ul class="stack">{stops.into_iter().map(|stop| view! { <StopOf stop /> }).collect_view()}</ul>
            </div>
        </section>
    }
}

/// A household with its parcels.
#[component]
fn StopOf(stop: Stop) -> impl IntoView {
    let sum = t!(
        "parcels.round_sum",
        count = stop.parcels.len(),
        weight = weight(stop.grams())
    );
    view! {
        <li class="panel stack" data-gap="s">
            <h2>{stop.name}</h2>
            <p>{stop.address}<br /><a class="round__phone" href=format!("tel:{}", stop.phone.as_str())><Icon name="phone" />{stop.phone.to_string()}</a></p>
            <p class="muted">{sum}</p>
            <ul class="round">{stop.parcels.into_iter().map(|parcel| view! { <ParcelOf parcel /> }).collect_view()}</ul>
        </li>
    }
}

/// One parcel with what can be marked next.
#[component]
fn ParcelOf(parcel: StopParcel) -> impl IntoView {
    let facts = [
        weight(parcel.weight_grams.into()),
        t!("parcels.boxes_of", count = parcel.boxes),
        parcel.to,
    ]
    .join(" · ");
    let id = parcel.id.to_string();
    let next = MARKS
        .into_iter()
        .filter(|event| transition(parcel.state, *event, Teller::Collector).is_ok())
        .collect::<Vec<_>>();
    view! {
        <li class="stack" data-gap="s" id=format!("kien-{id}") data-parcel=id.clone()>
            <p class="cluster"><strong>{parcel.code.clone()}</strong><ParcelStateOf state=parcel.state /></p>
            <p class="muted small">{facts}{(!parcel.carrier.is_empty()).then(|| format!(" · {}", t!("parcels.carried_by", carrier = parcel.carrier)))}</p>
            <p role="status" data-said=""></p>
            <div class="cluster">
                {next
                    .into_iter()
                    .map(|event| {
                        let kind = (event != ParcelEvent::Deliver || parcel.state != ParcelState::HandedOver).then_some("primary");
                        view! {
                            <form method="post" action=routes::ROUND data-mark="">
                                <input type="hidden" name="kien" value=id.clone() />
                                <input type="hidden" name="viec" value=event.as_str() />
                                <button type="submit" class="button" data-kind=kind aria-label=format!("{} {}", words::mark(event), parcel.code)>{words::mark(event)}</button>
                            </form>
                        }
                    })
                    .collect_view()}
            </div>
        </li>
    }
}
