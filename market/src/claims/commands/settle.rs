//! How a claim ends: money back, goods back, or before an officer.
use std::collections::BTreeMap;

use uuid::Uuid;

use super::{Locked, Outcome, Said, advance, ids};
use crate::catalog::commands::stock::{self, StockLine};
use crate::claims::queries::deadlines;
use crate::claims::{ClaimEvent, ClaimState, ClaimsRefusal, ReturnedGoods, Ruling, Side};
use crate::kernel::{Failure, FieldErrors, OrderLineId, Quantity, VariantId, Vnd, Work};
use crate::orders::commands::has_open_claim;
use crate::payments::commands::refund;

/// What a claim can get: of each line what is asked and was not given back before, and what is left of the delivery fee.
struct Asked {
    lines: Vec<(Uuid, Vnd)>,
    shipping: Vnd,
}

async fn asked(work: &mut Work<'_>, claim: &Locked) -> Outcome<Asked> {
    let lines = sqlx::query!(
        r#"select claim_lines.order_line_id, claim_lines.asked_vnd,
               (line.line_vnd - coalesce((select sum(amount_vnd) from refunds where refunds.order_line_id = line.id), 0))::bigint as "left!"
           from claim_lines join order_lines as line on line.id = claim_lines.order_line_id
           where claim_id = $1"#,
        claim.id.0
    )
    .fetch_all(&mut *work.conn)
    .await?;
    let shipping = sqlx::query_scalar!(
        r#"select (part.shipping_vnd - coalesce((
               select sum(refunds.amount_vnd) from refunds join payments on payments.id = refunds.payment_id
               where payments.seller_order_id = part.id and refunds.order_line_id is null), 0))::bigint as "left!"
           from seller_orders as part where part.id = $1"#,
        claim.part.0
    )
    .fetch_one(&mut *work.conn)
    .await?;
    Ok(Asked {
        lines: lines
            .into_iter()
            .map(|row| (row.order_line_id, Vnd(row.asked_vnd.min(row.left))))
            .collect(),
        shipping: Vnd(shipping),
    })
}

/// Writes down what is offered, granted or decided. Answers whether that is all that was asked for the goods.
///
/// # Errors
/// More than was asked, at its field.
pub(super) async fn offer(work: &mut Work<'_>, claim: &Locked, ruling: &Ruling) -> Outcome<bool> {
    let asked = asked(work, claim).await?;
    let mut errors = FieldErrors::default();
    for (line, amount) in &ruling.lines {
        let most = asked.lines.iter().find(|(asked, _)| *asked == line.0);
        let most = most.map(|(_, most)| *most).ok_or(ClaimsRefusal::NotFound)?;
        if *amount > most {
            errors.add_with(
                &format!("amount-{line}"),
                "claim_amount",
                &[("most", most.to_string())],
            );
        }
    }
    if ruling.shipping > asked.shipping {
        errors.add_with(
            "shipping",
            "claim_amount",
            &[("most", asked.shipping.to_string())],
        );
    }
    if !errors.is_empty() {
        return Err(ClaimsRefusal::Invalid(errors).into());
    }
    let amounts: Vec<i64> = ruling.lines.iter().map(|(_, amount)| amount.0).collect();
    sqlx::query!(
        "update claim_lines set offered_vnd = coalesce((
             select offer.amount from unnest($2::uuid[], $3::bigint[]) as offer (line, amount)
             where offer.line = claim_lines.order_line_id), 0)
         where claim_id = $1",
        claim.id.0,
        &ids(&ruling.lines),
        &amounts,
    )
    .execute(&mut *work.conn)
    .await?;
    sqlx::query!(
        "update claims set offered_shipping_vnd = $2 where id = $1",
        claim.id.0,
        ruling.shipping.0,
    )
    .execute(&mut *work.conn)
    .await?;
    Ok(asked.lines.iter().all(|(line, most)| {
        ruling
            .lines
            .iter()
            .any(|(offered, amount)| offered.0 == *line && amount == most)
    }))
}

/// All that was asked for the goods, as an offer.
pub(super) async fn all_of_it(work: &mut Work<'_>, claim: &Locked) -> Outcome<Ruling> {
    let asked = asked(work, claim).await?;
    Ok(Ruling {
        lines: asked
            .lines
            .into_iter()
            .map(|(line, amount)| (OrderLineId(line), amount))
            .collect(),
        shipping: Vnd::ZERO,
        text: String::new(),
    })
}

/// Gives back what stands as the offer: asked of payments line by line, once.
pub(super) async fn pay(work: &mut Work<'_>, claim: &Locked) -> Outcome<()> {
    let rows = sqlx::query!(
        r#"select order_line_id as "line?", offered_vnd as "amount!" from claim_lines
           where claim_id = $1 and offered_vnd > 0
           union all
           select null, offered_shipping_vnd from claims where id = $1 and offered_shipping_vnd > 0"#,
        claim.id.0
    )
    .fetch_all(&mut *work.conn)
    .await?;
    let amounts: Vec<(Option<OrderLineId>, Vnd)> = rows
        .into_iter()
        .map(|row| (row.line.map(OrderLineId), Vnd(row.amount)))
        .collect();
    let times = deadlines(&mut *work.conn, claim.opened_at).await?;
    let due_at = work.now + times.refund;
    match refund(work, claim.part, claim.id, &amounts, due_at).await {
        Ok(_) => Ok(()),
        // Called off, or given back as a whole, in the meantime.
        Err(Failure::Refused(_)) => Err(ClaimsRefusal::WrongState.into()),
        Err(Failure::Fault(fault)) => Err(fault.into()),
    }
}

/// Before an officer: the seller is heard first.
pub(super) async fn dispute(
    work: &mut Work<'_>,
    claim: &Locked,
    event: ClaimEvent,
    by: Side,
    text: &str,
) -> Outcome<ClaimState> {
    let times = deadlines(&mut *work.conn, claim.opened_at).await?;
    // One that is open itself is the only one.
    if !claim.state.is_open() && has_open_claim(work, claim.part).await? {
        return Err(ClaimsRefusal::AnotherOpen.into());
    }
    sqlx::query!(
        "update claims set answer_by = $2 where id = $1",
        claim.id.0,
        work.now + times.dispute_answer,
    )
    .execute(&mut *work.conn)
    .await?;
    let due_at = Some(work.now + times.dispute_decide);
    let said = Said { text, amount: None };
    advance(work, claim, event, by, due_at, said).await
}

/// Goods that came back: into the stock again, or written off.
///
/// # Errors
/// A line of which nothing is said.
pub(super) async fn take_goods(
    work: &mut Work<'_>,
    claim: &Locked,
    goods: &[(OrderLineId, ReturnedGoods)],
) -> Outcome<()> {
    // Of a combo its parts come back.
    let rows = sqlx::query!(
        r#"select claim_lines.order_line_id, coalesce(part.variant_id, line.variant_id) as "variant_id!",
               case when part.line_id is null then claim_lines.quantity else claim_lines.quantity * part.quantity / 1000 end as "quantity!"
           from claim_lines
           join order_lines as line on line.id = claim_lines.order_line_id
           left join order_line_parts as part on part.line_id = line.id
           where claim_id = $1"#,
        claim.id.0
    )
    .fetch_all(&mut *work.conn)
    .await?;
    let mut errors = FieldErrors::default();
    let mut counted: BTreeMap<VariantId, i64> = BTreeMap::new();
    for row in rows {
        let field = format!("goods-{}", row.order_line_id);
        let said = goods.iter().find(|(line, _)| line.0 == row.order_line_id);
        match said {
            None if errors.of(&field).is_none() => errors.add(&field, "claim_goods"),
            None | Some((_, ReturnedGoods::WrittenOff)) => {}
            Some((_, ReturnedGoods::Restocked)) => {
                *counted.entry(VariantId(row.variant_id)).or_default() += row.quantity;
            }
        }
    }
    let back: Vec<StockLine> = counted
        .into_iter()
        .map(|(variant, thousandths)| StockLine {
            variant,
            quantity: Quantity::from_thousandths(thousandths),
            seller_order: claim.part,
        })
        .collect();
    if !errors.is_empty() {
        return Err(ClaimsRefusal::Invalid(errors).into());
    }
    let became: Vec<String> = goods
        .iter()
        .map(|(_, goods)| goods.as_str().to_owned())
        .collect();
    sqlx::query!(
        "update claim_lines set goods = said.goods
         from unnest($2::uuid[], $3::text[]) as said (line, goods)
         where claim_id = $1 and order_line_id = said.line",
        claim.id.0,
        &ids(goods),
        &became,
    )
    .execute(&mut *work.conn)
    .await?;
    if !back.is_empty() {
        let variants: Vec<VariantId> = back.iter().map(|line| line.variant).collect();
        stock::lock(work, &variants).await?;
        stock::put_back(work, &back).await?;
    }
    Ok(())
}
