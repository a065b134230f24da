//! Parts of orders that buyers and sellers see alike.
use leptos::prelude::*;
use market::kernel::Vnd;
use market::kernel::time::instant_text;
use market::orders::{
    Gift, HistoryEntry, Invoice, OrderLine, OrderMessage, OrderState, Party, PaymentOfPart,
    PaymentStatus, SellerOrder,
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
                    let note = match line.ordered {
                        Some(ordered) => t!("orders.packed_instead", note = note, ordered = ordered, unit = line.unit),
                        None => note,
                    };
                    let note = match line.parts_price {
                        Some(sum) => format!("{note} · {}", catalog::words::parts_price(sum)),
                        None => note,
                    };
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

/// What buyer and seller said to each other about a part, and a field to say more.
#[component]
pub fn Messages(
    /// The oldest first.
    messages: Vec<OrderMessage>,
    /// Whose page it is.
    own: Party,
    /// Of the part, in names on the page.
    id: String,
    /// Where the form goes.
    action: String,
    /// Name and value of what the form carries along.
    hidden: Vec<(&'static str, String)>,
    /// What was typed, where it was refused.
    typed: String,
    /// What is wrong with it.
    error: Option<String>,
) -> impl IntoView {
    let field = format!("message-{id}");
    let error_id = error.as_ref().map(|_| format!("{field}-error"));
    let waits = messages
        .iter()
        .any(|message| message.from != own && message.read_at.is_none());
    let is_open = waits || error.is_some() || !messages.is_empty();
    view! {
        <details class="disclosure" id=format!("nhan-{id}") open=is_open>
            <summary>{t!("orders.messages")}</summary>
            <div class="disclosure__body stack">
                {(!messages.is_empty()).then(|| view! {
                    <ol class="talk">
                        {messages
                            .into_iter()
                            .map(|message| {
                                let is_own = message.from == own;
                                let who = match (is_own, message.from) {
                                    (true, _) => t!("orders.message_own"),
                                    (false, Party::Seller) => t!("orders.message_seller"),
                                    (false, _) => t!("orders.message_buyer"),
                                };
                                let seen = (is_own && message.read_at.is_some()).then(|| t!("orders.message_seen"));
                                view! {
                                    <li class="talk__one" data-own=is_own.then_some("")>
                                        <p class="talk__who">{who}" · "{instant_text(message.at)}{seen.map(|seen| format!(" · {seen}"))}</p>
                                        <p class="talk__text">{message.text}</p>
                                    </li>
                                }
                            })
                            .collect_view()}
                    </ol>
                })}
                <form method="post" action=action class="stack" novalidate="">
                    {hidden.into_iter().map(|(name, value)| view! { <input type="hidden" name=name value=value /> }).collect_view()}
                    <div class="field">
                        <label class="field__label" for=field.clone()>{t!("orders.message")}</label>
                        <textarea class="input" id=field name="message" rows="2" maxlength="1000" aria-invalid=error.is_some().then_some("true") aria-describedby=error_id.clone()>{typed}</textarea>
                        {error.map(|text| view! { <p class="field__error" id=error_id><Icon name="alert" />{text}</p> })}
                    </div>
                    <button type="submit" class="button">{t!("orders.send_message")}</button>
                </form>
            </div>
        </details>
    }
}

/// Who gives an order, and what its invoice names.
#[component]
pub fn GiftAndInvoice(
    /// Where it is a gift.
    gift: Option<Gift>,
    /// Where a company wants one.
    invoice: Option<Invoice>,
) -> impl IntoView {
    view! {
        {gift.map(|gift| view! {
            <p>{t!("orders.gift_from", name = gift.buyer_name, phone = gift.buyer_phone)}</p>
            {(!gift.words.is_empty()).then(|| view! { <blockquote>{gift.words}</blockquote> })}
        })}
        {invoice.map(|invoice| view! {
            <p>{t!("orders.invoice_for", name = invoice.name, code = invoice.tax_code)}<br />{invoice.address}{invoice.email.map(|email| view! { <br />{email} })}</p>
        })}
    }
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
        let moved = payment.paid.map(|paid| payment.amount.0 - paid.0);
        let moved = match moved {
            Some(more) if more > 0 => Some(t!("orders.still_due", amount = Vnd(more))),
            Some(less) if less < 0 => Some(t!("orders.given_back", amount = Vnd(-less))),
            _ => None,
        };
        let hands =
            (payment.status == PaymentStatus::Pending).then(|| words::collector(payment.collector));
        view! {
            <p>
                {words::method(payment.method)}": "<strong>{words::payment(payment.status)}</strong>
                {hands.map(|hands| view! { <span>" · "{hands}</span> })}
                {moved.map(|text| view! { <br /><strong>{text}</strong> })}
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
