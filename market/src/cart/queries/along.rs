//! What else comes along for no more fee: goods of the same hamlet that fit into the weight that is paid for.
use sqlx::PgExecutor;
use uuid::Uuid;

use crate::cart::{Along, Cart};
use crate::kernel::{Fault, Quantity, Vnd};

/// So many of one hamlet.
const MOST: i64 = 3;

/// Goods that are there and that come along with what is in the cart, at the market's rates and by carrier like it: one
/// query. Nothing where no room is known, which takes a destination.
pub async fn along(db: impl PgExecutor<'_>, cart: &Cart) -> Result<Vec<Along>, Fault> {
    let rooms: Vec<_> = cart
        .parts
        .iter()
        .filter_map(|part| part.delivery.room.as_ref())
        .collect();
    if rooms.is_empty() {
        return Ok(Vec::new());
    }
    let communes: Vec<i32> = rooms.iter().map(|room| room.hamlet.commune.0).collect();
    let hamlets: Vec<String> = rooms.iter().map(|room| room.hamlet.name.clone()).collect();
    let zones: Vec<String> = rooms
        .iter()
        .map(|room| room.zone.as_str().to_owned())
        .collect();
    let grams: Vec<i64> = rooms.iter().map(|room| room.grams).collect();
    let known: Vec<Uuid> = cart
        .lines()
        .chain(&cart.saved)
        .map(|line| line.variant.0)
        .collect();
    let rows = sqlx::query!(
        r#"select found.slug as "slug!", found.name as "name!", found.variant_name as "variant_name!", found.seller_name as "seller_name!",
               found.price_vnd as "price_vnd!", found.min_quantity as "min_quantity!", found.unit as "unit!", found.unit_note as "unit_note!",
               found.image_key
           from unnest($1::integer[], $2::text[], $3::text[], $4::bigint[]) with ordinality as room (commune_id, hamlet, zone, grams, position)
           cross join lateral (
               select products.slug, products.name, variants.name as variant_name, sellers.name as seller_name,
                   variants.price_vnd, variants.min_quantity, variants.unit, variants.unit_note,
                   (
                       select photo_variants.key
                       from product_photos
                       join photo_variants on photo_variants.photo_id = product_photos.photo_id
                       where product_photos.product_id = products.id and photo_variants.format = 'webp'
                       order by product_photos.position, photo_variants.width
                       limit 1
                   ) as image_key
               from sellers
               left join seller_delivery as said on said.seller_id = sellers.id
               join products on products.seller_id = sellers.id
               join variants on variants.product_id = products.id
               join stock_items on stock_items.variant_id = variants.id
               where sellers.commune_id = room.commune_id and lower(sellers.hamlet) = room.hamlet and sellers.hamlet <> ''
                   and is_selling(sellers) and products.status = 'published'
                   and variants.state = 'offered' and variants.price_vnd is not null and variants.supply = 'stock'
                   and stock_items.on_hand - stock_items.reserved >= variants.min_quantity
                   -- Whole grams of thousandths of units.
                   and variants.ship_grams::bigint * variants.min_quantity <= room.grams * 1000
                   and variants.id <> all($5)
                   -- It goes the same way by itself: by carrier, at the market's rates.
                   and coalesce(said.by_carrier, true) and said.own_area is null and said.free_from_vnd is null
                   and not exists (select from seller_rates where seller_rates.seller_id = sellers.id and seller_rates.zone = room.zone)
               order by variants.price_vnd, variants.id
               limit $6
           ) as found
           order by room.position, found.price_vnd"#,
        &communes,
        &hamlets,
        &zones,
        &grams,
        &known,
        MOST,
    )
    .fetch_all(db)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| Along {
            slug: row.slug,
            name: row.name,
            variant_name: row.variant_name,
            seller_name: row.seller_name,
            price: Vnd(row.price_vnd),
            minimum: Quantity::from_thousandths(row.min_quantity),
            unit: row.unit,
            unit_note: row.unit_note,
            image_key: row.image_key,
        })
        .collect())
}
