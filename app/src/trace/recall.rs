//! Recalling a lot: who its buyers are, what they are told, and the one tap that does it. The same page for the
//! shop's owner and for an officer who looks after the shop.
use axum::extract::{Form, Path};
use axum::response::Response;
use leptos::prelude::*;
use market::kernel::text::without_marks;
use market::kernel::time::{business_day, day_text};
use market::kernel::{Failure, FieldErrors, LotId, Permission, Refusal, RefusalKind, Right};
use market::orders::LotBuyer;
use market::orders::commands::recall::{self as commands, see_buyers};
use market::trace::{Lot, LotState, RecallForm, TraceRefusal, queries};

use super::words::State as LotStateWord;
use crate::orders::parts::State;
use crate::routes;
use crate::trouble::Trouble;
use crate::ui::form::{ErrorSummary, Field, TextArea};
use crate::ui::parts::{Empty, Notice, Tone};
use crate::ui::shell::Icon;
use crate::ui::{Area, Head};
use crate::visit::{Told, Visit};

/// At whose desk a lot is recalled.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Desk {
    Shop,
    Office,
}

impl Desk {
    /// Whoever may not is told so before anything is looked up: nobody learns what there is.
    fn check(self, visit: &Visit) -> Result<(), Trouble> {
        match self {
            Self::Shop => visit.desk(Right::Own).map(|_| ()),
            Self::Office => {
                visit.signed_in()?;
                if visit.actor.has_office(Permission::Sellers) {
                    Ok(())
                } else {
                    Err(Trouble::Forbidden)
                }
            }
        }
    }

    /// The page of a recall.
    fn page(self, id: LotId) -> String {
        match self {
            Self::Shop => self.step(id, "thu-hoi"),
            Self::Office => routes::office_lot(id),
        }
    }

    fn step(self, id: LotId, step: &str) -> String {
        match self {
            Self::Shop => routes::seller_lot_step(id, step),
            Self::Office => routes::office_lot_step(id, step),
        }
    }
}

pub(super) async fn of_shop(visit: Visit, Path(id): Path<LotId>) -> Result<Response, Trouble> {
    show(&visit, Desk::Shop, id).await
}

pub(super) async fn in_office(visit: Visit, Path(id): Path<LotId>) -> Result<Response, Trouble> {
    show(&visit, Desk::Office, id).await
}

pub(super) async fn by_owner(
    visit: Visit,
    Path(id): Path<LotId>,
    Form(form): Form<RecallForm>,
) -> Result<Response, Trouble> {
    recall(&visit, Desk::Shop, id, form).await
}

pub(super) async fn by_officer(
    visit: Visit,
    Path(id): Path<LotId>,
    Form(form): Form<RecallForm>,
) -> Result<Response, Trouble> {
    recall(&visit, Desk::Office, id, form).await
}

pub(super) async fn tell_by_owner(
    visit: Visit,
    Path(id): Path<LotId>,
) -> Result<Response, Trouble> {
    tell_rest(&visit, Desk::Shop, id).await
}

pub(super) async fn tell_by_officer(
    visit: Visit,
    Path(id): Path<LotId>,
) -> Result<Response, Trouble> {
    tell_rest(&visit, Desk::Office, id).await
}

async fn show(visit: &Visit, desk: Desk, id: LotId) -> Result<Response, Trouble> {
    desk.check(visit)?;
    page(visit, desk, id, None, Told::default()).await
}

async fn recall(
    visit: &Visit,
    desk: Desk,
    id: LotId,
    form: RecallForm,
) -> Result<Response, Trouble> {
    desk.check(visit)?;
    let typed = &form;
    let outcome = market::transact!(visit.site.store, &visit.actor, work => commands::recall(work, id, typed).await);
    settle(visit, desk, id, Some(form), outcome).await
}

async fn tell_rest(visit: &Visit, desk: Desk, id: LotId) -> Result<Response, Trouble> {
    desk.check(visit)?;
    let outcome = market::transact!(visit.site.store, &visit.actor, work => commands::tell_rest(work, id).await);
    settle(visit, desk, id, None, outcome).await
}

async fn settle(
    visit: &Visit,
    desk: Desk,
    id: LotId,
    typed: Option<RecallForm>,
    outcome: Result<(), Failure<TraceRefusal>>,
) -> Result<Response, Trouble> {
    match outcome {
        Ok(()) => Ok(visit.see_other(&desk.page(id))),
        Err(Failure::Refused(refusal))
            if matches!(refusal.kind(), RefusalKind::Invalid | RefusalKind::Conflict) =>
        {
            let told = visit.told(Some(&refusal));
            page(visit, desk, id, typed, told).await
        }
        Err(failure) => Err(failure.into()),
    }
}

/// Each time an officer is shown the buyers, that is a look.
async fn page(
    visit: &Visit,
    desk: Desk,
    id: LotId,
    typed: Option<RecallForm>,
    told: Told,
) -> Result<Response, Trouble> {
    let store = &visit.site.store;
    let lot = queries::to_recall(store.reader(), &visit.actor, id, store.today())
        .await?
        .ok_or(Trouble::NotFound)?;
    let buyers = market::transact!(store, &visit.actor, work => see_buyers(work, id).await)?;
    let area = match desk {
        Desk::Shop => Area::Seller,
        Desk::Office => Area::Province,
    };
    let can_open = visit.actor.may(Right::Fulfil(lot.seller.id));
    let address = format!("{}{}", visit.site.base_url, routes::trace(&lot.code));
    Ok(visit.page_with(
        told.status,
        || Head::private(t!("trace.recall_of", code = lot.code), area),
        || {
            let form = typed.unwrap_or_else(|| RecallForm {
                message: draft(&lot, &address),
                ..RecallForm::default()
            });
            view! { <RecallPage lot=&lot desk buyers can_open form errors=told.errors message=told.message /> }
        },
    ))
}

/// What buyers are told, to be mended before it is sent.
fn draft(lot: &Lot, address: &str) -> String {
    without_marks(&t!(
        "trace.draft",
        code = lot.code,
        product = lot.product.name,
        shop = lot.seller.name,
        address = address
    ))
}

#[component]
fn RecallPage<'l>(
    lot: &'l Lot,
    desk: Desk,
    buyers: Vec<LotBuyer>,
    can_open: bool,
    form: RecallForm,
    errors: FieldErrors,
    message: Option<String>,
) -> impl IntoView + use<> {
    let id = lot.id;
    let is_recalled = lot.state == LotState::Recalled;
    let to_tell = buyers
        .iter()
        .filter(|buyer| buyer.told_at.is_none() && buyer.phone.is_some())
        .count();
    let back = match desk {
        Desk::Shop => (routes::seller_lot(id), t!("trace.back_to_lot")),
        Desk::Office => (routes::PROVINCE_LOTS.to_owned(), t!("trace.back")),
    };
    let since = day_text(business_day(lot.state_since));
    let is_office = desk == Desk::Office;
    let (reason, page) = (lot.recall_reason.clone(), routes::trace(&lot.code));
    view! {
        <p><a href=back.0>{back.1}</a></p>
        <header class="order-head">
            <h1>{t!("trace.recall_of", code = lot.code)}</h1>
            <p class="cluster"><strong>{lot.product.name.clone()}</strong><span>{lot.seller.name.clone()}</span><LotStateWord state=lot.state /></p>
        </header>
        {message.map(|text| view! { <Notice tone=Tone::Error><p>{text}</p></Notice> })}
        <ErrorSummary errors=errors.clone() labels=vec![("reason", t!("trace.reason")), ("message", t!("trace.message"))] />
        {is_recalled.then(|| view! {
            <Notice tone=Tone::Error>
                <p><strong>{t!("trace.is_recalled", day = since)}</strong></p>
                <p>{reason}</p>
                <p><a href=page>{t!("trace.as_buyers_see")}</a></p>
            </Notice>
        })}
        {is_office.then(|| view! { <p class="muted small">{t!("trace.look_noted")}</p> })}
        <section class="section stack" aria-labelledby="nguoi-mua">
            <h2 id="nguoi-mua">{t!("trace.buyers", count = buyers.len())}</h2>
            {if buyers.is_empty() {
                view! { <Empty title=t!("trace.no_buyers")><p>{t!("trace.no_buyers_advice")}</p></Empty> }.into_any()
            } else {
                view! { <Buyers buyers can_open is_recalled /> }.into_any()
            }}
        </section>
        {(is_recalled && to_tell > 0).then(|| view! {
            <form method="post" action=desk.step(id, "nhan-tin") class="next-step">
                <p>{t!("trace.untold", count = to_tell)}</p>
                <div class="form__actions"><button type="submit" class="button" data-kind="primary">{t!("trace.tell_rest")}</button></div>
            </form>
        })}
        {(!is_recalled).then(|| view! {
            <section class="section stack narrow" aria-labelledby="thu-hoi">
                <h2 id="thu-hoi">{t!("trace.recall")}</h2>
                <Notice tone=Tone::Warning><p>{t!("trace.recall_means")}</p></Notice>
                <form method="post" action=desk.step(id, "thu-hoi") class="form" novalidate="">
                    <Field name="reason" label=t!("trace.reason") value=form.reason errors=errors.clone() hint=t!("trace.reason_hint") />
                    <TextArea name="message" label=t!("trace.message") value=form.message errors required=true hint=t!("trace.message_hint") />
                    <div class="form__actions"><button type="submit" class="button" data-kind="danger" data-size="l"><Icon name="alert" />{t!("trace.recall_now", count = to_tell)}</button></div>
                </form>
            </section>
        })}
    }
}

#[component]
fn Buyers(buyers: Vec<LotBuyer>, can_open: bool, is_recalled: bool) -> impl IntoView {
    let rows = buyers
        .into_iter()
        .map(|buyer| {
            let code = buyer.code.to_string();
            let forgotten = buyer.phone.is_none();
            let told = match buyer.told_at {
                Some(at) => t!("trace.told", day = day_text(business_day(at))),
                None if forgotten => t!("trace.cannot_tell"),
                None => t!("trace.not_told"),
            };
            let name = if buyer.name.is_empty() { "–".to_owned() } else { buyer.name };
            view! {
                <tr>
                    <th scope="row">
                        {if can_open {
                            view! { <a href=routes::seller_order(buyer.part)>{code}</a> }.into_any()
                        } else {
                            code.into_any()
                        }}
                    </th>
                    <td data-label=t!("trace.buyer")>{name}</td>
                    <td data-label=t!("trace.phone")>{buyer.phone.unwrap_or_else(|| "–".to_owned())}</td>
                    <td data-label=t!("trace.amount")>{buyer.amount}</td>
                    <td data-label=t!("trace.ordered")>{day_text(business_day(buyer.placed_at))}</td>
                    <td data-label=t!("trace.where")><State state=buyer.state /></td>
                    {is_recalled.then(|| view! { <td data-label=t!("trace.message")>{told}</td> })}
                </tr>
            }
        })
        .collect_view();
    view! {
        <div class="table-wrap">
            <table class="table" data-stack="">
                <thead>
                    <tr>
                        <th scope="col">{t!("orders.order_word")}</th>
                        <th scope="col">{t!("trace.buyer")}</th>
                        <th scope="col">{t!("trace.phone")}</th>
                        <th scope="col">{t!("trace.amount")}</th>
                        <th scope="col">{t!("trace.ordered")}</th>
                        <th scope="col">{t!("trace.where")}</th>
                        {is_recalled.then(|| view! { <th scope="col">{t!("trace.message")}</th> })}
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
}
