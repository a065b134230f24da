//! Where more match than anybody looks at.
use std::collections::BTreeSet;

use super::*;

/// So many goods, the later the worse they stand: of ten one is called `zebuk`, one `zaxó`, with a mark, and of two that
/// are called something else `zaxo` stands in what is said of them; the others are called `zaxo`.
async fn goods(market: &Market, count: i32) {
    let pool = market.store().reader();
    // The day begins without them, so that they stay as they stand.
    market.follow().await;
    // Documents alone: nothing here looks at the goods themselves.
    for statement in [
        "alter table search_documents drop constraint search_documents_product_id_fkey",
        "alter table search_pins drop constraint search_pins_product_id_fkey, drop constraint search_pins_added_by_fkey",
    ] {
        pool.execute(statement).await.unwrap();
    }
    sqlx::query(
        "insert into search_documents (product_id, code, slug, name, name_key, words, seller_id, seller_slug,
             seller_name, seller_kind, group_code, commune_id, commune_code, commune_name, price_vnd, unit, unit_note,
             in_stock, season_months, standing, published_at)
         select md5(number::text)::uuid, 'M' || number, 'm-' || number, 'Zaxo ' || number, 'zaxo ' || number,
             (case number % 10
                 when 0 then 'zaxo:1A zebuk:2A'
                 when 1 then 'zaxo:1A zaxó:1A'
                 when 2 then 'zimol:1A zaxo:9'
                 when 3 then 'zimol:1A zaxo:9'
                 else 'zaxo:1A' end)::tsvector,
             gen_random_uuid(), 'vuon', 'Vườn', 'household', case when number % 3 = 0 then 'drink' else 'food' end,
             131338, '31338', 'Xã', 10000, 'kg', '', true, '{}', 1 - number / 10000.0, now()
         from generate_series(1, $1) as number",
    )
    .bind(count)
    .execute(pool)
    .await
    .unwrap();
    market::transact_sure!(market.store(), &Actor::system(), work => Ok(commands::count_words(work).await?)).unwrap();
    market.follow().await;
}

fn text(text: &str, page: u32) -> Query {
    Query {
        filter: Filter {
            text: text.to_owned(),
            ..Filter::default()
        },
        sort: Sort::Relevance,
        page: PageRequest::new(Some(page), Some(50)),
    }
}

#[tokio::test]
async fn pages_go_on_behind_those_that_are_ranked() {
    let market = Market::new().await;
    goods(&market, 620).await;
    let mut shown = Vec::new();
    for page in 1..=13 {
        let found = market.engine.search(&text("zaxo", page)).await.unwrap();
        assert_eq!(found.facets.total, 620);
        shown.extend(codes(&found));
    }
    assert_eq!(shown.len(), 620);
    assert_eq!(
        shown.first().unwrap(),
        "M1",
        "the best of the same words first"
    );
    // 496 have it in their name, and the window ends at 200.
    let number = |code: &String| code[1..].parse::<i32>().unwrap();
    assert!(
        shown[..496]
            .iter()
            .all(|it| ![2, 3].contains(&(number(it) % 10)))
    );
    assert!(shown[200..496].is_sorted_by_key(number));
    assert!(shown[496..].is_sorted_by_key(number));
    let once: BTreeSet<&String> = shown.iter().collect();
    assert_eq!(once.len(), 620, "none comes twice");
}

#[tokio::test]
async fn marks_as_typed_come_before_all_others() {
    let market = Market::new().await;
    goods(&market, 620).await;
    let mut shown = Vec::new();
    for page in 1..=2 {
        let found = market.engine.search(&text("zaxó", page)).await.unwrap();
        shown.extend(codes(&found));
    }
    let marked: Vec<String> = (0..62).map(|ten| format!("M{}", ten * 10 + 1)).collect();
    assert_eq!(shown[..62], marked, "though they stand behind others");
    assert!(!marked.contains(&shown[62]));
}

#[tokio::test]
async fn what_is_pinned_is_not_lost_among_many() {
    let market = Market::new().await;
    goods(&market, 620).await;
    sqlx::query(
        "insert into search_pins (id, text, text_key, product_id, position, starts_on, ends_on, added_by, created_at)
         values (gen_random_uuid(), 'zaxo', 'zaxo', md5('611')::uuid, 1, $1, $1, gen_random_uuid(), now())",
    )
    .bind(market.store().today())
    .execute(market.store().reader())
    .await
    .unwrap();
    market.engine.invalidate();
    let found = market.engine.search(&text("zaxo", 1)).await.unwrap();
    assert_eq!(codes(&found)[..2], ["M611", "M1"]);
    let last = market.engine.search(&text("zaxo", 13)).await.unwrap();
    assert_eq!(last.facets.total, 620);
    assert!(!codes(&last).contains(&"M611".to_owned()), "not again");
}

#[tokio::test]
async fn very_many_are_counted_by_a_part_of_them() {
    let market = Market::on_postgres().await;
    goods(&market, 4_000).await;
    let engine = PostgresEngine::counting(market.store().clone(), 3_000);
    let close = |told: i64, real: i64| {
        assert!((told - real).abs() * 4 < real, "{told} is not about {real}");
    };
    for query in [text("", 1), text("zaxo", 1)] {
        let found = engine.search(&query).await.unwrap();
        assert!(found.facets.is_estimate);
        close(found.facets.total, 4_000);
        for (group, count) in &found.facets.groups {
            close(*count, if *group == Group::Drink { 1_333 } else { 2_667 });
        }
    }
    let few = engine.search(&text("zebuk", 1)).await.unwrap();
    assert!(!few.facets.is_estimate, "few are counted one by one");
    assert_eq!(few.facets.total, 400);
    // Few under a filter among very many: which they are is certain, and so is how many.
    let mut narrow = text("", 1);
    narrow.filter.min_price = Some(Vnd(1));
    narrow.filter.communes = vec!["31153".to_owned()];
    sqlx::query(
        "update search_documents set commune_code = '31153' where code in ('M5', 'M6', 'M7')",
    )
    .execute(market.store().reader())
    .await
    .unwrap();
    let found = engine.search(&narrow).await.unwrap();
    assert_eq!((found.hits.len(), found.facets.total), (3, 3));
    let mut last = text("zaxo", 1);
    last.page = PageRequest::new(Some(67), Some(60));
    let found = engine.search(&last).await.unwrap();
    assert_eq!(found.hits.len(), 40);
}
