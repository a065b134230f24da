//! Checking out in steps: contact and address, a summary to correct, the order.
use axum::extract::{Form, Query};
use axum::http::StatusCode;
use axum::response::Response;
use leptos::prelude::*;
use market::cart::{Cart, LineProblem, commands as cart_commands, queries as cart_queries};
use market::kernel::{AddressId, Failure, Fault, FieldErrors, Refusal, RefusalKind, Vnd, secret};
use market::orders::queries::{self, by_key};
use market::orders::{Checkout, Entry, OrdersRefusal, commands};
use market::payments;
use market::places::Commune;
use market::shipping::Wish;
use serde::Deserialize;
use uuid::Uuid;

use super::contact::{ContactForm, FORM, Typed};
use super::review::{Review, changes, saw_all, seen, without_ways};
use super::ways;
use crate::cart;
use crate::places::{Choice, TypedCommune};
use crate::routes;
use crate::trouble::Trouble;
use crate::ui::{Area, Head, Lang, lang};
use crate::visit::{Visit, with_retry_after};

#[derive(Deserialize)]
pub(super) struct ShowParams {
    #[serde(rename = "dia-chi")]
    address: Option<AddressId>,
}

/// The first step, with what was typed before, or with an address that was kept.
pub(super) async fn show(
    visit: Visit,
    Query(params): Query<ShowParams>,
) -> Result<Response, Trouble> {
    let is_begun = visit
        .draft
        .as_ref()
        .is_some_and(|draft| draft.contains("name="));
    let mut typed = Typed::of_draft(visit.draft.as_deref().unwrap_or_default());
    if !is_begun && visit.actor.person.is_some() {
        "1".clone_into(&mut typed.keep);
    }
    if let Some(answer) = nothing_new(&visit, &mut typed).await? {
        return Ok(answer);
    }
    if typed.name.is_empty() {
        typed.name.clone_from(&visit.actor.name);
    }
    if let (Some(id), Some(person)) = (params.address, visit.actor.person) {
        let kept = queries::addresses(visit.site.store.reader(), person).await?;
        if let Some(address) = kept.into_iter().find(|address| address.id == id) {
            typed.name = address.name;
            typed.phone = address.phone.to_string();
            typed.street = address.street;
            typed.commune = address.commune;
            typed.commune_code = address.commune_code;
        }
    }
    if typed.commune.is_empty()
        && let Some(commune) = cart::place_of(&visit).await?
    {
        typed.commune = commune.address();
        typed.commune_code = commune.code;
    }
    let errors = FieldErrors::default();
    contact_page(&visit, StatusCode::OK, typed, errors, Vec::new()).await
}

/// What was typed in the first step: on to the second, or back with what is wrong.
pub(super) async fn check(visit: Visit, Form(mut typed): Form<Typed>) -> Result<Response, Trouble> {
    let answer = checked(&visit, &mut typed).await?;
    Ok(match typed.draft() {
        Some(draft) => visit.with_draft(answer, draft),
        None => answer,
    })
}

async fn checked(visit: &Visit, typed: &mut Typed) -> Result<Response, Trouble> {
    if let Some(answer) = nothing_new(visit, typed).await? {
        return Ok(answer);
    }
    if let Some(lang) = typed.to.as_deref().and_then(Lang::parse) {
        return Ok(visit.with_lang(visit.see_other(routes::CHECKOUT), lang));
    }
    if typed.edit.is_some() {
        let errors = FieldErrors::default();
        return contact_page(visit, StatusCode::OK, typed.clone(), errors, Vec::new()).await;
    }
    let (commune, places) = find_commune(visit, typed).await?;
    let errors = errors_of(typed, commune.as_ref(), &places);
    let (Some(commune), true) = (commune, errors.is_empty()) else {
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        return contact_page(visit, status, typed.clone(), errors, places).await;
    };
    typed.seen = without_ways(&typed.seen);
    let cart = cart::view_of(visit, Some(&commune), &typed.wishes()).await?;
    if cart.order_lines().is_empty() {
        return nothing_here(visit, typed.clone(), &cart).await;
    }
    if ways::must_ask(typed, &cart) {
        if is_kept(typed) {
            return Ok(visit.see_other(routes::CHECKOUT_WAYS));
        }
        let errors = FieldErrors::default();
        return ways::page(visit, StatusCode::OK, typed.clone(), &commune, errors).await;
    }
    to_review(visit, typed.clone(), &commune).await
}

/// Whether all that was typed is kept on the device.
fn is_kept(typed: &Typed) -> bool {
    typed.draft().is_some_and(|draft| typed.is_kept_by(&draft))
}

/// On to the second step, once all that comes before it is said.
pub(super) async fn to_review(
    visit: &Visit,
    typed: Typed,
    commune: &Commune,
) -> Result<Response, Trouble> {
    let cart = cart::view_of(visit, Some(commune), &typed.wishes()).await?;
    if is_kept(&typed) && changes(&typed.seen, &cart).is_empty() {
        // A page of its own, so that going back and reloading ask nothing.
        return Ok(visit.see_other(routes::CHECKOUT_REVIEW));
    }
    review_page(visit, StatusCode::OK, typed, commune, None).await
}

/// The second step.
pub(super) async fn review(visit: Visit) -> Result<Response, Trouble> {
    let mut typed = Typed::of_draft(visit.draft.as_deref().unwrap_or_default());
    if let Some(answer) = nothing_new(&visit, &mut typed).await? {
        return Ok(answer);
    }
    let (commune, places) = find_commune(&visit, &mut typed).await?;
    match commune {
        Some(commune) if errors_of(&typed, Some(&commune), &places).is_empty() => {
            let cart = cart::view_of(&visit, Some(&commune), &typed.wishes()).await?;
            // So many ways that the device did not keep them, or one that is no longer offered.
            if ways::must_ask(&typed, &cart) {
                return Ok(visit.see_other(routes::CHECKOUT_WAYS));
            }
            review_page(&visit, StatusCode::OK, typed, &commune, None).await
        }
        _ => Ok(visit.see_other(routes::CHECKOUT)),
    }
}

/// Where there is nothing to order: to the order that was made already, for who goes back from it; else to
/// the cart, which says line by line why. What is to be ordered has a key that has made no order yet.
pub(super) async fn nothing_new(
    visit: &Visit,
    typed: &mut Typed,
) -> Result<Option<Response>, Fault> {
    let made = match typed.key.parse() {
        Ok(key) => by_key(visit.site.store.reader(), key).await?,
        Err(_) => None,
    };
    if cart::view_of(visit, None, &[])
        .await?
        .order_lines()
        .is_empty()
    {
        return Ok(Some(match made {
            Some(made) => visit.see_other(&routes::order(&made.code, &made.token)),
            None => nothing_to_order(visit),
        }));
    }
    if made.is_some() || typed.key.parse::<Uuid>().is_err() {
        typed.key = secret::new_key().to_string();
    }
    Ok(None)
}

/// The last step.
pub(super) async fn place(visit: Visit, Form(mut typed): Form<Typed>) -> Result<Response, Trouble> {
    let (commune, places) = find_commune(&visit, &mut typed).await?;
    let (Some(commune), Ok(contact)) = (&commune, typed.form().parse()) else {
        let errors = errors_of(&typed, commune.as_ref(), &places);
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        return contact_page(&visit, status, typed, errors, places).await;
    };
    // Only what was seen is ordered, under the key that came with it.
    let cart = cart::view_of(&visit, Some(commune), &typed.wishes()).await?;
    let (Ok(key), Ok(seen_total), true) = (
        typed.key.parse::<Uuid>(),
        typed.seen_total.parse(),
        saw_all(&typed.seen, &cart),
    ) else {
        return changed(&visit, typed, commune, None).await;
    };
    match visit.take(&visit.site.limits.checkout).await {
        Ok(()) => {}
        Err(Failure::Fault(fault)) => return Err(fault.into()),
        Err(Failure::Refused(often)) => {
            let status = StatusCode::TOO_MANY_REQUESTS;
            let answer = review_page(&visit, status, typed, commune, Some(&often)).await?;
            return Ok(with_retry_after(answer, &often));
        }
    }
    let checkout = &Checkout {
        key,
        lines: cart.order_lines(),
        contact,
        ways: typed.wishes(),
        seen_total: Some(Vnd(seen_total)),
        entry: Entry::Buyer,
        is_sample: false,
    };
    let keeps = !typed.keep.is_empty();
    let (person, cart_token) = (visit.actor.person, visit.cart.as_deref());
    let outcome = market::transact!(visit.site.store, &visit.actor, work => {
        let placed = payments::commands::check_out(work, checkout).await?;
        if placed.is_new
            && let Some(cart) = cart_queries::find(&mut *work.conn, person, cart_token).await?
        {
            let variants: Vec<_> = checkout.lines.iter().map(|(variant, _)| *variant).collect();
            cart_commands::remove(work, cart, &variants).await?;
        }
        if placed.is_new && keeps {
            commands::keep_address(work, &checkout.contact).await?;
        }
        Ok(placed)
    });
    match outcome {
        Ok(placed) => {
            let answer = visit.see_other(&routes::new_order(&placed.code, &placed.token));
            Ok(visit.with_draft(answer, typed.forgotten()))
        }
        Err(Failure::Fault(fault)) => Err(fault.into()),
        Err(Failure::Refused(refusal)) => changed(&visit, typed, commune, Some(refusal)).await,
    }
}

/// Shows the order that the same form has made before; else the summary as it is now, to be confirmed anew.
async fn changed(
    visit: &Visit,
    typed: Typed,
    commune: &Commune,
    refusal: Option<OrdersRefusal>,
) -> Result<Response, Trouble> {
    if let Ok(key) = typed.key.parse()
        && let Some(made) = by_key(visit.site.store.reader(), key).await?
    {
        // The second of two taps is thanked like the first; what was corrected meanwhile is not in the order.
        let is_the_same = typed
            .form()
            .parse()
            .is_ok_and(|contact| made.is_for(&contact, &typed.wishes()));
        return Ok(visit.see_other(&if is_the_same {
            routes::new_order(&made.code, &made.token)
        } else {
            routes::earlier_order(&made.code, &made.token)
        }));
    }
    let status = match refusal.as_ref().map(Refusal::kind) {
        Some(RefusalKind::Invalid) => StatusCode::UNPROCESSABLE_ENTITY,
        _ => StatusCode::CONFLICT,
    };
    let refusal = refusal.as_ref().map(|refusal| refusal as &dyn Refusal);
    review_page(visit, status, typed, commune, refusal).await
}

/// All that is wrong with what was typed.
fn errors_of(typed: &Typed, commune: Option<&Commune>, places: &[Choice]) -> FieldErrors {
    let mut errors = typed.form().parse().err().unwrap_or_default();
    errors.0.retain(|error| error.field != "commune_code");
    if commune.is_none() {
        errors.add("commune", place_of(typed).wrong(places));
    }
    errors
}

/// The commune that was chosen or named beyond doubt; else those that may be meant.
pub(super) async fn find_commune(
    visit: &Visit,
    typed: &mut Typed,
) -> Result<(Option<Commune>, Vec<Choice>), Fault> {
    let mut place = place_of(typed);
    let found = place.find(&visit.site).await?;
    typed.commune = place.commune;
    typed.commune_code = place.commune_code;
    typed.commune_choice = place.commune_choice;
    Ok(found)
}

fn place_of(typed: &Typed) -> TypedCommune {
    TypedCommune {
        commune: typed.commune.clone(),
        commune_code: typed.commune_code.clone(),
        commune_asked: typed.commune_asked.clone(),
        commune_choice: typed.commune_choice.clone(),
    }
}

async fn contact_page(
    visit: &Visit,
    status: StatusCode,
    typed: Typed,
    errors: FieldErrors,
    places: Vec<Choice>,
) -> Result<Response, Trouble> {
    let kept = match visit.actor.person {
        Some(person) => Some(queries::addresses(visit.site.store.reader(), person).await?),
        None => None,
    };
    Ok(visit.page_with(
        status,
        || Head {
            keeps: Some(FORM),
            ..Head::private(t!("orders.checkout"), Area::Market)
        },
        || view! { <ContactForm typed errors places kept /> },
    ))
}

async fn review_page(
    visit: &Visit,
    status: StatusCode,
    mut typed: Typed,
    commune: &Commune,
    refusal: Option<&dyn Refusal>,
) -> Result<Response, Trouble> {
    let cart = cart::view_of(visit, Some(commune), &typed.wishes()).await?;
    if cart.order_lines().is_empty() {
        return nothing_here(visit, typed, &cart).await;
    }
    let total = Vnd(cart.items().0 + cart.shipping().unwrap_or_default().0);
    let before = std::mem::replace(&mut typed.seen, seen(&cart));
    typed.ways = Wish::text(&cart.ways());
    typed.seen_total = total.0.to_string();
    Ok(visit.page_with(
        status,
        || Head::private(t!("orders.review"), Area::Market),
        || {
            let changes = changes(&before, &cart);
            // What the lines say themselves needs no second sentence.
            let problem = refusal.filter(|_| changes.is_empty()).map(lang::refusal);
            view! { <Review typed cart total changes problem /> }
        },
    ))
}

/// Where nothing of the cart can be ordered to the place that was named: said at that field if another place helps; else to
/// the cart.
pub(super) async fn nothing_here(
    visit: &Visit,
    typed: Typed,
    cart: &Cart,
) -> Result<Response, Trouble> {
    if cart
        .lines()
        .all(|line| line.problem != Some(LineProblem::NotReached))
    {
        return Ok(nothing_to_order(visit));
    }
    let mut errors = FieldErrors::default();
    errors.add("commune", "not_reached");
    let status = StatusCode::UNPROCESSABLE_ENTITY;
    contact_page(visit, status, typed, errors, Vec::new()).await
}

/// To the cart, which says line by line why nothing in it can be ordered.
fn nothing_to_order(visit: &Visit) -> Response {
    let code = OrdersRefusal::Empty.code();
    visit.see_other(&format!("{}?loi={code}", routes::CART))
}
