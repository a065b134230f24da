//! Totals, facets, order and pages of random filters over random goods, against counting them one by one.
use std::collections::{BTreeMap, BTreeSet};

use market::search::Facets;
use market::sellers::SellerKind;
use rand::rngs::StdRng;
use rand::seq::{IndexedRandom, IteratorRandom};
use rand::{Rng, SeedableRng};
use time::Date;

use super::*;

const GROUPS: [Group; 3] = [Group::Food, Group::Drink, Group::Craft];
const SETS: [u8; 4] = [1, 7, 17, 21];
const MARKS: [&str; 3] = ["vietgap", "haccp", "organic"];
const COMMUNES: [&str; 3] = ["31338", "31168", "31153"];
const SHOPS: [&str; 4] = ["vuon-mot", "vuon-hai", "vuon-ba", "vuon-bon"];
const KINDS: [SellerKind; 3] = [
    SellerKind::Household,
    SellerKind::Cooperative,
    SellerKind::Enterprise,
];
const FACTS: [(&str, &str); 5] = [
    ("keeping", "cool"),
    ("keeping", "frozen"),
    ("keeping", "normal"),
    ("material", "bamboo"),
    ("allergens", "peanut"),
];
/// Words that mean nothing else.
const WORDS: [&str; 3] = ["zaxo", "zebuk", "zimol"];

/// Something on sale, as the documents say it.
#[derive(Clone, Debug)]
struct Good {
    code: String,
    id: Uuid,
    words: Vec<&'static str>,
    group: Group,
    set: Option<u8>,
    stars: Option<(u8, Date, Date)>,
    marks: Vec<(&'static str, Date, Date)>,
    facts: Vec<(&'static str, &'static str)>,
    commune: &'static str,
    shop: &'static str,
    kind: SellerKind,
    price: i64,
    months: Vec<i16>,
}

/// Which filter a facet is counted without.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Without<'a> {
    Nothing,
    Group,
    Set,
    Stars,
    Marks,
    Commune,
    Kind,
    Season,
    Fact(&'a str),
}

impl Good {
    fn stars_on(&self, day: Date) -> Option<u8> {
        let (stars, from, to) = self.stars?;
        (from <= day && day <= to).then_some(stars)
    }

    fn marks_on(&self, day: Date) -> BTreeSet<&'static str> {
        let valid = self
            .marks
            .iter()
            .filter(|(_, from, to)| *from <= day && day <= *to);
        valid.map(|(kind, ..)| *kind).collect()
    }

    fn is_in_season(&self, day: Date) -> bool {
        self.months.contains(&i16::from(u8::from(day.month())))
    }

    fn passes(&self, filter: &Filter, without: Without<'_>, day: Date) -> bool {
        let any = |is_free: bool, is_empty: bool, is_met: bool| is_free || is_empty || is_met;
        let text = filter.text.as_str();
        let facts: BTreeSet<&str> = filter.facts.iter().map(|said| said.fact.as_str()).collect();
        let marks = self.marks_on(day);
        (text.is_empty() || self.words.contains(&text))
            && any(
                without == Without::Group,
                filter.groups.is_empty(),
                filter.groups.contains(&self.group),
            )
            && any(
                without == Without::Set,
                filter.sets.is_empty(),
                self.set.is_some_and(|set| filter.sets.contains(&set)),
            )
            && any(
                without == Without::Stars,
                filter.stars.is_empty(),
                self.stars_on(day)
                    .is_some_and(|stars| filter.stars.contains(&stars)),
            )
            && any(
                without == Without::Marks,
                filter.marks.is_empty(),
                filter
                    .marks
                    .iter()
                    .any(|mark| marks.contains(mark.as_str())),
            )
            && any(
                without == Without::Commune,
                filter.communes.is_empty(),
                filter.communes.iter().any(|code| code == self.commune),
            )
            && any(
                without == Without::Kind,
                filter.seller_kinds.is_empty(),
                filter.seller_kinds.contains(&self.kind),
            )
            && (filter.sellers.is_empty() || filter.sellers.iter().any(|slug| slug == self.shop))
            && filter.min_price.is_none_or(|least| self.price >= least.0)
            && filter.max_price.is_none_or(|most| self.price <= most.0)
            && any(
                without == Without::Season,
                !filter.in_season,
                self.is_in_season(day),
            )
            && facts.into_iter().all(|fact| {
                without == Without::Fact(fact)
                    || filter.facts.iter().any(|said| {
                        said.fact == fact && self.facts.contains(&(fact, said.value.as_str()))
                    })
            })
    }
}

fn some<T: Copy>(random: &mut StdRng, of: &[T], most: usize) -> Vec<T> {
    let count = random.random_range(0..=most);
    of.iter().copied().choose_multiple(random, count)
}

async fn goods(market: &Market, random: &mut StdRng) -> Vec<Good> {
    let today = market.store().today();
    let mut goods = Vec::new();
    for number in 0..90 {
        let mut words = some(random, &WORDS, 2);
        words.sort_unstable();
        let code = format!("R{number:02}");
        let name = format!("Món {} {number}", words.join(" "));
        let id = market
            .product(Product {
                code: &code,
                name: &name,
                ..Product::default()
            })
            .await;
        let period = |random: &mut StdRng| {
            let from = today + Duration::days(random.random_range(-3..3));
            (from, from + Duration::days(random.random_range(0..4)))
        };
        let stars = random.random_bool(0.5).then(|| {
            let (from, to) = period(random);
            (random.random_range(3..=5), from, to)
        });
        let marks = some(random, &MARKS, 2)
            .into_iter()
            .map(|kind| {
                let (from, to) = period(random);
                (kind, from, to)
            })
            .collect();
        let months: BTreeSet<i16> = (0..random.random_range(0..6))
            .map(|_| random.random_range(1..=12))
            .collect();
        goods.push(Good {
            code,
            id: id.0,
            words,
            group: *GROUPS.choose(random).unwrap(),
            set: random
                .random_bool(0.7)
                .then(|| *SETS.choose(random).unwrap()),
            stars,
            marks,
            facts: some(random, &FACTS, 3),
            commune: COMMUNES.choose(random).unwrap(),
            shop: SHOPS.choose(random).unwrap(),
            kind: *KINDS.choose(random).unwrap(),
            price: random.random_range(1..8) * 5_000,
            months: months.into_iter().collect(),
        });
    }
    market.rebuild().await;
    for good in &goods {
        let (stars, from, to) = good.stars.map_or((None, None, None), |(stars, from, to)| {
            (Some(i16::from(stars)), Some(from), Some(to))
        });
        let facts: Vec<String> = good
            .facts
            .iter()
            .map(|(fact, value)| format!("{fact}={value}"))
            .collect();
        let kinds: Vec<&str> = good.marks.iter().map(|(kind, ..)| *kind).collect();
        let starts: Vec<Date> = good.marks.iter().map(|(_, from, _)| *from).collect();
        let ends: Vec<Date> = good.marks.iter().map(|(.., to)| *to).collect();
        sqlx::query(
            "update search_documents set group_code = $2, set_number = $3, stars = $4, stars_from = $5, stars_to = $6,
                 facts = $7, mark_kinds = $8,
                 mark_periods = array(select daterange(a, b, '[]') from unnest($9::date[], $10::date[]) as it (a, b)),
                 commune_code = $11, commune_name = 'Xã ' || $11, seller_slug = $12, seller_name = $12,
                 seller_kind = $13, price_vnd = $14, season_months = $15
             where product_id = $1",
        )
        .bind(good.id)
        .bind(good.group.as_str())
        .bind(good.set.map(i16::from))
        .bind(stars)
        .bind(from)
        .bind(to)
        .bind(facts)
        .bind(kinds)
        .bind(starts)
        .bind(ends)
        .bind(good.commune)
        .bind(good.shop)
        .bind(good.kind.as_str())
        .bind(good.price)
        .bind(&good.months)
        .execute(market.store().reader())
        .await
        .unwrap();
    }
    market.follow().await;
    goods
}

fn filter(random: &mut StdRng) -> Filter {
    let rare = |random: &mut StdRng| random.random_bool(0.3);
    let mut pairs: Vec<(String, String)> = Vec::new();
    let mut add = |name: &str, values: Vec<String>| {
        pairs.extend(values.into_iter().map(|value| (name.to_owned(), value)));
    };
    let strings = |values: Vec<&str>| values.into_iter().map(str::to_owned).collect();
    if rare(random) {
        add("q", vec![(*WORDS.choose(random).unwrap()).to_owned()]);
    }
    if rare(random) {
        let groups = some(random, &GROUPS, 2);
        add(
            "group",
            groups
                .iter()
                .map(|group| group.as_str().to_owned())
                .collect(),
        );
    }
    if rare(random) {
        add(
            "set",
            some(random, &SETS, 2).iter().map(u8::to_string).collect(),
        );
    }
    if rare(random) {
        add(
            "stars",
            some(random, &[3u8, 4, 5], 2)
                .iter()
                .map(u8::to_string)
                .collect(),
        );
    }
    if rare(random) {
        add("mark", strings(some(random, &MARKS, 2)));
    }
    if rare(random) {
        let facts = some(random, &FACTS, 2);
        add(
            "facts",
            facts
                .iter()
                .map(|(fact, value)| format!("{fact}:{value}"))
                .collect(),
        );
    }
    if rare(random) {
        add("commune", strings(some(random, &COMMUNES, 2)));
    }
    if rare(random) {
        add("seller", strings(some(random, &SHOPS, 2)));
    }
    if rare(random) {
        let kinds = some(random, &KINDS, 2);
        add(
            "seller_kind",
            kinds.iter().map(|kind| kind.as_str().to_owned()).collect(),
        );
    }
    if rare(random) {
        add(
            "min_vnd",
            vec![(random.random_range(1..6) * 5_000).to_string()],
        );
    }
    if random.random_bool(0.2) {
        add("in_season", vec!["1".to_owned()]);
    }
    search::form::parse(&pairs).0.filter
}

/// Counts of a facet's values, by their names.
fn counted(
    goods: &[Good],
    filter: &Filter,
    without: Without<'_>,
    day: Date,
    values: impl Fn(&Good) -> Vec<String>,
) -> BTreeMap<String, i64> {
    let mut counts = BTreeMap::new();
    for good in goods
        .iter()
        .filter(|good| good.passes(filter, without, day))
    {
        for value in values(good) {
            *counts.entry(value).or_insert(0) += 1;
        }
    }
    counts
}

fn told<T>(facet: &[(T, i64)], name: impl Fn(&T) -> String) -> BTreeMap<String, i64> {
    facet
        .iter()
        .map(|(value, count)| (name(value), *count))
        .collect()
}

fn compare(goods: &[Good], filter: &Filter, facets: &Facets, day: Date) {
    let count = |without, values: &dyn Fn(&Good) -> Vec<String>| {
        counted(goods, filter, without, day, values)
    };
    let total = goods
        .iter()
        .filter(|good| good.passes(filter, Without::Nothing, day))
        .count();
    assert_eq!(facets.total, i64::try_from(total).unwrap(), "total");
    assert_eq!(
        told(&facets.groups, |group| group.as_str().to_owned()),
        count(Without::Group, &|good| vec![good.group.as_str().to_owned()]),
        "groups"
    );
    assert_eq!(
        told(&facets.sets, u8::to_string),
        count(Without::Set, &|good| good
            .set
            .iter()
            .map(u8::to_string)
            .collect()),
        "sets"
    );
    assert_eq!(
        told(&facets.stars, u8::to_string),
        count(Without::Stars, &|good| good
            .stars_on(day)
            .iter()
            .map(u8::to_string)
            .collect()),
        "stars"
    );
    assert_eq!(
        told(&facets.marks, String::clone),
        count(Without::Marks, &|good| good
            .marks_on(day)
            .iter()
            .map(|&it| it.to_owned())
            .collect()),
        "marks"
    );
    assert_eq!(
        told(&facets.seller_kinds, |kind| kind.as_str().to_owned()),
        count(Without::Kind, &|good| vec![good.kind.as_str().to_owned()]),
        "kinds of sellers"
    );
    let communes: Vec<(String, i64)> = facets
        .communes
        .iter()
        .map(|commune| (commune.code.clone(), commune.count))
        .collect();
    assert_eq!(
        told(&communes, String::clone),
        count(Without::Commune, &|good| vec![good.commune.to_owned()]),
        "communes"
    );
    let in_season = goods
        .iter()
        .filter(|good| good.passes(filter, Without::Season, day) && good.is_in_season(day))
        .count();
    assert_eq!(
        facets.in_season,
        i64::try_from(in_season).unwrap(),
        "in season"
    );
    // Facts that are filters: those that are asked for are told in any case, others where their sets are chosen.
    let mut facts: BTreeSet<&str> = filter.facts.iter().map(|said| said.fact.as_str()).collect();
    facts.extend(facets.facts.iter().map(|(said, _)| said.fact.as_str()));
    facts.retain(|fact| market::catalog::sets::facets().any(|(known, _)| known.code == *fact));
    for fact in facts {
        let of_fact: Vec<(String, i64)> = facets
            .facts
            .iter()
            .filter(|(said, _)| said.fact == fact)
            .map(|(said, number)| (said.value.clone(), *number))
            .collect();
        assert_eq!(
            told(&of_fact, String::clone),
            count(Without::Fact(fact), &|good| {
                let values = good.facts.iter().filter(|(known, _)| *known == fact);
                values.map(|(_, value)| (*value).to_owned()).collect()
            }),
            "{fact}"
        );
    }
}

#[tokio::test]
async fn random_filters_count_and_order_as_one_by_one() {
    const SEED: u64 = 20_261_128;
    let market = Market::new().await;
    let mut random = StdRng::seed_from_u64(SEED);
    let goods = goods(&market, &mut random).await;
    let day = market.store().today();
    for number in 0..120 {
        let filter = filter(&mut random);
        let wanted: Vec<&Good> = goods
            .iter()
            .filter(|good| good.passes(&filter, Without::Nothing, day))
            .collect();
        if wanted.is_empty() && !filter.text.is_empty() {
            // Without a hit under its filters a text still counts its facets.
            continue;
        }
        for sort in [Sort::Price, Sort::PriceDescending] {
            let mut expected: Vec<(i64, Uuid, &str)> = wanted
                .iter()
                .map(|good| (good.price, good.id, good.code.as_str()))
                .collect();
            expected.sort_unstable();
            if sort == Sort::PriceDescending {
                expected.reverse();
            }
            let mut shown: Vec<String> = Vec::new();
            for page in 1..=4 {
                let query = Query {
                    filter: filter.clone(),
                    sort,
                    page: PageRequest::new(Some(page), Some(25)),
                };
                let found = market.engine.search(&query).await.unwrap();
                shown.extend(codes(&found));
                if page == 1 {
                    compare(&goods, &filter, &found.facets, day);
                }
            }
            let expected: Vec<&str> = expected.iter().map(|(.., code)| *code).collect();
            assert_eq!(
                shown, expected,
                "filter {number} of seed {SEED}: {filter:?}"
            );
        }
        let query = Query {
            filter: filter.clone(),
            sort: Sort::Relevance,
            page: PageRequest::new(None, Some(100)),
        };
        let found = market.engine.search(&query).await.unwrap();
        let shown: BTreeSet<String> = codes(&found).into_iter().collect();
        let expected: BTreeSet<String> = wanted.iter().map(|good| good.code.clone()).collect();
        assert_eq!(
            shown, expected,
            "filter {number} of seed {SEED}: {filter:?}"
        );
    }
}
