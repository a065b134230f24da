//! Requests of the slice `catalog`.
use axum::Router;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use market::catalog::ProductStatus;
use market::catalog::queries::{ProductAt, by_slug};
use market::kernel::{PageRequest, Permission, Right};
use market::search::{Filter, Found, Query as Search, Sort, commands, understand};
use market::sellers::Standing;
use market::sellers::queries::identity_required_from;
use market::{certificates, shipping, trace};

use super::{office, pages, seeking};
use crate::routes;
use crate::site::Site;
use crate::trouble::Trouble;
use crate::ui::{Area, Head};
use crate::visit::Visit;

/// The slice's paths.
pub fn routes() -> Router<Site> {
    Router::new()
        .route(routes::PRODUCTS, get(list))
        .route("/san-pham/{slug}", get(product))
        .route(routes::PROVINCE_LISTINGS, get(office::list))
        .route("/tinh/hang-hoa/{id}", get(office::show))
        .route("/tinh/hang-hoa/{id}/duyet", post(office::approve))
        .route("/tinh/hang-hoa/{id}/tra-lai", post(office::return_with))
        .route(routes::PROVINCE_SEARCH, get(seeking::show))
        .route("/tinh/tim-kiem/dong-nghia", post(seeking::add_synonyms))
        .route("/tinh/tim-kiem/bo-qua", post(seeking::add_stop_word))
        .route("/tinh/tim-kiem/dung", post(seeking::turn))
        .route("/tinh/tim-kiem/ghim", post(seeking::pin))
        .route("/tinh/tim-kiem/ghim/{id}/bo", post(seeking::unpin))
        .route(routes::SELLER_WANTED, get(seeking::wanted))
        .route(routes::RANKING, get(ranking))
        .route(routes::RULES, get(rules))
}

async fn list(
    visit: Visit,
    Query(pairs): Query<Vec<(String, String)>>,
) -> Result<Response, Trouble> {
    let mut asked = understand(visit.site.store.reader(), &pairs).await?;
    let found = visit.site.products(&asked.query).await?;
    let is_miss = is_miss(&asked.query, &found);
    if is_miss {
        let (text, is_near) = (&asked.query.filter.text, found.understanding.is_near);
        if let Err(fault) = commands::note_miss(&visit.site.store, text, is_near).await {
            tracing::warn!("A search in vain is not noted: {fault}");
        }
    }
    asked.query.page = found.page;
    let wants_reasons = pairs
        .iter()
        .any(|(name, value)| name == "explain" && value == "1");
    let reasons = if wants_reasons && visit.actor.may(Right::Province(Permission::Listings)) {
        let shown: Vec<_> = found.hits.iter().map(|hit| hit.product_id).collect();
        visit.site.search.explain(&asked.query, &shown).await?
    } else {
        Vec::new()
    };
    let mut response = visit.page(
        || pages::list_head(&asked),
        || pages::list(asked.clone(), found, reasons, pairs),
    );
    if is_miss {
        // Each time counts, so that it is not answered from a cache.
        let private = HeaderValue::from_static("private, no-store");
        response
            .headers_mut()
            .insert(header::CACHE_CONTROL, private);
    }
    Ok(response)
}

/// Whether a text finds nothing, or something near only, anywhere in the catalogue.
fn is_miss(query: &Search, found: &Found) -> bool {
    let anywhere = Filter {
        text: query.filter.text.clone(),
        ..Filter::default()
    };
    !query.filter.text.trim().is_empty()
        && query.page.page == 1
        && query.filter == anywhere
        && (found.facets.total == 0 || found.understanding.is_near)
}

async fn product(
    visit: Visit,
    Path(slug): Path<String>,
    Query(params): Query<Vec<(String, String)>>,
) -> Result<Response, Trouble> {
    let product = match by_slug(visit.site.store.reader(), &slug).await? {
        Some(ProductAt::Here(product)) => *product,
        Some(ProductAt::Moved(slug)) => {
            return Ok((
                StatusCode::MOVED_PERMANENTLY,
                [(header::LOCATION, routes::product(&slug))],
            )
                .into_response());
        }
        None => return Err(Trouble::NotFound),
    };
    let is_own = visit.actor.may(Right::List(product.seller.id));
    if product.status == ProductStatus::Archived && !is_own {
        return Ok(visit.page_with(
            StatusCode::GONE,
            || Head::private(product.name.clone(), Area::Market),
            || pages::no_longer_sold(&product),
        ));
    }
    if product.status != ProductStatus::Published && !is_own {
        return Err(Trouble::NotFound);
    }
    // On holiday its page stays; of a shop that may not sell it says so and shows nothing.
    if product.seller.standing != Standing::Approved && !is_own {
        return Ok(visit.page_with(
            StatusCode::NOT_FOUND,
            || Head::private(product.name.clone(), Area::Market),
            || pages::not_sold_now(&product),
        ));
    }
    let filter = Filter {
        sellers: vec![product.seller.slug.clone()],
        ..Filter::default()
    };
    let more = Search {
        filter,
        sort: Sort::Sold,
        page: PageRequest::new(None, Some(5)),
    };
    let mut others = visit.site.search.search(&more).await?.hits;
    others.retain(|hit| hit.product_id != product.id);
    others.truncate(4);
    let lot = trace::queries::current(visit.site.store.reader(), product.id).await?;
    let get = |name: &str| {
        params
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.clone())
    };
    // What was typed before a refusal of the cart comes back with its code.
    let refused = get("loi").map(|code| pages::Refused {
        code,
        variant: get("loai").unwrap_or_default(),
        quantity: get("so_luong").unwrap_or_default(),
    });
    let today = visit.site.store.today();
    let base = visit.site.base_url.clone();
    Ok(visit.page(
        || pages::product_head(&product, &base, today),
        || pages::product(product.clone(), lot, others, today, refused),
    ))
}

async fn ranking(visit: Visit) -> Response {
    visit.page(pages::ranking_head, pages::ranking)
}

async fn rules(visit: Visit, State(site): State<Site>) -> Result<Response, Trouble> {
    let rates = shipping::queries::rates(site.store.reader(), site.store.today()).await?;
    let months = certificates::queries::months(site.store.reader(), site.store.today()).await?;
    let identity_from = identity_required_from(site.store.reader()).await?;
    let times = market::claims::queries::deadlines(site.store.reader(), site.store.now()).await?;
    Ok(visit.page(pages::rules_head, || {
        pages::rules(rates, months, identity_from, site.retention, times)
    }))
}
