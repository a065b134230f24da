//! Authorities' requests: the register and its clock, who comes near, what leaves the house, and that nobody hears of
//! it who must not.
use std::collections::BTreeMap;
use std::io::Read as _;

use futures_util::future::join_all;
use market::authorities::commands::{self, export, look, look_at_scan, register, take_step};
use market::authorities::{
    AuthoritiesRefusal, Clock, ExportForm, ListedRequest, Request, RequestEvent, RequestForm,
    RequestState, Seen, StepForm, queries,
};
use market::kernel::{
    Actor, AuthorityRequestId, CommuneId, Duty, Failure, Membership, Office, PageRequest, PaperId,
    Permission, Role, SellerId, secret,
};
use market::media::{MediaStore, PaperKind, papers};
use market::payments::commands::check_out;
use market::{diary, sellers};
use sha2::{Digest as _, Sha256};
use time::Duration;

use crate::support::db::TestDb;
use crate::support::look_at_paper;
use crate::support::shop::{Shop, checkout, person};

mod desk;

type Answer<T> = Result<T, Failure<AuthoritiesRefusal>>;

/// A shop of somebody's, and an officer who answers authorities.
pub struct Ground {
    pub shop: Shop,
    pub officer: Actor,
}

impl Ground {
    pub async fn new() -> Self {
        let shop = Shop::new("Út").await;
        let officer = officer(&shop.db, "0907000001").await;
        Self { shop, officer }
    }

    pub const fn db(&self) -> &TestDb {
        &self.shop.db
    }

    /// What the officer types now: data of the shop.
    pub fn form(&self) -> RequestForm {
        RequestForm {
            authority: "Đội Quản lý thị trường số 3".to_owned(),
            document_no: "12/QLTT".to_owned(),
            document_date: "23/11/2026".to_owned(),
            kind: "give_data".to_owned(),
            shop: "https://cho.example/gian-hang/ut?trang=1".to_owned(),
            asked: "Thông tin gian hàng và đơn hàng tháng 11".to_owned(),
            ..RequestForm::begun(secret::new_key(), self.db().store.now())
        }
    }

    pub async fn enter(
        &self,
        actor: &Actor,
        form: &RequestForm,
        paper: Option<PaperId>,
    ) -> Answer<AuthorityRequestId> {
        market::transact!(self.db().store, actor, work => register(work, form, paper).await)
    }

    /// A request as the officer enters it now.
    pub async fn request(&self) -> AuthorityRequestId {
        self.enter(&self.officer, &self.form(), None).await.unwrap()
    }

    pub async fn look(&self, actor: &Actor, id: AuthorityRequestId) -> Answer<Request> {
        market::transact!(self.db().store, actor, work => look(work, id).await)
    }

    pub async fn step(
        &self,
        id: AuthorityRequestId,
        event: RequestEvent,
        text: &str,
    ) -> Answer<()> {
        let form = &StepForm {
            step: event.as_str().to_owned(),
            text: text.to_owned(),
            letter_no: "7/CV".to_owned(),
        };
        market::transact!(self.db().store, &self.officer, work => take_step(work, id, form).await)
    }

    pub async fn listed(&self, actor: &Actor) -> Vec<ListedRequest> {
        let page = PageRequest::new(None, None);
        queries::listed(self.db().store.reader(), actor, None, page)
            .await
            .unwrap()
    }

    pub async fn count(&self, table: &'static str) -> i64 {
        sqlx::query_scalar(sqlx::AssertSqlSafe(format!("select count(*) from {table}")))
            .fetch_one(self.db().store.reader())
            .await
            .unwrap()
    }
}

/// With the permission for all of the province, and a row of their own.
pub async fn officer(db: &TestDb, phone: &str) -> Actor {
    let id = person(db, phone, "mat khau dai").await;
    for sql in [
        "insert into role_grants (person_id, role, granted_at) values ($1, 'officer', now())",
        "insert into officer_permissions (person_id, permission, granted_at) values ($1, 'authorities', now())",
    ] {
        sqlx::query(sql)
            .bind(id.0)
            .execute(db.store.writer())
            .await
            .unwrap();
    }
    Actor {
        person: Some(id),
        name: "Lan".to_owned(),
        ..with(Permission::Authorities, Vec::new())
    }
}

fn with(permission: Permission, communes: Vec<CommuneId>) -> Actor {
    Actor {
        roles: vec![Role::Officer],
        office: Office {
            permissions: vec![permission],
            communes,
        },
        ..Actor::guest()
    }
}

pub fn member(actor: &Actor, seller: SellerId) -> Actor {
    Actor {
        memberships: vec![Membership {
            seller,
            duty: Duty::Staff,
        }],
        ..actor.clone()
    }
}

pub fn refused<T>(answer: Answer<T>) -> AuthoritiesRefusal {
    match answer {
        Err(Failure::Refused(refusal)) => refusal,
        Err(Failure::Fault(fault)) => panic!("{fault}"),
        Ok(_) => panic!("not refused"),
    }
}

/// Numbers of the shop as its household gave them, sealed.
async fn give_numbers(ground: &Ground) {
    let (store, id) = (&ground.db().store, ground.shop.seller);
    let seal = |column: &str, text: &str| {
        let purpose = format!("sellers.{column} {id}");
        store.key().seal(&purpose, text.as_bytes()).unwrap()
    };
    sqlx::query(
        "update sellers set number_kind = 'personal', number_sealed = $2, number_masked = '•••• 1234', number_digest = '\\x00',
             bank_bin = '970405', bank_account_sealed = $3, bank_account_masked = '•••• 6789', bank_account_name = 'UT'
         where id = $1",
    )
    .bind(id.0)
    .bind(seal("number", "093084001234"))
    .bind(seal("bank_account", "123456789"))
    .execute(store.writer())
    .await
    .unwrap();
}

/// The files of a bundle, by name.
fn unpacked(bundle: commands::Exported) -> BTreeMap<String, Vec<u8>> {
    let mut archive = zip::ZipArchive::new(bundle.file).unwrap();
    (0..archive.len())
        .map(|index| {
            let mut entry = archive.by_index(index).unwrap();
            let mut bytes = Vec::new();
            entry.read_to_end(&mut bytes).unwrap();
            (entry.name().unwrap().into_owned(), bytes)
        })
        .collect()
}

fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

async fn take_out(
    ground: &Ground,
    id: AuthorityRequestId,
    from: &str,
    to: &str,
) -> Answer<commands::Exported> {
    let form = ExportForm {
        from: from.to_owned(),
        to: to.to_owned(),
    };
    export(&ground.db().store, &ground.officer, id, &form).await
}

#[tokio::test]
async fn a_bundle_holds_all_of_a_shop_and_says_what_is_in_it() {
    let ground = Ground::new().await;
    give_numbers(&ground).await;
    let store = &ground.db().store;
    let (_, variant) = ground.shop.product("Khóm Cầu Đúc", 50, 35_000).await;
    let buy = async |units: i64| {
        let checkout = &checkout(&[(variant, units)]);
        market::transact!(store, &Actor::guest(), work => check_out(work, checkout).await).unwrap()
    };
    let first = buy(1).await;
    ground.db().clock.advance(Duration::days(2));
    let second = buy(3).await;
    let id = ground.request().await;

    let bundle = take_out(&ground, id, "2026-11-26", "").await.unwrap();
    assert_eq!(bundle.name, "YC-2026-0001.zip");
    let (sum, size) = (bundle.sha256.clone(), bundle.size);
    let kept: (String, i64, Option<time::Date>) =
        sqlx::query_as("select sha256, bytes, from_day from authority_exports")
            .fetch_one(store.reader())
            .await
            .unwrap();
    assert_eq!((kept.0.as_str(), kept.1), (sum.as_str(), size as i64));
    assert_eq!(kept.2, Some(time::macros::date!(2026 - 11 - 26)));
    let mut whole = Vec::new();
    let mut copy = bundle.file.try_clone().unwrap();
    copy.read_to_end(&mut whole).unwrap();
    assert_eq!(sha256(&whole), sum, "the sum of what leaves the house");

    let files = unpacked(bundle);
    let names: Vec<&str> = files.keys().map(String::as_str).collect();
    assert_eq!(
        names,
        [
            "certificates.csv",
            "deeds.csv",
            "goods.csv",
            "history.csv",
            "manifest.json",
            "orders.csv",
            "shop.json",
        ]
    );
    let text = |name: &str| String::from_utf8(files[name].clone()).unwrap();
    let shop: serde_json::Value = serde_json::from_slice(&files["shop.json"]).unwrap();
    assert_eq!(shop["number"], "093084001234");
    assert_eq!(shop["bank"]["account"], "123456789");
    assert_eq!(shop["phone"], "+84912345678");
    assert!(text("goods.csv").contains("Khóm Cầu Đúc"));
    let orders = text("orders.csv");
    assert!(orders.contains(second.code.as_str()) && orders.contains("+84987654321"));
    assert!(!orders.contains(first.code.as_str()), "before the period");
    assert!(!text("deeds.csv").contains("authority."));
    assert!(text("history.csv").starts_with("\u{feff}at;event;by;"));

    let manifest: serde_json::Value = serde_json::from_slice(&files["manifest.json"]).unwrap();
    assert_eq!(manifest["request"], "YC-2026-0001");
    assert_eq!(manifest["authority"], "Đội Quản lý thị trường số 3");
    assert_eq!(manifest["exported_by"], "Lan");
    let told = manifest["files"].as_array().unwrap();
    assert_eq!(told.len(), files.len() - 1);
    for file in told {
        let bytes = &files[file["name"].as_str().unwrap()];
        assert_eq!(file["size"], bytes.len());
        assert_eq!(file["sha256"], sha256(bytes), "{}", file["name"]);
    }

    // Everything, and the shop's own file keeps its masks.
    let all = unpacked(take_out(&ground, id, "", "").await.unwrap());
    let orders = String::from_utf8(all["orders.csv"].clone()).unwrap();
    assert!(orders.contains(first.code.as_str()) && orders.contains(second.code.as_str()));
    let deeds = String::from_utf8(all["deeds.csv"].clone()).unwrap();
    assert!(deeds.contains("product.started"), "{deeds}");
    let loaded = sellers::queries::load_shop(store.reader(), ground.shop.seller)
        .await
        .unwrap()
        .unwrap();
    let own = sellers::export::data(&loaded, &loaded.number_masked, &loaded.bank_account_masked);
    assert!(!own.to_string().contains("093084001234"));
}

#[tokio::test]
async fn an_order_leaves_alone_and_nothing_leaves_of_what_is_closed_or_named_nowhere() {
    let ground = Ground::new().await;
    let store = &ground.db().store;
    let (_, variant) = ground.shop.product("Khóm Cầu Đúc", 50, 35_000).await;
    let buy = &checkout(&[(variant, 1)]);
    let placed =
        market::transact!(store, &Actor::guest(), work => check_out(work, buy).await).unwrap();
    let form = RequestForm {
        shop: String::new(),
        order: placed.code.as_str().to_lowercase(),
        ..ground.form()
    };
    let id = ground.enter(&ground.officer, &form, None).await.unwrap();
    let files = unpacked(take_out(&ground, id, "", "").await.unwrap());
    assert_eq!(files.len(), 2);
    let order: serde_json::Value = serde_json::from_slice(&files["order.json"]).unwrap();
    assert_eq!(order["number"], placed.code.as_str());
    assert_eq!(order["phone"], "+84987654321");
    assert_eq!(order["parts"][0]["lines"][0]["name"], "Khóm Cầu Đúc");
    assert_eq!(order["parts"][0]["history"][0]["to"], "placed");

    let wrong = take_out(&ground, id, "2026-11-02", "2026-11-01").await;
    assert!(matches!(refused(wrong), AuthoritiesRefusal::Invalid(_)));
    ground
        .step(id, RequestEvent::Answered, "Đã gửi dữ liệu")
        .await
        .unwrap();
    let closed = take_out(&ground, id, "", "").await;
    assert_eq!(refused(closed), AuthoritiesRefusal::WrongState);

    let nowhere = RequestForm {
        shop: String::new(),
        kind: "other".to_owned(),
        ..ground.form()
    };
    let id = ground.enter(&ground.officer, &nowhere, None).await.unwrap();
    let nothing = take_out(&ground, id, "", "").await;
    assert_eq!(refused(nothing), AuthoritiesRefusal::NothingToExport);
    assert_eq!(ground.count("authority_exports").await, 1);
}

#[tokio::test]
async fn every_look_is_on_record_and_the_household_hears_of_none() {
    let ground = Ground::new().await;
    let store = &ground.db().store;
    let folder = tempfile::tempdir().unwrap();
    let media = MediaStore::open(folder.path()).unwrap();
    let scan = std::fs::read(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/tests/it/media/cmyk.jpg"
    ))
    .unwrap();
    // An officer who also helps households, and stands at this one's desk.
    let acting = Actor {
        acting: Some(market::kernel::rights::Acting {
            seller: ground.shop.seller,
            seller_name: "Út".to_owned(),
            consent: market::kernel::ConsentId(secret::new_key()),
            tasks: Vec::new(),
            is_alone: false,
        }),
        ..ground.officer.clone()
    };
    let hand_in = async || {
        let upload = scan.clone().into();
        papers::accept(store, &media, &acting, None, PaperKind::Request, upload).await
    };
    let paper = hand_in().await.unwrap();
    assert_eq!(
        hand_in().await.unwrap(),
        paper,
        "the same file is one paper"
    );
    let before =
        diary::queries::of_seller(store.reader(), &ground.shop.actor, ground.shop.seller, None)
            .await
            .unwrap();

    let id = ground
        .enter(&acting, &ground.form(), Some(paper))
        .await
        .unwrap();
    ground.look(&acting, id).await.unwrap();
    for actor in [&acting, &ground.shop.actor, &Actor::system()] {
        let general = look_at_paper(store, &media, actor, paper).await;
        assert!(general.is_err(), "only by its request");
    }
    let picture = look_at_scan(store, &media, &acting, id).await.unwrap();
    assert!(picture.starts_with(&[0xFF, 0xD8]), "a JPEG");
    ground.db().clock.advance(Duration::minutes(1));
    let bundle = export(store, &acting, id, &ExportForm::default())
        .await
        .unwrap();
    ground.db().clock.advance(Duration::minutes(1));
    let seen = ground.look(&ground.officer, id).await.unwrap().looks;
    assert_eq!(seen.len(), 4);
    assert!(seen.iter().all(|look| look.who == "Lan"));
    assert_eq!(seen[0].at_what, Seen::Page, "this look itself");
    match &seen[1].at_what {
        Seen::Export(export) => {
            assert_eq!(export.sha256, bundle.sha256);
            assert_eq!(export.about, "Út");
        }
        other => panic!("{other:?}"),
    }
    assert!(seen.iter().any(|look| look.at_what == Seen::Scan));
    ground
        .step(id, RequestEvent::Answered, "Đã gửi dữ liệu")
        .await
        .unwrap();

    let after =
        diary::queries::of_seller(store.reader(), &ground.shop.actor, ground.shop.seller, None)
            .await
            .unwrap();
    assert_eq!(after, before, "the household reads nothing of it");
    let of_shops: i64 = sqlx::query_scalar(
        "select count(*) from audit_log
         where seller_id is not null and (action like 'authority.%' or subject = $1)",
    )
    .bind(paper.0)
    .fetch_one(store.reader())
    .await
    .unwrap();
    assert_eq!(of_shops, 0);
    // Who may read everybody's deeds reads that there was one, by its number.
    let auditor = Actor {
        person: ground.officer.person,
        ..with(Permission::Audit, Vec::new())
    };
    let form = &diary::SearchForm {
        action: "authority".to_owned(),
        ..diary::SearchForm::default()
    };
    let search = &form.parse().unwrap();
    let found = market::transact!(store, &auditor, work => diary::commands::search(work, form, search).await).unwrap();
    assert_eq!(found.rows.len(), 6);
    assert!(
        found
            .rows
            .iter()
            .all(|row| row.subject.as_deref() == Some("YC-2026-0001") && row.seller.is_none())
    );
}

#[tokio::test]
async fn numbers_run_without_gaps_whoever_enters_at_the_same_moment() {
    let ground = &Ground::new().await;
    let entered = join_all((0..12).map(|turn| async move {
        let form = ground.form();
        // Every third names a scan that is not there: its number goes to the next.
        let paper = (turn % 3 == 2).then(|| PaperId(secret::new_key()));
        ground.enter(&ground.officer, &form, paper).await.is_ok()
    }))
    .await;
    assert_eq!(entered.iter().filter(|is_in| **is_in).count(), 8);
    let numbers: Vec<String> =
        sqlx::query_scalar("select number from authority_requests order by number")
            .fetch_all(ground.db().store.reader())
            .await
            .unwrap();
    let expected: Vec<String> = (1..=8).map(|at| format!("YC-2026-{at:04}")).collect();
    assert_eq!(numbers, expected);

    // The same form from two windows at once is one request.
    let form = &ground.form();
    let twice = join_all((0..4).map(|_| ground.enter(&ground.officer, form, None))).await;
    let ids: Vec<AuthorityRequestId> = twice.into_iter().map(Result::unwrap).collect();
    assert!(ids.iter().all(|id| *id == ids[0]));
    assert_eq!(ground.count("authority_requests").await, 9);
    let otherwise = RequestForm {
        asked: "Việc khác".to_owned(),
        ..form.clone()
    };
    assert_eq!(
        refused(ground.enter(&ground.officer, &otherwise, None).await),
        AuthoritiesRefusal::EnteredOtherwise
    );
    // A year begins anew.
    ground.db().clock.advance(Duration::days(60));
    let id = ground
        .enter(
            &ground.officer,
            &RequestForm {
                document_date: "20/1/2027".to_owned(),
                ..ground.form()
            },
            None,
        )
        .await
        .unwrap();
    let request = ground.look(&ground.officer, id).await.unwrap();
    assert_eq!(request.listed.number, "YC-2027-0001");
}

#[tokio::test]
async fn only_officers_of_the_whole_province_who_answer_authorities_come_near() {
    let ground = Ground::new().await;
    let store = &ground.db().store;
    let id = ground.request().await;
    let entitled = |permission, communes| Actor {
        person: ground.officer.person,
        ..with(permission, communes)
    };
    for actor in [
        Actor::guest(),
        ground.shop.actor.clone(),
        entitled(Permission::Sellers, Vec::new()),
        entitled(Permission::Audit, Vec::new()),
        entitled(Permission::Authorities, vec![CommuneId(131_338)]),
    ] {
        assert_eq!(
            refused(ground.look(&actor, id).await),
            AuthoritiesRefusal::NotAllowed
        );
        assert_eq!(
            refused(ground.enter(&actor, &ground.form(), None).await),
            AuthoritiesRefusal::NotAllowed
        );
        let taken = export(store, &actor, id, &ExportForm::default()).await;
        assert_eq!(refused(taken), AuthoritiesRefusal::NotAllowed);
        assert!(ground.listed(&actor).await.is_empty());
        let (waits, _) = queries::waiting(store.reader(), &actor).await.unwrap();
        assert_eq!(waits, 0);
    }
    // Who belongs to the shop does not even know that there is one.
    let own = member(&ground.officer, ground.shop.seller);
    assert_eq!(
        refused(ground.look(&own, id).await),
        AuthoritiesRefusal::NotFound
    );
    let taken = export(store, &own, id, &ExportForm::default()).await;
    assert_eq!(refused(taken), AuthoritiesRefusal::NotFound);
    assert!(ground.listed(&own).await.is_empty());
    let refusal = refused(ground.enter(&own, &ground.form(), None).await);
    let AuthoritiesRefusal::Invalid(errors) = refusal else {
        panic!("{refusal:?}");
    };
    assert_eq!(errors.of("shop").unwrap().code, "request_own_shop");
    let admin = Actor {
        roles: vec![Role::Admin],
        ..Actor::guest()
    };
    ground.look(&admin, id).await.unwrap();
    let looks: i64 =
        sqlx::query_scalar("select count(*) from audit_log where action = 'authority.looked'")
            .fetch_one(store.reader())
            .await
            .unwrap();
    assert_eq!(looks, 1, "who is refused has seen nothing");
}

#[tokio::test]
async fn what_is_named_must_be_there() {
    let ground = Ground::new().await;
    let wrong = RequestForm {
        shop: "khong-co".to_owned(),
        order: market::kernel::OrderCode::from_bits(1).to_string(),
        ..ground.form()
    };
    let refusal = refused(ground.enter(&ground.officer, &wrong, None).await);
    let AuthoritiesRefusal::Invalid(errors) = refusal else {
        panic!("{refusal:?}");
    };
    assert_eq!(errors.of("shop").unwrap().code, "request_no_shop");
    assert_eq!(errors.of("order").unwrap().code, "request_no_order");
    // By the officers' own address of it.
    let by_id = RequestForm {
        shop: format!("/tinh/gian-hang/{}", ground.shop.seller),
        ..ground.form()
    };
    let id = ground.enter(&ground.officer, &by_id, None).await.unwrap();
    let request = ground.look(&ground.officer, id).await.unwrap();
    assert_eq!(request.shop.unwrap().id, ground.shop.seller);
    assert_eq!(request.listed.state, RequestState::Open);
    assert_eq!(
        request.listed.clock(ground.db().store.now()),
        Clock::Left(Duration::hours(24))
    );
}
