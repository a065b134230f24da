//! Forgetting whom orders went to, once nothing asks for it any more.
use time::OffsetDateTime;

use crate::kernel::{Fault, Work};

/// Forgets name, telephone, street and note of orders placed before `before` of which nothing is under way, at
/// most `limit` of them, and what was said and photographed about them; what was bought, for how much and in which commune stays. Answers how many.
///
/// # Errors
/// A fault of the database.
pub async fn forget_contacts(
    work: &mut Work<'_>,
    before: OffsetDateTime,
    limit: i64,
) -> Result<u64, Fault> {
    let forgotten = sqlx::query_scalar!(
        r#"with forgotten as (update orders set contact_name = '', contact_phone = null, street = '', note = '',
             buyer_name = null, buyer_phone = null, gift_words = '',
             invoice_name = null, invoice_tax_code = null, invoice_address = null, invoice_email = null, forgotten_at = $2
         where id in (
             select id from orders as old
             where placed_at < $1 and forgotten_at is null
                 and not exists (
                     select from seller_orders
                     where order_id = old.id and state in ('placed', 'confirmed', 'packed', 'shipped'))
                 and not exists (
                     select from claims join seller_orders as part on part.id = claims.seller_order_id
                     where part.order_id = old.id and claims.state not in ('settled', 'declined', 'withdrawn', 'refused'))
             order by placed_at limit $3)
         returning id),
         unsaid as (
             delete from order_messages using seller_orders as part, forgotten
             where order_messages.seller_order_id = part.id and part.order_id = forgotten.id),
         unseen as (
             delete from order_photos using seller_orders as part, forgotten
             where order_photos.seller_order_id = part.id and part.order_id = forgotten.id),
         unclaimed as (
             update claims set text = '' from seller_orders as part, forgotten
             where claims.seller_order_id = part.id and part.order_id = forgotten.id),
         unworded as (
             delete from claim_words using claims, seller_orders as part, forgotten
             where claim_words.claim_id = claims.id and claims.seller_order_id = part.id and part.order_id = forgotten.id),
         unnoted as (
             update refunds set note = '' from payments, seller_orders as part, forgotten
             where refunds.payment_id = payments.id and payments.seller_order_id = part.id and part.order_id = forgotten.id),
         unoffered as (
             update substitutes set words = '' from order_lines as line, seller_orders as part, forgotten
             where substitutes.order_line_id = line.id and line.seller_order_id = part.id and part.order_id = forgotten.id)
         select count(*) as "count!" from forgotten"#,
        before,
        work.now,
        limit,
    )
    .fetch_one(&mut *work.conn)
    .await?;
    u64::try_from(forgotten).map_err(Fault::new)
}
