//! Keeping an index as the catalogue is: built aside and put in place whole, then fed with every change.
use std::collections::{HashMap, HashSet};
use std::time::{Duration, Instant};

use meilisearch_sdk::documents::DocumentsQuery;
use meilisearch_sdk::task_info::TaskInfo;
use meilisearch_sdk::tasks::Task;
use sqlx::Postgres;
use sqlx::pool::PoolConnection;
use tokio::sync::Mutex;
use uuid::Uuid;

use super::client::{Meili, MeiliSettings};
use super::documents::{self, SHAPE, Stamp};
use crate::kernel::{Actor, Fault, Store};
use crate::search::{commands, queries};

/// Documents that travel at once.
const BATCH: usize = 5_000;
/// Changes that are sent at once.
const CHANGES: i64 = 1_000;
/// How often a task is asked after, and until when.
const LOOK: Duration = Duration::from_millis(20);
const PATIENCE: Duration = Duration::from_mins(30);

/// How often the server is asked whether an index is there for which nothing waits.
const ASKED: Duration = Duration::from_secs(10);

/// How far a building is.
pub type Progress<'a> = &'a (dyn Fn(usize) + Sync);

/// Feeds the index of a Meilisearch server. One process at a time does so; the database says which.
pub struct Feeder {
    store: Store,
    client: Meili,
    prefix: String,
    /// Holds the lock by which the database knows who feeds, as long as this process does.
    lead: Mutex<Option<PoolConnection<Postgres>>>,
    /// When the server was asked last whether the index is there.
    asked: Mutex<Option<Instant>>,
}

impl Feeder {
    /// Feeds the server that `settings` name.
    pub fn new(store: Store, settings: &MeiliSettings) -> Result<Self, Fault> {
        Ok(Self {
            store,
            client: settings.client()?,
            prefix: settings.index.clone(),
            lead: Mutex::new(None),
            asked: Mutex::new(None),
        })
    }

    /// Whether this process feeds. Two that did would send an older document after a newer one.
    async fn leads(&self) -> Result<bool, Fault> {
        let mut lead = self.lead.lock().await;
        if let Some(held) = lead.as_mut() {
            if queries::is_alive(held).await {
                return Ok(true);
            }
            // With its connection the lock is gone.
            *lead = None;
        }
        let mut connection = self.store.writer().acquire().await?;
        if queries::take_lead(&mut connection).await? {
            *lead = Some(connection);
        }
        Ok(lead.is_some())
    }

    /// Builds an index where none is there of this version, or sends what has changed; answers how many documents
    /// that were. What can't be sent waits and is sent later.
    pub async fn round(&self) -> Result<usize, Fault> {
        if !self.leads().await? {
            return Ok(0);
        }
        let target = queries::target(self.store.reader()).await?;
        match target {
            Some(target)
                if target.shape == SHAPE
                    && !target.is_renewed
                    && self.is_still_there(&target.name).await? =>
            {
                self.feed(&target.name).await
            }
            _ => self.rebuild(&|_| {}).await,
        }
    }

    async fn is_still_there(&self, name: &str) -> Result<bool, Fault> {
        let mut asked = self.asked.lock().await;
        if asked.is_some_and(|asked| asked.elapsed() < ASKED) {
            return Ok(true);
        }
        let is_there = self.is_there(name).await?;
        *asked = is_there.then(Instant::now);
        Ok(is_there)
    }

    /// Whether the index is there and is one of ours: a server that has lost it makes another, without settings, of the
    /// next document.
    async fn is_there(&self, name: &str) -> Result<bool, Fault> {
        match self.client.index(name).get_sortable_attributes().await {
            Ok(sortable) => {
                let ours = documents::settings()
                    .sortable_attributes
                    .unwrap_or_default();
                Ok(ours.iter().all(|attribute| sortable.contains(attribute)))
            }
            Err(meilisearch_sdk::errors::Error::Meilisearch(error))
                if error.error_code == meilisearch_sdk::errors::ErrorCode::IndexNotFound =>
            {
                Ok(false)
            }
            Err(error) => Err(Fault::new(error)),
        }
    }

    /// Sends what has changed, in the order of the changes, until nothing waits.
    async fn feed(&self, name: &str) -> Result<usize, Fault> {
        let mut sent = 0;
        while self.leads().await? {
            let day = queries::day(self.store.reader()).await?;
            let changes = queries::changes(self.store.reader(), name, CHANGES).await?;
            if changes.is_empty() {
                // Whatever the day has changed was noted when it began.
                let store = &self.store;
                crate::transact_sure!(store, &Actor::system(), work => Ok(commands::followed(work, name, day).await?))?;
                return Ok(sent);
            }
            let ids: Vec<Uuid> = changes.iter().map(|(id, _)| *id).collect();
            let documents = documents::of(self.store.reader(), &ids, self.store.today()).await?;
            let there: HashSet<Uuid> = documents.iter().map(|document| document.id).collect();
            let gone: Vec<String> = ids
                .iter()
                .filter(|id| !there.contains(id))
                .map(Uuid::to_string)
                .collect();
            let index = self.client.index(name);
            let mut tasks = Vec::new();
            if !documents.is_empty() {
                let task = index.add_or_replace(&documents, Some("id")).await;
                tasks.push(task.map_err(Fault::new)?);
            }
            if !gone.is_empty() {
                tasks.push(index.delete_documents(&gone).await.map_err(Fault::new)?);
            }
            for task in tasks {
                self.done(task).await?;
            }
            sent += changes.len();
            let store = &self.store;
            crate::transact_sure!(store, &Actor::system(), work => Ok(commands::sent(work, name, &changes).await?))?;
        }
        Ok(sent)
    }

    /// Builds an index aside, and puts it in the place of the one that is live once it has all. Searches go on. Where
    /// another process feeds, that builds it, and this one waits; answers how many documents it has sent itself.
    ///
    /// # Errors
    /// Another process builds one and does not get on; the server does not answer: then nothing is left begun.
    pub async fn rebuild(&self, progress: Progress<'_>) -> Result<usize, Fault> {
        let store = &self.store;
        if !self.leads().await? {
            return self.have_rebuilt().await;
        }
        let name = format!(
            "{}-{}",
            self.prefix,
            store.now().unix_timestamp_nanos() / 1_000_000
        );
        let left = crate::transact_sure!(store, &Actor::system(), work => Ok(commands::begin_target(work, &name, SHAPE).await?))?;
        let left = left.ok_or_else(|| Fault::new("another process builds an index"))?;
        for left in left {
            self.drop_index(&left).await;
        }
        let built = self.build(&name, progress).await;
        if built.is_err() {
            crate::transact_sure!(store, &Actor::system(), work => Ok(commands::give_up(work, &name).await?))?;
            self.drop_index(&name).await;
        }
        built
    }

    /// Has the process that feeds build the index anew.
    async fn have_rebuilt(&self) -> Result<usize, Fault> {
        let store = &self.store;
        let before = queries::target(store.reader()).await?;
        let before = before.map(|target| target.name);
        crate::transact_sure!(store, &Actor::system(), work => Ok(commands::renew_target(work).await?))?;
        let begun = Instant::now();
        while begun.elapsed() < PATIENCE {
            tokio::time::sleep(Duration::from_millis(500)).await;
            let now = queries::target(store.reader()).await?;
            if now.is_some_and(|target| Some(target.name) != before) {
                return Ok(0);
            }
        }
        Err(Fault::new(
            "the process that feeds the index does not build it",
        ))
    }

    async fn build(&self, name: &str, progress: Progress<'_>) -> Result<usize, Fault> {
        let store = &self.store;
        let task = self.client.create_index(name, Some("id")).await;
        self.done(task.map_err(Fault::new)?).await?;
        let index = self.client.index(name);
        let task = index.set_settings(&documents::settings()).await;
        self.done(task.map_err(Fault::new)?).await?;
        let (mut count, mut after, mut tasks) = (0, None, Vec::new());
        loop {
            let ids = queries::ids_after(store.reader(), after, BATCH).await?;
            let Some(last) = ids.last() else { break };
            after = Some(*last);
            let documents = documents::of(store.reader(), &ids, store.today()).await?;
            let task = index.add_or_replace(&documents, Some("id")).await;
            tasks.push(task.map_err(Fault::new)?);
            count += documents.len();
            progress(count);
            crate::transact_sure!(store, &Actor::system(), work => Ok(commands::still_building(work, name).await?))?;
        }
        for task in tasks {
            self.done(task).await?;
            crate::transact_sure!(store, &Actor::system(), work => Ok(commands::still_building(work, name).await?))?;
        }
        count += self.feed(name).await?;
        let old = crate::transact_sure!(store, &Actor::system(), work => Ok(commands::go_live(work, name).await?))?;
        for old in old {
            self.drop_index(&old).await;
        }
        Ok(count)
    }

    /// What stays behind for want of an answer is no harm.
    async fn drop_index(&self, name: &str) {
        if let Err(error) = self.client.delete_index(name).await {
            tracing::warn!("The index {name} stays behind: {error}");
        }
    }

    /// Holds the index against the database, and sends again whatever differs; answers the differences. What changes
    /// meanwhile is none.
    pub async fn check(&self) -> Result<Vec<String>, Fault> {
        let store = &self.store;
        let Some(target) = queries::target(store.reader()).await? else {
            return Ok(vec!["no index is built".to_owned()]);
        };
        let name = &target.name;
        if !self.is_there(name).await? {
            return Ok(vec![format!("the index {name} is not there")]);
        }
        self.caught_up(name).await?;
        let mut differ = Vec::new();
        let mut after = None;
        loop {
            let ids = queries::ids_after(store.reader(), after, BATCH).await?;
            let Some(last) = ids.last() else { break };
            after = Some(*last);
            differ.extend(self.differences(name, &ids).await?);
        }
        let mut offset = 0;
        loop {
            let index = self.client.index(name);
            let mut query = DocumentsQuery::new(&index);
            query
                .with_fields(["id", "digest"])
                .with_offset(offset)
                .with_limit(BATCH);
            let page = query.execute::<Stamp>().await.map_err(Fault::new)?.results;
            if page.is_empty() {
                break;
            }
            offset += page.len();
            let ids: Vec<Uuid> = page.iter().map(|stamp| stamp.id).collect();
            let gone = queries::without_document(store.reader(), &ids).await?;
            differ.extend(gone.into_iter().map(|id| (id, "is not on sale")));
        }
        if differ.is_empty() {
            return Ok(Vec::new());
        }
        // What was on its way has arrived now.
        self.caught_up(name).await?;
        let ids: Vec<Uuid> = differ.iter().map(|(id, _)| *id).collect();
        let mut differ = Vec::new();
        for ids in ids.chunks(BATCH) {
            differ.extend(self.differences(name, ids).await?);
        }
        let ids: Vec<Uuid> = differ.iter().map(|(id, _)| *id).collect();
        crate::transact_sure!(store, &Actor::system(), work => Ok(commands::send_again(work, name, &ids).await?))?;
        self.caught_up(name).await?;
        Ok(differ
            .into_iter()
            .map(|(id, how)| format!("the document of product {id} {how}; sent again"))
            .collect())
    }

    /// Which of these products the index does not have as the database does, and how so.
    async fn differences(
        &self,
        name: &str,
        ids: &[Uuid],
    ) -> Result<Vec<(Uuid, &'static str)>, Fault> {
        let documents = documents::of(self.store.reader(), ids, self.store.today()).await?;
        let documents: HashMap<Uuid, Stamp> = documents
            .iter()
            .map(|document| (document.id, document.stamp()))
            .collect();
        let names: Vec<String> = ids.iter().map(Uuid::to_string).collect();
        let index = self.client.index(name);
        let mut query = DocumentsQuery::new(&index);
        query
            .with_ids(names.iter().map(String::as_str).collect::<Vec<&str>>())
            .with_fields(["id", "digest"])
            .with_limit(BATCH);
        let there = query.execute::<Stamp>().await.map_err(Fault::new)?.results;
        let there: HashMap<Uuid, Stamp> =
            there.into_iter().map(|stamp| (stamp.id, stamp)).collect();
        Ok(ids
            .iter()
            .filter_map(|id| match (documents.get(id), there.get(id)) {
                (Some(_), None) => Some((*id, "is missing")),
                (None, Some(_)) => Some((*id, "is not on sale")),
                (Some(document), Some(stamp)) if document != stamp => Some((*id, "is another")),
                _ => None,
            })
            .collect())
    }

    /// Sends what waits, or waits until the process that feeds has: that is no difference.
    async fn caught_up(&self, name: &str) -> Result<(), Fault> {
        const LOOKS: u32 = 300;
        if self.leads().await? {
            self.feed(name).await?;
            return Ok(());
        }
        for _ in 0..LOOKS {
            let target = queries::target(self.store.reader()).await?;
            if target.is_some_and(|target| target.waiting == 0) {
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        Err(Fault::new(
            "the process that feeds the index does not get on",
        ))
    }

    async fn done(&self, task: TaskInfo) -> Result<(), Fault> {
        let task = self
            .client
            .wait_for_task(task, Some(LOOK), Some(PATIENCE))
            .await
            .map_err(Fault::new)?;
        match task {
            Task::Failed { content } => Err(Fault::new(content.error)),
            _ => Ok(()),
        }
    }
}
