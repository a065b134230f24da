//! Money asked for and received. Every payment says whose hands the money comes into; by default straight
//! into the household's, so that a payment belongs to one seller's part of an order.
pub mod state;

#[cfg(feature = "server")]
pub mod commands;

pub use state::*;
