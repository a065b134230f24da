//! The slice `authorities` as officers see it: the register of authorities' requests, each with its clock, its bundle
//! of data and who has seen it.
#[cfg(feature = "ssr")]
mod actions;
#[cfg(feature = "ssr")]
mod desk;
#[cfg(feature = "ssr")]
mod entry;
#[cfg(feature = "ssr")]
mod request;
#[cfg(feature = "ssr")]
mod words;

#[cfg(feature = "ssr")]
pub use actions::routes;
#[cfg(feature = "ssr")]
pub use desk::waiting;
