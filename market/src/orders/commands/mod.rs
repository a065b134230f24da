//! Placing orders, finding them again and moving them on.
mod addresses;
pub mod advance;
mod combos;
mod delivery;
pub mod follow;
mod forget;
mod lots;
mod messages;
pub mod notices;
pub mod place;
pub mod recall;
mod settle;
mod substitutes;
mod ways;

pub use addresses::{forget_address, keep_address};
pub use advance::{advance, complete, has_open_claim, part_of_order, unconfirmed_in_time};
pub use delivery::{answer_delivery, move_delivery};
pub use follow::follow;
pub use forget::forget_contacts;
pub use lots::assign_lots;
pub use messages::{say, see_messages};
pub use notices::{tell_called_off, tell_shops};
pub use place::place;
pub use settle::{Settled, settle};
pub use substitutes::{decline_substitute, offer_substitute, take_substitute};
