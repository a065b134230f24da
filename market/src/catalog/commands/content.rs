//! What a listing says, read from its rows and written to them.
use sqlx::PgConnection;
use sqlx::types::Json;
use uuid::Uuid;

use super::listing::Outcome;
use crate::catalog::{CatalogRefusal, Content, Group, Offer, PlacedPhoto, SetCode, TRADED};
use crate::kernel::error::broken_row;
use crate::kernel::{Failure, Fault, PhotoId, ProductId, Quantity, VariantId, Vnd, Work};

/// What the rows of a product say, of ways of selling those on offer.
pub(super) async fn load(conn: &mut PgConnection, product: ProductId) -> Result<Content, Fault> {
    let row = sqlx::query!(
        r#"select name, group_code, set_regime, set_number, is_resold, description, season_months,
               facts as "facts: Json<std::collections::BTreeMap<String, String>>"
           from products where id = $1"#,
        product.0
    )
    .fetch_one(&mut *conn)
    .await?;
    let photos = sqlx::query!(
        "select photo_id, alt, is_drawn from product_photos where product_id = $1 order by position",
        product.0
    )
    .fetch_all(&mut *conn)
    .await?;
    let set = match (row.set_regime, row.set_number) {
        (Some(regime), Some(number)) => Some(SetCode {
            regime,
            number: u8::try_from(number)
                .map_err(|_| broken_row("products", "set_number", product))?,
        }),
        _ => None,
    };
    Ok(Content {
        name: row.name,
        group: Group::parse(&row.group_code)
            .ok_or_else(|| broken_row("products", "group_code", product))?,
        set,
        is_resold: row.is_resold,
        description: row.description,
        season_months: row
            .season_months
            .into_iter()
            .filter_map(|month| u8::try_from(month).ok())
            .collect(),
        facts: row.facts.0,
        photos: photos
            .into_iter()
            .map(|row| PlacedPhoto {
                photo: PhotoId(row.photo_id),
                alt: row.alt,
                is_drawn: row.is_drawn,
            })
            .collect(),
        offers: offers(conn, product).await?,
    })
}

async fn offers(conn: &mut PgConnection, product: ProductId) -> Result<Vec<Offer>, Fault> {
    let rows = sqlx::query!(
        "select id, sku, name, unit, unit_note, price_vnd, net_grams, net_ml, ship_grams, min_quantity, step_quantity
         from variants where product_id = $1 and state = 'offered' order by position",
        product.0
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| Offer {
            id: VariantId(row.id),
            sku: row.sku,
            name: row.name,
            unit: row.unit,
            unit_note: row.unit_note,
            price: row.price_vnd.map(Vnd),
            net_grams: row.net_grams,
            net_ml: row.net_ml,
            ship_grams: row.ship_grams,
            minimum: Quantity::from_thousandths(row.min_quantity),
            step: Quantity::from_thousandths(row.step_quantity),
        })
        .collect())
}

/// Makes the rows of a product say `after`; what is as `before` is left alone. Every way of selling has its row
/// already.
pub(super) async fn write(
    work: &mut Work<'_>,
    product: ProductId,
    before: &Content,
    after: &Content,
) -> Outcome<()> {
    let months: Vec<i16> = after.season_months.iter().copied().map(i16::from).collect();
    let class = match after.definition() {
        _ if after.is_resold => TRADED,
        Some(set) => &set.tax_class,
        None => "own_produce",
    };
    sqlx::query!(
        "update products set
             name = $2, group_code = $3, set_regime = $4, set_number = $5, is_resold = $6, tax_class = $7,
             description = $8, season_months = $9, facts = $10, updated_at = $11
         where id = $1",
        product.0,
        after.name,
        after.group.as_str(),
        after.set.as_ref().map(|set| set.regime.as_str()),
        after.set.as_ref().map(|set| i16::from(set.number)),
        after.is_resold,
        class,
        after.description,
        &months,
        Json(&after.facts) as _,
        work.now,
    )
    .execute(&mut *work.conn)
    .await?;
    if before.photos != after.photos {
        place_photos(work, product, &after.photos).await?;
    }
    for offer in &after.offers {
        if before.offer(offer.id) != Some(offer) {
            write_offer(work, product, offer).await?;
        }
    }
    let ended: Vec<Uuid> = before
        .offers
        .iter()
        .map(|offer| offer.id)
        .filter(|id| after.offer(*id).is_none())
        .map(|id| id.0)
        .collect();
    if !ended.is_empty() {
        sqlx::query!(
            "update variants set state = 'archived' where product_id = $1 and id = any($2)",
            product.0,
            &ended,
        )
        .execute(&mut *work.conn)
        .await?;
    }
    Ok(())
}

async fn place_photos(
    work: &mut Work<'_>,
    product: ProductId,
    photos: &[PlacedPhoto],
) -> Result<(), Fault> {
    sqlx::query!(
        "delete from product_photos where product_id = $1",
        product.0
    )
    .execute(&mut *work.conn)
    .await?;
    let ids: Vec<Uuid> = photos.iter().map(|photo| photo.photo.0).collect();
    let alts: Vec<String> = photos.iter().map(|photo| photo.alt.clone()).collect();
    let drawn: Vec<bool> = photos.iter().map(|photo| photo.is_drawn).collect();
    sqlx::query!(
        "insert into product_photos (product_id, position, photo_id, alt, is_drawn)
         select $1, position, photo_id, alt, is_drawn
         from unnest($2::uuid[], $3::text[], $4::boolean[]) with ordinality as placed (photo_id, alt, is_drawn, position)",
        product.0,
        &ids,
        &alts,
        &drawn,
    )
    .execute(&mut *work.conn)
    .await?;
    Ok(())
}

async fn write_offer(work: &mut Work<'_>, product: ProductId, offer: &Offer) -> Outcome<()> {
    let written = sqlx::query!(
        "update variants set
             sku = $3, name = $4, unit = $5, unit_note = $6, price_vnd = $7, net_grams = $8, net_ml = $9, ship_grams = $10,
             min_quantity = $11, step_quantity = $12, state = 'offered'
         where id = $1 and product_id = $2",
        offer.id.0,
        product.0,
        offer.sku,
        offer.name,
        offer.unit,
        offer.unit_note,
        offer.price.map(|price| price.0),
        offer.net_grams,
        offer.net_ml,
        offer.ship_grams,
        offer.minimum.thousandths(),
        offer.step.thousandths(),
    )
    .execute(&mut *work.conn)
    .await;
    match written {
        Ok(done) if done.rows_affected() == 1 => Ok(()),
        Ok(_) => Err(CatalogRefusal::NotFound.into()),
        Err(error) => Err(sku_taken(error)),
    }
}

/// The refusal where a seller's number stands on another way of selling the same product.
pub(super) fn sku_taken(error: sqlx::Error) -> Failure<CatalogRefusal> {
    let is_taken = error
        .as_database_error()
        .is_some_and(|error| error.constraint() == Some("variants_sku_once"));
    if is_taken {
        CatalogRefusal::field("sku", "sku_taken").into()
    } else {
        error.into()
    }
}
