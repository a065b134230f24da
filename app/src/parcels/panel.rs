//! The parcel on the seller's page of an order.
use leptos::prelude::*;
use market::kernel::time::day_text;
use market::kernel::{FieldErrors, SellerOrderId};
use market::parcels::{Booking, BookingState, Parcel, ParcelEvent, ParcelForm, ParcelState, Quote};

use super::parts::{ParcelStateOf, ParcelWay, carried};
use super::words;
use crate::routes;
use crate::ui::form::Field;
use crate::ui::lang;
use crate::ui::parts::{Notice, Tone};
use crate::ui::shell::Icon;

/// What was typed about a parcel where it was refused, or what was asked.
#[derive(Clone, Default)]
pub struct TypedParcel {
    /// What it weighs and who carries it.
    pub details: Option<ParcelForm>,
    /// Which step, with why.
    pub step: Option<(ParcelEvent, String)>,
    /// What the carrier would take.
    pub quote: Option<Quote>,
    /// What is wrong with what was typed.
    pub errors: FieldErrors,
}

/// A part's parcel: label, weight, who carries it, what happens to it.
#[component]
pub fn ParcelPanel(
    /// Which parcel.
    parcel: Parcel,
    /// What was typed.
    typed: TypedParcel,
    /// The carrier whose program can be asked, where there is one.
    carrier: Option<&'static str>,
) -> impl IntoView {
    let base = format!("{}/kien-hang", routes::seller_order(parcel.part));
    let holds = parcel
        .booking
        .as_ref()
        .is_some_and(|booking| booking.state.holds());
    let is_home = parcel.state == ParcelState::Made;
    let may_be_booked = parcel.may_be_booked();
    let facts = [
        parcel.weight(),
        t!("parcels.boxes_of", count = parcel.boxes),
        words::cod(parcel.cod),
    ]
    .join(" · ");
    let unread = parcel.unread.clone();
    view! {
        <section class="panel stack" id="kien-hang" aria-labelledby="kien-hang-ten">
            <h2 id="kien-hang-ten">{t!("parcels.parcel", code = parcel.code.clone())}</h2>
            <p class="cluster"><ParcelStateOf state=parcel.state /><span>{facts}</span></p>
            {carried(&parcel.carrier, &parcel.tracking_code).map(|text| view! { <p>{text}</p> })}
            {unread.into_iter().map(|notice| view! {
                <Notice tone=Tone::Warning>
                    <p>{words::told(&notice.status, notice.at)}</p>
                    {(!notice.reason.is_empty()).then(|| view! { <p>{notice.reason}</p> })}
                </Notice>
            }).collect_view()}
            {(!parcel.state.is_over()).then(|| view! {
                <p class="cluster">
                    <a class="button" href=routes::parcel_labels(parcel.id, "a6") target="_blank"><Icon name="print" />{t!("parcels.label")}</a>
                    <a class="button" data-kind="quiet" href=routes::SELLER_PARCELS><Icon name="box" />{t!("parcels.all")}</a>
                </p>
            })}
            {parcel.booking.clone().map(|booking| view! { <BookingOf booking name=parcel.carrier.clone() base=base.clone() is_home /> })}
            {carrier.filter(|_| may_be_booked).map(|name| view! { <AskCarrier name quote=typed.quote base=base.clone() /> })}
            {(!holds && !parcel.state.is_over()).then(|| view! { <Details parcel=parcel.clone() typed=typed.clone() base=base.clone() /> })}
            <Steps parcel=parcel.clone() typed base />
            <ParcelWay parcel />
        </section>
    }
}

/// Where it stands with a carrier's program.
#[component]
fn BookingOf(booking: Booking, name: String, base: String, is_home: bool) -> impl IntoView {
    let can_leave = is_home && matches!(booking.state, BookingState::Asked | BookingState::Booked);
    view! {
        <div class="stack" data-gap="s">
            <p><strong>{words::booking(booking.state, &name)}</strong>{booking.fee.map(|fee| format!(" · {}", t!("parcels.fee", amount = fee)))}</p>
            {booking.error.map(|error| view! { <p class="muted">{t!("parcels.booking_error", error = error)}</p> })}
            {can_leave.then(|| view! { <form method="post" action=format!("{base}/bo-hang")><button type="submit" class="button" data-kind="quiet">{t!("parcels.unbook")}</button></form> })}
        </div>
    }
}

/// Has a carrier's program carry it, or say what that would cost.
#[component]
fn AskCarrier(name: &'static str, quote: Option<Quote>, base: String) -> impl IntoView {
    view! {
        <div class="stack" data-gap="s">
            {quote.map(|quote| view! {
                <Notice tone=Tone::Info>
                    <p><strong>{t!("parcels.quote", carrier = name, amount = quote.fee)}</strong></p>
                    {quote.expected_at.map(|at| view! { <p>{t!("parcels.expected", at = day_text(market::kernel::time::business_day(at)))}</p> })}
                </Notice>
            })}
            <div class="cluster">
                <form method="post" action=format!("{base}/gui-hang")><button type="submit" class="button">{t!("parcels.book", carrier = name)}</button></form>
                <form method="post" action=format!("{base}/hoi-gia")><button type="submit" class="button" data-kind="quiet">{t!("parcels.ask_price", carrier = name)}</button></form>
            </div>
        </div>
    }
}

/// What it weighs, of how many boxes it is, and who carries it.
#[component]
fn Details(parcel: Parcel, typed: TypedParcel, base: String) -> impl IntoView {
    let is_refused = typed.details.is_some();
    let errors = if is_refused {
        typed.errors
    } else {
        FieldErrors::default()
    };
    let form = typed.details.unwrap_or_else(|| ParcelForm {
        weight: parcel.weight().trim_end_matches(" kg").to_owned(),
        boxes: parcel.boxes.to_string(),
        carrier: parcel.carrier.clone(),
        tracking_code: parcel.tracking_code.clone(),
    });
    let is_home = parcel.state == ParcelState::Made;
    view! {
        <details class="disclosure" open=is_refused>
            <summary>{t!("parcels.details")}</summary>
            <form class="disclosure__body form" method="post" action=base novalidate="">
                {if is_home {
                    view! {
                        <Field name="weight" label=t!("parcels.weight") value=form.weight errors=errors.clone() inputmode="decimal" suffix="kg" hint=t!("parcels.weight_hint") />
                        <Field name="boxes" label=t!("parcels.boxes") value=form.boxes errors=errors.clone() inputmode="numeric" />
                    }.into_any()
                } else {
                    view! {
                        <input type="hidden" name="weight" value=form.weight />
                        <input type="hidden" name="boxes" value=form.boxes />
                    }.into_any()
                }}
                <Field name="carrier" label=t!("parcels.carrier") value=form.carrier errors=errors.clone() required=false hint=t!("parcels.carrier_hint") />
                <Field name="tracking_code" label=t!("parcels.tracking_code") value=form.tracking_code errors required=false />
                <div class="form__actions"><button type="submit" class="button">{t!("parcels.keep")}</button></div>
            </form>
        </details>
    }
}

/// What can happen to it now: in one tap, or with why.
#[component]
fn Steps(parcel: Parcel, typed: TypedParcel, base: String) -> impl IntoView {
    let (plain, reasoned): (Vec<_>, Vec<_>) = parcel
        .seller_steps()
        .into_iter()
        .partition(|event| !event.needs_reason());
    let refused = typed.step;
    let wrong = typed.errors.of("reason").map(lang::field);
    view! {
        {(!plain.is_empty()).then(|| view! {
            <div class="cluster">
                {plain
                    .into_iter()
                    .map(|event| view! { <form method="post" action=format!("{base}/{}", event.as_str())><button type="submit" class="button"><Icon name="truck" />{words::event(event)}</button></form> })
                    .collect_view()}
            </div>
        })}
        {reasoned
            .into_iter()
            .map(|event| {
                let id = format!("parcel-{}", event.as_str());
                let typed = refused.clone().filter(|(step, _)| *step == event).map(|(_, reason)| reason);
                let is_refused = typed.is_some();
                let error = wrong.clone().filter(|_| is_refused);
                let error_id = format!("{id}-error");
                view! {
                    <details class="disclosure" data-kind="danger" open=is_refused>
                        <summary>{words::event(event)}</summary>
                        <form class="disclosure__body stack" method="post" action=format!("{base}/{}", event.as_str())>
                            {(event == ParcelEvent::Lose).then(|| view! { <p>{t!("parcels.lose_means")}</p> })}
                            <label class="field__label" for=id.clone()>{t!("parcels.why")}</label>
                            <textarea class="input" id=id name="reason" rows="2" required maxlength="500" aria-invalid=error.is_some().then_some("true") aria-describedby=error.is_some().then(|| error_id.clone())>{typed}</textarea>
                            {error.map(|text| view! { <p class="field__error" id=error_id role="alert"><Icon name="alert" />{text}</p> })}
                            <button type="submit" class="button" data-kind="danger">{words::event(event)}</button>
                        </form>
                    </details>
                }
            })
            .collect_view()}
    }
}

/// Back to the parcel on its order's page.
pub(super) fn place(part: SellerOrderId) -> String {
    format!("{}#kien-hang", routes::seller_order(part))
}
