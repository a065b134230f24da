//! In which order a listing shows its photographs, and what each of them shows in words.
use serde_json::json;

use super::listing::{changed, own};
use crate::catalog::{CatalogRefusal, listing::parse_alt};
use crate::kernel::{Failure, PhotoId, ProductId, Work};

type Outcome<T> = Result<T, Failure<CatalogRefusal>>;

/// Which way a photograph goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// Towards the cover, which is the first.
    Earlier,
    /// Towards the last.
    Later,
}

/// Changes a photograph's place with the one before or behind it; the first stays first, the last stays last.
///
/// # Errors
/// It is not the actor's listing, or has no such photograph.
pub async fn move_photo(
    work: &mut Work<'_>,
    product: ProductId,
    photo: PhotoId,
    way: Way,
) -> Outcome<()> {
    own(work, product).await?;
    let place = sqlx::query_scalar!(
        "select position from product_photos where product_id = $1 and photo_id = $2",
        product.0,
        photo.0,
    )
    .fetch_optional(&mut *work.conn)
    .await?
    .ok_or(CatalogRefusal::NotFound)?;
    let other = match way {
        Way::Earlier => place - 1,
        Way::Later => place + 1,
    };
    // Both leave their places and come back in the other's: the primary key is checked row by row.
    let both = sqlx::query!(
        "delete from product_photos
         where product_id = $1 and position = any($2)
             and exists (select from product_photos where product_id = $1 and position = $3)
         returning photo_id, alt, is_drawn",
        product.0,
        &[place, other],
        other,
    )
    .fetch_all(&mut *work.conn)
    .await?;
    if both.is_empty() {
        return Ok(());
    }
    for row in both {
        let position = if row.photo_id == photo.0 {
            other
        } else {
            place
        };
        sqlx::query!(
            "insert into product_photos (product_id, position, photo_id, alt, is_drawn) values ($1, $2, $3, $4, $5)",
            product.0,
            position,
            row.photo_id,
            row.alt,
            row.is_drawn,
        )
        .execute(&mut *work.conn)
        .await?;
    }
    changed(
        work,
        product,
        "product.photo_moved",
        None,
        json!({ "photo": photo, "position": other }),
    )
    .await
}

/// Keeps what a photograph shows, for who can't see it; nothing typed: what is proposed is read out.
///
/// # Errors
/// It is not the actor's listing, has no such photograph, or the words are too many.
pub async fn describe_photo(
    work: &mut Work<'_>,
    product: ProductId,
    photo: PhotoId,
    words: &str,
) -> Outcome<()> {
    own(work, product).await?;
    let words = parse_alt(words).map_err(CatalogRefusal::Invalid)?;
    let before = sqlx::query_scalar!(
        "select alt from product_photos where product_id = $1 and photo_id = $2",
        product.0,
        photo.0,
    )
    .fetch_optional(&mut *work.conn)
    .await?
    .ok_or(CatalogRefusal::NotFound)?;
    if before == words {
        return Ok(());
    }
    sqlx::query!(
        "update product_photos set alt = $3 where product_id = $1 and photo_id = $2",
        product.0,
        photo.0,
        words,
    )
    .execute(&mut *work.conn)
    .await?;
    changed(
        work,
        product,
        "product.photo_described",
        Some(json!({ "alt": before })),
        json!({ "photo": photo, "alt": words }),
    )
    .await
}
