//! The buyer's side: from the order's page to a claim and through it.
use axum::extract::{Form, Multipart, Path, Query};
use axum::http::StatusCode;
use axum::response::Response;
use leptos::prelude::*;
use market::claims::commands::{self, BuyerStep, claim_of_order};
use market::claims::{
    Claim, ClaimEvent, ClaimForm, ClaimReason, ClaimState, ClaimWish, Claimable, ClaimsRefusal,
    ListedClaim, Side, queries,
};
use market::kernel::time::instant_text;
use market::kernel::{
    ClaimId, Failure, FieldErrors, OrderCode, OrderId, Refusal as _, SellerOrderId, secret,
};
use serde::Deserialize;
use time::OffsetDateTime;

use super::parts::{About, Card, LineField, State};
use super::received::{ReceivedForm, Whose, receive};
use super::words;
use crate::cart::line_name;
use crate::routes;
use crate::trouble::Trouble;
use crate::ui::form::{ErrorOf, ErrorSummary, Select, TextArea};
use crate::ui::parts::{Notice, Tone};
use crate::ui::shell::Icon;
use crate::ui::{Area, Head, lang};
use crate::visit::{Told, Visit, with_retry_after};

/// What an order's page shows of claims.
#[derive(Clone, Default)]
pub(crate) struct OfOrder {
    claims: Vec<(SellerOrderId, ListedClaim)>,
    claimable: Vec<SellerOrderId>,
}

/// Reads it, for who holds the order's token.
pub(crate) async fn of_order(
    visit: &Visit,
    order: OrderId,
    code: &OrderCode,
    token: &str,
) -> Result<OfOrder, Trouble> {
    let db = visit.site.store.reader();
    let now = visit.site.store.now();
    let claimable = queries::claimable(db, code, token, now).await?;
    Ok(OfOrder {
        claims: queries::of_order(db, order).await?,
        claimable: claimable
            .into_iter()
            .filter(|part| part.open.is_none())
            .map(|part| part.part)
            .collect(),
    })
}

/// The claims of one part, and the way to a new one.
#[component]
pub(crate) fn OfPart(
    of: OfOrder,
    part: SellerOrderId,
    code: OrderCode,
    token: String,
) -> impl IntoView {
    let cards = of
        .claims
        .into_iter()
        .filter(|(claimed, _)| *claimed == part)
        .map(|(_, claim)| {
            let href = routes::order_claim(&code, claim.id, &token);
            view! { <Card claim href /> }
        })
        .collect_view();
    let new = of
        .claimable
        .contains(&part)
        .then(|| routes::new_claim(&code, part, &token));
    view! {
        {(!cards.is_empty()).then(|| view! { <ul class="stack">{cards}</ul> })}
        {new.map(|href| view! { <p><a class="button" data-kind="quiet" href=href><Icon name="alert" />{t!("claims.begin")}</a></p> })}
    }
}

#[derive(Deserialize)]
pub(super) struct NewParams {
    #[serde(default)]
    token: String,
    #[serde(default)]
    phan: String,
}

/// What can be claimed of that part, for who holds the token.
async fn claimable(
    visit: &Visit,
    code: &OrderCode,
    token: &str,
    part: SellerOrderId,
) -> Result<Option<Claimable>, Trouble> {
    let db = visit.site.store.reader();
    let parts = queries::claimable(db, code, token, visit.site.store.now()).await?;
    Ok(parts.into_iter().find(|claimable| claimable.part == part))
}

pub(super) async fn new(
    visit: Visit,
    Path(code): Path<String>,
    Query(params): Query<NewParams>,
) -> Result<Response, Trouble> {
    let code = OrderCode::parse(&code).map_err(|_| Trouble::NotFound)?;
    let part: SellerOrderId = params.phan.parse().map_err(|_| Trouble::NotFound)?;
    let Some(of) = claimable(&visit, &code, &params.token, part).await? else {
        return Ok(visit.see_other(&routes::order(&code, &params.token)));
    };
    if let Some(open) = of.open {
        return Ok(visit.see_other(&routes::order_claim(&code, open, &params.token)));
    }
    let mut typed = ReceivedForm::default();
    let key = secret::new_key().to_string();
    typed.form.pairs.push(("key".to_owned(), key));
    let none = FieldErrors::default();
    Ok(form_page(
        &visit,
        StatusCode::OK,
        &code,
        params.token,
        of,
        typed,
        none,
    ))
}

/// Makes a claim: the photographs first, so that they need not travel again.
pub(super) async fn make(
    visit: Visit,
    Path(code): Path<String>,
    form: Multipart,
) -> Result<Response, Trouble> {
    let code = OrderCode::parse(&code).map_err(|_| Trouble::NotFound)?;
    let mut received = receive(&visit, form, &Whose::Order(&code, "phan")).await?;
    let token = received.form.get("token").to_owned();
    let part = received.form.get("phan").parse();
    let part: SellerOrderId = part.map_err(|_| Trouble::NotFound)?;
    let key = received.form.get("key").parse();
    let key: uuid::Uuid = key.map_err(|_| Trouble::NotFound)?;
    received.take_photos(&visit, part).await?;
    let outcome = match received.form.parse() {
        Ok(_) if !received.refused.is_empty() => Err(Failure::Refused(ClaimsRefusal::Invalid(
            FieldErrors::default(),
        ))),
        Ok(claim) => {
            let (claim, photos) = (&claim, received.photos.as_slice());
            market::transact!(visit.site.store, &visit.actor, work => commands::open(work, part, key, claim, photos).await)
        }
        Err(errors) => Err(Failure::Refused(ClaimsRefusal::Invalid(errors))),
    };
    match outcome {
        Ok(id) => Ok(visit.see_other(&routes::order_claim(&code, id, &token))),
        Err(Failure::Refused(ClaimsRefusal::Invalid(errors))) => {
            let Some(of) = claimable(&visit, &code, &token, part).await? else {
                return Ok(too_late(&visit, &code, &token, &ClaimsRefusal::TooLate));
            };
            let status = received.status();
            Ok(form_page(
                &visit, status, &code, token, of, received, errors,
            ))
        }
        Err(Failure::Refused(refusal @ (ClaimsRefusal::AnotherOpen | ClaimsRefusal::TooLate))) => {
            Ok(too_late(&visit, &code, &token, &refusal))
        }
        Err(failure) => Err(failure.into()),
    }
}

/// Back to the order, which says why nothing was claimed.
fn too_late(visit: &Visit, code: &OrderCode, token: &str, why: &ClaimsRefusal) -> Response {
    let back = routes::order(code, token);
    visit.see_other(&format!("{back}&loi={}", why.code()))
}

fn form_page(
    visit: &Visit,
    status: StatusCode,
    code: &OrderCode,
    token: String,
    of: Claimable,
    typed: ReceivedForm,
    errors: FieldErrors,
) -> Response {
    let too_often = typed.too_often;
    let page = visit.page_with(
        status,
        || Head::private(t!("claims.begin"), Area::Market),
        || view! { <FormPage code=code.clone() token of typed errors /> },
    );
    match too_often {
        Some(often) => with_retry_after(page, &often),
        None => page,
    }
}

#[component]
fn FormPage(
    code: OrderCode,
    token: String,
    of: Claimable,
    typed: ReceivedForm,
    errors: FieldErrors,
) -> impl IntoView {
    let form = typed.form;
    let all_fresh = of.lines.iter().all(|line| line.is_fresh);
    let labels = vec![
        ("reason", t!("claims.what_is_wrong")),
        ("lines", t!("claims.which_goods")),
        ("line", t!("claims.which_goods")),
        ("text", t!("claims.tell")),
        ("photos", t!("claims.photos")),
        ("wish", t!("claims.wish")),
    ];
    let lines_error = errors.of("lines").map(lang::field);
    let photos_error = errors.of("photos").map(lang::field);
    let wish_error = errors.of("wish").map(lang::field);
    let chosen = ClaimWish::parse(form.get("wish")).unwrap_or(ClaimWish::Refund);
    let reasons = ClaimReason::ALL
        .map(|reason| (reason.as_str().to_owned(), words::reason(reason)))
        .to_vec();
    let lines = of
        .lines
        .into_iter()
        .map(|line| {
            let name = format!("line-{}", line.line);
            let label = t!("claims.how_much_of", name = line_name(&line.name, &line.variant_name), quantity = line.quantity, unit = line.unit);
            let hint = t!("claims.claim_until", until = instant_text(line.until));
            let value = form.get(&name).to_owned();
            view! { <LineField name label value inputmode="decimal" hint suffix=line.unit errors=errors.clone() /> }
        })
        .collect_view();
    let taken = typed
        .photos
        .iter()
        .map(|photo| view! { <input type="hidden" name="taken" value=photo.to_string() /> })
        .collect_view();
    let count = typed.photos.len();
    view! {
        <div class="narrow stack" data-gap="l">
            <p><a href=routes::order(&code, &token)>{t!("claims.back_to_order", code = code)}</a></p>
            <h1>{t!("claims.begin")}</h1>
            <p>{t!("claims.lead", seller = of.seller_name)}" "<a href=format!("{}#khieu-nai", routes::RULES)>{t!("claims.lead_rules")}</a></p>
            <ErrorSummary errors=errors.clone() labels />
            {typed.refused.into_iter().map(|text| view! { <Notice tone=Tone::Error><p>{text}</p></Notice> }).collect_view()}
            <form method="post" action=format!("{}/{code}/van-de", routes::FOLLOW) enctype="multipart/form-data" class="form" novalidate="">
                <input type="hidden" name="token" value=token.clone() />
                <input type="hidden" name="phan" value=of.part.to_string() />
                <input type="hidden" name="key" value=form.get("key").to_owned() />
                {taken}
                <Select name="reason" label=t!("claims.what_is_wrong") value=form.get("reason").to_owned() options=reasons errors=errors.clone() placeholder=t!("claims.choose_reason") />
                <fieldset class="stack" id="lines">
                    <legend class="field__label">{t!("claims.which_goods")}</legend>
                    <ErrorOf name="lines" text=lines_error />
                    {lines}
                </fieldset>
                <div class="field">
                    <label class="field__label" for="photos">{t!("claims.photos")}</label>
                    <p class="field__hint" id="photos-hint">{if count > 0 { t!("claims.photos_there", count = count) } else { t!("claims.photos_hint") }}</p>
                    <input class="input" type="file" id="photos" name="photo" accept="image/jpeg,image/png,image/webp" multiple aria-invalid=photos_error.is_some().then_some("true") aria-describedby="photos-hint" />
                    <ErrorOf name="photos" text=photos_error />
                </div>
                <TextArea name="text" label=t!("claims.tell") value=form.get("text").to_owned() errors=errors.clone() hint=t!("claims.tell_hint") required=true />
                {(!all_fresh).then(|| view! {
                    <fieldset class="stack" id="wish">
                        <legend class="field__label">{t!("claims.wish")}</legend>
                        <div class="choices" data-rows="">
                            {ClaimWish::ALL
                                .map(|wish| view! { <label class="choice"><input type="radio" name="wish" value=wish.as_str() checked={wish == chosen} /><span class="choice__text"><span class="choice__name">{words::wish(wish)}</span></span></label> })
                                .collect_view()}
                        </div>
                        <ErrorOf name="wish" text=wish_error />
                    </fieldset>
                })}
                <div class="form__actions"><button type="submit" class="button" data-kind="primary" data-size="l">{t!("claims.send")}</button></div>
            </form>
        </div>
    }
}

#[derive(Deserialize)]
pub(super) struct Key {
    #[serde(default)]
    token: String,
}

pub(super) async fn show(
    visit: Visit,
    Path((code, id)): Path<(String, ClaimId)>,
    Query(key): Query<Key>,
) -> Result<Response, Trouble> {
    let code = OrderCode::parse(&code).map_err(|_| Trouble::NotFound)?;
    let (typed, told) = (ClaimForm::default(), Told::default());
    claim_page(&visit, &code, key.token, id, typed, told).await
}

async fn claim_page(
    visit: &Visit,
    code: &OrderCode,
    token: String,
    id: ClaimId,
    typed: ClaimForm,
    told: Told,
) -> Result<Response, Trouble> {
    let claim = queries::for_buyer(visit.site.store.reader(), code, &token, id)
        .await?
        .ok_or(Trouble::NotFound)?;
    let now = visit.site.store.now();
    let (errors, problem) = (told.errors, told.message);
    Ok(visit.page_with(
        told.status,
        || Head::private(t!("claims.title"), Area::Market),
        || view! { <ClaimPage claim=&claim token typed errors problem now /> },
    ))
}

#[component]
fn ClaimPage<'c>(
    claim: &'c Claim,
    token: String,
    typed: ClaimForm,
    errors: FieldErrors,
    problem: Option<String>,
    now: OffsetDateTime,
) -> impl IntoView + use<> {
    let code = claim.order.clone();
    let id = claim.id;
    let base = format!("{}/{code}/van-de/{id}", routes::FOLLOW);
    let may = |event| claim.may(event, Side::Buyer);
    let offer = may(ClaimEvent::Accept).then(|| {
        let until = claim.due_at.map(instant_text).unwrap_or_default();
        t!(
            "claims.offer",
            amount = claim.offered(),
            asked = claim.asked(),
            until = until
        )
    });
    // A refusal can be taken to an officer for some days only.
    let is_over = claim.state == ClaimState::Refused && claim.due_at.is_some_and(|due| now > due);
    let (accept, dispute, say, withdraw) = (
        may(ClaimEvent::Accept),
        may(ClaimEvent::Dispute) && !is_over,
        may(ClaimEvent::Answer),
        may(ClaimEvent::Withdraw),
    );
    let until = claim
        .due_at
        .filter(|_| !is_over)
        .map(|at| t!("claims.until", at = instant_text(at)));
    let photo = {
        let (code, token) = (code.clone(), token.clone());
        Box::new(move |photo| routes::order_photo(&code, photo, &token))
    };
    let hidden = {
        let token = token.clone();
        move || view! { <input type="hidden" name="token" value=token.clone() /> }
    };
    let is_open = !errors.is_empty();
    view! {
        <div class="narrow stack" data-gap="l">
            <p><a href=routes::order(&code, &token)>{t!("claims.back_to_order", code = code)}</a></p>
            <header class="order-head"><h1>{t!("claims.title")}</h1><State state=claim.state /></header>
            {problem.map(|text| view! { <Notice tone=Tone::Error><p>{text}</p></Notice> })}
            {until.map(|text| view! { <p class="muted">{text}</p> })}
            {offer.map(|text| view! { <Notice tone=Tone::Warning><p><strong>{text}</strong></p></Notice> })}
            {accept.then(|| view! {
                <form method="post" action=format!("{base}/nhan")>{hidden()}<button type="submit" class="button" data-kind="primary">{t!("claims.accept")}</button></form>
            })}
            <About claim href=photo />
            {dispute.then(|| view! {
                <details class="disclosure" open=is_open>
                    <summary>{t!("claims.dispute")}</summary>
                    <form class="disclosure__body stack" method="post" action=format!("{base}/khieu-nai") novalidate="">
                        {hidden()}
                        <p>{t!("claims.dispute_lead")}</p>
                        <TextArea name="text" label=t!("claims.dispute_why") value=typed.get("text").to_owned() errors=errors.clone() required=true />
                        <button type="submit" class="button">{t!("claims.dispute_send")}</button>
                    </form>
                </details>
            })}
            {say.then(|| view! {
                <details class="disclosure" open=is_open>
                    <summary>{t!("claims.say_buyer")}</summary>
                    <form class="disclosure__body stack" method="post" action=format!("{base}/noi") novalidate="">
                        {hidden()}
                        <TextArea name="text" label=t!("claims.why") value=typed.get("text").to_owned() errors=errors.clone() required=true />
                        <button type="submit" class="button">{t!("claims.say_buyer")}</button>
                    </form>
                </details>
            })}
            {withdraw.then(|| view! {
                <form method="post" action=format!("{base}/rut")>{hidden()}<button type="submit" class="button" data-kind="quiet">{t!("claims.withdraw")}</button></form>
            })}
        </div>
    }
}

/// Takes the offer, takes the claim back, or takes it to an officer.
pub(super) async fn step(
    visit: Visit,
    Path((code, id, step)): Path<(String, ClaimId, String)>,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Result<Response, Trouble> {
    let code = OrderCode::parse(&code).map_err(|_| Trouble::NotFound)?;
    let form = ClaimForm { pairs };
    let token = form.get("token").to_owned();
    let taken = match step.as_str() {
        "nhan" => Ok(BuyerStep::Accept),
        "rut" => Ok(BuyerStep::Withdraw),
        "khieu-nai" => form.words().map(BuyerStep::Dispute),
        "noi" => form.words().map(BuyerStep::Say),
        _ => return Err(Trouble::NotFound),
    };
    let outcome = match &taken {
        Ok(taken) => {
            let (code, token) = (&code, token.as_str());
            market::transact!(visit.site.store, &visit.actor, work => {
                claim_of_order(work, code, token, id).await?;
                commands::take_step(work, id, taken).await
            })
        }
        Err(errors) => Err(Failure::Refused(ClaimsRefusal::Invalid(errors.clone()))),
    };
    match visit.told_of(outcome)? {
        Ok(()) => Ok(visit.see_other(&routes::order_claim(&code, id, &token))),
        Err(told) => claim_page(&visit, &code, token, id, form, told).await,
    }
}
