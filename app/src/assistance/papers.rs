//! An officer looks at signed papers, and ends consents for households that come in person.
use axum::extract::{Form, Path, Query};
use axum::http::StatusCode;
use axum::response::Response;
use leptos::prelude::*;
use market::assistance::{AssistanceRefusal, Consent, commands, queries};
use market::kernel::time::{day_text, instant_text};
use market::kernel::{ConsentId, Failure, PageRequest, Permission, Refusal, RefusalKind};
use serde::Deserialize;

use super::actions::office;
use super::words;
use crate::media::paper_address;
use crate::routes;
use crate::trouble::Trouble;
use crate::ui::parts::{Empty, Notice, Pagination, Tone};
use crate::ui::shell::Icon;
use crate::ui::{Area, Head, lang};
use crate::visit::Visit;

/// Consents that hold, on a page.
const PER_PAGE: u32 = 30;

#[derive(Clone, Copy, Default, Deserialize)]
#[serde(default)]
pub(super) struct PaperParams {
    trang: Option<u32>,
}

/// A step that was refused, with what was typed.
#[derive(Default)]
struct RefusedStep {
    consent: Option<ConsentId>,
    step: String,
    reason: String,
    error: Option<String>,
    problem: Option<String>,
}

pub(super) async fn show(
    visit: Visit,
    Query(params): Query<PaperParams>,
) -> Result<Response, Trouble> {
    office(&visit, &[Permission::Sellers])?;
    let page = PageRequest::new(params.trang, Some(PER_PAGE));
    page_of(&visit, StatusCode::OK, page, RefusedStep::default()).await
}

async fn page_of(
    visit: &Visit,
    status: StatusCode,
    page: PageRequest,
    refused: RefusedStep,
) -> Result<Response, Trouble> {
    let store = &visit.site.store;
    let (db, now) = (store.reader(), store.now());
    let waiting = queries::consents::waiting(db, &visit.actor, now).await?;
    let holding = queries::consents::holding(db, &visit.actor, page, now).await?;
    let pages = page.pages(queries::consents::count_holding(db, &visit.actor, now).await?);
    Ok(visit.page_with(
        status,
        || Head::private(t!("shell.province_consents"), Area::Province),
        || view! { <Papers waiting holding page=page.page pages refused /> },
    ))
}

#[component]
fn Papers(
    waiting: Vec<Consent>,
    holding: Vec<Consent>,
    page: u32,
    pages: u32,
    refused: RefusedStep,
) -> impl IntoView {
    let href = |number: u32| format!("{}?trang={number}", routes::PROVINCE_CONSENTS);
    let papers = waiting
        .into_iter()
        .map(|consent| {
            let id = consent.id;
            view! {
                <li class="household panel">
                    <Facts consent=consent.clone() />
                    <div class="household__actions">
                        <form method="post" action=routes::province_consent(id, "duyet")><button type="submit" class="button" data-kind="primary">{t!("assistance.approve")}</button></form>
                    </div>
                    <Reason id step="tu-choi" words=t!("assistance.refuse") refused=&refused />
                </li>
            }
        })
        .collect_view();
    let held = holding
        .into_iter()
        .map(|consent| {
            let id = consent.id;
            view! {
                <li class="household panel">
                    <Facts consent=consent.clone() />
                    <Reason id step="cham-dut" words=t!("assistance.end_for", name = consent.seller_name.clone()) refused=&refused />
                </li>
            }
        })
        .collect_view();
    let (none_waits, none_holds) = (papers.is_empty(), held.is_empty());
    view! {
        <h1>{t!("shell.province_consents")}</h1>
        {refused.problem.clone().map(|text| view! { <Notice tone=Tone::Error><p>{text}</p></Notice> })}
        <section class="stack" aria-labelledby="cho-duyet">
            <h2 id="cho-duyet">{t!("assistance.waiting")}</h2>
            {none_waits.then(|| view! { <Empty title=t!("assistance.nothing_waits")><p>{t!("assistance.nothing_waits_advice")}</p></Empty> })}
            <ul class="households">{papers}</ul>
        </section>
        <section class="section" aria-labelledby="hieu-luc">
            <h2 id="hieu-luc">{t!("assistance.holding")}</h2>
            {none_holds.then(|| view! { <p class="muted">{t!("assistance.none_holds")}</p> })}
            <ul class="households">{held}</ul>
            <Pagination page pages href=Box::new(href) />
        </section>
    }
}

#[component]
fn Facts(consent: Consent) -> impl IntoView {
    let asked = consent.given_at.unwrap_or(consent.asked_at);
    view! {
        <h3>{consent.seller_name.clone()}</h3>
        <p class="muted small">{consent.place.clone()}</p>
        <dl class="facts">
            <div><dt>{t!("assistance.helper")}</dt><dd>{consent.helper_name.clone()}{consent.helper_phone.as_ref().map(|phone| format!(" · {}", phone.masked()))}</dd></div>
            <div><dt>{t!("assistance.tasks")}</dt><dd>{words::tasks(&consent.tasks)}</dd></div>
            <div><dt>{t!("assistance.since")}</dt><dd>{instant_text(asked)}" · "{words::method(consent.method)}</dd></div>
            <div><dt>{t!("assistance.until")}</dt><dd>{day_text(consent.last_day())}</dd></div>
        </dl>
        {consent.paper.map(|paper| view! { <p><a class="button" href=paper_address(paper) target="_blank"><Icon name="camera" />{t!("assistance.see_paper_of", name = consent.seller_name)}</a></p> })}
    }
}

/// A step that needs a reason, folded away until it is wanted.
#[component]
fn Reason<'r>(
    id: ConsentId,
    step: &'static str,
    words: String,
    refused: &'r RefusedStep,
) -> impl IntoView + use<> {
    let is_refused = refused.consent == Some(id) && refused.step == step;
    let error = refused.error.clone().filter(|_| is_refused);
    let typed = is_refused.then(|| refused.reason.clone());
    let field = format!("{step}-{id}");
    let error_id = format!("{field}-error");
    view! {
        <details class="disclosure" data-kind="danger" open=is_refused>
            <summary>{words.clone()}</summary>
            <form class="disclosure__body stack" method="post" action=routes::province_consent(id, step)>
                <label class="field__label" for=field.clone()>{t!("assistance.reason")}</label>
                <textarea class="input" id=field name="reason" rows="2" required maxlength="300" aria-invalid=error.is_some().then_some("true") aria-describedby=error.is_some().then(|| error_id.clone())>{typed}</textarea>
                {error.map(|text| view! { <p class="field__error" id=error_id role="alert"><Icon name="alert" />{text}</p> })}
                <button type="submit" class="button" data-kind="danger">{words}</button>
            </form>
        </details>
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct StepForm {
    reason: String,
}

pub(super) async fn step(
    visit: Visit,
    Path((id, step)): Path<(ConsentId, String)>,
    Form(form): Form<StepForm>,
) -> Result<Response, Trouble> {
    office(&visit, &[Permission::Sellers])?;
    let (store, reason) = (&visit.site.store, form.reason.as_str());
    let outcome = match step.as_str() {
        "duyet" => {
            market::transact!(store, &visit.actor, work => commands::approve(work, id).await)
        }
        "tu-choi" => {
            market::transact!(store, &visit.actor, work => commands::refuse(work, id, reason).await)
        }
        "cham-dut" => {
            market::transact!(store, &visit.actor, work => commands::end(work, id, reason).await.map(|_| ()))
        }
        _ => return Err(Trouble::NotFound),
    };
    let refusal = match outcome {
        Ok(()) => return Ok(visit.see_other(routes::PROVINCE_CONSENTS)),
        Err(Failure::Refused(refusal)) if refusal.kind() != RefusalKind::NotFound => refusal,
        Err(failure) => return Err(failure.into()),
    };
    let mut refused = RefusedStep {
        consent: Some(id),
        step,
        reason: form.reason,
        ..RefusedStep::default()
    };
    let status = lang::speaking(visit.lang, || match &refusal {
        AssistanceRefusal::Invalid(errors) => {
            refused.error = errors.of("reason").map(lang::field);
            StatusCode::UNPROCESSABLE_ENTITY
        }
        other => {
            refused.problem = Some(lang::refusal(other));
            StatusCode::CONFLICT
        }
    });
    let page = PageRequest::new(None, Some(PER_PAGE));
    page_of(&visit, status, page, refused).await
}
