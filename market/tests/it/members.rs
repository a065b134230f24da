//! Who owns a shop and who sells with it; the account that its money goes to; its end.
use market::accounts::commands::{NewPerson, codes, create_person, sign_in};
use market::accounts::queries::session;
use market::accounts::{AccountsRefusal, Again};
use market::kernel::limit::{Limit, Rate};
use market::kernel::{
    Actor, CodeId, CommuneId, Duty, Failure, Office, Permission, PersonId, Phone, Refusal as _,
    Right, Role, SellerId,
};
use market::orders::OrdersRefusal;
use market::payments::commands::check_out;
use market::sellers::commands::{self, BeginShop};
use market::sellers::numbers::BankAccount;
use market::sellers::{MemberForm, SellerKind, SellersRefusal, ShopEvent, Standing, queries};
use time::Duration;

use crate::support::db::TestDb;
use crate::support::shop::{Shop, checkout, person};

/// The number that [`Shop::new`] gives its shop.
const OWN: &str = "0912345678";
const OTHER: &str = "0987000111";
const PASSWORD: &str = "khom ngot cau duc";

/// Somebody who is signed in.
struct Inside {
    token: String,
}

impl Inside {
    async fn new(db: &TestDb, phone: &str) -> Self {
        person(db, phone, PASSWORD).await;
        Self::known(db, phone).await
    }

    async fn known(db: &TestDb, phone: &str) -> Self {
        let tries = Limit::new("t", Rate::Unlimited).of("t");
        let token = sign_in(&db.store, &Actor::guest(), "", &tries, phone, PASSWORD).await;
        Self {
            token: token.unwrap(),
        }
    }

    /// As the next request sees them.
    async fn now(&self, db: &TestDb) -> Actor {
        let open = session(db.store.reader(), &self.token, db.store.now()).await;
        open.unwrap().unwrap().actor
    }

    const fn again<'a>(&'a self, password: &'a str) -> Again<'a> {
        Again {
            token: self.token.as_str(),
            password,
        }
    }
}

fn refused<T: std::fmt::Debug>(outcome: Result<T, Failure<SellersRefusal>>) -> SellersRefusal {
    match outcome {
        Err(Failure::Refused(refusal)) => refusal,
        other => panic!("{other:?}"),
    }
}

type Answer<T> = Result<T, Failure<SellersRefusal>>;

async fn claim(db: &TestDb, actor: &Actor, id: SellerId) -> Answer<()> {
    market::transact!(db.store, actor, work => commands::claim(work, id).await)
}

async fn add(db: &TestDb, actor: &Actor, id: SellerId, phone: &str) -> Answer<()> {
    let form = MemberForm {
        member_name: "Bé Tư".to_owned(),
        member_phone: phone.to_owned(),
    };
    let member = &form.parse().unwrap();
    market::transact!(db.store, actor, work => commands::add_member(work, id, member).await)
}

async fn officer(db: &TestDb) -> Actor {
    Actor {
        person: Some(person(db, "0911000001", PASSWORD).await),
        roles: vec![Role::Officer],
        office: Office {
            permissions: vec![Permission::Sellers],
            communes: vec![CommuneId(131_338)],
        },
        ..Actor::guest()
    }
}

async fn messages(db: &TestDb, phone: &str) -> Vec<String> {
    sqlx::query_scalar("select kind from messages where phone = $1 order by kind")
        .bind(Phone::parse(phone).unwrap().as_str())
        .fetch_all(db.store.reader())
        .await
        .unwrap()
}

async fn history(db: &TestDb, id: SellerId) -> Vec<ShopEvent> {
    let shop = queries::load_shop(db.store.reader(), id).await.unwrap();
    let history = shop.unwrap().history;
    history.into_iter().map(|line| line.event).collect()
}

/// A shop whose owner is signed in with the shop's own number.
async fn owned() -> (Shop, Inside) {
    let shop = Shop::new("Út").await;
    let owner = Inside::new(&shop.db, OWN).await;
    let actor = owner.now(&shop.db).await;
    claim(&shop.db, &actor, shop.seller).await.unwrap();
    (shop, owner)
}

#[tokio::test]
async fn a_shop_that_the_province_brought_waits_for_its_number() {
    let shop = Shop::new("Út").await;
    let (db, id) = (&shop.db, shop.seller);
    let stranger = Inside::new(db, OTHER).await.now(db).await;
    let own = Inside::new(db, OWN).await;
    let holder = own.now(db).await;
    let waiting = async |actor: &Actor| {
        let person = actor.person.unwrap();
        let found = queries::ownerless(db.store.reader(), person).await.unwrap();
        found.into_iter().map(|shop| shop.id).collect::<Vec<_>>()
    };
    assert_eq!(waiting(&stranger).await, []);
    assert_eq!(waiting(&holder).await, [id]);
    assert_eq!(
        refused(claim(db, &stranger, id).await),
        SellersRefusal::NotFound
    );
    assert!(!holder.may(Right::Own(id)));

    // Two taps at once: one of them is told that the shop has its owner.
    let (one, two) = tokio::join!(claim(db, &holder, id), claim(db, &holder, id));
    let (first, second) = if one.is_ok() { (one, two) } else { (two, one) };
    first.unwrap();
    assert_eq!(refused(second), SellersRefusal::HasOwner);
    assert!(own.now(db).await.may(Right::Own(id)));
    assert_eq!(history(db, id).await, [ShopEvent::OwnerNamed]);
    assert_eq!(waiting(&own.now(db).await).await, []);
}

#[tokio::test]
async fn a_number_that_a_helper_lent_gives_no_claim() {
    let db = TestDb::new().await;
    market::places::commands::ensure_reference(&db.store)
        .await
        .unwrap();
    let new = NewPerson {
        name: "Tổ số".to_owned(),
        phone: Phone::parse(OWN).unwrap(),
        password_hash: Some(market::accounts::commands::hash_password(PASSWORD).unwrap()),
        role: Role::Helper,
        seller: None,
        communes: vec![CommuneId(131_338)],
        permissions: Vec::new(),
        is_sample: true,
    };
    let new = &new;
    market::transact_sure!(db.store, &Actor::system(), work => Ok(create_person(work, new).await?))
        .unwrap();
    let helper = Inside::known(&db, OWN).await;
    let shop = &BeginShop {
        kind: SellerKind::Household,
        name: "Vườn chanh Bảy Lúa".to_owned(),
        owner_name: "Trần Văn Bảy".to_owned(),
        owner_phone: None,
        commune_id: CommuneId(131_338),
        former_commune_id: None,
        hamlet: "Ấp 4".to_owned(),
    };
    let actor = helper.now(&db).await;
    let id =
        market::transact!(db.store, &actor, work => commands::begin(work, shop).await).unwrap();
    assert_eq!(
        refused(claim(&db, &actor, id).await),
        SellersRefusal::NotFound
    );
    // Nor once they help no longer.
    sqlx::query("delete from role_grants where role = 'helper'")
        .execute(db.store.writer())
        .await
        .unwrap();
    let left = helper.now(&db).await;
    assert_eq!(
        refused(claim(&db, &left, id).await),
        SellersRefusal::NotFound
    );

    // The officer who meets the household names its owner, by a code to the owner's telephone.
    let officer = officer(&db).await;
    let ask = async |actor: &Actor, phone: &str| {
        commands::ask_owner(&db.store, actor, id, phone, "vi").await
    };
    assert_eq!(refused(ask(&left, OTHER).await), SellersRefusal::NotFound);
    let own = refused(ask(&officer, "0911000001").await);
    assert_eq!(own.fields()[0].code, "same_phone");
    let code: CodeId = ask(&officer, OTHER).await.unwrap();
    let name =
        async |digits: &str| commands::name_owner(&db.store, &officer, id, code, digits).await;
    let digits = codes::shown(db.store.reader(), code)
        .await
        .unwrap()
        .unwrap();
    let wrong = refused(name("000000").await);
    assert!(digits == "000000" || wrong.code() == "accounts.code_wrong");
    name(&digits).await.unwrap();
    assert_eq!(
        messages(&db, OTHER).await,
        ["code_owner", "shop_owner_named"]
    );
    let members = queries::members(db.store.reader(), id).await.unwrap();
    assert_eq!(
        (members.len(), members[0].duty, members[0].name.as_str()),
        (1, Duty::Owner, "Trần Văn Bảy")
    );
    assert_eq!(
        refused(ask(&officer, "0987000222").await),
        SellersRefusal::HasOwner
    );
}

#[tokio::test]
async fn who_sells_with_the_household_sees_no_money_and_leaves_at_the_next_click() {
    let (shop, owner) = owned().await;
    let (db, id) = (&shop.db, shop.seller);
    let actor = owner.now(db).await;
    let own = refused(add(db, &actor, id, OWN).await);
    assert_eq!(own.fields()[0].code, "same_phone");
    add(db, &actor, id, OTHER).await.unwrap();
    add(db, &actor, id, OTHER).await.unwrap();
    assert_eq!(messages(db, OTHER).await, ["shop_member_added"]);
    set_password(db, OTHER).await;
    let staff = Inside::known(db, OTHER).await;
    let at_desk = staff.now(db).await;
    assert!(at_desk.may(Right::List(id)) && at_desk.may(Right::Fulfil(id)));
    assert!(!at_desk.may(Right::Own(id)) && !at_desk.may(Right::SeeMoney(id)));
    assert_eq!(
        refused(add(db, &at_desk, id, "0987000333").await),
        SellersRefusal::NotAllowed
    );

    let owner_id = actor.person.unwrap();
    let remove = async |person: PersonId| market::transact!(db.store, &actor, work => commands::remove_member(work, id, person).await);
    assert_eq!(refused(remove(owner_id).await), SellersRefusal::LastOwner);
    remove(at_desk.person.unwrap()).await.unwrap();
    assert!(!staff.now(db).await.may(Right::List(id)));
}

/// Lets somebody whom others made known sign in by password.
async fn set_password(db: &TestDb, phone: &str) {
    sqlx::query("update people set password_hash = $2 where phone = $1")
        .bind(Phone::parse(phone).unwrap().as_str())
        .bind(market::accounts::commands::hash_password(PASSWORD).unwrap())
        .execute(db.store.writer())
        .await
        .unwrap();
}

#[tokio::test]
async fn a_shop_is_handed_over_by_who_proves_to_be_its_owner() {
    let (shop, owner) = owned().await;
    let (db, id) = (&shop.db, shop.seller);
    let actor = owner.now(db).await;
    add(db, &actor, id, OTHER).await.unwrap();
    set_password(db, OTHER).await;
    let staff = Inside::known(db, OTHER).await;
    let next = staff.now(db).await.person.unwrap();
    db.clock.advance(Duration::minutes(20));
    let give = async |password: &str| {
        commands::hand_over(&db.store, &actor, owner.again(password), id, next).await
    };
    assert_eq!(
        refused(give("không phải").await).fields()[0].code,
        "wrong_password"
    );
    assert!(!staff.now(db).await.may(Right::Own(id)));
    give(PASSWORD).await.unwrap();
    assert!(staff.now(db).await.may(Right::Own(id)));
    let before = owner.now(db).await;
    assert!(before.may(Right::List(id)) && !before.may(Right::Own(id)));
    let now = queries::load_shop(db.store.reader(), id).await.unwrap();
    assert_eq!(now.unwrap().phone, Phone::parse(OTHER).unwrap());
}

#[tokio::test]
async fn the_account_of_a_shop_that_sells_changes_only_for_who_proves_to_be_its_owner() {
    let (shop, owner) = owned().await;
    let (db, id) = (&shop.db, shop.seller);
    db.clock.advance(Duration::minutes(20));
    let actor = owner.now(db).await;
    let mut errors = market::kernel::FieldErrors::default();
    let account = &BankAccount::parse(&mut errors, "970405", "7300205123456", "Út").unwrap();
    let save = async |password: &str| {
        commands::save_bank(&db.store, &actor, owner.again(password), id, account).await
    };
    for wrong in ["", "không phải"] {
        let refusal = refused(save(wrong).await);
        assert_eq!(refusal.fields()[0].code, "wrong_password");
    }
    // Who has no password signs in again instead.
    sqlx::query("update people set password_hash = null")
        .execute(db.store.writer())
        .await
        .unwrap();
    assert_eq!(
        refused(save("").await),
        SellersRefusal::Account(AccountsRefusal::SignInAgain)
    );
    set_password(db, OWN).await;
    assert_eq!(history(db, id).await, [ShopEvent::OwnerNamed]);
    save(PASSWORD).await.unwrap();
    assert_eq!(
        history(db, id).await,
        [ShopEvent::BankChanged, ShopEvent::OwnerNamed]
    );
    assert!(
        messages(db, OWN)
            .await
            .contains(&"shop_bank_changed".to_owned())
    );
}

#[tokio::test]
async fn a_shop_is_closed_when_no_buyer_waits_and_sells_no_more() {
    let (shop, owner) = owned().await;
    let (db, id) = (&shop.db, shop.seller);
    let (_, variant) = shop.product("Khóm", 5, 12_000).await;
    let order = &checkout(&[(variant, 1)]);
    let placed = market::transact!(db.store, &Actor::guest(), work => check_out(work, order).await);
    let part = placed.unwrap().parts[0].0;
    db.clock.advance(Duration::minutes(20));
    let actor = owner.now(db).await;
    let close =
        async |password: &str| commands::close(&db.store, &actor, owner.again(password), id).await;
    assert_eq!(
        refused(close("không phải").await).fields()[0].code,
        "wrong_password"
    );
    assert_eq!(
        refused(close(PASSWORD).await),
        SellersRefusal::OrdersUnderWay { count: 1 }
    );
    market::transact!(db.store, &shop.actor, work => {
        use market::orders::{OrderEvent, Party, commands::advance};
        advance(work, part, OrderEvent::Cancel, Party::Seller, "hết hàng").await
    })
    .unwrap();
    close(PASSWORD).await.unwrap();
    assert_eq!(refused(close(PASSWORD).await), SellersRefusal::WrongState);

    let again = &checkout(&[(variant, 1)]);
    let sold = market::transact!(db.store, &Actor::guest(), work => check_out(work, again).await);
    assert!(
        matches!(sold, Err(Failure::Refused(OrdersRefusal::OutOfStock(_)))),
        "{sold:?}"
    );
    // Its owner still has a desk there, behind any other shop, and may close the account now.
    let seller = queries::by_id(db.store.reader(), id)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(seller.standing, Standing::Closed);
    assert!(owner.now(db).await.may(Right::Own(id)));
    let begun = &BeginShop {
        kind: SellerKind::Household,
        name: "Vườn mới".to_owned(),
        owner_name: "Út".to_owned(),
        owner_phone: None,
        commune_id: CommuneId(131_338),
        former_commune_id: None,
        hamlet: "Ấp 4".to_owned(),
    };
    let next = market::transact!(db.store, &actor, work => commands::begin(work, begun).await);
    let next = next.unwrap();
    assert_eq!(owner.now(db).await.seller(), Some(next));
    market::transact!(db.store, &actor, work => commands::choose(work, &owner.token, id).await)
        .unwrap();
    assert_eq!(owner.now(db).await.seller(), Some(id));
}

/// However buyers and owner meet, a closed shop has no order under way.
#[tokio::test]
async fn no_order_slips_into_a_shop_that_closes() {
    for _ in 0..5 {
        let (shop, owner) = owned().await;
        let (db, id) = (&shop.db, shop.seller);
        let (_, variant) = shop.product("Khóm", 5, 12_000).await;
        let actor = owner.now(db).await;
        let order = async || {
            let order = &checkout(&[(variant, 1)]);
            market::transact!(db.store, &Actor::guest(), work => check_out(work, order).await)
        };
        let (one, closed, two) = tokio::join!(
            order(),
            commands::close(&db.store, &actor, owner.again(""), id),
            order(),
        );
        let sold = [one.is_ok(), two.is_ok()]
            .into_iter()
            .filter(|ok| *ok)
            .count();
        if closed.is_ok() {
            assert_eq!(sold, 0);
        } else {
            assert_eq!(refused(closed).code(), "sellers.orders_under_way");
        }
    }
}
