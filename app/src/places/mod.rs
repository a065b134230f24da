//! The slice `places` as people see it.
#[cfg(feature = "ssr")]
mod actions;

#[cfg(feature = "ssr")]
pub use actions::routes;
