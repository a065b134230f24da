//! The slice `assistance` as people see it: the helper's desk, the bar while acting, a household's helpers, an
//! officer's papers and counts.
#[cfg(feature = "ssr")]
mod actions;
#[cfg(feature = "ssr")]
mod bar;
#[cfg(feature = "ssr")]
mod consent;
#[cfg(feature = "ssr")]
mod counts;
#[cfg(feature = "ssr")]
mod desk;
#[cfg(feature = "ssr")]
mod helpers;
#[cfg(feature = "ssr")]
mod new_household;
#[cfg(feature = "ssr")]
mod papers;
#[cfg(feature = "ssr")]
pub mod words;

#[cfg(feature = "ssr")]
pub use actions::routes;
#[cfg(feature = "ssr")]
pub use bar::{acting_bar, ended};
