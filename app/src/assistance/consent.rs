//! Asking a household for its consent: a code to its telephone, or a photographed paper.
use axum::extract::{Form, Multipart, Path};
use axum::response::Response;
use leptos::prelude::*;
use market::accounts::commands::codes;
use market::assistance::{Asked, PendingCode, Span, WishForm, commands, queries};
use market::kernel::time::day_text;
use market::kernel::{CodeId, Failure, FieldErrors, Refusal, RefusalKind, Task};
use market::media::Upload;
use serde::Deserialize;

use super::actions::helper;
use super::words;
use crate::routes;
use crate::trouble::Trouble;
use crate::ui::form::{ErrorOf, ErrorSummary, Field};
use crate::ui::parts::{Notice, Tone};
use crate::ui::shell::Icon;
use crate::ui::{Area, Head, lang};
use crate::visit::{Told, Visit, with_retry_after};

/// The household of that address, where the visitor helps.
async fn asked(visit: &Visit, slug: &str) -> Result<Asked, Trouble> {
    helper(visit)?;
    queries::desk::household(visit.site.store.reader(), &visit.actor, slug)
        .await?
        .ok_or(Trouble::NotFound)
}

pub(super) async fn show(visit: Visit, Path(slug): Path<String>) -> Result<Response, Trouble> {
    let household = asked(&visit, &slug).await?;
    let form = WishForm::default();
    Ok(ask_page(&visit, household, form, Told::default(), false))
}

pub(super) async fn show_paper(
    visit: Visit,
    Path(slug): Path<String>,
) -> Result<Response, Trouble> {
    let household = asked(&visit, &slug).await?;
    let form = WishForm::default();
    Ok(ask_page(&visit, household, form, Told::default(), true))
}

pub(super) async fn ask(
    visit: Visit,
    Path(slug): Path<String>,
    Form(form): Form<WishForm>,
) -> Result<Response, Trouble> {
    let household = asked(&visit, &slug).await?;
    let site = &visit.site;
    let sent =
        commands::ask_by_code(&site.store, &visit.actor, &slug, &form, visit.lang.code()).await;
    match sent {
        Ok(code) => Ok(visit.see_other(&routes::team_code(code))),
        Err(Failure::Refused(refusal)) if refusal.kind() != RefusalKind::NotFound => {
            let refused = visit.told(Some(&refusal));
            let page = ask_page(&visit, household, form, refused, false);
            Ok(with_retry_after(page, &refusal))
        }
        Err(failure) => Err(failure.into()),
    }
}

pub(super) async fn hand_in(
    visit: Visit,
    Path(slug): Path<String>,
    sent: Multipart,
) -> Result<Response, Trouble> {
    let household = asked(&visit, &slug).await?;
    let (form, upload) = read(&visit, sent).await?;
    if upload.is_some() {
        match visit.take(&visit.site.limits.upload).await {
            Ok(()) => {}
            Err(Failure::Fault(fault)) => return Err(fault.into()),
            Err(Failure::Refused(often)) => {
                let refused = visit.told(Some(&often));
                let page = ask_page(&visit, household, form, refused, true);
                return Ok(with_retry_after(page, &often));
            }
        }
    }
    let site = &visit.site;
    let kept =
        commands::hand_in_paper(&site.store, &site.media, &visit.actor, &slug, &form, upload).await;
    match kept {
        Ok(_) => Ok(visit.see_other(&format!("{}?giay={slug}", routes::TEAM))),
        Err(Failure::Refused(refusal)) if refusal.kind() != RefusalKind::NotFound => {
            let refused = visit.told(Some(&refusal));
            Ok(ask_page(&visit, household, form, refused, true))
        }
        Err(failure) => Err(failure.into()),
    }
}

/// What was ticked, and the photograph where there is one; a file that breaks off is judged by its bytes.
async fn read(visit: &Visit, mut sent: Multipart) -> Result<(WishForm, Option<Upload>), Trouble> {
    let (mut form, mut photo) = (WishForm::default(), None);
    while let Ok(Some(mut field)) = sent.next_field().await {
        let name = field.name().unwrap_or_default().to_owned();
        if name == "photo" {
            let mut upload = visit.site.media.upload();
            while let Ok(Some(piece)) = field.chunk().await {
                upload.push(&piece).await?;
            }
            photo = (!upload.is_empty()).then_some(upload);
            continue;
        }
        let text = field.text().await.unwrap_or_default();
        match name.as_str() {
            "list" => form.list = text,
            "orders" => form.orders = text,
            "money" => form.money = text,
            "span" => form.span = text,
            _ => {}
        }
    }
    Ok((form, photo))
}

fn ask_page(
    visit: &Visit,
    household: Asked,
    form: WishForm,
    refused: Told,
    on_paper: bool,
) -> Response {
    visit.page_with(
        refused.status,
        || Head::private(t!("assistance.ask_title"), Area::Team),
        || view! { <Ask household form refused on_paper /> },
    )
}

#[component]
fn Ask(household: Asked, form: WishForm, refused: Told, on_paper: bool) -> impl IntoView {
    let Told {
        errors, message, ..
    } = refused;
    let labels = vec![
        ("tasks", t!("assistance.tasks")),
        ("span", t!("assistance.span")),
        ("photo", t!("assistance.photo")),
    ];
    let slug = household.slug.clone();
    let has_phone = household.phone.is_some();
    let phone = household.phone.map(|phone| phone.masked());
    let photo = errors.of("photo").map(lang::field);
    let described = photo.is_some().then_some("photo-error");
    view! {
        <div class="narrow stack" data-gap="l">
            <p><a href=routes::TEAM>{t!("assistance.back_to_households")}</a></p>
            <h1>{t!("assistance.ask_of", name = household.name)}</h1>
            {message.map(|text| view! { <Notice tone=Tone::Error><p>{text}</p></Notice> })}
            <ErrorSummary errors=errors.clone() labels />
            {if on_paper {
                view! {
                    <p>{t!("assistance.paper_lead")}" "<a href=routes::TEAM_FORM>{t!("assistance.paper_form")}</a></p>
                    <form method="post" action=routes::team_paper(&slug) enctype="multipart/form-data" class="form" novalidate="">
                        <WishFields form errors />
                        <div class="field">
                            <label class="field__label" for="photo">{t!("assistance.photo")}</label>
                            <input class="input" id="photo" name="photo" type="file" accept="image/*" aria-invalid=described.map(|_| "true") aria-describedby=described />
                            <ErrorOf name="photo" text=photo />
                        </div>
                        <div class="form__actions"><button type="submit" class="button" data-kind="primary">{t!("assistance.send_paper")}</button></div>
                    </form>
                    <p><a href=routes::team_ask(&slug)>{t!("assistance.has_phone")}</a></p>
                }.into_any()
            } else if has_phone {
                view! {
                    <p>{t!("assistance.code_lead", phone = phone.unwrap_or_default())}</p>
                    <form method="post" action=routes::team_ask(&slug) class="form" novalidate="">
                        <WishFields form errors />
                        <div class="form__actions"><button type="submit" class="button" data-kind="primary">{t!("assistance.send_code")}</button></div>
                    </form>
                    <p><a href=routes::team_paper(&slug)>{t!("assistance.has_no_phone")}</a></p>
                }.into_any()
            } else {
                view! {
                    <Notice tone=Tone::Info><p>{t!("assistance.no_phone_known")}</p></Notice>
                    <p><a class="button" data-kind="primary" href=routes::team_paper(&slug)><Icon name="camera" />{t!("assistance.has_no_phone")}</a></p>
                }.into_any()
            }}
        </div>
    }
}

/// For what and until when; nothing is ticked beforehand.
#[component]
fn WishFields(form: WishForm, errors: FieldErrors) -> impl IntoView {
    let tasks = errors.of("tasks").map(lang::field);
    let span = errors.of("span").map(lang::field);
    let tasks_described = tasks.is_some().then_some("tasks-error");
    let span_described = span.is_some().then_some("span-error");
    let boxes = Task::ALL
        .into_iter()
        .map(|task| view! {
            <label class="check">
                <input type="checkbox" name=task.as_str() value="yes" checked=form.wants(task) />
                <span>{words::task(task)}</span>
            </label>
        })
        .collect_view();
    let spans = Span::ALL
        .into_iter()
        .map(|span| view! {
            <label class="choice">
                <input type="radio" name="span" value=span.as_str() checked=form.span == span.as_str() />
                <span class="choice__text"><span class="choice__name">{words::span(span)}</span></span>
            </label>
        })
        .collect_view();
    view! {
        <fieldset class="fieldset" id="tasks" tabindex="-1" aria-describedby=tasks_described>
            <legend>{t!("assistance.tasks")}</legend>
            <p class="muted">{t!("assistance.tasks_never")}</p>
            {boxes}
            <ErrorOf name="tasks" text=tasks />
        </fieldset>
        <fieldset class="fieldset" id="span" tabindex="-1" aria-describedby=span_described>
            <legend>{t!("assistance.span")}</legend>
            <div class="choices">{spans}</div>
            <ErrorOf name="span" text=span />
        </fieldset>
    }
}

/// The code as told.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct CodeForm {
    code: String,
}

async fn pending(visit: &Visit, id: CodeId) -> Result<PendingCode, Trouble> {
    helper(visit)?;
    queries::desk::pending_code(visit.site.store.reader(), &visit.actor, id)
        .await?
        .ok_or(Trouble::NotFound)
}

pub(super) async fn show_code(visit: Visit, Path(id): Path<CodeId>) -> Result<Response, Trouble> {
    let asked = pending(&visit, id).await?;
    code_page(&visit, id, asked, String::new(), Told::default()).await
}

pub(super) async fn give(
    visit: Visit,
    Path(id): Path<CodeId>,
    Form(form): Form<CodeForm>,
) -> Result<Response, Trouble> {
    let asked = pending(&visit, id).await?;
    let slug = asked.household.slug.clone();
    match commands::give_by_code(&visit.site.store, &visit.actor, id, &form.code).await {
        Ok(_) => Ok(visit.see_other(&format!("{}?moi={slug}#ho-{slug}", routes::TEAM))),
        Err(Failure::Refused(refusal)) if refusal.kind() != RefusalKind::NotFound => {
            let refused = visit.told(Some(&refusal));
            code_page(&visit, id, asked, form.code, refused).await
        }
        Err(failure) => Err(failure.into()),
    }
}

async fn code_page(
    visit: &Visit,
    id: CodeId,
    asked: PendingCode,
    typed: String,
    refused: Told,
) -> Result<Response, Trouble> {
    let shown = if visit.site.shows_codes {
        codes::shown(visit.site.store.reader(), id).await?
    } else {
        None
    };
    Ok(visit.page_with(
        refused.status,
        || Head::private(t!("accounts.code_title"), Area::Team),
        || view! { <CodePage id asked typed refused shown /> },
    ))
}

#[component]
fn CodePage(
    id: CodeId,
    asked: PendingCode,
    typed: String,
    refused: Told,
    /// The digits themselves, on a demonstration whose messages reach nobody.
    shown: Option<String>,
) -> impl IntoView {
    let Told {
        errors, message, ..
    } = refused;
    let labels = vec![("code", t!("accounts.code"))];
    let household = asked.household;
    view! {
        <div class="narrow stack" data-gap="l">
            <p><a href=routes::TEAM>{t!("assistance.back_to_households")}</a></p>
            <h1>{t!("assistance.ask_of", name = household.name)}</h1>
            <p>{t!("assistance.code_sent", phone = asked.sent_to.masked())}</p>
            <p class="muted">{t!("assistance.held", tasks = words::tasks(&asked.tasks), day = day_text(asked.last_day))}</p>
            {shown.map(|code| view! { <Notice tone=Tone::Info><p>{t!("accounts.code_demo")}" "<strong>{code}</strong></p></Notice> })}
            {message.map(|text| view! { <Notice tone=Tone::Error><p>{text}</p></Notice> })}
            <ErrorSummary errors=errors.clone() labels />
            <form method="post" action=routes::team_code(id) class="sign-in form" novalidate="">
                <Field name="code" label=t!("accounts.code") value=typed errors inputmode="numeric" />
                <div class="form__actions"><button type="submit" class="button" data-kind="primary" data-size="l">{t!("assistance.code_go")}</button></div>
            </form>
            <p><a href=routes::team_ask(&household.slug)>{t!("assistance.code_again")}</a></p>
        </div>
    }
}

/// The paper to print and sign.
pub(super) async fn form(visit: Visit) -> Result<Response, Trouble> {
    helper(&visit)?;
    let name = visit.actor.name.clone();
    Ok(visit.page(
        || Head::private(t!("shell.team_form"), Area::Team),
        || view! { <PaperForm name /> },
    ))
}

#[component]
fn PaperForm(name: String) -> impl IntoView {
    let line = |words: String| view! { <p class="paper-form__line">{words}</p> };
    view! {
        <article class="paper-form stack">
            <h1>{t!("assistance.form_title")}</h1>
            {line(t!("assistance.form_household"))}
            {line(t!("assistance.form_place"))}
            {line(t!("assistance.form_shop"))}
            <p>{t!("assistance.form_agree", name = name)}</p>
            <ul>{Task::ALL.into_iter().map(|task| view! { <li class="paper-form__box">{words::task(task)}</li> }).collect_view()}</ul>
            <p>{t!("assistance.form_span")}</p>
            <ul>{Span::ALL.into_iter().map(|span| view! { <li class="paper-form__box">{words::span(span)}</li> }).collect_view()}</ul>
            <ol>
                <li>{t!("assistance.form_never")}</li>
                <li>{t!("assistance.form_end")}</li>
                <li>{t!("assistance.form_diary")}</li>
            </ol>
            <div class="paper-form__signs">
                <div><strong>{t!("assistance.form_signs_household")}</strong><p class="muted small">{t!("assistance.form_signs_how")}</p></div>
                <div><strong>{t!("assistance.form_signs_helper")}</strong><p class="muted small">{t!("assistance.form_signs_how")}</p></div>
            </div>
        </article>
    }
}
