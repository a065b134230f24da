//! Meilisearch with its faults: it is fed in order, and where it fails PostgreSQL answers. Against the server that
//! `MEILI_URL` names, or against what such a server said: `RECORD=1` writes that down anew.
use std::time::Instant;

use market::search::Guarded;

use super::wire::{Mood, Wire};
use super::*;

/// Goods whose identifiers are the same each time, as what was said holds them.
async fn fixed() -> (Market, Wire) {
    let wire = Wire::new().await;
    let market = Market::on_postgres().await;
    for (number, (name, price)) in [
        ("Khóm Cầu Đúc", 12_000),
        ("Mứt khóm", 60_000),
        ("Trà mãng cầu", 70_000),
    ]
    .into_iter()
    .enumerate()
    {
        let code = format!("F{number}");
        let id = market
            .product(Product {
                code: &code,
                name,
                price,
                season: &[11],
                ..Product::default()
            })
            .await;
        let mut moved = market.store().reader().begin().await.unwrap();
        sqlx::raw_sql("set constraints all deferred; alter table variants disable trigger all; alter table products disable trigger all")
            .execute(&mut *moved)
            .await
            .unwrap();
        let fixed = Uuid::from_u128(number as u128 + 1);
        for sql in [
            "update variants set product_id = $2 where product_id = $1",
            "update products set id = $2 where id = $1",
        ] {
            sqlx::query(sql)
                .bind(id.0)
                .bind(fixed)
                .execute(&mut *moved)
                .await
                .unwrap();
        }
        sqlx::raw_sql(
            "alter table variants enable trigger all; alter table products enable trigger all",
        )
        .execute(&mut *moved)
        .await
        .unwrap();
        moved.commit().await.unwrap();
    }
    market.rebuild().await;
    let millis = market.store().now().unix_timestamp_nanos() / 1_000_000;
    wire.forget(&format!("recorded-{millis}")).await;
    let market = market.with_meili(&wire.url, "recorded");
    market.follow().await;
    (market, wire)
}

/// The engine as an installation has it.
fn guarded(market: &Market, wire: &Wire) -> impl SearchEngine {
    let settings = MeiliSettings {
        url: wire.url.clone(),
        key: None,
        index: "recorded".to_owned(),
    };
    let store = market.store().clone();
    let postgres = PostgresEngine::new(store.clone());
    let meili = MeiliEngine::new(store, &postgres, &settings).unwrap();
    Guarded::new(meili, postgres)
}

fn khom() -> Query {
    Query {
        filter: Filter {
            text: "khom".to_owned(),
            ..Filter::default()
        },
        sort: Sort::Relevance,
        page: PageRequest::new(None, None),
    }
}

#[tokio::test]
async fn an_index_is_built_fed_checked_and_left_where_it_fails() {
    let (market, wire) = fixed().await;
    let feeder = market.feeder.as_ref().unwrap();
    let engine = guarded(&market, &wire);
    let ask = async || {
        engine.invalidate();
        engine.search(&khom()).await.unwrap()
    };
    let found = ask().await;
    assert_eq!(
        (codes(&found), found.engine),
        (vec!["F0".to_owned(), "F1".to_owned()], "meilisearch")
    );
    assert_eq!((found.facets.total, found.facets.in_season), (2, 2));
    assert_eq!(feeder.check().await.unwrap(), [] as [String; 0]);

    // What changed while it was down waits, and PostgreSQL has it at once.
    wire.is(Mood::Down);
    let pool = market.store().reader();
    sqlx::query("update variants set price_vnd = 15000 where product_id = $1")
        .bind(Uuid::from_u128(1))
        .execute(pool)
        .await
        .unwrap();
    market::transact_sure!(market.store(), &Actor::system(), work => {
        commands::index(work, &[ProductId(Uuid::from_u128(1))]).await?;
        Ok(())
    })
    .unwrap();
    assert!(feeder.round().await.is_err());
    let found = ask().await;
    assert_eq!(
        (found.hits[0].price, found.engine),
        (Vnd(15_000), "postgres")
    );
    let waiting = search::queries::target(pool)
        .await
        .unwrap()
        .unwrap()
        .waiting;
    assert_eq!(waiting, 1);

    // Back again, what was missed is sent.
    wire.is(Mood::Well);
    feeder.round().await.unwrap();
    let waiting = search::queries::target(pool)
        .await
        .unwrap()
        .unwrap()
        .waiting;
    assert_eq!(waiting, 0);
    let found = ask().await;
    assert_eq!(
        (found.hits[0].price, found.engine),
        (Vnd(15_000), "meilisearch")
    );

    for mood in [Mood::Slow, Mood::Rubbish, Mood::Nonsense] {
        wire.is(mood);
        let begun = Instant::now();
        let found = ask().await;
        assert_eq!(
            (codes(&found).len(), found.engine),
            (2, "postgres"),
            "{mood:?}"
        );
        assert!(
            begun.elapsed() < std::time::Duration::from_millis(900),
            "{mood:?}"
        );
    }
    // Three failures on end: it is left alone, and asked again after a rest.
    wire.is(Mood::Well);
    assert_eq!(ask().await.engine, "postgres");
    assert_eq!(engine.name(), "postgres");
    tokio::time::sleep(std::time::Duration::from_millis(5_100)).await;
    assert_eq!(ask().await.engine, "meilisearch");
    assert_eq!(engine.name(), "meilisearch");

    // One that is behind does not answer, however well it does.
    sqlx::query("insert into search_feed (target, product_id, number, since) select name, $1, 0, $2 from search_targets")
        .bind(Uuid::from_u128(1))
        .bind(market.store().now() - Duration::minutes(1))
        .execute(pool)
        .await
        .unwrap();
    assert_eq!(ask().await.engine, "postgres");
    feeder.round().await.unwrap();
    assert_eq!(ask().await.engine, "meilisearch");

    // What went astray is found and mended.
    let name = search::queries::target(pool).await.unwrap().unwrap().name;
    let gone = reqwest::Client::new()
        .delete(format!(
            "{}/indexes/{name}/documents/{}",
            wire.url,
            Uuid::from_u128(2)
        ))
        .send()
        .await
        .unwrap();
    assert!(gone.status().is_success());
    let mut differences = Vec::new();
    for _ in 0..200 {
        // The server deletes in its own time.
        differences = feeder.check().await.unwrap();
        if !differences.is_empty() {
            break;
        }
    }
    assert_eq!(differences.len(), 1, "{differences:?}");
    assert_eq!(feeder.check().await.unwrap(), [] as [String; 0]);
    wire.keep();
}
