//! Stock: counted, reserved, released, shipped. Rows are locked in the order of their ids, so that two
//! orders can't wait for each other; every change leaves a movement.
use std::collections::BTreeMap;

use time::Date;
use uuid::Uuid;

use crate::catalog::{ComboPart, Group, Supply, contents, drawn};
use crate::kernel::error::broken_row;
use crate::kernel::{
    CommuneId, Fault, HarvestId, ProductId, Quantity, SellerId, SellerOrderId, VariantId, Vnd, Work,
};
use crate::sellers::SellerKind;

/// A variant whose stock is locked until the transaction ends, with all that an order line keeps of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LockedVariant {
    /// Identifier.
    pub variant: VariantId,
    /// What it is a variant of.
    pub product: ProductId,
    /// The province's code of the product.
    pub product_code: String,
    /// The product's name today.
    pub name: String,
    /// The variant's name today.
    pub variant_name: String,
    /// kg, trái, …
    pub unit: String,
    /// What the unit holds.
    pub unit_note: String,
    /// For one unit.
    pub price: Option<Vnd>,
    /// The least that is sold.
    pub minimum: Quantity,
    /// And in what steps above it.
    pub step: Quantity,
    /// Weight of one unit as a parcel, grams.
    pub ship_grams: i32,
    /// What nobody has reserved; of a combo, as many as all of its parts are enough for.
    pub available: Quantity,
    /// Published, of an approved shop, and not ahead of a harvest that is over.
    pub on_sale: bool,
    /// What it is made of, where it is a combo. The stock of its parts is locked as well.
    pub parts: Vec<ComboPart>,
    /// How it comes to be there.
    pub supply: Supply,
    /// The harvest of which it is ordered ahead.
    pub harvest: Option<HarvestId>,
    /// OCOP group.
    pub group: Group,
    /// Number of the product set.
    pub set_number: Option<i16>,
    /// own_produce, processed, traded, service.
    pub tax_class: String,
    /// Of a certificate valid today.
    pub stars: Option<i16>,
    /// Of that certificate.
    pub certificate_number: Option<String>,
    /// Who sells it.
    pub seller: SellerOfLine,
}

/// The seller as an order keeps it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SellerOfLine {
    /// Identifier.
    pub id: SellerId,
    /// The shop's name today.
    pub name: String,
    /// Household, cooperative or enterprise.
    pub kind: SellerKind,
    /// Where it is on today's map.
    pub commune_id: CommuneId,
    /// Where that was before July 2025.
    pub former_commune_id: Option<CommuneId>,
    /// The province of today's map.
    pub province_code: String,
}

impl LockedVariant {
    /// On which stock so much of it draws: on its own, or on that of its parts.
    #[must_use]
    pub fn draws(&self, quantity: Quantity) -> Vec<(VariantId, Quantity)> {
        if self.parts.is_empty() {
            return vec![(self.variant, quantity)];
        }
        self.parts
            .iter()
            .map(|part| (part.variant, drawn(quantity, part.quantity)))
            .collect()
    }
}

/// Locks the stock of these variants and of what they are made of, in the order of their ids, and answers what is true
/// of them now. Their shops can't be closed meanwhile.
/// Unknown variants are missing from the answer.
pub async fn lock(
    work: &mut Work<'_>,
    variants: &[VariantId],
) -> Result<Vec<LockedVariant>, Fault> {
    let ids: Vec<Uuid> = variants.iter().map(|variant| variant.0).collect();
    let today: Date = work.today();
    let rows = sqlx::query!(
        r#"select
            variants.id as variant_id,
            products.id as product_id,
            products.code,
            products.name,
            variants.name as variant_name,
            variants.unit,
            variants.unit_note,
            variants.price_vnd,
            variants.min_quantity,
            variants.step_quantity,
            variants.ship_grams,
            stock_items.on_hand - stock_items.reserved as "available!",
            products.status = 'published' and variants.state = 'offered' and is_selling(sellers) as "on_sale!",
            products.group_code,
            products.set_number,
            products.tax_class,
            stars_on(granted.stars, granted.decided_on, granted.valid_to, $2) as stars,
            granted.number as "certificate_number?",
            sellers.id as seller_id,
            sellers.name as seller_name,
            sellers.kind as seller_kind,
            sellers.commune_id,
            sellers.former_commune_id,
            communes.province_code
        from stock_items
        join variants on variants.id = stock_items.variant_id
        join products on products.id = variants.product_id
        join sellers on sellers.id = products.seller_id
        join communes on communes.id = sellers.commune_id
        left join granted_certificates as granted
            on granted.id = products.certificate_id
            and stars_on(granted.stars, granted.decided_on, granted.valid_to, $2) is not null
        where stock_items.variant_id = any(array(
            select unnest($1::uuid[]) union select part_id from combo_parts where combo_id = any($1)))
        order by stock_items.variant_id
        for update of stock_items
        for key share of sellers"#,
        &ids,
        today,
    )
    .fetch_all(&mut *work.conn)
    .await?;
    let locked: Vec<Uuid> = rows.iter().map(|row| row.variant_id).collect();
    let mut supplies = supplies(work, &locked).await?;
    let mut found: Vec<LockedVariant> = rows
        .into_iter()
        .map(|row| {
            let (supply, harvest) = supplies.remove(&row.variant_id).unwrap_or_default();
            Ok(LockedVariant {
                variant: VariantId(row.variant_id),
                product: ProductId(row.product_id),
                product_code: row.code,
                name: row.name,
                variant_name: row.variant_name,
                unit: row.unit,
                unit_note: row.unit_note,
                price: row.price_vnd.map(Vnd),
                minimum: Quantity::from_thousandths(row.min_quantity),
                step: Quantity::from_thousandths(row.step_quantity),
                ship_grams: row.ship_grams,
                available: Quantity::from_thousandths(row.available),
                on_sale: row.on_sale && supply.is_open_on(today),
                parts: Vec::new(),
                supply,
                harvest,
                group: Group::parse(&row.group_code)
                    .ok_or_else(|| broken_row("products", "group_code", row.product_id))?,
                set_number: row.set_number,
                tax_class: row.tax_class,
                stars: row.stars,
                certificate_number: row.certificate_number,
                seller: SellerOfLine {
                    id: SellerId(row.seller_id),
                    name: row.seller_name,
                    kind: SellerKind::parse(&row.seller_kind)
                        .ok_or_else(|| broken_row("sellers", "kind", row.seller_id))?,
                    commune_id: CommuneId(row.commune_id),
                    former_commune_id: row.former_commune_id.map(CommuneId),
                    province_code: row.province_code,
                },
            })
        })
        .collect::<Result<_, Fault>>()?;
    put_together(&mut found, made_of(work, &locked).await?)?;
    Ok(found)
}

/// What combos are made of, read once their stock is locked, which whoever makes them of something else locks too.
async fn made_of(
    work: &mut Work<'_>,
    variants: &[Uuid],
) -> Result<Vec<(VariantId, VariantId, Quantity)>, Fault> {
    let rows = sqlx::query!(
        "select combo_id, part_id, quantity from combo_parts where combo_id = any($1) order by combo_id, position",
        variants
    )
    .fetch_all(&mut *work.conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| {
            let quantity = Quantity::from_thousandths(row.quantity);
            (VariantId(row.combo_id), VariantId(row.part_id), quantity)
        })
        .collect())
}

/// Gives each combo its parts, and what is there of them. Overtaken where a part was added while the lock was waited
/// for, and so is not locked.
fn put_together(
    found: &mut [LockedVariant],
    made_of: Vec<(VariantId, VariantId, Quantity)>,
) -> Result<(), Fault> {
    for (combo, part, quantity) in made_of {
        let Some(of) = found.iter().find(|locked| locked.variant == part) else {
            return Err(Fault::overtaken());
        };
        let part = ComboPart {
            variant: part,
            slug: String::new(),
            name: if of.variant_name.is_empty() {
                of.name.clone()
            } else {
                format!("{} {}", of.name, of.variant_name)
            },
            unit: of.unit.clone(),
            quantity,
            price: of.price,
            available: of.available,
            on_sale: of.on_sale && of.supply == Supply::Stock,
        };
        for whole in found.iter_mut().filter(|locked| locked.variant == combo) {
            whole.parts.push(part.clone());
        }
    }
    for combo in found.iter_mut().filter(|locked| !locked.parts.is_empty()) {
        combo.unit_note = format!("({})", contents(&combo.parts));
        let enough = combo.parts.iter().map(ComboPart::enough_for).min();
        combo.available = enough.unwrap_or_default();
    }
    Ok(())
}

/// How goods come to be there: read once their stock is locked, which whoever says it anew locks too, so that nobody is
/// promised what was true a moment ago.
async fn supplies(
    work: &mut Work<'_>,
    variants: &[Uuid],
) -> Result<BTreeMap<Uuid, (Supply, Option<HarvestId>)>, Fault> {
    let rows = sqlx::query!(
        r#"select variants.id, variants.supply, variants.ready_days, variants.harvest_id,
               harvests.delivers_from as "delivers_from?", harvests.delivers_to as "delivers_to?"
           from variants left join harvests on harvests.id = variants.harvest_id
           where variants.id = any($1)"#,
        variants
    )
    .fetch_all(&mut *work.conn)
    .await?;
    rows.into_iter()
        .map(|row| {
            let supply = Supply::of_columns(
                row.id,
                &row.supply,
                row.ready_days,
                row.delivers_from,
                row.delivers_to,
            )?;
            Ok((row.id, (supply, row.harvest_id.map(HarvestId))))
        })
        .collect()
}

/// So much of a variant for one seller's part of an order; several of the same are changed together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StockLine {
    /// Of what.
    pub variant: VariantId,
    /// How much.
    pub quantity: Quantity,
    /// For which part.
    pub seller_order: SellerOrderId,
}

/// Sets goods aside for orders. The rows must be locked; the database refuses to oversell.
pub async fn reserve(work: &mut Work<'_>, lines: &[StockLine]) -> Result<(), Fault> {
    change(work, "reserved", lines, 0, 1).await
}

/// Gives reserved goods back.
pub async fn release(work: &mut Work<'_>, lines: &[StockLine]) -> Result<(), Fault> {
    change(work, "released", lines, 0, -1).await
}

/// Takes reserved goods out: they are on their way. What was made to order never stood in the stock, so that only
/// room for the next order is there again.
pub async fn ship(work: &mut Work<'_>, lines: &[StockLine]) -> Result<(), Fault> {
    change(work, "shipped", lines, -1, -1).await
}

async fn change(
    work: &mut Work<'_>,
    kind: &str,
    lines: &[StockLine],
    on_hand: i64,
    reserved: i64,
) -> Result<(), Fault> {
    let sorted = together(lines);
    let variants: Vec<Uuid> = sorted.iter().map(|line| line.variant.0).collect();
    let quantities: Vec<i64> = sorted
        .iter()
        .map(|line| line.quantity.thousandths())
        .collect();
    let parts: Vec<Uuid> = sorted.iter().map(|line| line.seller_order.0).collect();
    let changed = sqlx::query!(
        "with change as (
             select variant_id, quantity, seller_order_id,
                 case when variants.supply = 'to_order' then 0 else $6::bigint * quantity end as on_hand
             from unnest($1::uuid[], $2::bigint[], $3::uuid[]) as change (variant_id, quantity, seller_order_id)
             join variants on variants.id = variant_id
         ), moved as (
             insert into stock_movements (variant_id, at, kind, on_hand_change, reserved_change, seller_order_id, actor_kind, person_id)
             select variant_id, $4, $5, on_hand, $7::bigint * quantity, seller_order_id, $8, $9
             from change
         )
         update stock_items set
             on_hand = stock_items.on_hand + change.on_hand,
             reserved = stock_items.reserved + $7::bigint * change.quantity
         from change
         where stock_items.variant_id = change.variant_id",
        &variants,
        &quantities,
        &parts,
        work.now,
        kind,
        on_hand,
        reserved,
        work.actor.kind(),
        work.actor.person.map(|person| person.0),
    )
    .execute(&mut *work.conn)
    .await?
    .rows_affected();
    if usize::try_from(changed).ok() != Some(sorted.len()) {
        return Err(Fault::new(format!(
            "{changed} stock items were {kind}, not {}",
            sorted.len()
        )));
    }
    Ok(())
}

/// What a part of an order draws on one stock in several lines is one change of it.
fn together(lines: &[StockLine]) -> Vec<StockLine> {
    let mut sums: BTreeMap<(VariantId, SellerOrderId), i64> = BTreeMap::new();
    for line in lines {
        *sums.entry((line.variant, line.seller_order)).or_default() += line.quantity.thousandths();
    }
    sums.into_iter()
        .map(|((variant, seller_order), quantity)| StockLine {
            variant,
            quantity: Quantity::from_thousandths(quantity),
            seller_order,
        })
        .collect()
}

/// Sets what is there of a variant after counting, and answers what was there. Answers what is reserved, where that
/// is more: then nothing was changed.
pub async fn count(
    work: &mut Work<'_>,
    variant: VariantId,
    on_hand: Quantity,
) -> Result<Result<Quantity, Quantity>, Fault> {
    let old = sqlx::query!(
        "select on_hand, reserved from stock_items where variant_id = $1 for update",
        variant.0
    )
    .fetch_optional(&mut *work.conn)
    .await?;
    let (was, reserved) = old.map_or((0, 0), |row| (row.on_hand, row.reserved));
    if reserved > on_hand.thousandths() {
        return Ok(Err(Quantity::from_thousandths(reserved)));
    }
    sqlx::query!(
        "with moved as (
             insert into stock_movements (variant_id, at, kind, on_hand_change, reserved_change, actor_kind, person_id)
             values ($1, $3, 'counted', $2::bigint - $4::bigint, 0, $5, $6)
         )
         insert into stock_items (variant_id, on_hand) values ($1, $2)
         on conflict (variant_id) do update set on_hand = excluded.on_hand",
        variant.0,
        on_hand.thousandths(),
        work.now,
        was,
        work.actor.kind(),
        work.actor.person.map(|person| person.0),
    )
    .execute(&mut *work.conn)
    .await?;
    Ok(Ok(Quantity::from_thousandths(was)))
}
