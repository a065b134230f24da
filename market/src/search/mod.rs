//! Finding products as Vietnamese people type. Promises: what isn't published is never found; where nothing
//! has all that was asked for, what is shown is marked as near; the same list of weights ranks every list.
pub mod form;
pub mod ranking;
pub mod types;
pub mod typing;

#[cfg(feature = "server")]
mod asked;
#[cfg(feature = "server")]
mod cache;
#[cfg(feature = "server")]
pub mod commands;
#[cfg(feature = "server")]
pub mod engine;
#[cfg(feature = "server")]
mod lexicon;
#[cfg(feature = "server")]
mod queries;
#[cfg(feature = "server")]
mod rows;

#[cfg(feature = "server")]
pub use asked::understand;
#[cfg(feature = "server")]
pub use engine::{PostgresEngine, SearchEngine};
#[cfg(feature = "server")]
pub use queries::group_pictures;
#[cfg(feature = "server")]
pub use queries::prices::{AskedPrice, asked_prices, known_names};
pub use types::*;
