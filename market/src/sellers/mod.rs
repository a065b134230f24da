//! Households, cooperatives and enterprises that sell, and who acts for them: begun by telephone, filled in step by
//! step, looked at by an officer of the commune, restricted only with notice and reason.
pub mod member;
pub mod numbers;
pub mod shop;
pub mod state;
pub mod types;

#[cfg(feature = "server")]
pub mod commands;
#[cfg(feature = "server")]
pub mod export;
#[cfg(feature = "server")]
pub mod identity;
#[cfg(feature = "server")]
pub mod queries;

pub use member::*;
pub use shop::*;
pub use state::{Mover, ShopEvent, Standing, transition};
pub use types::*;
