//! Requests of the slice `diary`.
use axum::Router;
use axum::extract::Query;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use leptos::prelude::*;
use market::diary::{Cursor, Deeds, SearchForm, commands, queries};
use market::kernel::{FieldErrors, Permission, Right};
use serde::Deserialize;

use super::pages::{OfficerDiary, OwnDiary};
use crate::routes;
use crate::site::Site;
use crate::trouble::Trouble;
use crate::ui::{Area, Head};
use crate::visit::Visit;

/// The slice's paths.
pub fn routes() -> Router<Site> {
    Router::new()
        .route(routes::DIARY, get(own))
        .route(routes::PROVINCE_DIARY, get(officer))
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Params {
    /// Behind which deed.
    sau: String,
}

/// For the household itself: for who acts in its name there is no such page.
async fn own(visit: Visit, Query(params): Query<Params>) -> Result<Response, Trouble> {
    let seller = visit.seller()?;
    if !visit.actor.may(Right::Own(seller)) {
        return Err(Trouble::NotFound);
    }
    let after = Cursor::parse(&params.sau);
    let db = visit.site.store.reader();
    let deeds = queries::of_seller(db, &visit.actor, seller, after).await?;
    Ok(visit.page(
        || Head::private(t!("diary.own"), Area::Seller),
        || view! { <OwnDiary deeds /> },
    ))
}

async fn officer(visit: Visit, Query(form): Query<SearchForm>) -> Result<Response, Trouble> {
    visit.signed_in()?;
    if !visit.actor.has_office(Permission::Audit) {
        return Err(Trouble::Forbidden);
    }
    let nothing = Deeds {
        rows: Vec::new(),
        next: None,
    };
    let (status, deeds, errors) = match form.parse() {
        Ok(search) => {
            let (form, search) = (&form, &search);
            let deeds = market::transact!(visit.site.store, &visit.actor, work => commands::search(work, form, search).await)?;
            (StatusCode::OK, deeds, FieldErrors::default())
        }
        Err(errors) => (StatusCode::UNPROCESSABLE_ENTITY, nothing, errors),
    };
    Ok(visit.page_with(
        status,
        || Head::private(t!("shell.province_diary"), Area::Province),
        || view! { <OfficerDiary form deeds errors /> },
    ))
}
