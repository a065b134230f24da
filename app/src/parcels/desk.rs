//! A seller's parcels: labels of many at once, and what is on its way.
use axum::extract::Query;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use leptos::prelude::*;
use market::kernel::time::{business_day, instant_text, start_of_day};
use market::kernel::{Fault, Right};
use market::parcels::{Labelled, ParcelState, queries, weight};

use super::label::{self, Paper};
use super::parts::{ParcelStateOf, carried};
use super::words;
use crate::routes;
use crate::trouble::Trouble;
use crate::ui::parts::Empty;
use crate::ui::shell::Icon;
use crate::ui::{Area, Head};
use crate::visit::Visit;

/// Labels in one file, at most.
const MOST: usize = 200;

/// What is at home and what travels.
pub(super) async fn list(visit: Visit) -> Result<Response, Trouble> {
    let seller = visit.desk(Right::Fulfil)?;
    let today = start_of_day(business_day(visit.site.store.now()));
    let all = queries::listed(visit.site.store.reader(), seller, today).await?;
    Ok(visit.page(
        || Head::private(t!("parcels.all"), Area::Seller),
        || view! { <List all /> },
    ))
}

#[component]
fn List(all: Vec<Labelled>) -> impl IntoView {
    let (home, away): (Vec<_>, Vec<_>) = all
        .into_iter()
        .partition(|parcel| parcel.state == ParcelState::Made);
    let is_empty = home.is_empty() && away.is_empty();
    let papers = [
        (Paper::Four, t!("parcels.paper_a4")),
        (Paper::One, t!("parcels.paper_a6")),
    ];
    view! {
        <p><a href=routes::SELLER_ORDERS>{t!("sellers.back_to_orders")}</a></p>
        <h1>{t!("parcels.all")}</h1>
        {is_empty.then(|| view! { <Empty title=t!("parcels.none")><p>{t!("parcels.none_advice")}</p></Empty> })}
        {(!is_empty).then(|| view! { <p class="cluster"><a class="button" href=routes::SELLER_HAND_OVER><Icon name="print" />{t!("parcels.hand_over_list")}</a></p> })}
        {(!home.is_empty()).then(|| view! {
            <section class="section stack" aria-labelledby="o-nha">
                <h2 id="o-nha">{t!("parcels.at_home")}</h2>
                <form method="get" action=routes::SELLER_PARCEL_LABELS class="stack" target="_blank">
                    <div class="choices" data-rows="">
                        {home.into_iter().map(|parcel| view! { <Choice parcel /> }).collect_view()}
                    </div>
                    <fieldset class="field">
                        <legend class="field__label">{t!("parcels.paper")}</legend>
                        <div class="choices" data-rows="">
                            {papers
                                .into_iter()
                                .map(|(paper, words)| view! { <label class="choice"><input type="radio" name="kho" value=paper.as_str() checked={paper == Paper::Four} /><span class="choice__text"><span class="choice__name">{words}</span></span></label> })
                                .collect_view()}
                        </div>
                    </fieldset>
                    <div class="form__actions"><button type="submit" class="button" data-kind="primary"><Icon name="print" />{t!("parcels.labels")}</button></div>
                </form>
            </section>
        })}
        {(!away.is_empty()).then(|| view! {
            <section class="section stack" aria-labelledby="dang-di">
                <h2 id="dang-di">{t!("parcels.away")}</h2>
                <ul class="stack">{away.into_iter().map(|parcel| view! { <Away parcel /> }).collect_view()}</ul>
            </section>
        })}
    }
}

/// One that is at home: ticked, its label is printed.
#[component]
fn Choice(parcel: Labelled) -> impl IntoView {
    let facts = [
        weight(parcel.weight_grams.into()),
        t!("parcels.boxes_of", count = parcel.boxes),
        words::cod(parcel.cod),
    ]
    .join(" · ");
    let where_to = words::where_to(&parcel);
    view! {
        <label class="choice">
            <input type="checkbox" name="kien" value=parcel.id.to_string() checked=true />
            <span class="choice__text">
                <span class="choice__name">{parcel.code}" · "{parcel.receiver}</span>
                <span class="choice__note">{facts}</span>
                <span class="choice__note">{where_to}</span>
            </span>
        </label>
    }
}

/// One that has left.
#[component]
fn Away(parcel: Labelled) -> impl IntoView {
    let where_to = words::where_to(&parcel);
    view! {
        <li class="panel stack" data-gap="s">
            <p class="cluster"><a href=format!("{}#kien-hang", routes::seller_order(parcel.part))>{parcel.code}</a><ParcelStateOf state=parcel.state /></p>
            <p class="muted small">{parcel.receiver}" · "{where_to}" · "{instant_text(parcel.state_since)}</p>
            {carried(&parcel.carrier, &parcel.tracking_code).map(|text| view! { <p class="small">{text}</p> })}
        </li>
    }
}

/// The labels of the parcels that are ticked, as a PDF.
pub(super) async fn labels(
    visit: Visit,
    Query(asked): Query<Vec<(String, String)>>,
) -> Result<Response, Trouble> {
    visit.desk(Right::Fulfil)?;
    let of = |name: &str| {
        asked
            .iter()
            .filter(move |(key, _)| key == name)
            .map(|(_, value)| value.as_str())
            .collect::<Vec<_>>()
    };
    let ids: Vec<_> = of("kien")
        .into_iter()
        .filter_map(|id| id.parse().ok())
        .take(MOST)
        .collect();
    let paper = of("kho").first().and_then(|kho| Paper::parse(kho));
    let parcels = queries::labels(visit.site.store.reader(), &ids, &visit.actor).await?;
    if parcels.is_empty() {
        return Ok(visit.see_other(routes::SELLER_PARCELS));
    }
    let file =
        tokio::task::spawn_blocking(move || label::pdf(&parcels, paper.unwrap_or(Paper::Four)))
            .await
            .map_err(Fault::new)??;
    let headers = [
        (header::CONTENT_TYPE, "application/pdf"),
        (header::CACHE_CONTROL, "private, no-store"),
        (
            header::CONTENT_DISPOSITION,
            "inline; filename=\"nhan-kien-hang.pdf\"",
        ),
    ];
    Ok((headers, file).into_response())
}
