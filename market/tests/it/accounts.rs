//! Signing in.
use market::accounts::commands::codes::{self, NewCode};
use market::accounts::commands::{self, create_token, sign_out};
use market::accounts::queries::{actor_of_token, session};
use market::accounts::{AccountsRefusal, CodePurpose};
use market::kernel::limit::{Limit, Rate, TooOften};
use market::kernel::{Actor, CodeId, Failure, Phone, Right, Role, Store};
use time::Duration;

use crate::support::db::TestDb;
use crate::support::shop::{Shop, person};

/// From an address with many tries left.
async fn sign_in(
    store: &Store,
    phone: &str,
    password: &str,
) -> Result<String, Failure<AccountsRefusal>> {
    let tries = Limit::new("test", Rate::Unlimited).of("203.0.113.7");
    commands::sign_in(store, &Actor::guest(), "", &tries, phone, password).await
}

/// Who is behind a cookie, as a page finds out.
async fn actor_of(db: &TestDb, token: &str) -> Option<Actor> {
    let open = session(db.store.reader(), token, db.store.now())
        .await
        .unwrap()?;
    if open.is_stale {
        commands::see(&db.store, token).await.unwrap();
    }
    Some(open.actor)
}

#[tokio::test]
async fn the_right_password_opens_a_session_that_ends() {
    let db = TestDb::new().await;
    let id = person(&db, "0912345678", "khom-cau-duc").await;
    let token = sign_in(&db.store, "+84 912 345 678", "khom-cau-duc")
        .await
        .unwrap();
    let actor = actor_of(&db, &token).await.unwrap();
    assert_eq!(
        (actor.person, actor.roles.as_slice()),
        (Some(id), &[Role::Buyer][..])
    );
    db.clock.advance(Duration::days(31));
    assert!(actor_of(&db, &token).await.is_none());
    let token = sign_in(&db.store, "0912345678", "khom-cau-duc")
        .await
        .unwrap();
    sign_out(db.store.reader(), &token).await.unwrap();
    assert!(actor_of(&db, &token).await.is_none());
}

#[tokio::test]
async fn wrong_numbers_and_wrong_passwords_look_the_same_and_run_out() {
    let db = TestDb::new().await;
    person(&db, "0912345678", "khom-cau-duc").await;
    for phone in ["0912345678", "0987654321"] {
        let refused = sign_in(&db.store, phone, "sai").await.unwrap_err();
        assert!(matches!(
            refused,
            Failure::Refused(AccountsRefusal::WrongCredentials)
        ));
    }
    for _ in 0..9 {
        let _ = sign_in(&db.store, "0912345678", "sai").await;
    }
    let refused = sign_in(&db.store, "0912345678", "khom-cau-duc")
        .await
        .unwrap_err();
    assert!(
        matches!(
            refused,
            Failure::Refused(AccountsRefusal::TooManyTries(TooOften { seconds: 1..=90 }))
        ),
        "{refused}"
    );
    db.clock.advance(Duration::minutes(16));
    assert!(
        sign_in(&db.store, "0912345678", "khom-cau-duc")
            .await
            .is_ok()
    );
    assert!(
        matches!(sign_in(&db.store, "abc", "").await.unwrap_err(), Failure::Refused(AccountsRefusal::Invalid(errors)) if errors.0.len() == 2)
    );
}

#[tokio::test]
async fn an_address_can_not_go_through_numbers_but_people_who_know_theirs_come_in() {
    let db = TestDb::new().await;
    person(&db, "0912345678", "khom-cau-duc").await;
    let rate = Rate::Times {
        times: 3,
        within: Duration::minutes(15),
    };
    let tries = Limit::new("test", rate).of("203.0.113.7");
    let from_there = async |phone: &str, password: &str| {
        commands::sign_in(&db.store, &Actor::guest(), "", &tries, phone, password).await
    };
    for _ in 0..12 {
        from_there("0912345678", "khom-cau-duc").await.unwrap();
    }
    for phone in ["0987654321", "0987654322", "0987654323"] {
        assert!(matches!(
            from_there(phone, "khom-cau-duc").await,
            Err(Failure::Refused(AccountsRefusal::WrongCredentials))
        ));
    }
    assert!(matches!(
        from_there("0912345678", "khom-cau-duc").await,
        Err(Failure::Refused(AccountsRefusal::TooManyTries(TooOften {
            seconds: 1..=300
        })))
    ));
    assert!(
        sign_in(&db.store, "0912345678", "khom-cau-duc")
            .await
            .is_ok()
    );
}

#[tokio::test]
async fn a_token_acts_in_one_role_and_ends_when_it_is_made_anew() {
    let db = TestDb::new().await;
    person(&db, "0912345678", "khom-cau-duc").await;
    let make = async || {
        market::transact!(db.store, &Actor::system(), work => create_token(work, Role::Buyer, None, "test").await).unwrap()
    };
    let (first, second) = (make().await, make().await);
    assert!(
        actor_of_token(db.store.reader(), &first, None, db.store.now())
            .await
            .unwrap()
            .is_none()
    );
    assert!(
        actor_of_token(db.store.reader(), &second, None, db.store.now())
            .await
            .unwrap()
            .unwrap()
            .is(Role::Buyer)
    );
    let nobody = market::transact!(db.store, &Actor::system(), work => create_token(work, Role::Officer, None, "test").await);
    assert!(matches!(
        nobody,
        Err(Failure::Refused(AccountsRefusal::NobodyHoldsRole { .. }))
    ));
}

async fn send_code(
    db: &TestDb,
    phone: &str,
    address: &str,
) -> Result<CodeId, Failure<AccountsRefusal>> {
    let guest = Actor {
        address: address.to_owned(),
        ..Actor::guest()
    };
    let phone = &Phone::parse(phone).unwrap();
    codes::send(
        &db.store,
        &guest,
        NewCode::of(CodePurpose::SignIn, phone),
        "vi",
    )
    .await
}

async fn digits(db: &TestDb, id: CodeId) -> String {
    codes::shown(db.store.reader(), id).await.unwrap().unwrap()
}

/// Another code than that one.
fn wrong(digits: &str) -> String {
    format!("{:06}", (digits.parse::<u32>().unwrap() + 1) % 1_000_000)
}

#[tokio::test]
async fn a_code_opens_once_within_five_minutes_and_five_tries() {
    let db = TestDb::new().await;
    let guest = Actor::guest();
    let redeem = async |id: CodeId, purpose: CodePurpose, digits: &str| {
        codes::redeem(&db.store, &guest, id, purpose, digits).await
    };
    let over = |outcome: Result<codes::Redeemed, Failure<AccountsRefusal>>| {
        assert!(matches!(
            outcome,
            Err(Failure::Refused(AccountsRefusal::CodeOver))
        ));
    };
    let id = send_code(&db, "0912345678", "").await.unwrap();
    let code = digits(&db, id).await;
    over(redeem(id, CodePurpose::Consent, &code).await);
    assert!(matches!(
        redeem(id, CodePurpose::SignIn, &wrong(&code)).await,
        Err(Failure::Refused(AccountsRefusal::CodeWrong { left: 4 }))
    ));
    let spaced = format!("{} {}", &code[..3], &code[3..]);
    let redeemed = redeem(id, CodePurpose::SignIn, &spaced).await.unwrap();
    assert_eq!(redeemed.phone.as_str(), "+84912345678");
    over(redeem(id, CodePurpose::SignIn, &code).await);

    db.clock.advance(Duration::minutes(2));
    let id = send_code(&db, "0912345678", "").await.unwrap();
    let code = digits(&db, id).await;
    for _ in 0..5 {
        redeem(id, CodePurpose::SignIn, &wrong(&code))
            .await
            .unwrap_err();
    }
    over(redeem(id, CodePurpose::SignIn, &code).await);

    db.clock.advance(Duration::minutes(2));
    let old = send_code(&db, "0912345678", "").await.unwrap();
    db.clock.advance(Duration::minutes(2));
    let id = send_code(&db, "0912345678", "").await.unwrap();
    over(redeem(old, CodePurpose::SignIn, &digits(&db, old).await).await);
    db.clock.advance(Duration::minutes(5));
    over(redeem(id, CodePurpose::SignIn, &digits(&db, id).await).await);
}

#[tokio::test]
async fn five_hundred_guesses_at_once_are_five() {
    let db = TestDb::new().await;
    let id = send_code(&db, "0912345678", "").await.unwrap();
    let code = wrong(&digits(&db, id).await);
    let guest = Actor::guest();
    let guesses =
        (0..500).map(|_| codes::redeem(&db.store, &guest, id, CodePurpose::SignIn, &code));
    let answers = futures_util::future::join_all(guesses).await;
    let counted = answers
        .iter()
        .filter(|answer| {
            matches!(
                answer,
                Err(Failure::Refused(AccountsRefusal::CodeWrong { .. }))
            )
        })
        .count();
    assert_eq!(counted, 5);
}

#[tokio::test]
async fn codes_are_limited_by_number_and_by_address() {
    let db = TestDb::new().await;
    let wait = |outcome: Result<CodeId, Failure<AccountsRefusal>>| match outcome {
        Err(Failure::Refused(AccountsRefusal::CodeTooSoon(often))) => often.seconds,
        other => panic!("{other:?}"),
    };
    send_code(&db, "0912345678", "10.0.0.1").await.unwrap();
    assert_eq!(wait(send_code(&db, "0912345678", "10.0.0.2").await), 60);
    for _ in 0..4 {
        db.clock.advance(Duration::minutes(1));
        send_code(&db, "0912345678", "10.0.0.1").await.unwrap();
    }
    db.clock.advance(Duration::minutes(1));
    let seconds = wait(send_code(&db, "0912345678", "10.0.0.3").await);
    assert!(
        (1..=720).contains(&seconds),
        "the next of five an hour after {seconds} s"
    );
    for household in 0..120 {
        let phone = format!("0987{household:06}");
        send_code(&db, &phone, "10.0.0.1").await.unwrap();
    }
    assert!(wait(send_code(&db, "0986000099", "10.0.0.1").await) <= 30);
    db.clock.advance(Duration::minutes(1));
    send_code(&db, "0986000099", "10.0.0.9").await.unwrap();
}

#[tokio::test]
async fn a_helper_acts_for_a_household_only_while_its_consent_holds() {
    let shop = Shop::new("Út").await;
    let db = &shop.db;
    let helper = person(db, "0912345678", "to-cong-nghe").await;
    let token = sign_in(&db.store, "0912345678", "to-cong-nghe")
        .await
        .unwrap();
    let actor = async || actor_of(db, &token).await.unwrap();
    let ask = async |sql: &'static str| {
        sqlx::query(sql)
            .bind(shop.seller.0)
            .bind(helper.0)
            .bind(db.store.now())
            .execute(db.store.reader())
            .await
            .unwrap();
    };
    ask("insert into role_grants (person_id, role, granted_at) select $2, 'helper', $3 where $1 is not null")
        .await;
    ask("update sessions set desk_seller_id = $1 where person_id = $2 and created_at <= $3").await;
    assert_eq!(actor().await.seller(), None, "no consent, no desk");
    ask(
        "insert into household_consents (id, seller_id, helper_id, tasks, method, asked_at, given_at, valid_until)
         values (gen_random_uuid(), $1, $2, '{list}', 'code', $3, $3, $3 + interval '30 days')",
    )
    .await;
    let acting = actor().await;
    assert_eq!(acting.seller(), Some(shop.seller));
    assert_eq!(acting.kind(), "helper");
    assert!(acting.may(Right::List(shop.seller)));
    assert!(!acting.may(Right::Fulfil(shop.seller)));
    ask("update household_consents set ended_at = $3 where seller_id = $1 and helper_id = $2")
        .await;
    assert_eq!(
        actor().await.seller(),
        None,
        "an ended consent holds no longer"
    );
}

#[tokio::test]
async fn a_session_that_nobody_uses_ends() {
    let db = TestDb::new().await;
    person(&db, "0912345678", "khom-cau-duc").await;
    let token = sign_in(&db.store, "0912345678", "khom-cau-duc")
        .await
        .unwrap();
    let is_alive = async || actor_of(&db, &token).await.is_some();
    for _ in 0..3 {
        db.clock.advance(Duration::days(20));
        assert!(is_alive().await, "used within thirty days");
    }
    db.clock.advance(Duration::days(31));
    assert!(!is_alive().await);
}

#[tokio::test]
async fn a_token_stands_at_the_desk_that_is_named_or_at_none() {
    let shop = Shop::new("Út").await;
    let db = &shop.db;
    let other = crate::support::shop::seller(db, "Bảy").await;
    let stranger = crate::support::shop::seller(db, "Người khác").await;
    let person = person(db, "0912345678", "khom-cau-duc").await;
    for seller in [shop.seller, other] {
        sqlx::query("insert into seller_members (seller_id, person_id, duty, since) values ($1, $2, 'owner', now())")
            .bind(seller.0)
            .bind(person.0)
            .execute(db.store.reader())
            .await
            .unwrap();
    }
    sqlx::query(
        "insert into role_grants (person_id, role, granted_at) values ($1, 'seller', now())",
    )
    .bind(person.0)
    .execute(db.store.reader())
    .await
    .unwrap();
    let token = market::transact!(db.store, &Actor::system(), work => create_token(work, Role::Seller, None, "test").await).unwrap();
    let desk = async |slug: Option<&str>| {
        actor_of_token(db.store.reader(), &token, slug, db.store.now())
            .await
            .unwrap()
            .unwrap()
            .seller()
    };
    assert_eq!(desk(None).await, Some(shop.seller));
    assert_eq!(desk(Some("bay")).await, Some(other));
    assert_eq!(desk(Some("nguoi-khac")).await, None);
    assert_eq!(desk(Some("khong-co")).await, None);
    assert_ne!(stranger, other);
}
