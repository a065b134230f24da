//! Saying which lots the goods of an order come from.
use std::collections::BTreeMap;

use serde_json::json;
use uuid::Uuid;

use crate::kernel::audit::{Deed, record};
use crate::kernel::error::broken_row;
use crate::kernel::{
    Failure, FieldErrors, LotId, OrderLineId, ProductId, Quantity, Right, SellerId, SellerOrderId,
    Work,
};
use crate::orders::{LotsForm, OrderEvent, OrderState, OrdersRefusal, lot_field};
use crate::trace::LotState;

type Outcome<T> = Result<T, Failure<OrdersRefusal>>;

/// How much of which line is from which lot.
type OfLots = BTreeMap<(OrderLineId, LotId), Quantity>;

/// Says how much of each line of a part is from which lot: before it is packed, or to correct what was said. Each
/// difference is a row more, nothing is written over. What the form does not name stays.
///
/// # Errors
/// What is wrong, at its field; the part isn't promised yet or was called off; before it has left, a lot that was
/// recalled.
pub async fn assign_lots(work: &mut Work<'_>, part: SellerOrderId, form: &LotsForm) -> Outcome<()> {
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
    if !state.has_lots() {
        let event = OrderEvent::Pack;
        return Err(OrdersRefusal::NotAllowed { state, event }.into());
    }
    let wanted = form.parse().map_err(OrdersRefusal::Invalid)?;
    let now = of_part(work, part).await?;
    let lines = lines(work, part).await?;
    let lots = lock_lots(work, &wanted).await?;
    check(state, &lines, &lots, &now, &wanted)?;
    let changes: Vec<(OrderLineId, LotId, i64)> = wanted
        .iter()
        .map(|(&(line, lot), quantity)| {
            let before = now.get(&(line, lot)).copied().unwrap_or_default();
            (line, lot, quantity.thousandths() - before.thousandths())
        })
        .filter(|(.., change)| *change != 0)
        .collect();
    if changes.is_empty() {
        return Ok(());
    }
    write(work, &changes).await?;
    let codes: Vec<&str> = lots.values().map(|lot| lot.code.as_str()).collect();
    record(
        work,
        Deed {
            action: "order.lots",
            subject_kind: "seller_order",
            subject: part.0,
            before: None,
            after: Some(json!({ "lots": codes })),
        },
    )
    .await?;
    Ok(())
}

/// Whether all that is wanted can be.
fn check(
    state: OrderState,
    lines: &BTreeMap<OrderLineId, (ProductId, Quantity)>,
    lots: &BTreeMap<LotId, KnownLot>,
    now: &OfLots,
    wanted: &OfLots,
) -> Outcome<()> {
    let mut errors = FieldErrors::default();
    let mut recalled = Vec::new();
    for (&(line, lot), &quantity) in wanted {
        let field = lot_field(line, lot);
        let (Some((product, _)), Some(known)) = (lines.get(&line), lots.get(&lot)) else {
            errors.add(&field, "lot_product");
            continue;
        };
        if known.product != *product {
            errors.add(&field, "lot_product");
        }
        let before = now.get(&(line, lot)).copied().unwrap_or_default();
        if known.state == LotState::Recalled && quantity > before && !state.has_left() {
            recalled.push(known.code.clone());
        }
    }
    for (line, (_, most)) in lines {
        let mut all: OfLots = now.clone();
        all.extend(wanted.iter().map(|(pair, quantity)| (*pair, *quantity)));
        let of_line = all.iter().filter(|((of, _), _)| of == line);
        let sum: i64 = of_line.map(|(_, quantity)| quantity.thousandths()).sum();
        if sum > most.thousandths()
            && let Some((_, lot)) = wanted.keys().find(|(of, _)| of == line)
        {
            let args = [("most", most.to_string())];
            errors.add_with(&lot_field(*line, *lot), "lot_more_than_line", &args);
        }
    }
    if !errors.is_empty() {
        return Err(OrdersRefusal::Invalid(errors).into());
    }
    if recalled.is_empty() {
        Ok(())
    } else {
        let codes = recalled.join(", ");
        Err(OrdersRefusal::LotRecalled { codes }.into())
    }
}

/// What the lines of a part consist of now.
async fn of_part(work: &mut Work<'_>, part: SellerOrderId) -> Outcome<OfLots> {
    let rows = sqlx::query!(
        r#"select line_lots.line_id as "line!", line_lots.lot_id as "lot!", line_lots.quantity as "quantity!"
           from order_lines as line join line_lots on line_lots.line_id = line.id
           where line.seller_order_id = $1"#,
        part.0
    )
    .fetch_all(&mut *work.conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| {
            let pair = (OrderLineId(row.line), LotId(row.lot));
            (pair, Quantity::from_thousandths(row.quantity))
        })
        .collect())
}

/// The lines of a part with product and quantity.
async fn lines(
    work: &mut Work<'_>,
    part: SellerOrderId,
) -> Outcome<BTreeMap<OrderLineId, (ProductId, Quantity)>> {
    let rows = sqlx::query!(
        "select id, product_id, quantity from order_lines where seller_order_id = $1",
        part.0
    )
    .fetch_all(&mut *work.conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| {
            let quantity = Quantity::from_thousandths(row.quantity);
            (OrderLineId(row.id), (ProductId(row.product_id), quantity))
        })
        .collect())
}

/// A lot as it stands until the transaction ends.
struct KnownLot {
    product: ProductId,
    code: String,
    state: LotState,
}

/// The lots that are wanted; whoever would recall one of them waits.
async fn lock_lots(work: &mut Work<'_>, wanted: &OfLots) -> Outcome<BTreeMap<LotId, KnownLot>> {
    let ids: Vec<Uuid> = wanted.keys().map(|(_, lot)| lot.0).collect();
    let rows = sqlx::query!(
        "select id, product_id, code, state from lots where id = any($1) order by id for share",
        &ids,
    )
    .fetch_all(&mut *work.conn)
    .await?;
    rows.into_iter()
        .map(|row| {
            let known = KnownLot {
                product: ProductId(row.product_id),
                code: row.code,
                state: LotState::parse(&row.state)
                    .ok_or_else(|| broken_row("lots", "state", row.id))?,
            };
            Ok((LotId(row.id), known))
        })
        .collect()
}

async fn write(work: &mut Work<'_>, changes: &[(OrderLineId, LotId, i64)]) -> Outcome<()> {
    let lines: Vec<Uuid> = changes.iter().map(|(line, ..)| line.0).collect();
    let lots: Vec<Uuid> = changes.iter().map(|(_, lot, _)| lot.0).collect();
    let amounts: Vec<i64> = changes.iter().map(|(.., change)| *change).collect();
    sqlx::query!(
        "insert into order_line_lots (line_id, lot_id, change, at, actor_kind, person_id)
         select line_id, lot_id, change, $4, $5, $6
         from unnest($1::uuid[], $2::uuid[], $3::bigint[]) as wanted (line_id, lot_id, change)",
        &lines,
        &lots,
        &amounts,
        work.now,
        work.actor.kind(),
        work.actor.person.map(|person| person.0),
    )
    .execute(&mut *work.conn)
    .await?;
    Ok(())
}

/// Each line of a part of which nothing else was said comes whole from the lot that its product is sold from now: what
/// packing means where nobody chose. A lot that is being recalled meanwhile is waited for, and not taken.
pub(super) async fn take_current(work: &mut Work<'_>, part: SellerOrderId) -> Outcome<()> {
    sqlx::query!(
        "insert into order_line_lots (line_id, lot_id, change, at, actor_kind, person_id)
         select line.id, lots.id, line.quantity, $2, $3, $4
         from order_lines as line
         join current_lots on current_lots.product_id = line.product_id
         join lots on lots.id = current_lots.lot_id
         where line.seller_order_id = $1 and lots.state = 'open' and line.quantity > 0
             and not exists (select from line_lots where line_lots.line_id = line.id)
         order by lots.id
         for share of lots",
        part.0,
        work.now,
        work.actor.kind(),
        work.actor.person.map(|person| person.0),
    )
    .execute(&mut *work.conn)
    .await?;
    Ok(())
}

/// Goods of a lot that was recalled do not leave the house.
pub(super) async fn refuse_recalled(work: &mut Work<'_>, part: SellerOrderId) -> Outcome<()> {
    let lots = sqlx::query!(
        "select code, state from lots
         where id in (
             select line_lots.lot_id from order_lines as line join line_lots on line_lots.line_id = line.id
             where line.seller_order_id = $1)
         order by id
         for share",
        part.0,
    )
    .fetch_all(&mut *work.conn)
    .await?;
    let recalled: Vec<String> = lots
        .into_iter()
        .filter(|lot| lot.state == LotState::Recalled.as_str())
        .map(|lot| lot.code)
        .collect();
    if recalled.is_empty() {
        Ok(())
    } else {
        let codes = recalled.join(", ");
        Err(OrdersRefusal::LotRecalled { codes }.into())
    }
}
