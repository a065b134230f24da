//! Messages reach telephones once, and what they said is forgotten.
use std::sync::Mutex;

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use market::accounts::CodePurpose;
use market::accounts::commands::codes::{self, NewCode};
use market::kernel::message::SmsSender;
use market::kernel::{Actor, Phone};
use server::sms::deliver;

use crate::support::Ground;

/// Keeps what it is given; refuses everything while it is broken.
#[derive(Default)]
struct Gateway {
    sent: Mutex<Vec<(String, String)>>,
    is_broken: Mutex<bool>,
}

impl SmsSender for Gateway {
    fn send<'a>(&'a self, to: &'a Phone, text: &'a str) -> BoxFuture<'a, Result<(), String>> {
        async move {
            if *self.is_broken.lock().unwrap() {
                return Err("the gateway answered 503".to_owned());
            }
            let message = (to.as_str().to_owned(), text.to_owned());
            self.sent.lock().unwrap().push(message);
            Ok(())
        }
        .boxed()
    }
}

async fn code(ground: &Ground, phone: &str) -> market::kernel::CodeId {
    let phone = Phone::parse(phone).unwrap();
    codes::send(
        &ground.store,
        &Actor::guest(),
        NewCode::of(CodePurpose::SignIn, &phone),
        "vi",
    )
    .await
    .unwrap()
}

async fn said(ground: &Ground) -> Vec<String> {
    sqlx::query_scalar("select args::text from messages order by created_at")
        .fetch_all(ground.store.reader())
        .await
        .unwrap()
}

#[tokio::test]
async fn a_code_is_sent_once_and_forgotten() {
    let ground = Ground::new().await;
    let gateway = Gateway::default();
    let id = code(&ground, "0912345678").await;
    let digits = codes::shown(ground.store.reader(), id)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(deliver(&ground.store, &gateway, false).await.unwrap(), 1);
    assert_eq!(deliver(&ground.store, &gateway, false).await.unwrap(), 0);
    let sent = gateway.sent.lock().unwrap().clone();
    assert_eq!(sent.len(), 1);
    assert_eq!(sent[0].0, "+84912345678");
    assert!(sent[0].1.contains(&digits), "{}", sent[0].1);
    assert_eq!(said(&ground).await, ["{}"]);
    assert_eq!(codes::shown(ground.store.reader(), id).await.unwrap(), None);
}

#[tokio::test]
async fn a_failure_is_put_off_and_what_nobody_wants_any_more_is_not_sent() {
    let ground = Ground::new().await;
    let gateway = Gateway::default();
    *gateway.is_broken.lock().unwrap() = true;
    code(&ground, "0912345678").await;
    assert_eq!(deliver(&ground.store, &gateway, false).await.unwrap(), 1);
    *gateway.is_broken.lock().unwrap() = false;
    assert_eq!(
        deliver(&ground.store, &gateway, false).await.unwrap(),
        0,
        "not before two minutes"
    );
    sqlx::query("update messages set available_at = now(), expires_at = now()")
        .execute(ground.store.reader())
        .await
        .unwrap();
    assert_eq!(deliver(&ground.store, &gateway, false).await.unwrap(), 0);
    market::transact_sure!(ground.store, &Actor::system(), work => Ok(market::kernel::message::sweep(work, time::OffsetDateTime::UNIX_EPOCH).await?))
        .unwrap();
    assert_eq!(said(&ground).await, ["{}"]);
    assert!(gateway.sent.lock().unwrap().is_empty());
}
