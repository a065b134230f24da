//! Sales reports for the province's own software.
use app::reports::row_name;
use app::site::Site;
use app::ui::lang;
use axum::Json;
use axum::extract::{Query, State};
use market::kernel::time::iso_day;
use market::reports::{
    By, Paid, Period, ReportsRefusal, SalesForm, SalesReport, SalesRow, Sums, queries,
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::caller::Caller;
use super::catalog::decimal;
use super::problem::{Problem, caller_lang};

#[derive(Default, Deserialize, IntoParams)]
#[serde(default)]
pub struct SalesParams {
    /// First business day, `2026-11-01`; 30 days before `to` where it is left out.
    from: String,
    /// Last business day; today where it is left out.
    to: String,
    /// day, month, group, stars, commune, seller, product, channel, payment_method.
    by: String,
    /// before, after (July 2025).
    places: String,
    /// previous, year.
    compare: String,
}

/// Sales by key; amounts in đồng, without delivery and without what was called off.
#[derive(Serialize, ToSchema)]
pub struct SalesOut {
    from: String,
    to: String,
    rows: Vec<RowOut>,
    totals: TotalsOut,
    compared: Option<ComparedOut>,
}

#[derive(Serialize, ToSchema)]
struct RowOut {
    key: String,
    label: String,
    orders: i64,
    units: f64,
    gross_vnd: i64,
    refunds_vnd: i64,
    net_vnd: i64,
}

#[derive(Serialize, ToSchema)]
struct TotalsOut {
    orders: i64,
    units: f64,
    gross_vnd: i64,
    refunds_vnd: i64,
    net_vnd: i64,
    /// Households that sold, delivered and were paid.
    households_paid: i64,
    /// All sellers that sold, delivered and were paid.
    sellers_paid: i64,
}

#[derive(Serialize, ToSchema)]
struct ComparedOut {
    from: String,
    to: String,
    totals: TotalsOut,
}

fn totals(sums: &Sums, paid: Paid) -> TotalsOut {
    TotalsOut {
        orders: sums.orders,
        units: decimal(sums.units),
        gross_vnd: sums.gross.0,
        refunds_vnd: sums.refunds.0,
        net_vnd: sums.net().0,
        households_paid: paid.households,
        sellers_paid: paid.sellers,
    }
}

fn row(by: By, row: SalesRow) -> RowOut {
    RowOut {
        label: row_name(by, &row),
        key: row.key,
        orders: row.sums.orders,
        units: decimal(row.sums.units),
        gross_vnd: row.sums.gross.0,
        refunds_vnd: row.sums.refunds.0,
        net_vnd: row.sums.net().0,
    }
}

fn out(report: SalesReport) -> SalesOut {
    let by = report.query.by;
    let Period { from, to } = report.query.period;
    let compared = report
        .query
        .compare
        .map(|with| report.query.period.compared(with));
    SalesOut {
        from: iso_day(from),
        to: iso_day(to),
        totals: totals(&report.totals, report.shops_paid),
        compared: compared
            .zip(report.compared)
            .map(|(period, sums)| ComparedOut {
                from: iso_day(period.from),
                to: iso_day(period.to),
                totals: totals(&sums, report.shops_paid_compared.unwrap_or_default()),
            }),
        rows: report
            .rows
            .into_iter()
            .map(|found| row(by, found))
            .collect(),
    }
}

/// Sales of a period, broken down and compared.
#[utoipa::path(
    get, path = "/reports/sales", security(("token" = [])), params(SalesParams),
    responses((status = 200, body = SalesOut), (status = 401, body = Problem), (status = 403, body = Problem), (status = 422, body = Problem)))]
pub async fn sales(
    State(site): State<Site>,
    caller: Caller,
    Query(params): Query<SalesParams>,
) -> Result<Json<SalesOut>, Problem> {
    caller.officer()?;
    let form = SalesForm {
        from: params.from,
        to: params.to,
        by: params.by,
        places: params.places,
        compare: params.compare,
    };
    let query = form
        .parse(site.store.today())
        .map_err(|errors| Problem::refusal(&caller.headers, &ReportsRefusal::Invalid(errors)))?;
    let report = queries::sales(site.store.reader(), &caller.actor, query)
        .await
        .map_err(|failure| Problem::failure(&caller.headers, &failure))?;
    Ok(Json(lang::speaking(caller_lang(&caller.headers), || {
        out(report)
    })))
}
