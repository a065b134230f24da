//! What is listed, in which variants, and what is there of it. Promises: stock is never oversold and always
//! the sum of its movements; a draft is never lost; what is published has a name, a price and a photograph, and an
//! officer has looked at what it says.
pub mod combos;
pub mod content;
pub mod listing;
pub mod supply;
pub mod types;

#[cfg(feature = "server")]
pub mod commands;
#[cfg(feature = "server")]
pub mod export;
#[cfg(feature = "server")]
pub mod queries;
#[cfg(feature = "server")]
mod rows;
#[cfg(feature = "server")]
pub mod sets;

pub use combos::*;
pub use content::*;
pub use listing::*;
pub use supply::*;
pub use types::*;
