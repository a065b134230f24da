//! Time: instants are UTC; business days are those of Asia/Ho_Chi_Minh.
use time::{Date, Month, OffsetDateTime, UtcOffset};

/// Indochina Time, UTC+7 without daylight saving since 1975: a constant, not a time zone file.
pub const ICT: UtcOffset = match UtcOffset::from_hms(7, 0, 0) {
    Ok(offset) => offset,
    Err(_) => UtcOffset::UTC,
};

/// The business day on which an instant falls. The one place where a day is made from an instant.
#[must_use]
pub fn business_day(instant: OffsetDateTime) -> Date {
    instant.to_offset(ICT).date()
}

/// The instant at which a business day begins.
#[must_use]
pub fn start_of_day(day: Date) -> OffsetDateTime {
    day.midnight().assume_offset(ICT)
}

/// The instant at which the day after a business day begins.
#[must_use]
pub fn end_of_day(day: Date) -> OffsetDateTime {
    start_of_day(day.saturating_add(time::Duration::DAY))
}

/// `24/11/2026`.
#[must_use]
pub fn day_text(day: Date) -> String {
    format!(
        "{:02}/{:02}/{}",
        day.day(),
        u8::from(day.month()),
        day.year()
    )
}

/// `15:04 24/11/2026`, in Indochina Time.
#[must_use]
pub fn instant_text(instant: OffsetDateTime) -> String {
    let local = instant.to_offset(ICT);
    format!(
        "{:02}:{:02} {}",
        local.hour(),
        local.minute(),
        day_text(local.date())
    )
}

/// `2026-11-24`, for addresses, machines and `<time datetime>`.
#[must_use]
pub fn iso_day(day: Date) -> String {
    format!(
        "{:04}-{:02}-{:02}",
        day.year(),
        u8::from(day.month()),
        day.day()
    )
}

/// Reads `2026-11-24` (date inputs, API) and `24/11/2026` (as people write).
#[must_use]
pub fn parse_day(text: &str) -> Option<Date> {
    let text = text.trim();
    let (year, month, day) = if text.contains('/') {
        let mut parts = text.splitn(3, '/');
        let (day, month, year) = (parts.next()?, parts.next()?, parts.next()?);
        (year, month, day)
    } else {
        let mut parts = text.splitn(3, '-');
        (parts.next()?, parts.next()?, parts.next()?)
    };
    if year.len() != 4 {
        return None;
    }
    let month = Month::try_from(month.parse::<u8>().ok()?).ok()?;
    Date::from_calendar_date(year.parse().ok()?, month, day.parse().ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::{date, datetime};

    #[test]
    fn a_day_begins_at_five_in_the_afternoon_utc() {
        assert_eq!(
            business_day(datetime!(2026-11-24 16:59:59 UTC)),
            date!(2026 - 11 - 24)
        );
        assert_eq!(
            business_day(datetime!(2026-11-24 17:00 UTC)),
            date!(2026 - 11 - 25)
        );
        assert_eq!(
            start_of_day(date!(2026 - 11 - 25)),
            datetime!(2026-11-24 17:00 UTC)
        );
    }

    #[test]
    fn days_are_read_as_people_and_machines_write_them() {
        assert_eq!(parse_day("2026-11-24"), Some(date!(2026 - 11 - 24)));
        assert_eq!(parse_day("4/1/2026"), Some(date!(2026 - 01 - 04)));
        for text in ["", "2026", "2026-02-30", "24-11-2026", "1/1/26"] {
            assert_eq!(parse_day(text), None, "{text}");
        }
    }
}
