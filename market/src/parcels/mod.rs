//! What happens to goods between the household's hands and the buyer's. Promises: a seller's part has one parcel, of
//! one box or several, made when it is packed; each step is allowed by the one table, stays in the history and only ever
//! leads on; what a parcel does its part does in the same transaction; a carrier is asked until it answers, outside of
//! any transaction, and what it tells twice, late or in another order changes nothing; a collector's mark is one event,
//! however often and from how many phones it arrives.
mod round;
pub mod state;
pub mod types;

#[cfg(feature = "server")]
pub mod carrier;
#[cfg(feature = "server")]
pub mod commands;
#[cfg(feature = "server")]
mod ghn;
#[cfg(feature = "server")]
pub mod queries;

pub use round::*;
pub use state::*;
pub use types::*;

#[cfg(feature = "server")]
pub use carrier::{Booked, Carrier, Consignment, NotTaken, Notice, Quote, Trouble};
#[cfg(feature = "server")]
pub use ghn::{Ghn, GhnSettings};
