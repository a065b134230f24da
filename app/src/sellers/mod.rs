//! The slice `sellers` as people see it: the shop for buyers, the desk for who sells, the desk of
//! officers who look at shops.
#[cfg(feature = "ssr")]
mod actions;
#[cfg(feature = "ssr")]
mod begin;
#[cfg(feature = "ssr")]
mod by_phone;
#[cfg(feature = "ssr")]
mod cards;
#[cfg(feature = "ssr")]
mod checklist;
#[cfg(feature = "ssr")]
mod close;
#[cfg(feature = "ssr")]
mod data;
#[cfg(feature = "ssr")]
mod desk;
#[cfg(feature = "ssr")]
mod exchange;
#[cfg(feature = "ssr")]
mod fields;
#[cfg(feature = "ssr")]
mod listing;
#[cfg(feature = "ssr")]
mod many;
#[cfg(feature = "ssr")]
mod members;
#[cfg(feature = "ssr")]
mod office;
#[cfg(feature = "ssr")]
mod order_lots;
#[cfg(feature = "ssr")]
mod orders;
#[cfg(feature = "ssr")]
mod owner;
#[cfg(feature = "ssr")]
mod paper;
#[cfg(feature = "ssr")]
mod shop;
#[cfg(feature = "ssr")]
mod steps;
#[cfg(feature = "ssr")]
mod table;
#[cfg(feature = "ssr")]
pub mod words;

#[cfg(feature = "ssr")]
pub use actions::routes;
#[cfg(feature = "ssr")]
pub(crate) use orders::{RefusedStep, order_page};
