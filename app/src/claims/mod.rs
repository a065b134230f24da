//! The slice `claims` as people see it: what a buyer asks for once goods have arrived, the seller's answer, the
//! officer's decision, and photographs about an order.
#[cfg(feature = "ssr")]
mod actions;
#[cfg(feature = "ssr")]
mod answers;
#[cfg(feature = "ssr")]
mod buyer;
#[cfg(feature = "ssr")]
mod desk;
#[cfg(feature = "ssr")]
mod office;
#[cfg(feature = "ssr")]
mod parts;
#[cfg(feature = "ssr")]
mod received;
#[cfg(feature = "ssr")]
mod words;

#[cfg(feature = "ssr")]
pub use actions::routes;
#[cfg(feature = "ssr")]
pub(crate) use buyer::{OfOrder, OfPart, of_order};
#[cfg(feature = "ssr")]
pub(crate) use desk::{OfShop, of_part};
#[cfg(feature = "ssr")]
pub(crate) use office::waiting;
#[cfg(feature = "ssr")]
pub(crate) use parts::Photos;
#[cfg(feature = "ssr")]
pub(crate) use received::{FORM_BYTES, Whose, receive, say};
#[cfg(feature = "ssr")]
pub use words::deadlines;
