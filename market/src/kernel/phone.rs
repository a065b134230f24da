//! Vietnamese telephone numbers.
use serde::{Deserialize, Serialize};
use std::fmt;

/// A Vietnamese number in E.164: `+84` and 9 digits for a mobile (03 05 07 08 09), 9 or 10 for a landline (02).
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Phone(String);

/// The text is not a Vietnamese telephone number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a Vietnamese telephone number")]
pub struct NotAPhone;

/// 11-digit mobile prefixes until September 2018 and what replaced them (Decision 798/QĐ-BTTTT).
const OLD_PREFIXES: [(&str, &str); 24] = [
    ("0162", "032"),
    ("0163", "033"),
    ("0164", "034"),
    ("0165", "035"),
    ("0166", "036"),
    ("0167", "037"),
    ("0168", "038"),
    ("0169", "039"),
    ("0120", "070"),
    ("0121", "079"),
    ("0122", "077"),
    ("0126", "076"),
    ("0128", "078"),
    ("0123", "083"),
    ("0124", "084"),
    ("0125", "085"),
    ("0127", "081"),
    ("0129", "082"),
    ("0186", "056"),
    ("0188", "058"),
    ("0199", "059"),
    ("0182", "052"),
    ("0183", "053"),
    ("0184", "054"),
];

impl Phone {
    /// Reads what Vietnamese people write: `0912 345 678`, `+84 912.345.678`, `84912345678`, `0168 …`.
    ///
    /// # Errors
    /// `NotAPhone` where nothing else can be meant.
    pub fn parse(text: &str) -> Result<Self, NotAPhone> {
        let mut digits = String::with_capacity(text.len());
        for character in text.trim().chars() {
            match character {
                '0'..='9' => digits.push(character),
                '+' if digits.is_empty() => {}
                '.' | '-' | '–' | '/' | '(' | ')'
                // Telephone books wrap a number that is copied in invisible marks.
                | '\u{200b}'..='\u{200f}'
                | '\u{202a}'..='\u{202e}'
                | '\u{2060}'..='\u{2069}' => {}
                other if other.is_whitespace() => {}
                _ => return Err(NotAPhone),
            }
        }
        let abroad = digits.strip_prefix("00").unwrap_or(&digits);
        let mut national = match abroad.strip_prefix("84") {
            Some(rest) if abroad.len() >= 11 => format!("0{}", rest.trim_start_matches('0')),
            _ => digits,
        };
        if national.len() == 11
            && let Some((old, new)) = OLD_PREFIXES
                .iter()
                .find(|(old, _)| national.starts_with(old))
        {
            national.replace_range(..old.len(), new);
        }
        let mobile = national.len() == 10
            && ["03", "05", "07", "08", "09"]
                .iter()
                .any(|start| national.starts_with(start));
        let landline = (national.len() == 10 || national.len() == 11) && national.starts_with("02");
        if mobile || landline {
            Ok(Self(format!("+84{}", &national[1..])))
        } else {
            Err(NotAPhone)
        }
    }

    /// `+84912345678`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// With all but the last three digits hidden, for lists: `•••• ••• 678`.
    #[must_use]
    pub fn masked(&self) -> String {
        format!("•••• ••• {}", &self.0[self.0.len() - 3..])
    }
}

impl fmt::Display for Phone {
    /// As people read it: `0912 345 678`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let national = format!("0{}", &self.0[3..]);
        let (head, tail) = national.split_at(national.len() - 6);
        write!(f, "{head} {} {}", &tail[..3], &tail[3..])
    }
}

impl TryFrom<String> for Phone {
    type Error = NotAPhone;
    fn try_from(text: String) -> Result<Self, NotAPhone> {
        Self::parse(&text)
    }
}

impl From<Phone> for String {
    fn from(phone: Phone) -> Self {
        phone.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_people_write() {
        for text in [
            "0912345678",
            "0912 345 678",
            "+84 912.345.678",
            "84912345678",
            "(0912) 345-678",
            "+840912345678",
            "+84 (0) 912 345 678",
            "0084 912 345 678",
            "0912/345/678",
            "\u{202a}0912 345\u{a0}678\u{202c}",
        ] {
            assert_eq!(
                Phone::parse(text).map(String::from),
                Ok("+84912345678".to_owned()),
                "{text}"
            );
        }
        assert_eq!(
            Phone::parse("0168 123 4567").map(String::from),
            Ok("+84381234567".to_owned())
        );
        assert_eq!(
            Phone::parse("0293 3876 543").map(String::from),
            Ok("+842933876543".to_owned())
        );
    }

    #[test]
    fn refuses_what_is_no_number() {
        for text in [
            "",
            "12345",
            "0112345678",
            "abc",
            "091234567",
            "09123456789",
            "+1 202 555 0100",
            "0912+345678",
        ] {
            assert_eq!(Phone::parse(text), Err(NotAPhone), "{text}");
        }
    }

    #[test]
    fn is_shown_in_groups_or_masked() {
        let phone = Phone::parse("0912345678").expect("a mobile number");
        assert_eq!(phone.to_string(), "0912 345 678");
        assert_eq!(phone.masked(), "•••• ••• 678");
    }
}
