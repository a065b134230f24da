//! What buyers placed, one part for each seller. Promises: the same form twice is one order; goods are set
//! aside in the transaction that makes the order, never more than there are; every step is allowed by the
//! one table and stays in the history; a recall names every buyer of a lot and nobody else;
//! what was promised of goods to come is moved by the buyer's answer alone.
pub mod contact;
pub mod delivery;
pub mod lots;
pub mod messages;
pub mod packing;
pub mod state;
pub mod substitutes;
pub mod types;
pub mod ways;

#[cfg(feature = "server")]
pub mod commands;
#[cfg(feature = "server")]
pub mod export;
#[cfg(feature = "server")]
pub mod queries;

pub use contact::*;
pub use delivery::*;
pub use lots::*;
pub use messages::*;
pub use state::*;
pub use substitutes::*;
pub use types::*;
pub use ways::*;
