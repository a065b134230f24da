//! The sample catalogue, people and orders: loaded once, through the same use cases as everything else.
pub mod assistance;
pub mod authorities;
pub mod catalogue;
mod certificates;
pub mod history;
pub mod people;
mod trace;

use market::catalog;
use market::kernel::{Fault, Store};

use crate::config::Config;
pub use people::people_table;

/// Loads everything into an empty database; one that holds products is left alone.
pub async fn load(config: &Config, store: &Store, days: u16) -> Result<(), Fault> {
    if !catalog::queries::is_empty(store.reader()).await? {
        tracing::info!("There are products already: the sample data stay out");
        return Ok(());
    }
    let media = config.media_store()?;
    catalogue::load(config, store, &media).await?;
    certificates::load(config, store, &media).await?;
    certificates::marks(config, store, &media).await?;
    people::load(config, store).await?;
    trace::batch(store, days).await?;
    history::load(store, days).await?;
    trace::harvest(store).await?;
    Ok(())
}
