//! The slice `certificates` as people see it: the seller's, the officer's, and the page that a code opens.
#[cfg(feature = "ssr")]
mod actions;
#[cfg(feature = "ssr")]
mod desk;
#[cfg(feature = "ssr")]
mod entry;
#[cfg(feature = "ssr")]
mod list;
#[cfg(feature = "ssr")]
mod office;
#[cfg(feature = "ssr")]
mod public;
#[cfg(feature = "ssr")]
mod received;
#[cfg(feature = "ssr")]
pub mod words;

#[cfg(feature = "ssr")]
pub use actions::routes;
