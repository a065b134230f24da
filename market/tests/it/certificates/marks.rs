//! Marks beside OCOP: the same life, no stars.
use market::search::Facets;

use super::*;

fn mark(kind: &str, number: &str) -> CertificateForm {
    CertificateForm {
        kind: Some(kind.to_owned()),
        product_name: "Khóm tươi".to_owned(),
        number: number.to_owned(),
        issuer: "Trung tâm chứng nhận".to_owned(),
        decided_on: "2025-02-01".to_owned(),
        valid_to: "2027-01-31".to_owned(),
        ..CertificateForm::default()
    }
}

impl Desk {
    /// The marks of a product on its page, and those by which the list finds it.
    async fn marks(&self, product: ProductId) -> [Vec<String>; 2] {
        let store = &self.shop.db.store;
        let page = by_id(store.reader(), product).await.unwrap().unwrap();
        let shown = page.marks_on(store.today());
        let shown = shown.map(|mark| mark.kind.code.clone()).collect();
        let mut found = Vec::new();
        for code in ["vietgap", "organic", "haccp"] {
            let (hits, facets) = self.finds(&[code]).await;
            let counted = facets.marks.iter().find(|(mark, _)| mark == code);
            assert_eq!(
                counted.map_or(0, |(_, count)| *count),
                i64::try_from(hits.len()).unwrap()
            );
            if hits.contains(&product) {
                found.push(code.to_owned());
            }
        }
        [shown, found]
    }

    async fn finds(&self, marks: &[&str]) -> (Vec<ProductId>, Facets) {
        let store = &self.shop.db.store;
        let marked = Query {
            filter: Filter {
                marks: marks.iter().map(|code| (*code).to_owned()).collect(),
                ..Filter::default()
            },
            sort: Sort::Newest,
            page: PageRequest::new(None, None),
        };
        let found = PostgresEngine::new(store.clone())
            .search(&marked)
            .await
            .unwrap();
        let hits = found.hits.iter().map(|hit| hit.product_id).collect();
        (hits, (*found.facets).clone())
    }

    async fn index(&self, products: &[ProductId]) {
        let store = &self.shop.db.store;
        market::transact_sure!(store, &Actor::system(), work => Ok(market::search::commands::index(work, products).await?)).unwrap();
    }
}

fn both(codes: &[&str]) -> [Vec<String>; 2] {
    let codes: Vec<String> = codes.iter().map(|code| (*code).to_owned()).collect();
    [codes.clone(), codes]
}

#[tokio::test]
async fn a_product_may_have_several_marks_beside_its_stars() {
    let desk = Desk::new().await;
    let (khom, _) = desk.shop.product("Khóm", 50, 12_000).await;
    let (mut_khom, _) = desk.shop.product("Mứt khóm", 50, 40_000).await;
    desk.granted("Khóm", "7/QĐ", khom).await;
    for (kind, goods) in [("vietgap", &[khom][..]), ("organic", &[khom, mut_khom])] {
        let id = desk.enters(&mark(kind, "01"), goods, None).await.unwrap();
        desk.index(goods).await;
        assert!(!desk.marks(khom).await[0].contains(&kind.to_owned()));
        desk.verifies(id).await.unwrap();
    }
    desk.index(&[khom, mut_khom]).await;
    assert_eq!(desk.marks(khom).await, both(&["vietgap", "organic"]));
    assert_eq!(desk.marks(mut_khom).await, both(&["organic"]));
    // Any of several; stars come from the OCOP certificate alone.
    let (hits, facets) = desk.finds(&["vietgap", "organic"]).await;
    assert_eq!(hits.len(), 2);
    assert_eq!(
        facets.marks,
        [("organic".to_owned(), 2), ("vietgap".to_owned(), 1)]
    );
    assert_eq!(desk.stars(khom).await, FOUR);
    assert_eq!(desk.stars(mut_khom).await[0], None);
    // The same number of another kind is another certificate; of the same kind it is known.
    let again = desk.enters(&mark("vietgap", "01"), &[], None).await;
    assert_eq!(
        refused(again).to_string(),
        "invalid: number: certificate_known"
    );
}

#[tokio::test]
async fn a_mark_shows_to_the_end_of_its_last_day_whether_a_worker_runs_or_not() {
    let desk = Desk::new().await;
    let (product, _) = desk.shop.product("Khóm", 50, 12_000).await;
    let id = desk
        .enters(&mark("vietgap", "01"), &[product], None)
        .await
        .unwrap();
    desk.verifies(id).await.unwrap();
    desk.index(&[product]).await;
    let clock = &desk.shop.db.clock;
    clock.set(datetime!(2027-01-24 08:00 +7));
    desk.works().await;
    desk.works().await;
    let warned: Vec<(String, serde_json::Value)> =
        sqlx::query_as("select kind, args from messages where kind = 'mark_ends'")
            .fetch_all(desk.shop.db.store.reader())
            .await
            .unwrap();
    assert_eq!(warned.len(), 1, "told once");
    assert_eq!(warned[0].1["mark"], "vietgap");
    assert_eq!(warned[0].1["day"], "31/01/2027");
    assert!(desk.events(id).await.contains(&EventKind::Warned(7)));

    clock.set(datetime!(2027-01-31 23:59:59 +7));
    assert_eq!(desk.marks(product).await, both(&["vietgap"]));
    clock.advance(Duration::SECOND);
    // Nothing was indexed and no round has run.
    assert_eq!(desk.marks(product).await, both(&[]));
    let db = desk.shop.db.store.reader();
    let record = queries::in_office(db, &desk.officer, id)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        record.standing(desk.shop.db.store.today()),
        Standing::Expired
    );
    let seen = queries::public(db, &record.code).await.unwrap().unwrap();
    assert!(!seen.is_valid_on(desk.shop.db.store.today()));
    desk.works().await;
    assert!(desk.events(id).await.contains(&EventKind::Expired));
    let told: i64 = sqlx::query_scalar("select count(*) from outbox where topic = 'product_changed' and subject = $1 and available_at >= $2")
        .bind(product.0)
        .bind(clock.now())
        .fetch_one(db)
        .await
        .unwrap();
    assert!(told >= 1, "search and pages are told");
}

#[tokio::test]
async fn a_returned_or_revoked_mark_shows_nowhere() {
    let desk = Desk::new().await;
    let store = &desk.shop.db.store;
    let (product, _) = desk.shop.product("Khóm", 50, 12_000).await;
    let id = desk
        .enters(&mark("vietgap", "01"), &[product], None)
        .await
        .unwrap();
    let returns = async |field: &str| market::transact!(store, &desk.officer, work => send_back(work, id, field, "Giấy ghi số khác").await);
    // What only OCOP certificates have can't be what is wrong.
    assert_eq!(
        refused(returns("stars").await).to_string(),
        "invalid: field: choose"
    );
    returns("number").await.unwrap();
    desk.index(&[product]).await;
    assert_eq!(desk.marks(product).await, both(&[]));
    let code = queries::own(store.reader(), &desk.shop.actor, id)
        .await
        .unwrap()
        .unwrap()
        .code;
    assert!(
        queries::public(store.reader(), &code)
            .await
            .unwrap()
            .is_none()
    );

    // One mark may turn out to be another; stars it never becomes.
    let stars = &desk.understood(&form("Khóm", "7/QĐ"));
    let taken = market::transact!(store, &desk.shop.actor, work => correct(work, id, stars, None, &[product]).await);
    assert_eq!(refused(taken), CertificatesRefusal::OtherKind);
    let mended = &desk.understood(&mark("organic", "02"));
    market::transact!(store, &desk.shop.actor, work => correct(work, id, mended, None, &[product]).await).unwrap();
    desk.verifies(id).await.unwrap();
    desk.index(&[product]).await;
    assert_eq!(desk.marks(product).await, both(&["organic"]));
    desk.revokes(id, "Tổ chức cấp đã rút").await.unwrap();
    desk.index(&[product]).await;
    assert_eq!(desk.marks(product).await, both(&[]));
    let told: Vec<String> = sqlx::query_scalar("select kind from messages order by kind")
        .fetch_all(store.reader())
        .await
        .unwrap();
    assert_eq!(told, ["mark_returned", "mark_revoked", "mark_verified"]);
}

#[tokio::test]
async fn officers_of_other_communes_and_the_own_shop_decide_nothing() {
    let desk = Desk::new().await;
    let store = &desk.shop.db.store;
    let (product, _) = desk.shop.product("Khóm", 50, 12_000).await;
    let id = desk
        .enters(&mark("vietgap", "01"), &[product], None)
        .await
        .unwrap();
    // An officer who sells here does not judge their own.
    let own = Actor {
        memberships: desk.shop.actor.memberships.clone(),
        roles: vec![Role::Officer, Role::Seller],
        ..desk.officer.clone()
    };
    for actor in [&officer(&[THERE]), &own, &desk.shop.actor, &Actor::guest()] {
        not_found(market::transact!(store, actor, work => verify(work, id).await));
        not_found(
            market::transact!(store, actor, work => send_back(work, id, "number", "Sai").await),
        );
        not_found(market::transact!(store, actor, work => revoke(work, id, "Sai").await));
    }
    assert_eq!(desk.state(id).await, CertificateState::Entered);
    let near = officer(&[HERE]);
    market::transact!(store, &near, work => verify(work, id).await).unwrap();
}

#[tokio::test]
async fn the_goods_of_a_mark_go_over_to_the_one_that_follows_it() {
    let desk = Desk::new().await;
    let store = &desk.shop.db.store;
    let (one, _) = desk.shop.product("Khóm", 50, 12_000).await;
    let (two, _) = desk.shop.product("Mứt khóm", 50, 40_000).await;
    let id = desk
        .enters(&mark("vietgap", "01"), &[one], None)
        .await
        .unwrap();
    desk.verifies(id).await.unwrap();
    // What is added later waits for an officer again.
    market::transact!(store, &desk.shop.actor, work => cover(work, id, &[one, two]).await).unwrap();
    desk.index(&[one, two]).await;
    assert_eq!(desk.marks(two).await, both(&[]));
    let accepted = &[two];
    market::transact!(store, &desk.officer, work => market::certificates::commands::decide_goods(work, id, accepted, "").await).unwrap();
    desk.index(&[one, two]).await;
    assert_eq!(desk.marks(two).await, both(&["vietgap"]));

    let other = desk.enters(&mark("organic", "02"), &[], Some(id)).await;
    assert_eq!(refused(other), CertificatesRefusal::OtherKind);
    let renewal = CertificateForm {
        valid_to: "2028-12-31".to_owned(),
        ..mark("vietgap", "02")
    };
    let next = desk.enters(&renewal, &[], Some(id)).await.unwrap();
    desk.verifies(next).await.unwrap();
    assert_eq!(desk.events(id).await.last(), Some(&EventKind::Renewed));
    let page = by_id(store.reader(), one).await.unwrap().unwrap();
    let numbers: Vec<_> = page.marks.iter().map(|mark| mark.number.as_str()).collect();
    assert_eq!(numbers, ["02"], "once, not beside the one before");
    // What is taken out loses it at once.
    market::transact!(store, &desk.shop.actor, work => cover(work, next, &[two]).await).unwrap();
    desk.index(&[one, two]).await;
    assert_eq!(desk.marks(one).await, both(&[]));
    assert_eq!(desk.marks(two).await, both(&["vietgap"]));
}
