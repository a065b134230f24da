//! Who owns a shop and who sells with it; the account that its money goes to; its end.
use market::accounts::commands::{NewPerson, codes, create_person, sign_in};
use market::accounts::queries::session;
use market::accounts::{AccountsRefusal, Again, PasswordForm};
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

async fn invite(db: &TestDb, actor: &Actor, id: SellerId, phone: &str) -> Answer<()> {
    let form = MemberForm {
        member_name: "Bé Tư".to_owned(),
        member_phone: phone.to_owned(),
    };
    commands::invite(&db.store, actor, id, &form.parse().unwrap()).await
}

/// Somebody who sells with the household: asked, and willing.
async fn staff(db: &TestDb, owner: &Actor, id: SellerId, phone: &str) -> Inside {
    invite(db, owner, id, phone).await.unwrap();
    let staff = Inside::new(db, phone).await;
    let actor = staff.now(db).await;
    let person = actor.person.unwrap();
    let invited = queries::invited(db.store.reader(), person).await.unwrap();
    let invitation = invited[0].id;
    market::transact!(db.store, &actor, work => commands::accept(work, invitation).await).unwrap();
    staff
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

    // Two taps at once are one owner.
    let (one, two) = tokio::join!(claim(db, &holder, id), claim(db, &holder, id));
    one.unwrap();
    two.unwrap();
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
    assert_eq!(own.fields()[0].code, "own_number");
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
async fn who_sells_with_the_household_said_yes_sees_no_money_and_leaves_at_the_next_click() {
    let (shop, owner) = owned().await;
    let (db, id) = (&shop.db, shop.seller);
    let actor = owner.now(db).await;
    let own = refused(invite(db, &actor, id, OWN).await);
    assert_eq!(own.fields()[0].code, "own_number");
    // Whether a number has an account, and whose, is not said; nobody belongs to a shop unasked.
    let known = Inside::new(db, "0987000444").await;
    for phone in ["0987000444", "0987000555"] {
        invite(db, &actor, id, phone).await.unwrap();
        invite(db, &actor, id, phone).await.unwrap();
        assert_eq!(messages(db, phone).await, ["shop_member_invited"]);
    }
    let asked = queries::invitations(db.store.reader(), id).await.unwrap();
    assert_eq!(
        asked
            .iter()
            .map(|one| one.name.as_str())
            .collect::<Vec<_>>(),
        ["Bé Tư", "Bé Tư"]
    );
    let unasked = known.now(db).await;
    assert!(!unasked.may(Right::List(id)) && unasked.seller().is_none());
    let other = Inside::new(db, "0987000666").await.now(db).await;
    let of = |end: &str| {
        let found = asked.iter().find(|one| one.about.ends_with(end));
        found.unwrap().id
    };
    let (first, second) = (of("444"), of("555"));
    for (who, invitation) in [(&other, first), (&unasked, second)] {
        market::transact!(db.store, who, work => commands::accept(work, invitation).await).unwrap();
    }
    assert!(
        known.now(db).await.seller().is_none(),
        "not their invitation"
    );
    market::transact!(db.store, &unasked, work => commands::decline(work, first).await).unwrap();
    market::transact!(db.store, &actor, work => commands::withdraw_invitation(work, id, second).await)
        .unwrap();
    let left = queries::invitations(db.store.reader(), id).await.unwrap();
    assert!(left.is_empty());

    let staff = staff(db, &actor, id, OTHER).await;
    let at_desk = staff.now(db).await;
    assert!(at_desk.may(Right::List(id)) && at_desk.may(Right::Fulfil(id)));
    assert!(!at_desk.may(Right::Own(id)) && !at_desk.may(Right::SeeMoney(id)));
    assert_eq!(
        refused(invite(db, &at_desk, id, "0987000333").await),
        SellersRefusal::NotAllowed
    );
    let owner_id = actor.person.unwrap();
    let remove = async |person: PersonId| market::transact!(db.store, &actor, work => commands::remove_member(work, id, person).await);
    assert_eq!(refused(remove(owner_id).await), SellersRefusal::LastOwner);
    remove(at_desk.person.unwrap()).await.unwrap();
    assert!(!staff.now(db).await.may(Right::List(id)));
    let leave = market::transact!(db.store, &actor, work => commands::leave(work, id).await);
    assert_eq!(refused(leave), SellersRefusal::LastOwner);
}

#[tokio::test]
async fn invitations_have_an_end() {
    let (shop, owner) = owned().await;
    let (db, id) = (&shop.db, shop.seller);
    let actor = owner.now(db).await;
    let mut refusals = 0;
    for _ in 0..6 {
        if invite(db, &actor, id, OTHER).await.is_err() {
            refusals += 1;
        }
        sqlx::query("delete from member_invitations")
            .execute(db.store.writer())
            .await
            .unwrap();
    }
    assert_eq!(refusals, 1, "five a day to one telephone");
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
async fn a_shop_is_handed_over_by_who_proves_to_be_its_owner_and_is_looked_at_again() {
    let (shop, owner) = owned().await;
    let (db, id) = (&shop.db, shop.seller);
    let actor = owner.now(db).await;
    let staff = staff(db, &actor, id, OTHER).await;
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
    let now = queries::load_shop(db.store.reader(), id)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(now.phone, Phone::parse(OTHER).unwrap());
    assert_eq!((now.standing, now.verified_at), (Standing::Draft, None));
    // Who owned it before hears of it, and the record says who does now.
    assert!(
        messages(db, OWN)
            .await
            .contains(&"shop_owned_by_other".to_owned())
    );
    let owner_now: String = sqlx::query_scalar(
        "select after ->> 'owner' from audit_log where action = 'shop.handed_over'",
    )
    .fetch_one(db.store.reader())
    .await
    .unwrap();
    assert_eq!(owner_now, next.to_string());
}

#[tokio::test]
async fn no_owner_leaves_while_a_shop_is_given_to_them() {
    let (shop, owner) = owned().await;
    let (db, id) = (&shop.db, shop.seller);
    let actor = owner.now(db).await;
    let staff = staff(db, &actor, id, OTHER).await;
    let leaving = staff.now(db).await;
    let (given, closed) = tokio::join!(
        commands::hand_over(
            &db.store,
            &actor,
            owner.again(""),
            id,
            leaving.person.unwrap()
        ),
        market::accounts::commands::close(&db.store, &leaving, staff.again("")),
    );
    assert!(given.is_ok() != closed.is_ok(), "{given:?} {closed:?}");
    let owners: i64 = sqlx::query_scalar(
        "select count(*) from seller_members where seller_id = $1 and duty = 'owner'",
    )
    .bind(id.0)
    .fetch_one(db.store.reader())
    .await
    .unwrap();
    assert_eq!(owners, 1);
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
    // Who has no password signs in again instead, also before they set one.
    sqlx::query("update people set password_hash = null")
        .execute(db.store.writer())
        .await
        .unwrap();
    assert_eq!(
        refused(save("").await),
        SellersRefusal::Account(AccountsRefusal::SignInAgain)
    );
    let form = PasswordForm {
        current: String::new(),
        new: PASSWORD.to_owned(),
    };
    let new = form.parse(&Phone::parse(OWN).unwrap()).unwrap();
    let set = market::accounts::commands::set_password(&db.store, &actor, &owner.token, &new).await;
    assert!(matches!(
        set,
        Err(Failure::Refused(AccountsRefusal::SignInAgain))
    ));
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
    let account: String = sqlx::query_scalar(
        "select after ->> 'account' from audit_log where action = 'shop.bank_changed'",
    )
    .fetch_one(db.store.reader())
    .await
    .unwrap();
    assert!(account.ends_with("3456"), "{account}");
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
    // Its owner still has a desk there, behind any other shop.
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

/// A buyer's order that has looked at the shop holds it open until it is placed.
#[tokio::test]
async fn no_order_slips_into_a_shop_that_closes() {
    let (shop, owner) = owned().await;
    let (db, id) = (&shop.db, shop.seller);
    let (_, variant) = shop.product("Khóm", 5, 12_000).await;
    let actor = owner.now(db).await;
    let mut buying = db.store.begin(&Actor::guest()).await.unwrap();
    let order = &checkout(&[(variant, 1)]);
    check_out(&mut buying.work(), order).await.unwrap();
    let close = commands::close(&db.store, &actor, owner.again(""), id);
    let mut close = std::pin::pin!(close);
    let early = tokio::time::timeout(std::time::Duration::from_millis(300), &mut close).await;
    assert!(early.is_err(), "the owner waits for the buyer");
    buying
        .end(Ok::<_, Failure<SellersRefusal>>(()))
        .await
        .unwrap();
    assert_eq!(
        refused(close.await),
        SellersRefusal::OrdersUnderWay { count: 1 }
    );
}
