//! What sellers offered instead of what ran out.
use sqlx::PgPool;
use uuid::Uuid;

use crate::kernel::error::broken_row;
use crate::kernel::{Fault, OrderLineId, Quantity, SubstituteId, Vnd};
use crate::orders::{Substitute, SubstituteState};

/// Of all parts of an order, by part, the oldest first.
pub(super) async fn substitutes(
    db: &PgPool,
    order: Uuid,
) -> Result<Vec<(Uuid, Substitute)>, Fault> {
    let rows = sqlx::query!(
        "select offer.id, line.seller_order_id, offer.order_line_id, line.name as instead_of, line.line_vnd as instead_of_vnd,
             offer.name, offer.unit, offer.quantity, offer.line_vnd, offer.words, offer.state, offer.offered_at
         from substitutes as offer join order_lines as line on line.id = offer.order_line_id
         where line.seller_order_id in (select id from seller_orders where order_id = $1)
         order by offer.offered_at, offer.id",
        order,
    )
    .fetch_all(db)
    .await?;
    rows.into_iter()
        .map(|row| {
            let offer = Substitute {
                id: SubstituteId(row.id),
                line: OrderLineId(row.order_line_id),
                instead_of: row.instead_of,
                instead_of_cost: Vnd(row.instead_of_vnd),
                name: row.name,
                unit: row.unit,
                quantity: Quantity::from_thousandths(row.quantity),
                cost: Vnd(row.line_vnd),
                words: row.words,
                state: SubstituteState::parse(&row.state)
                    .ok_or_else(|| broken_row("substitutes", "state", row.id))?,
                offered_at: row.offered_at,
            };
            Ok((row.seller_order_id, offer))
        })
        .collect()
}
