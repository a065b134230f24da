//! The officers' desk for goods: what waits, what is looked at, what is decided.
use axum::extract::{Form, Path, Query};
use axum::response::Response;
use leptos::prelude::*;
use market::catalog::queries::{self, ListingDecision, WaitingListing};
use market::catalog::{
    LOOKED_AT_WITHIN, ListingReview, Product, ReviewKind, ReviewState, commands,
};
use market::kernel::time::{day_text, instant_text};
use market::kernel::{CommuneId, Failure, PageRequest, Permission, ProductId, Right};
use serde::Deserialize;
use time::Date;

use super::differences::{Compared, Differences};
use super::pages::Listing;
use super::words;
use crate::routes;
use crate::trouble::Trouble;
use crate::ui::form::{ErrorSummary, Field};
use crate::ui::parts::{Empty, Notice, Pagination, Tone};
use crate::ui::shell::Icon;
use crate::ui::{Area, Head};
use crate::visit::{Told, Visit};

/// Lines on a page of the queue.
const PER_PAGE: u32 = 20;

fn officer(visit: &Visit) -> Result<(), Trouble> {
    visit.signed_in()?;
    if visit.actor.has_office(Permission::Listings) {
        Ok(())
    } else {
        Err(Trouble::Forbidden)
    }
}

#[derive(Deserialize)]
pub(super) struct Asked {
    trang: Option<u32>,
    /// What was decided just now: `duyet`, `tra-lai`.
    xong: Option<String>,
}

pub(super) async fn list(visit: Visit, Query(asked): Query<Asked>) -> Result<Response, Trouble> {
    officer(&visit)?;
    let db = visit.site.store.reader();
    let communes: Option<&[CommuneId]> = visit.actor.office_communes();
    let total = queries::waiting_count(db, communes).await?;
    let pages = PageRequest::new(None, Some(PER_PAGE)).pages(total);
    let page = asked.trang.unwrap_or(1).clamp(1, pages);
    let request = PageRequest::new(Some(page), Some(PER_PAGE));
    let waiting = queries::waiting(db, communes, request).await?;
    let today = visit.site.store.today();
    Ok(visit.page(
        || Head::private(t!("shell.province_listings"), Area::Province),
        || {
            let done = match asked.xong.as_deref() {
                Some("duyet") => Some(t!("listing.approved")),
                Some("tra-lai") => Some(t!("listing.given_back")),
                _ => None,
            };
            view! {
                <h1>{t!("shell.province_listings")}</h1>
                <p class="muted">{t!("listing.office_lead", days = LOOKED_AT_WITHIN)}</p>
                {done.map(|words| view! { <Notice tone=Tone::Success><p>{words}</p></Notice> })}
                {if waiting.is_empty() {
                    view! { <Empty title=t!("listing.nothing_waits")><p>{t!("listing.nothing_waits_advice")}</p></Empty> }.into_any()
                } else {
                    view! { <Queue waiting today /> }.into_any()
                }}
                <Pagination page pages href=Box::new(|page| format!("{}?trang={page}", routes::PROVINCE_LISTINGS)) />
            }
        },
    ))
}

#[component]
fn Queue(waiting: Vec<WaitingListing>, today: Date) -> impl IntoView {
    let rows = waiting
        .into_iter()
        .map(|line| {
            let kind = match line.kind {
                ReviewKind::First => t!("listing.kind_first"),
                ReviewKind::Change => t!("listing.kind_change"),
            };
            let due = if line.decide_by < today {
                view! { <span class="state" data-state="overdue">{t!("shops.overdue", day = day_text(line.decide_by))}</span> }.into_any()
            } else {
                t!("shops.due", day = day_text(line.decide_by)).into_any()
            };
            view! {
                <tr>
                    <td data-label=t!("listing.cover")>{line.image_key.map(|key| view! { <img src=routes::media(&key) alt="" width="72" height="72" loading="lazy" /> })}</td>
                    <th scope="row"><a href=routes::office_listing(line.product)>{line.name}</a></th>
                    <td data-label=t!("listing.kind")>{kind}</td>
                    <td data-label=t!("shops.shop_name")>{line.seller}", "{line.commune}</td>
                    <td data-label=t!("listing.handed_in")>{instant_text(line.handed_in_at)}</td>
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
                        <th scope="col">{t!("listing.cover")}</th>
                        <th scope="col">{t!("listing.name")}</th>
                        <th scope="col">{t!("listing.kind")}</th>
                        <th scope="col">{t!("shops.shop_name")}</th>
                        <th scope="col">{t!("listing.handed_in")}</th>
                        <th scope="col">{t!("shops.deadline")}</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
}

/// A listing as an officer sees it.
struct Looked {
    shown: Product,
    wanted: Product,
    review: Option<ListingReview>,
    decisions: Vec<ListingDecision>,
}

/// A listing of a commune that the officer looks after; others' does not exist.
async fn looked(visit: &Visit, id: ProductId) -> Result<Looked, Trouble> {
    visit.signed_in()?;
    let db = visit.site.store.reader();
    let shown = queries::by_id(db, id).await?.ok_or(Trouble::NotFound)?;
    let right = Right::Office(Permission::Listings, shown.seller.commune);
    if !visit.actor.may(right) {
        return Err(Trouble::NotFound);
    }
    let (wanted, review) = queries::wanted(db, &shown).await?;
    Ok(Looked {
        shown,
        wanted,
        review,
        decisions: queries::decisions(db, id).await?,
    })
}

pub(super) async fn show(visit: Visit, Path(id): Path<ProductId>) -> Result<Response, Trouble> {
    let looked = looked(&visit, id).await?;
    Ok(page(&visit, looked, Vec::new(), Told::default()))
}

fn page(visit: &Visit, looked: Looked, typed: Vec<(String, String)>, told: Told) -> Response {
    let today = visit.site.store.today();
    let name = looked.wanted.name.clone();
    visit.page_with(
        told.status,
        || Head::private(name, Area::Province),
        || view! { <Detail looked typed told today /> },
    )
}

#[component]
fn Detail(looked: Looked, typed: Vec<(String, String)>, told: Told, today: Date) -> impl IntoView {
    let Looked {
        shown,
        wanted,
        review,
        decisions,
    } = looked;
    let seller = wanted.seller.clone();
    let waiting = review.filter(|review| review.state == ReviewState::Waiting);
    let is_change = waiting
        .as_ref()
        .is_some_and(|review| review.kind == ReviewKind::Change);
    // A listing that was given back and comes again: what its seller mended.
    let mended = decisions
        .first()
        .filter(|decision| !is_change && decision.state == ReviewState::Returned)
        .map(|decision| (decision.after.clone(), wanted.content()));
    let product = wanted.clone();
    view! {
        <p><a href=routes::PROVINCE_LISTINGS>{t!("shell.province_listings")}</a></p>
        <h1>{wanted.name.clone()}</h1>
        <p class="muted"><a href=routes::office_shop(seller.id)>{seller.name}</a>", "{seller.commune_name}</p>
        {told.message.clone().map(|text| view! { <Notice tone=Tone::Error><p>{text}</p></Notice> })}
        {waiting.is_none().then(|| view! { <Notice tone=Tone::Info><p>{t!("listing.nothing_to_decide")}</p></Notice> })}
        {is_change.then(|| view! {
            <section class="stack">
                <h2>{t!("listing.change")}</h2>
                <Differences shown=shown.clone() wanted=wanted.clone() />
            </section>
        })}
        {mended.map(|(before, after)| view! {
            <section class="stack">
                <h2>{t!("listing.mended")}</h2>
                <Compared before after />
            </section>
        })}
        {waiting.map(|review| view! { <Decide product=wanted.clone() review typed told /> })}
        <History decisions />
        <section class="stack">
            <h2>{t!("listing.as_it_will_be")}</h2>
            <Listing product today />
        </section>
    }
}

#[component]
fn Decide(
    product: Product,
    review: ListingReview,
    typed: Vec<(String, String)>,
    told: Told,
) -> impl IntoView {
    let Told { errors, .. } = told;
    let id = product.id;
    let version = review.version.to_string();
    let is_open = !errors.is_empty();
    let fields = product
        .content()
        .fields()
        .into_iter()
        .map(|field| {
            let value = typed
                .iter()
                .find(|(name, _)| *name == field)
                .map(|(_, reason)| reason.clone())
                .unwrap_or_default();
            view! { <Field name=field label=words::field(field) value errors=errors.clone() required=false /> }
        })
        .collect_view();
    view! {
        <section class="stack panel" aria-labelledby="quyet-dinh">
            <h2 id="quyet-dinh">{t!("shops.decide")}</h2>
            <p>{t!("listing.decide_lead")}</p>
            <form method="post" action=routes::office_listing_step(id, "duyet")>
                <input type="hidden" name="version" value=version.clone() />
                <button type="submit" class="button" data-kind="primary"><Icon name="check" />{t!("listing.approve")}</button>
            </form>
            <details class="disclosure" open=is_open id="reasons">
                <summary>{t!("listing.return")}</summary>
                <div class="disclosure__body">
                    <p>{t!("listing.return_lead")}</p>
                    <ErrorSummary errors labels=vec![("reasons", t!("listing.return"))] />
                    <form method="post" action=routes::office_listing_step(id, "tra-lai") class="form" novalidate="">
                        <input type="hidden" name="version" value=version />
                        {fields}
                        <div class="form__actions"><button type="submit" class="button">{t!("listing.return_button")}</button></div>
                    </form>
                </div>
            </details>
        </section>
    }
}

#[component]
fn History(decisions: Vec<ListingDecision>) -> impl IntoView {
    let lines = decisions
        .into_iter()
        .map(|decision| {
            let what = match decision.state {
                ReviewState::Returned => t!("listing.was_returned"),
                _ => t!("listing.was_approved"),
            };
            let when = instant_text(decision.at);
            let when = match decision.officer {
                Some(officer) => format!("{when} · {officer}"),
                None => when,
            };
            let reasons = decision
                .reasons
                .into_iter()
                .map(|reason| view! { <p>{words::field(&reason.field)}": "{reason.reason}</p> })
                .collect_view();
            let compared = decision.before.map(|before| {
                view! { <Compared before after=decision.after /> }
            });
            view! {
                <li data-state="done">
                    <span class="timeline__what">{what}</span>
                    <span class="timeline__when">{when}</span>
                    {reasons}
                    {compared}
                </li>
            }
        })
        .collect::<Vec<_>>();
    (!lines.is_empty()).then(|| {
        view! {
            <details class="disclosure">
                <summary>{t!("listing.decisions")}</summary>
                <div class="disclosure__body"><ol class="timeline">{lines}</ol></div>
            </details>
        }
    })
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Looking {
    version: i32,
}

pub(super) async fn approve(
    visit: Visit,
    Path(id): Path<ProductId>,
    Form(form): Form<Looking>,
) -> Result<Response, Trouble> {
    visit.signed_in()?;
    let version = form.version;
    let outcome = market::transact!(visit.site.store, &visit.actor, work => commands::approve(work, id, version).await);
    settle(&visit, id, Vec::new(), "duyet", outcome).await
}

pub(super) async fn return_with(
    visit: Visit,
    Path(id): Path<ProductId>,
    Form(typed): Form<Vec<(String, String)>>,
) -> Result<Response, Trouble> {
    visit.signed_in()?;
    let version = typed
        .iter()
        .find(|(name, _)| name == "version")
        .and_then(|(_, value)| value.parse().ok())
        .unwrap_or_default();
    let reasons = typed.as_slice();
    let outcome = market::transact!(visit.site.store, &visit.actor, work => commands::return_with(work, id, version, reasons).await);
    settle(&visit, id, typed, "tra-lai", outcome).await
}

/// Where a form of the desk leads: on to the queue, or back to the listing with what is wrong.
async fn settle(
    visit: &Visit,
    id: ProductId,
    typed: Vec<(String, String)>,
    done: &str,
    outcome: Result<(), Failure<market::catalog::CatalogRefusal>>,
) -> Result<Response, Trouble> {
    match visit.told_of(outcome)? {
        Ok(()) => Ok(visit.see_other(&format!("{}?xong={done}", routes::PROVINCE_LISTINGS))),
        Err(told) => {
            let looked = looked(visit, id).await?;
            Ok(page(visit, looked, typed, told))
        }
    }
}
