//! Use cases against a real database, one module a slice.
#![expect(clippy::unwrap_used, reason = "a test that fails says where")]
mod account_life;
mod accounts;
mod assistance;
mod authorities;
mod calendar;
mod cart;
mod catalog;
mod certificates;
mod entry;
mod harvests;
mod imports;
mod limit;
mod listings;
mod media;
mod members;
mod orders;
mod packing;
mod parcels;
mod places;
mod reports;
mod search;
mod sellers;
mod support;
mod trace;
