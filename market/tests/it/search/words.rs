//! What officers say of words, and what is looked for in vain.
use market::kernel::{Office, Permission, PersonId, Role};
use market::search::queries::words;
use market::search::words::{PinForm, SearchRefusal, TermKind};

use super::*;

async fn officer(market: &Market) -> Actor {
    let person: Uuid = sqlx::query_scalar(
        "insert into people (id, name, phone, created_at) values (gen_random_uuid(), 'Cán bộ', '+84900000001', now()) returning id",
    )
    .fetch_one(market.store().reader())
    .await
    .unwrap();
    Actor {
        person: Some(PersonId(person)),
        roles: vec![Role::Officer],
        office: Office {
            permissions: vec![Permission::Listings],
            ..Office::default()
        },
        ..Actor::default()
    }
}

fn field(outcome: Result<(), Failure<SearchRefusal>>) -> (String, String) {
    match outcome {
        Err(Failure::Refused(SearchRefusal::Invalid(errors))) => {
            (errors.0[0].field.clone(), errors.0[0].code.clone())
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn words_of_officers_count_at_once() {
    let market = small_market().await;
    let officer = officer(&market).await;
    let store = market.store();
    assert!(market.codes("zuzi").await.is_empty());
    market::transact!(store, &officer, work => commands::add_synonyms(work, "zuzi = bưởi").await)
        .unwrap();
    market.follow().await;
    assert_eq!(market.codes("zuzi").await, ["B1"]);
    let group = words::synonyms(store.reader()).await.unwrap().remove(0);
    assert_eq!(group.terms, ["bưởi", "zuzi"]);
    assert_eq!(group.added_by.as_deref(), Some("Cán bộ"));
    // The program's own list, loaded anew, leaves it alone.
    commands::ensure_reference(store).await.unwrap();
    let key = group.number.to_string();
    market::transact!(store, &officer, work => commands::set_off(work, TermKind::Synonyms, &key, true).await).unwrap();
    market.follow().await;
    assert!(market.codes("zuzi").await.is_empty());

    assert!(market.codes("loại bưởi").await.contains(&"B1".to_owned()));
    market::transact!(store, &officer, work => commands::add_stop_word(work, "xịn sò").await)
        .unwrap();
    market.follow().await;
    assert_eq!(market.codes("bưởi xịn sò").await, ["B1"]);
    let again =
        market::transact!(store, &officer, work => commands::add_stop_word(work, "xịn sò").await);
    assert_eq!(field(again), ("term".to_owned(), "known_term".to_owned()));
    let deeds: i64 =
        sqlx::query_scalar("select count(*) from audit_log where action like 'search.%'")
            .fetch_one(store.reader())
            .await
            .unwrap();
    assert_eq!(deeds, 3);
}

#[tokio::test]
async fn what_is_pinned_comes_first_in_its_season() {
    let market = small_market().await;
    let officer = officer(&market).await;
    let store = market.store();
    let form = |text: &str, product: &str, from: &str, to: &str| PinForm {
        text: text.to_owned(),
        product: product.to_owned(),
        starts_on: from.to_owned(),
        ends_on: to.to_owned(),
    };
    let pin = async |form: PinForm| market::transact!(store, &officer, work => commands::pin(work, &form).await);
    // Nothing has these words, and something that has them otherwise.
    pin(form("Quà Tết", "T1", "2026-11-01", "2026-12-31"))
        .await
        .unwrap();
    pin(form("khóm", "K2", "2026-11-01", "2026-12-31"))
        .await
        .unwrap();
    pin(form("bưởi", "C1", "2026-12-01", "2026-12-31"))
        .await
        .unwrap();
    market.follow().await;
    assert_eq!(market.codes("qua tet").await[0], "T1");
    assert_eq!(market.codes("khom").await[0], "K2");
    assert!(
        !market.codes("bưởi").await.contains(&"C1".to_owned()),
        "not yet"
    );
    let found = market
        .search(
            Filter {
                text: "quà tết".to_owned(),
                ..Filter::default()
            },
            Sort::Price,
        )
        .await;
    assert!(
        found.facets.groups.contains(&(Group::Drink, 1)),
        "it is counted too"
    );

    for (form, wrong) in [
        (
            form("", "T1", "2026-11-01", "2026-12-31"),
            ("text", "required"),
        ),
        (
            form("trà", "nothing", "2026-11-01", "2026-12-31"),
            ("product", "unknown_product"),
        ),
        (
            form("trà", "T1", "2026-11-31", "2026-12-31"),
            ("starts_on", "day"),
        ),
        (
            form("trà", "T1", "2026-12-31", "2026-12-01"),
            ("ends_on", "season"),
        ),
    ] {
        assert_eq!(
            field(pin(form).await),
            (wrong.0.to_owned(), wrong.1.to_owned())
        );
    }
    let pins = words::pins(store.reader(), store.today()).await.unwrap();
    assert_eq!(pins.len(), 3);
    for pin in pins {
        market::transact!(store, &officer, work => commands::unpin(work, pin.id).await).unwrap();
    }
    market.follow().await;
    assert!(!market.codes("qua tet").await.contains(&"T1".to_owned()));
}

#[tokio::test]
async fn only_officers_of_the_province_s_goods_say_something_of_words() {
    let market = small_market().await;
    let mut other = officer(&market).await;
    other.office.permissions = vec![Permission::Certificates];
    for actor in [other, Actor::default()] {
        let outcome = market::transact!(market.store(), &actor, work => commands::add_synonyms(work, "a b = c d").await);
        assert!(matches!(
            outcome,
            Err(Failure::Refused(SearchRefusal::NotAllowed))
        ));
    }
}

#[tokio::test]
async fn what_is_looked_for_in_vain_is_counted_without_a_person() {
    let market = Market::on_postgres().await;
    let store = market.store();
    for text in ["Sầu riêng Ri6", "sau rieng ri6", " SẦU RIÊNG  ri6"] {
        commands::note_miss(store, text, false).await.unwrap();
    }
    commands::note_miss(store, "một lần", true).await.unwrap();
    // What may lead to a person is not kept.
    for text in ["0912 345 678", "ut@example.vn", "  ", &"a".repeat(81)] {
        commands::note_miss(store, text, false).await.unwrap();
    }
    let misses = words::misses(store.reader(), store.today(), 30, 10)
        .await
        .unwrap();
    let told: Vec<(&str, i64)> = misses
        .iter()
        .map(|miss| (miss.text.as_str(), miss.times))
        .collect();
    assert_eq!(told, [("SẦU RIÊNG ri6", 3)]);
    let kept: i64 = sqlx::query_scalar("select count(*) from search_misses")
        .fetch_one(store.reader())
        .await
        .unwrap();
    assert_eq!(kept, 2);
    market.db.clock.advance(Duration::days(200));
    market::transact_sure!(store, &Actor::system(), work => Ok(commands::sweep_words(work).await?))
        .unwrap();
    let kept: i64 = sqlx::query_scalar("select count(*) from search_misses")
        .fetch_one(store.reader())
        .await
        .unwrap();
    assert_eq!(kept, 0);
}
