//! The slice `imports` as officers and cooperatives see it.
#[cfg(feature = "ssr")]
mod actions;
#[cfg(feature = "ssr")]
mod pages;

#[cfg(feature = "ssr")]
pub use actions::routes;
