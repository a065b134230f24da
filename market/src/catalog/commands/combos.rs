//! Making a way of selling of others of the same shop.
use serde_json::{Map, json};
use uuid::Uuid;

use super::listing::{Outcome, changed, open};
use super::stock::{self, LockedVariant};
use crate::catalog::{CatalogRefusal, ComboForm, Supply, contents, part_fields, queries};
use crate::kernel::{Fault, FieldErrors, ProductId, Quantity, VariantId, Work};

/// Says what a combo is made of; of nothing, it is a way of selling of its own again, of which nothing is there. What
/// was ordered keeps what it was made of.
///
/// # Errors
/// What is wrong, at its field: goods of another shop, combos, what is not sold from what is there, goods of which lots
/// are written down (who gets which lot must be known of each); orders hold some of what was counted of it before.
pub async fn set_parts(
    work: &mut Work<'_>,
    product: ProductId,
    combo: VariantId,
    form: &ComboForm,
) -> Outcome<()> {
    let parts = form.parse().map_err(CatalogRefusal::Invalid)?;
    let mut ids: Vec<VariantId> = parts.iter().map(|(_, variant, _)| *variant).collect();
    ids.push(combo);
    lock_products(work, &ids).await?;
    let listing = open(work, product).await?;
    if listing.wanted().offer(combo).is_none() {
        return Err(CatalogRefusal::NotFound.into());
    }
    let locked = stock::lock(work, &ids).await?;
    let find = |variant: VariantId| locked.iter().find(|found| found.variant == variant);
    let whole = find(combo).ok_or(CatalogRefusal::NotFound)?;
    let mut errors = FieldErrors::default();
    if !parts.is_empty() {
        refuse_no_combo(work, whole, &mut errors).await?;
    }
    for (row, variant, _) in &parts {
        let (which, _) = part_fields(*row);
        match find(*variant) {
            Some(part) if part.seller.id == listing.seller && *variant != combo => {
                if !part.parts.is_empty() {
                    errors.add(&which, "part_is_combo");
                } else if part.supply != Supply::Stock {
                    errors.add(&which, "part_not_there");
                } else if has_lots(work, part.product).await? {
                    errors.add(&which, "part_has_lots");
                }
            }
            _ => errors.add(&which, "choose"),
        }
    }
    if !errors.is_empty() {
        return Err(CatalogRefusal::Invalid(errors).into());
    }
    let before = contents(&whole.parts);
    if !parts.is_empty() && whole.parts.is_empty() {
        let counted = stock::count(work, combo, Quantity::default()).await?;
        if counted.is_err() {
            return Err(CatalogRefusal::field("parts", "combo_is_ordered").into());
        }
    }
    write(work, combo, &parts).await?;
    let kept = queries::combos(&mut *work.conn, &[combo]).await?;
    let after = kept
        .get(&combo)
        .map_or_else(String::new, |parts| contents(parts));
    if after == before {
        return Ok(());
    }
    let after = Map::from_iter([("parts".to_owned(), json!(after))]);
    let before = json!({ "parts": before });
    changed(work, product, "product.combo_set", Some(before), after).await
}

/// Locks the products of these ways of selling, in the order of their ids, before any stock: as whoever changes one of
/// them or writes a lot of it down does.
async fn lock_products(work: &mut Work<'_>, variants: &[VariantId]) -> Result<(), Fault> {
    let ids: Vec<Uuid> = variants.iter().map(|variant| variant.0).collect();
    sqlx::query!(
        "select id from products where id in (select product_id from variants where id = any($1))
         order by id for no key update",
        &ids
    )
    .fetch_all(&mut *work.conn)
    .await?;
    Ok(())
}

async fn write(
    work: &mut Work<'_>,
    combo: VariantId,
    parts: &[(usize, VariantId, Quantity)],
) -> Result<(), Fault> {
    let variants: Vec<Uuid> = parts.iter().map(|(_, variant, _)| variant.0).collect();
    let quantities: Vec<i64> = parts
        .iter()
        .map(|(.., quantity)| quantity.thousandths())
        .collect();
    sqlx::query!("delete from combo_parts where combo_id = $1", combo.0)
        .execute(&mut *work.conn)
        .await?;
    sqlx::query!(
        "insert into combo_parts (combo_id, part_id, position, quantity)
         select $1, part.id, part.position, part.quantity
         from unnest($2::uuid[], $3::bigint[]) with ordinality as part (id, quantity, position)",
        combo.0,
        &variants,
        &quantities,
    )
    .execute(&mut *work.conn)
    .await?;
    Ok(())
}

/// What keeps a way of selling from being a combo.
async fn refuse_no_combo(
    work: &mut Work<'_>,
    whole: &LockedVariant,
    errors: &mut FieldErrors,
) -> Result<(), Fault> {
    let is_part = sqlx::query_scalar!(
        r#"select exists (select from combo_parts where part_id = $1) as "is_part!""#,
        whole.variant.0
    )
    .fetch_one(&mut *work.conn)
    .await?;
    if is_part {
        errors.add("parts", "combo_is_part");
    } else if whole.supply != Supply::Stock {
        errors.add("parts", "combo_not_there");
    } else if has_lots(work, whole.product).await? {
        errors.add("parts", "part_has_lots");
    }
    Ok(())
}

/// Whether lots of a product are written down: who bought of which must be known of each. The product is locked, so
/// that nobody writes one down meanwhile.
async fn has_lots(work: &mut Work<'_>, product: ProductId) -> Result<bool, Fault> {
    let has_lots = sqlx::query_scalar!(
        r#"select exists (select from lots where product_id = $1) as "has_lots!""#,
        product.0
    )
    .fetch_one(&mut *work.conn)
    .await?;
    Ok(has_lots)
}

/// Whether a way of selling is made of others: it has no stock that could be counted.
pub(super) async fn is_combo(work: &mut Work<'_>, variant: VariantId) -> Result<bool, Fault> {
    let is_combo = sqlx::query_scalar!(
        r#"select exists (select from combo_parts where combo_id = $1) as "is_combo!""#,
        variant.0
    )
    .fetch_one(&mut *work.conn)
    .await?;
    Ok(is_combo)
}

/// Whether goods of a product are sold in combos, or as one: then no lots of it can be written down. The product is
/// locked, so that it stays so until the transaction ends.
pub async fn is_in_combos(work: &mut Work<'_>, product: ProductId) -> Result<bool, Fault> {
    sqlx::query!(
        "select id from products where id = $1 for no key update",
        product.0
    )
    .fetch_optional(&mut *work.conn)
    .await?;
    let is_in_combos = sqlx::query_scalar!(
        r#"select exists (
            select from combo_parts join variants on variants.id in (combo_parts.combo_id, combo_parts.part_id)
            where variants.product_id = $1) as "is_in_combos!""#,
        product.0
    )
    .fetch_one(&mut *work.conn)
    .await?;
    Ok(is_in_combos)
}
