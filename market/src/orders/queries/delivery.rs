//! Questions about other days, and what was ordered ahead of a harvest.
use sqlx::PgPool;
use uuid::Uuid;

use crate::catalog::Days;
use crate::kernel::error::broken_row;
use crate::kernel::{
    Actor, Fault, HarvestMoveId, OrderCode, ProductId, Right, SellerId, SellerOrderId,
};
use crate::orders::{DeliveryQuestion, HarvestOrder, OrderState, QuestionState};

/// What buyers of an order were asked, by part, the last first.
pub(super) async fn questions(
    db: &PgPool,
    order: Uuid,
) -> Result<Vec<(Uuid, DeliveryQuestion)>, Fault> {
    let rows = sqlx::query!(
        "select question.seller_order_id, question.was_from, question.was_to, question.answer,
             moved.id, moved.at, moved.delivers_from, moved.delivers_to, moved.reason, products.name
         from delivery_questions as question
         join harvest_moves as moved on moved.id = question.move_id
         join harvests on harvests.id = question.harvest_id
         join products on products.id = harvests.product_id
         where question.seller_order_id in (select id from seller_orders where order_id = $1)
         order by moved.at desc, moved.id desc",
        order,
    )
    .fetch_all(db)
    .await?;
    rows.into_iter()
        .map(|row| {
            let question = DeliveryQuestion {
                moved: HarvestMoveId(row.id),
                product_name: row.name,
                was: Days {
                    from: row.was_from,
                    to: row.was_to,
                },
                now: Days {
                    from: row.delivers_from,
                    to: row.delivers_to,
                },
                reason: row.reason,
                asked_at: row.at,
                state: QuestionState::of_column(row.answer.as_deref())
                    .ok_or_else(|| broken_row("delivery_questions", "answer", row.id))?,
            };
            Ok((row.seller_order_id, question))
        })
        .collect()
}

/// What was ordered of the harvest ahead of a product, what is to be delivered first standing first; without what was
/// called off; nothing for who does not fulfil the shop's orders.
pub async fn of_harvest(
    db: &PgPool,
    seller: SellerId,
    product: ProductId,
    actor: &Actor,
) -> Result<Vec<HarvestOrder>, Fault> {
    if !actor.may(Right::Fulfil(seller)) {
        return Ok(Vec::new());
    }
    let rows = sqlx::query!(
        r#"select part.id, part.state, orders.code, orders.contact_name, orders.contact_phone,
               min(line.promised_from) as "promised_from!", max(line.promised_to) as "promised_to!",
               array_agg(line.quantity order by line.position) as "quantities!",
               array_agg(line.unit order by line.position) as "units!",
               (
                   select coalesce(question.answer, 'open')
                   from delivery_questions as question join harvest_moves as moved on moved.id = question.move_id
                   where question.seller_order_id = part.id and question.harvest_id = harvests.id
                   order by moved.at desc, moved.id desc limit 1
               ) as answer
           from harvests
           join order_lines as line on line.harvest_id = harvests.id
           join seller_orders as part on part.id = line.seller_order_id
           join orders on orders.id = part.order_id
           where harvests.product_id = $1 and part.seller_id = $2 and harvests.ended_at is null and part.state <> 'cancelled'
           group by harvests.id, part.id, orders.id
           order by min(line.promised_from), part.placed_at, part.id"#,
        product.0,
        seller.0,
    )
    .fetch_all(db)
    .await?;
    rows.into_iter()
        .map(|row| {
            let question = match row.answer.as_deref() {
                None => None,
                Some(answer) => Some(
                    QuestionState::of_column(Some(answer).filter(|answer| *answer != "open"))
                        .ok_or_else(|| broken_row("delivery_questions", "answer", row.id))?,
                ),
            };
            Ok(HarvestOrder {
                part: SellerOrderId(row.id),
                code: OrderCode::parse(&row.code)
                    .map_err(|_| broken_row("orders", "code", row.id))?,
                state: OrderState::parse(&row.state)
                    .ok_or_else(|| broken_row("seller_orders", "state", row.id))?,
                name: row.contact_name,
                phone: super::contact_phone(row.contact_phone.as_deref(), row.id)?,
                amount: super::amounts(&row.quantities, &row.units),
                promised: Days {
                    from: row.promised_from,
                    to: row.promised_to,
                },
                question,
            })
        })
        .collect()
}
