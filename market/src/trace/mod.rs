//! Where goods come from: a lot for each harvest or batch, what was used for it, pictures of the field, and its page
//! for whoever holds a package. Promises: what a lot says of itself is written once and stays; whatever happens to it
//! is in its history; nothing is sold from a lot that was recalled.
pub mod code;
pub mod form;
pub mod state;
pub mod types;

#[cfg(feature = "server")]
pub mod commands;
#[cfg(feature = "server")]
pub mod queries;

pub use code::{Gtin, LotCode};
pub use form::{FIELD_CODES, InputForm, LotForm, NewLot, RecallForm, RecallWords};
pub use state::{LotEvent, LotState, transition};
pub use types::*;
