//! What is looked for: the officers' desk for words and the index, and what shops see of searches in vain.
use axum::extract::{Form, Path, Query};
use axum::response::Response;
use leptos::prelude::*;
use market::kernel::time::{day_text, iso_day};
use market::kernel::{Permission, PinId, Right};
use market::search::commands;
use market::search::queries::{self, words};
use market::search::words::{Miss, Pin, PinForm, SearchRefusal, StopWord, SynonymGroup, TermKind};
use serde::Deserialize;
use time::{Date, Duration};

use crate::routes;
use crate::trouble::Trouble;
use crate::ui::form::{ErrorSummary, Field};
use crate::ui::parts::{Empty, Notice, Tone};
use crate::ui::shell::Icon;
use crate::ui::{Area, Head};
use crate::visit::{Told, Visit};

/// What was looked for in vain is shown for so many days.
const DAYS: i64 = 30;
/// And so many texts at most.
const MISSES: i64 = 50;

type Failure = market::kernel::Failure<SearchRefusal>;

/// All that the officers' page shows.
struct Shown {
    index: Option<queries::Target>,
    engine: &'static str,
    synonyms: Vec<SynonymGroup>,
    stop_words: Vec<StopWord>,
    pins: Vec<Pin>,
    misses: Vec<Miss>,
    today: Date,
}

/// What was typed, and into which of the forms.
#[derive(Default)]
struct Typed {
    terms: String,
    term: String,
    pin: PinForm,
}

#[derive(Deserialize)]
pub(super) struct Asked {
    /// What was done just now.
    xong: Option<String>,
    /// A text to pin something for.
    chu: Option<String>,
}

fn officer(visit: &Visit) -> Result<(), Trouble> {
    visit.signed_in()?;
    if visit.actor.may(Right::Province(Permission::Listings)) {
        Ok(())
    } else {
        Err(Trouble::Forbidden)
    }
}

async fn shown(visit: &Visit) -> Result<Shown, Trouble> {
    let db = visit.site.store.reader();
    let today = visit.site.store.today();
    Ok(Shown {
        index: queries::target(db).await?,
        engine: visit.site.search.name(),
        synonyms: words::synonyms(db).await?,
        stop_words: words::stop_words(db).await?,
        pins: words::pins(db, today).await?,
        misses: words::misses(db, today, DAYS, MISSES).await?,
        today,
    })
}

pub(super) async fn show(visit: Visit, Query(asked): Query<Asked>) -> Result<Response, Trouble> {
    officer(&visit)?;
    let shown = shown(&visit).await?;
    let typed = Typed {
        pin: PinForm {
            text: asked.chu.unwrap_or_default(),
            starts_on: iso_day(shown.today),
            ends_on: iso_day(shown.today + Duration::days(30)),
            ..PinForm::default()
        },
        ..Typed::default()
    };
    Ok(page(
        &visit,
        shown,
        typed,
        Told::default(),
        asked.xong.is_some(),
    ))
}

fn page(visit: &Visit, shown: Shown, typed: Typed, told: Told, is_done: bool) -> Response {
    visit.page_with(
        told.status,
        || Head::private(t!("seeking.title"), Area::Province),
        || view! { <Desk shown typed told is_done /> },
    )
}

#[component]
fn Desk(shown: Shown, typed: Typed, told: Told, is_done: bool) -> impl IntoView {
    let Told {
        errors, message, ..
    } = told;
    let labels = vec![
        ("terms", t!("seeking.terms")),
        ("term", t!("seeking.stop_word")),
        ("text", t!("seeking.pin_text")),
        ("product", t!("seeking.pin_product")),
        ("starts_on", t!("seeking.starts_on")),
        ("ends_on", t!("seeking.ends_on")),
    ];
    view! {
        <h1>{t!("seeking.title")}</h1>
        {is_done.then(|| view! { <Notice tone=Tone::Success><p>{t!("seeking.saved")}</p></Notice> })}
        {message.map(|text| view! { <Notice tone=Tone::Error><p>{text}</p></Notice> })}
        <ErrorSummary errors=errors.clone() labels />
        <section class="stack">
            <h2>{t!("seeking.misses")}</h2>
            <p class="muted">{t!("seeking.misses_lead", days = DAYS)}</p>
            <Misses misses=shown.misses is_office=true />
        </section>
        <section class="stack" id="ghim">
            <h2>{t!("seeking.pins")}</h2>
            <p class="muted">{t!("seeking.pins_lead")}</p>
            <Pins pins=shown.pins />
            <form method="post" action=format!("{}/ghim", routes::PROVINCE_SEARCH) class="form" novalidate="">
                <Field name="text" label=t!("seeking.pin_text") value=typed.pin.text errors=errors.clone() hint=t!("seeking.pin_text_hint") />
                <Field name="product" label=t!("seeking.pin_product") value=typed.pin.product errors=errors.clone() hint=t!("seeking.pin_product_hint") />
                <Field name="starts_on" label=t!("seeking.starts_on") value=typed.pin.starts_on errors=errors.clone() kind="date" />
                <Field name="ends_on" label=t!("seeking.ends_on") value=typed.pin.ends_on errors=errors.clone() kind="date" />
                <div class="form__actions"><button type="submit" class="button">{t!("seeking.pin")}</button></div>
            </form>
        </section>
        <section class="stack" id="dong-nghia">
            <h2>{t!("seeking.synonyms")}</h2>
            <p class="muted">{t!("seeking.synonyms_lead")}</p>
            <form method="post" action=format!("{}/dong-nghia", routes::PROVINCE_SEARCH) class="form" novalidate="">
                <Field name="terms" label=t!("seeking.terms") value=typed.terms errors=errors.clone() hint=t!("seeking.terms_hint") />
                <div class="form__actions"><button type="submit" class="button">{t!("seeking.add")}</button></div>
            </form>
            <Synonyms groups=shown.synonyms />
        </section>
        <section class="stack" id="bo-qua">
            <h2>{t!("seeking.stop_words")}</h2>
            <p class="muted">{t!("seeking.stop_words_lead")}</p>
            <form method="post" action=format!("{}/bo-qua", routes::PROVINCE_SEARCH) class="form" novalidate="">
                <Field name="term" label=t!("seeking.stop_word") value=typed.term errors />
                <div class="form__actions"><button type="submit" class="button">{t!("seeking.add")}</button></div>
            </form>
            <StopWords terms=shown.stop_words />
        </section>
        <section class="stack">
            <h2>{t!("seeking.index")}</h2>
            <Index index=shown.index engine=shown.engine />
        </section>
    }
}

/// The engine that answers, and whether its index follows.
#[component]
fn Index(index: Option<queries::Target>, engine: &'static str) -> impl IntoView {
    let engine_name = if engine == "postgres" {
        t!("seeking.engine_postgres")
    } else {
        "Meilisearch".to_owned()
    };
    view! {
        <dl class="facts">
            <div><dt>{t!("seeking.engine")}</dt><dd>{engine_name}</dd></div>
            {index.map(|index| view! {
                <div><dt>{t!("seeking.waiting")}</dt><dd>{index.waiting}</dd></div>
                <div><dt>{t!("seeking.waiting_since")}</dt><dd>{index.waiting_since.map_or_else(|| t!("seeking.nothing_waits"), market::kernel::time::instant_text)}</dd></div>
            })}
        </dl>
    }
}

/// What was looked for in vain.
#[component]
fn Misses(misses: Vec<Miss>, is_office: bool) -> impl IntoView {
    if misses.is_empty() {
        return view! { <Empty title=t!("seeking.no_misses")><p>{t!("seeking.no_misses_advice")}</p></Empty> }.into_any();
    }
    let rows = misses
        .into_iter()
        .map(|miss| {
            let pin = routes::pin_for(&miss.text);
            view! {
                <tr>
                    <th scope="row">{miss.text}</th>
                    <td class="num" data-label=t!("seeking.times")>{miss.times}</td>
                    <td data-label=t!("seeking.found")>{if miss.is_near { t!("seeking.near_only") } else { t!("seeking.nothing") }}</td>
                    {is_office.then(|| view! { <td><a class="button" data-kind="quiet" href=pin>{t!("seeking.pin_for")}</a></td> })}
                </tr>
            }
        })
        .collect_view();
    view! {
        <div class="table-wrap">
            <table class="table" data-stack="">
                <thead><tr>
                    <th scope="col">{t!("seeking.looked_for")}</th>
                    <th scope="col" class="num">{t!("seeking.times")}</th>
                    <th scope="col">{t!("seeking.found")}</th>
                    {is_office.then(|| view! { <th scope="col"><span class="sr-only">{t!("seeking.pin_for")}</span></th> })}
                </tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}

#[component]
fn Pins(pins: Vec<Pin>) -> impl IntoView {
    (!pins.is_empty()).then(|| {
        let rows = pins
            .into_iter()
            .map(|pin| {
                view! {
                    <tr>
                        <th scope="row">{pin.text}</th>
                        <td data-label=t!("seeking.pin_product")><a href=routes::product(&pin.slug)>{pin.product}</a></td>
                        <td data-label=t!("seeking.season")>{t!("seeking.from_to", from = day_text(pin.starts_on), to = day_text(pin.ends_on))}</td>
                        <td>
                            <form method="post" action=format!("{}/ghim/{}/bo", routes::PROVINCE_SEARCH, pin.id)>
                                <button type="submit" class="button" data-kind="quiet">{t!("seeking.unpin")}</button>
                            </form>
                        </td>
                    </tr>
                }
            })
            .collect_view();
        view! {
            <div class="table-wrap">
                <table class="table" data-stack="">
                    <thead><tr>
                        <th scope="col">{t!("seeking.pin_text")}</th><th scope="col">{t!("seeking.pin_product")}</th>
                        <th scope="col">{t!("seeking.season")}</th><th scope="col"><span class="sr-only">{t!("seeking.unpin")}</span></th>
                    </tr></thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        }
    })
}

/// A button that puts words out of use or in use again.
#[component]
fn Turn(kind: TermKind, key: String, is_off: bool) -> impl IntoView {
    let words = if is_off {
        t!("seeking.use_again")
    } else {
        t!("seeking.put_off")
    };
    view! {
        <form method="post" action=format!("{}/dung", routes::PROVINCE_SEARCH)>
            <input type="hidden" name="loai" value=kind.as_str() />
            <input type="hidden" name="khoa" value=key />
            <input type="hidden" name="tat" value=(!is_off).to_string() />
            <button type="submit" class="button" data-kind="quiet">{words}</button>
        </form>
    }
}

fn author(added_by: Option<String>) -> String {
    added_by.unwrap_or_else(|| t!("seeking.with_the_program"))
}

#[component]
fn Synonyms(groups: Vec<SynonymGroup>) -> impl IntoView {
    let rows = groups
        .into_iter()
        .map(|group| view! { <Term words=group.terms.join(" = ") author=author(group.added_by) kind=TermKind::Synonyms key=group.number.to_string() is_off=group.is_off /> })
        .collect_view();
    view! { <Terms label=t!("seeking.synonyms") rows=rows.into_any() /> }
}

#[component]
fn StopWords(terms: Vec<StopWord>) -> impl IntoView {
    let rows = terms
        .into_iter()
        .map(|word| view! { <Term words=word.term.clone() author=author(word.added_by) kind=TermKind::StopWord key=word.term is_off=word.is_off /> })
        .collect_view();
    view! { <Terms label=t!("seeking.stop_words") rows=rows.into_any() /> }
}

#[component]
fn Term(words: String, author: String, kind: TermKind, key: String, is_off: bool) -> impl IntoView {
    view! {
        <tr>
            <th scope="row">{words}</th>
            <td data-label=t!("seeking.author")>{author}</td>
            <td data-label=t!("seeking.state")>{if is_off { t!("seeking.is_off") } else { t!("seeking.is_on") }}</td>
            <td><Turn kind key is_off /></td>
        </tr>
    }
}

/// A long list stays closed until somebody looks.
#[component]
fn Terms(label: String, rows: AnyView) -> impl IntoView {
    view! {
        <details class="disclosure">
            <summary>{label}</summary>
            <div class="disclosure__body table-wrap">
                <table class="table" data-stack="">
                    <thead><tr>
                        <th scope="col">{t!("seeking.words")}</th><th scope="col">{t!("seeking.author")}</th>
                        <th scope="col">{t!("seeking.state")}</th><th scope="col"><span class="sr-only">{t!("seeking.put_off")}</span></th>
                    </tr></thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        </details>
    }
}

/// The page after a form: told what was done, or shown again with what is wrong.
async fn settle(
    visit: &Visit,
    typed: Typed,
    outcome: Result<(), Failure>,
) -> Result<Response, Trouble> {
    match visit.told_of(outcome)? {
        Ok(()) => Ok(visit.see_other(&format!("{}?xong=1", routes::PROVINCE_SEARCH))),
        Err(told) => Ok(page(visit, shown(visit).await?, typed, told, false)),
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct TermsForm {
    terms: String,
}

pub(super) async fn add_synonyms(
    visit: Visit,
    Form(form): Form<TermsForm>,
) -> Result<Response, Trouble> {
    visit.signed_in()?;
    let outcome = market::transact!(visit.site.store, &visit.actor, work => commands::add_synonyms(work, &form.terms).await);
    let typed = Typed {
        terms: form.terms.clone(),
        ..Typed::default()
    };
    settle(&visit, typed, outcome).await
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct StopWordForm {
    term: String,
}

pub(super) async fn add_stop_word(
    visit: Visit,
    Form(form): Form<StopWordForm>,
) -> Result<Response, Trouble> {
    visit.signed_in()?;
    let outcome = market::transact!(visit.site.store, &visit.actor, work => commands::add_stop_word(work, &form.term).await);
    let typed = Typed {
        term: form.term.clone(),
        ..Typed::default()
    };
    settle(&visit, typed, outcome).await
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct TurnForm {
    loai: String,
    khoa: String,
    tat: bool,
}

pub(super) async fn turn(visit: Visit, Form(form): Form<TurnForm>) -> Result<Response, Trouble> {
    visit.signed_in()?;
    let kind = TermKind::parse(&form.loai).ok_or(Trouble::NotFound)?;
    let outcome = market::transact!(visit.site.store, &visit.actor, work => commands::set_off(work, kind, &form.khoa, form.tat).await);
    settle(&visit, Typed::default(), outcome).await
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct PinFields {
    text: String,
    product: String,
    starts_on: String,
    ends_on: String,
}

pub(super) async fn pin(visit: Visit, Form(form): Form<PinFields>) -> Result<Response, Trouble> {
    visit.signed_in()?;
    let form = PinForm {
        text: form.text,
        product: form.product,
        starts_on: form.starts_on,
        ends_on: form.ends_on,
    };
    let outcome =
        market::transact!(visit.site.store, &visit.actor, work => commands::pin(work, &form).await);
    let typed = Typed {
        pin: form.clone(),
        ..Typed::default()
    };
    settle(&visit, typed, outcome).await
}

pub(super) async fn unpin(visit: Visit, Path(id): Path<PinId>) -> Result<Response, Trouble> {
    visit.signed_in()?;
    let outcome =
        market::transact!(visit.site.store, &visit.actor, work => commands::unpin(work, id).await);
    settle(&visit, Typed::default(), outcome).await
}

/// What buyers look for and nobody sells, as shops see it.
pub(super) async fn wanted(visit: Visit) -> Result<Response, Trouble> {
    visit.signed_in()?;
    visit.actor.seller().ok_or(Trouble::Forbidden)?;
    let (db, today) = (visit.site.store.reader(), visit.site.store.today());
    let misses = words::misses(db, today, DAYS, MISSES).await?;
    Ok(visit.page(
        || Head::private(t!("seeking.wanted"), Area::Seller),
        || {
            view! {
                <h1>{t!("seeking.wanted")}</h1>
                <p class="muted">{t!("seeking.wanted_lead", days = DAYS)}</p>
                <Misses misses is_office=false />
                <p><a class="button" href=routes::SELLER_NEW><Icon name="leaf" />{t!("seeking.list_one")}</a></p>
            }
        },
    ))
}
