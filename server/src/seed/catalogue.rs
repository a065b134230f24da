//! Sellers, certificates, photographs and products of `data/catalogue`.
use std::collections::HashMap;
use std::fs;

use market::catalog::Group;
use market::catalog::commands::import::{ImportedProduct, ImportedVariant, import};
use market::certificates::commands::{NewCertificate, create as create_certificate};
use market::kernel::time::{parse_day, start_of_day};
use market::kernel::{Actor, CertificateId, Failure, Fault, Phone, Quantity, SellerId, Store, Vnd};
use market::media::MediaStore;
use market::sellers::SellerKind;
use market::sellers::commands::{NewSeller, create as create_seller};
use market::{media, places};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::config::Config;

/// The decision whose sets the sample catalogue uses.
const REGIME: &str = "26/2026/QĐ-TTg";

/// The rows of a file below the data folder.
pub fn rows<T: DeserializeOwned>(config: &Config, file: &str) -> Result<Vec<T>, Fault> {
    let path = config.data.join(file);
    let mut reader = csv::Reader::from_path(&path)
        .map_err(|error| Fault::new(format!("{}: {error}", path.display())))?;
    reader
        .deserialize()
        .collect::<Result<_, _>>()
        .map_err(|error| Fault::new(format!("{}: {error}", path.display())))
}

#[derive(Deserialize)]
struct SellerRow {
    slug: String,
    name: String,
    kind: String,
    commune_before: String,
    commune_after: String,
    hamlet: String,
    street: String,
    phone: String,
    owner_name: String,
    story_vi: String,
    sample: bool,
}

#[derive(Deserialize)]
struct ProductRow {
    code: String,
    name: String,
    slug: String,
    seller_slug: String,
    group_code: String,
    set_number: Option<i16>,
    tax_class: String,
    description_vi: String,
    ingredients_vi: String,
    storage_vi: String,
    shelf_life_vi: String,
    season_months: String,
    stars: Option<i16>,
    certificate_number: String,
    certificate_kind: String,
    decision_date: String,
    issuer: String,
    published_on: String,
    source: String,
    sample: bool,
    photos: String,
    /// `keeping=normal;…`
    facts: String,
}

#[derive(Deserialize)]
struct VariantRow {
    product_code: String,
    sku: String,
    name_vi: String,
    price_vnd: i64,
    price_kind: String,
    unit: String,
    unit_note: String,
    net_grams: Option<i32>,
    net_ml: Option<i32>,
    ship_grams: i32,
    on_hand_thousandths: i64,
    min_thousandths: i64,
    step_thousandths: i64,
}

/// Loads the whole catalogue.
pub async fn load(config: &Config, store: &Store, media: &MediaStore) -> Result<(), Fault> {
    let sellers = load_sellers(config, store).await?;
    let mut variants: HashMap<String, Vec<VariantRow>> = HashMap::new();
    for row in rows::<VariantRow>(config, "catalogue/variants.csv")? {
        variants
            .entry(row.product_code.clone())
            .or_default()
            .push(row);
    }
    for row in rows::<ProductRow>(config, "catalogue/products.csv")? {
        let seller = *sellers.get(&row.seller_slug).ok_or_else(|| {
            Fault::new(format!("products.csv: {} names no known seller", row.code))
        })?;
        let variants = variants
            .remove(&row.code)
            .ok_or_else(|| Fault::new(format!("variants.csv: {} has none", row.code)))?;
        load_product(config, store, media, seller, row, variants).await?;
    }
    Ok(())
}

async fn load_sellers(config: &Config, store: &Store) -> Result<HashMap<String, SellerId>, Fault> {
    let mut known = HashMap::new();
    for row in rows::<SellerRow>(config, "catalogue/sellers.csv")? {
        let commune = places::queries::by_code(store.reader(), &row.commune_after).await?;
        let former = places::queries::former_by_code(store.reader(), &row.commune_before).await?;
        let seller = NewSeller {
            kind: SellerKind::parse(&row.kind).ok_or_else(|| {
                Fault::new(format!("sellers.csv: {} is of no known kind", row.slug))
            })?,
            commune_id: commune
                .ok_or_else(|| {
                    Fault::new(format!("sellers.csv: {} is in no known commune", row.slug))
                })?
                .id,
            former_commune_id: former.map(|commune| commune.id),
            phone: Phone::parse(&row.phone).map_err(Fault::new)?,
            slug: row.slug.clone(),
            name: row.name,
            hamlet: row.hamlet,
            street: row.street,
            owner_name: row.owner_name,
            story: row.story_vi,
            is_sample: row.sample,
        };
        let seller = &seller;
        let id = market::transact_sure!(store, &Actor::system(), work => Ok(create_seller(work, seller).await?))?;
        known.insert(row.slug, id);
    }
    Ok(known)
}

async fn load_product(
    config: &Config,
    store: &Store,
    media: &MediaStore,
    seller: SellerId,
    row: ProductRow,
    variants: Vec<VariantRow>,
) -> Result<(), Fault> {
    let mut photos = Vec::new();
    for photo in row.photos.split(';').filter(|photo| !photo.is_empty()) {
        let mut parts = photo.split('|');
        let (file, alt, kind) = (
            parts.next().unwrap_or_default(),
            parts.next().unwrap_or_default(),
            parts.next().unwrap_or_default(),
        );
        let bytes = fs::read(config.data.join("catalogue/photos").join(file))
            .map_err(|error| Fault::new(format!("{file}: {error}")))?;
        let picture = media::commands::accept(store, media, &Actor::system(), seller, bytes.into())
            .await
            .map_err(Failure::into_fault)?;
        photos.push((picture.id, alt.to_owned(), kind == "drawn"));
    }
    let certificate = match (row.stars, parse_day(&row.decision_date)) {
        (Some(stars), Some(decided_on)) => Some(NewCertificate {
            code: format!("OCOP-{}", row.code),
            seller,
            product_name: row.name.clone(),
            group: Group::parse(&row.group_code)
                .ok_or_else(|| Fault::new(format!("products.csv: group of {}", row.code)))?,
            stars,
            number: row.certificate_number.clone(),
            issuer: row.issuer.clone(),
            regime: if decided_on.year() < 2023 {
                "1048/QĐ-TTg"
            } else {
                "148/QĐ-TTg"
            }
            .to_owned(),
            decided_on,
            is_sample: row.certificate_kind == "sample",
        }),
        _ => None,
    };
    let published = parse_day(&row.published_on)
        .ok_or_else(|| Fault::new(format!("products.csv: published_on of {}", row.code)))?;
    let mut product = ImportedProduct {
        group: Group::parse(&row.group_code)
            .ok_or_else(|| Fault::new(format!("products.csv: group of {}", row.code)))?,
        seller,
        code: row.code,
        slug: row.slug,
        name: row.name,
        set: row.set_number.map(|number| (REGIME.to_owned(), number)),
        tax_class: row.tax_class,
        description: row.description_vi,
        facts: [
            ("ingredients", row.ingredients_vi),
            ("storage", row.storage_vi),
            ("shelf_life", row.shelf_life_vi),
        ]
        .into_iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(code, value)| (code.to_owned(), value))
        .chain(row.facts.split(';').filter_map(|said| {
            let (code, value) = said.split_once('=')?;
            Some((code.to_owned(), value.to_owned()))
        }))
        .collect(),
        season_months: row
            .season_months
            .split(';')
            .filter_map(|month| month.parse().ok())
            .collect(),
        certificate: None,
        is_sample: row.sample,
        price_is_sample: variants
            .iter()
            .any(|variant| variant.price_kind == "sample"),
        source: row.source,
        published_at: start_of_day(published) + time::Duration::hours(8),
        variants: variants.into_iter().map(imported_variant).collect(),
        photos,
    };
    let certificate = certificate.as_ref();
    let id: Option<CertificateId> = market::transact_sure!(store, &Actor::system(), work => {
        match certificate {
            Some(certificate) => Ok(Some(create_certificate(work, certificate).await?)),
            None => Ok(None),
        }
    })?;
    product.certificate = id;
    let product = &product;
    market::transact_sure!(store, &Actor::system(), work => Ok(import(work, product).await?))?;
    Ok(())
}

fn imported_variant(row: VariantRow) -> ImportedVariant {
    ImportedVariant {
        sku: row.sku,
        name: row.name_vi,
        unit: row.unit,
        unit_note: row.unit_note,
        price: Vnd(row.price_vnd),
        net_grams: row.net_grams,
        net_ml: row.net_ml,
        ship_grams: row.ship_grams,
        minimum: Quantity::from_thousandths(row.min_thousandths),
        step: Quantity::from_thousandths(row.step_thousandths),
        on_hand: Quantity::from_thousandths(row.on_hand_thousandths),
    }
}
