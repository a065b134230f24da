//! Pages, suggestions, and what is remembered of them.
use std::collections::BTreeMap;

use super::*;

#[tokio::test]
async fn pages_neither_repeat_nor_skip() {
    let market = Market::new().await;
    for number in 0..30 {
        let code = format!("G{number:02}");
        market
            .product(Product {
                code: &code,
                name: "Gạo thơm",
                ..Product::default()
            })
            .await;
    }
    market.rebuild().await;
    for sort in Sort::ALL {
        for text in ["", "gao"] {
            let mut seen = BTreeMap::new();
            for page in 1..=4 {
                let filter = Filter {
                    text: text.to_owned(),
                    ..Filter::default()
                };
                let query = Query {
                    filter,
                    sort,
                    page: PageRequest::new(Some(page), Some(8)),
                };
                for hit in market.engine.search(&query).await.unwrap().hits {
                    *seen.entry(hit.code).or_insert(0) += 1;
                }
            }
            assert_eq!(seen.len(), 30, "{sort:?}");
            assert!(seen.values().all(|&times| times == 1), "{sort:?}");
        }
    }
}

#[tokio::test]
async fn suggestions_come_while_typing() {
    let market = small_market().await;
    let suggestions = market.engine.suggest("kho", 5).await.unwrap();
    assert_eq!(suggestions.products[0].name, "Khóm Cầu Đúc tươi");
    let suggestions = market.engine.suggest("thanh th", 5).await.unwrap();
    assert_eq!(suggestions.sellers[0].slug, "hop-tac-xa-thanh-thang");
    assert_eq!(suggestions.categories[0], Group::Food);
    assert_eq!(market.engine.suggest(" ", 5).await.unwrap().products, []);
}

#[tokio::test]
async fn facets_are_remembered_until_the_catalogue_changes() {
    let market = small_market().await;
    let product = market
        .product(Product {
            code: "N1",
            name: "Nấm rơm",
            ..Product::default()
        })
        .await;
    assert_eq!(
        market
            .search(Filter::default(), Sort::Newest)
            .await
            .facets
            .total,
        6
    );
    market.index(vec![product]).await;
    assert_eq!(
        market
            .search(Filter::default(), Sort::Newest)
            .await
            .facets
            .total,
        7
    );
}
