//! What a person meets when signing in.
use crate::kernel::limit::TooOften;
use crate::kernel::{FieldError, FieldErrors, Refusal, RefusalKind};

/// What a one-time code is for: a code for one thing opens nothing else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CodePurpose {
    /// Signing in or up with a telephone.
    SignIn,
    /// Changing to a new telephone.
    NewPhone,
    /// A household lets a helper act for it.
    Consent,
}

impl CodePurpose {
    /// Every one of them, so that a test finds a text for each.
    pub const ALL: [Self; 3] = [Self::SignIn, Self::NewPhone, Self::Consent];

    /// As stored.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SignIn => "sign_in",
            Self::NewPhone => "new_phone",
            Self::Consent => "consent",
        }
    }

    /// Which message carries it.
    #[must_use]
    pub const fn message(self) -> &'static str {
        match self {
            Self::SignIn => "code_sign_in",
            Self::NewPhone => "code_new_phone",
            Self::Consent => "code_consent",
        }
    }
}

/// Why somebody is not let in.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AccountsRefusal {
    /// Number or password is wrong; deliberately not said which.
    #[error("number or password is wrong")]
    WrongCredentials,
    /// Too many failures for this number, or from this address.
    #[error("too many failures: {0}")]
    TooManyTries(TooOften),
    /// A code was asked for too soon after another.
    #[error("another code too soon: {0}")]
    CodeTooSoon(TooOften),
    /// Not the code that was sent.
    #[error("wrong code, {left} tries left")]
    CodeWrong {
        /// How often it may still be tried.
        left: i16,
    },
    /// The code is used, too old, or was tried too often.
    #[error("the code is over")]
    CodeOver,
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
    pub const CODES: [&'static str; 7] = [
        "accounts.wrong_credentials",
        "accounts.too_many_tries",
        "accounts.code_too_soon",
        "accounts.code_wrong",
        "accounts.code_over",
        "accounts.invalid",
        "accounts.nobody_holds_role",
    ];
}

impl Refusal for AccountsRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::WrongCredentials => "accounts.wrong_credentials",
            Self::TooManyTries(_) => "accounts.too_many_tries",
            Self::CodeTooSoon(_) => "accounts.code_too_soon",
            Self::CodeWrong { .. } => "accounts.code_wrong",
            Self::CodeOver => "accounts.code_over",
            Self::Invalid(_) => "accounts.invalid",
            Self::NobodyHoldsRole { .. } => "accounts.nobody_holds_role",
        }
    }

    fn kind(&self) -> RefusalKind {
        match self {
            Self::WrongCredentials => RefusalKind::Unauthenticated,
            Self::TooManyTries(_) | Self::CodeTooSoon(_) => RefusalKind::TooMany,
            Self::CodeWrong { .. } | Self::CodeOver | Self::Invalid(_) => RefusalKind::Invalid,
            Self::NobodyHoldsRole { .. } => RefusalKind::NotFound,
        }
    }

    fn args(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::CodeWrong { left } => vec![("left", left.to_string())],
            Self::NobodyHoldsRole { role } => vec![("role", role.clone())],
            _ => Vec::new(),
        }
    }

    fn retry_after(&self) -> Option<i64> {
        match self {
            Self::TooManyTries(often) | Self::CodeTooSoon(often) => often.retry_after(),
            _ => None,
        }
    }

    fn fields(&self) -> &[FieldError] {
        match self {
            Self::Invalid(errors) => &errors.0,
            _ => &[],
        }
    }
}
