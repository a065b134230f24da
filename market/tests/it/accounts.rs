//! Signing in.
use market::accounts::AccountsRefusal;
use market::accounts::commands::{create_token, sign_in, sign_out};
use market::accounts::queries::{actor_of_session, actor_of_token};
use market::kernel::{Actor, Failure, Role};
use time::Duration;

use crate::support::db::TestDb;
use crate::support::shop::person;

#[tokio::test]
async fn the_right_password_opens_a_session_that_ends() {
    let db = TestDb::new().await;
    let id = person(&db, "0912345678", "khom-cau-duc").await;
    let token = sign_in(&db.store, "+84 912 345 678", "khom-cau-duc")
        .await
        .unwrap();
    let actor = actor_of_session(db.store.reader(), &token, db.store.now())
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        (actor.person, actor.roles.as_slice()),
        (Some(id), &[Role::Buyer][..])
    );
    db.clock.advance(Duration::days(31));
    assert!(
        actor_of_session(db.store.reader(), &token, db.store.now())
            .await
            .unwrap()
            .is_none()
    );
    let token = sign_in(&db.store, "0912345678", "khom-cau-duc")
        .await
        .unwrap();
    sign_out(db.store.reader(), &token).await.unwrap();
    assert!(
        actor_of_session(db.store.reader(), &token, db.store.now())
            .await
            .unwrap()
            .is_none()
    );
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
            Failure::Refused(AccountsRefusal::TooManyTries { minutes: 1..=16 })
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
async fn a_token_acts_in_one_role_and_ends_when_it_is_made_anew() {
    let db = TestDb::new().await;
    person(&db, "0912345678", "khom-cau-duc").await;
    let make = async || {
        market::transact!(db.store, &Actor::system(), work => create_token(work, Role::Buyer, None, "test").await).unwrap()
    };
    let (first, second) = (make().await, make().await);
    assert!(
        actor_of_token(db.store.reader(), &first, db.store.now())
            .await
            .unwrap()
            .is_none()
    );
    assert!(
        actor_of_token(db.store.reader(), &second, db.store.now())
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
