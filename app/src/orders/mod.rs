//! The slice `orders` as buyers see it: checking out and following an order.
#[cfg(feature = "ssr")]
mod actions;
#[cfg(feature = "ssr")]
mod checkout;
#[cfg(feature = "ssr")]
mod contact;
#[cfg(feature = "ssr")]
mod copy;
#[cfg(feature = "ssr")]
mod pages;
#[cfg(feature = "ssr")]
pub mod parts;
#[cfg(feature = "ssr")]
mod review;
#[cfg(feature = "ssr")]
mod substitutes;
#[cfg(feature = "ssr")]
mod ways;
#[cfg(feature = "ssr")]
pub mod words;

#[cfg(feature = "ssr")]
pub use actions::routes;
#[cfg(feature = "ssr")]
pub(crate) use substitutes::{OfferForm, offered};
