//! Provinces and communes on both maps, before July 2025 and since, and what each became.
pub mod types;

#[cfg(feature = "server")]
pub mod commands;
#[cfg(feature = "server")]
pub mod queries;
#[cfg(feature = "server")]
mod rows;

pub use types::{CodeReading, CodeToday, Commune, PlaceHit, PlaceReading, Province, named_among};
