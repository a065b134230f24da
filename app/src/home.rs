//! The home page.
use axum::Router;
use axum::response::Response;
use axum::routing::get;
use leptos::prelude::*;
use market::catalog::Group;
use market::kernel::PageRequest;
use market::media::{Picture, PictureFormat};
use market::search::{CommuneCount, Facets, Filter, Hit, Query, Sort, group_pictures};

use crate::catalog::parts::{ProductGrid, first_and_others};
use crate::catalog::words;
use crate::routes;
use crate::site::Site;
use crate::trouble::Trouble;
use crate::ui::Head;
use crate::ui::shell::Icon;
use crate::visit::Visit;

/// The page's path.
pub fn routes() -> Router<Site> {
    Router::new().route(routes::HOME, get(home))
}

async fn home(visit: Visit) -> Result<Response, Trouble> {
    let page = PageRequest::new(None, Some(8));
    let season = Query {
        filter: Filter {
            in_season: true,
            ..Filter::default()
        },
        sort: Sort::Relevance,
        page,
    };
    let newest = Query {
        filter: Filter::default(),
        sort: Sort::Newest,
        page,
    };
    let season = visit.site.search.search(&season).await?.hits;
    let newest = visit.site.search.search(&newest).await?;
    let sold = visit
        .site
        .search
        .search(&Query {
            filter: Filter::default(),
            sort: Sort::Sold,
            page: PageRequest::new(None, Some(100)),
        })
        .await?
        .hits;
    let pictures = group_pictures(visit.site.store.reader()).await?;
    Ok(visit.page(
        || Head {
            description: t!("home.description"),
            is_wide: true,
            ..Head::default()
        },
        || view! { <Home season newest=newest.hits sold pictures facets=(*newest.facets).clone() /> },
    ))
}

#[component]
fn Home(
    season: Vec<Hit>,
    newest: Vec<Hit>,
    sold: Vec<Hit>,
    pictures: Vec<(Group, Picture)>,
    facets: Facets,
) -> impl IntoView {
    let groups: Vec<_> = Group::ALL
        .into_iter()
        .filter_map(|group| {
            let count = facets
                .groups
                .iter()
                .find(|(other, _)| *other == group)
                .map_or(0, |(_, count)| *count);
            let src = pictures
                .iter()
                .find(|(other, _)| *other == group)
                .and_then(|(_, picture)| picture.nearest(320, PictureFormat::Webp))
                .map(|size| routes::media(&size.key));
            (count > 0).then_some((group, count, src))
        })
        .collect();
    // Photographs before drawings, what sells before what doesn't.
    let mut hung: Vec<Hit> = sold
        .iter()
        .filter(|hit| hit.in_stock && !hit.image_is_drawn)
        .cloned()
        .collect();
    hung.truncate(3);
    let (first, others) = first_and_others(facets.communes, |_| false);
    view! {
        <section class="hero">
            <div class="hero__in wrap">
                <div class="hero__words">
                    <h1>{t!("home.title")}</h1>
                    <p class="hero__lead">{t!("home.lead")}</p>
                    <p class="hero__actions">
                        <a class="button" data-kind="primary" data-size="l" href=format!("{}?in_season=1", routes::PRODUCTS)>{t!("home.see_season")}</a>
                        <a href=routes::PRODUCTS>{t!("shell.all_products")}</a>
                    </p>
                </div>
                {(hung.len() == 3).then(|| view! { <ul class="beo">{hung.into_iter().map(|hit| view! { <Hung hit /> }).collect_view()}</ul> })}
            </div>
        </section>
        <div class="wrap home">
            <ul class="promises">
                <li><Icon name="people" /><span>{t!("home.promise_direct")}</span></li>
                <li><Icon name="star" /><span>{t!("home.promise_stars")}</span></li>
                <li><Icon name="money" /><span>{t!("home.promise_cod")}</span></li>
            </ul>
            {(!season.is_empty()).then(|| view! {
                <section class="section">
                    <header class="section__head"><h2>{t!("home.season")}</h2><a href=format!("{}?in_season=1", routes::PRODUCTS)>{t!("home.more")}</a></header>
                    <ProductGrid hits=season eager=true />
                </section>
            })}
            <section class="section">
                <header class="section__head"><h2>{t!("catalog.group")}</h2></header>
                <ul class="tiles">
                    {groups
                        .into_iter()
                        .map(|(group, count, src)| view! {
                            <li>
                                <a class="tile" href=routes::group(group)>
                                    {src.map(|src| view! { <img src=src alt="" width="320" height="240" loading="lazy" /> })}
                                    <span class="tile__text"><span class="tile__name">{words::group(group)}</span>" "<span class="tile__count">{words::count(count)}</span></span>
                                </a>
                            </li>
                        })
                        .collect_view()}
                </ul>
            </section>
            <section class="section">
                <header class="section__head"><h2>{t!("home.newest")}</h2><a href=format!("{}?sort=newest", routes::PRODUCTS)>{t!("home.more")}</a></header>
                <ProductGrid hits=newest />
            </section>
            <section class="section">
                <header class="section__head"><h2>{t!("home.communes")}</h2></header>
                <Places communes=first />
                {(!others.is_empty()).then(|| view! {
                    <details class="more">
                        <summary>{t!("catalog.more_communes", count = others.len())}</summary>
                        <Places communes=others />
                    </details>
                })}
            </section>
        </div>
    }
}

/// Communes, each leading to its products.
#[component]
fn Places(communes: Vec<CommuneCount>) -> impl IntoView {
    view! {
        <ul class="places">
            {communes
                .into_iter()
                .map(|commune| view! {
                    <li><a href=routes::commune(&commune.code)>{commune.name}" "<span class="places__count">{commune.count}</span></a></li>
                })
                .collect_view()}
        </ul>
    }
}

/// One of the three that hang from the pole.
#[component]
fn Hung(hit: Hit) -> impl IntoView {
    let src = hit
        .image
        .as_ref()
        .and_then(|picture| picture.nearest(320, PictureFormat::Webp))
        .map(|size| routes::media(&size.key));
    view! {
        <li class="beo__item">
            <a href=routes::product(&hit.slug)>
                <img src=src alt="" width="320" height="400" />
                <span class="beo__tag">{hit.name}<b>{hit.price.to_string()}</b></span>
            </a>
        </li>
    }
}
