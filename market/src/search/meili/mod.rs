//! The engine in Meilisearch. It finds, counts and sorts; what a text means and how hits are ranked is as for every
//! engine, and what a list shows comes from the database.
mod client;
mod documents;
mod feed;
mod filters;

use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::future::BoxFuture;
use meilisearch_sdk::search::{SearchQuery, SearchResults, Selectors};
use serde::Deserialize;
use time::Date;
use uuid::Uuid;

use self::client::Meili;
use self::filters::{About, Parts, in_season, pinned};
use super::cache::Cache;
use super::engine::{Meanings, SearchEngine};
use super::lexicon::{Meaning, Plan};
use super::postgres::PostgresEngine;
use super::queries::{self, Among, Tier, facets_of, sort_facets};
use super::ranking::window;
use super::types::{
    CommuneCount, Explanation, Facets, FactValue, Filter, Found, Hit, Query, Sort,
    SuggestedCommune, SuggestedProduct, SuggestedSeller, Suggestions,
};
use crate::catalog::Group;
use crate::kernel::{Fault, PageRequest, ProductId, Store};
use crate::sellers::SellerKind;

pub use client::MeiliSettings;
pub use feed::Feeder;

/// A server that takes longer than this for all that it is asked for one search has not answered.
const PATIENCE: Duration = Duration::from_millis(300);
/// How old what is known of the index may be.
const STATUS_LIVES: time::Duration = time::Duration::milliseconds(500);
/// An index that is further behind than this does not answer: a price shows within two seconds.
const MOST_LAG: time::Duration = time::Duration::seconds(3);

/// The engine over an index of a Meilisearch server.
pub struct MeiliEngine {
    store: Store,
    client: Meili,
    meanings: Meanings,
    /// The name of the index that is live, and whether it follows.
    live: Cache<(), Arc<str>>,
}

/// A document of an answer.
#[derive(Debug, Deserialize)]
struct Named {
    id: Uuid,
}

/// One question of several that travel together.
#[derive(Debug, Default)]
struct Question {
    filter: String,
    sort: &'static [&'static str],
    facets: &'static [&'static str],
    offset: usize,
    limit: usize,
}

type Answer = SearchResults<Named>;

impl MeiliEngine {
    /// Asks the server that `settings` name; understands texts by the words of `postgres`, which answers instead
    /// where that fails.
    pub fn new(
        store: Store,
        postgres: &PostgresEngine,
        settings: &MeiliSettings,
    ) -> Result<Self, Fault> {
        Ok(Self {
            client: settings.client()?,
            meanings: Meanings::new(postgres.words()),
            live: Cache::new(1, STATUS_LIVES),
            store,
        })
    }

    /// The index that answers; a fault where none does, or where it is behind.
    async fn live(&self) -> Result<Arc<str>, Fault> {
        let now = self.store.now();
        if let Some(live) = self.live.get(&(), now) {
            return Ok(live);
        }
        let generation = self.live.generation();
        let status = queries::target(self.store.reader()).await?;
        let status = status.ok_or_else(|| Fault::new("no index is built yet"))?;
        if status.shape != documents::SHAPE {
            return Err(Fault::new("the index was built by another version"));
        }
        if status.fed_day != Some(self.store.today()) {
            return Err(Fault::new("the index follows another day"));
        }
        if status
            .waiting_since
            .is_some_and(|since| now - since > MOST_LAG)
        {
            return Err(Fault::new("the index is behind"));
        }
        let name: Arc<str> = status.name.into();
        self.live.put((), Arc::clone(&name), now, generation);
        Ok(name)
    }

    /// Answers to all questions, in one request.
    async fn ask(
        &self,
        questions: &[Question],
        patience: &mut Duration,
    ) -> Result<Vec<Answer>, Fault> {
        let index = self.client.index(&*self.live().await?);
        let mut all = self.client.multi_search();
        for question in questions {
            let mut query = SearchQuery::new(&index);
            query
                .with_offset(question.offset)
                .with_limit(question.limit)
                .with_attributes_to_retrieve(Selectors::Some(&["id"]));
            if !question.filter.is_empty() {
                query.with_filter(&question.filter);
            }
            if !question.sort.is_empty() {
                query.with_sort(question.sort);
            }
            if !question.facets.is_empty() {
                query.with_facets(Selectors::Some(question.facets));
            }
            all.with_search_query(query);
        }
        let begun = Instant::now();
        let answers = tokio::time::timeout(*patience, all.execute())
            .await
            .map_err(|_| Fault::new("no answer in time"))?
            .map_err(Fault::new)?
            .results;
        *patience = patience.saturating_sub(begun.elapsed());
        if answers.len() == questions.len() {
            Ok(answers)
        } else {
            Err(Fault::new("Meilisearch answered other questions"))
        }
    }

    async fn first_met(
        &self,
        plan: &Plan,
        patience: &mut Duration,
    ) -> Result<Option<usize>, Fault> {
        if plan.attempts.is_empty() {
            return Ok(None);
        }
        let questions: Vec<Question> = plan
            .attempts
            .iter()
            .map(|attempt| Question {
                filter: attempt.matching.to_filter("words"),
                limit: 1,
                ..Question::default()
            })
            .collect();
        let answers = self.ask(&questions, patience).await?;
        Ok(answers.iter().position(|answer| !answer.hits.is_empty()))
    }

    async fn meaning(
        &self,
        text: &str,
        typing: bool,
        patience: &mut Duration,
    ) -> Result<Option<Arc<Meaning>>, Fault> {
        self.meanings
            .of(text, typing, async |plan| {
                self.first_met(plan, patience).await
            })
            .await
    }

    async fn found(&self, query: &Query) -> Result<Found, Fault> {
        let patience = &mut { PATIENCE };
        let text = query.filter.text.trim();
        let meaning = if text.is_empty() {
            None
        } else {
            self.meaning(text, false, patience).await?
        };
        let mut found = Found::new(query, meaning.as_deref(), self.name());
        if meaning.is_none() && !text.is_empty() {
            return Ok(found);
        }
        let today = self.store.today();
        let meaning = meaning.as_deref();
        let parts = Parts::new(&query.filter, meaning, today);
        let (counted, mut questions) = counting(&parts, today);
        let counts = questions.len();
        let ranked = meaning.filter(|_| query.sort == Sort::Relevance);
        match ranked {
            Some(meaning) => {
                questions.extend(tiers(&parts, meaning, [(0, window(query.page)); TIERS]));
            }
            None => questions.push(Question {
                filter: parts.with(&[]),
                sort: order(query.sort),
                offset: usize::try_from(query.page.offset()).map_err(Fault::new)?,
                limit: usize::try_from(query.page.limit()).map_err(Fault::new)?,
                ..Question::default()
            }),
        }
        let mut answers = self.ask(&questions, patience).await?;
        let rows = answers.split_off(counts);
        found.facets = Arc::new(facets(&query.filter, &counted, answers, today)?);
        found.hits = match ranked {
            Some(meaning) => self.ranked(query, &parts, meaning, rows, patience).await?,
            None => self.shown(&ids(&rows), query, None).await?,
        };
        Ok(found)
    }

    /// The page of a text's hits.
    async fn ranked(
        &self,
        query: &Query,
        parts: &Parts,
        meaning: &Meaning,
        tiers_found: Vec<Answer>,
        patience: &mut Duration,
    ) -> Result<Vec<Hit>, Fault> {
        let window = window(query.page);
        let mut from = u32::try_from(query.page.offset()).unwrap_or(u32::MAX);
        if from < window {
            let mut first = ids(&tiers_found);
            first.truncate(window as usize);
            return self.shown(&first, query, Some(meaning)).await;
        }
        let (mut places, mut left) = ([(0, 0); TIERS], query.page.per_page);
        for (place, tier) in places.iter_mut().zip(&tiers_found) {
            let there = tier.estimated_total_hits.map(u32::try_from);
            let there = there
                .ok_or_else(|| Fault::new("Meilisearch counts nothing"))?
                .map_err(Fault::new)?;
            let taken = there.saturating_sub(from).min(left);
            *place = (from.min(there), taken);
            left -= taken;
            from = from.saturating_sub(there);
        }
        let rows = self.ask(&tiers(parts, meaning, places), patience).await?;
        self.shown(&ids(&rows), query, None).await
    }

    /// The products as a list shows them: ranked by a text, or as they come.
    async fn shown(
        &self,
        ids: &[Uuid],
        query: &Query,
        meaning: Option<&Meaning>,
    ) -> Result<Vec<Hit>, Fault> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let pool = self.store.reader();
        let today = self.store.today();
        if meaning.is_some() {
            return queries::hits(pool, Among::Products(ids), query, meaning, today).await;
        }
        let all = Query {
            page: PageRequest {
                page: 1,
                per_page: u32::try_from(ids.len()).map_err(Fault::new)?,
            },
            ..query.clone()
        };
        let mut hits = queries::hits(pool, Among::Products(ids), &all, None, today).await?;
        if hits.len() != ids.len() {
            return Err(Fault::new("the index names products that are not there"));
        }
        hits.sort_by_cached_key(|hit| ids.iter().position(|id| *id == hit.product_id.0));
        Ok(hits)
    }

    async fn suggestions(&self, text: &str, limit: i64) -> Result<Suggestions, Fault> {
        let patience = &mut { PATIENCE };
        let Some(meaning) = self.meaning(text.trim(), true, patience).await? else {
            return Ok(Suggestions::default());
        };
        let meaning = &*meaning;
        let parts = Parts::new(&Filter::default(), Some(meaning), self.store.today());
        let page = PageRequest::new(None, u32::try_from(limit).ok());
        let mut questions = vec![
            Question {
                filter: parts.with(&[meaning.matching.to_filter("seller_words")]),
                facets: &["seller_named"],
                ..Question::default()
            },
            Question {
                filter: parts.with(&[meaning.matching.to_filter("place_words")]),
                facets: &["commune_named"],
                ..Question::default()
            },
            Question {
                filter: parts.with(&[]),
                facets: &["group"],
                ..Question::default()
            },
        ];
        questions.extend(tiers(&parts, meaning, [(0, window(page)); TIERS]));
        let mut answers = self.ask(&questions, patience).await?;
        let rows = answers.split_off(3);
        let query = Query {
            filter: Filter::default(),
            sort: Sort::Relevance,
            page,
        };
        let hits = self.shown(&ids(&rows), &query, Some(meaning)).await?;
        let [sellers, communes, groups] = ["seller_named", "commune_named", "group"]
            .map(|facet| first(&answers, facet, usize::try_from(limit).unwrap_or(0)));
        Ok(Suggestions {
            products: hits.into_iter().map(SuggestedProduct::from).collect(),
            sellers: sellers
                .iter()
                .filter_map(|both| both.split_once(' '))
                .map(|(slug, name)| SuggestedSeller {
                    slug: slug.to_owned(),
                    name: name.to_owned(),
                })
                .collect(),
            categories: groups
                .iter()
                .filter_map(|code| Group::parse(code))
                .collect(),
            communes: communes
                .iter()
                .filter_map(|both| both.split_once(' '))
                .map(|(code, name)| SuggestedCommune {
                    code: code.to_owned(),
                    name: name.to_owned(),
                })
                .collect(),
        })
    }
}

impl SearchEngine for MeiliEngine {
    fn name(&self) -> &'static str {
        "meilisearch"
    }

    fn search<'a>(&'a self, query: &'a Query) -> BoxFuture<'a, Result<Found, Fault>> {
        Box::pin(self.found(query))
    }

    fn suggest<'a>(
        &'a self,
        text: &'a str,
        limit: i64,
    ) -> BoxFuture<'a, Result<Suggestions, Fault>> {
        Box::pin(self.suggestions(text, limit))
    }

    fn explain<'a>(
        &'a self,
        query: &'a Query,
        products: &'a [ProductId],
    ) -> BoxFuture<'a, Result<Vec<Explanation>, Fault>> {
        Box::pin(async move {
            let text = query.filter.text.trim();
            let meaning = self.meaning(text, false, &mut { PATIENCE }).await?;
            let (pool, now) = (self.store.reader(), self.store.now());
            queries::explain(pool, products, meaning.as_deref(), now).await
        })
    }

    fn health(&self) -> BoxFuture<'_, Result<(), Fault>> {
        Box::pin(async move {
            self.ask(&[Question::default()], &mut { PATIENCE }).await?;
            Ok(())
        })
    }

    fn invalidate(&self) {
        self.meanings.invalidate();
        self.live.clear();
    }
}

/// As an index sorts for it; `standing` stands for a text, where there is one behind the ranked.
const fn order(sort: Sort) -> &'static [&'static str] {
    match sort {
        Sort::Relevance => &["standing:desc", "published:desc", "id:asc"],
        Sort::Newest => &["published:desc", "id:asc"],
        Sort::Price => &["price:asc", "id:asc"],
        Sort::PriceDescending => &["price:desc", "id:desc"],
        Sort::Sold => &["sold:desc", "id:asc"],
    }
}

const TIERS: usize = Tier::ALL.len();

/// The hits of a text by their tiers; of each so many from there on.
fn tiers(parts: &Parts, meaning: &Meaning, places: [(u32, u32); TIERS]) -> Vec<Question> {
    let pinned = pinned(meaning);
    let literal = meaning.literal.to_filter("name_words");
    let named = meaning.matching.to_filter("name_words");
    Tier::ALL
        .map(|tier| match tier {
            Tier::Pinned => pinned.clone(),
            Tier::Literal => format!("({literal}) AND NOT {pinned}"),
            Tier::Named => format!("({named}) AND NOT ({literal}) AND NOT {pinned}"),
            Tier::Anywhere => format!("NOT ({named}) AND NOT {pinned}"),
        })
        .into_iter()
        .zip(places)
        .map(|(tier, (offset, limit))| Question {
            filter: parts.with(&[tier]),
            sort: order(Sort::Relevance),
            offset: offset as usize,
            limit: limit as usize,
            ..Question::default()
        })
        .collect()
}

fn ids(answers: &[Answer]) -> Vec<Uuid> {
    let hits = answers.iter().flat_map(|answer| &answer.hits);
    hits.map(|hit| hit.result.id).collect()
}

/// What an answer counts.
#[derive(Debug, PartialEq, Eq)]
enum Counted {
    /// The total, and each facet of which nothing is asked for.
    All,
    /// Products in season.
    Season,
    /// One facet, without its own filter.
    Only(About),
}

const FACETS: &[&str] = &[
    "group",
    "set",
    "stars",
    "marks",
    "facts",
    "commune_named",
    "seller_kind",
];

/// The questions that count total and facets, each facet without its own filter.
fn counting(parts: &Parts, today: Date) -> (Vec<Counted>, Vec<Question>) {
    let mut counted = vec![Counted::All];
    let mut questions = vec![Question {
        filter: parts.with(&[]),
        facets: FACETS,
        ..Question::default()
    }];
    let season = if parts.has(&About::Season) {
        parts.with(&[])
    } else {
        parts.with(&[in_season(today)])
    };
    counted.push(Counted::Season);
    questions.push(Question {
        filter: season,
        ..Question::default()
    });
    let facets = [
        About::Group,
        About::Set,
        About::Stars,
        About::Marks,
        About::Commune,
        About::SellerKind,
    ];
    let asked: Vec<About> = facets
        .into_iter()
        .filter(|about| parts.has(about))
        .chain(parts.facts().cloned())
        .collect();
    for about in asked {
        questions.push(Question {
            filter: parts.without(&about),
            facets: FACETS,
            ..Question::default()
        });
        counted.push(Counted::Only(about));
    }
    (counted, questions)
}

/// Facets from what the answers count.
fn facets(
    filter: &Filter,
    counted: &[Counted],
    answers: Vec<Answer>,
    today: Date,
) -> Result<Facets, Fault> {
    let mut facets = Facets::default();
    let asked: Vec<&About> = counted
        .iter()
        .filter_map(|it| match it {
            Counted::Only(about) => Some(about),
            Counted::All | Counted::Season => None,
        })
        .collect();
    let facts = facets_of(filter, today);
    for (counted, answer) in counted.iter().zip(&answers) {
        let total = answer
            .estimated_total_hits
            .and_then(|total| i64::try_from(total).ok())
            .ok_or_else(|| Fault::new("Meilisearch counts nothing"))?;
        match counted {
            Counted::All => facets.total = total,
            Counted::Season => {
                facets.in_season = total;
                continue;
            }
            Counted::Only(_) => {}
        }
        let counts = |about: &About| match counted {
            Counted::All => !asked.contains(&about),
            Counted::Only(only) => about == only,
            Counted::Season => false,
        };
        if counts(&About::Group) {
            facets.groups = values(answer, "group", Group::parse)?;
        }
        if counts(&About::Set) {
            facets.sets = values(answer, "set", |it| it.parse().ok())?;
        }
        if counts(&About::Stars) {
            facets.stars = values(answer, "stars", |it| it.parse().ok())?;
        }
        if counts(&About::Marks) {
            facets.marks = values(answer, "marks", |it| Some(it.to_owned()))?;
        }
        if counts(&About::SellerKind) {
            facets.seller_kinds = values(answer, "seller_kind", SellerKind::parse)?;
        }
        if counts(&About::Commune) {
            let communes = values(answer, "commune_named", |it| {
                let (code, name) = it.split_once(' ')?;
                Some((code.to_owned(), name.to_owned()))
            })?;
            facets.communes = communes
                .into_iter()
                .map(|((code, name), count)| CommuneCount { code, name, count })
                .collect();
        }
        let said = values(answer, "facts", |it| {
            let (fact, value) = it.split_once('=')?;
            Some(FactValue {
                fact: fact.to_owned(),
                value: value.to_owned(),
            })
        })?;
        facets.facts.extend(said.into_iter().filter(|(said, _)| {
            facts.contains(&said.fact) && counts(&About::Fact(said.fact.clone()))
        }));
    }
    sort_facets(&mut facets);
    Ok(facets)
}

/// The values of a facet with their counts.
fn values<T>(
    answer: &Answer,
    facet: &str,
    parse: impl Fn(&str) -> Option<T>,
) -> Result<Vec<(T, i64)>, Fault> {
    let counts = answer
        .facet_distribution
        .as_ref()
        .ok_or_else(|| Fault::new("Meilisearch counts no facets"))?;
    counts
        .get(facet)
        .into_iter()
        .flatten()
        .map(|(value, count)| {
            let unknown = || Fault::new(format!("no {facet} is called \"{value}\""));
            let count = i64::try_from(*count).map_err(Fault::new)?;
            Ok((parse(value).ok_or_else(unknown)?, count))
        })
        .collect()
}

/// The values of a facet that are there most often.
fn first(answers: &[Answer], facet: &str, limit: usize) -> Vec<String> {
    let mut counts: Vec<(&String, &usize)> = answers
        .iter()
        .filter_map(|answer| answer.facet_distribution.as_ref()?.get(facet))
        .flatten()
        .collect();
    counts.sort_by(|a, b| b.1.cmp(a.1).then_with(|| a.0.cmp(b.0)));
    counts
        .into_iter()
        .take(limit)
        .map(|(value, _)| value.clone())
        .collect()
}
