//! Days of the week on which a household comes.
use time::{Date, Weekday};

/// The days of a week.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Weekdays(u8);

impl Weekdays {
    /// From Monday on, as weeks run.
    pub const ALL: [Weekday; 7] = [
        Weekday::Monday,
        Weekday::Tuesday,
        Weekday::Wednesday,
        Weekday::Thursday,
        Weekday::Friday,
        Weekday::Saturday,
        Weekday::Sunday,
    ];

    /// These days.
    #[must_use]
    pub fn of(days: impl Iterator<Item = Weekday>) -> Self {
        Self(days.fold(0, |bits, day| bits | (1 << day.number_days_from_monday())))
    }

    /// As stored: Monday is 1, Tuesday 2, Wednesday 4, and so on.
    #[must_use]
    pub const fn bits(self) -> i16 {
        self.0 as i16
    }

    /// The reverse of [`Self::bits`].
    #[must_use]
    pub fn from_bits(bits: i16) -> Option<Self> {
        let bits = u8::try_from(bits).ok()?;
        (bits < 128).then_some(Self(bits))
    }

    /// Whether that day is one of them.
    #[must_use]
    pub const fn has(self, day: Weekday) -> bool {
        self.0 & (1 << day.number_days_from_monday()) != 0
    }

    /// As people write them in short: `T2, T7, CN`.
    #[must_use]
    pub fn text(self) -> String {
        let days: Vec<String> = Self::ALL
            .into_iter()
            .filter(|day| self.has(*day))
            .map(|day| match day {
                Weekday::Sunday => "CN".to_owned(),
                other => format!("T{}", other.number_from_monday() + 1),
            })
            .collect();
        days.join(", ")
    }

    /// Whether there is none.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The first `count` of these days from `from` on, none after `until` or after a month.
    pub fn next(self, from: Date, until: Option<Date>, count: usize) -> impl Iterator<Item = Date> {
        std::iter::successors(Some(from), |day| day.next_day())
            .take(31)
            .take_while(move |day| until.is_none_or(|until| *day <= until))
            .filter(move |day| self.has(day.weekday()))
            .take(count)
    }
}
