//! People, sessions, tokens of the REST API and roles. Promises: nothing stored signs anybody in; whether a
//! number has an account can't be learned; each sign-in and each token is on record.
pub mod forms;
pub mod types;

#[cfg(feature = "server")]
pub mod commands;
#[cfg(feature = "server")]
mod password;
#[cfg(feature = "server")]
pub mod queries;

pub use forms::*;
pub use types::*;
