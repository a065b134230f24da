//! Making parcels, moving them on, and having a carrier's program carry them.
mod booking;
mod hear;
mod look;
mod part;
mod round;
mod step;

pub use booking::{Answer, Due, answer, book, claim, unbook};
pub use hear::{Heard, hear};
pub use look::look_at;
pub use part::{advance, deliver_paid, pack, receive};
pub use round::{Marked, mark};
pub use step::{act, set_details};
