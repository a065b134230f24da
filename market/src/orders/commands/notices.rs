//! Short messages about orders: to a shop that something was ordered and waits, to both sides that it was called off.
use time::Duration;

use crate::kernel::error::broken_row;
use crate::kernel::message::{self, Args};
use crate::kernel::time::instant_text;
use crate::kernel::{Failure, Fault, Phone, Role, SellerOrderId, Vnd, Work};
use crate::orders::{OrdersRefusal, Party};

type Outcome<T> = Result<T, Failure<OrdersRefusal>>;

/// So long before its time to confirm is over a shop is reminded once.
pub const REMIND_BEFORE: Duration = Duration::hours(12);
/// Nobody wants to hear later that something was ordered.
const NEWS_LIFE: Duration = Duration::days(1);
/// That an order is called off is worth sending for so long.
const CALLED_OFF_LIFE: Duration = Duration::days(2);

/// A part of which its shop is told.
struct News {
    id: uuid::Uuid,
    code: String,
    phone: String,
    total_vnd: i64,
    confirm_by: time::OffsetDateTime,
}

/// Tells shops what was ordered of them, and reminds those once whose time to confirm ends within [`REMIND_BEFORE`]; up
/// to `limit` of each, locked so that two workers don't take the same. Samples and orders that the shop typed itself are
/// noted and not told.
///
/// # Errors
/// A fault of the database.
pub async fn tell_shops(work: &mut Work<'_>, limit: i64) -> Result<(), Fault> {
    debug_assert!(work.actor.is(Role::System), "a worker's task");
    let new = sqlx::query_as!(
        News,
        r#"with told as (
             update seller_orders set told_at = $1
             where id in (
                 select id from seller_orders where told_at is null
                 order by placed_at limit $2 for no key update skip locked)
             returning id, order_id, seller_id, state, total_vnd, confirm_by, placed_at
         )
         select told.id, orders.code, sellers.phone, told.total_vnd, told.confirm_by
         from told join orders on orders.id = told.order_id join sellers on sellers.id = told.seller_id
         where told.state = 'placed' and told.placed_at > $3 and orders.entry = 'buyer' and not orders.is_sample"#,
        work.now,
        limit,
        work.now - NEWS_LIFE,
    )
    .fetch_all(&mut *work.conn)
    .await?;
    tell(work, "order_new", new).await?;
    let waiting = sqlx::query_as!(
        News,
        r#"with reminded as (
             update seller_orders set reminded_at = $1
             where id in (
                 select id from seller_orders
                 where state = 'placed' and reminded_at is null and confirm_by between $1 and $3
                 order by confirm_by limit $2 for no key update skip locked)
             returning id, order_id, seller_id, total_vnd, confirm_by
         )
         select reminded.id, orders.code, sellers.phone, reminded.total_vnd, reminded.confirm_by
         from reminded join orders on orders.id = reminded.order_id join sellers on sellers.id = reminded.seller_id
         where not orders.is_sample"#,
        work.now,
        limit,
        work.now + REMIND_BEFORE,
    )
    .fetch_all(&mut *work.conn)
    .await?;
    tell(work, "order_waits", waiting).await
}

async fn tell(work: &mut Work<'_>, kind: &str, news: Vec<News>) -> Result<(), Fault> {
    for part in news {
        let phone =
            Phone::parse(&part.phone).map_err(|_| broken_row("sellers", "phone", part.id))?;
        let args = Args::from([
            ("code".to_owned(), part.code),
            ("total".to_owned(), part.total_vnd.to_string()),
            ("until".to_owned(), instant_text(part.confirm_by)),
        ]);
        message::write(work, &phone, kind, args, "vi", part.confirm_by).await?;
    }
    Ok(())
}

/// Tells the other side, or both where nobody confirmed in time, that a part is called off and what that means for the
/// money: `given_back` is what had been paid.
///
/// # Errors
/// A fault of the database.
pub async fn tell_called_off(
    work: &mut Work<'_>,
    part: SellerOrderId,
    by: Party,
    given_back: Vnd,
) -> Outcome<()> {
    let row = sqlx::query!(
        r#"select orders.code, orders.is_sample, coalesce(orders.buyer_phone, orders.contact_phone) as buyer_phone,
               sellers.phone as seller_phone, part.seller_name
           from seller_orders as part
           join orders on orders.id = part.order_id
           join sellers on sellers.id = part.seller_id
           where part.id = $1"#,
        part.0
    )
    .fetch_one(&mut *work.conn)
    .await?;
    if row.is_sample {
        return Ok(());
    }
    let to_buyer = row.buyer_phone.filter(|_| by != Party::Buyer);
    let to_seller = (by != Party::Seller).then_some(row.seller_phone);
    let was_paid = given_back > Vnd::ZERO;
    for (phone, kind) in [
        (
            to_buyer,
            if was_paid {
                "order_off_paid"
            } else {
                "order_off"
            },
        ),
        (
            to_seller,
            if was_paid {
                "order_off_owed"
            } else {
                "order_off_shop"
            },
        ),
    ] {
        let Some(phone) = phone else { continue };
        let phone =
            Phone::parse(&phone).map_err(|_| broken_row("orders", "contact_phone", part))?;
        let args = Args::from([
            ("code".to_owned(), row.code.clone()),
            ("seller".to_owned(), row.seller_name.clone()),
            ("amount".to_owned(), given_back.0.to_string()),
        ]);
        let until = work.now + CALLED_OFF_LIFE;
        message::write(work, &phone, kind, args, "vi", until).await?;
    }
    Ok(())
}
