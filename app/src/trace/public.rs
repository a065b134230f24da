//! The page that the code on a package opens: the way of its goods from the field to whoever holds them.
use axum::extract::{Path, Query};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::Response;
use leptos::prelude::*;
use market::kernel::time::day_text;
use market::kernel::{FieldErrors, Right};
use market::media::PictureFormat;
use market::orders::{self, Journey};
use market::trace::{Gtin, Lot, LotCode, LotState, commands, is_robot, queries};
use serde::Deserialize;
use time::Date;

use super::words;
use crate::routes;
use crate::trouble::{Trouble, causes};
use crate::ui::Head;
use crate::ui::form::{ErrorSummary, Field};
use crate::ui::parts::{Breadcrumbs, Notice, Stars, Tone};
use crate::ui::shell::Icon;
use crate::visit::Visit;

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct AskParams {
    ma: Option<String>,
}

/// Asks for a code, or leads to the page of one that was typed.
pub(super) async fn ask(visit: Visit, Query(asked): Query<AskParams>) -> Response {
    let typed = asked.ma.unwrap_or_default();
    let mut errors = FieldErrors::default();
    if !typed.trim().is_empty() {
        match LotCode::parse(&typed) {
            Ok(code) => return visit.see_other(&routes::trace(&code)),
            Err(_) => errors.add("ma", "lot_code"),
        }
    }
    let status = if errors.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    visit.page_with(
        status,
        || Head {
            description: t!("trace.lead"),
            canonical: Some(routes::TRACE.to_owned()),
            ..Head::new(t!("trace.title"))
        },
        || {
            view! {
                <div class="narrow stack" data-gap="l">
                    <h1>{t!("trace.title")}</h1>
                    <p>{t!("trace.lead")}</p>
                    <ErrorSummary errors=errors.clone() labels=vec![("ma", t!("trace.code"))] />
                    <AskForm typed errors />
                </div>
            }
        },
    )
}

#[component]
fn AskForm(typed: String, errors: FieldErrors) -> impl IntoView {
    view! {
        <form method="get" action=routes::TRACE class="form" novalidate="">
            <Field name="ma" label=t!("trace.code") value=typed errors hint=t!("trace.code_hint") />
            <div class="form__actions"><button type="submit" class="button" data-kind="primary"><Icon name="search" />{t!("trace.look")}</button></div>
        </form>
    }
}

/// An address of GS1 Digital Link, as the codes of packages with a GTIN have it.
pub(super) async fn digital_link(
    visit: Visit,
    Path((gtin, code)): Path<(String, String)>,
) -> Result<Response, Trouble> {
    let found = match (Gtin::parse(&gtin), LotCode::parse(&code)) {
        (Ok(gtin), Ok(code)) => {
            let today = visit.site.store.today();
            let lot = queries::by_code(visit.site.store.reader(), &code, today).await?;
            lot.filter(|lot| lot.gtin.as_ref() == Some(&gtin))
        }
        _ => None,
    };
    Ok(match found {
        Some(lot) => visit.see_other(&routes::trace(&lot.code)),
        None => unknown(&visit, code),
    })
}

pub(super) async fn page(
    visit: Visit,
    method: Method,
    headers: HeaderMap,
    Path(typed): Path<String>,
) -> Result<Response, Trouble> {
    let Ok(code) = LotCode::parse(&typed) else {
        return Ok(unknown(&visit, typed));
    };
    if code.as_str() != typed {
        return Ok(visit.see_other(&routes::trace(&code)));
    }
    let store = &visit.site.store;
    let today = store.today();
    let Some(lot) = queries::by_code(store.reader(), &code, today).await? else {
        return Ok(unknown(&visit, typed));
    };
    let journey = orders::queries::journey(store.reader(), lot.id).await?;
    if is_look(&visit, &lot, &method, &headers) {
        let (store, id) = (store.clone(), lot.id);
        // Nobody waits for being counted.
        tokio::spawn(async move {
            if let Err(fault) = commands::count_look(&store, id).await {
                tracing::warn!(lot.id = %id, "A look was not counted: {}", causes(&fault));
            }
        });
    }
    let answer = visit.page(
        || Head {
            description: t!(
                "trace.description",
                name = lot.product.name,
                shop = lot.seller.name
            ),
            canonical: Some(routes::trace(&lot.code)),
            ..Head::new(t!("trace.of", name = lot.product.name))
        },
        || view! { <LotPage lot=&lot journey today /> },
    );
    Ok(uncached(answer))
}

/// Each look is counted, and a recall is seen at once: no copy of this page is kept anywhere.
fn uncached(mut answer: Response) -> Response {
    answer
        .headers_mut()
        .insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    answer
}

/// Whether somebody looks who might buy: no program, no browser that fetches ahead, nobody of the shop itself.
fn is_look(visit: &Visit, lot: &Lot, method: &Method, headers: &HeaderMap) -> bool {
    let text = |name: &str| {
        let value = headers.get(name).and_then(|value| value.to_str().ok());
        value.unwrap_or_default().to_owned()
    };
    *method == Method::GET
        && !is_robot(&text("user-agent"))
        && !text("sec-purpose").contains("prefetch")
        && !visit.actor.may(Right::List(lot.seller.id))
}

/// No lot has that code: said plainly, because the label may be false.
fn unknown(visit: &Visit, typed: String) -> Response {
    visit.page_with(
        StatusCode::NOT_FOUND,
        || Head::private(t!("trace.unknown"), crate::ui::Area::Market),
        || {
            view! {
                <div class="narrow stack" data-gap="l">
                    <h1>{t!("trace.unknown")}</h1>
                    <p class="verdict"><Icon name="alert" />{t!("trace.unknown_code", code = typed)}</p>
                    <p>{t!("trace.unknown_advice")}</p>
                    <AskForm typed errors=FieldErrors::default() />
                </div>
            }
        },
    )
}

#[component]
fn LotPage<'l>(lot: &'l Lot, journey: Journey, today: Date) -> impl IntoView + use<> {
    let steps = vec![
        (t!("shell.home"), Some(routes::HOME.to_owned())),
        (t!("trace.title"), Some(routes::TRACE.to_owned())),
        (lot.code.to_string(), None),
    ];
    let is_recalled = lot.state == LotState::Recalled;
    let over = lot
        .best_before
        .filter(|day| !is_recalled && *day < today)
        .map(|day| t!("trace.over", day = day_text(day)));
    let name = lot.product.name.clone();
    let shop = routes::shop(&lot.seller.slug);
    let place = format!("{}, {}", lot.seller.commune_name, lot.seller.province_name);
    let certificate = lot.product.certificate.clone();
    let buy =
        (lot.product.is_published && !is_recalled).then(|| routes::product(&lot.product.slug));
    view! {
        <Breadcrumbs steps />
        <h1>{name}</h1>
        {is_recalled.then(|| view! { <Recalled reason=lot.recall_reason.clone() day=market::kernel::time::business_day(lot.state_since) /> })}
        {over.map(|text| view! { <Notice tone=Tone::Warning><p>{text}</p></Notice> })}
        <div class="beside">
            <section class="stack" aria-labelledby="duong-di">
                <h2 id="duong-di">{t!("trace.way")}</h2>
                <Way lot journey />
                <Pictures lot />
            </section>
            <section class="panel stack">
                <p><a href=shop>{lot.seller.name.clone()}</a><br /><span class="muted">{place}</span></p>
                {lot.product.stars.map(|stars| view! {
                    <p class="cluster">
                        <Stars stars />
                        {certificate.map(|code| view! { <a href=routes::certificate(&code)>{t!("catalog.certificate")}</a> })}
                    </p>
                })}
                <words::Facts lot />
                {buy.map(|href| view! { <p><a class="button" data-kind="primary" href=href>{t!("trace.buy")}</a></p> })}
            </section>
        </div>
    }
}

/// In big letters, before anything else.
#[component]
fn Recalled(reason: String, day: Date) -> impl IntoView {
    view! {
        <section class="recalled stack" role="alert" data-gap="s">
            <p class="verdict"><Icon name="alert" />{t!("trace.is_recalled", day = day_text(day))}</p>
            <p><strong>{t!("trace.reason")}": "</strong>{reason}</p>
            <ul class="recalled__advice">
                <li>{t!("trace.advice_stop")}</li>
                <li>{t!("trace.advice_keep")}</li>
                <li>{t!("trace.advice_ill")}</li>
            </ul>
        </section>
    }
}

/// From the field to the buyer; of buyers only the days are told.
#[component]
fn Way<'l>(lot: &'l Lot, journey: Journey) -> impl IntoView + use<> {
    let step = |what: String, when: String| {
        view! {
            <li data-state="done"><span class="timeline__what">{what}</span><span class="timeline__when">{when}</span></li>
        }
    };
    let days = |days: Option<(Date, Date)>, what: String| {
        days.map(|(first, last)| {
            let when = if first == last {
                day_text(first)
            } else {
                t!(
                    "trace.from_to",
                    first = day_text(first),
                    last = day_text(last)
                )
            };
            step(what, when)
        })
    };
    let inputs = lot
        .inputs
        .iter()
        .map(|input| view! { <li>{words::input(input, lot.made_on)}</li> })
        .collect_view();
    let has_inputs = !lot.inputs.is_empty();
    let quantity = format!("{} · {} {}", day_text(lot.made_on), lot.quantity, lot.unit);
    view! {
        <ol class="timeline">
            {step(t!("trace.grown"), lot.place.clone())}
            {has_inputs.then(|| view! {
                <li data-state="done"><span class="timeline__what">{t!("trace.inputs")}</span><ul class="inputs">{inputs}</ul></li>
            })}
            {step(words::kind(lot.kind), quantity)}
            {days(journey.packed, t!("trace.packed"))}
            {days(journey.shipped, t!("trace.shipped"))}
            {days(journey.delivered, t!("trace.delivered"))}
        </ol>
        {(!has_inputs).then(|| view! { <p class="muted small">{t!("trace.no_inputs")}</p> })}
    }
}

#[component]
fn Pictures<'l>(lot: &'l Lot) -> impl IntoView + use<> {
    let pictures: Vec<_> = lot
        .photos
        .iter()
        .enumerate()
        .filter_map(|(index, photo)| {
            let size = photo.nearest(640, PictureFormat::Webp)?;
            let (src, width, height) = (routes::media(&size.key), size.width, size.height);
            let alt = t!("trace.photo", number = index + 1);
            Some(
                view! { <li><img src=src alt=alt width=width height=height loading="lazy" /></li> },
            )
        })
        .collect();
    (!pictures.is_empty()).then(|| {
        view! {
            <h2>{t!("trace.photos")}</h2>
            <ul class="field-photos">{pictures}</ul>
        }
    })
}
