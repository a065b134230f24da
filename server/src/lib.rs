//! The process of Cây Bẹo: configuration, HTTP, REST API, jobs, sample data.
pub mod api;
pub mod carrier;
pub mod config;
pub mod database;
pub mod http;
pub mod imports;
pub mod jobs;
pub mod metrics;
pub mod search;
pub mod seed;
pub mod serve;
pub mod sms;
pub mod webhooks;
