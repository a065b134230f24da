//! Shops: begun, filled in, looked at, restricted, on holiday; who may do what with whose.
use std::sync::Mutex;

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use market::accounts::Again;
use market::catalog::CatalogRefusal;
use market::kernel::rights::{HelpArea, Office};
use market::kernel::time::business_day;
use market::kernel::{
    Actor, CommuneId, Duty, Failure, Fault, Membership, PaperId, Permission, Phone, PhotoId,
    ProductId, Role, SellerId, secret,
};
use market::sellers::commands::{self, BeginShop, Pause, verify};
use market::sellers::identity::{Claimed, IdentityProvider};
use market::sellers::numbers::BankAccount;
use market::sellers::{
    AboutForm, Address, Delivers, Residence, SellerKind, SellersRefusal, Shop, ShopEvent,
    ShopField, Standing, TaxKind, WhoForm, queries,
};
use time::Duration;

use crate::support::db::TestDb;
use crate::support::shop::{Shop as Sells, person};

const HERE: CommuneId = CommuneId(131_338);
const THERE: CommuneId = CommuneId(131_471);
const PHONE: &str = "0911222333";
const NUMBER: &str = "093084001234";

async fn ground() -> TestDb {
    let db = TestDb::new().await;
    market::places::commands::ensure_reference(&db.store)
        .await
        .unwrap();
    db
}

async fn buyer(db: &TestDb, phone: &str) -> Actor {
    Actor {
        person: Some(person(db, phone, "khóm ngọt quá").await),
        roles: vec![Role::Buyer],
        ..Actor::guest()
    }
}

fn owner(actor: &Actor, seller: SellerId) -> Actor {
    Actor {
        memberships: vec![Membership {
            seller,
            duty: Duty::Owner,
        }],
        ..actor.clone()
    }
}

async fn officer(db: &TestDb, phone: &str, communes: Vec<CommuneId>) -> Actor {
    Actor {
        roles: vec![Role::Officer],
        office: Office {
            permissions: vec![Permission::Sellers],
            communes,
        },
        ..buyer(db, phone).await
    }
}

fn new_shop(phone: Option<&str>) -> BeginShop {
    BeginShop {
        kind: SellerKind::Household,
        name: "Vườn khóm Út Hậu".to_owned(),
        owner_name: "Nguyễn Văn Hậu".to_owned(),
        owner_phone: phone.map(|phone| Phone::parse(phone).unwrap()),
        commune_id: HERE,
        former_commune_id: Some(CommuneId(31_339)),
        hamlet: "Ấp Thạnh Xuân".to_owned(),
    }
}

type Answer<T> = Result<T, Failure<SellersRefusal>>;

async fn begin(db: &TestDb, actor: &Actor, shop: &BeginShop) -> Answer<SellerId> {
    market::transact!(db.store, actor, work => commands::begin(work, shop).await)
}

async fn load(db: &TestDb, id: SellerId) -> Shop {
    queries::load_shop(db.store.reader(), id)
        .await
        .unwrap()
        .unwrap()
}

/// A paper and a picture, as rows: the files are what the tests of `media` are about.
async fn files(db: &TestDb, id: SellerId) -> (PaperId, PhotoId) {
    let (paper, photo) = (PaperId(secret::new_key()), PhotoId(secret::new_key()));
    sqlx::query("insert into papers (id, seller_id, kind, digest, created_at) values ($1, $2, 'identity', 'a', now())")
        .bind(paper.0).bind(id.0).execute(db.store.writer()).await.unwrap();
    sqlx::query("insert into photos (id, seller_id, digest, width, height, preview, created_at) values ($1, $2, 'b', 640, 480, '', now())")
        .bind(photo.0).bind(id.0).execute(db.store.writer()).await.unwrap();
    (paper, photo)
}

async fn save_who(db: &TestDb, actor: &Actor, id: SellerId, number: &str) -> Answer<()> {
    let form = WhoForm {
        kind: "household".to_owned(),
        owner_name: "Nguyễn Văn Hậu".to_owned(),
        number: number.to_owned(),
    };
    let who = &form.parse(None).unwrap();
    market::transact!(db.store, actor, work => commands::save_who(work, id, who).await)
}

async fn save_bank(db: &TestDb, actor: &Actor, id: SellerId, number: &str) -> Answer<()> {
    let mut errors = market::kernel::FieldErrors::default();
    let account = &BankAccount::parse(&mut errors, "970405", number, "Nguyễn Văn Hậu").unwrap();
    let again = Again {
        token: "",
        password: "",
    };
    commands::save_bank(&db.store, actor, again, id, account).await
}

/// All that is asked.
async fn fill(db: &TestDb, actor: &Actor, id: SellerId) {
    save_who(db, actor, id, NUMBER).await.unwrap();
    save_bank(db, actor, id, "7300205123456").await.unwrap();
    let (_, photo) = files(db, id).await;
    market::transact!(db.store, actor, work => {
        commands::save_delivery(work, id, Delivers::Carrier).await?;
        commands::save_tax(work, id, Residence::Resident, TaxKind::Grower).await?;
        commands::set_picture(work, id, photo).await
    })
    .unwrap();
}

async fn submit(db: &TestDb, actor: &Actor, id: SellerId) -> Answer<()> {
    market::transact!(db.store, actor, work => commands::submit(work, id).await)
}

async fn approve(db: &TestDb, actor: &Actor, id: SellerId) -> Answer<()> {
    market::transact!(db.store, actor, work => commands::approve(work, id).await)
}

async fn due(db: &TestDb) -> usize {
    market::transact_sure!(db.store, &Actor::system(), work => Ok(commands::due(work, 100).await?))
        .unwrap()
}

/// The messages that wait for a telephone, by kind.
async fn messages(db: &TestDb, phone: &str) -> Vec<String> {
    sqlx::query_scalar("select kind from messages where phone = $1 order by created_at, id")
        .bind(Phone::parse(phone).unwrap().as_str())
        .fetch_all(db.store.reader())
        .await
        .unwrap()
}

fn refused<T: std::fmt::Debug>(answer: Answer<T>) -> SellersRefusal {
    match answer {
        Err(Failure::Refused(refusal)) => refusal,
        other => panic!("not refused: {other:?}"),
    }
}

#[tokio::test]
async fn a_shop_is_begun_filled_in_handed_in_returned_mended_and_approved() {
    let db = ground().await;
    let person = buyer(&db, PHONE).await;
    let id = begin(&db, &person, &new_shop(None)).await.unwrap();
    // Two taps are one shop.
    assert_eq!(begin(&db, &person, &new_shop(None)).await.unwrap(), id);
    let own = owner(&person, id);
    let duty: String = sqlx::query_scalar("select duty from seller_members where seller_id = $1")
        .bind(id.0)
        .fetch_one(db.store.reader())
        .await
        .unwrap();
    assert_eq!(duty, "owner");
    let shop = load(&db, id).await;
    assert_eq!(
        (shop.standing, shop.slug.as_str()),
        (Standing::Draft, "vuon-khom-ut-hau")
    );
    assert_eq!(shop.former_commune, Some(CommuneId(31_339)));
    assert_eq!(
        refused(submit(&db, &own, id).await),
        SellersRefusal::Incomplete
    );
    fill(&db, &own, id).await;
    assert_eq!(load(&db, id).await.missing(), []);
    submit(&db, &own, id).await.unwrap();
    let shop = load(&db, id).await;
    // From a Tuesday three working days are a Friday.
    assert_eq!(shop.decide_by, Some(db.store.today() + Duration::days(3)));
    // Nothing is changed while it is looked at.
    assert_eq!(
        refused(save_who(&db, &own, id, NUMBER).await),
        SellersRefusal::Locked
    );

    let officer = officer(&db, "0911000001", vec![HERE]).await;
    let number =
        market::transact!(db.store, &officer, work => commands::see_number(work, id).await);
    assert_eq!(number.unwrap().as_deref(), Some(NUMBER));
    let looks: i64 = sqlx::query_scalar(
        "select count(*) from audit_log where action = 'shop.number_seen' and person_id = $1",
    )
    .bind(officer.person.map(|person| person.0))
    .fetch_one(db.store.reader())
    .await
    .unwrap();
    assert_eq!(looks, 1);
    let notes = [
        (ShopField::Papers, "Hình mờ, chụp lại".to_owned()),
        (ShopField::Story, "  ".to_owned()),
    ];
    let typed = &notes[..];
    market::transact!(db.store, &officer, work => commands::return_with(work, id, typed).await)
        .unwrap();
    let shop = load(&db, id).await;
    assert_eq!(shop.standing, Standing::Returned);
    assert_eq!(shop.note(ShopField::Papers), Some("Hình mờ, chụp lại"));
    assert_eq!(shop.note(ShopField::Story), None);
    assert_eq!(messages(&db, PHONE).await, ["shop_returned"]);

    db.clock.advance(Duration::hours(1));
    submit(&db, &own, id).await.unwrap();
    approve(&db, &officer, id).await.unwrap();
    let shop = load(&db, id).await;
    assert_eq!(shop.standing, Standing::Approved);
    assert!(shop.verified_at.is_some());
    assert_eq!(
        messages(&db, PHONE).await,
        ["shop_returned", "shop_approved"]
    );
    let history: Vec<ShopEvent> = shop.history.iter().rev().map(|line| line.event).collect();
    assert_eq!(
        history,
        [
            ShopEvent::Begun,
            ShopEvent::Submitted,
            ShopEvent::Returned,
            ShopEvent::Submitted,
            ShopEvent::Approved
        ]
    );
    let (method, masked): (String, String) =
        sqlx::query_as("select method, masked_number from identity_checks where seller_id = $1")
            .bind(id.0)
            .fetch_one(db.store.reader())
            .await
            .unwrap();
    assert_eq!(
        (method.as_str(), masked.as_str()),
        ("papers_by_officer", "•••••••• 1234")
    );
    // Approved twice is refused, and history can't be changed.
    assert_eq!(
        refused(approve(&db, &officer, id).await),
        SellersRefusal::WrongState
    );
    let changed = sqlx::query("update seller_events set reason = 'x'")
        .execute(db.store.writer())
        .await;
    assert!(changed.is_err());
}

#[tokio::test]
async fn numbers_and_accounts_are_sealed_and_shown_by_their_last_digits() {
    let db = ground().await;
    let person = buyer(&db, PHONE).await;
    let id = begin(&db, &person, &new_shop(None)).await.unwrap();
    let own = owner(&person, id);
    fill(&db, &own, id).await;
    let row: String =
        sqlx::query_scalar("select to_jsonb(sellers)::text from sellers where id = $1")
            .bind(id.0)
            .fetch_one(db.store.reader())
            .await
            .unwrap();
    let hex = |text: &str| {
        text.bytes()
            .map(|byte| format!("{byte:02x}"))
            .collect::<String>()
    };
    for secret in [NUMBER, "7300205123456"] {
        assert!(
            !row.contains(secret) && !row.contains(&hex(secret)),
            "{secret}"
        );
    }
    let logged: String = sqlx::query_scalar("select string_agg(after::text, ' ') from audit_log")
        .fetch_one(db.store.reader())
        .await
        .unwrap();
    assert!(!logged.contains(NUMBER) && !logged.contains("7300205123456"));
    let shop = load(&db, id).await;
    assert_eq!(shop.number_masked, "•••••••• 1234");
    assert_eq!(shop.bank_account_masked, "•••••••• 3456");
    // The same number in another shop is a hint for the officer.
    let other = buyer(&db, "0911222444").await;
    let twin = begin(&db, &other, &new_shop(None)).await.unwrap();
    assert_eq!(load(&db, twin).await.slug, "vuon-khom-ut-hau-2");
    save_who(&db, &owner(&other, twin), twin, NUMBER)
        .await
        .unwrap();
    let twins = queries::with_same_number(db.store.reader(), twin)
        .await
        .unwrap();
    assert_eq!(twins, [(id, "Vườn khóm Út Hậu".to_owned())]);
}

#[tokio::test]
async fn other_communes_officers_other_sellers_and_helpers_keep_out() {
    let db = ground().await;
    let person = buyer(&db, PHONE).await;
    let id = begin(&db, &person, &new_shop(None)).await.unwrap();
    let own = owner(&person, id);
    fill(&db, &own, id).await;
    submit(&db, &own, id).await.unwrap();
    let elsewhere = officer(&db, "0911000001", vec![THERE]).await;
    let stranger = owner(&buyer(&db, "0911000002").await, SellerId(secret::new_key()));
    for actor in [&elsewhere, &stranger, &own, &Actor::guest()] {
        assert_eq!(
            refused(approve(&db, actor, id).await),
            SellersRefusal::NotFound
        );
    }
    for actor in [&elsewhere, &stranger] {
        let number =
            market::transact!(db.store, actor, work => commands::see_number(work, id).await);
        assert_eq!(refused(number), SellersRefusal::NotFound);
        assert_eq!(
            refused(submit(&db, actor, id).await),
            SellersRefusal::NotFound
        );
        assert_eq!(
            refused(save_bank(&db, actor, id, "123456").await),
            SellersRefusal::NotFound
        );
        let paused = market::transact!(db.store, actor, work => commands::pause(work, id, Pause::Open).await);
        assert_eq!(refused(paused), SellersRefusal::NotFound);
    }
    // Staff of the shop list goods, but the account is the owner's.
    let staff = Actor {
        memberships: vec![Membership {
            seller: id,
            duty: Duty::Staff,
        }],
        ..Actor::guest()
    };
    assert_eq!(
        refused(save_bank(&db, &staff, id, "123456").await),
        SellersRefusal::NotAllowed
    );
    // Nobody approves a shop of their own.
    let both = Actor {
        memberships: own.memberships.clone(),
        ..officer(&db, "0911000003", Vec::new()).await
    };
    assert_eq!(
        refused(approve(&db, &both, id).await),
        SellersRefusal::NotAllowed
    );
    let filter = queries::ShopFilter {
        scope: Some(&[THERE]),
        ..queries::ShopFilter::default()
    };
    assert_eq!(
        queries::counts(db.store.reader(), &filter).await.unwrap(),
        []
    );
}

#[tokio::test]
async fn a_helper_begins_for_a_household_and_does_not_belong_to_it() {
    let db = ground().await;
    let helper = Actor {
        roles: vec![Role::Helper],
        helps: vec![HelpArea {
            commune: HERE,
            hamlet: "Ấp Thạnh Xuân".to_owned(),
        }],
        ..buyer(&db, "0911000001").await
    };
    let members = async |id: SellerId| -> Vec<String> {
        sqlx::query_scalar("select phone from seller_members join people on people.id = person_id where seller_id = $1")
            .bind(id.0)
            .fetch_all(db.store.reader())
            .await
            .unwrap()
    };
    let with_phone = begin(&db, &helper, &new_shop(Some(PHONE))).await.unwrap();
    assert_eq!(members(with_phone).await, Vec::<String>::new());
    assert_eq!(load(&db, with_phone).await.phone.as_str(), "+84911222333");
    let without = begin(&db, &helper, &new_shop(None)).await.unwrap();
    assert_ne!(without, with_phone);
    assert_eq!(begin(&db, &helper, &new_shop(None)).await.unwrap(), without);
    assert_eq!(members(without).await, Vec::<String>::new());
    assert_eq!(load(&db, without).await.phone.as_str(), "+84911000001");
    // The holder of that number takes it over, and nobody was given anything unasked.
    let household = buyer(&db, PHONE).await;
    let taken = begin(&db, &household, &new_shop(None)).await.unwrap();
    assert_eq!(taken, with_phone);
    assert_eq!(members(with_phone).await, ["+84911222333"]);
    // Not in the next hamlet, and nobody else for another's telephone.
    let next = BeginShop {
        hamlet: "Ấp Thạnh Bình".to_owned(),
        ..new_shop(Some(PHONE))
    };
    assert_eq!(
        refused(begin(&db, &helper, &next).await),
        SellersRefusal::NotAllowed
    );
    let buyer = buyer(&db, "0911000002").await;
    assert_eq!(
        refused(begin(&db, &buyer, &new_shop(Some(PHONE))).await),
        SellersRefusal::NotAllowed
    );
    assert_eq!(
        refused(begin(&db, &Actor::guest(), &new_shop(None)).await),
        SellersRefusal::NotAllowed
    );
}

#[tokio::test]
async fn what_can_not_be_right_is_told_at_its_field() {
    let db = ground().await;
    let person = buyer(&db, PHONE).await;
    let wrong = BeginShop {
        name: " ".to_owned(),
        hamlet: "x".repeat(81),
        // Of the old map.
        commune_id: CommuneId(31_339),
        ..new_shop(None)
    };
    let SellersRefusal::Invalid(errors) = refused(begin(&db, &person, &wrong).await) else {
        panic!("not told");
    };
    let fields: Vec<&str> = errors.0.iter().map(|error| error.field.as_str()).collect();
    assert_eq!(fields, ["shop_name", "hamlet", "commune"]);
    let id = begin(&db, &person, &new_shop(None)).await.unwrap();
    let own = owner(&person, id);
    let address = &Address {
        commune: HERE,
        // Did not go into that commune.
        former: Some(CommuneId(1)),
        hamlet: "Ấp 3".to_owned(),
        street: String::new(),
    };
    market::transact!(db.store, &own, work => commands::save_address(work, id, address).await)
        .unwrap();
    assert_eq!(load(&db, id).await.former_commune, None);
    let form = AboutForm {
        shop_name: String::new(),
        story: "x".repeat(2001),
    };
    assert_eq!(form.parse().unwrap_err().0.len(), 2);
}

/// A shop on sale with a product, and the officer of its commune.
async fn selling() -> (Sells, ProductId, Actor) {
    let shop = Sells::new("Hộ Út").await;
    let (product, _) = shop.product("Khóm", 10, 20_000).await;
    let officer = officer(&shop.db, "0911000001", vec![HERE]).await;
    (shop, product, officer)
}

async fn sells(shop: &Sells) -> bool {
    sqlx::query_scalar("select is_selling(sellers) from sellers where id = $1")
        .bind(shop.seller.0)
        .fetch_one(shop.db.store.reader())
        .await
        .unwrap()
}

async fn announce(shop: &Sells, officer: &Actor, reason: &str, days: i64) -> Answer<()> {
    let (id, day) = (
        shop.seller,
        Some(shop.db.store.today() + Duration::days(days)),
    );
    market::transact!(shop.db.store, officer, work => commands::announce_suspension(work, id, reason, day).await)
}

#[tokio::test]
async fn a_suspension_has_five_days_notice_and_a_reason_and_is_lifted() {
    let (shop, _, officer) = selling().await;
    let (db, id) = (&shop.db, shop.seller);
    for (reason, days) in [("", 5), ("Hàng không rõ nguồn gốc", 4)] {
        assert!(matches!(
            refused(announce(&shop, &officer, reason, days).await),
            SellersRefusal::Invalid(_)
        ));
    }
    announce(&shop, &officer, "Hàng không rõ nguồn gốc", 5)
        .await
        .unwrap();
    assert_eq!(due(db).await, 0);
    db.clock.advance(Duration::days(4));
    assert_eq!(due(db).await, 0);
    assert!(sells(&shop).await);
    db.clock.advance(Duration::days(1));
    assert_eq!(due(db).await, 1);
    assert_eq!(due(db).await, 0);
    assert!(!sells(&shop).await);
    let seen = load(db, id).await;
    assert_eq!(seen.suspension().unwrap().reason, "Hàng không rõ nguồn gốc");
    db.clock.advance(Duration::hours(1));
    market::transact!(db.store, &officer, work => commands::lift(work, id).await).unwrap();
    assert!(sells(&shop).await);
    assert_eq!(
        messages(db, "0912345678").await,
        ["shop_suspension_announced", "shop_suspended", "shop_lifted"]
    );
}

#[tokio::test]
async fn an_authority_s_order_suspends_at_once_and_an_announcement_can_be_called_off() {
    let (shop, product, officer) = selling().await;
    let (db, id) = (&shop.db, shop.seller);
    announce(&shop, &officer, "Chưa trả lời phản ánh", 7)
        .await
        .unwrap();
    market::transact!(db.store, &officer, work => commands::call_off_suspension(work, id).await)
        .unwrap();
    db.clock.advance(Duration::days(8));
    assert_eq!(due(db).await, 0);
    let by_order = async |order: &str| market::transact!(db.store, &officer, work => commands::suspend_by_order(work, id, "Theo yêu cầu", order).await);
    assert!(matches!(
        refused(by_order("").await),
        SellersRefusal::Invalid(_)
    ));
    by_order("12/QĐ-QLTT").await.unwrap();
    assert!(!sells(&shop).await);
    // A suspended shop neither lists nor publishes.
    let published = shop.try_submit(product).await;
    // It is published already; anew it would be refused.
    assert!(published.is_ok());
    sqlx::query("update products set status = 'paused' where id = $1")
        .bind(product.0)
        .execute(db.store.writer())
        .await
        .unwrap();
    assert!(matches!(
        shop.try_submit(product).await,
        Err(Failure::Refused(CatalogRefusal::ShopSuspended))
    ));
}

#[tokio::test]
async fn a_holiday_is_one_tap_and_ends_by_itself() {
    let (shop, _, _) = selling().await;
    let (db, id) = (&shop.db, shop.seller);
    let pause = async |pause: Pause| market::transact!(db.store, &shop.actor, work => commands::pause(work, id, pause).await);
    pause(Pause::Days(3)).await.unwrap();
    assert!(!sells(&shop).await);
    assert_eq!(
        load(db, id).await.paused_until,
        Some(business_day(db.store.now()) + Duration::days(3))
    );
    db.clock.advance(Duration::days(2));
    assert_eq!(due(db).await, 0);
    db.clock.advance(Duration::days(1));
    assert_eq!(due(db).await, 1);
    assert!(sells(&shop).await);
    // Without an end it lasts until the seller says so.
    pause(Pause::Open).await.unwrap();
    db.clock.advance(Duration::days(400));
    assert_eq!(due(db).await, 0);
    market::transact!(db.store, &shop.actor, work => commands::resume(work, id).await).unwrap();
    assert!(sells(&shop).await);
}

#[tokio::test]
async fn drafts_list_but_do_not_publish_and_the_unverified_not_after_the_day() {
    let shop = Sells::new("Hộ Út").await;
    let (db, id) = (&shop.db, shop.seller);
    let (product, _) = shop.product("Khóm", 10, 20_000).await;
    let set = async |sql: &'static str| {
        sqlx::query(sql)
            .bind(id.0)
            .execute(db.store.writer())
            .await
            .unwrap();
    };
    set("update products set status = 'draft' where seller_id = $1").await;
    set("update sellers set status = 'draft' where id = $1").await;
    assert!(matches!(
        shop.try_submit(product).await,
        Err(Failure::Refused(CatalogRefusal::ShopNotApproved))
    ));
    shop.product("Chanh", 10, 20_000).await;
    set("update sellers set status = 'approved', identity_check_id = null where id = $1").await;
    set("update products set status = 'draft' where seller_id = $1").await;
    // Before the day only what is missing on the listing is told.
    assert!(matches!(
        shop.try_submit(product).await,
        Err(Failure::Refused(CatalogRefusal::Invalid(_)))
    ));
    db.clock.set(time::macros::datetime!(2026-12-31 17:00 UTC));
    assert!(matches!(
        shop.try_submit(product).await,
        Err(Failure::Refused(CatalogRefusal::ShopNotVerified))
    ));
}

/// Knows one person.
struct Known(Mutex<Vec<String>>);

impl IdentityProvider for Known {
    fn check<'a>(&'a self, claimed: &'a Claimed) -> BoxFuture<'a, Result<Option<String>, Fault>> {
        async move {
            self.0.lock().unwrap().push(claimed.number.clone());
            let is_known = claimed.number == NUMBER && claimed.owner_name == "Nguyễn Văn Hậu";
            Ok(is_known.then(|| "GD-2026-1".to_owned()))
        }
        .boxed()
    }
}

#[tokio::test]
async fn an_electronic_provider_verifies_the_number_that_it_was_asked_about() {
    let db = ground().await;
    let person = buyer(&db, PHONE).await;
    let id = begin(&db, &person, &new_shop(None)).await.unwrap();
    let own = owner(&person, id);
    let provider = Known(Mutex::default());
    assert_eq!(
        refused(verify(&db.store, &provider, &own, id).await),
        SellersRefusal::Incomplete
    );
    save_who(&db, &own, id, "001084001234").await.unwrap();
    assert!(!verify(&db.store, &provider, &own, id).await.unwrap());
    save_who(&db, &own, id, NUMBER).await.unwrap();
    assert!(verify(&db.store, &provider, &own, id).await.unwrap());
    assert_eq!(*provider.0.lock().unwrap(), ["001084001234", NUMBER]);
    assert!(load(&db, id).await.verified_at.is_some());
    // Another number is not verified; the same one stays so.
    save_who(&db, &own, id, NUMBER).await.unwrap();
    assert!(load(&db, id).await.verified_at.is_some());
    save_who(&db, &own, id, "001084001234").await.unwrap();
    assert!(load(&db, id).await.verified_at.is_none());
    assert_eq!(
        refused(verify(&db.store, &provider, &person, id).await),
        SellersRefusal::NotFound
    );
}
