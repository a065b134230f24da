//! A request: its clock, what was done about it, what leaves the house, and who has seen it.
use axum::body::Body;
use axum::extract::{Form, Path};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures_util::stream::try_unfold;
use leptos::prelude::*;
use market::authorities::commands::{self, Exported};
use market::authorities::{
    AuthoritiesRefusal, Days, ExportForm, Look, Request, RequestEntry, RequestEvent, RequestKind,
    RequestState, Seen, StepForm, transition,
};
use market::kernel::time::{day_text, instant_text};
use market::kernel::{
    Actor, AuthorityRequestId, Failure, FieldErrors, Permission, Refusal as _, RefusalKind, Right,
};
use market::sellers::Standing;
use time::OffsetDateTime;
use tokio::io::AsyncReadExt as _;

use super::actions::officer;
use super::words::{self, ClockState};
use crate::routes;
use crate::sellers;
use crate::trouble::Trouble;
use crate::ui::form::{DayField, ErrorOf, ErrorSummary, Field, TextArea};
use crate::ui::parts::{Notice, Tone};
use crate::ui::shell::Icon;
use crate::ui::{Area, Head, lang};
use crate::visit::Visit;

/// A bundle is sent in pieces of so many bytes.
const PIECE: usize = 64 * 1024;

/// What was typed into the forms of a request.
#[derive(Clone, Default)]
struct Typed {
    step: StepForm,
    export: ExportForm,
}

pub(super) async fn show(
    visit: Visit,
    Path(id): Path<AuthorityRequestId>,
) -> Result<Response, Trouble> {
    officer(&visit)?;
    page(&visit, id, Typed::default(), None).await
}

/// Each time the page is shown, that is a look.
async fn page(
    visit: &Visit,
    id: AuthorityRequestId,
    typed: Typed,
    refused: Option<AuthoritiesRefusal>,
) -> Result<Response, Trouble> {
    let request =
        market::transact!(visit.site.store, &visit.actor, work => commands::look(work, id).await)?;
    let status = match refused.as_ref().map(market::kernel::Refusal::kind) {
        None => StatusCode::OK,
        Some(RefusalKind::Invalid) => StatusCode::UNPROCESSABLE_ENTITY,
        Some(_) => StatusCode::CONFLICT,
    };
    let now = visit.site.store.now();
    Ok(visit.page_with(
        status,
        || Head::private(request.listed.number.clone(), Area::Province),
        || view! { <Detail request=&request actor=&visit.actor now typed refused /> },
    ))
}

/// Shows the request again with why nothing was done, where the page can tell.
async fn refused(
    visit: &Visit,
    id: AuthorityRequestId,
    typed: Typed,
    failure: Failure<AuthoritiesRefusal>,
) -> Result<Response, Trouble> {
    match failure {
        Failure::Refused(refusal)
            if matches!(refusal.kind(), RefusalKind::Invalid | RefusalKind::Conflict) =>
        {
            page(visit, id, typed, Some(refusal)).await
        }
        other => Err(other.into()),
    }
}

/// The scan of its document; kept by no browser.
pub(super) async fn scan(
    visit: Visit,
    Path(id): Path<AuthorityRequestId>,
) -> Result<Response, Trouble> {
    officer(&visit)?;
    let site = &visit.site;
    let picture = commands::look_at_scan(&site.store, &site.media, &visit.actor, id).await?;
    let headers = [
        (header::CONTENT_TYPE, "image/jpeg"),
        (header::CACHE_CONTROL, "private, no-store"),
    ];
    Ok((headers, picture).into_response())
}

pub(super) async fn take_step(
    visit: Visit,
    Path(id): Path<AuthorityRequestId>,
    Form(step): Form<StepForm>,
) -> Result<Response, Trouble> {
    officer(&visit)?;
    let form = &step;
    let outcome = market::transact!(visit.site.store, &visit.actor, work => commands::take_step(work, id, form).await);
    match outcome {
        Ok(()) => Ok(visit.see_other(&routes::request(id))),
        Err(failure) => {
            let typed = Typed {
                step,
                ..Typed::default()
            };
            refused(&visit, id, typed, failure).await
        }
    }
}

pub(super) async fn export(
    visit: Visit,
    Path(id): Path<AuthorityRequestId>,
    Form(export): Form<ExportForm>,
) -> Result<Response, Trouble> {
    officer(&visit)?;
    match commands::export(&visit.site.store, &visit.actor, id, &export).await {
        Ok(bundle) => Ok(attached(bundle)),
        Err(failure) => {
            let typed = Typed {
                export,
                ..Typed::default()
            };
            refused(&visit, id, typed, failure).await
        }
    }
}

/// The bundle piece by piece from the disk.
fn attached(bundle: Exported) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "application/zip".to_owned()),
        (header::CACHE_CONTROL, "private, no-store".to_owned()),
        (header::CONTENT_LENGTH, bundle.size.to_string()),
        (
            header::CONTENT_DISPOSITION,
            format!("attachment; filename=\"{}\"", bundle.name),
        ),
    ];
    let file = tokio::fs::File::from_std(bundle.file);
    let pieces = try_unfold(file, async |mut file| {
        let mut piece = Vec::with_capacity(PIECE);
        let length = (&mut file)
            .take(PIECE as u64)
            .read_to_end(&mut piece)
            .await?;
        Ok::<_, std::io::Error>((length > 0).then_some((piece, file)))
    });
    (headers, Body::from_stream(pieces)).into_response()
}

/// All fields with their names, for the summary of what is wrong.
fn labels() -> Vec<(&'static str, String)> {
    vec![
        ("step", t!("authorities.what_was_done")),
        ("text", t!("authorities.text")),
        ("letter_no", t!("authorities.letter_no")),
        ("from", t!("authorities.from")),
        ("to", t!("authorities.to")),
    ]
}

#[component]
fn Detail<'r>(
    request: &'r Request,
    actor: &'r Actor,
    now: OffsetDateTime,
    typed: Typed,
    refused: Option<AuthoritiesRefusal>,
) -> impl IntoView + use<> {
    let listed = &request.listed;
    let errors = match &refused {
        Some(AuthoritiesRefusal::Invalid(errors)) => errors.clone(),
        _ => FieldErrors::default(),
    };
    let message = refused
        .filter(|_| errors.is_empty())
        .map(|refusal| lang::refusal(&refusal));
    let exports =
        listed.state == RequestState::Open && (request.shop.is_some() || listed.order.is_some());
    view! {
        <p><a href=routes::PROVINCE_REQUESTS>{t!("authorities.back")}</a></p>
        <h1>{listed.number.clone()}</h1>
        <p class="cluster">
            <span>{words::state(listed.state)}</span>
            <ClockState clock=listed.clock(now) />
            <span class="muted">{t!("authorities.due", at = instant_text(listed.due_at))}</span>
        </p>
        {message.map(|text| view! { <Notice tone=Tone::Error><p>{text}</p></Notice> })}
        <ErrorSummary errors=errors.clone() labels=labels() />
        <Facts request />
        <ShopNow request actor />
        {exports.then(|| view! { <TakeOut request form=typed.export errors=errors.clone() /> })}
        <Steps request form=typed.step errors />
        <section class="section" aria-labelledby="da-lam">
            <h2 id="da-lam">{t!("authorities.history")}</h2>
            <History history=request.history.clone() />
        </section>
        <section class="section" aria-labelledby="da-xem">
            <h2 id="da-xem">{t!("authorities.looks")}</h2>
            <p class="muted small">{t!("authorities.looks_lead")}</p>
            <ol class="deeds">{request.looks.iter().cloned().map(|look| view! { <Looked look /> }).collect_view()}</ol>
        </section>
    }
}

#[component]
fn Facts<'r>(request: &'r Request) -> impl IntoView + use<> {
    let fact = |words: String, value: String| view! { <div><dt>{words}</dt><dd>{value}</dd></div> };
    let listed = &request.listed;
    let document = t!(
        "authorities.document_of",
        number = listed.document_no,
        day = day_text(request.document_date)
    );
    let order = listed.order.as_ref().map(ToString::to_string);
    let paragraphs = request
        .asked
        .lines()
        .map(|line| view! { <p>{line.to_owned()}</p> })
        .collect_view();
    let scan = request
        .has_scan
        .then(|| routes::request_step(listed.id, "van-ban"));
    view! {
        <div class="panel"><dl class="facts">
            {fact(t!("authorities.authority"), listed.authority.clone())}
            {fact(t!("authorities.document"), document)}
            {fact(t!("authorities.received"), instant_text(listed.received_at))}
            {fact(t!("authorities.kind"), words::kind(listed.kind))}
            {listed.shop.clone().map(|name| fact(t!("authorities.shop_about"), name))}
            {order.map(|code| fact(t!("authorities.order"), code))}
            <div><dt>{t!("authorities.asked")}</dt><dd>{paragraphs}</dd></div>
            {scan.map(|href| view! {
                <div><dt>{t!("authorities.scan")}</dt><dd><a class="button" href=href target="_blank"><Icon name="camera" />{t!("authorities.see_scan")}</a></dd></div>
            })}
        </dl></div>
    }
}

/// Whether the shop sells, and where it is taken off sale, where that is asked for.
#[component]
fn ShopNow<'r>(request: &'r Request, actor: &'r Actor) -> impl IntoView + use<> {
    let asks_for_it = request.listed.kind == RequestKind::ShopOff;
    let order_no = request.listed.document_no.clone();
    request.shop.clone().filter(|_| asks_for_it).map(|shop| {
        let may = actor.may(Right::Office(Permission::Sellers, shop.commune));
        let is_off = shop.standing == Standing::Suspended;
        let tone = if is_off { Tone::Success } else { Tone::Warning };
        let standing = sellers::words::standing(shop.standing);
        view! {
            <Notice tone>
                <p>{t!("authorities.shop_stands", name = shop.name, standing = standing)}</p>
                {(may && !is_off).then(|| view! {
                    <p><a class="button" href=routes::office_shop_by_order(shop.id, &order_no)>{t!("authorities.suspend")}</a></p>
                })}
                {(!may).then(|| view! { <p>{t!("authorities.suspend_elsewhere")}</p> })}
            </Notice>
        }
    })
}

/// Takes the data out.
#[component]
fn TakeOut<'r>(
    request: &'r Request,
    form: ExportForm,
    errors: FieldErrors,
) -> impl IntoView + use<> {
    let lead = if request.shop.is_some() {
        t!("authorities.export_lead")
    } else {
        t!("authorities.export_order_lead")
    };
    let has_days = request.shop.is_some();
    let action = routes::request_step(request.listed.id, "xuat");
    view! {
        <section class="stack panel" aria-labelledby="xuat">
            <h2 id="xuat">{t!("authorities.export")}</h2>
            <p>{lead}</p>
            <form method="post" action=action class="form" novalidate="">
                {has_days.then(|| view! {
                    <p class="field__hint">{t!("authorities.period_hint")}</p>
                    <DayField name="from" label=t!("authorities.from") typed=form.from day=None errors=errors.clone() />
                    <DayField name="to" label=t!("authorities.to") typed=form.to day=None errors />
                })}
                <div class="form__actions"><button type="submit" class="button"><Icon name="download" />{t!("authorities.export_button")}</button></div>
            </form>
        </section>
    }
}

/// What can be done with it now, by the table of moves.
#[component]
fn Steps<'r>(request: &'r Request, form: StepForm, errors: FieldErrors) -> impl IntoView + use<> {
    let from = request.listed.state;
    let action = routes::request_step(request.listed.id, "buoc");
    let wrong = errors.of("step").map(lang::field);
    let described = wrong.is_some().then_some("step-error");
    let choices = [
        RequestEvent::Answered,
        RequestEvent::CarriedOut,
        RequestEvent::Declined,
        RequestEvent::Reopened,
        RequestEvent::Note,
    ]
    .into_iter()
    .filter(|event| transition(from, *event).is_ok())
    .map(|event| {
        let note = match event {
            RequestEvent::Declined => t!("authorities.step_declined_note"),
            RequestEvent::Reopened => t!("authorities.step_reopened_note"),
            RequestEvent::Note => t!("authorities.step_note_note"),
            RequestEvent::Answered => t!("authorities.step_answered_note"),
            RequestEvent::CarriedOut | RequestEvent::Received => {
                t!("authorities.step_carried_out_note")
            }
        };
        let checked = form.step == event.as_str();
        view! {
            <label class="choice">
                <input type="radio" name="step" value=event.as_str() checked=checked />
                <span class="choice__text"><span class="choice__name">{words::event(event)}</span><span class="choice__note">{note}</span></span>
            </label>
        }
    })
    .collect_view();
    view! {
        <section class="stack panel" aria-labelledby="ghi-viec">
            <h2 id="ghi-viec">{t!("authorities.do")}</h2>
            <form method="post" action=action class="form" novalidate="">
                <fieldset class="field" id="step" aria-describedby=described>
                    <legend class="field__label">{t!("authorities.what_was_done")}</legend>
                    <div class="choices">{choices}</div>
                    <ErrorOf name="step" text=wrong />
                </fieldset>
                <TextArea name="text" label=t!("authorities.text") value=form.text errors=errors.clone() required=true hint=t!("authorities.text_hint") />
                <Field name="letter_no" label=t!("authorities.letter_no") value=form.letter_no errors required=false />
                <div class="form__actions"><button type="submit" class="button" data-kind="primary">{t!("authorities.write_down")}</button></div>
            </form>
        </section>
    }
}

#[component]
fn History(history: Vec<RequestEntry>) -> impl IntoView {
    let lines = history
        .into_iter()
        .map(|line| {
            let when = [instant_text(line.at), line.who].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ");
            let paragraphs = line.text.lines().map(|text| view! { <p>{text.to_owned()}</p> }).collect_view();
            view! {
                <li data-state="done">
                    <span class="timeline__what">{words::event(line.event)}</span>
                    <span class="timeline__when">{when}</span>
                    {paragraphs}
                    {(!line.letter_no.is_empty()).then(|| view! { <p>{t!("authorities.letter_is", number = line.letter_no)}</p> })}
                </li>
            }
        })
        .collect_view();
    view! { <ol class="timeline">{lines}</ol> }
}

/// `01/11/2026 – 24/11/2026`, or that it was everything.
fn period(days: Days) -> String {
    match (days.from, days.to) {
        (None, None) => t!("authorities.whole_time"),
        (from, to) => {
            let side = |day: Option<time::Date>| day.map_or_else(|| "…".to_owned(), day_text);
            format!("{} – {}", side(from), side(to))
        }
    }
}

#[component]
fn Looked(look: Look) -> impl IntoView {
    let (what, more) = match look.at_what {
        Seen::Page => (t!("authorities.looked"), None),
        Seen::Scan => (t!("authorities.looked_at_scan"), None),
        Seen::Export(export) => (
            t!("authorities.took_out", about = export.about),
            Some(format!(
                "{} · {} kB · SHA-256 {}",
                period(export.period),
                (export.bytes + 999) / 1000,
                export.sha256
            )),
        ),
    };
    let who = [look.who, instant_text(look.at)]
        .into_iter()
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join(" · ");
    view! {
        <li class="deed">
            <p class="deed__what">{what}</p>
            <p class="deed__who">{who}</p>
            {more.map(|text| view! { <p class="deed__who">{text}</p> })}
        </li>
    }
}
