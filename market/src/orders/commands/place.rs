//! Placing an order: one short transaction, the same form twice is one order, nothing is ever oversold.
use time::{Date, Duration};
use uuid::Uuid;

use super::combos::{Contents, Left};
use crate::catalog::commands::stock::{self, LockedVariant, StockLine};
use crate::catalog::{is_whole, lacking};
use crate::kernel::outbox::{Topic, tell};
use crate::kernel::{
    Failure, Fault, FieldErrors, OrderCode, OrderId, OrderLineId, Quantity, SellerOrderId,
    VariantId, Vnd, Work, secret,
};
use crate::orders::{Checkout, Entry, OrdersRefusal, PlacedOrder, Shortage, queries};
use crate::places::{self, CodeReading, Commune};
use crate::shipping::{self, RateTable, Zone};

type Outcome<T> = Result<T, Failure<OrdersRefusal>>;

/// So long a seller has to confirm.
pub const CONFIRM_WITHIN: Duration = Duration::hours(48);
/// Lines of one order.
const MAX_LINES: usize = 100;

/// Places an order for anyone: sets the goods aside and writes order, parts, lines and history. The caller
/// is `payments::commands::check_out`, which adds what is to be paid in the same transaction.
pub async fn place(work: &mut Work<'_>, checkout: &Checkout) -> Outcome<PlacedOrder> {
    let wanted = merge(&checkout.lines)?;
    let commune = destination(work, &checkout.contact.commune_code).await?;
    let refusal = match make(work, checkout, &commune, &wanted).await {
        Ok(Some(placed)) => return Ok(placed),
        Ok(None) => None,
        Err(Failure::Refused(refusal)) => Some(refusal),
        Err(fault @ Failure::Fault(_)) => return Err(fault),
    };
    // A twin of this request may have been first: this one waited for it, and finds its key used or goods gone.
    match (
        find_placed(work, checkout, &commune, &wanted).await?,
        refusal,
    ) {
        (Some(placed), _) => Ok(placed),
        (None, Some(refusal)) => Err(refusal.into()),
        // A code that exists: a second try settles it.
        (None, None) => Err(Fault::overtaken().into()),
    }
}

/// Makes the order; `None` where another has its key or its code, and then nothing was written.
async fn make(
    work: &mut Work<'_>,
    checkout: &Checkout,
    commune: &Commune,
    wanted: &[Wanted],
) -> Outcome<Option<PlacedOrder>> {
    let ids: Vec<VariantId> = wanted.iter().map(|line| line.variant).collect();
    let locked = stock::lock(work, &ids).await?;
    let lines = judge(wanted, locked)?;
    let today = work.today();
    let rates = shipping::queries::rates(&mut *work.conn, today).await?;
    let parts = divide(work, lines, commune, &rates)?;
    let order = Totals::of(&parts);
    if let Some(seen) = checkout.seen_total
        && seen != order.total
    {
        return Err(OrdersRefusal::TotalChanged { now: order.total }.into());
    }
    let Some(placed) = write(work, checkout, commune, &parts, order).await? else {
        return Ok(None);
    };
    let mut set_aside = Vec::new();
    for part in &parts {
        for line in &part.lines {
            let draws = line.variant.draws(line.quantity).into_iter();
            set_aside.extend(draws.map(|(variant, quantity)| StockLine {
                variant,
                quantity,
                seller_order: part.id,
            }));
        }
    }
    stock::reserve(work, &set_aside).await?;
    let mut contents = Contents::default();
    for part in &parts {
        for line in &part.lines {
            contents.add(part.id, &line.variant);
        }
    }
    contents.write(work).await?;
    tell(work, Topic::OrderChanged, &[placed.id.0]).await?;
    Ok(Some(placed))
}

/// A variant as it is wanted, with the place of its first mention, where errors are told.
struct Wanted {
    index: usize,
    variant: VariantId,
    quantity: Quantity,
}

impl Wanted {
    fn field(&self, name: &str) -> String {
        format!("lines.{}.{name}", self.index)
    }
}

/// Counts lines of the same variant together, in the order of their first mention.
fn merge(lines: &[(VariantId, Quantity)]) -> Outcome<Vec<Wanted>> {
    let mut wanted: Vec<Wanted> = Vec::with_capacity(lines.len());
    for (index, &(variant, quantity)) in lines.iter().enumerate() {
        match wanted.iter_mut().find(|known| known.variant == variant) {
            Some(known) => {
                known.quantity = Quantity::from_thousandths(
                    known
                        .quantity
                        .thousandths()
                        .saturating_add(quantity.thousandths()),
                );
            }
            None => wanted.push(Wanted {
                index,
                variant,
                quantity,
            }),
        }
    }
    if wanted.is_empty() {
        return Err(OrdersRefusal::Empty.into());
    }
    let mut errors = FieldErrors::default();
    if wanted.len() > MAX_LINES {
        errors.add_with("lines", "too_many", &[("max", MAX_LINES.to_string())]);
    }
    for line in &wanted {
        if line.quantity > Quantity::MAX || line.quantity.thousandths() == 0 {
            errors.add(&line.field("quantity"), "amount");
        }
    }
    if errors.is_empty() {
        Ok(wanted)
    } else {
        Err(OrdersRefusal::Invalid(errors).into())
    }
}

/// Where it goes: today's commune, or what a former one became where that is one.
async fn destination(work: &mut Work<'_>, code: &str) -> Outcome<Commune> {
    let mut errors = FieldErrors::default();
    match places::queries::read_code(&mut *work.conn, code).await? {
        CodeReading::One(commune) => return Ok(commune),
        CodeReading::Split(communes) => {
            let communes: Vec<String> = communes
                .iter()
                .map(|commune| format!("{} {}", commune.code, commune.full_name))
                .collect();
            errors.add_with(
                "commune_code",
                "commune_split",
                &[("communes", communes.join(", "))],
            );
        }
        CodeReading::Unknown => errors.add("commune_code", "commune_code"),
    }
    Err(OrdersRefusal::Invalid(errors).into())
}

/// The order that this key has made. Other wishes under the same key are refused, whoever made that order.
async fn find_placed(
    work: &mut Work<'_>,
    checkout: &Checkout,
    commune: &Commune,
    wanted: &[Wanted],
) -> Outcome<Option<PlacedOrder>> {
    let Some(row) = sqlx::query!(
        r#"select id, code, access_token, contact_name, contact_phone, commune_id, street, note, payment_method,
               buyer_name, buyer_phone, gift_words, invoice_name, invoice_tax_code, invoice_address, invoice_email,
               array(
                   select line.variant_id
                   from seller_orders as part join order_lines as line on line.seller_order_id = part.id
                   where part.order_id = orders.id and part.split_from is null order by line.variant_id
               ) as "variants!",
               array(
                   select coalesce(line.ordered_quantity, line.quantity)
                   from seller_orders as part join order_lines as line on line.seller_order_id = part.id
                   where part.order_id = orders.id and part.split_from is null order by line.variant_id
               ) as "quantities!"
           from orders where idempotency_key = $1"#,
        checkout.key
    )
    .fetch_optional(&mut *work.conn)
    .await?
    else {
        return Ok(None);
    };
    let contact = &checkout.contact;
    let mut lines: Vec<(Uuid, i64)> = wanted
        .iter()
        .map(|line| (line.variant.0, line.quantity.thousandths()))
        .collect();
    lines.sort_unstable();
    let is_the_same = row.contact_name == contact.name
        && row.contact_phone.as_deref() == Some(contact.phone.as_str())
        && row.commune_id == commune.id.0
        && row.street == contact.street
        && row.note == contact.note
        && row.payment_method == contact.payment_method.as_str()
        && contact.gift == queries::gift(row.id, row.buyer_name, row.buyer_phone, row.gift_words)?
        && contact.invoice
            == queries::invoice(
                row.invoice_name,
                row.invoice_tax_code,
                row.invoice_address,
                row.invoice_email,
            )
        && row.variants.into_iter().zip(row.quantities).eq(lines);
    if !is_the_same {
        return Err(OrdersRefusal::KeyReused.into());
    }
    Ok(Some(PlacedOrder {
        id: OrderId(row.id),
        code: OrderCode::parse(&row.code).map_err(Fault::new)?,
        token: row.access_token,
        is_new: false,
        parts: Vec::new(),
    }))
}

/// A line that can be sold.
struct SoldLine {
    variant: LockedVariant,
    quantity: Quantity,
    price: Vnd,
    line: Vnd,
}

/// Holds what is wanted against what is there. Everything that can't be right is told in one go; else
/// everything that falls short.
fn judge(wanted: &[Wanted], mut locked: Vec<LockedVariant>) -> Outcome<Vec<SoldLine>> {
    let mut sold = Vec::with_capacity(wanted.len());
    let mut errors = FieldErrors::default();
    let mut short = Vec::new();
    let mut left = Left::of(&locked);
    for line in wanted {
        let Some(index) = locked
            .iter()
            .position(|found| found.variant == line.variant)
        else {
            errors.add(&line.field("variant_id"), "unknown_variant");
            continue;
        };
        let found = locked.swap_remove(index);
        let Some(price) = found.price.filter(|_| found.on_sale) else {
            short.push(shortage(found, Quantity::default()));
            continue;
        };
        if !line.quantity.fits(found.minimum, found.step) {
            let field = line.field("quantity");
            errors.add_step(&field, found.minimum, found.step, &found.unit);
        } else if !found.parts.is_empty() && !is_whole(line.quantity) {
            errors.add(&line.field("quantity"), "whole_combos");
        } else if let Err(available) = left.take(&found, line.quantity) {
            short.push(shortage(found, available));
        } else if let Some(amount) = price.times(line.quantity).filter(|amount| amount.0 > 0) {
            sold.push(SoldLine {
                variant: found,
                quantity: line.quantity,
                price,
                line: amount,
            });
        } else {
            errors.add(&line.field("quantity"), "range");
        }
    }
    if !errors.is_empty() {
        Err(OrdersRefusal::Invalid(errors).into())
    } else if !short.is_empty() {
        Err(OrdersRefusal::OutOfStock(short).into())
    } else {
        Ok(sold)
    }
}

fn shortage(found: LockedVariant, available: Quantity) -> Shortage {
    // Of a combo, what it is that is not there.
    let lacking: Vec<&str> = lacking(&found.parts)
        .into_iter()
        .map(|part| part.name.as_str())
        .collect();
    Shortage {
        variant_id: found.variant,
        name: if lacking.is_empty() {
            found.name
        } else {
            format!("{} ({})", found.name, lacking.join(", "))
        },
        available,
    }
}

/// One seller's part before it is written: what is there, or what is ordered ahead of one harvest.
struct NewPart {
    id: SellerOrderId,
    lines: Vec<SoldLine>,
    items: Vnd,
    shipping: Vnd,
}

fn divide(
    work: &mut Work<'_>,
    lines: Vec<SoldLine>,
    to: &Commune,
    rates: &RateTable,
) -> Outcome<Vec<NewPart>> {
    let mut parts: Vec<NewPart> = Vec::new();
    for line in lines {
        let (seller, harvest) = (line.variant.seller.id, line.variant.harvest);
        let index = parts.iter().position(|part| {
            part.lines.first().is_some_and(|first| {
                (first.variant.seller.id, first.variant.harvest) == (seller, harvest)
            })
        });
        if let Some(index) = index {
            parts[index].lines.push(line);
        } else {
            parts.push(NewPart {
                id: work.new_id(),
                lines: vec![line],
                items: Vnd::ZERO,
                shipping: Vnd::ZERO,
            });
        }
    }
    for part in &mut parts {
        part.items = part.lines.iter().map(|line| line.line).sum();
        let seller = &part.lines[0].variant.seller;
        let zone = Zone::between(
            seller.commune_id,
            &seller.province_code,
            to.id,
            &to.province_code,
        );
        let grams = shipping::parcel_grams(
            part.lines
                .iter()
                .map(|line| (line.variant.ship_grams, line.quantity)),
        );
        part.shipping = rates
            .fee(zone, grams)
            .ok_or_else(|| Fault::new(format!("no shipping rates for {zone:?}")))?;
    }
    Ok(parts)
}

#[derive(Clone, Copy)]
struct Totals {
    items: Vnd,
    shipping: Vnd,
    total: Vnd,
}

impl Totals {
    fn of(parts: &[NewPart]) -> Self {
        let items: Vnd = parts.iter().map(|part| part.items).sum();
        let shipping: Vnd = parts.iter().map(|part| part.shipping).sum();
        Self {
            items,
            shipping,
            total: Vnd(items.0.saturating_add(shipping.0)),
        }
    }
}

/// Writes the order with its parts, their first events and their lines in one statement. `None`, and nothing
/// written, where another order has its key or its code.
async fn write(
    work: &mut Work<'_>,
    checkout: &Checkout,
    commune: &Commune,
    parts: &[NewPart],
    totals: Totals,
) -> Outcome<Option<PlacedOrder>> {
    let id: OrderId = work.new_id();
    let code = OrderCode::from_bits(work.random_bits());
    let token = secret::new_token();
    let contact = &checkout.contact;
    // Who types it for somebody else does not own it.
    let owner = work.actor.person.filter(|_| checkout.entry == Entry::Buyer);
    let (gift, invoice) = (contact.gift.as_ref(), contact.invoice.as_ref());
    let part = PartColumns::of(parts);
    let line = LineColumns::of(work, parts);
    let written = sqlx::query!(
        "with placed as (
             insert into orders (
                 id, code, access_token, idempotency_key, person_id, contact_name, contact_phone, commune_id, commune_name, province_name,
                 street, note, payment_method, items_vnd, shipping_vnd, total_vnd, is_sample, placed_at,
                 buyer_name, buyer_phone, gift_words, invoice_name, invoice_tax_code, invoice_address, invoice_email, entry)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18,
                 $52, $53, $54, $55, $56, $57, $58, $59)
             on conflict do nothing
             returning id
         ), part as (
             insert into seller_orders (
                 id, order_id, position, seller_id, seller_name, seller_kind, commune_id, former_commune_id, state,
                 items_vnd, shipping_vnd, total_vnd, placed_at, confirm_by, state_since, harvest_id)
             select part.id, placed.id, part.position, part.seller_id, part.seller_name, part.seller_kind, part.commune_id,
                 part.former_commune_id, 'placed', part.items, part.shipping, part.items + part.shipping, $18, $19, $18,
                 part.harvest_id
             from placed, unnest($20::uuid[], $21::uuid[], $22::text[], $23::text[], $24::integer[], $25::integer[], $26::bigint[], $27::bigint[],
                 $51::uuid[])
                 with ordinality as part (id, seller_id, seller_name, seller_kind, commune_id, former_commune_id, items, shipping, harvest_id, position)
             returning id
         ), event as (
             insert into order_events (seller_order_id, at, event, to_state, actor_kind, person_id)
             select id, $18, 'place', 'placed', $28, $60 from part
         )
         insert into order_lines (
             id, seller_order_id, position, product_id, variant_id, product_code, name, variant_name, unit, unit_note,
             price_vnd, quantity, line_vnd, stars, certificate_number, group_code, set_number, tax_class,
             supply, harvest_id, promised_from, promised_to)
         select line.*
         from placed, unnest(
             $29::uuid[], $30::uuid[], $31::smallint[], $32::uuid[], $33::uuid[], $34::text[], $35::text[], $36::text[], $37::text[], $38::text[],
             $39::bigint[], $40::bigint[], $41::bigint[], $42::smallint[], $43::text[], $44::text[], $45::smallint[], $46::text[],
             $47::text[], $48::uuid[], $49::date[], $50::date[]) as line",
        id.0,
        code.as_str(),
        token,
        checkout.key,
        owner.map(|person| person.0),
        contact.name,
        contact.phone.as_str(),
        commune.id.0,
        commune.full_name,
        commune.province_name,
        contact.street,
        contact.note,
        contact.payment_method.as_str(),
        totals.items.0,
        totals.shipping.0,
        totals.total.0,
        checkout.is_sample,
        work.now,
        work.now + CONFIRM_WITHIN,
        &part.ids,
        &part.sellers,
        &part.names,
        &part.kinds,
        &part.communes,
        &part.former as &[Option<i32>],
        &part.items,
        &part.shipping,
        work.actor.kind(),
        &line.ids,
        &line.parts,
        &line.positions,
        &line.products,
        &line.variants,
        &line.codes,
        &line.names,
        &line.variant_names,
        &line.units,
        &line.unit_notes,
        &line.prices,
        &line.quantities,
        &line.amounts,
        &line.stars as &[Option<i16>],
        &line.certificates as &[Option<String>],
        &line.groups,
        &line.sets as &[Option<i16>],
        &line.tax_classes,
        &line.supplies,
        &line.harvests as &[Option<Uuid>],
        &line.promised_from as &[Option<Date>],
        &line.promised_to as &[Option<Date>],
        &part.harvests as &[Option<Uuid>],
        gift.map(|gift| gift.buyer_name.as_str()),
        gift.map(|gift| gift.buyer_phone.as_str()),
        gift.map_or("", |gift| &gift.words),
        invoice.map(|invoice| invoice.name.as_str()),
        invoice.map(|invoice| invoice.tax_code.as_str()),
        invoice.map(|invoice| invoice.address.as_str()),
        invoice.and_then(|invoice| invoice.email.as_deref()),
        checkout.entry.as_str(),
        work.actor.person.map(|person| person.0),
    )
    .execute(&mut *work.conn)
    .await?
    .rows_affected();
    Ok((written > 0).then(|| PlacedOrder {
        id,
        code,
        token,
        is_new: true,
        parts: parts
            .iter()
            .map(|part| (part.id, Vnd(part.items.0 + part.shipping.0)))
            .collect(),
    }))
}

/// The columns of the parts, as the database takes them in one go.
#[derive(Default)]
struct PartColumns {
    ids: Vec<Uuid>,
    sellers: Vec<Uuid>,
    names: Vec<String>,
    kinds: Vec<String>,
    communes: Vec<i32>,
    former: Vec<Option<i32>>,
    items: Vec<i64>,
    shipping: Vec<i64>,
    harvests: Vec<Option<Uuid>>,
}

impl PartColumns {
    fn of(parts: &[NewPart]) -> Self {
        let mut columns = Self::default();
        for part in parts {
            let seller = &part.lines[0].variant.seller;
            columns.ids.push(part.id.0);
            columns.sellers.push(seller.id.0);
            columns.names.push(seller.name.clone());
            columns.kinds.push(seller.kind.as_str().to_owned());
            columns.communes.push(seller.commune_id.0);
            columns.former.push(seller.former_commune_id.map(|id| id.0));
            columns.items.push(part.items.0);
            columns.shipping.push(part.shipping.0);
            let harvest = part.lines[0].variant.harvest;
            columns.harvests.push(harvest.map(|id| id.0));
        }
        columns
    }
}

/// The columns of the lines, as the database takes them in one go.
#[derive(Default)]
struct LineColumns {
    ids: Vec<Uuid>,
    parts: Vec<Uuid>,
    positions: Vec<i16>,
    products: Vec<Uuid>,
    variants: Vec<Uuid>,
    codes: Vec<String>,
    names: Vec<String>,
    variant_names: Vec<String>,
    units: Vec<String>,
    unit_notes: Vec<String>,
    prices: Vec<i64>,
    quantities: Vec<i64>,
    amounts: Vec<i64>,
    stars: Vec<Option<i16>>,
    certificates: Vec<Option<String>>,
    groups: Vec<String>,
    sets: Vec<Option<i16>>,
    tax_classes: Vec<String>,
    supplies: Vec<String>,
    harvests: Vec<Option<Uuid>>,
    promised_from: Vec<Option<Date>>,
    promised_to: Vec<Option<Date>>,
}

impl LineColumns {
    fn of(work: &mut Work<'_>, parts: &[NewPart]) -> Self {
        let mut columns = Self::default();
        let today = work.today();
        for part in parts {
            for (line, position) in part.lines.iter().zip(1i16..) {
                let variant = &line.variant;
                columns.ids.push(work.new_id::<OrderLineId>().0);
                columns.parts.push(part.id.0);
                columns.positions.push(position);
                columns.products.push(variant.product.0);
                columns.variants.push(variant.variant.0);
                columns.codes.push(variant.product_code.clone());
                columns.names.push(variant.name.clone());
                columns.variant_names.push(variant.variant_name.clone());
                columns.units.push(variant.unit.clone());
                columns.unit_notes.push(variant.unit_note.clone());
                columns.prices.push(line.price.0);
                columns.quantities.push(line.quantity.thousandths());
                columns.amounts.push(line.line.0);
                columns.stars.push(variant.stars);
                columns
                    .certificates
                    .push(variant.certificate_number.clone());
                columns.groups.push(variant.group.as_str().to_owned());
                columns.sets.push(variant.set_number);
                columns.tax_classes.push(variant.tax_class.clone());
                let promise = variant.supply.promise(today);
                columns.supplies.push(variant.supply.as_str().to_owned());
                columns.harvests.push(variant.harvest.map(|id| id.0));
                columns.promised_from.push(promise.map(|days| days.from));
                columns.promised_to.push(promise.map(|days| days.to));
            }
        }
        columns
    }
}
