//! Placing orders, finding them again and moving them on.
pub mod advance;
pub mod follow;
mod forget;
pub mod place;

pub use advance::{advance, complete, part_of_order, unconfirmed_in_time};
pub use follow::follow;
pub use forget::forget_contacts;
pub use place::place;
