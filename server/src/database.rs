//! The database as the process sees it: migrations and readiness.
use market::kernel::{Fault, Store};
use sqlx::migrate::Migrator;

static MIGRATIONS: Migrator = sqlx::migrate!("../migrations");

/// Brings the schema up to date and loads what every installation needs: days off, places, OCOP groups and sets.
pub async fn migrate(store: &Store) -> Result<(), Fault> {
    MIGRATIONS.run(store.reader()).await.map_err(Fault::new)?;
    market::kernel::calendar::ensure_reference(store).await?;
    market::places::commands::ensure_reference(store).await?;
    market::search::commands::ensure_reference(store).await?;
    market::catalog::commands::reference::ensure(store).await
}

/// Whether the database answers and knows every migration of this program.
pub async fn is_ready(store: &Store) -> Result<(), String> {
    let applied = market::kernel::store::applied_migrations(store.reader())
        .await
        .map_err(|error| error.to_string())?;
    let wanted = MIGRATIONS
        .iter()
        .filter(|migration| !migration.migration_type.is_down_migration())
        .count();
    if usize::try_from(applied) == Ok(wanted) {
        Ok(())
    } else {
        Err(format!("{applied} of {wanted} migrations are applied"))
    }
}
