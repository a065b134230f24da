//! The slice `places` as people see it: finding a commune under today's or its former name.
#[cfg(feature = "ssr")]
mod actions;
#[cfg(feature = "ssr")]
mod field;
pub mod islands;

#[cfg(feature = "ssr")]
pub use actions::{Choice, read, routes};
#[cfg(feature = "ssr")]
pub use field::{CommuneField, TypedCommune};
