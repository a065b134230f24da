//! The officer's side: what buyer and seller did not agree about.
use axum::extract::{Form, Path, Query};
use axum::http::StatusCode;
use axum::response::Response;
use leptos::prelude::*;
use market::claims::commands;
use market::claims::{Claim, ClaimEvent, ClaimForm, ClaimsRefusal, ListedClaim, Side, queries};
use market::kernel::time::instant_text;
use market::kernel::{ClaimId, Failure, PageRequest, Permission};
use serde::Deserialize;

use super::parts::{About, Card, LineField, State};
use crate::cart::line_name;
use crate::routes;
use crate::trouble::Trouble;
use crate::ui::form::{ErrorSummary, TextArea};
use crate::ui::parts::{Empty, Notice, Pagination, Tone};
use crate::ui::shell::Icon;
use crate::ui::{Area, Head};
use crate::visit::{Told, Visit};

/// Claims on a page of the list.
const PER_PAGE: u32 = 20;

/// Somebody who decides between buyers and sellers.
fn officer(visit: &Visit) -> Result<(), Trouble> {
    visit.signed_in()?;
    if visit.actor.has_office(Permission::Feedback) {
        Ok(())
    } else {
        Err(Trouble::Forbidden)
    }
}

/// On the province's overview: how many claims wait for a decision.
pub(crate) fn waiting(count: i64) -> impl IntoView {
    (count > 0).then(|| {
        view! { <Notice tone=Tone::Warning><p><a href=routes::PROVINCE_CLAIMS>{t!("claims.waiting_officer", count = count)}</a></p></Notice> }
    })
}

#[derive(Deserialize)]
pub(super) struct ListParams {
    trang: Option<u32>,
}

pub(super) async fn list(
    visit: Visit,
    Query(params): Query<ListParams>,
) -> Result<Response, Trouble> {
    officer(&visit)?;
    let db = visit.site.store.reader();
    let now = visit.site.store.now();
    let total = queries::disputed_count(db, &visit.actor, now).await?;
    let pages = PageRequest::new(None, Some(PER_PAGE)).pages(total);
    let page = params.trang.unwrap_or(1).clamp(1, pages);
    let request = PageRequest::new(Some(page), Some(PER_PAGE));
    let claims = queries::disputed(db, &visit.actor, now, request).await?;
    Ok(visit.page(
        || Head::private(t!("claims.title_officer"), Area::Province),
        || view! { <List claims page pages /> },
    ))
}

#[component]
fn List(claims: Vec<ListedClaim>, page: u32, pages: u32) -> impl IntoView {
    let is_empty = claims.is_empty();
    let cards = claims
        .into_iter()
        .map(|claim| {
            let href = routes::province_claim(claim.id);
            view! { <Card claim href names_shop=true /> }
        })
        .collect_view();
    view! {
        <h1>{t!("claims.title_officer")}</h1>
        <p class="muted">{t!("claims.lead_officer")}" "<a href=format!("{}#khieu-nai", routes::RULES)>{t!("claims.lead_rules")}</a></p>
        {is_empty.then(|| view! { <Empty title=t!("claims.none_officer")><p>{t!("claims.none_officer_advice")}</p></Empty> })}
        <ul class="grid" data-cell="l">{cards}</ul>
        <Pagination page pages href=Box::new(|page| format!("{}?trang={page}", routes::PROVINCE_CLAIMS)) />
    }
}

pub(super) async fn show(visit: Visit, Path(id): Path<ClaimId>) -> Result<Response, Trouble> {
    officer(&visit)?;
    let told = Told::default();
    claim_page(&visit, StatusCode::OK, id, ClaimForm::default(), told).await
}

async fn claim_page(
    visit: &Visit,
    status: StatusCode,
    id: ClaimId,
    typed: ClaimForm,
    told: Told,
) -> Result<Response, Trouble> {
    let now = visit.site.store.now();
    let claim = queries::for_officer(visit.site.store.reader(), &visit.actor, id, now)
        .await?
        .ok_or(Trouble::NotFound)?;
    Ok(visit.page_with(
        status,
        || Head::private(t!("claims.title"), Area::Province),
        || view! { <Decision claim=&claim typed told /> },
    ))
}

#[component]
fn Decision<'c>(claim: &'c Claim, typed: ClaimForm, told: Told) -> impl IntoView + use<> {
    let errors = told.errors;
    let is_typed = !typed.pairs.is_empty();
    let may = claim.may(ClaimEvent::Decide, Side::Officer);
    let heard = (may && !claim.is_answered())
        .then(|| claim.answer_by.map(instant_text))
        .flatten()
        .map(|until| t!("claims.not_heard", until = until));
    let until = claim
        .due_at
        .filter(|_| claim.state.is_open())
        .map(|at| t!("claims.decide_until", at = instant_text(at)));
    let labels = vec![
        ("amount", t!("claims.amount")),
        ("shipping", t!("claims.amount_shipping")),
        ("text", t!("claims.decision_why")),
    ];
    let fields = claim
        .lines
        .iter()
        .map(|line| {
            let name = format!("amount-{}", line.line);
            let label = line_name(&line.name, &line.variant_name);
            let value = if is_typed { typed.get(&name).to_owned() } else { line.asked.0.to_string() };
            let hint = t!("claims.asked_for", amount = line.asked);
            view! { <LineField name label value inputmode="numeric" hint suffix="₫" errors=errors.clone() /> }
        })
        .collect_view();
    let shipping_hint = t!("claims.amount_shipping_hint", amount = claim.shipping);
    let decide = may.then(|| {
        view! {
            <form class="panel stack" method="post" action=routes::province_claim(claim.id) novalidate="">
                <h2>{t!("claims.decide")}</h2>
                <p class="muted">{t!("claims.decide_lead")}</p>
                {fields}
                <LineField name="shipping".to_owned() label=t!("claims.amount_shipping") value=typed.get("shipping").to_owned() inputmode="numeric" hint=shipping_hint suffix="₫" errors=errors.clone() />
                <TextArea name="text" label=t!("claims.decision_why") value=typed.get("text").to_owned() errors=errors.clone() required=true />
                <button type="submit" class="button" data-kind="primary"><Icon name="check" />{t!("claims.decide_send")}</button>
            </form>
        }
    });
    view! {
        <div class="narrow stack" data-gap="l">
            <p><a href=routes::PROVINCE_CLAIMS>{t!("claims.back_to_claims")}</a></p>
            <header class="order-head"><h1>{t!("claims.title")}</h1><State state=claim.state /></header>
            <p>{claim.seller_name.clone()}" · "{claim.order.to_string()}</p>
            {until.map(|text| view! { <p class="muted">{text}</p> })}
            {told.message.map(|text| view! { <Notice tone=Tone::Error><p>{text}</p></Notice> })}
            {heard.map(|text| view! { <Notice tone=Tone::Warning><p>{text}</p></Notice> })}
            <ErrorSummary errors labels />
            <About claim href=Box::new(routes::desk_photo) />
            {decide}
        </div>
    }
}

/// Decides: all or a part of what was asked, or nothing.
pub(super) async fn decide(
    visit: Visit,
    Path(id): Path<ClaimId>,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Result<Response, Trouble> {
    officer(&visit)?;
    let form = ClaimForm { pairs };
    let outcome = match form.ruling() {
        Ok(ruling) => {
            let ruling = &ruling;
            market::transact!(visit.site.store, &visit.actor, work => commands::decide(work, id, ruling).await)
        }
        Err(errors) => Err(Failure::Refused(ClaimsRefusal::Invalid(errors))),
    };
    match visit.told_of(outcome)? {
        Ok(_) => Ok(visit.see_other(&routes::province_claim(id))),
        Err(told) => claim_page(&visit, told.status, id, form, told).await,
    }
}
