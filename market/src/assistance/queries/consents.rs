//! Consents as the household sees its own, and as officers look at papers.
use sqlx::PgPool;
use time::OffsetDateTime;
use uuid::Uuid;

use super::desk::parse_tasks;
use crate::assistance::{Consent, Method};
use crate::kernel::error::broken_row;
use crate::kernel::{
    Actor, ConsentId, Fault, PageRequest, PaperId, Permission, PersonId, Phone, Right, SellerId,
};

/// What a household was asked for and gave, what holds first, then the newest; nobody but its owner sees it.
pub async fn of_seller(
    db: &PgPool,
    actor: &Actor,
    seller: SellerId,
    now: OffsetDateTime,
) -> Result<Vec<Consent>, Fault> {
    if !actor.may(Right::Own(seller)) {
        return Ok(Vec::new());
    }
    select(
        db,
        Some(seller),
        "all",
        None,
        now,
        PageRequest::new(None, Some(50)),
    )
    .await
}

/// The communes of an officer's consent desk; `None`: every one.
fn scope(actor: &Actor) -> Option<Vec<i32>> {
    actor
        .office_communes()
        .map(|communes| communes.iter().map(|commune| commune.0).collect())
}

/// Papers that wait for an officer of these communes, the oldest first.
pub async fn waiting(
    db: &PgPool,
    actor: &Actor,
    now: OffsetDateTime,
) -> Result<Vec<Consent>, Fault> {
    if !actor.has_office(Permission::Sellers) {
        return Ok(Vec::new());
    }
    let page = PageRequest::new(None, Some(50));
    select(db, None, "waiting", scope(actor), now, page).await
}

/// Consents that hold in an officer's communes, the newest first.
pub async fn holding(
    db: &PgPool,
    actor: &Actor,
    page: PageRequest,
    now: OffsetDateTime,
) -> Result<Vec<Consent>, Fault> {
    if !actor.has_office(Permission::Sellers) {
        return Ok(Vec::new());
    }
    select(db, None, "holding", scope(actor), now, page).await
}

/// How many hold there.
pub async fn count_holding(db: &PgPool, actor: &Actor, now: OffsetDateTime) -> Result<i64, Fault> {
    let communes = scope(actor);
    let count = sqlx::query_scalar!(
        r#"select count(*) as "count!"
        from household_consents as consent
        join sellers on sellers.id = consent.seller_id
        where consent.given_at <= $1 and consent.ended_at is null and consent.valid_until > $1
            and ($2::integer[] is null or sellers.commune_id = any($2))"#,
        now,
        communes.as_deref(),
    )
    .fetch_one(db)
    .await?;
    Ok(count)
}

async fn select(
    db: &PgPool,
    seller: Option<SellerId>,
    which: &str,
    communes: Option<Vec<i32>>,
    now: OffsetDateTime,
    page: PageRequest,
) -> Result<Vec<Consent>, Fault> {
    let rows = sqlx::query!(
        r#"select
            consent.id,
            consent.seller_id,
            sellers.name as seller_name,
            sellers.slug as seller_slug,
            sellers.hamlet,
            communes.full_name as commune_name,
            consent.helper_id,
            people.name as helper_name,
            people.phone as helper_phone,
            consent.tasks,
            consent.method,
            consent.paper_id,
            consent.asked_at,
            consent.given_at,
            consent.valid_until,
            consent.ended_at,
            consent.end_reason,
            deed.action as "action?",
            deed.at as "deed_at?"
        from household_consents as consent
        join sellers on sellers.id = consent.seller_id
        join communes on communes.id = sellers.commune_id
        join people on people.id = consent.helper_id
        left join lateral (
            select action, at from audit_log
            where audit_log.on_behalf_of = consent.seller_id and audit_log.person_id = consent.helper_id
            order by id desc
            limit 1
        ) as deed on true
        where ($1::uuid is null or consent.seller_id = $1)
            and ($2::integer[] is null or sellers.commune_id = any($2))
            and case $3
                when 'waiting' then consent.method = 'paper' and consent.given_at is null and consent.ended_at is null and consent.valid_until > $4
                when 'holding' then consent.given_at is not null and consent.ended_at is null and consent.valid_until > $4
                -- A code that was never told is nobody's news.
                else consent.given_at is not null or consent.method = 'paper'
            end
        order by
            (consent.given_at is not null and consent.ended_at is null and consent.valid_until > $4) desc,
            case when $3 = 'waiting' then consent.asked_at end,
            consent.asked_at desc,
            consent.id
        limit $5 offset $6"#,
        seller.map(|seller| seller.0),
        communes.as_deref(),
        which,
        now,
        page.limit(),
        page.offset(),
    )
    .fetch_all(db)
    .await?;
    rows.into_iter()
        .map(|row| {
            let id: Uuid = row.id;
            Ok(Consent {
                tasks: parse_tasks(&row.tasks, id)?,
                method: Method::parse(&row.method)
                    .ok_or_else(|| broken_row("household_consents", "method", id))?,
                helper_phone: row
                    .helper_phone
                    .as_deref()
                    .map(Phone::parse)
                    .transpose()
                    .map_err(|_| broken_row("people", "phone", row.helper_id))?,
                id: ConsentId(id),
                seller: SellerId(row.seller_id),
                seller_name: row.seller_name,
                seller_slug: row.seller_slug,
                place: match row.hamlet {
                    hamlet if hamlet.is_empty() => row.commune_name,
                    hamlet => format!("{hamlet}, {}", row.commune_name),
                },
                helper: PersonId(row.helper_id),
                helper_name: row.helper_name,
                paper: row.paper_id.map(PaperId),
                asked_at: row.asked_at,
                given_at: row.given_at,
                valid_until: row.valid_until,
                ended_at: row.ended_at,
                end_reason: row.end_reason,
                last_deed: row.action.zip(row.deed_at),
            })
        })
        .collect()
}
