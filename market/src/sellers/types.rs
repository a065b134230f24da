//! What a seller is.
use serde::{Deserialize, Serialize};

use super::Standing;
use crate::accounts::AccountsRefusal;
use crate::kernel::{CommuneId, FieldError, FieldErrors, Refusal, RefusalKind, SellerId};

/// What kind of seller; tax and trust depend on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SellerKind {
    /// A farm household or individual (*hộ*).
    Household,
    /// A cooperative or cooperative group (*hợp tác xã, tổ hợp tác*).
    Cooperative,
    /// An enterprise or registered facility (*doanh nghiệp, cơ sở*).
    Enterprise,
}

impl SellerKind {
    /// All, the smallest first.
    pub const ALL: [Self; 3] = [Self::Household, Self::Cooperative, Self::Enterprise];

    /// As stored.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Household => "household",
            Self::Cooperative => "cooperative",
            Self::Enterprise => "enterprise",
        }
    }

    /// The reverse of [`Self::as_str`].
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}

/// A seller as its page shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seller {
    /// Identifier.
    pub id: SellerId,
    /// In `/gian-hang/{slug}`.
    pub slug: String,
    /// The shop's name.
    pub name: String,
    /// Household, cooperative or enterprise.
    pub kind: SellerKind,
    /// Where it stands.
    pub standing: Standing,
    /// On holiday.
    pub is_paused: bool,
    /// The holiday ends on that day; without one when the seller says so.
    pub paused_until: Option<time::Date>,
    /// Where it is on today's map.
    pub commune_id: CommuneId,
    /// `Xã Hỏa Lựu`.
    pub commune_name: String,
    /// 5 digits.
    pub commune_code: String,
    /// The province of today's map.
    pub province_name: String,
    /// The commune until June 2025, where it is known.
    pub former_commune: Option<String>,
    /// *Ấp* or *khu vực*.
    pub hamlet: String,
    /// Number or lane.
    pub street: String,
    /// Who answers for the shop.
    pub owner_name: String,
    /// The shop's own words.
    pub story: String,
    /// Its picture's address below `/media/`, for each width in pixels, by width.
    pub picture: Vec<(i32, String)>,
    /// Since when it is verified who it is (Asia/Ho_Chi_Minh).
    pub verified_on: Option<time::Date>,
    /// On the word of the province's register, which had no papers.
    pub is_vouched: bool,
    /// How it sends goods, where it has said so.
    pub delivers: Option<super::Delivers>,
    /// Invented for the demonstration.
    pub is_sample: bool,
    /// Selling here since that day (Asia/Ho_Chi_Minh): approved, or brought in.
    pub since: time::Date,
}

impl Seller {
    /// Whether its goods can be bought now.
    #[must_use]
    pub fn is_selling(&self) -> bool {
        self.standing == Standing::Approved && !self.is_paused
    }

    /// Whether its page is for everybody: shops that were never approved have none.
    #[must_use]
    pub const fn is_public(&self) -> bool {
        matches!(self.standing, Standing::Approved | Standing::Suspended)
    }
}

/// Why something does not happen to a shop.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SellersRefusal {
    /// There is no such shop, or it is somebody else's.
    #[error("no such shop")]
    NotFound,
    /// The actor may not.
    #[error("not allowed")]
    NotAllowed,
    /// Not in the state in which the shop is; whoever asked saw an older one.
    #[error("not from this standing")]
    WrongState,
    /// What an officer has approved, or is looking at, is not changed meanwhile.
    #[error("the step is locked")]
    Locked,
    /// Not everything is filled in.
    #[error("incomplete")]
    Incomplete,
    /// Fields that can't be right.
    #[error("invalid: {0}")]
    Invalid(FieldErrors),
    /// Only an approved shop puts goods on sale.
    #[error("not approved yet")]
    NotApproved,
    /// It must be verified who the seller is before goods go on sale.
    #[error("not verified")]
    NotVerified,
    /// Suspended or closed.
    #[error("suspended")]
    Suspended,
    /// A shop with orders under way is not closed.
    #[error("{count} orders are under way")]
    OrdersUnderWay {
        /// How many.
        count: i64,
    },
    /// Somebody owns the shop already.
    #[error("the shop has an owner")]
    HasOwner,
    /// The last owner stays.
    #[error("a shop keeps an owner")]
    LastOwner,
    /// Who it is was asked once more, or a code went to a telephone.
    #[error(transparent)]
    Account(AccountsRefusal),
}

impl SellersRefusal {
    /// What the account's own check refused, where it was that.
    #[must_use]
    pub fn account(self) -> Option<AccountsRefusal> {
        match self {
            Self::Account(refusal) => Some(refusal),
            _ => None,
        }
    }

    /// Every code, so that a test finds a message for each.
    pub const CODES: [&'static str; 12] = [
        "sellers.not_found",
        "sellers.not_allowed",
        "sellers.wrong_state",
        "sellers.locked",
        "sellers.incomplete",
        "sellers.invalid",
        "sellers.not_approved",
        "sellers.not_verified",
        "sellers.suspended",
        "sellers.orders_under_way",
        "sellers.has_owner",
        "sellers.last_owner",
    ];
}

impl Refusal for SellersRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::NotFound => "sellers.not_found",
            Self::NotAllowed => "sellers.not_allowed",
            Self::WrongState => "sellers.wrong_state",
            Self::Locked => "sellers.locked",
            Self::Incomplete => "sellers.incomplete",
            Self::Invalid(_) => "sellers.invalid",
            Self::NotApproved => "sellers.not_approved",
            Self::NotVerified => "sellers.not_verified",
            Self::Suspended => "sellers.suspended",
            Self::OrdersUnderWay { .. } => "sellers.orders_under_way",
            Self::HasOwner => "sellers.has_owner",
            Self::LastOwner => "sellers.last_owner",
            Self::Account(refusal) => refusal.code(),
        }
    }

    fn kind(&self) -> RefusalKind {
        match self {
            Self::NotFound => RefusalKind::NotFound,
            Self::NotAllowed | Self::NotApproved | Self::NotVerified | Self::Suspended => {
                RefusalKind::Forbidden
            }
            Self::WrongState
            | Self::Locked
            | Self::OrdersUnderWay { .. }
            | Self::HasOwner
            | Self::LastOwner => RefusalKind::Conflict,
            Self::Incomplete | Self::Invalid(_) => RefusalKind::Invalid,
            Self::Account(refusal) => refusal.kind(),
        }
    }

    fn args(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::OrdersUnderWay { count } => vec![("count", count.to_string())],
            Self::Account(refusal) => refusal.args(),
            _ => Vec::new(),
        }
    }

    fn retry_after(&self) -> Option<i64> {
        match self {
            Self::Account(refusal) => refusal.retry_after(),
            _ => None,
        }
    }

    fn fields(&self) -> &[FieldError] {
        match self {
            Self::Invalid(errors) => &errors.0,
            Self::Account(refusal) => refusal.fields(),
            _ => &[],
        }
    }
}
