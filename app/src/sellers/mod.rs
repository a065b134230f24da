//! The slice `sellers` as people see it: the shop for buyers, the desk for who sells.
#[cfg(feature = "ssr")]
mod actions;
#[cfg(feature = "ssr")]
mod desk;
#[cfg(feature = "ssr")]
mod listing;
#[cfg(feature = "ssr")]
mod orders;
#[cfg(feature = "ssr")]
mod shop;

#[cfg(feature = "ssr")]
pub use actions::routes;
