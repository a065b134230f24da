//! Ways of delivery over the REST API: what is wished, what is answered, and how often the database is asked.
use std::fs::{File, read_to_string};
use std::process::Stdio;
use std::time::Duration;

use market::kernel::{Actor, Role, secret};
use market::shipping::{FarmSettings, OwnArea, OwnSettings, Settings, Weekdays, commands};
use reqwest::header;
use serde_json::json;

use crate::support::{Ground, Server, order};

/// A buyer at a browser: what is sent, where that leads, and what stands there.
async fn send(
    browser: &reqwest::Client,
    server: &Server,
    path: &str,
    form: &[(&str, &str)],
) -> (u16, String, String) {
    let request = browser.post(format!("{}{path}", server.base)).form(form);
    let answer = request.send().await.unwrap();
    let (status, place) = (answer.status(), answer.url().path().to_owned());
    (status.as_u16(), place, answer.text().await.unwrap())
}

/// A household that comes every day in its commune, and lets its goods be fetched.
fn settings() -> Settings {
    Settings {
        own: Some(OwnSettings {
            area: OwnArea::Commune,
            weekdays: Weekdays::of(Weekdays::ALL.into_iter()),
            fee: market::kernel::Vnd(5_000),
        }),
        farm: Some(FarmSettings {
            hours: "6–18 giờ".to_owned(),
            note: String::new(),
        }),
        ..Settings::default()
    }
}

async fn save(ground: &Ground, slug: &str) {
    save_as(ground, slug, &settings()).await;
}

async fn save_as(ground: &Ground, slug: &str, settings: &Settings) {
    let seller = market::sellers::queries::by_slug(ground.store.reader(), slug)
        .await
        .unwrap()
        .unwrap()
        .id;
    market::transact!(ground.store, &Actor::system(), work => commands::save(work, seller, settings).await)
        .unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_says_how_goods_come_and_is_told_how_they_do() {
    let ground = Ground::new().await;
    let khom = ground.product("Hộ Út", "Khóm", 9, 12_000).await;
    let mam = ground.product("Hộ Bảy", "Mắm", 9, 90_000).await;
    save(&ground, "ho-ut").await;
    let server = ground.serve().await;
    let mut body = order(&[(khom, 1), (mam, 1)]);
    body["ways"] = json!([{ "seller": "ho-ut", "way": "farm" }]);
    let (status, placed) = server.post("/orders", None, &body).await;
    assert_eq!(status, 201, "{placed}");
    let parts = placed["seller_orders"].as_array().unwrap();
    let of = |slug: &str| {
        let part = parts.iter().find(|part| part["seller"]["slug"] == slug);
        part.unwrap().clone()
    };
    let fetched = of("ho-ut");
    assert_eq!(fetched["shipping_vnd"], 0);
    assert_eq!(fetched["delivery"]["way"], "farm");
    assert_eq!(fetched["delivery"]["place"]["hours"], "6–18 giờ");
    let sent = of("ho-bay");
    assert_eq!(
        (
            &sent["delivery"]["way"],
            &sent["delivery"]["basis"],
            &sent["delivery"]["zone"]
        ),
        (&json!("carrier"), &json!("market"), &json!("commune"))
    );
    let path = format!(
        "/orders/{}?token={}",
        placed["number"].as_str().unwrap(),
        placed["token"].as_str().unwrap()
    );
    let (_, seen) = server.get(&path, None).await;
    assert_eq!(seen["seller_orders"], placed["seller_orders"]);

    // What nobody offers, and what can't be read.
    body["ways"] = json!([{ "seller": "ho-bay", "way": "farm" }]);
    let (status, refused) = server.post("/orders", None, &body).await;
    assert_eq!(
        (status, refused["code"].as_str()),
        (409, Some("way_not_offered")),
        "{refused}"
    );
    body["ways"] = json!([
        { "seller": "ai-do", "way": "carrier" },
        { "seller": "ho-ut", "way": "boat" },
        { "seller": "ho-ut", "way": "own", "day": "morgen" },
        { "seller": "ho-ut", "way": "point" },
        { "way": 7 },
    ]);
    let (status, refused) = server.post("/orders", None, &body).await;
    let fields: Vec<&str> = refused["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|error| error["field"].as_str().unwrap())
        .collect();
    assert_eq!(status, 422);
    assert_eq!(
        fields,
        [
            "ways.1.way",
            "ways.2.day",
            "ways.3.point_id",
            "ways.4.seller",
            "ways.4.way",
            "ways.0.seller",
        ]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn placing_an_order_asks_as_often_for_twenty_shops_as_for_one() {
    let ground = Ground::new().await;
    let mut variants = Vec::new();
    for number in 0..20 {
        let variant = ground
            .product(&format!("Hộ {number}"), "Khóm", 9, 12_000)
            .await;
        save(&ground, &format!("ho-{number}")).await;
        variants.push((variant, 1));
    }
    let log = ground.folder.path().join("log");
    let server = ground
        .serve_logging(
            &[("CAY_BEO_LOG", "info,sqlx::query=debug")],
            Stdio::from(File::create(&log).unwrap()),
        )
        .await;
    let asked = || {
        let log = read_to_string(&log).unwrap();
        log.lines()
            .filter(|line| line.contains("sqlx::query") && line.contains("path=/api/v1/orders}"))
            .count()
    };
    let mut counts = Vec::new();
    for lines in [&variants[..1], &variants[..]] {
        let before = asked();
        let (status, placed) = server.post("/orders", None, &order(lines)).await;
        assert_eq!(status, 201, "{placed}");
        // The log is written as it happens, from other threads.
        tokio::time::sleep(Duration::from_millis(200)).await;
        counts.push(asked() - before);
    }
    assert!(counts[0] > 0);
    assert_eq!(counts[0], counts[1], "{counts:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_household_that_can_not_come_holds_up_nobody_else() {
    let ground = Ground::new().await;
    let khom = ground.product("Hộ Út", "Khóm", 9, 12_000).await.to_string();
    let mam = ground.product("Hộ Bảy", "Mắm", 9, 90_000).await.to_string();
    let own_only = Settings {
        by_carrier: false,
        farm: None,
        ..settings()
    };
    save_as(&ground, "ho-ut", &own_only).await;
    let (code, name, province): (String, String, String) = sqlx::query_as(
        "select code, full_name, province_name from communes where province_code = '79' and valid_to is null order by id limit 1",
    )
    .fetch_one(ground.store.reader())
    .await
    .unwrap();
    let far = format!("{name}, {province}");
    let contact = [
        ("name", "Trần Thị Thử"),
        ("phone", "0912345678"),
        ("commune", far.as_str()),
        ("commune_code", code.as_str()),
        ("street", "12 đường thử"),
    ];
    let server = ground.serve().await;
    let browser = reqwest::Client::builder().cookie_store(true);
    let browser = browser.build().unwrap();
    let add = async |variant: &str| {
        let form = [("variant_id", variant), ("quantity", "1")];
        send(&browser, &server, "/gio-hang/them", &form).await
    };
    add(&khom).await;
    // Alone it is said where another place helps.
    let (status, _, page) = send(&browser, &server, "/thanh-toan", &contact).await;
    assert_eq!(status, 422);
    assert!(
        page.contains("commune-error") && page.contains("Không nhà nào trong giỏ giao được"),
        "{page}"
    );
    add(&mam).await;
    let (status, place, page) = send(&browser, &server, "/thanh-toan", &contact).await;
    assert_eq!((status, place.as_str()), (200, "/thanh-toan/xem-lai"));
    assert!(
        page.contains("Nhà này không có chuyến giao") && page.contains("/thanh-toan/dat-hang"),
        "{page}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_seller_on_the_telephone_says_what_is_fetched_also_as_the_only_way() {
    let ground = Ground::new().await;
    let khom = ground.product("Hộ Út", "Khóm", 9, 12_000).await.to_string();
    let farm_only = Settings {
        by_carrier: false,
        own: None,
        ..settings()
    };
    save_as(&ground, "ho-ut", &farm_only).await;
    let seller = ground.seller("Hộ Út").await;
    ground.token(Role::Seller, Some(seller), "0900000031").await;
    let token = secret::new_token();
    sqlx::query("insert into sessions (token_hash, person_id, created_at, last_seen_at, expires_at)
                 select $1, id, now(), now(), now() + interval '1 day' from people where phone = '+84900000031'")
        .bind(secret::hash(&token))
        .execute(ground.store.writer())
        .await
        .unwrap();
    let server = ground.serve().await;
    let form = async || {
        let request = server
            .client
            .get(format!("{}/ban-hang/don-hang/moi", server.base));
        let request = request.header(header::COOKIE, format!("cb_session={token}"));
        request.send().await.unwrap().text().await.unwrap()
    };
    let page = form().await;
    assert!(
        page.contains("name=\"way\"") && page.contains("value=\"farm\""),
        "{page}"
    );
    let key = secret::new_key().to_string();
    let quantity = format!("quantity-{khom}");
    let typed = [
        ("key", key.as_str()),
        (quantity.as_str(), "2"),
        ("name", "Trần Thị Thử"),
        ("phone", "0912345678"),
        ("commune", "Xã Hỏa Lựu"),
        ("commune_code", ""),
        ("street", "12 ấp 3"),
        ("way", "farm"),
    ];
    let request = server
        .client
        .post(format!("{}/ban-hang/don-hang/moi", server.base));
    let request = request.header(header::COOKIE, format!("cb_session={token}"));
    let answer = request.form(&typed).send().await.unwrap();
    assert!(answer.status().is_success() || answer.status().is_redirection());
    let way: String = sqlx::query_scalar("select way from order_ways")
        .fetch_one(ground.store.reader())
        .await
        .unwrap();
    assert_eq!(way, "farm");
    // Where something comes, that is what happens unasked.
    save_as(&ground, "ho-ut", &Settings::default()).await;
    assert!(!form().await.contains("name=\"way\""));
}
