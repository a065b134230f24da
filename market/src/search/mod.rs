//! Finding products as Vietnamese people type. Promises: what isn't published is never found; where nothing
//! has all that was asked for, what is shown is marked as near; the same list of weights ranks every list.
pub mod form;
pub mod ranking;
pub mod types;
pub mod typing;
pub mod words;

#[cfg(feature = "server")]
mod asked;
#[cfg(feature = "server")]
mod cache;
#[cfg(feature = "server")]
pub mod commands;
#[cfg(feature = "server")]
pub mod engine;
#[cfg(feature = "server")]
mod guard;
#[cfg(feature = "server")]
mod lexicon;
#[cfg(feature = "server")]
mod meaning;
#[cfg(feature = "server")]
mod meili;
#[cfg(feature = "server")]
mod postgres;
#[cfg(feature = "server")]
pub mod queries;
#[cfg(feature = "server")]
mod rows;
#[cfg(feature = "server")]
mod wanted;

#[cfg(feature = "server")]
pub use asked::understand;
#[cfg(feature = "server")]
pub use engine::SearchEngine;
#[cfg(feature = "server")]
pub use guard::{Breaker, Guarded};
#[cfg(feature = "server")]
pub use meili::{Feeder, MeiliEngine, MeiliSettings};
#[cfg(feature = "server")]
pub use postgres::PostgresEngine;
#[cfg(feature = "server")]
pub use queries::prices::{AskedPrice, asked_prices, known_names};
#[cfg(feature = "server")]
pub use queries::{Target, group_pictures};
pub use types::*;
