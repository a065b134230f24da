//! What addresses and the API ask of a search, understood.
use super::{FactValue, Filter, Query, Sort};
use crate::catalog::Group;
use crate::kernel::{FieldErrors, PageRequest, Vnd};
use crate::sellers::SellerKind;

/// Understands the parameters of DESIGN §9: `q`, `group`, `set`, `stars`, `mark`, `facts`, `commune`, `seller`, `seller_kind`,
/// `min_vnd`, `max_vnd`, `in_season`, `sort`, `page`, `per_page`. A parameter may stand several times or
/// hold several values with commas. What can't be understood is left out and told: a page shows what is
/// left, the API refuses. The same choices in another order are the same filter.
#[must_use]
pub fn parse(pairs: &[(String, String)]) -> (Query, FieldErrors) {
    let mut errors = FieldErrors::default();
    let mut filter = Filter::default();
    let mut sort = None;
    let (mut page, mut per_page) = (None, None);
    for (name, value) in pairs {
        let values = || {
            value
                .split(',')
                .map(str::trim)
                .filter(|value| !value.is_empty())
        };
        let mut unknown =
            |value: &str| errors.add_with(name, "unknown", &[("value", value.to_owned())]);
        match name.as_str() {
            "q" => filter.text = value.chars().take(200).collect(),
            "group" => values().for_each(|value| match Group::parse(value) {
                Some(group) => filter.groups.push(group),
                None => unknown(value),
            }),
            "stars" => values().for_each(|value| match value.parse() {
                Ok(stars @ 3..=5) => filter.stars.push(stars),
                _ => unknown(value),
            }),
            "set" => values().for_each(|value| match value.parse() {
                Ok(number @ 1..=99) => filter.sets.push(number),
                _ => unknown(value),
            }),
            "mark" => filter.marks.extend(values().map(str::to_owned)),
            "facts" => values().for_each(|value| match FactValue::parse(value) {
                Some(fact) => filter.facts.push(fact),
                None => unknown(value),
            }),
            "commune" => values().for_each(|value| {
                if value.len() == 5 && value.bytes().all(|byte| byte.is_ascii_digit()) {
                    filter.communes.push(value.to_owned());
                } else {
                    unknown(value);
                }
            }),
            "seller" => filter.sellers.extend(values().map(str::to_owned)),
            "seller_kind" => values().for_each(|value| match SellerKind::parse(value) {
                Some(kind) => filter.seller_kinds.push(kind),
                None => unknown(value),
            }),
            "min_vnd" | "max_vnd" if value.trim().is_empty() => {}
            "min_vnd" | "max_vnd" => match value.trim().replace('.', "").parse::<i64>() {
                Ok(price @ 0..) if name == "min_vnd" => filter.min_price = Some(Vnd(price)),
                Ok(price @ 0..) => filter.max_price = Some(Vnd(price)),
                _ => errors.add(name, "number"),
            },
            "in_season" => match value.as_str() {
                "" | "0" | "false" => {}
                "1" | "true" | "on" => filter.in_season = true,
                other => unknown(other),
            },
            "sort" | "page" | "per_page" if value.is_empty() => {}
            "sort" => match Sort::parse(value) {
                Some(known) => sort = Some(known),
                None => unknown(value),
            },
            "page" | "per_page" => match value.parse::<u32>() {
                Ok(number @ 1..=PageRequest::LAST_PAGE) if name == "page" => page = Some(number),
                Ok(number @ 1..=100) if name == "per_page" => per_page = Some(number),
                _ => errors.add(name, "range"),
            },
            _ => {}
        }
    }
    if let (Some(least), Some(most)) = (filter.min_price, filter.max_price)
        && most < least
    {
        filter.max_price = None;
        errors.add("max_vnd", "below_least");
    }
    once(&mut filter.groups);
    once(&mut filter.sets);
    once(&mut filter.stars);
    once(&mut filter.marks);
    once(&mut filter.facts);
    once(&mut filter.communes);
    once(&mut filter.sellers);
    filter.seller_kinds.sort_by_key(|kind| kind.as_str());
    filter.seller_kinds.dedup();
    (
        Query {
            filter,
            sort: sort.unwrap_or_default(),
            page: PageRequest::new(page, per_page),
        },
        errors,
    )
}

fn once<T: Ord>(values: &mut Vec<T>) {
    values.sort();
    values.dedup();
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(list: &[(&str, &str)]) -> Vec<(String, String)> {
        list.iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect()
    }

    #[test]
    fn values_stand_several_times_or_with_commas() {
        let (query, errors) = parse(&pairs(&[
            ("group", "food,drink"),
            ("stars", "4"),
            ("stars", "5"),
            ("min_vnd", "10.000"),
            ("sort", "-price"),
            ("page", "2"),
        ]));
        assert!(errors.is_empty());
        assert_eq!(query.filter.groups, [Group::Food, Group::Drink]);
        assert_eq!(query.filter.stars, [4, 5]);
        assert_eq!(
            (query.filter.min_price, query.sort, query.page.page),
            (Some(Vnd(10_000)), Sort::PriceDescending, 2)
        );
    }

    #[test]
    fn choices_count_once_and_in_any_order() {
        let one = parse(&pairs(&[
            ("commune", "31338,31168,31338"),
            ("group", "drink"),
            ("group", "food"),
            ("seller_kind", "household,cooperative"),
            ("stars", "4,3"),
        ]));
        let other = parse(&pairs(&[
            ("group", "food,drink,food"),
            ("stars", "3,4"),
            ("seller_kind", "cooperative"),
            ("seller_kind", "household"),
            ("commune", "31168"),
            ("commune", "31338"),
        ]));
        assert_eq!(one, other);
        assert_eq!(one.0.filter.communes, ["31168", "31338"]);
    }

    #[test]
    fn prices_the_wrong_way_round_are_told() {
        let (query, errors) = parse(&pairs(&[("max_vnd", "10000"), ("min_vnd", "50000")]));
        assert_eq!(query.filter.min_price, Some(Vnd(50_000)));
        assert_eq!(query.filter.max_price, None);
        assert_eq!(errors.of("max_vnd").unwrap().code, "below_least");
        assert!(parse(&pairs(&[("min_vnd", "50000")])).1.is_empty());
    }

    #[test]
    fn what_is_not_understood_is_told() {
        let (_, errors) = parse(&pairs(&[
            ("group", "moon"),
            ("stars", "9"),
            ("page", "0"),
            ("page", "10001"),
            ("per_page", "101"),
            ("max_vnd", "-1"),
            ("commune", "x"),
            ("sort", "size"),
        ]));
        let fields: Vec<_> = errors.0.iter().map(|error| error.field.as_str()).collect();
        assert_eq!(
            fields,
            [
                "group", "stars", "page", "page", "per_page", "max_vnd", "commune", "sort"
            ]
        );
    }
}
