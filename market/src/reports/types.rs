//! Questions to the reports and their answers.
use serde::{Deserialize, Serialize};
use time::{Date, Duration, Month};

use crate::kernel::{FieldError, FieldErrors, Quantity, Refusal, RefusalKind, Vnd};

/// By what a report is broken down.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum By {
    /// Business day.
    #[default]
    Day,
    /// Calendar month.
    Month,
    /// OCOP group.
    Group,
    /// OCOP stars on the day of sale.
    Stars,
    /// The seller's commune.
    Commune,
    /// Shop.
    Seller,
    /// Product.
    Product,
    /// Where it was sold: our own floor or another.
    Channel,
    /// How it was paid.
    PaymentMethod,
}

impl By {
    /// All, in the order of the tabs.
    pub const ALL: [Self; 9] = [
        Self::Day,
        Self::Month,
        Self::Commune,
        Self::Group,
        Self::Stars,
        Self::Seller,
        Self::Product,
        Self::Channel,
        Self::PaymentMethod,
    ];

    /// As the API has it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Month => "month",
            Self::Group => "group",
            Self::Stars => "stars",
            Self::Commune => "commune",
            Self::Seller => "seller",
            Self::Product => "product",
            Self::Channel => "channel",
            Self::PaymentMethod => "payment_method",
        }
    }

    /// The reverse of [`Self::as_str`].
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|by| by.as_str() == text)
    }
}

/// On which map communes are read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Places {
    /// As the map was until June 2025.
    Before,
    /// As it is since July 2025.
    #[default]
    After,
}

/// With what a period is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Compare {
    /// As many days just before it.
    Previous,
    /// The same days a year earlier.
    Year,
}

/// Business days from the first to the last, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Period {
    /// First day.
    pub from: Date,
    /// Last day.
    pub to: Date,
}

impl Period {
    /// The last `days` days up to `today`.
    #[must_use]
    pub fn last(days: i64, today: Date) -> Self {
        Self {
            from: today.saturating_sub(Duration::days(days - 1)),
            to: today,
        }
    }

    /// Number of days.
    #[must_use]
    pub fn days(self) -> i64 {
        (self.to - self.from).whole_days() + 1
    }

    /// What it is compared with.
    #[must_use]
    pub fn compared(self, with: Compare) -> Self {
        match with {
            Compare::Previous => {
                let to = self.from.saturating_sub(Duration::days(1));
                Self {
                    from: to.saturating_sub(Duration::days(self.days() - 1)),
                    to,
                }
            }
            Compare::Year => Self {
                from: year_earlier(self.from),
                to: year_earlier(self.to),
            },
        }
    }
}

/// The same day a year earlier; 28 February for the 29th.
fn year_earlier(day: Date) -> Date {
    let is_leap_day = day.month() == Month::February && day.day() == 29;
    Date::from_calendar_date(
        day.year() - 1,
        day.month(),
        if is_leap_day { 28 } else { day.day() },
    )
    .unwrap_or(day)
}

/// A question as typed or sent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SalesForm {
    /// First day; the last 30 days where nothing is said.
    pub from: String,
    /// Last day; today where nothing is said.
    pub to: String,
    /// One of [`By`].
    pub by: String,
    /// before, after.
    pub places: String,
    /// previous, year; nothing: no comparison.
    pub compare: String,
}

/// A question understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SalesQuery {
    /// Which days.
    pub period: Period,
    /// Broken down by what.
    pub by: By,
    /// On which map.
    pub places: Places,
    /// Beside what.
    pub compare: Option<Compare>,
}

impl SalesForm {
    /// The longest period of one report, days.
    pub const LONGEST: i64 = 3660;

    /// Understands what was asked.
    ///
    /// # Errors
    /// All that is wrong, field by field.
    pub fn parse(&self, today: Date) -> Result<SalesQuery, FieldErrors> {
        let mut errors = FieldErrors::default();
        let mut day = |field: &str, text: &str, default: Date| match text.trim() {
            "" => default,
            text => crate::kernel::time::parse_day(text).unwrap_or_else(|| {
                errors.add(field, "day");
                default
            }),
        };
        let to = day("to", &self.to, today);
        let from = day("from", &self.from, to.saturating_sub(Duration::days(29)));
        let period = Period { from, to };
        if from > to {
            errors.add("from", "after_end");
        } else if period.days() > Self::LONGEST {
            errors.add("from", "too_early");
        }
        let mut choice = |field: &str, text: &str, is_known: bool| {
            if !text.is_empty() && !is_known {
                errors.add(field, "choose");
            }
        };
        let by = By::parse(&self.by);
        choice("by", &self.by, by.is_some());
        let places = match self.places.as_str() {
            "before" => Some(Places::Before),
            "after" => Some(Places::After),
            _ => None,
        };
        choice("places", &self.places, places.is_some());
        let compare = match self.compare.as_str() {
            "previous" => Some(Compare::Previous),
            "year" => Some(Compare::Year),
            _ => None,
        };
        choice("compare", &self.compare, compare.is_some());
        if errors.is_empty() {
            Ok(SalesQuery {
                period,
                by: by.unwrap_or_default(),
                places: places.unwrap_or_default(),
                compare,
            })
        } else {
            Err(errors)
        }
    }
}

/// Sums of one row or of all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sums {
    /// Orders with at least one such line.
    pub orders: i64,
    /// Goods, each in its own unit.
    pub units: Quantity,
    /// Goods sold, without delivery and without what was called off.
    pub gross: Vnd,
    /// Of that, what came back.
    pub refunds: Vnd,
    /// Of the gross: delivered and paid.
    pub settled: Vnd,
}

impl Sums {
    /// Gross less refunds.
    #[must_use]
    pub const fn net(&self) -> Vnd {
        Vnd(self.gross.0 - self.refunds.0)
    }
}

/// One row of a report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SalesRow {
    /// `2026-11-24`, `2026-11`, group, stars, commune code, slug, product code, …
    pub key: String,
    /// In Vietnamese; empty where the page must word it (groups, stars, channels, methods).
    pub label: String,
    /// Of the period.
    pub sums: Sums,
    /// Of what it is compared with, where the row was there.
    pub compared: Option<Sums>,
}

/// A whole report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SalesReport {
    /// What was asked.
    pub query: SalesQuery,
    /// Days and months in order, the rest by net amount.
    pub rows: Vec<SalesRow>,
    /// Of the whole period; an order counts once.
    pub totals: Sums,
    /// Of the whole period it is compared with.
    pub compared: Option<Sums>,
    /// Shops that sold, delivered and were paid.
    pub shops_paid: Paid,
    /// The same in the period it is compared with.
    pub shops_paid_compared: Option<Paid>,
}

/// How many sold, delivered and were paid: the figure that leads everything.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Paid {
    /// Households.
    pub households: i64,
    /// All sellers.
    pub sellers: i64,
}

/// Why there is no report.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReportsRefusal {
    /// Fields that can't be right.
    #[error("invalid: {0}")]
    Invalid(FieldErrors),
    /// Only officers of the province may.
    #[error("not an officer")]
    NotAnOfficer,
}

impl ReportsRefusal {
    /// Every code, so that a test finds a message for each.
    pub const CODES: [&'static str; 2] = ["reports.invalid", "reports.not_an_officer"];
}

impl Refusal for ReportsRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::Invalid(_) => "reports.invalid",
            Self::NotAnOfficer => "reports.not_an_officer",
        }
    }

    fn kind(&self) -> RefusalKind {
        match self {
            Self::Invalid(_) => RefusalKind::Invalid,
            Self::NotAnOfficer => RefusalKind::Forbidden,
        }
    }

    fn fields(&self) -> &[FieldError] {
        match self {
            Self::Invalid(errors) => &errors.0,
            Self::NotAnOfficer => &[],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::date;

    #[test]
    fn periods_are_compared_with_as_many_days() {
        let period = Period {
            from: date!(2026 - 11 - 01),
            to: date!(2026 - 11 - 30),
        };
        assert_eq!(period.days(), 30);
        assert_eq!(
            period.compared(Compare::Previous),
            Period {
                from: date!(2026 - 10 - 02),
                to: date!(2026 - 10 - 31)
            }
        );
        assert_eq!(
            period.compared(Compare::Year),
            Period {
                from: date!(2025 - 11 - 01),
                to: date!(2025 - 11 - 30)
            }
        );
        assert_eq!(year_earlier(date!(2024 - 02 - 29)), date!(2023 - 02 - 28));
    }

    #[test]
    fn everything_wrong_with_a_question_is_told() {
        let form = SalesForm {
            from: "x".to_owned(),
            by: "moon".to_owned(),
            compare: "never".to_owned(),
            ..SalesForm::default()
        };
        let errors = form.parse(date!(2026 - 11 - 24)).expect_err("wrong");
        let fields: Vec<_> = errors.0.iter().map(|error| error.field.as_str()).collect();
        assert_eq!(fields, ["from", "by", "compare"]);
        let swapped = SalesForm {
            from: "2026-11-02".to_owned(),
            to: "2026-11-01".to_owned(),
            ..SalesForm::default()
        };
        assert!(swapped.parse(date!(2026 - 11 - 24)).is_err());
    }
}
