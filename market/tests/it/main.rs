//! Use cases against a real database, one module a slice.
#![expect(clippy::unwrap_used, reason = "a test that fails says where")]
mod places;
mod search;
mod support;
