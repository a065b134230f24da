//! The REST contract.
use std::time::Duration;

use market::kernel::{Actor, Role};
use serde_json::{Value, json};

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

    // As large as a camera makes it.
    let mut photo = include_bytes!("../../../data/catalogue/photos/khom_01.jpg").to_vec();
    photo.resize(5 * 1024 * 1024, 0);
    let part = reqwest::multipart::Part::bytes(photo).file_name("khom.jpg");
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
        "not_an_image"
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
        (200, Some("submitted")),
        "{published}"
    );
    ground.approve(&id).await;

    // What is left out stays, so that a price alone waits for nobody.
    let change = json!({ "price_vnd": 36_000 });
    let path = format!("/seller/products/{id}");
    let (status, changed) = server.patch(&path, seller_token, &change).await;
    assert_eq!(
        (status, changed["name"].as_str(), changed.get("change")),
        (200, listed["name"].as_str(), None),
        "{changed}"
    );
    let path = format!("/products/{}", listed["slug"].as_str().unwrap());
    let product = server.get(&path, None).await.1;
    assert_eq!(
        (
            product["variants"][0]["price_vnd"].as_i64(),
            product["variants"][0]["unit"].as_str(),
            product["variants"][0]["available"].as_f64(),
        ),
        (Some(36_000), Some("kg"), Some(20.5)),
        "{product}"
    );
    let change = json!({ "price_vnd": 35_000 });
    server
        .patch(&format!("/seller/products/{id}"), seller_token, &change)
        .await;
    let slug = listed["slug"].as_str().unwrap();
    let mut found = json!({});
    for _ in 0..100 {
        found = server.get("/products?q=khom", None).await.1;
        if found["items"][0]["price_vnd"] == 35_000 {
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
    let (_, report) = server.get("/reports/sales?by=group", Some(&officer)).await;
    assert_eq!(
        (
            report["rows"][0]["key"].as_str(),
            report["rows"][0]["label"].as_str()
        ),
        (Some("food"), Some("Thực phẩm")),
        "{report}"
    );
}

/// The fields that a problem names.
fn fields(problem: &Value) -> Vec<String> {
    wrong(problem).into_iter().map(|(field, _)| field).collect()
}

/// The fields that a problem names, each with the code of what is wrong.
fn wrong(problem: &Value) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    problem["errors"]
        .as_array()
        .unwrap_or_else(|| panic!("no fields in {problem}"))
        .iter()
        .map(|error| {
            let message = text(&error["message"]);
            assert!(
                !message.contains("field.") && !message.contains("%{"),
                "{message}"
            );
            (text(&error["field"]), text(&error["code"]))
        })
        .collect()
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
    for (kind, body, status) in [
        ("application/json", "{", 400),
        ("application/json", "[]", 422),
        ("text/plain", "{}", 415),
    ] {
        let malformed = server
            .client
            .post(format!("{}/api/v1/orders", server.base))
            .header("content-type", kind)
            .body(body)
            .send()
            .await
            .unwrap();
        assert_eq!(
            (
                malformed.status().as_u16(),
                malformed.headers()["content-type"].to_str().unwrap()
            ),
            (status, "application/problem+json"),
            "{kind}: {body}"
        );
    }
    for (query, field) in [
        ("group=moon", "group"),
        ("stars=2", "stars"),
        ("stars=4,x", "stars"),
        ("commune=99999", "commune"),
        ("commune=Hoa%20Luu", "commune"),
        ("seller=khong-co", "seller"),
        ("seller_kind=king", "seller_kind"),
        ("sort=size", "sort"),
        ("in_season=maybe", "in_season"),
        ("page=0", "page"),
        ("page=10001", "page"),
        ("page=-1", "page"),
        ("per_page=101", "per_page"),
        ("per_page=many", "per_page"),
        ("min_vnd=cheap", "min_vnd"),
        ("min_vnd=9000&max_vnd=8000", "max_vnd"),
    ] {
        let (status, problem) = server.get(&format!("/products?{query}"), None).await;
        assert_eq!(
            (status, fields(&problem)),
            (422, vec![field.to_owned()]),
            "{query}"
        );
    }
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
async fn lists_are_read_by_page_place_and_shop() {
    let ground = Ground::new().await;
    ground.product("Hộ Út", "Khóm", 5, 12_000).await;
    ground.product("Hộ Hai", "Mứt khóm", 5, 60_000).await;
    market::transact_sure!(ground.store, &Actor::system(), work => Ok(market::search::commands::rebuild(work).await?)).unwrap();
    let server = ground.serve().await;
    let list = async |query: &str| {
        let (status, list) = server.get(&format!("/products?{query}"), None).await;
        assert_eq!(status, 200, "{query}: {list}");
        (
            list["items"].as_array().unwrap().len(),
            list["total"].as_i64().unwrap(),
            list["page"].as_i64().unwrap(),
        )
    };
    assert_eq!(list("").await, (2, 2, 1));
    assert_eq!(list("per_page=1&page=2").await, (1, 2, 2));
    assert_eq!(list("per_page=1&page=99").await, (0, 2, 99));
    assert_eq!(list("seller=ho-ut").await, (1, 1, 1));
    assert_eq!(list("commune=31338").await, (2, 2, 1));
    // Xã Hoả Tiến until June 2025.
    assert_eq!(list("commune=31339").await, (2, 2, 1));
    // Another commune, where nobody sells.
    assert_eq!(list("commune=31168").await, (0, 0, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_that_cannot_be_right_names_every_field() {
    let ground = Ground::new().await;
    let khom = ground.product("Hộ Út", "Khóm", 5, 12_000).await;
    let chanh = ground.product("Hộ Út", "Chanh", 5, 8_000).await;
    sqlx::query("update variants set min_quantity = 2000, step_quantity = 500 where id = $1")
        .bind(chanh.0)
        .execute(ground.store.reader())
        .await
        .unwrap();
    let server = ground.serve().await;
    let nobody = "00000000-0000-7000-8000-000000000000";
    let good = order(&[(khom, 1)]);
    let with = |pointer: &str, value: Value| {
        let mut body = good.clone();
        *body.pointer_mut(pointer).unwrap() = value;
        body
    };
    let quantity = |value: Value| with("/lines/0/quantity", value);
    let lines = |lines: &[(&str, f64)]| {
        let lines = lines
            .iter()
            .map(|(variant, quantity)| json!({ "variant_id": variant, "quantity": quantity }));
        with("/lines", lines.collect())
    };
    let (khom_id, chanh_id) = (khom.to_string(), chanh.to_string());
    let at_quantity = "lines.0.quantity";
    for (body, expected) in [
        (quantity(json!("1")), &[(at_quantity, "type")][..]),
        (quantity(json!(null)), &[(at_quantity, "required")]),
        (quantity(json!(true)), &[(at_quantity, "type")]),
        (quantity(json!(0)), &[(at_quantity, "amount")]),
        (quantity(json!(-1)), &[(at_quantity, "amount")]),
        (quantity(json!(-0.5)), &[(at_quantity, "amount")]),
        (quantity(json!(1e30)), &[(at_quantity, "amount")]),
        (quantity(json!(u64::MAX)), &[(at_quantity, "amount")]),
        (quantity(json!(1.2345)), &[(at_quantity, "decimals")]),
        (quantity(json!(1e-9)), &[(at_quantity, "decimals")]),
        (quantity(json!(1.5)), &[(at_quantity, "step")]),
        (lines(&[(&chanh_id, 1.0)]), &[(at_quantity, "step")]),
        (lines(&[(&chanh_id, 2.25)]), &[(at_quantity, "step")]),
        (
            lines(&[
                (&khom_id, 1.0),
                (&chanh_id, 1.0),
                (&khom_id, 0.5),
                (nobody, 1.0),
            ]),
            &[
                (at_quantity, "step"),
                ("lines.1.quantity", "step"),
                ("lines.3.variant_id", "unknown_variant"),
            ],
        ),
        (
            with("/lines/0/variant_id", json!(7)),
            &[("lines.0.variant_id", "type")],
        ),
        (
            with("/lines/0/variant_id", json!("x")),
            &[("lines.0.variant_id", "id")],
        ),
        (with("/lines", json!([])), &[("lines", "required")]),
        (with("/lines", json!("khóm")), &[("lines", "type")]),
        (with("/lines/0", json!(null)), &[("lines.0", "required")]),
        (with("/lines/0", json!(3)), &[("lines.0", "type")]),
        (
            with("/lines/0", json!([khom_id, 1])),
            &[("lines.0", "type")],
        ),
        (with("/contact", json!(["Út"])), &[("contact", "type")]),
        (with("/contact", json!("Út")), &[("contact", "type")]),
        (
            with("/contact", json!(null)),
            &[("contact.name", "required"), ("contact.phone", "required")],
        ),
        (
            with("/contact/phone", json!(912_345_678)),
            &[("contact.phone", "type")],
        ),
        (
            with("/contact/phone", json!("12345")),
            &[("contact.phone", "phone")],
        ),
        (
            with("/contact/name", json!("x".repeat(101))),
            &[("contact.name", "too_long")],
        ),
        (
            with("/address/street", json!(" ")),
            &[("address.street", "required")],
        ),
        (
            with("/address/commune_code", json!("Hỏa Lựu")),
            &[("address.commune_code", "commune_code")],
        ),
        (
            with("/address/commune_code", json!("99999")),
            &[("address.commune_code", "commune_code")],
        ),
        // Was split between two wards of today.
        (
            with("/address/commune_code", json!("31178")),
            &[("address.commune_code", "commune_split")],
        ),
        (
            with("/payment_method", json!("card")),
            &[("payment_method", "choose")],
        ),
        (
            with("/payment_method", json!({})),
            &[("payment_method", "type")],
        ),
    ] {
        let (status, problem) = server.post("/orders", None, &body).await;
        let expected: Vec<_> = expected
            .iter()
            .map(|(field, code)| ((*field).to_owned(), (*code).to_owned()))
            .collect();
        assert_eq!(
            (status, wrong(&problem)),
            (422, expected),
            "{body}: {problem}"
        );
    }
    let placed: i64 = sqlx::query_scalar("select count(*) from orders")
        .fetch_one(ground.store.reader())
        .await
        .unwrap();
    assert_eq!(placed, 0);
    // Counted together they are enough; a former code leads to today's commune; null is like nothing.
    let mut body = lines(&[(&chanh_id, 1.0), (&chanh_id, 1.5)]);
    body["address"]["commune_code"] = json!("31447");
    body["note"] = json!(null);
    let (status, placed) = server.post("/orders", None, &body).await;
    assert_eq!(status, 201, "{placed}");
    assert_eq!(placed["seller_orders"][0]["lines"][0]["quantity"], 2.5);
    let (number, token) = (
        placed["number"].as_str().unwrap(),
        placed["token"].as_str().unwrap(),
    );
    let (_, followed) = server
        .get(
            &format!("/orders/{}?token={token}", number.to_lowercase()),
            None,
        )
        .await;
    assert_eq!(followed["number"], *number);
    assert_eq!(followed["seller_orders"][0]["events"][0]["state"], "placed");
    assert_eq!(followed["seller_orders"][0]["payment"]["status"], "pending");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_out_of_stock_is_named_with_what_is_left() {
    let ground = Ground::new().await;
    let khom = ground.product("Hộ Út", "Khóm", 5, 12_000).await;
    let chanh = ground.product("Hộ Út", "Chanh", 5, 8_000).await;
    sqlx::query("update products set status = 'paused' where id = (select product_id from variants where id = $1)")
        .bind(chanh.0)
        .execute(ground.store.reader())
        .await
        .unwrap();
    let server = ground.serve().await;
    let (status, problem) = server
        .post("/orders", None, &order(&[(khom, 3), (chanh, 1), (khom, 3)]))
        .await;
    assert_eq!(
        (status, problem["code"].as_str(), &problem["variants"]),
        (
            409,
            Some("out_of_stock"),
            &json!([
                { "variant_id": khom.to_string(), "name": "Khóm", "available": 5.0 },
                { "variant_id": chanh.to_string(), "name": "Chanh", "available": 0.0 },
            ])
        ),
        "{problem}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_is_one_order_and_another_body_is_refused() {
    let ground = Ground::new().await;
    let khom = ground.product("Hộ Út", "Khóm", 5, 12_000).await;
    let server = ground.serve().await;
    let body = order(&[(khom, 2)]);
    let (status, first) = server.order("k-1", &body).await.unwrap();
    assert_eq!(status, 201, "{first}");
    let (status, second) = server.order("k-1", &body).await.unwrap();
    assert_eq!((status, &second["number"]), (201, &first["number"]));
    let mut other = body.clone();
    other["lines"][0]["quantity"] = json!(1);
    let (status, refused) = server.order("k-1", &other).await.unwrap();
    assert_eq!(
        (status, refused["code"].as_str(), refused["token"].as_str()),
        (422, Some("key_reused"), None)
    );
    let (_, third) = server.order("k-2", &other).await.unwrap();
    assert_ne!(third["number"], first["number"]);
    // What was refused has not used its key up.
    other["contact"]["phone"] = json!("12345");
    assert_eq!(server.order("k-3", &other).await.unwrap().0, 422);
    assert_eq!(server.order("k-3", &body).await.unwrap().0, 201);
    let (status, refused) = server.order(&"k".repeat(201), &body).await.unwrap();
    assert_eq!(
        (status, fields(&refused)),
        (422, vec!["Idempotency-Key".to_owned()])
    );
}
