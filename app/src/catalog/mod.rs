//! The slice `catalog` as people see it: lists, products, and what they are made of.
#[cfg(feature = "ssr")]
mod actions;
#[cfg(feature = "ssr")]
pub mod differences;
#[cfg(feature = "ssr")]
mod office;
#[cfg(feature = "ssr")]
pub mod pages;
#[cfg(feature = "ssr")]
pub mod parts;
#[cfg(feature = "ssr")]
mod seeking;
#[cfg(feature = "ssr")]
pub mod words;

#[cfg(feature = "ssr")]
pub use actions::routes;
