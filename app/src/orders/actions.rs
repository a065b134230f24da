//! Requests of the slice `orders`: checking out and following an order.
use axum::Router;
use axum::extract::{Form, Path, Query};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};
use market::kernel::{Failure, OrderCode, Phone, SellerOrderId};
use market::orders::commands::part_of_order;
use market::orders::{OrderEvent, Party, queries};
use market::payments;
use serde::Deserialize;

use super::{checkout, pages};
use crate::routes;
use crate::site::Site;
use crate::trouble::Trouble;
use crate::ui::{Area, Head};
use crate::visit::Visit;

/// The slice's paths.
pub fn routes() -> Router<Site> {
    Router::new()
        .route(routes::CHECKOUT, get(checkout::show).post(checkout::review))
        .route(routes::CHECKOUT_PLACE, post(checkout::place))
        .route(routes::FOLLOW, get(follow).post(find))
        .route("/don-hang/{code}", get(order))
        .route("/don-hang/{code}/huy", post(cancel))
}

#[derive(Deserialize)]
struct OrderParams {
    #[serde(default)]
    token: String,
    moi: Option<String>,
    loi: Option<String>,
}

async fn order(
    visit: Visit,
    Path(code): Path<String>,
    Query(params): Query<OrderParams>,
) -> Result<Response, Trouble> {
    let code = OrderCode::parse(&code).map_err(|_| Trouble::NotFound)?;
    let order = queries::by_code(visit.site.store.reader(), &code, &params.token)
        .await?
        .ok_or(Trouble::NotFound)?;
    let (is_new, error) = (params.moi.is_some(), params.loi);
    Ok(visit.page(
        || Head::private(t!("orders.order", code = code), Area::Market),
        || pages::order(order, is_new, error),
    ))
}

async fn follow(visit: Visit) -> Response {
    visit.page(
        || Head::private(t!("shell.follow_order"), Area::Market),
        || pages::follow(&pages::FollowForm::default(), None),
    )
}

/// A wrong code and a wrong number look the same.
async fn find(visit: Visit, Form(form): Form<pages::FollowForm>) -> Result<Response, Trouble> {
    if let (Ok(code), Ok(phone)) = (OrderCode::parse(&form.code), Phone::parse(&form.phone))
        && let Some(token) = queries::token_for(visit.site.store.reader(), &code, &phone).await?
    {
        return Ok(visit.see_other(&routes::order(&code, &token)));
    }
    Ok(visit.page_with(
        StatusCode::UNPROCESSABLE_ENTITY,
        || Head::private(t!("shell.follow_order"), Area::Market),
        || pages::follow(&form, Some(t!("orders.not_found_by_phone"))),
    ))
}

#[derive(Deserialize)]
struct CancelForm {
    #[serde(default)]
    token: String,
    #[serde(default)]
    part: String,
    #[serde(default)]
    reason: String,
}

async fn cancel(
    visit: Visit,
    Path(code): Path<String>,
    Form(form): Form<CancelForm>,
) -> Result<Response, Trouble> {
    let code = OrderCode::parse(&code).map_err(|_| Trouble::NotFound)?;
    let part: SellerOrderId = form.part.parse().map_err(|_| Trouble::NotFound)?;
    let (code_ref, token, reason) = (&code, form.token.as_str(), form.reason.as_str());
    let outcome = market::transact!(visit.site.store, &visit.actor, work => {
        part_of_order(work, code_ref, token, part).await?;
        payments::commands::advance(work, part, OrderEvent::Cancel, Party::Buyer, reason).await
    });
    let back = routes::order(&code, &form.token);
    match outcome {
        Ok(_) => Ok(visit.see_other(&back)),
        Err(Failure::Refused(refusal))
            if market::kernel::Refusal::kind(&refusal) != market::kernel::RefusalKind::NotFound =>
        {
            Ok(visit.see_other(&format!(
                "{back}&loi={}",
                market::kernel::Refusal::code(&refusal)
            )))
        }
        Err(failure) => Err(failure.into()),
    }
}
