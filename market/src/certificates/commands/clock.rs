//! What the clock does with certificates: it says that one is over, and warns before.
use serde_json::json;
use time::Duration;
use uuid::Uuid;

use super::{News, mentioned, stars_changed};
use crate::certificates::{EventKind, OCOP, WARNINGS};
use crate::kernel::audit::{Deed, record};
use crate::kernel::message;
use crate::kernel::time::{ICT, day_text};
use crate::kernel::{Fault, Phone, Work};

/// Nobody's telephone rings before that hour (Asia/Ho_Chi_Minh).
const FIRST_HOUR: u8 = 8;
/// A warning that could not be sent for so long is sent no more: the desk tells it as well.
const WARNING_LIFE: Duration = Duration::days(3);
/// Certificates in one go; the next round goes on.
const BATCH: i64 = 500;

/// Does what is due by the clock: any process may call it at any time, nothing is done twice.
pub async fn round(work: &mut Work<'_>) -> Result<(), Fault> {
    expire(work).await?;
    if work.now.to_offset(ICT).hour() >= FIRST_HOUR {
        warn(work).await?;
    }
    Ok(())
}

/// Notes which periods are over since the last round, and has search and pages follow. Stars and marks are gone
/// without it: they show by the dates.
async fn expire(work: &mut Work<'_>) -> Result<(), Fault> {
    let over = sqlx::query_scalar!(
        "insert into certificate_events (certificate_id, kind, at, actor_kind)
         select id, 'expired', $2, $3 from certificates
         where state = 'verified' and valid_to < $1
             and not exists (select from certificate_events as told where told.certificate_id = certificates.id and told.kind = 'expired')
         order by id
         limit $4
         on conflict do nothing
         returning certificate_id",
        work.today(),
        work.now,
        work.actor.kind(),
        BATCH,
    )
    .fetch_all(&mut *work.conn)
    .await?;
    if over.is_empty() {
        return Ok(());
    }
    for id in &over {
        deed(work, *id, EventKind::Expired).await?;
    }
    let products = sqlx::query_scalar!(
        r#"select distinct product_id as "product_id!" from covered_goods where certificate_id = any($1)"#,
        &over
    )
    .fetch_all(&mut *work.conn)
    .await?;
    stars_changed(work, &products).await?;
    Ok(())
}

/// Tells sellers 90, 30 and 7 days before the end, each once; after a standstill only what is nearest. One whose
/// next certificate waits or is there needs no telling.
async fn warn(work: &mut Work<'_>) -> Result<(), Fault> {
    let [near, middle, far] = WARNINGS.map(i32::from);
    let due = sqlx::query!(
        r#"with ending as (
             select certificates.id, certificates.product_name, certificates.kind as gives, certificate_kinds.name_vi as kind_name, certificates.valid_to, phone_of_household(sellers.id) as phone,
                 case when valid_to - $1::date <= $2 then 'warned_7' when valid_to - $1::date <= $3 then 'warned_30' else 'warned_90' end as kind
             from certificates
             join certificate_kinds on certificate_kinds.code = certificates.kind
             join sellers on sellers.id = certificates.seller_id
             where certificates.state = 'verified' and certificates.valid_to between $1 and $1::date + $4::integer
                 and sellers.status <> 'closed'
                 and not exists (
                     select from certificates as next
                     where next.replaces_id = certificates.id and next.state in ('entered', 'verified'))
         ), due as (
             select * from ending
             where not exists (
                 select from certificate_events as told where told.certificate_id = ending.id and told.kind = ending.kind)
             order by id
             limit $7
         ), told as (
             insert into certificate_events (certificate_id, kind, at, actor_kind)
             select id, kind, $5, $6 from due
             on conflict do nothing
             returning certificate_id
         )
         select due.id as "id!", due.product_name as "product_name!", due.gives as "gives!", due.kind_name as "kind_name!", due.valid_to as "valid_to!", due.phone as "phone?", due.valid_to - $1::date as "days_left!"
         from due join told on told.certificate_id = due.id
         order by due.id"#,
        work.today(),
        near,
        middle,
        far,
        work.now,
        work.actor.kind(),
        BATCH,
    )
    .fetch_all(&mut *work.conn)
    .await?;
    for row in due {
        let days = u8::try_from(row.days_left).unwrap_or(0);
        let nearest = WARNINGS
            .into_iter()
            .find(|&limit| days <= limit)
            .unwrap_or(WARNINGS[2]);
        deed(work, row.id, EventKind::Warned(nearest)).await?;
        // A household without a telephone sees it at its desk, and its helper at theirs.
        let Some(phone) = row.phone else {
            continue;
        };
        let mut args = mentioned(&row.gives, &row.kind_name, &row.product_name);
        args.insert("day".to_owned(), day_text(row.valid_to));
        let phone = Phone::parse(&phone).map_err(Fault::new)?;
        message::write(
            work,
            &phone,
            News::Ends.message(row.gives == OCOP),
            args,
            "vi",
            work.now + WARNING_LIFE,
        )
        .await?;
    }
    Ok(())
}

async fn deed(work: &mut Work<'_>, id: Uuid, kind: EventKind) -> Result<(), sqlx::Error> {
    let action = format!("certificate.{}", kind.as_str());
    record(
        work,
        Deed {
            action: &action,
            subject_kind: "certificate",
            subject: id,
            before: None,
            after: Some(json!({})),
        },
    )
    .await
}
