//! The slice `media` as people see it: the files of photographs, and picking them on a phone.
#[cfg(feature = "ssr")]
mod actions;
pub mod islands;
#[cfg(feature = "ssr")]
mod received;
#[cfg(feature = "ssr")]
mod viewer;

#[cfg(feature = "ssr")]
pub use actions::routes;
#[cfg(feature = "ssr")]
pub(crate) use received::{broken, receive, take_photos};
#[cfg(feature = "ssr")]
pub(crate) use viewer::{paper_address, provide_viewer};
