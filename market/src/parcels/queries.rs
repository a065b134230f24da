//! Reading parcels: a fixed number of queries whatever they hold.
mod desk;
mod round;

use sqlx::{PgExecutor, PgPool};
use uuid::Uuid;

use super::carrier::End;
use super::{Booking, BookingState, Consignment, Parcel, ParcelEntry, ParcelState, UnreadNotice};
use crate::kernel::error::broken_row;
use crate::kernel::{Fault, OrderId, ParcelId, Phone, Quantity, SellerOrderId, Vnd};
use crate::shipping::WayKind;

pub use desk::{Puzzle, labels, listed, puzzles};
pub use round::round;

/// The parcels of an order's parts, in the order of the parts.
pub async fn of_order(db: &PgPool, order: OrderId) -> Result<Vec<Parcel>, Fault> {
    let parts = sqlx::query_scalar!(
        "select id from seller_orders where order_id = $1 order by position",
        order.0
    )
    .fetch_all(db)
    .await?;
    of_parts(
        db,
        &parts.into_iter().map(SellerOrderId).collect::<Vec<_>>(),
    )
    .await
}

/// The parcels of these parts, in the order of their codes.
pub async fn of_parts(db: &PgPool, parts: &[SellerOrderId]) -> Result<Vec<Parcel>, Fault> {
    let parts: Vec<Uuid> = parts.iter().map(|part| part.0).collect();
    let rows = sqlx::query!(
        r#"select parcels.id, parcels.seller_order_id, code, parcels.state, weight_grams, boxes, cod_vnd, carrier, tracking_code,
               coalesce(way.way, 'carrier') as "way!", booking.state as "booking_state?", booking.fee_vnd, booking.expected_at, booking.last_error
           from parcels
           left join carrier_bookings as booking on booking.parcel_id = parcels.id
           left join order_ways as way on way.seller_order_id = parcels.seller_order_id
           where parcels.seller_order_id = any($1)
           order by code"#,
        &parts
    )
    .fetch_all(db)
    .await?;
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    let mut events = events(db, &ids).await?;
    let mut unread = unread(db, &ids).await?;
    rows.into_iter()
        .map(|row| {
            Ok(Parcel {
                id: ParcelId(row.id),
                part: SellerOrderId(row.seller_order_id),
                way: way(&row.way, row.id)?,
                code: row.code,
                state: state(&row.state, row.id)?,
                weight_grams: row.weight_grams,
                boxes: row.boxes,
                cod: Vnd(row.cod_vnd),
                carrier: row.carrier,
                tracking_code: row.tracking_code,
                events: events
                    .extract_if(.., |(parcel, _)| *parcel == row.id)
                    .map(|(_, event)| event)
                    .collect(),
                booking: row
                    .booking_state
                    .map(|state| {
                        let state = BookingState::parse(&state)
                            .ok_or_else(|| broken_row("carrier_bookings", "state", row.id))?;
                        Ok::<_, Fault>(Booking {
                            state,
                            fee: row.fee_vnd.map(Vnd),
                            expected_at: row.expected_at,
                            error: row.last_error,
                        })
                    })
                    .transpose()?,
                unread: unread
                    .extract_if(.., |(parcel, _)| *parcel == row.id)
                    .map(|(_, notice)| notice)
                    .collect(),
            })
        })
        .collect()
}

pub(super) fn state(text: &str, parcel: Uuid) -> Result<ParcelState, Fault> {
    ParcelState::parse(text).ok_or_else(|| broken_row("parcels", "state", parcel))
}

pub(super) fn way(text: &str, parcel: Uuid) -> Result<WayKind, Fault> {
    WayKind::parse(text).ok_or_else(|| broken_row("order_ways", "way", parcel))
}

async fn events(db: &PgPool, parcels: &[Uuid]) -> Result<Vec<(Uuid, ParcelEntry)>, Fault> {
    let rows = sqlx::query!(
        r#"select parcel_id, at, to_state, teller, reason, nullif(people.name, '') as "name?"
           from parcel_events left join people on people.id = person_id
           where parcel_id = any($1)
           order by parcel_events.id"#,
        parcels
    )
    .fetch_all(db)
    .await?;
    rows.into_iter()
        .map(|row| {
            let entry = ParcelEntry {
                at: row.at,
                to: state(&row.to_state, row.parcel_id)?,
                teller: row.teller,
                name: row.name,
                reason: row.reason,
            };
            Ok((row.parcel_id, entry))
        })
        .collect()
}

async fn unread(db: &PgPool, parcels: &[Uuid]) -> Result<Vec<(Uuid, UnreadNotice)>, Fault> {
    let rows = sqlx::query!(
        "select parcel_id, status, carrier_notices.at, reason from carrier_notices
         where parcel_id = any($1) and effect = 'unknown'
             and not exists (select from carrier_notices_seen as seen where seen.notice_id = carrier_notices.id)
         order by id desc",
        parcels
    )
    .fetch_all(db)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| {
            let notice = UnreadNotice {
                status: row.status,
                at: row.at,
                reason: row.reason,
            };
            (row.parcel_id, notice)
        })
        .collect())
}

/// The parcel of a part, as a carrier gets it; `None` where it has none, or nobody knows any more whom it goes to.
pub async fn consignment(db: &PgPool, part: SellerOrderId) -> Result<Option<Consignment>, Fault> {
    let id = sqlx::query_scalar!("select id from parcels where seller_order_id = $1", part.0)
        .fetch_optional(db)
        .await?;
    let found = consignments(db, id.as_slice()).await?;
    found
        .into_iter()
        .next()
        .map(|(.., consignment)| consignment)
        .transpose()
}

/// Parcels as carriers get them, each with what its carrier calls it, and with a fault of its own where it can't be read.
pub(super) async fn consignments(
    db: impl PgExecutor<'_>,
    parcels: &[Uuid],
) -> Result<Vec<(ParcelId, String, Result<Consignment, Fault>)>, Fault> {
    let rows = sqlx::query!(
        r#"select parcels.id, parcels.code, parcels.weight_grams, parcels.cod_vnd, parcels.tracking_code, part.items_vnd,
               sellers.name as seller_name, sellers.phone as seller_phone,
               concat_ws(', ', nullif(sellers.street, ''), nullif(sellers.hamlet, '')) as "seller_street!",
               home.full_name as seller_commune, home.province_name as seller_province,
               orders.contact_name, orders.contact_phone as "contact_phone!", orders.street,
               orders.commune_name, orders.province_name,
               former_district(sellers.commune_id) as seller_district,
               former_district(orders.commune_id) as district,
               array(select line.quantity from order_lines as line where line.seller_order_id = part.id and line.quantity > 0 order by line.position) as "quantities!",
               array(select line.unit || ' ' || line.name from order_lines as line where line.seller_order_id = part.id and line.quantity > 0 order by line.position) as "names!"
           from parcels
           join seller_orders as part on part.id = parcels.seller_order_id
           join orders on orders.id = part.order_id
           join sellers on sellers.id = part.seller_id
           join communes as home on home.id = sellers.commune_id
           where parcels.id = any($1) and orders.contact_phone is not null"#,
        parcels
    )
    .fetch_all(db)
    .await?;
    let all = rows.into_iter().map(|row| {
        let phone =
            |text: &str, table| Phone::parse(text).map_err(|_| broken_row(table, "phone", row.id));
        let ends = phone(&row.seller_phone, "sellers")
            .and_then(|seller| Ok((seller, phone(&row.contact_phone, "orders")?)));
        let content: Vec<String> = row
            .quantities
            .iter()
            .zip(&row.names)
            .map(|(quantity, name)| format!("{} {name}", Quantity::from_thousandths(*quantity)))
            .collect();
        let consignment = ends.map(|(seller_phone, contact_phone)| Consignment {
            from: End {
                phone: seller_phone,
                name: row.seller_name,
                street: row.seller_street,
                commune: row.seller_commune,
                former_district: row.seller_district.unwrap_or_default(),
                province: row.seller_province,
            },
            to: End {
                phone: contact_phone,
                name: row.contact_name,
                street: row.street,
                commune: row.commune_name,
                former_district: row.district.unwrap_or_default(),
                province: row.province_name,
            },
            code: row.code,
            weight_grams: row.weight_grams,
            cod: Vnd(row.cod_vnd),
            value: Vnd(row.items_vnd),
            content: content.join(", "),
        });
        (ParcelId(row.id), row.tracking_code, consignment)
    });
    Ok(all.collect())
}
