//! Requests of the slice `orders`: checking out and following an order.
use axum::Router;
use axum::extract::{DefaultBodyLimit, Form, Multipart, Path, Query};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use market::cart::commands as cart_commands;
use market::kernel::{
    AddressId, Failure, FieldErrors, HarvestMoveId, OrderCode, PageRequest, Phone, Refusal,
    RefusalKind, SellerOrderId, SubstituteId,
};
use market::orders::commands::{self, part_of_order};
use market::orders::{
    AnswerForm, DeliveryAnswer, OrderEvent, OrderState, OrdersRefusal, Party, queries,
};
use market::parcels::queries as parcels;
use market::payments;
use serde::Deserialize;
use time::Duration;

use super::{checkout, copy, pages, ways};
use crate::claims;
use crate::routes;
use crate::site::Site;
use crate::trouble::Trouble;
use crate::ui::{Area, Head, lang};
use crate::visit::{Visit, with_retry_after};

/// The slice's paths.
pub fn routes() -> Router<Site> {
    Router::new()
        .route(routes::CHECKOUT, get(checkout::show).post(checkout::check))
        .route(routes::CHECKOUT_WAYS, get(ways::show).post(ways::choose))
        .route(routes::CHECKOUT_REVIEW, get(checkout::review))
        .route(
            routes::CHECKOUT_PLACE,
            post(checkout::place).get(async |visit: Visit| visit.see_other(routes::CHECKOUT)),
        )
        .route(routes::FOLLOW, get(follow).post(find))
        .route(
            "/don-hang/dia-chi/{id}",
            post(forget_address).get(async |visit: Visit| visit.see_other(routes::FOLLOW)),
        )
        .route("/don-hang/{code}", get(order))
        .route("/don-hang/{code}/ban-sao", get(copy_to_keep))
        .route(
            "/don-hang/{code}/huy",
            post(cancel).get(async |visit: Visit| visit.see_other(routes::FOLLOW)),
        )
        .route(
            "/don-hang/{code}/nhan",
            post(say)
                .get(async |visit: Visit| visit.see_other(routes::FOLLOW))
                .layer(DefaultBodyLimit::max(claims::FORM_BYTES)),
        )
        .route(
            "/don-hang/{code}/mua-lai",
            post(buy_again).get(async |visit: Visit| visit.see_other(routes::FOLLOW)),
        )
        .route(
            "/don-hang/{code}/thay-the",
            post(substitute).get(async |visit: Visit| visit.see_other(routes::FOLLOW)),
        )
        .route(
            "/don-hang/{code}/ngay-giao",
            post(other_days).get(async |visit: Visit| visit.see_other(routes::FOLLOW)),
        )
}

#[derive(Deserialize)]
struct OrderParams {
    #[serde(default)]
    token: String,
    moi: Option<String>,
    truoc: Option<String>,
    loi: Option<String>,
}

async fn order(
    visit: Visit,
    Path(code): Path<String>,
    Query(params): Query<OrderParams>,
) -> Result<Response, Trouble> {
    let code = OrderCode::parse(&code).map_err(|_| Trouble::NotFound)?;
    let order = queries::by_code(visit.site.store.reader(), &code, &params.token)
        .await?
        .ok_or(Trouble::NotFound)?;
    let claims = claims::of_order(&visit, order.id, &code, &params.token).await?;
    let parcels = parcels::of_order(visit.site.store.reader(), order.id).await?;
    let unseen: Vec<SellerOrderId> = order
        .parts
        .iter()
        .filter(|part| part.has_unseen(Party::Buyer))
        .map(|part| part.id)
        .collect();
    if !unseen.is_empty() {
        let unseen = unseen.as_slice();
        market::transact_sure!(visit.site.store, &visit.actor, work => Ok(commands::see_messages(work, unseen, Party::Buyer).await?))?;
    }
    // The address is kept and opened again: thanks are for the first time.
    let is_new = order.placed_at + Duration::hours(1) > visit.site.store.now()
        && order
            .parts
            .iter()
            .all(|part| part.state == OrderState::Placed);
    let arrival = match (params.moi, params.truoc) {
        (Some(_), _) if is_new => pages::Arrival::Placed,
        (None, Some(_)) => pages::Arrival::Earlier,
        _ => pages::Arrival::Back,
    };
    Ok(visit.page(
        || Head::private(t!("orders.order", code = code), Area::Market),
        || pages::order(order, parcels, arrival, params.loi, None, claims),
    ))
}

/// The copy of an order to keep, as a PDF.
async fn copy_to_keep(
    visit: Visit,
    Path(code): Path<String>,
    Query(key): Query<OrderKey>,
) -> Result<Response, Trouble> {
    let code = OrderCode::parse(&code).map_err(|_| Trouble::NotFound)?;
    let order = queries::by_code(visit.site.store.reader(), &code, &key.token)
        .await?
        .ok_or(Trouble::NotFound)?;
    let document = lang::speaking(visit.lang, || copy::pdf(&order))?;
    let headers = [
        (header::CONTENT_TYPE, "application/pdf".to_owned()),
        (header::CACHE_CONTROL, "private, no-store".to_owned()),
        (
            header::CONTENT_DISPOSITION,
            format!("inline; filename=\"{code}.pdf\""),
        ),
    ];
    Ok((headers, document).into_response())
}

#[derive(Deserialize)]
struct FollowParams {
    trang: Option<u32>,
}

async fn follow(visit: Visit, Query(params): Query<FollowParams>) -> Result<Response, Trouble> {
    let form = pages::FollowForm::default();
    let page = PageRequest::new(params.trang, Some(OWN_ORDERS));
    follow_page(&visit, StatusCode::OK, &form, FieldErrors::default(), page).await
}

/// Orders of a person on one page.
const OWN_ORDERS: u32 = 20;

/// The page on which an order is found again; with the own orders and addresses of who is signed in.
async fn follow_page(
    visit: &Visit,
    status: StatusCode,
    form: &pages::FollowForm,
    errors: FieldErrors,
    page: PageRequest,
) -> Result<Response, Trouble> {
    let db = visit.site.store.reader();
    let own = match visit.actor.person {
        Some(person) => {
            let (orders, total) = queries::own(db, person, page).await?;
            Some(pages::Own {
                orders,
                page: page.page,
                pages: page.pages(total),
                addresses: queries::addresses(db, person).await?,
            })
        }
        None => None,
    };
    Ok(visit.page_with(
        status,
        || Head::private(t!("shell.follow_order"), Area::Market),
        || pages::follow(form, errors, own),
    ))
}

/// Forgets an address of the visitor's own.
async fn forget_address(visit: Visit, Path(id): Path<AddressId>) -> Result<Response, Trouble> {
    visit.signed_in()?;
    market::transact!(visit.site.store, &visit.actor, work => commands::forget_address(work, id).await)?;
    Ok(visit.see_other(routes::FOLLOW))
}

/// What can't be a code or a number is said; a wrong code and a wrong number look the same.
async fn find(visit: Visit, Form(form): Form<pages::FollowForm>) -> Result<Response, Trouble> {
    let first = PageRequest::new(None, Some(OWN_ORDERS));
    let page = async |status, errors| follow_page(&visit, status, &form, errors, first).await;
    let mut errors = FieldErrors::default();
    let (code, phone) = (OrderCode::parse(&form.code), Phone::parse(&form.phone));
    for (field, text, wrong) in [
        ("code", &form.code, code.is_err().then_some("order_code")),
        ("phone", &form.phone, phone.is_err().then_some("phone")),
    ] {
        match wrong {
            Some(_) if text.trim().is_empty() => errors.add(field, "required"),
            Some(wrong) => errors.add(field, wrong),
            None => {}
        }
    }
    let (Ok(code), Ok(phone)) = (code, phone) else {
        return page(StatusCode::UNPROCESSABLE_ENTITY, errors).await;
    };
    let tries = visit.site.limits.follow.of(&visit.actor.address);
    match commands::follow(&visit.site.store, &tries, &code, &phone).await {
        Ok(token) => Ok(visit.see_other(&routes::order(&code, &token))),
        Err(Failure::Refused(refusal @ OrdersRefusal::TooManyTries(_))) => {
            let seconds = refusal.retry_after().unwrap_or_default();
            let wait = lang::speaking(visit.lang, || lang::wait(seconds));
            errors.add_with("code", "too_many_tries", &[("wait", wait)]);
            let answer = page(StatusCode::TOO_MANY_REQUESTS, errors).await?;
            Ok(with_retry_after(answer, &refusal))
        }
        Err(Failure::Refused(_)) => {
            errors.add("code", "no_such_order");
            page(StatusCode::UNPROCESSABLE_ENTITY, errors).await
        }
        Err(Failure::Fault(fault)) => Err(fault.into()),
    }
}

#[derive(Deserialize)]
struct OrderKey {
    #[serde(default)]
    token: String,
}

/// Puts what was ordered into the cart again.
async fn buy_again(
    visit: Visit,
    Path(code): Path<String>,
    Form(form): Form<OrderKey>,
) -> Result<Response, Trouble> {
    let code = OrderCode::parse(&code).map_err(|_| Trouble::NotFound)?;
    let order = queries::by_code(visit.site.store.reader(), &code, &form.token).await?;
    let order = order.ok_or(Trouble::NotFound)?;
    // As ordered: what was packed may be a weight that nobody can order, and what followed later was ordered before.
    let lines: Vec<_> = order
        .parts
        .iter()
        .filter(|part| !part.is_rest)
        .flat_map(|part| &part.lines)
        .map(|line| (line.variant, line.ordered.unwrap_or(line.quantity)))
        .collect();
    let (token, lines) = (visit.cart.as_deref(), lines.as_slice());
    let outcome = market::transact!(visit.site.store, &visit.actor, work => {
        let (cart, opened) = cart_commands::find_or_open(work, token).await?;
        let missing = cart_commands::add_all(work, cart, lines).await?;
        Ok((opened, missing))
    });
    crate::cart::filled(&visit, outcome)
}

/// The buyer says something to a seller, with photographs or without.
async fn say(visit: Visit, Path(code): Path<String>, form: Multipart) -> Result<Response, Trouble> {
    let code = OrderCode::parse(&code).map_err(|_| Trouble::NotFound)?;
    let whose = claims::Whose::Order(&code, "part");
    let mut received = claims::receive(&visit, form, &whose).await?;
    let token = received.form.get("token").to_owned();
    let part = received.form.get("part").parse();
    let part: SellerOrderId = part.map_err(|_| Trouble::NotFound)?;
    received.take_photos(&visit, part).await?;
    let outcome = claims::say(&visit, &received, part, Party::Buyer).await;
    let typed = pages::RefusedPart {
        part,
        reason: String::new(),
        message: Some(received.form.get("message").to_owned()),
        photos: received.photos,
        answer: None,
        errors: FieldErrors::default(),
    };
    settled(
        &visit,
        &code,
        &token,
        &format!("#nhan-{part}"),
        outcome,
        typed,
    )
    .await
}

#[derive(Deserialize)]
struct CancelForm {
    #[serde(default)]
    token: String,
    #[serde(default)]
    part: String,
    #[serde(default)]
    reason: String,
}

async fn cancel(
    visit: Visit,
    Path(code): Path<String>,
    Form(form): Form<CancelForm>,
) -> Result<Response, Trouble> {
    let code = OrderCode::parse(&code).map_err(|_| Trouble::NotFound)?;
    let part: SellerOrderId = form.part.parse().map_err(|_| Trouble::NotFound)?;
    let (code_ref, token, reason) = (&code, form.token.as_str(), form.reason.as_str());
    let outcome = market::transact!(visit.site.store, &visit.actor, work => {
        part_of_order(work, code_ref, token, part).await?;
        payments::commands::advance(work, part, OrderEvent::Cancel, Party::Buyer, reason).await
    });
    let typed = pages::RefusedPart {
        part,
        reason: form.reason,
        message: None,
        photos: Vec::new(),
        answer: None,
        errors: FieldErrors::default(),
    };
    settled(&visit, &code, &form.token, "", outcome.map(drop), typed).await
}

/// Back to the order, at `place` of it, after its buyer did something about one of its parts; with what was typed where
/// that was refused.
async fn settled(
    visit: &Visit,
    code: &OrderCode,
    token: &str,
    place: &str,
    outcome: Result<(), Failure<OrdersRefusal>>,
    typed: pages::RefusedPart,
) -> Result<Response, Trouble> {
    let back = routes::order(code, token);
    match outcome {
        Ok(()) => Ok(visit.see_other(&format!("{back}{place}"))),
        Err(Failure::Refused(OrdersRefusal::Invalid(errors))) => {
            let refused = pages::RefusedPart { errors, ..typed };
            refused_page(visit, code, token, refused).await
        }
        Err(Failure::Refused(refusal)) if refusal.kind() == RefusalKind::Conflict => {
            Ok(visit.see_other(&format!("{back}&loi={}", refusal.code())))
        }
        Err(failure) => Err(failure.into()),
    }
}

/// The order with what was typed into one of its parts, and what is wrong with it.
async fn refused_page(
    visit: &Visit,
    code: &OrderCode,
    token: &str,
    mut refused: pages::RefusedPart,
) -> Result<Response, Trouble> {
    let order = queries::by_code(visit.site.store.reader(), code, token)
        .await?
        .ok_or(Trouble::NotFound)?;
    let claims = claims::of_order(visit, order.id, code, token).await?;
    let parcels = parcels::of_order(visit.site.store.reader(), order.id).await?;
    for error in &mut refused.errors.0 {
        error.field = format!("{}-{}", error.field, refused.part);
    }
    Ok(visit.page_with(
        StatusCode::UNPROCESSABLE_ENTITY,
        || Head::private(t!("orders.order", code = code), Area::Market),
        || {
            pages::order(
                order,
                parcels,
                pages::Arrival::Back,
                None,
                Some(refused),
                claims,
            )
        },
    ))
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct SubstituteAnswer {
    token: String,
    part: String,
    offer: String,
    answer: String,
}

/// What the buyer says to something else instead of what ran out.
async fn substitute(
    visit: Visit,
    Path(code): Path<String>,
    Form(form): Form<SubstituteAnswer>,
) -> Result<Response, Trouble> {
    let code = OrderCode::parse(&code).map_err(|_| Trouble::NotFound)?;
    let part: SellerOrderId = form.part.parse().map_err(|_| Trouble::NotFound)?;
    let offer: SubstituteId = form.offer.parse().map_err(|_| Trouble::NotFound)?;
    let (code_ref, token, takes) = (&code, form.token.as_str(), form.answer == "taken");
    let outcome = market::transact!(visit.site.store, &visit.actor, work => {
        part_of_order(work, code_ref, token, part).await?;
        if takes {
            payments::commands::take_substitute(work, part, offer).await
        } else {
            commands::decline_substitute(work, part, offer, Party::Buyer).await
        }
    });
    let typed = pages::RefusedPart {
        part,
        reason: String::new(),
        message: None,
        photos: Vec::new(),
        answer: None,
        errors: FieldErrors::default(),
    };
    settled(&visit, &code, &form.token, "", outcome, typed).await
}

#[derive(Deserialize)]
struct OtherDaysForm {
    #[serde(default)]
    token: String,
    #[serde(default)]
    part: String,
    #[serde(default)]
    moved: String,
    #[serde(flatten)]
    answer: AnswerForm,
}

/// What the buyer says to other days; called off, the part goes the way of every order that is called off.
async fn other_days(
    visit: Visit,
    Path(code): Path<String>,
    Form(form): Form<OtherDaysForm>,
) -> Result<Response, Trouble> {
    let code = OrderCode::parse(&code).map_err(|_| Trouble::NotFound)?;
    let part: SellerOrderId = form.part.parse().map_err(|_| Trouble::NotFound)?;
    let moved: HarvestMoveId = form.moved.parse().map_err(|_| Trouble::NotFound)?;
    let (code_ref, token) = (&code, form.token.as_str());
    let reason = lang::speaking(visit.lang, || t!("orders.days_cancel_reason"));
    let reason = reason.as_str();
    let outcome = match form.answer.parse() {
        Ok(answer) => {
            market::transact!(visit.site.store, &visit.actor, work => {
                part_of_order(work, code_ref, token, part).await?;
                commands::answer_delivery(work, part, moved, answer).await?;
                if answer == DeliveryAnswer::Cancelled {
                    payments::commands::advance(work, part, OrderEvent::Cancel, Party::Buyer, reason).await?;
                }
                Ok(())
            })
        }
        Err(errors) => Err(Failure::Refused(OrdersRefusal::Invalid(errors))),
    };
    let typed = pages::RefusedPart {
        part,
        reason: String::new(),
        message: None,
        photos: Vec::new(),
        answer: Some((moved, form.answer)),
        errors: FieldErrors::default(),
    };
    settled(&visit, &code, &form.token, "", outcome, typed).await
}
