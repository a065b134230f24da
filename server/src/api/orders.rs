//! Placing and following orders, and moving them on as their seller.
use app::site::Site;
use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use market::kernel::{Failure, FieldErrors, OrderCode, Quantity, SellerOrderId, VariantId};
use market::orders::{
    Checkout, CheckoutForm, Order, OrderEvent, OrdersRefusal, Party, SellerOrder, queries,
};
use market::payments::commands;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use time::format_description::well_known::Rfc3339;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::caller::{Caller, text};
use super::catalog::{SellerOut, decimal};
use super::problem::{Problem, ShortVariant};

/// An order to be placed.
#[derive(Deserialize, ToSchema)]
pub struct NewOrder {
    #[serde(default)]
    lines: Vec<NewLine>,
    #[serde(default)]
    contact: NewContact,
    #[serde(default)]
    address: NewAddress,
    /// cod; vietqr and card where they are offered.
    #[serde(default)]
    payment_method: String,
    #[serde(default)]
    note: String,
    /// Vouchers are not offered yet: a text here is refused.
    #[serde(default)]
    voucher: Option<String>,
}

#[derive(Deserialize, ToSchema)]
struct NewLine {
    #[serde(default, deserialize_with = "text")]
    variant_id: String,
    /// In units; a decimal number or a text.
    #[serde(default, deserialize_with = "text")]
    #[schema(value_type = f64)]
    quantity: String,
}

#[derive(Default, Deserialize, ToSchema)]
#[serde(default)]
struct NewContact {
    name: String,
    phone: String,
}

#[derive(Default, Deserialize, ToSchema)]
#[serde(default)]
struct NewAddress {
    /// 5 digits, today's map.
    commune_code: String,
    street: String,
}

impl NewOrder {
    fn checkout(&self, key: Uuid) -> Result<Checkout, FieldErrors> {
        let mut errors = FieldErrors::default();
        let mut lines = Vec::new();
        for (index, line) in self.lines.iter().enumerate() {
            let variant = line.variant_id.parse::<VariantId>();
            if variant.is_err() {
                errors.add(&format!("lines.{index}.variant_id"), "id");
            }
            let quantity = Quantity::parse(&line.quantity);
            match quantity {
                Err(market::kernel::quantity::QuantityError::NotANumber) => {
                    errors.add(&format!("lines.{index}.quantity"), "number");
                }
                Err(market::kernel::quantity::QuantityError::OutOfRange) => {
                    errors.add(&format!("lines.{index}.quantity"), "range");
                }
                Ok(_) => {}
            }
            if let (Ok(variant), Ok(quantity)) = (variant, quantity) {
                lines.push((variant, quantity));
            }
        }
        if self.lines.is_empty() {
            errors.add("lines", "required");
        }
        if self
            .voucher
            .as_deref()
            .is_some_and(|voucher| !voucher.trim().is_empty())
        {
            errors.add("voucher", "unknown_voucher");
        }
        let form = CheckoutForm {
            name: self.contact.name.clone(),
            phone: self.contact.phone.clone(),
            commune_code: self.address.commune_code.clone(),
            street: self.address.street.clone(),
            note: self.note.clone(),
            payment_method: self.payment_method.clone(),
        };
        match form.parse() {
            Ok(contact) if errors.is_empty() => Ok(Checkout {
                key,
                lines,
                contact,
                seen_total: None,
                is_sample: false,
            }),
            Ok(_) => Err(errors),
            Err(more) => {
                errors.0.extend(more.0.into_iter().map(|mut error| {
                    error.field = match error.field.as_str() {
                        "name" | "phone" => format!("contact.{}", error.field),
                        "commune_code" | "street" => format!("address.{}", error.field),
                        other => other.to_owned(),
                    };
                    error
                }));
                Err(errors)
            }
        }
    }
}

/// A placed order, with what opens it.
#[derive(Serialize, ToSchema)]
pub struct PlacedOut {
    number: String,
    token: String,
    total_vnd: i64,
    seller_orders: Vec<PartOut>,
    /// Where the buyer pays, for methods that lead elsewhere.
    #[serde(skip_serializing_if = "Option::is_none")]
    redirect_url: Option<String>,
}

/// One seller's part.
#[derive(Serialize, ToSchema)]
pub struct PartOut {
    id: String,
    seller: SellerOut,
    total_vnd: i64,
    shipping_vnd: i64,
    /// placed, confirmed, packed, shipped, delivered, completed, cancelled, returned.
    state: String,
    payment: Option<PaymentOut>,
    lines: Vec<LineOut>,
    events: Vec<EventOut>,
}

#[derive(Serialize, ToSchema)]
struct PaymentOut {
    method: String,
    /// pending, paid, cancelled, refunded.
    status: String,
    /// seller, carrier, platform.
    collector: String,
}

#[derive(Serialize, ToSchema)]
struct LineOut {
    variant_id: String,
    name: String,
    variant_name: String,
    unit: String,
    quantity: f64,
    price_vnd: i64,
    line_vnd: i64,
}

#[derive(Serialize, ToSchema)]
struct EventOut {
    /// RFC 3339, UTC.
    at: String,
    state: String,
    by: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    reason: String,
}

fn part(part: SellerOrder) -> PartOut {
    PartOut {
        id: part.id.to_string(),
        seller: SellerOut {
            slug: part.seller_slug,
            name: part.seller_name,
        },
        total_vnd: part.total.0,
        shipping_vnd: part.shipping.0,
        state: part.state.as_str().to_owned(),
        payment: part.payment.map(|payment| PaymentOut {
            method: payment.method.as_str().to_owned(),
            status: payment.status.as_str().to_owned(),
            collector: payment.collector.as_str().to_owned(),
        }),
        lines: part
            .lines
            .into_iter()
            .map(|line| LineOut {
                variant_id: line.variant.to_string(),
                name: line.name,
                variant_name: line.variant_name,
                unit: line.unit,
                quantity: decimal(line.quantity),
                price_vnd: line.price.0,
                line_vnd: line.line.0,
            })
            .collect(),
        events: part
            .history
            .into_iter()
            .map(|entry| EventOut {
                at: entry.at.format(&Rfc3339).unwrap_or_default(),
                state: entry.to.as_str().to_owned(),
                by: entry.actor_kind,
                reason: entry.reason,
            })
            .collect(),
    }
}

/// Places an order. The same `Idempotency-Key` again answers the same order.
#[utoipa::path(
    post, path = "/orders", request_body = NewOrder,
    params(("Idempotency-Key" = Option<String>, Header, description = "Chosen by the caller, one for each order it means")),
    responses((status = 201, body = PlacedOut), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub async fn place(
    State(site): State<Site>,
    caller: Caller,
    body: Result<Json<NewOrder>, JsonRejection>,
) -> Result<Response, Problem> {
    let Json(order) = body.map_err(|rejection| Problem::body(&caller.headers, &rejection))?;
    let key = key(&caller);
    let checkout = order
        .checkout(key)
        .map_err(|errors| Problem::refusal(&caller.headers, &OrdersRefusal::Invalid(errors)))?;
    let checkout = &checkout;
    let placed = market::transact!(site.store, &caller.actor, work => commands::check_out(work, checkout).await)
        .map_err(|failure| refused(&caller.headers, &failure))?;
    let order = queries::by_id(site.store.reader(), placed.id)
        .await
        .map_err(|fault| Problem::fault(&caller.headers, &fault))?
        .ok_or_else(|| Problem::not_found(&caller.headers))?;
    let answer = PlacedOut {
        number: placed.code.as_str().to_owned(),
        token: placed.token,
        total_vnd: order.total.0,
        seller_orders: order.parts.into_iter().map(part).collect(),
        redirect_url: None,
    };
    Ok((StatusCode::CREATED, Json(answer)).into_response())
}

/// The caller's own key, bound to who calls; a new one where there is none.
fn key(caller: &Caller) -> Uuid {
    let bytes: [u8; 16] = match caller.idempotency_key() {
        Some(key) => {
            let person = caller
                .actor
                .person
                .map(|person| person.to_string())
                .unwrap_or_default();
            let digest = Sha256::digest(format!("{person} {key}"));
            std::array::from_fn(|index| digest[index])
        }
        None => rand::random(),
    };
    uuid::Builder::from_random_bytes(bytes).into_uuid()
}

fn refused(headers: &HeaderMap, failure: &Failure<OrdersRefusal>) -> Problem {
    let mut problem = Problem::failure(headers, failure);
    if let Failure::Refused(OrdersRefusal::OutOfStock(shortages)) = failure {
        problem.variants = shortages
            .iter()
            .map(|shortage| ShortVariant {
                variant_id: shortage.variant_id.to_string(),
                name: shortage.name.clone(),
                available: decimal(shortage.available),
            })
            .collect();
    }
    problem
}

/// An order as whoever holds its token sees it.
#[derive(Serialize, ToSchema)]
pub struct OrderOut {
    number: String,
    /// RFC 3339, UTC.
    placed_at: String,
    items_vnd: i64,
    shipping_vnd: i64,
    total_vnd: i64,
    payment_method: String,
    seller_orders: Vec<PartOut>,
}

fn order_out(order: Order) -> OrderOut {
    OrderOut {
        number: order.code.as_str().to_owned(),
        placed_at: order.placed_at.format(&Rfc3339).unwrap_or_default(),
        items_vnd: order.items.0,
        shipping_vnd: order.shipping.0,
        total_vnd: order.total.0,
        payment_method: order.payment_method.as_str().to_owned(),
        seller_orders: order.parts.into_iter().map(part).collect(),
    }
}

#[derive(Deserialize, IntoParams)]
pub struct TokenParam {
    /// As placing the order answered it.
    #[serde(default)]
    token: String,
}

/// An order, for whoever holds its token.
#[utoipa::path(get, path = "/orders/{number}", params(("number" = String, Path), TokenParam), responses((status = 200, body = OrderOut), (status = 404, body = Problem)))]
pub async fn order(
    State(site): State<Site>,
    caller: Caller,
    Path(number): Path<String>,
    Query(params): Query<TokenParam>,
) -> Result<Json<OrderOut>, Problem> {
    let code = OrderCode::parse(&number).map_err(|_| Problem::not_found(&caller.headers))?;
    let order = queries::by_code(site.store.reader(), &code, &params.token)
        .await
        .map_err(|fault| Problem::fault(&caller.headers, &fault))?
        .ok_or_else(|| Problem::not_found(&caller.headers))?;
    Ok(Json(order_out(order)))
}

/// A seller's part in a list.
#[derive(Serialize, ToSchema)]
pub struct BoardOut {
    id: String,
    number: String,
    state: String,
    total_vnd: i64,
    contact_name: String,
    commune_name: String,
    summary: String,
}

/// The seller's newest parts.
#[utoipa::path(get, path = "/seller/orders", security(("token" = [])), responses((status = 200, body = Vec<BoardOut>), (status = 401, body = Problem)))]
pub async fn seller_orders(
    State(site): State<Site>,
    caller: Caller,
) -> Result<Json<Vec<BoardOut>>, Problem> {
    let seller = caller.seller()?;
    let entries = queries::board(site.store.reader(), seller, &[], 200)
        .await
        .map_err(|fault| Problem::fault(&caller.headers, &fault))?;
    Ok(Json(
        entries
            .into_iter()
            .map(|entry| BoardOut {
                id: entry.id.to_string(),
                number: entry.code.as_str().to_owned(),
                state: entry.state.as_str().to_owned(),
                total_vnd: entry.total.0,
                contact_name: entry.contact_name,
                commune_name: entry.commune_name,
                summary: entry.summary,
            })
            .collect(),
    ))
}

/// What a step needs to know.
#[derive(Default, Deserialize, ToSchema)]
#[serde(default)]
pub struct StepBody {
    /// Of a cancellation or return.
    reason: String,
}

/// Moves a part on: confirm, pack, ship, deliver, cancel, return; `pay` when its money is in hand.
#[utoipa::path(
    post, path = "/seller/orders/{id}/{event}", security(("token" = [])), request_body = Option<StepBody>,
    params(("id" = String, Path), ("event" = String, Path)),
    responses((status = 200, body = PartOut), (status = 404, body = Problem), (status = 409, body = Problem)))]
pub async fn advance(
    State(site): State<Site>,
    caller: Caller,
    Path((id, event)): Path<(String, String)>,
    body: Option<Json<StepBody>>,
) -> Result<Json<PartOut>, Problem> {
    caller.seller()?;
    let id: SellerOrderId = id
        .parse()
        .map_err(|_| Problem::not_found(&caller.headers))?;
    let reason = body.map(|Json(body)| body.reason).unwrap_or_default();
    let reason = reason.as_str();
    let done = if event == "pay" {
        market::transact!(site.store, &caller.actor, work => commands::receive(work, id).await)
    } else {
        let event = OrderEvent::parse(&event).ok_or_else(|| Problem::not_found(&caller.headers))?;
        market::transact!(site.store, &caller.actor, work => commands::advance(work, id, event, Party::Seller, reason).await.map(|_| ()))
    };
    done.map_err(|failure| refused(&caller.headers, &failure))?;
    let order = queries::for_seller(site.store.reader(), id, &caller.actor)
        .await
        .map_err(|fault| Problem::fault(&caller.headers, &fault))?;
    order
        .and_then(|order| order.parts.into_iter().next())
        .map(|found| Json(part(found)))
        .ok_or_else(|| Problem::not_found(&caller.headers))
}
