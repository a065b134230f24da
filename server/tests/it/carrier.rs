//! A carrier that fails, is slow, repeats and tells things in another order: a parcel is booked once, and only goes on.
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use market::kernel::{Role, SellerId};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::support::{Ground, Server, order};

const SECRET: &str = "bi-mat-cua-ghn";
const TOKEN: &str = "637170d5";

/// What the carrier does with the next requests for an order, before it does as it should.
#[derive(Clone, Copy, Debug)]
enum Mood {
    /// Answers an error and does nothing.
    Fails,
    /// Does it, and the answer is lost on its way.
    LosesTheAnswer,
    /// Says that it won't.
    Refuses,
}

#[derive(Default)]
struct Book {
    moods: Vec<Mood>,
    /// Orders by our code, each with its own.
    orders: HashMap<String, String>,
    cancelled: Vec<String>,
    /// The answer to the next cancel is lost on its way.
    loses_cancel: bool,
    /// Every request with its path.
    asked: Vec<(String, Value)>,
}

/// A carrier of the shape that GHN documents.
#[derive(Clone, Default)]
struct Fake(Arc<Mutex<Book>>);

impl Fake {
    async fn listen(&self) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let app = Router::new()
            .route("/shiip/public-api/v2/{group}/{call}", post(answer))
            .with_state(self.clone());
        tokio::spawn(async move { axum::serve(listener, app).await });
        address
    }

    fn asked(&self, call: &str) -> Vec<Value> {
        let book = self.0.lock().unwrap();
        let asked = book.asked.iter().filter(|(path, _)| path == call);
        asked.map(|(_, body)| body.clone()).collect()
    }

    fn orders(&self) -> usize {
        self.0.lock().unwrap().orders.len()
    }
}

async fn answer(
    State(fake): State<Fake>,
    Path((_, call)): Path<(String, String)>,
    headers: HeaderMap,
    Json(body): Json<Value>,
) -> Response {
    let says = |code: u16, message: &str, data: Value| {
        let body = json!({ "code": code, "message": message, "data": data });
        (StatusCode::from_u16(code).unwrap(), Json(body)).into_response()
    };
    if headers.get("token").is_none_or(|token| token != TOKEN)
        || headers.get("shopid").is_none_or(|shop| shop != "885")
    {
        return says(401, "Token is not valid!", Value::Null);
    }
    let mut book = fake.0.lock().unwrap();
    book.asked.push((call.clone(), body.clone()));
    let code = body["client_order_code"]
        .as_str()
        .unwrap_or_default()
        .to_owned();
    match call.as_str() {
        "preview" => says(
            200,
            "Success",
            json!({ "order_code": "", "total_fee": 21_000, "expected_delivery_time": "2026-12-02T16:59:59Z" }),
        ),
        "create" => {
            let mood = if book.moods.is_empty() {
                None
            } else {
                Some(book.moods.remove(0))
            };
            match mood {
                Some(Mood::Fails) => return says(503, "Bad gateway", Value::Null),
                Some(Mood::Refuses) => {
                    return says(400, "Địa chỉ không thuộc tuyến giao", Value::Null);
                }
                Some(Mood::LosesTheAnswer) | None => {}
            }
            if book.orders.contains_key(&code) {
                return says(400, "Đơn hàng đã tồn tại", Value::Null);
            }
            let own = format!("GHN{}", book.orders.len() + 1);
            book.orders.insert(code, own.clone());
            if mood.is_some() {
                return (StatusCode::BAD_GATEWAY, "lost").into_response();
            }
            says(
                200,
                "Success",
                json!({ "order_code": own, "total_fee": "21000", "expected_delivery_time": "2026-12-02T16:59:59Z" }),
            )
        }
        "detail-by-client-code" => match book.orders.get(&code) {
            Some(own) => {
                let is_off = book.cancelled.contains(own);
                let status = if is_off { "cancel" } else { "ready_to_pick" };
                says(
                    200,
                    "Success",
                    json!([{ "order_code": own, "status": status }]),
                )
            }
            None => says(400, "Không tìm thấy", Value::Null),
        },
        "cancel" => {
            let own = body["order_codes"][0].as_str().unwrap().to_owned();
            let is_news = !book.cancelled.contains(&own);
            if is_news {
                book.cancelled.push(own.clone());
            }
            if std::mem::take(&mut book.loses_cancel) {
                return (StatusCode::BAD_GATEWAY, "lost").into_response();
            }
            says(
                200,
                "Success",
                json!([{ "order_code": own, "result": is_news, "message": "Đơn đã hủy" }]),
            )
        }
        _ => says(404, "no such call", Value::Null),
    }
}

/// A server that knows the carrier, and an order that is packed.
struct Desk {
    ground: Ground,
    server: Server,
    fake: Fake,
    token: String,
    part: String,
    number: String,
    order_token: String,
}

impl Desk {
    async fn new(moods: &[Mood]) -> Self {
        let ground = Ground::new().await;
        let variant = ground.product("Hộ Út", "Khóm", 50, 40_000).await;
        let seller: uuid::Uuid = sqlx::query_scalar("select seller_id from products join variants on variants.product_id = products.id where variants.id = $1")
            .bind(variant.0)
            .fetch_one(ground.store.reader())
            .await
            .unwrap();
        let token = ground
            .token(Role::Seller, Some(SellerId(seller)), "0912345001")
            .await;
        let fake = Fake::default();
        fake.0.lock().unwrap().moods = moods.to_vec();
        let url = fake.listen().await;
        let server = ground
            .serve_with(&[
                ("CAY_BEO_GHN_URL", &url),
                ("CAY_BEO_GHN_TOKEN", TOKEN),
                ("CAY_BEO_GHN_SHOP_ID", "885"),
                ("CAY_BEO_GHN_SECRET", SECRET),
            ])
            .await;
        let (status, placed) = server.post("/orders", None, &order(&[(variant, 2)])).await;
        assert_eq!(status, 201, "{placed}");
        let part = placed["seller_orders"][0]["id"]
            .as_str()
            .unwrap()
            .to_owned();
        let desk = Self {
            number: placed["number"].as_str().unwrap().to_owned(),
            order_token: placed["token"].as_str().unwrap().to_owned(),
            ground,
            server,
            fake,
            token,
            part,
        };
        desk.step("confirm").await;
        desk.step("pack").await;
        desk
    }

    async fn step(&self, event: &str) {
        let path = format!("/seller/orders/{}/{event}", self.part);
        let (status, answer) = self.server.post(&path, Some(&self.token), &json!({})).await;
        assert_eq!(status, 200, "{event}: {answer}");
    }

    /// The parcel as its buyer's program sees it.
    async fn parcel(&self) -> Value {
        let path = format!("/orders/{}?token={}", self.number, self.order_token);
        let (status, order) = self.server.get(&path, None).await;
        assert_eq!(status, 200, "{order}");
        order["seller_orders"][0]["parcel"].clone()
    }

    async fn state(&self) -> String {
        self.parcel().await["state"].as_str().unwrap().to_owned()
    }

    /// Has the carrier carry it, as the seller's page does.
    async fn book(&self) {
        let part: uuid::Uuid = self.part.parse().unwrap();
        let part = market::kernel::SellerOrderId(part);
        let system = market::kernel::Actor::system();
        let limits = market::parcels::CarrierLimits {
            grams: 20_000,
            boxes: 1,
        };
        market::transact!(self.ground.store, &system, work => market::parcels::commands::book(work, part, "GHN", limits).await).unwrap();
    }

    async fn unbook(&self) {
        let part: uuid::Uuid = self.part.parse().unwrap();
        let part = market::kernel::SellerOrderId(part);
        let system = market::kernel::Actor::system();
        market::transact!(self.ground.store, &system, work => market::parcels::commands::unbook(work, part).await).unwrap();
    }

    /// Waits until the booking is as it should be; its pauses are over at once.
    async fn booking(&self, state: &str) {
        for _ in 0..200 {
            let now: String = sqlx::query_scalar(
                "with due as (update carrier_bookings set available_at = now() - interval '1 second' where available_at > now() returning 1)
                 select state from carrier_bookings",
            )
            .fetch_one(self.ground.store.writer())
            .await
            .unwrap();
            if now == state {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("the booking does not become {state}");
    }

    /// The carrier's program posts a status that is so many minutes old; the HTTP status that answers it.
    async fn tell(&self, status: &str, minutes: i64, secret: &str) -> u16 {
        let at = self.ground.store.now() - time::Duration::minutes(minutes);
        let at = at
            .replace_nanosecond(0)
            .unwrap()
            .format(&time::format_description::well_known::Rfc3339)
            .unwrap();
        let code = self.parcel().await["code"].clone();
        let body = json!({
            "CODAmount": 98_000, "ClientOrderCode": code, "OrderCode": "GHN1", "Reason": "",
            "ShopID": 885, "Status": status, "Time": at, "Type": "switch_status", "Weight": 1_000,
        });
        let request = self
            .server
            .client
            .post(format!(
                "{}/api/v1/webhooks/carrier?secret={secret}",
                self.server.base
            ))
            .json(&body);
        request.send().await.unwrap().status().as_u16()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_parcel_is_booked_once_however_often_the_carrier_is_asked() {
    let desk = Desk::new(&[Mood::Fails, Mood::LosesTheAnswer, Mood::Fails]).await;
    desk.book().await;
    desk.booking("booked").await;
    let parcel = desk.parcel().await;
    assert_eq!(parcel["tracking_code"], "GHN1", "{parcel}");
    assert_eq!(parcel["carrier"], "GHN");
    assert_eq!(desk.fake.orders(), 1);
    let asked = desk.fake.asked("create");
    assert!(asked.len() == 2, "found by its code after that: {asked:?}");
    let (first, code) = (&asked[0], &parcel["code"]);
    for (field, value) in [
        ("client_order_code", code.clone()),
        ("weight", json!(1_000)),
        ("cod_amount", parcel["cod_vnd"].clone()),
        ("to_name", json!("Trần Thị Thử")),
        ("to_phone", json!("0987654321")),
        ("to_ward_name", json!("Xã Hỏa Lựu")),
        ("to_province_name", json!("Cần Thơ")),
        ("from_phone", json!("0912345678")),
    ] {
        assert_eq!(first[field], value, "{field}");
    }
    desk.unbook().await;
    desk.booking("left").await;
    assert_eq!(desk.fake.0.lock().unwrap().cancelled, ["GHN1"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_carrier_refuses_goes_another_way() {
    let desk = Desk::new(&[Mood::Refuses]).await;
    desk.book().await;
    desk.booking("refused").await;
    assert_eq!(desk.parcel().await["carrier"], "");
    let why: String = sqlx::query_scalar("select last_error from carrier_bookings")
        .fetch_one(desk.ground.store.reader())
        .await
        .unwrap();
    assert_eq!(why, "Địa chỉ không thuộc tuyến giao");
    desk.step("ship").await;
    assert_eq!(desk.state().await, "handed_over");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_repeated_late_or_unproven_changes_nothing() {
    let desk = Desk::new(&[]).await;
    desk.book().await;
    desk.booking("booked").await;
    assert_eq!(desk.tell("delivered", 5, "khac").await, 401);
    assert_eq!(desk.tell("delivered", 5, "").await, 401);
    assert_eq!(desk.state().await, "made");
    for (status, minutes, state) in [
        ("ready_to_pick", 100, "made"),
        ("picked", 90, "handed_over"),
        ("picked", 90, "handed_over"),
        ("delivery_fail", 60, "failed"),
        // On its way before it failed, told too late.
        ("delivering", 70, "failed"),
        ("transporting", 80, "failed"),
        ("delivering", 50, "second_try"),
        ("mot_tu_la", 45, "second_try"),
        ("delivered", 40, "delivered"),
        ("returned", 30, "delivered"),
        ("delivery_fail", 60, "delivered"),
    ] {
        assert_eq!(desk.tell(status, minutes, SECRET).await, 200, "{status}");
        assert_eq!(desk.state().await, state, "{status} {minutes}");
    }
    let (_, order) = desk
        .server
        .get(
            &format!("/orders/{}?token={}", desk.number, desk.order_token),
            None,
        )
        .await;
    let part = &order["seller_orders"][0];
    assert_eq!(part["state"], "delivered", "its money is not in hand yet");
    assert_eq!(part["payment"]["collector"], "carrier");
    let unknown: Vec<String> = sqlx::query_scalar(
        "select status from carrier_notices where effect = 'unknown' order by id",
    )
    .fetch_all(desk.ground.store.reader())
    .await
    .unwrap();
    assert_eq!(unknown, ["mot_tu_la", "returned"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancel_whose_answer_was_lost_is_done() {
    let desk = Desk::new(&[]).await;
    desk.book().await;
    desk.booking("booked").await;
    desk.fake.0.lock().unwrap().loses_cancel = true;
    desk.unbook().await;
    desk.booking("left").await;
    assert_eq!(desk.fake.0.lock().unwrap().cancelled, ["GHN1"]);
    assert_eq!(desk.fake.asked("cancel").len(), 2);
    assert_eq!(desk.parcel().await["carrier"], "");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_carrier_takes_off_its_list_itself_goes_another_way_and_is_looked_at() {
    let desk = Desk::new(&[]).await;
    desk.book().await;
    desk.booking("booked").await;
    assert_eq!(desk.tell("cancel", 10, SECRET).await, 200);
    desk.booking("left").await;
    assert_eq!(desk.parcel().await["carrier"], "");
    let unknown: Vec<String> =
        sqlx::query_scalar("select status from carrier_notices where effect = 'unknown'")
            .fetch_all(desk.ground.store.reader())
            .await
            .unwrap();
    assert_eq!(unknown, ["cancel"]);
    desk.step("ship").await;
    assert_eq!(desk.state().await, "handed_over");
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_carrier_nothing_is_asked_and_nobody_is_heard() {
    let ground = Ground::new().await;
    let server = ground.serve().await;
    let request = server
        .client
        .post(format!("{}/api/v1/webhooks/carrier?secret=", server.base))
        .json(&json!({}));
    assert_eq!(request.send().await.unwrap().status().as_u16(), 404);
}
