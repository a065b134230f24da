//! The province's decision list: looked at first, then taken in, all of it or nothing.
use axum::extract::multipart::Field;
use axum::extract::{Form, Multipart, Query};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use leptos::prelude::*;
use market::certificates::commands::import::{Imported, Judged, Verdict, apply, preview};
use market::certificates::import::{self, Row};
use market::certificates::{CertificatesRefusal, queries};
use market::kernel::{Failure, FieldErrors, Permission, Right};
use serde::Deserialize;

use crate::routes;
use crate::trouble::Trouble;
use crate::ui::form::{ErrorOf, ErrorSummary};
use crate::ui::parts::{Notice, Tone};
use crate::ui::{Area, Head, lang};
use crate::visit::Visit;

/// Rows shown of a list; those with errors first.
const SHOWN: usize = 200;

/// Who may take a list in: what it brings is verified at once, everywhere in the province.
fn officer(visit: &Visit) -> Result<(), Trouble> {
    visit.signed_in()?;
    if visit.actor.may(Right::Province(Permission::Certificates)) {
        Ok(())
    } else {
        Err(Trouble::Forbidden)
    }
}

pub(super) async fn template(visit: Visit) -> Result<Response, Trouble> {
    officer(&visit)?;
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
        (header::CACHE_CONTROL, "private, no-store"),
        (
            header::CONTENT_DISPOSITION,
            "attachment; filename=\"mau-danh-sach-ocop.csv\"",
        ),
    ]
    .map(|(name, value)| (name, HeaderValue::from_static(value)));
    Ok((headers, import::template()).into_response())
}

#[derive(Deserialize)]
pub(super) struct DoneParams {
    moi: Option<usize>,
    #[serde(default)]
    khop: usize,
    #[serde(default)]
    cu: usize,
}

pub(super) async fn begin(
    visit: Visit,
    Query(params): Query<DoneParams>,
) -> Result<Response, Trouble> {
    officer(&visit)?;
    let done = params.moi.map(|new| Imported {
        new,
        confirmed: params.khop,
        known: params.cu,
    });
    Ok(page(
        &visit,
        StatusCode::OK,
        done,
        FieldErrors::default(),
        None,
    ))
}

pub(super) async fn look(visit: Visit, mut form: Multipart) -> Result<Response, Trouble> {
    officer(&visit)?;
    let mut errors = FieldErrors::default();
    let bytes = if let Ok(Some(field)) = form.next_field().await {
        receive(field, &mut errors).await
    } else {
        Vec::new()
    };
    if bytes.is_empty() && errors.is_empty() {
        errors.add("list", "certificate_list_empty");
    }
    if !errors.is_empty() {
        return Ok(page(
            &visit,
            StatusCode::UNPROCESSABLE_ENTITY,
            None,
            errors,
            None,
        ));
    }
    shown(&visit, &bytes).await
}

/// The file, as long as it is not longer than a list can be.
async fn receive(mut field: Field<'_>, errors: &mut FieldErrors) -> Vec<u8> {
    let mut bytes = Vec::new();
    loop {
        match field.chunk().await {
            Ok(Some(piece)) if bytes.len() + piece.len() <= import::MAX_BYTES => {
                bytes.extend_from_slice(&piece);
            }
            Ok(None) => return bytes,
            Ok(Some(_)) | Err(_) => {
                let most = [("max", import::MAX_ROWS.to_string())];
                errors.add_with("list", "certificate_list_long", &most);
                return Vec::new();
            }
        }
    }
}

/// The list with what each of its rows would do.
async fn shown(visit: &Visit, bytes: &[u8]) -> Result<Response, Trouble> {
    let rows = match import::read(bytes) {
        Ok(rows) => rows,
        Err(errors) => {
            return Ok(page(
                visit,
                StatusCode::UNPROCESSABLE_ENTITY,
                None,
                errors,
                None,
            ));
        }
    };
    let judged = judge(visit, &rows).await?;
    let is_wrong = judged.iter().any(|row| row.verdict == Verdict::Wrong);
    let status = if is_wrong {
        StatusCode::UNPROCESSABLE_ENTITY
    } else {
        StatusCode::OK
    };
    let text = String::from_utf8_lossy(bytes).into_owned();
    Ok(page(
        visit,
        status,
        None,
        FieldErrors::default(),
        Some((judged, text)),
    ))
}

async fn judge(visit: &Visit, rows: &[Row]) -> Result<Vec<Judged>, Trouble> {
    let store = &visit.site.store;
    let programme = queries::programme(store.reader()).await?;
    let programme = &programme;
    Ok(market::transact!(store, &visit.actor, work => preview(work, programme, rows).await)?)
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct TakeForm {
    list: String,
}

pub(super) async fn take(visit: Visit, Form(form): Form<TakeForm>) -> Result<Response, Trouble> {
    officer(&visit)?;
    let store = &visit.site.store;
    let Ok(rows) = import::read(form.list.as_bytes()) else {
        return shown(&visit, form.list.as_bytes()).await;
    };
    let programme = queries::programme(store.reader()).await?;
    let (programme, rows) = (&programme, rows.as_slice());
    match market::transact!(store, &visit.actor, work => apply(work, programme, rows).await) {
        Ok(done) => Ok(visit.see_other(&format!(
            "{}?moi={}&khop={}&cu={}",
            routes::PROVINCE_CERTIFICATE_LIST,
            done.new,
            done.confirmed,
            done.known
        ))),
        // Something has changed since it was looked at.
        Err(Failure::Refused(CertificatesRefusal::ListHasErrors)) => {
            shown(&visit, form.list.as_bytes()).await
        }
        Err(failure) => Err(failure.into()),
    }
}

fn page(
    visit: &Visit,
    status: StatusCode,
    done: Option<Imported>,
    errors: FieldErrors,
    looked_at: Option<(Vec<Judged>, String)>,
) -> Response {
    visit.page_with(
        status,
        || Head::private(t!("certificates.list"), Area::Province),
        || view! { <ListPage done errors looked_at /> },
    )
}

#[component]
fn ListPage(
    done: Option<Imported>,
    errors: FieldErrors,
    looked_at: Option<(Vec<Judged>, String)>,
) -> impl IntoView {
    let error = errors.of("list").map(lang::field);
    let described = if error.is_some() {
        "list-hint list-error"
    } else {
        "list-hint"
    };
    let labels = vec![("list", t!("certificates.list_file"))];
    view! {
        <p><a href=routes::PROVINCE_CERTIFICATES>{t!("certificates.back")}</a></p>
        <h1>{t!("certificates.list")}</h1>
        {done.map(|done| view! {
            <Notice tone=Tone::Success><p>{t!("certificates.list_done", new = done.new, confirmed = done.confirmed, known = done.known)}</p></Notice>
        })}
        {looked_at.map(|(judged, text)| view! { <LookedAt judged text /> })}
        <ErrorSummary errors labels />
        <form method="post" action=routes::PROVINCE_CERTIFICATE_LIST enctype="multipart/form-data" class="form wizard">
            <div class="field">
                <label class="field__label" for="list">{t!("certificates.list_file")}</label>
                <p class="field__hint" id="list-hint">{t!("certificates.list_hint")}" "<a href=routes::PROVINCE_CERTIFICATE_TEMPLATE download="mau-danh-sach-ocop.csv">{t!("certificates.list_template")}</a></p>
                <input class="input" type="file" id="list" name="list" accept=".csv,text/csv" required=true aria-invalid=error.is_some().then_some("true") aria-describedby=described />
                <ErrorOf name="list" text=error />
            </div>
            <div class="form__actions"><button type="submit" class="button">{t!("certificates.list_look")}</button></div>
        </form>
    }
}

/// What the rows would do, and the button that does it where nothing is wrong.
#[component]
fn LookedAt(mut judged: Vec<Judged>, text: String) -> impl IntoView {
    let count = |verdict: Verdict| judged.iter().filter(|row| row.verdict == verdict).count();
    let wrong = count(Verdict::Wrong);
    let new = count(Verdict::New) + count(Verdict::Follows);
    let (confirmed, known, all) = (
        count(Verdict::Confirms),
        count(Verdict::Known),
        judged.len(),
    );
    judged.sort_by_key(|row| row.verdict != Verdict::Wrong);
    judged.truncate(SHOWN);
    view! {
        {if wrong > 0 {
            view! { <Notice tone=Tone::Error><p>{t!("certificates.list_wrong", wrong = wrong, all = all)}</p></Notice> }.into_any()
        } else {
            view! {
                <Notice tone=Tone::Info><p>{t!("certificates.list_right", new = new, confirmed = confirmed, known = known)}</p></Notice>
                <form method="post" action=routes::PROVINCE_CERTIFICATE_TAKE class="next-step">
                    <input type="hidden" name="list" value=text />
                    <p>{t!("certificates.list_lead")}</p>
                    <button type="submit" class="button" data-kind="primary">{t!("certificates.list_take")}</button>
                </form>
            }.into_any()
        }}
        <div class="table-wrap">
            <table class="table" data-stack="">
                <thead>
                    <tr>
                        <th scope="col">{t!("certificates.line")}</th>
                        <th scope="col">{t!("certificates.product_name")}</th>
                        <th scope="col">{t!("certificates.holder")}</th>
                        <th scope="col">{t!("certificates.would")}</th>
                    </tr>
                </thead>
                <tbody>
                    {judged
                        .into_iter()
                        .map(|row| view! {
                            <tr>
                                <td data-label=t!("certificates.line")>{row.line}</td>
                                <td data-label=t!("certificates.product_name")>{row.product_name}</td>
                                <td data-label=t!("certificates.holder")>{row.seller_name}</td>
                                <td data-label=t!("certificates.would")><Would verdict=row.verdict errors=row.errors /></td>
                            </tr>
                        })
                        .collect_view()}
                </tbody>
            </table>
        </div>
        {(all > SHOWN).then(|| view! { <p class="muted">{t!("certificates.list_more", count = all - SHOWN)}</p> })}
    }
}

#[component]
fn Would(verdict: Verdict, errors: FieldErrors) -> impl IntoView {
    match verdict {
        Verdict::New => t!("certificates.would_new").into_any(),
        Verdict::Follows => t!("certificates.would_follow").into_any(),
        Verdict::Confirms => t!("certificates.would_confirm").into_any(),
        Verdict::Known => t!("certificates.would_nothing").into_any(),
        Verdict::Wrong => view! {
            <ul class="wrongs">
                {errors
                    .0
                    .iter()
                    .map(|error| view! { <li><strong>{import::heading(&error.field)}": "</strong>{lang::field(error)}</li> })
                    .collect_view()}
            </ul>
        }
        .into_any(),
    }
}
