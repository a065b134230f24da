//! Offering something else instead of what ran out, and the buyer's answer.
use time::Duration;
use uuid::Uuid;

use super::Settled;
use crate::catalog::Supply;
use crate::catalog::commands::stock::{self, LockedVariant, StockLine};
use crate::kernel::error::broken_row;
use crate::kernel::message::{self, Args};
use crate::kernel::outbox::{Topic, tell};
use crate::kernel::{
    Failure, Fault, OrderLineId, Phone, Quantity, Right, SellerId, SellerOrderId, SubstituteId,
    VariantId, Vnd, Work,
};
use crate::orders::{NewSubstitute, OrderEvent, OrderState, OrdersRefusal, Party};

type Outcome<T> = Result<T, Failure<OrdersRefusal>>;

/// The text of the short message about an offer, by its key.
const MESSAGE: &str = "substitute_offered";
/// The text of the short message about an answer.
const ANSWERED: &str = "substitute_answered";
/// Offers about one part at most: each is a message to its buyer.
const MOST_OFFERS: i64 = 10;
/// That something is offered is worth sending for so long.
const SENT_WITHIN: Duration = Duration::days(1);

/// A part that is locked until the transaction ends.
struct Part {
    order: Uuid,
    seller: SellerId,
    state: OrderState,
    total: Vnd,
}

async fn lock_part(work: &mut Work<'_>, part: SellerOrderId) -> Outcome<Part> {
    let row = sqlx::query!(
        "select order_id, seller_id, state, total_vnd from seller_orders where id = $1 for no key update",
        part.0
    )
    .fetch_optional(&mut *work.conn)
    .await?
    .ok_or(OrdersRefusal::NotFound)?;
    Ok(Part {
        order: row.order_id,
        seller: SellerId(row.seller_id),
        state: OrderState::parse(&row.state)
            .ok_or_else(|| broken_row("seller_orders", "state", part))?,
        total: Vnd(row.total_vnd),
    })
}

/// Nothing is exchanged once it is packed.
fn refuse_packed(part: &Part) -> Result<(), OrdersRefusal> {
    if matches!(part.state, OrderState::Placed | OrderState::Confirmed) {
        Ok(())
    } else {
        Err(OrdersRefusal::NotAllowed {
            state: part.state,
            event: OrderEvent::Pack,
        })
    }
}

/// What can stand in an order instead of something else: on sale today, of the same shop, there, and no combo.
fn judge(
    found: &[LockedVariant],
    variant: VariantId,
    seller: SellerId,
    quantity: Quantity,
) -> Result<(&LockedVariant, Vnd), OrdersRefusal> {
    let found = found
        .iter()
        .find(|found| found.variant == variant && found.seller.id == seller)
        .filter(|found| found.on_sale && found.supply == Supply::Stock && found.parts.is_empty())
        .ok_or_else(|| OrdersRefusal::field("variant", "substitute_not_on_sale"))?;
    if !quantity.fits(found.minimum, found.step) {
        let mut errors = crate::kernel::FieldErrors::default();
        errors.add_step("quantity", found.minimum, found.step, &found.unit);
        return Err(OrdersRefusal::Invalid(errors));
    }
    if found.available < quantity {
        let mut errors = crate::kernel::FieldErrors::default();
        let most = found.available.to_string();
        errors.add_with("quantity", "substitute_too_much", &[("most", most)]);
        return Err(OrdersRefusal::Invalid(errors));
    }
    let cost = found
        .price
        .and_then(|price| price.times(quantity))
        .filter(|cost| cost.0 > 0);
    let cost = cost.ok_or_else(|| OrdersRefusal::field("variant", "substitute_not_on_sale"))?;
    Ok((found, cost))
}

/// Offers something else instead of a line that is not packed yet, as the part's seller; the buyer gets a message. What
/// was offered for that line before and not answered is taken back.
///
/// # Errors
/// The part or line is not there, of another shop or packed; what is wrong with the goods, at its field.
pub async fn offer_substitute(
    work: &mut Work<'_>,
    part: SellerOrderId,
    offer: &NewSubstitute,
) -> Outcome<SubstituteId> {
    let locked = lock_part(work, part).await?;
    if !work.actor.may(Right::Fulfil(locked.seller)) {
        return Err(OrdersRefusal::NotFound.into());
    }
    refuse_packed(&locked)?;
    let line = sqlx::query!(
        r#"select quantity, harvest_id is not null as "is_ahead!",
               exists (select from order_line_lots where line_id = order_lines.id) as "has_lots!",
               exists (select from order_line_draws as other where other.seller_order_id = $2 and other.variant_id = $3)
                   or exists (
                       select from substitutes join order_lines as other on other.id = substitutes.order_line_id
                       where other.seller_order_id = $2 and other.id <> $1 and substitutes.variant_id = $3 and substitutes.state = 'offered'
                   ) as "is_there!",
               (select count(*) from substitutes join order_lines as other on other.id = substitutes.order_line_id
                   where other.seller_order_id = $2) as "offers!",
               (select substitutes.id from substitutes
                   where substitutes.order_line_id = $1 and substitutes.state = 'offered'
                       and substitutes.variant_id = $3 and substitutes.quantity = $4) as same
           from order_lines where id = $1 and seller_order_id = $2"#,
        offer.line.0,
        part.0,
        offer.variant.0,
        offer.quantity.thousandths(),
    )
    .fetch_optional(&mut *work.conn)
    .await?
    .ok_or(OrdersRefusal::NotFound)?;
    // The same tap twice.
    if let Some(same) = line.same {
        return Ok(SubstituteId(same));
    }
    if line.offers >= MOST_OFFERS {
        return Err(OrdersRefusal::field("line", "substitute_often").into());
    }
    if line.quantity == 0 || line.is_ahead || line.has_lots {
        return Err(OrdersRefusal::field("line", "substitute_line").into());
    }
    if line.is_there {
        return Err(OrdersRefusal::field("variant", "substitute_there").into());
    }
    let found = stock::lock(work, &[offer.variant]).await?;
    let (variant, cost) = judge(&found, offer.variant, locked.seller, offer.quantity)?;
    sqlx::query!(
        "update substitutes set state = 'withdrawn', answered_at = $2 where order_line_id = $1 and state = 'offered'",
        offer.line.0,
        work.now,
    )
    .execute(&mut *work.conn)
    .await?;
    let id: SubstituteId = work.new_id();
    let name = match variant.variant_name.as_str() {
        "" => variant.name.clone(),
        way => format!("{}, {way}", variant.name),
    };
    sqlx::query!(
        "insert into substitutes (id, order_line_id, variant_id, name, unit, quantity, price_vnd, line_vnd, words, state, offered_at, offered_by)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'offered', $10, $11)",
        id.0,
        offer.line.0,
        offer.variant.0,
        name,
        variant.unit,
        offer.quantity.thousandths(),
        variant.price.unwrap_or_default().0,
        cost.0,
        offer.words,
        work.now,
        work.actor.person.map(|person| person.0),
    )
    .execute(&mut *work.conn)
    .await?;
    tell_buyer(work, part).await?;
    Ok(id)
}

async fn tell_buyer(work: &mut Work<'_>, part: SellerOrderId) -> Outcome<()> {
    let row = sqlx::query!(
        r#"select orders.code, part.seller_name, coalesce(orders.buyer_phone, orders.contact_phone) as phone
           from seller_orders as part join orders on orders.id = part.order_id where part.id = $1"#,
        part.0
    )
    .fetch_one(&mut *work.conn)
    .await?;
    let Some(phone) = row.phone else {
        return Ok(());
    };
    let phone = Phone::parse(&phone).map_err(|_| broken_row("orders", "contact_phone", part))?;
    let args = Args::from([
        ("code".to_owned(), row.code),
        ("seller".to_owned(), row.seller_name),
    ]);
    let until = work.now + SENT_WITHIN;
    message::write(work, &phone, MESSAGE, args, "vi", until).await?;
    Ok(())
}

/// The shop hears that its offer was answered, so that it packs the right thing.
async fn tell_seller(work: &mut Work<'_>, part: SellerOrderId) -> Outcome<()> {
    let row = sqlx::query!(
        "select orders.code, sellers.phone
         from seller_orders as part
         join orders on orders.id = part.order_id
         join sellers on sellers.id = part.seller_id
         where part.id = $1",
        part.0
    )
    .fetch_one(&mut *work.conn)
    .await?;
    let phone = Phone::parse(&row.phone).map_err(|_| broken_row("sellers", "phone", part))?;
    let args = Args::from([("code".to_owned(), row.code)]);
    let until = work.now + SENT_WITHIN;
    message::write(work, &phone, ANSWERED, args, "vi", until).await?;
    Ok(())
}

/// The buyer would rather not; or, as `Party::Seller`, the shop takes its offer back. The caller has checked the token by
/// `part_of_order`. A second call changes nothing.
///
/// # Errors
/// There is no such offer.
pub async fn decline_substitute(
    work: &mut Work<'_>,
    part: SellerOrderId,
    id: SubstituteId,
    by: Party,
) -> Outcome<()> {
    let locked = lock_part(work, part).await?;
    if by == Party::Seller && !work.actor.may(Right::Fulfil(locked.seller)) {
        return Err(OrdersRefusal::NotFound.into());
    }
    let state = if by == Party::Buyer {
        "declined"
    } else {
        "withdrawn"
    };
    let answered = sqlx::query!(
        "update substitutes set state = $3, answered_at = $4
         where id = $1 and state = 'offered' and order_line_id in (select id from order_lines where seller_order_id = $2)",
        id.0,
        part.0,
        state,
        work.now,
    )
    .execute(&mut *work.conn)
    .await?
    .rows_affected();
    if answered > 0 && by == Party::Buyer {
        tell_seller(work, part).await?;
    }
    Ok(())
}

/// Puts what was offered into the part instead of its line: stock, lines and sums in one go. The caller is
/// `payments::commands::take_substitute`, which asks for the money as it is now, and has checked the token by
/// `part_of_order`.
///
/// # Errors
/// The offer is not there or answered; the part is packed, or the line is of a lot by now; the goods are gone, no longer
/// on sale, or in the part already. The price is the one that was offered, whatever it is today.
pub async fn take_substitute(
    work: &mut Work<'_>,
    part: SellerOrderId,
    id: SubstituteId,
) -> Outcome<Settled> {
    let locked = lock_part(work, part).await?;
    refuse_packed(&locked)?;
    let offer = sqlx::query!(
        "select substitutes.variant_id, substitutes.quantity, substitutes.line_vnd as cost, substitutes.price_vnd,
             line.id as line_id, line.quantity as was, line.line_vnd as was_vnd
         from substitutes join order_lines as line on line.id = substitutes.order_line_id
         where substitutes.id = $1 and substitutes.state = 'offered' and line.seller_order_id = $2
             and not exists (select from order_line_lots where line_id = line.id)
             and not exists (
                 select from order_line_draws as other
                 where other.seller_order_id = $2 and other.variant_id = substitutes.variant_id)
         for update of substitutes",
        id.0,
        part.0,
    )
    .fetch_optional(&mut *work.conn)
    .await?
    .ok_or(OrdersRefusal::NotAsked)?;
    let variant = VariantId(offer.variant_id);
    // What the line holds: its own stock, or that of the parts of a combo.
    let held = sqlx::query!(
        r#"select variant_id as "variant!", quantity as "quantity!" from order_line_draws where line_id = $1"#,
        offer.line_id
    )
    .fetch_all(&mut *work.conn)
    .await?;
    let quantity = Quantity::from_thousandths(offer.quantity);
    let mut variants: Vec<VariantId> = held.iter().map(|row| VariantId(row.variant)).collect();
    variants.push(variant);
    let found = stock::lock(work, &variants).await?;
    let (goods, _) =
        judge(&found, variant, locked.seller, quantity).map_err(|_| OrdersRefusal::NotAsked)?;
    let moved = |variant, thousandths| StockLine {
        variant,
        quantity: Quantity::from_thousandths(thousandths),
        seller_order: part,
    };
    let held: Vec<StockLine> = held
        .iter()
        .map(|row| moved(VariantId(row.variant), row.quantity))
        .collect();
    stock::release(work, &held).await?;
    stock::reserve(work, &[moved(variant, offer.quantity)]).await?;
    sqlx::query!(
        "with changed as (
             insert into line_changes (order_line_id, at, kind, from_quantity, to_quantity, from_vnd, to_vnd, actor_kind, person_id)
             values ($1, $2, 'substituted', $3, 0, $4, 0, $5, $6)
         ), answered as (
             update substitutes set state = 'taken', answered_at = $2 where id = $7
         )
         update order_lines set
             ordered_quantity = coalesce(ordered_quantity, quantity),
             ordered_vnd = coalesce(ordered_vnd, line_vnd),
             quantity = 0,
             line_vnd = 0
         where id = $1",
        offer.line_id,
        work.now,
        offer.was,
        offer.was_vnd,
        work.actor.kind(),
        work.actor.person.map(|person| person.0),
        id.0,
    )
    .execute(&mut *work.conn)
    .await?;
    write_line(
        work,
        part,
        goods,
        quantity,
        Vnd(offer.price_vnd),
        Vnd(offer.cost),
    )
    .await?;
    let more = offer.cost - offer.was_vnd;
    let total = locked.total.0 + more;
    sqlx::query!(
        "with part as (
             update seller_orders set items_vnd = items_vnd + $2, total_vnd = total_vnd + $2 where id = $1
         )
         update orders set items_vnd = items_vnd + $2, total_vnd = total_vnd + $2 where id = $3",
        part.0,
        more,
        locked.order,
    )
    .execute(&mut *work.conn)
    .await?;
    tell(work, Topic::OrderChanged, &[locked.order]).await?;
    tell_seller(work, part).await?;
    Ok(Settled {
        total: Vnd(total),
        later: None,
    })
}

/// One more line of a part, as its goods are today and at the price that was offered.
async fn write_line(
    work: &mut Work<'_>,
    part: SellerOrderId,
    goods: &LockedVariant,
    quantity: Quantity,
    price: Vnd,
    cost: Vnd,
) -> Result<(), Fault> {
    let id: OrderLineId = work.new_id();
    sqlx::query!(
        "insert into order_lines (
             id, seller_order_id, position, product_id, variant_id, product_code, name, variant_name, unit, unit_note,
             price_vnd, quantity, line_vnd, stars, certificate_number, group_code, set_number, tax_class, supply)
         select $1, $2, (select max(position) + 1 from order_lines where seller_order_id = $2),
             $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, 'stock'",
        id.0,
        part.0,
        goods.product.0,
        goods.variant.0,
        goods.product_code,
        goods.name,
        goods.variant_name,
        goods.unit,
        goods.unit_note,
        price.0,
        quantity.thousandths(),
        cost.0,
        goods.stars,
        goods.certificate_number,
        goods.group.as_str(),
        goods.set_number,
        goods.tax_class,
    )
    .execute(&mut *work.conn)
    .await?;
    Ok(())
}
