//! The last step: as buyers will see it, what is missing, what waits, what was returned.
use axum::extract::{Path, Query};
use axum::http::StatusCode;
use axum::response::Response;
use leptos::prelude::*;
use market::catalog::{
    CatalogRefusal, LOOKED_AT_WITHIN, ListingReview, Product, ProductStatus, ReviewKind,
    ReviewState, commands,
};
use market::kernel::time::day_text;
use market::kernel::{Failure, ProductId, Right};
use serde::Deserialize;

use super::{Own, Steps, own};
use crate::catalog::differences::Differences;
use crate::catalog::pages::Listing;
use crate::catalog::words;
use crate::routes;
use crate::trouble::Trouble;
use crate::ui::parts::{Notice, Tone};
use crate::ui::{Area, Head, lang};
use crate::visit::Visit;

#[derive(Deserialize)]
pub(in crate::sellers) struct Asked {
    /// Right after it was handed in, or shown again.
    xong: Option<String>,
}

pub(in crate::sellers) async fn show(
    visit: Visit,
    Path(id): Path<ProductId>,
    Query(asked): Query<Asked>,
) -> Result<Response, Trouble> {
    let own = own(&visit, id).await?;
    Ok(page(
        &visit,
        StatusCode::OK,
        own,
        asked.xong.is_some(),
        None,
    ))
}

fn page(
    visit: &Visit,
    status: StatusCode,
    own: Own,
    is_done: bool,
    refused: Option<CatalogRefusal>,
) -> Response {
    let today = visit.site.store.today();
    visit.page_with(
        status,
        || Head::private(t!("listing.step_preview"), Area::Seller),
        || {
            let product = own.product.clone();
            let id = product.id;
            view! {
                <Steps id at="xem" />
                {refused.map(|refusal| view! {
                    <Notice tone=Tone::Error>
                        <p>{lang::refusal(&refusal)}</p>
                        <p><a href=routes::SELLER_SHOP>{t!("listing.to_shop")}</a></p>
                    </Notice>
                })}
                <Standing own is_done />
                <Listing product today />
            }
        },
    )
}

/// Where the listing stands, and what can be done now.
#[component]
fn Standing(own: Own, is_done: bool) -> impl IntoView {
    let id = own.product.id;
    let status = own.shown.status;
    let missing = missing(&own.product);
    let is_complete = own.product.content().missing().is_empty();
    let reasons = reasons(&own);
    let page = routes::product(&own.shown.slug);
    let change = own
        .review
        .clone()
        .filter(|review| review.kind == ReviewKind::Change);
    let by = own
        .review
        .as_ref()
        .map(|review| day_text(review.decide_by))
        .unwrap_or_default();
    view! {
        {reasons}
        {match status {
            ProductStatus::Draft | ProductStatus::Returned if !is_complete => {
                view! { <Notice tone=Tone::Warning><p>{t!("listing.missing")}</p><ul>{missing}</ul></Notice> }.into_any()
            }
            ProductStatus::Draft | ProductStatus::Returned => view! {
                <form method="post" action=routes::listing(id, "xem") class="next-step">
                    <p>{t!("listing.as_buyers_see", days = LOOKED_AT_WITHIN)}</p>
                    <button type="submit" class="button" data-kind="primary">{t!("listing.submit")}</button>
                </form>
            }.into_any(),
            ProductStatus::Submitted => view! {
                <Notice tone=if is_done { Tone::Success } else { Tone::Info }>
                    <p><strong>{t!("listing.submitted")}</strong></p>
                    <p>{t!("listing.looked_at_by", day = by)}</p>
                    <p><a href=routes::SELLER_NEW>{t!("listing.another")}</a></p>
                </Notice>
                <Withdraw id words=t!("listing.withdraw") />
            }.into_any(),
            ProductStatus::Published => is_done.then(|| view! {
                <Notice tone=Tone::Success>
                    <p><strong>{t!("listing.published")}</strong></p>
                    <p><a href=page>{t!("listing.see_published")}</a>" · "<a href=routes::SELLER_NEW>{t!("listing.another")}</a></p>
                </Notice>
            }).into_any(),
            ProductStatus::Paused => view! {
                <form method="post" action=routes::listing(id, "xem") class="next-step">
                    <p>{t!("listing.is_paused")}</p>
                    <button type="submit" class="button" data-kind="primary">{t!("sellers.resume")}</button>
                </form>
            }.into_any(),
            ProductStatus::Archived => ().into_any(),
        }}
        {change.map(|review| view! { <Change own review /> })}
    }
}

/// What is to change of a listing that is shown.
#[component]
fn Change(own: Own, review: ListingReview) -> impl IntoView {
    let id = own.product.id;
    let waits = review.state == ReviewState::Waiting;
    view! {
        <section class="stack panel" aria-labelledby="thay-doi">
            <h2 id="thay-doi">{t!("listing.change")}</h2>
            <p>{if waits { t!("listing.change_waits", day = day_text(review.decide_by)) } else { t!("listing.change_returned") }}</p>
            <Differences shown=own.shown wanted=own.product />
            <Withdraw id words=t!("listing.drop_change") />
        </section>
    }
}

#[component]
fn Withdraw(id: ProductId, words: String) -> impl IntoView {
    view! { <form method="post" action=routes::listing_deed(id, "rut-lai")><button type="submit" class="button" data-kind="quiet">{words}</button></form> }
}

/// Why an officer gave it back, each with a way to where it is mended.
fn reasons(own: &Own) -> Option<impl IntoView + use<>> {
    let id = own.product.id;
    let lines: Vec<_> = own
        .returned()
        .map(|reason| {
            let href = routes::listing(id, step(&reason.field));
            view! { <li><a href=href>{words::field(&reason.field)}</a>": "{reason.reason.clone()}</li> }
        })
        .collect();
    (!lines.is_empty()).then(|| {
        view! {
            <Notice tone=Tone::Error>
                <p><strong>{t!("listing.returned")}</strong></p>
                <ul>{lines}</ul>
            </Notice>
        }
    })
}

/// The step on which a field stands.
fn step(field: &str) -> &'static str {
    match field {
        "photo" => "anh",
        "price_vnd" | "offer" => "gia",
        fact if fact.starts_with("fact_") => "chi-tiet",
        _ => "hang",
    }
}

fn missing(product: &Product) -> Vec<impl IntoView + use<>> {
    let id = product.id;
    product
        .content()
        .missing()
        .0
        .into_iter()
        .map(|error| {
            let words = match error.field.as_str() {
                "photo" => t!("listing.missing_photo"),
                "name" => t!("listing.missing_name"),
                "price_vnd" => t!("listing.missing_price"),
                field => words::field(field),
            };
            let href = routes::listing(id, step(&error.field));
            view! { <li><a href=href>{words}</a></li> }
        })
        .collect()
}

pub(in crate::sellers) async fn submit(
    visit: Visit,
    Path(id): Path<ProductId>,
) -> Result<Response, Trouble> {
    visit.desk(Right::List)?;
    match market::transact!(visit.site.store, &visit.actor, work => commands::submit(work, id).await)
    {
        Ok(_) => Ok(visit.see_other(&format!("{}?xong=1", routes::listing(id, "xem")))),
        Err(Failure::Refused(CatalogRefusal::Invalid(_))) => Ok(page(
            &visit,
            StatusCode::UNPROCESSABLE_ENTITY,
            own(&visit, id).await?,
            false,
            None,
        )),
        Err(Failure::Refused(
            refusal @ (CatalogRefusal::ShopNotApproved
            | CatalogRefusal::ShopNotVerified
            | CatalogRefusal::ShopSuspended),
        )) => Ok(page(
            &visit,
            StatusCode::CONFLICT,
            own(&visit, id).await?,
            false,
            Some(refusal),
        )),
        Err(failure) => Err(failure.into()),
    }
}

/// Takes back what waits, or what was to change.
pub(in crate::sellers) async fn withdraw(
    visit: Visit,
    Path(id): Path<ProductId>,
) -> Result<Response, Trouble> {
    visit.desk(Right::List)?;
    market::transact!(visit.site.store, &visit.actor, work => commands::withdraw(work, id).await)?;
    Ok(visit.see_other(&routes::listing(id, "xem")))
}

/// Asks once more before a listing is taken off for good.
pub(in crate::sellers) async fn ask_archive(
    visit: Visit,
    Path(id): Path<ProductId>,
) -> Result<Response, Trouble> {
    let own = own(&visit, id).await?;
    if !own.shown.status.is_shown() {
        return Err(Trouble::NotFound);
    }
    let name = own.shown.name;
    Ok(visit.page(
        || Head::private(t!("sellers.archive"), Area::Seller),
        || view! {
            <div class="wizard stack" data-gap="l">
                <h1>{t!("listing.archive_title", name = name.clone())}</h1>
                <p>{t!("listing.archive_lead")}</p>
                <form method="post" action=routes::listing_deed(id, "go") class="cluster">
                    <button type="submit" class="button" data-kind="danger">{t!("sellers.archive")}</button>
                    <a class="button" data-kind="quiet" href=routes::SELLER_PRODUCTS>{t!("listing.keep_selling")}</a>
                </form>
            </div>
        },
    ))
}

pub(in crate::sellers) async fn archive(
    visit: Visit,
    Path(id): Path<ProductId>,
) -> Result<Response, Trouble> {
    visit.desk(Right::List)?;
    market::transact!(visit.site.store, &visit.actor, work => commands::archive(work, id).await)?;
    Ok(visit.see_other(routes::SELLER_PRODUCTS))
}
