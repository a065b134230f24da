//! Something else instead of what ran out: the seller's offer and the buyer's answer.
use leptos::prelude::*;
use market::catalog::{ListedProduct, Supply};
use market::kernel::{FieldErrors, OrderCode, SellerOrderId};
use market::orders::{OrderLine, Substitute, SubstituteForm, SubstituteState};

use crate::cart::line_name;
use crate::routes;
use crate::ui::form::{Field, Select};
use crate::ui::parts::{Notice, Tone};

/// What waits for the buyer's answer.
#[component]
pub(super) fn Offers(
    offers: Vec<Substitute>,
    part: SellerOrderId,
    code: OrderCode,
    token: String,
    /// Nothing is exchanged once it is packed.
    is_open: bool,
) -> impl IntoView {
    offers
        .into_iter()
        .filter(|offer| is_open && offer.state == SubstituteState::Offered)
        .map(|offer| {
            let goods = format!("{} {} {}", offer.quantity, offer.unit, offer.name);
            let action = format!("{}/{code}/thay-the", routes::FOLLOW);
            let token = token.clone();
            let button = move |answer: &'static str, words: String, kind: Option<&'static str>| {
                view! {
                    <form method="post" action=action.clone()>
                        <input type="hidden" name="token" value=token.clone() />
                        <input type="hidden" name="part" value=part.to_string() />
                        <input type="hidden" name="offer" value=offer.id.to_string() />
                        <button type="submit" name="answer" value=answer class="button" data-kind=kind>{words}</button>
                    </form>
                }
            };
            let take = button("taken", t!("orders.substitute_take"), Some("primary"));
            let decline = button("declined", t!("orders.substitute_decline"), None);
            view! {
                <Notice tone=Tone::Warning>
                    <p><strong>{t!("orders.substitute_offer", instead_of = offer.instead_of, goods = goods)}</strong></p>
                    <p>{t!("orders.substitute_cost", was = offer.instead_of_cost, now = offer.cost)}</p>
                    {(!offer.words.is_empty()).then(|| view! { <p>{offer.words}</p> })}
                    <div class="cluster">{take}{decline}</div>
                </Notice>
            }
        })
        .collect_view()
}

/// What was offered, and what the buyer said, for the seller.
pub(crate) fn offered(offers: Vec<Substitute>) -> Option<impl IntoView> {
    let items = offers
        .into_iter()
        .map(|offer| {
            let goods = format!("{} {} {}", offer.quantity, offer.unit, offer.name);
            let state = match offer.state {
                SubstituteState::Offered => t!("orders.substitute_waits"),
                SubstituteState::Taken => t!("orders.substitute_taken"),
                SubstituteState::Declined => t!("orders.substitute_declined"),
                SubstituteState::Withdrawn => t!("orders.substitute_withdrawn"),
            };
            view! { <li>{t!("orders.substitute_line", instead_of = offer.instead_of, goods = goods, cost = offer.cost)}" · "<strong>{state}</strong></li> }
        })
        .collect_view();
    (!items.is_empty()).then(|| view! { <ul class="stack">{items}</ul> })
}

/// Offers something else instead of a line.
#[component]
pub(crate) fn OfferForm(
    /// Those of the part.
    lines: Vec<OrderLine>,
    /// What the shop has.
    goods: Vec<ListedProduct>,
    action: String,
    typed: SubstituteForm,
    errors: FieldErrors,
) -> impl IntoView {
    let of_lines: Vec<(String, String)> = lines
        .iter()
        .filter(|line| {
            line.quantity.thousandths() > 0
                && line.promise.is_none_or(|promise| promise.harvest.is_none())
        })
        .map(|line| {
            let name = line_name(&line.name, &line.variant_name);
            (
                line.id.to_string(),
                format!("{name}: {} {}", line.quantity, line.unit),
            )
        })
        .collect();
    let of_goods: Vec<(String, String)> = goods
        .into_iter()
        .filter(|product| product.status.is_shown())
        .flat_map(|product| {
            let name = product.name;
            product
                .variants
                .into_iter()
                .map(move |variant| (line_name(&name, &variant.name), variant))
        })
        .filter(|(_, variant)| {
            variant.supply == Supply::Stock && variant.available.thousandths() > 0
        })
        .filter(|(_, variant)| lines.iter().all(|line| line.variant != variant.id))
        .filter_map(|(name, variant)| {
            let price = variant.price?;
            let words = t!(
                "orders.substitute_choice",
                name = name,
                price = price,
                unit = variant.unit,
                left = variant.available
            );
            Some((variant.id.to_string(), words))
        })
        .collect();
    let is_open = !errors.is_empty();
    (is_open || !of_lines.is_empty() && !of_goods.is_empty()).then(|| {
        view! {
            <details class="disclosure" open=is_open>
                <summary>{t!("orders.substitute_begin")}</summary>
                <form class="disclosure__body stack" method="post" action=action novalidate="">
                    <p class="muted">{t!("orders.substitute_lead")}</p>
                    <Select name="line" label=t!("orders.substitute_instead") value=typed.line options=of_lines errors=errors.clone() placeholder=t!("orders.substitute_choose") />
                    <Select name="variant" label=t!("orders.substitute_what") value=typed.variant options=of_goods errors=errors.clone() placeholder=t!("orders.substitute_choose") />
                    <Field name="quantity" label=t!("orders.substitute_quantity") value=typed.quantity errors=errors.clone() inputmode="decimal" />
                    <Field name="words" label=t!("orders.substitute_words") value=typed.words errors required=false />
                    <button type="submit" class="button">{t!("orders.substitute_send")}</button>
                </form>
            </details>
        }
    })
}
