//! Requests of the slice `parcels`: the seller's desk, and the collector's round.
use axum::Router;
use axum::extract::{Form, Path};
use axum::response::Response;
use axum::routing::{get, post};
use market::kernel::{Failure, Refusal, RefusalKind, Right, SellerOrderId};
use market::parcels::commands::{act, book, set_details, unbook};
use market::parcels::{ParcelEvent, ParcelForm, ParcelsRefusal, Teller, queries};
use serde::Deserialize;

use super::panel::{TypedParcel, place};
use super::{desk, office, paper, round};
use crate::routes;
use crate::sellers::{RefusedStep, order_page};
use crate::site::Site;
use crate::trouble::Trouble;
use crate::visit::Visit;

/// The slice's paths.
pub fn routes() -> Router<Site> {
    Router::new()
        .route(routes::SELLER_PARCELS, get(desk::list))
        .route(routes::SELLER_PARCEL_LABELS, get(desk::labels))
        .route(routes::SELLER_HAND_OVER, get(paper::hand_over))
        .route("/ban-hang/don-hang/{id}/kien-hang", post(details))
        .route("/ban-hang/don-hang/{id}/kien-hang/{step}", post(step))
        .route(
            routes::PROVINCE_PARCELS,
            get(office::puzzles).post(office::look),
        )
        .route(routes::ROUND, get(round::show).post(round::mark))
}

async fn details(
    visit: Visit,
    Path(id): Path<SellerOrderId>,
    Form(form): Form<ParcelForm>,
) -> Result<Response, Trouble> {
    visit.desk(Right::Fulfil)?;
    let outcome = match form.parse() {
        Ok(details) => {
            let details = &details;
            market::transact!(visit.site.store, &visit.actor, work => set_details(work, id, details).await)
        }
        Err(errors) => Err(ParcelsRefusal::Invalid(errors).into()),
    };
    let typed = TypedParcel {
        details: Some(form),
        ..TypedParcel::default()
    };
    settled(&visit, id, outcome, typed).await
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct StepForm {
    reason: String,
}

async fn step(
    visit: Visit,
    Path((id, step)): Path<(SellerOrderId, String)>,
    Form(form): Form<StepForm>,
) -> Result<Response, Trouble> {
    visit.desk(Right::Fulfil)?;
    let reason = form.reason.as_str();
    let carrier = visit.site.carrier.as_deref();
    let outcome = match step.as_str() {
        "gui-hang" => {
            let carrier = carrier.ok_or(Trouble::NotFound)?;
            let (name, limits) = (carrier.name(), carrier.limits());
            market::transact!(visit.site.store, &visit.actor, work => book(work, id, name, limits).await)
        }
        "bo-hang" => {
            market::transact!(visit.site.store, &visit.actor, work => unbook(work, id).await)
        }
        "hoi-gia" => return quote(&visit, id).await,
        other => {
            let event = ParcelEvent::parse(other).ok_or(Trouble::NotFound)?;
            let typed = TypedParcel {
                step: Some((event, form.reason.clone())),
                ..TypedParcel::default()
            };
            let outcome = market::transact!(visit.site.store, &visit.actor, work => act(work, id, event, Teller::Seller, reason).await);
            return settled(&visit, id, outcome.map(drop), typed).await;
        }
    };
    settled(&visit, id, outcome, TypedParcel::default()).await
}

/// What the carrier would take; it is asked outside of any transaction.
async fn quote(visit: &Visit, id: SellerOrderId) -> Result<Response, Trouble> {
    let db = visit.site.store.reader();
    let own = market::orders::queries::for_seller(db, id, &visit.actor).await?;
    own.ok_or(Trouble::NotFound)?;
    let carrier = visit.site.carrier.as_deref().ok_or(Trouble::NotFound)?;
    let parcel = queries::of_parts(db, &[id]).await?.pop();
    let parcel = parcel.ok_or(Trouble::NotFound)?;
    if let Err(refusal) = carrier
        .limits()
        .allow(parcel.way, parcel.weight_grams, parcel.boxes)
    {
        return settled(visit, id, Err(refusal.into()), TypedParcel::default()).await;
    }
    let consignment = queries::consignment(db, id)
        .await?
        .ok_or(Trouble::NotFound)?;
    match carrier.quote(&consignment).await {
        Ok(quote) => {
            let shown = RefusedStep {
                parcel: TypedParcel {
                    quote: Some(quote),
                    ..TypedParcel::default()
                },
                ..RefusedStep::default()
            };
            order_page(visit, axum::http::StatusCode::OK, id, shown).await
        }
        Err(trouble) => {
            let refusal = ParcelsRefusal::CarrierSaysNo(trouble.into_reason());
            settled(visit, id, Err(refusal.into()), TypedParcel::default()).await
        }
    }
}

/// Back to the order, or its page again with what was typed.
async fn settled(
    visit: &Visit,
    id: SellerOrderId,
    outcome: Result<(), Failure<ParcelsRefusal>>,
    typed: TypedParcel,
) -> Result<Response, Trouble> {
    match outcome {
        Ok(()) => Ok(visit.see_other(&place(id))),
        Err(Failure::Refused(refusal)) if refusal.kind() != RefusalKind::NotFound => {
            let told = visit.told(Some(&refusal));
            let refused = RefusedStep {
                problem: told.message,
                parcel: TypedParcel {
                    errors: told.errors,
                    ..typed
                },
                ..RefusedStep::default()
            };
            order_page(visit, told.status, id, refused).await
        }
        Err(failure) => Err(failure.into()),
    }
}
