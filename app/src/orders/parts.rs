//! Parts of orders that buyers and sellers see alike.
use leptos::prelude::*;
use market::kernel::time::instant_text;
use market::orders::{
    HistoryEntry, OrderLine, OrderState, PaymentOfPart, PaymentStatus, SellerOrder,
};

use super::words;
use crate::cart::line_name;
use crate::catalog;
use crate::routes;
use crate::ui::shell::Icon;

/// Where a part is, as a coloured word.
#[component]
pub fn State(
    /// Which state.
    state: OrderState,
) -> impl IntoView {
    view! { <span class="state" data-state=state.as_str()>{words::state(state)}</span> }
}

/// The lines of a part as they were sold.
#[component]
pub fn Lines(
    /// In order.
    lines: Vec<OrderLine>,
) -> impl IntoView {
    view! {
        <div>
            {lines
                .into_iter()
                .map(|line| {
                    let name = line_name(&line.name, &line.variant_name);
                    let note = format!("{} × {} / {}", line.quantity, line.price, catalog::words::unit(&line.unit, &line.unit_note));
                    let lots = line
                        .lots
                        .iter()
                        .map(|lot| (lot.code.to_string(), routes::trace(&lot.code), lot.is_recalled))
                        .collect();
                    let promise = line.promise.map(words::promise);
                    view! {
                        <LineOf name note promise href=Some(routes::product(&line.slug)) image=line.image_key total=line.line.to_string() />
                        <LotsOf lots />
                    }
                })
                .collect_view()}
        </div>
    }
}

/// Which lots a line comes from, each with the page that tells its way.
#[component]
fn LotsOf(
    /// Code, page, and whether it was recalled.
    lots: Vec<(String, String, bool)>,
) -> impl IntoView {
    (!lots.is_empty()).then(|| {
        let links = lots
            .into_iter()
            .map(|(code, href, is_recalled)| {
                view! {
                    <a class="line-lots__lot" href=href>{t!("trace.lot", code = code)}</a>
                    {is_recalled.then(|| view! { <span class="state" data-state="cancelled">{t!("trace.state_recalled")}</span> })}
                }
            })
            .collect_view();
        view! { <p class="line-lots">{links}</p> }
    })
}

/// One line of goods, small.
#[component]
pub fn LineOf(
    /// What it is.
    name: String,
    /// How much at what price.
    note: String,
    /// When it is made or delivered, of what was not there.
    promise: Option<String>,
    /// Its page, where there is one.
    href: Option<String>,
    /// Key of the smallest picture.
    image: Option<String>,
    /// What it comes to.
    total: String,
) -> impl IntoView {
    view! {
        <article class="order-line" data-size="s">
            {match image {
                Some(key) => view! { <img class="order-line__photo" src=routes::media(&key) alt="" width="56" height="56" loading="lazy" /> }.into_any(),
                None => view! { <span class="order-line__photo"></span> }.into_any(),
            }}
            <div>
                <p class="order-line__name">{match href { Some(href) => view! { <a href=href>{name}</a> }.into_any(), None => name.into_any() }}</p>
                <p class="order-line__note">{note}</p>
                {promise.map(|text| view! { <p class="order-line__note dated"><Icon name="clock" />{text}</p> })}
            </div>
            <p class="order-line__total">{total}</p>
        </article>
    }
}

/// Goods, delivery and total of a part.
#[component]
pub fn Sums(
    /// The part.
    part: SellerOrder,
) -> impl IntoView {
    view! {
        <dl class="totals">
            <div><dt>{t!("cart.items")}</dt><dd>{part.items.to_string()}</dd></div>
            <div><dt>{t!("cart.shipping")}</dt><dd>{part.shipping.to_string()}</dd></div>
            <div class="totals__sum"><dt>{t!("cart.total")}</dt><dd>{part.total.to_string()}</dd></div>
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
        let hands =
            (payment.status == PaymentStatus::Pending).then(|| words::collector(payment.collector));
        view! {
            <p>
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
                        <li data-state=if matches!(entry.to, OrderState::Cancelled | OrderState::Returned) { "bad" } else { "done" }>
                            <span class="timeline__what">{words::state(entry.to)}</span>
                            <span class="timeline__when">{instant_text(entry.at)}" · "{words::actor(&entry.actor_kind)}</span>
                            {(!entry.reason.is_empty()).then(|| view! { <p>{entry.reason}</p> })}
                        </li>
                    }
                })
                .collect_view()}
        </ol>
    }
}
