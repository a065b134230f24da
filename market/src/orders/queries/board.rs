//! What a seller's board shows.
use sqlx::PgPool;

use super::amounts;
use super::ways::brief;
use crate::kernel::error::broken_row;
use crate::kernel::{Fault, OrderCode, PageRequest, SellerId, SellerOrderId, Vnd};
use crate::orders::{BoardEntry, OrderState};

/// A page of a seller's parts in these states, of all states where none is named: first what waits for a step,
/// the oldest before the newer, then what is over, the newest first.
pub async fn board(
    db: &PgPool,
    seller: SellerId,
    states: &[OrderState],
    page: PageRequest,
) -> Result<Vec<BoardEntry>, Fault> {
    let named = |states: &[OrderState]| -> Vec<String> {
        let names = states.iter().map(|state| state.as_str().to_owned());
        names.collect()
    };
    let open: Vec<OrderState> = OrderState::ALL
        .into_iter()
        .filter(|state| state.is_open())
        .collect();
    let (states, open) = (named(states), named(&open));
    let rows = sqlx::query!(
        r#"select
            part.id,
            orders.code,
            part.state,
            part.total_vnd,
            orders.contact_name,
            orders.commune_name,
            part.placed_at,
            part.confirm_by,
            way.way as "way?",
            way.day,
            case when way.point_id is not null then way.place_name end as place,
            exists (
                select from order_messages
                where order_messages.seller_order_id = part.id and not from_seller and read_at is null
            ) as "has_unread!",
            array(
                select line.quantity from order_lines as line where line.seller_order_id = part.id order by line.position
            ) as "quantities!",
            array(
                select line.unit || ' ' || line.name from order_lines as line where line.seller_order_id = part.id order by line.position
            ) as "names!"
        from seller_orders as part
        join orders on orders.id = part.order_id
        left join order_ways as way on way.seller_order_id = part.id
        where part.seller_id = $1 and (cardinality($2::text[]) = 0 or part.state = any($2))
        order by
            (part.state = any($5)) desc,
            case when part.state = any($5) then part.placed_at end,
            part.placed_at desc,
            part.id
        limit $3 offset $4"#,
        seller.0,
        &states,
        page.limit(),
        page.offset(),
        &open,
    )
    .fetch_all(db)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(BoardEntry {
                id: SellerOrderId(row.id),
                code: OrderCode::parse(&row.code)
                    .map_err(|_| broken_row("orders", "code", row.id))?,
                state: OrderState::parse(&row.state)
                    .ok_or_else(|| broken_row("seller_orders", "state", row.id))?,
                total: Vnd(row.total_vnd),
                contact_name: row.contact_name,
                commune_name: row.commune_name,
                way: brief(row.way.as_deref(), row.day, row.place),
                summary: amounts(&row.quantities, &row.names),
                placed_at: row.placed_at,
                has_unread: row.has_unread,
                confirm_by: row.confirm_by,
            })
        })
        .collect()
}

/// How many of a seller's parts are in each state.
pub async fn counts(db: &PgPool, seller: SellerId) -> Result<Vec<(OrderState, i64)>, Fault> {
    let rows = sqlx::query!(
        r#"select state, count(*) as "count!" from seller_orders where seller_id = $1 group by state"#,
        seller.0,
    )
    .fetch_all(db)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok((
                OrderState::parse(&row.state)
                    .ok_or_else(|| broken_row("seller_orders", "state", seller))?,
                row.count,
            ))
        })
        .collect()
}
