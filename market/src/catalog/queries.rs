//! Reading products: a fixed number of queries whatever a product has.
pub mod combos;
pub mod feeds;
pub mod review;

use std::collections::BTreeMap;

use sqlx::types::Json;
use sqlx::{PgExecutor, PgPool};
use uuid::Uuid;

use super::rows::{ProductRow, VariantRow};
use super::{
    BasePrice, ListedProduct, ListedVariant, Product, ProductPhoto, ProductStatus, ReviewState,
    Supply, Variant,
};
use crate::certificates::queries::granted_marks;
use crate::kernel::error::broken_row;
use crate::kernel::{Fault, PhotoId, ProductId, Quantity, SellerId, VariantId, Vnd};
use crate::media;

pub use combos::*;
pub use feeds::*;
pub use review::*;

/// What an address of a product leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ProductAt {
    /// This product, in whatever state.
    Here(Box<Product>),
    /// The product that once had this address; now it has that one.
    Moved(String),
}

/// The product at `/san-pham/{slug}`.
pub async fn by_slug(db: &PgPool, slug: &str) -> Result<Option<ProductAt>, Fault> {
    if let Some(product) = find(db, None, Some(slug)).await? {
        return Ok(Some(ProductAt::Here(Box::new(product))));
    }
    let moved = sqlx::query_scalar!(
        "select products.slug from product_former_slugs join products on products.id = product_former_slugs.product_id
         where product_former_slugs.slug = $1",
        slug,
    )
    .fetch_optional(db)
    .await?;
    Ok(moved.map(ProductAt::Moved))
}

/// The product with that id, in whatever state.
pub async fn by_id(db: &PgPool, id: ProductId) -> Result<Option<Product>, Fault> {
    find(db, Some(id), None).await
}

async fn find(
    db: &PgPool,
    id: Option<ProductId>,
    slug: Option<&str>,
) -> Result<Option<Product>, Fault> {
    let row = sqlx::query_as!(
        ProductRow,
        r#"select
            products.id,
            products.code,
            products.slug,
            products.name,
            products.status,
            products.group_code,
            products.set_regime,
            products.set_number,
            ocop_sets.name_vi as "set_name_vi?",
            ocop_sets.name_en as "set_name_en?",
            products.description,
            products.is_resold,
            products.facts as "facts: Json<BTreeMap<String, String>>",
            products.season_months,
            products.is_sample,
            products.price_is_sample,
            products.updated_at,
            granted.id as "certificate_id?",
            granted.code as "certificate_code?",
            granted.stars as "stars?",
            granted.number as "certificate_number?",
            granted.issuer as "issuer?",
            granted.regime as "regime?",
            granted.decided_on as "decided_on?",
            granted.valid_to as "valid_to?",
            granted.is_sample as "certificate_is_sample?",
            harvests.id as "harvest_id?",
            harvests.picked_from as "picked_from?",
            harvests.picked_to as "picked_to?",
            harvests.forecast as "forecast?",
            harvests.unit as "forecast_unit?",
            harvests.delivers_from as "delivers_from?",
            harvests.delivers_to as "delivers_to?",
            sellers.id as seller_id,
            sellers.slug as seller_slug,
            sellers.name as seller_name,
            sellers.kind as seller_kind,
            sellers.status as seller_status,
            sellers.paused_since,
            sellers.paused_until,
            sellers.hamlet,
            communes.id as commune_id,
            communes.code as commune_code,
            communes.full_name as commune_name,
            communes.province_name,
            sellers.is_sample as seller_is_sample
        from products
        join sellers on sellers.id = products.seller_id
        join communes on communes.id = sellers.commune_id
        left join ocop_sets on ocop_sets.regime = products.set_regime and ocop_sets.number = products.set_number
        left join granted_certificates as granted on granted.id = products.certificate_id
        left join harvests on harvests.product_id = products.id and harvests.ended_at is null
        where products.id = $1 or products.slug = $2"#,
        id.map(|id| id.0),
        slug,
    )
    .fetch_optional(db)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let mut product = row.into_product()?;
    product.variants = variants(db, product.id).await?;
    let ids: Vec<VariantId> = product.variants.iter().map(|variant| variant.id).collect();
    let mut combos = combos(db, &ids).await?;
    for variant in &mut product.variants {
        variant.parts = combos.remove(&variant.id).unwrap_or_default();
    }
    product.photos = photos(db, product.id).await?;
    product.marks = granted_marks(db, product.id).await?;
    Ok(Some(product))
}

/// The ways in which a product is sold, in order.
pub(super) async fn variants(
    db: impl PgExecutor<'_>,
    product: ProductId,
) -> Result<Vec<Variant>, Fault> {
    let rows = sqlx::query_as!(
        VariantRow,
        r#"select
            variants.id,
            variants.sku,
            variants.name,
            variants.unit,
            variants.unit_note,
            variants.price_vnd,
            variants.net_grams,
            variants.net_ml,
            variants.ship_grams,
            variants.min_quantity,
            variants.step_quantity,
            stock.on_hand as "on_hand!",
            stock.reserved as "reserved!",
            variants.supply,
            variants.ready_days,
            harvests.delivers_from as "delivers_from?",
            harvests.delivers_to as "delivers_to?"
        from variants
        join variant_stock as stock on stock.variant_id = variants.id
        left join harvests on harvests.id = variants.harvest_id
        where variants.product_id = $1 and variants.state = 'offered'
        order by variants.position"#,
        product.0,
    )
    .fetch_all(db)
    .await?;
    rows.into_iter().map(VariantRow::into_variant).collect()
}

async fn photos(db: &PgPool, product: ProductId) -> Result<Vec<ProductPhoto>, Fault> {
    let rows = sqlx::query!(
        "select photo_id, alt, is_drawn from product_photos where product_id = $1 order by position",
        product.0,
    )
    .fetch_all(db)
    .await?;
    let ids: Vec<PhotoId> = rows.iter().map(|row| PhotoId(row.photo_id)).collect();
    let mut pictures = media::queries::pictures(db, &ids).await?;
    Ok(rows
        .into_iter()
        .filter_map(|row| {
            let index = pictures
                .iter()
                .position(|picture| picture.id.0 == row.photo_id)?;
            Some(ProductPhoto {
                picture: pictures.swap_remove(index),
                alt: row.alt,
                is_drawn: row.is_drawn,
            })
        })
        .collect())
}

/// The products of a seller, the last changed first.
pub async fn of_seller(db: &PgPool, seller: SellerId) -> Result<Vec<ListedProduct>, Fault> {
    let rows = sqlx::query!(
        r#"select
            products.id,
            products.slug,
            products.name,
            products.status,
            (
                select photo_variants.key
                from product_photos
                join photo_variants on photo_variants.photo_id = product_photos.photo_id
                where product_photos.product_id = products.id and photo_variants.format = 'webp'
                order by product_photos.position, photo_variants.width
                limit 1
            ) as image_key,
            (
                select state from listing_reviews
                where product_id = products.id and state in ('waiting', 'returned')
            ) as review
        from products
        where products.seller_id = $1 and products.status <> 'archived'
        order by products.updated_at desc, products.id
        limit 500"#,
        seller.0,
    )
    .fetch_all(db)
    .await?;
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    let mut variants = listed_variants(db, &ids).await?;
    rows.into_iter()
        .map(|row| {
            Ok(ListedProduct {
                id: ProductId(row.id),
                slug: row.slug,
                name: row.name,
                status: ProductStatus::parse(&row.status)
                    .ok_or_else(|| broken_row("products", "status", row.id))?,
                variants: variants
                    .extract_if(.., |(product, _)| *product == row.id)
                    .map(|(_, variant)| variant)
                    .collect(),
                image_key: row.image_key,
                review: row.review.as_deref().and_then(ReviewState::parse),
            })
        })
        .collect()
}

async fn listed_variants(
    db: &PgPool,
    products: &[Uuid],
) -> Result<Vec<(Uuid, ListedVariant)>, Fault> {
    let rows = sqlx::query!(
        r#"select variants.product_id, variants.id, variants.name, variants.unit, variants.unit_note, variants.price_vnd,
               variants.net_grams, variants.net_ml, stock.on_hand as "on_hand!", stock.on_hand - stock.reserved as "available!",
               variants.supply, variants.ready_days, harvests.delivers_from as "delivers_from?", harvests.delivers_to as "delivers_to?"
           from variants
           join variant_stock as stock on stock.variant_id = variants.id
           left join harvests on harvests.id = variants.harvest_id
           where variants.product_id = any($1) and variants.state = 'offered'
           order by variants.product_id, variants.position"#,
        products,
    )
    .fetch_all(db)
    .await?;
    rows.into_iter()
        .map(|row| {
            let variant = ListedVariant {
                supply: Supply::of_columns(
                    row.id,
                    &row.supply,
                    row.ready_days,
                    row.delivers_from,
                    row.delivers_to,
                )?,
                id: VariantId(row.id),
                base_price: row.price_vnd.and_then(|price| {
                    BasePrice::of(Vnd(price), &row.unit, row.net_grams, row.net_ml)
                }),
                name: row.name,
                unit: row.unit,
                unit_note: row.unit_note,
                price: row.price_vnd.map(Vnd),
                on_hand: Quantity::from_thousandths(row.on_hand),
                available: Quantity::from_thousandths(row.available),
            };
            Ok((row.product_id, variant))
        })
        .collect()
}

/// One variant of a seller's goods, as it is taken along.
#[derive(Clone, Debug)]
pub struct ExportedGood {
    /// The product's name.
    pub product: String,
    /// `draft`, `published`, …
    pub status: String,
    /// `Loại 1`.
    pub variant: String,
    /// In what it is sold.
    pub unit: String,
    /// For one unit.
    pub price: Option<Vnd>,
    /// What is there.
    pub on_hand: Quantity,
    /// What of it can be bought.
    pub available: Quantity,
}

/// All goods of a seller with their variants, by name.
pub async fn exported(db: &PgPool, seller: SellerId) -> Result<Vec<ExportedGood>, Fault> {
    let rows = sqlx::query!(
        r#"select products.name as product, products.status, variants.name as variant, variants.unit, variants.price_vnd,
               stock.on_hand as "on_hand!", stock.on_hand - stock.reserved as "available!"
           from products
           join variants on variants.product_id = products.id
           join variant_stock as stock on stock.variant_id = variants.id
           where products.seller_id = $1
           order by products.name, products.id, variants.position"#,
        seller.0,
    )
    .fetch_all(db)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| ExportedGood {
            product: row.product,
            status: row.status,
            variant: row.variant,
            unit: row.unit,
            price: row.price_vnd.map(Vnd),
            on_hand: Quantity::from_thousandths(row.on_hand),
            available: Quantity::from_thousandths(row.available),
        })
        .collect())
}

/// Whether the catalogue holds anything: what the sample data ask before they load.
pub async fn is_empty(db: &PgPool) -> Result<bool, Fault> {
    Ok(
        sqlx::query_scalar!(r#"select not exists (select from products) as "empty!""#)
            .fetch_one(db)
            .await?,
    )
}

/// The ids of the products of a seller; for whoever must make something anew for all of them.
pub async fn ids_of_seller(db: &PgPool, seller: Uuid) -> Result<Vec<ProductId>, Fault> {
    let ids = sqlx::query_scalar!("select id from products where seller_id = $1", seller)
        .fetch_all(db)
        .await?;
    Ok(ids.into_iter().map(ProductId).collect())
}

/// A variant with what the sample orders need to know of it.
#[derive(Clone, Debug)]
pub struct SampleVariant {
    /// Identifier.
    pub id: VariantId,
    /// For one unit.
    pub price: Vnd,
    /// The least that is sold.
    pub minimum: Quantity,
    /// And in what steps above it.
    pub step: Quantity,
    /// What is there.
    pub on_hand: Quantity,
    /// Empty: all year.
    pub season_months: Vec<i16>,
}

/// All variants on sale, by the province's code of their product.
pub async fn variants_on_sale(db: &PgPool) -> Result<Vec<SampleVariant>, Fault> {
    let rows = sqlx::query!(
        r#"select
            variants.id,
            variants.price_vnd as "price_vnd!",
            variants.min_quantity,
            variants.step_quantity,
            stock_items.on_hand,
            products.season_months
        from variants
        join stock_items on stock_items.variant_id = variants.id
        join products on products.id = variants.product_id
        join sellers on sellers.id = products.seller_id
        where products.status = 'published' and variants.price_vnd is not null and variants.state = 'offered'
            and is_selling(sellers)
        order by products.code, variants.position"#
    )
    .fetch_all(db)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| SampleVariant {
            id: VariantId(row.id),
            price: Vnd(row.price_vnd),
            minimum: Quantity::from_thousandths(row.min_quantity),
            step: Quantity::from_thousandths(row.step_quantity),
            on_hand: Quantity::from_thousandths(row.on_hand),
            season_months: row.season_months,
        })
        .collect())
}
