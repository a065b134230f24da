//! Placing and following orders, and moving them on as their seller.
use app::site::Site;
use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use market::kernel::time::iso_day;
use market::kernel::{
    Failure, FieldErrors, OrderCode, PageRequest, Quantity, Right, SellerOrderId, VariantId,
};
use market::orders::{
    Checkout, CheckoutForm, Entry, Order, OrderEvent, OrdersRefusal, Party, SellerOrder, queries,
};
use market::parcels::{Parcel, commands, queries as parcels};
use market::payments::commands::check_out;
use market::shipping::Wish;
use serde::{Deserialize, Serialize};
use serde_json::Number;
use time::format_description::well_known::Rfc3339;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::caller::{Caller, Given, Object};
use super::catalog::{SellerOut, decimal};
use super::problem::{Problem, ShortVariant};
use super::ways::{self, NewWay, WayOut, way_out};

/// An order to be placed.
#[derive(Deserialize, ToSchema)]
pub struct NewOrder {
    /// Lines of the same variant are counted together.
    #[serde(default)]
    #[schema(required, value_type = Vec<NewLine>)]
    lines: Given<Vec<Given<Object<NewLine>>>>,
    #[serde(default)]
    #[schema(required, value_type = NewContact)]
    contact: Given<Object<NewContact>>,
    #[serde(default)]
    #[schema(required, value_type = NewAddress)]
    address: Given<Object<NewAddress>>,
    /// cod; vietqr and card where they are offered.
    #[serde(default)]
    #[schema(required, value_type = String)]
    payment_method: Given<String>,
    /// For the sellers.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    note: Given<String>,
    /// How each seller's goods come; of what nothing is said, as comes cheapest by itself, before parcels share a fee.
    #[serde(default)]
    #[schema(value_type = Option<Vec<NewWay>>)]
    ways: Given<Vec<Given<Object<NewWay>>>>,
    /// Vouchers are not offered yet: a text here is refused.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    voucher: Given<String>,
}

#[derive(Deserialize, ToSchema)]
struct NewLine {
    #[serde(default)]
    #[schema(required, value_type = String)]
    variant_id: Given<String>,
    /// In units, three decimals at most.
    #[serde(default)]
    #[schema(required, value_type = f64)]
    quantity: Given<Number>,
}

#[derive(Default, Deserialize, ToSchema)]
struct NewContact {
    #[serde(default)]
    #[schema(required, value_type = String)]
    name: Given<String>,
    /// Vietnamese, as people write it.
    #[serde(default)]
    #[schema(required, value_type = String)]
    phone: Given<String>,
}

#[derive(Default, Deserialize, ToSchema)]
struct NewAddress {
    /// 5 digits, of today's map; or of a former commune that became exactly one.
    #[serde(default)]
    #[schema(required, value_type = String)]
    commune_code: Given<String>,
    #[serde(default)]
    #[schema(required, value_type = String)]
    street: Given<String>,
}

impl NewOrder {
    /// With the ways that were understood, and what was wrong about them.
    fn checkout(
        self,
        key: Uuid,
        ways: Vec<Wish>,
        mut errors: FieldErrors,
    ) -> Result<Checkout, FieldErrors> {
        let lines = lines(self.lines, &mut errors);
        let contact = self
            .contact
            .read(&mut errors, "contact")
            .map_or_else(NewContact::default, |Object(contact)| contact);
        let address = self
            .address
            .read(&mut errors, "address")
            .map_or_else(NewAddress::default, |Object(address)| address);
        let mut text = |field: &str, given: Given<String>| given.text(&mut errors, field);
        let form = CheckoutForm {
            name: text("contact.name", contact.name),
            phone: text("contact.phone", contact.phone),
            commune_code: text("address.commune_code", address.commune_code),
            street: text("address.street", address.street),
            note: text("note", self.note),
            payment_method: text("payment_method", self.payment_method),
            ..CheckoutForm::default()
        };
        if !text("voucher", self.voucher).trim().is_empty() {
            errors.add("voucher", "unknown_voucher");
        }
        let contact = form.parse().map_err(at_their_fields);
        match contact {
            Ok(contact) if errors.is_empty() => Ok(Checkout {
                key,
                lines,
                contact,
                ways,
                seen_total: None,
                entry: Entry::Buyer,
                is_sample: false,
            }),
            Ok(_) => Err(errors),
            Err(more) => {
                errors.add_untold(more);
                Err(errors)
            }
        }
    }
}

fn lines(
    given: Given<Vec<Given<Object<NewLine>>>>,
    errors: &mut FieldErrors,
) -> Vec<(VariantId, Quantity)> {
    let Some(given) = given.required(errors, "lines") else {
        return Vec::new();
    };
    if given.is_empty() {
        errors.add("lines", "required");
    }
    let mut lines = Vec::with_capacity(given.len());
    for (index, line) in given.into_iter().enumerate() {
        let at = format!("lines.{index}");
        let Some(Object(line)) = line.required(errors, &at) else {
            continue;
        };
        let variant = variant(line.variant_id, errors, &format!("{at}.variant_id"));
        let quantity = quantity(line.quantity, errors, &format!("{at}.quantity"));
        if let (Some(variant), Some(quantity)) = (variant, quantity) {
            lines.push((variant, quantity));
        }
    }
    lines
}

fn variant(given: Given<String>, errors: &mut FieldErrors, field: &str) -> Option<VariantId> {
    let variant = given.required(errors, field)?.parse();
    variant.map_err(|_| errors.add(field, "id")).ok()
}

fn quantity(given: Given<Number>, errors: &mut FieldErrors, field: &str) -> Option<Quantity> {
    let number = given.required(errors, field)?;
    // Written without an exponent, however it was sent.
    let text = match number.as_i64() {
        Some(whole) => whole.to_string(),
        None => number.as_f64().unwrap_or_default().to_string(),
    }
    // In a comma nobody sees thousands.
    .replace('.', ",");
    Quantity::parse(&text)
        .map_err(|error| errors.add(field, error.code()))
        .ok()
}

/// The fields of a checkout under the names that the call gives them.
fn at_their_fields(mut errors: FieldErrors) -> FieldErrors {
    for error in &mut errors.0 {
        error.field = match error.field.as_str() {
            "name" | "phone" => format!("contact.{}", error.field),
            "commune_code" | "street" => format!("address.{}", error.field),
            _ => continue,
        };
    }
    errors
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
    delivery: WayOut,
    /// placed, confirmed, packed, shipped, delivered, completed, cancelled, returned.
    state: String,
    payment: Option<PaymentOut>,
    lines: Vec<LineOut>,
    events: Vec<EventOut>,
    /// Once it is packed.
    #[serde(skip_serializing_if = "Option::is_none")]
    parcel: Option<ParcelOut>,
}

/// What carries a part's goods to their buyer.
#[derive(Serialize, ToSchema)]
struct ParcelOut {
    /// On its label.
    code: String,
    /// made, handed_over, on_the_way, failed, second_try, returning, delivered, returned, lost, called_off.
    state: String,
    /// As packed.
    weight_grams: i32,
    boxes: i16,
    /// To be collected at the door.
    cod_vnd: i64,
    /// Who carries it; empty: the household itself.
    carrier: String,
    /// By which that carrier finds it; may be empty.
    tracking_code: String,
    events: Vec<ParcelEventOut>,
}

#[derive(Serialize, ToSchema)]
struct ParcelEventOut {
    /// RFC 3339, UTC.
    at: String,
    state: String,
    /// seller, collector, carrier.
    by: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    reason: String,
}

fn parcel_out(parcel: Parcel) -> ParcelOut {
    ParcelOut {
        code: parcel.code,
        state: parcel.state.as_str().to_owned(),
        weight_grams: parcel.weight_grams,
        boxes: parcel.boxes,
        cod_vnd: parcel.cod.0,
        carrier: parcel.carrier,
        tracking_code: parcel.tracking_code,
        events: parcel
            .events
            .into_iter()
            .map(|event| ParcelEventOut {
                at: event.at.format(&Rfc3339).unwrap_or_default(),
                state: event.to.as_str().to_owned(),
                by: event.teller,
                reason: event.reason,
            })
            .collect(),
    }
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
    /// What the unit held; of a combo, its parts.
    unit_note: String,
    quantity: f64,
    price_vnd: i64,
    line_vnd: i64,
    /// What the parts of one combo cost by themselves.
    #[serde(skip_serializing_if = "Option::is_none")]
    parts_vnd: Option<i64>,
    /// Made or delivered from that day, `2026-12-24`, of what was not there,
    #[serde(skip_serializing_if = "Option::is_none")]
    promised_from: Option<String>,
    /// to that day.
    #[serde(skip_serializing_if = "Option::is_none")]
    promised_to: Option<String>,
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

fn part(part: SellerOrder, parcels: &mut Vec<Parcel>) -> PartOut {
    let parcel = parcels.iter().position(|parcel| parcel.part == part.id);
    PartOut {
        parcel: parcel.map(|at| parcel_out(parcels.swap_remove(at))),
        id: part.id.to_string(),
        seller: SellerOut {
            slug: part.seller_slug,
            name: part.seller_name,
        },
        total_vnd: part.total.0,
        shipping_vnd: part.shipping.0,
        delivery: way_out(part.way),
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
                unit_note: line.unit_note,
                parts_vnd: line.parts_price.map(|sum| sum.0),
                quantity: decimal(line.quantity),
                price_vnd: line.price.0,
                line_vnd: line.line.0,
                promised_from: line.promise.map(|promise| iso_day(promise.days.from)),
                promised_to: line.promise.map(|promise| iso_day(promise.days.to)),
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

/// Places an order. The same `Idempotency-Key` with the same body again answers the same order; with another
/// body it is refused.
#[utoipa::path(
    post, path = "/orders", request_body = NewOrder,
    params(("Idempotency-Key" = Option<String>, Header, description = "Chosen by the caller, one for each order it means; 1 to 200 characters of ASCII")),
    responses((status = 201, body = PlacedOut), (status = 409, body = Problem), (status = 422, body = Problem), (status = 429, body = Problem)))]
pub async fn place(
    State(site): State<Site>,
    caller: Caller,
    body: Result<Json<Object<NewOrder>>, JsonRejection>,
) -> Result<Response, Problem> {
    // A guest has been counted already.
    if caller.actor.person.is_some() {
        caller.take(&site, &site.limits.checkout).await?;
    }
    let Json(Object(mut order)) =
        body.map_err(|rejection| Problem::json(&caller.headers, &rejection))?;
    let key = key(&site, &caller)?;
    let mut errors = FieldErrors::default();
    let ways = ways::read(&site, std::mem::take(&mut order.ways), &mut errors)
        .await
        .map_err(|fault| Problem::fault(&caller.headers, &fault))?;
    let checkout = &order
        .checkout(key, ways, errors)
        .map_err(|errors| Problem::refusal(&caller.headers, &OrdersRefusal::Invalid(errors)))?;
    let placed =
        market::transact!(site.store, &caller.actor, work => check_out(work, checkout).await)
            .map_err(|failure| {
                let failure = match failure {
                    Failure::Refused(OrdersRefusal::Invalid(errors)) => {
                        OrdersRefusal::Invalid(at_their_fields(errors)).into()
                    }
                    other => other,
                };
                refused(&caller.headers, &failure)
            })?;
    let order = queries::by_id(site.store.reader(), placed.id)
        .await
        .map_err(|fault| Problem::fault(&caller.headers, &fault))?
        .ok_or_else(|| Problem::not_found(&caller.headers))?;
    let answer = PlacedOut {
        number: placed.code.as_str().to_owned(),
        token: placed.token,
        total_vnd: order.total.0,
        seller_orders: parts_out(order, Vec::new()),
        redirect_url: None,
    };
    Ok((StatusCode::CREATED, Json(answer)).into_response())
}

/// The caller's own key, bound to who calls; a new one where there is none. Whoever knows an order's key is
/// shown the order, so what a caller may have chosen badly is hidden behind the installation's.
fn key(site: &Site, caller: &Caller) -> Result<Uuid, Problem> {
    let bytes: [u8; 16] = match caller.idempotency_key()? {
        Some(key) => {
            let person = caller
                .actor
                .person
                .map(|person| person.to_string())
                .unwrap_or_default();
            let text = format!("{person} {key}");
            let digest = site
                .store
                .key()
                .digest("orders.idempotency_key", text.as_bytes());
            std::array::from_fn(|index| digest[index])
        }
        None => rand::random(),
    };
    Ok(uuid::Builder::from_random_bytes(bytes).into_uuid())
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

fn parts_out(order: Order, mut parcels: Vec<Parcel>) -> Vec<PartOut> {
    let parts = order.parts.into_iter();
    parts.map(|found| part(found, &mut parcels)).collect()
}

fn order_out(order: Order, parcels: Vec<Parcel>) -> OrderOut {
    OrderOut {
        number: order.code.as_str().to_owned(),
        placed_at: order.placed_at.format(&Rfc3339).unwrap_or_default(),
        items_vnd: order.items.0,
        shipping_vnd: order.shipping.0,
        total_vnd: order.total.0,
        payment_method: order.payment_method.as_str().to_owned(),
        seller_orders: parts_out(order, parcels),
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
    let parcels = parcels::of_order(site.store.reader(), order.id)
        .await
        .map_err(|fault| Problem::fault(&caller.headers, &fault))?;
    Ok(Json(order_out(order, parcels)))
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
    /// Where its parcel is, once it is packed.
    #[serde(skip_serializing_if = "Option::is_none")]
    parcel: Option<ParcelOut>,
}

#[derive(Deserialize, IntoParams)]
pub struct BoardParams {
    /// From 1; a hundred parts each.
    page: Option<u32>,
}

/// The seller's parts: first what waits for a step, the oldest before the newer, then the rest, the newest first.
#[utoipa::path(get, path = "/seller/orders", security(("token" = [])), params(BoardParams), responses((status = 200, body = Vec<BoardOut>), (status = 401, body = Problem)))]
pub async fn seller_orders(
    State(site): State<Site>,
    caller: Caller,
    Query(params): Query<BoardParams>,
) -> Result<Json<Vec<BoardOut>>, Problem> {
    let seller = caller.desk(Right::Fulfil)?;
    let entries = queries::board(
        site.store.reader(),
        seller,
        &[],
        PageRequest::new(params.page, Some(100)),
    )
    .await
    .map_err(|fault| Problem::fault(&caller.headers, &fault))?;
    let parts: Vec<_> = entries.iter().map(|entry| entry.id).collect();
    let mut parcels = parcels::of_parts(site.store.reader(), &parts)
        .await
        .map_err(|fault| Problem::fault(&caller.headers, &fault))?;
    Ok(Json(
        entries
            .into_iter()
            .map(|entry| BoardOut {
                parcel: parcels
                    .iter()
                    .position(|parcel| parcel.part == entry.id)
                    .map(|at| parcel_out(parcels.swap_remove(at))),
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
pub struct StepBody {
    /// Of a cancellation or return.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    reason: Given<String>,
}

/// Moves a part on: confirm, pack, ship, deliver, cancel, return; `pay` when its money is in hand.
#[utoipa::path(
    post, path = "/seller/orders/{id}/{event}", security(("token" = [])), request_body = Option<StepBody>,
    params(("id" = String, Path), ("event" = String, Path)),
    responses((status = 200, body = PartOut), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub async fn advance(
    State(site): State<Site>,
    caller: Caller,
    Path((id, event)): Path<(String, String)>,
    body: Result<Option<Json<Object<StepBody>>>, JsonRejection>,
) -> Result<Json<PartOut>, Problem> {
    caller.desk(Right::Fulfil)?;
    let id: SellerOrderId = id
        .parse()
        .map_err(|_| Problem::not_found(&caller.headers))?;
    let body = body.map_err(|rejection| Problem::json(&caller.headers, &rejection))?;
    let step = body.map_or_else(StepBody::default, |Json(Object(step))| step);
    let mut errors = FieldErrors::default();
    let reason = step.reason.text(&mut errors, "reason");
    if !errors.is_empty() {
        return Err(Problem::refusal(
            &caller.headers,
            &OrdersRefusal::Invalid(errors),
        ));
    }
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
    let mut parcels = parcels::of_parts(site.store.reader(), &[id])
        .await
        .map_err(|fault| Problem::fault(&caller.headers, &fault))?;
    order
        .and_then(|order| order.parts.into_iter().next())
        .map(|found| Json(part(found, &mut parcels)))
        .ok_or_else(|| Problem::not_found(&caller.headers))
}
