//! What a seller does with a listing: start it, fill it step by step, publish, pause, change.
use serde_json::{Value, json};
use uuid::Uuid;

use super::stock;
use crate::catalog::{
    Basics, CatalogRefusal, Pricing, ProductStatus, listing::parse_price, listing::parse_stock,
};
use crate::kernel::audit::{Deed, record};
use crate::kernel::outbox::{Topic, tell};
use crate::kernel::text::slug;
use crate::kernel::{
    Failure, FieldErrors, PhotoId, ProductId, Quantity, Right, SellerId, VariantId, Vnd, Work,
};
use crate::sellers::{self, Standing};

type Outcome<T> = Result<T, Failure<CatalogRefusal>>;

/// The most photographs of one product.
pub const MAX_PHOTOS: i64 = 8;

/// Begins a listing for `seller`: an empty draft, so that nothing typed or photographed is lost.
pub async fn start(work: &mut Work<'_>, seller: SellerId) -> Outcome<ProductId> {
    if !work.actor.may(Right::List(seller)) {
        return Err(CatalogRefusal::NotASeller.into());
    }
    let standing = sqlx::query_scalar!("select status from sellers where id = $1", seller.0)
        .fetch_optional(&mut *work.conn)
        .await?;
    // A shop that is still being filled in or looked at may write its goods down already.
    if !standing
        .and_then(|standing| Standing::parse(&standing))
        .is_some_and(Standing::may_list)
    {
        return Err(CatalogRefusal::ShopSuspended.into());
    }
    // One that was begun and left untouched is gone on with: two taps are one listing.
    let untouched = sqlx::query_scalar!(
        "select id from products
         where seller_id = $1 and status = 'draft' and name = ''
             and not exists (select from product_photos where product_id = products.id)
             and not exists (select from variants where product_id = products.id)
         limit 1",
        seller.0
    )
    .fetch_optional(&mut *work.conn)
    .await?;
    if let Some(id) = untouched {
        return Ok(ProductId(id));
    }
    let id: ProductId = work.new_id();
    let code = format!("M{:07X}", work.random_bits() & 0x0FFF_FFFF);
    sqlx::query!(
        "insert into products (id, code, seller_id, slug, status, group_code, tax_class, created_at, updated_at)
         values ($1, $2, $3, $4, 'draft', 'food', 'own_produce', $5, $5)",
        id.0,
        code,
        seller.0,
        code.to_lowercase(),
        work.now,
    )
    .execute(&mut *work.conn)
    .await?;
    record(
        work,
        Deed {
            action: "product.started",
            subject_kind: "product",
            subject: id.0,
            before: None,
            after: None,
        },
    )
    .await?;
    Ok(id)
}

/// The product's row, locked, if the actor sells it.
pub(super) struct Owned {
    status: ProductStatus,
    slug: String,
    name: String,
}

pub(super) async fn own(work: &mut Work<'_>, product: ProductId) -> Outcome<Owned> {
    let row = sqlx::query!(
        "select seller_id, status, slug, name from products where id = $1 for update",
        product.0
    )
    .fetch_optional(&mut *work.conn)
    .await?
    .filter(|row| work.actor.may(Right::List(SellerId(row.seller_id))))
    .ok_or(CatalogRefusal::NotFound)?;
    let status = ProductStatus::parse(&row.status)
        .ok_or_else(|| crate::kernel::error::broken_row("products", "status", product))?;
    if status == ProductStatus::Archived {
        return Err(CatalogRefusal::WrongState("archived").into());
    }
    Ok(Owned {
        status,
        slug: row.slug,
        name: row.name,
    })
}

/// What a listing says before a change of it, of the variant that changes or the first one; for the record.
async fn said(
    work: &mut Work<'_>,
    product: ProductId,
    variant: Option<VariantId>,
) -> Outcome<Option<Value>> {
    let row = sqlx::query!(
        r#"select
            products.name,
            products.group_code,
            variants.id as "variant?",
            variants.price_vnd as "price_vnd?",
            variants.unit as "unit?",
            stock_items.on_hand as "on_hand?"
        from products
        left join variants on variants.product_id = products.id and ($2::uuid is null or variants.id = $2)
        left join stock_items on stock_items.variant_id = variants.id
        where products.id = $1
        order by variants.position
        limit 1"#,
        product.0,
        variant.map(|variant| variant.0),
    )
    .fetch_optional(&mut *work.conn)
    .await?;
    Ok(row.map(|row| {
        json!({
            "name": row.name,
            "group": row.group_code,
            "variant": row.variant,
            "price_vnd": row.price_vnd.map(Vnd),
            "unit": row.unit,
            "stock": row.on_hand.map(Quantity::from_thousandths),
        })
    }))
}

/// What a change of a listing ends with: its record, and the news for search and caches. Of what it said before, the
/// record has what is in `after` too.
pub(super) async fn changed(
    work: &mut Work<'_>,
    product: ProductId,
    action: &str,
    mut before: Option<Value>,
    after: Value,
) -> Outcome<()> {
    if let Some(Value::Object(fields)) = &mut before {
        fields.retain(|name, _| after.get(name).is_some());
    }
    sqlx::query!(
        "update products set updated_at = $2 where id = $1",
        product.0,
        work.now
    )
    .execute(&mut *work.conn)
    .await?;
    record(
        work,
        Deed {
            action,
            subject_kind: "product",
            subject: product.0,
            before,
            after: Some(after),
        },
    )
    .await?;
    tell(work, Topic::ProductChanged, &[product.0]).await?;
    Ok(())
}

/// Keeps "what and how much". The address follows the name until the listing is published for the first
/// time; after that the old address goes on leading here.
pub async fn save_basics(work: &mut Work<'_>, product: ProductId, basics: &Basics) -> Outcome<()> {
    let owned = own(work, product).await?;
    let before = match owned.name.as_str() {
        "" => None,
        _ => said(work, product, None).await?,
    };
    let slug = if owned.name == basics.name {
        owned.slug.clone()
    } else {
        free_slug(work, product, &basics.name).await?
    };
    if slug != owned.slug && owned.status != ProductStatus::Draft {
        sqlx::query!(
            "insert into product_former_slugs (slug, product_id) values ($1, $2) on conflict (slug) do update set product_id = excluded.product_id",
            owned.slug,
            product.0,
        )
        .execute(&mut *work.conn)
        .await?;
    }
    let months: Vec<i16> = basics
        .season_months
        .iter()
        .map(|&month| i16::from(month))
        .collect();
    sqlx::query!(
        "update products set name = $2, slug = $3, group_code = $4, description = $5, season_months = $6 where id = $1",
        product.0,
        basics.name,
        slug,
        basics.group.as_str(),
        basics.description,
        &months,
    )
    .execute(&mut *work.conn)
    .await?;
    let variant = first_variant(work, product).await?;
    count_stock(work, variant, basics.stock).await?;
    changed(
        work,
        product,
        "product.described",
        before,
        json!({ "name": basics.name, "stock": basics.stock, "group": basics.group }),
    )
    .await
}

/// An address made of the name that no other product has or had.
async fn free_slug(work: &mut Work<'_>, product: ProductId, name: &str) -> Outcome<String> {
    let base = match slug(name) {
        empty if empty.is_empty() => "san-pham".to_owned(),
        base => base,
    };
    let taken = sqlx::query_scalar!(
        r#"select slug as "slug!" from (
             select slug, id as product from products
             union all
             select slug, product_id from product_former_slugs
         ) as slugs
         -- What begins with the base and a dash stands in one piece of the index: a dot comes next.
         where product <> $1 and slug collate "C" >= $2 and slug collate "C" < $2 || '.'
             and (slug = $2 or slug collate "C" >= $2 || '-')"#,
        product.0,
        base,
    )
    .fetch_all(&mut *work.conn)
    .await?;
    if !taken.contains(&base) {
        return Ok(base);
    }
    let number = (2u32..10_000)
        .find(|number| !taken.contains(&format!("{base}-{number}")))
        .unwrap_or(2);
    Ok(format!("{base}-{number}"))
}

/// The product's first variant; made, without a price, where there is none yet.
async fn first_variant(work: &mut Work<'_>, product: ProductId) -> Outcome<VariantId> {
    if let Some(id) = sqlx::query_scalar!(
        "select id from variants where product_id = $1 order by position limit 1",
        product.0
    )
    .fetch_optional(&mut *work.conn)
    .await?
    {
        return Ok(VariantId(id));
    }
    let variant: VariantId = work.new_id();
    sqlx::query!(
        "insert into variants (id, product_id, position, sku, unit, ship_grams)
         select $1, $2, 1, code || '-1', 'kg', 1000 from products where id = $2",
        variant.0,
        product.0,
    )
    .execute(&mut *work.conn)
    .await?;
    stock::count(work, variant, Quantity::default())
        .await?
        .map_err(|reserved| CatalogRefusal::LessThanReserved { reserved })?;
    Ok(variant)
}

async fn count_stock(work: &mut Work<'_>, variant: VariantId, on_hand: Quantity) -> Outcome<()> {
    stock::count(work, variant, on_hand)
        .await?
        .map_err(|reserved| CatalogRefusal::LessThanReserved { reserved }.into())
}

/// Keeps "price and unit" of the first variant.
pub async fn save_price(work: &mut Work<'_>, product: ProductId, pricing: &Pricing) -> Outcome<()> {
    own(work, product).await?;
    let variant = first_variant(work, product).await?;
    let before = said(work, product, Some(variant)).await?;
    sqlx::query!(
        "update variants set
             price_vnd = $2, unit = $3, unit_note = $4, net_grams = $5, net_ml = $6, ship_grams = $7,
             min_quantity = $8, step_quantity = $8
         where id = $1",
        variant.0,
        pricing.price.0,
        pricing.unit,
        pricing.unit_note,
        pricing.net_grams,
        pricing.net_ml,
        pricing.ship_grams,
        pricing.step.thousandths(),
    )
    .execute(&mut *work.conn)
    .await?;
    changed(
        work,
        product,
        "product.priced",
        before,
        json!({ "price_vnd": pricing.price, "unit": pricing.unit }),
    )
    .await
}

/// Puts a photograph of the same seller behind the others; the same photograph twice is there once.
pub async fn attach_photo(
    work: &mut Work<'_>,
    product: ProductId,
    photo: PhotoId,
    alt: &str,
) -> Outcome<()> {
    own(work, product).await?;
    let row = sqlx::query!(
        r#"select
            count(*) as "count!",
            coalesce(max(position), 0)::smallint as "last!",
            coalesce(bool_or(photo_id = $2), false) as "here!"
        from product_photos where product_id = $1"#,
        product.0,
        photo.0,
    )
    .fetch_one(&mut *work.conn)
    .await?;
    if row.here {
        return Ok(());
    }
    if row.count >= MAX_PHOTOS {
        return Err(CatalogRefusal::TooManyPhotos.into());
    }
    // Photographs of other sellers can't be put here.
    let added = sqlx::query!(
        "insert into product_photos (product_id, position, photo_id, alt)
         select products.id, $3, photos.id, $4
         from products join photos on photos.seller_id = products.seller_id
         where products.id = $1 and photos.id = $2",
        product.0,
        photo.0,
        row.last + 1,
        alt,
    )
    .execute(&mut *work.conn)
    .await?
    .rows_affected();
    if added != 1 {
        return Err(CatalogRefusal::NotFound.into());
    }
    changed(
        work,
        product,
        "product.photo_added",
        None,
        json!({ "photo": photo }),
    )
    .await
}

/// Takes a photograph off; those behind it move up.
pub async fn remove_photo(work: &mut Work<'_>, product: ProductId, photo: PhotoId) -> Outcome<()> {
    let owned = own(work, product).await?;
    let others = sqlx::query_scalar!(
        r#"select count(*) as "count!" from product_photos where product_id = $1 and photo_id <> $2"#,
        product.0,
        photo.0,
    )
    .fetch_one(&mut *work.conn)
    .await?;
    if others == 0 && owned.status == ProductStatus::Published {
        let mut errors = FieldErrors::default();
        errors.add("photo", "required");
        return Err(CatalogRefusal::Invalid(errors).into());
    }
    let removed = sqlx::query_scalar!(
        "delete from product_photos where product_id = $1 and photo_id = $2 returning position",
        product.0,
        photo.0,
    )
    .fetch_optional(&mut *work.conn)
    .await?
    .ok_or(CatalogRefusal::NotFound)?;
    // One at a time from the front: the primary key is checked row by row.
    for position in removed + 1..=8 {
        sqlx::query!(
            "update product_photos set position = position - 1 where product_id = $1 and position = $2",
            product.0,
            position,
        )
        .execute(&mut *work.conn)
        .await?;
    }
    changed(
        work,
        product,
        "product.photo_removed",
        Some(json!({ "photo": photo })),
        json!({ "photo": null }),
    )
    .await
}

/// Shows the listing. A shop in good standing publishes at once (the rule that lets it through is recorded);
/// what is missing is told, field by field.
pub async fn publish(work: &mut Work<'_>, product: ProductId) -> Outcome<()> {
    let owned = own(work, product).await?;
    if owned.status == ProductStatus::Published {
        return Ok(());
    }
    let row = sqlx::query!(
        r#"select
            products.name,
            products.seller_id,
            exists (select from product_photos where product_id = products.id) as "has_photo!",
            coalesce((select bool_and(price_vnd is not null) from variants where product_id = products.id), false) as "has_price!"
        from products
        where products.id = $1"#,
        product.0,
    )
    .fetch_one(&mut *work.conn)
    .await?;
    let today = work.today();
    sellers::queries::may_publish(work.conn, SellerId(row.seller_id), today)
        .await
        .map_err(|failure| failure.map(CatalogRefusal::of_shop))?;
    let mut errors = FieldErrors::default();
    for (missing, field) in [
        (!row.has_photo, "photo"),
        (row.name.is_empty(), "name"),
        (!row.has_price, "price_vnd"),
    ] {
        if missing {
            errors.add(field, "required");
        }
    }
    if !errors.is_empty() {
        return Err(CatalogRefusal::Invalid(errors).into());
    }
    sqlx::query!(
        "update products set status = 'published', published_at = coalesce(published_at, $2) where id = $1",
        product.0,
        work.now,
    )
    .execute(&mut *work.conn)
    .await?;
    changed(
        work,
        product,
        "product.published",
        None,
        json!({ "rule": "shop_approved" }),
    )
    .await
}

/// Takes the listing off for a while; orders stay.
pub async fn pause(work: &mut Work<'_>, product: ProductId) -> Outcome<()> {
    let owned = own(work, product).await?;
    match owned.status {
        ProductStatus::Paused => return Ok(()),
        ProductStatus::Published => {}
        ProductStatus::Draft | ProductStatus::Archived => {
            return Err(CatalogRefusal::WrongState("draft").into());
        }
    }
    sqlx::query!(
        "update products set status = 'paused' where id = $1",
        product.0
    )
    .execute(&mut *work.conn)
    .await?;
    changed(work, product, "product.paused", None, json!({})).await
}

/// New price and stock of one variant, as typed in the table of products.
pub async fn set_price_and_stock(
    work: &mut Work<'_>,
    product: ProductId,
    variant: VariantId,
    price: &str,
    stock: &str,
) -> Outcome<()> {
    own(work, product).await?;
    let mut errors = FieldErrors::default();
    let price = parse_price(&mut errors, "price_vnd", price);
    let on_hand = parse_stock(&mut errors, "stock", stock);
    let (Some(price), true) = (price, errors.is_empty()) else {
        return Err(CatalogRefusal::Invalid(errors).into());
    };
    let before = said(work, product, Some(variant)).await?;
    let changed_rows = sqlx::query!(
        "update variants set price_vnd = $3 where id = $1 and product_id = $2",
        variant.0,
        product.0,
        price.0,
    )
    .execute(&mut *work.conn)
    .await?
    .rows_affected();
    if changed_rows != 1 {
        return Err(CatalogRefusal::NotFound.into());
    }
    count_stock(work, variant, on_hand).await?;
    changed(
        work,
        product,
        "product.priced",
        before,
        json!({ "variant": variant, "price_vnd": price, "stock": on_hand }),
    )
    .await
}

/// One more way in which a product is sold, as the API brings it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewVariant {
    /// `Loại 1`.
    pub name: String,
    /// Understood by [`crate::catalog::PriceForm`].
    pub pricing: Pricing,
    /// To sell.
    pub stock: Quantity,
}

/// A whole listing in one go, as the API brings it: a draft until it is submitted.
pub async fn create(
    work: &mut Work<'_>,
    seller: SellerId,
    basics: &Basics,
    pricing: &Pricing,
    more: &[NewVariant],
) -> Outcome<ProductId> {
    let product = start(work, seller).await?;
    save_basics(work, product, basics).await?;
    save_price(work, product, pricing).await?;
    for (variant, position) in more.iter().zip(2i16..) {
        add_variant(work, product, position, variant).await?;
    }
    Ok(product)
}

async fn add_variant(
    work: &mut Work<'_>,
    product: ProductId,
    position: i16,
    new: &NewVariant,
) -> Result<(), Failure<CatalogRefusal>> {
    let variant: VariantId = work.new_id();
    let Vnd(price) = new.pricing.price;
    sqlx::query!(
        "insert into variants (id, product_id, position, sku, name, unit, unit_note, price_vnd, net_grams, net_ml, ship_grams, min_quantity, step_quantity)
         select $1, $2, $3, code || '-' || ($3::smallint)::text, $4, $5, $6, $7, $8, $9, $10, $11, $11 from products where id = $2",
        variant.0,
        product.0,
        position,
        new.name,
        new.pricing.unit,
        new.pricing.unit_note,
        price,
        new.pricing.net_grams,
        new.pricing.net_ml,
        new.pricing.ship_grams,
        new.pricing.step.thousandths(),
    )
    .execute(&mut *work.conn)
    .await?;
    count_stock(work, variant, new.stock).await
}

/// The seller of a product that the actor may change; for files that are stored before the row.
pub async fn seller_of(work: &mut Work<'_>, product: ProductId) -> Outcome<SellerId> {
    let seller: Option<Uuid> =
        sqlx::query_scalar!("select seller_id from products where id = $1", product.0)
            .fetch_optional(&mut *work.conn)
            .await?;
    seller
        .map(SellerId)
        .filter(|seller| work.actor.may(Right::List(*seller)))
        .ok_or_else(|| CatalogRefusal::NotFound.into())
}
