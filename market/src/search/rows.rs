//! Rows as the database has them.
use serde::Deserialize;
use uuid::Uuid;

use super::types::{Hit, HitSeller};
use crate::catalog::Group;
use crate::kernel::error::broken_row;
use crate::kernel::{Fault, PhotoId, ProductId, Vnd};
use crate::media::{Picture, PictureFormat, PictureVariant};
use crate::sellers::SellerKind;

#[derive(sqlx::FromRow)]
pub(super) struct HitRow {
    pub product_id: Uuid,
    pub code: String,
    pub slug: String,
    pub name: String,
    pub seller_slug: String,
    pub seller_name: String,
    pub seller_kind: String,
    pub group_code: String,
    pub stars: Option<i16>,
    pub commune_code: String,
    pub commune_name: String,
    pub price_vnd: i64,
    pub unit: String,
    pub unit_note: String,
    pub in_stock: bool,
    pub image: Option<sqlx::types::Json<ImageRow>>,
    pub image_is_drawn: bool,
    pub in_season: bool,
}

#[derive(Debug, Deserialize)]
pub(super) struct ImageRow {
    id: Uuid,
    width: i32,
    height: i32,
    variants: Vec<ImageVariantRow>,
}

#[derive(Debug, Deserialize)]
struct ImageVariantRow {
    width: i32,
    height: i32,
    format: PictureFormat,
    key: String,
}

impl From<ImageRow> for Picture {
    fn from(row: ImageRow) -> Self {
        Self {
            id: PhotoId(row.id),
            width: row.width,
            height: row.height,
            preview: String::new(),
            variants: row
                .variants
                .into_iter()
                .map(|variant| PictureVariant {
                    width: variant.width,
                    height: variant.height,
                    format: variant.format,
                    key: variant.key,
                })
                .collect(),
        }
    }
}

impl TryFrom<HitRow> for Hit {
    type Error = Fault;

    fn try_from(row: HitRow) -> Result<Self, Fault> {
        let broken = |column| broken_row("search_documents", column, row.product_id);
        Ok(Self {
            group: Group::parse(&row.group_code).ok_or_else(|| broken("group_code"))?,
            stars: row
                .stars
                .map(u8::try_from)
                .transpose()
                .map_err(|_| broken("stars"))?,
            seller: HitSeller {
                kind: SellerKind::parse(&row.seller_kind).ok_or_else(|| broken("seller_kind"))?,
                slug: row.seller_slug,
                name: row.seller_name,
            },
            product_id: ProductId(row.product_id),
            code: row.code,
            slug: row.slug,
            name: row.name,
            commune_code: row.commune_code,
            commune_name: row.commune_name,
            price: Vnd(row.price_vnd),
            unit: row.unit,
            unit_note: row.unit_note,
            in_stock: row.in_stock,
            image: row.image.map(|image| image.0.into()),
            image_is_drawn: row.image_is_drawn,
            in_season: row.in_season,
        })
    }
}
