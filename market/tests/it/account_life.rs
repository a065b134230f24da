//! What becomes of an account: another telephone, a lost one, trust, its end.
use market::accounts::commands::{self, codes};
use market::accounts::queries::{account, session, trust_of, trusted};
use market::accounts::{AccountsRefusal, Again, NewPhoneForm, ProfileForm, Recovery, TrustForm};
use market::kernel::{
    Actor, CodeId, CommuneId, Failure, HelpArea, Office, PageRequest, Permission, PersonId, Phone,
    Role,
};
use time::Duration;

use crate::support::db::TestDb;
use crate::support::shop::{Shop, checkout, person};

const OLD: &str = "0912345678";
const NEW: &str = "0987654321";
const PASSWORD: &str = "khom ngot cau duc";

/// Somebody who is signed in.
struct Inside {
    actor: Actor,
    token: String,
}

impl Inside {
    fn again<'a>(&'a self, password: &'a str) -> Again<'a> {
        Again {
            token: &self.token,
            password,
        }
    }
}

async fn sign_in(db: &TestDb, phone: &str) -> Inside {
    let tries = market::kernel::limit::Limit::new("t", market::kernel::limit::Rate::Unlimited);
    let guest = Actor::guest();
    let token = commands::sign_in(&db.store, &guest, "", &tries.of("t"), phone, PASSWORD)
        .await
        .unwrap();
    Inside {
        actor: who(db, &token).await.unwrap(),
        token,
    }
}

async fn who(db: &TestDb, token: &str) -> Option<Actor> {
    let open = session(db.store.reader(), token, db.store.now()).await;
    open.unwrap().map(|open| open.actor)
}

async fn digits(db: &TestDb, id: CodeId) -> String {
    codes::shown(db.store.reader(), id).await.unwrap().unwrap()
}

fn refused<T: std::fmt::Debug>(outcome: Result<T, Failure<AccountsRefusal>>) -> AccountsRefusal {
    match outcome {
        Err(Failure::Refused(refusal)) => refusal,
        other => panic!("{other:?}"),
    }
}

async fn messages(db: &TestDb, phone: &str) -> Vec<String> {
    sqlx::query_scalar("select kind from messages where phone = $1 order by created_at, id")
        .bind(Phone::parse(phone).unwrap().as_str())
        .fetch_all(db.store.reader())
        .await
        .unwrap()
}

fn form(phone: &str, current: &str) -> NewPhoneForm {
    NewPhoneForm {
        phone: phone.to_owned(),
        current: current.to_owned(),
    }
}

#[tokio::test]
async fn another_telephone_is_proven_and_the_old_one_told() {
    let db = TestDb::new().await;
    person(&db, OLD, PASSWORD).await;
    let (phone, desk) = (sign_in(&db, OLD).await, sign_in(&db, OLD).await);
    db.clock.advance(Duration::minutes(20));
    let ask = async |form: NewPhoneForm| {
        commands::ask_new_phone(&db.store, &phone.actor, &phone.token, &form, "vi").await
    };
    let wrong = refused(ask(form(NEW, "không phải")).await);
    let AccountsRefusal::Invalid(errors) = wrong else {
        panic!("{wrong:?}");
    };
    assert_eq!(errors.of("current").unwrap().code, "wrong_password");
    let same = refused(ask(form("+84 912 345 678", PASSWORD)).await);
    assert!(matches!(same, AccountsRefusal::Invalid(_)));

    let id = ask(form(NEW, PASSWORD)).await.unwrap();
    let code = digits(&db, id).await;
    // Somebody else's session can't use the code.
    person(&db, "0900000099", PASSWORD).await;
    let other = sign_in(&db, "0900000099").await;
    assert_eq!(
        refused(commands::change_phone(&db.store, &other.actor, &other.token, id, "000000").await)
            .to_string()
            .split(',')
            .next(),
        Some("wrong code")
    );
    commands::change_phone(&db.store, &phone.actor, &phone.token, id, &code)
        .await
        .unwrap();
    assert!(who(&db, &phone.token).await.is_some());
    assert!(who(&db, &desk.token).await.is_none(), "signed out there");
    assert_eq!(messages(&db, OLD).await, ["phone_changed"]);
    sign_in(&db, NEW).await;
}

#[tokio::test]
async fn a_number_of_another_account_is_told_only_to_who_holds_it() {
    let db = TestDb::new().await;
    person(&db, OLD, PASSWORD).await;
    person(&db, NEW, PASSWORD).await;
    let inside = sign_in(&db, OLD).await;
    let form = form(NEW, PASSWORD);
    let id = commands::ask_new_phone(&db.store, &inside.actor, &inside.token, &form, "vi")
        .await
        .unwrap();
    let code = digits(&db, id).await;
    let taken = commands::change_phone(&db.store, &inside.actor, &inside.token, id, &code).await;
    assert_eq!(refused(taken), AccountsRefusal::PhoneTaken);
}

#[tokio::test]
async fn without_a_password_the_sign_in_must_be_fresh() {
    let db = TestDb::new().await;
    let id = person(&db, OLD, PASSWORD).await;
    let inside = sign_in(&db, OLD).await;
    sqlx::query("update people set password_hash = null where id = $1")
        .bind(id.0)
        .execute(db.store.reader())
        .await
        .unwrap();
    let form = form(NEW, "");
    let ask = async || {
        commands::ask_new_phone(&db.store, &inside.actor, &inside.token, &form, "vi").await
    };
    assert!(ask().await.is_ok());
    db.clock.advance(Duration::minutes(16));
    assert_eq!(refused(ask().await), AccountsRefusal::SignInAgain);
}

/// A shop with its owner of the number [`OLD`], who has a session.
async fn owner(shop: &Shop) -> Inside {
    let id = person(&shop.db, OLD, PASSWORD).await;
    sqlx::query(
        "insert into seller_members (seller_id, person_id, duty, since) values ($1, $2, 'owner', now())",
    )
    .bind(shop.seller.0)
    .bind(id.0)
    .execute(shop.db.store.reader())
    .await
    .unwrap();
    sign_in(&shop.db, OLD).await
}

fn officer(person: PersonId, communes: Vec<CommuneId>) -> Actor {
    Actor {
        person: Some(person),
        roles: vec![Role::Officer],
        office: Office {
            permissions: vec![Permission::Sellers],
            communes,
        },
        ..Actor::guest()
    }
}

fn helper(person: PersonId, commune: CommuneId) -> Actor {
    Actor {
        person: Some(person),
        roles: vec![Role::Helper],
        helps: vec![HelpArea {
            commune,
            hamlet: String::new(),
        }],
        ..Actor::guest()
    }
}

fn lost() -> Recovery {
    Recovery {
        phone: Phone::parse(OLD).unwrap(),
        new_phone: Phone::parse(NEW).unwrap(),
        reason: "đã xem căn cước".to_owned(),
    }
}

const HERE: CommuneId = CommuneId(131_338);
const THERE: CommuneId = CommuneId(131_471);

#[tokio::test]
async fn an_officer_gives_an_account_back_at_once() {
    let shop = Shop::new("Út").await;
    let db = &shop.db;
    let inside = owner(&shop).await;
    let staff = person(db, "0900000098", PASSWORD).await;
    let lost = lost();
    for stranger in [
        officer(staff, vec![THERE]),
        helper(staff, THERE),
        officer(inside.actor.person.unwrap(), vec![HERE]),
        inside.actor.clone(),
    ] {
        let asked = commands::ask_recovery(&db.store, &stranger, &lost, "vi").await;
        assert_eq!(refused(asked), AccountsRefusal::NobodyToHelp);
    }
    let officer = officer(staff, vec![HERE]);
    let id = commands::ask_recovery(&db.store, &officer, &lost, "vi")
        .await
        .unwrap();
    let code = digits(db, id).await;
    let from = commands::recover(&db.store, &officer, &lost, id, &code)
        .await
        .unwrap();
    assert_eq!(from, db.store.now());
    assert!(who(db, &inside.token).await.is_none());
    assert_eq!(messages(db, OLD).await, ["phone_changed"]);
    let (phone, has_password): (String, bool) =
        sqlx::query_as("select phone, password_hash is not null from people where id = $1")
            .bind(inside.actor.person.unwrap().0)
            .fetch_one(db.store.reader())
            .await
            .unwrap();
    assert_eq!((phone.as_str(), has_password), ("+84987654321", false));
    let vouched: i64 = sqlx::query_scalar(
        "select count(*) from audit_log where person_id = $1 and subject = $2 and action in ('recovery.vouched', 'person.recovered')",
    )
    .bind(staff.0)
    .bind(inside.actor.person.unwrap().0)
    .fetch_one(db.store.reader())
    .await
    .unwrap();
    assert_eq!(vouched, 2);
}

#[tokio::test]
async fn a_neighbours_word_holds_after_a_day_and_the_old_telephone_can_object() {
    let shop = Shop::new("Út").await;
    let db = &shop.db;
    let inside = owner(&shop).await;
    let neighbour = helper(person(db, "0900000098", PASSWORD).await, HERE);
    let lost = lost();
    let vouch = async || {
        db.clock.advance(Duration::minutes(2));
        let id = commands::ask_recovery(&db.store, &neighbour, &lost, "vi")
            .await
            .unwrap();
        let code = digits(db, id).await;
        commands::recover(&db.store, &neighbour, &lost, id, &code).await
    };
    let due = async || {
        market::transact_sure!(db.store, &Actor::system(), work => Ok(commands::recover_due(work).await?))
            .unwrap();
    };
    let from = vouch().await.unwrap();
    assert_eq!(from, db.store.now() + Duration::hours(24));
    assert_eq!(messages(db, OLD).await, ["recovery_waits"]);
    assert_eq!(refused(vouch().await), AccountsRefusal::RecoveryWaits);
    due().await;
    let own = account(
        db.store.reader(),
        inside.actor.person.unwrap(),
        &inside.token,
        db.store.now(),
    )
    .await
    .unwrap()
    .unwrap();
    let waits = own.recovery.unwrap();
    assert_eq!(own.phone, lost.phone);
    // Only its person may object.
    let object = async |actor: &Actor| market::transact!(db.store, actor, work => commands::object(work, waits.id).await);
    assert_eq!(
        refused(object(&neighbour).await),
        AccountsRefusal::NobodyToHelp
    );
    object(&inside.actor).await.unwrap();
    db.clock.advance(Duration::hours(25));
    due().await;
    assert!(who(db, &inside.token).await.is_some());

    vouch().await.unwrap();
    db.clock.advance(Duration::hours(24));
    due().await;
    assert!(who(db, &inside.token).await.is_none());
    due().await;
    assert_eq!(
        messages(db, OLD).await,
        ["recovery_waits", "recovery_waits", "phone_changed"]
    );
}

#[tokio::test]
async fn staff_is_given_back_by_administrators_only() {
    let db = TestDb::new().await;
    let id = person(&db, OLD, PASSWORD).await;
    sqlx::query("insert into role_grants values ($1, 'officer', now())")
        .bind(id.0)
        .execute(db.store.reader())
        .await
        .unwrap();
    let other = person(&db, "0900000098", PASSWORD).await;
    let lost = lost();
    let asked = commands::ask_recovery(&db.store, &officer(other, Vec::new()), &lost, "vi").await;
    assert_eq!(refused(asked), AccountsRefusal::NobodyToHelp);
    let admin = Actor {
        person: Some(other),
        roles: vec![Role::Admin],
        ..Actor::guest()
    };
    assert!(
        commands::ask_recovery(&db.store, &admin, &lost, "vi")
            .await
            .is_ok()
    );
}

#[tokio::test]
async fn a_closed_account_is_nameless_and_its_orders_stay() {
    let shop = Shop::new("Út").await;
    let db = &shop.db;
    let (_, variant) = shop.product("Khóm", 5, 12_000).await;
    let id = person(db, NEW, PASSWORD).await;
    let buyer = sign_in(db, NEW).await;
    let order = checkout(&[(variant, 1)]);
    market::transact!(db.store, &buyer.actor, work => market::payments::commands::check_out(work, &order).await)
        .unwrap();
    let data = commands::own_data(db.store.reader(), id).await.unwrap();
    assert_eq!(data["account"]["phone"], "+84987654321");
    assert_eq!(data["sessions"].as_array().unwrap().len(), 1);
    let orders = market::orders::queries::own_data(db.store.reader(), id)
        .await
        .unwrap();
    assert_eq!(orders[0]["lines"][0]["name"], "Khóm");

    let seller = owner(&shop).await;
    let closed = commands::close(&db.store, &seller.actor, seller.again("")).await;
    assert_eq!(refused(closed), AccountsRefusal::OwnsShop);
    commands::close(&db.store, &buyer.actor, buyer.again(""))
        .await
        .unwrap();
    assert!(who(db, &buyer.token).await.is_none());
    let row: (String, Option<String>, Option<String>) =
        sqlx::query_as("select name, phone, password_hash from people where id = $1")
            .bind(id.0)
            .fetch_one(db.store.reader())
            .await
            .unwrap();
    assert_eq!(row, ("—".to_owned(), None, None));
    let kept: i64 = sqlx::query_scalar("select count(*) from orders where person_id = $1")
        .bind(id.0)
        .fetch_one(db.store.reader())
        .await
        .unwrap();
    assert_eq!(kept, 1);
    // The number is free for a new account.
    person(db, NEW, PASSWORD).await;
    sign_in(db, NEW).await;
}

#[tokio::test]
async fn whom_an_order_went_to_is_forgotten_when_its_time_is_over() {
    let shop = Shop::new("Út").await;
    let db = &shop.db;
    let (_, variant) = shop.product("Khóm", 5, 12_000).await;
    let first = checkout(&[(variant, 1)]);
    let second = checkout(&[(variant, 1)]);
    let place = async |order| {
        market::transact!(db.store, &Actor::guest(), work => market::payments::commands::check_out(work, order).await).unwrap()
    };
    let (done, open) = (place(&first).await, place(&second).await);
    sqlx::query("update seller_orders set state = 'completed' where order_id = $1")
        .bind(done.id.0)
        .execute(db.store.reader())
        .await
        .unwrap();
    db.clock.advance(Duration::days(1096));
    let forget = async || {
        let before = db.store.now() - Duration::days(1096) + Duration::MINUTE;
        market::transact_sure!(db.store, &Actor::system(), work => Ok(market::orders::commands::forget_contacts(work, before, 10).await?))
            .unwrap()
    };
    assert_eq!((forget().await, forget().await), (1, 0));
    let of = async |id| {
        let order = market::orders::queries::by_id(db.store.reader(), id).await;
        order.unwrap().unwrap()
    };
    let forgotten = of(done.id).await;
    assert_eq!(
        (forgotten.contact_name.as_str(), forgotten.contact_phone),
        ("", None)
    );
    assert!(of(open.id).await.contact_phone.is_some(), "still under way");
}

#[tokio::test]
async fn an_administrator_entrusts_and_takes_back() {
    let db = TestDb::new().await;
    let id = person(&db, OLD, PASSWORD).await;
    sqlx::query("insert into role_grants values ($1, 'admin', now())")
        .bind(id.0)
        .execute(db.store.reader())
        .await
        .unwrap();
    let admin = sign_in(&db, OLD).await.actor;
    let entrust = async |actor: &Actor, form: &TrustForm| {
        let trust = form.parse().unwrap();
        let trust = &trust;
        market::transact!(db.store, actor, work => commands::entrust(work, trust).await)
    };
    let helper = TrustForm {
        name: "Võ Minh Tâm".to_owned(),
        phone: NEW.to_owned(),
        roles: vec!["helper".to_owned(), "officer".to_owned()],
        permissions: vec!["sellers".to_owned()],
        office: "31338".to_owned(),
        areas: "31338\n31471, Ấp 1".to_owned(),
    };
    assert_eq!(
        refused(entrust(&officer(id, Vec::new()), &helper).await),
        AccountsRefusal::NotAnAdmin
    );
    let tam = entrust(&admin, &helper).await.unwrap();
    let known = trust_of(db.store.reader(), tam).await.unwrap().unwrap();
    assert_eq!(
        (known.areas.as_str(), known.office.as_str()),
        ("31338\n31471, Ấp 1", "31338")
    );
    let nowhere = TrustForm {
        areas: "99999".to_owned(),
        ..helper.clone()
    };
    assert!(matches!(
        refused(entrust(&admin, &nowhere).await),
        AccountsRefusal::Invalid(errors) if errors.of("areas").is_some()
    ));
    let nothing = TrustForm {
        roles: Vec::new(),
        ..helper
    };
    entrust(&admin, &nothing).await.unwrap();
    let known = trust_of(db.store.reader(), tam).await.unwrap().unwrap();
    assert_eq!(known.roles, ["buyer"]);
    assert!(known.areas.is_empty() && known.permissions.is_empty());
    let (people, total) = trusted(
        db.store.reader(),
        None,
        PageRequest::new(None, None),
        db.store.now(),
    )
    .await
    .unwrap();
    assert_eq!((people[0].person, total), (id, 1));

    let myself = TrustForm {
        name: "Lan".to_owned(),
        phone: OLD.to_owned(),
        ..TrustForm::default()
    };
    assert_eq!(
        refused(entrust(&admin, &myself).await),
        AccountsRefusal::LastAdmin
    );
    market::transact!(db.store, &admin, work => commands::end_sessions_of(work, id).await).unwrap();
    let alive: i64 = sqlx::query_scalar("select count(*) from sessions")
        .fetch_one(db.store.reader())
        .await
        .unwrap();
    assert_eq!(alive, 0);
}

#[tokio::test]
async fn a_name_and_an_address_are_saved() {
    let db = TestDb::new().await;
    let id = person(&db, OLD, PASSWORD).await;
    let inside = sign_in(&db, OLD).await;
    let form = ProfileForm {
        name: " Nguyễn  Thị Năm ".to_owned(),
        email: "nam@xa.vn".to_owned(),
    };
    let profile = form.parse().unwrap();
    market::transact!(db.store, &inside.actor, work => commands::save_profile(work, &profile).await)
        .unwrap();
    let own = account(db.store.reader(), id, &inside.token, db.store.now())
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        (own.name.as_str(), own.email.as_deref()),
        ("Nguyễn Thị Năm", Some("nam@xa.vn"))
    );
}

#[tokio::test]
async fn a_shop_that_a_neighbour_began_for_somebody_opens_no_account() {
    let shop = Shop::new("Út").await;
    let db = &shop.db;
    // Somebody from elsewhere, who knows nothing of it.
    person(db, OLD, PASSWORD).await;
    let neighbour = helper(person(db, "0900000098", PASSWORD).await, HERE);
    let begun = &market::sellers::commands::BeginShop {
        kind: market::sellers::SellerKind::Household,
        name: "Hộ không ai hay".to_owned(),
        owner_name: "Lan".to_owned(),
        owner_phone: Some(Phone::parse(OLD).unwrap()),
        commune_id: HERE,
        former_commune_id: None,
        hamlet: "Ấp 1".to_owned(),
    };
    market::transact!(db.store, &neighbour, work => market::sellers::commands::begin(work, begun).await)
        .unwrap();
    let asked = commands::ask_recovery(&db.store, &neighbour, &lost(), "vi").await;
    assert_eq!(refused(asked), AccountsRefusal::NobodyToHelp);
}

#[tokio::test]
async fn a_new_number_reaches_the_shop_and_ends_what_waits_for_the_old_one() {
    let shop = Shop::new("Út").await;
    let db = &shop.db;
    let inside = owner(&shop).await;
    sqlx::query("update sellers set phone = '+84912345678' where id = $1")
        .bind(shop.seller.0)
        .execute(db.store.reader())
        .await
        .unwrap();
    let neighbour = helper(person(db, "0900000098", PASSWORD).await, HERE);
    let taken = Recovery {
        new_phone: Phone::parse("0900000011").unwrap(),
        ..lost()
    };
    let id = commands::ask_recovery(&db.store, &neighbour, &taken, "vi")
        .await
        .unwrap();
    let code = digits(db, id).await;
    commands::recover(&db.store, &neighbour, &taken, id, &code)
        .await
        .unwrap();

    let form = form(NEW, PASSWORD);
    let id = commands::ask_new_phone(&db.store, &inside.actor, &inside.token, &form, "vi")
        .await
        .unwrap();
    let code = digits(db, id).await;
    commands::change_phone(&db.store, &inside.actor, &inside.token, id, &code)
        .await
        .unwrap();
    db.clock.advance(Duration::hours(25));
    market::transact_sure!(db.store, &Actor::system(), work => Ok(commands::recover_due(work).await?))
        .unwrap();
    let (own, of_shop): (String, String) =
        sqlx::query_as("select people.phone, sellers.phone from people, sellers where people.id = $1 and sellers.id = $2")
            .bind(inside.actor.person.unwrap().0)
            .bind(shop.seller.0)
            .fetch_one(db.store.reader())
            .await
            .unwrap();
    assert_eq!(
        (own.as_str(), of_shop.as_str()),
        ("+84987654321", "+84987654321")
    );
}

#[tokio::test]
async fn a_token_ends_with_its_role() {
    let db = TestDb::new().await;
    let id = person(&db, OLD, PASSWORD).await;
    for role in ["admin", "officer"] {
        sqlx::query("insert into role_grants values ($1, $2, now())")
            .bind(id.0)
            .bind(role)
            .execute(db.store.reader())
            .await
            .unwrap();
    }
    let token = market::transact!(db.store, &Actor::system(), work => commands::create_token(work, Role::Admin, None, "t").await).unwrap();
    let known = async || {
        let now = db.store.now();
        let actor = market::accounts::queries::actor_of_token(db.store.reader(), &token, None, now);
        actor.await.unwrap().is_some()
    };
    assert!(known().await);
    sqlx::query("delete from role_grants where role = 'admin'")
        .execute(db.store.reader())
        .await
        .unwrap();
    assert!(!known().await);
}
