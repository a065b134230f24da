//! Who did what, as people read it: a household all that was done in its name, an officer what was asked for.
//! Promises: nobody reads another's; an officer's look is itself a deed.
pub mod types;

#[cfg(feature = "server")]
mod changes;
#[cfg(feature = "server")]
pub mod commands;
#[cfg(feature = "server")]
pub mod queries;

pub use types::*;
