//! The photographs of a listing.
use super::listing::{Outcome, open, revise};
use crate::catalog::{CatalogRefusal, PlacedPhoto, parse_alt};
use crate::kernel::{PhotoId, ProductId, Work};

/// The most photographs of one product.
pub const MAX_PHOTOS: usize = 8;

/// Puts a photograph of the same seller behind the others; the same photograph twice is there once.
pub async fn attach_photo(work: &mut Work<'_>, product: ProductId, photo: PhotoId) -> Outcome<()> {
    let listing = open(work, product).await?;
    let mut wanted = listing.wanted().clone();
    if wanted.photos.iter().any(|placed| placed.photo == photo) {
        return Ok(());
    }
    if wanted.photos.len() >= MAX_PHOTOS {
        return Err(CatalogRefusal::TooManyPhotos.into());
    }
    // Photographs of other sellers can't be put here.
    let is_own = sqlx::query_scalar!(
        r#"select exists (select from photos where id = $1 and seller_id = $2) as "own!""#,
        photo.0,
        listing.seller.0,
    )
    .fetch_one(&mut *work.conn)
    .await?;
    if !is_own {
        return Err(CatalogRefusal::NotFound.into());
    }
    wanted.photos.push(PlacedPhoto {
        photo,
        alt: String::new(),
        is_drawn: false,
    });
    revise(work, listing, "product.photo_added", wanted).await
}

/// Takes a photograph off; those behind it move up.
pub async fn remove_photo(work: &mut Work<'_>, product: ProductId, photo: PhotoId) -> Outcome<()> {
    let listing = open(work, product).await?;
    let mut wanted = listing.wanted().clone();
    if !wanted.photos.iter().any(|placed| placed.photo == photo) {
        return Err(CatalogRefusal::NotFound.into());
    }
    wanted.photos.retain(|placed| placed.photo != photo);
    if wanted.photos.is_empty() && listing.status.is_shown() {
        return Err(CatalogRefusal::field("photo", "required").into());
    }
    revise(work, listing, "product.photo_removed", wanted).await
}

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
    let listing = open(work, product).await?;
    let mut wanted = listing.wanted().clone();
    let place = place(&wanted.photos, photo)?;
    let other = match way {
        Way::Earlier => place.checked_sub(1),
        Way::Later => Some(place + 1),
    };
    let Some(other) = other.filter(|other| *other < wanted.photos.len()) else {
        return Ok(());
    };
    wanted.photos.swap(place, other);
    revise(work, listing, "product.photo_moved", wanted).await
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
    let listing = open(work, product).await?;
    let words = parse_alt(words).map_err(CatalogRefusal::Invalid)?;
    let mut wanted = listing.wanted().clone();
    let place = place(&wanted.photos, photo)?;
    if wanted.photos[place].alt == words {
        return Ok(());
    }
    wanted.photos[place].alt = words;
    revise(work, listing, "product.photo_described", wanted).await
}

fn place(photos: &[PlacedPhoto], photo: PhotoId) -> Outcome<usize> {
    let place = photos.iter().position(|placed| placed.photo == photo);
    place.ok_or_else(|| CatalogRefusal::NotFound.into())
}
