//! What the programme says of every certificate: groups, sets, and the rules of the decision it was issued under.
use std::fmt;

use serde::{Deserialize, Serialize};
use time::{Date, Month};

use super::MarkKind;

/// The six OCOP groups (919/QĐ-TTg).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Group {
    /// Thực phẩm.
    Food,
    /// Đồ uống.
    Drink,
    /// Dược liệu và sản phẩm từ dược liệu.
    Herbal,
    /// Thủ công mỹ nghệ.
    Craft,
    /// Sinh vật cảnh.
    Ornamental,
    /// Dịch vụ du lịch cộng đồng, du lịch sinh thái và điểm du lịch.
    Tourism,
}

impl Group {
    /// All, in the programme's order.
    pub const ALL: [Self; 6] = [
        Self::Food,
        Self::Drink,
        Self::Herbal,
        Self::Craft,
        Self::Ornamental,
        Self::Tourism,
    ];

    /// As stored and as the API has it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Food => "food",
            Self::Drink => "drink",
            Self::Herbal => "herbal",
            Self::Craft => "craft",
            Self::Ornamental => "ornamental",
            Self::Tourism => "tourism",
        }
    }

    /// The reverse of [`Self::as_str`].
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|group| group.as_str() == text)
    }

    /// As the province's lists print it.
    #[must_use]
    pub const fn name_vi(self) -> &'static str {
        match self {
            Self::Food => "Thực phẩm",
            Self::Drink => "Đồ uống",
            Self::Herbal => "Dược liệu",
            Self::Craft => "Thủ công mỹ nghệ",
            Self::Ornamental => "Sinh vật cảnh",
            Self::Tourism => "Du lịch nông thôn",
        }
    }
}

/// The decision under whose rules a certificate was issued; a certificate keeps its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Regime {
    /// `26/2026/QĐ-TTg`.
    pub code: String,
    /// No certificate of this regime was decided before.
    pub valid_from: Date,
    /// For how many months a certificate is valid.
    pub months: u8,
    /// From how many points on there are three, four and five stars.
    pub least: [u8; 3],
}

impl Regime {
    /// The last day of a certificate decided on `day`.
    #[must_use]
    pub fn last_day(&self, day: Date) -> Date {
        last_day(day, self.months)
    }

    /// The least score with which so many stars are given.
    #[must_use]
    pub fn least_score(&self, stars: u8) -> Score {
        let at = usize::from(stars.clamp(3, 5) - 3);
        Score(u16::from(self.least[at]) * 100)
    }

    /// The most points with which only so many stars are given. The province gives up to four: a product with the
    /// points for five keeps four until the centre has judged it.
    #[must_use]
    pub fn most_score(&self, stars: u8) -> Score {
        if stars == 3 {
            Score(u16::from(self.least[1]) * 100 - 1)
        } else {
            Score(10_000)
        }
    }
}

/// The last day of a certificate that was decided on `day` for so many months: the day before the same day of that
/// month.
#[must_use]
pub fn last_day(day: Date, months: u8) -> Date {
    let months = i32::from(u8::from(day.month())) - 1 + i32::from(months);
    let year = day.year() + months / 12;
    let month = Month::January.nth_next(u8::try_from(months % 12).unwrap_or(0));
    // Where the month lacks the day, the same day is the first of the next.
    let same = Date::from_calendar_date(year, month, day.day()).or_else(|_| {
        let year = year + i32::from(month == Month::December);
        Date::from_calendar_date(year, month.next(), 1)
    });
    same.ok().and_then(Date::previous_day).unwrap_or(Date::MAX)
}

/// A product set under a group, by the regime that defines it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OcopSet {
    /// The regime's code.
    pub regime: String,
    /// 1 to 26 under 26/2026/QĐ-TTg.
    pub number: u8,
    /// Its group.
    pub group: Group,
    /// In Vietnamese.
    pub name_vi: String,
    /// In English.
    pub name_en: String,
}

/// All regimes, the newest first, their sets, and the marks: what a form is understood by.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Programme {
    /// The newest first.
    pub regimes: Vec<Regime>,
    /// In the order of their numbers.
    pub sets: Vec<OcopSet>,
    /// The marks beside OCOP.
    pub marks: &'static [MarkKind],
}

impl Programme {
    /// The regime of that code as people write it: `148`, `148/qđ-ttg`, `26/2026/QĐ-TTg`.
    #[must_use]
    pub fn regime(&self, text: &str) -> Option<&Regime> {
        let asked = crate::kernel::text::fold(text);
        self.regimes.iter().find(|regime| {
            let code = crate::kernel::text::fold(&regime.code);
            !asked.is_empty()
                && (code == asked || code.strip_suffix(" qd ttg") == Some(asked.as_str()))
        })
    }

    /// The sets that a regime defines.
    pub fn sets_of<'p>(&'p self, regime: &'p str) -> impl Iterator<Item = &'p OcopSet> {
        self.sets.iter().filter(move |set| set.regime == regime)
    }
}

/// Points out of 100, in hundredths of a point.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Score(pub u16);

impl Score {
    /// Reads `78`, `78,5`, `78.25`: 0 to 100, two decimals at most.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim().replace(',', ".");
        let (whole, part) = text.split_once('.').unwrap_or((&text, ""));
        let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if whole.is_empty() || whole.len() > 3 || part.len() > 2 || !digits(whole) || !digits(part)
        {
            return None;
        }
        let hundredths: u16 = format!("{part:0<2}").parse().ok()?;
        let score = whole.parse::<u16>().ok()? * 100 + hundredths;
        (score <= 10_000).then_some(Self(score))
    }
}

impl fmt::Display for Score {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, part) = (self.0 / 100, self.0 % 100);
        match (part, part % 10) {
            (0, _) => write!(f, "{whole}"),
            (_, 0) => write!(f, "{whole},{}", part / 10),
            _ => write!(f, "{whole},{part:02}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use time::macros::date;

    fn regime(months: u8) -> Regime {
        Regime {
            code: "26/2026/QĐ-TTg".to_owned(),
            valid_from: date!(2026 - 05 - 22),
            months,
            least: [50, 70, 90],
        }
    }

    #[test]
    fn a_certificate_runs_so_many_months_less_a_day() {
        for (months, from, to) in [
            (36, date!(2023 - 11 - 24), date!(2026 - 11 - 23)),
            (36, date!(2024 - 02 - 29), date!(2027 - 02 - 28)),
            (36, date!(2024 - 01 - 01), date!(2026 - 12 - 31)),
            (18, date!(2024 - 08 - 31), date!(2026 - 02 - 28)),
            (1, date!(2024 - 12 - 31), date!(2025 - 01 - 30)),
        ] {
            assert_eq!(regime(months).last_day(from), to);
        }
    }

    #[test]
    fn scores_are_read_as_people_write_them() {
        for (text, hundredths, shown) in [
            ("78", 7800, "78"),
            (" 78,5 ", 7850, "78,5"),
            ("78.05", 7805, "78,05"),
            ("100", 10_000, "100"),
            ("0", 0, "0"),
        ] {
            assert_eq!(Score::parse(text), Some(Score(hundredths)), "{text}");
            assert_eq!(Score(hundredths).to_string(), shown);
        }
        for text in [
            "", "100,01", "1000", "7,855", "-1", "+1", "bảy", "1,2,3", ".5",
        ] {
            assert_eq!(Score::parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_regime_is_found_by_its_number() {
        let programme = Programme {
            regimes: vec![regime(36)],
            sets: Vec::new(),
            marks: &[],
        };
        for text in ["26/2026", "26/2026/qd-ttg", " 26/2026/QĐ-TTg "] {
            assert!(programme.regime(text).is_some(), "{text}");
        }
        for text in ["", "26", "2026", "148/QĐ-TTg"] {
            assert!(programme.regime(text).is_none(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn a_score_is_read_back(hundredths in 0u16..=10_000) {
            prop_assert_eq!(Score::parse(&Score(hundredths).to_string()), Some(Score(hundredths)));
        }
    }
}
