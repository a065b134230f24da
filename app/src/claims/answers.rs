//! The forms with which a seller answers a claim: those that the table of steps allows now.
use leptos::prelude::*;
use market::claims::{Claim, ClaimEvent, ClaimForm, ClaimState, ReturnedGoods, Side};
use market::kernel::{FieldErrors, Vnd};

use super::parts::LineField;
use super::words;
use crate::cart::line_name;
use crate::routes;
use crate::ui::form::{ErrorSummary, Field};
use crate::ui::lang;
use crate::ui::shell::Icon;

/// All that the seller may do now.
#[component]
pub(super) fn Answers<'c>(
    claim: &'c Claim,
    /// Which form was refused, by its path.
    step: String,
    typed: ClaimForm,
    errors: FieldErrors,
) -> impl IntoView + use<> {
    let may = |event| claim.may(event, Side::Seller);
    let base = routes::seller_claim(claim.id);
    let of = |path: &str| {
        let is_refused = step == path;
        let errors = errors.clone();
        (
            if is_refused {
                typed.clone()
            } else {
                ClaimForm::default()
            },
            if is_refused {
                errors
            } else {
                FieldErrors::default()
            },
        )
    };
    let labels = vec![
        ("amount", t!("claims.amount")),
        ("shipping", t!("claims.amount_shipping")),
        ("text", t!("claims.why")),
        ("goods", t!("claims.what_became")),
        ("note", t!("claims.how_given")),
    ];
    let summary = errors.clone();
    let pay = may(ClaimEvent::Grant).then(|| {
        let (typed, errors) = of("tra-tien");
        view! { <Pay claim action=format!("{base}/tra-tien") typed errors /> }
    });
    let receive = may(ClaimEvent::Receive).then(|| {
        let (typed, errors) = of("da-nhan");
        view! { <Receive claim action=format!("{base}/da-nhan") typed errors /> }
    });
    let owed = (claim.refund.owed > Vnd::ZERO).then(|| {
        let (typed, errors) = of("da-tra");
        let amount = claim.refund.owed;
        view! {
            <form class="panel stack" method="post" action=format!("{base}/da-tra") novalidate="">
                <h2>{t!("claims.give_back", amount = amount)}</h2>
                <Field name="note" label=t!("claims.how_given") value=typed.get("note").to_owned() errors hint=t!("claims.how_given_hint") required=false />
                <button type="submit" class="button" data-kind="primary"><Icon name="money" />{t!("claims.given")}</button>
            </form>
        }
    });
    let words_forms = [
        (
            may(ClaimEvent::TakeBack) && !claim.is_fresh,
            "nhan-lai",
            t!("claims.take_back"),
            t!("claims.take_back_lead"),
        ),
        (
            may(ClaimEvent::Answer),
            "noi",
            t!("claims.say"),
            t!("claims.say_lead"),
        ),
        (
            may(ClaimEvent::Dispute),
            "khong-dung",
            t!("claims.contest"),
            t!("claims.contest_lead"),
        ),
        (
            may(ClaimEvent::Refuse),
            "tu-choi",
            t!("claims.refuse"),
            t!("claims.refuse_lead"),
        ),
    ]
    .into_iter()
    .filter(|(is_allowed, ..)| *is_allowed)
    .map(|(_, path, title, lead)| {
        let (form, errors) = of(path);
        let is_open = step == path || (path == "noi" && claim.state == ClaimState::Disputed);
        let action = format!("{base}/{path}");
        view! { <WordsForm path title lead action typed=form errors is_open /> }
    })
    .collect_view();
    view! {
        <ErrorSummary errors=summary labels />
        {owed}
        {pay}
        {receive}
        {words_forms}
    }
}

/// How much is given back: all of it settles the claim, less is an offer.
#[component]
fn Pay<'c>(
    claim: &'c Claim,
    action: String,
    typed: ClaimForm,
    errors: FieldErrors,
) -> impl IntoView + use<> {
    let is_typed = !typed.pairs.is_empty();
    let is_disputed = claim.state == ClaimState::Disputed;
    let fields = claim
        .lines
        .iter()
        .map(|line| {
            let name = format!("amount-{}", line.line);
            let label = line_name(&line.name, &line.variant_name);
            let value = if is_typed { typed.get(&name).to_owned() } else { line.asked.0.to_string() };
            let hint = t!("claims.asked_for", amount = line.asked);
            view! { <LineField name label value inputmode="numeric" hint suffix="₫" errors=errors.clone() /> }
        })
        .collect_view();
    let shipping = (claim.shipping > Vnd::ZERO).then(|| {
        let value = typed.get("shipping").to_owned();
        let hint = t!("claims.amount_shipping_hint", amount = claim.shipping);
        view! { <LineField name="shipping".to_owned() label=t!("claims.amount_shipping") value inputmode="numeric" hint suffix="₫" errors=errors.clone() /> }
    });
    let lead = if is_disputed {
        t!("claims.pay_all_lead")
    } else {
        t!("claims.pay_lead")
    };
    view! {
        <form class="panel stack" method="post" action=action novalidate="">
            <h2>{t!("claims.pay")}</h2>
            <p class="muted">{lead}</p>
            {fields}
            {shipping}
            <LineField name="text".to_owned() label=t!("claims.pay_words") value=typed.get("text").to_owned() inputmode="text" errors=errors.clone() />
            <button type="submit" class="button" data-kind="primary"><Icon name="money" />{t!("claims.pay_send")}</button>
        </form>
    }
}

/// What became of each line that came back.
#[component]
fn Receive<'c>(
    claim: &'c Claim,
    action: String,
    typed: ClaimForm,
    errors: FieldErrors,
) -> impl IntoView + use<> {
    let fields = claim
        .lines
        .iter()
        .map(|line| {
            let name = format!("goods-{}", line.line);
            let chosen = ReturnedGoods::parse(typed.get(&name));
            let error = errors.of(&name).map(lang::field);
            let label = format!("{}: {} {}", line_name(&line.name, &line.variant_name), line.quantity, line.unit);
            let choices = ReturnedGoods::ALL
                .map(|goods| view! { <label class="choice"><input type="radio" name=name.clone() value=goods.as_str() checked={chosen == Some(goods)} required /><span class="choice__text"><span class="choice__name">{words::goods(goods)}</span></span></label> })
                .collect_view();
            view! {
                <fieldset class="stack" id=name.clone()>
                    <legend class="field__label">{label}</legend>
                    <div class="choices" data-rows="">{choices}</div>
                    {error.map(|text| view! { <p class="field__error"><Icon name="alert" />{text}</p> })}
                </fieldset>
            }
        })
        .collect_view();
    view! {
        <form class="panel stack" method="post" action=action novalidate="">
            <h2>{t!("claims.receive")}</h2>
            <p class="muted">{t!("claims.receive_lead")}</p>
            {fields}
            <button type="submit" class="button" data-kind="primary"><Icon name="check" />{t!("claims.receive_send")}</button>
        </form>
    }
}

/// A step that says why.
#[component]
fn WordsForm(
    path: &'static str,
    title: String,
    lead: String,
    action: String,
    typed: ClaimForm,
    errors: FieldErrors,
    is_open: bool,
) -> impl IntoView {
    // Several such forms stand on a page: ids by their path, the name is the same.
    let id = format!("text-{path}");
    let error = errors.of("text").map(lang::field);
    let error_id = error.as_ref().map(|_| format!("{id}-error"));
    let kind = (path == "tu-choi").then_some("danger");
    view! {
        <details class="disclosure" data-kind=kind open=is_open>
            <summary>{title.clone()}</summary>
            <form class="disclosure__body stack" method="post" action=action novalidate="">
                <p>{lead}</p>
                <div class="field">
                    <label class="field__label" for=id.clone()>{t!("claims.why")}</label>
                    <textarea class="input" id=id name="text" rows="3" maxlength="1000" aria-invalid=error.is_some().then_some("true") aria-describedby=error_id.clone()>{typed.get("text").to_owned()}</textarea>
                    {error.map(|text| view! { <p class="field__error" id=error_id><Icon name="alert" />{text}</p> })}
                </div>
                <button type="submit" class="button" data-kind=kind>{title}</button>
            </form>
        </details>
    }
}
