//! What delivery costs: by how far and how heavy. Rates are data with a day of effect.
pub mod rates;

#[cfg(feature = "server")]
pub mod queries;

pub use rates::*;
