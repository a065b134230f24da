//! The slice `parcels` as people see it: the way of a parcel, a seller's labels and lists, and what somebody has to look
//! at.
#[cfg(feature = "ssr")]
mod actions;
#[cfg(feature = "ssr")]
mod desk;
#[cfg(feature = "ssr")]
mod label;
#[cfg(feature = "ssr")]
mod office;
#[cfg(feature = "ssr")]
pub mod panel;
#[cfg(feature = "ssr")]
mod paper;
#[cfg(feature = "ssr")]
pub mod parts;
#[cfg(feature = "ssr")]
mod round;
#[cfg(feature = "ssr")]
mod words;

#[cfg(feature = "ssr")]
pub use actions::routes;
