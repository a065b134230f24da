//! Sending short messages: nowhere on a demonstration, else to an HTTP gateway.
use std::sync::Arc;
use std::time::Duration;

use app::site::Site;
use app::ui::lang;
use futures_util::FutureExt as _;
use futures_util::future::{BoxFuture, try_join_all};
use market::kernel::message::{self, SmsSender};
use market::kernel::{Actor, Fault, Phone, Store};
use tokio::time::sleep;

use crate::config::{Config, Gateway};

/// How often it looks for messages.
const LOOK: Duration = Duration::from_millis(500);
/// A gateway that takes longer is asked again later.
const PATIENCE: Duration = Duration::from_secs(20);

/// The sender that the configuration names.
pub fn sender(config: &Config) -> Result<Arc<dyn SmsSender>, Fault> {
    Ok(match &config.sms {
        Some(gateway) => Arc::new(HttpSender::new(gateway.clone())?),
        None => Arc::new(LogSender {
            is_demo: config.demo,
        }),
    })
}

/// Sends what is due until the process ends; beside the worker, so that a slow gateway holds nothing else up.
pub async fn run(site: Site, sender: Arc<dyn SmsSender>) {
    loop {
        if let Err(fault) = deliver(&site.store, sender.as_ref(), site.shows_codes).await {
            tracing::error!("Sending messages failed: {}", app::trouble::causes(&fault));
        }
        sleep(LOOK).await;
    }
}

/// Sends what is due, all at once, through `sender`; answers how much that was. What a message said is forgotten
/// once it is sent, unless it `keeps` it for the pages of a demonstration. Nothing is sent inside a transaction.
pub async fn deliver(store: &Store, sender: &dyn SmsSender, keeps: bool) -> Result<usize, Fault> {
    let due =
        market::transact_sure!(store, &Actor::system(), work => Ok(message::claim(work).await?))?;
    let sent = due.iter().map(async |due| {
        let lang = lang::Lang::parse(&due.lang).unwrap_or_default();
        let text = lang::speaking(lang, || lang::message(&due.kind, &due.args));
        match sender.send(&due.to, &text).await {
            Ok(()) => message::sent(store, due.id, keeps).await,
            Err(reason) => {
                tracing::warn!(message.id = %due.id, "A message could not be sent: {reason}");
                message::failed(store, due.id, &reason).await
            }
        }
    });
    try_join_all(sent).await?;
    Ok(due.len())
}

/// Where no gateway is set: a demonstration notes that there is a message, not what it says, since codes do not
/// belong into a log; elsewhere it is a failure that staff can see.
struct LogSender {
    is_demo: bool,
}

impl SmsSender for LogSender {
    fn send<'a>(&'a self, to: &'a Phone, _text: &'a str) -> BoxFuture<'a, Result<(), String>> {
        async move {
            if !self.is_demo {
                return Err("no gateway is set (CAY_BEO_SMS_URL)".to_owned());
            }
            tracing::info!("A message to {} stays here: no gateway is set", to.masked());
            Ok(())
        }
        .boxed()
    }
}

/// Posts each message to a gateway's address, in the form that the gateway's manual asks for.
struct HttpSender {
    client: reqwest::Client,
    gateway: Gateway,
}

impl HttpSender {
    fn new(gateway: Gateway) -> Result<Self, Fault> {
        let client = reqwest::Client::builder()
            .timeout(PATIENCE)
            .build()
            .map_err(Fault::new)?;
        Ok(Self { client, gateway })
    }

    /// The body with number and text in their places, escaped as its form wants.
    fn body(&self, to: &Phone, text: &str) -> (String, &'static str) {
        let template = &self.gateway.body;
        if template.trim_start().starts_with('{') {
            let inner = |text: &str| {
                let quoted = serde_json::Value::from(text).to_string();
                quoted[1..quoted.len() - 1].to_owned()
            };
            let body = template
                .replace("{phone}", &inner(to.as_str()))
                .replace("{text}", &inner(text));
            (body, "application/json")
        } else {
            let inner = |text: &str| {
                let pair = serde_urlencoded::to_string([("", text)]).unwrap_or_default();
                pair.trim_start_matches('=').to_owned()
            };
            let body = template
                .replace("{phone}", &inner(to.as_str()))
                .replace("{text}", &inner(text));
            (body, "application/x-www-form-urlencoded")
        }
    }
}

impl SmsSender for HttpSender {
    fn send<'a>(&'a self, to: &'a Phone, text: &'a str) -> BoxFuture<'a, Result<(), String>> {
        async move {
            let (body, kind) = self.body(to, text);
            let mut request = self
                .client
                .post(&self.gateway.url)
                .header("content-type", kind)
                .body(body);
            if let Some((name, value)) = &self.gateway.header {
                request = request.header(name, value);
            }
            let answer = request
                .send()
                .await
                .map_err(|error| error.without_url().to_string())?;
            if answer.status().is_success() {
                Ok(())
            } else {
                Err(format!("the gateway answered {}", answer.status()))
            }
        }
        .boxed()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(template: &str) -> (String, &'static str) {
        let gateway = Gateway {
            url: "http://127.0.0.1:9".to_owned(),
            body: template.to_owned(),
            header: None,
        };
        let sender = HttpSender::new(gateway).expect("a client");
        sender.body(
            &Phone::parse("0912345678").expect("a number"),
            "Mã \"1\" & 2",
        )
    }

    #[test]
    fn a_gateway_gets_what_its_manual_asks_for() {
        assert_eq!(
            body(r#"{"to":"{phone}","text":"{text}"}"#),
            (
                r#"{"to":"+84912345678","text":"Mã \"1\" & 2"}"#.to_owned(),
                "application/json"
            )
        );
        assert_eq!(
            body("u=me&to={phone}&msg={text}"),
            (
                "u=me&to=%2B84912345678&msg=M%C3%A3+%221%22+%26+2".to_owned(),
                "application/x-www-form-urlencoded"
            )
        );
    }
}
