//! Reading how parts come to their buyers.
use sqlx::{PgExecutor, PgPool};
use time::Date;
use uuid::Uuid;

use crate::kernel::error::broken_row;
use crate::kernel::{Fault, HarvestId, OrderId, Phone, PickupPointId, SellerId};
use crate::orders::{PartWay, PlacedWay, WayBrief};
use crate::shipping::{Basis, Choice, Keeper, Place, WayKind, Zone};

/// Of all parts of an order; parts that are older than what is kept have none.
pub(super) async fn of_order(db: &PgPool, order: Uuid) -> Result<Vec<(Uuid, PartWay)>, Fault> {
    let rows = sqlx::query!(
        "select seller_order_id as part, way, basis, zone, grams, day, point_id, place_name, place_address, place_hours, place_note,
             keeper_name, keeper_phone, pool, pooled_with
         from order_ways
         where seller_order_id in (select id from seller_orders where order_id = $1)",
        order,
    )
    .fetch_all(db)
    .await?;
    rows.into_iter()
        .map(|row| {
            let broken = |column: &str| broken_row("order_ways", column, row.part);
            let keeper = match (row.keeper_name, row.keeper_phone) {
                (Some(name), Some(phone)) => Some(Keeper {
                    name,
                    phone: Phone::parse(&phone).map_err(|_| broken("keeper_phone"))?,
                }),
                _ => None,
            };
            let place = row.place_address.map(|address| Place {
                name: row.place_name.unwrap_or_default(),
                address,
                hours: row.place_hours.unwrap_or_default(),
                note: row.place_note.unwrap_or_default(),
                keeper,
            });
            let way = PartWay {
                kind: WayKind::parse(&row.way).ok_or_else(|| broken("way"))?,
                basis: Basis::parse(&row.basis).ok_or_else(|| broken("basis"))?,
                zone: Some(Zone::parse(&row.zone).ok_or_else(|| broken("zone"))?),
                grams: Some(row.grams),
                day: row.day,
                point: row.point_id.map(PickupPointId),
                place,
                pool: row.pool,
                pooled_with: row.pooled_with,
            };
            Ok((row.part, way))
        })
        .collect()
}

/// The ways that the parts of an order were placed with.
pub(in crate::orders) async fn placed_with(
    db: impl PgExecutor<'_>,
    order: OrderId,
) -> Result<Vec<PlacedWay>, Fault> {
    let rows = sqlx::query!(
        r#"select part.seller_id, part.harvest_id, way.way as "way?", way.day, way.point_id
           from seller_orders as part left join order_ways as way on way.seller_order_id = part.id
           where part.order_id = $1 and part.split_from is null"#,
        order.0,
    )
    .fetch_all(db)
    .await?;
    rows.into_iter()
        .map(|row| {
            let broken = || broken_row("order_ways", "way", order);
            let kind = match row.way {
                Some(way) => WayKind::parse(&way).ok_or_else(broken)?,
                None => WayKind::Carrier,
            };
            Ok(PlacedWay {
                seller: SellerId(row.seller_id),
                harvest: row.harvest_id.map(HarvestId),
                choice: match kind {
                    WayKind::Carrier => Choice::Carrier,
                    WayKind::Own => Choice::Own(row.day),
                    WayKind::Farm => Choice::Farm,
                    WayKind::Point => {
                        Choice::Point(PickupPointId(row.point_id.ok_or_else(broken)?))
                    }
                },
            })
        })
        .collect()
}

/// The way as a list shows it, from its columns; parts that are older than what is kept went by carrier.
pub(super) fn brief(way: Option<&str>, day: Option<Date>, place: Option<String>) -> WayBrief {
    WayBrief {
        kind: way.and_then(WayKind::parse).unwrap_or(WayKind::Carrier),
        day,
        place,
    }
}
