//! Reading claims: a fixed number of queries whatever they hold.
mod lists;

use sqlx::{PgExecutor, PgPool};
use time::{Date, Duration, OffsetDateTime};
use uuid::Uuid;

use super::{
    Claim, ClaimEvent, ClaimHappened, ClaimLine, ClaimReason, ClaimState, ClaimWish, Claimable,
    ClaimableLine, Deadlines, RefundSums, ReturnedGoods, is_fresh,
};
use crate::kernel::error::broken_row;
use crate::kernel::time::business_day;
use crate::kernel::{
    Actor, ClaimId, CommuneId, Fault, OrderCode, OrderLineId, PaperId, Permission, Quantity, Right,
    SellerId, SellerOrderId, Vnd,
};

pub use lists::{counts, disputed, disputed_count, of_order, of_seller, open_count};

/// The deadlines in effect at `instant`: of each the latest that had begun on its day.
///
/// # Errors
/// A fault of the database, or one is missing.
pub async fn deadlines(
    db: impl PgExecutor<'_>,
    instant: OffsetDateTime,
) -> Result<Deadlines, Fault> {
    table(db).await?.on(instant)
}

/// All deadlines of all days, the latest of each first.
struct DeadlineTable(Vec<(String, i32, Date)>);

async fn table(db: impl PgExecutor<'_>) -> Result<DeadlineTable, Fault> {
    let rows = sqlx::query!(
        "select code, hours, valid_from from deadlines order by code, valid_from desc"
    )
    .fetch_all(db)
    .await?;
    let rows = rows
        .into_iter()
        .map(|row| (row.code, row.hours, row.valid_from));
    Ok(DeadlineTable(rows.collect()))
}

impl DeadlineTable {
    fn on(&self, instant: OffsetDateTime) -> Result<Deadlines, Fault> {
        let day = business_day(instant);
        read(|code| {
            let row = self
                .0
                .iter()
                .find(|(known, _, from)| known == code && *from <= day);
            // What is older than the table goes by its first row.
            let row = row.or_else(|| self.0.iter().rfind(|(known, ..)| known == code));
            row.map(|(_, hours, _)| Duration::hours(i64::from(*hours)))
                .ok_or_else(|| Fault::new(format!("there is no deadline for {code}")))
        })
    }
}

fn read(of: impl Fn(&str) -> Result<Duration, Fault>) -> Result<Deadlines, Fault> {
    Ok(Deadlines {
        claim_fresh: of("claim_fresh")?,
        claim_other: of("claim_other")?,
        claim_answer: of("claim_answer")?,
        offer_answer: of("offer_answer")?,
        goods_back: of("goods_back")?,
        dispute_open: of("dispute_open")?,
        dispute_answer: of("dispute_answer")?,
        dispute_decide: of("dispute_decide")?,
        refund: of("refund")?,
    })
}

/// What can be claimed of the parts of an order that were delivered, for who holds its token: parts without anything
/// left are missing.
///
/// # Errors
/// A fault of the database.
pub async fn claimable(
    db: &PgPool,
    code: &OrderCode,
    token: &str,
    now: OffsetDateTime,
) -> Result<Vec<Claimable>, Fault> {
    let times = table(db).await?;
    let rows = sqlx::query!(
        r#"select
            part.id as part_id,
            part.seller_name,
            (select max(at) from order_events where seller_order_id = part.id and to_state = 'delivered') as delivered_at,
            (select claims.id from claims where claims.seller_order_id = part.id and state in ('open', 'offered', 'returning', 'disputed')) as open_id,
            line.id,
            line.name,
            line.variant_name,
            line.unit,
            line.quantity,
            line.line_vnd,
            line.set_number,
            coalesce((select sum(amount_vnd) from refunds where order_line_id = line.id), 0)::bigint as "refunded!"
        from orders
        join seller_orders as part on part.order_id = orders.id
        join order_lines as line on line.seller_order_id = part.id
        where orders.code = $1 and orders.access_token = $2 and orders.forgotten_at is null
            and part.state in ('delivered', 'completed') and line.quantity > 0
        order by part.position, line.position"#,
        code.as_str(),
        token,
    )
    .fetch_all(db)
    .await?;
    let mut parts: Vec<Claimable> = Vec::new();
    for row in rows {
        let Some(delivered_at) = row.delivered_at else {
            continue;
        };
        let until = times.on(delivered_at)?.until(delivered_at, row.set_number);
        if now > until || row.refunded >= row.line_vnd {
            continue;
        }
        let line = ClaimableLine {
            line: OrderLineId(row.id),
            name: row.name,
            variant_name: row.variant_name,
            unit: row.unit,
            quantity: Quantity::from_thousandths(row.quantity),
            cost: Vnd(row.line_vnd),
            claimed: Vnd(row.refunded),
            is_fresh: is_fresh(row.set_number),
            until,
        };
        match parts.last_mut().filter(|part| part.part.0 == row.part_id) {
            Some(part) => part.lines.push(line),
            None => parts.push(Claimable {
                part: SellerOrderId(row.part_id),
                seller_name: row.seller_name,
                lines: vec![line],
                open: row.open_id.map(ClaimId),
            }),
        }
    }
    Ok(parts)
}

/// A claim about the order that `token` opens.
///
/// # Errors
/// A fault of the database.
pub async fn for_buyer(
    db: &PgPool,
    code: &OrderCode,
    token: &str,
    id: ClaimId,
) -> Result<Option<Claim>, Fault> {
    let is_buyers = sqlx::query_scalar!(
        r#"select exists (
            select from claims
            join seller_orders as part on part.id = claims.seller_order_id
            join orders on orders.id = part.order_id
            where claims.id = $1 and orders.code = $2 and orders.access_token = $3) as "is_buyers!""#,
        id.0,
        code.as_str(),
        token,
    )
    .fetch_one(db)
    .await?;
    if is_buyers {
        load(db, id).await
    } else {
        Ok(None)
    }
}

/// A claim of the actor's shop.
///
/// # Errors
/// A fault of the database.
pub async fn for_seller(db: &PgPool, actor: &Actor, id: ClaimId) -> Result<Option<Claim>, Fault> {
    let claim = load(db, id).await?;
    Ok(claim.filter(|claim| actor.may(Right::Fulfil(claim.seller))))
}

/// A claim that was taken to an officer, or of which money is overdue at `now`, for whose work it is.
///
/// # Errors
/// A fault of the database.
pub async fn for_officer(
    db: &PgPool,
    actor: &Actor,
    id: ClaimId,
    now: OffsetDateTime,
) -> Result<Option<Claim>, Fault> {
    let claim = load(db, id).await?;
    Ok(claim.filter(|claim| {
        let is_overdue = claim.refund.due_at.is_some_and(|due| due < now);
        actor.may(Right::Office(Permission::Feedback, claim.commune))
            && (is_overdue
                || claim
                    .history
                    .iter()
                    .any(|happened| happened.to == ClaimState::Disputed))
            && actor
                .memberships
                .iter()
                .all(|membership| membership.seller != claim.seller)
    }))
}

async fn load(db: &PgPool, id: ClaimId) -> Result<Option<Claim>, Fault> {
    let Some(row) = sqlx::query!(
        r#"select
            claims.seller_order_id, claims.reason, claims.wish, claims.text, claims.is_fresh, claims.state,
            claims.opened_at, claims.due_at, claims.answer_by, claims.offered_shipping_vnd,
            part.seller_id, part.seller_name, part.shipping_vnd, sellers.commune_id, orders.code,
            coalesce(money.owed, 0)::bigint as "owed!",
            coalesce(money.given_back, 0)::bigint as "given_back!",
            coalesce(money.taken_off, 0)::bigint as "taken_off!",
            money.due_at as refund_due_at
        from claims
        join seller_orders as part on part.id = claims.seller_order_id
        join sellers on sellers.id = part.seller_id
        join orders on orders.id = part.order_id
        left join lateral (
            select
                sum(amount_vnd) filter (where status = 'owed') as owed,
                sum(amount_vnd) filter (where status = 'given_back') as given_back,
                sum(amount_vnd) filter (where status = 'taken_off') as taken_off,
                min(due_at) filter (where status = 'owed') as due_at
            from refunds where refunds.claim_id = claims.id
        ) as money on true
        where claims.id = $1"#,
        id.0
    )
    .fetch_optional(db)
    .await?
    else {
        return Ok(None);
    };
    let photos = sqlx::query_scalar!(
        "select paper_id from order_photos where claim_id = $1 order by position",
        id.0
    )
    .fetch_all(db)
    .await?;
    let broken = |column: &str| broken_row("claims", column, id);
    Ok(Some(Claim {
        id,
        part: SellerOrderId(row.seller_order_id),
        order: OrderCode::parse(&row.code).map_err(|_| broken_row("orders", "code", id))?,
        seller: SellerId(row.seller_id),
        seller_name: row.seller_name,
        commune: CommuneId(row.commune_id),
        reason: ClaimReason::parse(&row.reason).ok_or_else(|| broken("reason"))?,
        wish: ClaimWish::parse(&row.wish).ok_or_else(|| broken("wish"))?,
        text: row.text,
        is_fresh: row.is_fresh,
        state: ClaimState::parse(&row.state).ok_or_else(|| broken("state"))?,
        opened_at: row.opened_at,
        due_at: row.due_at,
        answer_by: row.answer_by,
        offered_shipping: Vnd(row.offered_shipping_vnd),
        shipping: Vnd(row.shipping_vnd),
        lines: lines(db, id).await?,
        photos: photos.into_iter().map(PaperId).collect(),
        history: history(db, id.0).await?,
        refund: RefundSums {
            owed: Vnd(row.owed),
            given_back: Vnd(row.given_back),
            taken_off: Vnd(row.taken_off),
            due_at: row.refund_due_at,
        },
    }))
}

async fn lines(db: &PgPool, id: ClaimId) -> Result<Vec<ClaimLine>, Fault> {
    let rows = sqlx::query!(
        "select claim_lines.order_line_id, line.name, line.variant_name, line.unit, claim_lines.quantity,
             claim_lines.asked_vnd, claim_lines.offered_vnd, claim_lines.goods
         from claim_lines join order_lines as line on line.id = claim_lines.order_line_id
         where claim_lines.claim_id = $1
         order by line.position",
        id.0
    )
    .fetch_all(db)
    .await?;
    rows.into_iter()
        .map(|row| {
            let goods = row.goods.as_deref().map(|text| {
                ReturnedGoods::parse(text).ok_or_else(|| broken_row("claim_lines", "goods", id))
            });
            Ok(ClaimLine {
                line: OrderLineId(row.order_line_id),
                name: row.name,
                variant_name: row.variant_name,
                unit: row.unit,
                quantity: Quantity::from_thousandths(row.quantity),
                asked: Vnd(row.asked_vnd),
                offered: row.offered_vnd.map(Vnd),
                goods: goods.transpose()?,
            })
        })
        .collect()
}

async fn history(db: &PgPool, claim: Uuid) -> Result<Vec<ClaimHappened>, Fault> {
    let rows = sqlx::query!(
        r#"select id, at, event, to_state, actor_kind, coalesce(claim_words.text, '') as "text!", amount_vnd
           from claim_events left join claim_words on claim_words.event_id = claim_events.id
           where claim_events.claim_id = $1 order by id"#,
        claim
    )
    .fetch_all(db)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(ClaimHappened {
                at: row.at,
                event: ClaimEvent::parse(&row.event),
                to: ClaimState::parse(&row.to_state)
                    .ok_or_else(|| broken_row("claim_events", "to_state", row.id))?,
                actor_kind: row.actor_kind,
                text: row.text,
                amount: row.amount_vnd.map(Vnd),
            })
        })
        .collect()
}
