//! Entering a request into the register.
use axum::extract::Multipart;
use axum::http::StatusCode;
use axum::response::Response;
use leptos::prelude::*;
use market::authorities::{AuthoritiesRefusal, RequestForm, RequestKind, commands};
use market::kernel::limit::TooOften;
use market::kernel::{Failure, FieldErrors, PaperId, secret};
use market::media::{PaperKind, Upload, papers};

use super::actions::officer;
use super::words;
use crate::media;
use crate::routes;
use crate::trouble::Trouble;
use crate::ui::form::{ErrorOf, ErrorSummary, Field, Select, TextArea};
use crate::ui::parts::{Notice, Tone};
use crate::ui::{Area, Head, lang};
use crate::visit::{Visit, with_retry_after};

/// What was typed and photographed.
#[derive(Clone, Default)]
struct Typed {
    form: RequestForm,
    /// The scan, once it is taken in: it need not travel again when something else is wrong.
    paper: Option<PaperId>,
    errors: FieldErrors,
    /// Why the photograph was not taken.
    scan_refused: Option<String>,
    /// What is wrong with none of the fields.
    problem: Option<String>,
    /// Too many photographs in a short time.
    too_often: Option<TooOften>,
}

pub(super) async fn new(visit: Visit) -> Result<Response, Trouble> {
    officer(&visit)?;
    let typed = Typed {
        form: RequestForm::begun(secret::new_key(), visit.site.store.now()),
        ..Typed::default()
    };
    Ok(page(&visit, StatusCode::OK, typed))
}

pub(super) async fn enter(visit: Visit, form: Multipart) -> Result<Response, Trouble> {
    officer(&visit)?;
    let mut typed = receive(&visit, form).await?;
    if typed.scan_refused.is_some() {
        // All that is wrong is shown in one go.
        typed.errors = typed
            .form
            .parse(visit.site.store.now())
            .err()
            .unwrap_or_default();
        return Ok(page(&visit, StatusCode::UNPROCESSABLE_ENTITY, typed));
    }
    let (form, paper) = (&typed.form, typed.paper);
    let outcome = market::transact!(visit.site.store, &visit.actor, work => commands::register(work, form, paper).await);
    match outcome {
        Ok(id) => Ok(visit.see_other(&routes::request(id))),
        Err(Failure::Refused(AuthoritiesRefusal::Invalid(errors))) => {
            typed.errors = errors;
            if typed.errors.of("key").is_some() {
                typed.form.key = secret::new_key().to_string();
            }
            Ok(page(&visit, StatusCode::UNPROCESSABLE_ENTITY, typed))
        }
        Err(Failure::Refused(refusal @ AuthoritiesRefusal::EnteredOtherwise)) => {
            typed.problem = Some(lang::speaking(visit.lang, || lang::refusal(&refusal)));
            // Sent once more, it is another request.
            typed.form.key = secret::new_key().to_string();
            Ok(page(&visit, StatusCode::CONFLICT, typed))
        }
        Err(failure) => Err(failure.into()),
    }
}

/// Reads the form; a photograph in it becomes a paper of no shop.
async fn receive(visit: &Visit, mut form: Multipart) -> Result<Typed, Trouble> {
    let mut typed = Typed::default();
    let mut scan: Option<Upload> = None;
    loop {
        let mut part = match form.next_field().await {
            Ok(Some(part)) => part,
            Ok(None) => break,
            Err(error) => {
                typed.scan_refused = Some(media::broken(visit, &error));
                break;
            }
        };
        let name = part.name().unwrap_or_default().to_owned();
        let read = if name == "scan" {
            media::receive(visit, &mut part)
                .await?
                .map(|upload| scan = (!upload.is_empty()).then_some(upload))
        } else {
            part.text().await.map(|text| typed.set(&name, text))
        };
        if let Err(error) = read {
            typed.scan_refused = Some(media::broken(visit, &error));
            break;
        }
    }
    if let Some(upload) = scan {
        take(visit, &mut typed, upload).await?;
    }
    Ok(typed)
}

impl Typed {
    fn set(&mut self, name: &str, text: String) {
        let form = &mut self.form;
        match name {
            "key" => form.key = text,
            "authority" => form.authority = text,
            "document_no" => form.document_no = text,
            "document_date" => form.document_date = text,
            "received_on" => form.received_on = text,
            "received_time" => form.received_time = text,
            "kind" => form.kind = text,
            "shop" => form.shop = text,
            "order" => form.order = text,
            "asked" => form.asked = text,
            "paper" => self.paper = text.parse().ok(),
            _ => {}
        }
    }
}

async fn take(visit: &Visit, typed: &mut Typed, upload: Upload) -> Result<(), Trouble> {
    let in_words = |refusal: &dyn market::kernel::Refusal| {
        Some(lang::speaking(visit.lang, || lang::refusal(refusal)))
    };
    match visit.take(&visit.site.limits.upload).await {
        Ok(()) => {}
        Err(Failure::Fault(fault)) => return Err(fault.into()),
        Err(Failure::Refused(often)) => {
            typed.scan_refused = in_words(&often);
            typed.too_often = Some(often);
            return Ok(());
        }
    }
    let (site, kind) = (&visit.site, PaperKind::Request);
    match papers::accept(&site.store, &site.media, &visit.actor, None, kind, upload).await {
        Ok(paper) => typed.paper = Some(paper),
        Err(Failure::Fault(fault)) => return Err(fault.into()),
        Err(Failure::Refused(refusal)) => typed.scan_refused = in_words(&refusal),
    }
    Ok(())
}

fn page(visit: &Visit, status: StatusCode, typed: Typed) -> Response {
    let too_often = typed.too_often;
    let status = too_often.map_or(status, |_| StatusCode::TOO_MANY_REQUESTS);
    let page = visit.page_with(
        status,
        || Head::private(t!("authorities.enter"), Area::Province),
        || view! { <EntryPage typed /> },
    );
    match too_often {
        Some(often) => with_retry_after(page, &often),
        None => page,
    }
}

/// All fields with their names, for the summary of what is wrong.
fn labels() -> Vec<(&'static str, String)> {
    vec![
        ("key", t!("authorities.form")),
        ("authority", t!("authorities.authority")),
        ("document_no", t!("authorities.document_no")),
        ("document_date", t!("authorities.document_date")),
        ("received_on", t!("authorities.received_on")),
        ("received_time", t!("authorities.received_time")),
        ("kind", t!("authorities.kind")),
        ("shop", t!("authorities.shop")),
        ("order", t!("authorities.order")),
        ("asked", t!("authorities.asked")),
    ]
}

#[component]
fn EntryPage(typed: Typed) -> impl IntoView {
    let (form, errors) = (typed.form, typed.errors);
    let kinds = RequestKind::ALL
        .into_iter()
        .map(|kind| (kind.as_str().to_owned(), words::kind(kind)))
        .collect();
    let described = if typed.scan_refused.is_some() {
        "scan-hint scan-error"
    } else {
        "scan-hint"
    };
    let hint = if typed.paper.is_some() {
        t!("authorities.scan_there")
    } else {
        t!("authorities.scan_hint")
    };
    view! {
        <div class="wizard stack" data-gap="l">
            <p><a href=routes::PROVINCE_REQUESTS>{t!("authorities.back")}</a></p>
            <h1>{t!("authorities.enter")}</h1>
            <p>{t!("authorities.enter_lead")}</p>
            {typed.problem.map(|text| view! { <Notice tone=Tone::Error><p>{text}</p></Notice> })}
            <ErrorSummary errors=errors.clone() labels=labels() />
            <form method="post" action=routes::PROVINCE_REQUEST_NEW enctype="multipart/form-data" class="form" novalidate="">
                <input type="hidden" id="key" name="key" value=form.key />
                <Field name="authority" label=t!("authorities.authority") value=form.authority errors=errors.clone() hint=t!("authorities.authority_hint") />
                <Field name="document_no" label=t!("authorities.document_no") value=form.document_no errors=errors.clone() />
                <Field name="document_date" label=t!("authorities.document_date") value=form.document_date errors=errors.clone() kind="date" />
                <Field name="received_on" label=t!("authorities.received_on") value=form.received_on errors=errors.clone() kind="date" hint=t!("authorities.received_hint") />
                <Field name="received_time" label=t!("authorities.received_time") value=form.received_time errors=errors.clone() kind="time" />
                <Select name="kind" label=t!("authorities.kind") value=form.kind options=kinds errors=errors.clone() placeholder=t!("authorities.choose") />
                <Field name="shop" label=t!("authorities.shop") value=form.shop errors=errors.clone() required=false hint=t!("authorities.shop_hint") />
                <Field name="order" label=t!("authorities.order") value=form.order errors=errors.clone() required=false hint=t!("authorities.order_hint") />
                <TextArea name="asked" label=t!("authorities.asked") value=form.asked errors required=true hint=t!("authorities.asked_hint") />
                <div class="field">
                    <label class="field__label" for="scan">{t!("authorities.scan")}" "<span class="field__optional">{t!("form.optional")}</span></label>
                    <p class="field__hint" id="scan-hint">{hint}</p>
                    {typed.paper.map(|paper| view! { <input type="hidden" name="paper" value=paper.to_string() /> })}
                    <input class="input" type="file" id="scan" name="scan" accept="image/jpeg,image/png,image/webp" aria-invalid=typed.scan_refused.is_some().then_some("true") aria-describedby=described />
                    <ErrorOf name="scan" text=typed.scan_refused />
                </div>
                <div class="form__actions"><button type="submit" class="button" data-kind="primary" data-size="l">{t!("authorities.save")}</button></div>
            </form>
        </div>
    }
}
