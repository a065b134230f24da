//! Giving money back: decided line by line, taken off what is still due first, handed over by whoever has it.
use time::OffsetDateTime;
use uuid::Uuid;

use super::{Outcome, step};
use crate::kernel::audit::{Deed, record};
use crate::kernel::error::broken_row;
use crate::kernel::outbox::{Topic, tell};
use crate::kernel::text::clean_line;
use crate::kernel::{
    ClaimId, FieldErrors, OrderLineId, RefundId, Right, SellerId, SellerOrderId, Vnd, Work,
};
use crate::orders::commands::complete;
use crate::orders::{Collector, OrdersRefusal, PaymentMethod, PaymentStatus};
use crate::payments::PaymentEvent;

/// Decides that money of a part goes back: of each line so much, of the delivery fee where no line is named. What was
/// not paid yet is no longer asked for; of the rest it is written down that it is owed until `due_at`. The part's row is
/// locked by the caller. Answers what is owed.
///
/// # Errors
/// The payment was called off or given back as a whole. The database refuses more than a line or the part cost.
pub async fn refund(
    work: &mut Work<'_>,
    part: SellerOrderId,
    claim: ClaimId,
    amounts: &[(Option<OrderLineId>, Vnd)],
    due_at: OffsetDateTime,
) -> Outcome<Vnd> {
    let payment = sqlx::query!(
        "select payments.id, payments.status, method, collector, amount_vnd, paid_vnd, refunded_vnd, taken_off_vnd, part.order_id
         from payments join seller_orders as part on part.id = payments.seller_order_id
         where seller_order_id = $1 for update of payments",
        part.0
    )
    .fetch_optional(&mut *work.conn)
    .await?
    .ok_or(OrdersRefusal::NotFound)?;
    let status = PaymentStatus::parse(&payment.status)
        .ok_or_else(|| broken_row("payments", "status", payment.id))?;
    if !matches!(status, PaymentStatus::Pending | PaymentStatus::Paid) {
        return Err(OrdersRefusal::NothingToGiveBack.into());
    }
    let total: i64 = amounts.iter().map(|(_, amount)| amount.0).sum();
    if payment.refunded_vnd + total > payment.amount_vnd {
        return Err(OrdersRefusal::NothingToGiveBack.into());
    }
    // Who carries cash on delivery has it from the buyer, whenever the seller says to have it.
    let is_with_carrier = payment.method == PaymentMethod::Cod.as_str()
        && payment.collector == Collector::Carrier.as_str();
    let unpaid = payment.amount_vnd - payment.taken_off_vnd - payment.paid_vnd.unwrap_or(0);
    let mut due = if is_with_carrier { 0 } else { unpaid.max(0) };
    let mut rows: Vec<(Uuid, Option<Uuid>, i64, &'static str)> = Vec::new();
    let (mut owed, mut taken) = (0, 0);
    for (line, amount) in amounts.iter().filter(|(_, amount)| amount.0 > 0) {
        let taken_off = due.min(amount.0);
        due -= taken_off;
        taken += taken_off;
        owed += amount.0 - taken_off;
        for (amount, status) in [(taken_off, "taken_off"), (amount.0 - taken_off, "owed")] {
            if amount > 0 {
                let id = work.new_id::<RefundId>().0;
                rows.push((id, line.map(|line| line.0), amount, status));
            }
        }
    }
    let ids: Vec<Uuid> = rows.iter().map(|row| row.0).collect();
    let lines: Vec<Option<Uuid>> = rows.iter().map(|row| row.1).collect();
    let sums: Vec<i64> = rows.iter().map(|row| row.2).collect();
    let statuses: Vec<String> = rows.iter().map(|row| row.3.to_owned()).collect();
    sqlx::query!(
        "insert into refunds (id, payment_id, claim_id, order_line_id, amount_vnd, status, due_at, decided_at)
         select refund.id, $5, $6, refund.line, refund.amount, refund.status, $7, $8
         from unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::text[]) as refund (id, line, amount, status)",
        &ids,
        &lines as &[Option<Uuid>],
        &sums,
        &statuses,
        payment.id,
        claim.0,
        due_at,
        work.now,
    )
    .execute(&mut *work.conn)
    .await?;
    sqlx::query!(
        "with payment as (
             update payments set refunded_vnd = refunded_vnd + $2, taken_off_vnd = taken_off_vnd + $6 where id = $1
             returning id
         )
         insert into payment_events (payment_id, at, status, amount_vnd, actor_kind, person_id)
         select id, $3, 'refund_decided', $2, $4, $5 from payment",
        payment.id,
        total,
        work.now,
        work.actor.kind(),
        work.actor.person.map(|person| person.0),
        taken,
    )
    .execute(&mut *work.conn)
    .await?;
    // Nothing is asked for any more: what was delivered is complete.
    if taken > 0 && unpaid == taken {
        if status == PaymentStatus::Pending {
            step(work, part, PaymentEvent::TakeOff).await?;
        }
        complete(work, part).await?;
    }
    tell(work, Topic::OrderChanged, &[payment.order_id]).await?;
    Ok(Vnd(owed))
}

/// The seller has handed over what is owed by a claim, and says how. A second call changes nothing.
///
/// # Errors
/// It is another shop's; the note is too long.
pub async fn give_back(work: &mut Work<'_>, claim: ClaimId, note: &str) -> Outcome<()> {
    let seller = sqlx::query_scalar!(
        r#"select part.seller_id from refunds
           join payments on payments.id = refunds.payment_id
           join seller_orders as part on part.id = payments.seller_order_id
           where refunds.claim_id = $1 limit 1"#,
        claim.0
    )
    .fetch_optional(&mut *work.conn)
    .await?
    .filter(|seller| work.actor.may(Right::Fulfil(SellerId(*seller))));
    if seller.is_none() {
        return Err(OrdersRefusal::NotFound.into());
    }
    let note = clean_line(note);
    if note.chars().count() > 200 {
        let mut errors = FieldErrors::default();
        errors.add_with("note", "too_long", &[("max", "200".to_owned())]);
        return Err(OrdersRefusal::Invalid(errors).into());
    }
    let given = sqlx::query!(
        r#"with given as (
             update refunds set status = 'given_back', given_back_at = $2, note = $3
             where claim_id = $1 and status = 'owed'
             returning payment_id, amount_vnd
         ), told as (
             insert into payment_events (payment_id, at, status, amount_vnd, actor_kind, person_id)
             select payment_id, $2, 'refund_given', sum(amount_vnd), $4, $5 from given group by payment_id
         )
         select coalesce(sum(amount_vnd), 0)::bigint as "sum!" from given"#,
        claim.0,
        work.now,
        note,
        work.actor.kind(),
        work.actor.person.map(|person| person.0),
    )
    .fetch_one(&mut *work.conn)
    .await?;
    if given.sum > 0 {
        record(
            work,
            Deed {
                action: "payment.given_back",
                subject_kind: "claim",
                subject: claim.0,
                before: None,
                after: Some(serde_json::json!({ "amount_vnd": given.sum, "note": note })),
            },
        )
        .await?;
    }
    Ok(())
}
