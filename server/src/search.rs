//! Which engine finds products, and keeping its index as the catalogue is.
use std::sync::Arc;
use std::time::Duration;

use market::kernel::{Actor, Fault, Store};
use market::search::{Feeder, Guarded, MeiliEngine, PostgresEngine, SearchEngine, commands};
use tokio::time::sleep;

use crate::config::Config;

/// How often it looks for changes.
const LOOK: Duration = Duration::from_millis(200);
/// After a failure it rests, each time twice as long, up to the most.
const FIRST_REST: Duration = Duration::from_secs(1);
const LONGEST_REST: Duration = Duration::from_secs(30);

/// The engine that the settings name.
pub fn engine(config: &Config, store: Store) -> Result<Arc<dyn SearchEngine>, Fault> {
    let postgres = PostgresEngine::new(store.clone());
    Ok(match &config.meili {
        Some(settings) => {
            let meili = MeiliEngine::new(store, &postgres, settings)?;
            Arc::new(Guarded::new(meili, postgres))
        }
        None => Arc::new(postgres),
    })
}

/// What feeds the engine, where it has an index of its own.
pub fn feeder(config: &Config, store: &Store) -> Result<Option<Feeder>, Fault> {
    config
        .meili
        .as_ref()
        .map(|settings| Feeder::new(store.clone(), settings))
        .transpose()
}

/// Feeds for ever; where nothing is to be fed it never ends either, and no change waits any longer for an index that
/// was searched before.
pub async fn run(store: Store, feeder: Option<Feeder>) {
    let Some(feeder) = feeder else {
        let forgotten: Result<(), Fault> = async {
            market::transact_sure!(store, &Actor::system(), work => Ok(commands::forget_targets(work).await?))
        }
        .await;
        if let Err(fault) = forgotten {
            tracing::warn!("Changes wait for an index that nobody feeds: {fault}");
        }
        return std::future::pending().await;
    };
    let mut rest = FIRST_REST;
    loop {
        match feeder.round().await {
            Ok(_) => {
                rest = FIRST_REST;
                sleep(LOOK).await;
            }
            Err(fault) => {
                tracing::warn!(
                    "The index for searches waits: {}",
                    app::trouble::causes(&fault)
                );
                sleep(rest).await;
                rest = (rest * 2).min(LONGEST_REST);
            }
        }
    }
}
