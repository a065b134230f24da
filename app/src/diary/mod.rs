//! The slice `diary` as people see it: a household what was done in its name, an officer what was asked for.
#[cfg(feature = "ssr")]
mod actions;
#[cfg(feature = "ssr")]
mod pages;
#[cfg(feature = "ssr")]
pub mod words;

#[cfg(feature = "ssr")]
pub use actions::routes;
