//! Forgetting whom orders went to, once nothing asks for it any more.
use time::OffsetDateTime;

use crate::kernel::{Fault, Work};

/// Forgets name, telephone, street and note of orders placed before `before` of which nothing is under way, at
/// most `limit` of them; what was bought, for how much and in which commune stays. Answers how many.
///
/// # Errors
/// A fault of the database.
pub async fn forget_contacts(
    work: &mut Work<'_>,
    before: OffsetDateTime,
    limit: i64,
) -> Result<u64, Fault> {
    let forgotten = sqlx::query!(
        "update orders set contact_name = '', contact_phone = null, street = '', note = '', forgotten_at = $2
         where id in (
             select id from orders as old
             where placed_at < $1 and forgotten_at is null
                 and not exists (
                     select from seller_orders
                     where order_id = old.id and state in ('placed', 'confirmed', 'packed', 'shipped'))
             order by placed_at limit $3)",
        before,
        work.now,
        limit,
    )
    .execute(&mut *work.conn)
    .await?;
    Ok(forgotten.rows_affected())
}
