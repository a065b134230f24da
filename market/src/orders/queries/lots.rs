//! Lots of lines, buyers of lots, and the way of goods.
use sqlx::{PgExecutor, PgPool};
use uuid::Uuid;

use crate::kernel::error::broken_row;
use crate::kernel::{Fault, LotId, OrderCode, Quantity, SellerOrderId};
use crate::orders::{Journey, LotBuyer, LotOfLine, OrderState};
use crate::trace::{LotCode, LotState};

/// What the lines of an order consist of, by line.
pub(super) async fn of_order(db: &PgPool, order: Uuid) -> Result<Vec<(Uuid, LotOfLine)>, Fault> {
    let rows = sqlx::query!(
        r#"select line.id as line, lots.id as lot, lots.code, lots.made_on, lots.state, line_lots.quantity as "quantity!"
           from order_lines as line
           join line_lots on line_lots.line_id = line.id
           join lots on lots.id = line_lots.lot_id
           where line.seller_order_id in (select id from seller_orders where order_id = $1)
           order by line.id, lots.made_on, lots.id"#,
        order,
    )
    .fetch_all(db)
    .await?;
    rows.into_iter()
        .map(|row| {
            let of_line = LotOfLine {
                lot: LotId(row.lot),
                code: LotCode::parse(&row.code).map_err(|_| broken_row("lots", "code", row.lot))?,
                made_on: row.made_on,
                quantity: Quantity::from_thousandths(row.quantity),
                is_recalled: row.state == LotState::Recalled.as_str(),
            };
            Ok((row.line, of_line))
        })
        .collect()
}

/// Who has, or is to get, goods of a lot, by the day of the order; never an order that was called off before it left.
/// Whoever asks has asked for the right before.
pub(in crate::orders) async fn buyers_of_lot(
    db: impl PgExecutor<'_>,
    lot: LotId,
) -> Result<Vec<LotBuyer>, Fault> {
    let rows = sqlx::query!(
        r#"select part.id, orders.code, part.state, orders.contact_name, orders.contact_phone, part.placed_at,
               told.at as "told_at?",
               array_agg(line_lots.quantity order by line.position) as "quantities!",
               array_agg(line.unit order by line.position) as "units!"
           from line_lots
           join order_lines as line on line.id = line_lots.line_id
           join seller_orders as part on part.id = line.seller_order_id
           join orders on orders.id = part.order_id
           left join recall_messages as told on told.lot_id = $1 and told.order_id = orders.id
           where line_lots.lot_id = $1 and part.state <> 'cancelled'
           group by part.id, orders.id, told.at
           order by part.placed_at, part.id"#,
        lot.0,
    )
    .fetch_all(db)
    .await?;
    rows.into_iter()
        .map(|row| {
            let phone = super::contact_phone(row.contact_phone.as_deref(), row.id)?;
            Ok(LotBuyer {
                part: SellerOrderId(row.id),
                code: OrderCode::parse(&row.code)
                    .map_err(|_| broken_row("orders", "code", row.id))?,
                state: OrderState::parse(&row.state)
                    .ok_or_else(|| broken_row("seller_orders", "state", row.id))?,
                name: row.contact_name,
                phone: phone.map(|phone| phone.masked()),
                amount: super::amounts(&row.quantities, &row.units),
                placed_at: row.placed_at,
                told_at: row.told_at,
            })
        })
        .collect()
}

/// The days on which goods of a lot were packed, handed over and delivered.
pub async fn journey(db: impl PgExecutor<'_>, lot: LotId) -> Result<Journey, Fault> {
    let rows = sqlx::query!(
        r#"select happened.to_state as state,
               min((happened.at at time zone 'Asia/Ho_Chi_Minh')::date) as "first!",
               max((happened.at at time zone 'Asia/Ho_Chi_Minh')::date) as "last!"
           from order_events as happened
           where happened.to_state in ('packed', 'shipped', 'delivered')
               and happened.seller_order_id in (
                   select line.seller_order_id
                   from line_lots
                   join order_lines as line on line.id = line_lots.line_id
                   join seller_orders as part on part.id = line.seller_order_id
                   where line_lots.lot_id = $1 and part.state <> 'cancelled')
           group by happened.to_state"#,
        lot.0,
    )
    .fetch_all(db)
    .await?;
    let mut journey = Journey::default();
    for row in rows {
        let days = Some((row.first, row.last));
        match OrderState::parse(&row.state) {
            Some(OrderState::Packed) => journey.packed = days,
            Some(OrderState::Shipped) => journey.shipped = days,
            _ => journey.delivered = days,
        }
    }
    Ok(journey)
}
