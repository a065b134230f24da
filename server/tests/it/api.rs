//! The REST contract.
use std::time::Duration;

use market::kernel::Role;
use serde_json::json;

use crate::support::{Ground, order};

#[tokio::test(flavor = "multi_thread")]
async fn from_listing_to_report() {
    let ground = Ground::new().await;
    let seller = ground.seller("Hộ Út").await;
    let token = ground.token(Role::Seller, Some(seller), "0900000011").await;
    let officer = ground.token(Role::Officer, None, "0900000012").await;
    let server = ground.serve().await;
    let seller_token = Some(token.as_str());

    let body = json!({ "name": "Khóm thử", "group": "food", "unit": "kg", "price_vnd": 35000, "stock": 20.5, "variants": [{ "name": "Loại 2", "price_vnd": 30000, "stock": 5 }] });
    let (status, listed) = server.post("/seller/products", seller_token, &body).await;
    assert_eq!(
        (status, listed["status"].as_str()),
        (201, Some("draft")),
        "{listed}"
    );
    let id = listed["id"].as_str().unwrap().to_owned();
    let (status, problem) = server
        .post(
            &format!("/seller/products/{id}/submit"),
            seller_token,
            &json!({}),
        )
        .await;
    assert_eq!(
        (status, problem["errors"][0]["field"].as_str()),
        (422, Some("photo")),
        "{problem}"
    );

    let photo = include_bytes!("../../../data/catalogue/photos/khom_01.jpg");
    let part = reqwest::multipart::Part::bytes(photo.to_vec()).file_name("khom.jpg");
    let form = reqwest::multipart::Form::new().part("photo", part);
    let url = format!("{}/api/v1/seller/products/{id}/photos", server.base);
    let accepted = server
        .client
        .post(&url)
        .bearer_auth(&token)
        .multipart(form)
        .send()
        .await
        .unwrap();
    assert_eq!(accepted.status(), 201);
    let accepted: serde_json::Value = accepted.json().await.unwrap();
    let file = server
        .client
        .get(format!(
            "{}{}",
            server.base,
            accepted["variants"][0]["url"].as_str().unwrap()
        ))
        .send()
        .await
        .unwrap();
    assert_eq!(
        (
            file.status().as_u16(),
            file.headers()["x-content-type-options"].to_str().unwrap()
        ),
        (200, "nosniff")
    );
    let form = reqwest::multipart::Form::new().part(
        "photo",
        reqwest::multipart::Part::bytes(b"<svg/>".to_vec()).file_name("x.jpg"),
    );
    let refused = server
        .client
        .post(&url)
        .bearer_auth(&token)
        .multipart(form)
        .send()
        .await
        .unwrap();
    assert_eq!(
        refused.json::<serde_json::Value>().await.unwrap()["code"],
        "type_not_allowed"
    );
    let (status, published) = server
        .post(
            &format!("/seller/products/{id}/submit"),
            seller_token,
            &json!({}),
        )
        .await;
    assert_eq!(
        (status, published["status"].as_str()),
        (200, Some("published")),
        "{published}"
    );

    let slug = listed["slug"].as_str().unwrap();
    let mut found = json!({});
    for _ in 0..100 {
        found = server.get("/products?q=khom", None).await.1;
        if found["total"] == 1 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let item = &found["items"][0];
    assert_eq!(
        (
            item["slug"].as_str(),
            item["price_vnd"].as_i64(),
            item["in_stock"].as_bool()
        ),
        (Some(slug), Some(35_000), Some(true)),
        "{found}"
    );
    let (_, product) = server.get(&format!("/products/{slug}"), None).await;
    assert_eq!(product["variants"][1]["available"], 5.0);
    let variant = product["variants"][0]["id"]
        .as_str()
        .unwrap()
        .parse()
        .unwrap();

    let (status, placed) = server.post("/orders", None, &order(&[(variant, 2)])).await;
    assert_eq!(status, 201, "{placed}");
    assert_eq!(
        placed["total_vnd"].as_i64().unwrap(),
        70_000 + placed["seller_orders"][0]["shipping_vnd"].as_i64().unwrap()
    );
    assert_eq!(placed["seller_orders"][0]["payment"]["collector"], "seller");
    let (number, key) = (
        placed["number"].as_str().unwrap(),
        placed["token"].as_str().unwrap(),
    );
    assert_eq!(
        server
            .get(&format!("/orders/{number}?token={key}"), None)
            .await
            .0,
        200
    );
    assert_eq!(
        server
            .get(&format!("/orders/{number}?token=x"), None)
            .await
            .0,
        404
    );

    let part = placed["seller_orders"][0]["id"].as_str().unwrap();
    for event in ["confirm", "pack", "ship", "deliver", "pay"] {
        let (status, moved) = server
            .post(
                &format!("/seller/orders/{part}/{event}"),
                seller_token,
                &json!({}),
            )
            .await;
        assert_eq!(status, 200, "{event}: {moved}");
    }
    let (status, problem) = server
        .post(
            &format!("/seller/orders/{part}/cancel"),
            seller_token,
            &json!({ "reason": "x" }),
        )
        .await;
    assert_eq!(
        (status, problem["code"].as_str()),
        (409, Some("not_allowed"))
    );

    let mut report = json!({});
    for _ in 0..100 {
        report = server
            .get("/reports/sales?by=seller&compare=previous", Some(&officer))
            .await
            .1;
        if report["totals"]["households_paid"] == 1 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(
        (
            report["rows"][0]["key"].as_str(),
            report["rows"][0]["net_vnd"].as_i64()
        ),
        (Some("ho-ut"), Some(70_000)),
        "{report}"
    );
    assert_eq!(report["compared"]["totals"]["orders"], 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_calls_are_answered_at_the_field() {
    let ground = Ground::new().await;
    let khom = ground.product("Hộ Út", "Khóm", 5, 12_000).await;
    let seller = ground
        .token(
            Role::Seller,
            Some(ground.seller("Hộ Út").await),
            "0900000013",
        )
        .await;
    let officer = ground.token(Role::Officer, None, "0900000014").await;
    let server = ground.serve().await;
    let fields = |problem: &serde_json::Value| -> Vec<String> {
        problem["errors"]
            .as_array()
            .unwrap()
            .iter()
            .map(|error| error["field"].as_str().unwrap().to_owned())
            .collect()
    };
    let (status, problem) = server.post("/orders", None, &json!({})).await;
    assert_eq!(status, 422);
    assert_eq!(
        fields(&problem),
        [
            "lines",
            "contact.name",
            "contact.phone",
            "address.commune_code",
            "address.street",
            "payment_method"
        ]
    );
    assert!(
        problem["errors"]
            .as_array()
            .unwrap()
            .iter()
            .all(|error| !error["message"].as_str().unwrap().contains("field.")),
        "{problem}"
    );
    let mut bad = order(&[(khom, 1)]);
    bad["lines"][0]["quantity"] = json!("nhiều");
    bad["payment_method"] = json!("card");
    assert_eq!(
        fields(&server.post("/orders", None, &bad).await.1),
        ["lines.0.quantity", "payment_method"]
    );
    let malformed = server
        .client
        .post(format!("{}/api/v1/orders", server.base))
        .header("content-type", "application/json")
        .body("{")
        .send()
        .await
        .unwrap();
    assert_eq!(
        (
            malformed.status().as_u16(),
            malformed.headers()["content-type"].to_str().unwrap()
        ),
        (400, "application/problem+json")
    );
    assert_eq!(server.get("/products?group=moon&page=0", None).await.0, 422);
    assert_eq!(server.get("/products/khong-co", None).await.0, 404);
    assert_eq!(server.get("/khong-co", None).await.0, 404);
    assert_eq!(server.get("/reports/sales", None).await.0, 401);
    assert_eq!(server.get("/reports/sales", Some("cb_wrong")).await.0, 401);
    assert_eq!(server.get("/reports/sales", Some(&seller)).await.0, 403);
    assert_eq!(
        fields(
            &server
                .get("/reports/sales?from=2026-02-30&by=moon", Some(&officer))
                .await
                .1
        ),
        ["from", "by"]
    );
    assert_eq!(
        server
            .post("/seller/products", Some(&officer), &json!({}))
            .await
            .0,
        403
    );
    let (status, problem) = server
        .post(
            "/seller/products",
            Some(&seller),
            &json!({ "name": "x", "price_vnd": -1 }),
        )
        .await;
    assert_eq!(
        (status, fields(&problem)),
        (
            422,
            ["name", "group", "stock", "price_vnd", "unit"]
                .map(str::to_owned)
                .to_vec()
        )
    );
    let (_, document) = server.get("/openapi.json", None).await;
    for path in [
        "/products",
        "/products/{slug}",
        "/orders",
        "/orders/{number}",
        "/seller/products",
        "/seller/products/{id}/photos",
        "/seller/products/{id}/submit",
        "/reports/sales",
    ] {
        assert!(
            document["paths"][path].is_object(),
            "{path} is not described"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_key_makes_one_product() {
    let ground = Ground::new().await;
    let token = ground
        .token(
            Role::Seller,
            Some(ground.seller("Hộ Út").await),
            "0900000015",
        )
        .await;
    let server = ground.serve().await;
    let body = json!({ "name": "Khóm thử", "group": "food", "unit": "kg", "price_vnd": 35000, "stock": 20 });
    let make = async || -> String {
        let request = server
            .client
            .post(format!("{}/api/v1/seller/products", server.base))
            .bearer_auth(&token)
            .header("idempotency-key", "draft-1")
            .json(&body);
        let answer: serde_json::Value = request.send().await.unwrap().json().await.unwrap();
        answer["id"].as_str().unwrap().to_owned()
    };
    assert_eq!(make().await, make().await);
}
