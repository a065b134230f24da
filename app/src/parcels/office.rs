//! What carriers told and nobody has made anything of, for officers.
use axum::response::Response;
use leptos::prelude::*;
use market::kernel::Permission;
use market::parcels::queries::{self, Puzzle};

use super::parts::{ParcelStateOf, carried};
use super::words;
use crate::trouble::Trouble;
use crate::ui::parts::Empty;
use crate::ui::{Area, Head};
use crate::visit::Visit;

pub(super) async fn puzzles(visit: Visit) -> Result<Response, Trouble> {
    visit.signed_in()?;
    if !visit.actor.has_office(Permission::Sellers) {
        return Err(Trouble::Forbidden);
    }
    let puzzles = queries::puzzles(visit.site.store.reader(), &visit.actor).await?;
    Ok(visit.page(
        || Head::private(t!("parcels.puzzles"), Area::Province),
        || view! { <Puzzles puzzles /> },
    ))
}

#[component]
fn Puzzles(puzzles: Vec<Puzzle>) -> impl IntoView {
    view! {
        <h1>{t!("parcels.puzzles")}</h1>
        <p>{t!("parcels.puzzles_lead")}</p>
        {puzzles.is_empty().then(|| view! { <Empty title=t!("parcels.puzzles_none")><p>{t!("parcels.puzzles_none_advice")}</p></Empty> })}
        <ul class="stack">
            {puzzles
                .into_iter()
                .map(|puzzle| view! {
                    <li class="panel stack" data-gap="s">
                        <p class="cluster"><strong>{t!("parcels.parcel", code = puzzle.code)}</strong><ParcelStateOf state=puzzle.state /></p>
                        <p>{words::told(&puzzle.status, puzzle.at)}</p>
                        {(!puzzle.reason.is_empty()).then(|| view! { <p>{puzzle.reason}</p> })}
                        {carried(&puzzle.carrier, &puzzle.tracking_code).map(|text| view! { <p class="small">{text}</p> })}
                        <p>{puzzle.seller_name}" "<a href=format!("tel:{}", puzzle.seller_phone.as_str())>{puzzle.seller_phone.to_string()}</a></p>
                    </li>
                })
                .collect_view()}
        </ul>
    }
}
