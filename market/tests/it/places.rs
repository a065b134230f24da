//! Both maps: loading, looking up, finding what people type.
use market::kernel::text::fold;
use market::places::{CodeReading, PlaceHit, PlaceReading, commands, queries};

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
async fn codes_of_both_maps_lead_to_today() {
    let db = with_places().await;
    let codes = ["31178", "31338", "31339", "99999"].map(str::to_owned);
    let today = queries::today_by_codes(db.store.reader(), &codes)
        .await
        .unwrap();
    let read: Vec<_> = today
        .iter()
        .map(|code| {
            (
                code.asked.as_str(),
                code.commune.code.as_str(),
                code.commune.full_name.as_str(),
                code.former.as_deref(),
            )
        })
        .collect();
    assert_eq!(
        read,
        [
            (
                "31178",
                "31120",
                "Phường Cái Khế",
                Some("Phường Bùi Hữu Nghĩa, Quận Bình Thuỷ")
            ),
            (
                "31178",
                "31168",
                "Phường Bình Thủy",
                Some("Phường Bùi Hữu Nghĩa, Quận Bình Thuỷ")
            ),
            ("31338", "31338", "Xã Hỏa Lựu", None),
            (
                "31339",
                "31338",
                "Xã Hỏa Lựu",
                Some("Xã Hoả Tiến, Thành phố Vị Thanh")
            ),
        ]
    );
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

/// What a text says: `Ok` with the one commune, `Err` with those that are asked about.
async fn said(db: &TestDb, text: &str) -> Result<String, Vec<String>> {
    match queries::read(db.store.reader(), text, 8).await.unwrap() {
        PlaceReading::Sure(commune) => Ok(commune.address()),
        PlaceReading::Asked(hits) => Err(hits.iter().map(|hit| hit.commune.address()).collect()),
    }
}

#[tokio::test]
async fn what_names_one_commune_exactly_is_taken_without_asking() {
    let db = with_places().await;
    for (text, address) in [
        ("Xã Hỏa Lựu", "Xã Hỏa Lựu, Cần Thơ"),
        ("hoả lựu", "Xã Hỏa Lựu, Cần Thơ"),
        ("xa hoa luu, can tho", "Xã Hỏa Lựu, Cần Thơ"),
        ("Xã Hỏa Lựu, tỉnh Hậu Giang", "Xã Hỏa Lựu, Cần Thơ"),
        ("xã hoả tiến, vị thanh", "Xã Hỏa Lựu, Cần Thơ"),
        ("Hoả Tiến, TP Vị Thanh, TP Cần Thơ", "Xã Hỏa Lựu, Cần Thơ"),
        ("thị trấn Nàng Mau", "Xã Vị Thủy, Cần Thơ"),
        ("P. Ninh Kiều, TP. Cần Thơ", "Phường Ninh Kiều, Cần Thơ"),
        ("Xã Trường Long, Phong Điền", "Xã Trường Long, Cần Thơ"),
        // Outside the three provinces whose successors are known.
        (
            "Phường Bến Thành, Thành phố Hồ Chí Minh",
            "Phường Bến Thành, Hồ Chí Minh",
        ),
    ] {
        assert_eq!(said(&db, text).await.as_deref(), Ok(address), "{text}");
    }
}

#[tokio::test]
async fn what_is_split_shared_or_only_alike_is_asked() {
    let db = with_places().await;
    for (text, first) in [
        // Was split.
        (
            "phường Bùi Hữu Nghĩa",
            &["Phường Bình Thủy, Cần Thơ", "Phường Cái Khế, Cần Thơ"][..],
        ),
        (
            "Phường Thốt Nốt, quận Thốt Nốt, Cần Thơ",
            &["Phường Thốt Nốt, Cần Thơ", "Phường Thuận Hưng, Cần Thơ"],
        ),
        // The former one became another than today's of that name.
        (
            "Xã Vị Thủy",
            &["Xã Vị Thủy, Cần Thơ", "Xã Vĩnh Thuận Đông, Cần Thơ"],
        ),
        (
            "xã vị thuỷ, huyện vị thuỷ, hậu giang",
            &["Xã Vĩnh Thuận Đông, Cần Thơ", "Xã Vị Thủy, Cần Thơ"],
        ),
        (
            "Đông Phước, Cần Thơ",
            &["Xã Đông Phước, Cần Thơ", "Xã Phú Hữu, Cần Thơ"],
        ),
        // Only like it, or only its beginning.
        ("phung hiepp", &["Xã Phụng Hiệp, Cần Thơ"]),
        ("hoa luu ap 3", &["Xã Hỏa Lựu, Cần Thơ"]),
        ("xã hỏa l", &["Xã Hỏa Lựu, Cần Thơ"]),
        ("zzzzzz", &[]),
        ("", &[]),
        ("xã", &[]),
    ] {
        let asked = said(&db, text).await.unwrap_err();
        for wanted in first {
            assert!(
                asked.iter().take(2).any(|address| address == wanted),
                "{text}: {asked:?}"
            );
        }
    }
    // In many provinces: all that is asked about bears the name.
    let asked = said(&db, "xã Tân Thành").await.unwrap_err();
    assert!(asked.len() > 2, "{asked:?}");
    let asked = said(&db, "Hòa Tiến").await.unwrap_err();
    assert!(
        asked.contains(&"Xã Hỏa Lựu, Cần Thơ".to_owned()) && asked.len() > 1,
        "{asked:?}"
    );
}

/// Whatever commune is named in full, as the maps write it, is never taken for another.
#[tokio::test]
async fn no_full_name_is_taken_for_another_place() {
    let db = with_places().await;
    let pool = db.store.reader();
    for now in queries::current_communes_of(pool, "92").await.unwrap() {
        let said = said(&db, &now.address()).await;
        assert!(
            match &said {
                Ok(address) => *address == now.address(),
                Err(asked) => asked.contains(&now.address()),
            },
            "{}: {said:?}",
            now.address()
        );
        for then in queries::predecessors(pool, now.id).await.unwrap() {
            let heirs = queries::successors(pool, then.id).await.unwrap().len();
            match self::said(&db, &then.address()).await {
                Ok(address) => assert_eq!((address, heirs), (now.address(), 1), "{then:?}"),
                Err(asked) => assert!(asked.contains(&now.address()), "{then:?}: {asked:?}"),
            }
        }
    }
}

#[tokio::test]
async fn codes_of_both_maps_are_understood() {
    let db = with_places().await;
    let said = async |code: &str| {
        let mut conn = db.store.reader().acquire().await.unwrap();
        queries::read_code(&mut *conn, code).await.unwrap()
    };
    let one = |reading: CodeReading| match reading {
        CodeReading::One(commune) => commune.address(),
        other => panic!("{other:?}"),
    };
    // Today's, though a former commune had the code too.
    assert_eq!(one(said("31338").await), "Xã Hỏa Lựu, Cần Thơ");
    assert_eq!(one(said("31441").await), "Xã Vị Thủy, Cần Thơ");
    // Former Hoả Tiến; the former Vị Thuỷ, by code and never by name.
    assert_eq!(one(said("31339").await), "Xã Hỏa Lựu, Cần Thơ");
    assert_eq!(one(said("31447").await), "Xã Vĩnh Thuận Đông, Cần Thơ");
    let CodeReading::Split(heirs) = said("31178").await else {
        panic!("Bùi Hữu Nghĩa went to two wards")
    };
    assert_eq!(
        heirs
            .iter()
            .map(|commune| commune.full_name.as_str())
            .collect::<Vec<_>>(),
        ["Phường Cái Khế", "Phường Bình Thủy"]
    );
    for code in ["99999", "", "3133", "abcde"] {
        assert_eq!(said(code).await, CodeReading::Unknown, "{code}");
    }
}
