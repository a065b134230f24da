//! What a person meets when signing in.
use serde::Deserialize;
use time::OffsetDateTime;

use crate::kernel::limit::TooOften;
use crate::kernel::{
    FieldError, FieldErrors, PersonId, Phone, RecoveryId, Refusal, RefusalKind, Role, SessionId,
};

/// What a one-time code is for: a code for one thing opens nothing else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CodePurpose {
    /// Signing in or up with a telephone.
    SignIn,
    /// Changing to a new telephone.
    NewPhone,
    /// A household lets a helper act for it.
    Consent,
    /// Getting an account back whose telephone is lost.
    Recovery,
    /// Becoming the owner of a shop that has none.
    Owner,
}

impl CodePurpose {
    /// Every one of them, so that a test finds a text for each.
    pub const ALL: [Self; 5] = [
        Self::SignIn,
        Self::NewPhone,
        Self::Consent,
        Self::Recovery,
        Self::Owner,
    ];

    /// As stored.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SignIn => "sign_in",
            Self::NewPhone => "new_phone",
            Self::Consent => "consent",
            Self::Recovery => "recovery",
            Self::Owner => "owner",
        }
    }

    /// Which message carries it.
    #[must_use]
    pub const fn message(self) -> &'static str {
        match self {
            Self::SignIn => "code_sign_in",
            Self::NewPhone => "code_new_phone",
            Self::Consent => "code_consent",
            Self::Recovery => "code_recovery",
            Self::Owner => "code_owner",
        }
    }
}

/// Who it is, asked once more before what can't be taken back.
#[derive(Clone, Copy)]
pub struct Again<'a> {
    /// The cookie of the session that asks.
    pub token: &'a str,
    /// The password as typed; empty where there is none, or the sign-in was a moment ago.
    pub password: &'a str,
}

/// The text about personal data that people agree to; a new text has a new version.
pub const PERSONAL_DATA_VERSION: &str = "2026-11";

/// What a new account needs, as typed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct SignUpForm {
    /// How to greet them.
    pub name: String,
    /// `yes` once ticked.
    pub agreed: String,
}

/// What a new account needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewAccount {
    /// How to greet them.
    pub name: String,
}

impl SignUpForm {
    /// Understands what was typed.
    ///
    /// # Errors
    /// All that is wrong, field by field; nobody is taken to agree who did not say so.
    pub fn parse(&self) -> Result<NewAccount, FieldErrors> {
        let mut errors = FieldErrors::default();
        let name = errors.line("name", &self.name, 100);
        if self.agreed != "yes" {
            errors.add("agreed", "agree");
        }
        if errors.is_empty() {
            Ok(NewAccount { name })
        } else {
            Err(errors)
        }
    }
}

/// A password to be set, as typed.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub struct PasswordForm {
    /// The one of before, where there is one.
    pub current: String,
    /// The new one, once: it can be shown while typing.
    pub new: String,
}

/// A password that may be set.
pub struct NewPassword {
    /// The one of before; empty where there is none.
    pub current: String,
    /// The new one.
    pub new: String,
}

/// A session as its owner sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionOfPerson {
    /// By which its owner ends it.
    pub id: SessionId,
    /// What the device calls itself: `Chrome, Android`.
    pub device: String,
    /// Where it was begun from.
    pub address: String,
    /// UTC.
    pub begun_at: OffsetDateTime,
    /// UTC, within ten minutes.
    pub seen_at: OffsetDateTime,
    /// The one that asks.
    pub is_this: bool,
}

/// A person as they see themselves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// How to greet them.
    pub name: String,
    /// By which they sign in.
    pub phone: Phone,
    /// Where they gave one.
    pub email: Option<String>,
    /// Whether they can also sign in by password.
    pub has_password: bool,
    /// Somebody says that this telephone is lost, and that it is another from the instant on.
    pub recovery: Option<OpenRecovery>,
    /// The last used first.
    pub sessions: Vec<SessionOfPerson>,
}

/// A recovery that has not held yet, as its person may object to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenRecovery {
    /// Identifier.
    pub id: RecoveryId,
    /// Who vouches.
    pub by: String,
    /// UTC.
    pub holds_from: OffsetDateTime,
}

/// Somebody on the list of those who are trusted with something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trusted {
    /// Identifier.
    pub person: PersonId,
    /// The name.
    pub name: String,
    /// By which they sign in.
    pub phone: Phone,
    /// All of them.
    pub roles: Vec<Role>,
    /// Their sessions that are alive.
    pub sessions: i64,
}

/// Why somebody is not let in, or can't change what they want to.
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
    /// Too long ago that the telephone was proven, or by another installation.
    #[error("the proof of the telephone is over")]
    ProofOver,
    /// It needs an account.
    #[error("nobody is signed in")]
    NotSignedIn,
    /// The sign-in is too long ago for this.
    #[error("sign in again first")]
    SignInAgain,
    /// Another account has the number.
    #[error("another account has the number")]
    PhoneTaken,
    /// No such account, or not one that the actor may help.
    #[error("nobody to help with that number")]
    NobodyToHelp,
    /// One is under way.
    #[error("a recovery is under way")]
    RecoveryWaits,
    /// A shop of theirs would be without an owner.
    #[error("a shop would be without an owner")]
    OwnsShop,
    /// Nobody would be left to run the installation.
    #[error("the last administrator")]
    LastAdmin,
    /// Only an administrator may.
    #[error("not an administrator")]
    NotAnAdmin,
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
    pub const CODES: [&'static str; 16] = [
        "accounts.wrong_credentials",
        "accounts.too_many_tries",
        "accounts.code_too_soon",
        "accounts.code_wrong",
        "accounts.code_over",
        "accounts.proof_over",
        "accounts.not_signed_in",
        "accounts.sign_in_again",
        "accounts.phone_taken",
        "accounts.nobody_to_help",
        "accounts.recovery_waits",
        "accounts.owns_shop",
        "accounts.last_admin",
        "accounts.not_an_admin",
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
            Self::ProofOver => "accounts.proof_over",
            Self::NotSignedIn => "accounts.not_signed_in",
            Self::SignInAgain => "accounts.sign_in_again",
            Self::PhoneTaken => "accounts.phone_taken",
            Self::NobodyToHelp => "accounts.nobody_to_help",
            Self::RecoveryWaits => "accounts.recovery_waits",
            Self::OwnsShop => "accounts.owns_shop",
            Self::LastAdmin => "accounts.last_admin",
            Self::NotAnAdmin => "accounts.not_an_admin",
            Self::Invalid(_) => "accounts.invalid",
            Self::NobodyHoldsRole { .. } => "accounts.nobody_holds_role",
        }
    }

    fn kind(&self) -> RefusalKind {
        match self {
            Self::WrongCredentials | Self::NotSignedIn => RefusalKind::Unauthenticated,
            Self::TooManyTries(_) | Self::CodeTooSoon(_) => RefusalKind::TooMany,
            Self::CodeWrong { .. } | Self::CodeOver | Self::ProofOver | Self::Invalid(_) => {
                RefusalKind::Invalid
            }
            Self::SignInAgain | Self::NotAnAdmin => RefusalKind::Forbidden,
            Self::PhoneTaken | Self::RecoveryWaits | Self::OwnsShop | Self::LastAdmin => {
                RefusalKind::Conflict
            }
            Self::NobodyToHelp | Self::NobodyHoldsRole { .. } => RefusalKind::NotFound,
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
