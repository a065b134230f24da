//! What every slice stands on: identifiers, money, quantities, time, text, errors (pure),
//! and with the feature `server` the unit of work, the outbox and the audit log.
pub mod code;
pub mod email;
pub mod error;
pub mod ids;
pub mod limit;
pub mod money;
pub mod page;
pub mod phone;
pub mod quantity;
pub mod rights;
pub mod text;
pub mod time;

#[cfg(feature = "server")]
pub mod audit;
#[cfg(feature = "server")]
pub mod calendar;
#[cfg(feature = "server")]
pub mod idempotency;
#[cfg(feature = "server")]
pub mod message;
#[cfg(feature = "server")]
pub mod outbox;
#[cfg(feature = "server")]
pub mod seal;
#[cfg(feature = "server")]
pub mod secret;
#[cfg(feature = "server")]
pub mod store;
#[cfg(feature = "server")]
pub mod table;
#[cfg(feature = "server")]
pub mod work;

pub use code::OrderCode;
#[cfg(feature = "server")]
pub use error::{Failure, Fault};
pub use error::{FieldError, FieldErrors, Refusal, RefusalKind};
pub use ids::*;
pub use money::{BasisPoints, Vnd};
pub use page::PageRequest;
pub use phone::Phone;
pub use quantity::Quantity;
pub use rights::{Actor, Duty, HelpArea, Membership, Office, Permission, Right, Role, Task};
#[cfg(feature = "server")]
pub use seal::Key;
#[cfg(feature = "server")]
pub use store::Store;
#[cfg(feature = "server")]
pub use work::Work;
