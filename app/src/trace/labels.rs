//! Labels to print, as a PDF.
use axum::extract::{Path, Query};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use leptos::prelude::*;
use market::kernel::time::day_text;
use market::kernel::{Fault, LotId};
use market::trace::{Lot, LotKind, LotState};
use serde::Deserialize;

use super::lot::own;
use super::print::{Label, Paper, pdf as print};
use crate::routes;
use crate::trouble::Trouble;
use crate::ui::form::{Field, Select};
use crate::ui::shell::Icon;
use crate::ui::{Lang, lang};
use crate::visit::Visit;

/// Labels of one sheet of paper, and as many as are printed where nobody says how many.
const A_SHEET: u16 = 24;
/// Labels in one file, at most: twenty sheets.
const MOST: u16 = 480;

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct PrintParams {
    kho: String,
    so: String,
}

pub(super) async fn pdf(
    visit: Visit,
    Path(id): Path<LotId>,
    Query(asked): Query<PrintParams>,
) -> Result<Response, Trouble> {
    let lot = own(&visit, id).await?;
    if lot.state == LotState::Recalled {
        return Err(Trouble::NotFound);
    }
    let paper = Paper::parse(&asked.kho).unwrap_or(Paper::Sheet);
    let count = asked.so.trim().parse().unwrap_or(A_SHEET).clamp(1, MOST);
    let label = label(&lot, &visit.site.base_url);
    let file = tokio::task::spawn_blocking(move || print(&label, paper, count))
        .await
        .map_err(Fault::new)??;
    let headers = [
        (header::CONTENT_TYPE, "application/pdf".to_owned()),
        (header::CACHE_CONTROL, "private, no-store".to_owned()),
        (
            header::CONTENT_DISPOSITION,
            format!("inline; filename=\"nhan-{}.pdf\"", lot.code),
        ),
    ];
    Ok((headers, file).into_response())
}

/// What stands on a label: in Vietnamese, whoever prints it.
fn label(lot: &Lot, base_url: &str) -> Label {
    lang::speaking(Lang::Vi, || {
        let made = match lot.kind {
            LotKind::Harvest => t!("trace.label_harvested", day = day_text(lot.made_on)),
            LotKind::Batch => t!("trace.label_made", day = day_text(lot.made_on)),
        };
        let mut facts = vec![made];
        if let Some(day) = lot.best_before {
            facts.push(t!("trace.label_best_before", day = day_text(day)));
        }
        if !lot.net_content.is_empty() {
            facts.push(format!("{}: {}", t!("trace.net_content"), lot.net_content));
        }
        Label {
            title: t!("trace.labels_of", code = lot.code),
            product: lot.product.name.clone(),
            shop: format!("{}, {}", lot.seller.name, lot.seller.commune_name),
            facts,
            code: lot.code.to_string(),
            address: format!("{base_url}{}", routes::label(lot)),
        }
    })
}

/// Chooses paper and number.
#[component]
pub(super) fn PrintForm(id: LotId) -> impl IntoView {
    let papers = vec![
        (Paper::Sheet.as_str().to_owned(), t!("trace.paper_sheet")),
        (Paper::Roll.as_str().to_owned(), t!("trace.paper_roll")),
    ];
    let none = market::kernel::FieldErrors::default();
    view! {
        <section class="section stack" id="nhan">
            <h2>{t!("trace.labels")}</h2>
            <p class="muted">{t!("trace.labels_lead")}</p>
            <form method="get" action=routes::seller_lot_step(id, "nhan.pdf") class="form" target="_blank">
                <Select name="kho" label=t!("trace.paper") value=Paper::Sheet.as_str() options=papers errors=none.clone() />
                <Field name="so" label=t!("trace.labels_count") value=A_SHEET.to_string() errors=none inputmode="numeric" hint=t!("trace.labels_count_hint", most = MOST) />
                <div class="form__actions"><button type="submit" class="button"><Icon name="print" />{t!("trace.print")}</button></div>
            </form>
        </section>
    }
}
