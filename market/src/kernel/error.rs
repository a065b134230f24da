//! Two kinds of trouble: refusals, which a person meets and can mend, and faults, which only we can.
use serde::{Deserialize, Serialize};
use std::fmt;

/// What kind of refusal, from which HTTP makes its status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RefusalKind {
    /// Something typed is wrong: 422.
    Invalid,
    /// Nobody knows the person: 401.
    Unauthenticated,
    /// The person may not: 403.
    Forbidden,
    /// There is no such thing, or it is someone else's: 404.
    NotFound,
    /// It can't be done in the present state: 409.
    Conflict,
    /// Too often: 429.
    TooMany,
    /// Larger than allowed: 413.
    TooLarge,
}

/// A refusal that a person can meet: a stable code, which the pages translate, never a text.
pub trait Refusal: std::error::Error + Send + Sync + 'static {
    /// Stable, `slice.what`; the key of its message under `refusal.` and the type of a REST problem.
    fn code(&self) -> &'static str;
    /// Gives the HTTP status.
    fn kind(&self) -> RefusalKind;
    /// What the message mentions, by name.
    fn args(&self) -> Vec<(&'static str, String)> {
        Vec::new()
    }
    /// Seconds after which it is worth another try, where that is known; the message mentions them as `wait`.
    fn retry_after(&self) -> Option<i64> {
        None
    }
    /// The fields that are wrong, where it is about fields.
    fn fields(&self) -> &[FieldError] {
        &[]
    }
}

/// What is wrong with one field of a form or a request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldError {
    /// The field's name as the form and the API have it.
    pub field: String,
    /// Translated under `field.`: `required`, `too_long`, `phone`, …
    pub code: String,
    /// What the message mentions (`max`, `min`, …).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub args: Vec<(String, String)>,
}

/// Collects what is wrong with a form, field by field, so that all is shown in one go.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct FieldErrors(pub Vec<FieldError>);

impl FieldErrors {
    /// Notes that `field` is wrong.
    pub fn add(&mut self, field: &str, code: &str) {
        self.add_with(field, code, &[]);
    }

    /// Reads what was typed as a telephone number; `None` where it is none, which is noted.
    pub fn phone(&mut self, field: &str, text: &str) -> Option<super::Phone> {
        let phone = super::Phone::parse(text).ok();
        if text.trim().is_empty() {
            self.add(field, "required");
        } else if phone.is_none() {
            self.add(field, "phone");
        }
        phone
    }

    /// Notes that a quantity is not one in which it is sold: from `minimum` on, in steps.
    pub fn add_step(
        &mut self,
        field: &str,
        minimum: super::Quantity,
        step: super::Quantity,
        unit: &str,
    ) {
        let sizes = [
            ("minimum", minimum.to_string()),
            ("step", step.to_string()),
            ("unit", unit.to_owned()),
        ];
        self.add_with(field, "step", &sizes);
    }

    /// Notes that `field` is wrong, with what the message mentions.
    pub fn add_with(&mut self, field: &str, code: &str, args: &[(&str, String)]) {
        self.0.push(FieldError {
            field: field.to_owned(),
            code: code.to_owned(),
            args: args
                .iter()
                .map(|(name, value)| ((*name).to_owned(), value.clone()))
                .collect(),
        });
    }

    /// Adds what else is wrong, but for fields that are told already, by themselves or by what they stand in.
    pub fn add_untold(&mut self, more: Self) {
        for error in more.0 {
            let is_told = self.0.iter().any(|told| {
                error
                    .field
                    .strip_prefix(told.field.as_str())
                    .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
            });
            if !is_told {
                self.0.push(error);
            }
        }
    }

    /// Whether nothing is wrong.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What is wrong with `field`, if anything: the first thing.
    #[must_use]
    pub fn of(&self, field: &str) -> Option<&FieldError> {
        self.0.iter().find(|error| error.field == field)
    }

    /// A required line of text of at most `max` characters; notes what is wrong and answers the cleaned text.
    pub fn line(&mut self, field: &str, text: &str, max: usize) -> String {
        let text = super::text::clean_line(text);
        if text.is_empty() {
            self.add(field, "required");
        } else if text.chars().count() > max {
            self.add_with(field, "too_long", &[("max", max.to_string())]);
        }
        text
    }

    /// Notes what is wrong with an e-mail address; `None` where it was left empty.
    pub fn email(&mut self, field: &str, text: &str) -> Option<String> {
        let text = super::text::clean_line(text);
        if text.is_empty() {
            return None;
        }
        if !super::email::is_email(&text) {
            self.add(field, "email");
        }
        Some(text)
    }

    /// Like [`Self::line`], but may be left empty and may have several lines.
    pub fn optional_text(&mut self, field: &str, text: &str, max: usize) -> String {
        let text = super::text::clean_text(text);
        if text.chars().count() > max {
            self.add_with(field, "too_long", &[("max", max.to_string())]);
        }
        text
    }
}

impl fmt::Display for FieldErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, error) in self.0.iter().enumerate() {
            write!(
                f,
                "{}{}: {}",
                if index > 0 { ", " } else { "" },
                error.field,
                error.code
            )?;
        }
        Ok(())
    }
}

#[cfg(feature = "server")]
pub use with_storage::{Failure, Fault, broken_row};

#[cfg(feature = "server")]
mod with_storage {
    use super::Refusal;

    /// Trouble that no user can mend: the database, the disk, a broken row. Logged once with its causes
    /// where the request ends, shown as "something went wrong" with a reference.
    #[derive(Debug, thiserror::Error)]
    #[error(transparent)]
    pub struct Fault(Box<dyn std::error::Error + Send + Sync>);

    impl Fault {
        /// From any error, or from a sentence.
        pub fn new(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
            Self(cause.into())
        }

        /// Somebody else was faster in a way that a second try finds settled.
        #[must_use]
        pub fn overtaken() -> Self {
            Self(Box::new(Overtaken))
        }

        /// Whether the transaction can simply be tried again: overtaken, or ended by the database with a
        /// serialisation failure (40001) or deadlock (40P01).
        #[must_use]
        pub fn is_transient(&self) -> bool {
            if self.0.is::<Overtaken>() {
                return true;
            }
            self.0
                .downcast_ref::<sqlx::Error>()
                .and_then(sqlx::Error::as_database_error)
                .and_then(sqlx::error::DatabaseError::code)
                .is_some_and(|code| code == "40001" || code == "40P01")
        }
    }

    #[derive(Debug, thiserror::Error)]
    #[error("overtaken by another transaction")]
    struct Overtaken;

    impl From<sqlx::Error> for Fault {
        fn from(error: sqlx::Error) -> Self {
            Self(Box::new(error))
        }
    }

    impl From<std::io::Error> for Fault {
        fn from(error: std::io::Error) -> Self {
            Self(Box::new(error))
        }
    }

    /// What a use case answers when it does not do what was asked.
    #[derive(Debug, thiserror::Error)]
    pub enum Failure<R> {
        /// The user can do something about it.
        #[error(transparent)]
        Refused(R),
        /// Only we can.
        #[error(transparent)]
        Fault(#[from] Fault),
    }

    impl<R: Refusal> From<R> for Failure<R> {
        fn from(refusal: R) -> Self {
            Self::Refused(refusal)
        }
    }

    impl<R> From<sqlx::Error> for Failure<R> {
        fn from(error: sqlx::Error) -> Self {
            Self::Fault(error.into())
        }
    }

    impl<R: Refusal> Failure<R> {
        /// For callers that nobody can refuse, such as a worker: a refusal is a fault there.
        pub fn into_fault(self) -> Fault {
            match self {
                Self::Refused(refusal) => Fault::new(refusal),
                Self::Fault(fault) => fault,
            }
        }
    }

    impl<R> Failure<R> {
        /// Carries a failure of an inner slice outwards.
        pub fn map<S>(self, refusal: impl FnOnce(R) -> S) -> Failure<S> {
            match self {
                Self::Refused(inner) => Failure::Refused(refusal(inner)),
                Self::Fault(fault) => Failure::Fault(fault),
            }
        }
    }

    /// A row that can't be turned into its domain type: names table, column and row.
    pub fn broken_row(table: &str, column: &str, row: impl std::fmt::Display) -> Fault {
        Fault::new(format!(
            "{table}.{column} of row {row} holds what no program wrote"
        ))
    }
}
