//! Reading deeds, the newest first, from a cursor on.
use sqlx::PgExecutor;
use time::{Duration, OffsetDateTime};

use super::changes::changes;
use super::{Cursor, DeedEntry, Deeds, PER_PAGE, Search, Who, masked_address};
use crate::kernel::text::fold;
use crate::kernel::time::start_of_day;
use crate::kernel::{Actor, Fault, Permission, Right, SellerId};

/// All that was done in a household's name and to its shop, by whomever: for its owner; nothing for others.
pub async fn of_seller(
    db: impl PgExecutor<'_>,
    actor: &Actor,
    seller: SellerId,
    after: Option<Cursor>,
) -> Result<Deeds, Fault> {
    if !actor.may(Right::Own(seller)) {
        return Ok(Deeds {
            rows: Vec::new(),
            next: None,
        });
    }
    let search = Search {
        person: None,
        seller: None,
        action: None,
        from: None,
        to: None,
        after,
    };
    select(db, Some(seller), None, &search).await
}

/// What an officer looks for: in all of the province, or among the shops of the officer's communes.
pub(super) async fn search(
    db: impl PgExecutor<'_>,
    actor: &Actor,
    search: &Search,
) -> Result<Deeds, Fault> {
    if !actor.has_office(Permission::Audit) {
        return Ok(Deeds {
            rows: Vec::new(),
            next: None,
        });
    }
    let communes = actor
        .office_communes()
        .map(|communes| communes.iter().map(|commune| commune.0).collect());
    select(db, None, communes, search).await
}

async fn select(
    db: impl PgExecutor<'_>,
    seller: Option<SellerId>,
    communes: Option<Vec<i32>>,
    search: &Search,
) -> Result<Deeds, Fault> {
    let (phone, name) = match &search.person {
        Some(Who::Phone(phone)) => (Some(phone.as_str()), None),
        Some(Who::Name(name)) => (None, Some(fold(name))),
        None => (None, None),
    };
    let from: Option<OffsetDateTime> = search.from.map(start_of_day);
    let to = search
        .to
        .map(|day| start_of_day(day.saturating_add(Duration::DAY)));
    let after = search.after.map(|cursor| {
        let at = OffsetDateTime::from_unix_timestamp_nanos(i128::from(cursor.at) * 1000)
            .unwrap_or(OffsetDateTime::UNIX_EPOCH);
        (at, cursor.id)
    });
    let rows = sqlx::query!(
        r#"select
            log.id,
            log.at,
            log.action,
            log.actor_kind,
            (log.on_behalf_of = log.seller_id) is true as "is_on_behalf!",
            log.address,
            log.before,
            log.after,
            people.name as "person?",
            sellers.name as "seller?",
            case log.subject_kind
                when 'product' then (select name from products where id = log.subject)
                when 'seller_order' then (
                    select orders.code from seller_orders join orders on orders.id = seller_orders.order_id
                    where seller_orders.id = log.subject)
                when 'household_consent' then (
                    select helper.name from household_consents as consent join people as helper on helper.id = consent.helper_id
                    where consent.id = log.subject)
                when 'authority_request' then (select number from authority_requests where id = log.subject)
            end as subject
        from audit_log as log
        left join people on people.id = log.person_id
        left join sellers on sellers.id = log.seller_id
        where ($1::uuid is null or log.seller_id = $1)
            and ($2::integer[] is null or log.seller_id in (select id from sellers where commune_id = any($2)))
            and ($3::text is null or log.person_id = (select id from people where phone = $3))
            and ($4::text is null or log.person_id in (select id from people where position($4 in folded(name)) > 0))
            and ($5::text is null or log.seller_id in (select id from sellers where slug = $5 or position($6 in folded(name)) > 0))
            and ($7::text is null or log.action = $7 or log.action like $7 || '.%')
            and ($8::timestamptz is null or log.at >= $8)
            and ($9::timestamptz is null or log.at < $9)
            and ($10::timestamptz is null or (log.at, log.id) < ($10, $11))
        order by log.at desc, log.id desc
        limit $12"#,
        seller.map(|seller| seller.0),
        communes.as_deref(),
        phone,
        name,
        search.seller,
        search.seller.as_deref().map(fold),
        search.action,
        from,
        to,
        after.map(|(at, _)| at),
        after.map_or(0, |(_, id)| id),
        PER_PAGE + 1,
    )
    .fetch_all(db)
    .await?;
    let has_more = i64::try_from(rows.len()).is_ok_and(|count| count > PER_PAGE);
    let mut entries: Vec<DeedEntry> = rows
        .into_iter()
        .map(|row| DeedEntry {
            cursor: Cursor {
                at: i64::try_from(row.at.unix_timestamp_nanos() / 1000).unwrap_or(0),
                id: row.id,
            },
            at: row.at,
            action: row.action,
            actor_kind: row.actor_kind,
            person: row.person,
            seller: row.seller,
            is_on_behalf: row.is_on_behalf,
            subject: row.subject.filter(|name| !name.is_empty()),
            address: masked_address(&row.address),
            changes: changes(row.before.as_ref(), row.after.as_ref()),
        })
        .collect();
    if has_more {
        entries.pop();
    }
    Ok(Deeds {
        next: entries
            .last()
            .filter(|_| has_more)
            .map(|entry| entry.cursor),
        rows: entries,
    })
}
