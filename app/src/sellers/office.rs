//! The officers' desk for shops: what waits, what is looked at, what is decided.
use axum::extract::{Form, Path, Query};
use axum::http::StatusCode;
use axum::response::Response;
use leptos::prelude::*;
use market::kernel::time::{day_text, instant_text, iso_day, parse_day};
use market::kernel::{Failure, FieldErrors, PageRequest, Permission, Right, SellerId};
use market::sellers::commands;
use market::sellers::queries::{self, ListedShop, ShopFilter};
use market::sellers::{
    DECIDED_WITHIN, SUSPENSION_NOTICE, SellersRefusal, Shop, ShopField, Standing, Step,
};
use serde::Deserialize;
use time::Date;

use super::checklist::{History, Suspension, state};
use super::owner::{NameOwner, OwnerForm};
use super::words;
use crate::catalog::words::seller_kind;
use crate::media::paper_address;
use crate::routes;
use crate::trouble::Trouble;
use crate::ui::form::{ErrorSummary, Field, Select, TextArea};
use crate::ui::parts::{Empty, Notice, Pagination, Tone};
use crate::ui::shell::Icon;
use crate::ui::{Area, Head, lang};
use crate::visit::Visit;

/// Shops on a page of the list.
const PER_PAGE: u32 = 20;

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct ListParams {
    trang: Option<u32>,
    tinh_trang: String,
    xa: String,
}

/// An officer who looks at shops, anywhere.
fn officer(visit: &Visit) -> Result<(), Trouble> {
    visit.signed_in()?;
    if visit.actor.has_office(Permission::Sellers) {
        Ok(())
    } else {
        Err(Trouble::Forbidden)
    }
}

/// A list as it is shown.
struct Listed {
    shops: Vec<ListedShop>,
    counts: Vec<(Standing, i64)>,
    communes: Vec<(String, String)>,
    asked: ListParams,
    page: u32,
    pages: u32,
    today: Date,
}

pub(super) async fn list(
    visit: Visit,
    Query(asked): Query<ListParams>,
) -> Result<Response, Trouble> {
    officer(&visit)?;
    let db = visit.site.store.reader();
    let scope = visit.actor.office_communes();
    let filter = ShopFilter {
        scope,
        standing: Standing::parse(&asked.tinh_trang),
        commune: &asked.xa,
    };
    let counts = queries::counts(db, &filter).await?;
    let total = counts
        .iter()
        .filter(|(standing, _)| filter.standing.is_none_or(|only| only == *standing))
        .map(|(_, count)| count)
        .sum();
    let pages = PageRequest::new(None, Some(PER_PAGE)).pages(total);
    let page = asked.trang.unwrap_or(1).clamp(1, pages);
    let shops = queries::listed(db, &filter, PageRequest::new(Some(page), Some(PER_PAGE))).await?;
    let listed = Listed {
        shops,
        counts,
        communes: queries::communes_with_shops(db, scope).await?,
        page,
        pages,
        today: visit.site.store.today(),
        asked,
    };
    Ok(visit.page(
        || Head::private(t!("shell.province_shops"), Area::Province),
        || view! { <List listed /> },
    ))
}

fn address(standing: &str, commune: &str, page: u32) -> String {
    let mut pairs = Vec::new();
    if !standing.is_empty() {
        pairs.push(("tinh_trang", standing.to_owned()));
    }
    if !commune.is_empty() {
        pairs.push(("xa", commune.to_owned()));
    }
    if page > 1 {
        pairs.push(("trang", page.to_string()));
    }
    let query = serde_urlencoded::to_string(pairs).unwrap_or_default();
    if query.is_empty() {
        routes::PROVINCE_SHOPS.to_owned()
    } else {
        format!("{}?{query}", routes::PROVINCE_SHOPS)
    }
}

#[component]
fn List(listed: Listed) -> impl IntoView {
    let Listed {
        shops,
        counts,
        communes,
        asked,
        page,
        pages,
        today,
    } = listed;
    let (standing, commune) = (asked.tinh_trang, asked.xa);
    let all: i64 = counts.iter().map(|(_, count)| count).sum();
    let tab = |value: &str, words: String, count: i64| {
        let current = (standing == value).then_some("page");
        view! { <a href=address(value, &commune, 1) aria-current=current>{words}" "<span class="tabs__count">{count}</span></a> }
    };
    let tabs = Standing::ALL
        .into_iter()
        .filter_map(|one| {
            let count = counts.iter().find(|(found, _)| *found == one)?.1;
            Some(tab(one.as_str(), words::standing(one), count))
        })
        .collect_view();
    let everything = tab("", t!("shops.all"), all);
    let (of_page, of_commune) = (standing.clone(), commune.clone());
    view! {
        <h1>{t!("shell.province_shops")}</h1>
        <p class="muted">{t!("shops.office_lead", days = DECIDED_WITHIN)}</p>
        <nav class="tabs" aria-label=t!("shops.by_standing")>{everything}{tabs}</nav>
        <form method="get" action=routes::PROVINCE_SHOPS class="cluster">
            <input type="hidden" name="tinh_trang" value=standing />
            <Select name="xa" label=t!("orders.commune") value=commune options=communes errors=FieldErrors::default() placeholder=t!("shops.every_commune") />
            <button type="submit" class="button">{t!("shops.filter")}</button>
        </form>
        {if shops.is_empty() {
            view! { <Empty title=t!("shops.none")><p>{t!("shops.none_advice")}</p></Empty> }.into_any()
        } else {
            view! { <Table shops today /> }.into_any()
        }}
        <Pagination page pages href=Box::new(move |page| address(&of_page, &of_commune, page)) />
    }
}

#[component]
fn Table(shops: Vec<ListedShop>, today: Date) -> impl IntoView {
    let rows = shops
        .into_iter()
        .map(|shop| {
            let place = [shop.hamlet, shop.commune].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ");
            let due = match (shop.standing, shop.decide_by, shop.suspends_on) {
                (Standing::Submitted, Some(day), _) if day < today => {
                    view! { <span class="state" data-state="overdue">{t!("shops.overdue", day = day_text(day))}</span> }.into_any()
                }
                (Standing::Submitted, Some(day), _) => t!("shops.due", day = day_text(day)).into_any(),
                (_, _, Some(day)) => t!("shops.suspends_on", day = day_text(day)).into_any(),
                _ => "".into_any(),
            };
            view! {
                <tr>
                    <th scope="row"><a href=routes::office_shop(shop.id)>{shop.name}</a></th>
                    <td data-label=t!("shops.owner_name")>{shop.owner_name}</td>
                    <td data-label=t!("shops.kind")>{seller_kind(shop.kind)}</td>
                    <td data-label=t!("shops.step_address")>{place}</td>
                    <td data-label=t!("shops.standing")><span class="state" data-state=state(shop.standing)>{words::standing(shop.standing)}</span></td>
                    <td data-label=t!("shops.deadline")>{due}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <div class="table-wrap">
            <table class="table" data-stack="">
                <thead>
                    <tr>
                        <th scope="col">{t!("shops.shop_name")}</th>
                        <th scope="col">{t!("shops.owner_name")}</th>
                        <th scope="col">{t!("shops.kind")}</th>
                        <th scope="col">{t!("shops.step_address")}</th>
                        <th scope="col">{t!("shops.standing")}</th>
                        <th scope="col">{t!("shops.deadline")}</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
}

/// What an officer typed into the forms of a shop.
#[derive(Clone, Default)]
struct Typed {
    notes: Vec<(ShopField, String)>,
    suspend: SuspendForm,
    owner: OwnerForm,
    /// The whole number, once it was asked for.
    number: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct ShowParams {
    /// The authority's order by which the shop is to be suspended.
    van_ban: String,
}

pub(super) async fn show(
    visit: Visit,
    Path(id): Path<SellerId>,
    Query(params): Query<ShowParams>,
) -> Result<Response, Trouble> {
    let typed = Typed {
        suspend: SuspendForm {
            order_no: params.van_ban,
            ..SuspendForm::default()
        },
        ..Typed::default()
    };
    page(&visit, StatusCode::OK, id, typed, None).await
}

/// A shop that the officer looks after; others' does not exist.
pub(super) async fn shop(visit: &Visit, id: SellerId) -> Result<Shop, Trouble> {
    visit.signed_in()?;
    queries::load_shop(visit.site.store.reader(), id)
        .await?
        .filter(|shop| {
            let right = Right::Office(Permission::Sellers, shop.commune);
            visit.actor.may(right)
        })
        .ok_or(Trouble::NotFound)
}

/// The page again, with what was typed to name an owner and why it was refused.
pub(super) async fn with_owner(
    visit: &Visit,
    id: SellerId,
    owner: OwnerForm,
    refusal: SellersRefusal,
) -> Result<Response, Trouble> {
    let status = visit.told(Some(&refusal)).status;
    let typed = Typed {
        owner,
        ..Typed::default()
    };
    page(visit, status, id, typed, Some(refusal)).await
}

async fn page(
    visit: &Visit,
    status: StatusCode,
    id: SellerId,
    typed: Typed,
    refused: Option<SellersRefusal>,
) -> Result<Response, Trouble> {
    let shop = shop(visit, id).await?;
    let twins = queries::with_same_number(visit.site.store.reader(), id).await?;
    let today = visit.site.store.today();
    Ok(visit.page_with(
        status,
        || Head::private(shop.name.clone(), Area::Province),
        || view! { <Detail shop=shop.clone() twins today typed refused /> },
    ))
}

/// Where a form of the desk leads: back to the shop, or to it with what is wrong.
async fn settle(
    visit: &Visit,
    id: SellerId,
    typed: Typed,
    outcome: Result<(), Failure<SellersRefusal>>,
) -> Result<Response, Trouble> {
    match outcome {
        Ok(()) => Ok(visit.see_other(&routes::office_shop(id))),
        Err(Failure::Refused(
            refusal @ (SellersRefusal::Invalid(_)
            | SellersRefusal::WrongState
            | SellersRefusal::NotAllowed),
        )) => {
            let status = match refusal {
                SellersRefusal::Invalid(_) => StatusCode::UNPROCESSABLE_ENTITY,
                SellersRefusal::WrongState => StatusCode::CONFLICT,
                _ => StatusCode::FORBIDDEN,
            };
            page(visit, status, id, typed, Some(refusal)).await
        }
        Err(failure) => Err(failure.into()),
    }
}

pub(super) async fn approve(visit: Visit, Path(id): Path<SellerId>) -> Result<Response, Trouble> {
    visit.signed_in()?;
    let outcome = market::transact!(visit.site.store, &visit.actor, work => commands::approve(work, id).await);
    settle(&visit, id, Typed::default(), outcome).await
}

/// Shows the whole number; a form and no link, since each look is noted.
pub(super) async fn see_number(
    visit: Visit,
    Path(id): Path<SellerId>,
) -> Result<Response, Trouble> {
    visit.signed_in()?;
    let outcome = market::transact!(visit.site.store, &visit.actor, work => commands::see_number(work, id).await);
    match outcome {
        Ok(number) => {
            let typed = Typed {
                number,
                ..Typed::default()
            };
            page(&visit, StatusCode::OK, id, typed, None).await
        }
        Err(failure) => settle(&visit, id, Typed::default(), Err(failure)).await,
    }
}

pub(super) async fn return_with(
    visit: Visit,
    Path(id): Path<SellerId>,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Result<Response, Trouble> {
    visit.signed_in()?;
    let notes: Vec<(ShopField, String)> = pairs
        .into_iter()
        .filter_map(|(name, reason)| Some((ShopField::parse(&name)?, reason)))
        .collect();
    let typed = notes.as_slice();
    let outcome = market::transact!(visit.site.store, &visit.actor, work => commands::return_with(work, id, typed).await);
    let typed = Typed {
        notes,
        ..Typed::default()
    };
    settle(&visit, id, typed, outcome).await
}

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct SuspendForm {
    reason: String,
    day: String,
    order_reason: String,
    order_no: String,
}

pub(super) async fn announce(
    visit: Visit,
    Path(id): Path<SellerId>,
    Form(suspend): Form<SuspendForm>,
) -> Result<Response, Trouble> {
    visit.signed_in()?;
    let (reason, day) = (suspend.reason.as_str(), parse_day(&suspend.day));
    let outcome = market::transact!(visit.site.store, &visit.actor, work => commands::announce_suspension(work, id, reason, day).await);
    let typed = Typed {
        suspend,
        ..Typed::default()
    };
    settle(&visit, id, typed, outcome).await
}

pub(super) async fn suspend(
    visit: Visit,
    Path(id): Path<SellerId>,
    Form(suspend): Form<SuspendForm>,
) -> Result<Response, Trouble> {
    visit.signed_in()?;
    let (reason, order) = (suspend.order_reason.as_str(), suspend.order_no.as_str());
    let outcome = market::transact!(visit.site.store, &visit.actor, work => commands::suspend_by_order(work, id, reason, order).await);
    let typed = Typed {
        suspend,
        ..Typed::default()
    };
    settle(&visit, id, typed, outcome).await
}

pub(super) async fn call_off(visit: Visit, Path(id): Path<SellerId>) -> Result<Response, Trouble> {
    visit.signed_in()?;
    let outcome = market::transact!(visit.site.store, &visit.actor, work => commands::call_off_suspension(work, id).await);
    settle(&visit, id, Typed::default(), outcome).await
}

pub(super) async fn lift(visit: Visit, Path(id): Path<SellerId>) -> Result<Response, Trouble> {
    visit.signed_in()?;
    let outcome =
        market::transact!(visit.site.store, &visit.actor, work => commands::lift(work, id).await);
    settle(&visit, id, Typed::default(), outcome).await
}

fn deed(id: SellerId, deed: &str) -> String {
    format!("{}/{deed}", routes::office_shop(id))
}

#[component]
fn Detail(
    shop: Shop,
    twins: Vec<(SellerId, String)>,
    today: Date,
    typed: Typed,
    refused: Option<SellersRefusal>,
) -> impl IntoView {
    let id = shop.id;
    let errors = match &refused {
        Some(SellersRefusal::Invalid(errors)) => errors.clone(),
        _ => FieldErrors::default(),
    };
    let message = refused
        .filter(|_| errors.is_empty())
        .map(|refusal| lang::refusal(&refusal));
    let due = shop
        .decide_by
        .filter(|_| shop.standing == Standing::Submitted)
        .map(|day| (day < today, day_text(day)));
    view! {
        <p><a href=routes::PROVINCE_SHOPS>{t!("shops.back_to_list")}</a></p>
        <h1>{shop.name.clone()}</h1>
        <p class="cluster">
            <span class="state" data-state=state(shop.standing)>{words::standing(shop.standing)}</span>
            {due.map(|(is_late, day)| if is_late {
                view! { <span class="state" data-state="overdue">{t!("shops.overdue", day = day)}</span> }.into_any()
            } else {
                view! { <span>{t!("shops.due", day = day)}</span> }.into_any()
            })}
        </p>
        {message.map(|text| view! { <Notice tone=Tone::Error><p>{text}</p></Notice> })}
        <ErrorSummary errors=errors.clone() labels=words::labels() />
        <Suspension shop=&shop />
        {(!twins.is_empty()).then(|| view! {
            <Notice tone=Tone::Warning>
                <p>{t!("shops.twins")}</p>
                <ul>{twins.into_iter().map(|(id, name)| view! { <li><a href=routes::office_shop(id)>{name}</a></li> }).collect_view()}</ul>
            </Notice>
        })}
        <Facts shop=&shop number=typed.number.clone() />
        {(!shop.has_owner && shop.standing != Standing::Closed).then(|| view! { <NameOwner id form=typed.owner.clone() errors=errors.clone() /> })}
        {(shop.standing == Standing::Submitted).then(|| view! { <Decide id notes=typed.notes.clone() errors=errors.clone() /> })}
        {(shop.standing == Standing::Approved).then(|| view! { <Suspend id is_announced=shop.suspends_on.is_some() today form=typed.suspend.clone() errors=errors.clone() /> })}
        {(shop.standing == Standing::Suspended).then(|| view! {
            <form method="post" action=deed(id, "mo-lai")><button type="submit" class="button" data-kind="primary">{t!("shops.lift")}</button></form>
        })}
        <section class="section">
            <h2>{t!("sellers.history")}</h2>
            <History history=shop.history.clone() />
        </section>
    }
}

/// Everything that was filled in, with what is missing; each paper opens by itself, and each look is noted.
#[component]
fn Facts<'s>(shop: &'s Shop, number: Option<String>) -> impl IntoView + use<> {
    let fact = |words: String, value: String| {
        let value = if value.is_empty() {
            t!("shops.nothing")
        } else {
            value
        };
        view! { <div><dt>{words}</dt><dd>{value}</dd></div> }
    };
    let steps = [
        Step::Who,
        Step::Address,
        Step::Delivery,
        Step::Bank,
        Step::Tax,
    ]
    .into_iter()
    .map(|step| fact(words::step(step), words::filled(shop, step)))
    .collect_view();
    let papers = shop
        .papers
        .iter()
        .enumerate()
        .map(|(at, paper)| view! {
            <li><a href=paper_address(paper.id) target="_blank">{t!("shops.paper", number = at + 1)}</a>" "<span class="muted small">{instant_text(paper.at)}</span></li>
        })
        .collect_view();
    let picture = shop.picture_key.as_deref().map(routes::media);
    let verified = shop.verified_at.map(instant_text).unwrap_or_default();
    let phone = if shop.phone_lent {
        t!("shops.phone_lent", phone = shop.phone.to_string())
    } else {
        shop.phone.to_string()
    };
    let hidden = number.is_none() && shop.number_kind.is_some();
    let see = deed(shop.id, "so");
    view! {
        <div class="panel"><dl class="facts">
            {fact(t!("accounts.phone"), phone)}
            <div>
                <dt>{t!("shops.number")}</dt>
                <dd>
                    {number.map(|number| view! { <strong>{number}</strong> })}
                    {hidden.then(|| view! { <form method="post" action=see><button type="submit" class="button">{t!("shops.see_number")}</button></form> })}
                </dd>
            </div>
            {steps}
            {fact(t!("shops.former"), shop.former_name.clone())}
            {fact(t!("shops.story"), shop.story.clone())}
            {fact(t!("shops.verified"), verified)}
            <div>
                <dt>{t!("shops.papers")}</dt>
                <dd>
                    <ul>{papers}</ul>
                    <p class="muted small">{t!("shops.looks_are_noted")}</p>
                </dd>
            </div>
            {picture.map(|src| view! { <div><dt>{t!("shops.picture")}</dt><dd><img src=src alt=t!("shops.picture") width="320" /></dd></div> })}
        </dl></div>
    }
}

#[component]
fn Decide(id: SellerId, notes: Vec<(ShopField, String)>, errors: FieldErrors) -> impl IntoView {
    let is_open = !errors.is_empty();
    let fields = ShopField::ALL
        .into_iter()
        .map(|field| {
            let value = notes
                .iter()
                .find(|(noted, _)| *noted == field)
                .map(|(_, reason)| reason.clone())
                .unwrap_or_default();
            view! { <Field name=field.as_str() label=words::field(field) value errors=errors.clone() required=false /> }
        })
        .collect_view();
    view! {
        <section class="stack panel" aria-labelledby="quyet-dinh">
            <h2 id="quyet-dinh">{t!("shops.decide")}</h2>
            <p>{t!("shops.approve_lead")}</p>
            <form method="post" action=deed(id, "duyet")><button type="submit" class="button" data-kind="primary"><Icon name="check" />{t!("shops.approve")}</button></form>
            <details class="disclosure" open=is_open id="notes">
                <summary>{t!("shops.return")}</summary>
                <div class="disclosure__body">
                    <p>{t!("shops.return_lead")}</p>
                    <form method="post" action=deed(id, "tra-lai") class="form" novalidate="">
                        {fields}
                        <div class="form__actions"><button type="submit" class="button">{t!("shops.return_button")}</button></div>
                    </form>
                </div>
            </details>
        </section>
    }
}

#[component]
fn Suspend(
    id: SellerId,
    is_announced: bool,
    today: Date,
    form: SuspendForm,
    errors: FieldErrors,
) -> impl IntoView {
    let by_order = errors.of("order_no").is_some() || errors.of("order_reason").is_some();
    let opens_order = by_order || errors.is_empty() && !form.order_no.is_empty();
    let announces = !errors.is_empty() && !by_order;
    let day = if form.day.is_empty() {
        iso_day(today.saturating_add(SUSPENSION_NOTICE))
    } else {
        form.day
    };
    let days = SUSPENSION_NOTICE.whole_days();
    view! {
        <section class="stack panel" aria-labelledby="tam-ngung">
            <h2 id="tam-ngung">{t!("shops.restrict")}</h2>
            <p>{t!("shops.restrict_lead", days = days)}</p>
            {is_announced.then(|| view! { <form method="post" action=deed(id, "bo-bao-ngung")><button type="submit" class="button">{t!("shops.call_off")}</button></form> })}
            <details class="disclosure" data-kind="danger" open=announces>
                <summary>{t!("shops.announce")}</summary>
                <div class="disclosure__body">
                    <form method="post" action=deed(id, "bao-ngung") class="form" novalidate="">
                        <TextArea name="reason" label=t!("sellers.reason") value=form.reason errors=errors.clone() required=true hint=t!("shops.reason_hint") />
                        <Field name="day" label=t!("shops.suspend_day") value=day errors=errors.clone() kind="date" />
                        <div class="form__actions"><button type="submit" class="button" data-kind="danger">{t!("shops.announce_button")}</button></div>
                    </form>
                </div>
            </details>
            <details class="disclosure" data-kind="danger" open=opens_order>
                <summary>{t!("shops.suspend_now")}</summary>
                <div class="disclosure__body">
                    <form method="post" action=deed(id, "ngung") class="form" novalidate="">
                        <Field name="order_no" label=t!("shops.order_no") value=form.order_no errors=errors.clone() />
                        <TextArea name="order_reason" label=t!("sellers.reason") value=form.order_reason errors required=true hint=t!("shops.reason_hint") />
                        <div class="form__actions"><button type="submit" class="button" data-kind="danger">{t!("shops.suspend_button")}</button></div>
                    </form>
                </div>
            </details>
        </section>
    }
}
