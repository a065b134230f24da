//! The slice `cart` as people see it.
#[cfg(feature = "ssr")]
mod actions;
pub mod islands;
#[cfg(feature = "ssr")]
mod pages;

#[cfg(feature = "ssr")]
pub use actions::{filled, place_of, routes, view_of};
#[cfg(feature = "ssr")]
pub use pages::{delivered_together, line_name, line_problem};
