//! Deeds as they are asked for and read.
use serde::{Deserialize, Serialize};
use time::{Date, OffsetDateTime};

use crate::kernel::{FieldErrors, Phone, Refusal, RefusalKind};

/// Deeds on a page.
pub const PER_PAGE: i64 = 50;

/// Behind which deed a page begins: its instant in microseconds and its number, as an address carries them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cursor {
    /// Microseconds since 1970, UTC.
    pub at: i64,
    /// The row.
    pub id: i64,
}

impl Cursor {
    /// As in an address: `1764000000000000-17`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (at, id) = text.split_once('-')?;
        Some(Self {
            at: at.parse().ok()?,
            id: id.parse().ok()?,
        })
    }
}

impl std::fmt::Display for Cursor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}-{}", self.at, self.id)
    }
}

/// One field of what a deed changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Its name.
    pub field: String,
    /// What it was; empty where nothing is known.
    pub before: String,
    /// What it became.
    pub after: String,
}

/// What somebody did.
#[derive(Clone, Debug, PartialEq)]
pub struct DeedEntry {
    /// For the next page.
    pub cursor: Cursor,
    /// UTC.
    pub at: OffsetDateTime,
    /// `product.published`, …
    pub action: String,
    /// `helper`, `seller`, `officer`, `system`, …
    pub actor_kind: String,
    /// Who, where it was a person.
    pub person: Option<String>,
    /// The shop that it is about.
    pub seller: Option<String>,
    /// That it was done in that shop's name by a helper.
    pub is_on_behalf: bool,
    /// What it was done to, where that has a name.
    pub subject: Option<String>,
    /// Network address, in part.
    pub address: String,
    /// What changed, field by field.
    pub changes: Vec<Change>,
}

/// A page of deeds, the newest first.
#[derive(Clone, Debug, PartialEq)]
pub struct Deeds {
    /// At most [`PER_PAGE`].
    pub rows: Vec<DeedEntry>,
    /// Where the next page begins.
    pub next: Option<Cursor>,
}

/// What an officer looks for, as typed.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub struct SearchForm {
    /// Telephone or name of who did it.
    pub person: String,
    /// Name or address of the shop.
    pub seller: String,
    /// The deed's word or its beginning up to the dot: `consent`, `consent.ended`.
    pub action: String,
    /// First day.
    pub from: String,
    /// Last day.
    pub to: String,
    /// Behind which deed.
    #[serde(skip_serializing)]
    pub sau: String,
}

/// How a person is named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Who {
    /// By telephone.
    Phone(Phone),
    /// By a part of the name.
    Name(String),
}

/// What an officer looks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Search {
    /// Who did it.
    pub person: Option<Who>,
    /// About which shop.
    pub seller: Option<String>,
    /// What was done.
    pub action: Option<String>,
    /// From the beginning of that day.
    pub from: Option<Date>,
    /// To the end of that day.
    pub to: Option<Date>,
    /// Behind which deed.
    pub after: Option<Cursor>,
}

impl SearchForm {
    /// Understands what was typed.
    ///
    /// # Errors
    /// All that is wrong, field by field.
    pub fn parse(&self) -> Result<Search, FieldErrors> {
        let mut errors = FieldErrors::default();
        let given = |text: &str| {
            let text = crate::kernel::text::clean_line(text);
            (!text.is_empty()).then_some(text)
        };
        let mut day = |field: &str, text: &str| {
            let text = given(text)?;
            let day = crate::kernel::time::parse_day(&text);
            if day.is_none() {
                errors.add(field, "day");
            }
            day
        };
        let (from, to) = (day("from", &self.from), day("to", &self.to));
        if let (Some(from), Some(to)) = (from, to)
            && from > to
        {
            errors.add("from", "after_end");
        }
        if errors.is_empty() {
            Ok(Search {
                person: given(&self.person).map(|text| match Phone::parse(&text) {
                    Ok(phone) => Who::Phone(phone),
                    Err(_) => Who::Name(text),
                }),
                seller: given(&self.seller),
                action: given(&self.action),
                from,
                to,
                after: Cursor::parse(&self.sau),
            })
        } else {
            Err(errors)
        }
    }

    /// Whether nothing is asked for but the newest.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        [
            &self.person,
            &self.seller,
            &self.action,
            &self.from,
            &self.to,
        ]
        .iter()
        .all(|text| text.trim().is_empty())
    }
}

/// Why nothing is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DiaryRefusal {
    /// Not this actor's to read.
    #[error("not found")]
    NotFound,
}

impl Refusal for DiaryRefusal {
    fn code(&self) -> &'static str {
        "diary.not_found"
    }

    fn kind(&self) -> RefusalKind {
        RefusalKind::NotFound
    }
}

/// A network address as others may see it: which network, not which device.
#[must_use]
pub fn masked_address(address: &str) -> String {
    let (mark, kept) = if address.contains(':') {
        (':', 2)
    } else {
        ('.', 2)
    };
    let parts: Vec<&str> = address.split(mark).take(kept).collect();
    if address.is_empty() {
        String::new()
    } else {
        format!("{}{mark}…", parts.join(&mark.to_string()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_tells_the_network_only() {
        assert_eq!(masked_address("203.0.113.7"), "203.0.…");
        assert_eq!(masked_address("2001:db8:1:2::"), "2001:db8:…");
        assert_eq!(masked_address(""), "");
    }

    #[test]
    fn a_search_is_read_as_typed() {
        let form = SearchForm {
            person: "0912 345 678".to_owned(),
            from: "2026-11-24".to_owned(),
            sau: "5-7".to_owned(),
            ..SearchForm::default()
        };
        let search = form.parse().expect("right");
        assert_eq!(search.after, Some(Cursor { at: 5, id: 7 }));
        assert!(matches!(search.person, Some(Who::Phone(_))));
        let wrong = SearchForm {
            from: "mai".to_owned(),
            ..SearchForm::default()
        };
        assert!(wrong.parse().is_err());
    }
}
