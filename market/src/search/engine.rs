//! The one trait of all engines, and what they share: the words by which a text is understood.
use std::sync::Arc;

use futures_util::future::BoxFuture;
use time::Duration;

use super::cache::Cache;
use super::lexicon::{Lexicon, Meaning, Plan};
use super::queries;
use super::types::{Explanation, Found, Query, Suggestions};
use crate::kernel::{Fault, ProductId, Store};

/// Finds products.
pub trait SearchEngine: Send + Sync {
    /// How answers name the engine.
    fn name(&self) -> &'static str;

    /// The page of products that `query` asks for, with total and facets.
    fn search<'a>(&'a self, query: &'a Query) -> BoxFuture<'a, Result<Found, Fault>>;

    /// What may be meant by a text that is still being typed: at most `limit` of each kind.
    fn suggest<'a>(
        &'a self,
        text: &'a str,
        limit: i64,
    ) -> BoxFuture<'a, Result<Suggestions, Fault>>;

    /// Why these products, which it has found for `query`, stand where they do.
    fn explain<'a>(
        &'a self,
        query: &'a Query,
        products: &'a [ProductId],
    ) -> BoxFuture<'a, Result<Vec<Explanation>, Fault>>;

    /// Whether it answers; the reason where not.
    fn health(&self) -> BoxFuture<'_, Result<(), Fault>>;

    /// Forgets what it remembers of the catalogue: called when another process may have changed it.
    fn invalidate(&self);
}

/// Answers that an engine remembers, of each kind.
pub(super) const REMEMBERED: usize = 512;
/// How long, where no news of a change arrives: stock and new words show after this at the latest.
pub(super) const REMEMBERED_FOR: Duration = Duration::seconds(30);

/// The words by which texts are understood: one copy for all engines of a process.
pub(super) struct Words {
    store: Store,
    lexicon: Cache<(), Arc<Lexicon>>,
}

/// What texts mean: the same to every engine, which only says which of the ways to understand one is met.
pub(super) struct Meanings {
    words: Arc<Words>,
    known: Cache<(String, bool), Option<Arc<Meaning>>>,
}

impl Words {
    pub fn new(store: Store) -> Arc<Self> {
        Arc::new(Self {
            store,
            lexicon: Cache::new(1, REMEMBERED_FOR),
        })
    }

    async fn lexicon(&self) -> Result<Arc<Lexicon>, Fault> {
        let now = self.store.now();
        if let Some(lexicon) = self.lexicon.get(&(), now) {
            return Ok(lexicon);
        }
        let generation = self.lexicon.generation();
        let lexicon = queries::lexicon(self.store.reader(), self.store.today()).await?;
        let lexicon = Arc::new(lexicon);
        self.lexicon.put((), Arc::clone(&lexicon), now, generation);
        Ok(lexicon)
    }
}

impl Meanings {
    pub fn new(words: Arc<Words>) -> Self {
        Self {
            words,
            known: Cache::new(REMEMBERED, REMEMBERED_FOR),
        }
    }

    /// What a text means, the words of the documents being what they are; `None` where no document has anything of
    /// it. `typing`: the last word may not be whole. `first_met` answers which of a plan's attempts comes first that
    /// some document meets.
    pub async fn of(
        &self,
        text: &str,
        typing: bool,
        first_met: impl AsyncFnOnce(&Plan) -> Result<Option<usize>, Fault>,
    ) -> Result<Option<Arc<Meaning>>, Fault> {
        let now = self.words.store.now();
        let key = (text.to_owned(), typing);
        if let Some(meaning) = self.known.get(&key, now) {
            return Ok(meaning);
        }
        let generation = self.known.generation();
        let plan = self.words.lexicon().await?.plan(text, typing);
        let met = first_met(&plan).await?;
        let meaning = plan.meaning(met).map(Arc::new);
        self.known.put(key, meaning.clone(), now, generation);
        Ok(meaning)
    }

    pub fn invalidate(&self) {
        // In this order: what is understood in between is understood by the new words.
        self.words.lexicon.clear();
        self.known.clear();
    }
}
