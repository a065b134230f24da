//! Sales as the province sees them. They come from `sales_daily`, a rollup made from the order lines alone:
//! thrown away and made anew it comes out the same; days that changed are made anew whole, nothing is only
//! added to. A sale counts on the business day of placing; what was called off does not count; what came
//! back is a refund of that same day.
pub mod types;

#[cfg(feature = "server")]
pub mod commands;
#[cfg(feature = "server")]
pub mod queries;

#[cfg(feature = "server")]
pub use queries::check;
pub use types::*;
