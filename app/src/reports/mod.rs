//! The slice `reports` as the province sees it.
#[cfg(feature = "ssr")]
mod actions;
#[cfg(feature = "ssr")]
mod chart;
#[cfg(feature = "ssr")]
mod pages;

#[cfg(feature = "ssr")]
pub use actions::routes;
#[cfg(feature = "ssr")]
pub use pages::{quoted, row_name};
