//! Requests of the slice `reports`.
use axum::Router;
use axum::extract::{Query, RawQuery};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use market::authorities;
use market::kernel::FieldErrors;
use market::reports::{By, Compare, Period, Places, SalesForm, SalesQuery, SalesReport, queries};

use super::pages;
use crate::routes;
use crate::site::Site;
use crate::trouble::Trouble;
use crate::ui::{Area, Head, lang};
use crate::visit::Visit;

/// The slice's paths.
pub fn routes() -> Router<Site> {
    Router::new()
        .route(routes::PROVINCE, get(overview))
        .route(routes::PROVINCE_SALES, get(sales))
        .route("/tinh/doanh-so.csv", get(csv))
}

async fn overview(visit: Visit) -> Result<Response, Trouble> {
    visit.officer()?;
    let db = visit.site.store.reader();
    let today = visit.site.store.today();
    let query = |by: By| SalesQuery {
        period: Period::last(30, today),
        by,
        places: Places::After,
        compare: Some(Compare::Previous),
    };
    let news = queries::since_yesterday(db, today).await?;
    let days = queries::sales(db, &visit.actor, query(By::Day)).await?;
    let communes = queries::sales(db, &visit.actor, query(By::Commune)).await?;
    let (requests, first_due) = authorities::queries::waiting(db, &visit.actor).await?;
    let now = visit.site.store.now();
    let claims = market::claims::queries::disputed_count(db, &visit.actor, now).await?;
    Ok(visit.page(
        || Head::private(t!("shell.province_overview"), Area::Province),
        || {
            let requests = crate::authorities::waiting(requests, first_due, now);
            let waiting = (requests, crate::claims::waiting(claims));
            pages::overview(waiting, news, days, communes)
        },
    ))
}

/// The report that a question asks for; with what is wrong with it, the last 30 days.
async fn answer(visit: &Visit, form: &SalesForm) -> Result<(SalesReport, FieldErrors), Trouble> {
    let today = visit.site.store.today();
    let (query, errors) = match form.parse(today) {
        Ok(query) => (query, FieldErrors::default()),
        Err(errors) => {
            let query = SalesQuery {
                period: Period::last(30, today),
                by: By::Day,
                places: Places::After,
                compare: None,
            };
            (query, errors)
        }
    };
    Ok((
        queries::sales(visit.site.store.reader(), &visit.actor, query).await?,
        errors,
    ))
}

async fn sales(visit: Visit, Query(form): Query<SalesForm>) -> Result<Response, Trouble> {
    visit.officer()?;
    let (report, errors) = answer(&visit, &form).await?;
    let status = if errors.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    Ok(visit.page_with(
        status,
        || Head::private(t!("shell.province_sales"), Area::Province),
        || pages::sales(&form, report, errors),
    ))
}

/// The same table as a file that spreadsheets open: UTF-8 with a mark, semicolons, nothing that a formula
/// could begin with.
async fn csv(
    visit: Visit,
    RawQuery(raw): RawQuery,
    Query(form): Query<SalesForm>,
) -> Result<Response, Trouble> {
    visit.officer()?;
    let (report, errors) = answer(&visit, &form).await?;
    if !errors.is_empty() {
        // The page says what is wrong, at its field.
        let question = raw.unwrap_or_default();
        return Ok(visit.see_other(&format!("{}?{question}", routes::PROVINCE_SALES)));
    }
    let text = lang::speaking(visit.lang, || pages::csv(&report));
    let mut response = text.into_response();
    response.headers_mut().insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("text/csv; charset=utf-8"),
    );
    response.headers_mut().insert(
        header::CACHE_CONTROL,
        HeaderValue::from_static("private, no-store"),
    );
    response.headers_mut().insert(
        header::CONTENT_DISPOSITION,
        HeaderValue::from_static("attachment; filename=\"doanh-so.csv\""),
    );
    Ok(response)
}
