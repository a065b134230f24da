//! The shop's page.
use axum::extract::Path;
use axum::response::Response;
use leptos::prelude::*;
use market::kernel::PageRequest;
use market::kernel::time::day_text;
use market::search::{Filter, Hit, Query, Sort};
use market::sellers::{Seller, queries};

use crate::catalog::parts::ProductGrid;
use crate::catalog::words;
use crate::routes;
use crate::trouble::Trouble;
use crate::ui::Head;
use crate::ui::parts::{Breadcrumbs, Empty, Notice, Tone};
use crate::visit::Visit;

pub(super) async fn shop(visit: Visit, Path(slug): Path<String>) -> Result<Response, Trouble> {
    let seller = queries::by_slug(visit.site.store.reader(), &slug)
        .await?
        .ok_or(Trouble::NotFound)?;
    let filter = Filter {
        sellers: vec![slug],
        ..Filter::default()
    };
    let query = Query {
        filter,
        sort: Sort::Relevance,
        page: PageRequest::new(None, Some(48)),
    };
    let hits = visit.site.search.search(&query).await?.hits;
    Ok(visit.page(
        || Head {
            description: seller.story.clone(),
            canonical: Some(routes::shop(&seller.slug)),
            ..Head::new(seller.name.clone())
        },
        || view! { <Shop seller=seller.clone() hits /> },
    ))
}

#[component]
fn Shop(seller: Seller, hits: Vec<Hit>) -> impl IntoView {
    let place = [seller.hamlet, seller.commune_name, seller.province_name]
        .into_iter()
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join(", ");
    view! {
        <Breadcrumbs steps=vec![(t!("shell.home"), Some(routes::HOME.to_owned())), (seller.name.clone(), None)] />
        <header class="stack">
            <h1>{seller.name.clone()}</h1>
            <p class="muted">{words::seller_kind(seller.kind)}</p>
            <p>{place}</p>
            {seller.former_commune.map(|former| view! { <p class="muted">{t!("sellers.formerly", commune = former)}</p> })}
            <p class="muted">{t!("sellers.since", day = day_text(seller.since))}</p>
            {(!seller.story.is_empty()).then(|| view! { <p class="prose">{seller.story}</p> })}
            {seller.is_sample.then(|| view! { <p class="muted small">{t!("catalog.shop_is_sample")}</p> })}
        </header>
        {(!seller.is_approved).then(|| view! { <Notice tone=Tone::Warning><p>{t!("sellers.suspended")}</p></Notice> })}
        <section class="section">
            <h2>{t!("sellers.goods")}</h2>
            {if hits.is_empty() {
                view! { <Empty title=t!("sellers.no_goods")><p><a class="button" href=routes::PRODUCTS>{t!("catalog.show_all")}</a></p></Empty> }.into_any()
            } else {
                view! { <ProductGrid hits /> }.into_any()
            }}
        </section>
    }
}
