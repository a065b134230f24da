//! The shop's page.
use axum::extract::{Path, Query};
use axum::response::Response;
use leptos::prelude::*;
use market::certificates::marks;
use market::kernel::time::day_text;
use market::kernel::{PageRequest, Right};
use market::orders::queries::delivered;
use market::search::{Filter, Found, Query as Search, Sort};
use market::sellers::{Seller, Standing, queries};

use crate::catalog::parts::ProductGrid;
use crate::catalog::words;
use crate::certificates::words::mark;
use crate::routes;
use crate::trouble::Trouble;
use crate::ui::Head;
use crate::ui::parts::{Breadcrumbs, Empty, Notice, Pagination, Stars, Tone};
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
        // What was never approved is nobody's business but its household's.
        .filter(|seller| seller.is_public() || visit.actor.may(Right::List(seller.id)))
        .ok_or(Trouble::NotFound)?;
    let delivered = delivered(visit.site.store.reader(), seller.id).await?;
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
            image: seller.picture.last().map(|(_, key)| routes::media(key)),
            is_private: !seller.is_public(),
            ..Head::default()
        },
        || view! { <Shop seller=seller.clone() found delivered /> },
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
fn Shop(seller: Seller, found: Found, delivered: i64) -> impl IntoView {
    let (page, pages) = (found.page.page, found.pages());
    let stars = found
        .facets
        .stars
        .iter()
        .filter(|count| count.1 > 0)
        .map(|count| view! { <li><Stars stars=count.0 />" × "{count.1}</li> })
        .collect_view();
    let marks = found
        .facets
        .marks
        .iter()
        .filter_map(|(code, count)| {
            let mark = mark(marks::named(code)?);
            let words = t!("catalog.mark_count", mark = mark, count = count);
            Some(view! { <li><Icon name="check" />{words}</li> })
        })
        .collect_view();
    let picture = seller
        .picture
        .iter()
        .find(|(width, _)| *width >= 640)
        .or(seller.picture.last())
        .map(|(_, key)| routes::media(key));
    let closed = closed(&seller);
    let slug = seller.slug;
    let name = seller.name;
    let place = [
        seller.street,
        seller.hamlet,
        seller.commune_name,
        seller.province_name,
    ]
    .into_iter()
    .filter(|part| !part.is_empty())
    .collect::<Vec<_>>()
    .join(", ");
    view! {
        <Breadcrumbs steps=vec![(t!("shell.home"), Some(routes::HOME.to_owned())), (name.clone(), None)] />
        <header class="shop-head">
            {picture.map(|src| view! { <img class="shop-head__picture" src=src alt=t!("shops.picture_of", name = name.clone()) width="640" height="480" /> })}
            <div class="stack">
                <h1>{name.clone()}</h1>
                <ul class="shop-facts">
                    <li><Icon name="people" />{words::seller_kind(seller.kind)}</li>
                    {(!seller.owner_name.is_empty()).then(|| view! { <li><Icon name="user" />{t!("shops.answers", name = seller.owner_name)}</li> })}
                    <li>
                        <Icon name="place" />
                        <span>{place}{seller.former_commune.map(|former| view! { <br /><span class="muted">{t!("sellers.formerly", commune = former)}</span> })}</span>
                    </li>
                    {seller.verified_on.map(|day| view! { <li><Icon name="check" />{if seller.is_vouched { t!("shops.vouched_on", day = day_text(day)) } else { t!("shops.verified_on", day = day_text(day)) }}</li> })}
                    <li><Icon name="calendar" />{t!("sellers.since", day = day_text(seller.since))}</li>
                    {(delivered > 0).then(|| view! { <li><Icon name="box" />{t!("shops.delivered", count = market::kernel::money::grouped(delivered))}</li> })}
                    {seller.delivers.map(|one| view! { <li><Icon name="truck" />{super::words::delivers(one).0}</li> })}
                    {stars}
                    {marks}
                </ul>
                {(!seller.story.is_empty()).then(|| view! { <p class="prose">{seller.story}</p> })}
                {seller.is_sample.then(|| view! { <p class="muted small">{t!("catalog.shop_is_sample")}</p> })}
            </div>
        </header>
        {closed.map(|words| view! { <Notice tone=Tone::Warning><p>{words}</p></Notice> })}
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

/// Why nothing can be bought there now.
fn closed(seller: &Seller) -> Option<String> {
    if seller.is_selling() {
        return None;
    }
    Some(match (seller.standing, seller.paused_until) {
        (Standing::Approved, Some(day)) => t!("cart.shop_paused_until", day = day_text(day)),
        (Standing::Approved, None) => t!("cart.shop_paused"),
        (Standing::Suspended, _) => t!("sellers.suspended"),
        _ => t!("shops.not_open_yet"),
    })
}
