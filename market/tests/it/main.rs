//! Use cases against a real database, one module a slice.
mod places;
mod support;
