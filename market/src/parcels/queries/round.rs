//! What a collector finds on the round.
use sqlx::PgPool;
use time::OffsetDateTime;

use super::state;
use crate::kernel::error::broken_row;
use crate::kernel::{Actor, Fault, ParcelId, Phone, Role};
use crate::parcels::{Stop, StopParcel};

/// The parcels of the hamlets in which the actor helps: those that are packed, go by carrier and are not to be fetched by
/// its own people, and those that the actor has taken along since `since`; by household, in the order of hamlets.
pub async fn round(db: &PgPool, actor: &Actor, since: OffsetDateTime) -> Result<Vec<Stop>, Fault> {
    if !actor.is(Role::Helper) {
        return Ok(Vec::new());
    }
    let communes: Vec<i32> = actor.helps.iter().map(|area| area.commune.0).collect();
    let hamlets: Vec<String> = actor.helps.iter().map(|area| area.hamlet.clone()).collect();
    let rows = sqlx::query!(
        r#"with shops as (
               select sellers.id from sellers
               where exists (
                   select from unnest($1::integer[], $2::text[]) as area (commune_id, hamlet)
                   where area.commune_id = sellers.commune_id
                       and lower(btrim(area.hamlet)) in ('', lower(btrim(sellers.hamlet))))
           ),
           -- Each arm has its index: what is open, and what was taken since.
           shown as (
               select parcels.id
               from parcels
               left join carrier_bookings as booking on booking.parcel_id = parcels.id
               left join order_ways as way on way.seller_order_id = parcels.seller_order_id
               where parcels.state = 'made' and coalesce(way.way, 'carrier') = 'carrier'
                   and (booking.state is null or booking.state in ('refused', 'left'))
               union
               select parcels.id
               from parcels join parcel_events as taken on taken.parcel_id = parcels.id
               where parcels.state = 'handed_over'
                   and taken.event = 'hand_over' and taken.teller = 'collector' and taken.person_id = $3
               union
               select parcels.id
               from parcel_events as taken join parcels on parcels.id = taken.parcel_id
               where taken.event = 'hand_over' and taken.at >= $4 and taken.teller = 'collector' and taken.person_id = $3
                   and parcels.state in ('on_the_way', 'failed', 'second_try', 'delivered')
           )
           select parcels.id, parcels.code, parcels.state, parcels.weight_grams, parcels.boxes, parcels.carrier,
               sellers.id as seller_id, sellers.name, sellers.phone,
               concat_ws(', ', nullif(sellers.street, ''), nullif(sellers.hamlet, ''), home.full_name) as "address!",
               orders.commune_name || ', ' || orders.province_name as "to!"
           from shown
           join parcels on parcels.id = shown.id
           join seller_orders as part on part.id = parcels.seller_order_id
           join shops on shops.id = part.seller_id
           join orders on orders.id = part.order_id
           join sellers on sellers.id = part.seller_id
           join communes as home on home.id = sellers.commune_id
           order by home.full_name, sellers.hamlet, sellers.name, sellers.id, parcels.code
           limit 500"#,
        &communes,
        &hamlets,
        actor.person.map(|person| person.0),
        since,
    )
    .fetch_all(db)
    .await?;
    let mut stops: Vec<(uuid::Uuid, Stop)> = Vec::new();
    for row in rows {
        let parcel = StopParcel {
            id: ParcelId(row.id),
            state: state(&row.state, row.id)?,
            code: row.code,
            weight_grams: row.weight_grams,
            boxes: row.boxes,
            carrier: row.carrier,
            to: row.to,
        };
        match stops.last_mut() {
            Some((seller, stop)) if *seller == row.seller_id => stop.parcels.push(parcel),
            _ => stops.push((
                row.seller_id,
                Stop {
                    phone: Phone::parse(&row.phone)
                        .map_err(|_| broken_row("sellers", "phone", row.seller_id))?,
                    name: row.name,
                    address: row.address,
                    parcels: vec![parcel],
                },
            )),
        }
    }
    Ok(stops.into_iter().map(|(_, stop)| stop).collect())
}
