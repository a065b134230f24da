//! What the buyer does: makes a claim, takes an offer, takes it to an officer, takes it back.
use time::OffsetDateTime;
use uuid::Uuid;

use super::{Outcome, Said, To, advance, happened, lock, settle, tell};
use crate::claims::form::MOST_PHOTOS;
use crate::claims::queries::deadlines;
use crate::claims::{
    ClaimEvent, ClaimState, ClaimWish, ClaimsRefusal, NewClaim, Side, is_fresh, share_of_line,
};
use crate::kernel::error::broken_row;
use crate::kernel::{
    ClaimId, FieldErrors, OrderCode, OrderLineId, PaperId, Quantity, SellerOrderId, Vnd, Work,
};
use crate::orders::OrderState;
use crate::orders::commands::has_open_claim;

/// What a buyer does about a claim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BuyerStep {
    /// Takes what is offered.
    Accept,
    /// Takes the claim back.
    Withdraw,
    /// Takes it to an officer, and says why.
    Dispute(String),
    /// Tells the officer more.
    Say(String),
}

/// The claim, if `token` opens its order.
///
/// # Errors
/// It does not.
pub async fn claim_of_order(
    work: &mut Work<'_>,
    code: &OrderCode,
    token: &str,
    claim: ClaimId,
) -> Outcome<()> {
    let is_buyers = sqlx::query_scalar!(
        r#"select exists (
            select from claims
            join seller_orders as part on part.id = claims.seller_order_id
            join orders on orders.id = part.order_id
            where claims.id = $1 and orders.code = $2 and orders.access_token = $3) as "is_buyers!""#,
        claim.0,
        code.as_str(),
        token,
    )
    .fetch_one(&mut *work.conn)
    .await?;
    if is_buyers {
        Ok(())
    } else {
        Err(ClaimsRefusal::NotFound.into())
    }
}

/// What of a line can be claimed.
struct Line {
    id: Uuid,
    quantity: Quantity,
    cost: Vnd,
    /// Given back before.
    refunded: Vnd,
    set: Option<i16>,
}

impl Line {
    /// So much of it was not paid back before, by its cost.
    fn left(&self) -> Quantity {
        let left = i128::from(self.quantity.thousandths())
            * i128::from(self.cost.0 - self.refunded.0)
            / i128::from(self.cost.0.max(1));
        Quantity::from_thousandths(i64::try_from(left).unwrap_or(0))
    }
}

/// Claims something of a delivered part: with at least one photograph where one can show it. The caller has checked the
/// token by `part_of_order`, and taken the photographs in by `accept_photo`. The same key twice is the same claim.
///
/// # Errors
/// What is wrong, at its field; the part was not delivered, or its time is over; another claim is open.
pub async fn open(
    work: &mut Work<'_>,
    part: SellerOrderId,
    key: Uuid,
    claim: &NewClaim,
    photos: &[PaperId],
) -> Outcome<ClaimId> {
    let row = sqlx::query!(
        r#"select state, (
               select max(at) from order_events where seller_order_id = part.id and to_state = 'delivered'
           ) as delivered_at
           from seller_orders as part
           where id = $1 and not exists (select from orders where orders.id = order_id and forgotten_at is not null)
           for no key update"#,
        part.0
    )
    .fetch_optional(&mut *work.conn)
    .await?
    .ok_or(ClaimsRefusal::NotFound)?;
    // After the lock: a twin waited there and finds what the first one made.
    let twin = sqlx::query!("select id, seller_order_id from claims where key = $1", key)
        .fetch_optional(&mut *work.conn)
        .await?;
    match twin {
        Some(twin) if twin.seller_order_id == part.0 => return Ok(ClaimId(twin.id)),
        Some(_) => return Err(ClaimsRefusal::NotFound.into()),
        None => {}
    }
    let state =
        OrderState::parse(&row.state).ok_or_else(|| broken_row("seller_orders", "state", part))?;
    let delivered_at = row
        .delivered_at
        .filter(|_| matches!(state, OrderState::Delivered | OrderState::Completed))
        .ok_or(ClaimsRefusal::TooLate)?;
    if has_open_claim(work, part).await? {
        return Err(ClaimsRefusal::AnotherOpen.into());
    }
    let lines = lines(work, part).await?;
    // Within the hours of the day of delivery; answered within those of today.
    let of_delivery = deadlines(&mut *work.conn, delivered_at).await?;
    let times = deadlines(&mut *work.conn, work.now).await?;
    let until = |set| of_delivery.until(delivered_at, set);
    let (asked, is_fresh) = judge(claim, photos, &lines, until, work.now)?;
    let id: ClaimId = work.new_id();
    sqlx::query!(
        "insert into claims (id, key, seller_order_id, reason, wish, text, is_fresh, state, opened_at, state_since, due_at)
         values ($1, $2, $3, $4, $5, $6, $7, 'open', $8, $8, $9)",
        id.0,
        key,
        part.0,
        claim.reason.as_str(),
        claim.wish.as_str(),
        claim.text,
        is_fresh,
        work.now,
        work.now + times.claim_answer,
    )
    .execute(&mut *work.conn)
    .await?;
    let ids: Vec<Uuid> = claim.lines.iter().map(|(line, _)| line.0).collect();
    let quantities: Vec<i64> = claim
        .lines
        .iter()
        .map(|(_, quantity)| quantity.thousandths())
        .collect();
    let amounts: Vec<i64> = asked.iter().map(|(_, amount)| amount.0).collect();
    sqlx::query!(
        "insert into claim_lines (claim_id, order_line_id, quantity, asked_vnd)
         select $1, line.id, line.quantity, line.asked
         from unnest($2::uuid[], $3::bigint[], $4::bigint[]) as line (id, quantity, asked)",
        id.0,
        &ids,
        &quantities,
        &amounts,
    )
    .execute(&mut *work.conn)
    .await?;
    if !super::photos::show(work, part, None, Some(id), photos).await? {
        return Err(ClaimsRefusal::field("photos", "claim_photo_gone").into());
    }
    let total = Vnd(amounts.iter().sum());
    let said = Said {
        text: "",
        amount: Some(total),
    };
    happened(work, id, None, ClaimState::Open, Side::Buyer, said).await?;
    tell(work, part, To::Seller, "claim_made").await?;
    Ok(id)
}

/// The lines of a part, with what was given back of them before.
async fn lines(work: &mut Work<'_>, part: SellerOrderId) -> Outcome<Vec<Line>> {
    let rows = sqlx::query!(
        r#"select line.id, line.quantity, line.line_vnd, line.set_number,
               coalesce((select sum(amount_vnd) from refunds where order_line_id = line.id), 0)::bigint as "refunded!"
           from order_lines as line where line.seller_order_id = $1"#,
        part.0
    )
    .fetch_all(&mut *work.conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| Line {
            id: row.id,
            quantity: Quantity::from_thousandths(row.quantity),
            cost: Vnd(row.line_vnd),
            refunded: Vnd(row.refunded),
            set: row.set_number,
        })
        .collect())
}

/// What is asked for each line, and whether the goods spoil.
fn judge(
    claim: &NewClaim,
    photos: &[PaperId],
    lines: &[Line],
    until: impl Fn(Option<i16>) -> OffsetDateTime,
    now: OffsetDateTime,
) -> Result<(Vec<(OrderLineId, Vnd)>, bool), ClaimsRefusal> {
    let mut errors = FieldErrors::default();
    let mut asked: Vec<(OrderLineId, Vnd)> = Vec::new();
    let mut spoils = false;
    for (id, quantity) in &claim.lines {
        let field = format!("line-{id}");
        let Some(line) = lines.iter().find(|line| line.id == id.0) else {
            return Err(ClaimsRefusal::NotFound);
        };
        let amount = share_of_line(line.cost, *quantity, line.quantity);
        if asked.iter().any(|(known, _)| known == id)
            || *quantity > line.quantity
            || amount.0 > line.cost.0 - line.refunded.0
            || amount.0 == 0
        {
            errors.add_with(
                &field,
                "claim_too_much",
                &[("most", line.left().to_string())],
            );
        } else if now > until(line.set) {
            errors.add(&field, "claim_late");
        }
        spoils |= is_fresh(line.set);
        asked.push((*id, amount));
    }
    if photos.len() > MOST_PHOTOS {
        errors.add_with(
            "photos",
            "claim_photos_many",
            &[("most", MOST_PHOTOS.to_string())],
        );
    } else if photos.is_empty() && claim.reason.can_be_seen() {
        errors.add("photos", "claim_photo");
    }
    if spoils && claim.wish == ClaimWish::Return {
        errors.add("wish", "claim_fresh_stays");
    }
    if errors.is_empty() {
        Ok((asked, spoils))
    } else {
        Err(ClaimsRefusal::Invalid(errors))
    }
}

/// Takes a step as the buyer; the caller has checked the token by [`claim_of_order`].
///
/// # Errors
/// The table has no such step, or its time is over; another claim of the part is open.
pub async fn take_step(work: &mut Work<'_>, id: ClaimId, taken: &BuyerStep) -> Outcome<()> {
    let claim = lock(work, id).await?;
    match taken {
        BuyerStep::Accept => {
            let said = Said::default();
            advance(work, &claim, ClaimEvent::Accept, Side::Buyer, None, said).await?;
            settle::pay(work, &claim).await?;
            tell(work, claim.part, To::Seller, "claim_taken").await?;
        }
        BuyerStep::Withdraw => {
            let said = Said::default();
            advance(work, &claim, ClaimEvent::Withdraw, Side::Buyer, None, said).await?;
        }
        BuyerStep::Say(text) => {
            let said = Said { text, amount: None };
            let due_at = claim.due_at;
            advance(work, &claim, ClaimEvent::Answer, Side::Buyer, due_at, said).await?;
        }
        BuyerStep::Dispute(text) => {
            let is_over = claim.state == ClaimState::Refused
                && claim.due_at.is_some_and(|due| work.now > due);
            if is_over {
                return Err(ClaimsRefusal::TooLate.into());
            }
            settle::dispute(work, &claim, ClaimEvent::Dispute, Side::Buyer, text).await?;
            tell(work, claim.part, To::Seller, "claim_disputed").await?;
        }
    }
    Ok(())
}
