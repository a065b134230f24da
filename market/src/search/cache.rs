//! A small cache in the process: bounded, short-lived, thrown away when the catalogue changes.
use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Mutex, MutexGuard, PoisonError};

use time::{Duration, OffsetDateTime};

pub(super) struct Cache<K, V> {
    entries: Mutex<HashMap<K, (OffsetDateTime, V)>>,
    most: usize,
    lives: Duration,
}

impl<K: Hash + Eq + Clone, V: Clone> Cache<K, V> {
    /// Holds at most so many entries, each for at most so long.
    pub fn new(most: usize, lives: Duration) -> Self {
        Self {
            entries: Mutex::new(HashMap::new()),
            most,
            lives,
        }
    }

    pub fn get(&self, key: &K, now: OffsetDateTime) -> Option<V> {
        let entries = self.lock();
        let (since, value) = entries.get(key)?;
        (now - *since < self.lives).then(|| value.clone())
    }

    pub fn put(&self, key: K, value: V, now: OffsetDateTime) {
        let mut entries = self.lock();
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
        self.lock().clear();
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
            cache.put(key, key, start + Duration::seconds(seconds));
        }
        let now = start + Duration::seconds(3);
        assert_eq!(
            (cache.get(&'a', now), cache.get(&'b', now)),
            (None, Some('b'))
        );
        assert_eq!(cache.get(&'b', start + Duration::seconds(31)), None);
        cache.clear();
        assert_eq!(cache.get(&'c', now), None);
    }
}
