//! A helper's households and what each has to do.
use sqlx::PgPool;
use time::{Date, Duration, OffsetDateTime};

use crate::assistance::{Area, Asked, Due, Household, Households, PendingCode, last_day};
use crate::certificates::WARNINGS;
use crate::kernel::error::broken_row;
use crate::kernel::text::fold;
use crate::kernel::time::business_day;
use crate::kernel::{Actor, CodeId, CommuneId, Fault, PageRequest, Phone, Right, SellerId, Task};

/// A page of the households where the actor helps, and of those that consent to their help; by name where
/// something was typed. Nobody else has any.
pub async fn households(
    db: &PgPool,
    actor: &Actor,
    text: &str,
    page: PageRequest,
    now: OffsetDateTime,
) -> Result<Households, Fault> {
    let communes: Vec<i32> = actor.helps.iter().map(|area| area.commune.0).collect();
    let hamlets: Vec<String> = actor.helps.iter().map(|area| area.hamlet.clone()).collect();
    let today: Date = business_day(now);
    let rows = sqlx::query!(
        r#"with mine as (
            select sellers.id, sellers.slug, sellers.name, sellers.owner_name, sellers.hamlet, sellers.status, communes.full_name as commune_name
            from sellers
            join communes on communes.id = sellers.commune_id
            where sellers.status <> 'closed'
                and (exists (
                        select from unnest($1::integer[], $2::text[]) as area (commune, hamlet)
                        where area.commune = sellers.commune_id and lower(btrim(area.hamlet)) in ('', lower(btrim(sellers.hamlet))))
                    or exists (
                        select from household_consents as consent
                        where consent.seller_id = sellers.id and consent.helper_id = $3 and consent.given_at <= $4 and consent.valid_until > $4 and consent.ended_at is null))
                and ($5 = '' or position($5 in folded(sellers.name || ' ' || sellers.owner_name || ' ' || sellers.hamlet)) > 0)
        )
        select
            mine.id,
            mine.slug,
            mine.name,
            mine.owner_name,
            mine.hamlet,
            mine.status,
            mine.commune_name,
            held.tasks as "tasks?",
            held.valid_until as "valid_until?",
            exists (
                select from household_consents as consent
                where consent.seller_id = mine.id and consent.helper_id = $3 and consent.method = 'paper'
                    and consent.given_at is null and consent.ended_at is null and consent.valid_until > $4) as "is_waiting!",
            case when latest.given_at is null and latest.ended_at is not null and latest.method = 'paper' then nullif(latest.end_reason, '') end as refused,
            orders.to_confirm as "to_confirm!",
            orders.to_pack as "to_pack!",
            orders.to_ship as "to_ship!",
            goods.drafts as "drafts!",
            goods.sold_out as "sold_out!",
            certificates.ending as "certificates!",
            count(*) over () as "total!"
        from mine
        left join lateral (
            select tasks, valid_until from household_consents as consent
            where consent.seller_id = mine.id and consent.helper_id = $3 and consent.given_at <= $4 and consent.valid_until > $4 and consent.ended_at is null
        ) as held on true
        left join lateral (
            select given_at, ended_at, method, end_reason from household_consents as consent
            where consent.seller_id = mine.id and consent.helper_id = $3
            order by asked_at desc
            limit 1
        ) as latest on true
        cross join lateral (
            select
                count(*) filter (where state = 'placed') as to_confirm,
                count(*) filter (where state = 'confirmed') as to_pack,
                count(*) filter (where state = 'packed') as to_ship
            from seller_orders
            where seller_id = mine.id
        ) as orders
        cross join lateral (
            select
                count(*) filter (where status = 'draft') as drafts,
                count(*) filter (where status = 'published' and not is_in_stock(id)) as sold_out
            from products
            where seller_id = mine.id
        ) as goods
        cross join lateral (
            select count(*) as ending from certificates
            where seller_id = mine.id and state = 'verified' and valid_to between $6 and $7
                and not exists (
                    select from certificates as next
                    where next.replaces_id = certificates.id and next.state in ('entered', 'verified'))
        ) as certificates
        order by
            orders.to_confirm > 0 desc,
            mine.status = 'returned' desc,
            orders.to_pack > 0 desc,
            orders.to_ship > 0 desc,
            certificates.ending > 0 desc,
            goods.sold_out > 0 desc,
            mine.status = 'draft' or goods.drafts > 0 desc,
            mine.name,
            mine.id
        limit $8 offset $9"#,
        &communes,
        &hamlets,
        actor.person.map(|person| person.0),
        now,
        fold(text),
        today,
        today.saturating_add(Duration::days(i64::from(WARNINGS[2]))),
        page.limit(),
        page.offset(),
    )
    .fetch_all(db)
    .await?;
    let total = rows.first().map_or(0, |row| row.total);
    let rows = rows
        .into_iter()
        .map(|row| {
            let held = match (row.tasks, row.valid_until) {
                (Some(tasks), Some(until)) => Some((parse_tasks(&tasks, row.id)?, last_day(until))),
                _ => None,
            };
            Ok(Household {
                id: SellerId(row.id),
                slug: row.slug,
                name: row.name,
                owner_name: row.owner_name,
                hamlet: row.hamlet,
                commune_name: row.commune_name,
                held,
                is_waiting: row.is_waiting,
                refused: row.refused,
                due: Due {
                    to_confirm: row.to_confirm,
                    to_pack: row.to_pack,
                    to_ship: row.to_ship,
                    drafts: row.drafts,
                    sold_out: row.sold_out,
                    certificates: row.certificates,
                    is_returned: row.status == "returned",
                    is_draft: row.status == "draft",
                },
            })
        })
        .collect::<Result<_, Fault>>()?;
    Ok(Households { rows, total })
}

/// A household of the actor's areas, to be asked for its consent; `None` elsewhere.
pub async fn household(db: &PgPool, actor: &Actor, slug: &str) -> Result<Option<Asked>, Fault> {
    let row = sqlx::query!(
        r#"select
            sellers.id,
            sellers.slug,
            sellers.name,
            sellers.commune_id,
            sellers.hamlet,
            phone_of_household(sellers.id) as phone
        from sellers
        where sellers.slug = $1 and status <> 'closed'"#,
        slug,
    )
    .fetch_optional(db)
    .await?
    .filter(|row| actor.may(Right::Guide(CommuneId(row.commune_id), &row.hamlet)));
    row.map(|row| {
        Ok(Asked {
            phone: parse_phone(row.phone, row.id)?,
            id: SellerId(row.id),
            slug: row.slug,
            name: row.name,
        })
    })
    .transpose()
}

/// The areas in which the actor helps, in their order.
pub async fn areas(db: &PgPool, actor: &Actor) -> Result<Vec<Area>, Fault> {
    let communes: Vec<i32> = actor.helps.iter().map(|area| area.commune.0).collect();
    let rows = sqlx::query!(
        "select id, full_name from communes where id = any($1)",
        &communes
    )
    .fetch_all(db)
    .await?;
    let name = |commune: CommuneId| {
        let row = rows.iter().find(|row| row.id == commune.0);
        row.map(|row| row.full_name.clone()).unwrap_or_default()
    };
    Ok(actor
        .helps
        .iter()
        .map(|area| Area {
            commune_name: name(area.commune),
            hamlet: area.hamlet.clone(),
        })
        .collect())
}

/// The consent that a code would give to the actor; `None` where the code is nothing of theirs.
pub async fn pending_code(
    db: &PgPool,
    actor: &Actor,
    code: CodeId,
) -> Result<Option<PendingCode>, Fault> {
    let row = sqlx::query!(
        "select
            sellers.id,
            sellers.slug,
            sellers.name,
            consent.tasks,
            consent.valid_until,
            codes.phone
        from one_time_codes as codes
        join household_consents as consent on consent.id = codes.subject
        join sellers on sellers.id = consent.seller_id
        where codes.id = $1 and codes.purpose = 'consent' and consent.helper_id = $2
            and consent.given_at is null and consent.ended_at is null",
        code.0,
        actor.person.map(|person| person.0),
    )
    .fetch_optional(db)
    .await?;
    row.map(|row| {
        let sent_to =
            Phone::parse(&row.phone).map_err(|_| broken_row("one_time_codes", "phone", code))?;
        Ok(PendingCode {
            tasks: parse_tasks(&row.tasks, row.id)?,
            last_day: last_day(row.valid_until),
            sent_to: sent_to.clone(),
            household: Asked {
                id: SellerId(row.id),
                slug: row.slug,
                name: row.name,
                phone: Some(sent_to),
            },
        })
    })
    .transpose()
}

pub(super) fn parse_tasks(tasks: &[String], row: uuid::Uuid) -> Result<Vec<Task>, Fault> {
    tasks
        .iter()
        .map(|task| Task::parse(task).ok_or_else(|| broken_row("household_consents", "tasks", row)))
        .collect()
}

pub(in crate::assistance) fn parse_phone(
    phone: Option<String>,
    row: uuid::Uuid,
) -> Result<Option<Phone>, Fault> {
    phone
        .map(|phone| Phone::parse(&phone).map_err(|_| broken_row("sellers", "phone", row)))
        .transpose()
}
