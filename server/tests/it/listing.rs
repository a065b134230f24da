//! A seller's own software lists products: what it sends is read, refused at the field, and made once.
use market::kernel::Role;
use serde_json::{Value, json};

use crate::support::Ground;

#[tokio::test(flavor = "multi_thread")]
async fn numbers_are_read_as_they_are_and_not_as_people_type_them() {
    let ground = Ground::new().await;
    let seller = ground.seller("Hộ Út").await;
    let token = ground.token(Role::Seller, Some(seller), "0900000031").await;
    let server = ground.serve().await;
    let list = async |price: Value, stock: Value| {
        let body = json!({ "name": "Khóm thử", "group": "food", "unit": "kg", "price_vnd": price, "stock": stock });
        server.post("/seller/products", Some(&token), &body).await
    };
    let (status, listed) = list(json!(35000.0), json!(1.125)).await;
    assert_eq!(status, 201, "{listed}");
    let (on_hand, price): (i64, i64) = sqlx::query_as(
        "select on_hand, price_vnd from stock_items join variants on variants.id = variant_id",
    )
    .fetch_one(ground.store.reader())
    .await
    .unwrap();
    assert_eq!((on_hand, price), (1125, 35_000));
    for price in [json!(10000.7), json!("10.5"), json!(-1), json!(0)] {
        let (status, problem) = list(price.clone(), json!(5)).await;
        assert_eq!(
            (status, problem["errors"][0]["code"].as_str()),
            (422, Some("price")),
            "{price}: {problem}"
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
    let make = async |body: &Value| -> Value {
        let request = server
            .client
            .post(format!("{}/api/v1/seller/products", server.base))
            .bearer_auth(&token)
            .header("idempotency-key", "draft-1")
            .json(body);
        request.send().await.unwrap().json().await.unwrap()
    };
    let first = make(&body).await;
    assert!(first["id"].is_string(), "{first}");
    assert_eq!(make(&body).await, first);
    let mut other = body.clone();
    other["stock"] = json!(21);
    assert_eq!(make(&other).await["code"], "key_reused");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_product_that_cannot_be_right_names_every_field() {
    let ground = Ground::new().await;
    let seller = ground.seller("Hộ Út").await;
    let token = ground.token(Role::Seller, Some(seller), "0900000016").await;
    let server = ground.serve().await;
    let good = json!({
        "name": "Khóm thử", "group": "food", "unit": "kg", "price_vnd": 35000, "stock": 20,
        "season": "4,5", "variants": [{ "name": "Thùng", "price_vnd": 300_000, "stock": 3 }],
    });
    let with = |pointer: &str, value: Value| {
        let mut body = good.clone();
        *body.pointer_mut(pointer).unwrap() = value;
        body
    };
    for (body, expected) in [
        (with("/name", json!(7)), &[("name", "type")][..]),
        (with("/name", json!(null)), &[("name", "required")]),
        (with("/group", json!(["food"])), &[("group", "type")]),
        (with("/group", json!("fruit")), &[("group", "choose")]),
        (with("/unit", json!({})), &[("unit", "type")]),
        (with("/price_vnd", json!([1])), &[("price_vnd", "type")]),
        (with("/price_vnd", json!(true)), &[("price_vnd", "type")]),
        (with("/stock", json!({})), &[("stock", "type")]),
        (with("/stock", json!(-1)), &[("stock", "amount")]),
        (with("/variants", json!({})), &[("variants", "type")]),
        (with("/variants/0", json!([1])), &[("variants.0", "type")]),
        (
            with("/variants/0", json!(null)),
            &[("variants.0", "required")],
        ),
        (
            with("/variants/0", json!({ "name": 1, "unit": 2, "stock": "x" })),
            &[
                ("variants.0.name", "type"),
                ("variants.0.price_vnd", "required"),
                ("variants.0.stock", "number"),
                ("variants.0.unit", "type"),
            ],
        ),
        (
            json!({ "name": 1, "stock": [], "price_vnd": "x" }),
            &[
                ("group", "choose"),
                ("name", "type"),
                ("price_vnd", "price"),
                ("stock", "type"),
                ("unit", "required"),
            ],
        ),
    ] {
        let (status, problem) = server.post("/seller/products", Some(&token), &body).await;
        let errors = problem["errors"].as_array().cloned().unwrap_or_default();
        let mut told: Vec<_> = errors
            .iter()
            .map(|error| {
                (
                    error["field"].as_str().unwrap(),
                    error["code"].as_str().unwrap(),
                )
            })
            .collect();
        told.sort_unstable();
        assert_eq!(
            (status, told.as_slice()),
            (422, expected),
            "{body}: {problem}"
        );
    }
    for body in [json!([]), json!("khóm"), json!(null)] {
        let (status, problem) = server.post("/seller/products", Some(&token), &body).await;
        assert_eq!((status, problem["code"].as_str()), (422, Some("malformed")));
    }
    let (status, listed) = server.post("/seller/products", Some(&token), &good).await;
    assert_eq!(status, 201, "{listed}");
    let path = format!("/seller/products/{}", listed["id"].as_str().unwrap());
    let (status, problem) = server
        .patch(&path, Some(&token), &with("/season", json!(4)))
        .await;
    assert_eq!(
        (status, problem["errors"][0]["field"].as_str()),
        (422, Some("season"))
    );
}

/// At whose desk a call is made: a helper's at the household's that consents, a seller's at one of its own; anybody
/// else's is not there.
#[tokio::test(flavor = "multi_thread")]
async fn a_call_is_made_at_the_desk_that_it_names() {
    let ground = Ground::new().await;
    let (consenting, other) = (ground.seller("Hộ Út").await, ground.seller("Hộ Hai").await);
    let helper = ground.token(Role::Helper, None, "0900000041").await;
    sqlx::query(
        "insert into household_consents (id, seller_id, helper_id, tasks, method, asked_at, given_at, valid_until)
         select gen_random_uuid(), $1, id, '{list}', 'code', now(), now(), now() + interval '1 day'
         from people where phone = '+84900000041'",
    )
    .bind(consenting.0)
    .execute(ground.store.writer())
    .await
    .unwrap();
    let owner = ground.token(Role::Seller, Some(other), "0900000042").await;
    let server = ground.serve().await;
    let list = async |token: &str, desk: Option<&str>| {
        let body = json!({ "name": "Khóm thử", "group": "food", "unit": "kg", "price_vnd": 35000, "stock": 20 });
        let mut request = server
            .client
            .post(format!("{}/api/v1/seller/products", server.base))
            .bearer_auth(token)
            .json(&body);
        if let Some(desk) = desk {
            request = request.header("x-seller", desk);
        }
        request.send().await.unwrap().status().as_u16()
    };
    assert_eq!(list(&helper, Some("ho-ut")).await, 201);
    assert_eq!(list(&owner, Some("ho-hai")).await, 201);
    assert_eq!(list(&owner, None).await, 201);
    for (token, desk) in [
        (&helper, Some("ho-hai")),
        (&helper, None),
        (&owner, Some("ho-ut")),
        (&owner, Some("khong-co")),
    ] {
        assert_eq!(list(token, desk).await, 403, "{desk:?}");
    }
    let listed: Vec<i64> =
        sqlx::query_scalar("select count(*) from products group by seller_id order by 1")
            .fetch_all(ground.store.reader())
            .await
            .unwrap();
    assert_eq!(listed, [1, 2]);
    sqlx::query("update household_consents set ended_at = now()")
        .execute(ground.store.writer())
        .await
        .unwrap();
    assert_eq!(list(&helper, Some("ho-ut")).await, 403);
}
