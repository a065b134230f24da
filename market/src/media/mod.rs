//! Photographs in, sizes out. Promises: a file is judged by its bytes, never by its name; its pixels are
//! counted before any is decoded, and decoding takes no more memory than was set aside for it; nothing that
//! is cut off is stored half grey; nothing of what the camera wrote beside the picture survives; what is
//! stored is named after its content and never changes.
pub mod types;

#[cfg(feature = "server")]
pub mod commands;
#[cfg(feature = "server")]
mod named;
#[cfg(feature = "server")]
pub mod queries;
#[cfg(feature = "server")]
mod store;
#[cfg(feature = "server")]
mod upload;
#[cfg(feature = "server")]
mod workshop;

#[cfg(feature = "server")]
pub use commands::{files, papers, pieces};
#[cfg(feature = "server")]
pub use store::{Bucket, File, MediaStore};
pub use types::*;
#[cfg(feature = "server")]
pub use upload::Upload;
