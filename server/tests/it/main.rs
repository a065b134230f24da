//! The server over HTTP, as buyers, sellers and officers use it.
#![expect(clippy::unwrap_used, reason = "a test that fails says where")]
mod api;
mod carrier;
mod combos;
mod crash;
mod delivery;
mod drafts;
mod feeds;
mod listing;
mod messages;
mod pages;
mod queries;
mod races;
mod rights;
mod settings;
mod support;
mod webhooks;
