//! What is on sale, as other programs take it: search engines, price comparers, readers of news.
use sqlx::PgPool;
use time::OffsetDateTime;

use crate::catalog::{Group, Supply};
use crate::kernel::error::broken_row;
use crate::kernel::{Fault, ProductId, Quantity, VariantId, Vnd};

/// One way of selling something that is on sale.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FeedOffer {
    /// The product.
    pub product: ProductId,
    /// The province's code of it.
    pub code: String,
    /// In its address.
    pub slug: String,
    /// What it is called.
    pub name: String,
    /// What its seller says of it.
    pub description: String,
    /// OCOP group.
    pub group: Group,
    /// The product set, in Vietnamese.
    pub set: Option<String>,
    /// Who sells it.
    pub seller: String,
    /// The way of selling.
    pub variant: VariantId,
    /// Its name; empty where it is the only one.
    pub variant_name: String,
    /// kg, trái, …
    pub unit: String,
    /// What the unit holds.
    pub unit_note: String,
    /// For one unit.
    pub price: Vnd,
    /// Net content of one unit in grams.
    pub net_grams: Option<i32>,
    /// Net content of one unit in millilitres.
    pub net_ml: Option<i32>,
    /// Weight of one unit as a parcel, grams.
    pub ship_grams: i32,
    /// What nobody has reserved.
    pub available: Quantity,
    /// The least that is sold.
    pub minimum: Quantity,
    /// How it comes to be there.
    pub supply: Supply,
    /// Key of its cover, JPEG, the largest size.
    pub image_key: Option<String>,
}

/// All ways of selling of so many products that are on sale, by their ids, from the one after `after` on.
pub async fn offers_after(
    db: &PgPool,
    after: Option<ProductId>,
    products: i64,
) -> Result<Vec<FeedOffer>, Fault> {
    let rows = sqlx::query!(
        r#"with listed as (
            select products.*, sellers.name as seller
            from products
            join sellers on sellers.id = products.seller_id
            where products.status = 'published' and is_selling(sellers)
                and ($1::uuid is null or products.id > $1)
            order by products.id
            limit $2
        )
        select
            listed.id,
            listed.code,
            listed.slug,
            listed.name,
            listed.description,
            listed.group_code,
            ocop_sets.name_vi as "set?",
            listed.seller,
            variants.id as variant_id,
            variants.name as variant_name,
            variants.unit,
            variants.unit_note,
            variants.price_vnd as "price_vnd!",
            variants.net_grams,
            variants.net_ml,
            variants.ship_grams,
            variants.min_quantity,
            stock.on_hand - stock.reserved as "available!",
            variants.supply,
            variants.ready_days,
            harvests.delivers_from as "delivers_from?",
            harvests.delivers_to as "delivers_to?",
            (
                select photo_variants.key
                from product_photos
                join photo_variants on photo_variants.photo_id = product_photos.photo_id
                where product_photos.product_id = listed.id and photo_variants.format = 'jpeg'
                order by product_photos.position, photo_variants.width desc
                limit 1
            ) as image_key
        from listed
        join variants on variants.product_id = listed.id and variants.state = 'offered' and variants.price_vnd is not null
        join variant_stock as stock on stock.variant_id = variants.id
        left join harvests on harvests.id = variants.harvest_id
        left join ocop_sets on ocop_sets.regime = listed.set_regime and ocop_sets.number = listed.set_number
        order by listed.id, variants.position"#,
        after.map(|product| product.0),
        products,
    )
    .fetch_all(db)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(FeedOffer {
                product: ProductId(row.id),
                code: row.code,
                slug: row.slug,
                name: row.name,
                description: row.description,
                group: Group::parse(&row.group_code)
                    .ok_or_else(|| broken_row("products", "group_code", row.id))?,
                set: row.set,
                seller: row.seller,
                variant: VariantId(row.variant_id),
                variant_name: row.variant_name,
                unit: row.unit,
                unit_note: row.unit_note,
                price: Vnd(row.price_vnd),
                net_grams: row.net_grams,
                net_ml: row.net_ml,
                ship_grams: row.ship_grams,
                available: Quantity::from_thousandths(row.available),
                minimum: Quantity::from_thousandths(row.min_quantity),
                supply: Supply::of_columns(
                    row.variant_id,
                    &row.supply,
                    row.ready_days,
                    row.delivers_from,
                    row.delivers_to,
                )?,
                image_key: row.image_key,
            })
        })
        .collect()
}

/// Something that went on sale.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewGoods {
    /// Identifier.
    pub product: ProductId,
    /// In its address.
    pub slug: String,
    /// What it is called.
    pub name: String,
    /// What its seller says of it.
    pub description: String,
    /// Who sells it.
    pub seller: String,
    /// Where.
    pub commune: String,
    /// Since when it is shown, UTC.
    pub published_at: OffsetDateTime,
}

/// What went on sale last, the newest first.
pub async fn newest(db: &PgPool, count: i64) -> Result<Vec<NewGoods>, Fault> {
    let rows = sqlx::query!(
        r#"select products.id, products.slug, products.name, products.description, sellers.name as seller,
               communes.full_name as commune, products.published_at as "published_at!"
           from products
           join sellers on sellers.id = products.seller_id
           join communes on communes.id = sellers.commune_id
           where products.status = 'published' and is_selling(sellers)
           order by products.published_at desc, products.id
           limit $1"#,
        count
    )
    .fetch_all(db)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| NewGoods {
            product: ProductId(row.id),
            slug: row.slug,
            name: row.name,
            description: row.description,
            seller: row.seller,
            commune: row.commune,
            published_at: row.published_at,
        })
        .collect())
}

/// An address with the instant of its last change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MappedPage {
    /// The slug in it.
    pub slug: String,
    /// UTC.
    pub changed_at: OffsetDateTime,
}

/// How many products are on sale.
pub async fn on_sale_count(db: &PgPool) -> Result<i64, Fault> {
    Ok(sqlx::query_scalar!(
        r#"select count(*) as "count!"
           from products join sellers on sellers.id = products.seller_id
           where products.status = 'published' and is_selling(sellers)"#
    )
    .fetch_one(db)
    .await?)
}

/// The products on sale, in the order in which they were begun.
pub async fn mapped_products(
    db: &PgPool,
    offset: i64,
    limit: i64,
) -> Result<Vec<MappedPage>, Fault> {
    let rows = sqlx::query!(
        "select products.slug, products.updated_at
         from products join sellers on sellers.id = products.seller_id
         where products.status = 'published' and is_selling(sellers)
         order by products.id
         offset $1 limit $2",
        offset,
        limit,
    )
    .fetch_all(db)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| MappedPage {
            slug: row.slug,
            changed_at: row.updated_at,
        })
        .collect())
}

/// The shops that sell now, each with the last change of its goods.
pub async fn mapped_shops(db: &PgPool, limit: i64) -> Result<Vec<MappedPage>, Fault> {
    let rows = sqlx::query!(
        r#"select sellers.slug, max(products.updated_at) as "changed_at!"
           from sellers join products on products.seller_id = sellers.id
           where products.status = 'published' and is_selling(sellers)
           group by sellers.id
           order by sellers.id
           limit $1"#,
        limit,
    )
    .fetch_all(db)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| MappedPage {
            slug: row.slug,
            changed_at: row.changed_at,
        })
        .collect())
}
