//! What a certificate says, and how it stands on a day.
use serde::{Deserialize, Serialize};
use time::{Date, OffsetDateTime};

use super::{CertificateState, FIELDS, Group, MARK_FIELDS, NotAllowed, Score};
use crate::kernel::{
    CertificateId, CommuneId, FieldError, FieldErrors, PaperId, ProductId, Refusal, RefusalKind,
    SellerId,
};

/// An OCOP certificate that was granted, as a product names it; made from nothing but `granted_certificates`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Certificate {
    /// Identifier.
    pub id: CertificateId,
    /// Short public code.
    pub code: String,
    /// 3 to 5: ask [`Certificate::stars_on`] before they are shown.
    pub stars: u8,
    /// Number of the decision.
    pub number: String,
    /// Who granted it; issuers that no longer exist stay as printed.
    pub issuer: String,
    /// Under which decision's rules.
    pub regime: String,
    /// The day of the decision.
    pub decided_on: Date,
    /// The last day on which it is valid.
    pub valid_to: Date,
    /// Number or date are invented for the demonstration.
    pub is_sample: bool,
}

impl Certificate {
    /// Whether it is valid on `day` (a business day).
    #[must_use]
    pub fn is_valid_on(&self, day: Date) -> bool {
        self.decided_on <= day && day <= self.valid_to
    }

    /// The stars that may be shown on `day`.
    #[must_use]
    pub fn stars_on(&self, day: Date) -> Option<u8> {
        self.is_valid_on(day).then_some(self.stars)
    }
}

/// A kind of mark beside OCOP: VietGAP, organic, …
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct MarkKind {
    /// As stored and as the API has it.
    pub code: String,
    /// In Vietnamese.
    pub name_vi: String,
    /// In English.
    pub name_en: String,
    /// What its number looks like, in Vietnamese.
    pub hint_vi: String,
    /// The same in English.
    pub hint_en: String,
}

/// The code of OCOP among the kinds of certificates.
pub const OCOP: &str = "ocop";

/// What a certificate gives the goods that it covers; `G` is what is known of OCOP stars.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Gives<G> {
    /// OCOP stars.
    Stars(G),
    /// Another mark.
    Mark(&'static MarkKind),
}

impl<G> Gives<G> {
    /// The kind's code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Stars(_) => OCOP,
            Self::Mark(kind) => &kind.code,
        }
    }

    /// What is known of the stars; nothing of another mark.
    #[must_use]
    pub const fn stars(&self) -> Option<&G> {
        match self {
            Self::Stars(grade) => Some(grade),
            Self::Mark(_) => None,
        }
    }

    /// Whether it is another mark than OCOP.
    #[must_use]
    pub const fn is_mark(&self) -> bool {
        matches!(self, Self::Mark(_))
    }

    /// The fields of its form that an officer can point at.
    #[must_use]
    pub const fn fields(&self) -> &'static [&'static str] {
        match self {
            Self::Stars(_) => &FIELDS,
            Self::Mark(_) => &MARK_FIELDS,
        }
    }
}

/// A mark that was granted to a product; made from nothing but `granted_marks`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// Which.
    pub kind: &'static MarkKind,
    /// Short public code of its certificate.
    pub code: String,
    /// As whoever issued it numbers it.
    pub number: String,
    /// Who issued it.
    pub issuer: String,
    /// Since that day.
    pub decided_on: Date,
    /// The last day on which it is valid.
    pub valid_to: Date,
    /// Invented for the demonstration.
    pub is_sample: bool,
}

impl Mark {
    /// Whether it may be shown on `day` (a business day).
    #[must_use]
    pub fn is_valid_on(&self, day: Date) -> bool {
        self.decided_on <= day && day <= self.valid_to
    }
}

/// So many days before the end the seller is told; the nearest one counts.
pub const WARNINGS: [u8; 3] = [7, 30, 90];

/// How a certificate stands on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Standing {
    /// Waits for an officer.
    Entered,
    /// Waits for its seller to mend it.
    Returned,
    /// Its stars show.
    Valid,
    /// Its stars show, for at most 90 days more.
    Ending,
    /// Its period is over.
    Expired,
    /// Taken back.
    Revoked,
}

impl Standing {
    /// All, in the order in which officers look through them.
    pub const ALL: [Self; 6] = [
        Self::Entered,
        Self::Returned,
        Self::Valid,
        Self::Ending,
        Self::Expired,
        Self::Revoked,
    ];

    /// As addresses have it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Entered => "entered",
            Self::Returned => "returned",
            Self::Valid => "valid",
            Self::Ending => "ending",
            Self::Expired => "expired",
            Self::Revoked => "revoked",
        }
    }

    /// The reverse of [`Self::as_str`].
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.as_str() == text)
    }

    /// Of a certificate in `state` whose last day is `valid_to`, on `day`.
    #[must_use]
    pub fn on(state: CertificateState, valid_to: Date, day: Date) -> Self {
        match state {
            CertificateState::Entered => Self::Entered,
            CertificateState::Returned => Self::Returned,
            CertificateState::Revoked => Self::Revoked,
            CertificateState::Verified if valid_to < day => Self::Expired,
            CertificateState::Verified
                if (valid_to - day).whole_days() <= i64::from(WARNINGS[2]) =>
            {
                Self::Ending
            }
            CertificateState::Verified => Self::Valid,
        }
    }
}

/// How a certificate came here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Source {
    /// Its seller entered it.
    Seller,
    /// The province's decision list brought it.
    Import,
    /// It came with the sample data, or from before certificates had a life here.
    Sample,
}

impl Source {
    /// As stored.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Seller => "seller",
            Self::Import => "import",
            Self::Sample => "sample",
        }
    }

    /// The reverse of [`Self::as_str`].
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Seller, Self::Import, Self::Sample]
            .into_iter()
            .find(|source| source.as_str() == text)
    }
}

/// What happened to a certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum EventKind {
    /// Its seller entered it.
    Entered,
    /// Its seller changed what was typed, or which goods it covers.
    Changed,
    /// It agrees with the decision.
    Verified,
    /// Sent back with a reason.
    Returned,
    /// A new one with as many stars or fewer follows it.
    Renewed,
    /// A new one with more stars follows it.
    Upgraded,
    /// Its period is over.
    Expired,
    /// Taken back.
    Revoked,
    /// Its seller was told, so many days before the end.
    Warned(u8),
}

impl EventKind {
    /// As stored.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Entered => "entered",
            Self::Changed => "changed",
            Self::Verified => "verified",
            Self::Returned => "returned",
            Self::Renewed => "renewed",
            Self::Upgraded => "upgraded",
            Self::Expired => "expired",
            Self::Revoked => "revoked",
            Self::Warned(..8) => "warned_7",
            Self::Warned(..31) => "warned_30",
            Self::Warned(_) => "warned_90",
        }
    }

    /// The reverse of [`Self::as_str`].
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let warnings = WARNINGS.map(Self::Warned);
        [
            Self::Entered,
            Self::Changed,
            Self::Verified,
            Self::Returned,
            Self::Renewed,
            Self::Upgraded,
            Self::Expired,
            Self::Revoked,
        ]
        .into_iter()
        .chain(warnings)
        .find(|kind| kind.as_str() == text)
    }
}

/// A line of a certificate's history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CertificateEvent {
    /// What happened.
    pub kind: EventKind,
    /// When, UTC.
    pub at: OffsetDateTime,
    /// Why, where somebody had to say so.
    pub reason: String,
    /// Which field was wrong; empty where none is meant.
    pub field: String,
}

/// A certificate with all that desks show of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CertificateRecord {
    /// Identifier.
    pub id: CertificateId,
    /// Short public code.
    pub code: String,
    /// Where it is.
    pub state: CertificateState,
    /// Since when, UTC.
    pub state_since: OffsetDateTime,
    /// How it came here.
    pub source: Source,
    /// The holder.
    pub seller: SellerId,
    /// In `/gian-hang/{slug}`.
    pub seller_slug: String,
    /// The holder's name.
    pub seller_name: String,
    /// Where the holder is, today's map.
    pub commune: CommuneId,
    /// `Xã Hỏa Lựu`.
    pub commune_name: String,
    /// The product as printed.
    pub product_name: String,
    /// Stars or another mark.
    pub gives: Gives<RecordedGrade>,
    /// Number of the decision, or as whoever issued the mark numbers it.
    pub number: String,
    /// The day of the decision, or since which the mark holds.
    pub decided_on: Date,
    /// The last day of its period.
    pub valid_to: Date,
    /// Who granted it, as printed.
    pub issuer: String,
    /// The scan.
    pub paper: Option<PaperId>,
    /// The one that it follows.
    pub replaces: Option<CertificateId>,
    /// The one that follows it, and where that is.
    pub successor: Option<(CertificateId, CertificateState)>,
    /// Number or date are invented for the demonstration.
    pub is_sample: bool,
}

/// What is kept of the stars of an OCOP certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordedGrade {
    /// OCOP group; missing in some from before it was asked.
    pub group: Option<Group>,
    /// Number and names (Vietnamese, English) of the set, where the regime has sets.
    pub set: Option<(u8, String, String)>,
    /// Under which decision's rules.
    pub regime: String,
    /// 3 to 5.
    pub stars: u8,
    /// Points out of 100, where they are known.
    pub score: Option<Score>,
}

impl CertificateRecord {
    /// How it stands on `day`.
    #[must_use]
    pub fn standing(&self, day: Date) -> Standing {
        Standing::on(self.state, self.valid_to, day)
    }
}

/// A product of a certificate, or one that it could cover.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CoveredProduct {
    /// Identifier.
    pub id: ProductId,
    /// In `/san-pham/{slug}`.
    pub slug: String,
    /// What it is called.
    pub name: String,
    /// Covered: it shows the certificate's stars while they are valid.
    pub is_covered: bool,
    /// Its seller wants it covered, and an officer has not said so yet.
    pub is_claimed: bool,
}

/// A line of a list of certificates.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedCertificate {
    /// Identifier.
    pub id: CertificateId,
    /// Where it is.
    pub state: CertificateState,
    /// Since when, UTC.
    pub state_since: OffsetDateTime,
    /// The product as printed.
    pub product_name: String,
    /// Stars, 3 to 5, or another mark.
    pub gives: Gives<u8>,
    /// Number of the decision.
    pub number: String,
    /// The last day of its period.
    pub valid_to: Date,
    /// The holder's name.
    pub seller_name: String,
    /// Where the holder is.
    pub commune_name: String,
    /// Whether one that is entered or verified follows it.
    pub is_followed: bool,
    /// Verified, and its seller wants more goods covered.
    pub goods_wait: bool,
}

/// What anybody may know of a certificate that was granted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicCertificate {
    /// Its public code.
    pub code: String,
    /// The product as printed.
    pub product_name: String,
    /// Stars or another mark.
    pub gives: Gives<RecordedGrade>,
    /// Number of the decision, or as whoever issued the mark numbers it.
    pub number: String,
    /// Who granted it; issuers that no longer exist stay as printed.
    pub issuer: String,
    /// The day of the decision, or since which the mark holds.
    pub decided_on: Date,
    /// The last day on which it is valid.
    pub valid_to: Date,
    /// Number or date are invented for the demonstration.
    pub is_sample: bool,
    /// Since that day it is no longer valid, because it was taken back.
    pub revoked_on: Option<Date>,
    /// The public code of the one that followed it, if that was granted.
    pub followed_by: Option<String>,
    /// The holder's shop: address, name, commune, province.
    pub seller_slug: String,
    /// The holder's name.
    pub seller_name: String,
    /// `Xã Hỏa Lựu`.
    pub commune_name: String,
    /// Today's province.
    pub province_name: String,
    /// Its products on sale: address and name.
    pub products: Vec<(String, String)>,
}

impl PublicCertificate {
    /// Whether it is valid on `day`.
    #[must_use]
    pub fn is_valid_on(&self, day: Date) -> bool {
        self.revoked_on.is_none() && self.decided_on <= day && day <= self.valid_to
    }
}

/// Issuers that certificates in use name, as printed; those of before July 2025 no longer exist.
pub const ISSUERS: [&str; 3] = [
    "UBND thành phố Cần Thơ",
    "UBND tỉnh Hậu Giang",
    "Bộ Nông nghiệp và Môi trường",
];

/// Why something can't be done with a certificate.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
pub enum CertificatesRefusal {
    /// There is no such certificate, or it is no business of the actor's.
    #[error("no such certificate")]
    NotFound,
    /// The actor may not.
    #[error("not allowed to")]
    Forbidden,
    /// Fields that can't be right.
    #[error("invalid: {0}")]
    Invalid(FieldErrors),
    /// Not in this state.
    #[error("not possible in this state")]
    WrongState,
    /// Another kind than that of the certificate which it follows or mends.
    #[error("another kind")]
    OtherKind,
    /// Another one follows it already.
    #[error("followed by another")]
    AlreadyFollowed,
    /// The list has rows that can't be right: nothing of it was taken.
    #[error("the list has errors")]
    ListHasErrors,
}

impl CertificatesRefusal {
    /// Every code, so that a test finds a message for each.
    pub const CODES: [&'static str; 7] = [
        "certificates.not_found",
        "certificates.forbidden",
        "certificates.invalid",
        "certificates.wrong_state",
        "certificates.other_kind",
        "certificates.already_followed",
        "certificates.list_has_errors",
    ];
}

impl From<NotAllowed> for CertificatesRefusal {
    fn from(_: NotAllowed) -> Self {
        Self::WrongState
    }
}

impl Refusal for CertificatesRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::NotFound => "certificates.not_found",
            Self::Forbidden => "certificates.forbidden",
            Self::Invalid(_) => "certificates.invalid",
            Self::WrongState => "certificates.wrong_state",
            Self::OtherKind => "certificates.other_kind",
            Self::AlreadyFollowed => "certificates.already_followed",
            Self::ListHasErrors => "certificates.list_has_errors",
        }
    }

    fn kind(&self) -> RefusalKind {
        match self {
            Self::NotFound => RefusalKind::NotFound,
            Self::Forbidden => RefusalKind::Forbidden,
            Self::Invalid(_) | Self::ListHasErrors => RefusalKind::Invalid,
            Self::WrongState | Self::OtherKind | Self::AlreadyFollowed => RefusalKind::Conflict,
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
    use super::*;
    use time::macros::date;

    #[test]
    fn a_standing_follows_the_dates() {
        let last = date!(2026 - 11 - 23);
        for (day, standing) in [
            (date!(2026 - 08 - 24), Standing::Valid),
            (date!(2026 - 08 - 25), Standing::Ending),
            (date!(2026 - 11 - 23), Standing::Ending),
            (date!(2026 - 11 - 24), Standing::Expired),
        ] {
            assert_eq!(
                Standing::on(CertificateState::Verified, last, day),
                standing,
                "{day}"
            );
        }
        let day = date!(2030 - 01 - 01);
        assert_eq!(
            Standing::on(CertificateState::Revoked, last, day),
            Standing::Revoked
        );
        assert_eq!(
            Standing::on(CertificateState::Entered, last, day),
            Standing::Entered
        );
    }

    #[test]
    fn events_are_read_back() {
        for days in WARNINGS {
            let kind = EventKind::Warned(days);
            assert_eq!(EventKind::parse(kind.as_str()), Some(kind));
        }
        assert_eq!(EventKind::parse("upgraded"), Some(EventKind::Upgraded));
        assert_eq!(EventKind::parse("warned_8"), None);
    }
}
