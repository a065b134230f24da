//! Giao Hàng Nhanh (GHN), as its public documentation has it (api.ghn.vn/home/docs, read November 2026): JSON over
//! POST, headers `Token` and `ShopId`, answers `{code, message, data}`.
use std::time::Duration;

use aws_lc_rs::constant_time::verify_slices_are_equal;
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use serde::Deserialize;
use serde_json::{Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::CarrierLimits;
use super::carrier::{Booked, Carrier, Consignment, Meaning, NotTaken, Notice, Quote, Trouble};
use crate::kernel::{Fault, Phone, Vnd};

/// A request that takes longer has failed and is made again.
const PATIENCE: Duration = Duration::from_secs(15);
/// Below the gateway's address.
const API: &str = "/shiip/public-api/v2";
/// What GHN insures at most.
const MOST_INSURED: i64 = 5_000_000;

/// What the service for light goods takes, of which an order is one box (docs: `service_type_id` 2).
const LIGHT: CarrierLimits = CarrierLimits {
    grams: 20_000,
    boxes: 1,
};
/// GHN's word for an order that is off its list.
const CANCELLED: &str = "cancel";

/// How to reach GHN.
#[derive(Clone)]
pub struct GhnSettings {
    /// `https://online-gateway.ghn.vn`.
    pub url: String,
    /// The header `Token`.
    pub token: String,
    /// The header `ShopId`.
    pub shop_id: i64,
    /// What GHN posts to us carries this in its address, which is all that GHN can be told to send along.
    pub secret: String,
}

/// GHN as a [`Carrier`].
pub struct Ghn {
    client: reqwest::Client,
    settings: GhnSettings,
}

impl Ghn {
    /// Talks to the gateway that the settings name.
    pub fn new(settings: GhnSettings) -> Result<Self, Fault> {
        let client = reqwest::Client::builder()
            .timeout(PATIENCE)
            .build()
            .map_err(Fault::new)?;
        Ok(Self { client, settings })
    }

    /// Posts to a path of the gateway; its `data`, where it says yes.
    async fn ask(&self, path: &str, body: &Value) -> Result<Value, Trouble> {
        let later = |error: reqwest::Error| Trouble::Later(error.without_url().to_string());
        let answer = self
            .client
            .post(format!("{}{API}{path}", self.settings.url))
            .header("Token", &self.settings.token)
            .header("ShopId", self.settings.shop_id.to_string())
            .header("content-type", "application/json")
            .body(body.to_string())
            .send()
            .await
            .map_err(later)?;
        let status = answer.status();
        let text = answer.text().await.map_err(later)?;
        let said: Option<Said> = serde_json::from_str(&text).ok();
        match said {
            Some(said) if status.is_success() && said.code == 200 => Ok(said.data),
            // What is wrong with the parcel GHN answers with 400; all else may pass.
            Some(said) if status.as_u16() == 400 => Err(Trouble::No(said.message)),
            _ => Err(Trouble::Later(format!("GHN answered {status}"))),
        }
    }

    /// The order that GHN has under our code, `null` where it has none (docs: `detail-by-client-code`).
    async fn detail(&self, code: &str) -> Result<Value, Trouble> {
        let body = json!({ "client_order_code": code });
        match self
            .ask("/shipping-order/detail-by-client-code", &body)
            .await
        {
            Ok(Value::Array(orders)) => Ok(orders.into_iter().next().unwrap_or(Value::Null)),
            Ok(order) => Ok(order),
            Err(Trouble::No(_)) => Ok(Value::Null),
            Err(trouble) => Err(trouble),
        }
    }

    /// Takes an order off GHN's list by GHN's own code.
    async fn call_off(&self, tracking_code: &str) -> Result<(), Trouble> {
        let body = json!({ "order_codes": [tracking_code] });
        let data = self.ask("/switch-status/cancel", &body).await?;
        let one = &data[0];
        if one["result"].as_bool() == Some(true) {
            Ok(())
        } else {
            let message = one["message"].as_str().unwrap_or("GHN did not say why");
            Err(Trouble::No(message.to_owned()))
        }
    }
}

/// What every answer has.
#[derive(Deserialize)]
struct Said {
    code: i64,
    #[serde(default)]
    message: String,
    #[serde(default)]
    data: Value,
}

/// `order_code`, `total_fee` (a number, in older answers a text) and `expected_delivery_time` of an order.
fn booked(data: &Value) -> Option<Booked> {
    let tracking_code = data["order_code"]
        .as_str()
        .filter(|code| !code.is_empty())?;
    Some(Booked {
        tracking_code: tracking_code.chars().take(60).collect(),
        fee: fee(data),
        expected_at: instant(&data["expected_delivery_time"]),
    })
}

fn fee(data: &Value) -> Option<Vnd> {
    let fee = &data["total_fee"];
    let amount = fee
        .as_i64()
        .or_else(|| fee.as_str().and_then(|text| text.parse().ok()));
    amount.filter(|amount| *amount >= 0).map(Vnd)
}

fn instant(value: &Value) -> Option<OffsetDateTime> {
    OffsetDateTime::parse(value.as_str()?, &Rfc3339).ok()
}

/// The body of `create` and `preview`, with names of places instead of GHN's own numbers (docs: id 123, id 81).
fn order(parcel: &Consignment) -> Value {
    let mut body = json!({
        // The shop pays GHN; what the buyer pays for delivery is in the order's total.
        "payment_type_id": 1,
        // The buyer may look into the box, and not try what is in it.
        "required_note": "CHOXEMHANGKHONGTHU",
        "client_order_code": parcel.code,
        "cod_amount": parcel.cod.0,
        "insurance_value": parcel.value.0.min(MOST_INSURED),
        "content": parcel.content.chars().take(2_000).collect::<String>(),
        "weight": parcel.weight_grams,
        // Light goods.
        "service_type_id": 2,
        "items": [{ "name": parcel.content, "quantity": 1, "weight": parcel.weight_grams }],
    });
    for (side, end) in [
        ("from", &parcel.from),
        ("return", &parcel.from),
        ("to", &parcel.to),
    ] {
        for (field, value) in [
            ("name", end.name.as_str()),
            ("phone", &national(&end.phone)),
            ("address", &end.street),
            ("ward_name", &end.commune),
            ("district_name", &end.former_district),
            ("province_name", &end.province),
        ] {
            body[format!("{side}_{field}")] = Value::from(value);
        }
    }
    body
}

/// `0912345678`: GHN knows no country code.
fn national(phone: &Phone) -> String {
    phone.as_str().replacen("+84", "0", 1)
}

impl Carrier for Ghn {
    fn name(&self) -> &'static str {
        "GHN"
    }

    fn limits(&self) -> CarrierLimits {
        LIGHT
    }

    fn quote<'a>(&'a self, parcel: &'a Consignment) -> BoxFuture<'a, Result<Quote, Trouble>> {
        async move {
            let data = self.ask("/shipping-order/preview", &order(parcel)).await?;
            let fee = fee(&data).ok_or_else(|| Trouble::Later("GHN named no fee".to_owned()))?;
            let expected_at = instant(&data["expected_delivery_time"]);
            Ok(Quote { fee, expected_at })
        }
        .boxed()
    }

    fn create<'a>(
        &'a self,
        parcel: &'a Consignment,
        again: bool,
    ) -> BoxFuture<'a, Result<Booked, Trouble>> {
        async move {
            if again && let Some(booked) = booked(&self.detail(&parcel.code).await?) {
                return Ok(booked);
            }
            let data = self.ask("/shipping-order/create", &order(parcel)).await?;
            booked(&data).ok_or_else(|| Trouble::Later("GHN named no order".to_owned()))
        }
        .boxed()
    }

    fn cancel<'a>(
        &'a self,
        code: &'a str,
        tracking_code: &'a str,
    ) -> BoxFuture<'a, Result<(), Trouble>> {
        async move {
            let tracking_code = if tracking_code.is_empty() {
                match booked(&self.detail(code).await?) {
                    Some(booked) => booked.tracking_code,
                    None => return Ok(()),
                }
            } else {
                tracking_code.to_owned()
            };
            match self.call_off(&tracking_code).await {
                // It can't be called off where it is called off already: by us, when the answer was lost, or by GHN.
                Err(Trouble::No(reason)) => {
                    let order = self.detail(code).await?;
                    if order.is_null() || order["status"] == CANCELLED {
                        Ok(())
                    } else {
                        Err(Trouble::No(reason))
                    }
                }
                outcome => outcome,
            }
        }
        .boxed()
    }

    fn read(&self, secret: &str, body: &[u8]) -> Result<Option<Notice>, NotTaken> {
        let own = self.settings.secret.as_bytes();
        verify_slices_are_equal(own, secret.as_bytes()).map_err(|_| NotTaken::NotProven)?;
        let told: Told = serde_json::from_slice(body).map_err(|_| NotTaken::Unreadable)?;
        // A changed weight, fee or amount says nothing about where a parcel is.
        if !matches!(
            told.kind.to_lowercase().as_str(),
            "create" | "switch_status"
        ) {
            return Ok(None);
        }
        let at = OffsetDateTime::parse(&told.time, &Rfc3339).map_err(|_| NotTaken::Unreadable)?;
        let short = |text: String| text.chars().take(200).collect::<String>();
        Ok(Some(Notice {
            code: told.client_order_code,
            tracking_code: told.order_code,
            meaning: meaning(&told.status),
            status: short(told.status),
            at,
            reason: short(told.reason),
        }))
    }
}

/// What GHN posts (docs: id 47); fields that are not read are left out.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Told {
    #[serde(rename = "Type", default)]
    kind: String,
    #[serde(default)]
    client_order_code: String,
    order_code: String,
    status: String,
    time: String,
    #[serde(default)]
    reason: String,
}

/// GHN's words for where an order is. `damage` and `exception` are for people to look at, like words that are new.
fn meaning(status: &str) -> Meaning {
    match status {
        "ready_to_pick" | "picking" | "money_collect_picking" => Meaning::Nothing,
        CANCELLED => Meaning::Dropped,
        "picked" => Meaning::PickedUp,
        "storing" | "transporting" | "sorting" => Meaning::Travels,
        "delivering" | "money_collect_delivering" => Meaning::AtTheDoor,
        // From where it waits it may still be brought once more.
        "delivery_fail" | "waiting_to_return" => Meaning::NotTaken,
        "delivered" => Meaning::Delivered,
        "return" | "return_transporting" | "return_sorting" | "returning" | "return_fail" => {
            Meaning::GoesBack
        }
        "returned" => Meaning::Returned,
        "lost" => Meaning::Lost,
        _ => Meaning::Unknown,
    }
}
