//! A lot at its seller's desk: what it says, what is done with it, what happened.
use axum::extract::{Form, Path};
use axum::response::Response;
use leptos::prelude::*;
use market::kernel::time::instant_text;
use market::kernel::{Actor, Failure, FieldErrors, LotId, Refusal, RefusalKind, Right};
use market::media::PictureFormat;
use market::trace::{
    InputForm, InputKind, Lot, LotEntry, LotEvent, LotState, PHOTOS, TraceRefusal, commands,
    may_recall, queries, transition,
};

use super::labels::PrintForm;
use super::words::{self, State};
use crate::media::SendPhotos;
use crate::routes;
use crate::trouble::Trouble;
use crate::ui::form::{ErrorSummary, Field, Select};
use crate::ui::parts::{Notice, Tone};
use crate::ui::shell::Icon;
use crate::ui::{Area, Head};
use crate::visit::{Told, Visit};

/// What was typed or sent, where it was refused.
#[derive(Default)]
pub(super) struct Typed {
    pub input: InputForm,
    /// Why photographs were not taken.
    pub photos: Vec<String>,
}

pub(super) async fn show(visit: Visit, Path(id): Path<LotId>) -> Result<Response, Trouble> {
    let lot = own(&visit, id).await?;
    page(&visit, lot, Typed::default(), Told::default()).await
}

/// A lot of the shop at whose desk the visitor sits; anybody else's does not exist.
pub(super) async fn own(visit: &Visit, id: LotId) -> Result<Lot, Trouble> {
    visit.desk(Right::List)?;
    let store = &visit.site.store;
    queries::own(store.reader(), &visit.actor, id, store.today())
        .await?
        .ok_or(Trouble::NotFound)
}

pub(super) async fn page(
    visit: &Visit,
    lot: Lot,
    typed: Typed,
    told: Told,
) -> Result<Response, Trouble> {
    let history = queries::history(visit.site.store.reader(), lot.id).await?;
    let title = format!("{} {}", lot.product.name, lot.code);
    Ok(visit.page_with(
        told.status,
        || Head::private(title, Area::Seller),
        || view! { <Detail lot=&lot actor=&visit.actor history typed errors=told.errors message=told.message /> },
    ))
}

/// Shows the lot again with why nothing was done, where the page can tell.
async fn settle(
    visit: &Visit,
    id: LotId,
    typed: Typed,
    anchor: &str,
    outcome: Result<(), Failure<TraceRefusal>>,
) -> Result<Response, Trouble> {
    match outcome {
        Ok(()) => Ok(visit.see_other(&format!("{}#{anchor}", routes::seller_lot(id)))),
        Err(Failure::Refused(refusal))
            if matches!(refusal.kind(), RefusalKind::Invalid | RefusalKind::Conflict) =>
        {
            let told = visit.told(Some(&refusal));
            page(visit, own(visit, id).await?, typed, told).await
        }
        Err(failure) => Err(failure.into()),
    }
}

pub(super) async fn add_input(
    visit: Visit,
    Path(id): Path<LotId>,
    Form(input): Form<InputForm>,
) -> Result<Response, Trouble> {
    visit.desk(Right::List)?;
    let form = &input;
    let outcome = market::transact!(visit.site.store, &visit.actor, work => commands::add_input(work, id, form).await);
    let typed = Typed {
        input,
        ..Typed::default()
    };
    settle(&visit, id, typed, "vat-tu", outcome).await
}

pub(super) async fn step(
    visit: Visit,
    Path((id, step)): Path<(LotId, String)>,
) -> Result<Response, Trouble> {
    visit.desk(Right::List)?;
    let (store, actor) = (&visit.site.store, &visit.actor);
    let outcome = match step.as_str() {
        "ban" => {
            market::transact!(store, actor, work => commands::put_on_sale(work, id).await)
        }
        "thoi-ban" => {
            market::transact!(store, actor, work => commands::take_off_sale(work, id).await)
        }
        "dong" => market::transact!(store, actor, work => commands::close(work, id).await),
        "mo-lai" => market::transact!(store, actor, work => commands::reopen(work, id).await),
        _ => return Err(Trouble::NotFound),
    };
    settle(&visit, id, Typed::default(), "noi-dung", outcome).await
}

/// All fields with their names, for the summary of what is wrong.
fn field_labels() -> Vec<(&'static str, String)> {
    vec![
        ("input_kind", t!("trace.input_kind")),
        ("name", t!("trace.input_name")),
        ("amount", t!("trace.input_amount")),
        ("used_on", t!("trace.input_day")),
    ]
}

#[component]
fn Detail<'l>(
    lot: &'l Lot,
    actor: &'l Actor,
    history: Vec<LotEntry>,
    typed: Typed,
    errors: FieldErrors,
    message: Option<String>,
) -> impl IntoView + use<> {
    let id = lot.id;
    let can_change = transition(lot.state, LotEvent::InputAdded).is_ok();
    let can_recall = may_recall(actor, lot.seller.id, lot.seller.commune);
    let is_recalled = lot.state == LotState::Recalled;
    let page = routes::trace(&lot.code);
    let reason = lot.recall_reason.clone();
    view! {
        <div class="narrow stack" data-gap="l">
            <p><a href=routes::SELLER_LOTS>{t!("trace.back")}</a></p>
            <header class="order-head">
                <h1>{lot.product.name.clone()}</h1>
                <p class="cluster"><strong class="order-code">{lot.code.to_string()}</strong><State state=lot.state /></p>
            </header>
            {message.map(|text| view! { <Notice tone=Tone::Error><p>{text}</p></Notice> })}
            <ErrorSummary errors=errors.clone() labels=field_labels() />
            {is_recalled.then(|| view! {
                <Notice tone=Tone::Error>
                    <p><strong>{t!("trace.was_recalled")}</strong></p>
                    <p>{reason}</p>
                    {can_recall.then(|| view! { <p><a class="button" href=routes::seller_lot_step(id, "thu-hoi")>{t!("trace.see_buyers")}</a></p> })}
                </Notice>
            })}
            <NextStep lot />
            <section class="panel"><words::Facts lot /></section>
            <p class="cluster">
                <span>{t!("trace.looks", count = lot.looks)}</span>
                <a class="button" data-kind="quiet" href=page>{t!("trace.as_buyers_see")}</a>
            </p>
            <Photos lot refused=typed.photos can_change />
            <Inputs lot form=typed.input errors can_change />
            {(!is_recalled).then(|| view! { <PrintForm id /> })}
            <Over lot />
            {(can_recall && !is_recalled).then(|| view! {
                <section class="section stack">
                    <h2>{t!("trace.recall")}</h2>
                    <p>{t!("trace.recall_lead")}</p>
                    <p><a class="button" data-kind="danger" href=routes::seller_lot_step(id, "thu-hoi")><Icon name="alert" />{t!("trace.recall_begin")}</a></p>
                </section>
            })}
            <section class="section"><h2>{t!("sellers.history")}</h2><History history /></section>
        </div>
    }
}

fn deed(id: LotId, step: &str) -> String {
    routes::seller_lot_step(id, &format!("buoc/{step}"))
}

/// From which lot the product is sold: the one thing that a new lot waits for.
#[component]
fn NextStep<'l>(lot: &'l Lot) -> impl IntoView + use<> {
    let id = lot.id;
    let is_current = lot.is_current;
    (lot.state == LotState::Open).then(|| {
        if is_current {
            view! {
                <div class="next-step">
                    <p><strong>{t!("trace.on_sale_now")}</strong>" "{t!("trace.on_sale_means")}</p>
                    <form method="post" action=deed(id, "thoi-ban") class="form__actions"><button type="submit" class="button">{t!("trace.take_off_sale")}</button></form>
                </div>
            }
            .into_any()
        } else {
            view! {
                <div class="next-step">
                    <p>{t!("trace.sell_lead")}</p>
                    <form method="post" action=deed(id, "ban") class="form__actions"><button type="submit" class="button" data-kind="primary">{t!("trace.put_on_sale")}</button></form>
                </div>
            }
            .into_any()
        }
    })
}

#[component]
fn Photos<'l>(lot: &'l Lot, refused: Vec<String>, can_change: bool) -> impl IntoView + use<> {
    let id = lot.id;
    let count = lot.photos.len();
    let pictures = lot
        .photos
        .iter()
        .enumerate()
        .map(|(index, photo)| {
            let src = photo.nearest(320, PictureFormat::Webp).map(|size| routes::media(&size.key));
            let remove = routes::seller_lot_step(id, &format!("hinh/{}", photo.id));
            view! {
                <li class="photo">
                    <img src=src alt=t!("trace.photo", number = index + 1) width="160" height="120" />
                    {can_change.then(|| view! {
                        <form class="photo__actions" method="post" action=remove>
                            <button type="submit" class="button" data-kind="quiet" aria-label=t!("listing.remove_photo", number = index + 1)>{t!("cart.remove")}</button>
                        </form>
                    })}
                </li>
            }
        })
        .collect_view();
    view! {
        <section class="section stack" id="hinh">
            <h2>{t!("trace.photos")}</h2>
            <p class="muted">{t!("trace.photos_lead")}</p>
            {(!refused.is_empty()).then(|| view! {
                <Notice tone=Tone::Error><ul>{refused.into_iter().map(|text| view! { <li>{text}</li> }).collect_view()}</ul></Notice>
            })}
            {(count > 0).then(|| view! { <ul class="photos">{pictures}</ul> })}
            {(can_change && count < PHOTOS).then(|| view! {
                <SendPhotos action=routes::seller_lot_step(id, "hinh") begin=routes::seller_lot_step(id, "gui-hinh") page=routes::seller_lot(id) />
            })}
        </section>
    }
}

#[component]
fn Inputs<'l>(
    lot: &'l Lot,
    form: InputForm,
    errors: FieldErrors,
    can_change: bool,
) -> impl IntoView + use<> {
    let id = lot.id;
    let is_refused = !errors.is_empty();
    let lines = lot
        .inputs
        .iter()
        .map(|input| view! { <li>{words::input(input, lot.made_on)}</li> })
        .collect_view();
    let is_empty = lot.inputs.is_empty();
    let kinds = InputKind::ALL
        .into_iter()
        .map(|kind| (kind.as_str().to_owned(), words::input_kind(kind)))
        .collect();
    view! {
        <section class="section stack" id="vat-tu">
            <h2>{t!("trace.inputs")}</h2>
            {if is_empty {
                view! { <p class="muted">{t!("trace.inputs_lead")}</p> }.into_any()
            } else {
                view! { <ul class="inputs">{lines}</ul> }.into_any()
            }}
            {can_change.then(|| view! {
                <details class="disclosure" open=is_refused>
                    <summary>{t!("trace.add_input")}</summary>
                    <form method="post" action=routes::seller_lot_step(id, "vat-tu") class="disclosure__body form" novalidate="">
                        <Select name="input_kind" label=t!("trace.input_kind") value=form.input_kind options=kinds errors=errors.clone() placeholder=t!("trace.choose") />
                        <Field name="name" label=t!("trace.input_name") value=form.name errors=errors.clone() hint=t!("trace.input_name_hint") />
                        <Field name="amount" label=t!("trace.input_amount") value=form.amount errors=errors.clone() required=false hint=t!("trace.input_amount_hint") />
                        <Field name="used_on" label=t!("trace.input_day") value=form.used_on errors kind="date" required=false hint=t!("trace.input_day_hint") />
                        <div class="form__actions"><button type="submit" class="button" data-kind="primary">{t!("trace.save_input")}</button></div>
                    </form>
                </details>
            })}
        </section>
    }
}

/// Sold out, or there is something of it again.
#[component]
fn Over<'l>(lot: &'l Lot) -> impl IntoView + use<> {
    let id = lot.id;
    let (step, words, lead) = match lot.state {
        LotState::Open => ("dong", t!("trace.close"), t!("trace.close_lead")),
        LotState::Closed => ("mo-lai", t!("trace.reopen"), t!("trace.reopen_lead")),
        LotState::Recalled => return None,
    };
    Some(view! {
        <section class="section stack">
            <h2>{t!("trace.is_over")}</h2>
            <p>{lead}</p>
            <form method="post" action=deed(id, step)><button type="submit" class="button">{words}</button></form>
        </section>
    })
}

#[component]
fn History(history: Vec<LotEntry>) -> impl IntoView {
    let lines = history
        .into_iter()
        .map(|entry| {
            let state = if entry.event == LotEvent::Recalled {
                "bad"
            } else {
                "done"
            };
            let who = if entry.who.is_empty() {
                t!("orders.by_system")
            } else {
                entry.who
            };
            view! {
                <li data-state=state>
                    <span class="timeline__what">{words::event(entry.event)}</span>
                    <span class="timeline__when">{instant_text(entry.at)}" · "{who}</span>
                    {(!entry.reason.is_empty()).then(|| view! { <p>{entry.reason}</p> })}
                </li>
            }
        })
        .collect_view();
    view! { <ol class="timeline">{lines}</ol> }
}
