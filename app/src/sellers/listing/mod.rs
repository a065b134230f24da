//! Listing a product in short steps, each of which is kept, and changing one that is listed.
pub(super) mod ahead;
pub(super) mod basics;
pub(super) mod combo;
pub(super) mod facts;
pub(super) mod harvest;
pub(super) mod kept_photos;
pub(super) mod offers;
pub(super) mod photos;
pub(super) mod preview;

use axum::extract::{Form, Path};
use axum::response::Response;
use leptos::prelude::*;
use market::catalog::{ListingReview, Product, ReviewState, commands, queries};
use market::kernel::{FieldErrors, ProductId, Right, secret};
use serde::Deserialize;

use crate::routes;
use crate::trouble::Trouble;
use crate::ui::shell::Icon;
use crate::ui::{Area, Head, lang};
use crate::visit::Visit;

pub(super) async fn begin(visit: Visit) -> Result<Response, Trouble> {
    visit.desk(Right::List)?;
    Ok(visit.page(
        || Head::private(t!("shell.seller_new"), Area::Seller),
        || view! {
            <div class="wizard stack" data-gap="l">
                <h1>{t!("shell.seller_new")}</h1>
                <p>{t!("listing.lead")}</p>
                <ol class="stack">
                    <li class="cluster"><Icon name="camera" />{t!("listing.step_photos")}</li>
                    <li class="cluster"><Icon name="leaf" />{t!("listing.step_basics")}</li>
                    <li class="cluster"><Icon name="money" />{t!("listing.step_price")}</li>
                </ol>
                <form method="post" action=routes::SELLER_NEW>
                    <input type="hidden" name="khoa" value=secret::new_key().to_string() />
                    <button type="submit" class="button" data-kind="primary"><Icon name="camera" />{t!("listing.start")}</button>
                </form>
                <p><a class="button" data-kind="quiet" href=routes::SELLER_AHEAD><Icon name="edit" />{t!("drafts.ahead")}</a></p>
                <p class="muted">{t!("drafts.ahead_hint")}</p>
                <ahead::Drafts />
            </div>
        },
    ))
}

#[derive(Deserialize)]
#[serde(default)]
pub(super) struct Begun {
    /// Made when the form was shown: pressed twice, it begins one listing.
    khoa: String,
}

impl Default for Begun {
    fn default() -> Self {
        Self {
            khoa: secret::new_key().to_string(),
        }
    }
}

pub(super) async fn start(visit: Visit, Form(form): Form<Begun>) -> Result<Response, Trouble> {
    let seller = visit.desk(Right::List)?;
    let key = form.khoa.as_str();
    let id = market::transact!(visit.site.store, &visit.actor, work => commands::start(work, seller, key).await)?;
    Ok(visit.see_other(&routes::listing(id, "anh")))
}

pub(super) async fn duplicate(
    visit: Visit,
    Path(id): Path<ProductId>,
) -> Result<Response, Trouble> {
    visit.desk(Right::List)?;
    let copy = market::transact!(visit.site.store, &visit.actor, work => commands::duplicate(work, id).await)?;
    Ok(visit.see_other(&routes::listing(copy, "hang")))
}

/// The actor's own product.
pub(super) struct Own {
    /// As buyers see it, or as it stands where they don't.
    pub shown: Product,
    /// As its seller wants it.
    pub product: Product,
    /// What waits for an officer, or was returned.
    pub review: Option<ListingReview>,
}

impl Own {
    /// Why it was returned, at the fields of the form.
    fn reasons(&self) -> FieldErrors {
        let mut errors = FieldErrors::default();
        for reason in self.returned() {
            errors.add_with(
                &reason.field,
                "returned",
                &[("reason", reason.reason.clone())],
            );
        }
        errors
    }

    /// The same, of some fields, in words.
    fn reasons_at(&self, fields: &[&str]) -> Vec<String> {
        let reasons = self.reasons();
        fields
            .iter()
            .filter_map(|field| reasons.of(field))
            .map(lang::field)
            .collect()
    }

    fn returned(&self) -> impl Iterator<Item = &market::catalog::Reason> {
        self.review
            .iter()
            .filter(|review| review.state == ReviewState::Returned)
            .flat_map(|review| &review.reasons)
    }
}

/// The actor's own product; anybody else's does not exist.
pub(super) async fn own(visit: &Visit, id: ProductId) -> Result<Own, Trouble> {
    visit.desk(Right::List)?;
    let db = visit.site.store.reader();
    let shown = queries::by_id(db, id).await?.ok_or(Trouble::NotFound)?;
    if !visit.actor.may(Right::List(shown.seller.id)) {
        return Err(Trouble::NotFound);
    }
    let (product, review) = queries::wanted(db, &shown).await?;
    Ok(Own {
        shown,
        product,
        review,
    })
}

/// The steps, with the present one marked.
#[component]
fn Steps(id: ProductId, at: &'static str) -> impl IntoView {
    let steps = [
        ("anh", t!("listing.step_photos")),
        ("hang", t!("listing.step_basics")),
        ("gia", t!("listing.step_price")),
        ("chi-tiet", t!("listing.step_facts")),
        ("xem", t!("listing.step_preview")),
    ];
    view! {
        <ol class="steps">
            {steps
                .into_iter()
                .map(|(step, words)| view! { <li aria-current=(step == at).then_some("step")><a href=routes::listing(id, step)>{words}</a></li> })
                .collect_view()}
        </ol>
    }
}
