//! What phones keep of a seller's desk, and what arrives from there.
use market::kernel::{Role, SellerId, secret};
use reqwest::{StatusCode, header};

use crate::support::{Ground, Server};

const AHEAD: &str = "/ban-hang/dang-ban/viet-san";

/// The cookie of a session of somebody who lists for a shop.
async fn session(ground: &Ground, seller: SellerId, phone: &str) -> String {
    ground.token(Role::Seller, Some(seller), phone).await;
    let token = secret::new_token();
    sqlx::query("insert into sessions (token_hash, person_id, created_at, last_seen_at, expires_at)
                 select $1, id, now(), now(), now() + interval '1 day' from people where phone = $2")
        .bind(secret::hash(&token))
        .bind(format!("+84{}", &phone[1..]))
        .execute(ground.store.reader())
        .await
        .unwrap();
    format!("cb_session={token}")
}

fn client() -> reqwest::Client {
    reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .unwrap()
}

async fn get(server: &Server, path: &str, cookie: &str) -> reqwest::Response {
    let request = client().get(format!("{}{path}", server.base));
    request.header(header::COOKIE, cookie).send().await.unwrap()
}

/// The mark of the desk that an answer gives to the browser, with the whole cookie.
fn mark(answer: &reqwest::Response) -> Option<(String, String)> {
    let cookies = answer.headers().get_all(header::SET_COOKIE);
    cookies.iter().find_map(|cookie| {
        let cookie = cookie.to_str().unwrap();
        let value = cookie.strip_prefix("cb_desk=")?;
        let value = value.split(';').next().unwrap_or_default();
        Some((value.to_owned(), cookie.to_owned()))
    })
}

async fn send(
    server: &Server,
    cookie: &str,
    key: &str,
    mark: &str,
    price: &str,
) -> (StatusCode, String) {
    let form = [
        ("khoa", key),
        ("cua", mark),
        ("name", "Khóm viết sẵn"),
        ("group", "food"),
        ("stock", "20"),
        ("price_vnd", price),
        ("unit", "kg"),
    ];
    let request = client().post(format!("{}{AHEAD}", server.base)).form(&form);
    let answer = request.header(header::COOKIE, cookie).send().await.unwrap();
    let place = answer.headers().get(header::LOCATION);
    let place = place.map(|place| place.to_str().unwrap().to_owned());
    let status = answer.status();
    match place {
        Some(place) => (status, place),
        None => (status, answer.text().await.unwrap()),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_draft_is_taken_once_and_from_its_own_desk_alone() {
    let ground = Ground::new().await;
    let (ut, bay) = (ground.seller("Hộ Út").await, ground.seller("Hộ Bảy").await);
    let (of_ut, of_bay) = (
        session(&ground, ut, "0912000111").await,
        session(&ground, bay, "0912000222").await,
    );
    let server = ground.serve().await;
    let (mine, cookie) = mark(&get(&server, "/ban-hang", &of_ut).await).expect("a mark");
    assert!(
        cookie.contains("Path=/ban-hang") && !cookie.contains("HttpOnly"),
        "{cookie}"
    );
    let (theirs, _) = mark(&get(&server, "/ban-hang", &of_bay).await).expect("a mark");
    assert_ne!(mine, theirs);
    // It is given once, and goes with the session.
    let again = format!("{of_ut}; cb_desk={mine}");
    assert_eq!(mark(&get(&server, "/ban-hang", &again).await), None);
    let left = client().post(format!("{}/dang-xuat", server.base));
    let left = left.header(header::COOKIE, &of_bay).send().await.unwrap();
    assert_eq!(mark(&left).expect("it is taken away").0, "");

    let (status, place) = send(&server, &of_ut, "a", &mine, "15.000").await;
    assert_eq!(status, StatusCode::SEE_OTHER);
    assert_eq!(
        send(&server, &of_ut, "a", &mine, "15.000").await,
        (status, place.clone())
    );
    let (status, text) = send(&server, &of_ut, "b", &theirs, "15.000").await;
    assert_eq!(status, StatusCode::CONFLICT);
    assert!(text.contains("gian hàng khác"));
    let (status, text) = send(&server, &of_ut, "c", &mine, "rẻ").await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(text.contains("price_vnd-error") && text.contains("value=\"c\""));
    // Nobody is signed in any more.
    let (status, place) = send(&server, &of_bay, "d", &theirs, "15.000").await;
    assert_eq!(status, StatusCode::SEE_OTHER);
    assert!(place.starts_with("/dang-nhap"), "{place}");
    let listings: i64 = sqlx::query_scalar("select count(*) from products")
        .fetch_one(ground.store.reader())
        .await
        .unwrap();
    assert_eq!(listings, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_copy_that_phones_keep_is_the_same_for_everybody() {
    let ground = Ground::new().await;
    let seller = ground.seller("Hộ Út").await;
    let cookie = session(&ground, seller, "0912000111").await;
    let server = ground.serve().await;
    let own = get(&server, AHEAD, &cookie).await;
    assert_eq!(own.status(), StatusCode::OK);
    assert!(own.text().await.unwrap().contains("site-actions"));
    assert_eq!(
        get(&server, AHEAD, "").await.status(),
        StatusCode::SEE_OTHER
    );
    let copy = async |cookie: &str| {
        let answer = get(&server, &format!("{AHEAD}?luu"), cookie).await;
        assert_eq!(answer.status(), StatusCode::OK);
        let text = answer.text().await.unwrap();
        // The key is of no use in a copy: each draft gets one of its own.
        let (before, after) = text.split_once("name=\"khoa\" value=\"").unwrap();
        format!("{before}{}", &after[after.find('"').unwrap()..])
    };
    let kept = copy(&cookie).await;
    assert_eq!(kept, copy("").await);
    assert!(!kept.contains("site-actions") && !kept.contains("work-nav"));
}
