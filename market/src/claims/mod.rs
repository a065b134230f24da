//! What buyers ask for once goods have arrived, and how it is settled. Promises: fresh goods are never sent back; each
//! side has so long as the published table says, and what happens when it lets that pass is in the one table of steps;
//! where buyer and seller don't agree, an officer hears both and decides with a reason; money moves once, line by line,
//! and never more than a line cost.
pub mod deadlines;
pub mod form;
pub mod state;
pub mod types;

#[cfg(feature = "server")]
pub mod commands;
#[cfg(feature = "server")]
pub mod queries;

pub use deadlines::*;
pub use form::*;
pub use state::*;
pub use types::*;
