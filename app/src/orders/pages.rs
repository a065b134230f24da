//! Following an order.
use leptos::prelude::*;
use market::kernel::time::{instant_text, iso_day};
use market::kernel::{FieldErrors, HarvestMoveId, OrderCode, PaperId, SellerOrderId};
use market::orders::queries::OwnOrder;
use market::orders::{
    AnswerForm, DeliveryQuestion, KeptAddress, Order, OrderEvent, OrderState, Party, QuestionState,
    SellerOrder,
};
use market::parcels::Parcel;
use serde::Deserialize;

use super::parts::{GiftAndInvoice, History, Lines, Messages, Payment, State, Sums};
use super::substitutes::Offers;
use super::words;
use crate::claims::{OfOrder, OfPart};
use crate::parcels::parts::ParcelWay;
use crate::routes;
use crate::shipping::parts::WayOfPart;
use crate::ui::form::{ErrorSummary, Field};
use crate::ui::lang;
use crate::ui::parts::{Notice, Pagination, Tone};
use crate::ui::shell::Icon;

/// What was typed to call a part off, or as an answer to other days, where it was refused.
#[derive(Clone)]
pub struct RefusedPart {
    /// Which part.
    pub part: SellerOrderId,
    /// Why it is called off, as typed.
    pub reason: String,
    /// What was said to the seller, as typed.
    pub message: Option<String>,
    /// The photographs with it that are taken in.
    pub photos: Vec<PaperId>,
    /// The answer to other days, as typed.
    pub answer: Option<(HarvestMoveId, AnswerForm)>,
    /// What is wrong with it.
    pub errors: FieldErrors,
}

/// How somebody comes to an order's page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arrival {
    /// Right after placing it.
    Placed,
    /// After trying to place it again with something else in it.
    Earlier,
    /// Some time later.
    Back,
}

/// An order as whoever holds its address sees it.
pub fn order(
    order: Order,
    parcels: Vec<Parcel>,
    arrival: Arrival,
    error: Option<String>,
    refused: Option<RefusedPart>,
    claims: OfOrder,
) -> impl IntoView {
    let code = order.code.clone();
    let token = order.token.clone();
    view! {
        <div class="narrow stack" data-gap="l">
            {match arrival {
                Arrival::Placed => Some(view! {
                    <Notice tone=Tone::Success>
                        <p><strong>{t!("orders.thanks")}</strong></p>
                        <p>{t!("orders.keep_address")}</p>
                    </Notice>
                }.into_any()),
                Arrival::Earlier => Some(view! { <Notice tone=Tone::Warning><p>{t!("orders.earlier")}</p></Notice> }.into_any()),
                Arrival::Back => None,
            }}
            {error.and_then(|code| lang::known_refusal(&code)).map(|text| view! { <Notice tone=Tone::Error><p>{text}</p></Notice> })}
            {refused.clone().map(|refused| view! { <ErrorSummary errors=refused.errors labels=vec![("message", t!("orders.message")), ("reason", t!("orders.reason")), ("wanted_from", t!("orders.wanted_from")), ("answer", t!("orders.your_answer"))] /> })}
            <header class="order-head">
                <h1>{t!("orders.order_word")}" "<span class="order-code">{code.to_string()}</span></h1>
                <p class="muted">{t!("orders.placed_at", at = instant_text(order.placed_at))}</p>
            </header>
            {order.parts.into_iter().map(|part| {
                let refused = refused.clone().filter(|refused| refused.part == part.id);
                let parcel = parcels.iter().find(|parcel| parcel.part == part.id).cloned();
                view! { <Part part parcel code=code.clone() token=token.clone() refused claims=claims.clone() /> }
            }).collect_view()}
            <section class="panel">
                <h2>{t!("orders.to")}</h2>
                {match order.contact_phone {
                    Some(phone) => view! {
                        <p>{order.contact_name}<br />{phone.to_string()}</p>
                        <p>{format!("{}, {}, {}", order.street, order.commune_name, order.province_name)}</p>
                    }.into_any(),
                    None => view! { <p class="muted">{t!("orders.contact_forgotten")}</p> }.into_any(),
                }}
                {(!order.note.is_empty()).then(|| view! { <p class="muted">{order.note}</p> })}
                <GiftAndInvoice gift=order.gift invoice=order.invoice />
            </section>
            <dl class="totals">
                <div><dt>{t!("cart.items")}</dt><dd>{order.items.to_string()}</dd></div>
                <div><dt>{t!("cart.shipping")}</dt><dd>{order.shipping.to_string()}</dd></div>
                <div class="totals__sum"><dt>{t!("orders.total_placed")}</dt><dd>{order.total.to_string()}</dd></div>
            </dl>
            <p><a class="button" data-kind="quiet" href=routes::order_copy(&order.code, &order.token)><Icon name="download" />{t!("orders.copy")}</a></p>
            <form method="post" action=format!("{}/{}/mua-lai", routes::FOLLOW, order.code)>
                <input type="hidden" name="token" value=order.token.clone() />
                <button type="submit" class="button"><Icon name="cart" />{t!("orders.buy_again")}</button>
            </form>
        </div>
    }
}

#[component]
fn Part(
    part: SellerOrder,
    parcel: Option<Parcel>,
    code: OrderCode,
    token: String,
    refused: Option<RefusedPart>,
    claims: OfOrder,
) -> impl IntoView {
    let of = claims;
    let claims = view! { <OfPart of part=part.id code=code.clone() token=token.clone() /> };
    let can_cancel = part.steps(Party::Buyer).contains(&OrderEvent::Cancel);
    let waits = part.state == OrderState::Placed;
    let can_exchange = matches!(part.state, OrderState::Placed | OrderState::Confirmed);
    let is_recalled = part.state != OrderState::Cancelled
        && part
            .lines
            .iter()
            .flat_map(|line| &line.lots)
            .any(|lot| lot.is_recalled);
    let answered = refused.as_ref().and_then(|refused| refused.answer.clone());
    let said = refused.as_ref().and_then(|refused| refused.message.clone());
    let taken = refused.as_ref().map(|refused| refused.photos.clone());
    let is_refused = refused.is_some() && answered.is_none() && said.is_none();
    let (reason, errors) =
        refused.map_or_else(Default::default, |refused| (refused.reason, refused.errors));
    let said_error = errors.of(&format!("message-{}", part.id)).map(lang::field);
    let photo = {
        let (code, token) = (code.clone(), token.clone());
        Box::new(move |photo| routes::order_photo(&code, photo, &token))
    };
    let talk = view! {
        <Messages
            messages=part.messages.clone()
            own=Party::Buyer
            id=part.id.to_string()
            action=format!("{}/{code}/nhan", routes::FOLLOW)
            photo=photo
            hidden=vec![("token", token.clone()), ("part", part.id.to_string())]
            typed=said.unwrap_or_default()
            taken=taken.unwrap_or_default()
            error=said_error
        />
    };
    let asks = part
        .questions
        .iter()
        .filter(|question| question.state == QuestionState::Open && part.state.holds_stock())
        .map(|question| {
            let typed = answered
                .clone()
                .filter(|(moved, _)| *moved == question.moved)
                .map(|(_, form)| form);
            view! { <OtherDays question=question.clone() part=part.id code=code.to_string() token=token.clone() can_cancel typed errors=errors.clone() /> }
        })
        .collect_view();
    let field = format!("reason-{}", part.id);
    let error = errors.of(&field).map(lang::field);
    let error_id = error.as_ref().map(|_| format!("{field}-error"));
    view! {
        <article class="panel order-part" aria-label=part.seller_name.clone()>
            <header>
                <h2><a href=routes::shop(&part.seller_slug)>{part.seller_name.clone()}</a></h2>
                <State state=part.state />
            </header>
            {part.is_rest.then(|| view! { <p class="muted">{t!("orders.is_rest")}</p> })}
            {is_recalled.then(|| view! {
                <Notice tone=Tone::Error>
                    <p><strong>{t!("trace.your_lot_recalled")}</strong></p>
                    <p>{t!("trace.your_lot_advice")}</p>
                </Notice>
            })}
            {asks}
            <Offers offers=part.substitutes.clone() part=part.id code=code.clone() token=token.clone() is_open=can_exchange />
            {waits.then(|| view! { <p>{t!("orders.confirm_by", at = instant_text(part.confirm_by))}</p> })}
            <Lines lines=part.lines.clone() />
            <WayOfPart way=part.way.clone() />
            <Sums part=part.clone() />
            <Payment payment=part.payment.clone() />
            <p class="cluster"><Icon name="phone" /><a href=format!("tel:{}", part.seller_phone.as_str())>{part.seller_phone.to_string()}</a></p>
            {claims}
            {talk}
            <History entries=part.history.clone() />
            {parcel.map(|parcel| view! { <ParcelWay parcel /> })}
            {can_cancel.then(|| view! {
                <details class="disclosure" data-kind="danger" open=is_refused>
                    <summary>{t!("orders.cancel_part")}</summary>
                    <form class="disclosure__body stack" method="post" action=format!("{}/{code}/huy", routes::FOLLOW)>
                        <input type="hidden" name="token" value=token />
                        <input type="hidden" name="part" value=part.id.to_string() />
                        <p>{words::called_off(part.payment.as_ref())}</p>
                        <div class="field">
                            <label class="field__label" for=field.clone()>{t!("orders.reason")}" "<span class="field__optional">{t!("form.optional")}</span></label>
                            <input class="input" id=field name="reason" value=reason autocomplete="off" aria-invalid=error.is_some().then_some("true") aria-describedby=error_id.clone() />
                            {error.map(|text| view! { <p class="field__error" id=error_id><Icon name="alert" />{text}</p> })}
                        </div>
                        <button type="submit" class="button" data-kind="danger">{words::event(OrderEvent::Cancel)}</button>
                    </form>
                </details>
            })}
        </article>
    }
}

/// The seller delivers a harvest in other days: the buyer keeps the order, names a day, or calls it off.
#[component]
fn OtherDays(
    question: DeliveryQuestion,
    part: SellerOrderId,
    code: String,
    token: String,
    can_cancel: bool,
    typed: Option<AnswerForm>,
    errors: FieldErrors,
) -> impl IntoView {
    let field = format!("wanted_from-{part}");
    let error = errors.of(&field).map(lang::field);
    let error_id = error.as_ref().map(|_| format!("{field}-error"));
    let wanted = typed.map_or_else(|| iso_day(question.now.from), |form| form.wanted_from);
    let hidden = move || {
        view! {
            <input type="hidden" name="token" value=token.clone() />
            <input type="hidden" name="part" value=part.to_string() />
            <input type="hidden" name="moved" value=question.moved.to_string() />
        }
    };
    let action = format!("{}/{code}/ngay-giao", routes::FOLLOW);
    view! {
        <Notice tone=Tone::Warning>
            <p><strong>{t!("orders.days_moved", name = question.product_name)}</strong></p>
            <p>{t!("orders.days_from_to", was = question.was.text(), now = question.now.text())}</p>
            <p>{t!("orders.days_reason", reason = question.reason)}</p>
            <div class="stack">
                <form method="post" action=action.clone()>
                    {hidden()}
                    <button type="submit" name="answer" value="kept" class="button" data-kind="primary">{t!("orders.days_keep")}</button>
                </form>
                <form method="post" action=action.clone() class="stack" novalidate="">
                    {hidden()}
                    <div class="field">
                        <label class="field__label" for=field.clone()>{t!("orders.wanted_from")}</label>
                        <input class="input" type="date" id=field name="wanted_from" value=wanted min=iso_day(question.now.from) max=iso_day(question.now.to) aria-invalid=error.is_some().then_some("true") aria-describedby=error_id.clone() />
                        {error.map(|text| view! { <p class="field__error" id=error_id><Icon name="alert" />{text}</p> })}
                    </div>
                    <button type="submit" name="answer" value="shifted" class="button">{t!("orders.days_shift")}</button>
                </form>
                {can_cancel.then(|| view! {
                    <form method="post" action=action>
                        {hidden()}
                        <button type="submit" name="answer" value="cancelled" class="button" data-kind="danger">{t!("orders.days_cancel")}</button>
                    </form>
                })}
            </div>
        </Notice>
    }
}

/// Code and telephone number, as typed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct FollowForm {
    /// The order's code.
    pub code: String,
    /// The number it was placed with.
    pub phone: String,
}

/// What belongs to who is signed in.
pub struct Own {
    /// A page of the own orders, the newest first.
    pub orders: Vec<OwnOrder>,
    /// Which page.
    pub page: u32,
    /// Of so many.
    pub pages: u32,
    /// Where goods went before.
    pub addresses: Vec<KeptAddress>,
}

/// The own orders, and the addresses that are kept.
#[component]
fn OwnOrders(own: Own) -> impl IntoView {
    let Own {
        orders,
        page,
        pages,
        addresses,
    } = own;
    view! {
        <section class="stack" aria-labelledby="don-cua-toi">
            <h2 id="don-cua-toi">{t!("orders.own")}</h2>
            {orders.is_empty().then(|| view! { <p class="muted">{t!("orders.own_none")}</p> })}
            <ul class="stack">
                {orders
                    .into_iter()
                    .map(|order| view! {
                        <li>
                            <article class="order-card">
                                <div class="order-card__top">
                                    <a href=routes::order(&order.code, &order.token)>{order.code.to_string()}</a>
                                    <span class="muted small">{instant_text(order.placed_at)}</span>
                                </div>
                                <p>{order.names}</p>
                                {order.parts.into_iter().map(|(seller, state)| view! { <p class="order-card__who">{seller}" "<State state /></p> }).collect_view()}
                                <p class="order-card__sum">{order.total.to_string()}</p>
                            </article>
                        </li>
                    })
                    .collect_view()}
            </ul>
            <Pagination page pages href=Box::new(|page| format!("{}?trang={page}", routes::FOLLOW)) />
        </section>
        {(!addresses.is_empty()).then(|| view! {
            <section class="stack" aria-labelledby="dia-chi">
                <h2 id="dia-chi">{t!("orders.kept_addresses")}</h2>
                <ul class="stack">
                    {addresses
                        .into_iter()
                        .map(|address| {
                            let whole = format!("{}, {}: {}, {}", address.name, address.phone, address.street, address.commune);
                            view! {
                                <li class="panel cluster">
                                    <span>{whole.clone()}</span>
                                    <form method="post" action=format!("{}/dia-chi/{}", routes::FOLLOW, address.id)><button type="submit" class="button" data-kind="quiet" aria-label=t!("orders.forget_address", address = whole)><Icon name="trash" />{t!("cart.remove")}</button></form>
                                </li>
                            }
                        })
                        .collect_view()}
                </ul>
            </section>
        })}
    }
}

/// Finding an order again.
pub fn follow(form: &FollowForm, errors: FieldErrors, own: Option<Own>) -> impl IntoView + use<> {
    let (code, phone) = (form.code.clone(), form.phone.clone());
    let labels = vec![("code", t!("orders.code")), ("phone", t!("orders.phone"))];
    view! {
        <div class="narrow stack">
            <h1>{t!("shell.follow_order")}</h1>
            <p>{t!("orders.follow_lead")}</p>
            <ErrorSummary errors=errors.clone() labels />
            <form method="post" action=routes::FOLLOW class="form" novalidate="">
                <Field name="code" label=t!("orders.code") value=code errors=errors.clone() hint=t!("orders.code_hint") />
                <Field name="phone" label=t!("orders.phone") value=phone errors kind="tel" inputmode="tel" autocomplete="tel" />
                <div class="form__actions"><button type="submit" class="button" data-kind="primary">{t!("orders.find")}</button></div>
            </form>
            {own.map(|own| view! { <OwnOrders own /> })}
        </div>
    }
}
