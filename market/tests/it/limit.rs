//! How often things may be done, for all servers together.
use futures_util::future::join_all;
use market::kernel::limit::{Bucket, Limit, Rate, TooOften, sweep};
use market::kernel::{Actor, Failure, Store};
use time::Duration;

use crate::support::db::TestDb;

/// Seven in a minute: a share that is no whole number of anything.
const SEVEN: Limit = Limit::new(
    "test",
    Rate::Times {
        times: 7,
        within: Duration::MINUTE,
    },
);

/// The seconds to wait where the try is refused.
async fn wait(bucket: &Bucket, store: &Store) -> Option<i64> {
    match bucket.take(store).await {
        Ok(()) => None,
        Err(Failure::Refused(TooOften { seconds })) => Some(seconds),
        Err(Failure::Fault(fault)) => panic!("{fault}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn however_many_ask_at_once_no_more_get_through() {
    let db = TestDb::new().await;
    let bucket = &SEVEN.of("203.0.113.7");
    let answers = join_all((0..64).map(|_| wait(bucket, &db.store))).await;
    assert_eq!(answers.iter().filter(|wait| wait.is_none()).count(), 7);
    assert_eq!(wait(&SEVEN.of("203.0.113.8"), &db.store).await, None);
}

#[tokio::test]
async fn tries_come_back_evenly_and_the_wait_is_true() {
    let db = TestDb::new().await;
    let bucket = SEVEN.of("0912345678");
    for _ in 0..7 {
        assert_eq!(wait(&bucket, &db.store).await, None);
    }
    assert_eq!(wait(&bucket, &db.store).await, Some(9));
    db.clock.advance(Duration::seconds(8));
    assert_eq!(wait(&bucket, &db.store).await, Some(1));
    db.clock.advance(Duration::SECOND);
    assert_eq!(wait(&bucket, &db.store).await, None);
    assert!(wait(&bucket, &db.store).await.is_some());
    db.clock.advance(Duration::MINUTE);
    for _ in 0..7 {
        assert_eq!(wait(&bucket, &db.store).await, None);
    }
    bucket.give_back(&db.store).await.unwrap();
    assert_eq!(wait(&bucket, &db.store).await, None);
    assert!(wait(&bucket, &db.store).await.is_some());
}

#[tokio::test]
async fn who_has_all_tries_again_is_forgotten() {
    let db = TestDb::new().await;
    let (early, late) = (SEVEN.of("early"), SEVEN.of("late"));
    early.take(&db.store).await.unwrap();
    db.clock.advance(Duration::seconds(9));
    late.take(&db.store).await.unwrap();
    market::transact_sure!(db.store, &Actor::system(), work => Ok(sweep(work).await?)).unwrap();
    let left: Vec<String> = sqlx::query_scalar("select who from limits")
        .fetch_all(db.store.reader())
        .await
        .unwrap();
    assert_eq!(left, ["late"]);
}

#[tokio::test]
async fn a_lifted_limit_asks_nobody() {
    let db = TestDb::new().await;
    let bucket = Limit::new("test", Rate::Unlimited).of("x");
    for _ in 0..100 {
        bucket.take(&db.store).await.unwrap();
    }
    bucket.give_back(&db.store).await.unwrap();
    let rows: i64 = sqlx::query_scalar("select count(*) from limits")
        .fetch_one(db.store.reader())
        .await
        .unwrap();
    assert_eq!(rows, 0);
}
