//! What a person sees of the own orders, and where they went.
use sqlx::PgPool;
use time::OffsetDateTime;

use crate::kernel::error::broken_row;
use crate::kernel::{AddressId, Fault, OrderCode, PageRequest, PersonId, Phone, Vnd};
use crate::orders::{KeptAddress, OrderState};

/// An order as its buyer's list shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnOrder {
    /// What people read to each other.
    pub code: OrderCode,
    /// Opens it.
    pub token: String,
    /// UTC.
    pub placed_at: OffsetDateTime,
    /// Items and delivery.
    pub total: Vnd,
    /// Who sells, and where each part is.
    pub parts: Vec<(String, OrderState)>,
    /// `Khóm Cầu Đúc, Mắm …`.
    pub names: String,
}

/// A page of the orders that a person placed while signed in, the newest first; and how many there are.
pub async fn own(
    db: &PgPool,
    person: PersonId,
    page: PageRequest,
) -> Result<(Vec<OwnOrder>, i64), Fault> {
    let rows = sqlx::query!(
        r#"select
               orders.id, code, access_token, placed_at, total_vnd, count(*) over () as "total!",
               array(select seller_name from seller_orders as part where part.order_id = orders.id order by position) as "sellers!",
               array(select state from seller_orders as part where part.order_id = orders.id order by position) as "states!",
               array(
                   select line.name from seller_orders as part join order_lines as line on line.seller_order_id = part.id
                   where part.order_id = orders.id order by part.position, line.position) as "names!"
           from orders
           where person_id = $1
           order by placed_at desc, orders.id
           limit $2 offset $3"#,
        person.0,
        page.limit(),
        page.offset(),
    )
    .fetch_all(db)
    .await?;
    let total = rows.first().map_or(0, |row| row.total);
    let orders = rows
        .into_iter()
        .map(|row| {
            let states = row.states.iter().map(|state| {
                OrderState::parse(state).ok_or_else(|| broken_row("seller_orders", "state", row.id))
            });
            Ok(OwnOrder {
                code: OrderCode::parse(&row.code)
                    .map_err(|_| broken_row("orders", "code", row.id))?,
                token: row.access_token,
                placed_at: row.placed_at,
                total: Vnd(row.total_vnd),
                parts: row
                    .sellers
                    .into_iter()
                    .zip(states)
                    .map(|(seller, state)| Ok((seller, state?)))
                    .collect::<Result<_, Fault>>()?,
                names: row.names.join(", "),
            })
        })
        .collect::<Result<_, Fault>>()?;
    Ok((orders, total))
}

/// Where a person had goods sent, what was used last first.
pub async fn addresses(db: &PgPool, person: PersonId) -> Result<Vec<KeptAddress>, Fault> {
    let rows = sqlx::query!(
        "select kept_addresses.id, kept_addresses.name, phone, street, communes.code, communes.full_name, communes.province_name
         from kept_addresses join communes on communes.id = kept_addresses.commune_id
         where person_id = $1
         order by used_at desc, kept_addresses.id",
        person.0,
    )
    .fetch_all(db)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(KeptAddress {
                id: AddressId(row.id),
                name: row.name,
                phone: Phone::parse(&row.phone)
                    .map_err(|_| broken_row("kept_addresses", "phone", row.id))?,
                street: row.street,
                commune_code: row.code,
                commune: format!("{}, {}", row.full_name, row.province_name),
            })
        })
        .collect()
}

/// The addresses that a person keeps, as JSON for themselves.
pub async fn own_addresses(db: &PgPool, person: PersonId) -> Result<serde_json::Value, Fault> {
    let data = sqlx::query_scalar!(
        r#"select coalesce(jsonb_agg(jsonb_build_object(
               'name', kept_addresses.name, 'phone', phone, 'street', street, 'commune', communes.full_name, 'used_at', used_at)
               order by used_at), '[]') as "data!"
           from kept_addresses join communes on communes.id = kept_addresses.commune_id
           where person_id = $1"#,
        person.0,
    )
    .fetch_one(db)
    .await?;
    Ok(data)
}
