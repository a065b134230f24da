//! What a person meets when signing in.
use crate::kernel::{FieldError, FieldErrors, Refusal, RefusalKind};

/// Why somebody is not let in.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AccountsRefusal {
    /// Number or password is wrong; deliberately not said which.
    #[error("number or password is wrong")]
    WrongCredentials,
    /// Too many failures for this number.
    #[error("too many failures, wait {minutes} minutes")]
    TooManyTries {
        /// Until the next try counts.
        minutes: i64,
    },
    /// Fields that can't be right.
    #[error("invalid: {0}")]
    Invalid(FieldErrors),
    /// No sample person or account with that role.
    #[error("nobody holds the role {role}")]
    NobodyHoldsRole {
        /// The role asked for.
        role: String,
    },
}

impl AccountsRefusal {
    /// Every code, so that a test finds a message for each.
    pub const CODES: [&'static str; 4] = [
        "accounts.wrong_credentials",
        "accounts.too_many_tries",
        "accounts.invalid",
        "accounts.nobody_holds_role",
    ];
}

impl Refusal for AccountsRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::WrongCredentials => "accounts.wrong_credentials",
            Self::TooManyTries { .. } => "accounts.too_many_tries",
            Self::Invalid(_) => "accounts.invalid",
            Self::NobodyHoldsRole { .. } => "accounts.nobody_holds_role",
        }
    }

    fn kind(&self) -> RefusalKind {
        match self {
            Self::WrongCredentials => RefusalKind::Unauthenticated,
            Self::TooManyTries { .. } => RefusalKind::TooMany,
            Self::Invalid(_) => RefusalKind::Invalid,
            Self::NobodyHoldsRole { .. } => RefusalKind::NotFound,
        }
    }

    fn args(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::TooManyTries { minutes } => vec![("minutes", minutes.to_string())],
            Self::NobodyHoldsRole { role } => vec![("role", role.clone())],
            _ => Vec::new(),
        }
    }

    fn fields(&self) -> &[FieldError] {
        match self {
            Self::Invalid(errors) => &errors.0,
            _ => &[],
        }
    }
}
