//! What the clock does with requests: it tells the officers that little time is left, and that it is over.
use std::collections::HashMap;

use time::Duration;
use uuid::Uuid;

use crate::authorities::WARNED_BEFORE;
use crate::kernel::message::{self, Args};
use crate::kernel::time::instant_text;
use crate::kernel::{Fault, Permission, Phone, Work};

/// Requests in one go; the next round goes on.
const BATCH: i64 = 100;
/// That a request is overdue is worth telling for so long.
const OVERDUE_LIFE: Duration = Duration::days(1);

/// A request of which the officers are told.
struct Due {
    id: Uuid,
    number: String,
    due_at: time::OffsetDateTime,
}

/// Tells officers of each open request once when [`WARNED_BEFORE`] is left and once when it is overdue, at any hour:
/// the law's clock runs at night too. Any process may call it at any time. The messages say nothing of what is asked.
pub async fn round(work: &mut Work<'_>) -> Result<(), Fault> {
    let soon = sqlx::query_as!(
        Due,
        "update authority_requests set warned_at = $1
         where id in (
             select id from authority_requests
             where state = 'open' and warned_at is null and due_at > $1 and due_at <= $2
             order by due_at limit $3
             for update skip locked)
         returning id, number, due_at",
        work.now,
        work.now + WARNED_BEFORE,
        BATCH,
    )
    .fetch_all(&mut *work.conn)
    .await?;
    tell(work, "authority_due_soon", &soon).await?;
    let overdue = sqlx::query_as!(
        Due,
        "update authority_requests set told_overdue_at = $1
         where id in (
             select id from authority_requests
             where state = 'open' and told_overdue_at is null and due_at < $1
             order by due_at limit $2
             for update skip locked)
         returning id, number, due_at",
        work.now,
        BATCH,
    )
    .fetch_all(&mut *work.conn)
    .await?;
    tell(work, "authority_overdue", &overdue).await
}

/// A message about each of these to each officer who answers authorities, but for who belongs to the shop.
async fn tell(work: &mut Work<'_>, kind: &str, requests: &[Due]) -> Result<(), Fault> {
    if requests.is_empty() {
        return Ok(());
    }
    let known: HashMap<Uuid, &Due> = requests
        .iter()
        .map(|request| (request.id, request))
        .collect();
    let ids: Vec<Uuid> = known.keys().copied().collect();
    let receivers = sqlx::query!(
        r#"select request.id, people.phone as "phone!"
           from authority_requests as request
           cross join people
           join role_grants on role_grants.person_id = people.id and role_grants.role = 'officer'
           join officer_permissions as granted on granted.person_id = people.id and granted.permission = $2
           where request.id = any($1) and people.phone is not null
               and not exists (select from officer_communes where officer_communes.person_id = people.id)
               and not is_request_about(request.seller_id, request.order_id,
                   array(select seller_id from seller_members where seller_members.person_id = people.id))
           order by request.due_at, request.id, people.id"#,
        &ids,
        Permission::Authorities.as_str(),
    )
    .fetch_all(&mut *work.conn)
    .await?;
    for row in receivers {
        let Some(request) = known.get(&row.id) else {
            continue;
        };
        let phone = Phone::parse(&row.phone).map_err(Fault::new)?;
        let args = Args::from([
            ("number".to_owned(), request.number.clone()),
            ("due".to_owned(), instant_text(request.due_at)),
        ]);
        let until = request.due_at.max(work.now + OVERDUE_LIFE);
        message::write(work, &phone, kind, args, "vi", until).await?;
    }
    Ok(())
}
