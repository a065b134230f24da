//! A seller offers something else instead of what ran out.
use axum::extract::{Form, Path};
use axum::response::Response;
use market::kernel::{Failure, Right, SellerOrderId};
use market::orders::commands::offer_substitute;
use market::orders::{OrdersRefusal, SubstituteForm};

use super::orders::{RefusedStep, order_page};
use crate::routes;
use crate::trouble::Trouble;
use crate::visit::Visit;

/// The name of the step in its path.
pub(super) const STEP: &str = "thay-the";

pub(super) async fn offer(
    visit: Visit,
    Path(id): Path<SellerOrderId>,
    Form(form): Form<SubstituteForm>,
) -> Result<Response, Trouble> {
    visit.desk(Right::Fulfil)?;
    let outcome = match form.parse() {
        Ok(offer) => {
            let offer = &offer;
            market::transact!(visit.site.store, &visit.actor, work => offer_substitute(work, id, offer).await)
        }
        Err(errors) => Err(Failure::Refused(OrdersRefusal::Invalid(errors))),
    };
    match visit.told_of(outcome)? {
        Ok(_) => Ok(visit.see_other(&routes::seller_order(id))),
        Err(told) => {
            let refused = RefusedStep {
                step: STEP.to_owned(),
                substitute: form,
                errors: told.errors,
                problem: told.message,
                ..RefusedStep::default()
            };
            order_page(&visit, told.status, id, refused).await
        }
    }
}
