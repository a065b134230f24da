//! OCOP certificates and other marks, and their one life. Promises: stars and marks show only while a certificate is
//! valid, from the day of the decision to the last day of its period, and only where an officer or the province's own
//! list has confirmed it; stars come from OCOP certificates alone; every step is allowed by the one table and stays in
//! the history.
pub mod form;
pub mod programme;
pub mod state;
pub mod types;

#[cfg(feature = "server")]
pub mod commands;
#[cfg(feature = "server")]
pub mod export;
#[cfg(feature = "server")]
pub mod import;
#[cfg(feature = "server")]
pub mod marks;
#[cfg(feature = "server")]
pub mod queries;

pub use form::*;
pub use programme::*;
pub use state::*;
pub use types::*;
