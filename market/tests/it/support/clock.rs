//! A clock that stands still until a test moves it.
use std::sync::{Arc, Mutex, PoisonError};

use market::kernel::store::Clock;
use time::macros::datetime;
use time::{Duration, OffsetDateTime};

/// Begins at 10 o'clock in Hậu Giang on 24 November 2026.
#[derive(Clone)]
pub struct TestClock(Arc<Mutex<OffsetDateTime>>);

impl TestClock {
    pub fn new() -> Self {
        Self(Arc::new(Mutex::new(datetime!(2026-11-24 03:00 UTC))))
    }

    pub fn now(&self) -> OffsetDateTime {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn set(&self, instant: OffsetDateTime) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = instant;
    }

    pub fn advance(&self, by: Duration) {
        self.set(self.now() + by);
    }

    /// What a store takes.
    pub fn clock(&self) -> Clock {
        let clock = self.clone();
        Arc::new(move || clock.now())
    }
}
