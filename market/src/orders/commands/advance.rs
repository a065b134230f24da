//! Moving a seller's part on, by the one table of steps.
use serde_json::json;

use super::lots;
use crate::catalog::commands::stock::{self, StockLine};
use crate::kernel::audit::{Deed, record};
use crate::kernel::error::broken_row;
use crate::kernel::outbox::{Topic, tell};
use crate::kernel::text::clean_text;
use crate::kernel::{
    Failure, Fault, FieldErrors, OrderCode, Quantity, Right, Role, SellerId, SellerOrderId,
    VariantId, Work,
};
use crate::orders::{OrderEvent, OrderState, OrdersRefusal, Party, transition};

type Outcome<T> = Result<T, Failure<OrdersRefusal>>;

/// The part, if `token` opens its order: how a buyer without an account proves to be the buyer.
pub async fn part_of_order(
    work: &mut Work<'_>,
    code: &OrderCode,
    token: &str,
    part: SellerOrderId,
) -> Outcome<()> {
    let is_buyers = sqlx::query_scalar!(
        r#"select exists (
            select from seller_orders join orders on orders.id = seller_orders.order_id
            where seller_orders.id = $1 and orders.code = $2 and orders.access_token = $3) as "is_buyers!""#,
        part.0,
        code.as_str(),
        token,
    )
    .fetch_one(&mut *work.conn)
    .await?;
    if is_buyers {
        Ok(())
    } else {
        Err(OrdersRefusal::NotFound.into())
    }
}

/// Takes one step: judged by the table for `party`, with what it means for the stock, and kept in the
/// history. As seller the actor must sell for the part's shop; as buyer the caller has checked the token by
/// [`part_of_order`]. A cancellation needs a reason. Answers where the step led.
pub async fn advance(
    work: &mut Work<'_>,
    part: SellerOrderId,
    event: OrderEvent,
    party: Party,
    reason: &str,
) -> Outcome<OrderState> {
    let row = sqlx::query!(
        "select order_id, seller_id, state from seller_orders where id = $1 for no key update",
        part.0
    )
    .fetch_optional(&mut *work.conn)
    .await?
    .filter(|row| match party {
        Party::Seller => work.actor.may(Right::Fulfil(SellerId(row.seller_id))),
        Party::Buyer | Party::System => true,
    })
    .ok_or(OrdersRefusal::NotFound)?;
    let state =
        OrderState::parse(&row.state).ok_or_else(|| broken_row("seller_orders", "state", part))?;
    let next =
        transition(state, event, party).map_err(|_| OrdersRefusal::NotAllowed { state, event })?;
    if event == OrderEvent::Return && has_open_claim(work, part).await? {
        return Err(OrdersRefusal::NotAllowed { state, event }.into());
    }
    let reason = clean_text(reason);
    if reason.chars().count() > 500 {
        let mut errors = FieldErrors::default();
        errors.add_with("reason", "too_long", &[("max", "500".to_owned())]);
        return Err(OrdersRefusal::Invalid(errors).into());
    }
    if matches!(event, OrderEvent::Cancel | OrderEvent::Return)
        && party == Party::Seller
        && reason.is_empty()
    {
        return Err(OrdersRefusal::field("reason", "required").into());
    }
    if event == OrderEvent::Pack {
        lots::take_current(work, part).await?;
    }
    if matches!(event, OrderEvent::Pack | OrderEvent::Ship) {
        lots::refuse_recalled(work, part).await?;
    }
    if matches!(
        event,
        OrderEvent::Pack | OrderEvent::Cancel | OrderEvent::Expire
    ) {
        sqlx::query!(
            "update substitutes set state = 'withdrawn', answered_at = $2
             where state = 'offered' and order_line_id in (select id from order_lines where seller_order_id = $1)",
            part.0,
            work.now,
        )
        .execute(&mut *work.conn)
        .await?;
    }
    move_stock(work, part, state, next).await?;
    let moved = sqlx::query!(
        "update seller_orders set state = $2, state_since = $3 where id = $1 and state = $4",
        part.0,
        next.as_str(),
        work.now,
        state.as_str(),
    )
    .execute(&mut *work.conn)
    .await?
    .rows_affected();
    if moved != 1 {
        return Err(Fault::overtaken().into());
    }
    sqlx::query!(
        "insert into order_events (seller_order_id, at, event, from_state, to_state, actor_kind, person_id, reason)
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
        part.0,
        work.now,
        event.as_str(),
        state.as_str(),
        next.as_str(),
        if party == Party::Buyer && work.actor.person.is_none() { "guest" } else { work.actor.kind() },
        work.actor.person.map(|person| person.0),
        reason,
    )
    .execute(&mut *work.conn)
    .await?;
    // What the program does by itself stands in the order's own history.
    if party == Party::Seller && work.actor.person.is_some() {
        record(
            work,
            Deed {
                action: &format!("order.{}", event.as_str()),
                subject_kind: "seller_order",
                subject: part.0,
                before: Some(json!({ "state": state.as_str() })),
                after: Some(json!({ "state": next.as_str(), "reason": reason })),
            },
        )
        .await?;
    }
    tell(work, Topic::OrderChanged, &[row.order_id]).await?;
    Ok(next)
}

/// What a buyer claims of a part is settled by itself, not by taking the whole part back.
///
/// # Errors
/// A fault of the database.
pub async fn has_open_claim(work: &mut Work<'_>, part: SellerOrderId) -> Result<bool, Fault> {
    let is_open = sqlx::query_scalar!(
        r#"select exists (
            select from claims
            where seller_order_id = $1 and state in ('open', 'offered', 'returning', 'disputed')) as "is_open!""#,
        part.0
    )
    .fetch_one(&mut *work.conn)
    .await?;
    Ok(is_open)
}

/// What a step means for the stock: shipped goods leave it, what is called off goes back.
async fn move_stock(
    work: &mut Work<'_>,
    part: SellerOrderId,
    from: OrderState,
    to: OrderState,
) -> Outcome<()> {
    if !from.holds_stock() || to.holds_stock() {
        return Ok(());
    }
    let rows = sqlx::query!(
        r#"select variant_id as "variant_id!", sum(quantity)::bigint as "quantity!"
           from order_line_draws where seller_order_id = $1 group by variant_id"#,
        part.0
    )
    .fetch_all(&mut *work.conn)
    .await?;
    let lines: Vec<StockLine> = rows
        .into_iter()
        .map(|row| StockLine {
            variant: VariantId(row.variant_id),
            quantity: Quantity::from_thousandths(row.quantity),
            seller_order: part,
        })
        .collect();
    let variants: Vec<VariantId> = lines.iter().map(|line| line.variant).collect();
    stock::lock(work, &variants).await?;
    if to == OrderState::Shipped {
        stock::ship(work, &lines).await?;
    } else {
        stock::release(work, &lines).await?;
    }
    Ok(())
}

/// Ends a delivered part that has been paid; payments alone call it.
pub async fn complete(work: &mut Work<'_>, part: SellerOrderId) -> Outcome<()> {
    match advance(work, part, OrderEvent::Complete, Party::System, "").await {
        Ok(_) | Err(Failure::Refused(OrdersRefusal::NotAllowed { .. })) => Ok(()),
        Err(failure) => Err(failure),
    }
}

/// Up to `limit` parts that nobody confirmed in time, locked so that two workers don't take the same, and with them
/// the stock of all their goods: part after part it would not be in the order of its ids.
pub async fn unconfirmed_in_time(work: &mut Work<'_>, limit: i64) -> Outcome<Vec<SellerOrderId>> {
    debug_assert!(work.actor.is(Role::System), "a worker's task");
    let ids = sqlx::query_scalar!(
        "select id from seller_orders where state = 'placed' and confirm_by < $1 order by confirm_by limit $2 for no key update skip locked",
        work.now,
        limit,
    )
    .fetch_all(&mut *work.conn)
    .await?;
    let variants = sqlx::query_scalar!(
        r#"select distinct variant_id as "variant_id!" from order_line_draws where seller_order_id = any($1)"#,
        &ids
    )
    .fetch_all(&mut *work.conn)
    .await?;
    let variants: Vec<VariantId> = variants.into_iter().map(VariantId).collect();
    stock::lock(work, &variants).await?;
    Ok(ids.into_iter().map(SellerOrderId).collect())
}
