//! Households, cooperatives and enterprises that sell, and who acts for them.
pub mod types;

#[cfg(feature = "server")]
pub mod commands;
#[cfg(feature = "server")]
pub mod queries;

pub use types::*;
