//! Reading requests: a fixed number of queries whatever there is.
use sqlx::{PgConnection, PgExecutor};
use time::OffsetDateTime;
use uuid::Uuid;

use super::commands::may_answer;
use super::{
    Days, ExportRecord, LOOKS_SHOWN, ListedRequest, Look, Request, RequestEntry, RequestEvent,
    RequestKind, RequestShop, RequestState, Seen,
};
use crate::kernel::error::broken_row;
use crate::kernel::{
    Actor, AuthorityRequestId, CommuneId, Fault, OrderCode, PageRequest, PaperId, SellerId,
};
use crate::sellers::Standing;

/// The shops that the actor belongs to: what is asked about them is not theirs to read.
pub(super) fn own_shops(actor: &Actor) -> Vec<Uuid> {
    actor
        .memberships
        .iter()
        .map(|membership| membership.seller.0)
        .collect()
}

/// How many requests stand where, for who may answer them.
pub async fn counts(
    db: impl PgExecutor<'_>,
    actor: &Actor,
) -> Result<Vec<(RequestState, i64)>, Fault> {
    if !may_answer(actor) {
        return Ok(Vec::new());
    }
    let rows = sqlx::query!(
        r#"select state, count(*) as "count!" from authority_requests
           where not is_request_about(seller_id, order_id, $1)
           group by state"#,
        &own_shops(actor),
    )
    .fetch_all(db)
    .await?;
    Ok(rows
        .into_iter()
        .filter_map(|row| Some((RequestState::parse(&row.state)?, row.count)))
        .collect())
}

/// How many requests wait, and when the first of them is due: for who may answer them.
pub async fn waiting(
    db: impl PgExecutor<'_>,
    actor: &Actor,
) -> Result<(i64, Option<OffsetDateTime>), Fault> {
    if !may_answer(actor) {
        return Ok((0, None));
    }
    let row = sqlx::query!(
        r#"select count(*) as "count!", min(due_at) as first from authority_requests
           where state = 'open' and not is_request_about(seller_id, order_id, $1)"#,
        &own_shops(actor),
    )
    .fetch_one(db)
    .await?;
    Ok((row.count, row.first))
}

/// A page of the requests in that state, of all where none is named: those that wait first, by their deadlines, then
/// the others, the last received first. For who may answer them.
pub async fn listed(
    db: impl PgExecutor<'_>,
    actor: &Actor,
    state: Option<RequestState>,
    page: PageRequest,
) -> Result<Vec<ListedRequest>, Fault> {
    if !may_answer(actor) {
        return Ok(Vec::new());
    }
    let rows = sqlx::query_as!(
        Row,
        r#"select request.id, request.number, request.authority, request.document_no, request.kind,
               sellers.name as "shop?", orders.code as "order?", request.state, request.state_since,
               request.received_at, request.due_at
           from authority_requests as request
           left join sellers on sellers.id = request.seller_id
           left join orders on orders.id = request.order_id
           where ($1::text is null or request.state = $1)
               and not is_request_about(request.seller_id, request.order_id, $2)
           order by request.state <> 'open', case when request.state = 'open' then request.due_at end,
               request.received_at desc, request.id
           limit $3 offset $4"#,
        state.map(RequestState::as_str),
        &own_shops(actor),
        page.limit(),
        page.offset(),
    )
    .fetch_all(db)
    .await?;
    rows.into_iter().map(ListedRequest::try_from).collect()
}

/// A request as the database has it.
struct Row {
    id: Uuid,
    number: String,
    authority: String,
    document_no: String,
    kind: String,
    shop: Option<String>,
    order: Option<String>,
    state: String,
    state_since: OffsetDateTime,
    received_at: OffsetDateTime,
    due_at: OffsetDateTime,
}

impl TryFrom<Row> for ListedRequest {
    type Error = Fault;

    fn try_from(row: Row) -> Result<Self, Fault> {
        let broken = |column| broken_row("authority_requests", column, row.id);
        Ok(Self {
            id: AuthorityRequestId(row.id),
            kind: RequestKind::parse(&row.kind).ok_or_else(|| broken("kind"))?,
            order: row
                .order
                .map(|code| OrderCode::parse(&code).map_err(|_| broken("order_id")))
                .transpose()?,
            state: RequestState::parse(&row.state).ok_or_else(|| broken("state"))?,
            number: row.number,
            authority: row.authority,
            document_no: row.document_no,
            shop: row.shop,
            state_since: row.state_since,
            received_at: row.received_at,
            due_at: row.due_at,
        })
    }
}

/// Whether there is such a request for the actor, and its scan, if it has one.
pub(super) async fn paper_of(
    db: impl PgExecutor<'_>,
    actor: &Actor,
    id: AuthorityRequestId,
) -> Result<Option<Option<PaperId>>, Fault> {
    let paper = sqlx::query_scalar!(
        "select paper_id from authority_requests where id = $1 and not is_request_about(seller_id, order_id, $2)",
        id.0,
        &own_shops(actor),
    )
    .fetch_optional(db)
    .await?;
    Ok(paper.map(|paper| paper.map(PaperId)))
}

/// A request with its history and who has seen it: three queries. Whoever reads has asked for the right before.
pub(super) async fn request(
    conn: &mut PgConnection,
    id: AuthorityRequestId,
) -> Result<Option<Request>, Fault> {
    let row = sqlx::query!(
        r#"select request.number, request.authority, request.document_no, request.document_date, request.kind,
               request.state, request.state_since, request.received_at, request.due_at, request.asked,
               request.paper_id is not null as "has_scan!", orders.code as "order?",
               sellers.id as "seller?", sellers.slug as "slug?", sellers.name as "shop?", sellers.status as "status?",
               sellers.commune_id as "commune?"
           from authority_requests as request
           left join sellers on sellers.id = request.seller_id
           left join orders on orders.id = request.order_id
           where request.id = $1"#,
        id.0,
    )
    .fetch_optional(&mut *conn)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let shop = match (row.seller, row.slug, &row.shop, row.status, row.commune) {
        (Some(seller), Some(slug), Some(name), Some(status), Some(commune)) => Some(RequestShop {
            id: SellerId(seller),
            slug,
            name: name.clone(),
            standing: Standing::parse(&status)
                .ok_or_else(|| broken_row("sellers", "status", seller))?,
            commune: CommuneId(commune),
        }),
        _ => None,
    };
    let listed = Row {
        id: id.0,
        number: row.number,
        authority: row.authority,
        document_no: row.document_no,
        kind: row.kind,
        shop: row.shop,
        order: row.order,
        state: row.state,
        state_since: row.state_since,
        received_at: row.received_at,
        due_at: row.due_at,
    };
    Ok(Some(Request {
        listed: listed.try_into()?,
        document_date: row.document_date,
        asked: row.asked,
        shop,
        has_scan: row.has_scan,
        history: history(conn, id).await?,
        looks: looks(conn, id).await?,
    }))
}

async fn history(
    conn: &mut PgConnection,
    id: AuthorityRequestId,
) -> Result<Vec<RequestEntry>, Fault> {
    let rows = sqlx::query!(
        r#"select events.id, events.event, events.at, coalesce(people.name, '') as "who!", events.text, events.letter_no
           from authority_request_events as events
           left join people on people.id = events.person_id
           where events.request_id = $1
           order by events.id desc"#,
        id.0,
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(RequestEntry {
                event: RequestEvent::parse(&row.event)
                    .ok_or_else(|| broken_row("authority_request_events", "event", row.id))?,
                at: row.at,
                who: row.who,
                text: row.text,
                letter_no: row.letter_no,
            })
        })
        .collect()
}

async fn looks(conn: &mut PgConnection, id: AuthorityRequestId) -> Result<Vec<Look>, Fault> {
    let rows = sqlx::query!(
        r#"select seen.at as "at!", coalesce(people.name, '') as "who!", seen.is_scan as "is_scan!", seen.about as "about!",
               seen.from_day, seen.to_day, seen.sha256, seen.bytes
           from (
               select at, person_id, action = 'authority.scan_seen' as is_scan, '' as about,
                   null::date as from_day, null::date as to_day, null::text as sha256, null::bigint as bytes
               from audit_log
               where subject = $1 and action in ('authority.looked', 'authority.scan_seen')
               union all
               select exports.at, exports.person_id, false, concat_ws(', ', sellers.name, orders.code),
                   from_day, to_day, sha256, bytes
               from authority_exports as exports
               left join sellers on sellers.id = exports.seller_id
               left join orders on orders.id = exports.order_id
               where exports.request_id = $1) as seen
           left join people on people.id = seen.person_id
           order by seen.at desc
           limit $2"#,
        id.0,
        LOOKS_SHOWN,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| Look {
            at: row.at,
            who: row.who,
            at_what: match (row.sha256, row.bytes) {
                (Some(sha256), Some(bytes)) => Seen::Export(ExportRecord {
                    about: row.about,
                    period: Days {
                        from: row.from_day,
                        to: row.to_day,
                    },
                    sha256,
                    bytes,
                }),
                _ if row.is_scan => Seen::Scan,
                _ => Seen::Page,
            },
        })
        .collect())
}
