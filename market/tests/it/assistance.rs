//! Neighbours who help: consents by code and on paper, acting, ending, counting; and the diary of it all.
use market::accounts::commands::codes::{self, NewCode};
use market::accounts::commands::{create_token, sign_in};
use market::accounts::queries::{actor_of_token, session};
use market::accounts::{AccountsRefusal, CodePurpose};
use market::assistance::queries::{consents, counts, desk};
use market::assistance::{
    AssistanceRefusal, ConsentState, CountBy, Counts, HouseholdForm, WishForm, commands,
};
use market::kernel::limit::{Limit, Rate};
use market::kernel::{
    Actor, CodeId, CommuneId, ConsentId, Failure, HelpArea, Office, PageRequest, Permission,
    PersonId, Phone, Right, Role, SellerId,
};
use market::media::{MediaStore, PaperKind};
use market::orders::{OrderEvent, Party};
use market::payments::commands::{advance, check_out, deliver_paid};
use market::reports::Period;
use time::Duration;

use crate::support::db::TestDb;
use crate::support::look_at_paper;
use crate::support::shop::{HOA_LUU, Shop, checkout, person};

mod deeds;

const COMMUNE: CommuneId = CommuneId(131_338);
const ELSEWHERE: CommuneId = CommuneId(131_471);

/// A household with its helper, who is signed in.
struct Team {
    shop: Shop,
    helper: PersonId,
    token: String,
}

impl Team {
    async fn new() -> Self {
        let shop = Shop::new("Út").await;
        let db = &shop.db;
        sqlx::query(
            "update people set name = 'Nguyễn Văn Út', phone = '+84907000009' where id = $1",
        )
        .bind(shop.actor.person.unwrap().0)
        .execute(db.store.reader())
        .await
        .unwrap();
        let helper = make_helper(db, "0907000001", COMMUNE, "").await;
        let tries = Limit::new("test", Rate::Unlimited).of("203.0.113.7");
        let guest = Actor::guest();
        let token = sign_in(&db.store, &guest, "", &tries, "0907000001", "mat khau dai")
            .await
            .unwrap();
        Self {
            shop,
            helper,
            token,
        }
    }

    const fn db(&self) -> &TestDb {
        &self.shop.db
    }

    /// The helper, as the next click finds them.
    async fn now(&self) -> Actor {
        let store = &self.db().store;
        let open = session(store.reader(), &self.token, store.now()).await;
        open.unwrap().unwrap().actor
    }

    async fn lapsed(&self) -> Option<String> {
        let store = &self.db().store;
        let open = session(store.reader(), &self.token, store.now()).await;
        open.unwrap().unwrap().lapsed
    }

    async fn ask(&self, wish: &WishForm) -> Result<CodeId, Failure<AssistanceRefusal>> {
        self.db().clock.advance(Duration::minutes(1));
        let actor = self.now().await;
        commands::ask_by_code(&self.db().store, &actor, "ut", wish, "vi").await
    }

    async fn consent(&self, wish: &WishForm) {
        let code = self.ask(wish).await.unwrap();
        let digits = digits(self.db(), code).await;
        let actor = self.now().await;
        commands::give_by_code(&self.db().store, &actor, code, &digits)
            .await
            .unwrap();
    }

    async fn act(&self) -> Result<SellerId, Failure<AssistanceRefusal>> {
        let (actor, token) = (self.now().await, self.token.as_str());
        market::transact!(self.db().store, &actor, work => commands::act(work, token, "ut").await)
    }

    async fn own_consents(&self) -> Vec<market::assistance::Consent> {
        let store = &self.db().store;
        consents::of_seller(
            store.reader(),
            &self.shop.actor,
            self.shop.seller,
            store.now(),
        )
        .await
        .unwrap()
    }

    async fn end(&self, actor: &Actor, reason: &str) -> Result<(), Failure<AssistanceRefusal>> {
        let id = self.own_consents().await[0].id;
        market::transact!(self.db().store, actor, work => commands::end(work, id, reason).await.map(|_| ()))
    }
}

async fn make_helper(db: &TestDb, phone: &str, commune: CommuneId, hamlet: &str) -> PersonId {
    let id = person(db, phone, "mat khau dai").await;
    sqlx::query(
        "insert into role_grants (person_id, role, granted_at) values ($1, 'helper', now())",
    )
    .bind(id.0)
    .execute(db.store.reader())
    .await
    .unwrap();
    sqlx::query("insert into helper_communes (person_id, commune_id, hamlet) values ($1, $2, $3)")
        .bind(id.0)
        .bind(commune.0)
        .bind(hamlet)
        .execute(db.store.reader())
        .await
        .unwrap();
    id
}

async fn digits(db: &TestDb, code: CodeId) -> String {
    let shown = codes::shown(db.store.reader(), code).await.unwrap();
    shown.unwrap()
}

fn wish(tasks: &[&str]) -> WishForm {
    let yes = |task: &str| {
        let ticked = if tasks.contains(&task) { "yes" } else { "" };
        ticked.to_owned()
    };
    WishForm {
        list: yes("list"),
        orders: yes("orders"),
        money: yes("money"),
        span: "3".to_owned(),
    }
}

fn officer(permission: Permission, communes: &[CommuneId], person: PersonId) -> Actor {
    Actor {
        person: Some(person),
        roles: vec![Role::Officer],
        office: Office {
            permissions: vec![permission],
            communes: communes.to_vec(),
        },
        ..Actor::guest()
    }
}

fn refused<T: std::fmt::Debug>(
    outcome: Result<T, Failure<AssistanceRefusal>>,
) -> AssistanceRefusal {
    match outcome {
        Err(Failure::Refused(refusal)) => refusal,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_code_told_in_person_lets_a_helper_do_what_was_ticked_and_no_more() {
    let team = Team::new().await;
    let seller = team.shop.seller;
    assert_eq!(refused(team.act().await), AssistanceRefusal::NoConsent);
    assert!(matches!(
        refused(team.ask(&WishForm::default()).await),
        AssistanceRefusal::Invalid(errors) if errors.0.len() == 2
    ));

    let code = team.ask(&wish(&["orders"])).await.unwrap();
    let told = digits(team.db(), code).await;
    let wrong = if told == "000000" { "000001" } else { "000000" };
    let helper = team.now().await;
    let give = async |actor: &Actor, digits: &str| {
        commands::give_by_code(&team.db().store, actor, code, digits).await
    };
    assert_eq!(
        refused(give(&helper, wrong).await),
        AssistanceRefusal::Code(AccountsRefusal::CodeWrong { left: 4 })
    );
    assert_eq!(refused(team.act().await), AssistanceRefusal::NoConsent);
    let other = make_helper(team.db(), "0907000002", COMMUNE, "").await;
    let other = Actor {
        person: Some(other),
        ..helper.clone()
    };
    assert_eq!(
        refused(give(&other, &told).await),
        AssistanceRefusal::NotFound,
        "another's code"
    );
    assert_eq!(give(&helper, &told).await.unwrap(), seller);
    assert_eq!(
        refused(give(&helper, &told).await),
        AssistanceRefusal::NotFound,
        "given already"
    );

    assert_eq!(team.act().await.unwrap(), seller);
    let acting = team.now().await;
    assert_eq!(acting.seller(), Some(seller));
    assert!(acting.may(Right::Fulfil(seller)));
    for right in [
        Right::List(seller),
        Right::SeeMoney(seller),
        Right::Own(seller),
    ] {
        assert!(!acting.may(right), "{right:?}");
    }
    let id = team.own_consents().await[0].id;
    let ended =
        market::transact!(team.db().store, &acting, work => commands::end(work, id, "").await);
    assert_eq!(refused(ended), AssistanceRefusal::NotFound);

    let token = team.token.as_str();
    market::transact!(team.db().store, &acting, work => commands::stop(work, token).await).unwrap();
    assert_eq!(team.now().await.seller(), None);
    assert_eq!(team.lapsed().await, None);
}

#[tokio::test]
async fn a_code_is_over_after_five_minutes_and_goes_to_the_households_own_telephone() {
    let team = Team::new().await;
    let code = team.ask(&wish(&["list"])).await.unwrap();
    let told = digits(team.db(), code).await;
    let sent_to = codes::sent_to(team.db().store.reader(), code)
        .await
        .unwrap();
    assert_eq!(sent_to.unwrap(), Phone::parse("0912345678").unwrap());
    team.db().clock.advance(Duration::minutes(5));
    let helper = team.now().await;
    let give = commands::give_by_code(&team.db().store, &helper, code, &told).await;
    assert_eq!(
        refused(give),
        AssistanceRefusal::Code(AccountsRefusal::CodeOver)
    );
    let set = async |sql: &'static str| {
        sqlx::query(sql)
            .bind(team.shop.seller.0)
            .execute(team.db().store.reader())
            .await
            .unwrap();
    };
    set("update sellers set phone = '+84907000001' where id = $1").await;
    assert_eq!(
        refused(team.ask(&wish(&["list"])).await),
        AssistanceRefusal::NoPhone,
        "lent by a helper"
    );
    set("insert into seller_members select $1, id, 'owner', now() from people where phone = '+84907000001'").await;
    assert_eq!(
        refused(team.ask(&wish(&["list"])).await),
        AssistanceRefusal::OwnPhone
    );
    set("update sellers set commune_id = 131471 where id = $1").await;
    assert_eq!(
        refused(team.ask(&wish(&["list"])).await),
        AssistanceRefusal::NotFound,
        "not the helper's commune"
    );
}

#[tokio::test]
async fn a_code_for_another_purpose_gives_no_consent() {
    let team = Team::new().await;
    let phone = Phone::parse("0912345678").unwrap();
    let code = codes::send(
        &team.db().store,
        &Actor::guest(),
        NewCode::of(CodePurpose::SignIn, &phone),
        "vi",
    )
    .await
    .unwrap();
    let told = digits(team.db(), code).await;
    let helper = team.now().await;
    let give = commands::give_by_code(&team.db().store, &helper, code, &told).await;
    assert_eq!(refused(give), AssistanceRefusal::NotFound);
}

#[tokio::test]
async fn an_ended_consent_stops_the_next_click_and_the_helper_is_told_whose() {
    let team = Team::new().await;
    let seller = team.shop.seller;
    team.consent(&wish(&["list", "orders", "money"])).await;
    team.act().await.unwrap();
    assert!(team.now().await.may(Right::List(seller)));
    team.end(&team.shop.actor, "").await.unwrap();
    let stopped = team.now().await;
    assert_eq!(stopped.seller(), None);
    assert!(!stopped.may(Right::List(seller)));
    assert_eq!(team.lapsed().await.as_deref(), Some("Út"));
    assert_eq!(
        team.own_consents().await[0].state(team.db().store.now()),
        ConsentState::Ended
    );
    // A second time changes nothing.
    team.end(&team.shop.actor, "").await.unwrap();

    // A new one holds, and lapses by itself.
    team.consent(&wish(&["list"])).await;
    assert!(team.now().await.may(Right::List(seller)));
    team.db().clock.advance(Duration::days(29));
    team.consent(&wish(&["orders"])).await;
    assert!(
        !team.now().await.may(Right::List(seller)),
        "the new one replaces the old"
    );
    let held = team
        .own_consents()
        .await
        .into_iter()
        .filter(|consent| consent.state(team.db().store.now()) == ConsentState::Holds);
    assert_eq!(held.count(), 1);
}

#[tokio::test]
async fn a_consent_ends_by_time() {
    let team = Team::new().await;
    team.consent(&wish(&["list"])).await;
    let actor = Actor {
        roles: vec![Role::Helper],
        ..team.now().await
    };
    let token = market::transact!(team.db().store, &Actor::system(), work => create_token(work, Role::Helper, None, "test").await).unwrap();
    let desk_of = async || {
        let store = &team.db().store;
        let actor = actor_of_token(store.reader(), &token, Some("ut"), store.now()).await;
        actor.unwrap().unwrap().seller()
    };
    assert_eq!(actor.person, Some(team.helper));
    assert_eq!(desk_of().await, Some(team.shop.seller));
    team.db().clock.advance(Duration::days(92));
    assert_eq!(desk_of().await, None, "the API's desk is shut too");
    assert_eq!(
        team.own_consents().await[0].state(team.db().store.now()),
        ConsentState::Over
    );
}

#[tokio::test]
async fn a_paper_waits_for_an_officer_of_that_commune() {
    let team = Team::new().await;
    let folder = tempfile::tempdir().unwrap();
    let media = MediaStore::open(folder.path()).unwrap();
    let store = &team.db().store;
    let photo = || {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/media/cmyk.jpg");
        market::media::Upload::from(std::fs::read(path).unwrap())
    };
    let helper = team.now().await;
    let hand_in = async |upload| {
        commands::hand_in_paper(store, &media, &helper, "ut", &wish(&["list"]), upload).await
    };
    assert!(matches!(
        refused(hand_in(None).await),
        AssistanceRefusal::Invalid(_)
    ));
    let first = hand_in(Some(photo())).await.unwrap();
    assert_eq!(refused(team.act().await), AssistanceRefusal::NoConsent);

    let clerk = person(team.db(), "0907000003", "mat khau dai").await;
    let here = officer(Permission::Sellers, &[COMMUNE], clerk);
    let there = officer(Permission::Sellers, &[ELSEWHERE], clerk);
    let reports = officer(Permission::Reports, &[], clerk);
    let waiting = async |actor: &Actor| {
        let papers = consents::waiting(store.reader(), actor, store.now()).await;
        papers.unwrap().len()
    };
    assert_eq!(
        (
            waiting(&here).await,
            waiting(&there).await,
            waiting(&reports).await
        ),
        (1, 0, 0)
    );
    let approve = async |actor: &Actor, id: ConsentId| market::transact!(store, actor, work => commands::approve(work, id).await);
    let refuse = async |id: ConsentId, reason: &str| market::transact!(store, &here, work => commands::refuse(work, id, reason).await);
    for actor in [&there, &reports, &helper, &team.shop.actor] {
        assert_eq!(
            refused(approve(actor, first).await),
            AssistanceRefusal::NotFound
        );
    }
    let own = officer(Permission::Sellers, &[COMMUNE], team.helper);
    assert_eq!(
        refused(approve(&own, first).await),
        AssistanceRefusal::OwnPaper
    );
    assert!(matches!(
        refused(refuse(first, " ").await),
        AssistanceRefusal::Invalid(_)
    ));
    refuse(first, "Chưa có chữ ký").await.unwrap();
    assert_eq!(
        refused(approve(&here, first).await),
        AssistanceRefusal::Decided
    );
    let rows = desk::households(
        store.reader(),
        &team.now().await,
        "",
        PageRequest::new(None, None),
        store.now(),
    )
    .await
    .unwrap()
    .rows;
    assert_eq!(rows[0].refused.as_deref(), Some("Chưa có chữ ký"));

    team.db().clock.advance(Duration::minutes(1));
    let second = hand_in(Some(photo())).await.unwrap();
    approve(&here, second).await.unwrap();
    assert_eq!(team.act().await.unwrap(), team.shop.seller);

    // The household comes to the office in person.
    assert!(matches!(
        refused(team.end(&here, "").await),
        AssistanceRefusal::Invalid(_)
    ));
    assert_eq!(
        refused(team.end(&there, "Hộ nhờ").await),
        AssistanceRefusal::NotFound
    );
    team.end(&here, "Hộ tới xã nhờ chấm dứt").await.unwrap();
    assert_eq!(team.now().await.seller(), None);
    let kind: String = sqlx::query_scalar("select kind from papers limit 1")
        .fetch_one(store.reader())
        .await
        .unwrap();
    assert_eq!(PaperKind::parse(&kind), Some(PaperKind::Consent));
    let paper = team.own_consents().await[0].paper.unwrap();
    assert!(look_at_paper(store, &media, &there, paper).await.is_err());
}

#[tokio::test]
async fn the_desk_shows_what_is_due_first() {
    let team = Team::new().await;
    let store = &team.db().store;
    let quiet = crate::support::shop::seller(team.db(), "An Bình").await;
    let (_, variant) = team.shop.product("Khóm Cầu Đúc", 50, 35_000).await;
    let buy = &checkout(&[(variant, 1)]);
    market::transact!(store, &Actor::guest(), work => check_out(work, buy).await).unwrap();
    let helper = team.now().await;
    let page = PageRequest::new(None, None);
    let rows = async |actor: &Actor, text: &str| {
        let found = desk::households(store.reader(), actor, text, page, store.now()).await;
        found.unwrap()
    };
    let all = rows(&helper, "").await;
    assert_eq!(all.total, 2);
    assert_eq!((all.rows[0].id, all.rows[1].id), (team.shop.seller, quiet));
    assert_eq!(all.rows[0].due.to_confirm, 1);
    assert!(all.rows[1].due.is_nothing() && all.rows[1].held.is_none());
    for text in ["an binh", "An-Bình"] {
        let found = rows(&helper, text).await;
        assert_eq!((found.total, found.rows[0].id), (1, quiet));
    }
    let stranger = Actor {
        helps: vec![HelpArea {
            commune: ELSEWHERE,
            hamlet: String::new(),
        }],
        ..helper
    };
    assert_eq!(rows(&stranger, "").await.total, 0);
}

#[tokio::test]
async fn the_province_counts_each_household_once() {
    let team = Team::new().await;
    let store = &team.db().store;
    // Út: a consent, goods, an order delivered and paid. Guided by a second helper too.
    team.consent(&wish(&["list"])).await;
    let (_, variant) = team.shop.product("Khóm Cầu Đúc", 50, 35_000).await;
    sqlx::query("update products set published_at = $1")
        .bind(store.now())
        .execute(store.reader())
        .await
        .unwrap();
    let buy = &checkout(&[(variant, 1)]);
    let placed =
        market::transact!(store, &Actor::guest(), work => check_out(work, buy).await).unwrap();
    let part = placed.parts[0].0;
    for event in [OrderEvent::Confirm, OrderEvent::Pack, OrderEvent::Ship] {
        market::transact!(store, &team.shop.actor, work => advance(work, part, event, Party::Seller, "").await).unwrap();
    }
    market::transact!(store, &team.shop.actor, work => deliver_paid(work, part).await).unwrap();
    let second = make_helper(team.db(), "0907000002", COMMUNE, "Ấp 3").await;
    sqlx::query("update people set name = 'Minh' where id = $1")
        .bind(second.0)
        .execute(store.reader())
        .await
        .unwrap();
    sqlx::query("insert into household_guidance (seller_id, helper_id, at, what) values ($1, $2, $3, 'consented')")
        .bind(team.shop.seller.0)
        .bind(second.0)
        .bind(store.now())
        .execute(store.reader())
        .await
        .unwrap();
    // Begun by the second helper in her hamlet: nothing on sale yet.
    let minh = Actor {
        person: Some(second),
        roles: vec![Role::Helper],
        helps: vec![HelpArea {
            commune: COMMUNE,
            hamlet: "Ấp 3".to_owned(),
        }],
        ..Actor::guest()
    };
    let new = &HouseholdForm {
        name: "Hộ Năm".to_owned(),
        owner_name: "Trần Văn Năm".to_owned(),
        area: "0".to_owned(),
        ..HouseholdForm::default()
    };
    market::transact!(store, &minh, work => commands::begin_for(work, new).await).unwrap();
    // A cooperative does not count.
    let coop = crate::support::shop::seller(team.db(), "Hợp tác xã").await;
    sqlx::query("update sellers set kind = 'cooperative' where id = $1")
        .bind(coop.0)
        .execute(store.reader())
        .await
        .unwrap();
    sqlx::query("insert into household_guidance (seller_id, helper_id, at, what) values ($1, $2, $3, 'consented')")
        .bind(coop.0)
        .bind(second.0)
        .bind(store.now())
        .execute(store.reader())
        .await
        .unwrap();

    let clerk = person(team.db(), "0907000003", "mat khau dai").await;
    let province = officer(Permission::Reports, &[], clerk);
    let today = Period::last(1, store.today());
    let count =
        async |actor: &Actor, period, by| counts::count(store.reader(), actor, period, by).await;
    let of = |guided, listed, selling, paid| Counts {
        guided,
        listed,
        selling,
        paid,
    };
    let by_hamlet = count(&province, today, CountBy::Hamlet).await.unwrap();
    let rows: Vec<_> = by_hamlet
        .rows
        .iter()
        .map(|row| (row.hamlet.as_str(), row.counts))
        .collect();
    assert_eq!(rows, [("", of(1, 1, 1, 1)), ("Ấp 3", of(1, 0, 0, 0))]);
    assert_eq!(by_hamlet.totals, of(2, 1, 1, 1));
    let by_helper = count(&province, today, CountBy::Helper).await.unwrap();
    let rows: Vec<_> = by_helper
        .rows
        .iter()
        .map(|row| (row.label.as_str(), row.counts))
        .collect();
    assert_eq!(rows, [("Lan", of(1, 1, 1, 1)), ("Minh", of(2, 1, 1, 1))]);
    assert_eq!(by_helper.totals, of(2, 1, 1, 1));

    let before = Period {
        from: today.from - Duration::days(9),
        to: today.from - Duration::days(1),
    };
    let nothing = count(&province, before, CountBy::Hamlet).await.unwrap();
    assert!(nothing.rows.is_empty());
    assert_eq!(nothing.totals, Counts::default());
    let there = officer(Permission::Sellers, &[ELSEWHERE], clerk);
    let elsewhere = count(&there, today, CountBy::Helper).await.unwrap();
    assert_eq!(elsewhere.totals, Counts::default());
    let audit = officer(Permission::Audit, &[], clerk);
    assert!(count(&audit, today, CountBy::Hamlet).await.is_err());
}

#[tokio::test]
async fn a_helper_begins_shops_in_her_hamlet_alone() {
    let team = Team::new().await;
    let helper = team.now().await;
    let store = &team.db().store;
    let begin = async |form: HouseholdForm| {
        let form = &form;
        market::transact!(store, &helper, work => commands::begin_for(work, form).await)
    };
    let refusal = refused(begin(HouseholdForm::default()).await);
    let AssistanceRefusal::Invalid(errors) = refusal else {
        panic!("{refusal}")
    };
    let fields: Vec<_> = errors.0.iter().map(|error| error.field.as_str()).collect();
    assert_eq!(fields, ["name", "owner_name", "area", "hamlet"]);
    let seller = begin(HouseholdForm {
        name: "Hộ Năm".to_owned(),
        owner_name: "Trần Văn Năm".to_owned(),
        phone: String::new(),
        area: "0".to_owned(),
        hamlet: "Ấp 3".to_owned(),
    })
    .await
    .unwrap();
    let areas = desk::areas(store.reader(), &helper).await.unwrap();
    assert!(areas[0].commune_name.contains("Hỏa Lựu"), "{HOA_LUU}");
    let seller = market::sellers::queries::by_id(store.reader(), seller)
        .await
        .unwrap()
        .unwrap();
    assert!(!seller.is_selling());
    let asked = desk::household(store.reader(), &helper, &seller.slug)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(asked.phone, None);
}
