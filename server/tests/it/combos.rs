//! Combos over HTTP: made in a form, shown to buyers, ordered by a program.
use market::kernel::{Role, secret};
use reqwest::{StatusCode, header};

use crate::support::{Ground, Server, order};

async fn send(
    server: &Server,
    path: &str,
    cookie: &str,
    form: &[(&str, &str)],
) -> (StatusCode, String) {
    let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none());
    let request = client.build().unwrap();
    let url = format!("{}{path}", server.base);
    let request = if form.is_empty() {
        request.get(url)
    } else {
        request.post(url).form(form)
    };
    let answer = request.header(header::COOKIE, cookie).send().await.unwrap();
    (answer.status(), answer.text().await.unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_basket_is_made_in_a_form_shown_to_buyers_and_ordered() {
    let ground = Ground::new().await;
    let khom = ground.product("Hộ Út", "Khóm", 9, 12_000).await;
    let basket = ground.product("Hộ Út", "Giỏ quà", 0, 20_000).await;
    let seller = ground.seller("Hộ Út").await;
    ground.token(Role::Seller, Some(seller), "0900000031").await;
    let token = secret::new_token();
    sqlx::query("insert into sessions (token_hash, person_id, created_at, last_seen_at, expires_at)
                 select $1, id, now(), now(), now() + interval '1 day' from people where phone = '+84900000031'")
        .bind(secret::hash(&token))
        .execute(ground.store.writer())
        .await
        .unwrap();
    let cookie = format!("cb_session={token}");
    let (product, slug): (uuid::Uuid, String) = sqlx::query_as(
        "select products.id, slug from products join variants on variants.product_id = products.id where variants.id = $1",
    )
    .bind(basket.0)
    .fetch_one(ground.store.reader())
    .await
    .unwrap();
    let server = ground.serve().await;
    let path = format!("/ban-hang/san-pham/{product}/gia/{basket}/gom");
    let (status, page) = send(&server, &path, &cookie, &[]).await;
    assert_eq!(status, StatusCode::OK);
    assert!(page.contains("Khóm / trái"), "{page}");
    let khom_id = khom.to_string();
    let typed = [("part-0", khom_id.as_str()), ("amount-0", "hai")];
    let (status, page) = send(&server, &path, &cookie, &typed).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        page.contains("value=\"hai\"") && page.contains("id=\"amount-0-error\""),
        "{page}"
    );
    let typed = [("part-0", khom_id.as_str()), ("amount-0", "2")];
    let (status, _) = send(&server, &path, &cookie, &typed).await;
    assert_eq!(status, StatusCode::SEE_OTHER);
    let (_, page) = send(&server, &format!("/san-pham/{slug}"), "", &[]).await;
    assert!(
        page.contains("Gồm: 2 trái Khóm") && page.contains("Mua lẻ từng món: 24.000"),
        "{page}"
    );
    let (_, product) = server.get(&format!("/products/{slug}"), None).await;
    let variant = &product["variants"][0];
    assert_eq!(variant["available"], 4.0, "{product}");
    assert_eq!(variant["parts"][0]["variant_id"], khom_id);
    assert_eq!(variant["parts"][0]["quantity"], 2.0);
    assert_eq!(variant["parts_vnd"], 24_000);
    let (status, placed) = server
        .order("basket", &order(&[(basket, 3)]))
        .await
        .unwrap();
    assert_eq!(status, 201, "{placed}");
    let line = &placed["seller_orders"][0]["lines"][0];
    assert_eq!(line["unit_note"], "(2 trái Khóm)");
    assert_eq!(line["parts_vnd"], 24_000);
    let (status, refused) = server
        .order("more", &order(&[(basket, 1), (khom, 2)]))
        .await
        .unwrap();
    assert_eq!(
        (status, refused["code"].as_str()),
        (409, Some("out_of_stock")),
        "{refused}"
    );
}
