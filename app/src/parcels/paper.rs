//! The list that goes along when parcels are handed over, with a line for who takes them.
use axum::extract::Query;
use axum::response::Response;
use leptos::prelude::*;
use market::kernel::time::{business_day, day_text, start_of_day};
use market::kernel::{Right, Vnd};
use market::parcels::{Labelled, ParcelState, queries, weight};
use serde::Deserialize;
use time::Date;

use crate::routes;
use crate::trouble::Trouble;
use crate::ui::parts::Empty;
use crate::ui::{Area, Head};
use crate::visit::Visit;

#[derive(Deserialize)]
pub(super) struct HandOverParams {
    /// Whose parcels alone, as they name who carries them.
    hang: Option<String>,
}

/// Today's parcels: those that are at home, and those that left today.
pub(super) async fn hand_over(
    visit: Visit,
    Query(params): Query<HandOverParams>,
) -> Result<Response, Trouble> {
    let seller = visit.desk(Right::Fulfil)?;
    let today = business_day(visit.site.store.now());
    let begin = start_of_day(today);
    let all = queries::listed(visit.site.store.reader(), seller, begin).await?;
    // What left on an earlier day is not handed over once more.
    let all: Vec<_> = all
        .into_iter()
        .filter(|parcel| {
            parcel.state == ParcelState::Made
                || parcel.state == ParcelState::HandedOver && parcel.state_since >= begin
        })
        .collect();
    Ok(visit.page(
        || Head::private(t!("parcels.hand_over_list"), Area::Seller),
        || view! { <HandOver all today chosen=params.hang /> },
    ))
}

#[component]
fn HandOver(all: Vec<Labelled>, today: Date, chosen: Option<String>) -> impl IntoView {
    let mut carriers: Vec<String> = all.iter().map(|parcel| parcel.carrier.clone()).collect();
    carriers.sort_unstable();
    carriers.dedup();
    let name = |carrier: &str| {
        if carrier.is_empty() {
            t!("parcels.nobody_named")
        } else {
            carrier.to_owned()
        }
    };
    let links = (carriers.len() > 1).then(|| {
        carriers
            .iter()
            .map(|carrier| {
                let current = chosen.as_ref() == Some(carrier);
                view! { <a href=routes::hand_over(carrier) aria-current=current.then_some("page")>{name(carrier)}</a> }
            })
            .collect_view()
    });
    let shown: Vec<Labelled> = all
        .into_iter()
        .filter(|parcel| {
            chosen
                .as_ref()
                .is_none_or(|chosen| parcel.carrier == *chosen)
        })
        .collect();
    let sum = Vnd(shown.iter().map(|parcel| parcel.cod.0).sum());
    let grams: i64 = shown
        .iter()
        .map(|parcel| i64::from(parcel.weight_grams))
        .sum();
    let boxes: i64 = shown.iter().map(|parcel| i64::from(parcel.boxes)).sum();
    let sender = shown.first().map(|parcel| {
        format!(
            "{}, {}, {}",
            parcel.sender, parcel.sender_phone, parcel.sender_address
        )
    });
    view! {
        <p class="no-paper"><a href=routes::SELLER_PARCELS>{t!("parcels.back")}</a></p>
        <h1>{t!("parcels.hand_over_of", day = day_text(today))}</h1>
        {sender.map(|text| view! { <p>{text}</p> })}
        <p class="no-paper muted">{t!("sellers.print_hint")}</p>
        {links.map(|links| view! { <nav class="tabs" aria-label=t!("parcels.by_who_carries")><a href=routes::SELLER_HAND_OVER aria-current=chosen.is_none().then_some("page")>{t!("parcels.all")}</a>{links}</nav> })}
        {if shown.is_empty() {
            view! { <Empty title=t!("parcels.none")><p>{t!("parcels.none_advice")}</p></Empty> }.into_any()
        } else {
            view! {
                <ol class="hand-over">
                    {shown
                        .into_iter()
                        .map(|parcel| (super::words::where_to(&parcel), parcel))
                        .map(|(where_to, parcel)| view! {
                            <li>
                                <p><strong>{parcel.code}</strong>{(!parcel.tracking_code.is_empty()).then(|| format!(" · {}", parcel.tracking_code))}</p>
                                <p>{parcel.receiver}{parcel.receiver_phone.map(|phone| format!(", {phone}"))}<br />{where_to}</p>
                                <p class="hand-over__facts"><span>{weight(parcel.weight_grams.into())}" · "{t!("parcels.boxes_of", count = parcel.boxes)}</span><strong>{super::words::cod(parcel.cod)}</strong></p>
                            </li>
                        })
                        .collect_view()}
                </ol>
                <p><strong>{t!("parcels.hand_over_sum", boxes = boxes, weight = weight(grams), amount = sum)}</strong></p>
                <div class="signatures">
                    <p>{t!("parcels.signed_giver")}</p>
                    <p>{t!("parcels.signed_taker")}</p>
                </div>
            }.into_any()
        }}
    }
}
