//! Checking out in steps: contact and address, a summary to correct, the order.
use axum::extract::Form;
use axum::http::StatusCode;
use axum::response::Response;
use leptos::prelude::*;
use market::cart::queries::Destination;
use market::cart::{Cart, commands as cart_commands, queries as cart_queries};
use market::kernel::{Failure, Fault, FieldErrors, Refusal, Vnd, secret};
use market::orders::{Checkout, CheckoutForm, OrdersRefusal, PaymentMethod};
use market::payments;
use market::places::{Commune, queries as place_queries};
use serde::Deserialize;
use uuid::Uuid;

use super::parts::LineOf;
use super::words;
use crate::cart::line_problem;
use crate::catalog;
use crate::places::islands::CommunePicker;
use crate::places::{Choice, choices};
use crate::routes;
use crate::trouble::Trouble;
use crate::ui::form::{ErrorOf, ErrorSummary, Field, TextArea};
use crate::ui::parts::{Notice, Tone};
use crate::ui::{Area, Head, lang};
use crate::visit::Visit;

/// Everything that travels through the steps.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Typed {
    name: String,
    phone: String,
    commune: String,
    commune_code: String,
    commune_choice: String,
    street: String,
    note: String,
    payment_method: String,
    key: String,
    seen_total: String,
    edit: Option<String>,
}

impl Typed {
    fn form(&self) -> CheckoutForm {
        CheckoutForm {
            name: self.name.clone(),
            phone: self.phone.clone(),
            commune_code: self.commune_code.clone(),
            street: self.street.clone(),
            note: self.note.clone(),
            payment_method: if self.payment_method.is_empty() {
                PaymentMethod::Cod.as_str().to_owned()
            } else {
                self.payment_method.clone()
            },
        }
    }
}

async fn cart_to(visit: &Visit, to: Option<&Commune>) -> Result<Cart, Fault> {
    let db = visit.site.store.reader();
    let Some(token) = &visit.cart else {
        return Ok(Cart::default());
    };
    let Some(id) = cart_queries::find(db, token).await? else {
        return Ok(Cart::default());
    };
    let to = to.map(|commune| Destination {
        commune: commune.id,
        province_code: commune.province_code.clone(),
    });
    cart_queries::view(db, id, visit.site.store.today(), to.as_ref()).await
}

pub(super) async fn show(visit: Visit) -> Result<Response, Trouble> {
    let cart = cart_to(&visit, None).await?;
    if cart.order_lines().is_empty() {
        return Ok(visit.see_other(routes::CART));
    }
    let typed = Typed {
        name: visit.actor.name.clone(),
        ..Typed::default()
    };
    Ok(contact_page(
        &visit,
        StatusCode::OK,
        typed,
        FieldErrors::default(),
        Vec::new(),
    ))
}

fn contact_page(
    visit: &Visit,
    status: StatusCode,
    typed: Typed,
    errors: FieldErrors,
    places: Vec<Choice>,
) -> Response {
    visit.page_with(
        status,
        || Head::private(t!("orders.checkout"), Area::Market),
        || view! { <ContactForm typed errors places /> },
    )
}

pub(super) async fn review(
    visit: Visit,
    Form(mut typed): Form<Typed>,
) -> Result<Response, Trouble> {
    if typed.edit.is_some() {
        return Ok(contact_page(
            &visit,
            StatusCode::OK,
            typed,
            FieldErrors::default(),
            Vec::new(),
        ));
    }
    let (commune, places) = find_commune(&visit, &mut typed).await?;
    let mut errors = typed.form().parse().err().unwrap_or_default();
    if commune.is_none() {
        errors.0.retain(|error| error.field != "commune_code");
        errors.add(
            "commune",
            match (typed.commune.trim(), places.is_empty()) {
                ("", _) => "required",
                (_, true) => "commune",
                (_, false) => "which_commune",
            },
        );
    }
    match commune {
        Some(commune) if errors.is_empty() => {
            review_page(&visit, StatusCode::OK, typed, &commune, None).await
        }
        _ => Ok(contact_page(
            &visit,
            StatusCode::UNPROCESSABLE_ENTITY,
            typed,
            errors,
            places,
        )),
    }
}

/// The commune that was chosen or typed; else those that may be meant.
async fn find_commune(
    visit: &Visit,
    typed: &mut Typed,
) -> Result<(Option<Commune>, Vec<Choice>), Fault> {
    let db = visit.site.store.reader();
    if !typed.commune_choice.is_empty() {
        typed.commune_code = std::mem::take(&mut typed.commune_choice);
        typed.commune.clear();
    }
    if !typed.commune_code.is_empty()
        && let Some(commune) = place_queries::by_code(db, &typed.commune_code).await?
        && (typed.commune.trim().is_empty() || typed.commune == commune.address())
    {
        typed.commune = commune.address();
        return Ok((Some(commune), Vec::new()));
    }
    typed.commune_code.clear();
    let places = choices(&visit.site, &typed.commune).await?;
    let [only] = places.as_slice() else {
        return Ok((None, places));
    };
    let commune = place_queries::by_code(db, &only.code).await?;
    if let Some(commune) = &commune {
        typed.commune_code.clone_from(&commune.code);
        typed.commune = commune.address();
    }
    Ok((commune, Vec::new()))
}

async fn review_page(
    visit: &Visit,
    status: StatusCode,
    mut typed: Typed,
    commune: &Commune,
    problem: Option<String>,
) -> Result<Response, Trouble> {
    let cart = cart_to(visit, Some(commune)).await?;
    if cart.order_lines().is_empty() {
        return Ok(visit.see_other(routes::CART));
    }
    if typed.key.is_empty() {
        typed.key = secret::new_key().to_string();
    }
    let total = Vnd(cart.items().0 + cart.shipping().unwrap_or_default().0);
    typed.seen_total = total.0.to_string();
    Ok(visit.page_with(
        status,
        || Head::private(t!("orders.review"), Area::Market),
        || view! { <Review typed cart total problem /> },
    ))
}

pub(super) async fn place(visit: Visit, Form(mut typed): Form<Typed>) -> Result<Response, Trouble> {
    let (commune, places) = find_commune(&visit, &mut typed).await?;
    let contact = match (typed.form().parse(), &commune) {
        (Ok(contact), Some(_)) => contact,
        (outcome, _) => {
            let mut errors = outcome.err().unwrap_or_default();
            if commune.is_none() {
                errors.add("commune", "commune");
            }
            return Ok(contact_page(
                &visit,
                StatusCode::UNPROCESSABLE_ENTITY,
                typed,
                errors,
                places,
            ));
        }
    };
    let Some(commune) = commune else {
        return Err(Trouble::NotFound);
    };
    let key: Uuid = typed.key.parse().unwrap_or_else(|_| secret::new_key());
    let lines = cart_to(&visit, None).await?.order_lines();
    let seen_total = typed.seen_total.parse().ok().map(Vnd);
    let checkout = &Checkout {
        key,
        lines,
        contact,
        seen_total,
        is_sample: false,
    };
    let cart_token = visit.cart.as_deref();
    let outcome = market::transact!(visit.site.store, &visit.actor, work => {
        let placed = payments::commands::check_out(work, checkout).await?;
        if let (true, Some(token)) = (placed.is_new, cart_token) {
            let (cart, _) = cart_commands::find_or_open(work, Some(token)).await?;
            let variants: Vec<_> = checkout.lines.iter().map(|(variant, _)| *variant).collect();
            cart_commands::remove(work, cart, &variants).await?;
        }
        Ok(placed)
    });
    match outcome {
        Ok(placed) => Ok(visit.see_other(&format!(
            "{}&moi=1",
            routes::order(&placed.code, &placed.token)
        ))),
        Err(Failure::Fault(fault)) => Err(fault.into()),
        // The second of two taps: the cart is empty because the first one made the order.
        Err(Failure::Refused(OrdersRefusal::Empty)) => again(&visit, key).await,
        Err(Failure::Refused(refusal)) => {
            let text = lang::speaking(visit.lang, || lang::refusal(&refusal));
            let status = if matches!(refusal.kind(), market::kernel::RefusalKind::Conflict) {
                StatusCode::CONFLICT
            } else {
                StatusCode::UNPROCESSABLE_ENTITY
            };
            review_page(&visit, status, typed, &commune, Some(text)).await
        }
    }
}

/// Shows the order that the same form has made before.
async fn again(visit: &Visit, key: Uuid) -> Result<Response, Trouble> {
    match market::orders::queries::by_key(visit.site.store.reader(), key).await? {
        Some((code, token)) => Ok(visit.see_other(&routes::order(&code, &token))),
        None => Ok(visit.see_other(routes::CART)),
    }
}

#[component]
fn ContactForm(typed: Typed, errors: FieldErrors, places: Vec<Choice>) -> impl IntoView {
    let labels = vec![
        ("name", t!("orders.name")),
        ("phone", t!("orders.phone")),
        ("commune", t!("orders.commune")),
        ("street", t!("orders.street")),
        ("note", t!("orders.note")),
        ("payment_method", t!("orders.pay")),
    ];
    let commune_error = errors.of("commune").map(lang::field);
    let invalid = commune_error.is_some();
    view! {
        <div class="narrow stack" data-gap="l">
            <ol class="steps"><li aria-current="step">{t!("orders.step_contact")}</li><li>{t!("orders.step_review")}</li><li>{t!("orders.step_done")}</li></ol>
            <h1>{t!("orders.checkout")}</h1>
            <ErrorSummary errors=errors.clone() labels />
            <form method="post" action=routes::CHECKOUT class="form" novalidate="">
                <input type="hidden" name="key" value=typed.key.clone() />
                <fieldset class="fieldset">
                    <legend>{t!("orders.contact")}</legend>
                    <Field name="name" label=t!("orders.name") value=typed.name errors=errors.clone() autocomplete="name" />
                    <Field name="phone" label=t!("orders.phone") value=typed.phone errors=errors.clone() kind="tel" inputmode="tel" autocomplete="tel" hint=t!("orders.phone_hint") />
                </fieldset>
                <fieldset class="fieldset">
                    <legend>{t!("orders.address")}</legend>
                    <div class="field">
                        <label class="field__label" for="commune">{t!("orders.commune")}</label>
                        <p class="field__hint" id="commune-hint">{t!("orders.commune_hint")}</p>
                        <CommunePicker
                            text=typed.commune
                            code=typed.commune_code
                            endpoint=routes::PLACES.to_owned()
                            formerly=t!("orders.formerly")
                            nothing=t!("orders.no_commune")
                            label=t!("orders.communes")
                            described_by="commune-hint commune-error".to_owned()
                            invalid
                        />
                        <ErrorOf name="commune" text=commune_error />
                        {(!places.is_empty()).then(|| view! { <PlaceChoices places /> })}
                    </div>
                    <Field name="street" label=t!("orders.street") value=typed.street errors=errors.clone() autocomplete="street-address" hint=t!("orders.street_hint") />
                </fieldset>
                <fieldset class="fieldset">
                    <legend>{t!("orders.pay")}</legend>
                    <label class="choice"><input type="radio" name="payment_method" value="cod" checked /><span class="choice__text"><span class="choice__name">{words::method(PaymentMethod::Cod)}</span><span class="choice__note">{t!("orders.cod_hint")}</span></span></label>
                </fieldset>
                <TextArea name="note" label=t!("orders.note") value=typed.note errors=errors.clone() hint=t!("orders.note_hint") />
                <div class="form__actions"><button type="submit" class="button" data-kind="primary" data-size="l">{t!("orders.to_review")}</button></div>
            </form>
        </div>
    }
}

/// Which of several communes is meant.
#[component]
fn PlaceChoices(places: Vec<Choice>) -> impl IntoView {
    view! {
        <fieldset class="fieldset">
            <legend>{t!("orders.which_commune")}</legend>
            <div class="choices" data-rows="">
            {places
                .into_iter()
                .map(|place| {
                    let former = (!place.former.is_empty()).then(|| t!("orders.formerly_named", name = place.former));
                    view! {
                        <label class="choice">
                            <input type="radio" name="commune_choice" value=place.code />
                            <span class="choice__text"><span class="choice__name">{place.name}</span>{former.map(|former| view! { <span class="choice__note">{former}</span> })}</span>
                        </label>
                    }
                })
                .collect_view()}
            </div>
        </fieldset>
    }
}

/// The summary before it counts.
#[component]
fn Review(typed: Typed, cart: Cart, total: Vnd, problem: Option<String>) -> impl IntoView {
    let hidden = hidden_fields(&typed);
    let for_edit = hidden_fields(&typed);
    let left_out: Vec<_> = cart
        .lines()
        .filter_map(|line| {
            line.problem
                .map(|problem| (line.name.clone(), line_problem(problem, &line.unit)))
        })
        .collect();
    view! {
        <div class="narrow stack" data-gap="l">
            <ol class="steps"><li>{t!("orders.step_contact")}</li><li aria-current="step">{t!("orders.step_review")}</li><li>{t!("orders.step_done")}</li></ol>
            <h1>{t!("orders.review")}</h1>
            {problem.map(|text| view! { <Notice tone=Tone::Error><p>{text}</p></Notice> })}
            {(!left_out.is_empty()).then(|| view! {
                <Notice tone=Tone::Warning>
                    <p>{t!("orders.left_out")}</p>
                    <ul>{left_out.into_iter().map(|(name, why)| view! { <li>{name}": "{why}</li> }).collect_view()}</ul>
                </Notice>
            })}
            {cart
                .parts
                .into_iter()
                .filter(|part| part.lines.iter().any(|line| line.problem.is_none()))
                .map(|part| view! {
                    <section class="panel">
                        <h2>{part.seller_name}</h2>
                        <p class="muted small">{part.commune_name}</p>
                        {part
                            .lines
                            .into_iter()
                            .filter(|line| line.problem.is_none())
                            .map(|line| {
                                let name = if line.variant_name.is_empty() { line.name } else { format!("{} · {}", line.name, line.variant_name) };
                                let note = format!("{} × {} / {}", line.quantity, line.price, catalog::words::unit(&line.unit, &line.unit_note));
                                view! { <LineOf name note href=None image=line.image_key total=line.line.to_string() /> }
                            })
                            .collect_view()}
                        <dl class="totals">
                            <div><dt>{t!("cart.items")}</dt><dd>{part.items.to_string()}</dd></div>
                            <div><dt>{t!("cart.shipping")}</dt><dd>{part.shipping.unwrap_or_default().to_string()}</dd></div>
                        </dl>
                    </section>
                })
                .collect_view()}
            <dl class="totals"><div class="totals__sum"><dt>{t!("cart.total")}</dt><dd>{total.to_string()}</dd></div></dl>
            <section class="review-block">
                <h2>{t!("orders.to")}</h2>
                <p>{typed.name}<br />{typed.phone}<br />{format!("{}, {}", typed.street, typed.commune)}</p>
                {(!typed.note.is_empty()).then(|| view! { <p class="muted">{typed.note}</p> })}
                <p>{words::method(PaymentMethod::Cod)}</p>
            </section>
            <section class="review-block">
                <h2>{t!("orders.terms")}</h2>
                <ul>
                    <li>{t!("orders.terms_confirm", hours = market::orders::commands::place::CONFIRM_WITHIN.whole_hours())}</li>
                    <li>{t!("orders.terms_delivery")}</li>
                    <li>{t!("orders.terms_claim")}</li>
                    <li>{t!("orders.terms_price")}</li>
                </ul>
            </section>
            <div class="stack">
                <form method="post" action=routes::CHECKOUT_PLACE>{hidden}<button type="submit" class="button" data-kind="primary" data-size="l" data-wide="">{t!("orders.place", total = total)}</button></form>
                <form method="post" action=routes::CHECKOUT>{for_edit}<button type="submit" name="edit" value="1" class="button" data-kind="quiet">{t!("orders.edit")}</button></form>
                <p><a href=routes::CART>{t!("orders.back_to_cart")}</a></p>
            </div>
        </div>
    }
}

/// All that was typed, carried on to the next step.
fn hidden_fields(typed: &Typed) -> impl IntoView + use<> {
    [
        ("name", &typed.name),
        ("phone", &typed.phone),
        ("commune", &typed.commune),
        ("commune_code", &typed.commune_code),
        ("street", &typed.street),
        ("note", &typed.note),
        ("payment_method", &typed.payment_method),
        ("key", &typed.key),
        ("seen_total", &typed.seen_total),
    ]
    .map(|(name, value)| view! { <input type="hidden" name=name value=value.clone() /> })
    .collect_view()
}
