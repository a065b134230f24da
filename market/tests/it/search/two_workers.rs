//! Two workers have the same goods among their news.
use market::kernel::{Actor, Failure, Fault};
use market::search::commands::index;

use crate::orders::until_somebody_waits;
use crate::support::shop::Shop;

#[tokio::test]
async fn two_workers_never_wait_for_each_other() {
    let shop = Shop::new("Út").await;
    let (khom, _) = shop.product("Khóm Cầu Đúc", 5, 12_000).await;
    let (chanh, _) = shop.product("Chanh không hạt", 5, 8_000).await;
    let store = shop.db.store.clone();
    let mut first = store.begin(&Actor::system()).await.unwrap();
    index(&mut first.work(), &[khom]).await.unwrap();
    let other = store.clone();
    let second = tokio::spawn(async move {
        market::transact_sure!(other, &Actor::system(), work => {
            index(work, &[chanh]).await?;
            index(work, &[khom]).await?;
            Ok::<_, Failure<std::convert::Infallible>>(())
        })
    });
    until_somebody_waits(&shop).await;
    index(&mut first.work(), &[chanh]).await.unwrap();
    first
        .end(Ok::<_, Failure<std::convert::Infallible>>(()))
        .await
        .unwrap();
    let second: Result<(), Fault> = second.await.unwrap();
    second.unwrap();
}
