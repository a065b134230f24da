//! Holds orders, payments, stock, histories and reports against each other; every difference names its row.
use sqlx::PgPool;

use crate::kernel::Fault;

/// All differences, as sentences for staff; none when everything agrees.
pub async fn run(db: &PgPool) -> Result<Vec<String>, Fault> {
    let mut findings = Vec::new();
    stock(db, &mut findings).await?;
    orders(db, &mut findings).await?;
    refunds(db, &mut findings).await?;
    histories(db, &mut findings).await?;
    rollup(db, &mut findings).await?;
    Ok(findings)
}

async fn stock(db: &PgPool, findings: &mut Vec<String>) -> Result<(), Fault> {
    let rows = sqlx::query!(
        r#"select
            stock_items.variant_id,
            stock_items.on_hand,
            stock_items.reserved,
            coalesce(moved.on_hand, 0)::bigint as "moved_on_hand!",
            coalesce(moved.reserved, 0)::bigint as "moved_reserved!",
            coalesce(open.quantity, 0)::bigint as "open!"
        from stock_items
        left join (
            select variant_id, sum(on_hand_change) as on_hand, sum(reserved_change) as reserved from stock_movements group by variant_id
        ) as moved on moved.variant_id = stock_items.variant_id
        left join (
            select line.variant_id, sum(line.quantity) as quantity
            from order_line_draws as line join seller_orders as part on part.id = line.seller_order_id
            where part.state in ('placed', 'confirmed', 'packed')
            group by line.variant_id
        ) as open on open.variant_id = stock_items.variant_id
        where stock_items.on_hand <> coalesce(moved.on_hand, 0)
            or stock_items.reserved <> coalesce(moved.reserved, 0)
            or stock_items.reserved <> coalesce(open.quantity, 0)
        order by stock_items.variant_id"#
    )
    .fetch_all(db)
    .await?;
    for row in rows {
        findings.push(format!(
            "stock of variant {}: on hand {} (movements {}), reserved {} (movements {}, open lines {})",
            row.variant_id, row.on_hand, row.moved_on_hand, row.reserved, row.moved_reserved, row.open
        ));
    }
    Ok(())
}

async fn orders(db: &PgPool, findings: &mut Vec<String>) -> Result<(), Fault> {
    let parts = sqlx::query!(
        r#"select part.id, part.state, payments.status as "status?", part.items_vnd, coalesce(lines.sum, 0)::bigint as "lines!", part.total_vnd, payments.amount_vnd as "paid?"
        from seller_orders as part
        left join (select seller_order_id, sum(line_vnd) as sum from order_lines group by seller_order_id) as lines
            on lines.seller_order_id = part.id
        left join payments on payments.seller_order_id = part.id
        where part.items_vnd <> coalesce(lines.sum, 0) or payments.id is null or payments.amount_vnd <> part.total_vnd
            or (part.state = 'completed' and payments.status <> 'paid'
                and (payments.status <> 'cancelled' or payments.taken_off_vnd <> payments.amount_vnd))
            or (part.state in ('cancelled', 'returned')) <> (payments.status in ('cancelled', 'refunded'))
                and not (part.state = 'completed' and payments.status = 'cancelled')
        order by part.id"#
    )
    .fetch_all(db)
    .await?;
    for row in parts {
        findings.push(format!(
            "part {} of an order is {}: items {} (lines {}), total {} (payment {} {})",
            row.id,
            row.state,
            row.items_vnd,
            row.lines,
            row.total_vnd,
            row.status.unwrap_or_default(),
            row.paid
                .map_or_else(|| "missing".to_owned(), |amount| amount.to_string())
        ));
    }
    let orders = sqlx::query!(
        r#"select orders.code, orders.total_vnd, coalesce(parts.sum, 0)::bigint as "parts!"
        from orders
        left join (
            select order_id, sum(total_vnd) as sum, sum(items_vnd) as items from seller_orders group by order_id
        ) as parts on parts.order_id = orders.id
        where orders.total_vnd <> coalesce(parts.sum, 0) or orders.items_vnd <> coalesce(parts.items, 0)
        order by orders.code"#
    )
    .fetch_all(db)
    .await?;
    for row in orders {
        findings.push(format!(
            "order {}: total {} (parts {})",
            row.code, row.total_vnd, row.parts
        ));
    }
    Ok(())
}

async fn refunds(db: &PgPool, findings: &mut Vec<String>) -> Result<(), Fault> {
    let rows = sqlx::query!(
        r#"select payments.seller_order_id, payments.refunded_vnd, coalesce(given.sum, 0)::bigint as "given!"
        from payments
        left join (select payment_id, sum(amount_vnd) as sum from refunds group by payment_id) as given on given.payment_id = payments.id
        where payments.refunded_vnd <> coalesce(given.sum, 0)
        order by payments.seller_order_id"#
    )
    .fetch_all(db)
    .await?;
    for row in rows {
        findings.push(format!(
            "part {} of an order: {} refunded, its refunds say {}",
            row.seller_order_id, row.refunded_vnd, row.given
        ));
    }
    Ok(())
}

/// Told again from the beginning, a history leads to where its part or payment is.
async fn histories(db: &PgPool, findings: &mut Vec<String>) -> Result<(), Fault> {
    let parts = sqlx::query!(
        r#"select part.id, part.state, last.to_state as "told?"
        from seller_orders as part
        left join (
            select distinct on (seller_order_id) seller_order_id, to_state from order_events order by seller_order_id, id desc
        ) as last on last.seller_order_id = part.id
        left join (
            select seller_order_id, bool_or(from_state is distinct from was) as is_broken
            from (
                select seller_order_id, from_state, lag(to_state) over (partition by seller_order_id order by id) as was from order_events
            ) as step
            group by seller_order_id
        ) as steps on steps.seller_order_id = part.id
        where last.to_state is distinct from part.state or steps.is_broken is not false
        order by part.id"#
    )
    .fetch_all(db)
    .await?;
    for row in parts {
        findings.push(format!(
            "history of part {}: it is {}, told is {}",
            row.id,
            row.state,
            row.told.as_deref().unwrap_or("nothing")
        ));
    }
    let payments = sqlx::query!(
        r#"select payments.id, payments.status, payments.amount_vnd, last.status as "told?"
        from payments
        left join (
            select distinct on (payment_id) payment_id, status, amount_vnd from payment_events
            where status not in ('refund_decided', 'refund_given')
            order by payment_id, id desc
        ) as last on last.payment_id = payments.id
        where last.status is distinct from payments.status or last.amount_vnd is distinct from payments.amount_vnd
        order by payments.id"#
    )
    .fetch_all(db)
    .await?;
    for row in payments {
        findings.push(format!(
            "history of payment {}: it is {} of {}, told is {}",
            row.id,
            row.status,
            row.amount_vnd,
            row.told.as_deref().unwrap_or("nothing")
        ));
    }
    Ok(())
}

async fn rollup(db: &PgPool, findings: &mut Vec<String>) -> Result<(), Fault> {
    let rows = sqlx::query!(
        r#"select
            coalesce(rolled.day, lines.day) as "day!",
            coalesce(rolled.gross_vnd, 0)::bigint as "rolled!",
            coalesce(lines.gross, 0)::bigint as "lines!",
            coalesce(rolled.refunds_vnd, 0)::bigint as "rolled_refunds!",
            coalesce(lines.refunds, 0)::bigint as "refunds!"
        from (select day, orders, gross_vnd, refunds_vnd from sales_daily where dimension = 'total') as rolled
        full join (
            select day, count(distinct order_id) as orders, sum(line_vnd) as gross, sum(refunded_vnd) as refunds
            from report_lines group by day
        ) as lines on lines.day = rolled.day
        where coalesce(rolled.gross_vnd, 0) <> coalesce(lines.gross, 0) or coalesce(rolled.orders, 0) <> coalesce(lines.orders, 0)
            or coalesce(rolled.refunds_vnd, 0) <> coalesce(lines.refunds, 0)
        order by 1"#
    )
    .fetch_all(db)
    .await?;
    for row in rows {
        findings.push(format!(
            "sales of {}: the report says {} and {} given back, the lines {} and {}",
            row.day, row.rolled, row.rolled_refunds, row.lines, row.refunds
        ));
    }
    Ok(())
}
