//! Harvests to come: what a household expects, and what buyers order ahead of it.
use serde_json::{Map, Value, json};

use super::combos::is_combo;
use super::listing::{Outcome, changed, locked, open};
use super::offers::count_to;
use crate::catalog::{
    CatalogRefusal, Days, Harvest, HarvestForm, NewHarvest, ProductStatus, Variant, left_field,
    parse_stock, queries, quota_field,
};
use crate::kernel::{
    Failure, Fault, FieldErrors, HarvestId, ProductId, Quantity, Right, Role, VariantId, Work,
};

/// Announces the harvest ahead of a product, or says anew what is expected and how much can be ordered ahead. The days
/// of delivery of one that is announced are moved by `orders::commands::move_delivery`, which tells who ordered.
///
/// # Errors
/// All that is wrong, at its field; less than orders hold; the product is not the actor's.
pub async fn save_harvest(
    work: &mut Work<'_>,
    product: ProductId,
    form: &HarvestForm,
) -> Outcome<HarvestId> {
    open(work, product).await?;
    let variants = queries::variants(&mut *work.conn, product).await?;
    let ahead = ahead(work, product).await?;
    let new = form
        .parse(&variants, ahead.as_ref(), work.today())
        .map_err(CatalogRefusal::Invalid)?;
    let id = match &ahead {
        Some(harvest) => harvest.id,
        None => work.new_id(),
    };
    sqlx::query!(
        "insert into harvests (id, product_id, picked_from, picked_to, forecast, unit, delivers_from, delivers_to, announced_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
         on conflict (id) do update set
             picked_from = excluded.picked_from, picked_to = excluded.picked_to, forecast = excluded.forecast, unit = excluded.unit",
        id.0,
        product.0,
        new.picked.from,
        new.picked.to,
        new.forecast.thousandths(),
        new.unit,
        new.delivered.from,
        new.delivered.to,
        work.now,
    )
    .execute(&mut *work.conn)
    .await?;
    set_quotas(work, id, &variants, &new).await?;
    let action = if ahead.is_some() {
        "product.harvest_changed"
    } else {
        "product.harvest_announced"
    };
    changed(
        work,
        product,
        action,
        ahead.map(|harvest| json!(told(harvest.picked, harvest.forecast, &harvest.unit))),
        told(new.picked, new.forecast, &new.unit),
    )
    .await?;
    Ok(id)
}

/// A harvest in the record of what was done.
fn told(picked: Days, forecast: Quantity, unit: &str) -> Map<String, Value> {
    let mut fields = Map::new();
    fields.insert("picked".to_owned(), json!(picked.text()));
    fields.insert("forecast".to_owned(), json!(format!("{forecast} {unit}")));
    fields
}

/// The harvest ahead of a product.
async fn ahead(work: &mut Work<'_>, product: ProductId) -> Result<Option<Harvest>, Fault> {
    let row = sqlx::query!(
        "select id, picked_from, picked_to, forecast, unit, delivers_from, delivers_to
         from harvests where product_id = $1 and ended_at is null for no key update",
        product.0
    )
    .fetch_optional(&mut *work.conn)
    .await?;
    Ok(row.map(|row| Harvest {
        id: HarvestId(row.id),
        picked: Days {
            from: row.picked_from,
            to: row.picked_to,
        },
        forecast: Quantity::from_thousandths(row.forecast),
        unit: row.unit,
        delivered: Days {
            from: row.delivers_from,
            to: row.delivers_to,
        },
    }))
}

/// Sells ahead what has a quota; what had one and has none now is no longer ordered ahead.
async fn set_quotas(
    work: &mut Work<'_>,
    harvest: HarvestId,
    variants: &[Variant],
    new: &NewHarvest,
) -> Outcome<()> {
    let mut wrong = FieldErrors::default();
    let mut quotas: Vec<(VariantId, Quantity)> = new.quotas.clone();
    let mut dropped = Vec::new();
    for id in sold_ahead(work, harvest).await? {
        if quotas.iter().all(|(variant, _)| *variant != id)
            && variants.iter().any(|variant| variant.id == id)
        {
            // Nothing typed is no quota, which orders that hold some do not let stand.
            quotas.push((id, Quantity::default()));
            dropped.push(id);
        }
    }
    // In the order of their ids, as stock is locked everywhere.
    quotas.sort_unstable_by_key(|(variant, _)| *variant);
    for (variant, quota) in quotas {
        if is_combo(work, variant).await? {
            wrong.add(&quota_field(variant), "combo_not_there");
            continue;
        }
        count_at(work, variant, quota, &quota_field(variant), &mut wrong).await?;
        sqlx::query!(
            "update variants set supply = $3, ready_days = null, harvest_id = $2 where id = $1",
            variant.0,
            (!dropped.contains(&variant)).then_some(harvest.0),
            if dropped.contains(&variant) {
                "stock"
            } else {
                "pre_order"
            },
        )
        .execute(&mut *work.conn)
        .await?;
    }
    if wrong.is_empty() {
        Ok(())
    } else {
        Err(CatalogRefusal::Invalid(wrong).into())
    }
}

/// Sets what is there of a way of selling; less than orders hold is told at `field`, where nothing else is.
async fn count_at(
    work: &mut Work<'_>,
    variant: VariantId,
    on_hand: Quantity,
    field: &str,
    wrong: &mut FieldErrors,
) -> Outcome<()> {
    match count_to(work, variant, on_hand).await {
        Ok(_) => Ok(()),
        Err(Failure::Refused(CatalogRefusal::LessThanReserved { reserved })) => {
            if wrong.of(field).is_none() {
                wrong.add_with(field, "reserved", &[("reserved", reserved.to_string())]);
            }
            Ok(())
        }
        Err(failure) => Err(failure),
    }
}

/// The harvest is in: nobody orders ahead any more, and what is there now is sold as it stands. Of each way
/// of selling that was ordered ahead the form says what is there, with what the orders hold, by [`left_field`].
///
/// # Errors
/// All that is wrong, at its field; no harvest is ahead; the product is not the actor's.
pub async fn end_harvest(
    work: &mut Work<'_>,
    product: ProductId,
    form: &HarvestForm,
) -> Outcome<()> {
    open(work, product).await?;
    let harvest = ahead(work, product)
        .await?
        .ok_or(CatalogRefusal::NotFound)?;
    let variants = sold_ahead(work, harvest.id).await?;
    let mut wrong = FieldErrors::default();
    for variant in variants {
        let field = left_field(variant);
        let left = parse_stock(&mut wrong, &field, form.typed(&field));
        count_at(work, variant, left, &field, &mut wrong).await?;
    }
    if !wrong.is_empty() {
        return Err(CatalogRefusal::Invalid(wrong).into());
    }
    end(work, harvest.id).await?;
    changed(
        work,
        product,
        "product.harvest_ended",
        None,
        told(harvest.picked, harvest.forecast, &harvest.unit),
    )
    .await
}

/// The ways of selling that are ordered ahead of a harvest, in the order in which stock is locked.
pub async fn sold_ahead(work: &mut Work<'_>, harvest: HarvestId) -> Result<Vec<VariantId>, Fault> {
    let ids = sqlx::query_scalar!(
        "select id from variants where harvest_id = $1 and state <> 'archived' order by id",
        harvest.0
    )
    .fetch_all(&mut *work.conn)
    .await?;
    Ok(ids.into_iter().map(VariantId).collect())
}

async fn end(work: &mut Work<'_>, harvest: HarvestId) -> Result<(), Fault> {
    sqlx::query!(
        "update variants set supply = 'stock', harvest_id = null where harvest_id = $1",
        harvest.0
    )
    .execute(&mut *work.conn)
    .await?;
    sqlx::query!(
        "update harvests set ended_at = $2 where id = $1",
        harvest.0,
        work.now
    )
    .execute(&mut *work.conn)
    .await?;
    Ok(())
}

/// Ends a harvest whose last day of delivery is over and of which no order waits any more: what was not ordered of it
/// is not there. The worker's task, one in a transaction; answers whether there was one.
pub async fn end_harvest_over(work: &mut Work<'_>) -> Outcome<bool> {
    debug_assert!(work.actor.is(Role::System), "a worker's task");
    let today = work.today();
    let over = sqlx::query_scalar!(
        "select product_id from harvests
         where ended_at is null and delivers_to < $1
             and not exists (
                 select from order_lines as line join seller_orders as part on part.id = line.seller_order_id
                 where line.harvest_id = harvests.id and part.state in ('placed', 'confirmed', 'packed'))
         order by delivers_to, id
         limit 1",
        today,
    )
    .fetch_optional(&mut *work.conn)
    .await?;
    let Some(product) = over.map(ProductId) else {
        return Ok(false);
    };
    // The product first, as everywhere; its seller may have been faster.
    let listing = locked(work, product).await?;
    let harvest = ahead(work, product)
        .await?
        .filter(|harvest| harvest.delivered.to < today);
    let (Some(listing), Some(harvest)) = (listing, harvest) else {
        return Ok(true);
    };
    for variant in sold_ahead(work, harvest.id).await? {
        let held = reserved(work, variant).await?;
        count_to(work, variant, held).await?;
    }
    end(work, harvest.id).await?;
    if listing.status != ProductStatus::Archived {
        let told = told(harvest.picked, harvest.forecast, &harvest.unit);
        changed(work, product, "product.harvest_ended", None, told).await?;
    }
    Ok(true)
}

/// What orders hold of a variant, which stays so until the transaction ends.
async fn reserved(work: &mut Work<'_>, variant: VariantId) -> Result<Quantity, Fault> {
    let reserved = sqlx::query_scalar!(
        "select reserved from stock_items where variant_id = $1 for update",
        variant.0
    )
    .fetch_one(&mut *work.conn)
    .await?;
    Ok(Quantity::from_thousandths(reserved))
}

/// Locks the harvest ahead of a product whose orders the actor fulfils, and answers when it is picked and delivered.
///
/// # Errors
/// No harvest is ahead; the product's orders are not the actor's to fulfil.
pub async fn harvest_to_move(work: &mut Work<'_>, product: ProductId) -> Outcome<Harvest> {
    let listing = open(work, product).await?;
    if !work.actor.may(Right::Fulfil(listing.seller)) {
        return Err(CatalogRefusal::NotFound.into());
    }
    ahead(work, product)
        .await?
        .ok_or_else(|| CatalogRefusal::NotFound.into())
}

/// Delivers a harvest in other days; `orders::commands::move_delivery` tells who ordered.
pub async fn set_delivery(
    work: &mut Work<'_>,
    product: ProductId,
    harvest: &Harvest,
    days: Days,
) -> Outcome<()> {
    sqlx::query!(
        "update harvests set delivers_from = $2, delivers_to = $3 where id = $1",
        harvest.id.0,
        days.from,
        days.to
    )
    .execute(&mut *work.conn)
    .await?;
    let mut after = Map::new();
    after.insert("delivered".to_owned(), json!(days.text()));
    let before = json!({ "delivered": harvest.delivered.text() });
    changed(work, product, "product.delivery_moved", Some(before), after).await
}
