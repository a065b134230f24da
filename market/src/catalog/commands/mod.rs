//! Listing products, looking at what is listed, and keeping their stock.
pub mod combos;
mod content;
pub mod harvests;
pub mod import;
pub mod listing;
pub mod offers;
pub mod photos;
pub mod reference;
pub mod review;
pub mod stock;

pub use combos::{is_in_combos, set_parts};
pub use harvests::*;
pub use import::adopt_code;
pub use listing::*;
pub use offers::*;
pub use photos::*;
pub use review::*;
