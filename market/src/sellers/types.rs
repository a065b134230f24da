//! What a seller is.
use serde::{Deserialize, Serialize};

use crate::kernel::{CommuneId, Refusal, RefusalKind, SellerId};

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
    /// Whether it may sell now.
    pub is_approved: bool,
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
    /// Invented for the demonstration.
    pub is_sample: bool,
    /// Selling here since that day (Asia/Ho_Chi_Minh).
    pub since: time::Date,
}

/// Why a shop is not begun.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SellersRefusal {
    /// The helper does not help in that hamlet.
    #[error("not the helper's hamlet")]
    NotHere,
}

impl Refusal for SellersRefusal {
    fn code(&self) -> &'static str {
        "sellers.not_here"
    }

    fn kind(&self) -> RefusalKind {
        RefusalKind::NotFound
    }
}
