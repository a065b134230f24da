//! Combos in orders: the stock they draw on, and what each line keeps of what it is made of.
use std::collections::BTreeMap;

use uuid::Uuid;

use crate::catalog::commands::stock::LockedVariant;
use crate::catalog::whole_of;
use crate::kernel::{Fault, Quantity, SellerOrderId, VariantId, Work};

/// What is left of each locked stock while the lines of an order take from it, one after the other: a combo and its
/// part by itself, or two combos with the same part, are counted together.
pub(super) struct Left(BTreeMap<VariantId, i64>);

impl Left {
    pub(super) fn of(locked: &[LockedVariant]) -> Self {
        Self(
            locked
                .iter()
                .filter(|found| found.parts.is_empty())
                .map(|found| (found.variant, found.available.thousandths()))
                .collect(),
        )
    }

    /// Takes so much; where that is not there nothing is taken, and it is said how much is.
    pub(super) fn take(
        &mut self,
        found: &LockedVariant,
        quantity: Quantity,
    ) -> Result<(), Quantity> {
        let there = |variant: &VariantId| {
            Quantity::from_thousandths(self.0.get(variant).copied().unwrap_or_default())
        };
        let available = if found.parts.is_empty() {
            there(&found.variant)
        } else {
            found
                .parts
                .iter()
                .map(|part| whole_of(there(&part.variant), part.quantity))
                .min()
                .unwrap_or_default()
                .min(found.available)
        };
        if available < quantity {
            return Err(available);
        }
        for (variant, quantity) in found.draws(quantity) {
            *self.0.entry(variant).or_default() -= quantity.thousandths();
        }
        Ok(())
    }
}

/// What the combos of an order are made of on the day of sale, as the database takes it in one go.
#[derive(Default)]
pub(super) struct Contents {
    of: Vec<Uuid>,
    combos: Vec<Uuid>,
    variants: Vec<Uuid>,
    positions: Vec<i16>,
    names: Vec<String>,
    units: Vec<String>,
    quantities: Vec<i64>,
    prices: Vec<Option<i64>>,
}

impl Contents {
    /// Adds what is ordered in a seller's part of an order, where it is a combo.
    pub(super) fn add(&mut self, seller_order: SellerOrderId, combo: &LockedVariant) {
        for (part, position) in combo.parts.iter().zip(1i16..) {
            self.of.push(seller_order.0);
            self.combos.push(combo.variant.0);
            self.variants.push(part.variant.0);
            self.positions.push(position);
            self.names.push(part.name.clone());
            self.units.push(part.unit.clone());
            self.quantities.push(part.quantity.thousandths());
            self.prices.push(part.price.map(|price| price.0));
        }
    }

    /// Keeps it with the lines.
    pub(super) async fn write(&self, work: &mut Work<'_>) -> Result<(), Fault> {
        if self.of.is_empty() {
            return Ok(());
        }
        sqlx::query!(
            "insert into order_line_parts (line_id, variant_id, position, name, unit, quantity, price_vnd)
             select line.id, part.variant_id, part.position, part.name, part.unit, part.quantity, part.price_vnd
             from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::smallint[], $5::text[], $6::text[], $7::bigint[], $8::bigint[])
                 as part (seller_order_id, combo_id, variant_id, position, name, unit, quantity, price_vnd)
             join order_lines as line on line.seller_order_id = part.seller_order_id and line.variant_id = part.combo_id",
            &self.of,
            &self.combos,
            &self.variants,
            &self.positions,
            &self.names,
            &self.units,
            &self.quantities,
            &self.prices as &[Option<i64>],
        )
        .execute(&mut *work.conn)
        .await?;
        Ok(())
    }
}

/// The lines that follow later are made of the same.
pub(super) async fn keep_contents_of_rest(
    work: &mut Work<'_>,
    news: &[Uuid],
    olds: &[Uuid],
) -> Result<(), Fault> {
    sqlx::query!(
        "insert into order_line_parts (line_id, variant_id, position, name, unit, quantity, price_vnd)
         select rest.new_id, variant_id, position, name, unit, quantity, price_vnd
         from unnest($1::uuid[], $2::uuid[]) as rest (new_id, old_id)
         join order_line_parts as part on part.line_id = rest.old_id",
        news,
        olds,
    )
    .execute(&mut *work.conn)
    .await?;
    Ok(())
}

/// What the combos of a part are made of: of one, by line.
pub(super) async fn made_of(
    work: &mut Work<'_>,
    part: SellerOrderId,
) -> Result<BTreeMap<Uuid, Vec<(VariantId, Quantity)>>, Fault> {
    let rows = sqlx::query!(
        "select part.line_id, part.variant_id, part.quantity
         from order_line_parts as part join order_lines as line on line.id = part.line_id
         where line.seller_order_id = $1",
        part.0
    )
    .fetch_all(&mut *work.conn)
    .await?;
    let mut made_of: BTreeMap<Uuid, Vec<(VariantId, Quantity)>> = BTreeMap::new();
    for row in rows {
        let part = (
            VariantId(row.variant_id),
            Quantity::from_thousandths(row.quantity),
        );
        made_of.entry(row.line_id).or_default().push(part);
    }
    Ok(made_of)
}
