//! Programs that hear of what happens. Promises: what is told is signed as Standard Webhooks 1.0 has it; it is sent
//! until it is answered or three days have passed, and never holds up anything else; nobody hears of a shop's orders
//! who may not see them.
pub mod types;

pub mod commands;
pub mod queries;

pub use types::*;
