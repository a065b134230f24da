//! The slice `accounts` as people see it: signing in and out.
#[cfg(feature = "ssr")]
mod actions;

#[cfg(feature = "ssr")]
pub use actions::routes;
