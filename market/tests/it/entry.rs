//! Accounts that people make and keep themselves: by a code to the telephone, a password, their devices.
use market::accounts::commands::codes::{self, NewCode};
use market::accounts::commands::{self, Entry};
use market::accounts::queries::{account, session};
use market::accounts::{AccountsRefusal, CodePurpose, PasswordForm, SignUpForm};
use market::kernel::limit::{Limit, Rate};
use market::kernel::{Actor, CodeId, Failure, PersonId, Phone, Role};
use time::Duration;

use crate::support::db::TestDb;

const PHONE: &str = "0912345678";

fn guest() -> Actor {
    Actor {
        address: "203.0.113.7".to_owned(),
        ..Actor::guest()
    }
}

async fn code(db: &TestDb, phone: &str) -> (CodeId, String) {
    db.clock.advance(Duration::minutes(1));
    let phone = &Phone::parse(phone).unwrap();
    let id = codes::send(
        &db.store,
        &guest(),
        NewCode::of(CodePurpose::SignIn, phone),
        "vi",
    )
    .await
    .unwrap();
    let digits = codes::shown(db.store.reader(), id).await.unwrap().unwrap();
    (id, digits)
}

async fn enter(db: &TestDb, phone: &str) -> Entry {
    let (id, digits) = code(db, phone).await;
    commands::enter(&db.store, &guest(), "Chrome, Android", id, &digits)
        .await
        .unwrap()
}

/// The proof that a new number's right code gives.
async fn proof(db: &TestDb, phone: &str) -> String {
    match enter(db, phone).await {
        Entry::New { proof, .. } => proof,
        Entry::SignedIn(_) => panic!("the number is known already"),
    }
}

async fn sign_up(db: &TestDb, proof: &str) -> Result<String, Failure<AccountsRefusal>> {
    let form = SignUpForm {
        name: " Nguyễn  Thị Năm ".to_owned(),
        agreed: "yes".to_owned(),
    };
    let account = form.parse().unwrap();
    commands::sign_up(&db.store, &guest(), "Chrome, Android", proof, &account).await
}

async fn who(db: &TestDb, token: &str) -> Option<Actor> {
    let open = session(db.store.reader(), token, db.store.now())
        .await
        .unwrap();
    open.map(|open| open.actor)
}

async fn person(db: &TestDb, token: &str) -> PersonId {
    who(db, token).await.unwrap().person.unwrap()
}

#[tokio::test]
async fn a_number_becomes_an_account_with_a_name_and_a_consent() {
    let db = TestDb::new().await;
    let token = sign_up(&db, &proof(&db, PHONE).await).await.unwrap();
    let actor = who(&db, &token).await.unwrap();
    assert_eq!(
        (actor.name.as_str(), actor.roles.as_slice()),
        ("Nguyễn Thị Năm", &[Role::Buyer][..])
    );
    let (version, address): (String, String) =
        sqlx::query_as("select text_version, address from consents where person_id = $1")
            .bind(actor.person.unwrap().0)
            .fetch_one(db.store.reader())
            .await
            .unwrap();
    assert_eq!(
        (version.as_str(), address.as_str()),
        (market::accounts::PERSONAL_DATA_VERSION, "203.0.113.7")
    );
    // From now on a code is enough.
    let Entry::SignedIn(again) = enter(&db, "+84 912 345 678").await else {
        panic!("the number is known");
    };
    assert_eq!(person(&db, &again).await, actor.person.unwrap());
}

#[tokio::test]
async fn nobody_agrees_by_saying_nothing() {
    let form = SignUpForm {
        name: "Năm".to_owned(),
        agreed: String::new(),
    };
    let errors = form.parse().unwrap_err();
    assert_eq!(errors.0[0].field, "agreed");
}

#[tokio::test]
async fn a_proof_ends_after_half_an_hour_and_none_can_be_made_up() {
    let db = TestDb::new().await;
    let proof = proof(&db, PHONE).await;
    let mut forged = proof.clone();
    let last = if forged.pop() == Some('A') { 'B' } else { 'A' };
    forged.push(last);
    for wrong in [forged.as_str(), "", "0912345678"] {
        assert!(matches!(
            sign_up(&db, wrong).await,
            Err(Failure::Refused(AccountsRefusal::ProofOver))
        ));
    }
    db.clock.advance(Duration::minutes(30));
    assert!(matches!(
        sign_up(&db, &proof).await,
        Err(Failure::Refused(AccountsRefusal::ProofOver))
    ));
}

#[tokio::test]
async fn the_same_form_twice_is_one_account() {
    let db = TestDb::new().await;
    let proof = proof(&db, PHONE).await;
    let (first, second) = tokio::join!(sign_up(&db, &proof), sign_up(&db, &proof));
    let (first, second) = (first.unwrap(), second.unwrap());
    assert_eq!(person(&db, &first).await, person(&db, &second).await);
    let deeds: i64 =
        sqlx::query_scalar("select count(*) from audit_log where action = 'person.signed_up'")
            .fetch_one(db.store.reader())
            .await
            .unwrap();
    assert_eq!(deeds, 1);
}

fn password(current: &str, new: &str) -> PasswordForm {
    PasswordForm {
        current: current.to_owned(),
        new: new.to_owned(),
    }
}

#[tokio::test]
async fn a_new_password_asks_for_the_old_and_ends_all_other_sessions() {
    let db = TestDb::new().await;
    let phone = Phone::parse(PHONE).unwrap();
    let token = sign_up(&db, &proof(&db, PHONE).await).await.unwrap();
    let Entry::SignedIn(lost) = enter(&db, PHONE).await else {
        panic!("the number is known");
    };
    let actor = who(&db, &token).await.unwrap();
    let set = async |form: PasswordForm| {
        let password = form.parse(&phone).unwrap();
        commands::set_password(&db.store, &actor, &token, &password).await
    };
    set(password("", "khóm ngọt quá")).await.unwrap();
    assert!(who(&db, &lost).await.is_none());
    assert!(who(&db, &token).await.is_some());

    let refused = set(password("sai rồi nha", "khóm chua quá")).await;
    let Err(Failure::Refused(AccountsRefusal::Invalid(errors))) = refused else {
        panic!("the old password was wrong");
    };
    assert_eq!(
        (errors.0[0].field.as_str(), errors.0[0].code.as_str()),
        ("current", "wrong_password")
    );
    set(password("khóm ngọt quá", "khóm chua quá"))
        .await
        .unwrap();

    let tries = Limit::new("test", Rate::Unlimited).of("203.0.113.7");
    let by =
        async |word: &str| commands::sign_in(&db.store, &guest(), "", &tries, PHONE, word).await;
    assert!(by("khóm ngọt quá").await.is_err());
    assert!(by("khóm chua quá").await.is_ok());
}

#[tokio::test]
async fn passwords_that_everybody_guesses_are_refused() {
    let phone = Phone::parse(PHONE).unwrap();
    for (word, code) in [
        ("ngan", "too_short"),
        ("12345678", "common_password"),
        ("MatKhau123", "common_password"),
        ("iloveyou1", "common_password"),
        ("HauGiang2026", "common_password"),
        ("0912345678", "common_password"),
        ("0912 345 678", "common_password"),
    ] {
        let Err(errors) = password("", word).parse(&phone) else {
            panic!("{word} was taken");
        };
        assert_eq!(errors.0[0].code, code, "{word}");
    }
    assert!(password("", "tám chữ đó").parse(&phone).is_ok());
}

#[tokio::test]
async fn a_person_sees_their_devices_and_ends_only_their_own() {
    let db = TestDb::new().await;
    let mine = sign_up(&db, &proof(&db, PHONE).await).await.unwrap();
    let Entry::SignedIn(lost) = enter(&db, PHONE).await else {
        panic!("the number is known");
    };
    let other = sign_up(&db, &proof(&db, "0987654321").await).await.unwrap();
    let me = person(&db, &mine).await;
    let seen = account(db.store.reader(), me, &mine, db.store.now())
        .await
        .unwrap()
        .unwrap();
    assert_eq!(seen.phone.as_str(), "+84912345678");
    assert!(!seen.has_password);
    assert_eq!(seen.sessions.len(), 2);
    assert!(seen.sessions[0].is_this && !seen.sessions[1].is_this);
    assert_eq!(seen.sessions[1].device, "Chrome, Android");
    let theirs = account(
        db.store.reader(),
        person(&db, &other).await,
        &other,
        db.store.now(),
    )
    .await
    .unwrap()
    .unwrap();
    let actor = who(&db, &mine).await.unwrap();
    for id in [theirs.sessions[0].id, seen.sessions[1].id] {
        market::transact!(db.store, &actor, work => commands::end_session(work, id).await).unwrap();
    }
    assert!(who(&db, &other).await.is_some());
    assert!(who(&db, &lost).await.is_none());
    assert!(who(&db, &mine).await.is_some());
}
