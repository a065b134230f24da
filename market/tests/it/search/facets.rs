//! Facets by what matters of goods of their sets.
use std::fmt::Write as _;

use market::search::{FactValue, understand};
use sqlx::AssertSqlSafe;

use super::*;

fn said(fact: &str, value: &str) -> FactValue {
    FactValue {
        fact: fact.to_owned(),
        value: value.to_owned(),
    }
}

/// Goods of several sets, with facts.
async fn goods() -> Market {
    let market = Market::new().await;
    market::catalog::commands::reference::ensure(market.store())
        .await
        .unwrap();
    let rows: [(&str, &str, i16, &str); 9] = [
        ("A1", "food", 1, "{}"),
        (
            "A2",
            "food",
            1,
            r#"{"keeping": "cool", "variety": "Queen"}"#,
        ),
        (
            "A3",
            "food",
            7,
            r#"{"keeping": "cool", "allergens": "peanut,sesame"}"#,
        ),
        ("A4", "food", 8, r#"{"keeping": "frozen"}"#),
        ("A5", "drink", 17, r#"{"keeping": "normal"}"#),
        ("B1", "craft", 21, r#"{"material": "bamboo"}"#),
        ("B2", "craft", 21, r#"{"material": "water_hyacinth"}"#),
        ("B3", "craft", 22, r#"{"material": "fabric"}"#),
        ("C1", "tourism", 26, r#"{"trip": "half_day"}"#),
    ];
    for (code, group, set, facts) in rows {
        let product = market
            .product(Product {
                code,
                name: &format!("Món {code}"),
                group,
                ..Product::default()
            })
            .await;
        sqlx::query("update products set set_regime = '26/2026/QĐ-TTg', set_number = $2, facts = $3::jsonb where id = $1")
            .bind(product.0)
            .bind(set)
            .bind(facts)
            .execute(market.store().reader())
            .await
            .unwrap();
    }
    market.rebuild().await;
    market
}

/// How many of the goods themselves are so, counted without any index.
async fn counted(market: &Market, condition: &str) -> i64 {
    let mut sql = "select count(*) from products where status = 'published' and ".to_owned();
    write!(sql, "{condition}").unwrap();
    sqlx::query_scalar(AssertSqlSafe(sql))
        .fetch_one(market.store().reader())
        .await
        .unwrap()
}

#[tokio::test]
async fn counts_equal_what_the_goods_say() {
    let market = goods().await;
    let filters: [(Filter, &str); 5] = [
        (
            Filter {
                groups: vec![Group::Food],
                ..Filter::default()
            },
            "group_code = 'food'",
        ),
        (
            Filter {
                groups: vec![Group::Food, Group::Drink],
                ..Filter::default()
            },
            "group_code in ('food', 'drink')",
        ),
        (
            Filter {
                sets: vec![21, 22],
                ..Filter::default()
            },
            "set_number in (21, 22)",
        ),
        // A facet is counted without its own filter.
        (
            Filter {
                sets: vec![21],
                facts: vec![said("material", "bamboo")],
                ..Filter::default()
            },
            "set_number = 21",
        ),
        // Filters of two facts: each is counted under the other's.
        (
            Filter {
                facts: vec![said("keeping", "cool"), said("keeping", "frozen")],
                groups: vec![Group::Food],
                ..Filter::default()
            },
            "group_code = 'food'",
        ),
    ];
    for (filter, condition) in filters {
        let found = market.search(filter.clone(), Sort::Newest).await;
        assert!(!found.facets.facts.is_empty(), "{filter:?}");
        for (said, count) in &found.facets.facts {
            let same = format!(
                "{condition} and facts ->> '{}' = '{}'",
                said.fact, said.value
            );
            assert_eq!(*count, counted(&market, &same).await, "{filter:?} {said}");
        }
        // All that is said is counted.
        let keeping = found
            .facets
            .facts
            .iter()
            .map(|(_, count)| count)
            .sum::<i64>();
        let all = counted(
            &market,
            &format!("{condition} and facts ?| array['keeping', 'material', 'trip']"),
        )
        .await;
        assert_eq!(keeping, all, "{filter:?}");
        for (number, count) in &found.facets.sets {
            let group = if filter.sets.is_empty() {
                condition
            } else {
                "true"
            };
            let mut same = format!("{group} and set_number = {number}");
            for said in &filter.facts {
                let _ = write!(same, " and facts ? '{}'", said.fact);
            }
            if filter.facts.is_empty() {
                assert_eq!(*count, counted(&market, &same).await, "{filter:?} {number}");
            }
        }
        let hits = i64::try_from(found.hits.len()).unwrap();
        assert_eq!(found.facets.total, hits);
    }
}

#[tokio::test]
async fn the_list_holds_what_was_asked_for() {
    let market = goods().await;
    let find = async |filter: Filter| {
        let mut found = codes(&market.search(filter, Sort::Price).await);
        found.sort();
        found
    };
    // Any of one fact's answers, and all of the facts.
    let cold = vec![said("keeping", "cool"), said("keeping", "frozen")];
    let filter = Filter {
        facts: cold.clone(),
        ..Filter::default()
    };
    assert_eq!(find(filter).await, ["A2", "A3", "A4"]);
    let filter = Filter {
        facts: cold,
        sets: vec![7, 8],
        ..Filter::default()
    };
    assert_eq!(find(filter).await, ["A3", "A4"]);
    let filter = Filter {
        facts: vec![said("keeping", "cool"), said("material", "bamboo")],
        ..Filter::default()
    };
    assert!(find(filter).await.is_empty(), "nothing is both");
    // Without a group or set there are no facts to choose from; what filters no list has no facet.
    let all = market.search(Filter::default(), Sort::Price).await;
    assert_eq!(all.facets.facts, []);
    assert_eq!(all.facets.total, 9);
    let food = Filter {
        groups: vec![Group::Food],
        ..Filter::default()
    };
    let food = market.search(food, Sort::Price).await;
    assert_eq!(
        food.facets.facts,
        [(said("keeping", "cool"), 2), (said("keeping", "frozen"), 1)]
    );
    assert_eq!(food.facets.sets, [(1, 2), (7, 1), (8, 1)]);
}

#[tokio::test]
async fn what_nobody_knows_is_left_out_and_told() {
    let market = Market::new().await;
    let pairs: Vec<(String, String)> = [
        ("mark", "vietgap,gold"),
        ("facts", "keeping:cool,keeping:warm,variety:Queen,nothing"),
        ("set", "7,27,x"),
    ]
    .iter()
    .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
    .collect();
    let asked = understand(market.store().reader(), &pairs).await.unwrap();
    let filter = asked.query.filter;
    assert_eq!(filter.marks, ["vietgap"]);
    assert_eq!(filter.facts, [said("keeping", "cool")]);
    assert_eq!(filter.sets, [7]);
    let told: Vec<_> = asked
        .errors
        .0
        .iter()
        .map(|error| (error.field.as_str(), error.args[0].1.as_str()))
        .collect();
    assert_eq!(
        told,
        [
            ("facts", "nothing"),
            ("set", "x"),
            ("set", "27"),
            ("mark", "gold"),
            ("facts", "keeping:warm"),
            ("facts", "variety:Queen"),
        ]
    );
}
