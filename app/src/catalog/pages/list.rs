//! The list with its facets.
use leptos::prelude::*;
use market::catalog::Group;
use market::kernel::FieldErrors;
use market::search::{Facets, Filter, Found, Query, Sort};

use crate::catalog::parts::ProductGrid;
use crate::catalog::words;
use crate::routes;
use crate::ui::form::ErrorOf;
use crate::ui::parts::{Breadcrumbs, Empty, Notice, Pagination, Tone};
use crate::ui::shell::Icon;
use crate::ui::{Head, lang};

/// The head of the list.
pub fn list_head(query: &Query) -> Head {
    Head {
        title: title(query),
        description: t!("catalog.list_description"),
        canonical: Some(address(query, 1)),
        query: query.filter.text.clone(),
        ..Head::default()
    }
}

fn title(query: &Query) -> String {
    match (query.filter.text.as_str(), query.filter.groups.as_slice()) {
        ("", [group]) => words::group(*group),
        ("", _) if query.filter.in_season => t!("catalog.in_season_now"),
        ("", _) => t!("catalog.all"),
        (text, _) => t!("catalog.results_for", text = text),
    }
}

/// The address of a page of this list.
fn address(query: &Query, page: u32) -> String {
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

/// What was asked as typed, and what of it was not understood.
#[derive(Clone, Default)]
pub struct Typed {
    /// Field by field.
    pub errors: FieldErrors,
    /// Names and values of the address.
    pub pairs: Vec<(String, String)>,
}

/// The list.
pub fn list(query: Query, found: Found, typed: Typed) -> impl IntoView {
    let facets = found.facets;
    let total = facets.total;
    let page = found.page.page;
    let pages = u32::try_from(
        (total + i64::from(found.page.per_page) - 1) / i64::from(found.page.per_page),
    )
    .unwrap_or(1)
    .max(1);
    let is_near = found.understanding.is_near;
    let chips = chips(&query);
    let for_pages = query.clone();
    view! {
        <Breadcrumbs steps=vec![(t!("shell.home"), Some(routes::HOME.to_owned())), (title(&query), None)] />
        <div class="list-head">
            <h1>{title(&query)}</h1>
            <p class="list-head__count" role="status">
                {if is_near { t!("catalog.count_near", count = total) } else { t!("catalog.count", count = total) }}
            </p>
        </div>
        <div class="beside" data-first="narrow">
            <FacetForm query=query.clone() facets=(*facets).clone() typed />
            <section class="stack" aria-labelledby="results">
                <h2 class="sr-only" id="results">{t!("catalog.results")}</h2>
                {found.understanding.instead.map(|instead| view! { <p class="muted">{t!("catalog.instead", text = instead)}</p> })}
                {is_near.then(|| view! { <Notice tone=Tone::Info><p>{t!("catalog.near", text = query.filter.text.clone())}</p></Notice> })}
                {chips}
                {if found.hits.is_empty() {
                    view! {
                        <Empty title=t!("catalog.nothing")>
                            <p>{t!("catalog.nothing_advice")}</p>
                            <div class="cluster"><a class="button" href=routes::PRODUCTS>{t!("catalog.show_all")}</a></div>
                        </Empty>
                    }.into_any()
                } else {
                    view! { <ProductGrid hits=found.hits beside=true eager=true /> }.into_any()
                }}
                <Pagination page pages href=Box::new(move |page| address(&for_pages, page)) />
            </section>
        </div>
    }
}

/// What is chosen, each with a link that takes it away.
fn chips(query: &Query) -> impl IntoView + use<> {
    let mut chips: Vec<(String, String)> = Vec::new();
    let mut without = |words: String, change: &dyn Fn(&mut Filter)| {
        let mut rest = query.clone();
        change(&mut rest.filter);
        chips.push((words, address(&rest, 1)));
    };
    let filter = &query.filter;
    for group in &filter.groups {
        without(words::group(*group), &|filter| {
            filter.groups.retain(|other| other != group);
        });
    }
    for stars in &filter.stars {
        without(t!("parts.stars", count = stars), &|filter| {
            filter.stars.retain(|other| other != stars);
        });
    }
    for code in &filter.communes {
        without(t!("catalog.commune_chip", code = code), &|filter| {
            filter.communes.retain(|other| other != code);
        });
    }
    for slug in &filter.sellers {
        without(t!("catalog.seller_chip", slug = slug), &|filter| {
            filter.sellers.retain(|other| other != slug);
        });
    }
    for kind in &filter.seller_kinds {
        without(words::seller_kind(*kind), &|filter| {
            filter.seller_kinds.retain(|other| other != kind);
        });
    }
    if let Some(price) = filter.min_price {
        without(t!("catalog.from_price", price = price), &|filter| {
            filter.min_price = None;
        });
    }
    if let Some(price) = filter.max_price {
        without(t!("catalog.to_price", price = price), &|filter| {
            filter.max_price = None;
        });
    }
    if filter.in_season {
        without(t!("catalog.in_season"), &|filter| filter.in_season = false);
    }
    (!chips.is_empty()).then(|| {
        view! {
            <ul class="chips" aria-label=t!("catalog.chosen")>
                {chips
                    .into_iter()
                    .map(|(words, href)| view! { <li><a class="chip" data-active="" href=href><span class="sr-only">{t!("catalog.remove")}" "</span>{words}<Icon name="close" /></a></li> })
                    .collect_view()}
            </ul>
        }
    })
}

/// All filters as one form that works by a plain GET.
#[component]
fn FacetForm(query: Query, facets: Facets, typed: Typed) -> impl IntoView {
    let filter = query.filter;
    let groups = Group::ALL
        .into_iter()
        .filter_map(|group| {
            let count = facets
                .groups
                .iter()
                .find(|(other, _)| *other == group)
                .map_or(0, |(_, count)| *count);
            let chosen = filter.groups.contains(&group);
            (count > 0 || chosen).then(|| {
                check(
                    "group",
                    group.as_str().to_owned(),
                    words::group(group),
                    count,
                    chosen,
                )
            })
        })
        .collect_view();
    let stars = facets
        .stars
        .iter()
        .map(|(stars, count)| {
            check(
                "stars",
                stars.to_string(),
                t!("parts.stars", count = stars),
                *count,
                filter.stars.contains(stars),
            )
        })
        .collect_view();
    let kinds = facets
        .seller_kinds
        .iter()
        .map(|(kind, count)| {
            check(
                "seller_kind",
                kind.as_str().to_owned(),
                words::seller_kind(*kind),
                *count,
                filter.seller_kinds.contains(kind),
            )
        })
        .collect_view();
    let communes = facets
        .communes
        .iter()
        .enumerate()
        .filter(|(index, commune)| *index < 12 || filter.communes.contains(&commune.code))
        .map(|(_, commune)| {
            check(
                "commune",
                commune.code.clone(),
                commune.name.clone(),
                commune.count,
                filter.communes.contains(&commune.code),
            )
        })
        .collect_view();
    let price = |price: Option<market::kernel::Vnd>| {
        price.map(|price| price.0.to_string()).unwrap_or_default()
    };
    view! {
        <details class="filter-panel" open=!typed.errors.is_empty()>
            <summary>{t!("catalog.filters")}</summary>
            <form class="stack" action=routes::PRODUCTS method="get">
                {(!filter.text.is_empty()).then(|| view! { <input type="hidden" name="q" value=filter.text.clone() /> })}
                {filter.sellers.iter().map(|slug| view! { <input type="hidden" name="seller" value=slug.clone() /> }).collect_view()}
                <div class="field">
                    <label class="field__label" for="sort">{t!("catalog.sort")}</label>
                    <select class="input" id="sort" name="sort">
                        {Sort::ALL.into_iter().map(|sort| view! { <option value=sort.as_str() selected=sort == query.sort>{words::sort(sort)}</option> }).collect_view()}
                    </select>
                </div>
                <fieldset class="facet"><legend>{t!("catalog.group")}</legend><div>{groups}</div></fieldset>
                <fieldset class="facet"><legend>{t!("catalog.stars")}</legend><div>{stars}</div></fieldset>
                <fieldset class="facet"><legend>{t!("catalog.season")}</legend><div>{check("in_season", "1".to_owned(), t!("catalog.in_season_now"), facets.in_season, filter.in_season)}</div></fieldset>
                <fieldset class="facet"><legend>{t!("catalog.commune")}</legend><div>{communes}</div></fieldset>
                <fieldset class="facet"><legend>{t!("catalog.seller_kind")}</legend><div>{kinds}</div></fieldset>
                <fieldset class="facet">
                    <legend>{t!("catalog.price")}</legend>
                    <div class="form__row">
                        {price_field("min_vnd", t!("catalog.price_from"), price(filter.min_price), &typed)}
                        {price_field("max_vnd", t!("catalog.price_to"), price(filter.max_price), &typed)}
                    </div>
                </fieldset>
                <div class="form__actions"><button type="submit" class="button">{t!("catalog.apply")}</button></div>
            </form>
        </details>
    }
}

/// A price as understood, or as typed with what is wrong with it.
fn price_field(
    name: &'static str,
    words: String,
    understood: String,
    typed: &Typed,
) -> impl IntoView + use<> {
    let error = typed.errors.of(name).map(lang::field);
    let value = match &error {
        Some(_) => typed
            .pairs
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.clone())
            .unwrap_or_default(),
        None => understood,
    };
    let invalid = error.is_some().then_some("true");
    let described = error.is_some().then(|| format!("{name}-error"));
    view! {
        <div class="field">
            <label class="field__label" for=name>{words}</label>
            <input class="input" id=name name=name inputmode="numeric" autocomplete="off" value=value aria-invalid=invalid aria-describedby=described />
            <ErrorOf name text=error />
        </div>
    }
}

fn check(
    name: &'static str,
    value: String,
    words: String,
    count: i64,
    chosen: bool,
) -> impl IntoView {
    view! {
        <label class="facet__option">
            <input type="checkbox" name=name value=value checked=chosen />
            <span>{words}</span>
            <span class="facet__count">{count}</span>
        </label>
    }
}
