//! The seller's side: what buyers claim, and the answer.
use axum::extract::{Form, Path, Query};
use axum::http::StatusCode;
use axum::response::Response;
use leptos::prelude::*;
use market::claims::commands::{self, Answer};
use market::claims::{Claim, ClaimForm, ClaimsRefusal, ListedClaim, queries};
use market::kernel::time::instant_text;
use market::kernel::{ClaimId, Failure, PageRequest, Right, SellerOrderId};
use market::payments;
use serde::Deserialize;

use super::answers::Answers;
use super::parts::{About, Card, State};
use crate::routes;
use crate::trouble::Trouble;
use crate::ui::parts::{Empty, Notice, Pagination, Tone};
use crate::ui::{Area, Head};
use crate::visit::{Told, Visit};

/// Claims on a page of the list.
const PER_PAGE: u32 = 20;

/// How many claims wait for a shop, with the way to them.
#[component]
pub(crate) fn OfShop(
    /// How many wait.
    waiting: i64,
) -> impl IntoView {
    (waiting > 0).then(|| {
        view! { <Notice tone=Tone::Warning><p><a href=routes::SELLER_CLAIMS>{t!("claims.waiting_seller", count = waiting)}</a></p></Notice> }
    })
}

/// The claims of one part, for its seller's page of the order.
pub(crate) fn of_part(
    claims: Vec<(SellerOrderId, ListedClaim)>,
    part: SellerOrderId,
) -> impl IntoView {
    let cards = claims
        .into_iter()
        .filter(|(claimed, _)| *claimed == part)
        .map(|(_, claim)| {
            let href = routes::seller_claim(claim.id);
            view! { <Card claim href /> }
        })
        .collect_view();
    (!cards.is_empty()).then(|| view! { <section class="stack"><h2>{t!("claims.of_order")}</h2><ul class="stack">{cards}</ul></section> })
}

#[derive(Deserialize)]
pub(super) struct ListParams {
    trang: Option<u32>,
}

pub(super) async fn list(
    visit: Visit,
    Query(params): Query<ListParams>,
) -> Result<Response, Trouble> {
    let seller = visit.desk(Right::Fulfil)?;
    let db = visit.site.store.reader();
    let pages = PageRequest::new(None, Some(PER_PAGE)).pages(queries::counts(db, seller).await?);
    let page = params.trang.unwrap_or(1).clamp(1, pages);
    let claims =
        queries::of_seller(db, seller, PageRequest::new(Some(page), Some(PER_PAGE))).await?;
    Ok(visit.page(
        || Head::private(t!("claims.title_seller"), Area::Seller),
        || view! { <List claims page pages /> },
    ))
}

#[component]
fn List(claims: Vec<ListedClaim>, page: u32, pages: u32) -> impl IntoView {
    let is_empty = claims.is_empty();
    let cards = claims
        .into_iter()
        .map(|claim| {
            let href = routes::seller_claim(claim.id);
            view! { <Card claim href /> }
        })
        .collect_view();
    view! {
        <p><a href=routes::SELLER_ORDERS>{t!("sellers.back_to_orders")}</a></p>
        <h1>{t!("claims.title_seller")}</h1>
        <p class="muted">{t!("claims.lead_seller")}</p>
        {is_empty.then(|| view! { <Empty title=t!("claims.none")><p>{t!("claims.none_advice")}</p></Empty> })}
        <ul class="grid" data-cell="l">{cards}</ul>
        <Pagination page pages href=Box::new(|page| format!("{}?trang={page}", routes::SELLER_CLAIMS)) />
    }
}

pub(super) async fn show(visit: Visit, Path(id): Path<ClaimId>) -> Result<Response, Trouble> {
    visit.desk(Right::Fulfil)?;
    let told = Told::default();
    claim_page(&visit, id, String::new(), ClaimForm::default(), told).await
}

/// The claim with what was typed into the form of `step`, and what is wrong with it.
async fn claim_page(
    visit: &Visit,
    id: ClaimId,
    step: String,
    typed: ClaimForm,
    told: Told,
) -> Result<Response, Trouble> {
    let claim = queries::for_seller(visit.site.store.reader(), &visit.actor, id)
        .await?
        .ok_or(Trouble::NotFound)?;
    let status = if step.is_empty() {
        StatusCode::OK
    } else {
        told.status
    };
    Ok(visit.page_with(
        status,
        || Head::private(t!("claims.title"), Area::Seller),
        || view! { <ClaimDesk claim=&claim step typed told /> },
    ))
}

#[component]
fn ClaimDesk<'c>(
    claim: &'c Claim,
    step: String,
    typed: ClaimForm,
    told: Told,
) -> impl IntoView + use<> {
    let until = claim
        .due_at
        .filter(|_| claim.state.is_open())
        .map(|at| t!("claims.until", at = instant_text(at)));
    let order = routes::seller_order(claim.part);
    let code = claim.order.to_string();
    view! {
        <div class="narrow stack" data-gap="l">
            <p><a href=routes::SELLER_CLAIMS>{t!("claims.back_to_claims")}</a></p>
            <header class="order-head"><h1>{t!("claims.title")}</h1><State state=claim.state /></header>
            <p><a href=order>{t!("orders.order", code = code)}</a></p>
            {until.map(|text| view! { <p class="muted">{text}</p> })}
            {told.message.map(|text| view! { <Notice tone=Tone::Error><p>{text}</p></Notice> })}
            <Answers claim step typed errors=told.errors />
            <About claim href=Box::new(routes::desk_photo) />
        </div>
    }
}

/// Answers a claim, or says that what is owed was handed over.
pub(super) async fn answer(
    visit: Visit,
    Path((id, step)): Path<(ClaimId, String)>,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Result<Response, Trouble> {
    visit.desk(Right::Fulfil)?;
    let form = ClaimForm { pairs };
    if step == "da-tra" {
        let note = form.get("note");
        let outcome = market::transact!(visit.site.store, &visit.actor, work => payments::commands::give_back(work, id, note).await);
        return match visit.told_of(outcome)? {
            Ok(()) => Ok(visit.see_other(&routes::seller_claim(id))),
            Err(told) => claim_page(&visit, id, step, form, told).await,
        };
    }
    let said = match step.as_str() {
        "tra-tien" => form.ruling().map(Answer::Pay),
        "nhan-lai" => form.words().map(Answer::TakeBack),
        "tu-choi" => form.words().map(Answer::Refuse),
        "noi" => form.words().map(Answer::Say),
        "da-nhan" => form.goods().map(Answer::Received),
        "khong-dung" => form.words().map(Answer::Contest),
        _ => return Err(Trouble::NotFound),
    };
    let outcome = match &said {
        Ok(said) => {
            market::transact!(visit.site.store, &visit.actor, work => commands::answer(work, id, said).await)
        }
        Err(errors) => Err(Failure::Refused(ClaimsRefusal::Invalid(errors.clone()))),
    };
    match visit.told_of(outcome)? {
        Ok(_) => Ok(visit.see_other(&routes::seller_claim(id))),
        Err(told) => claim_page(&visit, id, step, form, told).await,
    }
}
