//! What is printed for households that work with paper.
use sqlx::PgPool;
use time::OffsetDateTime;

use super::ways::brief;
use super::{amounts, contact_phone};
use crate::kernel::error::broken_row;
use crate::kernel::{Fault, OrderCode, Phone, SellerId, Vnd};
use crate::orders::{OrderState, WayBrief};

/// A part that waits for a step, as a list to call from has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// What people read to each other.
    pub code: OrderCode,
    /// Where it is.
    pub state: OrderState,
    /// Whom to call: who gives it, where it is a gift.
    pub name: String,
    /// Of that person.
    pub phone: Option<Phone>,
    /// Where it goes.
    pub address: String,
    /// How it comes there.
    pub way: WayBrief,
    /// `2 kg Cá thát lát, 1 hộp …`.
    pub summary: String,
    /// For the seller.
    pub note: String,
    /// Goods and delivery.
    pub total: Vnd,
    /// It is not paid yet.
    pub is_unpaid: bool,
    /// UTC.
    pub placed_at: OffsetDateTime,
}

/// Parts on one list at most: what is printed is done in a week.
const MOST: i64 = 200;

/// All of a seller's parts that wait for a step, the oldest first.
pub async fn call_list(db: &PgPool, seller: SellerId) -> Result<Vec<Call>, Fault> {
    let open: Vec<String> = OrderState::ALL
        .into_iter()
        .filter(|state| state.is_open())
        .map(|state| state.as_str().to_owned())
        .collect();
    let rows = sqlx::query!(
        r#"select
               orders.id, orders.code, part.state, orders.note, part.total_vnd, part.placed_at,
               coalesce(orders.buyer_name, orders.contact_name) as "name!",
               coalesce(orders.buyer_phone, orders.contact_phone) as phone,
               concat_ws(', ', orders.street, orders.commune_name, orders.province_name) as "address!",
               exists (select from payments where payments.seller_order_id = part.id and status = 'pending') as "is_unpaid!",
               way.way as "way?", way.day, case when way.point_id is not null then way.place_name end as place,
               array(
                   select line.quantity from order_lines as line where line.seller_order_id = part.id order by line.position
               ) as "quantities!",
               array(
                   select line.unit || ' ' || line.name from order_lines as line where line.seller_order_id = part.id order by line.position
               ) as "names!"
           from seller_orders as part
           join orders on orders.id = part.order_id
           left join order_ways as way on way.seller_order_id = part.id
           where part.seller_id = $1 and part.state = any($2)
           order by part.placed_at, part.id
           limit $3"#,
        seller.0,
        &open,
        MOST,
    )
    .fetch_all(db)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(Call {
                code: OrderCode::parse(&row.code)
                    .map_err(|_| broken_row("orders", "code", row.id))?,
                state: OrderState::parse(&row.state)
                    .ok_or_else(|| broken_row("seller_orders", "state", row.id))?,
                name: row.name,
                phone: contact_phone(row.phone.as_deref(), row.id)?,
                address: row.address,
                way: brief(row.way.as_deref(), row.day, row.place),
                summary: amounts(&row.quantities, &row.names),
                note: row.note,
                total: Vnd(row.total_vnd),
                is_unpaid: row.is_unpaid,
                placed_at: row.placed_at,
            })
        })
        .collect()
}
