//! The engine in PostgreSQL: the default, and what the others fall back on.
use std::sync::Arc;

use futures_util::future::BoxFuture;
use time::Date;

use super::cache::Cache;
use super::engine::{Meanings, REMEMBERED, REMEMBERED_FOR, SearchEngine, Words};
use super::lexicon::Meaning;
use super::queries::{self, Among, LOTS};
use super::ranking::window;
use super::types::{Explanation, Facets, Filter, Found, Hit, Query, Sort, Suggestions};
use crate::kernel::{Fault, ProductId, Store};

/// A catalogue of so many is counted one by one whatever is asked; of a larger one a third of that.
const COUNTED: i64 = 12_000;

/// The engine over `search_documents`.
pub struct PostgresEngine {
    store: Store,
    counted: i64,
    documents: Cache<(), i64>,
    hits: Cache<(Query, Date), Arc<[Hit]>>,
    facets: Cache<(Filter, Date), Arc<Facets>>,
    words: Arc<Words>,
    meanings: Meanings,
}

impl PostgresEngine {
    /// Reads through `store`.
    #[must_use]
    pub fn new(store: Store) -> Self {
        Self::counting(store, COUNTED)
    }

    /// Reads through `store`; in a catalogue of more than `counted` it counts very many by a part of them.
    #[must_use]
    pub fn counting(store: Store, counted: i64) -> Self {
        let words = Words::new(store.clone());
        Self {
            counted,
            meanings: Meanings::new(Arc::clone(&words)),
            words,
            documents: Cache::new(1, REMEMBERED_FOR),
            hits: Cache::new(REMEMBERED, REMEMBERED_FOR),
            facets: Cache::new(REMEMBERED, REMEMBERED_FOR),
            store,
        }
    }

    /// The words by which it understands texts.
    pub(super) fn words(&self) -> Arc<Words> {
        Arc::clone(&self.words)
    }

    async fn meaning(&self, text: &str, typing: bool) -> Result<Option<Arc<Meaning>>, Fault> {
        let pool = self.store.reader();
        self.meanings
            .of(text, typing, async |plan| {
                queries::first_met(pool, plan).await
            })
            .await
    }

    async fn facets(
        &self,
        filter: &Filter,
        meaning: Option<&Meaning>,
        generation: u64,
    ) -> Result<Arc<Facets>, Fault> {
        let (now, today) = (self.store.now(), self.store.today());
        let key = (filter.clone(), today);
        if let Some(facets) = self.facets.get(&key, now) {
            return Ok(facets);
        }
        let facets = Arc::new(self.count(filter, meaning, today).await?);
        self.facets.put(key, Arc::clone(&facets), now, generation);
        Ok(facets)
    }

    /// Counts one by one what can be counted in no time, and the rest by a part of it: a lot, or several.
    async fn count(
        &self,
        filter: &Filter,
        meaning: Option<&Meaning>,
        today: Date,
    ) -> Result<Facets, Fault> {
        const SOME: i16 = 8;
        let pool = self.store.reader();
        let count = async |lots| queries::facets(pool, filter, meaning, lots, today).await;
        if self.documents().await? <= self.counted {
            return Ok(count(LOTS).await?.0);
        }
        let (few, matches) = count(1).await?;
        let one_by_one = self.counted / 3;
        let mut facets = if matches > one_by_one * i64::from(LOTS / SOME) {
            few
        } else if matches > one_by_one {
            count(SOME).await?.0
        } else {
            return Ok(count(LOTS).await?.0);
        };
        // How many pages there are is told for certain as long as somebody may turn them all.
        let total = queries::count(pool, filter, meaning, one_by_one, today).await?;
        facets.total = if total < one_by_one {
            total
        } else {
            facets.total.max(total)
        };
        Ok(facets)
    }

    /// About how many documents there are.
    async fn documents(&self) -> Result<i64, Fault> {
        let now = self.store.now();
        if let Some(documents) = self.documents.get(&(), now) {
            return Ok(documents);
        }
        let generation = self.documents.generation();
        let documents = queries::about_how_many(self.store.reader()).await?;
        self.documents.put((), documents, now, generation);
        Ok(documents)
    }

    async fn hits(
        &self,
        query: &Query,
        meaning: Option<&Meaning>,
        generation: u64,
    ) -> Result<Arc<[Hit]>, Fault> {
        let (now, today) = (self.store.now(), self.store.today());
        let key = (query.clone(), today);
        if let Some(hits) = self.hits.get(&key, now) {
            return Ok(hits);
        }
        let pool = self.store.reader();
        let window = window(query.page);
        let best = match meaning {
            Some(meaning)
                if query.sort == Sort::Relevance && query.page.offset() < i64::from(window) =>
            {
                Some(queries::candidates(pool, &query.filter, meaning, window, today).await?)
            }
            _ => None,
        };
        let among = match &best {
            Some(best) => Among::Products(best),
            None => Among::Filter(&query.filter),
        };
        let hits = queries::hits(pool, among, query, meaning, today).await?;
        let hits: Arc<[Hit]> = hits.into();
        self.hits.put(key, Arc::clone(&hits), now, generation);
        Ok(hits)
    }

    async fn found(&self, query: &Query) -> Result<Found, Fault> {
        // Asked before the meaning: what was known of the words is part of what is kept.
        let (of_hits, of_facets) = (self.hits.generation(), self.facets.generation());
        let text = query.filter.text.trim();
        let meaning = if text.is_empty() {
            None
        } else {
            self.meaning(text, false).await?
        };
        let mut found = Found::new(query, meaning.as_deref(), self.name());
        if meaning.is_none() && !text.is_empty() {
            return Ok(found);
        }
        let meaning = meaning.as_deref();
        found.hits = self.hits(query, meaning, of_hits).await?.to_vec();
        found.facets = self.facets(&query.filter, meaning, of_facets).await?;
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

    fn explain<'a>(
        &'a self,
        query: &'a Query,
        products: &'a [ProductId],
    ) -> BoxFuture<'a, Result<Vec<Explanation>, Fault>> {
        Box::pin(async move {
            let meaning = self.meaning(query.filter.text.trim(), false).await?;
            let (pool, now) = (self.store.reader(), self.store.now());
            queries::explain(pool, products, meaning.as_deref(), now).await
        })
    }

    fn health(&self) -> BoxFuture<'_, Result<(), Fault>> {
        Box::pin(async move {
            self.suggest("a", 1).await?;
            Ok(())
        })
    }

    fn invalidate(&self) {
        self.hits.clear();
        self.facets.clear();
        self.meanings.invalidate();
    }
}
