//! How goods come to their buyers and what that costs: by how far and how heavy, by the household itself, or fetched.
//! Rates are data with a day of effect; a shop may have its own.
pub mod pool;
pub mod rates;
pub mod settings;
pub mod ways;
pub mod weekdays;

#[cfg(feature = "server")]
pub mod commands;
#[cfg(feature = "server")]
pub mod queries;

pub use pool::*;
pub use rates::*;
pub use settings::*;
pub use ways::*;
pub use weekdays::*;
