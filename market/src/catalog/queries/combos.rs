//! What combos are made of, and what they could be made of.
use std::collections::BTreeMap;

use sqlx::PgExecutor;
use uuid::Uuid;

use crate::catalog::ComboPart;
use crate::kernel::{Fault, ProductId, Quantity, SellerId, VariantId, Vnd};

/// The parts of each of these ways of selling that is a combo, in order.
pub async fn combos(
    db: impl PgExecutor<'_>,
    variants: &[VariantId],
) -> Result<BTreeMap<VariantId, Vec<ComboPart>>, Fault> {
    let ids: Vec<Uuid> = variants.iter().map(|variant| variant.0).collect();
    let rows = sqlx::query!(
        r#"select combo_parts.combo_id, combo_parts.part_id, combo_parts.quantity, products.slug, products.name,
               variants.name as variant_name, variants.unit, variants.price_vnd,
               stock_items.on_hand - stock_items.reserved as "available!",
               products.status = 'published' and variants.state = 'offered' and variants.supply = 'stock' as "on_sale!"
           from combo_parts
           join variants on variants.id = combo_parts.part_id
           join products on products.id = variants.product_id
           join stock_items on stock_items.variant_id = variants.id
           where combo_parts.combo_id = any($1)
           order by combo_parts.combo_id, combo_parts.position"#,
        &ids
    )
    .fetch_all(db)
    .await?;
    let mut combos: BTreeMap<VariantId, Vec<ComboPart>> = BTreeMap::new();
    for row in rows {
        let part = ComboPart {
            variant: VariantId(row.part_id),
            slug: row.slug,
            name: full_name(row.name, &row.variant_name),
            unit: row.unit,
            quantity: Quantity::from_thousandths(row.quantity),
            price: row.price_vnd.map(Vnd),
            available: Quantity::from_thousandths(row.available),
            on_sale: row.on_sale,
        };
        combos
            .entry(VariantId(row.combo_id))
            .or_default()
            .push(part);
    }
    Ok(combos)
}

fn full_name(product: String, variant: &str) -> String {
    if variant.is_empty() {
        product
    } else {
        format!("{product} {variant}")
    }
}

/// A way of selling that a combo can be made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PossiblePart {
    /// Which.
    pub variant: VariantId,
    /// Of the product, and of the way of selling where it has one.
    pub name: String,
    /// kg, trái, …
    pub unit: String,
}

/// What of a shop a combo can be made of: goods that are there, no combos, nothing of which lots are written down.
pub async fn possible_parts(
    db: impl PgExecutor<'_>,
    seller: SellerId,
    combo: VariantId,
) -> Result<Vec<PossiblePart>, Fault> {
    let rows = sqlx::query!(
        "select variants.id, products.name, variants.name as variant_name, variants.unit
         from variants join products on products.id = variants.product_id
         where products.seller_id = $1 and products.status in ('published', 'paused') and variants.state = 'offered'
             and variants.supply = 'stock' and variants.id <> $2
             and not exists (select from combo_parts where combo_id = variants.id)
             and not exists (select from lots where lots.product_id = products.id)
         order by products.name, products.id, variants.position
         limit 500",
        seller.0,
        combo.0,
    )
    .fetch_all(db)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| PossiblePart {
            variant: VariantId(row.id),
            name: full_name(row.name, &row.variant_name),
            unit: row.unit,
        })
        .collect())
}

/// The products that are sold in combos with something of these.
pub async fn products_with(
    db: impl PgExecutor<'_>,
    products: &[ProductId],
) -> Result<Vec<ProductId>, Fault> {
    let ids: Vec<Uuid> = products.iter().map(|product| product.0).collect();
    let found = sqlx::query_scalar!(
        "select distinct combo.product_id
         from combo_parts
         join variants as part on part.id = combo_parts.part_id
         join variants as combo on combo.id = combo_parts.combo_id
         where part.product_id = any($1) and combo.product_id <> all($1)",
        &ids
    )
    .fetch_all(db)
    .await?;
    Ok(found.into_iter().map(ProductId).collect())
}
