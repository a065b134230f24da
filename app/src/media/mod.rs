//! The slice `media` as people see it: the files of photographs, and picking them on a phone.
#[cfg(feature = "ssr")]
mod actions;
#[cfg(feature = "ssr")]
mod arriving;
#[cfg(any(feature = "ssr", feature = "desk"))]
pub mod islands;
#[cfg(feature = "ssr")]
mod received;
#[cfg(feature = "desk")]
mod sending;
#[cfg(feature = "ssr")]
mod viewer;

#[cfg(feature = "ssr")]
pub use actions::routes;
#[cfg(feature = "ssr")]
pub(crate) use arriving::{Announced, Offset, SendPhotos, begin, piece};
#[cfg(feature = "ssr")]
pub(crate) use received::{broken, receive, take_photos};
#[cfg(feature = "ssr")]
pub(crate) use viewer::{paper_address, provide_viewer};
