//! Saying something about a part of an order, and noting that it was seen.
use crate::kernel::{Failure, Fault, OrderMessageId, Right, SellerId, SellerOrderId, Work};
use crate::orders::{OrdersRefusal, Party};

type Outcome<T> = Result<T, Failure<OrdersRefusal>>;

/// Messages about one part at most: more than that is said better by telephone.
const MOST: i64 = 200;

/// Says `text` to the other side. As seller the actor must sell for the part's shop; as buyer the caller has checked the
/// token by `part_of_order`.
///
/// # Errors
/// The part is not there, of another shop or forgotten; very much was said already.
pub async fn say(
    work: &mut Work<'_>,
    part: SellerOrderId,
    party: Party,
    text: &str,
) -> Outcome<OrderMessageId> {
    // One after the other, so that the count holds.
    let row = sqlx::query!(
        r#"select seller_id, (select count(*) from order_messages where seller_order_id = $1) as "count!"
           from seller_orders
           where id = $1 and not exists (select from orders where orders.id = order_id and forgotten_at is not null)
           for no key update"#,
        part.0
    )
    .fetch_optional(&mut *work.conn)
    .await?
    .filter(|row| party == Party::Buyer || work.actor.may(Right::Fulfil(SellerId(row.seller_id))))
    .ok_or(OrdersRefusal::NotFound)?;
    if row.count >= MOST {
        return Err(OrdersRefusal::field("message", "too_much_said").into());
    }
    let id: OrderMessageId = work.new_id();
    sqlx::query!(
        "insert into order_messages (id, seller_order_id, from_seller, person_id, text, at) values ($1, $2, $3, $4, $5, $6)",
        id.0,
        part.0,
        party == Party::Seller,
        work.actor.person.map(|person| person.0),
        text,
        work.now,
    )
    .execute(&mut *work.conn)
    .await?;
    Ok(id)
}

/// Notes that `party` has seen what the other side said about these parts.
///
/// # Errors
/// A fault of the database.
pub async fn see_messages(
    work: &mut Work<'_>,
    parts: &[SellerOrderId],
    party: Party,
) -> Result<(), Fault> {
    let parts: Vec<uuid::Uuid> = parts.iter().map(|part| part.0).collect();
    sqlx::query!(
        "update order_messages set read_at = greatest(at, $3)
         where seller_order_id = any($1) and from_seller = $2 and read_at is null",
        &parts,
        party == Party::Buyer,
        work.now,
    )
    .execute(&mut *work.conn)
    .await?;
    Ok(())
}
