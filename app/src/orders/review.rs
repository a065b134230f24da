//! The summary before an order counts, and what has changed since the buyer saw it last.
use leptos::prelude::*;
use market::cart::{Cart, CartLine};
use market::catalog::Supply;
use market::kernel::{Quantity, VariantId, Vnd};
use market::orders::PaymentMethod;
use market::orders::commands::place::CONFIRM_WITHIN;
use market::orders::packing::WEIGHT_TOLERANCE;
use serde::{Deserialize, Serialize};

use super::contact::{Typed, hidden_fields};
use super::parts::LineOf;
use super::words;
use crate::cart::{delivered_together, line_name, line_problem};
use crate::catalog::words::{supply, unit};
use crate::routes;
use crate::ui::parts::{Notice, Tone};

/// A line as the buyer saw it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct SeenLine {
    variant: VariantId,
    name: String,
    quantity: Quantity,
    price: Vnd,
    supply: Supply,
}

/// The lines that would be ordered, as they travel in the form.
pub(super) fn seen(cart: &Cart) -> String {
    let lines: Vec<SeenLine> = can_be_ordered(cart)
        .map(|line| SeenLine {
            variant: line.variant,
            name: line_name(&line.name, &line.variant_name),
            quantity: line.quantity,
            price: line.price,
            supply: line.supply,
        })
        .collect();
    serde_json::to_string(&lines).unwrap_or_default()
}

fn can_be_ordered(cart: &Cart) -> impl Iterator<Item = &CartLine> {
    cart.lines().filter(|line| line.problem.is_none())
}

/// What is other than the buyer saw.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Change {
    /// Another price for one unit.
    Price { was: Vnd, now: Vnd },
    /// Another quantity, from another window.
    Quantity { was: Quantity, now: Quantity },
    /// Made or delivered in other days.
    Delivery(Supply),
    /// In the cart since.
    Added,
    /// In the cart, but no longer to be had as wanted.
    Problem(String),
    /// No longer in the cart.
    Gone,
}

/// Whether the buyer saw the lines of the cart as they are.
pub(super) fn saw_all(seen: &str, cart: &Cart) -> bool {
    serde_json::from_str::<Vec<SeenLine>>(seen).is_ok() && changes(seen, cart).is_empty()
}

/// All that is other than the buyer saw, line by line with the line's name; nothing where nothing was seen.
pub(super) fn changes(seen: &str, cart: &Cart) -> Vec<(String, Change)> {
    let Ok(seen) = serde_json::from_str::<Vec<SeenLine>>(seen) else {
        return Vec::new();
    };
    let mut changes = Vec::new();
    for was in &seen {
        let mut change = |change| changes.push((was.name.clone(), change));
        let Some(now) = cart.lines().find(|line| line.variant == was.variant) else {
            change(Change::Gone);
            continue;
        };
        if let Some(problem) = now.problem {
            change(Change::Problem(line_problem(problem, &now.unit)));
            continue;
        }
        if now.price != was.price {
            change(Change::Price {
                was: was.price,
                now: now.price,
            });
        }
        if now.supply != was.supply {
            change(Change::Delivery(now.supply));
        }
        if now.quantity != was.quantity {
            change(Change::Quantity {
                was: was.quantity,
                now: now.quantity,
            });
        }
    }
    let added =
        can_be_ordered(cart).filter(|line| seen.iter().all(|was| was.variant != line.variant));
    changes.extend(added.map(|line| (line_name(&line.name, &line.variant_name), Change::Added)));
    changes
}

fn change_text(change: &Change) -> String {
    match change {
        Change::Price { was, now } => t!("orders.change_price", was = was, now = now),
        Change::Quantity { was, now } => t!("orders.change_quantity", was = was, now = now),
        Change::Delivery(now) => supply(*now).unwrap_or_else(|| t!("orders.change_there_now")),
        Change::Added => t!("orders.change_added"),
        Change::Problem(problem) => t!("orders.change_problem", problem = problem),
        Change::Gone => t!("orders.change_gone"),
    }
}

/// The summary. `changes` are those since the buyer saw it last, `problem` is why it was not placed.
#[component]
pub(super) fn Review(
    typed: Typed,
    cart: Cart,
    total: Vnd,
    changes: Vec<(String, Change)>,
    problem: Option<String>,
) -> impl IntoView {
    let hidden = hidden_fields(&typed);
    let for_edit = hidden_fields(&typed);
    let is_told = |line: &CartLine| {
        let name = line_name(&line.name, &line.variant_name);
        changes.iter().any(|(changed, _)| *changed == name)
    };
    let left_out: Vec<_> = cart
        .lines()
        .filter(|line| !is_told(line))
        .filter_map(|line| {
            let problem = line_problem(line.problem?, &line.unit);
            Some((line_name(&line.name, &line.variant_name), problem))
        })
        .collect();
    view! {
        <div class="narrow stack" data-gap="l">
            <ol class="steps"><li>{t!("orders.step_contact")}</li><li aria-current="step">{t!("orders.step_review")}</li><li>{t!("orders.step_done")}</li></ol>
            <h1>{t!("orders.review")}</h1>
            {problem.map(|text| view! { <Notice tone=Tone::Error><p>{text}</p></Notice> })}
            {(!changes.is_empty()).then(|| view! {
                <Notice tone=Tone::Error>
                    <p>{t!("orders.changed")}</p>
                    <ul>{changes.iter().map(|(name, change)| view! { <li><strong>{name.clone()}</strong>": "{change_text(change)}</li> }).collect_view()}</ul>
                </Notice>
            })}
            {(!left_out.is_empty()).then(|| view! {
                <Notice tone=Tone::Warning>
                    <p>{t!("orders.left_out")}</p>
                    <ul>{left_out.into_iter().map(|(name, why)| view! { <li><strong>{name}</strong>": "{why}</li> }).collect_view()}</ul>
                </Notice>
            })}
            {cart
                .parts
                .into_iter()
                .filter(|part| part.lines.iter().any(|line| line.problem.is_none()))
                .map(|part| {
                    let together = delivered_together(&part);
                    view! {
                    <section class="panel">
                        <h2>{part.seller_name}</h2>
                        <p class="muted small">{part.commune_name}</p>
                        {part
                            .lines
                            .into_iter()
                            .filter(|line| line.problem.is_none())
                            .map(|line| {
                                let note = format!("{} × {} / {}", line.quantity, line.price, unit(&line.unit, &line.unit_note));
                                let promise = supply(line.supply);
                                view! { <LineOf name=line_name(&line.name, &line.variant_name) note promise href=None image=line.image_key total=line.line.to_string() /> }
                            })
                            .collect_view()}
                        {together}
                        <dl class="totals">
                            <div><dt>{t!("cart.items")}</dt><dd>{part.items.to_string()}</dd></div>
                            <div><dt>{t!("cart.shipping")}</dt><dd>{part.shipping.unwrap_or_default().to_string()}</dd></div>
                        </dl>
                    </section>
                }})
                .collect_view()}
            <dl class="totals"><div class="totals__sum"><dt>{t!("cart.total")}</dt><dd>{total.to_string()}</dd></div></dl>
            <section class="review-block">
                <h2>{t!("orders.to")}</h2>
                <p>{typed.name}<br />{typed.phone}<br />{format!("{}, {}", typed.street, typed.commune)}</p>
                {(!typed.note.is_empty()).then(|| view! { <p class="muted">{typed.note}</p> })}
                {(!typed.is_gift.is_empty()).then(|| view! {
                    <p>{t!("orders.gift_from", name = typed.buyer_name, phone = typed.buyer_phone)}</p>
                    {(!typed.gift_words.is_empty()).then(|| view! { <blockquote>{typed.gift_words}</blockquote> })}
                    <p class="muted small">{t!("orders.gift_no_prices")}</p>
                })}
                {(!typed.wants_invoice.is_empty()).then(|| view! { <p>{t!("orders.invoice_for", name = typed.invoice_name, code = typed.invoice_tax_code)}<br />{typed.invoice_address}</p> })}
                <p>{words::method(PaymentMethod::Cod)}</p>
            </section>
            <section class="review-block">
                <h2>{t!("orders.terms")}</h2>
                <ul>
                    <li>{t!("orders.terms_confirm", hours = CONFIRM_WITHIN.whole_hours())}</li>
                    <li>{t!("orders.terms_delivery")}</li>
                    <li>{t!("orders.terms_claim")}</li>
                    <li>{t!("orders.terms_price")}</li>
                    <li>{t!("orders.terms_weight", percent = WEIGHT_TOLERANCE)}</li>
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

#[cfg(test)]
mod tests {
    use market::cart::{CartPart, LineProblem};
    use market::kernel::SellerId;

    use super::*;

    fn line(number: u128, quantity: i64, price: i64) -> CartLine {
        CartLine {
            variant: VariantId(uuid::Uuid::from_u128(number)),
            slug: String::new(),
            name: format!("Món {number}"),
            variant_name: String::new(),
            unit: "kg".to_owned(),
            unit_note: String::new(),
            price: Vnd(price),
            was: None,
            quantity: Quantity::from_thousandths(quantity * 1000),
            minimum: Quantity::ONE,
            step: Quantity::ONE,
            available: Quantity::MAX,
            line: Vnd(quantity * price),
            ship_grams: 0,
            image_key: None,
            supply: Supply::Stock,
            promise: None,
            problem: None,
            parts: Vec::new(),
        }
    }

    fn cart(lines: Vec<CartLine>) -> Cart {
        Cart {
            parts: vec![CartPart {
                seller: SellerId(uuid::Uuid::nil()),
                harvest: None,
                seller_slug: String::new(),
                seller_name: String::new(),
                commune_name: String::new(),
                lines,
                items: Vnd::ZERO,
                shipping: None,
            }],
            saved: Vec::new(),
        }
    }

    #[test]
    fn every_change_since_it_was_seen_is_told() {
        let before = cart((1..=5).map(|number| line(number, 2, 1000)).collect());
        let seen = seen(&before);
        assert_eq!(changes(&seen, &before), []);
        assert_eq!(changes("", &before), []);
        let mut now = vec![
            line(1, 2, 1200),
            line(2, 3, 1000),
            line(3, 2, 1000),
            line(5, 2, 1000),
            line(6, 1, 500),
        ];
        now[2].problem = Some(LineProblem::SoldOut);
        let named = |number: u32, change| (format!("Món {number}"), change);
        let kg = |kg: i64| Quantity::from_thousandths(kg * 1000);
        assert_eq!(
            changes(&seen, &cart(now)),
            [
                named(
                    1,
                    Change::Price {
                        was: Vnd(1000),
                        now: Vnd(1200)
                    }
                ),
                named(
                    2,
                    Change::Quantity {
                        was: kg(2),
                        now: kg(3)
                    }
                ),
                named(3, Change::Problem(line_problem(LineProblem::SoldOut, "kg"))),
                named(4, Change::Gone),
                named(6, Change::Added),
            ]
        );
    }
}
