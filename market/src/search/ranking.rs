//! How lists are ranked: the one list of weights, used by every engine.

use crate::kernel::PageRequest;

/// So many hits of a text are ranked among each other; those behind them stand in the order of what they are
/// worth apart from the text, those with all of it in their name first. Nobody looks at so many.
const RANKED: u32 = 240;

/// How many of the first hits are ranked among each other: whole pages, so that none has a part of either.
#[must_use]
pub const fn window(page: PageRequest) -> u32 {
    RANKED / page.per_page * page.per_page
}

/// What each thing adds to a hit's score. The page about ranking is made from this list.
#[derive(Clone, Copy, Debug)]
pub struct Weights {
    /// Words of the text in name, seller, places, description: the share of each, from 0 to 1.
    pub fields: Fields,
    /// How well the words match where they stand, from 0 to this.
    pub text: f32,
    /// The words are there as typed, not through a synonym or a corrected slip.
    pub literal: f32,
    /// The words typed with marks stand there with the same marks, from 0 to this.
    pub marks: f32,
    /// The name holds the words one after the other.
    pub phrase: f32,
    /// The name begins with them.
    pub beginning: f32,
    /// Officers put it first for this text.
    pub pinned: f32,
    /// This month is one of its season.
    pub in_season: f32,
    /// It can be bought now.
    pub in_stock: f32,
    /// Its OCOP certificate is valid today: so much for each star.
    pub star: f32,
    /// Sold in the last 90 days, by the logarithm, from 0 to this at a hundred orders.
    pub recent_sales: f32,
    /// Of a household that has begun to sell in the last 90 days: each day another share of this, by lot, so that
    /// everybody new has a turn.
    pub newcomer: f32,
}

/// Shares of the fields in `Weights::text`.
#[derive(Clone, Copy, Debug)]
pub struct Fields {
    /// The product's name.
    pub name: f32,
    /// The seller's name.
    pub seller: f32,
    /// Commune, former communes and districts.
    pub places: f32,
    /// Description, group, unit, province.
    pub rest: f32,
}

/// The weights in use.
pub const WEIGHTS: Weights = Weights {
    fields: Fields {
        name: 1.0,
        seller: 0.5,
        places: 0.3,
        rest: 0.08,
    },
    text: 4.0,
    literal: 2.0,
    marks: 2.0,
    phrase: 1.5,
    beginning: 0.5,
    pinned: 100.0,
    in_season: 0.3,
    in_stock: 0.5,
    star: 0.05,
    recent_sales: 0.2,
    newcomer: 0.3,
};

/// Why a hit stands where it does: each of the weights, by a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// [`Weights::pinned`].
    Pinned,
    /// [`Weights::text`].
    Text,
    /// [`Weights::literal`].
    Literal,
    /// [`Weights::marks`].
    Marks,
    /// [`Weights::phrase`].
    Phrase,
    /// [`Weights::beginning`].
    Beginning,
    /// [`Weights::in_stock`].
    InStock,
    /// [`Weights::in_season`].
    InSeason,
    /// [`Weights::newcomer`].
    Newcomer,
    /// [`Weights::recent_sales`].
    RecentSales,
    /// [`Weights::star`].
    Star,
}

impl Reason {
    /// All, in the order in which they are told.
    pub const ALL: [Self; 11] = [
        Self::Pinned,
        Self::Text,
        Self::Literal,
        Self::Marks,
        Self::Phrase,
        Self::Beginning,
        Self::InStock,
        Self::InSeason,
        Self::Newcomer,
        Self::RecentSales,
        Self::Star,
    ];

    /// What the whole of it adds to a hit's score.
    #[must_use]
    pub const fn weight(self) -> f32 {
        match self {
            Self::Pinned => WEIGHTS.pinned,
            Self::Text => WEIGHTS.text,
            Self::Literal => WEIGHTS.literal,
            Self::Marks => WEIGHTS.marks,
            Self::Phrase => WEIGHTS.phrase,
            Self::Beginning => WEIGHTS.beginning,
            Self::InStock => WEIGHTS.in_stock,
            Self::InSeason => WEIGHTS.in_season,
            Self::Newcomer => WEIGHTS.newcomer,
            Self::RecentSales => WEIGHTS.recent_sales,
            Self::Star => WEIGHTS.star,
        }
    }
}

impl Fields {
    /// As PostgreSQL takes them: D, C, B, A.
    #[must_use]
    pub const fn as_postgres(self) -> [f32; 4] {
        [self.rest, self.places, self.seller, self.name]
    }
}
