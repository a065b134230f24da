//! Placing orders and moving them on.
pub mod advance;
pub mod place;

pub use advance::{advance, complete, part_of_order, unconfirmed_in_time};
pub use place::place;
