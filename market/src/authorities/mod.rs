//! What authorities ask for: a register with a clock of 24 hours, what was done about each request, what left the
//! house with it, and who has seen it. Promises: only officers with that permission for all of the province come
//! near; the shop that a request is about reads nothing of it; every look and every export is on record.
pub mod form;
pub mod state;
pub mod types;

#[cfg(feature = "server")]
mod bundle;
#[cfg(feature = "server")]
pub mod commands;
#[cfg(feature = "server")]
pub mod queries;

pub use form::*;
pub use state::{RequestEvent, RequestState, transition};
pub use types::*;
