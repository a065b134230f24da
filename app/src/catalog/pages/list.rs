//! The list with its facets.
use leptos::prelude::*;
use market::catalog::Group;
use market::kernel::PageRequest;
use market::search::{Asked, Explanation, Filter, Found, Hit, Query, Sort};

use super::filters::{Chips, FacetForm, is_in_form};
use crate::catalog::parts::ProductGrid;
use crate::catalog::words;
use crate::routes;
use crate::ui::parts::{Breadcrumbs, Empty, Notice, Pagination, Tone};
use crate::ui::{Head, lang};

/// The head of the list.
pub fn list_head(asked: &Asked) -> Head {
    let query = &asked.query;
    let page = query.page.page;
    let title = title(asked);
    Head {
        title: if page > 1 {
            t!("catalog.title_of_page", title = title, page = page)
        } else {
            title
        },
        description: t!("catalog.list_description"),
        canonical: Some(address(query, page)),
        query: query.filter.text.clone(),
        ..Head::default()
    }
}

fn title(asked: &Asked) -> String {
    let Asked { query, names, .. } = asked;
    let filter = &query.filter;
    if !filter.text.is_empty() {
        return t!("catalog.results_for", text = filter.text);
    }
    match (
        filter.groups.as_slice(),
        names.communes.as_slice(),
        names.sellers.as_slice(),
    ) {
        ([group], [], []) => words::group(*group),
        ([], [(_, name)], []) | ([], [], [(_, name)]) => name.clone(),
        _ if filter.in_season => t!("catalog.in_season_now"),
        _ => t!("catalog.all"),
    }
}

/// The address of a page of this list.
pub(super) fn address(query: &Query, page: u32) -> String {
    let filter = &query.filter;
    let mut pairs: Vec<(&str, String)> = Vec::new();
    if !filter.text.is_empty() {
        pairs.push(("q", filter.text.clone()));
    }
    pairs.extend(
        filter
            .groups
            .iter()
            .map(|group| ("group", group.as_str().to_owned())),
    );
    pairs.extend(filter.sets.iter().map(|number| ("set", number.to_string())));
    pairs.extend(filter.marks.iter().map(|code| ("mark", code.clone())));
    pairs.extend(filter.facts.iter().map(|said| ("facts", said.to_string())));
    pairs.extend(
        filter
            .stars
            .iter()
            .map(|stars| ("stars", stars.to_string())),
    );
    pairs.extend(filter.communes.iter().map(|code| ("commune", code.clone())));
    pairs.extend(filter.sellers.iter().map(|slug| ("seller", slug.clone())));
    pairs.extend(
        filter
            .seller_kinds
            .iter()
            .map(|kind| ("seller_kind", kind.as_str().to_owned())),
    );
    pairs.extend(
        filter
            .min_price
            .map(|price| ("min_vnd", price.0.to_string())),
    );
    pairs.extend(
        filter
            .max_price
            .map(|price| ("max_vnd", price.0.to_string())),
    );
    if filter.in_season {
        pairs.push(("in_season", "1".to_owned()));
    }
    if query.sort != Sort::default() {
        pairs.push(("sort", query.sort.as_str().to_owned()));
    }
    if query.page.per_page != PageRequest::DEFAULT_PER_PAGE {
        pairs.push(("per_page", query.page.per_page.to_string()));
    }
    if page > 1 {
        pairs.push(("page", page.to_string()));
    }
    let text = serde_urlencoded::to_string(pairs).unwrap_or_default();
    if text.is_empty() {
        routes::PRODUCTS.to_owned()
    } else {
        format!("{}?{text}", routes::PRODUCTS)
    }
}

/// The same list without any filter but the text.
fn unfiltered(query: &Query) -> Query {
    Query {
        filter: Filter {
            text: query.filter.text.clone(),
            ..Filter::default()
        },
        sort: query.sort,
        page: PageRequest {
            page: 1,
            ..query.page
        },
    }
}

/// The list. What of the address was not understood is told at its field, and what was typed stays there.
pub fn list(
    asked: Asked,
    found: Found,
    reasons: Vec<Explanation>,
    typed: Vec<(String, String)>,
) -> impl IntoView {
    let title = title(&asked);
    let Asked {
        query,
        names,
        errors,
    } = asked;
    let total = found.facets.total;
    let (page, pages) = (found.page.page, found.pages());
    let is_near = found.understanding.is_near;
    let elsewhere: Vec<String> = errors
        .0
        .iter()
        .filter(|error| !is_in_form(&error.field))
        .map(|error| format!("{}: {}", name_of(&error.field), lang::field(error)))
        .collect();
    let unfiltered = unfiltered(&query);
    let is_filtered = unfiltered.filter != query.filter;
    let has_filters = total > 0 || is_filtered || !errors.is_empty();
    let former = names.former.join("; ");
    let text = query.filter.text.clone();
    let for_pages = query.clone();
    view! {
        <Breadcrumbs steps=vec![(t!("shell.home"), Some(routes::HOME.to_owned())), (title.clone(), None)] />
        <div class="list-head">
            <h1>{title}</h1>
            <p class="list-head__count" role="status">
                {if is_near { words::count_near(total) } else { words::total(&found.facets) }}
            </p>
        </div>
        <div class="beside" data-first=has_filters.then_some("narrow")>
            {has_filters.then(|| view! { <FacetForm query=query.clone() facets=(*found.facets).clone() names=names.clone() errors typed /> })}
            <section class="stack" aria-labelledby="results">
                <h2 class="sr-only" id="results">{t!("catalog.results")}</h2>
                {(!elsewhere.is_empty()).then(|| view! { <Notice tone=Tone::Warning>{elsewhere.into_iter().map(|text| view! { <p>{text}</p> }).collect_view()}</Notice> })}
                {(!former.is_empty()).then(|| view! { <Notice tone=Tone::Info><p>{t!("catalog.former_communes", communes = former)}</p></Notice> })}
                {found.understanding.instead.map(|instead| view! { <p class="muted">{t!("catalog.instead", text = instead)}</p> })}
                {is_near.then(|| view! { <Notice tone=Tone::Info><p>{t!("catalog.near", text = text)}</p></Notice> })}
                <Chips query names unfiltered=unfiltered.clone() />
                {if found.hits.is_empty() {
                    view! {
                        <Empty title=t!("catalog.nothing")>
                            <p>{if is_filtered { t!("catalog.nothing_filtered") } else { t!("catalog.nothing_advice") }}</p>
                            <div class="cluster">
                                {is_filtered.then(|| view! { <a class="button" data-kind="primary" href=address(&unfiltered, 1)>{t!("catalog.remove_all")}</a> })}
                                <a class="button" href=routes::PRODUCTS>{t!("catalog.show_all")}</a>
                            </div>
                            {(!is_filtered).then(|| view! {
                                <ul class="chips">
                                    {Group::ALL
                                        .into_iter()
                                        .map(|group| view! { <li><a class="chip" href=routes::group(group)>{words::group(group)}</a></li> })
                                        .collect_view()}
                                </ul>
                            })}
                        </Empty>
                    }.into_any()
                } else {
                    let why = (!reasons.is_empty()).then(|| view! { <Reasons hits=found.hits.clone() reasons engine=found.engine /> });
                    view! { <ProductGrid hits=found.hits beside=true eager=true />{why} }.into_any()
                }}
                <Pagination page pages href=Box::new(move |page| address(&for_pages, page)) />
            </section>
        </div>
    }
}

/// Why each hit stands where it does, for officers.
#[component]
fn Reasons(hits: Vec<Hit>, reasons: Vec<Explanation>, engine: &'static str) -> impl IntoView {
    let number = |share: f32| format!("{share:.2}").replace('.', ",");
    let rows = hits
        .into_iter()
        .filter_map(|hit| {
            let why = reasons
                .iter()
                .find(|why| why.product_id == hit.product_id)?;
            let parts: Vec<String> = why
                .parts
                .iter()
                .map(|(reason, share)| format!("{}: {}", words::reason(*reason), number(*share)))
                .collect();
            Some(view! {
                <tr>
                    <th scope="row">{hit.name}</th>
                    <td class="num" data-label=t!("published.weight")>{number(why.score())}</td>
                    <td data-label=t!("published.what")>{parts.join("; ")}</td>
                </tr>
            })
        })
        .collect_view();
    view! {
        <details class="disclosure" open>
            <summary>{t!("catalog.why", engine = engine)}</summary>
            <div class="disclosure__body table-wrap">
                <table class="table" data-stack="">
                    <thead><tr><th scope="col">{t!("listing.name")}</th><th scope="col" class="num">{t!("published.weight")}</th><th scope="col">{t!("published.what")}</th></tr></thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        </details>
    }
}

/// What a field without a place in the form is called.
fn name_of(field: &str) -> String {
    match field {
        "seller" => t!("catalog.shop"),
        "set" => t!("catalog.set"),
        "mark" => t!("catalog.marks"),
        "facts" => t!("catalog.facts"),
        "page" => t!("catalog.page"),
        _ => t!("catalog.per_page"),
    }
}
