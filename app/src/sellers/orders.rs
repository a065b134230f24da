//! A seller's orders.
use axum::extract::{Form, Multipart, Path, Query};
use axum::http::StatusCode;
use axum::response::Response;
use leptos::prelude::*;
use market::catalog::ListedProduct;
use market::catalog::queries::of_seller;
use market::claims::ListedClaim;
use market::claims::queries::{of_order, open_count};
use market::kernel::time::instant_text;
use market::kernel::{
    Failure, FieldErrors, OrderLineId, PageRequest, PaperId, Quantity, Right, SellerOrderId,
};
use market::orders::commands as order_commands;
use market::orders::packing::{Rest, WEIGHT_TOLERANCE, is_by_weight};
use market::orders::{
    BoardEntry, Entry, LotsForm, Order, OrderEvent, OrderLine, OrderState, OrdersRefusal, Party,
    QuestionState, SellerOrder, SubstituteForm, queries,
};
use market::parcels::{Parcel, commands, queries as parcels};
use market::shipping::WayKind;
use market::trace::{self, LotChoice};
use serde::Deserialize;

use super::desk::deadline;
use super::exchange;
use super::many::{self, Done, ForChosen, WhatCame};
use super::order_lots::Lots;
use crate::cart::line_name;
use crate::claims::{self, OfShop};
use crate::orders::parts::{GiftAndInvoice, History, Lines, Messages, Payment, State};
use crate::orders::{OfferForm, offered, words};
use crate::parcels::panel::{ParcelPanel, TypedParcel};
use crate::routes;
use crate::shipping;
use crate::shipping::parts::{WayOfPart, icon as icon_of};
use crate::trouble::Trouble;
use crate::ui::form::{ErrorSummary, Field};
use crate::ui::parts::{Empty, Notice, Pagination, Tone};
use crate::ui::shell::Icon;
use crate::ui::{Area, Head, lang};
use crate::visit::Visit;

#[derive(Deserialize)]
pub(super) struct BoardParams {
    #[serde(default)]
    state: String,
    trang: Option<u32>,
}

pub(super) async fn board(
    visit: Visit,
    Query(params): Query<BoardParams>,
) -> Result<Response, Trouble> {
    visit.desk(Right::Fulfil)?;
    let state = OrderState::parse(&params.state);
    let page = params.trang.unwrap_or(1);
    board_page(&visit, StatusCode::OK, state, page, Done::default()).await
}

/// The board, with what came of a step for many.
pub(super) async fn board_page(
    visit: &Visit,
    status: StatusCode,
    state: Option<OrderState>,
    page: u32,
    done: Done,
) -> Result<Response, Trouble> {
    let seller = visit.desk(Right::Fulfil)?;
    let db = visit.site.store.reader();
    let counts = queries::counts(db, seller).await?;
    let total: i64 = counts
        .iter()
        .filter(|(counted, _)| state.is_none_or(|state| state == *counted))
        .map(|(_, count)| count)
        .sum();
    let asked = PageRequest::new(Some(page), Some(50));
    let pages = asked.pages(total);
    let page = PageRequest::new(Some(asked.page.min(pages)), Some(50));
    let entries = queries::board(db, seller, state.as_slice(), page).await?;
    let claims = open_count(db, seller).await?;
    Ok(visit.page_with(
        status,
        || Head::private(t!("shell.seller_orders"), Area::Seller),
        || view! { <Board entries counts state page=page.page pages claims done /> },
    ))
}

#[component]
fn Board(
    entries: Vec<BoardEntry>,
    counts: Vec<(OrderState, i64)>,
    state: Option<OrderState>,
    page: u32,
    pages: u32,
    claims: i64,
    done: Done,
) -> impl IntoView {
    // Several of one state go on together.
    let many = state
        .filter(|_| entries.len() > 1)
        .and_then(|state| next_step(state).map(|(step, words)| (state, step, words)));
    let can_choose = many.is_some();
    let href = move |number: u32| {
        let state = state.map_or(String::new(), |state| format!("state={}&", state.as_str()));
        format!("{}?{state}trang={number}", routes::SELLER_ORDERS)
    };
    let all: i64 = counts.iter().map(|(_, count)| count).sum();
    let tab = |href: String, words: String, count: i64, current: bool| {
        view! { <a href=href aria-current=current.then_some("page")>{words}" "<span class="tabs__count">{count}</span></a> }
    };
    view! {
        <h1>{t!("shell.seller_orders")}</h1>
        <p class="cluster"><a class="button" href=routes::SELLER_BY_PHONE><Icon name="phone" />{t!("sellers.by_phone")}</a></p>
        <OfShop waiting=claims />
        <nav class="tabs" aria-label=t!("sellers.by_state")>
            {tab(routes::SELLER_ORDERS.to_owned(), t!("sellers.all_orders"), all, state.is_none())}
            {OrderState::ALL
                .into_iter()
                .filter_map(|other| {
                    let count = counts.iter().find(|(found, _)| *found == other).map_or(0, |(_, count)| *count);
                    (count > 0).then(|| tab(format!("{}?state={}", routes::SELLER_ORDERS, other.as_str()), words::state(other), count, state == Some(other)))
                })
                .collect_view()}
        </nav>
        <WhatCame done />
        {many.map(|(state, step, words)| view! { <ForChosen state step words /> })}
        {entries.is_empty().then(|| view! { <Empty title=t!("sellers.no_orders")><p>{t!("sellers.no_orders_advice")}</p></Empty> })}
        <ul class="grid" data-cell="l">{entries.into_iter().map(|entry| view! { <Card entry can_choose /> }).collect_view()}</ul>
        <Pagination page pages href=Box::new(href) />
        <p class="cluster"><a class="button" data-kind="quiet" href=routes::SELLER_CALL_LIST><Icon name="print" />{t!("sellers.call_list")}</a><a class="button" data-kind="quiet" href=routes::SELLER_PARCELS><Icon name="box" />{t!("parcels.all")}</a><a class="button" data-kind="quiet" href=routes::SELLER_CLAIMS><Icon name="alert" />{t!("claims.title_seller")}</a><a class="button" data-kind="quiet" href=routes::SELLER_DELIVERY><Icon name="truck" />{t!("shipping.title")}</a></p>
    }
}

/// An order with its next step in one tap.
#[component]
pub(super) fn Card(
    entry: BoardEntry,
    /// It can go on together with others.
    #[prop(optional)]
    can_choose: bool,
) -> impl IntoView {
    let due = deadline(&entry);
    let next = next_step(entry.state);
    view! {
        <li>
            <article class="order-card">
                <div class="order-card__top">
                    <a href=routes::seller_order(entry.id)>{entry.code.to_string()}</a>
                    <State state=entry.state />
                </div>
                {can_choose.then(|| view! { <label class="check"><input type="checkbox" name="part" value=entry.id.to_string() form=many::FORM />{t!("sellers.many_choose", code = entry.code.clone())}</label> })}
                <p>{entry.summary}</p>
                {entry.has_unread.then(|| view! { <p class="order-card__who dated"><Icon name="info" /><a href=format!("{}#nhan-{}", routes::seller_order(entry.id), entry.id)>{t!("sellers.unread")}</a></p> })}
                <p class="order-card__who">{entry.contact_name}" · "{entry.commune_name}" · "{instant_text(entry.placed_at)}</p>
                {(entry.way.kind != WayKind::Carrier).then(|| view! { <p class="order-card__who dated"><Icon name=icon_of(entry.way.kind) />{shipping::words::brief(&entry.way)}</p> })}
                {due.map(|text| view! { <p class="order-card__who">{text}</p> })}
                <p class="order-card__sum">{entry.total.to_string()}</p>
                {next.map(|(step, words)| view! {
                    <div class="order-card__actions">
                        <form method="post" action=format!("{}/{step}", routes::seller_order(entry.id))><button type="submit" class="button" data-kind="primary"><Icon name=icon(step) />{words}</button></form>
                    </div>
                })}
            </article>
        </li>
    }
}

/// The step that usually comes next: its path and its words.
fn next_step(state: OrderState) -> Option<(&'static str, String)> {
    match state {
        OrderState::Placed => Some(("confirm", words::event(OrderEvent::Confirm))),
        OrderState::Confirmed => Some(("pack", words::event(OrderEvent::Pack))),
        OrderState::Packed => Some(("ship", words::event(OrderEvent::Ship))),
        OrderState::Shipped => Some(("deliver_paid", t!("sellers.deliver_paid"))),
        OrderState::Delivered => Some(("pay", t!("sellers.money_in_hand"))),
        _ => None,
    }
}

/// What is shown beside the words of a step, by its path.
fn icon(step: &str) -> &'static str {
    match step {
        "pack" => "box",
        "ship" => "truck",
        "deliver_paid" | "pay" => "money",
        _ => "check",
    }
}

#[derive(Deserialize)]
pub(super) struct OrderParams {
    /// It was typed a moment ago while its buyer was on the telephone.
    #[serde(rename = "dien-thoai")]
    by_phone: Option<String>,
}

pub(super) async fn order(
    visit: Visit,
    Path(id): Path<SellerOrderId>,
    Query(params): Query<OrderParams>,
) -> Result<Response, Trouble> {
    visit.desk(Right::Fulfil)?;
    let shown = RefusedStep {
        is_new: params.by_phone.is_some(),
        ..RefusedStep::default()
    };
    order_page(&visit, StatusCode::OK, id, shown).await
}

pub(crate) async fn order_page(
    visit: &Visit,
    status: StatusCode,
    id: SellerOrderId,
    refused: RefusedStep,
) -> Result<Response, Trouble> {
    let order = queries::for_seller(visit.site.store.reader(), id, &visit.actor)
        .await?
        .ok_or(Trouble::NotFound)?;
    if status == StatusCode::OK
        && order
            .parts
            .iter()
            .any(|part| part.has_unseen(Party::Seller))
    {
        market::transact_sure!(visit.site.store, &visit.actor, work => Ok(order_commands::see_messages(work, &[id], Party::Seller).await?))?;
    }
    let parts = order.parts.iter().filter(|part| part.state.has_lots());
    let mut goods: Vec<_> = parts
        .flat_map(|part| &part.lines)
        .map(|line| line.product)
        .collect();
    goods.sort_unstable();
    goods.dedup();
    let choices = if goods.is_empty() {
        Vec::new()
    } else {
        trace::queries::choices(visit.site.store.reader(), &goods).await?
    };
    let claims = of_order(visit.site.store.reader(), order.id).await?;
    let can_exchange =
        |part: &SellerOrder| matches!(part.state, OrderState::Placed | OrderState::Confirmed);
    let goods = match order.parts.iter().find(|part| can_exchange(part)) {
        Some(part) => of_seller(visit.site.store.reader(), part.seller).await?,
        None => Vec::new(),
    };
    let parcel = parcels::of_parts(visit.site.store.reader(), &[id])
        .await?
        .pop();
    let carrier = visit.site.carrier.as_ref().map(|carrier| carrier.name());
    Ok(visit.page_with(
        status,
        || Head::private(t!("orders.order", code = order.code), Area::Seller),
        || view! { <OrderDesk order=order.clone() parcel carrier choices refused claims goods /> },
    ))
}

/// A step that was refused, with what was typed.
#[derive(Default)]
pub(crate) struct RefusedStep {
    /// Nothing was refused: it was typed a moment ago.
    pub is_new: bool,
    /// As its path names it.
    pub step: String,
    pub reason: String,
    /// What was said to the buyer.
    pub message: String,
    /// The photographs with it that are taken in.
    pub photos: Vec<PaperId>,
    /// What was packed, as typed.
    pub packing: Option<Packing>,
    /// What was offered instead of something.
    pub substitute: SubstituteForm,
    /// How much of what comes from which lot.
    pub lots: LotsForm,
    /// What was typed about the parcel.
    pub parcel: TypedParcel,
    pub errors: FieldErrors,
    /// What is wrong with no field.
    pub problem: Option<String>,
}

#[component]
fn OrderDesk(
    order: Order,
    parcel: Option<Parcel>,
    carrier: Option<&'static str>,
    choices: Vec<LotChoice>,
    refused: RefusedStep,
    claims: Vec<(SellerOrderId, ListedClaim)>,
    goods: Vec<ListedProduct>,
) -> impl IntoView {
    let RefusedStep {
        is_new,
        step,
        reason,
        message,
        photos,
        packing,
        substitute,
        lots,
        parcel: typed_parcel,
        errors,
        problem,
    } = refused;
    let message_error = errors.of("message").map(lang::field);
    let wrong = errors.of("reason").map(lang::field);
    view! {
        <p><a href=routes::SELLER_ORDERS>{t!("sellers.back_to_orders")}</a></p>
        {problem.map(|text| view! { <Notice tone=Tone::Error><p>{text}</p></Notice> })}
        {order
            .parts
            .into_iter()
            .map(|part| {
                let steps = part.steps(Party::Seller);
                let base = routes::seller_order(part.id);
                let unpaid = part.payment.as_ref().is_some_and(|payment| payment.due().is_some());
                let with_reason: Vec<_> = steps.iter().copied().filter(|event| matches!(event, OrderEvent::Cancel | OrderEvent::Return)).collect();
                let can_pay = unpaid && matches!(part.state, OrderState::Confirmed | OrderState::Packed | OrderState::Delivered);
                view! {
                    <article class="narrow stack" data-gap="l">
                        <header class="order-head"><h1>{t!("orders.order", code = order.code.clone())}</h1><State state=part.state /></header>
                        {(order.entry == Entry::Phone).then(|| view! { <p class="muted"><Icon name="phone" />{t!("sellers.was_by_phone")}</p> })}
                        {is_new.then(|| view! { <Notice tone=Tone::Success><p>{t!("sellers.by_phone_done", total = order.total)}</p></Notice> })}
                        <div class="next-step"><div class="form__actions">
                            {(part.state == OrderState::Shipped).then(|| view! {
                                <form method="post" action=format!("{base}/deliver_paid")><button type="submit" class="button" data-kind="primary"><Icon name=icon("deliver_paid") />{t!("sellers.deliver_paid")}</button></form>
                            })}
                            {steps
                                .into_iter()
                                // What was packed is said in the form below.
                                .filter(|event| !matches!(event, OrderEvent::Cancel | OrderEvent::Return | OrderEvent::Pack))
                                .map(|event| {
                                    let kind = if event == OrderEvent::Deliver { "quiet" } else { "primary" };
                                    view! { <form method="post" action=format!("{base}/{}", event.as_str())><button type="submit" class="button" data-kind=kind><Icon name=icon(event.as_str()) />{words::event(event)}</button></form> }
                                })
                                .collect_view()}
                            {can_pay.then(|| view! { <form method="post" action=format!("{base}/pay")><button type="submit" class="button" data-kind="quiet"><Icon name=icon("pay") />{t!("sellers.money_in_hand")}</button></form> })}
                        </div></div>
                        <p class="cluster"><a class="button" data-kind="quiet" href=format!("{base}/phieu")><Icon name="print" />{t!("sellers.slip")}</a></p>
                        {(part.state == OrderState::Confirmed).then(|| view! { <PackForm lines=part.lines.clone() action=format!("{base}/dong-goi") typed=packing.clone() errors=errors.clone() /> })}
                        <section class="panel">
                            <h2>{t!("orders.to")}</h2>
                            {match &order.contact_phone {
                                Some(phone) => view! {
                                    <p><strong>{order.contact_name.clone()}</strong></p>
                                    <p class="cluster"><Icon name="phone" /><a href=format!("tel:{}", phone.as_str())>{phone.to_string()}</a></p>
                                    <p>{format!("{}, {}, {}", order.street, order.commune_name, order.province_name)}</p>
                                }.into_any(),
                                None => view! { <p class="muted">{t!("orders.contact_forgotten")}</p> }.into_any(),
                            }}
                            {(!order.note.is_empty()).then(|| view! { <p class="muted">{order.note.clone()}</p> })}
                            <GiftAndInvoice gift=order.gift.clone() invoice=order.invoice.clone() />
                            {order.gift.is_some().then(|| view! { <p class="muted small">{t!("sellers.gift_no_prices")}</p> })}
                        </section>
                        {offered(part.substitutes.clone())}
                        {(!goods.is_empty()).then(|| {
                            let errors = if step == exchange::STEP { errors.clone() } else { FieldErrors::default() };
                            view! { <OfferForm lines=part.lines.clone() goods=goods.clone() action=format!("{base}/{}", exchange::STEP) typed=substitute.clone() errors /> }
                        })}
                        <section class="panel"><h2>{t!("shipping.way")}</h2><WayOfPart way=part.way.clone() /></section>
                        {parcel.clone().map(|parcel| view! { <ParcelPanel parcel typed=typed_parcel.clone() carrier /> })}
                        {recalled(&part)}
                        {unanswered(&part)}
                        <Lots part=&part choices=choices.clone() typed=lots.clone() errors=errors.clone() />
                        <section><h2>{t!("sellers.goods")}</h2><Lines lines=part.lines /></section>
                        <dl class="totals">
                            <div><dt>{t!("cart.items")}</dt><dd>{part.items.to_string()}</dd></div>
                            <div><dt>{t!("cart.shipping")}</dt><dd>{part.shipping.to_string()}</dd></div>
                            <div class="totals__sum"><dt>{t!("cart.total")}</dt><dd>{part.total.to_string()}</dd></div>
                        </dl>
                        <Payment payment=part.payment />
                        {claims::of_part(claims.clone(), part.id)}
                        <Messages
                            messages=part.messages
                            own=Party::Seller
                            id=part.id.to_string()
                            action=format!("{base}/nhan")
                            photo=Box::new(routes::desk_photo)
                            hidden=Vec::new()
                            typed=message.clone()
                            taken=photos.clone()
                            error=message_error.clone()
                        />
                        <section><h2>{t!("sellers.history")}</h2><History entries=part.history /></section>
                        {with_reason
                            .into_iter()
                            .map(|event| {
                                let id = format!("reason-{}", event.as_str());
                                let is_refused = step == event.as_str();
                                let error = wrong.clone().filter(|_| is_refused);
                                let error_id = format!("{id}-error");
                                view! {
                                    <details class="disclosure" data-kind="danger" open=is_refused>
                                        <summary>{words::event(event)}</summary>
                                        <form class="disclosure__body stack" method="post" action=format!("{base}/{}", event.as_str())>
                                            <label class="field__label" for=id.clone()>{t!("sellers.reason")}</label>
                                            <textarea class="input" id=id name="reason" rows="2" required maxlength="500" aria-invalid=error.is_some().then_some("true") aria-describedby=error.is_some().then(|| error_id.clone())>{is_refused.then(|| reason.clone())}</textarea>
                                            {error.map(|text| view! { <p class="field__error" id=error_id role="alert"><Icon name="alert" />{text}</p> })}
                                            <button type="submit" class="button" data-kind="danger">{words::event(event)}</button>
                                        </form>
                                    </details>
                                }
                            })
                            .collect_view()}
                    </article>
                }
            })
            .collect_view()}
    }
}

/// Goods of a recalled lot that are still here stay here.
fn recalled(part: &SellerOrder) -> Option<impl IntoView + use<>> {
    let is_recalled = part
        .lines
        .iter()
        .flat_map(|line| &line.lots)
        .any(|lot| lot.is_recalled);
    let words = if part.state.has_left() {
        t!("trace.order_recalled_left")
    } else {
        t!("trace.order_recalled_here")
    };
    (is_recalled && part.state.has_lots())
        .then(|| view! { <Notice tone=Tone::Error><p>{words}</p></Notice> })
}

/// The buyer was asked about other days and says nothing yet: a call settles it.
fn unanswered(part: &SellerOrder) -> Option<impl IntoView + use<>> {
    let question = part
        .questions
        .iter()
        .find(|question| question.state == QuestionState::Open && part.state.holds_stock())?;
    let words = t!(
        "sellers.days_unanswered",
        was = question.was.text(),
        now = question.now.text()
    );
    Some(view! { <Notice tone=Tone::Warning><p>{words}</p></Notice> })
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct StepForm {
    reason: String,
}

/// What was packed, as typed.
#[derive(Clone, Debug, Default)]
pub(crate) struct Packing {
    pairs: Vec<(String, String)>,
}

/// What was packed, understood.
struct Said {
    packed: Vec<(OrderLineId, Quantity)>,
    rest: Rest,
    reason: String,
}

impl Packing {
    fn get(&self, name: &str) -> &str {
        let found = self.pairs.iter().find(|(key, _)| key == name);
        found.map_or("", |(_, value)| value.as_str())
    }

    /// Understands what was typed: lines of which nothing is said were packed as ordered.
    fn parse(&self) -> Result<Said, FieldErrors> {
        let mut errors = FieldErrors::default();
        let mut packed = Vec::new();
        for (name, value) in &self.pairs {
            let Some(line) = name.strip_prefix("packed-").and_then(|id| id.parse().ok()) else {
                continue;
            };
            match (value.trim(), Quantity::parse(value)) {
                ("0", _) => packed.push((line, Quantity::from_thousandths(0))),
                (_, Ok(quantity)) => packed.push((line, quantity)),
                (_, Err(error)) => errors.add(name, error.code()),
            }
        }
        let reason = errors.optional_text("reason", self.get("reason"), 500);
        let rest = Rest::parse(self.get("rest")).unwrap_or(Rest::LeftOut);
        if errors.is_empty() {
            Ok(Said {
                packed,
                rest,
                reason,
            })
        } else {
            Err(errors)
        }
    }
}

/// What was packed of each line: one tap where it is what was ordered.
#[component]
fn PackForm(
    lines: Vec<OrderLine>,
    action: String,
    typed: Option<Packing>,
    errors: FieldErrors,
) -> impl IntoView {
    let is_typed = typed.is_some();
    let typed = typed.unwrap_or_default();
    let errors = if is_typed {
        errors
    } else {
        FieldErrors::default()
    };
    let rest = Rest::parse(typed.get("rest")).unwrap_or(Rest::LeftOut);
    let whole = errors.of("packed").map(lang::field);
    let labels: Vec<(&'static str, String)> = vec![
        ("packed", t!("sellers.packed")),
        ("reason", t!("sellers.short_why")),
    ];
    view! {
        <form class="panel stack" method="post" action=action novalidate="">
            <h2>{t!("sellers.pack_title")}</h2>
            <ErrorSummary errors=errors.clone() labels />
            {whole.map(|text| view! { <p class="field__error" id="packed-error"><Icon name="alert" />{text}</p> })}
            {lines
                .into_iter()
                .filter(|line| line.quantity.thousandths() > 0)
                .map(|line| {
                    let field = format!("packed-{}", line.id);
                    let error = errors.of(&field).map(lang::field);
                    let error_id = error.as_ref().map(|_| format!("{field}-error"));
                    let value = if is_typed { typed.get(&field).to_owned() } else { line.quantity.plain() };
                    let name = line_name(&line.name, &line.variant_name);
                    let hint = is_by_weight(&line.unit).then(|| t!("sellers.packed_by_weight", percent = WEIGHT_TOLERANCE));
                    view! {
                        <div class="field">
                            <label class="field__label" for=field.clone()>{t!("sellers.packed_of", name = name, quantity = line.quantity, unit = line.unit)}</label>
                            {hint.map(|text| view! { <p class="field__hint">{text}</p> })}
                            <input class="input" id=field.clone() name=field value=value inputmode="decimal" autocomplete="off" aria-invalid=error.is_some().then_some("true") aria-describedby=error_id.clone() />
                            {error.map(|text| view! { <p class="field__error" id=error_id><Icon name="alert" />{text}</p> })}
                        </div>
                    }
                })
                .collect_view()}
            <details class="disclosure" open=is_typed>
                <summary>{t!("sellers.short")}</summary>
                <div class="disclosure__body stack">
                    <div class="choices" data-rows="">
                        {[(Rest::LeftOut, t!("sellers.rest_left_out")), (Rest::Later, t!("sellers.rest_later"))]
                            .map(|(choice, words)| view! { <label class="choice"><input type="radio" name="rest" value=choice.as_str() checked={choice == rest} /><span class="choice__text"><span class="choice__name">{words}</span></span></label> })
                            .collect_view()}
                    </div>
                    <Field name="reason" label=t!("sellers.short_why") value=typed.get("reason").to_owned() errors=errors.clone() />
                </div>
            </details>
            <button type="submit" class="button" data-kind="primary"><Icon name="box" />{words::event(OrderEvent::Pack)}</button>
        </form>
    }
}

/// Packs an order, as ordered or otherwise.
pub(super) async fn pack(
    visit: Visit,
    Path(id): Path<SellerOrderId>,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Result<Response, Trouble> {
    visit.desk(Right::Fulfil)?;
    let packing = Packing { pairs };
    let outcome = match packing.parse() {
        Ok(said) => {
            let (packed, rest, reason) = (said.packed.as_slice(), said.rest, said.reason.as_str());
            market::transact!(visit.site.store, &visit.actor, work => commands::pack(work, id, packed, rest, reason).await)
        }
        Err(errors) => Err(Failure::Refused(OrdersRefusal::Invalid(errors))),
    };
    match outcome {
        Ok(_) => Ok(visit.see_other(&routes::seller_order(id))),
        Err(Failure::Fault(fault)) => Err(fault.into()),
        Err(Failure::Refused(OrdersRefusal::NotFound)) => Err(Trouble::NotFound),
        Err(Failure::Refused(refusal)) => {
            let told = visit.told(Some(&refusal));
            let refused = RefusedStep {
                step: "dong-goi".to_owned(),
                packing: Some(packing),
                errors: told.errors,
                problem: told.message,
                ..RefusedStep::default()
            };
            order_page(&visit, told.status, id, refused).await
        }
    }
}

/// The seller says something to the buyer.
pub(super) async fn say(
    visit: Visit,
    Path(id): Path<SellerOrderId>,
    form: Multipart,
) -> Result<Response, Trouble> {
    visit.desk(Right::Fulfil)?;
    let db = visit.site.store.reader();
    if queries::for_seller(db, id, &visit.actor).await?.is_none() {
        return Err(Trouble::NotFound);
    }
    let mut received = claims::receive(&visit, form, &claims::Whose::Desk).await?;
    received.take_photos(&visit, id).await?;
    let outcome = claims::say(&visit, &received, id, Party::Seller).await;
    match outcome {
        Ok(()) => Ok(visit.see_other(&format!("{}#nhan-{id}", routes::seller_order(id)))),
        Err(Failure::Fault(fault)) => Err(fault.into()),
        Err(Failure::Refused(OrdersRefusal::NotFound)) => Err(Trouble::NotFound),
        Err(Failure::Refused(refusal)) => {
            let told = visit.told(Some(&refusal));
            let refused = RefusedStep {
                step: "nhan".to_owned(),
                message: received.form.get("message").to_owned(),
                photos: received.photos,
                errors: told.errors,
                problem: told.message,
                ..RefusedStep::default()
            };
            order_page(&visit, told.status, id, refused).await
        }
    }
}

/// Takes one step as its path names it; what may be refused is the answer.
pub(super) async fn take(
    visit: &Visit,
    id: SellerOrderId,
    step: &str,
    reason: &str,
) -> Result<Result<(), Failure<OrdersRefusal>>, Trouble> {
    Ok(match step {
        "deliver_paid" => {
            market::transact!(visit.site.store, &visit.actor, work => commands::deliver_paid(work, id).await)
        }
        "pay" => {
            market::transact!(visit.site.store, &visit.actor, work => commands::receive(work, id).await)
        }
        other => {
            let event = OrderEvent::parse(other).ok_or(Trouble::NotFound)?;
            market::transact!(visit.site.store, &visit.actor, work => commands::advance(work, id, event, Party::Seller, reason).await.map(|_| ()))
        }
    })
}

pub(super) async fn step(
    visit: Visit,
    Path((id, step)): Path<(SellerOrderId, String)>,
    Form(form): Form<StepForm>,
) -> Result<Response, Trouble> {
    visit.desk(Right::Fulfil)?;
    match take(&visit, id, &step, &form.reason).await? {
        Ok(()) => Ok(visit.see_other(&routes::seller_order(id))),
        Err(Failure::Fault(fault)) => Err(fault.into()),
        Err(Failure::Refused(OrdersRefusal::NotFound)) => Err(Trouble::NotFound),
        Err(Failure::Refused(refusal)) => {
            let mut refused = RefusedStep {
                step,
                reason: form.reason,
                ..RefusedStep::default()
            };
            let status = match refusal {
                OrdersRefusal::Invalid(errors) => {
                    refused.errors = errors;
                    StatusCode::UNPROCESSABLE_ENTITY
                }
                other => {
                    let problem = lang::speaking(visit.lang, || lang::refusal(&other));
                    refused.problem = Some(problem);
                    StatusCode::CONFLICT
                }
            };
            order_page(&visit, status, id, refused).await
        }
    }
}
