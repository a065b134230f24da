//! Who hears of what, and how it is signed.
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use url::{Host, Url};
use uuid::Uuid;

use crate::kernel::{FieldError, FieldErrors, Refusal, RefusalKind, WebhookId};

/// Addresses of one account at most.
pub const MOST: i64 = 5;
/// The longest address, characters.
const LONGEST_URL: usize = 500;

/// What can be heard of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum WebhookTopic {
    /// A listing that anybody can see: its words, price or stock, or that it is no longer on sale.
    #[serde(rename = "product.changed")]
    Product,
    /// An order of the subscriber's own shop: placed, moved on, paid.
    #[serde(rename = "order.changed")]
    Order,
    /// Asked for by the subscriber, to try an address out.
    #[serde(rename = "ping")]
    Ping,
}

impl WebhookTopic {
    /// Those that can be subscribed to.
    pub const ALL: [Self; 2] = [Self::Product, Self::Order];

    /// As stored and as it is sent.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Product => "product.changed",
            Self::Order => "order.changed",
            Self::Ping => "ping",
        }
    }

    /// The reverse of [`Self::as_str`].
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Product, Self::Order, Self::Ping]
            .into_iter()
            .find(|topic| topic.as_str() == text)
    }
}

/// Where an address may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// HTTPS on the open internet.
    Public,
    /// Any address, also by HTTP: in an office's own network, and in tests.
    Any,
}

/// A subscription, as typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WebhookForm {
    /// Where it is sent.
    pub url: String,
    /// What is heard of.
    pub topics: Vec<String>,
}

impl WebhookForm {
    /// Understands what was typed.
    ///
    /// # Errors
    /// All that is wrong, field by field.
    pub fn parse(&self, reach: Reach) -> Result<(Url, Vec<WebhookTopic>), FieldErrors> {
        let mut errors = FieldErrors::default();
        let url = Url::parse(self.url.trim())
            .ok()
            .filter(|url| url.as_str().len() <= LONGEST_URL && is_allowed(url, reach));
        if self.url.trim().is_empty() {
            errors.add("url", "required");
        } else if url.is_none() {
            errors.add("url", "webhook_url");
        }
        let mut topics = Vec::new();
        for topic in &self.topics {
            match WebhookTopic::parse(topic).filter(|topic| WebhookTopic::ALL.contains(topic)) {
                Some(known) if !topics.contains(&known) => topics.push(known),
                Some(_) => {}
                None => errors.add_with("topics", "unknown", &[("value", topic.clone())]),
            }
        }
        if self.topics.is_empty() {
            errors.add("topics", "required");
        }
        match url {
            Some(url) if errors.is_empty() => Ok((url, topics)),
            _ => Err(errors),
        }
    }
}

fn is_allowed(url: &Url, reach: Reach) -> bool {
    let has_no_password = url.username().is_empty() && url.password().is_none();
    let is_reached = match (reach, url.scheme(), url.host()) {
        (Reach::Any, scheme, Some(_)) => matches!(scheme, "http" | "https"),
        (Reach::Public, "https", Some(Host::Ipv4(address))) => is_public(address.into()),
        (Reach::Public, "https", Some(Host::Ipv6(address))) => is_public(address.into()),
        (Reach::Public, "https", Some(Host::Domain(name))) => name.contains('.'),
        _ => false,
    };
    has_no_password && is_reached
}

/// Whether an address is on the open internet (IANA special-purpose registries): what is told must not reach the
/// operator's own machines.
#[must_use]
pub fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => match address.to_ipv4() {
            Some(embedded) => is_public_v4(embedded),
            None => is_public_v6(address),
        },
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, ..] = address.octets();
    !(address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_broadcast()
        || address.is_documentation()
        || address.is_multicast()
        || a == 0
        || a >= 240
        || (a == 100 && (64..128).contains(&b))
        || (a == 198 && (18..20).contains(&b))
        || (a == 192 && b == 0))
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    // 2000::/3 is what is given out; of it the documentation's and those that wrap another address are not.
    let [a, b, ..] = address.segments();
    (a & 0xe000) == 0x2000 && a != 0x2002 && !(a == 0x2001 && (b == 0x0db8 || b < 0x0200))
}

/// What proves where a message comes from: `v1,` and the HMAC-SHA256 of id, second and body (Standard Webhooks 1.0).
#[must_use]
pub fn signature(secret: &[u8], id: Uuid, at: OffsetDateTime, body: &str) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret);
    let signed = format!("{id}.{}.{body}", at.unix_timestamp());
    format!(
        "v1,{}",
        STANDARD.encode(hmac::sign(&key, signed.as_bytes()))
    )
}

/// A secret as its subscriber gets it, once.
#[must_use]
pub fn secret_text(secret: &[u8]) -> String {
    format!("whsec_{}", STANDARD.encode(secret))
}

/// An address that hears of what happens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Webhook {
    /// Identifier.
    pub id: WebhookId,
    /// Where it is sent.
    pub url: String,
    /// What is heard of.
    pub topics: Vec<WebhookTopic>,
    /// UTC.
    pub created_at: OffsetDateTime,
    /// Since then it has not answered, UTC.
    pub failing_since: Option<OffsetDateTime>,
    /// Since then nothing is sent any more, UTC.
    pub disabled_at: Option<OffsetDateTime>,
    /// The last that was to be sent, the newest first.
    pub deliveries: Vec<DeliveryNote>,
}

/// What became of something that was to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeliveryNote {
    /// As in the header `webhook-id`.
    pub id: Uuid,
    /// Of what.
    pub topic: WebhookTopic,
    /// UTC.
    pub happened_at: OffsetDateTime,
    /// Tries so far.
    pub attempts: i32,
    /// When it was answered, UTC.
    pub delivered_at: Option<OffsetDateTime>,
    /// When it was given up, UTC.
    pub given_up_at: Option<OffsetDateTime>,
    /// Why the last try failed.
    pub last_error: Option<String>,
}

/// Something to send, signed with its address's secret.
#[derive(Clone, Debug)]
pub struct Delivery {
    /// The same at every try, so that whoever gets it twice knows.
    pub id: Uuid,
    /// Where to.
    pub url: String,
    /// Of what.
    pub topic: WebhookTopic,
    /// UTC.
    pub happened_at: OffsetDateTime,
    /// What it is about, as the API has it.
    pub data: serde_json::Value,
    /// Signs it.
    pub secret: Vec<u8>,
}

/// Why a subscription is not made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WebhookRefusal {
    /// Fields that can't be right.
    #[error("invalid: {0}")]
    Invalid(FieldErrors),
    /// Nobody is signed in, or orders of a shop that the actor does not fulfil.
    #[error("not allowed")]
    NotAllowed,
    /// Five addresses are there already.
    #[error("five addresses at most")]
    TooMany,
    /// There is no such subscription, or it is someone else's.
    #[error("no such subscription")]
    NotFound,
}

impl WebhookRefusal {
    /// Every code, so that a test finds a message for each.
    pub const CODES: [&'static str; 4] = [
        "webhooks.invalid",
        "webhooks.not_allowed",
        "webhooks.too_many",
        "webhooks.not_found",
    ];
}

impl Refusal for WebhookRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::Invalid(_) => "webhooks.invalid",
            Self::NotAllowed => "webhooks.not_allowed",
            Self::TooMany => "webhooks.too_many",
            Self::NotFound => "webhooks.not_found",
        }
    }

    fn kind(&self) -> RefusalKind {
        match self {
            Self::Invalid(_) => RefusalKind::Invalid,
            Self::NotAllowed => RefusalKind::Forbidden,
            Self::TooMany => RefusalKind::Conflict,
            Self::NotFound => RefusalKind::NotFound,
        }
    }

    fn fields(&self) -> &[FieldError] {
        match self {
            Self::Invalid(errors) => &errors.0,
            _ => &[],
        }
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    #[test]
    fn it_is_signed_as_the_standard_says() {
        let secret = STANDARD
            .decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
            .expect("base64");
        let at = datetime!(2021-02-25 11:29:48 UTC);
        // As another implementation of HMAC has it.
        let expected = "v1,9mwpKtuAH+J9aHN2IO2nM/Je2Z3QhoPzSk8+beQLe60=";
        let body = r#"{"test": 2432232314}"#;
        assert_eq!(signature(&secret, Uuid::from_u128(7), at, body), expected);
        assert_ne!(signature(&secret, Uuid::from_u128(8), at, body), expected);
    }

    #[test]
    fn nothing_is_sent_into_the_operators_own_network() {
        for address in [
            "127.0.0.1",
            "10.1.2.3",
            "192.168.1.1",
            "172.16.0.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",
            "255.255.255.255",
            "224.0.0.1",
            "198.18.0.1",
            "192.0.2.1",
            "::1",
            "::",
            "fe80::1",
            "fd00::1",
            "::ffff:127.0.0.1",
            "2001:db8::1",
            "2002:7f00:1::",
            "ff02::1",
            "64:ff9b::7f00:1",
        ] {
            assert!(!is_public(address.parse().expect(address)), "{address}");
        }
        for address in ["1.1.1.1", "203.162.4.190", "2001:4860:4860::8888"] {
            assert!(is_public(address.parse().expect(address)), "{address}");
        }
    }

    #[test]
    fn an_address_is_https_and_public() {
        let parse = |url: &str, reach| {
            WebhookForm {
                url: url.to_owned(),
                topics: vec!["product.changed".to_owned()],
            }
            .parse(reach)
            .is_ok()
        };
        assert!(parse("https://htx.example/moi", Reach::Public));
        for url in [
            "",
            "htx.example",
            "http://htx.example/moi",
            "https://localhost/",
            "https://127.0.0.1/",
            "https://[::1]/",
            "https://0x7f.1/",
            "https://an:ma@htx.example/",
            "ftp://htx.example/",
        ] {
            assert!(!parse(url, Reach::Public), "{url}");
        }
        assert!(
            parse("http://127.0.0.1:9/x", Reach::Any) && !parse("file:///etc/passwd", Reach::Any)
        );
    }

    #[test]
    fn only_known_topics_are_heard_of() {
        let parse = |topics: &[&str]| {
            WebhookForm {
                url: "https://htx.example/".to_owned(),
                topics: topics.iter().map(|topic| (*topic).to_owned()).collect(),
            }
            .parse(Reach::Public)
            .map(|(_, topics)| topics.len())
            .map_err(|errors| errors.0[0].field.clone())
        };
        assert_eq!(
            parse(&["product.changed", "order.changed", "product.changed"]),
            Ok(2)
        );
        for topics in [&[][..], &["ping"], &["sales.changed"]] {
            assert_eq!(parse(topics), Err("topics".to_owned()), "{topics:?}");
        }
    }
}
