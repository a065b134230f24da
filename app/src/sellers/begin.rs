//! Beginning a shop: five fields.
use axum::extract::Form;
use axum::http::StatusCode;
use axum::response::Response;
use leptos::prelude::*;
use market::kernel::{Failure, FieldErrors};
use market::places::Commune;
use market::sellers::commands::{self, BeginShop};
use market::sellers::{BeginForm, DECIDED_WITHIN, SellerKind, SellersRefusal, Standing, queries};
use serde::Deserialize;

use super::fields::Radios;
use super::owner::{Waiting, waiting};
use super::words;
use crate::catalog::words::seller_kind;
use crate::places::{Choice, CommuneField, TypedCommune};
use crate::routes;
use crate::trouble::Trouble;
use crate::ui::form::{ErrorSummary, Field};
use crate::ui::{Area, Head, lang};
use crate::visit::Visit;

/// What is typed.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Typed {
    #[serde(flatten)]
    form: BeginForm,
    #[serde(flatten)]
    place: TypedCommune,
}

pub(super) async fn show(visit: Visit) -> Result<Response, Trouble> {
    visit.signed_in()?;
    // Closed shops come last among one's own: there is none that is open.
    if let Some(seller) = visit.actor.seller() {
        let shop = queries::by_id(visit.site.store.reader(), seller).await?;
        if shop.is_none_or(|shop| shop.standing != Standing::Closed) {
            return Ok(visit.see_other(routes::SELLER_SHOP));
        }
    }
    let form = BeginForm {
        kind: SellerKind::Household.as_str().to_owned(),
        owner_name: visit.actor.name.clone(),
        ..BeginForm::default()
    };
    let typed = Typed {
        form,
        ..Typed::default()
    };
    let (errors, places) = (FieldErrors::default(), Vec::new());
    page(&visit, StatusCode::OK, typed, errors, places).await
}

pub(super) async fn start(visit: Visit, Form(mut typed): Form<Typed>) -> Result<Response, Trouble> {
    let (person, _) = visit.signed_in()?;
    let written = typed.place.commune.clone();
    let (commune, places) = typed.place.find(&visit.site).await?;
    let parsed = typed.form.parse();
    let mut errors = parsed.as_ref().err().cloned().unwrap_or_default();
    if commune.is_none() {
        errors.add("commune", typed.place.wrong(&places));
    }
    let status = StatusCode::UNPROCESSABLE_ENTITY;
    let (Some(commune), Ok(kind)) = (commune, parsed) else {
        return page(&visit, status, typed, errors, places).await;
    };
    let store = &visit.site.store;
    let shop = &BeginShop {
        kind,
        name: typed.form.shop_name.clone(),
        owner_name: typed.form.owner_name.clone(),
        // A helper begins one of their own here; for households there is the helper's desk.
        owner_phone: queries::phone_of(store.reader(), person).await?,
        former_commune_id: former(&visit, &commune, &written).await?,
        commune_id: commune.id,
        hamlet: typed.form.hamlet.clone(),
    };
    match market::transact!(store, &visit.actor, work => commands::begin(work, shop).await) {
        Ok(_) => Ok(visit.see_other(routes::SELLER_SHOP)),
        Err(Failure::Refused(SellersRefusal::Invalid(errors))) => {
            page(&visit, status, typed, errors, places).await
        }
        Err(failure) => Err(failure.into()),
    }
}

/// The commune of before July 2025 that was typed, or the only one that went into today's.
async fn former(
    visit: &Visit,
    commune: &Commune,
    written: &str,
) -> Result<Option<market::kernel::CommuneId>, Trouble> {
    let db = visit.site.store.reader();
    let formers = market::places::queries::predecessors(db, commune.id)
        .await
        .map_err(market::kernel::Fault::from)?;
    Ok(market::places::named_among(&formers, commune, written).map(|former| former.id))
}

async fn page(
    visit: &Visit,
    status: StatusCode,
    typed: Typed,
    errors: FieldErrors,
    places: Vec<Choice>,
) -> Result<Response, Trouble> {
    let waits = waiting(visit).await?;
    Ok(visit.page_with(
        status,
        || Head::private(t!("shops.begin"), Area::Market),
        || {
            view! {
                <Waiting waits />
                <Begin typed errors places />
            }
        },
    ))
}

#[component]
fn Begin(typed: Typed, errors: FieldErrors, places: Vec<Choice>) -> impl IntoView {
    let kinds = SellerKind::ALL
        .into_iter()
        .map(|kind| (kind.as_str(), seller_kind(kind), words::kind_note(kind)))
        .collect();
    let commune_error = errors.of("commune").map(lang::field);
    view! {
        <div class="narrow stack" data-gap="l">
            <h1>{t!("shops.begin")}</h1>
            <p>{t!("shops.begin_lead", days = DECIDED_WITHIN)}</p>
            <ErrorSummary errors=errors.clone() labels=words::labels() />
            <form method="post" action=routes::SELLER_BEGIN class="form" novalidate="">
                <Field name="shop_name" label=t!("shops.shop_name") value=typed.form.shop_name errors=errors.clone() hint=t!("shops.shop_name_hint") />
                <Field name="owner_name" label=t!("shops.owner_name") value=typed.form.owner_name errors=errors.clone() autocomplete="name" />
                <CommuneField typed=typed.place places error=commune_error />
                <Field name="hamlet" label=t!("shops.hamlet") value=typed.form.hamlet errors=errors.clone() hint=t!("shops.hamlet_hint") />
                <Radios name="kind" legend=t!("shops.kind") options=kinds value=typed.form.kind errors />
                <div class="form__actions"><button type="submit" class="button" data-kind="primary" data-size="l">{t!("shops.begin_button")}</button></div>
            </form>
        </div>
    }
}
