//! Listing products and keeping their stock.
pub mod import;
pub mod listing;
pub mod photo_order;
pub mod reference;
pub mod stock;

pub use import::adopt_code;
pub use listing::*;
pub use photo_order::*;
