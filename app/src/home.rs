//! The home page.
use axum::Router;
use axum::response::Response;
use axum::routing::get;
use leptos::prelude::*;
use market::catalog::Group;
use market::kernel::PageRequest;
use market::search::{Facets, Filter, Hit, Query, Sort};

use crate::catalog::parts::ProductGrid;
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
    let season = Query { filter: Filter { in_season: true, ..Filter::default() }, sort: Sort::Relevance, page };
    let newest = Query { filter: Filter::default(), sort: Sort::Newest, page };
    let season = visit.site.search.search(&season).await?.hits;
    let newest = visit.site.search.search(&newest).await?;
    Ok(visit.page(
        || Head { description: t!("home.description"), ..Head::default() },
        || view! { <Home season newest=newest.hits facets=(*newest.facets).clone() /> },
    ))
}

#[component]
fn Home(season: Vec<Hit>, newest: Vec<Hit>, facets: Facets) -> impl IntoView {
    let count = |group: Group| facets.groups.iter().find(|(other, _)| *other == group).map_or(0, |(_, count)| *count);
    view! {
        <section class="hero">
            <div class="hero-words">
                <h1>{t!("home.title")}</h1>
                <p>{t!("home.lead")}</p>
                <p class="hero-actions">
                    <a class="button" data-kind="primary" href=format!("{}?in_season=1", routes::PRODUCTS)>{t!("home.see_season")}</a>
                    <a class="button" data-kind="quiet" href=routes::PRODUCTS>{t!("shell.all_products")}</a>
                </p>
            </div>
            <svg class="hero-picture" viewBox="0 0 40 40" aria-hidden="true"><use href="/icons.svg#logo"></use></svg>
        </section>
        <nav class="group-tiles" aria-label=t!("catalog.group")>
            {Group::ALL
                .into_iter()
                .map(|group| view! {
                    <a class="group-tile" data-group=group.as_str() href=format!("{}?group={}", routes::PRODUCTS, group.as_str())>
                        <Icon name=icon(group) />
                        <span>{words::group(group)}</span>
                        <small>{t!("home.products", count = count(group))}</small>
                    </a>
                })
                .collect_view()}
        </nav>
        {(!season.is_empty()).then(|| view! {
            <section class="shelf">
                <h2>{t!("home.season")}</h2>
                <a class="shelf-more" href=format!("{}?in_season=1", routes::PRODUCTS)>{t!("home.more")}</a>
                <ProductGrid hits=season />
            </section>
        })}
        <section class="shelf">
            <h2>{t!("home.newest")}</h2>
            <a class="shelf-more" href=format!("{}?sort=newest", routes::PRODUCTS)>{t!("home.more")}</a>
            <ProductGrid hits=newest />
        </section>
        <section class="shelf">
            <h2>{t!("home.communes")}</h2>
            <ul class="commune-links">
                {facets
                    .communes
                    .into_iter()
                    .take(18)
                    .map(|commune| view! {
                        <li><a href=format!("{}?commune={}", routes::PRODUCTS, commune.code)><Icon name="place" />{commune.name}<small>{commune.count}</small></a></li>
                    })
                    .collect_view()}
            </ul>
        </section>
    }
}

const fn icon(group: Group) -> &'static str {
    match group {
        Group::Food => "basket",
        Group::Drink => "bottle",
        Group::Herbal => "leaf",
        Group::Craft => "weave",
        Group::Ornamental => "flower",
        Group::Tourism => "boat",
    }
}
