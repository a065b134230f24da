//! An engine that may fail, and the one in the database that answers instead. Nobody sees an error.
use std::sync::Mutex;
use std::sync::PoisonError;
use std::time::{Duration, Instant};

use futures_util::future::BoxFuture;

use super::engine::SearchEngine;
use super::types::{Explanation, Found, Query, Suggestions};
use crate::kernel::{Fault, ProductId};

/// After so many failures in a row it is asked no more …
const FAILURES: u32 = 3;
/// … for so long; then one search tries it again.
const REST: Duration = Duration::from_secs(5);

/// Two engines: the first as long as it answers, else the second.
pub struct Guarded<First, Second> {
    first: First,
    second: Second,
    breaker: Breaker,
}

/// Whether an engine is asked to find out if it answers again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Trial(bool);

/// Counts failures, and says whether it is worth asking.
#[derive(Debug, Default)]
pub struct Breaker(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    failures: u32,
    /// Nobody asks before then.
    rests_until: Option<Instant>,
}

impl Breaker {
    /// Whether to ask now, and whether that is a trial: after a rest one at a time tries.
    fn lets_through(&self, now: Instant) -> Option<Trial> {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match state.rests_until {
            Some(until) if now < until => None,
            Some(_) => {
                // Whoever tries has the time of a rest to come back.
                state.rests_until = Some(now + REST);
                Some(Trial(true))
            }
            None => Some(Trial(false)),
        }
    }

    /// Notes how it went; answers whether that opened or closed it.
    fn note(&self, went_well: bool, now: Instant) -> bool {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let was_open = state.rests_until.is_some();
        if went_well {
            *state = State::default();
        } else {
            state.failures += 1;
            if was_open || state.failures >= FAILURES {
                state.rests_until = Some(now + REST);
            }
        }
        was_open != state.rests_until.is_some()
    }

    /// Whether the engine is left alone at the moment.
    #[must_use]
    pub fn is_open(&self) -> bool {
        let state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        state.rests_until.is_some()
    }
}

impl<First: SearchEngine, Second: SearchEngine> Guarded<First, Second> {
    /// Asks `first`, and `second` where that fails.
    pub fn new(first: First, second: Second) -> Self {
        Self {
            first,
            second,
            breaker: Breaker::default(),
        }
    }

    /// The answer of the first engine, if it gives one.
    async fn first<T>(&self, answer: BoxFuture<'_, Result<T, Fault>>) -> Option<T> {
        let Trial(is_trial) = self.breaker.lets_through(Instant::now())?;
        // Some searches are answered without asking: they would tell nothing.
        let health = if is_trial {
            self.first.health().await
        } else {
            Ok(())
        };
        let answer = match health {
            Ok(()) => answer.await,
            Err(fault) => Err(fault),
        };
        let turned = self.breaker.note(answer.is_ok(), Instant::now());
        match (&answer, turned) {
            (Ok(_), true) => tracing::info!("{} answers again", self.first.name()),
            (Ok(_), false) => {}
            (Err(why), true) => tracing::warn!("{} is left alone: {why}", self.first.name()),
            (Err(why), false) => tracing::info!("{} failed: {why}", self.first.name()),
        }
        answer.ok()
    }
}

impl<First: SearchEngine, Second: SearchEngine> SearchEngine for Guarded<First, Second> {
    fn name(&self) -> &'static str {
        if self.breaker.is_open() {
            self.second.name()
        } else {
            self.first.name()
        }
    }

    fn search<'a>(&'a self, query: &'a Query) -> BoxFuture<'a, Result<Found, Fault>> {
        Box::pin(async move {
            match self.first(self.first.search(query)).await {
                Some(found) => Ok(found),
                None => self.second.search(query).await,
            }
        })
    }

    fn suggest<'a>(
        &'a self,
        text: &'a str,
        limit: i64,
    ) -> BoxFuture<'a, Result<Suggestions, Fault>> {
        Box::pin(async move {
            match self.first(self.first.suggest(text, limit)).await {
                Some(suggestions) => Ok(suggestions),
                None => self.second.suggest(text, limit).await,
            }
        })
    }

    fn explain<'a>(
        &'a self,
        query: &'a Query,
        products: &'a [ProductId],
    ) -> BoxFuture<'a, Result<Vec<Explanation>, Fault>> {
        Box::pin(async move {
            match self.first(self.first.explain(query, products)).await {
                Some(explained) => Ok(explained),
                None => self.second.explain(query, products).await,
            }
        })
    }

    /// Of the second: as long as that answers, so does search.
    fn health(&self) -> BoxFuture<'_, Result<(), Fault>> {
        self.second.health()
    }

    fn invalidate(&self) {
        self.first.invalidate();
        self.second.invalidate();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_failures_open_it_and_one_answer_closes_it() {
        let breaker = Breaker::default();
        let start = Instant::now();
        for failure in 1..=3 {
            assert_eq!(breaker.lets_through(start), Some(Trial(false)));
            assert_eq!(breaker.note(false, start), failure == 3);
        }
        assert!(breaker.is_open());
        assert_eq!(breaker.lets_through(start + REST / 2), None);
        // One tries, the others wait for how that goes.
        assert_eq!(breaker.lets_through(start + REST), Some(Trial(true)));
        assert_eq!(breaker.lets_through(start + REST), None);
        assert!(!breaker.note(false, start + REST), "still open");
        assert_eq!(breaker.lets_through(start + REST * 3 / 2), None);
        assert_eq!(breaker.lets_through(start + REST * 2), Some(Trial(true)));
        assert!(breaker.note(true, start + REST * 2), "closed");
        assert_eq!(breaker.lets_through(start + REST * 2), Some(Trial(false)));
        assert!(!breaker.is_open());
    }

    #[test]
    fn an_answer_between_failures_counts_from_the_beginning() {
        let breaker = Breaker::default();
        let now = Instant::now();
        for _ in 0..5 {
            breaker.note(false, now);
            breaker.note(false, now);
            breaker.note(true, now);
        }
        assert!(!breaker.is_open());
    }
}
