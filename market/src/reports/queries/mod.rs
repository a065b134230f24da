//! Reading the reports.
pub mod check;
pub mod sales;

pub use sales::{sales, since_yesterday};
