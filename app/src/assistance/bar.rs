//! The bar on every page while a helper acts, and the page that stops one whose household has ended it.
use axum::http::StatusCode;
use axum::response::Response;
use leptos::prelude::*;

use super::words;
use crate::routes;
use crate::ui::{Area, Head};
use crate::visit::Visit;

/// For whom the visitor acts, for what, and the way out.
pub fn acting_bar(visit: &Visit) -> impl IntoView + use<> {
    if let Some(acting) = &visit.actor.acting {
        let tasks = words::tasks(&acting.tasks);
        return Some(
            view! {
                <aside class="acting-bar" aria-label=t!("assistance.acting_label")>
                    <p>{t!("assistance.acting")}" "<strong>{acting.seller_name.clone()}</strong>" · "{t!("assistance.acting_tasks", tasks = tasks)}</p>
                    <form method="post" action=routes::TEAM_STOP><button type="submit" class="button">{t!("assistance.stop")}</button></form>
                </aside>
            }
            .into_any(),
        );
    }
    visit.lapsed.clone().map(|name| {
        view! {
            <aside class="acting-bar" data-state="ended" aria-label=t!("assistance.acting_label")>
                <p>{t!("assistance.lapsed", name = name)}</p>
                <form method="post" action=routes::TEAM_STOP><button type="submit" class="button">{t!("assistance.to_households")}</button></form>
            </aside>
        }
        .into_any()
    })
}

/// The household no longer lets the visitor act for it: nothing was done.
pub fn ended(visit: &Visit, status: StatusCode, household: String) -> Response {
    visit.page_with(
        status,
        || Head::private(t!("assistance.ended"), Area::Team),
        || {
            view! {
                <section class="error-page stack">
                    <h1>{t!("assistance.ended")}</h1>
                    <p>{t!("assistance.ended_lead", name = household)}</p>
                    <p>{t!("assistance.ended_advice")}</p>
                    <p><a class="button" data-kind="primary" href=routes::TEAM>{t!("shell.team_households")}</a></p>
                </section>
            }
        },
    )
}
