//! Keeping the rollup true.
use time::{Date, Duration};

use crate::kernel::time::start_of_day;
use crate::kernel::{Fault, Work};

/// Makes these business days anew from the order lines. Two workers that get the same day wait for each
/// other, in the order of days.
pub async fn refresh_days(work: &mut Work<'_>, days: &[Date]) -> Result<(), Fault> {
    let mut days = days.to_vec();
    days.sort_unstable();
    days.dedup();
    let (Some(first), Some(last)) = (days.first().copied(), days.last().copied()) else {
        return Ok(());
    };
    sqlx::query!(
        "select pg_advisory_xact_lock(hashtextextended('sales_daily ' || day::text, 0)) from unnest($1::date[]) as day order by day",
        &days,
    )
    .execute(&mut *work.conn)
    .await?;
    sqlx::query!("delete from sales_daily where day = any($1)", &days)
        .execute(&mut *work.conn)
        .await?;
    sqlx::query!(
        "insert into sales_daily (day, dimension, key, orders, units, gross_vnd, refunds_vnd, settled_vnd)
         select
             line.day,
             part.dimension,
             part.key,
             count(distinct line.order_id),
             sum(line.quantity),
             sum(line.line_vnd),
             sum(line.refunded_vnd),
             coalesce(sum(line.line_vnd - line.refunded_vnd) filter (where line.state in ('delivered', 'completed') and line.payment_status = 'paid'), 0)
         from report_lines as line
         cross join lateral (values
             ('total', 'all'),
             ('group', line.group_code),
             ('stars', coalesce(line.stars::text, 'none')),
             ('commune', line.commune_id::text),
             ('former_commune', coalesce(line.former_commune_id::text, 'none')),
             ('seller', line.seller_id::text),
             ('product', line.product_id::text),
             ('channel', line.channel),
             ('payment_method', line.payment_method)
         ) as part (dimension, key)
         where line.placed_at >= $1 and line.placed_at < $2 and line.day = any($3)
         group by line.day, part.dimension, part.key",
        start_of_day(first),
        start_of_day(last + Duration::days(1)),
        &days,
    )
    .execute(&mut *work.conn)
    .await?;
    Ok(())
}

/// Makes every day anew.
pub async fn rebuild(work: &mut Work<'_>) -> Result<(), Fault> {
    let days = sqlx::query_scalar!(
        r#"select distinct (placed_at at time zone 'Asia/Ho_Chi_Minh')::date as "day!" from seller_orders
           union select day from sales_daily"#
    )
    .fetch_all(&mut *work.conn)
    .await?;
    refresh_days(work, &days).await
}
