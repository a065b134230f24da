//! A small cache in the process: bounded, short-lived, thrown away when the catalogue changes.
use std::collections::HashMap;
use std::hash::Hash;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use time::{Duration, OffsetDateTime};

pub(super) struct Cache<K, V> {
    entries: Mutex<HashMap<K, (OffsetDateTime, V)>>,
    /// Grows whenever all is thrown away, so that what was read before isn't kept after.
    generation: AtomicU64,
    most: usize,
    lives: Duration,
}

impl<K: Hash + Eq + Clone, V: Clone> Cache<K, V> {
    /// Holds at most so many entries, each for at most so long.
    pub fn new(most: usize, lives: Duration) -> Self {
        Self {
            entries: Mutex::new(HashMap::new()),
            generation: AtomicU64::new(0),
            most,
            lives,
        }
    }

    pub fn get(&self, key: &K, now: OffsetDateTime) -> Option<V> {
        let entries = self.lock();
        let (since, value) = entries.get(key)?;
        (now - *since < self.lives).then(|| value.clone())
    }

    /// To be asked before the value is read that is to be kept.
    pub fn generation(&self) -> u64 {
        self.generation.load(Ordering::SeqCst)
    }

    /// Keeps a value, unless all was thrown away since it began to be read, in `generation`.
    pub fn put(&self, key: K, value: V, now: OffsetDateTime, generation: u64) {
        let mut entries = self.lock();
        if generation != self.generation() {
            return;
        }
        if entries.len() >= self.most {
            entries.retain(|_, (since, _)| now - *since < self.lives);
        }
        if entries.len() >= self.most {
            let oldest = entries
                .iter()
                .min_by_key(|(_, (since, _))| *since)
                .map(|(key, _)| key.clone());
            oldest.map(|key| entries.remove(&key));
        }
        entries.insert(key, (now, value));
    }

    pub fn clear(&self) {
        let mut entries = self.lock();
        self.generation.fetch_add(1, Ordering::SeqCst);
        entries.clear();
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<K, (OffsetDateTime, V)>> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    #[test]
    fn it_stays_small_and_forgets() {
        let start = datetime!(2026-11-24 03:00 UTC);
        let cache = Cache::new(2, Duration::seconds(30));
        for (seconds, key) in [(0, 'a'), (1, 'b'), (2, 'c')] {
            cache.put(key, key, start + Duration::seconds(seconds), 0);
        }
        let now = start + Duration::seconds(3);
        assert_eq!(
            (cache.get(&'a', now), cache.get(&'b', now)),
            (None, Some('b'))
        );
        assert_eq!(cache.get(&'b', start + Duration::seconds(31)), None);
        cache.clear();
        assert_eq!(cache.get(&'c', now), None);
        cache.put('d', 'd', now, 0);
        assert_eq!(
            cache.get(&'d', now),
            None,
            "read before all was thrown away"
        );
        cache.put('d', 'd', now, cache.generation());
        assert_eq!(cache.get(&'d', now), Some('d'));
    }
}
