//! What carriers told and nobody has made anything of, for officers.
use axum::extract::Form;
use axum::response::Response;
use leptos::prelude::*;
use market::kernel::Permission;
use market::parcels::commands::look_at;
use market::parcels::queries::{self, Puzzle};
use serde::Deserialize;

use super::parts::{ParcelStateOf, carried};
use super::words;
use crate::routes;
use crate::trouble::Trouble;
use crate::ui::parts::Empty;
use crate::ui::{Area, Head};
use crate::visit::Visit;

fn officer(visit: &Visit) -> Result<(), Trouble> {
    visit.signed_in()?;
    if visit.actor.has_office(Permission::Sellers) {
        Ok(())
    } else {
        Err(Trouble::Forbidden)
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct LookForm {
    /// Which notice.
    bao: i64,
}

/// It is looked at, and no longer shown.
pub(super) async fn look(visit: Visit, Form(form): Form<LookForm>) -> Result<Response, Trouble> {
    officer(&visit)?;
    market::transact!(visit.site.store, &visit.actor, work => look_at(work, form.bao).await)?;
    Ok(visit.see_other(routes::PROVINCE_PARCELS))
}

pub(super) async fn puzzles(visit: Visit) -> Result<Response, Trouble> {
    officer(&visit)?;
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
                .map(|puzzle| {
                    let words = t!("parcels.looked_at");
                    (format!("{words} {}", puzzle.code), words, puzzle)
                })
                .map(|(label, looked_at, puzzle)| view! {
                    <li class="panel stack" data-gap="s">
                        <p class="cluster"><strong>{t!("parcels.parcel", code = puzzle.code)}</strong><ParcelStateOf state=puzzle.state /></p>
                        <p>{words::told(&puzzle.status, puzzle.at)}</p>
                        {(!puzzle.reason.is_empty()).then(|| view! { <p>{puzzle.reason}</p> })}
                        {carried(&puzzle.carrier, &puzzle.tracking_code).map(|text| view! { <p class="small">{text}</p> })}
                        <p>{puzzle.seller_name}" "<a href=format!("tel:{}", puzzle.seller_phone.as_str())>{puzzle.seller_phone.to_string()}</a></p>
                        <form method="post" action=routes::PROVINCE_PARCELS>
                            <input type="hidden" name="bao" value=puzzle.id.to_string() />
                            <button type="submit" class="button" aria-label=label>{looked_at}</button>
                        </form>
                    </li>
                })
                .collect_view()}
        </ul>
    }
}
