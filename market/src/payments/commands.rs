//! Checking out, moving an order on with what that means for its money, and receiving money.
mod refunds;

use uuid::Uuid;

use crate::kernel::audit::{Deed, record};
use crate::kernel::error::broken_row;
use crate::kernel::text::clean_text;
use crate::kernel::{
    Failure, Fault, OrderLineId, PaymentId, Quantity, Right, Role, SellerId, SellerOrderId,
    SubstituteId, Vnd, Work,
};
use crate::orders::commands::{
    advance as advance_order, complete, place, settle, take_substitute as exchange,
    tell_called_off, unconfirmed_in_time,
};
use crate::orders::packing::Rest;
use crate::orders::{
    Checkout, Collector, OrderEvent, OrderState, OrdersRefusal, Party, PaymentStatus, PlacedOrder,
};
use crate::payments::{PaymentEvent, transition};

pub use refunds::{give_back, refund};

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

/// Places an order that the seller types while the buyer is on the telephone, of the seller's own goods only, and
/// promises it at once. The same key twice is the same order. Answers the seller's part.
pub async fn take_by_phone(
    work: &mut Work<'_>,
    seller: SellerId,
    checkout: &Checkout,
) -> Outcome<SellerOrderId> {
    if !work.actor.may(Right::Fulfil(seller)) {
        return Err(OrdersRefusal::NotFound.into());
    }
    let placed = check_out(work, checkout).await?;
    let parts = sqlx::query!(
        "select id, seller_id, state from seller_orders where order_id = $1 order by position",
        placed.id.0
    )
    .fetch_all(&mut *work.conn)
    .await?;
    if parts.iter().any(|part| part.seller_id != seller.0) {
        return Err(OrdersRefusal::NotFound.into());
    }
    for part in parts.iter().filter(|part| part.state == "placed") {
        let part = SellerOrderId(part.id);
        advance(work, part, OrderEvent::Confirm, Party::Seller, "").await?;
    }
    parts
        .first()
        .map(|part| SellerOrderId(part.id))
        .ok_or_else(|| OrdersRefusal::Empty.into())
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
    // Delivered is not complete before it is paid.
    if event == OrderEvent::Complete && !is_paid_in_full(work, part).await? {
        let state = OrderState::Delivered;
        return Err(OrdersRefusal::NotAllowed { state, event }.into());
    }
    if let Some(event) = PaymentEvent::of_part(state) {
        let given_back = step(work, part, event).await?;
        if state == OrderState::Cancelled {
            tell_called_off(work, part, party, given_back).await?;
        }
    } else if state == OrderState::Delivered && is_paid_in_full(work, part).await? {
        complete(work, part).await?;
        return Ok(OrderState::Completed);
    }
    Ok(state)
}

/// Packs a confirmed part: settles it by what was packed, asks for the money as it is now, and takes the step. What
/// follows later has a payment of its own. Answers the part that follows.
pub async fn pack(
    work: &mut Work<'_>,
    part: SellerOrderId,
    packed: &[(OrderLineId, Quantity)],
    rest: Rest,
    reason: &str,
) -> Outcome<Option<SellerOrderId>> {
    let reason = clean_text(reason);
    let settled = settle(work, part, packed, rest, &reason).await?;
    ask_for(work, part, settled.total).await?;
    if let Some((later, amount)) = settled.later {
        let id: PaymentId = work.new_id();
        // What was paid before is for what is sent first; only what is over is for what follows.
        sqlx::query!(
            "with first as (
                 select *, greatest(paid_vnd - amount_vnd, 0) as over from payments where seller_order_id = $5
             ), payment as (
                 insert into payments (id, seller_order_id, method, status, collector, amount_vnd, created_at, paid_at, paid_vnd)
                 select $1, $2, method, case when over > 0 then 'paid' else 'pending' end, collector, $3, $4,
                     case when over > 0 then paid_at end, case when over > 0 then over end
                 from first
                 returning id, status, amount_vnd
             ), shared as (
                 update payments set paid_vnd = amount_vnd where seller_order_id = $5 and paid_vnd > amount_vnd
             )
             insert into payment_events (payment_id, at, status, amount_vnd, actor_kind, person_id)
             select id, $4, status, amount_vnd, $6, $7 from payment",
            id.0,
            later.0,
            amount.0,
            work.now,
            part.0,
            work.actor.kind(),
            work.actor.person.map(|person| person.0),
        )
        .execute(&mut *work.conn)
        .await?;
    }
    advance(work, part, OrderEvent::Pack, Party::Seller, &reason).await?;
    Ok(settled.later.map(|(later, _)| later))
}

/// The buyer takes what was offered instead of a line: the money is asked for as it is now. The caller has checked the
/// token by `part_of_order`.
pub async fn take_substitute(
    work: &mut Work<'_>,
    part: SellerOrderId,
    offer: SubstituteId,
) -> Outcome<()> {
    let settled = exchange(work, part, offer).await?;
    ask_for(work, part, settled.total).await
}

/// Asks for `amount` for a part from now on.
async fn ask_for(work: &mut Work<'_>, part: SellerOrderId, amount: Vnd) -> Outcome<()> {
    sqlx::query!(
        "with payment as (
             update payments set amount_vnd = $2 where seller_order_id = $1 and amount_vnd <> $2
             returning id, status, amount_vnd
         )
         insert into payment_events (payment_id, at, status, amount_vnd, actor_kind, person_id)
         select id, $3, status, amount_vnd, $4, $5 from payment",
        part.0,
        amount.0,
        work.now,
        work.actor.kind(),
        work.actor.person.map(|person| person.0),
    )
    .execute(&mut *work.conn)
    .await?;
    Ok(())
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
    let state =
        OrderState::parse(&row.state).ok_or_else(|| broken_row("seller_orders", "state", part))?;
    if matches!(state, OrderState::Cancelled | OrderState::Returned) {
        return Err(OrdersRefusal::NotAllowed {
            state,
            event: OrderEvent::Complete,
        }
        .into());
    }
    step(work, part, PaymentEvent::Receive).await?;
    receive_rest(work, part).await?;
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
    if is_paid_in_full(work, part).await? {
        complete(work, part).await?;
    }
    Ok(())
}

/// Delivered and paid in one tap: how cash on delivery ends.
pub async fn deliver_paid(work: &mut Work<'_>, part: SellerOrderId) -> Outcome<()> {
    advance(work, part, OrderEvent::Deliver, Party::Seller, "").await?;
    receive(work, part).await
}

async fn is_paid_in_full(work: &mut Work<'_>, part: SellerOrderId) -> Outcome<bool> {
    let is_paid = sqlx::query_scalar!(
        r#"select exists (
            select from payments
            where seller_order_id = $1 and status = 'paid' and paid_vnd >= amount_vnd - taken_off_vnd) as "is_paid!""#,
        part.0
    )
    .fetch_one(&mut *work.conn)
    .await?;
    Ok(is_paid)
}

/// What was still due of a part that was paid before it was weighed has come in.
async fn receive_rest(work: &mut Work<'_>, part: SellerOrderId) -> Outcome<()> {
    sqlx::query!(
        "with payment as (
             update payments set paid_vnd = amount_vnd - taken_off_vnd
             where seller_order_id = $1 and status = 'paid' and paid_vnd < amount_vnd - taken_off_vnd
             returning id, status, amount_vnd
         )
         insert into payment_events (payment_id, at, status, amount_vnd, actor_kind, person_id)
         select id, $2, status, amount_vnd, $3, $4 from payment",
        part.0,
        work.now,
        work.actor.kind(),
        work.actor.person.map(|person| person.0),
    )
    .execute(&mut *work.conn)
    .await?;
    Ok(())
}

/// Takes one step of a part's payment by the one table, with its event; nothing where the table has no such step.
/// The part is locked, and so nobody else takes one. Answers what had come in before, without
/// what was given back of it.
async fn step(work: &mut Work<'_>, part: SellerOrderId, event: PaymentEvent) -> Outcome<Vnd> {
    let payment = sqlx::query!(
        "select status, refunded_vnd, taken_off_vnd, paid_vnd from payments where seller_order_id = $1",
        part.0
    )
    .fetch_one(&mut *work.conn)
    .await?;
    let from = PaymentStatus::parse(&payment.status)
        .ok_or_else(|| broken_row("payments", "status", part))?;
    let given_back = payment.refunded_vnd - payment.taken_off_vnd;
    let came_in = Vnd((payment.paid_vnd.unwrap_or_default() - given_back).max(0));
    let Ok(to) = transition(from, event) else {
        return Ok(Vnd::ZERO);
    };
    let moved = sqlx::query!(
        "with payment as (
             update payments set
                 status = $3,
                 paid_at = case when $3 = 'paid' then $4 else paid_at end,
                 paid_vnd = case when $3 = 'paid' then amount_vnd - taken_off_vnd else paid_vnd end
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
    .await?
    .rows_affected();
    if moved != 1 {
        return Err(Fault::overtaken().into());
    }
    Ok(came_in)
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

/// Whose hands the money of a part will come into, as long as it is asked for; whoever has the part carried says so.
pub async fn collect_by(
    work: &mut Work<'_>,
    part: SellerOrderId,
    collector: Collector,
) -> Outcome<()> {
    sqlx::query!(
        "update payments set collector = $2 where seller_order_id = $1 and status = 'pending' and collector <> $2",
        part.0,
        collector.as_str(),
    )
    .execute(&mut *work.conn)
    .await?;
    Ok(())
}
