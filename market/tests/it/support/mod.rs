//! What the tests of all slices stand on.
pub mod clock;
pub mod db;

pub use db::TestDb;
pub mod shop;
