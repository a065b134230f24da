//! What is asked of a search, and what it answers.
use serde::{Deserialize, Serialize};

use crate::catalog::Group;
use crate::kernel::{FieldErrors, PageRequest, ProductId, Vnd};
use crate::media::Picture;
use crate::search::ranking::Reason;
use crate::sellers::SellerKind;

/// What a buyer looks for. Several values of one filter mean any of them; filters are joined by and.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Filter {
    /// As typed; empty: everything.
    pub text: String,
    /// OCOP groups.
    pub groups: Vec<Group>,
    /// Numbers of product sets.
    pub sets: Vec<u8>,
    /// Stars of a certificate that is valid today.
    pub stars: Vec<u8>,
    /// Codes of marks beside OCOP that are valid today.
    pub marks: Vec<String>,
    /// What matters of goods of their set. Several values of one fact mean any of them.
    pub facts: Vec<FactValue>,
    /// Codes of communes on today's map.
    pub communes: Vec<String>,
    /// Slugs of sellers.
    pub sellers: Vec<String>,
    /// Kinds of sellers.
    pub seller_kinds: Vec<SellerKind>,
    /// At least this for one unit.
    pub min_price: Option<Vnd>,
    /// At most this for one unit.
    pub max_price: Option<Vnd>,
    /// Only what has a season that includes this month.
    pub in_season: bool,
}

/// An answer to something that matters of goods of a set.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct FactValue {
    /// The fact's code.
    pub fact: String,
    /// The code of the choice.
    pub value: String,
}

impl FactValue {
    /// Reads `keeping:cool`, as addresses and the API have it.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (fact, value) = text.split_once(':')?;
        Some(Self {
            fact: fact.to_owned(),
            value: value.to_owned(),
        })
    }

    /// As documents have it.
    #[cfg(feature = "server")]
    pub(super) fn kept(&self) -> String {
        format!("{}={}", self.fact, self.value)
    }
}

impl std::fmt::Display for FactValue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}", self.fact, self.value)
    }
}

/// A filter with the order and the page that are asked for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Query {
    /// Which products.
    pub filter: Filter,
    /// In which order.
    pub sort: Sort,
    /// Which of them.
    pub page: PageRequest,
}

/// What an address or a call asks for, understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// What was understood of it.
    pub query: Query,
    /// What the communes and shops in it are called.
    pub names: Names,
    /// What wasn't, field by field.
    pub errors: FieldErrors,
}

/// What the communes and shops in a filter are called, whether or not anything is found there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Names {
    /// Codes on today's map and full names, by code.
    pub communes: Vec<(String, String)>,
    /// Slugs and names, by slug.
    pub sellers: Vec<(String, String)>,
    /// Communes of before July 2025 that were asked for; the filter has what they became.
    pub former: Vec<String>,
}

/// The order of a list. Ties are broken by the product's id, so that pages neither repeat nor skip.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Sort {
    /// Best first, by `ranking::WEIGHTS`.
    #[default]
    Relevance,
    /// Published last first.
    Newest,
    /// Cheapest first.
    Price,
    /// Dearest first.
    PriceDescending,
    /// Most often ordered first.
    Sold,
}

impl Sort {
    /// All, in the order in which they are offered.
    pub const ALL: [Self; 5] = [
        Self::Relevance,
        Self::Newest,
        Self::Price,
        Self::PriceDescending,
        Self::Sold,
    ];

    /// As addresses and the API have it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Relevance => "relevance",
            Self::Newest => "newest",
            Self::Price => "price",
            Self::PriceDescending => "-price",
            Self::Sold => "sold",
        }
    }

    /// The reverse of [`Self::as_str`].
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|sort| sort.as_str() == text)
    }
}

/// A product as a list shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hit {
    /// Identifier.
    pub product_id: ProductId,
    /// The province's code.
    pub code: String,
    /// In `/san-pham/{slug}`.
    pub slug: String,
    /// What it is called.
    pub name: String,
    /// Who sells it.
    pub seller: HitSeller,
    /// OCOP group.
    pub group: Group,
    /// Of a certificate that is valid today.
    pub stars: Option<u8>,
    /// Code of the seller's commune on today's map, and its full name.
    pub commune_code: String,
    /// `Xã Hỏa Lựu`.
    pub commune_name: String,
    /// Of one unit of its first variant.
    pub price: Vnd,
    /// kg, trái, chai, …
    pub unit: String,
    /// What the unit holds: `500 ml`.
    pub unit_note: String,
    /// Whether the least that is sold of some variant can be bought now.
    pub in_stock: bool,
    /// Its first photograph; the variants' bytes are at `/media/{key}`.
    pub image: Option<Picture>,
    /// The picture is a drawing that stands in for a photograph.
    pub image_is_drawn: bool,
    /// It has a season, and this month is in it.
    pub in_season: bool,
}

/// The seller as a list names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HitSeller {
    /// In `/gian-hang/{slug}`.
    pub slug: String,
    /// The shop's name.
    pub name: String,
    /// Household, cooperative or enterprise.
    pub kind: SellerKind,
}

/// How many products each further choice would show, each facet counted without its own filter.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facets {
    /// Products under all filters.
    pub total: i64,
    /// OCOP groups, most first.
    pub groups: Vec<(Group, i64)>,
    /// Stars valid today, most stars first; products without any are not counted.
    pub stars: Vec<(u8, i64)>,
    /// Product sets, in the order of their numbers; products without one are not counted.
    pub sets: Vec<(u8, i64)>,
    /// Marks beside OCOP that are valid today, by code, most first.
    pub marks: Vec<(String, i64)>,
    /// What matters of goods of the groups and sets that are chosen, in the order of the data.
    pub facts: Vec<(FactValue, i64)>,
    /// Communes, most first.
    pub communes: Vec<CommuneCount>,
    /// Kinds of sellers, most first.
    pub seller_kinds: Vec<(SellerKind, i64)>,
    /// Products in season now.
    pub in_season: i64,
    /// So many were found that a part of them was counted, and all numbers are about right.
    #[serde(default)]
    pub is_estimate: bool,
}

/// One commune of a facet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CommuneCount {
    /// Code on today's map.
    pub code: String,
    /// `Xã Hỏa Lựu`.
    pub name: String,
    /// Products of its sellers.
    pub count: i64,
}

/// How a text was understood.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Understanding {
    /// What was searched instead of what was typed, where slips or keystrokes left over were mended.
    pub instead: Option<String>,
    /// Nothing has all that was asked for; what is shown has a part of it only, and must be marked so.
    pub is_near: bool,
}

/// What a search answers.
#[derive(Clone, Debug)]
pub struct Found {
    /// The products of the page asked for.
    pub hits: Vec<Hit>,
    /// Total and facets.
    pub facets: std::sync::Arc<Facets>,
    /// How the text was understood.
    pub understanding: Understanding,
    /// The page asked for.
    pub page: PageRequest,
    /// Which engine answered: `postgres` or `meilisearch`.
    pub engine: &'static str,
}

impl Found {
    /// What is found where nothing is.
    #[cfg(feature = "server")]
    pub(super) fn new(
        query: &Query,
        meaning: Option<&super::lexicon::Meaning>,
        engine: &'static str,
    ) -> Self {
        Self {
            hits: Vec::new(),
            facets: std::sync::Arc::default(),
            understanding: meaning
                .map(|meaning| meaning.understanding.clone())
                .unwrap_or_default(),
            page: query.page,
            engine,
        }
    }

    /// How many pages there are, at least one.
    #[must_use]
    pub fn pages(&self) -> u32 {
        self.page.pages(self.facets.total)
    }
}

/// Why a hit stands where it does.
#[derive(Clone, Debug, PartialEq)]
pub struct Explanation {
    /// The product.
    pub product_id: ProductId,
    /// What it has of each reason; the sum is its score.
    pub parts: Vec<(Reason, f32)>,
}

impl Explanation {
    /// The score.
    #[must_use]
    pub fn score(&self) -> f32 {
        self.parts.iter().map(|(_, part)| part).sum()
    }
}

/// What is offered while someone types.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suggestions {
    /// Products, best first.
    pub products: Vec<SuggestedProduct>,
    /// Shops whose name has the words.
    pub sellers: Vec<SuggestedSeller>,
    /// OCOP groups of what matches, most first.
    pub categories: Vec<Group>,
    /// Communes in whose name, today's or a former one, the words are.
    pub communes: Vec<SuggestedCommune>,
}

/// A commune to look around in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SuggestedCommune {
    /// On today's map.
    pub code: String,
    /// `Xã Hỏa Lựu`.
    pub name: String,
}

/// A product to go to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SuggestedProduct {
    /// In `/san-pham/{slug}`.
    pub slug: String,
    /// What it is called.
    pub name: String,
}

impl From<Hit> for SuggestedProduct {
    fn from(hit: Hit) -> Self {
        Self {
            slug: hit.slug,
            name: hit.name,
        }
    }
}

/// A shop to go to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SuggestedSeller {
    /// In `/gian-hang/{slug}`.
    pub slug: String,
    /// The shop's name.
    pub name: String,
}
