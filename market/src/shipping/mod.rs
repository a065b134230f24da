//! How goods come to their buyers and what that costs: by how far and how heavy, by the household itself, or fetched.
//! Rates are data with a day of effect; a shop may have its own.
pub mod rates;
pub mod settings;
pub mod ways;

#[cfg(feature = "server")]
pub mod commands;
#[cfg(feature = "server")]
pub mod queries;

pub use rates::*;
pub use settings::*;
pub use ways::*;
