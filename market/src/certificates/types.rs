//! What a certificate says.
use time::{Date, Month};

use crate::kernel::CertificateId;

/// An OCOP certificate as printed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Certificate {
    /// Identifier.
    pub id: CertificateId,
    /// Short public code.
    pub code: String,
    /// 3 to 5.
    pub stars: u8,
    /// Number of the certificate.
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
    /// Whether its stars may be shown on `day` (a business day).
    #[must_use]
    pub fn is_valid_on(&self, day: Date) -> bool {
        self.decided_on <= day && day <= self.valid_to
    }
}

/// For how long a certificate is valid.
pub const MONTHS: i32 = 36;

/// The last day of a certificate decided on `day`: 36 months (148/QĐ-TTg, 26/2026/QĐ-TTg), less a day.
#[must_use]
pub fn last_day(day: Date) -> Date {
    let year = day.year() + MONTHS / 12;
    let same = if day.month() == Month::February && day.day() == 29 {
        Date::from_calendar_date(year, Month::March, 1)
    } else {
        Date::from_calendar_date(year, day.month(), day.day())
    };
    same.ok().and_then(Date::previous_day).unwrap_or(Date::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::date;

    #[test]
    fn runs_thirty_six_months() {
        assert_eq!(last_day(date!(2023 - 11 - 24)), date!(2026 - 11 - 23));
        assert_eq!(last_day(date!(2024 - 02 - 29)), date!(2027 - 02 - 28));
        assert_eq!(last_day(date!(2024 - 01 - 01)), date!(2026 - 12 - 31));
    }
}
