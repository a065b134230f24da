//! Consents as people give, see and end them; what households have to do; what the province counts.
use serde::{Deserialize, Serialize};
use time::{Date, Duration, OffsetDateTime};

use crate::accounts::AccountsRefusal;
use crate::kernel::{
    ConsentId, FieldError, FieldErrors, PaperId, PersonId, Phone, Refusal, RefusalKind, SellerId,
    Task,
};
use crate::media::PhotoRefusal;

/// The text by which a household lets a helper act for it; a new text has a new version (Law 91/2025).
pub const CONSENT_VERSION: &str = "2026-11";

/// How a consent is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// A code sent to the household's telephone and told to the helper.
    Code,
    /// A signed paper that an officer has looked at.
    Paper,
}

impl Method {
    /// As stored.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Code => "code",
            Self::Paper => "paper",
        }
    }

    /// The reverse of [`Self::as_str`].
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Code, Self::Paper]
            .into_iter()
            .find(|method| method.as_str() == text)
    }
}

/// For how long a consent is asked: never longer than a year.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Span {
    /// Three months.
    Quarter,
    /// Six months.
    Half,
    /// A year.
    Year,
}

impl Span {
    /// All, the shortest first.
    pub const ALL: [Self; 3] = [Self::Quarter, Self::Half, Self::Year];

    /// As forms have it: months.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Quarter => "3",
            Self::Half => "6",
            Self::Year => "12",
        }
    }

    /// The reverse of [`Self::as_str`].
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|span| span.as_str() == text)
    }

    /// The day from which a consent of today no longer holds.
    #[must_use]
    pub fn end(self, today: Date) -> Date {
        today.saturating_add(Duration::days(match self {
            Self::Quarter => 92,
            Self::Half => 183,
            Self::Year => 365,
        }))
    }
}

/// What a helper asks a household for, as ticked.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct WishForm {
    /// `yes` once ticked: list goods.
    pub list: String,
    /// `yes` once ticked: answer orders.
    pub orders: String,
    /// `yes` once ticked: see money.
    pub money: String,
    /// One of [`Span`].
    pub span: String,
}

/// What a helper asks a household for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wish {
    /// At least one.
    pub tasks: Vec<Task>,
    /// For how long.
    pub span: Span,
}

impl WishForm {
    /// Whether a task is ticked.
    #[must_use]
    pub fn wants(&self, task: Task) -> bool {
        let ticked = match task {
            Task::List => &self.list,
            Task::Orders => &self.orders,
            Task::Money => &self.money,
        };
        ticked == "yes"
    }

    /// Understands what was ticked.
    ///
    /// # Errors
    /// All that is wrong, field by field; nothing is taken to be wanted that nobody ticked.
    pub fn parse(&self) -> Result<Wish, FieldErrors> {
        let mut errors = FieldErrors::default();
        let tasks: Vec<Task> = Task::ALL
            .into_iter()
            .filter(|task| self.wants(*task))
            .collect();
        if tasks.is_empty() {
            errors.add("tasks", "choose_task");
        }
        let span = Span::parse(&self.span);
        if span.is_none() {
            errors.add("span", "choose");
        }
        match span {
            Some(span) if errors.is_empty() => Ok(Wish { tasks, span }),
            _ => Err(errors),
        }
    }
}

/// A household that has no shop yet, as its helper types it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct HouseholdForm {
    /// The shop's name.
    pub name: String,
    /// Who answers for it.
    pub owner_name: String,
    /// The household's telephone, where it has one.
    pub phone: String,
    /// Which of the helper's areas, counted from 0.
    pub area: String,
    /// *Ấp* or *khu vực*, where the area is a whole commune.
    pub hamlet: String,
}

/// Where a helper helps, with words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Area {
    /// `Xã Hỏa Lựu`.
    pub commune_name: String,
    /// *Ấp* or *khu vực*; empty: all of the commune.
    pub hamlet: String,
}

/// What has become of a consent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConsentState {
    /// Asked for; nobody has given it yet.
    Asked,
    /// It holds.
    Holds,
    /// Its time is over.
    Over,
    /// The household, an officer or a newer one ended it.
    Ended,
    /// An officer refused the paper.
    Refused,
}

impl ConsentState {
    /// As pages mark it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Asked => "pending",
            Self::Holds => "settled",
            Self::Over => "expired",
            Self::Ended => "ended",
            Self::Refused => "failed",
        }
    }
}

/// A household's consent to a helper.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Consent {
    /// Identifier.
    pub id: ConsentId,
    /// The household.
    pub seller: SellerId,
    /// Its shop's name.
    pub seller_name: String,
    /// In its shop's address.
    pub seller_slug: String,
    /// `Ấp Thạnh Xuân, Xã Hỏa Lựu`.
    pub place: String,
    /// Who helps.
    pub helper: PersonId,
    /// The helper's name.
    pub helper_name: String,
    /// The helper's telephone, while the account is open.
    pub helper_phone: Option<Phone>,
    /// For what.
    pub tasks: Vec<Task>,
    /// How it is known.
    pub method: Method,
    /// The signed paper.
    pub paper: Option<PaperId>,
    /// UTC.
    pub asked_at: OffsetDateTime,
    /// UTC; from then on it holds.
    pub given_at: Option<OffsetDateTime>,
    /// UTC; from then on it no longer holds.
    pub valid_until: OffsetDateTime,
    /// UTC.
    pub ended_at: Option<OffsetDateTime>,
    /// Why it ended, where somebody said so.
    pub end_reason: String,
    /// What the helper last did in the household's name: the deed's word and when, UTC.
    pub last_deed: Option<(String, OffsetDateTime)>,
}

impl Consent {
    /// What has become of it by `now`.
    #[must_use]
    pub fn state(&self, now: OffsetDateTime) -> ConsentState {
        match (self.given_at, self.ended_at) {
            // Taken back by the household or asked anew: nobody had to say why.
            (None, Some(_)) if !self.end_reason.is_empty() => ConsentState::Refused,
            (_, Some(_)) => ConsentState::Ended,
            _ if self.valid_until <= now => ConsentState::Over,
            (None, None) => ConsentState::Asked,
            (Some(_), None) => ConsentState::Holds,
        }
    }

    /// The last day on which it holds (Asia/Ho_Chi_Minh).
    #[must_use]
    pub fn last_day(&self) -> Date {
        last_day(self.valid_until)
    }
}

/// The last business day before an instant at which something ends.
#[must_use]
pub fn last_day(until: OffsetDateTime) -> Date {
    crate::kernel::time::business_day(until - Duration::SECOND)
}

/// What a household has to do today: how many of each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Due {
    /// Orders to confirm, before they lapse.
    pub to_confirm: i64,
    /// Orders to pack.
    pub to_pack: i64,
    /// Orders to hand to the carrier.
    pub to_ship: i64,
    /// Listings begun and not finished.
    pub drafts: i64,
    /// Listings that are out of stock.
    pub sold_out: i64,
    /// Certificates of which their seller is told that they end.
    pub certificates: i64,
    /// An officer returned the shop to be mended.
    pub is_returned: bool,
    /// The shop is begun and not handed in.
    pub is_draft: bool,
}

impl Due {
    /// Whether there is nothing to do.
    #[must_use]
    pub fn is_nothing(&self) -> bool {
        *self == Self::default()
    }
}

/// A household as its helper sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Household {
    /// Identifier.
    pub id: SellerId,
    /// In its addresses.
    pub slug: String,
    /// The shop's name.
    pub name: String,
    /// Who answers for it.
    pub owner_name: String,
    /// *Ấp* or *khu vực*.
    pub hamlet: String,
    /// `Xã Hỏa Lựu`.
    pub commune_name: String,
    /// What the helper may do for it now, and the last day; nothing without a consent.
    pub held: Option<(Vec<Task>, Date)>,
    /// A paper of the helper's waits for an officer.
    pub is_waiting: bool,
    /// Why an officer refused the helper's last paper, while nothing newer was asked.
    pub refused: Option<String>,
    /// What it has to do.
    pub due: Due,
}

/// A page of a helper's households.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Households {
    /// What is due first comes first.
    pub rows: Vec<Household>,
    /// On all pages.
    pub total: i64,
}

/// A household that a helper asks for its consent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// Identifier.
    pub id: SellerId,
    /// In its addresses.
    pub slug: String,
    /// The shop's name.
    pub name: String,
    /// The telephone that a code would go to.
    pub phone: Option<Phone>,
}

/// A code on its way from a household's telephone to its helper.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PendingCode {
    /// The household.
    pub household: Asked,
    /// For what it is asked.
    pub tasks: Vec<Task>,
    /// The last day (Asia/Ho_Chi_Minh).
    pub last_day: Date,
    /// The telephone it went to.
    pub sent_to: Phone,
}

/// By what the province counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CountBy {
    /// Commune and hamlet.
    #[default]
    Hamlet,
    /// Helper.
    Helper,
}

impl CountBy {
    /// Both, in the order of the tabs.
    pub const ALL: [Self; 2] = [Self::Hamlet, Self::Helper];

    /// As addresses have it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Hamlet => "hamlet",
            Self::Helper => "helper",
        }
    }

    /// The reverse of [`Self::as_str`].
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|by| by.as_str() == text)
    }
}

/// How far households came: each a part of the one before but for goods listed long ago.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Guided in the period: a shop begun for them, or a consent given by them.
    pub guided: i64,
    /// Of these, with something on sale by the end of the period.
    pub listed: i64,
    /// With an order of the period that was not called off.
    pub selling: i64,
    /// With an order of the period that was delivered and paid.
    pub paid: i64,
}

/// One row of the count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CountRow {
    /// The commune, or the helper's name.
    pub label: String,
    /// The hamlet; empty where it is by helper or not known.
    pub hamlet: String,
    /// How many.
    pub counts: Counts,
}

/// The count of a period.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CountReport {
    /// Sorted by place or name.
    pub rows: Vec<CountRow>,
    /// Each household once, whoever guided it.
    pub totals: Counts,
}

/// Why it is not done.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AssistanceRefusal {
    /// No such household or consent, or not for this actor.
    #[error("not found")]
    NotFound,
    /// Fields that can't be right.
    #[error("invalid: {0}")]
    Invalid(FieldErrors),
    /// The household has no telephone: it signs on paper.
    #[error("the household has no telephone")]
    NoPhone,
    /// The household's telephone is the helper's own: nobody consents to themselves.
    #[error("the telephone is the helper's own")]
    OwnPhone,
    /// The code was wrong, over, or asked for too often.
    #[error(transparent)]
    Code(AccountsRefusal),
    /// The photograph of the paper can't be taken.
    #[error(transparent)]
    Photo(PhotoRefusal),
    /// It is given, refused or ended already.
    #[error("decided already")]
    Decided,
    /// Nobody approves a paper that they handed in themselves.
    #[error("the officer's own paper")]
    OwnPaper,
    /// The household has not consented, or no longer does.
    #[error("no consent holds")]
    NoConsent,
}

impl AssistanceRefusal {
    /// Every code of its own, so that a test finds a message for each.
    pub const CODES: [&'static str; 7] = [
        "assistance.not_found",
        "assistance.invalid",
        "assistance.no_phone",
        "assistance.own_phone",
        "assistance.decided",
        "assistance.own_paper",
        "assistance.no_consent",
    ];

    /// One field that can't be right.
    #[must_use]
    pub fn field(field: &str, code: &str) -> Self {
        let mut errors = FieldErrors::default();
        errors.add(field, code);
        Self::Invalid(errors)
    }
}

impl Refusal for AssistanceRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::NotFound => "assistance.not_found",
            Self::Invalid(_) => "assistance.invalid",
            Self::NoPhone => "assistance.no_phone",
            Self::OwnPhone => "assistance.own_phone",
            Self::Code(refusal) => refusal.code(),
            Self::Photo(refusal) => refusal.code(),
            Self::Decided => "assistance.decided",
            Self::OwnPaper => "assistance.own_paper",
            Self::NoConsent => "assistance.no_consent",
        }
    }

    fn kind(&self) -> RefusalKind {
        match self {
            Self::NotFound => RefusalKind::NotFound,
            Self::Invalid(_) | Self::NoPhone | Self::OwnPhone => RefusalKind::Invalid,
            Self::Code(refusal) => refusal.kind(),
            Self::Photo(refusal) => refusal.kind(),
            Self::Decided => RefusalKind::Conflict,
            Self::OwnPaper | Self::NoConsent => RefusalKind::Forbidden,
        }
    }

    fn args(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::Code(refusal) => refusal.args(),
            _ => Vec::new(),
        }
    }

    fn retry_after(&self) -> Option<i64> {
        match self {
            Self::Code(refusal) => refusal.retry_after(),
            _ => None,
        }
    }

    fn fields(&self) -> &[FieldError] {
        match self {
            Self::Invalid(errors) => &errors.0,
            Self::Code(refusal) => refusal.fields(),
            _ => &[],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::date;

    #[test]
    fn nothing_is_wanted_that_nobody_ticked() {
        let errors = WishForm::default().parse().expect_err("empty");
        let fields: Vec<_> = errors.0.iter().map(|error| error.field.as_str()).collect();
        assert_eq!(fields, ["tasks", "span"]);
        let form = WishForm {
            orders: "yes".to_owned(),
            span: "6".to_owned(),
            ..WishForm::default()
        };
        let wish = form.parse().expect("a wish");
        assert_eq!((wish.tasks, wish.span), (vec![Task::Orders], Span::Half));
    }

    #[test]
    fn a_consent_lasts_a_year_at_most() {
        for span in Span::ALL {
            let end = span.end(date!(2026 - 11 - 24));
            assert!(end <= date!(2027 - 11 - 24), "{span:?}");
        }
    }
}
