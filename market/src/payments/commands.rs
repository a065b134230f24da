//! Checking out, moving an order on with what that means for its money, and receiving money.
use uuid::Uuid;

use crate::kernel::audit::{Deed, record};
use crate::kernel::{Failure, PaymentId, Right, Role, SellerId, SellerOrderId, Work};
use crate::orders::commands::{advance as advance_order, complete, place, unconfirmed_in_time};
use crate::orders::{
    Checkout, Collector, OrderEvent, OrderState, OrdersRefusal, Party, PaymentStatus, PlacedOrder,
};

type Outcome<T> = Result<T, Failure<OrdersRefusal>>;

/// Places an order and asks for its money: one payment for each part, into the hands of its seller.
pub async fn check_out(work: &mut Work<'_>, checkout: &Checkout) -> Outcome<PlacedOrder> {
    let placed = place(work, checkout).await?;
    if !placed.is_new {
        return Ok(placed);
    }
    let ids: Vec<Uuid> = placed
        .parts
        .iter()
        .map(|_| work.new_id::<PaymentId>().0)
        .collect();
    let parts: Vec<Uuid> = placed.parts.iter().map(|(part, _)| part.0).collect();
    let amounts: Vec<i64> = placed.parts.iter().map(|(_, amount)| amount.0).collect();
    sqlx::query!(
        "with payment as (
             insert into payments (id, seller_order_id, method, status, collector, amount_vnd, created_at)
             select payment.id, payment.seller_order_id, $4, 'pending', $5, payment.amount_vnd, $6
             from unnest($1::uuid[], $2::uuid[], $3::bigint[]) as payment (id, seller_order_id, amount_vnd)
             returning id, amount_vnd
         )
         insert into payment_events (payment_id, at, status, amount_vnd, actor_kind, person_id)
         select id, $6, 'pending', amount_vnd, $7, $8 from payment",
        &ids,
        &parts,
        &amounts,
        checkout.contact.payment_method.as_str(),
        Collector::Seller.as_str(),
        work.now,
        work.actor.kind(),
        work.actor.person.map(|person| person.0),
    )
    .execute(&mut *work.conn)
    .await?;
    Ok(placed)
}

/// Takes one step of an order and does what it means for the money: what is called off is no longer asked
/// for, what was paid already is given back; what is delivered and already paid is complete.
pub async fn advance(
    work: &mut Work<'_>,
    part: SellerOrderId,
    event: OrderEvent,
    party: Party,
    reason: &str,
) -> Outcome<OrderState> {
    let state = advance_order(work, part, event, party, reason).await?;
    match state {
        OrderState::Cancelled | OrderState::Returned => {
            set_status(work, part, PaymentStatus::Paid, PaymentStatus::Refunded).await?;
            set_status(work, part, PaymentStatus::Pending, PaymentStatus::Cancelled).await?;
        }
        OrderState::Delivered if status_of(work, part).await? == Some(PaymentStatus::Paid) => {
            complete(work, part).await?;
            return Ok(OrderState::Completed);
        }
        _ => {}
    }
    Ok(state)
}

/// The seller has the money of a part in hand. A second call changes nothing.
pub async fn receive(work: &mut Work<'_>, part: SellerOrderId) -> Outcome<()> {
    let row = sqlx::query!(
        "select seller_id, state from seller_orders where id = $1 for no key update",
        part.0
    )
    .fetch_optional(&mut *work.conn)
    .await?
    .filter(|row| work.actor.may(Right::Fulfil(SellerId(row.seller_id))))
    .ok_or(OrdersRefusal::NotFound)?;
    let state = OrderState::parse(&row.state)
        .ok_or_else(|| crate::kernel::error::broken_row("seller_orders", "state", part))?;
    if matches!(state, OrderState::Cancelled | OrderState::Returned) {
        return Err(OrdersRefusal::NotAllowed {
            state,
            event: OrderEvent::Complete,
        }
        .into());
    }
    set_status(work, part, PaymentStatus::Pending, PaymentStatus::Paid).await?;
    if work.actor.person.is_some() {
        record(
            work,
            Deed {
                action: "payment.received",
                subject_kind: "seller_order",
                subject: part.0,
                before: None,
                after: None,
            },
        )
        .await?;
    }
    complete(work, part).await
}

/// Delivered and paid in one tap: how cash on delivery ends.
pub async fn deliver_paid(work: &mut Work<'_>, part: SellerOrderId) -> Outcome<()> {
    advance(work, part, OrderEvent::Deliver, Party::Seller, "").await?;
    receive(work, part).await
}

async fn status_of(work: &mut Work<'_>, part: SellerOrderId) -> Outcome<Option<PaymentStatus>> {
    let status = sqlx::query_scalar!(
        "select status from payments where seller_order_id = $1",
        part.0
    )
    .fetch_optional(&mut *work.conn)
    .await?;
    Ok(status.as_deref().and_then(PaymentStatus::parse))
}

/// From one status to another, with its event; nothing where the payment isn't in the first.
async fn set_status(
    work: &mut Work<'_>,
    part: SellerOrderId,
    from: PaymentStatus,
    to: PaymentStatus,
) -> Outcome<()> {
    sqlx::query!(
        "with payment as (
             update payments set
                 status = $3,
                 paid_at = case when $3 = 'paid' then $4 else paid_at end
             where seller_order_id = $1 and status = $2
             returning id, amount_vnd
         )
         insert into payment_events (payment_id, at, status, amount_vnd, actor_kind, person_id)
         select id, $4, $3, amount_vnd, $5, $6 from payment",
        part.0,
        from.as_str(),
        to.as_str(),
        work.now,
        work.actor.kind(),
        work.actor.person.map(|person| person.0),
    )
    .execute(&mut *work.conn)
    .await?;
    Ok(())
}

/// Calls off what nobody confirmed in time; a worker's task. Answers how many parts.
pub async fn expire(work: &mut Work<'_>, limit: i64) -> Outcome<usize> {
    debug_assert!(work.actor.is(Role::System), "a worker's task");
    let parts = unconfirmed_in_time(work, limit).await?;
    for part in &parts {
        advance(work, *part, OrderEvent::Expire, Party::System, "").await?;
    }
    Ok(parts.len())
}
