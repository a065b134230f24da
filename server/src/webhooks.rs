//! Sending webhooks: HTTPS to addresses on the open internet, signed, beside everything else.
use std::net::SocketAddr;
use std::time::Duration;

use app::site::Site;
use futures_util::future::try_join_all;
use market::kernel::{Actor, Fault, Store};
use market::webhooks::{Delivery, Reach, commands, is_public, signature};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::redirect::Policy;
use serde_json::json;
use time::format_description::well_known::Rfc3339;
use tokio::time::sleep;

use crate::config::Config;

/// How often it looks for what is due.
const LOOK: Duration = Duration::from_millis(500);
/// An address that takes longer is asked again later.
const PATIENCE: Duration = Duration::from_secs(15);

/// What sends. Redirects are not followed: the address that was looked at is the one that hears.
pub fn sender(config: &Config) -> Result<reqwest::Client, Fault> {
    let mut client = reqwest::Client::builder()
        .timeout(PATIENCE)
        .redirect(Policy::none())
        .no_proxy()
        .user_agent("cay-beo-webhooks/1");
    if config.webhooks == Reach::Public {
        client = client.dns_resolver(PublicOnly);
    }
    client.build().map_err(Fault::new)
}

/// Sends what is due until the process ends.
pub async fn run(site: Site, client: reqwest::Client) {
    loop {
        match deliver(&site.store, &client).await {
            Ok(0) => sleep(LOOK).await,
            Ok(_) => {}
            Err(fault) => {
                tracing::error!("Sending webhooks failed: {}", app::trouble::causes(&fault));
                sleep(LOOK).await;
            }
        }
    }
}

/// Sends what is due, all at once; answers how much that was. Nothing is sent inside a transaction.
async fn deliver(store: &Store, client: &reqwest::Client) -> Result<usize, Fault> {
    let due =
        market::transact_sure!(store, &Actor::system(), work => Ok(commands::claim(work).await?))?;
    let sent = due
        .iter()
        .map(async |due| match post(client, due, store.now()).await {
            Ok(()) => commands::delivered(store, due.id).await,
            Err(reason) => commands::failed(store, due.id, &reason).await,
        });
    try_join_all(sent).await?;
    Ok(due.len())
}

/// One message with its three headers, as Standard Webhooks 1.0 has them; the answer says why it was not taken.
async fn post(
    client: &reqwest::Client,
    due: &Delivery,
    now: time::OffsetDateTime,
) -> Result<(), String> {
    let body = json!({
        "type": due.topic.as_str(),
        "timestamp": due.happened_at.format(&Rfc3339).unwrap_or_default(),
        "data": due.data,
    })
    .to_string();
    let answer = client
        .post(&due.url)
        .header("content-type", "application/json")
        .header("webhook-id", due.id.to_string())
        .header("webhook-timestamp", now.unix_timestamp().to_string())
        .header(
            "webhook-signature",
            signature(&due.secret, due.id, now, &body),
        )
        .body(body)
        .send()
        .await
        .map_err(|error| error.without_url().to_string())?;
    if answer.status().is_success() {
        Ok(())
    } else {
        Err(format!("it answered {}", answer.status()))
    }
}

/// Names lead to the open internet only, whatever they led to when they were subscribed.
struct PublicOnly;

impl Resolve for PublicOnly {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let found: Vec<SocketAddr> = tokio::net::lookup_host((name.as_str(), 0))
                .await?
                .filter(|address| is_public(address.ip()))
                .collect();
            if found.is_empty() {
                return Err("the name leads to no public address".into());
            }
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}
