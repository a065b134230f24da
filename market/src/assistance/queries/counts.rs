//! What the province counts of the households that helpers guided.
use sqlx::PgPool;

use crate::assistance::{AssistanceRefusal, CountBy, CountReport, CountRow, Counts};
use crate::kernel::time::start_of_day;
use crate::kernel::{Actor, Failure, Permission};
use crate::reports::Period;

/// Households guided in a period, and how far they came: for officers who look after shops or read reports, in
/// their communes. A household guided by two helpers stands in both their rows and once in the totals; only
/// households count, not cooperatives and enterprises.
///
/// # Errors
/// Nobody else may.
pub async fn count(
    db: &PgPool,
    actor: &Actor,
    period: Period,
    by: CountBy,
) -> Result<CountReport, Failure<AssistanceRefusal>> {
    let may_count = actor.has_office(Permission::Sellers) || actor.has_office(Permission::Reports);
    if !may_count {
        return Err(AssistanceRefusal::NotFound.into());
    }
    let communes: Option<Vec<i32>> = actor
        .office_communes()
        .map(|communes| communes.iter().map(|commune| commune.0).collect());
    let (from, to) = (
        start_of_day(period.from),
        start_of_day(period.to.saturating_add(time::Duration::DAY)),
    );
    let rows = sqlx::query!(
        r#"with guided as materialized (
            select distinct guidance.seller_id, guidance.helper_id
            from household_guidance as guidance
            join sellers on sellers.id = guidance.seller_id
            where guidance.at >= $1 and guidance.at < $2 and sellers.kind = 'household'
                and ($3::integer[] is null or sellers.commune_id = any($3))
        ), household as materialized (
            select
                sellers.id,
                communes.full_name as commune,
                sellers.hamlet,
                exists (
                    select from products
                    where seller_id = sellers.id and status = 'published' and published_at < $2) as is_listed,
                parts.is_selling,
                parts.is_paid
            from (select distinct seller_id from guided) as one
            join sellers on sellers.id = one.seller_id
            join communes on communes.id = sellers.commune_id
            cross join lateral (
                select
                    coalesce(bool_or(part.state not in ('cancelled', 'returned')), false) as is_selling,
                    coalesce(bool_or(part.state in ('delivered', 'completed') and payments.status = 'paid'), false) as is_paid
                from seller_orders as part
                join payments on payments.seller_order_id = part.id
                where part.seller_id = sellers.id and part.placed_at >= $1 and part.placed_at < $2
            ) as parts
        ), keyed as (
            select distinct
                household.*,
                case when $4 = 'helper' then people.id end as helper_id,
                case when $4 = 'helper' then people.name else household.commune end as label,
                case when $4 = 'helper' then '' else household.hamlet end as place
            from household
            join guided on guided.seller_id = household.id
            join people on people.id = guided.helper_id
        )
        select
            coalesce(label, '') as "label!",
            coalesce(place, '') as "place!",
            grouping(label) = 1 as "is_total!",
            count(distinct id) as "guided!",
            count(distinct id) filter (where is_listed) as "listed!",
            count(distinct id) filter (where is_selling) as "selling!",
            count(distinct id) filter (where is_paid) as "paid!"
        from keyed
        group by grouping sets ((label, place, helper_id), ())
        order by grouping(label), label, place, helper_id"#,
        from,
        to,
        communes.as_deref(),
        by.as_str(),
    )
    .fetch_all(db)
    .await?;
    let mut report = CountReport {
        rows: Vec::new(),
        totals: Counts::default(),
    };
    for row in rows {
        let counts = Counts {
            guided: row.guided,
            listed: row.listed,
            selling: row.selling,
            paid: row.paid,
        };
        if row.is_total {
            report.totals = counts;
        } else {
            report.rows.push(CountRow {
                label: row.label,
                hamlet: row.place,
                counts,
            });
        }
    }
    Ok(report)
}
