//! Parts of orders that buyers and sellers see alike.
use leptos::prelude::*;
use market::kernel::time::instant_text;
use market::orders::{HistoryEntry, OrderLine, OrderState, PaymentOfPart, PaymentStatus, SellerOrder};

use super::words;
use crate::catalog;
use crate::routes;

/// Where a part is, as a coloured word.
#[component]
pub fn State(
    /// Which state.
    state: OrderState,
) -> impl IntoView {
    view! { <span class="order-state" data-state=state.as_str()>{words::state(state)}</span> }
}

/// The lines of a part as they were sold.
#[component]
pub fn Lines(
    /// In order.
    lines: Vec<OrderLine>,
) -> impl IntoView {
    view! {
        <ul class="order-lines">
            {lines
                .into_iter()
                .map(|line| {
                    let name = if line.variant_name.is_empty() { line.name } else { format!("{} · {}", line.name, line.variant_name) };
                    view! {
                        <li class="order-line">
                            <a href=routes::product(&line.slug)>{name}</a>
                            <span>{line.quantity.to_string()}" × "{line.price.to_string()}" / "{catalog::words::unit(&line.unit, &line.unit_note)}</span>
                            <strong>{line.line.to_string()}</strong>
                        </li>
                    }
                })
                .collect_view()}
        </ul>
    }
}

/// Goods, delivery and total of a part.
#[component]
pub fn Sums(
    /// The part.
    part: SellerOrder,
) -> impl IntoView {
    view! {
        <dl class="sums">
            <div><dt>{t!("cart.items")}</dt><dd>{part.items.to_string()}</dd></div>
            <div><dt>{t!("cart.shipping")}</dt><dd>{part.shipping.to_string()}</dd></div>
            <div class="sums-total"><dt>{t!("cart.total")}</dt><dd>{part.total.to_string()}</dd></div>
        </dl>
    }
}

/// How it is paid, where the money is, whose hands it comes into.
#[component]
pub fn Payment(
    /// The part's payment.
    payment: Option<PaymentOfPart>,
) -> impl IntoView {
    payment.map(|payment| {
        let hands = (payment.status == PaymentStatus::Pending).then(|| words::collector(payment.collector));
        view! {
            <p class="order-payment" data-state=payment.status.as_str()>
                {words::method(payment.method)}": "<strong>{words::payment(payment.status)}</strong>
                {hands.map(|hands| view! { <span>" · "{hands}</span> })}
            </p>
        }
    })
}

/// What happened, oldest first.
#[component]
pub fn History(
    /// Oldest first.
    entries: Vec<HistoryEntry>,
) -> impl IntoView {
    view! {
        <ol class="timeline">
            {entries
                .into_iter()
                .map(|entry| {
                    view! {
                        <li data-state=entry.to.as_str()>
                            <strong>{words::state(entry.to)}</strong>
                            <span>{instant_text(entry.at)}" · "{words::actor(&entry.actor_kind)}</span>
                            {(!entry.reason.is_empty()).then(|| view! { <p>{entry.reason}</p> })}
                        </li>
                    }
                })
                .collect_view()}
        </ol>
    }
}
