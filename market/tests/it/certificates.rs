//! Certificates from the first entry to the day after the last.
mod goods;
mod marks;

use market::catalog::queries::by_id;
use market::certificates::commands::import::{Imported, Verdict, apply, preview};
use market::certificates::commands::{correct, cover, enter, revoke, round, send_back, verify};
use market::certificates::import::{read, template};
use market::certificates::queries::{self, DeskFilter};
use market::certificates::{
    CertificateForm, CertificateState, CertificatesRefusal, Entry, EventKind, Programme, Standing,
};
use market::kernel::{
    Actor, CertificateId, CommuneId, Failure, Office, PageRequest, PaperId, Permission, PersonId,
    ProductId, Role, SellerId, secret,
};
use market::payments::commands::check_out;
use market::search::{Filter, PostgresEngine, Query, SearchEngine, Sort};
use time::Duration;
use time::macros::datetime;

use crate::support::shop::{Shop, checkout, seller};

/// The commune of all sellers of these tests, and another.
const HERE: CommuneId = CommuneId(131_338);
const THERE: CommuneId = CommuneId(131_471);

fn officer(communes: &[CommuneId]) -> Actor {
    Actor {
        person: Some(PersonId(secret::new_key())),
        roles: vec![Role::Officer],
        office: Office {
            permissions: vec![Permission::Certificates],
            communes: communes.to_vec(),
        },
        ..Actor::guest()
    }
}

fn form(name: &str, number: &str) -> CertificateForm {
    CertificateForm {
        product_name: name.to_owned(),
        group: "food".to_owned(),
        set: String::new(),
        regime: "148/QĐ-TTg".to_owned(),
        stars: "4".to_owned(),
        score: "81".to_owned(),
        number: number.to_owned(),
        decided_on: "2024-02-01".to_owned(),
        issuer: "UBND tỉnh Hậu Giang".to_owned(),
        ..CertificateForm::default()
    }
}

struct Desk {
    shop: Shop,
    programme: Programme,
    officer: Actor,
}

impl Desk {
    async fn new() -> Self {
        let shop = Shop::new("Út").await;
        let programme = queries::programme(shop.db.store.reader()).await.unwrap();
        Self {
            shop,
            programme,
            officer: officer(&[]),
        }
    }

    fn understood(&self, form: &CertificateForm) -> Entry {
        form.parse(&self.programme, self.shop.db.store.today())
            .unwrap()
    }

    async fn paper(&self, seller: SellerId) -> PaperId {
        let id = PaperId(secret::new_key());
        sqlx::query("insert into papers (id, seller_id, kind, digest, created_at) values ($1, $2, 'certificate', $3, now())")
            .bind(id.0)
            .bind(seller.0)
            .bind(id.to_string())
            .execute(self.shop.db.store.reader())
            .await
            .unwrap();
        id
    }

    async fn enters(
        &self,
        form: &CertificateForm,
        products: &[ProductId],
        replaces: Option<CertificateId>,
    ) -> Result<CertificateId, Failure<CertificatesRefusal>> {
        let (seller, entry) = (self.shop.seller, &self.understood(form));
        let paper = self.paper(seller).await;
        market::transact!(self.shop.db.store, &self.shop.actor, work => enter(work, seller, entry, paper, products, replaces).await)
    }

    async fn verifies(&self, id: CertificateId) -> Result<(), Failure<CertificatesRefusal>> {
        market::transact!(self.shop.db.store, &self.officer, work => verify(work, id).await)
    }

    async fn revokes(
        &self,
        id: CertificateId,
        reason: &str,
    ) -> Result<(), Failure<CertificatesRefusal>> {
        market::transact!(self.shop.db.store, &self.officer, work => revoke(work, id, reason).await)
    }

    /// A certificate that counts, for that product.
    async fn granted(&self, name: &str, number: &str, product: ProductId) -> CertificateId {
        let id = self
            .enters(&form(name, number), &[product], None)
            .await
            .unwrap();
        self.verifies(id).await.unwrap();
        id
    }

    async fn state(&self, id: CertificateId) -> CertificateState {
        let found = queries::in_office(self.shop.db.store.reader(), &self.officer, id).await;
        found.unwrap().unwrap().state
    }

    async fn events(&self, id: CertificateId) -> Vec<EventKind> {
        let mut events = queries::events(self.shop.db.store.reader(), id)
            .await
            .unwrap();
        events.reverse();
        events.into_iter().map(|event| event.kind).collect()
    }

    async fn works(&self) {
        market::transact_sure!(self.shop.db.store, &Actor::system(), work => Ok(round(work).await?)).unwrap();
    }

    /// The stars of a product on its page, in the list, in the list's facet, and in an order of today.
    async fn stars(&self, product: ProductId) -> [Option<u8>; 4] {
        let store = &self.shop.db.store;
        market::transact_sure!(store, &Actor::system(), work => Ok(market::search::commands::index(work, &[product]).await?)).unwrap();
        let page = by_id(store.reader(), product).await.unwrap().unwrap();
        let engine = PostgresEngine::new(store.clone());
        let everything = Query {
            filter: Filter::default(),
            sort: Sort::Newest,
            page: PageRequest::new(None, None),
        };
        let found = engine.search(&everything).await.unwrap();
        let hit = found
            .hits
            .iter()
            .find(|hit| hit.product_id == product)
            .unwrap();
        let four = Query {
            filter: Filter {
                stars: vec![4],
                ..Filter::default()
            },
            ..everything
        };
        let filtered = engine.search(&four).await.unwrap();
        assert_eq!(
            filtered.facets.total,
            found
                .facets
                .stars
                .iter()
                .find(|(stars, _)| *stars == 4)
                .map_or(0, |(_, count)| *count)
        );
        let variant = self.shop.variant(product).await;
        let order = &checkout(&[(variant, 1)]);
        let placed =
            market::transact!(store, &Actor::guest(), work => check_out(work, order).await)
                .unwrap();
        let sold: Option<i16> =
            sqlx::query_scalar("select stars from order_lines where seller_order_id = $1")
                .bind(placed.parts[0].0.0)
                .fetch_one(store.reader())
                .await
                .unwrap();
        [
            page.stars_on(store.today()),
            hit.stars,
            found.facets.stars.first().map(|(stars, _)| *stars),
            sold.map(|stars| u8::try_from(stars).unwrap()),
        ]
    }

    async fn messages(&self) -> Vec<serde_json::Value> {
        sqlx::query_scalar(
            "select args from messages where kind = 'certificate_ends' order by created_at, id",
        )
        .fetch_all(self.shop.db.store.reader())
        .await
        .unwrap()
    }
}

const NONE: [Option<u8>; 4] = [None; 4];
const FOUR: [Option<u8>; 4] = [Some(4); 4];

fn refused<T: std::fmt::Debug>(
    outcome: Result<T, Failure<CertificatesRefusal>>,
) -> CertificatesRefusal {
    match outcome {
        Err(Failure::Refused(refusal)) => refusal,
        other => panic!("{other:?}"),
    }
}

fn not_found<T: std::fmt::Debug>(outcome: Result<T, Failure<CertificatesRefusal>>) {
    assert_eq!(refused(outcome), CertificatesRefusal::NotFound);
}

#[tokio::test]
async fn it_counts_once_an_officer_has_held_it_against_the_decision() {
    let desk = Desk::new().await;
    let (product, _) = desk.shop.product("Khóm Cầu Đúc", 50, 12_000).await;
    let id = desk
        .enters(&form("Khóm Cầu Đúc", "7/QĐ"), &[product], None)
        .await
        .unwrap();
    assert_eq!(desk.stars(product).await, NONE, "nobody has looked");
    let db = desk.shop.db.store.reader();
    let code = queries::in_office(db, &desk.officer, id)
        .await
        .unwrap()
        .unwrap()
        .code;
    assert!(queries::public(db, &code).await.unwrap().is_none());

    let store = &desk.shop.db.store;
    market::transact!(store, &desk.officer, work => send_back(work, id, "number", "Số quyết định là 70").await).unwrap();
    assert_eq!(desk.state(id).await, CertificateState::Returned);
    let (returned, _) = queries::to_do(db, desk.shop.seller, store.today())
        .await
        .unwrap();
    assert_eq!(returned, 1);
    assert_eq!(
        refused(desk.verifies(id).await),
        CertificatesRefusal::WrongState
    );
    let mended = &desk.understood(&form("Khóm Cầu Đúc", "70/QĐ"));
    market::transact!(store, &desk.shop.actor, work => correct(work, id, mended, None, &[product]).await).unwrap();
    desk.verifies(id).await.unwrap();
    assert_eq!(desk.stars(product).await, FOUR);
    let seen = queries::public(db, &code.to_lowercase())
        .await
        .unwrap()
        .unwrap();
    assert!(seen.is_valid_on(store.today()));
    assert_eq!(seen.products.len(), 1);

    assert_eq!(
        refused(desk.revokes(id, "  ").await).to_string(),
        "invalid: reason: required"
    );
    desk.revokes(id, "Không giữ chất lượng").await.unwrap();
    assert_eq!(desk.stars(product).await, NONE);
    let seen = queries::public(db, &code).await.unwrap().unwrap();
    assert_eq!(seen.revoked_on, Some(store.today()));
    assert!(!seen.is_valid_on(store.today()));
    assert_eq!(
        desk.events(id).await,
        [
            EventKind::Entered,
            EventKind::Returned,
            EventKind::Changed,
            EventKind::Verified,
            EventKind::Revoked
        ]
    );
    let deeds: i64 = sqlx::query_scalar("select count(*) from audit_log where subject = $1")
        .bind(id.0)
        .fetch_one(db)
        .await
        .unwrap();
    assert_eq!(deeds, 5);
}

#[tokio::test]
async fn it_counts_to_the_end_of_its_last_day_in_hau_giang() {
    let desk = Desk::new().await;
    let (product, _) = desk.shop.product("Khóm", 50, 12_000).await;
    let id = desk.granted("Khóm", "7/QĐ", product).await;
    // The last day is 31 January 2027.
    let clock = &desk.shop.db.clock;
    clock.set(datetime!(2027-01-31 23:59:59 +7));
    assert_eq!(desk.stars(product).await, FOUR);
    desk.works().await;
    assert!(!desk.events(id).await.contains(&EventKind::Expired));
    clock.advance(Duration::SECOND);
    assert_eq!(desk.stars(product).await, NONE);
    desk.works().await;
    desk.works().await;
    let expired = desk
        .events(id)
        .await
        .into_iter()
        .filter(|kind| *kind == EventKind::Expired);
    assert_eq!(expired.count(), 1);
    let told: i64 = sqlx::query_scalar("select count(*) from outbox where topic = 'product_changed' and subject = $1 and available_at >= $2")
        .bind(product.0)
        .bind(clock.now())
        .fetch_one(desk.shop.db.store.reader())
        .await
        .unwrap();
    assert!(told >= 1, "search and pages are told");
}

#[tokio::test]
async fn others_find_nothing() {
    let desk = Desk::new().await;
    let store = &desk.shop.db.store;
    let (product, _) = desk.shop.product("Khóm", 50, 12_000).await;
    let id = desk
        .enters(&form("Khóm", "7/QĐ"), &[product], None)
        .await
        .unwrap();
    let other = seller(&desk.shop.db, "Bảy").await;
    let stranger = Actor {
        memberships: vec![market::kernel::Membership {
            seller: other,
            duty: market::kernel::Duty::Owner,
        }],
        ..desk.shop.actor.clone()
    };
    // A helper whom no household has let in, an officer of another commune, one trusted with other things.
    let helper = Actor {
        roles: vec![Role::Helper],
        memberships: Vec::new(),
        ..desk.shop.actor.clone()
    };
    let far = officer(&[THERE]);
    let reporter = Actor {
        office: Office {
            permissions: vec![Permission::Reports],
            communes: Vec::new(),
        },
        ..officer(&[])
    };
    let entry = &desk.understood(&form("Khóm", "8/QĐ"));
    let paper = desk.paper(desk.shop.seller).await;
    for actor in [&stranger, &helper, &far, &reporter, &Actor::guest()] {
        let seller = desk.shop.seller;
        not_found(
            market::transact!(store, actor, work => enter(work, seller, entry, paper, &[], None).await),
        );
        not_found(
            market::transact!(store, actor, work => correct(work, id, entry, None, &[]).await),
        );
        not_found(market::transact!(store, actor, work => cover(work, id, &[]).await));
        not_found(market::transact!(store, actor, work => verify(work, id).await));
        not_found(
            market::transact!(store, actor, work => send_back(work, id, "stars", "Sai").await),
        );
        not_found(market::transact!(store, actor, work => revoke(work, id, "Sai").await));
        assert!(
            queries::own(store.reader(), actor, id)
                .await
                .unwrap()
                .is_none()
        );
        assert!(
            queries::in_office(store.reader(), actor, id)
                .await
                .unwrap()
                .is_none()
        );
        let (listed, total) =
            queries::for_office(store.reader(), actor, &DeskFilter::default(), store.today())
                .await
                .unwrap();
        assert!(listed.is_empty() && total == 0);
        let rows = read(template().as_bytes()).unwrap();
        let taken =
            market::transact!(store, actor, work => apply(work, &desk.programme, &rows).await);
        assert_eq!(refused(taken), CertificatesRefusal::Forbidden);
    }
    // The seller does not verify, and covers neither with another's paper nor another's goods.
    not_found(market::transact!(store, &desk.shop.actor, work => verify(work, id).await));
    let foreign = desk.paper(other).await;
    let seller = desk.shop.seller;
    let taken = market::transact!(store, &desk.shop.actor, work => enter(work, seller, entry, foreign, &[], None).await);
    not_found(taken);
    let theirs = &market::transact!(store, &stranger, work => market::catalog::commands::start(work, other, "a").await).unwrap();
    let taken = market::transact!(store, &desk.shop.actor, work => enter(work, seller, entry, paper, &[*theirs], None).await);
    not_found(taken);

    let near = officer(&[HERE]);
    let (listed, _) =
        queries::for_office(store.reader(), &near, &DeskFilter::default(), store.today())
            .await
            .unwrap();
    assert_eq!(listed.len(), 1);
    market::transact!(store, &near, work => verify(work, id).await).unwrap();
}

#[tokio::test]
async fn a_certificate_is_entered_once_and_followed_once() {
    let desk = Desk::new().await;
    let (product, _) = desk.shop.product("Khóm", 50, 12_000).await;
    let id = desk.granted("Khóm", "7/QĐ", product).await;
    let again = desk.enters(&form("KHÓM", "7/QĐ"), &[], None).await;
    assert_eq!(
        refused(again).to_string(),
        "invalid: number: certificate_known"
    );
    let next = desk
        .enters(&form("Khóm", "8/QĐ"), &[], Some(id))
        .await
        .unwrap();
    let other = desk.enters(&form("Khóm", "9/QĐ"), &[], Some(id)).await;
    assert_eq!(refused(other), CertificatesRefusal::AlreadyFollowed);
    let waiting = desk.enters(&form("Khóm", "9/QĐ"), &[], Some(next)).await;
    assert_eq!(refused(waiting), CertificatesRefusal::WrongState);
}

#[tokio::test]
async fn the_next_certificate_takes_the_goods_over_once_it_is_verified() {
    let desk = Desk::new().await;
    let (one, _) = desk.shop.product("Khóm", 50, 12_000).await;
    let (two, _) = desk.shop.product("Khóm sấy", 50, 12_000).await;
    let id = desk.granted("Khóm", "7/QĐ", one).await;
    let five = CertificateForm {
        stars: "5".to_owned(),
        score: "93".to_owned(),
        decided_on: "2026-11-01".to_owned(),
        ..form("Khóm", "8/QĐ")
    };
    let next = desk.enters(&five, &[two], Some(id)).await.unwrap();
    assert_eq!(desk.stars(one).await[0], Some(4));
    desk.verifies(next).await.unwrap();
    assert_eq!(desk.stars(one).await[0], Some(5));
    assert_eq!(desk.stars(two).await[0], Some(5));
    assert_eq!(desk.events(id).await.last(), Some(&EventKind::Upgraded));
    let record = queries::own(desk.shop.db.store.reader(), &desk.shop.actor, id)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(record.successor, Some((next, CertificateState::Verified)));
}

#[tokio::test]
async fn sellers_are_warned_once_each_and_after_a_standstill_of_what_is_nearest() {
    let desk = Desk::new().await;
    let (product, _) = desk.shop.product("Khóm Cầu Đúc", 50, 12_000).await;
    let id = desk.granted("Khóm Cầu Đúc", "7/QĐ", product).await;
    // The last day is 31 January 2027: 68 days from now.
    let clock = &desk.shop.db.clock;
    clock.set(datetime!(2026-11-01 07:59 +7));
    desk.works().await;
    assert!(desk.messages().await.is_empty(), "91 days before");
    clock.set(datetime!(2026-11-02 07:59 +7));
    desk.works().await;
    assert!(desk.messages().await.is_empty(), "nobody is woken");
    clock.set(datetime!(2026-11-02 08:00 +7));
    for _ in 0..2 {
        desk.works().await;
    }
    assert_eq!(
        desk.messages().await,
        [serde_json::json!({ "product": "khom cau duc", "day": "31/01/2027" })]
    );
    clock.set(datetime!(2026-12-15 09:00 +7));
    desk.works().await;
    assert_eq!(desk.messages().await.len(), 1);
    // Nobody worked over the turn of the year.
    clock.set(datetime!(2027-01-28 09:00 +7));
    for _ in 0..3 {
        desk.works().await;
        clock.advance(Duration::hours(5));
    }
    assert_eq!(desk.messages().await.len(), 2);
    let warned: Vec<_> = desk
        .events(id)
        .await
        .into_iter()
        .filter(|kind| matches!(kind, EventKind::Warned(_)))
        .collect();
    assert_eq!(warned, [EventKind::Warned(90), EventKind::Warned(7)]);
    let (_, ending) = queries::to_do(
        desk.shop.db.store.reader(),
        desk.shop.seller,
        desk.shop.db.store.today(),
    )
    .await
    .unwrap();
    assert_eq!(ending, 1);
}

#[tokio::test]
async fn who_has_entered_the_next_one_is_not_warned() {
    let desk = Desk::new().await;
    let (product, _) = desk.shop.product("Khóm", 50, 12_000).await;
    let id = desk.granted("Khóm", "7/QĐ", product).await;
    let next = CertificateForm {
        decided_on: "2026-11-20".to_owned(),
        ..form("Khóm", "8/QĐ")
    };
    desk.enters(&next, &[], Some(id)).await.unwrap();
    desk.works().await;
    assert!(desk.messages().await.is_empty());
    let (_, ending) = queries::to_do(
        desk.shop.db.store.reader(),
        desk.shop.seller,
        desk.shop.db.store.today(),
    )
    .await
    .unwrap();
    assert_eq!(ending, 0);
}

#[tokio::test]
async fn officers_look_through_them_by_how_they_stand() {
    let desk = Desk::new().await;
    let (product, _) = desk.shop.product("Khóm", 50, 12_000).await;
    desk.granted("Khóm", "7/QĐ", product).await;
    desk.enters(&form("Mứt khóm", "8/QĐ"), &[], None)
        .await
        .unwrap();
    let (store, today) = (&desk.shop.db.store, desk.shop.db.store.today());
    for (standing, count) in [
        (Standing::Entered, 1),
        (Standing::Returned, 0),
        (Standing::Valid, 1),
        (Standing::Ending, 1),
        (Standing::Expired, 0),
        (Standing::Revoked, 0),
    ] {
        let filter = DeskFilter {
            standing: Some(standing),
            commune: Some("31338".to_owned()),
            ..DeskFilter::default()
        };
        let (listed, total) = queries::for_office(store.reader(), &desk.officer, &filter, today)
            .await
            .unwrap();
        assert_eq!(
            (listed.len(), total),
            (usize::try_from(count).unwrap(), count),
            "{standing:?}"
        );
        let counts = queries::counts(store.reader(), &desk.officer, today)
            .await
            .unwrap();
        assert!(counts.contains(&(standing, count)));
    }
    let communes = queries::communes(store.reader(), &desk.officer)
        .await
        .unwrap();
    assert_eq!(communes[0].0, "31338");
}

fn list(rows: &[&str]) -> String {
    let template = template();
    let heading = template.lines().next().unwrap();
    format!("{heading}\r\n{}\r\n", rows.join("\r\n"))
}

#[tokio::test]
async fn a_list_is_looked_at_then_taken_in_whole_or_not_at_all_and_once() {
    let desk = Desk::new().await;
    let (product, _) = desk.shop.product("Khóm", 50, 12_000).await;
    let waiting = desk
        .enters(&form("Mứt khóm", "8/QĐ"), &[], None)
        .await
        .unwrap();
    let former = desk.granted("Khóm", "7/QĐ", product).await;
    let (store, office) = (&desk.shop.db.store, &desk.officer);
    let looks = async |text: &str| {
        let rows = read(text.as_bytes()).unwrap();
        market::transact!(store, office, work => preview(work, &desk.programme, &rows).await)
            .unwrap()
    };
    let takes = async |text: &str| {
        let rows = read(text.as_bytes()).unwrap();
        market::transact!(store, office, work => apply(work, &desk.programme, &rows).await)
    };
    let good = "9/QĐ;01/11/2026;UBND;26/2026;Út;;Khóm;food;1;4;75";
    let wrong = list(&[
        good,
        "9/QĐ;01/11/2026;UBND;26/2026;ut;;khóm;food;1;4;75",
        "9/QĐ;31/11/2026;;148;Tư;;Khóm;rau;;6;75",
        "7/QĐ;01/02/2024;UBND;148;ut;;Khóm;food;;3;",
        "10/QĐ;01/11/2026;UBND;26/2026;ut;P999;Rượu khóm;drink;15;3;50",
    ]);
    let judged = looks(&wrong).await;
    let told: Vec<(usize, Vec<String>)> = judged
        .iter()
        .map(|row| {
            (
                row.line,
                row.errors
                    .0
                    .iter()
                    .map(|error| format!("{} {}", error.field, error.code))
                    .collect(),
            )
        })
        .collect();
    let told: Vec<(usize, Vec<&str>)> = told
        .iter()
        .map(|(line, errors)| (*line, errors.iter().map(String::as_str).collect()))
        .collect();
    assert_eq!(
        told,
        [
            (2, vec![]),
            (3, vec!["number certificate_twice"]),
            (
                4,
                vec![
                    "seller certificate_no_seller",
                    "issuer required",
                    "group certificate_one_of",
                    "stars certificate_one_of",
                    "decided_on day"
                ]
            ),
            (5, vec!["stars certificate_differs"]),
            (6, vec!["product_code certificate_no_product"]),
        ]
    );
    assert_eq!(
        refused(takes(&wrong).await),
        CertificatesRefusal::ListHasErrors
    );
    assert_eq!(desk.stars(product).await[0], Some(4));
    assert_eq!(desk.state(waiting).await, CertificateState::Entered);

    let right = list(&[
        good,
        "8/QĐ;01/02/2024;UBND tỉnh;148/QĐ-TTg;ut;;Mứt khóm;Thực phẩm;;3;",
        "11/QĐ;01/11/2026;UBND;26/2026;ut;;Rượu khóm;Đồ uống;15;3;50",
        "7/QĐ;01/02/2024;UBND;148;ut;;Khóm;food;;4;",
    ]);
    let verdicts: Vec<Verdict> = looks(&right).await.iter().map(|row| row.verdict).collect();
    assert_eq!(
        verdicts,
        [
            Verdict::Follows,
            Verdict::Confirms,
            Verdict::New,
            Verdict::Known
        ]
    );
    let done = takes(&right).await.unwrap();
    assert_eq!(
        done,
        Imported {
            new: 2,
            confirmed: 1,
            known: 1
        }
    );
    assert_eq!(desk.state(waiting).await, CertificateState::Verified);
    assert_eq!(desk.events(former).await.last(), Some(&EventKind::Renewed));
    let covering: String = sqlx::query_scalar("select number from certificates join products on products.certificate_id = certificates.id where products.id = $1")
        .bind(product.0)
        .fetch_one(store.reader())
        .await
        .unwrap();
    assert_eq!(covering, "9/QĐ");

    let count = async || -> (i64, i64) {
        sqlx::query_as(
            "select (select count(*) from certificates), (select count(*) from certificate_events)",
        )
        .fetch_one(store.reader())
        .await
        .unwrap()
    };
    let before = count().await;
    assert_eq!(
        takes(&right).await.unwrap(),
        Imported {
            new: 0,
            confirmed: 0,
            known: 4
        }
    );
    assert_eq!(count().await, before);
}
