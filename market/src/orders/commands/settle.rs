//! Settling a part by what was packed: lines, sums, stock and what follows later, in one go.
use uuid::Uuid;

use super::combos;
use crate::catalog::commands::stock::{self, StockLine};
use crate::catalog::{drawn, is_whole};
use crate::kernel::error::broken_row;
use crate::kernel::outbox::{Topic, tell};
use crate::kernel::{
    Failure, Fault, FieldErrors, OrderLineId, Quantity, Right, SellerId, SellerOrderId, VariantId,
    Vnd, Work,
};
use crate::orders::packing::{Packed, Rest, compare};
use crate::orders::{OrderEvent, OrderState, OrdersRefusal};

type Outcome<T> = Result<T, Failure<OrdersRefusal>>;

/// What a part comes to, and what follows later.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settled {
    /// Goods and delivery of what was packed.
    pub total: Vnd,
    /// The part that follows, with what it comes to.
    pub later: Option<(SellerOrderId, Vnd)>,
}

/// A line as it was ordered, with what was packed of it.
struct Line {
    id: Uuid,
    /// On which stock one unit draws, and how much.
    draws: Vec<(VariantId, Quantity)>,
    was: Vnd,
    packed: Quantity,
    now: Vnd,
    /// What follows later.
    later: Option<(Quantity, Vnd)>,
    kind: Option<&'static str>,
}

impl Line {
    /// What so much of it, in thousandths, is on the stock it draws on.
    fn moved(&self, quantity: i64, seller_order: SellerOrderId) -> Vec<StockLine> {
        let quantity = Quantity::from_thousandths(quantity);
        self.draws
            .iter()
            .map(|(variant, of_one)| StockLine {
                variant: *variant,
                quantity: if *of_one == Quantity::ONE {
                    quantity
                } else {
                    drawn(quantity, *of_one)
                },
                seller_order,
            })
            .collect()
    }
}

/// Settles a confirmed part by what was packed; lines that are not named were packed as ordered. The caller is
/// `payments::commands::pack`, which asks for the money as it is now and packs.
///
/// # Errors
/// The part is not there, of another shop or not confirmed; a line has more than was agreed or than is there; nothing
/// was packed at all; something is short and nobody says why.
pub async fn settle(
    work: &mut Work<'_>,
    part: SellerOrderId,
    packed: &[(OrderLineId, Quantity)],
    rest: Rest,
    reason: &str,
) -> Outcome<Settled> {
    let row = sqlx::query!(
        "select order_id, seller_id, state, items_vnd, total_vnd
         from seller_orders where id = $1 for no key update",
        part.0
    )
    .fetch_optional(&mut *work.conn)
    .await?
    .filter(|row| work.actor.may(Right::Fulfil(SellerId(row.seller_id))))
    .ok_or(OrdersRefusal::NotFound)?;
    let state =
        OrderState::parse(&row.state).ok_or_else(|| broken_row("seller_orders", "state", part))?;
    if state != OrderState::Confirmed {
        let event = OrderEvent::Pack;
        return Err(OrdersRefusal::NotAllowed { state, event }.into());
    }
    let mut lines = judged(work, part, packed, rest, reason).await?;
    lines.retain(|line| line.kind.is_some());
    if lines.is_empty() {
        return Ok(Settled {
            total: Vnd(row.total_vnd),
            later: None,
        });
    }
    let ids: Vec<Uuid> = lines.iter().map(|line| line.id).collect();
    let quantities: Vec<i64> = lines.iter().map(|line| line.packed.thousandths()).collect();
    let amounts: Vec<i64> = lines.iter().map(|line| line.now.0).collect();
    let kinds: Vec<String> = lines
        .iter()
        .filter_map(|line| line.kind.map(str::to_owned))
        .collect();
    sqlx::query!(
        "with packed as (
             select * from unnest($1::uuid[], $2::bigint[], $3::bigint[], $4::text[]) as packed (id, quantity, vnd, kind)
         ), changed as (
             insert into line_changes (order_line_id, at, kind, from_quantity, to_quantity, from_vnd, to_vnd, reason, actor_kind, person_id)
             select line.id, $5, packed.kind, line.quantity, packed.quantity, line.line_vnd, packed.vnd, $6, $7, $8
             from packed join order_lines as line on line.id = packed.id
         )
         update order_lines as line set
             ordered_quantity = coalesce(line.ordered_quantity, line.quantity),
             ordered_vnd = coalesce(line.ordered_vnd, line.line_vnd),
             quantity = packed.quantity,
             line_vnd = packed.vnd
         from packed where line.id = packed.id",
        &ids,
        &quantities,
        &amounts,
        &kinds,
        work.now,
        reason,
        work.actor.kind(),
        work.actor.person.map(|person| person.0),
    )
    .execute(&mut *work.conn)
    .await?;
    let less: i64 = lines.iter().map(|line| line.was.0 - line.now.0).sum();
    let (items, total) = (row.items_vnd - less, row.total_vnd - less);
    if items <= 0 {
        return Err(OrdersRefusal::field("packed", "nothing_packed").into());
    }
    sqlx::query!(
        "update seller_orders set items_vnd = $2, total_vnd = $3 where id = $1",
        part.0,
        items,
        total,
    )
    .execute(&mut *work.conn)
    .await?;
    let later = follow_later(work, part, &lines).await?;
    // The whole order comes to what its parts come to.
    let left = less - later.map_or(0, |(_, amount)| amount.0);
    sqlx::query!(
        "update orders set items_vnd = items_vnd - $2, total_vnd = total_vnd - $2 where id = $1",
        row.order_id,
        left,
    )
    .execute(&mut *work.conn)
    .await?;
    tell(work, Topic::OrderChanged, &[row.order_id]).await?;
    Ok(Settled {
        total: Vnd(total),
        later,
    })
}

/// All lines of the part with what was packed of them, and the stock set right for it. Everything that can't be is told
/// in one go.
async fn judged(
    work: &mut Work<'_>,
    part: SellerOrderId,
    packed: &[(OrderLineId, Quantity)],
    rest: Rest,
    reason: &str,
) -> Outcome<Vec<Line>> {
    let rows = sqlx::query!(
        r#"select id, variant_id, unit, price_vnd, quantity, line_vnd,
               (select coalesce(sum(change), 0)::bigint from order_line_lots where line_id = order_lines.id) as "of_lots!"
           from order_lines where seller_order_id = $1 order by position"#,
        part.0
    )
    .fetch_all(&mut *work.conn)
    .await?;
    let mut made_of = combos::made_of(work, part).await?;
    let mut variants: Vec<VariantId> = rows.iter().map(|row| VariantId(row.variant_id)).collect();
    variants.extend(made_of.values().flatten().map(|(variant, _)| *variant));
    let stock = stock::lock(work, &variants).await?;
    let mut errors = FieldErrors::default();
    let (mut lines, mut more, mut less) = (Vec::new(), Vec::new(), Vec::new());
    let mut is_short = false;
    for row in rows {
        let ordered = Quantity::from_thousandths(row.quantity);
        let variant = VariantId(row.variant_id);
        let named = packed.iter().find(|(line, _)| line.0 == row.id);
        let quantity = named.map_or(ordered, |(_, quantity)| *quantity);
        let field = format!("packed-{}", row.id);
        let price = Vnd(row.price_vnd);
        let sum = |quantity: Quantity| {
            price
                .times(quantity)
                .ok_or_else(|| Fault::new("a line that is worth too much"))
        };
        let made_of = made_of.remove(&row.id);
        let is_combo = made_of.is_some();
        let mut line = Line {
            id: row.id,
            draws: made_of.unwrap_or_else(|| vec![(variant, Quantity::ONE)]),
            was: Vnd(row.line_vnd),
            packed: quantity,
            now: sum(quantity)?,
            later: None,
            kind: None,
        };
        if is_combo && !is_whole(quantity) {
            errors.add(&field, "whole_combos");
        }
        // A combo is counted, whatever its unit is called.
        let unit = if is_combo { "" } else { row.unit.as_str() };
        match compare(unit, ordered, quantity) {
            Packed::AsOrdered => {}
            Packed::TooMuch(most) => {
                errors.add_with(&field, "packed_too_much", &[("most", most.to_string())]);
            }
            Packed::Weighed => line.kind = Some("weighed"),
            Packed::Short(missing) => {
                is_short = true;
                line.kind = Some(match rest {
                    Rest::LeftOut => "short",
                    Rest::Later => "later",
                });
                if rest == Rest::Later {
                    line.later = Some((missing, sum(missing)?));
                }
            }
        }
        if row.of_lots > quantity.thousandths() {
            // Who gets goods of which lot is what a recall goes by: it is set right first.
            errors.add(&field, "packed_lots");
        }
        let extra = quantity.thousandths() - ordered.thousandths();
        if extra > 0 {
            let there = stock.iter().find(|found| found.variant == variant);
            let there = there.map_or(0, |found| found.available.thousandths());
            if there < extra {
                let most = Quantity::from_thousandths(ordered.thousandths() + there.max(0));
                errors.add_with(&field, "packed_too_much", &[("most", most.to_string())]);
            }
            more.extend(line.moved(extra, part));
        } else if extra < 0 {
            less.extend(line.moved(-extra, part));
        }
        lines.push(line);
    }
    if is_short && reason.is_empty() {
        errors.add("reason", "required");
    }
    if lines.iter().all(|line| line.packed.thousandths() == 0) {
        errors.add("packed", "nothing_packed");
    }
    if !errors.is_empty() {
        return Err(OrdersRefusal::Invalid(errors).into());
    }
    if !more.is_empty() {
        stock::reserve(work, &more).await?;
    }
    if !less.is_empty() {
        stock::release(work, &less).await?;
    }
    Ok(lines)
}

/// Makes the part that follows later, with its lines, its stock and its first event; nothing where nothing follows.
async fn follow_later(
    work: &mut Work<'_>,
    part: SellerOrderId,
    lines: &[Line],
) -> Outcome<Option<(SellerOrderId, Vnd)>> {
    let following: Vec<(&Line, Quantity, Vnd)> = lines
        .iter()
        .filter_map(|line| line.later.map(|(quantity, sum)| (line, quantity, sum)))
        .collect();
    if following.is_empty() {
        return Ok(None);
    }
    // Another seller may add a part to the same order meanwhile.
    sqlx::query!(
        "select id from orders where id = (select order_id from seller_orders where id = $1) for no key update",
        part.0
    )
    .fetch_one(&mut *work.conn)
    .await?;
    let id: SellerOrderId = work.new_id();
    let items: i64 = following.iter().map(|(.., sum)| sum.0).sum();
    sqlx::query!(
        "insert into seller_orders (
             id, order_id, position, seller_id, seller_name, seller_kind, commune_id, former_commune_id, state,
             items_vnd, shipping_vnd, total_vnd, placed_at, confirm_by, state_since, harvest_id, split_from)
         select $2, order_id, (select max(position) + 1 from seller_orders as other where other.order_id = part.order_id),
             seller_id, seller_name, seller_kind, commune_id, former_commune_id, 'confirmed',
             $3, 0, $3, placed_at, confirm_by, $4, harvest_id, id
         from seller_orders as part where id = $1",
        part.0,
        id.0,
        items,
        work.now,
    )
    .execute(&mut *work.conn)
    .await?;
    let news: Vec<Uuid> = following
        .iter()
        .map(|_| work.new_id::<OrderLineId>().0)
        .collect();
    let olds: Vec<Uuid> = following.iter().map(|(line, ..)| line.id).collect();
    let quantities: Vec<i64> = following
        .iter()
        .map(|(_, quantity, _)| quantity.thousandths())
        .collect();
    let amounts: Vec<i64> = following.iter().map(|(.., sum)| sum.0).collect();
    sqlx::query!(
        "insert into order_lines (
             id, seller_order_id, position, product_id, variant_id, product_code, name, variant_name, unit, unit_note,
             price_vnd, quantity, line_vnd, stars, certificate_number, group_code, set_number, tax_class,
             supply, harvest_id, promised_from, promised_to)
         select rest.new_id, $1, rest.position, product_id, variant_id, product_code, name, variant_name, unit, unit_note,
             price_vnd, rest.quantity, rest.vnd, stars, certificate_number, group_code, set_number, tax_class,
             supply, harvest_id, promised_from, promised_to
         from unnest($2::uuid[], $3::uuid[], $4::bigint[], $5::bigint[]) with ordinality
             as rest (new_id, old_id, quantity, vnd, position)
         join order_lines on order_lines.id = rest.old_id",
        id.0,
        &news,
        &olds,
        &quantities,
        &amounts,
    )
    .execute(&mut *work.conn)
    .await?;
    combos::keep_contents_of_rest(work, &news, &olds).await?;
    sqlx::query!(
        "insert into order_events (seller_order_id, at, event, to_state, actor_kind, person_id)
         values ($1, $2, 'split', 'confirmed', $3, $4)",
        id.0,
        work.now,
        work.actor.kind(),
        work.actor.person.map(|person| person.0),
    )
    .execute(&mut *work.conn)
    .await?;
    let set_aside: Vec<StockLine> = following
        .iter()
        .flat_map(|(line, quantity, _)| line.moved(quantity.thousandths(), id))
        .collect();
    stock::reserve(work, &set_aside).await?;
    Ok(Some((id, Vnd(items))))
}
