//! Sales reports, from the rollup alone.
use std::collections::HashMap;

use sqlx::{PgConnection, PgPool};
use time::Date;
use uuid::Uuid;

use crate::kernel::time::parse_day;
use crate::kernel::{Actor, Failure, Fault, Permission, Quantity, Right, Vnd};
use crate::reports::{
    By, Paid, Period, Places, ReportsRefusal, SalesQuery, SalesReport, SalesRow, Sums,
};

/// Answers a sales report to an officer.
pub async fn sales(
    db: &PgPool,
    actor: &Actor,
    query: SalesQuery,
) -> Result<SalesReport, Failure<ReportsRefusal>> {
    if !actor.may(Right::Province(Permission::Reports)) {
        return Err(ReportsRefusal::NotAnOfficer.into());
    }
    // One look at everything: sums and their rows belong together, whatever the worker writes meanwhile.
    let mut look = db
        .begin_with("begin isolation level repeatable read read only")
        .await?;
    let dimension = dimension(query);
    let sums = rows(&mut look, dimension, query.by, query.period).await?;
    let mut earlier = HashMap::new();
    let mut compared = None;
    let mut paid_compared = None;
    if let Some(with) = query.compare {
        let period = query.period.compared(with);
        // Days and months have no counterpart of the same name.
        if !matches!(query.by, By::Day | By::Month) {
            earlier = rows(&mut look, dimension, query.by, period)
                .await?
                .into_iter()
                .collect();
        }
        compared = Some(totals(&mut look, period).await?);
        paid_compared = Some(paid(&mut look, period).await?);
    }
    let names = names(
        &mut look,
        query.by,
        sums.iter().map(|(key, _)| key.as_str()),
    )
    .await?;
    let mut rows: Vec<SalesRow> = sums
        .into_iter()
        .map(|(key, sums)| {
            let compared = earlier.remove(&key);
            let (key, label) = names
                .get(&key)
                .cloned()
                .unwrap_or_else(|| (key, String::new()));
            SalesRow {
                key,
                label,
                sums,
                compared,
            }
        })
        .collect();
    if matches!(query.by, By::Day | By::Month) {
        rows.sort_by(|a, b| a.key.cmp(&b.key));
    } else {
        rows.sort_by(|a, b| {
            b.sums
                .net()
                .cmp(&a.sums.net())
                .then_with(|| a.key.cmp(&b.key))
        });
    }
    let totals = totals(&mut look, query.period).await?;
    let shops_paid = paid(&mut look, query.period).await?;
    look.commit().await?;
    Ok(SalesReport {
        query,
        rows,
        totals,
        compared,
        shops_paid,
        shops_paid_compared: paid_compared,
    })
}

/// The rollup's name for a break-down.
const fn dimension(query: SalesQuery) -> &'static str {
    match (query.by, query.places) {
        (By::Day | By::Month, _) => "total",
        (By::Commune, Places::Before) => "former_commune",
        (by, _) => by.as_str(),
    }
}

async fn rows(
    db: &mut PgConnection,
    dimension: &str,
    by: By,
    period: Period,
) -> Result<Vec<(String, Sums)>, Fault> {
    let rows = sqlx::query!(
        r#"select
            case $4 when 'day' then day::text when 'month' then to_char(day, 'YYYY-MM') else key end as "key!",
            sum(orders)::bigint as "orders!",
            sum(units)::bigint as "units!",
            sum(gross_vnd)::bigint as "gross!",
            sum(refunds_vnd)::bigint as "refunds!",
            sum(settled_vnd)::bigint as "settled!"
        from sales_daily
        where dimension = $1 and day between $2 and $3
        group by 1"#,
        dimension,
        period.from,
        period.to,
        by.as_str(),
    )
    .fetch_all(&mut *db)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| {
            (
                row.key,
                sums(row.orders, row.units, row.gross, row.refunds, row.settled),
            )
        })
        .collect())
}

const fn sums(orders: i64, units: i64, gross: i64, refunds: i64, settled: i64) -> Sums {
    Sums {
        orders,
        units: Quantity::from_thousandths(units),
        gross: Vnd(gross),
        refunds: Vnd(refunds),
        settled: Vnd(settled),
    }
}

async fn totals(db: &mut PgConnection, period: Period) -> Result<Sums, Fault> {
    let row = sqlx::query!(
        r#"select
            coalesce(sum(orders), 0)::bigint as "orders!",
            coalesce(sum(units), 0)::bigint as "units!",
            coalesce(sum(gross_vnd), 0)::bigint as "gross!",
            coalesce(sum(refunds_vnd), 0)::bigint as "refunds!",
            coalesce(sum(settled_vnd), 0)::bigint as "settled!"
        from sales_daily
        where dimension = 'total' and day between $1 and $2"#,
        period.from,
        period.to,
    )
    .fetch_one(&mut *db)
    .await?;
    Ok(sums(
        row.orders,
        row.units,
        row.gross,
        row.refunds,
        row.settled,
    ))
}

async fn paid(db: &mut PgConnection, period: Period) -> Result<Paid, Fault> {
    let row = sqlx::query!(
        r#"select
            count(*) filter (where sellers.kind = 'household') as "households!",
            count(*) as "sellers!"
        from (
            select key from sales_daily
            where dimension = 'seller' and day between $1 and $2
            group by key having sum(settled_vnd) > 0
        ) as paid
        join sellers on sellers.id = paid.key::uuid"#,
        period.from,
        period.to,
    )
    .fetch_one(&mut *db)
    .await?;
    Ok(Paid {
        households: row.households,
        sellers: row.sellers,
    })
}

/// What the rollup's keys are called outside: key and label; nothing where the key speaks for itself.
async fn names(
    db: &mut PgConnection,
    by: By,
    keys: impl Iterator<Item = &str>,
) -> Result<HashMap<String, (String, String)>, Fault> {
    let mut names = HashMap::new();
    match by {
        By::Commune => {
            let ids: Vec<i32> = keys.filter_map(|key| key.parse().ok()).collect();
            let rows = sqlx::query!(
                "select id, code, full_name, district_name from communes where id = any($1)",
                &ids
            )
            .fetch_all(&mut *db)
            .await?;
            for row in rows {
                let label = match row.district_name {
                    Some(district) => format!("{}, {district}", row.full_name),
                    None => row.full_name,
                };
                names.insert(row.id.to_string(), (row.code, label));
            }
        }
        By::Seller => {
            let ids: Vec<Uuid> = keys.filter_map(|key| key.parse().ok()).collect();
            for row in sqlx::query!(
                "select id, slug, name from sellers where id = any($1)",
                &ids
            )
            .fetch_all(&mut *db)
            .await?
            {
                names.insert(row.id.to_string(), (row.slug, row.name));
            }
        }
        By::Product => {
            let ids: Vec<Uuid> = keys.filter_map(|key| key.parse().ok()).collect();
            for row in sqlx::query!(
                "select id, code, name from products where id = any($1)",
                &ids
            )
            .fetch_all(&mut *db)
            .await?
            {
                names.insert(row.id.to_string(), (row.code, row.name));
            }
        }
        By::Day => {
            for key in keys {
                let label =
                    parse_day(key).map_or_else(|| key.to_owned(), crate::kernel::time::day_text);
                names.insert(key.to_owned(), (key.to_owned(), label));
            }
        }
        By::Month => {
            for key in keys {
                let label = key
                    .split_once('-')
                    .map_or_else(|| key.to_owned(), |(year, month)| format!("{month}/{year}"));
                names.insert(key.to_owned(), (key.to_owned(), label));
            }
        }
        By::Group | By::Stars | By::Channel | By::PaymentMethod => {}
    }
    Ok(names)
}

/// What an officer looks at first: yesterday's and today's orders, and what waits too long.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SinceYesterday {
    /// Orders placed today and their goods.
    pub today: Sums,
    /// Orders placed yesterday and their goods.
    pub yesterday: Sums,
    /// Parts that their seller has not confirmed for more than a day.
    pub waiting: i64,
    /// Listings published since yesterday.
    pub new_listings: i64,
}

/// What changed since yesterday.
pub async fn since_yesterday(db: &PgPool, today: Date) -> Result<SinceYesterday, Fault> {
    let yesterday = today.previous_day().unwrap_or(today);
    let from = crate::kernel::time::start_of_day(yesterday);
    let row = sqlx::query!(
        r#"select
            (select count(*) from seller_orders where state = 'placed' and placed_at < $1) as "waiting!",
            (select count(*) from search_documents where published_at >= $1) as "new_listings!""#,
        from,
    )
    .fetch_one(db)
    .await?;
    let mut connection = db.acquire().await?;
    Ok(SinceYesterday {
        today: totals(
            &mut connection,
            Period {
                from: today,
                to: today,
            },
        )
        .await?,
        yesterday: totals(
            &mut connection,
            Period {
                from: yesterday,
                to: yesterday,
            },
        )
        .await?,
        waiting: row.waiting,
        new_listings: row.new_listings,
    })
}
