//! Both maps: loading, looking up, finding what people type.
use market::kernel::text::fold;
use market::places::{PlaceHit, commands, queries};

use crate::support::TestDb;

async fn with_places() -> TestDb {
    let db = TestDb::new().await;
    commands::ensure_reference(&db.store).await.unwrap();
    db
}

async fn found(db: &TestDb, text: &str) -> Vec<PlaceHit> {
    queries::find(db.store.reader(), text, 8).await.unwrap()
}

#[tokio::test]
async fn both_maps_are_there_once() {
    let db = with_places().await;
    commands::ensure_reference(&db.store).await.unwrap();
    let pool = db.store.reader();
    let counts: (i64, i64, i64) = sqlx::query_as(
        "select count(*) filter (where valid_to is not null), count(*) filter (where valid_to is null),
             (select count(*) from commune_successors) from communes",
    )
    .fetch_one(pool)
    .await
    .unwrap();
    assert_eq!(counts, (10_051, 3_321, 266));
    assert_eq!(queries::provinces(pool).await.unwrap().len(), 34);
    let can_tho = queries::current_communes_of(pool, "92").await.unwrap();
    assert_eq!(can_tho.len(), 103);
    let keys: Vec<String> = can_tho.iter().map(|commune| fold(&commune.name)).collect();
    assert!(keys.is_sorted());
}

#[tokio::test]
async fn the_home_area_is_what_hau_giang_became() {
    let db = with_places().await;
    let home = queries::home_communes(db.store.reader()).await.unwrap();
    assert!(home.iter().all(|commune| commune.province_code == "92"));
    assert!(home.iter().any(|commune| commune.full_name == "Xã Hỏa Lựu"));
    assert!(
        !home
            .iter()
            .any(|commune| commune.full_name == "Phường Ninh Kiều")
    );
}

#[tokio::test]
async fn one_code_has_two_lives() {
    let db = with_places().await;
    let pool = db.store.reader();
    let now = queries::by_code(pool, "31338").await.unwrap().unwrap();
    let then = queries::former_by_code(pool, "31338")
        .await
        .unwrap()
        .unwrap();
    assert_eq!(now.address(), "Xã Hỏa Lựu, Cần Thơ");
    assert_eq!(then.address(), "Xã Tân Tiến, Thành phố Vị Thanh, Hậu Giang");
    assert_eq!(
        queries::load(pool, then.id).await.unwrap(),
        Some(then.clone())
    );
    let became = queries::successors(pool, then.id).await.unwrap();
    assert!(became.iter().any(|(id, _)| *id == now.id));
    assert!(
        queries::predecessors(pool, now.id)
            .await
            .unwrap()
            .contains(&then)
    );
    assert_eq!(queries::by_code(pool, "99999").await.unwrap(), None);
}

#[tokio::test]
async fn names_of_both_maps_are_understood_as_typed() {
    let db = with_places().await;
    for text in [
        "hoa luu",
        "Xã Hỏa Lựu",
        "xa hoa luu",
        "hỏa lựu cần thơ",
        "HOẢ LỰU",
        "hoa tien",
        "xã Hoả Tiến",
        "tan tien vi thanh",
        "vi thanh tan tien",
        "tân tiến, tp vị thanh, hậu giang",
    ] {
        let hits = found(&db, text).await;
        assert_eq!(
            hits.first().map(|hit| hit.commune.full_name.as_str()),
            Some("Xã Hỏa Lựu"),
            "{text}: {hits:#?}"
        );
    }
    let hits = found(&db, "hoa tien").await;
    assert_eq!(
        hits[0].former.as_deref(),
        Some("Xã Hoả Tiến, Thành phố Vị Thanh, Hậu Giang")
    );
    assert_eq!(found(&db, "xa hoa luu").await[0].former, None);
    assert_eq!(found(&db, "  ").await, []);
    assert_eq!(found(&db, "zzzzzz").await, []);
}

#[tokio::test]
async fn slips_find_what_looks_alike() {
    let db = with_places().await;
    let hits = found(&db, "phung hiepp").await;
    assert!(
        hits.iter()
            .any(|hit| hit.commune.full_name == "Xã Phụng Hiệp"),
        "{hits:#?}"
    );
}

#[tokio::test]
async fn a_split_ward_answers_all_its_successors() {
    let db = with_places().await;
    let hits = found(&db, "phuong bui huu nghia").await;
    let names: Vec<&str> = hits
        .iter()
        .map(|hit| hit.commune.full_name.as_str())
        .collect();
    assert!(
        names.contains(&"Phường Cái Khế") && names.contains(&"Phường Bình Thủy"),
        "{names:?}"
    );
    assert!(hits.iter().all(|hit| !hit.whole));
}

#[tokio::test]
async fn one_name_may_be_two_places() {
    let db = with_places().await;
    let hits = found(&db, "xa vi thuy").await;
    // Today's Vị Thủy, and what the former Vị Thuỷ became.
    let names: Vec<&str> = hits
        .iter()
        .take(2)
        .map(|hit| hit.commune.full_name.as_str())
        .collect();
    assert_eq!(names, ["Xã Vị Thủy", "Xã Vĩnh Thuận Đông"]);
}
