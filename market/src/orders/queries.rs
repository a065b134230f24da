//! Reading orders: a fixed number of queries whatever they hold.
mod board;
mod delivery;
mod lots;
mod messages;
mod own;
mod paper;
mod substitutes;
mod ways;

use sqlx::{PgExecutor, PgPool};
use time::{Date, OffsetDateTime};
use uuid::Uuid;

use super::{
    Collector, Contact, Entry, Gift, HistoryEntry, Invoice, Order, OrderLine, OrderState,
    PaymentMethod, PaymentOfPart, PaymentStatus, PlacedWay, Promise, SellerOrder,
};
use crate::catalog::Days;
use crate::kernel::error::broken_row;
use crate::kernel::{
    Actor, CommuneId, Fault, HarvestId, OrderCode, OrderId, OrderLineId, PersonId, Phone,
    ProductId, Quantity, Right, SellerId, SellerOrderId, VariantId, Vnd,
};
use crate::shipping::Wish;

pub use board::{board, counts};
pub use delivery::of_harvest;
pub(super) use lots::buyers_of_lot;
pub use lots::journey;
pub use messages::unread;
pub use own::{OwnOrder, addresses, own, own_addresses};
pub use paper::{Call, call_list};
pub(super) use ways::placed_with;

/// The order that a code and its token open.
pub async fn by_code(db: &PgPool, code: &OrderCode, token: &str) -> Result<Option<Order>, Fault> {
    let id = sqlx::query_scalar!(
        "select id from orders where code = $1 and access_token = $2",
        code.as_str(),
        token
    )
    .fetch_optional(db)
    .await?;
    match id {
        Some(id) => load(db, id, None).await,
        None => Ok(None),
    }
}

/// The token that opens an order, for who knows its code and the telephone number of who receives or who gives it.
pub(super) async fn token_for(
    db: &PgPool,
    code: &OrderCode,
    phone: &Phone,
) -> Result<Option<String>, Fault> {
    Ok(sqlx::query_scalar!(
        "select access_token from orders where code = $1 and $2 in (contact_phone, buyer_phone)",
        code.as_str(),
        phone.as_str()
    )
    .fetch_optional(db)
    .await?)
}

/// Code and token of the order that the form with that key made.
pub async fn by_key(db: &PgPool, key: Uuid) -> Result<Option<MadeOrder>, Fault> {
    let row = sqlx::query!(
        "select orders.id, orders.code, access_token, contact_name, contact_phone, communes.code as commune_code, street, note,
             buyer_name, buyer_phone, gift_words, invoice_name, invoice_tax_code, invoice_address, invoice_email
         from orders join communes on communes.id = orders.commune_id
         where idempotency_key = $1",
        key
    )
    .fetch_optional(db)
    .await?;
    let Some(row) = row else {
        return Ok(None);
    };
    Ok(Some(MadeOrder {
        ways: placed_with(db, OrderId(row.id)).await?,
        code: OrderCode::parse(&row.code).map_err(|_| broken_row("orders", "code", row.id))?,
        token: row.access_token,
        name: row.contact_name,
        phone: contact_phone(row.contact_phone.as_deref(), row.id)?,
        commune_code: row.commune_code,
        street: row.street,
        note: row.note,
        gift: gift(row.id, row.buyer_name, row.buyer_phone, row.gift_words)?,
        invoice: invoice(
            row.invoice_name,
            row.invoice_tax_code,
            row.invoice_address,
            row.invoice_email,
        ),
    }))
}

/// Who gives an order, where it is a gift.
pub(super) fn gift(
    order: Uuid,
    name: Option<String>,
    phone: Option<String>,
    words: String,
) -> Result<Option<Gift>, Fault> {
    let (Some(buyer_name), Some(phone)) = (name, phone) else {
        return Ok(None);
    };
    let phone = Phone::parse(&phone).map_err(|_| broken_row("orders", "buyer_phone", order))?;
    Ok(Some(Gift {
        buyer_name,
        buyer_phone: phone,
        words,
    }))
}

/// What an invoice names, where one is wanted.
pub(super) fn invoice(
    name: Option<String>,
    tax_code: Option<String>,
    address: Option<String>,
    email: Option<String>,
) -> Option<Invoice> {
    Some(Invoice {
        name: name?,
        tax_code: tax_code?,
        address: address?,
        email,
    })
}

/// An order that a form has made, and what that form said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MadeOrder {
    /// How people name it.
    pub code: OrderCode,
    /// Opens it.
    pub token: String,
    name: String,
    phone: Option<Phone>,
    commune_code: String,
    street: String,
    note: String,
    gift: Option<Gift>,
    invoice: Option<Invoice>,
    ways: Vec<PlacedWay>,
}

impl MadeOrder {
    /// Whether it goes to the same person at the same place, by the ways that are wished, and says the same.
    #[must_use]
    pub fn is_for(&self, contact: &Contact, wishes: &[Wish]) -> bool {
        let by_the_same = self.ways.iter().all(|way| way.is_wished(wishes));
        by_the_same
            && self.name == contact.name
            && self.phone.as_ref() == Some(&contact.phone)
            && self.commune_code == contact.commune_code
            && self.street == contact.street
            && self.note == contact.note
            && self.gift == contact.gift
            && self.invoice == contact.invoice
    }
}

/// The order with that id; for who placed it a moment ago.
pub async fn by_id(db: &PgPool, id: OrderId) -> Result<Option<Order>, Fault> {
    load(db, id.0, None).await
}

/// One seller's part with what the seller must know of its order; other sellers' parts are left out.
pub async fn for_seller(
    db: &PgPool,
    part: SellerOrderId,
    actor: &Actor,
) -> Result<Option<Order>, Fault> {
    let row = sqlx::query!(
        "select order_id, seller_id from seller_orders where id = $1",
        part.0
    )
    .fetch_optional(db)
    .await?
    .filter(|row| actor.may(Right::Fulfil(SellerId(row.seller_id))));
    match row {
        Some(row) => load(db, row.order_id, Some(part)).await,
        None => Ok(None),
    }
}

/// `2 kg, 1 hộp`.
fn amounts(quantities: &[i64], units: &[String]) -> String {
    let amounts: Vec<String> = quantities
        .iter()
        .zip(units)
        .map(|(quantity, unit)| format!("{} {unit}", Quantity::from_thousandths(*quantity)))
        .collect();
    amounts.join(", ")
}

/// `None` where it is forgotten.
fn contact_phone(text: Option<&str>, order: Uuid) -> Result<Option<Phone>, Fault> {
    text.map(|text| Phone::parse(text).map_err(|_| broken_row("orders", "contact_phone", order)))
        .transpose()
}

/// What is kept of a person's own orders, as JSON for themselves.
pub async fn own_data(
    db: impl PgExecutor<'_>,
    person: PersonId,
) -> Result<serde_json::Value, Fault> {
    let data = sqlx::query_scalar!(
        r#"select coalesce(jsonb_agg(jsonb_build_object(
                'number', code, 'placed_at', placed_at, 'name', contact_name, 'phone', contact_phone,
                'street', street, 'commune', commune_name, 'province', province_name, 'note', note,
                'payment_method', payment_method, 'total_vnd', total_vnd,
                'giver', buyer_name, 'giver_phone', buyer_phone, 'gift_words', gift_words,
                'invoice', case when invoice_name is not null then jsonb_build_object(
                    'name', invoice_name, 'tax_code', invoice_tax_code, 'address', invoice_address, 'email', invoice_email) end,
                'delivery', (
                    select coalesce(jsonb_agg(jsonb_build_object(
                        'seller', part.seller_name, 'way', way.way, 'day', way.day, 'place', way.place_name, 'address', way.place_address)
                        order by part.position), '[]')
                    from seller_orders as part join order_ways as way on way.seller_order_id = part.id
                    where part.order_id = orders.id),
                'messages', (
                    select coalesce(jsonb_agg(jsonb_build_object('at', said.at, 'from_seller', said.from_seller, 'text', said.text)
                        order by said.at, said.id), '[]')
                    from seller_orders as part join order_messages as said on said.seller_order_id = part.id
                    where part.order_id = orders.id),
                'claims', (
                    select coalesce(jsonb_agg(jsonb_build_object('at', claims.opened_at, 'reason', claims.reason, 'text', claims.text, 'state', claims.state)
                        order by claims.opened_at, claims.id), '[]')
                    from seller_orders as part join claims on claims.seller_order_id = part.id
                    where part.order_id = orders.id),
                'lines', (
                    select coalesce(jsonb_agg(jsonb_build_object(
                        'seller', part.seller_name, 'state', part.state, 'name', line.name, 'variant', line.variant_name,
                        'quantity', line.quantity / 1000.0, 'ordered', line.ordered_quantity / 1000.0, 'unit', line.unit, 'line_vnd', line.line_vnd)
                        order by part.position, line.position), '[]')
                    from seller_orders as part join order_lines as line on line.seller_order_id = part.id
                    where part.order_id = orders.id))
            order by placed_at), '[]') as "data!"
        from orders where person_id = $1"#,
        person.0
    )
    .fetch_one(db)
    .await?;
    Ok(data)
}

async fn load(db: &PgPool, id: Uuid, only: Option<SellerOrderId>) -> Result<Option<Order>, Fault> {
    let Some(row) = sqlx::query!(
        "select id, code, access_token, contact_name, contact_phone, commune_id, commune_name, province_name, street, note,
             payment_method, items_vnd, shipping_vnd, total_vnd, placed_at, entry,
             buyer_name, buyer_phone, gift_words, invoice_name, invoice_tax_code, invoice_address, invoice_email
         from orders where id = $1",
        id,
    )
    .fetch_optional(db)
    .await?
    else {
        return Ok(None);
    };
    Ok(Some(Order {
        id: OrderId(row.id),
        code: OrderCode::parse(&row.code).map_err(|_| broken_row("orders", "code", row.id))?,
        entry: Entry::parse(&row.entry).ok_or_else(|| broken_row("orders", "entry", row.id))?,
        token: row.access_token,
        contact_name: row.contact_name,
        contact_phone: contact_phone(row.contact_phone.as_deref(), row.id)?,
        commune_id: CommuneId(row.commune_id),
        commune_name: row.commune_name,
        province_name: row.province_name,
        street: row.street,
        note: row.note,
        gift: gift(row.id, row.buyer_name, row.buyer_phone, row.gift_words)?,
        invoice: invoice(
            row.invoice_name,
            row.invoice_tax_code,
            row.invoice_address,
            row.invoice_email,
        ),
        payment_method: PaymentMethod::parse(&row.payment_method)
            .ok_or_else(|| broken_row("orders", "payment_method", row.id))?,
        items: Vnd(row.items_vnd),
        shipping: Vnd(row.shipping_vnd),
        total: Vnd(row.total_vnd),
        placed_at: row.placed_at,
        parts: parts(db, id, only).await?,
    }))
}

async fn parts(
    db: &PgPool,
    order: Uuid,
    only: Option<SellerOrderId>,
) -> Result<Vec<SellerOrder>, Fault> {
    let rows = sqlx::query!(
        r#"select
            part.id,
            part.seller_id,
            part.seller_name,
            part.state,
            part.items_vnd,
            part.shipping_vnd,
            part.total_vnd,
            part.confirm_by,
            sellers.slug as seller_slug,
            sellers.phone as "seller_phone!",
            payments.method as "method?",
            payments.status as "status?",
            payments.collector as "collector?",
            payments.amount_vnd as "amount_vnd?",
            payments.paid_vnd,
            payments.paid_at,
            payments.refunded_vnd as "refunded_vnd?",
            payments.taken_off_vnd as "taken_off_vnd?",
            part.split_from
        from seller_orders as part
        join sellers on sellers.id = part.seller_id
        left join payments on payments.seller_order_id = part.id
        where part.order_id = $1 and ($2::uuid is null or part.id = $2)
        order by part.position"#,
        order,
        only.map(|part| part.0),
    )
    .fetch_all(db)
    .await?;
    let mut lines = lines(db, order).await?;
    let mut history = history(db, order).await?;
    let mut questions = delivery::questions(db, order).await?;
    let mut messages = messages::messages(db, order).await?;
    let mut substitutes = substitutes::substitutes(db, order).await?;
    let mut ways = ways::of_order(db, order).await?;
    rows.into_iter()
        .map(|row| {
            Ok(SellerOrder {
                id: SellerOrderId(row.id),
                seller: SellerId(row.seller_id),
                seller_slug: row.seller_slug,
                seller_name: row.seller_name,
                seller_phone: Phone::parse(&row.seller_phone)
                    .map_err(|_| broken_row("sellers", "phone", row.seller_id))?,
                state: OrderState::parse(&row.state)
                    .ok_or_else(|| broken_row("seller_orders", "state", row.id))?,
                is_rest: row.split_from.is_some(),
                items: Vnd(row.items_vnd),
                shipping: Vnd(row.shipping_vnd),
                way: ways
                    .extract_if(.., |(part, _)| *part == row.id)
                    .map(|(_, way)| way)
                    .next()
                    .unwrap_or_default(),
                total: Vnd(row.total_vnd),
                confirm_by: row.confirm_by,
                lines: lines
                    .extract_if(.., |(part, _)| *part == row.id)
                    .map(|(_, line)| line)
                    .collect(),
                history: history
                    .extract_if(.., |(part, _)| *part == row.id)
                    .map(|(_, entry)| entry)
                    .collect(),
                questions: questions
                    .extract_if(.., |(part, _)| *part == row.id)
                    .map(|(_, question)| question)
                    .collect(),
                substitutes: substitutes
                    .extract_if(.., |(part, _)| *part == row.id)
                    .map(|(_, offer)| offer)
                    .collect(),
                messages: messages
                    .extract_if(.., |(part, _)| *part == row.id)
                    .map(|(_, message)| message)
                    .collect(),
                payment: match (row.method, row.status, row.collector) {
                    (Some(method), Some(status), Some(collector)) => Some(PaymentOfPart {
                        method: PaymentMethod::parse(&method)
                            .ok_or_else(|| broken_row("payments", "method", row.id))?,
                        status: PaymentStatus::parse(&status)
                            .ok_or_else(|| broken_row("payments", "status", row.id))?,
                        collector: Collector::parse(&collector)
                            .ok_or_else(|| broken_row("payments", "collector", row.id))?,
                        amount: Vnd(row.amount_vnd.unwrap_or_default()),
                        paid: row.paid_vnd.map(Vnd),
                        refunded: Vnd(row.refunded_vnd.unwrap_or_default()),
                        taken_off: Vnd(row.taken_off_vnd.unwrap_or_default()),
                        paid_at: row.paid_at,
                    }),
                    _ => None,
                },
            })
        })
        .collect()
}

/// Of all parts of an order: by one id, so that the database need not plan anew for each list of them.
async fn lines(db: &PgPool, order: Uuid) -> Result<Vec<(Uuid, OrderLine)>, Fault> {
    let rows = sqlx::query!(
        r#"select line.id, line.seller_order_id, line.product_id, line.variant_id, products.slug, line.name, line.variant_name, line.unit, line.unit_note,
             line.price_vnd, line.quantity, line.ordered_quantity, line.line_vnd, line.stars, line.harvest_id, line.promised_from, line.promised_to,
             (
                 select photo_variants.key
                 from product_photos
                 join photo_variants on photo_variants.photo_id = product_photos.photo_id
                 where product_photos.product_id = line.product_id and photo_variants.format = 'webp'
                 order by product_photos.position, photo_variants.width
                 limit 1
             ) as image_key,
             (
                 select case when bool_and(price_vnd is not null) then sum(round(price_vnd * quantity / 1000.0))::bigint end
                 from order_line_parts where line_id = line.id
             ) as parts_vnd
         from order_lines as line
         join products on products.id = line.product_id
         where line.seller_order_id in (select id from seller_orders where order_id = $1)
         order by line.seller_order_id, line.position"#,
        order,
    )
    .fetch_all(db)
    .await?;
    let mut lots = lots::of_order(db, order).await?;
    Ok(rows
        .into_iter()
        .map(|row| {
            let line = OrderLine {
                id: OrderLineId(row.id),
                product: ProductId(row.product_id),
                lots: lots
                    .extract_if(.., |(line, _)| *line == row.id)
                    .map(|(_, lot)| lot)
                    .collect(),
                variant: VariantId(row.variant_id),
                slug: row.slug,
                name: row.name,
                variant_name: row.variant_name,
                unit: row.unit,
                unit_note: row.unit_note,
                price: Vnd(row.price_vnd),
                quantity: Quantity::from_thousandths(row.quantity),
                ordered: row.ordered_quantity.map(Quantity::from_thousandths),
                line: Vnd(row.line_vnd),
                parts_price: row.parts_vnd.map(Vnd),
                stars: row.stars.and_then(|stars| u8::try_from(stars).ok()),
                image_key: row.image_key,
                promise: match (row.promised_from, row.promised_to) {
                    (Some(from), Some(to)) => Some(Promise {
                        days: Days { from, to },
                        harvest: row.harvest_id.map(HarvestId),
                    }),
                    _ => None,
                },
            };
            (row.seller_order_id, line)
        })
        .collect())
}

/// Of all parts of an order.
async fn history(db: &PgPool, order: Uuid) -> Result<Vec<(Uuid, HistoryEntry)>, Fault> {
    let rows = sqlx::query!(
        "select id, seller_order_id, at, to_state, actor_kind, reason from order_events
         where seller_order_id in (select id from seller_orders where order_id = $1) order by id",
        order,
    )
    .fetch_all(db)
    .await?;
    rows.into_iter()
        .map(|row| {
            let to = OrderState::parse(&row.to_state)
                .ok_or_else(|| broken_row("order_events", "to_state", row.id))?;
            Ok((
                row.seller_order_id,
                HistoryEntry {
                    at: row.at,
                    to,
                    actor_kind: row.actor_kind,
                    reason: row.reason,
                },
            ))
        })
        .collect()
}

/// What a seller's parts placed since `from` came to, without what was called off: parts and items.
pub async fn sold_since(
    db: &PgPool,
    seller: SellerId,
    from: OffsetDateTime,
) -> Result<(i64, Vnd), Fault> {
    let row = sqlx::query!(
        r#"select count(distinct order_id) as "count!", coalesce(sum(items_vnd), 0)::bigint as "items!"
           from seller_orders where seller_id = $1 and placed_at >= $2 and state <> 'cancelled'"#,
        seller.0,
        from,
    )
    .fetch_one(db)
    .await?;
    Ok((row.count, Vnd(row.items)))
}

/// Which products and which business days these orders touch: what search and reports make anew.
pub async fn touched(
    db: impl PgExecutor<'_>,
    orders: &[Uuid],
) -> Result<(Vec<ProductId>, Vec<Date>), Fault> {
    let rows = sqlx::query!(
        r#"select distinct touched.product_id as "product_id!", (part.placed_at at time zone 'Asia/Ho_Chi_Minh')::date as "day!"
           from seller_orders as part
           cross join lateral (
               select product_id from order_lines where seller_order_id = part.id
               union all
               select variants.product_id
               from order_line_draws as draw join variants on variants.id = draw.variant_id
               where draw.seller_order_id = part.id
               union all
               -- There may be fewer of the combos with the same part, too.
               select variants.product_id
               from order_line_draws as draw
               join combo_parts on combo_parts.part_id = draw.variant_id
               join variants on variants.id = combo_parts.combo_id
               where draw.seller_order_id = part.id
           ) as touched
           where part.order_id = any($1)"#,
        orders,
    )
    .fetch_all(db)
    .await?;
    let mut products: Vec<ProductId> = rows.iter().map(|row| ProductId(row.product_id)).collect();
    let mut days: Vec<Date> = rows.iter().map(|row| row.day).collect();
    products.sort_unstable();
    products.dedup();
    days.sort_unstable();
    days.dedup();
    Ok((products, days))
}

/// How many orders of a seller have reached their buyers.
pub async fn delivered(db: impl PgExecutor<'_>, seller: SellerId) -> Result<i64, Fault> {
    let count = sqlx::query_scalar!(
        r#"select count(distinct order_id) as "count!" from seller_orders where seller_id = $1 and state in ('delivered', 'completed')"#,
        seller.0,
    )
    .fetch_one(db)
    .await?;
    Ok(count)
}

/// One line of a seller's orders, as its owner takes them along.
#[derive(Clone, Debug)]
pub struct ExportedLine {
    /// The order's code.
    pub code: String,
    /// Placed then, UTC.
    pub placed_at: time::OffsetDateTime,
    /// Where the seller's part stands.
    pub state: String,
    /// Who receives it.
    pub contact_name: String,
    /// By telephone; empty once that is forgotten.
    pub contact_phone: String,
    /// Street, commune and province.
    pub address: String,
    /// The goods as sold.
    pub name: String,
    /// `Loại 1`.
    pub variant_name: String,
    /// How much.
    pub quantity: Quantity,
    /// Of what.
    pub unit: String,
    /// For one.
    pub price: Vnd,
    /// For the line.
    pub line: Vnd,
}

/// The lines of a seller's orders that were placed from and until before those instants, oldest first, `limit` of
/// them after the first `offset`.
pub async fn export_of_seller(
    db: impl PgExecutor<'_>,
    seller: SellerId,
    (from, until): (Option<OffsetDateTime>, Option<OffsetDateTime>),
    limit: i64,
    offset: i64,
) -> Result<Vec<ExportedLine>, Fault> {
    let rows = sqlx::query!(
        r#"select orders.code, seller_orders.placed_at, seller_orders.state, orders.contact_name, orders.contact_phone,
               concat_ws(', ', nullif(orders.street, ''), orders.commune_name, orders.province_name) as "address!",
               order_lines.name, order_lines.variant_name, order_lines.quantity, order_lines.unit,
               order_lines.price_vnd, order_lines.line_vnd
           from seller_orders
           join orders on orders.id = seller_orders.order_id
           join order_lines on order_lines.seller_order_id = seller_orders.id
           where seller_orders.seller_id = $1
               and ($4::timestamptz is null or seller_orders.placed_at >= $4)
               and ($5::timestamptz is null or seller_orders.placed_at < $5)
           order by seller_orders.placed_at, seller_orders.id, order_lines.position
           limit $2 offset $3"#,
        seller.0,
        limit,
        offset,
        from,
        until,
    )
    .fetch_all(db)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| ExportedLine {
            code: row.code,
            placed_at: row.placed_at,
            state: row.state,
            contact_name: row.contact_name,
            contact_phone: row.contact_phone.unwrap_or_default(),
            address: row.address,
            name: row.name,
            variant_name: row.variant_name,
            quantity: Quantity::from_thousandths(row.quantity),
            unit: row.unit,
            price: Vnd(row.price_vnd),
            line: Vnd(row.line_vnd),
        })
        .collect())
}

/// The number of the order with that code.
pub async fn id_of(db: impl PgExecutor<'_>, code: &OrderCode) -> Result<Option<OrderId>, Fault> {
    let id = sqlx::query_scalar!("select id from orders where code = $1", code.as_str())
        .fetch_optional(db)
        .await?;
    Ok(id.map(OrderId))
}

/// All that is kept of an order, as JSON: for who takes it out by law.
pub async fn exported(
    db: impl PgExecutor<'_>,
    id: OrderId,
) -> Result<Option<serde_json::Value>, Fault> {
    let data = sqlx::query_scalar!(
        r#"select jsonb_build_object(
                'number', code, 'placed_at', placed_at, 'channel', channel, 'name', contact_name, 'phone', contact_phone,
                'street', street, 'commune', commune_name, 'province', province_name, 'note', note, 'entry', entry,
                'giver', buyer_name, 'giver_phone', buyer_phone, 'gift_words', gift_words,
                'invoice_name', invoice_name, 'invoice_tax_code', invoice_tax_code, 'invoice_address', invoice_address, 'invoice_email', invoice_email,
                'payment_method', payment_method, 'items_vnd', items_vnd, 'shipping_vnd', shipping_vnd, 'total_vnd', total_vnd,
                'parts', (
                    select coalesce(jsonb_agg(jsonb_build_object(
                        'seller', part.seller_name, 'seller_address', sellers.slug, 'state', part.state,
                        'items_vnd', part.items_vnd, 'shipping_vnd', part.shipping_vnd, 'total_vnd', part.total_vnd,
                        'delivery', (select to_jsonb(kept.*) - 'seller_order_id' from order_ways as kept where kept.seller_order_id = part.id),
                        'lines', (
                            select jsonb_agg(jsonb_build_object(
                                'product', line.product_code, 'name', line.name, 'variant', line.variant_name,
                                'quantity', line.quantity / 1000.0, 'ordered', line.ordered_quantity / 1000.0, 'unit', line.unit,
                                'price_vnd', line.price_vnd, 'line_vnd', line.line_vnd)
                                order by line.position)
                            from order_lines as line where line.seller_order_id = part.id),
                        'payments', (
                            select coalesce(jsonb_agg(jsonb_build_object(
                                'method', payments.method, 'status', payments.status, 'collector', payments.collector,
                                'amount_vnd', payments.amount_vnd, 'paid_vnd', payments.paid_vnd, 'paid_at', payments.paid_at)), '[]')
                            from payments where payments.seller_order_id = part.id),
                        'messages', (
                            select coalesce(jsonb_agg(jsonb_build_object(
                                'at', said.at, 'from_seller', said.from_seller, 'text', said.text, 'read_at', said.read_at)
                                order by said.at, said.id), '[]')
                            from order_messages as said where said.seller_order_id = part.id),
                        'claims', (
                            select coalesce(jsonb_agg(jsonb_build_object(
                                'at', claims.opened_at, 'reason', claims.reason, 'text', claims.text, 'state', claims.state,
                                'history', (
                                    select jsonb_agg(jsonb_build_object(
                                        'at', happened.at, 'event', happened.event, 'by', happened.actor_kind, 'text', coalesce(words.text, ''), 'amount_vnd', happened.amount_vnd)
                                        order by happened.id)
                                    from claim_events as happened left join claim_words as words on words.event_id = happened.id
                                    where happened.claim_id = claims.id))
                                order by claims.opened_at, claims.id), '[]')
                            from claims where claims.seller_order_id = part.id),
                        'history', (
                            select coalesce(jsonb_agg(jsonb_build_object(
                                'at', happened.at, 'event', happened.event, 'to', happened.to_state, 'by', happened.actor_kind, 'reason', happened.reason)
                                order by happened.id), '[]')
                            from order_events as happened where happened.seller_order_id = part.id))
                        order by part.position), '[]')
                    from seller_orders as part join sellers on sellers.id = part.seller_id
                    where part.order_id = orders.id)) as "data!"
        from orders where id = $1"#,
        id.0
    )
    .fetch_optional(db)
    .await?;
    Ok(data)
}
