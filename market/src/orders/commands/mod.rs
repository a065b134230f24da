//! Placing orders, finding them again and moving them on.
pub mod advance;
mod delivery;
pub mod follow;
mod forget;
mod lots;
pub mod place;
pub mod recall;

pub use advance::{advance, complete, part_of_order, unconfirmed_in_time};
pub use delivery::{answer_delivery, move_delivery};
pub use follow::follow;
pub use forget::forget_contacts;
pub use lots::assign_lots;
pub use place::place;
