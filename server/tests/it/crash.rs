//! Killed in the middle of everything, nothing is lost and nothing is there twice.
use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use market::reports::check;

use crate::support::{Ground, order};

#[tokio::test(flavor = "multi_thread")]
async fn kill_nine_in_the_middle_of_two_hundred_checkouts() {
    let ground = Ground::new().await;
    let khom = ground.product("Út", "Khóm", 1000, 12_000).await;
    let mam = ground.product("Bảy", "Mắm", 1000, 90_000).await;
    let body = Arc::new(order(&[(khom, 1), (mam, 2)]));
    let mut server = ground.serve().await;
    let (base, client) = (server.base.clone(), server.client.clone());
    let placed_so_far = Arc::new(AtomicUsize::new(0));
    let buyers: Vec<_> = (0..200)
        .map(|buyer| {
            let (base, client, body) = (base.clone(), client.clone(), Arc::clone(&body));
            let placed_so_far = Arc::clone(&placed_so_far);
            tokio::spawn(async move {
                tokio::time::sleep(Duration::from_millis(buyer * 4)).await;
                let request = client
                    .post(format!("{base}/api/v1/orders"))
                    .header("idempotency-key", format!("buyer-{buyer}"))
                    .json(body.as_ref());
                let answer = request.send().await.ok()?;
                let status = answer.status().as_u16();
                let placed: serde_json::Value = answer.json().await.ok()?;
                placed_so_far.fetch_add(1, Ordering::SeqCst);
                (status == 201).then(|| {
                    (
                        buyer,
                        placed["number"].as_str().unwrap_or_default().to_owned(),
                    )
                })
            })
        })
        .collect();
    while placed_so_far.load(Ordering::SeqCst) < 40 {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    server.kill();
    let mut answered = Vec::new();
    for buyer in buyers {
        answered.extend(buyer.await.unwrap());
    }
    assert!(
        !answered.is_empty() && answered.len() < 200,
        "the server was killed in the middle: {} answers",
        answered.len()
    );

    let server = ground.serve().await;
    // Who got an answer gets the same one again, who got none places the order now: once each.
    let mut numbers = HashSet::new();
    for buyer in 0..200u64 {
        let (status, placed) = server
            .order(&format!("buyer-{buyer}"), &body)
            .await
            .unwrap();
        assert_eq!(status, 201, "{placed}");
        let number = placed["number"].as_str().unwrap().to_owned();
        if let Some((_, before)) = answered.iter().find(|(other, _)| *other == buyer) {
            assert_eq!(before, &number, "an order that was answered is there once");
        }
        numbers.insert(number);
    }
    assert_eq!(numbers.len(), 200);
    let count: i64 = sqlx::query_scalar("select count(*) from orders")
        .fetch_one(ground.store.reader())
        .await
        .unwrap();
    assert_eq!(count, 200);
    // The worker catches up; then stock, money and the rollup agree with the lines.
    for _ in 0..200 {
        let waiting: i64 = sqlx::query_scalar("select count(*) from outbox")
            .fetch_one(ground.store.reader())
            .await
            .unwrap();
        if waiting == 0 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(
        check::run(ground.store.reader()).await.unwrap(),
        Vec::<String>::new()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn sixty_four_buyers_and_two_servers_for_the_last_five() {
    let ground = Ground::new().await;
    let khom = ground.product("Út", "Khóm", 5, 12_000).await;
    let (one, two) = (ground.serve().await, ground.serve().await);
    let body = order(&[(khom, 1)]);
    let outcomes = futures_util::future::join_all((0..64).map(|buyer| {
        let server = if buyer % 2 == 0 { &one } else { &two };
        let body = &body;
        async move { server.order(&format!("buyer-{buyer}"), body).await.unwrap() }
    }))
    .await;
    assert_eq!(
        outcomes.iter().filter(|(status, _)| *status == 201).count(),
        5
    );
    for (status, problem) in outcomes.iter().filter(|(status, _)| *status != 201) {
        assert_eq!(
            (*status, problem["code"].as_str()),
            (409, Some("out_of_stock")),
            "{problem}"
        );
        assert_eq!(
            problem["variants"][0]["variant_id"].as_str(),
            Some(khom.to_string().as_str())
        );
    }
}
