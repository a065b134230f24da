//! What was said about the parts of an order.
use sqlx::PgPool;
use uuid::Uuid;

use crate::kernel::{Fault, OrderMessageId, PaperId, SellerId};
use crate::orders::{OrderMessage, Party};

/// Of all parts of an order, by part, the oldest first.
pub(super) async fn messages(db: &PgPool, order: Uuid) -> Result<Vec<(Uuid, OrderMessage)>, Fault> {
    let rows = sqlx::query!(
        "select id, seller_order_id, from_seller, text, at, read_at from order_messages
         where seller_order_id in (select id from seller_orders where order_id = $1)
         order by seller_order_id, at, id",
        order,
    )
    .fetch_all(db)
    .await?;
    let photos = sqlx::query!(
        r#"select message_id as "message!", paper_id from order_photos
           where message_id is not null and seller_order_id in (select id from seller_orders where order_id = $1)
           order by message_id, position"#,
        order,
    )
    .fetch_all(db)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| {
            let message = OrderMessage {
                id: OrderMessageId(row.id),
                from: if row.from_seller {
                    Party::Seller
                } else {
                    Party::Buyer
                },
                text: row.text,
                photos: photos
                    .iter()
                    .filter(|photo| photo.message == row.id)
                    .map(|photo| PaperId(photo.paper_id))
                    .collect(),
                at: row.at,
                read_at: row.read_at,
            };
            (row.seller_order_id, message)
        })
        .collect())
}

/// How many parts have a message that the seller has not seen.
pub async fn unread(db: &PgPool, seller: SellerId) -> Result<i64, Fault> {
    let count = sqlx::query_scalar!(
        r#"select count(distinct part.id) as "count!"
           from seller_orders as part
           join order_messages on order_messages.seller_order_id = part.id
           where part.seller_id = $1 and not from_seller and read_at is null"#,
        seller.0,
    )
    .fetch_one(db)
    .await?;
    Ok(count)
}
