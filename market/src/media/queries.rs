//! Reading photographs.
use sqlx::PgPool;
use uuid::Uuid;

use super::{Picture, PictureFormat, PictureVariant};
use crate::kernel::error::broken_row;
use crate::kernel::{Fault, PhotoId};

/// These photographs with their sizes, in no particular order.
pub async fn pictures(db: &PgPool, ids: &[PhotoId]) -> Result<Vec<Picture>, Fault> {
    let ids: Vec<Uuid> = ids.iter().map(|id| id.0).collect();
    let rows = sqlx::query!(
        "select photos.id, photos.width, photos.height, photos.preview,
             photo_variants.width as variant_width, photo_variants.height as variant_height, photo_variants.format, photo_variants.key
         from photos
         join photo_variants on photo_variants.photo_id = photos.id
         where photos.id = any($1)
         order by photos.id, photo_variants.width, photo_variants.format",
        &ids,
    )
    .fetch_all(db)
    .await?;
    let mut pictures: Vec<Picture> = Vec::new();
    for row in rows {
        if pictures.last().is_none_or(|last| last.id.0 != row.id) {
            pictures.push(Picture {
                id: PhotoId(row.id),
                width: row.width,
                height: row.height,
                preview: row.preview,
                variants: Vec::new(),
            });
        }
        let format = PictureFormat::parse(&row.format)
            .ok_or_else(|| broken_row("photo_variants", "format", row.id))?;
        if let Some(picture) = pictures.last_mut() {
            picture.variants.push(PictureVariant {
                width: row.variant_width,
                height: row.variant_height,
                format,
                key: row.key,
            });
        }
    }
    Ok(pictures)
}
