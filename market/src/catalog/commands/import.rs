//! Whole products as a catalogue file has them: published at once.
use std::collections::BTreeMap;

use sqlx::types::Json;
use time::OffsetDateTime;

use super::stock;
use crate::catalog::Group;
use crate::kernel::outbox::{Topic, tell};
use crate::kernel::{
    CertificateId, Fault, PhotoId, ProductId, Quantity, SellerId, VariantId, Vnd, Work,
};

/// A product of a catalogue file.
#[derive(Clone, Debug)]
pub struct ImportedProduct {
    /// The province's code.
    pub code: String,
    /// Who sells it.
    pub seller: SellerId,
    /// In its address.
    pub slug: String,
    /// What it is called.
    pub name: String,
    /// OCOP group.
    pub group: Group,
    /// Regime and number of the product set.
    pub set: Option<(String, i16)>,
    /// own_produce, processed, traded, service.
    pub tax_class: String,
    /// What the seller says of it.
    pub description: String,
    /// What matters of goods of its set.
    pub facts: BTreeMap<String, String>,
    /// 1 to 12; empty: all year.
    pub season_months: Vec<i16>,
    /// Its OCOP certificate.
    pub certificate: Option<CertificateId>,
    /// Invented goods or shop.
    pub is_sample: bool,
    /// Invented prices.
    pub price_is_sample: bool,
    /// Where the facts come from.
    pub source: String,
    /// Since when it is shown.
    pub published_at: OffsetDateTime,
    /// At least one.
    pub variants: Vec<ImportedVariant>,
    /// In order: photograph, what it shows, whether it is a drawing.
    pub photos: Vec<(PhotoId, String, bool)>,
}

/// A variant of a catalogue file.
#[derive(Clone, Debug)]
pub struct ImportedVariant {
    /// The seller's number of it.
    pub sku: String,
    /// Empty where there is only one.
    pub name: String,
    /// kg, trái, …
    pub unit: String,
    /// What the unit holds.
    pub unit_note: String,
    /// For one unit.
    pub price: Vnd,
    /// Net content in grams.
    pub net_grams: Option<i32>,
    /// Net content in millilitres.
    pub net_ml: Option<i32>,
    /// Weight as a parcel, grams.
    pub ship_grams: i32,
    /// The least that is sold.
    pub minimum: Quantity,
    /// And in what steps above it.
    pub step: Quantity,
    /// What is there.
    pub on_hand: Quantity,
}

/// Takes a product in and answers its id; one whose code is known stays as it is.
pub async fn import(work: &mut Work<'_>, product: &ImportedProduct) -> Result<ProductId, Fault> {
    let id: ProductId = work.new_id();
    let added = sqlx::query!(
        "insert into products (
             id, code, seller_id, slug, name, status, group_code, set_regime, set_number, tax_class, is_resold, description, facts, season_months, certificate_id, is_sample, price_is_sample, source, published_at, created_at, updated_at)
         values ($1, $2, $3, $4, $5, 'published', $6, $7, $8, $9, $9 = 'traded', $10, $11, $12, $13, $14, $15, $16, $17, $17, $17)
         on conflict (code) do nothing",
        id.0,
        product.code,
        product.seller.0,
        product.slug,
        product.name,
        product.group.as_str(),
        product.set.as_ref().map(|(regime, _)| regime.as_str()),
        product.set.as_ref().map(|(_, number)| *number),
        product.tax_class,
        product.description,
        Json(&product.facts) as _,
        &product.season_months,
        product.certificate.map(|certificate| certificate.0),
        product.is_sample,
        product.price_is_sample,
        product.source,
        product.published_at,
    )
    .execute(&mut *work.conn)
    .await?
    .rows_affected();
    if added == 0 {
        let known = sqlx::query_scalar!("select id from products where code = $1", product.code)
            .fetch_one(&mut *work.conn)
            .await?;
        return Ok(ProductId(known));
    }
    for (variant, position) in product.variants.iter().zip(1i16..) {
        let variant_id: VariantId = work.new_id();
        let Vnd(price) = variant.price;
        sqlx::query!(
            "insert into variants (id, product_id, position, sku, name, unit, unit_note, price_vnd, net_grams, net_ml, ship_grams, min_quantity, step_quantity)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
            variant_id.0,
            id.0,
            position,
            variant.sku,
            variant.name,
            variant.unit,
            variant.unit_note,
            price,
            variant.net_grams,
            variant.net_ml,
            variant.ship_grams,
            variant.minimum.thousandths(),
            variant.step.thousandths(),
        )
        .execute(&mut *work.conn)
        .await?;
        stock::count(work, variant_id, variant.on_hand)
            .await?
            .map_err(|reserved| Fault::new(format!("{reserved} reserved")))?;
    }
    for ((photo, alt, is_drawn), position) in product.photos.iter().zip(1i16..) {
        sqlx::query!(
            "insert into product_photos (product_id, position, photo_id, alt, is_drawn) values ($1, $2, $3, $4, $5) on conflict do nothing",
            id.0,
            position,
            photo.0,
            alt,
            is_drawn,
        )
        .execute(&mut *work.conn)
        .await?;
    }
    tell(work, Topic::ProductChanged, &[id.0]).await?;
    Ok(id)
}

/// Gives a listing the province's code instead of the one that it began with.
///
/// # Errors
/// A fault of the database; another product has the code.
pub async fn adopt_code(work: &mut Work<'_>, product: ProductId, code: &str) -> Result<(), Fault> {
    sqlx::query!(
        "with named as (update products set code = $2 where id = $1)
         update variants set sku = $2 || '-' || position where product_id = $1",
        product.0,
        code,
    )
    .execute(&mut *work.conn)
    .await?;
    Ok(())
}
