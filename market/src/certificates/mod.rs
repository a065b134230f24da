//! OCOP certificates: stars show only while one is valid, 36 months from the decision.
pub mod types;

#[cfg(feature = "server")]
pub mod commands;

pub use types::*;
