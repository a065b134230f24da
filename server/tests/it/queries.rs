//! What a page asks of the database: the same few queries whatever it shows.
use std::fs::{File, read_to_string};
use std::process::Stdio;
use std::time::Duration;

use market::kernel::{Actor, VariantId};

use crate::support::Ground;

/// So many ways of selling and photographs more, where there are `$4` photographs.
const FILL: &str = "
    with shown as (select product_id from variants where id = $1),
    more as (
        insert into variants (id, product_id, position, sku, name, unit, price_vnd, ship_grams)
        select gen_random_uuid(), product_id, 1 + number, 'L' || number, 'Loại ' || number, 'kg', 1000 * number, 500
        from shown, generate_series(1, $2::integer) as number
        returning id
    ), counted as (
        insert into stock_items (variant_id, on_hand) select id, 5000 from more
    ), photo as (
        insert into photos (id, seller_id, digest, width, height, preview, created_at)
        select gen_random_uuid(), (select seller_id from products join shown on products.id = shown.product_id), md5(random()::text), 320, 240, '', now()
        from generate_series(1, $3::integer) as number
        returning id
    ), numbered as (
        select id, $4::integer + row_number() over (order by id) as number from photo
    ), stored as (
        insert into stored_files (key)
        select 'ab/' || replace(id::text, '-', '') || lpad(width::text, 6, '0') || '.webp' from photo, unnest(array[160, 320]) as width
    ), sizes as (
        insert into photo_variants (photo_id, width, height, format, key)
        select id, width, width * 3 / 4, 'webp', 'ab/' || replace(id::text, '-', '') || lpad(width::text, 6, '0') || '.webp'
        from photo, unnest(array[160, 320]) as width
    )
    insert into product_photos (product_id, position, photo_id)
    select product_id, number, id from shown, numbered";

async fn rebuild(ground: &Ground) {
    market::transact_sure!(ground.store, &Actor::system(), work => Ok(market::search::commands::rebuild(work).await?)).unwrap();
}

async fn fill(ground: &Ground, variant: VariantId, ways: i32, photos: i32, before: i32) {
    sqlx::query(FILL)
        .bind(variant.0)
        .bind(ways)
        .bind(photos)
        .bind(before)
        .execute(ground.store.writer())
        .await
        .unwrap();
}

/// How many queries each of `paths` made, by a program that writes its queries down and keeps no pages.
async fn counted(ground: &Ground, paths: &[&str]) -> Vec<usize> {
    let log = ground.folder.path().join("log");
    let server = ground
        .serve_logging(
            &[
                ("CAY_BEO_LOG", "info,sqlx::query=debug"),
                ("CAY_BEO_PAGE_CACHE", "false"),
            ],
            Stdio::from(File::create(&log).unwrap()),
        )
        .await;
    let mut counts = Vec::new();
    for path in paths {
        let answer = server
            .client
            .get(format!("{}{path}", server.base))
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status(), 200, "{path}");
        answer.text().await.unwrap();
        // The log is written as it happens, from other threads.
        tokio::time::sleep(Duration::from_millis(100)).await;
        let bare = path.split('?').next().unwrap_or_default();
        let log = read_to_string(&log).unwrap();
        counts.push(
            log.lines()
                .filter(|line| {
                    line.contains("sqlx::query") && line.contains(&format!("path={bare}}}"))
                })
                .count(),
        );
    }
    counts
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_makes_as_many_queries_for_fifty_ways_and_eight_photographs_as_for_one() {
    let ground = Ground::new().await;
    let rich = ground.product("Hộ Út", "Khóm nhiều loại", 5, 12_000).await;
    fill(&ground, rich, 0, 1, 0).await;
    rebuild(&ground).await;
    // Answers of searches are kept: each of these asks another question.
    let paths = [
        "/san-pham",
        "/san-pham/khom-nhieu-loai",
        "/api/v1/products?sort=newest",
        "/api/v1/products/khom-nhieu-loai",
        "/gian-hang/ho-ut",
    ];
    let few = counted(&ground, &paths).await;
    fill(&ground, rich, 49, 7, 1).await;
    for number in 1..=30 {
        ground
            .product(
                &format!("Hộ {number}"),
                &format!("Khóm giống {number}"),
                5,
                12_000,
            )
            .await;
        ground
            .product("Hộ Út thứ hai", &format!("Chanh giống {number}"), 5, 12_000)
            .await;
    }
    rebuild(&ground).await;
    let many = counted(&ground, &paths).await;
    for ((path, few), many) in paths.iter().zip(&few).zip(&many) {
        assert!(*few > 0 && *few <= 10, "{path}: {few}");
        // One less where the answer to another page's question was kept for a moment.
        assert!(*many <= few + 1, "{path}: {few}, then {many}");
    }
}
