//! Two servers over one database, and many who want the same at once: nothing is oversold, nothing is lost, nobody
//! sees a fault. Each race is run twenty times; after each run orders, payments, stock, histories and reports agree.
use std::collections::HashSet;

use futures_util::future::join_all;
use futures_util::stream::{self, StreamExt};
use market::catalog::{HarvestForm, quota_field};
use market::kernel::time::iso_day;
use market::kernel::{Actor, Role, SellerId, VariantId, secret};
use market::payments::commands::expire;
use market::reports::check;
use reqwest::header;
use serde_json::{Value, json};
use time::Duration;

use crate::support::{Ground, Server, order};

const RUNS: usize = 20;

/// Two programs over one database, with all that was ever accepted.
struct Arena {
    ground: Ground,
    servers: [Server; 2],
    accepted: HashSet<String>,
}

/// A seller's part of an order that was accepted.
struct Placed {
    number: String,
    token: String,
    part: String,
}

impl Placed {
    /// All parts of an answer.
    fn of(answer: &Value) -> Vec<Self> {
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let parts = answer["seller_orders"].as_array().unwrap();
        parts
            .iter()
            .map(|part| Self {
                number: text(&answer["number"]),
                token: text(&answer["token"]),
                part: text(&part["id"]),
            })
            .collect()
    }
}

impl Arena {
    async fn new() -> Self {
        let ground = Ground::new().await;
        let settings = [("CAY_BEO_LIMIT_CHECKOUT", "off")];
        let servers = [
            ground.serve_with(&settings).await,
            ground.serve_with(&settings).await,
        ];
        Self {
            ground,
            servers,
            accepted: HashSet::new(),
        }
    }

    /// One server for even numbers, the other for odd ones.
    fn server(&self, number: usize) -> &Server {
        &self.servers[number % 2]
    }

    /// All carts at once, each under its own key; answers what came of each.
    async fn all_order(&self, run: usize, carts: &[Value]) -> Vec<(u16, Value)> {
        join_all(carts.iter().enumerate().map(|(buyer, cart)| async move {
            let key = format!("run-{run}-buyer-{buyer}");
            let answer = self.server(buyer).order(&key, cart).await;
            answer.expect("a server answers")
        }))
        .await
    }

    /// Accepted or refused for want of goods, and nothing else; answers how many were accepted.
    fn count(&mut self, answers: &[(u16, Value)]) -> usize {
        let before = self.accepted.len();
        for (status, answer) in answers {
            match status {
                201 => {
                    let number = answer["number"].as_str().unwrap().to_owned();
                    assert!(self.accepted.insert(number), "two carts are one order");
                }
                _ => assert_eq!(
                    (*status, answer["code"].as_str()),
                    (409, Some("out_of_stock")),
                    "{answer}"
                ),
            }
        }
        self.accepted.len() - before
    }

    /// So many orders of the same, which all are accepted.
    async fn place(&mut self, run: usize, lines: &[(VariantId, i64)], count: usize) -> Vec<Placed> {
        let answers = self.all_order(run, &vec![order(lines); count]).await;
        assert_eq!(self.count(&answers), count);
        answers
            .iter()
            .flat_map(|(_, answer)| Placed::of(answer))
            .collect()
    }

    /// A step of the seller, by the API.
    async fn step(&self, server: usize, token: &str, part: &str, event: &str) -> bool {
        let path = format!("/seller/orders/{part}/{event}");
        let body = json!({ "reason": "vì sao" });
        let (status, answer) = self.server(server).post(&path, Some(token), &body).await;
        match status {
            200 => true,
            409 => false,
            _ => panic!("{event}: {status} {answer}"),
        }
    }

    /// Posts a form as a browser does, without following where it leads.
    async fn form(&self, server: usize, path: &str, cookie: &str, form: &[(&str, &str)]) -> u16 {
        let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none());
        let url = format!("{}{path}", self.server(server).base);
        let request = client.build().unwrap().post(url).form(form);
        let answer = request.header(header::COOKIE, cookie).send().await.unwrap();
        answer.status().as_u16()
    }

    /// The buyer calls off, on the order's page.
    async fn call_off(&self, server: usize, placed: &Placed) {
        let path = format!("/don-hang/{}/huy", placed.number);
        let form = [
            ("token", placed.token.as_str()),
            ("part", &placed.part),
            ("reason", ""),
        ];
        assert_eq!(self.form(server, &path, "", &form).await, 303);
    }

    async fn state(&self, placed: &Placed) -> (String, String) {
        sqlx::query_as(
            "select part.state, payments.status from seller_orders as part
             join payments on payments.seller_order_id = part.id where part.id = $1::uuid",
        )
        .bind(&placed.part)
        .fetch_one(self.ground.store.reader())
        .await
        .unwrap()
    }

    /// On hand and reserved, thousandths.
    async fn stock(&self, variant: VariantId) -> (i64, i64) {
        sqlx::query_as("select on_hand, reserved from stock_items where variant_id = $1")
            .bind(variant.0)
            .fetch_one(self.ground.store.reader())
            .await
            .unwrap()
    }

    /// What must hold after each run.
    async fn is_sound(&self) {
        let db = self.ground.store.reader();
        loop {
            server::jobs::drain(&self.ground.store).await.unwrap();
            let waiting = sqlx::query_scalar("select count(*) from outbox").fetch_one(db);
            let waiting: i64 = waiting.await.unwrap();
            if waiting == 0 {
                break;
            }
        }
        let findings = check::run(db).await.unwrap();
        assert_eq!(findings, Vec::<String>::new());
        let placed: Vec<String> = sqlx::query_scalar("select code from orders")
            .fetch_all(db)
            .await
            .unwrap();
        let placed: HashSet<String> = placed.into_iter().collect();
        assert_eq!(placed, self.accepted, "what was accepted is an order");
        let wrong: i64 = sqlx::query_scalar(
            "select count(*) from order_lines where line_vnd <> round(price_vnd * quantity / 1000.0)",
        )
        .fetch_one(db)
        .await
        .unwrap();
        assert_eq!(wrong, 0, "lines are what their price says");
    }

    /// Sessions tell what they met when they end: no two transactions ever waited for each other.
    async fn ends(mut self) {
        for server in &mut self.servers {
            server.kill();
        }
        let deadlocks = "select deadlocks from pg_stat_database where datname = current_database()";
        let sessions = "select count(*) from pg_stat_activity where datname = current_database() and application_name = 'cay-beo' and pid <> pg_backend_pid()";
        let db = sqlx::PgPool::connect(&self.ground.url).await.unwrap();
        self.ground.store.reader().close().await;
        for _ in 0..200 {
            let left: i64 = sqlx::query_scalar(sessions).fetch_one(&db).await.unwrap();
            if left == 0 {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(25)).await;
        }
        let met: i64 = sqlx::query_scalar(deadlocks).fetch_one(&db).await.unwrap();
        assert_eq!(met, 0, "deadlocks");
        db.close().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_last_piece_is_sold_once_to_sixty_four_buyers() {
    let mut arena = Arena::new().await;
    for run in 0..RUNS {
        let khom = arena
            .ground
            .product("Hộ Út", &format!("Khóm {run}"), 1, 12_000)
            .await;
        let carts = vec![order(&[(khom, 1)]); 64];
        let answers = arena.all_order(run, &carts).await;
        assert_eq!(arena.count(&answers), 1);
        assert_eq!(arena.stock(khom).await, (1_000, 1_000));
        arena.is_sound().await;
    }
    arena.ends().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_lines_on_one_stock_are_counted_together() {
    let mut arena = Arena::new().await;
    for run in 0..RUNS {
        let name = |what: &str| format!("{what} {run}");
        let khom = arena
            .ground
            .product("Hộ Út", &name("Khóm"), 5, 12_000)
            .await;
        let mam = arena
            .ground
            .product("Hộ Bảy", &name("Mắm"), 99, 90_000)
            .await;
        // Each wants two in all: the third finds one, and gets none.
        let carts: Vec<_> = (0..16)
            .map(|buyer| match buyer % 2 {
                0 => order(&[(khom, 1), (mam, 1), (khom, 1)]),
                _ => order(&[(khom, 2)]),
            })
            .collect();
        let answers = arena.all_order(run, &carts).await;
        assert_eq!(arena.count(&answers), 2);
        assert_eq!(arena.stock(khom).await, (5_000, 4_000));
        // More in two lines than there is, though neither line alone is.
        let too_much = arena
            .all_order(run + RUNS, &[order(&[(khom, 1), (khom, 1)])])
            .await;
        assert_eq!(arena.count(&too_much), 0);
        arena.is_sound().await;
    }
    arena.ends().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_combo_and_its_part_are_sold_from_one_stock() {
    let mut arena = Arena::new().await;
    for run in 0..RUNS {
        let name = |what: &str| format!("{what} {run}");
        let khom = arena
            .ground
            .product("Hộ Út", &name("Khóm"), 9, 12_000)
            .await;
        let jam = arena
            .ground
            .product("Hộ Út", &name("Mứt"), 50, 50_000)
            .await;
        let basket = arena.ground.product("Hộ Út", &name("Giỏ"), 0, 70_000).await;
        arena
            .ground
            .made_of(basket, &[(khom, "2"), (jam, "1")])
            .await;
        let carts: Vec<_> = (0..64)
            .map(|buyer| match buyer % 4 {
                0 => order(&[(basket, 1), (khom, 1)]),
                1 => order(&[(jam, 1), (basket, 1)]),
                _ => order(&[(khom, 1)]),
            })
            .collect();
        let answers = arena.all_order(run, &carts).await;
        arena.count(&answers);
        let sold = |kind: fn(usize) -> bool, of_each: i64| {
            let accepted = answers.iter().enumerate();
            let count = accepted.filter(|(buyer, (status, _))| kind(buyer % 4) && *status == 201);
            i64::try_from(count.count()).unwrap() * of_each * 1_000
        };
        assert_eq!(arena.stock(khom).await, (9_000, 9_000), "all are sold");
        assert_eq!(
            sold(|kind| kind == 0, 3) + sold(|kind| kind == 1, 2) + sold(|kind| kind > 1, 1),
            9_000
        );
        let jams = sold(|kind| kind == 0, 1) + sold(|kind| kind == 1, 2);
        assert_eq!(arena.stock(jam).await, (50_000, jams));
        assert_eq!(arena.stock(basket).await, (0, 0));
        arena.is_sound().await;
    }
    arena.ends().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_quota_is_ordered_ahead_by_sixty_four_and_no_further() {
    let mut arena = Arena::new().await;
    for run in 0..RUNS {
        let xoai = arena
            .ground
            .product("Hộ Út", &format!("Xoài {run}"), 0, 30_000)
            .await;
        announce(&arena.ground, xoai, "7").await;
        let carts: Vec<_> = (0..64)
            .map(|buyer| order(&[(xoai, 1 + buyer % 2)]))
            .collect();
        let answers = arena.all_order(run, &carts).await;
        let accepted = arena.count(&answers);
        assert!((4..=7).contains(&accepted), "{accepted} orders for seven");
        assert_eq!(arena.stock(xoai).await, (7_000, 7_000));
        let promised = answers
            .iter()
            .filter(|(status, _)| *status == 201)
            .all(|(_, placed)| placed["seller_orders"][0]["lines"][0]["promised_from"].is_string());
        assert!(promised, "who ordered ahead knows when it comes");
        arena.is_sound().await;
    }
    arena.ends().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_carts_that_overlap_in_opposite_orders_all_get_through() {
    const CARTS: usize = 50;
    let mut arena = Arena::new().await;
    let mut goods = Vec::new();
    for (number, seller) in ["Hộ Út", "Hộ Bảy", "Hộ Út", "Hộ Bảy"]
        .into_iter()
        .enumerate()
    {
        let name = format!("Hàng {number}");
        goods.push(arena.ground.product(seller, &name, 10_000, 10_000).await);
    }
    let mut ordered = [0i64; 4];
    for run in 0..RUNS {
        let carts: Vec<Vec<(VariantId, i64)>> = (0..CARTS)
            .map(|cart| {
                let mut lines: Vec<_> = (0..3).map(|line| (goods[(cart + line) % 4], 1)).collect();
                if cart % 2 == 1 {
                    lines.reverse();
                }
                lines
            })
            .collect();
        for (variant, units) in carts.iter().flatten() {
            let index = goods.iter().position(|other| other == variant).unwrap();
            ordered[index] += units * 1_000;
        }
        // Sixteen at each server at any moment, and every tenth is called off at once.
        let shared = &arena;
        let answers: Vec<_> = stream::iter(carts.iter().enumerate())
            .map(|(index, lines)| async move {
                let key = format!("run-{run}-cart-{index}");
                let answer = shared
                    .server(index)
                    .order(&key, &order(lines))
                    .await
                    .unwrap();
                if index % 10 == 0 && answer.0 == 201 {
                    for placed in Placed::of(&answer.1) {
                        shared.call_off(index + 1, &placed).await;
                    }
                }
                answer
            })
            .buffer_unordered(32)
            .collect()
            .await;
        for (_, lines) in carts
            .iter()
            .enumerate()
            .filter(|(index, _)| index % 10 == 0)
        {
            for (variant, units) in lines {
                let index = goods.iter().position(|other| other == variant).unwrap();
                ordered[index] -= units * 1_000;
            }
        }
        assert_eq!(arena.count(&answers), CARTS);
        for (variant, reserved) in goods.iter().zip(ordered) {
            assert_eq!(arena.stock(*variant).await, (10_000_000, reserved));
        }
        arena.is_sound().await;
    }
    arena.ends().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn calling_off_and_sending_end_in_one_of_both() {
    const PARTS: usize = 4;
    let mut arena = Arena::new().await;
    let khom = arena.ground.product("Hộ Út", "Khóm", 1_000, 12_000).await;
    let token = seller_token(&arena.ground, "0900000021").await;
    let mut sent = 0;
    for run in 0..RUNS {
        let placed = arena.place(run, &[(khom, 1)], PARTS).await;
        let race = &arena;
        join_all(placed.iter().enumerate().map(|(index, placed)| {
            let token = token.as_str();
            async move {
                assert!(race.step(index, token, &placed.part, "confirm").await);
                if index % 2 == 0 {
                    // Packed already: the seller's two telephones.
                    assert!(race.step(index, token, &placed.part, "pack").await);
                    let (ship, cancel) = tokio::join!(
                        race.step(index, token, &placed.part, "ship"),
                        race.step(index + 1, token, &placed.part, "cancel")
                    );
                    assert!(ship != cancel, "one of both");
                } else {
                    // Packed and sent in one go, while the buyer calls off.
                    let send = async {
                        race.step(index, token, &placed.part, "pack").await
                            && race.step(index, token, &placed.part, "ship").await
                    };
                    tokio::join!(send, race.call_off(index + 1, placed));
                }
            }
        }))
        .await;
        for placed in &placed {
            let (state, status) = arena.state(placed).await;
            match (state.as_str(), status.as_str()) {
                ("shipped", "pending") => sent += 1,
                ("cancelled", "cancelled") => {}
                other => panic!("{other:?}"),
            }
        }
        assert_eq!(arena.stock(khom).await, (1_000_000 - sent * 1_000, 0));
        arena.is_sound().await;
    }
    arena.ends().await;
}

/// The worker's task is taken here, by three at once, since its round comes once a minute only.
#[tokio::test(flavor = "multi_thread")]
async fn what_expires_is_either_promised_and_paid_or_called_off_and_given_back() {
    const PARTS: usize = 4;
    let mut arena = Arena::new().await;
    let khom = arena.ground.product("Hộ Út", "Khóm", 1_000, 12_000).await;
    let chanh = arena.ground.product("Hộ Út", "Chanh", 1_000, 8_000).await;
    let token = seller_token(&arena.ground, "0900000022").await;
    let mut kept = 0;
    for run in 0..RUNS {
        let placed = arena.place(run, &[(khom, 1), (chanh, 1)], PARTS).await;
        sqlx::query("update seller_orders set confirm_by = now() - interval '1 second' where state = 'placed'")
            .execute(arena.ground.store.writer())
            .await
            .unwrap();
        let (race, token) = (&arena, token.as_str());
        let workers = join_all((0..3).map(|_| {
            let store = race.ground.store.clone();
            async move {
                market::transact!(store, &Actor::system(), work => expire(work, 2).await).unwrap()
            }
        }));
        let promises = join_all(placed.iter().enumerate().map(|(index, placed)| async move {
            tokio::join!(
                race.step(index, token, &placed.part, "confirm"),
                race.step(index + 1, token, &placed.part, "pay")
            )
        }));
        let (_, promises) = tokio::join!(workers, promises);
        // Nobody is left between the two.
        market::transact!(arena.ground.store, &Actor::system(), work => expire(work, 100).await)
            .unwrap();
        for (placed, (confirmed, paid)) in placed.iter().zip(promises) {
            let state = arena.state(placed).await;
            let state = (state.0.as_str(), state.1.as_str());
            let expected = match (confirmed, paid) {
                (true, true) => ("confirmed", "paid"),
                (true, false) => panic!("what was promised takes money"),
                (false, true) => ("cancelled", "refunded"),
                (false, false) => ("cancelled", "cancelled"),
            };
            assert_eq!(state, expected);
            kept += i64::from(confirmed);
        }
        assert_eq!(arena.stock(khom).await, (1_000_000, kept * 1_000));
        arena.is_sound().await;
    }
    arena.ends().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn fifty_times_the_same_form_is_one_order() {
    let mut arena = Arena::new().await;
    for run in 0..RUNS {
        let khom = arena
            .ground
            .product("Hộ Út", &format!("Khóm {run}"), 1, 12_000)
            .await;
        let (key, cart) = (format!("form-{run}"), order(&[(khom, 1)]));
        let shared = &arena;
        let answers = join_all((0..50).map(|tap| {
            let (key, cart) = (key.as_str(), &cart);
            async move { shared.server(tap).order(key, cart).await.unwrap() }
        }))
        .await;
        let numbers: HashSet<String> = answers
            .iter()
            .map(|(status, answer)| {
                assert_eq!(*status, 201, "{answer}");
                answer["number"].as_str().unwrap().to_owned()
            })
            .collect();
        assert_eq!(numbers.len(), 1);
        arena.accepted.extend(numbers);
        assert_eq!(arena.stock(khom).await, (1_000, 1_000));
        arena.is_sound().await;
    }
    arena.ends().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_weight_is_packed_or_the_order_is_called_off() {
    const PARTS: usize = 4;
    let mut arena = Arena::new().await;
    let ca = arena
        .ground
        .product("Hộ Út", "Cá thát lát", 1_000, 30_000)
        .await;
    sqlx::query("update variants set unit = 'kg' where id = $1")
        .bind(ca.0)
        .execute(arena.ground.store.writer())
        .await
        .unwrap();
    let token = seller_token(&arena.ground, "0900000023").await;
    let cookie = session(&arena.ground, "0900000023").await;
    let mut held = 0;
    for run in 0..RUNS {
        let placed = arena.place(run, &[(ca, 2)], PARTS).await;
        for order in &placed {
            assert!(arena.step(0, &token, &order.part, "confirm").await);
        }
        let (race, cookie) = (&arena, cookie.as_str());
        let packed = join_all(placed.iter().enumerate().map(|(index, placed)| async move {
            let line: String = sqlx::query_scalar(
                "select id::text from order_lines where seller_order_id = $1::uuid",
            )
            .bind(&placed.part)
            .fetch_one(race.ground.store.reader())
            .await
            .unwrap();
            let field = format!("packed-{line}");
            let path = format!("/ban-hang/don-hang/{}/dong-goi", placed.part);
            let form = [(field.as_str(), "1,85"), ("rest", "left_out")];
            let (status, ()) = tokio::join!(
                race.form(index, &path, cookie, &form),
                race.call_off(index + 1, placed)
            );
            status
        }))
        .await;
        for (placed, status) in placed.iter().zip(packed) {
            let (quantity, amount): (i64, i64) = sqlx::query_as(
                "select line.quantity, payments.amount_vnd - part.shipping_vnd
                 from seller_orders as part
                 join order_lines as line on line.seller_order_id = part.id
                 join payments on payments.seller_order_id = part.id
                 where part.id = $1::uuid",
            )
            .bind(&placed.part)
            .fetch_one(arena.ground.store.reader())
            .await
            .unwrap();
            let (state, _) = arena.state(placed).await;
            let outcome = (status, state.as_str(), quantity, amount);
            if status == 303 {
                assert_eq!(outcome, (303, "packed", 1_850, 55_500));
                held += quantity;
            } else {
                assert_eq!(outcome, (409, "cancelled", 2_000, 60_000));
            }
        }
        assert_eq!(arena.stock(ca).await, (1_000_000, held));
        arena.is_sound().await;
    }
    arena.ends().await;
}

/// A harvest to come of that many units that can be ordered ahead.
async fn announce(ground: &Ground, variant: VariantId, quota: &str) {
    let product: uuid::Uuid = sqlx::query_scalar("select product_id from variants where id = $1")
        .bind(variant.0)
        .fetch_one(ground.store.reader())
        .await
        .unwrap();
    let day = |days: i64| iso_day(ground.store.today() + Duration::days(days));
    let form = HarvestForm(
        [
            ("picked_from", day(10)),
            ("picked_to", day(20)),
            ("delivers_from", day(12)),
            ("delivers_to", day(22)),
            ("forecast", "500".to_owned()),
            ("unit", "trái".to_owned()),
            (&quota_field(variant), quota.to_owned()),
        ]
        .map(|(field, typed)| (field.to_owned(), typed))
        .into(),
    );
    let product = product.to_string().parse().unwrap();
    market::transact!(ground.store, &Actor::system(), work => market::catalog::commands::save_harvest(work, product, &form).await).unwrap();
}

async fn seller_token(ground: &Ground, phone: &str) -> String {
    let seller: SellerId = ground.seller("Hộ Út").await;
    ground.token(Role::Seller, Some(seller), phone).await
}

/// The cookie of a session of the person with that telephone.
async fn session(ground: &Ground, phone: &str) -> String {
    let token = secret::new_token();
    sqlx::query("insert into sessions (token_hash, person_id, created_at, last_seen_at, expires_at)
                 select $1, id, now(), now(), now() + interval '1 day' from people where phone = $2")
        .bind(secret::hash(&token))
        .bind(format!("+84{}", &phone[1..]))
        .execute(ground.store.writer())
        .await
        .unwrap();
    format!("cb_session={token}")
}
