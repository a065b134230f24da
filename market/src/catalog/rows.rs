//! Rows of the database and how they become domain types.
use std::collections::BTreeMap;

use sqlx::types::Json;
use time::{Date, OffsetDateTime};
use uuid::Uuid;

use super::{
    Days, Group, Harvest, Product, ProductSet, ProductStatus, SellerOfProduct, Supply, Variant,
};
use crate::certificates::Certificate;
use crate::kernel::error::broken_row;
use crate::kernel::{
    CertificateId, CommuneId, Fault, HarvestId, ProductId, Quantity, SellerId, VariantId, Vnd,
};
use crate::sellers::{SellerKind, Standing};

pub(super) struct ProductRow {
    pub id: Uuid,
    pub code: String,
    pub slug: String,
    pub name: String,
    pub status: String,
    pub group_code: String,
    pub set_regime: Option<String>,
    pub set_number: Option<i16>,
    pub set_name_vi: Option<String>,
    pub set_name_en: Option<String>,
    pub description: String,
    pub is_resold: bool,
    pub facts: Json<BTreeMap<String, String>>,
    pub season_months: Vec<i16>,
    pub is_sample: bool,
    pub price_is_sample: bool,
    pub updated_at: OffsetDateTime,
    pub certificate_id: Option<Uuid>,
    pub certificate_code: Option<String>,
    pub stars: Option<i16>,
    pub certificate_number: Option<String>,
    pub issuer: Option<String>,
    pub regime: Option<String>,
    pub decided_on: Option<Date>,
    pub valid_to: Option<Date>,
    pub harvest_id: Option<Uuid>,
    pub picked_from: Option<Date>,
    pub picked_to: Option<Date>,
    pub forecast: Option<i64>,
    pub forecast_unit: Option<String>,
    pub delivers_from: Option<Date>,
    pub delivers_to: Option<Date>,
    pub certificate_is_sample: Option<bool>,
    pub seller_id: Uuid,
    pub seller_slug: String,
    pub seller_name: String,
    pub seller_kind: String,
    pub seller_status: String,
    pub paused_since: Option<OffsetDateTime>,
    pub paused_until: Option<Date>,
    pub hamlet: String,
    pub commune_id: i32,
    pub commune_code: String,
    pub commune_name: String,
    pub province_name: String,
    pub seller_is_sample: bool,
}

impl ProductRow {
    /// The product, still without variants, photographs and marks.
    pub(super) fn into_product(self) -> Result<Product, Fault> {
        let (certificate, harvest) = (self.certificate(), self.harvest());
        Ok(Product {
            status: ProductStatus::parse(&self.status)
                .ok_or_else(|| broken_row("products", "status", self.id))?,
            group: Group::parse(&self.group_code)
                .ok_or_else(|| broken_row("products", "group_code", self.id))?,
            set: match (
                self.set_regime,
                self.set_number.and_then(|number| u8::try_from(number).ok()),
                self.set_name_vi,
                self.set_name_en,
            ) {
                (Some(regime), Some(number), Some(name_vi), Some(name_en)) => Some(ProductSet {
                    regime,
                    number,
                    name_vi,
                    name_en,
                }),
                _ => None,
            },
            id: ProductId(self.id),
            code: self.code,
            slug: self.slug,
            name: self.name,
            description: self.description,
            is_resold: self.is_resold,
            facts: self.facts.0,
            season_months: self
                .season_months
                .into_iter()
                .filter_map(|month| u8::try_from(month).ok())
                .collect(),
            harvest,
            certificate,
            marks: Vec::new(),
            seller: SellerOfProduct {
                kind: SellerKind::parse(&self.seller_kind)
                    .ok_or_else(|| broken_row("sellers", "kind", self.seller_id))?,
                id: SellerId(self.seller_id),
                slug: self.seller_slug,
                name: self.seller_name,
                standing: Standing::parse(&self.seller_status)
                    .ok_or_else(|| broken_row("sellers", "status", self.seller_id))?,
                is_paused: self.paused_since.is_some(),
                paused_until: self.paused_until,
                hamlet: self.hamlet,
                commune: CommuneId(self.commune_id),
                commune_code: self.commune_code,
                commune_name: self.commune_name,
                province_name: self.province_name,
                is_sample: self.seller_is_sample,
            },
            variants: Vec::new(),
            photos: Vec::new(),
            is_sample: self.is_sample,
            price_is_sample: self.price_is_sample,
            updated_at: self.updated_at,
        })
    }

    fn harvest(&self) -> Option<Harvest> {
        Some(Harvest {
            id: HarvestId(self.harvest_id?),
            picked: Days {
                from: self.picked_from?,
                to: self.picked_to?,
            },
            forecast: Quantity::from_thousandths(self.forecast?),
            unit: self.forecast_unit.clone()?,
            delivered: Days {
                from: self.delivers_from?,
                to: self.delivers_to?,
            },
        })
    }

    fn certificate(&self) -> Option<Certificate> {
        Some(Certificate {
            id: CertificateId(self.certificate_id?),
            code: self.certificate_code.clone()?,
            stars: u8::try_from(self.stars?).ok()?,
            number: self.certificate_number.clone()?,
            issuer: self.issuer.clone()?,
            regime: self.regime.clone()?,
            decided_on: self.decided_on?,
            valid_to: self.valid_to?,
            is_sample: self.certificate_is_sample?,
        })
    }
}

pub(super) struct VariantRow {
    pub id: Uuid,
    pub sku: String,
    pub name: String,
    pub unit: String,
    pub unit_note: String,
    pub price_vnd: Option<i64>,
    pub net_grams: Option<i32>,
    pub net_ml: Option<i32>,
    pub ship_grams: i32,
    pub min_quantity: i64,
    pub step_quantity: i64,
    pub on_hand: i64,
    pub reserved: i64,
    pub supply: String,
    pub ready_days: Option<i16>,
    pub delivers_from: Option<Date>,
    pub delivers_to: Option<Date>,
}

impl VariantRow {
    pub fn into_variant(self) -> Result<Variant, Fault> {
        let row = self;
        let supply = Supply::of_columns(
            row.id,
            &row.supply,
            row.ready_days,
            row.delivers_from,
            row.delivers_to,
        )?;
        Ok(Variant {
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
            available: Quantity::from_thousandths(row.on_hand - row.reserved),
            on_hand: Quantity::from_thousandths(row.on_hand),
            supply,
            parts: Vec::new(),
        })
    }
}
