//! The slice `shipping` as people see it: how goods come to their buyers, what a shop says about that, its pick-up
//! points.
#[cfg(feature = "ssr")]
mod actions;
#[cfg(feature = "ssr")]
mod desk;
#[cfg(feature = "ssr")]
pub mod parts;
#[cfg(feature = "ssr")]
mod points;
#[cfg(feature = "ssr")]
pub mod words;

#[cfg(feature = "ssr")]
pub use actions::routes;
