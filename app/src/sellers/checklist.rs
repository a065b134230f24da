//! The household's view of its shop: what is missing, what became of it, holidays.
use axum::extract::{Form, Path};
use axum::http::StatusCode;
use axum::response::Response;
use leptos::prelude::*;
use market::kernel::time::{day_text, instant_text};
use market::kernel::{Failure, Fault, Right, SellerId};
use market::sellers::commands::{self, Pause};
use market::sellers::{
    SellersRefusal, Shop, ShopEvent, ShopField, ShopHistory, Standing, Step, queries,
};
use serde::Deserialize;

use super::owner::{Waiting, Waits, waiting};
use super::words;
use crate::routes;
use crate::trouble::Trouble;
use crate::ui::parts::{Notice, Tone};
use crate::ui::shell::Icon;
use crate::ui::{Area, Head, lang};
use crate::visit::Visit;

/// The shop at whose desk the visitor stands.
pub(super) async fn own(visit: &Visit) -> Result<Shop, Trouble> {
    let seller = visit.desk(Right::List)?;
    queries::load_shop(visit.site.store.reader(), seller)
        .await?
        .ok_or(Trouble::NotFound)
}

pub(super) async fn show(visit: Visit) -> Result<Response, Trouble> {
    if visit.actor.person.is_some() && visit.actor.seller().is_none() {
        return Ok(visit.see_other(routes::SELLER_BEGIN));
    }
    page(&visit, StatusCode::OK, None).await
}

async fn page(
    visit: &Visit,
    status: StatusCode,
    refused: Option<SellersRefusal>,
) -> Result<Response, Trouble> {
    let shop = own(visit).await?;
    let is_owner = visit.actor.may(Right::Own(shop.id));
    let may_hand_in = visit.actor.may(Right::HandIn(shop.id));
    let may_leave = !is_owner && visit.actor.acting.is_none();
    let waits = match &visit.actor.acting {
        Some(_) => Waits::default(),
        None => waiting(visit).await?,
    };
    let others = match &visit.actor.acting {
        Some(_) => Vec::new(),
        None => queries::others(visit.site.store.reader(), &visit.actor, shop.id).await?,
    };
    Ok(visit.page_with(
        status,
        || Head::private(t!("shops.my_shop"), Area::Seller),
        || {
            view! {
                <Waiting waits />
                <Checklist shop is_owner may_hand_in may_leave others refused />
            }
        },
    ))
}

/// Where a form of the checklist leads: back to it, or to it with what was refused.
async fn settle(
    visit: &Visit,
    outcome: Result<(), Failure<SellersRefusal>>,
) -> Result<Response, Trouble> {
    let refusal = match outcome {
        Ok(()) => return Ok(visit.see_other(routes::SELLER_SHOP)),
        Err(Failure::Fault(fault)) => return Err(fault.into()),
        Err(Failure::Refused(refusal)) => refusal,
    };
    let status = match refusal {
        SellersRefusal::Incomplete => StatusCode::UNPROCESSABLE_ENTITY,
        SellersRefusal::WrongState | SellersRefusal::Locked => StatusCode::CONFLICT,
        other => return Err(Failure::<SellersRefusal>::Refused(other).into()),
    };
    page(visit, status, Some(refusal)).await
}

pub(super) async fn submit(visit: Visit) -> Result<Response, Trouble> {
    let id = visit.desk(Right::HandIn)?;
    let outcome =
        market::transact!(visit.site.store, &visit.actor, work => commands::submit(work, id).await);
    settle(&visit, outcome).await
}

pub(super) async fn withdraw(visit: Visit) -> Result<Response, Trouble> {
    let id = visit.desk(Right::HandIn)?;
    let outcome = market::transact!(visit.site.store, &visit.actor, work => commands::withdraw(work, id).await);
    settle(&visit, outcome).await
}

/// Goes to the desk of another of one's own shops.
pub(super) async fn choose(visit: Visit, Path(id): Path<SellerId>) -> Result<Response, Trouble> {
    let (_, token) = visit.signed_in()?;
    market::transact!(visit.site.store, &visit.actor, work => commands::choose(work, token, id).await)?;
    Ok(visit.see_other(routes::SELLER_SHOP))
}

#[derive(Deserialize)]
pub(super) struct PauseForm {
    #[serde(default)]
    nghi: String,
}

pub(super) async fn pause(visit: Visit, Form(form): Form<PauseForm>) -> Result<Response, Trouble> {
    let id = visit.desk(Right::List)?;
    let pause = Pause::parse(&form.nghi).ok_or(Trouble::NotFound)?;
    let outcome = market::transact!(visit.site.store, &visit.actor, work => commands::pause(work, id, pause).await);
    settle(&visit, outcome).await
}

pub(super) async fn resume(visit: Visit) -> Result<Response, Trouble> {
    let id = visit.desk(Right::List)?;
    let outcome =
        market::transact!(visit.site.store, &visit.actor, work => commands::resume(work, id).await);
    settle(&visit, outcome).await
}

#[component]
fn Checklist(
    shop: Shop,
    is_owner: bool,
    may_hand_in: bool,
    /// Sells with its owner.
    may_leave: bool,
    others: Vec<(SellerId, String)>,
    refused: Option<SellersRefusal>,
) -> impl IntoView {
    let missing = shop.missing();
    let standing = shop.standing;
    let is_incomplete = refused == Some(SellersRefusal::Incomplete);
    let steps = Step::ALL
        .into_iter()
        .map(|step| {
            let lacks: Vec<ShopField> = missing
                .iter()
                .copied()
                .filter(|field| field.step() == step)
                .collect();
            let is_theirs = match step {
                Step::Who => may_hand_in,
                Step::Bank => is_owner,
                _ => true,
            };
            view! { <StepLine shop=&shop step lacks is_theirs /> }
        })
        .collect_view();
    view! {
        <h1>{shop.name.clone()}</h1>
        <p class="cluster">
            <span class="state" data-state=state(standing)>{words::standing(standing)}</span>
            {matches!(standing, Standing::Approved | Standing::Suspended).then(|| view! { <a href=routes::shop(&shop.slug)>{t!("shops.see_page")}</a> })}
            {(standing != Standing::Closed).then(|| view! { <a href=routes::SELLER_DELIVERY>{t!("shipping.title")}</a> })}
            {is_owner.then(|| view! {
                <a href=routes::SELLER_MEMBERS>{t!("shops.members")}</a>
                <a href=routes::HELPERS>{t!("shell.seller_helpers")}</a>
                <a href=routes::DIARY>{t!("assistance.see_diary")}</a>
            })}
        </p>
        {match refused {
            Some(refusal) if !is_incomplete => Some(view! { <Notice tone=Tone::Error><p>{lang::refusal(&refusal)}</p></Notice> }),
            _ => None,
        }}
        {is_incomplete.then(|| view! { <Missing missing=missing.clone() /> })}
        <News shop=&shop missing=missing.len() />
        {(standing != Standing::Closed).then(|| view! { <ol class="tasks">{steps}</ol> })}
        {(standing.is_open() && may_hand_in).then(|| view! {
            <form method="post" action=routes::shop_deed("gui-duyet")>
                <button type="submit" class="button" data-kind="primary" data-size="l">{t!("shops.submit")}</button>
            </form>
        })}
        {(standing.is_open() && !may_hand_in).then(|| view! { <p class="muted">{t!("shops.owner_submits")}</p> })}
        {(standing == Standing::Submitted && may_hand_in).then(|| view! {
            <form method="post" action=routes::shop_deed("rut-lai")>
                <button type="submit" class="button" data-kind="quiet">{t!("shops.withdraw")}</button>
            </form>
        })}
        {(standing == Standing::Approved).then(|| view! { <Holiday is_paused=shop.paused_since.is_some() /> })}
        <section class="section">
            <h2>{t!("sellers.history")}</h2>
            <History history=shop.history.clone() />
        </section>
        {may_leave.then(|| view! {
            <form method="post" action=routes::SELLER_LEAVE><button type="submit" class="button" data-kind="quiet">{t!("shops.leave")}</button></form>
        })}
        {(!others.is_empty()).then(|| view! { <Others shops=others /> })}
        {is_owner.then(|| view! {
            <p class="cluster">
                <a href=routes::SELLER_DATA><Icon name="download" />{t!("shops.data")}</a>
                {(!matches!(standing, Standing::Closed | Standing::Suspended)).then(|| view! { <a href=routes::SELLER_CLOSE>{t!("shops.close")}</a> })}
            </p>
        })}
    }
}

/// The colour of a standing: one of those that states have.
pub(super) const fn state(standing: Standing) -> &'static str {
    match standing {
        Standing::Draft | Standing::Closed => "draft",
        Standing::Submitted => "submitted",
        Standing::Returned | Standing::Suspended => "returned",
        Standing::Approved => "published",
    }
}

/// One's other shops, closed ones too, whose data can be taken along.
#[component]
fn Others(shops: Vec<(SellerId, String)>) -> impl IntoView {
    let buttons = shops
        .into_iter()
        .map(|(id, name)| view! {
            <form method="post" action=routes::shop_deed(&format!("chon/{id}"))><button type="submit" class="button" data-kind="quiet">{name}</button></form>
        })
        .collect_view();
    view! {
        <section class="section" aria-labelledby="gian-hang-khac">
            <h2 id="gian-hang-khac">{t!("shops.others")}</h2>
            <div class="cluster">{buttons}</div>
        </section>
    }
}

/// What must be filled in first, with a link to each.
#[component]
fn Missing(missing: Vec<ShopField>) -> impl IntoView {
    view! {
        <div class="error-summary" role="alert" tabindex="-1">
            <h2>{t!("shops.missing")}</h2>
            <ul>
                {missing
                    .into_iter()
                    .map(|field| view! { <li><a href=format!("{}#{}", routes::shop_step(field.step()), field.as_str())>{words::field(field)}</a></li> })
                    .collect_view()}
            </ul>
        </div>
    }
}

/// What the household should know now.
#[component]
fn News<'s>(shop: &'s Shop, missing: usize) -> impl IntoView + use<> {
    let notes = shop
        .notes()
        .iter()
        .filter_map(|note| Some((ShopField::parse(&note.field)?, note.reason.clone())))
        .map(|(field, reason)| view! {
            <li><a href=format!("{}#{}", routes::shop_step(field.step()), field.as_str())>{words::field(field)}</a>": "{reason}</li>
        })
        .collect_view();
    let main = match shop.standing {
        Standing::Draft if missing > 0 => view! { <Notice tone=Tone::Info><p>{t!("shops.news_draft", count = missing)}</p></Notice> }.into_any(),
        Standing::Draft => view! { <Notice tone=Tone::Success><p>{t!("shops.news_complete")}</p></Notice> }.into_any(),
        Standing::Returned => view! { <Notice tone=Tone::Warning><p>{t!("shops.news_returned")}</p><ul>{notes}</ul></Notice> }.into_any(),
        Standing::Submitted => {
            let day = shop.decide_by.map(day_text).unwrap_or_default();
            let words = t!("shops.news_submitted", commune = shop.commune_address, day = day);
            view! { <Notice tone=Tone::Info><p>{words}</p></Notice> }.into_any()
        }
        Standing::Closed => view! {
            <Notice tone=Tone::Info>
                <p>{t!("shops.news_closed")}</p>
                <p><a href=routes::SELLER_BEGIN>{t!("shops.begin")}</a></p>
            </Notice>
        }
        .into_any(),
        Standing::Approved | Standing::Suspended => ().into_any(),
    };
    let holiday = shop.paused_since.map(|_| match shop.paused_until {
        Some(day) => t!("shops.news_paused_until", day = day_text(day)),
        None => t!("shops.news_paused"),
    });
    view! {
        {main}
        <Suspension shop=shop />
        {holiday.map(|words| view! {
            <Notice tone=Tone::Info>
                <p>{words}</p>
                <form method="post" action=routes::shop_deed("mo-lai")><button type="submit" class="button">{t!("shops.resume")}</button></form>
            </Notice>
        })}
    }
}

/// A suspension that holds or is announced, with its reason and how to object.
#[component]
pub(super) fn Suspension<'s>(shop: &'s Shop) -> impl IntoView + use<> {
    shop.suspension().cloned().map(|line| {
        let words = match (line.event, shop.suspends_on) {
            (ShopEvent::SuspensionAnnounced, Some(day)) => {
                t!("shops.news_announced", day = day_text(day))
            }
            _ => t!("shops.news_suspended"),
        };
        let order =
            (!line.order_no.is_empty()).then(|| t!("shops.by_order", order = line.order_no));
        view! {
            <Notice tone=Tone::Error>
                <p><strong>{words}</strong></p>
                <p>{t!("shops.because", reason = line.reason)}</p>
                {order.map(|order| view! { <p>{order}</p> })}
                <p>{t!("shops.orders_go_on")}</p>
            </Notice>
        }
    })
}

/// One step: what stands there, what is missing, the way to it where it is open.
#[component]
fn StepLine<'s>(
    shop: &'s Shop,
    step: Step,
    lacks: Vec<ShopField>,
    /// Whether the visitor may fill it in.
    is_theirs: bool,
) -> impl IntoView + use<> {
    let is_open = shop.is_open(step) && is_theirs;
    // Brought in by the province, which vouches for it.
    let is_vouched =
        !lacks.is_empty() && shop.standing == Standing::Approved && !shop.is_open(step);
    let has_note = ShopField::ALL
        .into_iter()
        .any(|field| field.step() == step && shop.note(field).is_some());
    let is_done = is_vouched || lacks.is_empty() && !has_note;
    let note = if !is_theirs && step == Step::Bank && !shop.has_owner {
        t!("shops.paid_in_cash")
    } else if !is_theirs {
        t!("shops.only_owner")
    } else if has_note {
        t!("shops.to_mend")
    } else if is_vouched {
        t!("shops.vouched")
    } else if is_done {
        words::filled(shop, step)
    } else {
        let names: Vec<String> = lacks.into_iter().map(words::field).collect();
        t!("shops.lacks", what = names.join(", "))
    };
    let inner = view! {
        <span class="task__count"><Icon name=if has_note { "alert" } else if is_done { "check" } else { "edit" } /></span>
        <span class="task__what">{words::step(step)}<span class="task__note">{note}</span></span>
        {is_open.then(|| view! { <Icon name="arrow" /> })}
    };
    if is_open {
        view! { <li><a class="task" data-urgent=has_note.then_some("") href=routes::shop_step(step)>{inner}</a></li> }.into_any()
    } else {
        view! { <li><div class="task">{inner}</div></li> }.into_any()
    }
}

/// A holiday in one tap.
#[component]
fn Holiday(is_paused: bool) -> impl IntoView {
    let choices = Pause::ALL
        .into_iter()
        .map(|pause| {
            let words = match pause {
                Pause::Days(3) => t!("shops.pause_3"),
                Pause::Days(7) => t!("shops.pause_7"),
                Pause::Days(_) => t!("shops.pause_14"),
                Pause::Open => t!("shops.pause_open"),
            };
            view! { <button type="submit" class="button" name="nghi" value=pause.as_str()>{words}</button> }
        })
        .collect_view();
    view! {
        <section class="section" aria-labelledby="nghi">
            <h2 id="nghi">{if is_paused { t!("shops.pause_change") } else { t!("shops.pause") }}</h2>
            <p class="muted">{t!("shops.pause_lead")}</p>
            <form method="post" action=routes::shop_deed("nghi") class="cluster">{choices}</form>
        </section>
    }
}

/// Everything that happened, newest first.
#[component]
pub(super) fn History(history: Vec<ShopHistory>) -> impl IntoView {
    let is_empty = history.is_empty();
    let lines = history
        .into_iter()
        .map(|line| {
            let mut when = instant_text(line.at);
            if !line.who.is_empty() {
                when = format!("{when} · {}", line.who);
            }
            let notes: Vec<String> = line
                .notes
                .iter()
                .filter_map(|note| {
                    Some(format!(
                        "{}: {}",
                        words::field(ShopField::parse(&note.field)?),
                        note.reason
                    ))
                })
                .collect();
            view! {
                <li data-state="done">
                    <span class="timeline__what">{words::event(&line)}</span>
                    <span class="timeline__when">{when}</span>
                    {(!line.reason.is_empty()).then(|| view! { <p>{line.reason.clone()}</p> })}
                    {notes.into_iter().map(|note| view! { <p>{note}</p> }).collect_view()}
                </li>
            }
        })
        .collect_view();
    if is_empty {
        view! { <p class="muted">{t!("shops.no_history")}</p> }.into_any()
    } else {
        view! { <ol class="timeline">{lines}</ol> }.into_any()
    }
}

/// A fault of what a page reads besides.
pub(super) fn fault(error: impl Into<Fault>) -> Trouble {
    Trouble::Fault(error.into())
}
