//! Carts of guests and accounts. A cart keeps only what and how much: price, stock and shop are looked up
//! whenever it shows, so that it never lies.
pub mod types;

#[cfg(feature = "server")]
pub mod commands;
#[cfg(feature = "server")]
pub mod queries;

pub use types::*;
