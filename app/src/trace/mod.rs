//! The slice `trace` as people see it: where goods come from, a seller's lots with their labels, and recalls.
#[cfg(feature = "ssr")]
mod actions;
#[cfg(feature = "ssr")]
mod desk;
#[cfg(feature = "ssr")]
mod entry;
#[cfg(feature = "ssr")]
mod labels;
#[cfg(feature = "ssr")]
mod lot;
#[cfg(feature = "ssr")]
mod office;
#[cfg(feature = "ssr")]
mod photos;
#[cfg(feature = "ssr")]
mod print;
#[cfg(feature = "ssr")]
mod public;
#[cfg(feature = "ssr")]
mod recall;
#[cfg(feature = "ssr")]
mod words;

#[cfg(feature = "ssr")]
pub use actions::routes;
