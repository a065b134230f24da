//! Which goods show the stars of a certificate: what its seller adds later waits for an officer.
use market::certificates::commands::decide_goods;
use market::kernel::Refusal as _;

use super::*;

impl Desk {
    async fn covers(&self, id: CertificateId, products: &[ProductId]) {
        market::transact!(self.shop.db.store, &self.shop.actor, work => cover(work, id, products).await)
            .unwrap();
    }

    async fn decides(
        &self,
        actor: &Actor,
        id: CertificateId,
        accepted: &[ProductId],
        reason: &str,
    ) -> Result<(), Failure<CertificatesRefusal>> {
        market::transact!(self.shop.db.store, actor, work => decide_goods(work, id, accepted, reason).await)
    }

    /// What waits for the officer.
    async fn queue(&self) -> (Vec<CertificateId>, i64) {
        let db = self.shop.db.store.reader();
        let today = self.shop.db.store.today();
        let filter = DeskFilter {
            standing: Some(Standing::Entered),
            ..DeskFilter::default()
        };
        let (listed, total) = queries::for_office(db, &self.officer, &filter, today)
            .await
            .unwrap();
        let counts = queries::counts(db, &self.officer, today).await.unwrap();
        assert_eq!(counts[0], (Standing::Entered, total));
        (listed.into_iter().map(|row| row.id).collect(), total)
    }
}

#[tokio::test]
async fn goods_that_a_seller_adds_wait_for_an_officer() {
    let desk = Desk::new().await;
    let (one, _) = desk.shop.product("Khóm Cầu Đúc", 50, 12_000).await;
    let (two, _) = desk.shop.product("Mứt khóm", 50, 40_000).await;
    let (three, _) = desk.shop.product("Điện thoại cũ", 50, 900_000).await;
    let id = desk.granted("Khóm Cầu Đúc", "7/QĐ", one).await;
    assert_eq!(desk.queue().await, (vec![], 0));

    desk.covers(id, &[one, two, three]).await;
    desk.covers(id, &[one, two, three]).await;
    assert_eq!(desk.stars(one).await[0], Some(4));
    assert_eq!(desk.stars(two).await[0], None);
    assert_eq!(desk.queue().await, (vec![id], 1));

    // Refused without a reason; another commune's officer and the seller don't decide.
    let refusal = desk.decides(&desk.officer, id, &[two], " ").await;
    let Err(Failure::Refused(refusal)) = refusal else {
        panic!("{refusal:?}");
    };
    assert_eq!(refusal.fields()[0].field, "goods_reason");
    for other in [&officer(&[THERE]), &desk.shop.actor] {
        not_found(desk.decides(other, id, &[two], "").await);
    }
    let reason = "Quyết định chỉ ghi khóm và mứt";
    desk.decides(&desk.officer, id, &[two], reason)
        .await
        .unwrap();
    assert_eq!(desk.stars(two).await[0], Some(4));
    assert_eq!(desk.stars(three).await[0], None);
    assert_eq!(desk.queue().await, (vec![], 0));
    let events = queries::events(desk.shop.db.store.reader(), id)
        .await
        .unwrap();
    assert_eq!(
        (events[0].kind, events[0].reason.as_str()),
        (EventKind::Changed, reason)
    );
    let told: Vec<String> = sqlx::query_scalar("select kind from messages order by kind")
        .fetch_all(desk.shop.db.store.reader())
        .await
        .unwrap();
    assert_eq!(told, ["certificate_goods_refused", "certificate_verified"]);
    let record: serde_json::Value = sqlx::query_scalar(
        "select after from audit_log where action = 'certificate.changed' order by id desc limit 1",
    )
    .fetch_one(desk.shop.db.store.reader())
    .await
    .unwrap();
    assert_eq!(record["goods"], serde_json::json!(["Mứt khóm"]));
    let again = desk.decides(&desk.officer, id, &[], "").await;
    assert!(matches!(
        again,
        Err(Failure::Refused(CertificatesRefusal::WrongState))
    ));

    // What is taken out loses its stars at once; what was asked for is asked for no more.
    desk.covers(id, &[one, three]).await;
    assert_eq!(desk.stars(two).await[0], None);
    desk.covers(id, &[one]).await;
    assert_eq!(desk.queue().await, (vec![], 0));
}
