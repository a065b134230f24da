//! The ways in which a product is sold: price, unit, and what is there.
use serde_json::json;

use super::combos::is_combo;
use super::listing::{Listing, Outcome, changed, open, revise};
use super::{content, stock};
use crate::catalog::{CatalogRefusal, NewVariant, Pricing, Supply, parse_price, parse_stock};
use crate::kernel::{Failure, FieldErrors, ProductId, Quantity, VariantId, Work};

/// The most ways in which one product is sold.
pub const MAX_OFFERS: usize = 50;

/// Makes the row of one more way of selling, with its stock; still without a price. Buyers see it once the listing
/// says so. Answers its id and the number that it has until its seller chooses one.
pub(super) async fn place_offer(
    work: &mut Work<'_>,
    product: ProductId,
    on_hand: Quantity,
) -> Outcome<(VariantId, String)> {
    let variant: VariantId = work.new_id();
    let sku = sqlx::query_scalar!(
        "insert into variants (id, product_id, position, sku, unit, ship_grams, state)
         select $1, products.id, next.position, code || '-' || next.position::text, 'kg', 1000,
             case when products.published_at is null then 'offered' else 'proposed' end
         from products
         cross join lateral (
             select (coalesce(max(position), 0) + 1)::smallint as position from variants where product_id = products.id
         ) as next
         where products.id = $2
         returning sku",
        variant.0,
        product.0,
    )
    .fetch_one(&mut *work.conn)
    .await?;
    count_stock(work, variant, on_hand).await?;
    Ok((variant, sku))
}

/// The first way of selling on offer; made, without a price, where there is none yet.
pub(super) async fn first_offer(work: &mut Work<'_>, listing: &mut Listing) -> Outcome<VariantId> {
    if let Some(offer) = listing.live.offers.first() {
        return Ok(offer.id);
    }
    let (first, _) = place_offer(work, listing.id, Quantity::default()).await?;
    listing.live = content::load(work.conn, listing.id).await?;
    Ok(first)
}

/// Sets what is there after counting, and answers what was there before.
pub(super) async fn count_stock(
    work: &mut Work<'_>,
    variant: VariantId,
    on_hand: Quantity,
) -> Outcome<Quantity> {
    // What there is of a combo is what there is of its parts.
    if is_combo(work, variant).await? {
        return Ok(on_hand);
    }
    let quota = sqlx::query_scalar!(
        "select stock_items.on_hand from variants join stock_items on stock_items.variant_id = variants.id
         where variants.id = $1 and variants.supply = 'pre_order'",
        variant.0
    )
    .fetch_optional(&mut *work.conn)
    .await?;
    // What can be ordered ahead is held against what is expected, on the harvest's own page.
    if quota.is_some_and(|quota| quota != on_hand.thousandths()) {
        return Err(CatalogRefusal::field("stock", "quota_elsewhere").into());
    }
    count_to(work, variant, on_hand).await
}

/// What there is of a way of selling, as buyers see it.
async fn there_now(work: &mut Work<'_>, variant: VariantId) -> Outcome<Quantity> {
    let on_hand = sqlx::query_scalar!(
        r#"select on_hand as "on_hand!" from variant_stock where variant_id = $1"#,
        variant.0
    )
    .fetch_one(&mut *work.conn)
    .await?;
    Ok(Quantity::from_thousandths(on_hand))
}

/// The same, whatever it means of that way of selling.
pub(super) async fn count_to(
    work: &mut Work<'_>,
    variant: VariantId,
    on_hand: Quantity,
) -> Outcome<Quantity> {
    stock::count(work, variant, on_hand)
        .await?
        .map_err(|reserved| CatalogRefusal::LessThanReserved { reserved }.into())
}

/// Says how goods of a way of selling come to be there, where that was said anew. What was ordered keeps what was
/// promised; ahead of a harvest they are sold by [`super::harvests`] alone.
async fn supply(work: &mut Work<'_>, variant: VariantId, supply: Option<Supply>) -> Outcome<()> {
    let Some(supply) = supply else { return Ok(()) };
    if supply != Supply::Stock && is_combo(work, variant).await? {
        return Err(CatalogRefusal::field("supply", "combo_not_there").into());
    }
    let said = sqlx::query!(
        "update variants set supply = $2, ready_days = $3 where id = $1 and supply <> 'pre_order'",
        variant.0,
        supply.as_str(),
        supply.ready_days().map(i16::from),
    )
    .execute(&mut *work.conn)
    .await?
    .rows_affected();
    if said == 1 {
        Ok(())
    } else {
        Err(CatalogRefusal::field("supply", "ahead_of_harvest").into())
    }
}

/// Keeps "price and unit" of the first way of selling.
pub async fn save_price(work: &mut Work<'_>, product: ProductId, pricing: &Pricing) -> Outcome<()> {
    let mut listing = open(work, product).await?;
    let first = first_offer(work, &mut listing).await?;
    let mut wanted = listing.wanted().clone();
    supply(work, first, pricing.supply).await?;
    match wanted.offers.iter_mut().find(|offer| offer.id == first) {
        Some(offer) => pricing.write(offer),
        None => return Err(CatalogRefusal::NotFound.into()),
    }
    revise(work, listing, "product.priced", wanted).await
}

/// Adds a way of selling.
pub async fn add_offer(
    work: &mut Work<'_>,
    product: ProductId,
    new: &NewVariant,
) -> Outcome<VariantId> {
    let listing = open(work, product).await?;
    let offers = &listing.wanted().offers;
    if offers.len() >= MAX_OFFERS {
        return Err(CatalogRefusal::field("offer", "too_many_offers").into());
    }
    if !offers.is_empty() && new.name.is_empty() {
        return Err(CatalogRefusal::field("name", "required").into());
    }
    let (variant, sku) = place_offer(work, product, new.stock).await?;
    let mut wanted = listing.wanted().clone();
    let mut offer = new.pricing.offer(variant);
    offer.name.clone_from(&new.name);
    offer.sku = if new.sku.is_empty() {
        sku
    } else {
        new.sku.clone()
    };
    wanted.offers.push(offer);
    supply(work, variant, new.pricing.supply).await?;
    revise(work, listing, "product.offer_added", wanted).await?;
    Ok(variant)
}

/// Changes a way of selling, and what is there of it.
pub async fn change_offer(
    work: &mut Work<'_>,
    product: ProductId,
    variant: VariantId,
    new: &NewVariant,
) -> Outcome<()> {
    let listing = open(work, product).await?;
    let mut wanted = listing.wanted().clone();
    let is_only = wanted.offers.len() == 1;
    let offer = wanted
        .offers
        .iter_mut()
        .find(|offer| offer.id == variant)
        .ok_or(CatalogRefusal::NotFound)?;
    if new.name.is_empty() && !is_only {
        return Err(CatalogRefusal::field("name", "required").into());
    }
    new.pricing.write(offer);
    offer.name.clone_from(&new.name);
    if !new.sku.is_empty() {
        offer.sku.clone_from(&new.sku);
    }
    supply(work, variant, new.pricing.supply).await?;
    count_stock(work, variant, new.stock).await?;
    revise(work, listing, "product.priced", wanted).await
}

/// Ends a way of selling; orders keep it. The last one stays.
pub async fn end_offer(work: &mut Work<'_>, product: ProductId, variant: VariantId) -> Outcome<()> {
    let listing = open(work, product).await?;
    let mut wanted = listing.wanted().clone();
    if wanted.offer(variant).is_none() {
        return Err(CatalogRefusal::NotFound.into());
    }
    let is_ahead = sqlx::query_scalar!(
        r#"select supply = 'pre_order' as "ahead!" from variants where id = $1"#,
        variant.0
    )
    .fetch_one(&mut *work.conn)
    .await?;
    if is_ahead {
        return Err(CatalogRefusal::field("offer", "ahead_of_harvest").into());
    }
    wanted.offers.retain(|offer| offer.id != variant);
    let shown_are_left = wanted
        .offers
        .iter()
        .any(|offer| listing.live.offer(offer.id).is_some());
    if !shown_are_left {
        return Err(CatalogRefusal::field("offer", "last_offer").into());
    }
    revise(work, listing, "product.offer_ended", wanted).await
}

/// New price and stock of one way of selling, as typed in the table of products: of what buyers see, and of what is
/// proposed where that is sold by the same unit.
pub async fn set_price_and_stock(
    work: &mut Work<'_>,
    product: ProductId,
    variant: VariantId,
    price: &str,
    on_hand: &str,
) -> Outcome<()> {
    let listing = open(work, product).await?;
    let mut errors = FieldErrors::default();
    let price = parse_price(&mut errors, "price_vnd", price);
    let on_hand = parse_stock(&mut errors, "stock", on_hand);
    let (Some(price), true) = (price, errors.is_empty()) else {
        return Err(CatalogRefusal::Invalid(errors).into());
    };
    let shown = listing
        .live
        .offer(variant)
        .ok_or(CatalogRefusal::NotFound)?;
    let is_dearer_or_cheaper = shown.price != Some(price);
    let mut wanted = listing.wanted().clone();
    for offer in wanted.offers.iter_mut().filter(|offer| offer.id == variant) {
        if is_dearer_or_cheaper && !offer.has_unit_of(shown) {
            return Err(CatalogRefusal::UnitIsProposed.into());
        }
        offer.price = Some(price);
    }
    if is_combo(work, variant).await? && on_hand != there_now(work, variant).await? {
        return Err(CatalogRefusal::field("stock", "combo_stock").into());
    }
    let was = count_stock(work, variant, on_hand).await?;
    if was != on_hand {
        let stock = [("stock".to_owned(), json!(on_hand))].into_iter().collect();
        let before = json!({ "stock": was });
        changed(work, product, "product.counted", Some(before), stock).await?;
    }
    if is_dearer_or_cheaper {
        revise(work, listing, "product.priced", wanted).await?;
    }
    Ok(())
}

/// What is typed into a line of the table of goods.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The product.
    pub product: ProductId,
    /// The way of selling.
    pub variant: VariantId,
    /// As typed.
    pub price: String,
    /// As typed.
    pub stock: String,
}

/// New prices and stocks of many ways of selling in one go, all or none.
///
/// # Errors
/// All that is wrong, at `price_vnd-…` and `stock-…` with the variant behind the dash.
pub async fn set_prices_and_stocks(work: &mut Work<'_>, lines: &[Line]) -> Outcome<()> {
    let mut wrong = FieldErrors::default();
    // First the products and then the stock, each in the order of their ids, as everywhere: neither two tables nor a
    // table and a cart can wait for each other.
    let mut lines: Vec<&Line> = lines.iter().collect();
    lines.sort_by_key(|line| (line.product, line.variant));
    for (index, line) in lines.iter().enumerate() {
        if index == 0 || lines[index - 1].product != line.product {
            open(work, line.product).await?;
        }
    }
    let variants: Vec<VariantId> = lines.iter().map(|line| line.variant).collect();
    stock::lock(work, &variants).await?;
    for line in lines {
        let outcome =
            set_price_and_stock(work, line.product, line.variant, &line.price, &line.stock).await;
        match outcome {
            Ok(()) => {}
            Err(Failure::Refused(CatalogRefusal::Invalid(errors))) => {
                wrong.0.extend(errors.0.into_iter().map(|mut error| {
                    error.field = format!("{}-{}", error.field, line.variant);
                    error
                }));
            }
            Err(Failure::Refused(CatalogRefusal::LessThanReserved { reserved })) => {
                wrong.add_with(
                    &format!("stock-{}", line.variant),
                    "reserved",
                    &[("reserved", reserved.to_string())],
                );
            }
            Err(Failure::Refused(CatalogRefusal::UnitIsProposed)) => {
                wrong.add(&format!("price_vnd-{}", line.variant), "unit_is_proposed");
            }
            Err(failure) => return Err(failure),
        }
    }
    if wrong.is_empty() {
        Ok(())
    } else {
        Err(CatalogRefusal::Invalid(wrong).into())
    }
}
