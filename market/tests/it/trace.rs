//! Lots: written once, sold from one at a time, and what is over stays over.
use market::kernel::rights::Acting;
use market::kernel::{
    Actor, CommuneId, Duty, Failure, LotId, Membership, PersonId, PhotoId, ProductId, SellerId,
    Task, secret,
};
use market::kernel::{ConsentId, PageRequest, Role};
use market::trace::commands::{
    add_input, add_photo, close, count_look, make, put_on_sale, remove_photo, reopen, take_off_sale,
};
use market::trace::{
    InputForm, Lot, LotCode, LotEvent, LotForm, LotKind, LotState, TraceRefusal, queries,
};
use time::Duration;
use time::macros::date;
use uuid::Uuid;

use crate::support::TestDb;
use crate::support::shop::{Shop, seller};

mod recall;
mod recall_races;

/// A shop whose owner has an account.
pub async fn ground() -> Shop {
    Shop::new("Út").await
}

/// Histories name people who exist.
pub async fn account(db: &TestDb, actor: &Actor) {
    let id = actor.person.unwrap().0;
    sqlx::query("insert into people (id, name, phone, created_at) values ($1, 'Út', $2, now())")
        .bind(id)
        .bind(format!("+849{:08}", id.as_u128() % 100_000_000))
        .execute(db.store.reader())
        .await
        .unwrap();
}

/// A lot's form for a product, as a farmer fills it.
pub fn form(product: ProductId) -> LotForm {
    LotForm {
        product: product.to_string(),
        place: "Ấp Thạnh Xuân, ruộng sau nhà".to_owned(),
        quantity: "1.200".to_owned(),
        unit: "kg".to_owned(),
        ..LotForm::begun(secret::new_key(), date!(2026 - 11 - 24))
    }
}

pub async fn made(shop: &Shop, form: &LotForm) -> Result<LotId, Failure<TraceRefusal>> {
    made_by(shop, &shop.actor, form).await
}

async fn made_by(
    shop: &Shop,
    actor: &Actor,
    form: &LotForm,
) -> Result<LotId, Failure<TraceRefusal>> {
    let seller = shop.seller;
    market::transact!(shop.db.store, actor, work => make(work, seller, form).await)
}

/// A lot of a product that is sold from it now.
pub async fn on_sale(shop: &Shop, product: ProductId) -> LotId {
    let lot = made(shop, &form(product)).await.unwrap();
    market::transact!(shop.db.store, &shop.actor, work => put_on_sale(work, lot).await).unwrap();
    lot
}

pub async fn read(shop: &Shop, lot: LotId) -> Lot {
    queries::own(
        shop.db.store.reader(),
        &Actor::system(),
        lot,
        shop.db.store.today(),
    )
    .await
    .unwrap()
    .unwrap()
}

fn refused<T: std::fmt::Debug>(outcome: Result<T, Failure<TraceRefusal>>) -> TraceRefusal {
    match outcome {
        Err(Failure::Refused(refusal)) => refusal,
        other => panic!("not refused: {other:?}"),
    }
}

/// A helper of the hamlet at the household's desk.
pub fn helper(seller: SellerId, tasks: &[Task]) -> Actor {
    Actor {
        person: Some(PersonId(secret::new_key())),
        roles: vec![Role::Helper],
        acting: Some(Acting {
            seller,
            seller_name: "Út".to_owned(),
            consent: ConsentId(Uuid::nil()),
            tasks: tasks.to_vec(),
            is_alone: false,
        }),
        ..Actor::guest()
    }
}

#[tokio::test]
async fn a_lot_is_written_once_for_one_form() {
    let shop = ground().await;
    let (khom, _) = shop.product("Khóm Cầu Đúc", 10, 12_000).await;
    let form = LotForm {
        best_before: "2026-12-04".to_owned(),
        gtin: "9506000134352".to_owned(),
        net_content: "1 trái".to_owned(),
        ..form(khom)
    };
    let twins = futures_util::future::join_all((0..6).map(|_| made(&shop, &form))).await;
    let ids: std::collections::HashSet<LotId> =
        twins.into_iter().map(|made| made.unwrap()).collect();
    assert_eq!(ids.len(), 1);
    let id = ids.into_iter().next().unwrap();
    let other = LotForm {
        place: "Chỗ khác".to_owned(),
        ..form.clone()
    };
    assert_eq!(
        refused(made(&shop, &other).await),
        TraceRefusal::MadeOtherwise
    );

    let lot = read(&shop, id).await;
    assert_eq!(LotCode::parse(lot.code.as_str()), Ok(lot.code.clone()));
    assert_eq!((lot.kind, lot.state), (LotKind::Harvest, LotState::Open));
    assert_eq!(lot.product.name, "Khóm Cầu Đúc");
    assert_eq!(lot.best_before, Some(date!(2026 - 12 - 04)));
    assert_eq!(
        lot.gtin.as_ref().map(market::trace::Gtin::as_str),
        Some("09506000134352")
    );
    // Another name of the product changes no label, and nobody writes a lot over.
    sqlx::query("update products set name = 'Dứa' where id = $1")
        .bind(khom.0)
        .execute(shop.db.store.reader())
        .await
        .unwrap();
    assert_eq!(read(&shop, id).await.product.name, "Khóm Cầu Đúc");
    for sql in [
        "update lots set made_on = made_on - 1",
        "update lots set product_name = 'Dứa'",
        "delete from lots",
        "update lot_events set reason = 'x'",
        "delete from lot_events",
    ] {
        assert!(
            sqlx::query(sql)
                .execute(shop.db.store.reader())
                .await
                .is_err(),
            "{sql}"
        );
    }
    let found = queries::by_code(shop.db.store.reader(), &lot.code, shop.db.store.today());
    assert_eq!(found.await.unwrap().unwrap().id, id);
}

#[tokio::test]
async fn a_lot_is_of_the_shops_own_goods_and_written_by_who_lists_them() {
    let mut shop = ground().await;
    let (khom, _) = shop.product("Khóm", 10, 12_000).await;
    let ut = shop.seller;
    let bay = seller(&shop.db, "Bảy").await;
    for (tasks, may) in [
        (&[Task::List][..], true),
        (&[Task::Orders, Task::Money], false),
    ] {
        let helper = helper(ut, tasks);
        account(&shop.db, &helper).await;
        assert_eq!(made_by(&shop, &helper, &form(khom)).await.is_ok(), may);
    }
    assert_eq!(
        refused(made_by(&shop, &Actor::guest(), &form(khom)).await),
        TraceRefusal::NotAllowed
    );
    // Bảy's owner, with Út's product.
    let lot = made(&shop, &form(khom)).await.unwrap();
    shop.seller = bay;
    shop.actor.memberships = vec![Membership {
        seller: bay,
        duty: Duty::Owner,
    }];
    let TraceRefusal::Invalid(errors) = refused(made(&shop, &form(khom)).await) else {
        panic!("another refusal");
    };
    assert_eq!(errors.of("product").unwrap().code, "lot_product");
    let theirs =
        market::transact!(shop.db.store, &shop.actor, work => put_on_sale(work, lot).await);
    assert_eq!(refused(theirs), TraceRefusal::NotFound);
    let db = shop.db.store.reader();
    let today = shop.db.store.today();
    assert_eq!(
        queries::own(db, &shop.actor, lot, today).await.unwrap(),
        None
    );
    // The database knows too whose product it is.
    let smuggled = sqlx::query(
        "insert into lots (id, code, seller_id, product_id, product_name, kind, made_on, place, quantity, unit, state, state_since, created_at)
         values ($1, 'LH00000002', $2, $3, 'Khóm', 'harvest', '2026-11-01', 'x', 1000, 'kg', 'open', now(), now())",
    )
    .bind(secret::new_key())
    .bind(bay.0)
    .bind(khom.0)
    .execute(db)
    .await;
    let error = smuggled.unwrap_err().to_string();
    assert!(error.contains("lots_of_own_product"), "{error}");
}

#[tokio::test]
async fn a_product_is_sold_from_one_lot_at_a_time() {
    let shop = ground().await;
    let (khom, _) = shop.product("Khóm", 10, 12_000).await;
    let (first, second) = (on_sale(&shop, khom).await, on_sale(&shop, khom).await);
    assert!(!read(&shop, first).await.is_current);
    assert!(read(&shop, second).await.is_current);
    let db = shop.db.store.reader();
    let current = queries::current(db, khom).await.unwrap().unwrap().0;
    assert_eq!(current, read(&shop, second).await.code);
    let told: Vec<_> = queries::history(db, first)
        .await
        .unwrap()
        .into_iter()
        .map(|entry| entry.event)
        .collect();
    assert_eq!(told, [LotEvent::OffSale, LotEvent::OnSale, LotEvent::Made]);

    market::transact!(shop.db.store, &shop.actor, work => close(work, second).await).unwrap();
    assert_eq!(queries::current(db, khom).await.unwrap(), None);
    let again =
        market::transact!(shop.db.store, &shop.actor, work => put_on_sale(work, second).await);
    assert_eq!(refused(again), TraceRefusal::WrongState);
    let choices = queries::choices(db, &[khom]).await.unwrap();
    assert_eq!(
        choices.iter().map(|choice| choice.id).collect::<Vec<_>>(),
        [first]
    );
    market::transact!(shop.db.store, &shop.actor, work => reopen(work, second).await).unwrap();
    market::transact!(shop.db.store, &shop.actor, work => put_on_sale(work, second).await).unwrap();
    for _ in 0..2 {
        market::transact!(shop.db.store, &shop.actor, work => take_off_sale(work, second).await)
            .unwrap();
    }
    assert_eq!(queries::current(db, khom).await.unwrap(), None);
    let (lots, total) = queries::of_seller(db, shop.seller, PageRequest::new(None, None))
        .await
        .unwrap();
    assert_eq!((lots.len(), total), (2, 2));
}

#[tokio::test]
async fn what_was_used_is_added_and_never_rewritten() {
    let shop = ground().await;
    let (khom, _) = shop.product("Khóm", 10, 12_000).await;
    let lot = made(&shop, &form(khom)).await.unwrap();
    let used = |kind: &str, day: &str| InputForm {
        input_kind: kind.to_owned(),
        name: "NPK 16-16-8".to_owned(),
        amount: "10 kg".to_owned(),
        used_on: day.to_owned(),
    };
    for (kind, day) in [
        ("pesticide", "2026-11-01"),
        ("fertiliser", "2026-09-01"),
        ("other", ""),
    ] {
        let form = &used(kind, day);
        market::transact!(shop.db.store, &shop.actor, work => add_input(work, lot, form).await)
            .unwrap();
    }
    let inputs = read(&shop, lot).await.inputs;
    let days: Vec<_> = inputs.iter().map(|input| input.used_on).collect();
    assert_eq!(
        days,
        [
            Some(date!(2026 - 09 - 01)),
            Some(date!(2026 - 11 - 01)),
            None
        ]
    );
    assert_eq!(inputs[1].waited(date!(2026 - 11 - 24)), Some(23));
    let form = &used("pesticide", "2026-11-25");
    let wrong =
        market::transact!(shop.db.store, &shop.actor, work => add_input(work, lot, form).await);
    assert!(matches!(refused(wrong), TraceRefusal::Invalid(_)));
    assert!(
        sqlx::query("delete from lot_inputs")
            .execute(shop.db.store.reader())
            .await
            .is_err()
    );
}

#[tokio::test]
async fn eight_photographs_of_the_own_field() {
    let shop = ground().await;
    let (khom, _) = shop.product("Khóm", 10, 12_000).await;
    let lot = made(&shop, &form(khom)).await.unwrap();
    let photo = async |seller: SellerId| {
        let id = secret::new_key();
        sqlx::query("insert into photos (id, seller_id, digest, width, height, preview, created_at) values ($1, $2, $3, 4, 3, '', now())")
            .bind(id)
            .bind(seller.0)
            .bind(id.to_string())
            .execute(shop.db.store.reader())
            .await
            .unwrap();
        PhotoId(id)
    };
    let add = async |photo: PhotoId| market::transact!(shop.db.store, &shop.actor, work => add_photo(work, lot, photo).await);
    let mut photos = Vec::new();
    for _ in 0..8 {
        let id = photo(shop.seller).await;
        add(id).await.unwrap();
        add(id).await.unwrap();
        photos.push(id);
    }
    let ninth = photo(shop.seller).await;
    assert_eq!(refused(add(ninth).await), TraceRefusal::PhotosFull);
    let (first, second) = (photos[0], photos[1]);
    market::transact!(shop.db.store, &shop.actor, work => remove_photo(work, lot, first).await)
        .unwrap();
    let places: Vec<(i16, Uuid)> =
        sqlx::query_as("select position, photo_id from lot_photos where lot_id = $1 order by 1")
            .bind(lot.0)
            .fetch_all(shop.db.store.reader())
            .await
            .unwrap();
    assert_eq!((places.len(), places[0]), (7, (1, second.0)));
    let others = photo(seller(&shop.db, "Bảy").await).await;
    assert_eq!(refused(add(others).await), TraceRefusal::NotFound);
    add(ninth).await.unwrap();
}

#[tokio::test]
async fn looks_are_counted_by_day() {
    let shop = ground().await;
    let (khom, _) = shop.product("Khóm", 10, 12_000).await;
    let lot = made(&shop, &form(khom)).await.unwrap();
    let looks = (0..20).map(|_| count_look(&shop.db.store, lot));
    for counted in futures_util::future::join_all(looks).await {
        counted.unwrap();
    }
    shop.db.clock.advance(Duration::DAY);
    count_look(&shop.db.store, lot).await.unwrap();
    assert_eq!(read(&shop, lot).await.looks, 21);
    let days: i64 = sqlx::query_scalar("select count(*) from lot_looks")
        .fetch_one(shop.db.store.reader())
        .await
        .unwrap();
    assert_eq!(days, 2);
}

#[tokio::test]
async fn stars_are_those_of_today() {
    let shop = ground().await;
    let (khom, _) = shop.product("Khóm", 10, 12_000).await;
    let lot = made(&shop, &form(khom)).await.unwrap();
    let certificate = secret::new_key();
    sqlx::query(
        "insert into certificates (id, code, seller_id, product_name, stars, number, issuer, regime, decided_on, valid_to, state, source, state_since, created_at)
         select $1, 'ABC', $2, 'Khóm', 4, '1', 'Tỉnh', (select code from ocop_regimes limit 1), '2024-01-01', '2026-11-24', 'verified', 'import', now(), now()",
    )
    .bind(certificate)
    .bind(shop.seller.0)
    .execute(shop.db.store.reader())
    .await
    .unwrap();
    sqlx::query("update products set certificate_id = $1")
        .bind(certificate)
        .execute(shop.db.store.reader())
        .await
        .unwrap();
    let product = read(&shop, lot).await.product;
    assert_eq!(
        (product.stars, product.certificate.as_deref()),
        (Some(4), Some("ABC"))
    );
    shop.db.clock.advance(Duration::DAY);
    let product = read(&shop, lot).await.product;
    assert_eq!((product.stars, product.certificate), (None, None));
    // In no other commune either.
    assert_eq!(read(&shop, lot).await.seller.commune, CommuneId(131_338));
}
