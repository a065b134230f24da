//! Programs hear of what happens: signed, tried again, and of nothing that is not theirs.
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use market::kernel::Role;
use market::webhooks::signature;
use serde_json::{Value, json};
use time::OffsetDateTime;
use tokio::net::TcpListener;
use uuid::Uuid;

use crate::support::{Ground, Server};

/// A message as it came.
#[derive(Clone)]
struct Heard {
    id: Uuid,
    at: OffsetDateTime,
    signature: String,
    body: String,
}

impl Heard {
    fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }
}

/// A program that hears; it answers the first message with an error.
#[derive(Clone, Default)]
struct Receiver(Arc<Mutex<Vec<Heard>>>);

impl Receiver {
    async fn listen(&self) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}/hear", listener.local_addr().unwrap());
        let app = Router::new()
            .route("/hear", post(hear))
            .with_state(self.clone());
        tokio::spawn(async move { axum::serve(listener, app).await });
        address
    }

    fn all(&self) -> Vec<Heard> {
        self.0.lock().unwrap().clone()
    }

    /// Waits until so many messages came.
    async fn heard(&self, count: usize) -> Vec<Heard> {
        for _ in 0..200 {
            if self.all().len() >= count {
                break;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        let all = self.all();
        assert_eq!(all.len(), count);
        all
    }
}

async fn hear(State(receiver): State<Receiver>, headers: HeaderMap, body: Bytes) -> StatusCode {
    let header = |name: &str| headers[name].to_str().unwrap().to_owned();
    let mut heard = receiver.0.lock().unwrap();
    heard.push(Heard {
        id: header("webhook-id").parse().unwrap(),
        at: OffsetDateTime::from_unix_timestamp(header("webhook-timestamp").parse().unwrap())
            .unwrap(),
        signature: header("webhook-signature"),
        body: String::from_utf8(body.to_vec()).unwrap(),
    });
    if heard.len() == 1 {
        StatusCode::SERVICE_UNAVAILABLE
    } else {
        StatusCode::NO_CONTENT
    }
}

async fn subscribe(
    server: &Server,
    token: &str,
    url: &str,
    topics: &[&str],
) -> (StatusCode, Value) {
    let request = server
        .client
        .post(format!("{}/api/v1/webhooks", server.base))
        .bearer_auth(token)
        .json(&json!({ "url": url, "topics": topics }));
    let answer = request.send().await.unwrap();
    let status = StatusCode::from_u16(answer.status().as_u16()).unwrap();
    (status, answer.json().await.unwrap())
}

async fn list(server: &Server, token: &str) -> Value {
    let request = server
        .client
        .get(format!("{}/api/v1/webhooks", server.base))
        .bearer_auth(token);
    request.send().await.unwrap().json().await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_happens_is_told_signed_and_told_again_where_nobody_answered() {
    let ground = Ground::new().await;
    let variant = ground.product("Hộ Út", "Khóm", 5, 12_000).await;
    let shop = ground.seller("Hộ Bảy").await;
    let own: Uuid = sqlx::query_scalar("select seller_id from products join variants on variants.product_id = products.id where variants.id = $1")
        .bind(variant.0)
        .fetch_one(ground.store.reader())
        .await
        .unwrap();
    let owner = ground
        .token(
            Role::Seller,
            Some(market::kernel::SellerId(own)),
            "0912345001",
        )
        .await;
    let stranger = ground.token(Role::Seller, Some(shop), "0912345002").await;
    let server = ground.serve_with(&[("CAY_BEO_WEBHOOKS", "any")]).await;
    let (mine, others) = (Receiver::default(), Receiver::default());
    let (status, made) = subscribe(&server, &owner, &mine.listen().await, &["order.changed"]).await;
    assert_eq!(status, StatusCode::CREATED, "{made}");
    let (status, _) = subscribe(
        &server,
        &stranger,
        &others.listen().await,
        &["order.changed"],
    )
    .await;
    assert_eq!(status, StatusCode::CREATED);

    let order = json!({
        "lines": [{ "variant_id": variant.0, "quantity": 1 }],
        "contact": { "name": "Lan", "phone": "0912345678" },
        "address": { "commune_code": "31338", "street": "Số 1" },
        "payment_method": "cod",
    });
    let request = server
        .client
        .post(format!("{}/api/v1/orders", server.base))
        .json(&order);
    let placed: Value = request.send().await.unwrap().json().await.unwrap();
    let first = mine.heard(1).await.remove(0);
    assert_eq!(first.json()["type"], "order.changed");
    assert_eq!(first.json()["data"]["number"], placed["number"]);
    assert_eq!(first.json()["data"]["state"], "placed");
    let secret = made["secret"]
        .as_str()
        .unwrap()
        .strip_prefix("whsec_")
        .unwrap();
    let secret = STANDARD.decode(secret).unwrap();
    assert_eq!(
        first.signature,
        signature(&secret, first.id, first.at, &first.body)
    );
    assert!((ground.store.now() - first.at).whole_seconds().abs() < 30);

    // Nobody answered: it is noted, and the same comes again once its pause is over.
    let note = list(&server, &owner).await[0]["deliveries"][0].clone();
    assert_eq!(note["id"], first.id.to_string());
    sqlx::query("update webhook_deliveries set available_at = now() where delivered_at is null")
        .execute(ground.store.writer())
        .await
        .unwrap();
    let again = mine.heard(2).await.remove(1);
    assert_eq!((again.id, &again.body), (first.id, &first.body));

    let request = server
        .client
        .post(format!(
            "{}/api/v1/webhooks/{}/ping",
            server.base,
            made["id"].as_str().unwrap()
        ))
        .bearer_auth(&owner);
    assert_eq!(request.send().await.unwrap().status().as_u16(), 202);
    assert_eq!(mine.heard(3).await[2].json()["type"], "ping");
    let answered = async || {
        list(&server, &owner).await[0]["deliveries"]
            .as_array()
            .unwrap()
            .iter()
            .all(|note| note["delivered_at"].is_string())
    };
    for _ in 0..100 {
        if answered().await {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert!(answered().await);
    assert!(
        others.all().is_empty(),
        "another shop's orders are not heard of"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_subscription_is_its_makers_and_leads_to_the_open_internet() {
    let ground = Ground::new().await;
    let shop = ground.seller("Hộ Bảy").await;
    let owner = ground.token(Role::Seller, Some(shop), "0912345001").await;
    let buyer = ground.token(Role::Buyer, None, "0912345002").await;
    let server = ground.serve().await;
    for (token, url, topics, status, field) in [
        (
            &owner,
            "http://127.0.0.1:9/",
            &["product.changed"][..],
            422,
            "url",
        ),
        (&owner, "https://htx.example/", &["mua"], 422, "topics"),
        (&owner, "", &[], 422, "url"),
        (&buyer, "https://htx.example/", &["order.changed"], 403, ""),
    ] {
        let (answered, problem) = subscribe(&server, token, url, topics).await;
        assert_eq!(answered.as_u16(), status, "{url} {topics:?}: {problem}");
        if !field.is_empty() {
            assert_eq!(problem["errors"][0]["field"], field, "{problem}");
        }
    }
    let (_, made) = subscribe(
        &server,
        &owner,
        "https://htx.example/",
        &["product.changed"],
    )
    .await;
    let one = format!(
        "{}/api/v1/webhooks/{}",
        server.base,
        made["id"].as_str().unwrap()
    );
    assert_eq!(list(&server, &buyer).await, json!([]));
    assert!(
        list(&server, &owner).await[0]["secret"].is_null(),
        "told once"
    );
    let remove = async |token: &str| {
        let request = server.client.delete(&one).bearer_auth(token);
        request.send().await.unwrap().status().as_u16()
    };
    assert_eq!(
        (
            remove(&buyer).await,
            remove(&owner).await,
            remove(&owner).await
        ),
        (404, 204, 404)
    );
    for number in 0..5 {
        let url = format!("https://htx.example/{number}");
        assert_eq!(
            subscribe(&server, &owner, &url, &["product.changed"])
                .await
                .0,
            StatusCode::CREATED
        );
    }
    let (status, problem) = subscribe(
        &server,
        &owner,
        "https://htx.example/6",
        &["product.changed"],
    )
    .await;
    assert_eq!(
        (status.as_u16(), &problem["code"]),
        (409, &json!("too_many"))
    );
}
