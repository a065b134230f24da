//! Many sellers and products from one file. Promises: everything that is wrong is told in one go, with sheet, row,
//! column and what to write instead; nothing is half applied; the same file twice changes nothing.
pub mod format;
pub mod types;

#[cfg(feature = "server")]
pub mod check;
#[cfg(feature = "server")]
pub mod columns;
#[cfg(feature = "server")]
pub mod commands;
#[cfg(feature = "server")]
mod meant;
#[cfg(feature = "server")]
pub mod queries;
#[cfg(feature = "server")]
mod sheets;
#[cfg(feature = "server")]
pub mod template;

pub use types::*;
