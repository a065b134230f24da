//! Many sellers and products from one file.
use std::fmt::Write as _;

use market::imports::commands::{Scope, approve, receive, work_off};
use market::imports::format::Sheet;
use market::imports::queries::{import, latest, wrong_rows};
use market::imports::{Import, ImportRefusal, ImportState};
use market::kernel::{
    Actor, CommuneId, Failure, ImportId, Office, PageRequest, Permission, PersonId, Role,
};

use crate::support::db::TestDb;
use crate::support::shop::{Shop, person};

const HEAD: &str = "Mã sản phẩm;Gian hàng;Tên sản phẩm;Nhóm;Đơn vị;Giá (đồng);Số lượng\n";

fn officer(person: PersonId, communes: Vec<CommuneId>) -> Actor {
    Actor {
        person: Some(person),
        roles: vec![Role::Officer],
        office: Office {
            permissions: vec![Permission::Imports],
            communes,
        },
        ..Actor::guest()
    }
}

async fn bring(
    db: &TestDb,
    actor: &Actor,
    scope: Scope,
    text: &str,
) -> Result<ImportId, Failure<ImportRefusal>> {
    receive(
        &db.store,
        actor,
        scope,
        "mon-hang.csv",
        text.as_bytes().to_vec(),
    )
    .await
}

async fn worked_off(db: &TestDb, id: ImportId) -> Import {
    while work_off(&db.store).await.unwrap() {}
    import(db.store.reader(), id).await.unwrap().unwrap()
}

async fn approved(db: &TestDb, actor: &Actor, id: ImportId) -> Result<(), Failure<ImportRefusal>> {
    market::transact!(db.store, actor, work => approve(work, id).await)
}

async fn count(db: &TestDb, table: &'static str) -> i64 {
    sqlx::query_scalar(sqlx::AssertSqlSafe(format!("select count(*) from {table}")))
        .fetch_one(db.store.reader())
        .await
        .unwrap()
}

#[tokio::test]
async fn a_file_is_checked_then_written_whole_and_twice_changes_nothing() {
    let shop = Shop::new("Út").await;
    let db = &shop.db;
    let officer = officer(person(db, "0900000098", "mat khau dai").await, Vec::new());
    let text = format!(
        "{HEAD}HG-1;ut;Khóm Cầu Đúc;Thực phẩm;trái;15.000;20\nHG-2;Út;Nước khóm;Đồ uống;chai;30000;5\n"
    );
    let id = bring(db, &officer, Scope::Office, &text).await.unwrap();
    let before = import(db.store.reader(), id).await.unwrap().unwrap();
    assert_eq!(
        (before.state, before.rows, before.done),
        (ImportState::Waiting, 2, 0)
    );
    let checked = worked_off(db, id).await;
    assert_eq!(
        (checked.state, checked.new, checked.wrong, checked.done),
        (ImportState::Checked, (0, 2), 0, 2)
    );
    assert_eq!(
        count(db, "products").await,
        0,
        "nothing before it is approved"
    );
    approved(db, &officer, id).await.unwrap();
    approved(db, &officer, id).await.unwrap();
    assert_eq!(worked_off(db, id).await.state, ImportState::Applied);
    // Pressed twice, the second time after the worker was done.
    approved(db, &officer, id).await.unwrap();
    let made: Vec<(String, String, String, i64)> = sqlx::query_as(
        "select products.code, products.status, sku, price_vnd from products join variants on product_id = products.id order by code",
    )
    .fetch_all(db.store.reader())
    .await
    .unwrap();
    assert_eq!(
        made,
        [
            ("HG-1".into(), "draft".into(), "HG-1-1".into(), 15_000),
            ("HG-2".into(), "draft".into(), "HG-2-1".into(), 30_000)
        ]
    );
    let named: i64 = sqlx::query_scalar(
        "select count(*) from audit_log where action = 'import.applied' and person_id = $1",
    )
    .bind(officer.person.unwrap().0)
    .fetch_one(db.store.reader())
    .await
    .unwrap();
    assert_eq!(named, 1);

    let again = bring(db, &officer, Scope::Office, &text).await.unwrap();
    let checked = worked_off(db, again).await;
    assert_eq!((checked.new, checked.known), ((0, 0), 2));
    assert!(matches!(
        approved(db, &officer, again).await,
        Err(Failure::Refused(ImportRefusal::AppliedBefore))
    ));
    assert_eq!(count(db, "products").await, 2);
}

#[tokio::test]
async fn shops_and_their_goods_come_together() {
    let db = TestDb::new().await;
    let officer = officer(person(&db, "0900000098", "mat khau dai").await, Vec::new());
    let mut book = rust_xlsxwriter::Workbook::new();
    for (name, rows) in [
        (
            "Sản phẩm",
            [
                vec![
                    "Mã sản phẩm",
                    "Gian hàng",
                    "Tên sản phẩm",
                    "Nhóm",
                    "Đơn vị",
                    "Giá (đồng)",
                    "Số lượng",
                ],
                vec![
                    "HG-1",
                    "Hợp tác xã Năm",
                    "Khóm",
                    "Thực phẩm",
                    "trái",
                    "15000",
                    "20",
                ],
            ],
        ),
        (
            "Gian hàng",
            [
                vec![
                    "Tên gian hàng",
                    "Loại",
                    "Người đại diện",
                    "Số điện thoại",
                    "Xã",
                ],
                vec![
                    "Hợp tác xã Năm",
                    "HTX",
                    "Lê Thị Năm",
                    "0912345678",
                    "Xã Hỏa Lựu",
                ],
            ],
        ),
    ] {
        let sheet = book.add_worksheet();
        sheet.set_name(name).unwrap();
        for (cells, row) in rows.iter().zip(0u32..) {
            for (cell, column) in cells.iter().zip(0u16..) {
                sheet.write(row, column, *cell).unwrap();
            }
        }
    }
    let bytes = book.save_to_buffer().unwrap();
    let id = receive(&db.store, &officer, Scope::Office, "nam.xlsx", bytes)
        .await
        .unwrap();
    let checked = worked_off(&db, id).await;
    assert_eq!((checked.new, checked.wrong), ((1, 1), 0));
    approved(&db, &officer, id).await.unwrap();
    assert_eq!(worked_off(&db, id).await.state, ImportState::Applied);
    let (commune, products): (i32, i64) = sqlx::query_as(
        "select commune_id, (select count(*) from products where seller_id = sellers.id) from sellers where slug = 'hop-tac-xa-nam'",
    )
    .fetch_one(db.store.reader())
    .await
    .unwrap();
    assert_eq!((commune, products), (131_338, 1));
}

#[tokio::test]
async fn who_may_bring_what() {
    let shop = Shop::new("Út").await;
    let db = &shop.db;
    let staff = person(db, "0900000098", "mat khau dai").await;
    let row = |seller: &str| format!("{HEAD}HG-1;{seller};Khóm Cầu Đúc;Thực phẩm;trái;15.000;20\n");
    let text = row("ut");
    let elsewhere = officer(staff, vec![CommuneId(131_471)]);
    let stranger = Actor {
        person: Some(staff),
        ..Actor::guest()
    };
    for scope in [Scope::Office, Scope::Seller(shop.seller)] {
        assert!(matches!(
            bring(db, &stranger, scope, &text).await,
            Err(Failure::Refused(ImportRefusal::NotFound))
        ));
    }
    let id = bring(db, &elsewhere, Scope::Office, &text).await.unwrap();
    let checked = worked_off(db, id).await;
    assert_eq!(checked.wrong, 1);
    // Rows name people of all places: an officer of some communes sees their own files only.
    let another = officer(
        person(db, "0900000097", "mat khau dai").await,
        vec![CommuneId(131_471)],
    );
    let province = officer(another.person.unwrap(), Vec::new());
    for (actor, sees) in [(&elsewhere, 1), (&another, 0), (&province, 1)] {
        let listed = latest(db.store.reader(), actor, Scope::Office).await;
        assert_eq!(listed.unwrap().len(), sees);
        assert_eq!(Scope::Office.shows_to(actor, checked.person), sees == 1);
    }
    let wrong = wrong_rows(db.store.reader(), id, PageRequest::new(None, None))
        .await
        .unwrap();
    assert_eq!(
        wrong[0].errors.of("seller").unwrap().code,
        "not_your_commune"
    );
    assert!(matches!(
        approved(db, &elsewhere, id).await,
        Err(Failure::Refused(ImportRefusal::HasErrors))
    ));
    // A shop brings its own goods, and needs not say whose they are.
    let member = Actor {
        person: Some(staff),
        ..shop.actor.clone()
    };
    let scope = Scope::Seller(shop.seller);
    let id = bring(db, &member, scope, &row("")).await;
    assert!(
        id.is_ok(),
        "the column is there, the cell may be empty: {id:?}"
    );
    let id = id.unwrap();
    assert_eq!(worked_off(db, id).await.wrong, 0);
    assert!(matches!(
        approved(db, &elsewhere, id).await,
        Err(Failure::Refused(ImportRefusal::NotFound))
    ));
    approved(db, &member, id).await.unwrap();
    assert_eq!(worked_off(db, id).await.state, ImportState::Applied);
}

#[tokio::test]
async fn five_thousand_products_with_a_dozen_kinds_of_error_tell_all_of_them() {
    let shop = Shop::new("Út").await;
    let db = &shop.db;
    let officer = officer(person(db, "0900000098", "mat khau dai").await, Vec::new());
    let wrong = [
        ";ut;Khóm;Thực phẩm;trái;1000;1",
        "W-1;ai;Khóm;Thực phẩm;trái;1000;1",
        "W-2;;Khóm;Thực phẩm;trái;1000;1",
        "W-3;ut;K;Thực phẩm;trái;1000;1",
        "W-4;ut;Khóm;Trái cây;trái;1000;1",
        "W-5;ut;Khóm;Thực phẩm;;1000;1",
        "W-6;ut;Khóm;Thực phẩm;trái;rẻ;1",
        "W-7;ut;Khóm;Thực phẩm;trái;10,5;1",
        "W-8;ut;Khóm;Thực phẩm;trái;1000;nhiều",
        "W-9;ut;Khóm;Thực phẩm;trái;1000;1,2345",
        "W-10;ut;Khóm;Thực phẩm;trái;#REF!;1",
        "W Ă;ut;Khóm;Thực phẩm;trái;1000;1",
        "R-1;ut;Khóm;Thực phẩm;trái;1000;1",
    ];
    let mut text = HEAD.to_owned();
    for number in 1..=5_000 {
        let _ = writeln!(
            text,
            "R-{number};ut;Khóm loại {number};Thực phẩm;trái;15.000;20"
        );
    }
    for row in wrong {
        text.push_str(row);
        text.push('\n');
    }
    let id = bring(db, &officer, Scope::Office, &text).await.unwrap();
    let checked = worked_off(db, id).await;
    assert_eq!(
        (checked.rows, checked.done, checked.new.1, checked.wrong),
        (5_013, 5_013, 5_000, 13)
    );
    let told = wrong_rows(db.store.reader(), id, PageRequest::new(None, Some(50)))
        .await
        .unwrap();
    let codes: std::collections::BTreeSet<String> = told
        .iter()
        .flat_map(|row| {
            row.errors
                .0
                .iter()
                .map(|error| format!("{} {}", error.field, error.code))
        })
        .collect();
    assert!(codes.len() >= 12, "{codes:?}");
    assert_eq!(told[0].row.number, 5_002, "as the spreadsheet numbers it");
}

#[tokio::test]
async fn facts_of_the_sets_come_as_columns() {
    let shop = Shop::new("Út").await;
    let db = &shop.db;
    let officer = officer(person(db, "0900000098", "mat khau dai").await, Vec::new());
    let head = HEAD.trim_end();
    let head = format!("{head};Bộ sản phẩm (số);Cách giữ;Chất liệu;Kích thước;allergens\n");
    let right = format!(
        "{head}\
         HG-1;ut;Mứt khóm;Thực phẩm;hộp;40000;5;7;Ngăn mát;;;Mè, đậu phộng\n\
         HG-2;ut;Giỏ lục bình;Thủ công mỹ nghệ;cái;90000;5;21;;Lục bình;30 x 20 cm;\n\
         HG-3;ut;Khóm;Thực phẩm;trái;15000;5;;;;;\n"
    );
    let wrong = format!(
        "{head}\
         HG-4;ut;Mứt khóm;Thực phẩm;hộp;40000;5;7;tủ lạnh;;;vàng\n\
         HG-5;ut;Giỏ lục bình;Thủ công mỹ nghệ;cái;90000;5;21;Ngăn mát;Lục bình;;\n\
         HG-6;ut;Khóm;Thực phẩm;trái;15000;5;;Ngăn mát;;;\n"
    );
    let id = bring(db, &officer, Scope::Office, &wrong).await.unwrap();
    let checked = worked_off(db, id).await;
    assert_eq!((checked.new.1, checked.wrong), (0, 3));
    let rows = wrong_rows(db.store.reader(), id, PageRequest::new(None, None))
        .await
        .unwrap();
    let places = &checked.columns[&Sheet::Products];
    let told: Vec<_> = rows
        .iter()
        .flat_map(|row| {
            row.errors.0.iter().map(|error| {
                (
                    row.row.number,
                    places[&error.field].as_str(),
                    error.code.as_str(),
                )
            })
        })
        .collect();
    assert_eq!(
        told,
        [
            (2, "L", "import_choice"),
            (2, "I", "import_choice"),
            (3, "I", "fact_not_of_set"),
            (4, "I", "fact_needs_set"),
        ]
    );

    let id = bring(db, &officer, Scope::Office, &right).await.unwrap();
    assert_eq!(worked_off(db, id).await.wrong, 0);
    approved(db, &officer, id).await.unwrap();
    assert_eq!(worked_off(db, id).await.state, ImportState::Applied);
    let kept: Vec<(String, serde_json::Value)> =
        sqlx::query_as("select code, facts from products order by code")
            .fetch_all(db.store.reader())
            .await
            .unwrap();
    assert_eq!(
        kept,
        [
            (
                "HG-1".to_owned(),
                serde_json::json!({ "keeping": "cool", "allergens": "peanut,sesame" })
            ),
            (
                "HG-2".to_owned(),
                serde_json::json!({ "material": "water_hyacinth", "size": "30 x 20 cm" })
            ),
            ("HG-3".to_owned(), serde_json::json!({})),
        ]
    );
}
