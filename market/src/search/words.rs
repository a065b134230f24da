//! Words that officers look after, as they are typed and shown.
use time::Date;

use super::typing::{key, tokens};
use crate::kernel::text::clean_line;
use crate::kernel::time::parse_day;
use crate::kernel::{FieldError, FieldErrors, PinId, Refusal, RefusalKind};

/// The longest text that is kept of a search, characters.
pub const LONGEST_TEXT: usize = 80;
/// Products that come first for one text at most.
pub const MOST_PINS: i16 = 10;
/// Terms of one group at most, and the longest, characters.
const MOST_TERMS: usize = 12;
const LONGEST_TERM: usize = 40;
/// The longest season of something that is put first, days.
const LONGEST_SEASON: i64 = 400;

/// Codes of what is wrong with a field, of this slice alone.
pub const FIELD_CODES: [&str; 7] = [
    "two_terms",
    "too_many_terms",
    "term",
    "known_term",
    "unknown_product",
    "too_many_pins",
    "season",
];

/// What an officer puts out of use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TermKind {
    /// A group of terms that stand for each other.
    Synonyms,
    /// A word that means nothing.
    StopWord,
}

impl TermKind {
    /// As addresses have it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Synonyms => "synonyms",
            Self::StopWord => "stop_word",
        }
    }

    /// The reverse of [`Self::as_str`].
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Synonyms, Self::StopWord]
            .into_iter()
            .find(|kind| kind.as_str() == text)
    }
}

/// Terms that stand for each other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SynonymGroup {
    /// Identifier.
    pub number: i32,
    /// In the order of the alphabet.
    pub terms: Vec<String>,
    /// It is out of use.
    pub is_off: bool,
    /// The officer who added it; nobody: it comes with the program.
    pub added_by: Option<String>,
}

/// A word that means nothing in a search.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StopWord {
    /// The word or words.
    pub term: String,
    /// It is out of use.
    pub is_off: bool,
    /// The officer who added it; nobody: it comes with the program.
    pub added_by: Option<String>,
}

/// A product that comes first for a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pin {
    /// Identifier.
    pub id: PinId,
    /// The text, as it was typed.
    pub text: String,
    /// The product's name, and its slug where it is on sale.
    pub product: String,
    /// In `/san-pham/{slug}`.
    pub slug: String,
    /// Its first day.
    pub starts_on: Date,
    /// Its last.
    pub ends_on: Date,
}

/// What buyers looked for in vain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Miss {
    /// As it was typed last.
    pub text: String,
    /// How often.
    pub times: i64,
    /// Something near was shown.
    pub is_near: bool,
}

/// A product to put first, as typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PinForm {
    /// What buyers type.
    pub text: String,
    /// The product's code, its slug, or its page's address.
    pub product: String,
    /// Its first day.
    pub starts_on: String,
    /// Its last.
    pub ends_on: String,
}

/// A product to put first, understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pinned {
    /// What buyers type, cleaned.
    pub text: String,
    /// The same without marks.
    pub key: String,
    /// The product's code or slug.
    pub product: String,
    /// Its first day.
    pub starts_on: Date,
    /// Its last.
    pub ends_on: Date,
}

impl PinForm {
    /// Understands what was typed.
    ///
    /// # Errors
    /// All that is wrong, field by field.
    pub fn read(&self) -> Result<Pinned, FieldErrors> {
        let mut errors = FieldErrors::default();
        let text = clean_line(&self.text);
        let key = key(&tokens(&text));
        if key.is_empty() {
            errors.add("text", "required");
        } else if text.chars().count() > LONGEST_TEXT {
            errors.add_with("text", "too_long", &[("max", LONGEST_TEXT.to_string())]);
        }
        let product = self.product.trim().trim_end_matches('/');
        let product = product.rsplit('/').next().unwrap_or_default().to_owned();
        if product.is_empty() {
            errors.add("product", "required");
        }
        let mut day = |field: &str, typed: &str| {
            let day = parse_day(typed);
            if day.is_none() {
                errors.add(
                    field,
                    if typed.trim().is_empty() {
                        "required"
                    } else {
                        "day"
                    },
                );
            }
            day
        };
        let (starts_on, ends_on) = (
            day("starts_on", &self.starts_on),
            day("ends_on", &self.ends_on),
        );
        if let (Some(first), Some(last)) = (starts_on, ends_on)
            && !(0..=LONGEST_SEASON).contains(&(last - first).whole_days())
        {
            errors.add("ends_on", "season");
        }
        match (starts_on, ends_on) {
            (Some(starts_on), Some(ends_on)) if errors.is_empty() => Ok(Pinned {
                text,
                key,
                product,
                starts_on,
                ends_on,
            }),
            _ => Err(errors),
        }
    }
}

/// Reads `khóm = dứa = thơm`, with `=` or commas between the terms.
///
/// # Errors
/// At `terms`: fewer than two, more than a dozen, or one that is no word or too long.
pub fn read_synonyms(text: &str) -> Result<Vec<String>, FieldErrors> {
    let mut terms: Vec<String> = text
        .split(['=', ',', ';', '\n'])
        .map(term)
        .filter(|term| !term.is_empty())
        .collect();
    terms.sort_unstable();
    terms.dedup();
    let wrong = if terms.len() < 2 {
        Some("two_terms")
    } else if terms.len() > MOST_TERMS {
        Some("too_many_terms")
    } else if terms.iter().any(|term| !is_term(term)) {
        Some("term")
    } else {
        None
    };
    match wrong {
        None => Ok(terms),
        Some(code) => {
            let mut errors = FieldErrors::default();
            errors.add("terms", code);
            Err(errors)
        }
    }
}

/// Reads a word that means nothing.
///
/// # Errors
/// At `term`: nothing, no word, or too long.
pub fn read_stop_word(text: &str) -> Result<String, FieldErrors> {
    let term = term(text);
    if is_term(&term) {
        return Ok(term);
    }
    let mut errors = FieldErrors::default();
    errors.add("term", if term.is_empty() { "required" } else { "term" });
    Err(errors)
}

/// A term as it is kept: its words alone, in lower case.
fn term(text: &str) -> String {
    let words: Vec<String> = tokens(text).into_iter().map(|token| token.marked).collect();
    words.join(" ")
}

fn is_term(term: &str) -> bool {
    term.chars().any(char::is_alphabetic) && term.chars().count() <= LONGEST_TERM
}

/// Why words are not changed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SearchRefusal {
    /// Not an officer who looks after the province's goods.
    #[error("not allowed")]
    NotAllowed,
    /// There is no such entry.
    #[error("no such entry")]
    NotFound,
    /// Something typed is wrong.
    #[error("something typed is wrong")]
    Invalid(FieldErrors),
}

impl SearchRefusal {
    /// All codes.
    pub const CODES: [&'static str; 3] =
        ["search.not_allowed", "search.not_found", "search.invalid"];
}

impl Refusal for SearchRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::NotAllowed => "search.not_allowed",
            Self::NotFound => "search.not_found",
            Self::Invalid(_) => "search.invalid",
        }
    }

    fn kind(&self) -> RefusalKind {
        match self {
            Self::NotAllowed => RefusalKind::Forbidden,
            Self::NotFound => RefusalKind::NotFound,
            Self::Invalid(_) => RefusalKind::Invalid,
        }
    }

    fn fields(&self) -> &[FieldError] {
        match self {
            Self::Invalid(errors) => &errors.0,
            Self::NotAllowed | Self::NotFound => &[],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn synonyms_are_read_however_they_are_parted() {
        assert_eq!(
            read_synonyms("Khóm = dứa, THƠM ; dứa").unwrap(),
            ["dứa", "khóm", "thơm"]
        );
        for (text, code) in [
            ("khóm", "two_terms"),
            ("khóm = 12", "term"),
            ("= ,", "two_terms"),
        ] {
            let errors = read_synonyms(text).unwrap_err();
            assert_eq!(
                errors.of("terms").map(|error| error.code.as_str()),
                Some(code),
                "{text}"
            );
        }
    }

    #[test]
    fn a_product_is_named_by_its_code_or_its_page() {
        let form = |product: &str| PinForm {
            text: " Quà  Tết ".to_owned(),
            product: product.to_owned(),
            starts_on: "01/12/2026".to_owned(),
            ends_on: "31/01/2027".to_owned(),
        };
        let read = form("https://cho.vn/san-pham/mut-gung/").read().unwrap();
        assert_eq!(
            (read.product.as_str(), read.key.as_str()),
            ("mut-gung", "qua tet")
        );
        assert_eq!(form("HG-001").read().unwrap().product, "HG-001");
        let wrong = PinForm {
            ends_on: "31/11/2026".to_owned(),
            ..PinForm::default()
        };
        let errors = wrong.read().unwrap_err();
        let fields: Vec<&str> = errors.0.iter().map(|error| error.field.as_str()).collect();
        assert_eq!(fields, ["text", "product", "starts_on", "ends_on"]);
    }
}
