//! Requests as they are kept and read.
use std::fmt;

use time::{Date, Duration, OffsetDateTime};

use super::state::{RequestEvent, RequestState};
use crate::kernel::{
    AuthorityRequestId, CommuneId, FieldError, FieldErrors, OrderCode, Refusal, RefusalKind,
    SellerId,
};
use crate::sellers::Standing;

/// Within so long of its receipt a request is answered or carried out (Law on E-commerce 122/2025). Hours of the
/// clock, nights and holidays among them.
pub const ANSWERED_WITHIN: Duration = Duration::hours(24);
/// When so little is left, the officers are told once more.
pub const WARNED_BEFORE: Duration = Duration::hours(6);
/// A request is entered at the latest so long after its receipt; an older day is a slip of the pen.
pub const ENTERED_WITHIN: Duration = Duration::days(30);
/// Looks shown on a request's page; the audit log keeps all of them.
pub const LOOKS_SHOWN: i64 = 100;

/// What an authority asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RequestKind {
    /// Data of a shop or an order.
    GiveData,
    /// To take a shop off sale.
    ShopOff,
    /// To take goods off sale.
    GoodsOff,
    /// Something else.
    Other,
}

impl RequestKind {
    /// All of them, as the form offers them.
    pub const ALL: [Self; 4] = [Self::GiveData, Self::ShopOff, Self::GoodsOff, Self::Other];

    /// As stored.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::GiveData => "give_data",
            Self::ShopOff => "shop_off",
            Self::GoodsOff => "goods_off",
            Self::Other => "other",
        }
    }

    /// The reverse of [`Self::as_str`].
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}

/// A request's running number: `YC-2026-0001`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RequestNumber {
    /// In which it was entered, by the days of Asia/Ho_Chi_Minh.
    pub year: i32,
    /// From 1, without gaps.
    pub running: i32,
}

impl fmt::Display for RequestNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "YC-{}-{:04}", self.year, self.running)
    }
}

/// What the clock of a request says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Clock {
    /// So much is left.
    Left(Duration),
    /// It is over by so much.
    Late(Duration),
    /// Closed before its end.
    InTime,
    /// Closed so much after its end.
    ClosedLate(Duration),
}

impl Clock {
    /// What the clock says at `now` of a request that is due at `due_at` and stands in `state` since then.
    #[must_use]
    pub fn read(
        due_at: OffsetDateTime,
        state: RequestState,
        state_since: OffsetDateTime,
        now: OffsetDateTime,
    ) -> Self {
        match state {
            RequestState::Open if now <= due_at => Self::Left(due_at - now),
            RequestState::Open => Self::Late(now - due_at),
            _ if state_since <= due_at => Self::InTime,
            _ => Self::ClosedLate(state_since - due_at),
        }
    }
}

/// A request in the list.
#[derive(Clone, Debug, PartialEq)]
pub struct ListedRequest {
    /// Identifier.
    pub id: AuthorityRequestId,
    /// `YC-2026-0001`.
    pub number: String,
    /// Who asks.
    pub authority: String,
    /// Number of its document.
    pub document_no: String,
    /// What is asked for.
    pub kind: RequestKind,
    /// The shop that it is about, if any.
    pub shop: Option<String>,
    /// The order that it is about, if any.
    pub order: Option<OrderCode>,
    /// Where it stands.
    pub state: RequestState,
    /// Since then, UTC.
    pub state_since: OffsetDateTime,
    /// UTC.
    pub received_at: OffsetDateTime,
    /// UTC.
    pub due_at: OffsetDateTime,
}

impl ListedRequest {
    /// What its clock says at `now`.
    #[must_use]
    pub fn clock(&self, now: OffsetDateTime) -> Clock {
        Clock::read(self.due_at, self.state, self.state_since, now)
    }
}

/// The shop that a request is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestShop {
    /// Identifier.
    pub id: SellerId,
    /// In its address.
    pub slug: String,
    /// Its name.
    pub name: String,
    /// Where it stands now.
    pub standing: Standing,
    /// Where it is.
    pub commune: CommuneId,
}

/// A request with all that belongs to it.
#[derive(Clone, Debug, PartialEq)]
pub struct Request {
    /// As in the list.
    pub listed: ListedRequest,
    /// The day on the document.
    pub document_date: Date,
    /// What is asked, in its own words.
    pub asked: String,
    /// The shop that it is about.
    pub shop: Option<RequestShop>,
    /// Whether its document was photographed.
    pub has_scan: bool,
    /// Everything that happened, the newest first.
    pub history: Vec<RequestEntry>,
    /// Who has seen it and what was taken out, the newest first, at most [`LOOKS_SHOWN`].
    pub looks: Vec<Look>,
}

/// A line of a request's history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestEntry {
    /// What happened.
    pub event: RequestEvent,
    /// UTC.
    pub at: OffsetDateTime,
    /// By whom; empty for the program itself.
    pub who: String,
    /// What was answered, why it was declined, what is to be known.
    pub text: String,
    /// Number of our letter.
    pub letter_no: String,
}

/// Somebody looked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Look {
    /// UTC.
    pub at: OffsetDateTime,
    /// Who; empty for the program itself.
    pub who: String,
    /// At what.
    pub at_what: Seen,
}

/// What was seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Seen {
    /// The request's page.
    Page,
    /// The scan of its document.
    Scan,
    /// What was taken out.
    Export(ExportRecord),
}

/// A bundle that left the house.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExportRecord {
    /// The shop's name, or the order's code.
    pub about: String,
    /// First and last day of orders and deeds.
    pub period: Days,
    /// SHA-256 of the bundle, hexadecimal.
    pub sha256: String,
    /// Its size.
    pub bytes: i64,
}

/// Days from the first to the last; where one is missing, without that bound.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Days {
    /// The first.
    pub from: Option<Date>,
    /// The last.
    pub to: Option<Date>,
}

/// Why a request is not shown or not changed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AuthoritiesRefusal {
    /// No such request, or one about the actor's own shop.
    #[error("no such request")]
    NotFound,
    /// Only for officers who answer authorities.
    #[error("not allowed")]
    NotAllowed,
    /// Something typed is wrong.
    #[error("{0}")]
    Invalid(FieldErrors),
    /// Not possible from where it stands.
    #[error("not possible now")]
    WrongState,
    /// The same form was entered before, saying something else.
    #[error("entered before with other words")]
    EnteredOtherwise,
    /// It is about no shop and no order.
    #[error("nothing to export")]
    NothingToExport,
}

impl AuthoritiesRefusal {
    /// Every code, so that a test finds a message for each.
    pub const CODES: [&'static str; 6] = [
        "authorities.not_found",
        "authorities.not_allowed",
        "authorities.invalid",
        "authorities.wrong_state",
        "authorities.entered_otherwise",
        "authorities.nothing_to_export",
    ];
}

impl Refusal for AuthoritiesRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::NotFound => "authorities.not_found",
            Self::NotAllowed => "authorities.not_allowed",
            Self::Invalid(_) => "authorities.invalid",
            Self::WrongState => "authorities.wrong_state",
            Self::EnteredOtherwise => "authorities.entered_otherwise",
            Self::NothingToExport => "authorities.nothing_to_export",
        }
    }

    fn kind(&self) -> RefusalKind {
        match self {
            Self::NotFound => RefusalKind::NotFound,
            Self::NotAllowed => RefusalKind::Forbidden,
            Self::Invalid(_) => RefusalKind::Invalid,
            Self::WrongState | Self::EnteredOtherwise | Self::NothingToExport => {
                RefusalKind::Conflict
            }
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
    use time::macros::datetime;

    use super::*;

    #[test]
    fn the_clock_runs_until_a_request_is_closed() {
        let due = datetime!(2026-11-25 03:00 UTC);
        let read = |state, since, now| Clock::read(due, state, since, now);
        let open = datetime!(2026-11-24 03:00 UTC);
        assert_eq!(
            read(RequestState::Open, open, datetime!(2026-11-24 21:40 UTC)),
            Clock::Left(Duration::minutes(320))
        );
        assert_eq!(
            read(RequestState::Open, open, due),
            Clock::Left(Duration::ZERO)
        );
        assert_eq!(
            read(RequestState::Open, open, datetime!(2026-11-25 05:00 UTC)),
            Clock::Late(Duration::hours(2))
        );
        let much_later = datetime!(2026-12-24 03:00 UTC);
        assert_eq!(
            read(RequestState::Answered, due, much_later),
            Clock::InTime,
            "at the last moment"
        );
        assert_eq!(
            read(
                RequestState::Declined,
                datetime!(2026-11-25 04:00 UTC),
                much_later
            ),
            Clock::ClosedLate(Duration::hours(1))
        );
    }

    #[test]
    fn a_number_has_at_least_four_digits() {
        let number = |running| {
            RequestNumber {
                year: 2026,
                running,
            }
            .to_string()
        };
        assert_eq!(number(1), "YC-2026-0001");
        assert_eq!(number(12_345), "YC-2026-12345");
    }
}
