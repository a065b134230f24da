//! The shop's page.
use axum::extract::{Path, Query};
use axum::response::Response;
use leptos::prelude::*;
use market::kernel::PageRequest;
use market::kernel::time::day_text;
use market::search::{Filter, Found, Query as Search, Sort};
use market::sellers::{Seller, queries};

use crate::catalog::parts::ProductGrid;
use crate::catalog::words;
use crate::routes;
use crate::trouble::Trouble;
use crate::ui::Head;
use crate::ui::parts::{Breadcrumbs, Empty, Notice, Pagination, Tone};
use crate::ui::shell::Icon;
use crate::visit::Visit;

/// Products on a page of a shop.
const PER_PAGE: u32 = 48;

pub(super) async fn shop(
    visit: Visit,
    Path(slug): Path<String>,
    Query(params): Query<Vec<(String, String)>>,
) -> Result<Response, Trouble> {
    let seller = queries::by_slug(visit.site.store.reader(), &slug)
        .await?
        .ok_or(Trouble::NotFound)?;
    let page = params
        .iter()
        .find(|(name, _)| name == "page")
        .and_then(|(_, page)| page.parse().ok());
    let goods = Search {
        filter: Filter {
            sellers: vec![slug],
            ..Filter::default()
        },
        sort: Sort::Relevance,
        page: PageRequest::new(page, Some(PER_PAGE)),
    };
    let found = visit.site.products(&goods).await?;
    let page = found.page.page;
    Ok(visit.page(
        || Head {
            title: match page {
                1 => seller.name.clone(),
                _ => t!("catalog.title_of_page", title = seller.name, page = page),
            },
            description: seller.story.clone(),
            canonical: Some(address(&seller.slug, page)),
            ..Head::default()
        },
        || view! { <Shop seller=seller.clone() found /> },
    ))
}

/// The address of a page of a shop.
fn address(slug: &str, page: u32) -> String {
    let shop = routes::shop(slug);
    if page > 1 {
        format!("{shop}?page={page}")
    } else {
        shop
    }
}

#[component]
fn Shop(seller: Seller, found: Found) -> impl IntoView {
    let (page, pages) = (found.page.page, found.pages());
    let slug = seller.slug;
    let place = [seller.hamlet, seller.commune_name, seller.province_name]
        .into_iter()
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join(", ");
    view! {
        <Breadcrumbs steps=vec![(t!("shell.home"), Some(routes::HOME.to_owned())), (seller.name.clone(), None)] />
        <header class="stack">
            <h1>{seller.name.clone()}</h1>
            <ul class="shop-facts">
                <li><Icon name="people" />{words::seller_kind(seller.kind)}</li>
                <li>
                    <Icon name="place" />
                    <span>{place}{seller.former_commune.map(|former| view! { <br /><span class="muted">{t!("sellers.formerly", commune = former)}</span> })}</span>
                </li>
                <li><Icon name="calendar" />{t!("sellers.since", day = day_text(seller.since))}</li>
            </ul>
            {(!seller.story.is_empty()).then(|| view! { <p class="prose">{seller.story}</p> })}
            {seller.is_sample.then(|| view! { <p class="muted small">{t!("catalog.shop_is_sample")}</p> })}
        </header>
        {(!seller.is_approved).then(|| view! { <Notice tone=Tone::Warning><p>{t!("sellers.suspended")}</p></Notice> })}
        <section class="section">
            <header class="section__head">
                <h2>{t!("sellers.goods")}</h2>
                {(pages > 1).then(|| view! { <a href=routes::seller_goods(&slug)>{t!("sellers.filter_goods")}</a> })}
                <p class="muted">{words::count(found.facets.total)}</p>
            </header>
            {if found.hits.is_empty() {
                view! { <Empty title=t!("sellers.no_goods")><p><a class="button" href=routes::PRODUCTS>{t!("catalog.show_all")}</a></p></Empty> }.into_any()
            } else {
                view! { <ProductGrid hits=found.hits of_one_seller=true /> }.into_any()
            }}
            <Pagination page pages href=Box::new(move |page| address(&slug, page)) />
        </section>
    }
}
