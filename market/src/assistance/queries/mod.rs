//! Reading what helpers, households and officers see.
pub mod consents;
pub mod counts;
pub mod desk;
