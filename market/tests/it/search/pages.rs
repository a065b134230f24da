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
async fn pages_stay_as_they_are_while_goods_are_sold() {
    let market = Market::new().await;
    for number in 0..24 {
        let code = format!("G{number:02}");
        let good = Product {
            code: &code,
            name: "Gạo thơm",
            ..Product::default()
        };
        market.product(good).await;
    }
    market.rebuild().await;
    let page = async |number| {
        let query = Query {
            filter: Filter::default(),
            sort: Sort::Relevance,
            page: PageRequest::new(Some(number), Some(8)),
        };
        market.engine.search(&query).await.unwrap().hits
    };
    let mut seen: Vec<String> = Vec::new();
    for number in 1..=3 {
        let hits = page(number).await;
        seen.extend(hits.iter().map(|hit| hit.code.clone()));
        // The first that was just seen is sold out.
        let sold = hits[0].product_id;
        sqlx::query(
            "update stock_items set on_hand = 0 where variant_id in (select id from variants where product_id = $1)",
        )
        .bind(sold.0)
        .execute(market.store().reader())
        .await
        .unwrap();
        market::transact_sure!(market.store(), &Actor::system(), work => Ok(commands::restock(work, &[sold]).await?)).unwrap();
        market.follow().await;
    }
    let once: std::collections::BTreeSet<&String> = seen.iter().collect();
    assert_eq!((seen.len(), once.len()), (24, 24));
    assert!(!page(1).await[0].in_stock, "it says so where it stands");
    market::transact_sure!(market.store(), &Actor::system(), work => Ok(commands::settle_stock(work).await?)).unwrap();
    market.follow().await;
    let last = page(3).await;
    assert_eq!(
        last.iter().filter(|hit| !hit.in_stock).count(),
        3,
        "now they stand last"
    );
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
