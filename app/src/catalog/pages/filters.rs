//! The filters of the list: what can be chosen, and what is.
use leptos::prelude::*;
use market::catalog::{Group, sets};
use market::certificates::marks;
use market::kernel::money::grouped;
use market::kernel::{FieldErrors, PageRequest, Vnd};
use market::search::{CommuneCount, Facets, FactValue, Filter, Names, Query, Sort};
use market::sellers::SellerKind;

use super::list::address;
use crate::catalog::parts::first_and_others;
use crate::catalog::words;
use crate::certificates::words::mark;
use crate::routes;
use crate::ui::form::ErrorOf;
use crate::ui::lang;
use crate::ui::shell::Icon;

/// Whether the form has a place beside which it tells what is wrong with that field.
pub(super) fn is_in_form(field: &str) -> bool {
    matches!(
        field,
        "sort"
            | "group"
            | "stars"
            | "in_season"
            | "commune"
            | "seller_kind"
            | "min_vnd"
            | "max_vnd"
    )
}

/// What is chosen, each with a link that takes it away.
#[component]
pub(super) fn Chips(query: Query, names: Names, unfiltered: Query) -> impl IntoView {
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
    for number in &filter.sets {
        without(set_name(*number), &|filter| {
            filter.sets.retain(|other| other != number);
        });
    }
    for code in &filter.marks {
        without(mark_name(code), &|filter| {
            filter.marks.retain(|other| other != code);
        });
    }
    for said in &filter.facts {
        without(answer_name(said), &|filter| {
            filter.facts.retain(|other| other != said);
        });
    }
    for (code, name) in &names.communes {
        without(name.clone(), &|filter| {
            filter.communes.retain(|other| other != code);
        });
    }
    for (slug, name) in &names.sellers {
        without(t!("catalog.seller_chip", name = name), &|filter| {
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
    let all = (chips.len() > 1).then(|| {
        view! { <li><a class="button" data-kind="quiet" href=address(&unfiltered, 1)>{t!("catalog.remove_all")}</a></li> }
    });
    (!chips.is_empty()).then(|| {
        view! {
            <ul class="chips" aria-label=t!("catalog.chosen")>
                {chips
                    .into_iter()
                    .map(|(words, href)| view! { <li><a class="chip" data-active="" href=href><span class="sr-only">{t!("catalog.remove")}" "</span>{words}<Icon name="close" /></a></li> })
                    .collect_view()}
                {all}
            </ul>
        }
    })
}

/// All filters as one form that works by a plain GET. What is chosen stays in it, found or not.
#[component]
pub(super) fn FacetForm(
    query: Query,
    facets: Facets,
    names: Names,
    errors: FieldErrors,
    typed: Vec<(String, String)>,
) -> impl IntoView {
    let filter = query.filter;
    let groups = options(
        "group",
        &Group::ALL,
        &facets.groups,
        &filter.groups,
        |group| (group.as_str().to_owned(), words::group(group)),
    );
    let stars = options("stars", &[5, 4, 3], &facets.stars, &filter.stars, |stars| {
        (stars.to_string(), t!("parts.stars", count = stars))
    });
    let kinds = options(
        "seller_kind",
        &SellerKind::ALL,
        &facets.seller_kinds,
        &filter.seller_kinds,
        |kind| (kind.as_str().to_owned(), words::seller_kind(kind)),
    );
    let season = options(
        "in_season",
        &[true],
        &[(true, facets.in_season)],
        &[filter.in_season],
        |_| ("1".to_owned(), t!("catalog.in_season_now")),
    );
    // Sets are chosen within a group.
    let sets = if filter.groups.is_empty() && filter.sets.is_empty() {
        Vec::new()
    } else {
        counted("set", facets.sets, &filter.sets, |number| set_name(*number))
    };
    let marks = counted("mark", facets.marks, &filter.marks, |code| mark_name(code));
    let facts = facts(&facets.facts, &filter.facts);
    let communes = communes(facets.communes, &names.communes);
    let price = |price: Option<Vnd>| price.map(|price| grouped(price.0)).unwrap_or_default();
    let sort_error = errors.of("sort").map(lang::field);
    let per_page = query.page.per_page;
    view! {
        <details class="filter-panel" open=!errors.is_empty()>
            <summary>{t!("catalog.filters")}</summary>
            <form class="stack" data-gap="s" action=routes::PRODUCTS method="get">
                {(!filter.text.is_empty()).then(|| view! { <input type="hidden" name="q" value=filter.text.clone() /> })}
                {(per_page != PageRequest::DEFAULT_PER_PAGE).then(|| view! { <input type="hidden" name="per_page" value=per_page.to_string() /> })}
                {filter.sellers.iter().map(|slug| view! { <input type="hidden" name="seller" value=slug.clone() /> }).collect_view()}
                <div class="field">
                    <label class="field__label" for="sort">{t!("catalog.sort")}</label>
                    <select class="input" id="sort" name="sort" aria-invalid=sort_error.is_some().then_some("true") aria-describedby=sort_error.is_some().then_some("sort-error")>
                        {Sort::ALL.into_iter().map(|sort| view! { <option value=sort.as_str() selected=sort == query.sort>{words::sort(sort)}</option> }).collect_view()}
                    </select>
                    <ErrorOf name="sort" text=sort_error />
                </div>
                {facet("group", t!("catalog.group"), &errors, groups)}
                {facet("set", t!("catalog.set"), &FieldErrors::default(), sets)}
                {facts}
                {facet("stars", t!("catalog.stars"), &errors, stars)}
                {facet("mark", t!("catalog.marks"), &FieldErrors::default(), marks)}
                {facet("in_season", t!("catalog.season"), &errors, season)}
                {facet("commune", t!("catalog.commune"), &errors, communes)}
                {facet("seller_kind", t!("catalog.seller_kind"), &errors, kinds)}
                <fieldset class="facet">
                    <legend>{t!("catalog.price")}</legend>
                    <div class="facet__range">
                        {price_field("min_vnd", t!("catalog.price_from"), price(filter.min_price), &errors, &typed)}
                        {price_field("max_vnd", t!("catalog.price_to"), price(filter.max_price), &errors, &typed)}
                    </div>
                </fieldset>
                <div class="form__actions"><button type="submit" class="button" data-kind="primary" data-wide="">{t!("catalog.apply")}</button></div>
            </form>
        </details>
    }
}

/// The choices of one filter, and what of it was not understood; nothing where there is neither.
fn facet(
    name: &'static str,
    legend: String,
    errors: &FieldErrors,
    choices: Vec<AnyView>,
) -> impl IntoView + use<> {
    let error = errors.of(name).map(lang::field);
    (error.is_some() || !choices.is_empty()).then(|| {
        let described = error.is_some().then(|| format!("{name}-error"));
        view! {
            <fieldset class="facet" aria-describedby=described>
                <legend>{legend}</legend>
                <div><ErrorOf name text=error />{choices}</div>
            </fieldset>
        }
    })
}

/// The values of a filter that would show something, or that are chosen.
fn options<T: Copy + PartialEq>(
    name: &'static str,
    all: &[T],
    counts: &[(T, i64)],
    chosen: &[T],
    words: fn(T) -> (String, String),
) -> Vec<AnyView> {
    all.iter()
        .filter_map(|value| {
            let count = counts
                .iter()
                .find(|(other, _)| other == value)
                .map_or(0, |(_, count)| *count);
            let is_chosen = chosen.contains(value);
            (count > 0 || is_chosen).then(|| {
                let (value, words) = words(*value);
                check(name, value, words, count, is_chosen)
            })
        })
        .collect()
}

/// What is counted, and what is chosen without anything being there.
fn counted<T: PartialEq + Clone + ToString>(
    name: &'static str,
    counts: Vec<(T, i64)>,
    chosen: &[T],
    words: fn(&T) -> String,
) -> Vec<AnyView> {
    let without: Vec<(T, i64)> = chosen
        .iter()
        .filter(|value| counts.iter().all(|(other, _)| other != *value))
        .map(|value| (value.clone(), 0))
        .collect();
    counts
        .into_iter()
        .chain(without)
        .map(|(value, count)| {
            let is_chosen = chosen.contains(&value);
            check(name, value.to_string(), words(&value), count, is_chosen)
        })
        .collect()
}

/// What matters of goods of what is chosen: each fact a facet of its own.
fn facts(counts: &[(FactValue, i64)], chosen: &[FactValue]) -> Vec<AnyView> {
    sets::facets()
        .filter_map(|(fact, _)| {
            let of_it = |said: &FactValue| said.fact == fact.code;
            let counts: Vec<_> = counts
                .iter()
                .filter(|(said, _)| of_it(said))
                .cloned()
                .collect();
            let chosen: Vec<_> = chosen.iter().filter(|said| of_it(said)).cloned().collect();
            let choices = counted("facts", counts, &chosen, |said| {
                let known = sets::fact(&said.fact);
                known.map_or_else(String::new, |fact| words::fact_value(fact, &said.value))
            });
            (!choices.is_empty()).then(|| {
                let legend = words::fact(fact);
                facet("facts", legend, &FieldErrors::default(), choices).into_any()
            })
        })
        .collect()
}

fn set_name(number: u8) -> String {
    let known = sets::all().iter().find(|set| set.number == number);
    known.map_or_else(|| number.to_string(), words::set)
}

fn mark_name(code: &str) -> String {
    marks::named(code).map_or_else(|| code.to_owned(), mark)
}

/// `Cách giữ: Ngăn mát`.
fn answer_name(said: &FactValue) -> String {
    sets::fact(&said.fact).map_or_else(
        || said.to_string(),
        |fact| {
            format!(
                "{}: {}",
                words::fact(fact),
                words::fact_value(fact, &said.value)
            )
        },
    )
}

/// What is chosen and the communes with the most products; all others folded.
fn communes(counts: Vec<CommuneCount>, chosen: &[(String, String)]) -> Vec<AnyView> {
    let is_chosen = |commune: &CommuneCount| chosen.iter().any(|(code, _)| *code == commune.code);
    let empty: Vec<CommuneCount> = chosen
        .iter()
        .filter(|(code, _)| counts.iter().all(|commune| commune.code != *code))
        .map(|(code, name)| CommuneCount {
            code: code.clone(),
            name: name.clone(),
            count: 0,
        })
        .collect();
    let (first, others) = first_and_others(counts, is_chosen);
    let option = |commune: CommuneCount| {
        let is_chosen = is_chosen(&commune);
        let CommuneCount { code, name, count } = commune;
        check("commune", code, name, count, is_chosen)
    };
    let mut choices: Vec<AnyView> = empty.into_iter().chain(first).map(option).collect();
    if !others.is_empty() {
        let folded = view! {
            <details class="more">
                <summary>{t!("catalog.more_communes", count = others.len())}</summary>
                {others.into_iter().map(option).collect_view()}
            </details>
        };
        choices.push(folded.into_any());
    }
    choices
}

/// A price as understood, or as typed with what is wrong with it.
fn price_field(
    name: &'static str,
    words: String,
    understood: String,
    errors: &FieldErrors,
    typed: &[(String, String)],
) -> impl IntoView + use<> {
    let error = errors.of(name).map(lang::field);
    let value = match &error {
        Some(_) => typed
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

fn check(name: &'static str, value: String, words: String, count: i64, chosen: bool) -> AnyView {
    view! {
        <label class="facet__option">
            <input type="checkbox" name=name value=value checked=chosen />
            <span>{words}</span>
            <span class="facet__count">{count}</span>
        </label>
    }
    .into_any()
}
