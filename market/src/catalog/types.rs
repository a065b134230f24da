//! Products as pages, the API and orders see them.
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use time::{Date, OffsetDateTime};

use super::{ComboPart, Content, Harvest, Offer, PlacedPhoto, SetCode, Supply};
pub use crate::certificates::Group;
use crate::certificates::{Certificate, Mark};
use crate::kernel::{
    CommuneId, FieldError, FieldErrors, ListingReviewId, ProductId, Quantity, Refusal, RefusalKind,
    SellerId, VariantId, Vnd,
};
use crate::media::Picture;
use crate::sellers::{SellersRefusal, Standing};

/// Where a listing is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProductStatus {
    /// Being written; only its seller sees it.
    Draft,
    /// Handed in: an officer looks at it.
    Submitted,
    /// Given back to be mended.
    Returned,
    /// Shown and sold.
    Published,
    /// Taken off by its seller for a while.
    Paused,
    /// Taken off for good; orders keep it.
    Archived,
}

impl ProductStatus {
    /// All of them, in the order of a listing's life.
    pub const ALL: [Self; 6] = [
        Self::Draft,
        Self::Submitted,
        Self::Returned,
        Self::Published,
        Self::Paused,
        Self::Archived,
    ];

    /// Whether an officer has looked at what it says, so that a change of it is proposed first.
    #[must_use]
    pub const fn is_shown(self) -> bool {
        matches!(self, Self::Published | Self::Paused)
    }

    /// As stored and as the API has it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Submitted => "submitted",
            Self::Returned => "returned",
            Self::Published => "published",
            Self::Paused => "paused",
            Self::Archived => "archived",
        }
    }

    /// The reverse of [`Self::as_str`].
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == text)
    }
}

/// One way in which a product is sold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Variant {
    /// Identifier.
    pub id: VariantId,
    /// The seller's own number of it.
    pub sku: String,
    /// `Loại 1`; empty where there is only one.
    pub name: String,
    /// kg, trái, chai, …
    pub unit: String,
    /// What the unit holds: `500 ml`, `12 trái`.
    pub unit_note: String,
    /// For one unit; missing only in drafts.
    pub price: Option<Vnd>,
    /// Net content of one unit in grams.
    pub net_grams: Option<i32>,
    /// Net content of one unit in millilitres.
    pub net_ml: Option<i32>,
    /// Weight of one unit as a parcel, grams.
    pub ship_grams: i32,
    /// The least that is sold.
    pub minimum: Quantity,
    /// And in what steps above it.
    pub step: Quantity,
    /// What nobody has reserved.
    pub available: Quantity,
    /// All that is there, is made at a time, or can be ordered ahead.
    pub on_hand: Quantity,
    /// How it comes to be there.
    pub supply: Supply,
    /// What it is made of, where it is made of other ways of selling.
    pub parts: Vec<ComboPart>,
}

/// The price for a kilogram or a litre, beside a price for some other unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BasePrice {
    /// For a kilogram.
    Kilogram(Vnd),
    /// For a litre.
    Litre(Vnd),
}

impl BasePrice {
    /// The price for a kilogram or litre of what costs so much a unit, unless the unit is that already or nobody knows
    /// what it holds.
    #[must_use]
    pub fn of(price: Vnd, unit: &str, net_grams: Option<i32>, net_ml: Option<i32>) -> Option<Self> {
        if matches!(unit, "kg" | "lít") {
            return None;
        }
        match (net_grams, net_ml) {
            (Some(grams), _) => price.per_thousand(grams).map(Self::Kilogram),
            (None, Some(ml)) => price.per_thousand(ml).map(Self::Litre),
            (None, None) => None,
        }
    }
}

impl Variant {
    /// The price for a kilogram or litre, unless the unit is that already.
    #[must_use]
    pub fn base_price(&self) -> Option<BasePrice> {
        BasePrice::of(self.price?, &self.unit, self.net_grams, self.net_ml)
    }

    /// What orders hold of it.
    #[must_use]
    pub fn reserved(&self) -> Quantity {
        Quantity::from_thousandths(self.on_hand.thousandths() - self.available.thousandths())
    }

    /// Whether at least the minimum can be bought.
    #[must_use]
    pub fn in_stock(&self) -> bool {
        self.available >= self.minimum
    }
}

/// A photograph in its place on a product.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProductPhoto {
    /// The photograph with its sizes.
    pub picture: Picture,
    /// What it shows, for who can't see it, as its seller says; nothing: what is proposed is read out.
    pub alt: String,
    /// A drawing that stands in for a photograph of the real goods.
    pub is_drawn: bool,
}

/// The seller as a product names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SellerOfProduct {
    /// Identifier.
    pub id: SellerId,
    /// In `/gian-hang/{slug}`.
    pub slug: String,
    /// The shop's name.
    pub name: String,
    /// Where the shop stands.
    pub standing: Standing,
    /// On holiday.
    pub is_paused: bool,
    /// The holiday ends on that day; without one when the seller says so.
    pub paused_until: Option<time::Date>,
    /// household, cooperative, enterprise.
    pub kind: crate::sellers::SellerKind,
    /// *Ấp* or *khu vực*.
    pub hamlet: String,
    /// Where it is on today's map.
    pub commune: CommuneId,
    /// 5 digits, today's map.
    pub commune_code: String,
    /// `Xã Hỏa Lựu`.
    pub commune_name: String,
    /// Today's province.
    pub province_name: String,
    /// Invented for the demonstration.
    pub is_sample: bool,
}

/// A product with all that its page shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Product {
    /// Identifier.
    pub id: ProductId,
    /// The province's code.
    pub code: String,
    /// In `/san-pham/{slug}`.
    pub slug: String,
    /// What it is called.
    pub name: String,
    /// Where the listing is in its life.
    pub status: ProductStatus,
    /// OCOP group.
    pub group: Group,
    /// The product set under the group, with its Vietnamese and English name.
    pub set: Option<ProductSet>,
    /// What the seller says of it.
    pub description: String,
    /// Bought to be sold again, not made by who sells it.
    pub is_resold: bool,
    /// What matters of goods of its set, by the codes of the facts.
    pub facts: BTreeMap<String, String>,
    /// Months of harvest or making; empty: all year.
    pub season_months: Vec<u8>,
    /// The harvest ahead that its seller has announced.
    pub harvest: Option<Harvest>,
    /// Valid or not: ask [`Product::stars_on`].
    pub certificate: Option<Certificate>,
    /// Valid or not: ask [`Product::marks_on`].
    pub marks: Vec<Mark>,
    /// Who sells it.
    pub seller: SellerOfProduct,
    /// At least one once published, in order.
    pub variants: Vec<Variant>,
    /// In order.
    pub photos: Vec<ProductPhoto>,
    /// Invented goods, or a real kind of goods with an invented shop.
    pub is_sample: bool,
    /// The prices are invented.
    pub price_is_sample: bool,
    /// When it was last changed, UTC.
    pub updated_at: OffsetDateTime,
}

impl Product {
    /// Whether buyers can put it into the cart now.
    #[must_use]
    pub fn is_on_sale(&self) -> bool {
        self.status == ProductStatus::Published
            && self.seller.standing == Standing::Approved
            && !self.seller.is_paused
    }

    /// The stars that may be shown on `day`: only of a valid certificate.
    #[must_use]
    pub fn stars_on(&self, day: Date) -> Option<u8> {
        self.certificate
            .as_ref()
            .and_then(|certificate| certificate.stars_on(day))
    }

    /// The marks beside OCOP that may be shown on `day`.
    pub fn marks_on(&self, day: Date) -> impl Iterator<Item = &Mark> {
        self.marks.iter().filter(move |mark| mark.is_valid_on(day))
    }

    /// What it says to buyers, as versions of it are compared.
    #[must_use]
    pub fn content(&self) -> Content {
        Content {
            name: self.name.clone(),
            group: self.group,
            set: self.set.as_ref().map(|set| SetCode {
                regime: set.regime.clone(),
                number: set.number,
            }),
            is_resold: self.is_resold,
            description: self.description.clone(),
            season_months: self.season_months.clone(),
            facts: self.facts.clone(),
            photos: self
                .photos
                .iter()
                .map(|photo| PlacedPhoto {
                    photo: photo.picture.id,
                    alt: photo.alt.clone(),
                    is_drawn: photo.is_drawn,
                })
                .collect(),
            offers: self
                .variants
                .iter()
                .map(|variant| Offer {
                    id: variant.id,
                    sku: variant.sku.clone(),
                    name: variant.name.clone(),
                    unit: variant.unit.clone(),
                    unit_note: variant.unit_note.clone(),
                    price: variant.price,
                    net_grams: variant.net_grams,
                    net_ml: variant.net_ml,
                    ship_grams: variant.ship_grams,
                    minimum: variant.minimum,
                    step: variant.step,
                })
                .collect(),
        }
    }

    /// Whether this month is one of its season; never where it has none.
    #[must_use]
    pub fn in_season_on(&self, day: Date) -> bool {
        self.season_months.contains(&u8::from(day.month()))
    }
}

/// One of the 26 product sets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProductSet {
    /// The decision that defines it.
    pub regime: String,
    /// 1 to 26 under 26/2026/QĐ-TTg.
    pub number: u8,
    /// In Vietnamese.
    pub name_vi: String,
    /// In English.
    pub name_en: String,
}

/// A line of a seller's own list of products.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedProduct {
    /// Identifier.
    pub id: ProductId,
    /// In `/san-pham/{slug}`.
    pub slug: String,
    /// Empty in a young draft.
    pub name: String,
    /// Where the listing is in its life.
    pub status: ProductStatus,
    /// In the order in which buyers see them; none in a young draft.
    pub variants: Vec<ListedVariant>,
    /// Key of the smallest picture, if there is one.
    pub image_key: Option<String>,
    /// What waits for an officer, or was returned.
    pub review: Option<ReviewState>,
}

impl ListedProduct {
    /// Whether nothing of it can be bought, though it is on sale.
    #[must_use]
    pub fn is_sold_out(&self) -> bool {
        self.status == ProductStatus::Published
            && self
                .variants
                .iter()
                .all(|variant| variant.available.thousandths() == 0)
    }
}

/// A variant in that list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedVariant {
    /// Identifier.
    pub id: VariantId,
    /// Empty where it is the only one.
    pub name: String,
    /// kg, trái, …
    pub unit: String,
    /// What the unit holds.
    pub unit_note: String,
    /// For one unit.
    pub price: Option<Vnd>,
    /// The price for a kilogram or litre beside it.
    pub base_price: Option<BasePrice>,
    /// What the seller has counted.
    pub on_hand: Quantity,
    /// What nobody has reserved of it.
    pub available: Quantity,
    /// How it comes to be there.
    pub supply: Supply,
}

/// Within so many working days an officer looks at what is handed in.
pub const LOOKED_AT_WITHIN: u8 = 2;

/// The tax class of what is bought to be sold again.
pub const TRADED: &str = "traded";

/// What an officer looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReviewKind {
    /// A listing that buyers have not seen yet.
    First,
    /// What is to change of one that is shown.
    Change,
}

impl ReviewKind {
    /// As stored.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::First => "first",
            Self::Change => "change",
        }
    }

    /// The reverse of [`Self::as_str`].
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::First, Self::Change]
            .into_iter()
            .find(|kind| kind.as_str() == text)
    }
}

/// What became of what was handed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReviewState {
    /// Nobody has decided.
    Waiting,
    /// Given back with reasons.
    Returned,
    /// Shown.
    Approved,
    /// Taken back by its seller.
    Withdrawn,
}

impl ReviewState {
    /// As stored.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Returned => "returned",
            Self::Approved => "approved",
            Self::Withdrawn => "withdrawn",
        }
    }

    /// The reverse of [`Self::as_str`].
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [
            Self::Waiting,
            Self::Returned,
            Self::Approved,
            Self::Withdrawn,
        ]
        .into_iter()
        .find(|state| state.as_str() == text)
    }
}

/// Why something was given back, at the field that is to be mended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reason {
    /// As in [`Content::fields`].
    pub field: String,
    /// In the officer's words.
    pub reason: String,
}

/// What waits for an officer or was returned by one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListingReview {
    /// Identifier.
    pub id: ListingReviewId,
    /// What is looked at.
    pub kind: ReviewKind,
    /// What became of it.
    pub state: ReviewState,
    /// Grows with every change; a decision is about one version.
    pub version: i32,
    /// What a listing that is shown is to say; a first one says it in its own rows.
    pub content: Option<Content>,
    /// Where it was returned.
    pub reasons: Vec<Reason>,
    /// UTC.
    pub handed_in_at: OffsetDateTime,
    /// Decided by then.
    pub decide_by: Date,
}

/// Why a listing can't be changed as asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CatalogRefusal {
    /// There is no such product, or it is someone else's.
    #[error("no such product")]
    NotFound,
    /// Only the product's seller may.
    #[error("not a seller")]
    NotASeller,
    /// The shop may not sell now.
    #[error("the shop is suspended")]
    ShopSuspended,
    /// The shop is not approved yet.
    #[error("the shop is not approved yet")]
    ShopNotApproved,
    /// It must be verified first who the seller is.
    #[error("the seller is not verified")]
    ShopNotVerified,
    /// Fields that can't be right.
    #[error("invalid: {0}")]
    Invalid(FieldErrors),
    /// More is reserved for orders than would be left.
    #[error("{reserved} are reserved for orders")]
    LessThanReserved {
        /// Thousandths of the unit.
        reserved: Quantity,
    },
    /// Eight photographs are there already.
    #[error("eight photographs at most")]
    TooManyPhotos,
    /// Not in this state of the listing.
    #[error("not possible while {0}")]
    WrongState(&'static str),
    /// The caller's key has made another product.
    #[error("the key has made another product")]
    KeyReused,
    /// An officer does not decide about the own shop.
    #[error("an officer's own shop")]
    OwnShop,
    /// Its seller has changed something since it was looked at.
    #[error("changed since it was looked at")]
    ChangedMeanwhile,
    /// Another unit is proposed, for which another price holds.
    #[error("another unit is proposed")]
    UnitIsProposed,
}

impl CatalogRefusal {
    /// Every code, so that a test finds a message for each.
    pub const CODES: [&'static str; 13] = [
        "catalog.not_found",
        "catalog.not_a_seller",
        "catalog.shop_suspended",
        "catalog.shop_not_approved",
        "catalog.shop_not_verified",
        "catalog.invalid",
        "catalog.less_than_reserved",
        "catalog.too_many_photos",
        "catalog.wrong_state",
        "catalog.key_reused",
        "catalog.own_shop",
        "catalog.changed_meanwhile",
        "catalog.unit_is_proposed",
    ];

    /// One field is wrong.
    #[must_use]
    pub fn field(field: &str, code: &str) -> Self {
        let mut errors = FieldErrors::default();
        errors.add(field, code);
        Self::Invalid(errors)
    }

    /// Why a shop's goods may not go on sale, in the words of this slice.
    #[must_use]
    pub fn of_shop(refusal: SellersRefusal) -> Self {
        match refusal {
            SellersRefusal::NotApproved => Self::ShopNotApproved,
            SellersRefusal::NotVerified => Self::ShopNotVerified,
            SellersRefusal::NotFound => Self::NotFound,
            _ => Self::ShopSuspended,
        }
    }
}

impl Refusal for CatalogRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::NotFound => "catalog.not_found",
            Self::NotASeller => "catalog.not_a_seller",
            Self::ShopSuspended => "catalog.shop_suspended",
            Self::ShopNotApproved => "catalog.shop_not_approved",
            Self::ShopNotVerified => "catalog.shop_not_verified",
            Self::Invalid(_) => "catalog.invalid",
            Self::LessThanReserved { .. } => "catalog.less_than_reserved",
            Self::TooManyPhotos => "catalog.too_many_photos",
            Self::WrongState(_) => "catalog.wrong_state",
            Self::KeyReused => "catalog.key_reused",
            Self::OwnShop => "catalog.own_shop",
            Self::ChangedMeanwhile => "catalog.changed_meanwhile",
            Self::UnitIsProposed => "catalog.unit_is_proposed",
        }
    }

    fn kind(&self) -> RefusalKind {
        match self {
            Self::NotFound => RefusalKind::NotFound,
            Self::NotASeller
            | Self::ShopSuspended
            | Self::ShopNotApproved
            | Self::ShopNotVerified
            | Self::OwnShop => RefusalKind::Forbidden,
            Self::Invalid(_) | Self::KeyReused => RefusalKind::Invalid,
            Self::LessThanReserved { .. }
            | Self::TooManyPhotos
            | Self::WrongState(_)
            | Self::ChangedMeanwhile
            | Self::UnitIsProposed => RefusalKind::Conflict,
        }
    }

    fn args(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::LessThanReserved { reserved } => vec![("reserved", reserved.to_string())],
            _ => Vec::new(),
        }
    }

    fn fields(&self) -> &[FieldError] {
        match self {
            Self::Invalid(errors) => &errors.0,
            _ => &[],
        }
    }
}
