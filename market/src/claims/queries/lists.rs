//! Claims in lists: of an order, of a shop, before officers.
use sqlx::PgPool;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::claims::{ClaimReason, ClaimState, ListedClaim};
use crate::kernel::error::broken_row;
use crate::kernel::{
    Actor, ClaimId, Fault, OrderCode, OrderId, PageRequest, Permission, SellerId, SellerOrderId,
    Vnd,
};

/// A claim in a list, as the database has it.
struct Row {
    id: Uuid,
    part: Uuid,
    code: String,
    seller_name: String,
    names: String,
    reason: String,
    state: String,
    asked: i64,
    owed: i64,
    opened_at: OffsetDateTime,
    due_at: Option<OffsetDateTime>,
}

fn listed(rows: Vec<Row>) -> Result<Vec<(SellerOrderId, ListedClaim)>, Fault> {
    rows.into_iter()
        .map(|row| {
            let broken = |column: &str| broken_row("claims", column, row.id);
            let claim = ListedClaim {
                id: ClaimId(row.id),
                order: OrderCode::parse(&row.code).map_err(|_| broken("code"))?,
                reason: ClaimReason::parse(&row.reason).ok_or_else(|| broken("reason"))?,
                state: ClaimState::parse(&row.state).ok_or_else(|| broken("state"))?,
                seller_name: row.seller_name,
                names: row.names,
                asked: Vnd(row.asked),
                owed: Vnd(row.owed),
                opened_at: row.opened_at,
                due_at: row.due_at,
            };
            Ok((SellerOrderId(row.part), claim))
        })
        .collect()
}

/// Of all parts of an order, each with its part, the oldest first.
///
/// # Errors
/// A fault of the database.
pub async fn of_order(
    db: &PgPool,
    order: OrderId,
) -> Result<Vec<(SellerOrderId, ListedClaim)>, Fault> {
    let rows = sqlx::query_as!(
        Row,
        r#"select claims.id, part.id as part, orders.code, part.seller_name, claims.reason, claims.state, claims.opened_at, claims.due_at,
               (select string_agg(line.name, ', ' order by line.position) from claim_lines
                   join order_lines as line on line.id = claim_lines.order_line_id where claim_id = claims.id) as "names!",
               (select sum(asked_vnd) from claim_lines where claim_id = claims.id)::bigint as "asked!",
               coalesce((select sum(amount_vnd) from refunds where claim_id = claims.id and status = 'owed'), 0)::bigint as "owed!"
           from claims
           join seller_orders as part on part.id = claims.seller_order_id
           join orders on orders.id = part.order_id
           where part.order_id = $1
           order by claims.opened_at, claims.id"#,
        order.0
    )
    .fetch_all(db)
    .await?;
    listed(rows)
}

/// A page of a shop's claims: what waits for the shop first, then what waits for others, then the rest, the last first.
///
/// # Errors
/// A fault of the database.
pub async fn of_seller(
    db: &PgPool,
    seller: SellerId,
    page: PageRequest,
) -> Result<Vec<ListedClaim>, Fault> {
    let rows = sqlx::query_as!(
        Row,
        r#"select claims.id, part.id as part, orders.code, part.seller_name, claims.reason, claims.state, claims.opened_at, claims.due_at,
               (select string_agg(line.name, ', ' order by line.position) from claim_lines
                   join order_lines as line on line.id = claim_lines.order_line_id where claim_id = claims.id) as "names!",
               (select sum(asked_vnd) from claim_lines where claim_id = claims.id)::bigint as "asked!",
               coalesce(money.owed, 0)::bigint as "owed!"
           from seller_orders as part
           join claims on claims.seller_order_id = part.id
           join orders on orders.id = part.order_id
           left join lateral (
               select sum(amount_vnd) as owed from refunds where claim_id = claims.id and status = 'owed'
           ) as money on true
           where part.seller_id = $1
           order by
               case when claims.state in ('open', 'returning', 'disputed') or money.owed > 0 then 0 when claims.state = 'offered' then 1 else 2 end,
               claims.opened_at desc, claims.id
           limit $2 offset $3"#,
        seller.0,
        page.limit(),
        page.offset(),
    )
    .fetch_all(db)
    .await?;
    Ok(listed(rows)?.into_iter().map(|(_, claim)| claim).collect())
}

/// How many claims a shop has.
///
/// # Errors
/// A fault of the database.
pub async fn counts(db: &PgPool, seller: SellerId) -> Result<i64, Fault> {
    let count = sqlx::query_scalar!(
        r#"select count(*) as "count!" from seller_orders as part
           join claims on claims.seller_order_id = part.id where part.seller_id = $1"#,
        seller.0
    )
    .fetch_one(db)
    .await?;
    Ok(count)
}

/// How many claims wait for a shop: for an answer, for goods that are looked at, for money that is owed.
///
/// # Errors
/// A fault of the database.
pub async fn open_count(db: &PgPool, seller: SellerId) -> Result<i64, Fault> {
    let count = sqlx::query_scalar!(
        r#"select count(*) as "count!" from seller_orders as part
           join claims on claims.seller_order_id = part.id
           where part.seller_id = $1 and (claims.state in ('open', 'returning', 'disputed')
               or exists (select from refunds where refunds.claim_id = claims.id and status = 'owed'))"#,
        seller.0
    )
    .fetch_one(db)
    .await?;
    Ok(count)
}

/// A page of what waits for an officer in the actor's communes, for a decision or because money is overdue at `now`, the
/// most urgent first.
///
/// # Errors
/// A fault of the database.
pub async fn disputed(
    db: &PgPool,
    actor: &Actor,
    now: OffsetDateTime,
    page: PageRequest,
) -> Result<Vec<ListedClaim>, Fault> {
    let Some((communes, own)) = scope(actor) else {
        return Ok(Vec::new());
    };
    let rows = sqlx::query_as!(
        Row,
        r#"select claims.id, part.id as part, orders.code, part.seller_name, claims.reason, claims.state, claims.opened_at, claims.due_at,
               (select string_agg(line.name, ', ' order by line.position) from claim_lines
                   join order_lines as line on line.id = claim_lines.order_line_id where claim_id = claims.id) as "names!",
               (select sum(asked_vnd) from claim_lines where claim_id = claims.id)::bigint as "asked!",
               coalesce(money.owed, 0)::bigint as "owed!"
           from claims
           join seller_orders as part on part.id = claims.seller_order_id
           join sellers on sellers.id = part.seller_id
           join orders on orders.id = part.order_id
           left join lateral (
               select sum(amount_vnd) as owed, min(due_at) as due_at from refunds where claim_id = claims.id and status = 'owed'
           ) as money on true
           where claims.id in (
                   select id from claims where state = 'disputed'
                   union select claim_id from refunds where status = 'owed' and due_at < $5 and claim_id is not null)
               and ($1::integer[] is null or sellers.commune_id = any($1)) and sellers.id <> all($2)
           order by coalesce(claims.due_at, money.due_at), claims.id
           limit $3 offset $4"#,
        communes.as_deref(),
        &own,
        page.limit(),
        page.offset(),
        now,
    )
    .fetch_all(db)
    .await?;
    Ok(listed(rows)?.into_iter().map(|(_, claim)| claim).collect())
}

/// How many claims wait for the actor: for a decision, or for money that is overdue at `now`.
///
/// # Errors
/// A fault of the database.
pub async fn disputed_count(db: &PgPool, actor: &Actor, now: OffsetDateTime) -> Result<i64, Fault> {
    let Some((communes, own)) = scope(actor) else {
        return Ok(0);
    };
    let count = sqlx::query_scalar!(
        r#"select count(*) as "count!" from claims
           join seller_orders as part on part.id = claims.seller_order_id
           join sellers on sellers.id = part.seller_id
           where claims.id in (
                   select id from claims where state = 'disputed'
                   union select claim_id from refunds where status = 'owed' and due_at < $3 and claim_id is not null)
               and ($1::integer[] is null or sellers.commune_id = any($1)) and sellers.id <> all($2)"#,
        communes.as_deref(),
        &own,
        now,
    )
    .fetch_one(db)
    .await?;
    Ok(count)
}

/// The communes that the actor decides in (`None`: all), and the shops that the actor belongs to.
fn scope(actor: &Actor) -> Option<(Option<Vec<i32>>, Vec<Uuid>)> {
    if !actor.has_office(Permission::Feedback) {
        return None;
    }
    let communes = actor
        .office_communes()
        .map(|communes| communes.iter().map(|commune| commune.0).collect());
    let own = actor
        .memberships
        .iter()
        .map(|membership| membership.seller.0)
        .collect();
    Some((communes, own))
}
