//! The files of the store and the rows that name them: what no row names is swept after a day, what one names
//! never is, whoever writes what meanwhile.
use std::collections::BTreeSet;

use time::Duration;

use crate::kernel::{Actor, Fault, Store, Work};
use crate::media::MediaStore;
use crate::media::store::shelves;

/// A file without a row is left alone for so long: its row may be on its way.
const LEFT_ALONE: Duration = Duration::days(1);
/// Names looked up in one go.
const BATCH: usize = 1_000;

/// Notes that rows of this transaction name these files, which are in the store, so that none of them is swept
/// from here on. Answers those that were swept before and can't be named any more. `keys` are in order, so that
/// two who note the same wait and don't block each other.
pub(super) async fn claim(work: &mut Work<'_>, keys: &[String]) -> Result<Vec<String>, Fault> {
    sqlx::query!(
        "insert into stored_files (key) select key from unnest($1::text[]) as names (key) order by key on conflict do nothing",
        keys,
    )
    .execute(&mut *work.conn)
    .await?;
    // A sweep that is deciding about one of them is waited for.
    let noted = sqlx::query!(
        "select key, swept_at from stored_files where key = any($1) order by key for share",
        keys,
    )
    .fetch_all(&mut *work.conn)
    .await?;
    let swept = noted.into_iter().filter(|file| file.swept_at.is_some());
    Ok(swept.map(|file| file.key).collect())
}

/// Whether today's sweep is still to be done; whoever hears so does it.
pub async fn begin_day(work: &mut Work<'_>) -> Result<bool, Fault> {
    let claimed = sqlx::query!(
        "insert into settings (name, value, changed_at) values ('media_day', $1, $2)
         on conflict (name) do update set value = excluded.value, changed_at = excluded.changed_at
         where settings.value < excluded.value",
        work.today().to_string(),
        work.now,
    )
    .execute(&mut *work.conn)
    .await?
    .rows_affected();
    Ok(claimed == 1)
}

/// Removes the files that lie in the store for a day without a row; answers how many.
///
/// # Errors
/// A fault of database or store; what was not reached then waits for the next sweep.
pub async fn sweep(store: &Store, media: &MediaStore) -> Result<usize, Fault> {
    let before = store.now() - LEFT_ALONE;
    let mut count = 0;
    for shelf in shelves() {
        let mut old = media.on_shelf(&shelf).await?;
        old.retain(|file| file.at < before);
        let keys: Vec<String> = old.into_iter().map(|file| file.key).collect();
        for keys in keys.chunks(BATCH) {
            let unnamed = unnamed(store, keys).await?;
            if unnamed.is_empty() {
                continue;
            }
            let unnamed = unnamed.as_slice();
            let swept = crate::transact_sure!(store, &Actor::system(), work => Ok(give_up(work, unnamed).await?))?;
            for key in swept {
                media.remove(&key).await?;
                count += 1;
            }
        }
    }
    Ok(count)
}

/// Those that no row names at the moment, in order.
async fn unnamed(store: &Store, keys: &[String]) -> Result<Vec<String>, Fault> {
    let unnamed = sqlx::query_scalar!(
        r#"select key as "key!" from unnest($1::text[]) as names (key)
           where not exists (select from photo_variants where photo_variants.key = names.key)
               and not exists (select from papers where ('papers/' || papers.id::text) collate "C" = names.key)
           order by key"#,
        keys,
    )
    .fetch_all(store.reader())
    .await?;
    Ok(unnamed)
}

/// Says of those files that still no row names that they are swept; answers them. From then on their names can't
/// be used, so that it does not matter when they are removed, or whether it is done twice.
async fn give_up(work: &mut Work<'_>, keys: &[String]) -> Result<Vec<String>, Fault> {
    sqlx::query!(
        "insert into stored_files (key) select key from unnest($1::text[]) as names (key) order by key on conflict do nothing",
        keys,
    )
    .execute(&mut *work.conn)
    .await?;
    // Whoever is writing a row that names one of them is waited for; the next statement sees that row.
    sqlx::query!(
        "select key from stored_files where key = any($1) order by key for update",
        keys,
    )
    .fetch_all(&mut *work.conn)
    .await?;
    let swept = sqlx::query_scalar!(
        r#"update stored_files set swept_at = coalesce(swept_at, $2)
           where key = any($1)
               and not exists (select from photo_variants where photo_variants.key = stored_files.key)
               and not exists (select from papers where ('papers/' || papers.id::text) collate "C" = stored_files.key)
           returning key"#,
        keys,
        work.now,
    )
    .fetch_all(&mut *work.conn)
    .await?;
    Ok(swept)
}

/// Holds the store against the rows: files that lie there for a day without a row, rows whose file is missing; a
/// sentence for staff each, none when everything agrees.
pub async fn check(store: &Store, media: &MediaStore) -> Result<Vec<String>, Fault> {
    let before = store.now() - LEFT_ALONE;
    let mut findings = Vec::new();
    for shelf in shelves() {
        // First the rows: a file is there before its row.
        let named: BTreeSet<String> = named_on(store, &shelf).await?.into_iter().collect();
        let stored = media.on_shelf(&shelf).await?;
        let mut old = Vec::new();
        let mut there = BTreeSet::new();
        for file in stored {
            if file.at < before && !named.contains(&file.key) {
                old.push(file.key.clone());
            }
            there.insert(file.key);
        }
        let missing = named.difference(&there);
        findings.extend(missing.map(|key| format!("the file {key} is named and not there")));
        for keys in old.chunks(BATCH) {
            let unnamed = unnamed(store, keys).await?;
            findings.extend(
                unnamed
                    .iter()
                    .map(|key| format!("the file {key} lies there and nothing names it")),
            );
        }
    }
    Ok(findings)
}

/// The names that rows give files of a shelf.
async fn named_on(store: &Store, shelf: &str) -> Result<Vec<String>, Fault> {
    let below = format!("{shelf}/%");
    let named = sqlx::query_scalar!(
        r#"select key as "key!" from photo_variants where key like $1
           union
           select 'papers/' || id::text from papers where ('papers/' || id::text) collate "C" like $1"#,
        below,
    )
    .fetch_all(store.reader())
    .await?;
    Ok(named)
}
