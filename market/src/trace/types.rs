//! Lots as they are kept and read.
use time::{Date, OffsetDateTime};

use super::code::{Gtin, LotCode};
use super::state::LotState;
use crate::kernel::{
    Actor, CommuneId, FieldError, FieldErrors, LotId, Permission, ProductId, Quantity, Refusal,
    RefusalKind, Right, SellerId,
};
use crate::media::Picture;

/// Photographs of a lot, at most.
pub const PHOTOS: usize = 8;
/// Inputs of a lot, at most.
pub const INPUTS: i64 = 60;
/// A lot is written down at the latest so long after its harvest, in days; an older day is a slip of the pen.
pub const WRITTEN_WITHIN_DAYS: i64 = 3 * 365;

/// Where goods of a lot come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LotKind {
    /// Taken from field, garden, pond or stable.
    Harvest,
    /// Made in one go.
    Batch,
}

impl LotKind {
    /// All of them, as the form offers them.
    pub const ALL: [Self; 2] = [Self::Harvest, Self::Batch];

    /// As stored.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Harvest => "harvest",
            Self::Batch => "batch",
        }
    }

    /// The reverse of [`Self::as_str`].
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}

/// What was used for a lot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum InputKind {
    /// Seed, seedlings, fry.
    Seed,
    /// Fertiliser.
    Fertiliser,
    /// Against pests, weeds and fungi.
    Pesticide,
    /// Feed.
    Feed,
    /// For animals.
    Medicine,
    /// What it is made of.
    Ingredient,
    /// Something else.
    Other,
}

impl InputKind {
    /// All of them, as the form offers them.
    pub const ALL: [Self; 7] = [
        Self::Seed,
        Self::Fertiliser,
        Self::Pesticide,
        Self::Feed,
        Self::Medicine,
        Self::Ingredient,
        Self::Other,
    ];

    /// As stored.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Seed => "seed",
            Self::Fertiliser => "fertiliser",
            Self::Pesticide => "pesticide",
            Self::Feed => "feed",
            Self::Medicine => "medicine",
            Self::Ingredient => "ingredient",
            Self::Other => "other",
        }
    }

    /// The reverse of [`Self::as_str`].
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }

    /// Whether days must pass between it and the harvest, and buyers want to know how many did.
    #[must_use]
    pub const fn is_waited_for(self) -> bool {
        matches!(self, Self::Pesticide | Self::Medicine)
    }
}

/// Something that was used for a lot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LotInput {
    /// Which kind.
    pub kind: InputKind,
    /// What it is called.
    pub name: String,
    /// How much, in words; may be empty.
    pub amount: String,
    /// On which day.
    pub used_on: Option<Date>,
}

impl LotInput {
    /// Days between its use and the harvest, where that matters and is known.
    #[must_use]
    pub fn waited(&self, made_on: Date) -> Option<i64> {
        self.used_on
            .filter(|_| self.kind.is_waited_for())
            .map(|day| (made_on - day).whole_days())
            .filter(|days| *days >= 0)
    }
}

/// Whose lot it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LotSeller {
    /// Identifier.
    pub id: SellerId,
    /// In `/gian-hang/{slug}`.
    pub slug: String,
    /// Its name today.
    pub name: String,
    /// Where it is, today's map.
    pub commune: CommuneId,
    /// `Xã Hỏa Lựu`.
    pub commune_name: String,
    /// The province's name.
    pub province_name: String,
}

/// What a lot is of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LotProduct {
    /// Identifier.
    pub id: ProductId,
    /// In `/san-pham/{slug}`.
    pub slug: String,
    /// Its name when the lot was made; it stands on the labels.
    pub name: String,
    /// Whether anybody finds its page.
    pub is_published: bool,
    /// The stars that may be shown today.
    pub stars: Option<u8>,
    /// The certificate that gives them, by the code in its address.
    pub certificate: Option<String>,
}

/// A lot with all that belongs to it. Anybody who holds a package may know it, but for `looks`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lot {
    /// Identifier.
    pub id: LotId,
    /// As printed.
    pub code: LotCode,
    /// Whose.
    pub seller: LotSeller,
    /// Of what.
    pub product: LotProduct,
    /// Harvested or made.
    pub kind: LotKind,
    /// On which day.
    pub made_on: Date,
    /// Best before that day.
    pub best_before: Option<Date>,
    /// Hamlet, field, kitchen, in words.
    pub place: String,
    /// How much there was of it.
    pub quantity: Quantity,
    /// Of what the quantity is, in words of that day.
    pub unit: String,
    /// What one package holds, as labels say it; may be empty.
    pub net_content: String,
    /// The number under the package's bar code.
    pub gtin: Option<Gtin>,
    /// For buyers; may be empty.
    pub notes: String,
    /// Where it stands.
    pub state: LotState,
    /// Since then, UTC.
    pub state_since: OffsetDateTime,
    /// Why it was recalled; empty where it was not.
    pub recall_reason: String,
    /// Whether its product is sold from it now.
    pub is_current: bool,
    /// By the days on which they were used.
    pub inputs: Vec<LotInput>,
    /// In order.
    pub photos: Vec<Picture>,
    /// How often its page was looked at.
    pub looks: i64,
}

/// A lot in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedLot {
    /// Identifier.
    pub id: LotId,
    /// As printed.
    pub code: LotCode,
    /// Whose.
    pub seller_name: String,
    /// Of what, when it was made.
    pub product_name: String,
    /// Harvested or made.
    pub kind: LotKind,
    /// On which day.
    pub made_on: Date,
    /// How much there was of it.
    pub quantity: Quantity,
    /// Of what the quantity is.
    pub unit: String,
    /// Where it stands.
    pub state: LotState,
    /// Since then, UTC.
    pub state_since: OffsetDateTime,
    /// Whether its product is sold from it now.
    pub is_current: bool,
    /// How often its page was looked at.
    pub looks: i64,
}

/// A lot that goods of an order may come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LotChoice {
    /// Identifier.
    pub id: LotId,
    /// Of what.
    pub product: ProductId,
    /// As printed.
    pub code: LotCode,
    /// Harvested or made on that day.
    pub made_on: Date,
    /// Whether its product is sold from it now.
    pub is_current: bool,
}

/// A line of a lot's history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LotEntry {
    /// What happened.
    pub event: super::LotEvent,
    /// UTC.
    pub at: OffsetDateTime,
    /// By whom; empty for the program itself.
    pub who: String,
    /// Why, where that was said.
    pub reason: String,
}

/// Whether somebody may recall lots of a shop: its owner, because it speaks to all buyers in the shop's name and can't
/// be taken back; or an officer who looks after the shop, for whom a household can't reach.
#[must_use]
pub fn may_recall(actor: &Actor, seller: SellerId, commune: CommuneId) -> bool {
    actor.may(Right::Own(seller)) || actor.may(Right::Office(Permission::Sellers, commune))
}

/// Whether a browser's name is a program's that nobody sits in front of: such looks are not counted.
#[must_use]
pub fn is_robot(user_agent: &str) -> bool {
    const MARKS: [&str; 12] = [
        "bot",
        "crawl",
        "spider",
        "slurp",
        "preview",
        "facebookexternalhit",
        "monitor",
        "curl/",
        "wget/",
        "python",
        "headless",
        "http-client",
    ];
    let name = user_agent.to_ascii_lowercase();
    name.trim().is_empty() || MARKS.iter().any(|mark| name.contains(mark))
}

/// Why a lot is not shown or not changed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TraceRefusal {
    /// No such lot, or somebody else's.
    #[error("no such lot")]
    NotFound,
    /// Not for the actor.
    #[error("not allowed")]
    NotAllowed,
    /// Something typed is wrong.
    #[error("{0}")]
    Invalid(FieldErrors),
    /// Not possible from where it stands.
    #[error("not possible now")]
    WrongState,
    /// The same form was sent before, saying something else.
    #[error("made before with other words")]
    MadeOtherwise,
    /// There are as many photographs as a lot may have.
    #[error("no room for more photographs")]
    PhotosFull,
    /// There are as many inputs as a lot may have.
    #[error("no room for more inputs")]
    InputsFull,
}

impl TraceRefusal {
    /// Every code, so that a test finds a message for each.
    pub const CODES: [&'static str; 7] = [
        "trace.not_found",
        "trace.not_allowed",
        "trace.invalid",
        "trace.wrong_state",
        "trace.made_otherwise",
        "trace.photos_full",
        "trace.inputs_full",
    ];
}

impl Refusal for TraceRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::NotFound => "trace.not_found",
            Self::NotAllowed => "trace.not_allowed",
            Self::Invalid(_) => "trace.invalid",
            Self::WrongState => "trace.wrong_state",
            Self::MadeOtherwise => "trace.made_otherwise",
            Self::PhotosFull => "trace.photos_full",
            Self::InputsFull => "trace.inputs_full",
        }
    }

    fn kind(&self) -> RefusalKind {
        match self {
            Self::NotFound => RefusalKind::NotFound,
            Self::NotAllowed => RefusalKind::Forbidden,
            Self::Invalid(_) => RefusalKind::Invalid,
            Self::WrongState | Self::MadeOtherwise | Self::PhotosFull | Self::InputsFull => {
                RefusalKind::Conflict
            }
        }
    }

    fn args(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::PhotosFull => vec![("most", PHOTOS.to_string())],
            Self::InputsFull => vec![("most", INPUTS.to_string())],
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

#[cfg(test)]
mod tests {
    use time::macros::date;

    use super::*;

    #[test]
    fn days_are_waited_for_poison_alone() {
        let input = |kind, used_on| LotInput {
            kind,
            name: "x".to_owned(),
            amount: String::new(),
            used_on,
        };
        let harvest = date!(2026 - 11 - 20);
        let day = Some(date!(2026 - 11 - 01));
        assert_eq!(
            input(InputKind::Pesticide, day).waited(harvest),
            Some(19),
            "the day of the harvest is not counted"
        );
        assert_eq!(input(InputKind::Medicine, day).waited(harvest), Some(19));
        assert_eq!(input(InputKind::Fertiliser, day).waited(harvest), None);
        assert_eq!(input(InputKind::Pesticide, None).waited(harvest), None);
        let later = Some(date!(2026 - 11 - 21));
        assert_eq!(input(InputKind::Pesticide, later).waited(harvest), None);
    }

    #[test]
    fn programs_are_told_from_people() {
        for robot in [
            "",
            "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
            "facebookexternalhit/1.1",
            "curl/8.5.0",
            "ZaloPC-win32 LinkPreview",
        ] {
            assert!(is_robot(robot), "{robot}");
        }
        for person in [
            "Mozilla/5.0 (Linux; Android 13; SM-A145F) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0 Mobile Safari/537.36",
            "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 Zalo iOS/645",
        ] {
            assert!(!is_robot(person), "{person}");
        }
    }
}
