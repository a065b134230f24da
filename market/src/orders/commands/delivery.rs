//! Moving the days in which a harvest is delivered: each buyer who ordered ahead is told, and answers.
use time::Duration;
use uuid::Uuid;

use crate::catalog::commands::{harvest_to_move, set_delivery, sold_ahead, stock};
use crate::catalog::{CatalogRefusal, Days, Harvest, MoveForm};
use crate::kernel::error::broken_row;
use crate::kernel::message::{self, Args, plain};
use crate::kernel::outbox::{Topic, tell};
use crate::kernel::time::{day_text, start_of_day};
use crate::kernel::{Failure, FieldErrors, HarvestMoveId, Phone, ProductId, SellerOrderId, Work};
use crate::orders::{DeliveryAnswer, OrderEvent, OrderState, OrdersRefusal, Party, transition};

/// The text of short messages about other days, by its key.
const MESSAGE: &str = "delivery_moved";
/// A gateway that is down so long has other troubles; the order's page asks as well.
const SENT_WITHIN: Duration = Duration::days(3);
/// A harvest's days are moved so often a day at most: each time buyers get a message.
const MOVES_A_DAY: i64 = 3;

/// Moves the days in which the harvest ahead of a product is delivered. Who orders from now on is promised the new
/// days; each order that waits keeps what it was promised until its buyer answers, and a message asks.
/// Answers how many orders are asked.
///
/// # Errors
/// All that is wrong, at its field; no harvest is ahead; the product is not the actor's.
pub async fn move_delivery(
    work: &mut Work<'_>,
    product: ProductId,
    form: &MoveForm,
) -> Result<usize, Failure<CatalogRefusal>> {
    let harvest = harvest_to_move(work, product).await?;
    let (days, reason) = form
        .parse(harvest.picked.from, work.today())
        .map_err(CatalogRefusal::Invalid)?;
    if days == harvest.delivered {
        return Err(CatalogRefusal::field("delivers_from", "same_days").into());
    }
    let moved_today = sqlx::query_scalar!(
        r#"select count(*) as "moved!" from harvest_moves where harvest_id = $1 and at >= $2"#,
        harvest.id.0,
        start_of_day(work.today()),
    )
    .fetch_one(&mut *work.conn)
    .await?;
    if moved_today >= MOVES_A_DAY {
        return Err(CatalogRefusal::field("delivers_from", "moved_often").into());
    }
    // Before the stock is locked: an answer locks its question first, too.
    sqlx::query!(
        "update delivery_questions set answer = 'overtaken', answered_at = $2 where harvest_id = $1 and answer is null",
        harvest.id.0,
        work.now
    )
    .execute(&mut *work.conn)
    .await?;
    // Who is ordering ahead at this moment is through before, and is asked, or comes after, and sees the new days.
    let sold = sold_ahead(work, harvest.id).await?;
    stock::lock(work, &sold).await?;
    set_delivery(work, product, &harvest, days).await?;
    let id: HarvestMoveId = work.new_id();
    sqlx::query!(
        "insert into harvest_moves (id, harvest_id, at, actor_kind, person_id, was_from, was_to, delivers_from, delivers_to, reason)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        id.0,
        harvest.id.0,
        work.now,
        work.actor.kind(),
        work.actor.person.map(|person| person.0),
        harvest.delivered.from,
        harvest.delivered.to,
        days.from,
        days.to,
        reason,
    )
    .execute(&mut *work.conn)
    .await?;
    ask(work, &harvest, id, days, &reason).await
}

/// Asks the buyers of all orders that wait for a harvest. What is packed already was picked.
async fn ask(
    work: &mut Work<'_>,
    harvest: &Harvest,
    id: HarvestMoveId,
    days: Days,
    reason: &str,
) -> Result<usize, Failure<CatalogRefusal>> {
    let asked = sqlx::query!(
        r#"with waiting as (
               select part.id, part.order_id, part.seller_name, min(line.name) as name,
                   min(line.promised_from) as was_from, max(line.promised_to) as was_to
               from order_lines as line
               join seller_orders as part on part.id = line.seller_order_id
               where line.harvest_id = $1 and part.state in ('placed', 'confirmed')
               group by part.id
           ), asked as (
               insert into delivery_questions (move_id, seller_order_id, harvest_id, was_from, was_to)
               select $2, id, $1, was_from, was_to from waiting
           )
           select waiting.order_id, waiting.seller_name, waiting.name as "name!", orders.code, orders.contact_phone
           from waiting join orders on orders.id = waiting.order_id
           order by waiting.id"#,
        harvest.id.0,
        id.0,
    )
    .fetch_all(&mut *work.conn)
    .await?;
    for order in &asked {
        let Some(phone) = &order.contact_phone else {
            continue;
        };
        let to = Phone::parse(phone)
            .map_err(|_| broken_row("orders", "contact_phone", order.order_id))?;
        let args = Args::from([
            ("code".to_owned(), order.code.clone()),
            ("product".to_owned(), plain(&order.name, 40)),
            ("seller".to_owned(), plain(&order.seller_name, 40)),
            ("from".to_owned(), day_text(days.from)),
            ("to".to_owned(), day_text(days.to)),
            ("reason".to_owned(), plain(reason, 60)),
        ]);
        message::write(work, &to, MESSAGE, args, "vi", work.now + SENT_WITHIN).await?;
    }
    let orders: Vec<Uuid> = asked.iter().map(|order| order.order_id).collect();
    tell(work, Topic::OrderChanged, &orders).await?;
    Ok(asked.len())
}

/// What a buyer says to the days that are proposed: the promise of the order's lines follows. The caller has checked
/// that the actor is the buyer by [`super::part_of_order`], and calls the part off itself where that is the answer.
/// Once answered it stays so; and an answer to days that were moved again since is none.
///
/// # Errors
/// Nothing is asked; a day outside those that are proposed; too late to call it off.
pub async fn answer_delivery(
    work: &mut Work<'_>,
    part: SellerOrderId,
    moved: HarvestMoveId,
    answer: DeliveryAnswer,
) -> Result<(), Failure<OrdersRefusal>> {
    let state = sqlx::query_scalar!(
        "select state from seller_orders where id = $1 for no key update",
        part.0
    )
    .fetch_optional(&mut *work.conn)
    .await?
    .ok_or(OrdersRefusal::NotFound)?;
    let state =
        OrderState::parse(&state).ok_or_else(|| broken_row("seller_orders", "state", part))?;
    let asked = sqlx::query!(
        "select moved.id, moved.harvest_id, moved.delivers_from, moved.delivers_to
         from delivery_questions as question join harvest_moves as moved on moved.id = question.move_id
         where question.seller_order_id = $1 and question.move_id = $2 and question.answer is null
         for update of question",
        part.0,
        moved.0
    )
    .fetch_optional(&mut *work.conn)
    .await?
    .filter(|_| state.holds_stock())
    .ok_or(OrdersRefusal::NotAsked)?;
    let days = match answer {
        DeliveryAnswer::Kept => Some((asked.delivers_from, asked.delivers_to)),
        DeliveryAnswer::Shifted(day)
            if day < asked.delivers_from.max(work.today()) || day > asked.delivers_to =>
        {
            let days = Days {
                from: asked.delivers_from.max(work.today()).min(asked.delivers_to),
                to: asked.delivers_to,
            };
            let mut errors = FieldErrors::default();
            errors.add_with("wanted_from", "outside_days", &[("days", days.text())]);
            return Err(OrdersRefusal::Invalid(errors).into());
        }
        DeliveryAnswer::Shifted(day) => Some((day, asked.delivers_to)),
        DeliveryAnswer::Cancelled => {
            let event = OrderEvent::Cancel;
            transition(state, event, Party::Buyer)
                .map_err(|_| OrdersRefusal::NotAllowed { state, event })?;
            None
        }
    };
    if let Some((from, to)) = days {
        sqlx::query!(
            "update order_lines set promised_from = $3, promised_to = $4 where seller_order_id = $1 and harvest_id = $2",
            part.0,
            asked.harvest_id,
            from,
            to,
        )
        .execute(&mut *work.conn)
        .await?;
    }
    let order = sqlx::query_scalar!(
        "with answered as (
             update delivery_questions set answer = $3, answered_at = $4 where move_id = $1 and seller_order_id = $2
         )
         select order_id from seller_orders where id = $2",
        asked.id,
        part.0,
        answer.as_str(),
        work.now,
    )
    .fetch_one(&mut *work.conn)
    .await?;
    tell(work, Topic::OrderChanged, &[order]).await?;
    Ok(())
}
