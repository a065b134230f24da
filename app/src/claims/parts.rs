//! Parts of claims that buyer, seller and officer see alike.
use leptos::prelude::*;
use market::claims::{Claim, ClaimHappened, ListedClaim, RefundSums};
use market::kernel::time::instant_text;
use market::kernel::{FieldErrors, PaperId, Vnd};

use super::words;
use crate::cart::line_name;
use crate::orders::words as order_words;
use crate::ui::lang;
use crate::ui::shell::Icon;

/// Where a claim stands, as a coloured word.
#[component]
pub(super) fn State(state: market::claims::ClaimState) -> impl IntoView {
    view! { <span class="state" data-state=words::tone(state)>{words::state(state)}</span> }
}

/// Photographs, each opening large.
#[component]
pub(crate) fn Photos(
    /// In order.
    photos: Vec<PaperId>,
    /// The address of each.
    href: Box<dyn Fn(PaperId) -> String>,
) -> impl IntoView {
    (!photos.is_empty()).then(|| {
        let count = photos.len();
        let items = photos
            .into_iter()
            .enumerate()
            .map(|(index, photo)| {
                let words = t!("claims.photo_of", number = index + 1, count = count);
                view! { <li><a href=href(photo) target="_blank"><img src=href(photo) alt=words loading="lazy" /></a></li> }
            })
            .collect_view();
        view! { <ul class="claim-photos">{items}</ul> }
    })
}

/// What the claim is about, what is asked, what was said, and where the money is.
#[component]
pub(super) fn About<'c>(
    claim: &'c Claim,
    href: Box<dyn Fn(PaperId) -> String>,
) -> impl IntoView + use<> {
    let lines = claim
        .lines
        .iter()
        .map(|line| {
            let name = line_name(&line.name, &line.variant_name);
            let offered = line.offered.map(|amount| t!("claims.offered_of_line", amount = amount));
            view! {
                <div>
                    <dt>{name}<br /><span class="muted small">{format!("{} {}", line.quantity, line.unit)}</span></dt>
                    <dd>
                        {line.asked.to_string()}
                        {offered.map(|text| view! { <br /><strong>{text}</strong> })}
                        {line.goods.map(|goods| view! { <br /><span class="muted small">{words::goods(goods)}</span> })}
                    </dd>
                </div>
            }
        })
        .collect_view();
    let shipping = (claim.offered_shipping > Vnd::ZERO).then(|| {
        view! { <div><dt>{t!("cart.shipping")}</dt><dd><strong>{t!("claims.offered_of_line", amount = claim.offered_shipping)}</strong></dd></div> }
    });
    let paragraphs = claim
        .text
        .lines()
        .map(|line| view! { <p>{line.to_owned()}</p> })
        .collect_view();
    view! {
        <section class="panel stack">
            <h2>{words::reason(claim.reason)}</h2>
            <p class="muted">{words::wish(claim.wish)}</p>
            {paragraphs}
            <Photos photos=claim.photos.clone() href />
            <dl class="totals">
                {lines}
                {shipping}
                <div class="totals__sum"><dt>{t!("claims.asked")}</dt><dd>{claim.asked().to_string()}</dd></div>
            </dl>
            {claim.is_fresh.then(|| view! { <p class="muted small">{t!("claims.fresh_stays")}</p> })}
        </section>
        <Money refund=claim.refund />
        <section class="stack"><h2>{t!("claims.history")}</h2><History entries=claim.history.clone() /></section>
    }
}

/// Where the money of a claim is.
#[component]
fn Money(refund: RefundSums) -> impl IntoView {
    let mut said = Vec::new();
    if refund.owed > Vnd::ZERO {
        let until = refund.due_at.map(instant_text).unwrap_or_default();
        said.push(t!("claims.money_owed", amount = refund.owed, until = until));
    }
    if refund.given_back > Vnd::ZERO {
        said.push(t!("claims.money_given", amount = refund.given_back));
    }
    if refund.taken_off > Vnd::ZERO {
        said.push(t!("claims.money_taken_off", amount = refund.taken_off));
    }
    (!said.is_empty()).then(|| {
        let lines = said
            .into_iter()
            .map(|text| view! { <p><strong>{text}</strong></p> })
            .collect_view();
        view! { <div class="panel">{lines}</div> }
    })
}

/// What happened, oldest first.
#[component]
fn History(entries: Vec<ClaimHappened>) -> impl IntoView {
    let items = entries
        .into_iter()
        .map(|entry| {
            let amount = entry.amount.map(|amount| format!(" · {amount}"));
            let who = order_words::actor(&entry.actor_kind);
            view! {
                <li data-state="done">
                    <span class="timeline__what">{words::event(entry.event)}{amount}</span>
                    <span class="timeline__when">{instant_text(entry.at)}" · "{who}</span>
                    {(!entry.text.is_empty()).then(|| view! { <p>{entry.text}</p> })}
                </li>
            }
        })
        .collect_view();
    view! { <ol class="timeline">{items}</ol> }
}

/// A claim in a list, with the way to it.
#[component]
pub(super) fn Card(
    claim: ListedClaim,
    href: String,
    /// Who sold, where the list holds claims of several shops.
    #[prop(optional)]
    names_shop: bool,
) -> impl IntoView {
    let due = claim
        .due_at
        .filter(|_| claim.state.is_open())
        .map(|at| t!("claims.until", at = instant_text(at)));
    let owed = (claim.owed > Vnd::ZERO).then(|| t!("claims.owed", amount = claim.owed));
    view! {
        <li>
            <article class="order-card">
                <div class="order-card__top"><a href=href>{claim.order.to_string()}" · "{words::reason(claim.reason)}</a><State state=claim.state /></div>
                <p>{claim.names}</p>
                {names_shop.then(|| view! { <p class="order-card__who">{claim.seller_name.clone()}</p> })}
                {due.map(|text| view! { <p class="order-card__who">{text}</p> })}
                {owed.map(|text| view! { <p><strong>{text}</strong></p> })}
                <p class="order-card__sum">{claim.asked.to_string()}</p>
            </article>
        </li>
    }
}

/// A field of a line of the order, named after it.
#[component]
pub(super) fn LineField(
    name: String,
    label: String,
    value: String,
    inputmode: &'static str,
    #[prop(optional, into)] hint: String,
    #[prop(optional, into)] suffix: String,
    errors: FieldErrors,
) -> impl IntoView {
    let error = errors.of(&name).map(lang::field);
    let error_id = error.as_ref().map(|_| format!("{name}-error"));
    let wrapper = if suffix.is_empty() { "" } else { "with-unit" };
    view! {
        <div class="field">
            <label class="field__label" for=name.clone()>{label}</label>
            {(!hint.is_empty()).then(|| view! { <p class="field__hint">{hint}</p> })}
            <div class=wrapper>
                <input class="input" id=name.clone() name=name value=value inputmode=inputmode autocomplete="off" aria-invalid=error.is_some().then_some("true") aria-describedby=error_id.clone() />
                {(!suffix.is_empty()).then(|| view! { <span class="with-unit__unit">{suffix}</span> })}
            </div>
            {error.map(|text| view! { <p class="field__error" id=error_id><Icon name="alert" />{text}</p> })}
        </div>
    }
}
