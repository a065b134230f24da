//! Requests of the slice `imports`.
use axum::Router;
use axum::extract::{DefaultBodyLimit, Multipart, Path, Query};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use market::imports::commands::{self, Scope};
use market::imports::{Import, ImportRefusal, MAX_BYTES, queries, template};
use market::kernel::{Failure, ImportId, PageRequest, Right};
use serde::Deserialize;

use super::pages;
use crate::routes;
use crate::site::Site;
use crate::trouble::Trouble;
use crate::ui::{Area, Head, lang};
use crate::visit::Visit;

/// A page that shows progress is asked for again after so many seconds.
const AGAIN: &str = "2";

/// The slice's paths: at the province's desk, and at a seller's.
pub fn routes() -> Router<Site> {
    let limit = || DefaultBodyLimit::max(MAX_BYTES + (1 << 20));
    Router::new()
        .route("/tinh/nhap-lieu/mau.xlsx", get(blank))
        .route("/ban-hang/nhap-lieu/mau.xlsx", get(blank))
        .route(
            routes::PROVINCE_IMPORTS,
            get(office_list).post(office_receive).layer(limit()),
        )
        .route(
            routes::SELLER_IMPORTS,
            get(seller_list).post(seller_receive).layer(limit()),
        )
        .route("/tinh/nhap-lieu/{id}", get(show))
        .route("/ban-hang/nhap-lieu/{id}", get(show))
        .route("/tinh/nhap-lieu/{id}/ap-dung", post(approve))
        .route("/ban-hang/nhap-lieu/{id}/ap-dung", post(approve))
}

/// The workbook to fill in.
async fn blank(visit: Visit) -> Result<Response, Trouble> {
    visit.signed_in()?;
    let headers = [
        (
            header::CONTENT_TYPE,
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        ),
        (
            header::CONTENT_DISPOSITION,
            "attachment; filename=\"cay-beo-mau.xlsx\"",
        ),
    ];
    Ok((headers, template::workbook()?).into_response())
}

fn office(visit: &Visit) -> Result<Scope, Trouble> {
    visit.signed_in()?;
    if Scope::Office.is_open_to(&visit.actor) {
        Ok(Scope::Office)
    } else {
        Err(Trouble::NotFound)
    }
}

fn seller(visit: &Visit) -> Result<Scope, Trouble> {
    visit.desk(Right::List).map(Scope::Seller)
}

async fn office_list(visit: Visit) -> Result<Response, Trouble> {
    let scope = office(&visit)?;
    list(&visit, scope, None).await
}

async fn seller_list(visit: Visit) -> Result<Response, Trouble> {
    let scope = seller(&visit)?;
    list(&visit, scope, None).await
}

async fn office_receive(visit: Visit, form: Multipart) -> Result<Response, Trouble> {
    let scope = office(&visit)?;
    receive(&visit, scope, form).await
}

async fn seller_receive(visit: Visit, form: Multipart) -> Result<Response, Trouble> {
    let scope = seller(&visit)?;
    receive(&visit, scope, form).await
}

async fn receive(visit: &Visit, scope: Scope, form: Multipart) -> Result<Response, Trouble> {
    let (name, bytes) = match file(form).await {
        Ok(file) => file,
        Err(refusal) => return list(visit, scope, Some(&refusal)).await,
    };
    visit.take(&visit.site.limits.upload).await?;
    match commands::receive(&visit.site.store, &visit.actor, scope, &name, bytes).await {
        Ok(id) => Ok(visit.see_other(&routes::import(scope, id))),
        Err(Failure::Fault(fault)) => Err(fault.into()),
        Err(Failure::Refused(refusal)) => list(visit, scope, Some(&refusal)).await,
    }
}

/// The file of the form, with its name.
async fn file(mut form: Multipart) -> Result<(String, Vec<u8>), ImportRefusal> {
    let cut = |error: &axum::extract::multipart::MultipartError| {
        if error.status() == StatusCode::PAYLOAD_TOO_LARGE {
            ImportRefusal::TooLarge
        } else {
            ImportRefusal::Unreadable
        }
    };
    while let Some(field) = form.next_field().await.map_err(|error| cut(&error))? {
        if field.name() == Some("file") {
            let name = field.file_name().unwrap_or_default().to_owned();
            let bytes = field.bytes().await.map_err(|error| cut(&error))?;
            return Ok((name, bytes.to_vec()));
        }
    }
    Err(ImportRefusal::Empty)
}

fn area(scope: Scope) -> Area {
    match scope {
        Scope::Office => Area::Province,
        Scope::Seller(_) => Area::Seller,
    }
}

async fn list(
    visit: &Visit,
    scope: Scope,
    refusal: Option<&ImportRefusal>,
) -> Result<Response, Trouble> {
    let imports = queries::latest(visit.site.store.reader(), &visit.actor, scope).await?;
    let status = match refusal {
        None => StatusCode::OK,
        Some(ImportRefusal::TooLarge) => StatusCode::PAYLOAD_TOO_LARGE,
        Some(_) => StatusCode::UNPROCESSABLE_ENTITY,
    };
    let refused = refusal.map(|refusal| lang::speaking(visit.lang, || lang::refusal(refusal)));
    Ok(visit.page_with(
        status,
        || Head::private(t!("imports.title"), area(scope)),
        || pages::list(scope, imports, refused),
    ))
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Asked {
    page: Option<u32>,
}

/// The import, for who may bring such ones.
async fn own(visit: &Visit, id: ImportId) -> Result<(Import, Scope), Trouble> {
    visit.signed_in()?;
    let import = queries::import(visit.site.store.reader(), id)
        .await?
        .ok_or(Trouble::NotFound)?;
    let scope = Scope::of(import.seller);
    if scope.shows_to(&visit.actor, import.person) {
        Ok((import, scope))
    } else {
        Err(Trouble::NotFound)
    }
}

async fn show(
    visit: Visit,
    Path(id): Path<ImportId>,
    Query(asked): Query<Asked>,
) -> Result<Response, Trouble> {
    page(&visit, id, asked.page, None).await
}

async fn page(
    visit: &Visit,
    id: ImportId,
    asked: Option<u32>,
    refusal: Option<&ImportRefusal>,
) -> Result<Response, Trouble> {
    let (import, scope) = own(visit, id).await?;
    let request = PageRequest::new(asked, Some(50));
    let wrong = queries::wrong_rows(visit.site.store.reader(), id, request).await?;
    let is_running = import.state.is_running();
    let refused = refusal.map(|refusal| lang::speaking(visit.lang, || lang::refusal(refusal)));
    let status = if refused.is_some() {
        StatusCode::CONFLICT
    } else {
        StatusCode::OK
    };
    let mut response = visit.page_with(
        status,
        || Head::private(t!("imports.title"), area(scope)),
        || pages::import(scope, import, wrong, request.page, refused),
    );
    if is_running && refusal.is_none() {
        response
            .headers_mut()
            .insert(header::REFRESH, HeaderValue::from_static(AGAIN));
    }
    Ok(response)
}

async fn approve(visit: Visit, Path(id): Path<ImportId>) -> Result<Response, Trouble> {
    let (_, scope) = own(&visit, id).await?;
    match market::transact!(visit.site.store, &visit.actor, work => commands::approve(work, id).await)
    {
        Ok(()) => Ok(visit.see_other(&routes::import(scope, id))),
        Err(Failure::Fault(fault)) => Err(fault.into()),
        Err(Failure::Refused(refusal)) => page(&visit, id, None, Some(&refusal)).await,
    }
}
