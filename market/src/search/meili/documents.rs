//! What Meilisearch holds of a product: what it filters, counts and sorts by. What a list shows comes from the
//! database, so that a price is never older than the catalogue.
use meilisearch_sdk::settings::{
    FacetSortValue, FacetingSettings, FilterFeatureModes, FilterFeatures, FilterableAttribute,
    FilterableAttributesSettings, PaginationSetting, Settings,
};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use sqlx::PgPool;
use time::Date;
use uuid::Uuid;

use crate::kernel::{Fault, PageRequest};
use crate::search::queries::{self, DocumentRow};

/// Of documents and settings: raised whenever one of them changes, and the index is built anew.
pub(super) const SHAPE: i32 = 2;

/// Values of one facet at most: more than a province has communes or the country product sets.
const MOST_VALUES: usize = 2_000;

/// A product, as it is indexed.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Document {
    pub id: Uuid,
    /// Every word, without its marks and with them.
    words: Vec<String>,
    name_words: Vec<String>,
    seller_words: Vec<String>,
    place_words: Vec<String>,
    group: String,
    set: Option<i16>,
    /// Of a certificate that is valid on the day that the index follows.
    stars: Option<i16>,
    /// That are valid on that day.
    marks: Vec<String>,
    facts: Vec<String>,
    commune: String,
    /// Code and name, a space between.
    commune_named: String,
    seller: String,
    /// Slug and name, a space between.
    seller_named: String,
    seller_kind: String,
    price: i64,
    months: Vec<i16>,
    standing: f32,
    /// Microseconds since 1970, UTC.
    published: i64,
    sold: i64,
    /// Of all the rest, to compare without fetching all of it.
    digest: String,
}

/// What a check compares.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub(super) struct Stamp {
    pub id: Uuid,
    pub digest: String,
}

impl Document {
    pub fn stamp(&self) -> Stamp {
        Stamp {
            id: self.id,
            digest: self.digest.clone(),
        }
    }

    fn stamped(mut self) -> Result<Self, Fault> {
        let text = serde_json::to_vec(&self).map_err(Fault::new)?;
        let digest = Sha256::digest(text);
        self.digest = digest
            .iter()
            .take(12)
            .map(|byte| format!("{byte:02x}"))
            .collect();
        Ok(self)
    }
}

impl TryFrom<DocumentRow> for Document {
    type Error = Fault;

    fn try_from(row: DocumentRow) -> Result<Self, Fault> {
        let published = row.published_at.unix_timestamp_nanos() / 1_000;
        Self {
            id: row.product_id,
            words: row.words,
            name_words: row.name_words,
            seller_words: row.seller_words,
            place_words: row.place_words,
            group: row.group_code,
            set: row.set_number,
            stars: row.stars,
            marks: row.marks,
            facts: row.facts,
            commune_named: format!("{} {}", row.commune_code, row.commune_name),
            commune: row.commune_code,
            seller_named: format!("{} {}", row.seller_slug, row.seller_name),
            seller: row.seller_slug,
            seller_kind: row.seller_kind,
            price: row.price_vnd,
            months: row.season_months,
            standing: row.standing,
            published: published.try_into().map_err(Fault::new)?,
            sold: row.sold,
            digest: String::new(),
        }
        .stamped()
    }
}

/// The documents of these products that are on sale, as they are on `today`.
pub(super) async fn of(pool: &PgPool, ids: &[Uuid], today: Date) -> Result<Vec<Document>, Fault> {
    let rows = queries::documents(pool, ids, today).await?;
    rows.into_iter().map(Document::try_from).collect()
}

/// The settings of an index.
pub(super) fn settings() -> Settings {
    let filterable = |names: &[&str], comparison: bool| {
        FilterableAttribute::Settings(FilterableAttributesSettings {
            attribute_patterns: names.iter().map(|&name| name.to_owned()).collect(),
            features: FilterFeatures {
                facet_search: false,
                filter: FilterFeatureModes {
                    equality: true,
                    comparison,
                },
            },
        })
    };
    let owned = |names: &[&str]| {
        names
            .iter()
            .map(|&name| name.to_owned())
            .collect::<Vec<_>>()
    };
    Settings {
        // Words are filtered by: which of them mean a text is decided before, for every engine alike.
        searchable_attributes: Some(Vec::new()),
        ranking_rules: Some(owned(&["sort"])),
        filterable_attributes: Some(vec![
            filterable(&["price"], true),
            filterable(
                &[
                    "id",
                    "words",
                    "name_words",
                    "seller_words",
                    "place_words",
                    "group",
                    "set",
                    "stars",
                    "marks",
                    "facts",
                    "commune",
                    "commune_named",
                    "seller",
                    "seller_named",
                    "seller_kind",
                    "months",
                ],
                false,
            ),
        ]),
        sortable_attributes: Some(owned(&["id", "price", "standing", "published", "sold"])),
        pagination: Some(PaginationSetting {
            max_total_hits: PageRequest::LAST_PAGE as usize * 100,
        }),
        faceting: Some(FacetingSettings {
            max_values_per_facet: MOST_VALUES,
            sort_facet_values_by: Some(
                std::iter::once(("*".to_owned(), FacetSortValue::Count)).collect(),
            ),
        }),
        ..Settings::new()
    }
}
