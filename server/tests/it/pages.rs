//! Pages as browsers get them.
use market::kernel::Actor;

use crate::support::{Ground, Server};

async fn rebuild(ground: &Ground) {
    market::transact_sure!(ground.store, &Actor::system(), work => Ok(market::search::commands::rebuild(work).await?)).unwrap();
}

async fn get(server: &Server, path: &str) -> reqwest::Response {
    let request = server.client.get(format!("{}{path}", server.base));
    request.send().await.unwrap()
}

/// The page, and how often it shows a product.
async fn page(server: &Server, path: &str) -> (String, usize) {
    let answer = get(server, path).await;
    assert_eq!(answer.status(), 200, "{path}");
    let html = answer.text().await.unwrap();
    let cards = html.matches("class=\"product-card\"").count();
    (html, cards)
}

fn canonical(server: &Server, path: &str) -> String {
    format!("<link rel=\"canonical\" href=\"{}{path}\"", server.base)
}

#[tokio::test(flavor = "multi_thread")]
async fn every_product_of_a_large_shop_is_on_one_of_its_pages() {
    let ground = Ground::new().await;
    for number in 1..=50 {
        ground
            .product("Hộ Út", &format!("Khóm giống {number}"), 5, 12_000)
            .await;
    }
    rebuild(&ground).await;
    let server = ground.serve().await;
    let (first, cards) = page(&server, "/gian-hang/ho-ut").await;
    assert_eq!(cards, 48);
    assert!(first.contains("50 sản phẩm"));
    assert!(first.contains("href=\"/gian-hang/ho-ut?page=2\""));
    assert!(first.contains(&canonical(&server, "/gian-hang/ho-ut")));
    let (second, cards) = page(&server, "/gian-hang/ho-ut?page=2").await;
    assert_eq!(cards, 2);
    assert!(second.contains(&canonical(&server, "/gian-hang/ho-ut?page=2")));
    let (past, cards) = page(&server, "/gian-hang/ho-ut?page=9").await;
    assert_eq!(cards, 2);
    assert!(past.contains(&canonical(&server, "/gian-hang/ho-ut?page=2")));
    let (_, cards) = page(&server, "/gian-hang/ho-ut?page=hai").await;
    assert_eq!(cards, 48);

    // The same of the list: no page of it says that there is nothing.
    for (asked, is, cards_there) in [
        ("", "", 24),
        ("?page=3", "?page=3", 2),
        ("?page=99", "?page=3", 2),
        (
            "?q=khom&sort=newest&page=99",
            "?q=khom&amp;sort=newest&amp;page=3",
            2,
        ),
        ("?per_page=10&page=5", "?per_page=10&amp;page=5", 10),
    ] {
        let (html, cards) = page(&server, &format!("/san-pham{asked}")).await;
        assert_eq!(cards, cards_there, "{asked}");
        assert!(
            html.contains(&canonical(&server, &format!("/san-pham{is}"))),
            "{asked}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_chosen_keeps_its_name_where_nothing_is_found() {
    let ground = Ground::new().await;
    ground.product("Hộ Út", "Khóm", 5, 12_000).await;
    rebuild(&ground).await;
    let server = ground.serve().await;
    let (html, cards) = page(
        &server,
        "/san-pham?commune=31168&seller=ho-ut&stars=5&seller_kind=enterprise&group=drink",
    )
    .await;
    assert_eq!(cards, 0);
    for chip in ["Phường Bình Thủy", "Gian hàng Hộ Út", "Doanh nghiệp"] {
        assert!(html.contains(&format!("</span>{chip}<svg")), "{chip}");
    }
    for (name, value) in [
        ("commune", "31168"),
        ("stars", "5"),
        ("seller_kind", "enterprise"),
        ("group", "drink"),
    ] {
        let field = format!("name=\"{name}\" value=\"{value}\" checked");
        assert!(html.contains(&field), "{field} is not in the form");
    }
    let (html, cards) = page(&server, "/san-pham?commune=31339").await;
    assert_eq!(cards, 1);
    assert!(html.contains("Xã Hoả Tiến, Thành phố Vị Thanh"));
    assert!(html.contains("<h1>Xã Hỏa Lựu</h1>"));
    let (html, cards) = page(&server, "/san-pham?commune=99999&seller=khong-co&stars=7").await;
    assert_eq!(cards, 1);
    for told in ["“99999”", "“khong-co”", "“7”"] {
        assert!(html.contains(told), "{told} is not told");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_can_not_be_read_is_answered_by_a_page_or_a_problem() {
    let ground = Ground::new().await;
    let server = ground.serve().await;
    for path in [
        "/san-pham/%00",
        "/gian-hang/%00",
        "/san-pham?seller=%00",
        "/don-hang/CB7NVQK0E3?token=%00",
        "/san-pham/%FF",
        "/ban-hang/san-pham/abc/anh",
        "/ngon-ngu",
        "/khong-co",
    ] {
        let answer = get(&server, path).await;
        assert_eq!(answer.status(), 404, "{path}");
        let html = answer.text().await.unwrap();
        assert!(html.contains("class=\"error-page\""), "{path}: {html}");
    }
    let malformed = server
        .client
        .post(format!("{}/ngon-ngu", server.base))
        .send()
        .await
        .unwrap();
    assert!(malformed.status().is_client_error());
    assert!(
        malformed
            .text()
            .await
            .unwrap()
            .contains("class=\"error-page\"")
    );

    for (method, path, status) in [
        ("GET", "/products/%00", 404),
        ("GET", "/products?seller=%00", 404),
        ("PUT", "/orders", 405),
        ("GET", "/nothing", 404),
    ] {
        let answer = server
            .client
            .request(
                method.parse().unwrap(),
                format!("{}/api/v1{path}", server.base),
            )
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status(), status, "{method} {path}");
        assert_eq!(answer.headers()["content-type"], "application/problem+json");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_led_elsewhere_after_a_form() {
    let ground = Ground::new().await;
    let server = ground.serve().await;
    let client = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .unwrap();
    for (back, leads_to) in [
        ("%2F%09%2Fexample.com", "/"),
        ("%2F%2Fexample.com", "/"),
        ("https%3A%2F%2Fexample.com", "/"),
        ("%2Fgio-hang", "/gio-hang"),
    ] {
        let answer = client
            .post(format!("{}/ngon-ngu", server.base))
            .header("content-type", "application/x-www-form-urlencoded")
            .body(format!("to=en&back={back}"))
            .send()
            .await
            .unwrap();
        assert_eq!(answer.headers()["location"], leads_to, "{back}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_is_given_while_it_is_valid_and_its_page_says_when_it_is_not() {
    let ground = Ground::new().await;
    let seller = ground.seller("Hộ Út").await;
    ground.product("Hộ Út", "Khóm", 5, 12_000).await;
    let decided_on = ground.store.today() - time::Duration::days(10);
    let new = &market::certificates::commands::NewCertificate {
        code: "OCOP-P001".to_owned(),
        seller,
        product_name: "Khóm".to_owned(),
        group: market::certificates::Group::Food,
        stars: 4,
        number: "7/QĐ-UBND".to_owned(),
        issuer: "UBND".to_owned(),
        regime: "148/QĐ-TTg".to_owned(),
        decided_on,
        is_sample: true,
    };
    let id = market::transact_sure!(ground.store, &Actor::system(), work => Ok(market::certificates::commands::create(work, new).await?)).unwrap();
    sqlx::query("update products set certificate_id = $1")
        .bind(id.0)
        .execute(ground.store.reader())
        .await
        .unwrap();
    let server = ground.serve().await;
    let product = async || -> serde_json::Value {
        get(&server, "/api/v1/products/khom")
            .await
            .json()
            .await
            .unwrap()
    };
    let seen = product().await;
    assert_eq!(
        (&seen["stars"], &seen["certificate"]["code"]),
        (&4.into(), &"OCOP-P001".into())
    );
    sqlx::query(
        "update certificates set decided_on = decided_on - 2000, valid_to = valid_to - 2000",
    )
    .execute(ground.store.reader())
    .await
    .unwrap();
    let seen = product().await;
    assert!(seen["stars"].is_null() && seen["certificate"].is_null());
    let (html, _) = page(&server, "/chung-nhan/ocop-p001").await;
    assert!(html.contains("Chứng nhận đã hết hạn"));
    assert!(html.contains(&canonical(&server, "/chung-nhan/OCOP-P001")));
    assert_eq!(get(&server, "/chung-nhan/C0000000").await.status(), 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mark_is_on_the_page_in_the_api_and_filters_both_lists() {
    let ground = Ground::new().await;
    let seller = ground.seller("Hộ Út").await;
    ground.product("Hộ Út", "Khóm", 5, 12_000).await;
    ground.product("Hộ Út", "Mít", 5, 20_000).await;
    market::catalog::commands::reference::ensure(&ground.store)
        .await
        .unwrap();
    let today = ground.store.today();
    sqlx::query(
        "with granted as (
             insert into certificates (id, code, seller_id, kind, product_name, number, issuer, decided_on, valid_to,
                 state, source, state_since, created_at)
             values (gen_random_uuid(), 'CVG0001', $1, 'vietgap', 'Khóm', 'VG-1', 'Trung tâm', $2, $3,
                 'verified', 'sample', now(), now())
             returning id)
         insert into certificate_goods (certificate_id, product_id)
         select granted.id, products.id from granted, products where products.name = 'Khóm'",
    )
    .bind(seller.0)
    .bind(today - time::Duration::days(10))
    .bind(today + time::Duration::days(10))
    .execute(ground.store.writer())
    .await
    .unwrap();
    sqlx::query("update products set set_regime = '26/2026/QĐ-TTg', set_number = 1, facts = '{\"keeping\": \"cool\"}' where name = 'Mít'")
        .execute(ground.store.writer())
        .await
        .unwrap();
    rebuild(&ground).await;
    let server = ground.serve().await;
    let api =
        async |path: &str| -> serde_json::Value { get(&server, path).await.json().await.unwrap() };
    let seen = api("/api/v1/products/khom").await;
    assert_eq!(seen["marks"][0]["mark"], "vietgap");
    assert_eq!(seen["marks"][0]["code"], "CVG0001");
    assert!(seen["stars"].is_null() && seen["certificate"].is_null());
    let (html, _) = page(&server, "/san-pham/khom").await;
    assert!(html.contains("Chứng nhận VietGAP"));
    assert!(html.contains("\"hasCertification\":[{"));
    let (html, _) = page(&server, "/san-pham/mit").await;
    assert!(!html.contains("hasCertification"));
    let (html, _) = page(&server, "/gian-hang/ho-ut").await;
    assert!(html.contains("VietGAP: 1 món"));
    let (html, _) = page(&server, "/chung-nhan/cvg0001").await;
    assert!(html.contains("Còn hiệu lực") && !html.contains("class=\"stars\""));

    let found = api("/api/v1/products?mark=vietgap&group=food").await;
    assert_eq!(found["total"], 1);
    assert_eq!(found["facets"]["mark"][0]["label"], "VietGAP");
    assert_eq!(found["items"][0]["slug"], "khom");
    let found = api("/api/v1/products?facts=keeping:cool&group=food").await;
    assert_eq!(found["items"][0]["slug"], "mit");
    assert_eq!(found["facets"]["facts"][0]["value"], "keeping:cool");
    assert_eq!(found["facets"]["set"][0]["value"], "1");
    for wrong in ["mark=gold", "facts=keeping:warm", "set=27"] {
        let answer = get(&server, &format!("/api/v1/products?{wrong}")).await;
        assert_eq!(answer.status(), 422, "{wrong}");
    }
    let (html, cards) = page(&server, "/san-pham?mark=vietgap").await;
    assert_eq!(cards, 1);
    assert!(html.contains("name=\"mark\" value=\"vietgap\" checked"));
    let (html, cards) = page(&server, "/san-pham?group=food&facts=keeping%3Acool").await;
    assert_eq!(cards, 1);
    assert!(html.contains("Cách giữ: Ngăn mát"));
}
