//! Neighbours who help households to sell (*tổ công nghệ số cộng đồng*). Promises: nobody acts for a household
//! without its consent, told by a code to its telephone or signed on paper that an officer has looked at; a
//! consent says for what and until when, and ends at once when the household says so; a helper changes neither
//! a consent nor a bank account.
pub mod types;

#[cfg(feature = "server")]
pub mod commands;
#[cfg(feature = "server")]
pub mod queries;

pub use types::*;
