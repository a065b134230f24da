//! The catalogue's pages.
mod filters;
mod list;
mod product;
mod published;

pub use list::{list, list_head};
pub use product::{Listing, Refused, no_longer_sold, not_sold_now, product, product_head};
pub use published::{ranking, ranking_head, rules, rules_head};
