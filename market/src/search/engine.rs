//! The one trait of all engines, and the engine in PostgreSQL: the default, and what the others fall back on.
use std::sync::Arc;

use futures_util::future::BoxFuture;
use time::{Date, Duration};

use super::cache::Cache;
use super::lexicon::Lexicon;
use super::queries::{self, Meaning};
use super::types::{Facets, Filter, Found, Hit, Query, Suggestions};
use crate::kernel::{Fault, Store};

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

    /// Forgets what it remembers of the catalogue: called when another process may have changed it.
    fn invalidate(&self);
}

/// Facets and meanings of texts that are remembered, each.
const REMEMBERED: usize = 512;
/// How long, where no news of a change arrives: stock and new words show after this at the latest.
const REMEMBERED_FOR: Duration = Duration::seconds(30);

/// The engine over `search_documents`.
pub struct PostgresEngine {
    store: Store,
    hits: Cache<(Query, Date), Arc<[Hit]>>,
    facets: Cache<(Filter, Date), Arc<Facets>>,
    meanings: Cache<(String, bool), Option<Arc<Meaning>>>,
    lexicon: Cache<(), Arc<Lexicon>>,
}

impl PostgresEngine {
    /// Reads through `store`.
    #[must_use]
    pub fn new(store: Store) -> Self {
        Self {
            store,
            hits: Cache::new(REMEMBERED, REMEMBERED_FOR),
            facets: Cache::new(REMEMBERED, REMEMBERED_FOR),
            meanings: Cache::new(REMEMBERED, REMEMBERED_FOR),
            lexicon: Cache::new(1, REMEMBERED_FOR),
        }
    }

    /// What a text means, the words of the documents being what they are; `None` where no document has
    /// anything of it.
    async fn meaning(&self, text: &str, typing: bool) -> Result<Option<Arc<Meaning>>, Fault> {
        let now = self.store.now();
        let key = (text.to_owned(), typing);
        if let Some(meaning) = self.meanings.get(&key, now) {
            return Ok(meaning);
        }
        let generation = self.meanings.generation();
        let plan = self.lexicon().await?.plan(text, typing);
        let meaning = queries::meaning(self.store.reader(), plan)
            .await?
            .map(Arc::new);
        self.meanings.put(key, meaning.clone(), now, generation);
        Ok(meaning)
    }

    async fn lexicon(&self) -> Result<Arc<Lexicon>, Fault> {
        let now = self.store.now();
        if let Some(lexicon) = self.lexicon.get(&(), now) {
            return Ok(lexicon);
        }
        let generation = self.lexicon.generation();
        let lexicon = Arc::new(queries::lexicon(self.store.reader()).await?);
        self.lexicon.put((), Arc::clone(&lexicon), now, generation);
        Ok(lexicon)
    }

    async fn facets(
        &self,
        filter: &Filter,
        meaning: Option<&Meaning>,
    ) -> Result<Arc<Facets>, Fault> {
        let (now, today) = (self.store.now(), self.store.today());
        let key = (filter.clone(), today);
        if let Some(facets) = self.facets.get(&key, now) {
            return Ok(facets);
        }
        let generation = self.facets.generation();
        let facets = queries::facets(self.store.reader(), filter, meaning, today).await?;
        let facets = Arc::new(facets);
        self.facets.put(key, Arc::clone(&facets), now, generation);
        Ok(facets)
    }

    async fn hits(
        &self,
        query: &Query,
        meaning: Option<&Meaning>,
        today: Date,
    ) -> Result<Arc<[Hit]>, Fault> {
        let now = self.store.now();
        let key = (query.clone(), today);
        if let Some(hits) = self.hits.get(&key, now) {
            return Ok(hits);
        }
        let generation = self.hits.generation();
        let hits: Arc<[Hit]> = queries::hits(self.store.reader(), query, meaning, today)
            .await?
            .into();
        self.hits.put(key, Arc::clone(&hits), now, generation);
        Ok(hits)
    }

    async fn found(&self, query: &Query) -> Result<Found, Fault> {
        let text = query.filter.text.trim();
        let meaning = if text.is_empty() {
            None
        } else {
            self.meaning(text, false).await?
        };
        let mut found = Found {
            hits: Vec::new(),
            facets: Arc::default(),
            understanding: meaning
                .as_ref()
                .map(|meaning| meaning.understanding.clone())
                .unwrap_or_default(),
            page: query.page,
            engine: self.name(),
        };
        if meaning.is_none() && !text.is_empty() {
            return Ok(found);
        }
        let today = self.store.today();
        found.hits = self.hits(query, meaning.as_deref(), today).await?.to_vec();
        found.facets = self.facets(&query.filter, meaning.as_deref()).await?;
        Ok(found)
    }
}

impl SearchEngine for PostgresEngine {
    fn name(&self) -> &'static str {
        "postgres"
    }

    fn search<'a>(&'a self, query: &'a Query) -> BoxFuture<'a, Result<Found, Fault>> {
        Box::pin(self.found(query))
    }

    fn suggest<'a>(
        &'a self,
        text: &'a str,
        limit: i64,
    ) -> BoxFuture<'a, Result<Suggestions, Fault>> {
        Box::pin(async move {
            match self.meaning(text.trim(), true).await? {
                Some(meaning) => {
                    queries::suggest(self.store.reader(), &meaning, limit, self.store.today()).await
                }
                None => Ok(Suggestions::default()),
            }
        })
    }

    fn invalidate(&self) {
        self.hits.clear();
        self.facets.clear();
        self.meanings.clear();
        self.lexicon.clear();
    }
}
