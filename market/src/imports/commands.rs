//! Taking a file in, checking it, applying it.
use std::collections::{BTreeSet, HashMap, HashSet};

use serde_json::json;
use sha2::{Digest, Sha256};
use sqlx::types::Json;
use time::Duration;

use super::check::{Checker, Entry, Known, ProductEntry, SellerEntry};
use super::format::Sheet;
use super::queries;
use super::sheets::{self, Table};
use super::types::{ImportRefusal, ImportState, MAX_BYTES, Row};
use crate::catalog;
use crate::kernel::audit::{Deed, record};
use crate::kernel::error::broken_row;
use crate::kernel::text::fold;
use crate::kernel::{
    Actor, CommuneId, Failure, Fault, FieldErrors, ImportId, Permission, PersonId, Right, Role,
    SellerId, Store, Work,
};
use crate::places::{self, CodeReading, PlaceReading};
use crate::sellers;

type Outcome<T> = Result<T, Failure<ImportRefusal>>;

/// Rows that are checked or written between two signs of life.
const BATCH: usize = 250;
/// A process that gives no sign of life for so long has ended.
const CLAIM: Duration = Duration::minutes(10);

/// Whose goods a file may bring.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Anybody's in the officer's communes, and new shops there.
    Office,
    /// This shop's.
    Seller(SellerId),
}

impl Scope {
    /// Of an import with that seller, or with none.
    #[must_use]
    pub fn of(seller: Option<SellerId>) -> Self {
        seller.map_or(Self::Office, Self::Seller)
    }

    /// Whether the actor may see and apply a file of it that `by` brought: officers of some communes their own
    /// only, since rows name people of all places.
    #[must_use]
    pub fn shows_to(self, actor: &Actor, by: PersonId) -> bool {
        self.is_open_to(actor)
            && match self {
                Self::Office => actor.office_communes().is_none() || actor.person == Some(by),
                Self::Seller(_) => true,
            }
    }

    /// Whether the actor may bring a file for it.
    #[must_use]
    pub fn is_open_to(self, actor: &Actor) -> bool {
        match self {
            Self::Office => actor.has_office(Permission::Imports),
            Self::Seller(seller) => actor.may(Right::List(seller)),
        }
    }
}

/// Takes a file in; its rows are checked beside the requests.
///
/// # Errors
/// [`ImportRefusal::NotFound`] for who may not; whatever makes the file as a whole unreadable.
pub async fn receive(
    store: &Store,
    actor: &Actor,
    scope: Scope,
    file_name: &str,
    bytes: Vec<u8>,
) -> Outcome<ImportId> {
    if !scope.is_open_to(actor) {
        return Err(ImportRefusal::NotFound.into());
    }
    if bytes.is_empty() {
        return Err(ImportRefusal::Empty.into());
    }
    if bytes.len() > MAX_BYTES {
        return Err(ImportRefusal::TooLarge.into());
    }
    let (digest, table) = tokio::task::spawn_blocking(move || {
        let digest = Sha256::digest(&bytes);
        let digest: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        (digest, sheets::read(&bytes))
    })
    .await
    .map_err(Fault::new)?;
    let table = table?;
    crate::transact!(store, actor, work => {
        let file = File { scope, file_name, digest: &digest, table: &table };
        write(work, &file).await
    })
}

struct File<'a> {
    scope: Scope,
    file_name: &'a str,
    digest: &'a str,
    table: &'a Table,
}

async fn write(work: &mut Work<'_>, file: &File<'_>) -> Outcome<ImportId> {
    let person = work.actor.person.ok_or(ImportRefusal::NotFound)?;
    let seller = match file.scope {
        Scope::Office => None,
        Scope::Seller(seller) => Some(seller.0),
    };
    let communes: Vec<i32> = match file.scope {
        Scope::Office => work.actor.office_communes().unwrap_or_default(),
        Scope::Seller(_) => &[],
    }
    .iter()
    .map(|commune| commune.0)
    .collect();
    let id: ImportId = work.new_id();
    let file_name: String = file.file_name.chars().take(200).collect();
    sqlx::query!(
        "insert into imports (id, digest, file_name, state, uploaded_by, seller_id, communes, columns, rows, created_at, unread)
         values ($1, $2, $3, 'waiting', $4, $5, $6, $7, $8, $9, $10)",
        id.0,
        file.digest,
        file_name,
        person.0,
        seller,
        &communes,
        Json(&file.table.columns) as _,
        i32::try_from(file.table.rows.len()).map_err(Fault::new)?,
        work.now,
        &file.table.unread,
    )
    .execute(&mut *work.conn)
    .await?;
    for part in file.table.rows.chunks(BATCH) {
        let sheets: Vec<String> = part
            .iter()
            .map(|row| row.sheet.as_str().to_owned())
            .collect();
        let numbers: Vec<i32> = part.iter().map(|row| row.number).collect();
        let fields: Vec<serde_json::Value> = part.iter().map(|row| json!(row.fields)).collect();
        sqlx::query!(
            "insert into import_rows (import_id, sheet, number, fields)
             select $1, sheet, number, fields from unnest($2::text[], $3::integer[], $4::jsonb[]) as came (sheet, number, fields)",
            id.0,
            &sheets,
            &numbers,
            &fields,
        )
        .execute(&mut *work.conn)
        .await?;
    }
    note(
        work,
        id,
        "import.received",
        json!({ "file": file_name, "rows": file.table.rows.len() }),
    )
    .await?;
    Ok(id)
}

async fn note(
    work: &mut Work<'_>,
    id: ImportId,
    action: &str,
    after: serde_json::Value,
) -> Result<(), Fault> {
    let deed = Deed {
        action,
        subject_kind: "import",
        subject: id.0,
        before: None,
        after: Some(after),
    };
    Ok(record(work, deed).await?)
}

/// Approves an import whose rows are all right: the worker applies it, whole. Approved once more, it stays as it is.
///
/// # Errors
/// [`ImportRefusal::NotFound`] for who may not; rows are wrong; the same file was applied before; it is under way.
pub async fn approve(work: &mut Work<'_>, id: ImportId) -> Outcome<()> {
    let row = sqlx::query!(
        r#"select
            state,
            seller_id,
            uploaded_by,
            digest,
            exists (select from import_rows where import_id = $1 and outcome = 'wrong') as "has_errors!",
            exists (
                select from imports as earlier
                where earlier.digest = imports.digest and earlier.state = 'applied'
                    and earlier.seller_id is not distinct from imports.seller_id) as "was_applied!"
        from imports where id = $1 for update"#,
        id.0
    )
    .fetch_optional(&mut *work.conn)
    .await?
    .filter(|row| {
        let by = PersonId(row.uploaded_by);
        Scope::of(row.seller_id.map(SellerId)).shows_to(&work.actor, by)
    })
    .ok_or(ImportRefusal::NotFound)?;
    if row.state == ImportState::Approved.as_str() || row.state == ImportState::Applied.as_str() {
        return Ok(());
    }
    if row.was_applied {
        return Err(ImportRefusal::AppliedBefore.into());
    }
    if row.state != ImportState::Checked.as_str() {
        return Err(ImportRefusal::WrongState.into());
    }
    if row.has_errors {
        return Err(ImportRefusal::HasErrors.into());
    }
    sqlx::query!(
        "update imports set state = 'approved', done = 0, claimed_until = null where id = $1",
        id.0
    )
    .execute(&mut *work.conn)
    .await?;
    note(work, id, "import.approved", json!({})).await?;
    Ok(())
}

/// An import that a worker has taken on.
struct Claimed {
    id: ImportId,
    state: ImportState,
    by: PersonId,
    seller: Option<SellerId>,
    communes: Vec<CommuneId>,
}

/// Does the next import that waits: checks its rows, or applies it. Answers whether there was one. The worker's.
///
/// # Errors
/// A fault of the database; another process may take the import on afterwards.
pub async fn work_off(store: &Store) -> Result<bool, Fault> {
    let Some(claimed) = claim(store).await? else {
        return Ok(false);
    };
    let rows = queries::rows(store.reader(), claimed.id).await?;
    match claimed.state {
        ImportState::Waiting => check(store, &claimed, &rows).await?,
        ImportState::Approved => apply(store, &claimed, &rows).await?,
        ImportState::Checked | ImportState::Applied => {}
    }
    Ok(true)
}

async fn claim(store: &Store) -> Result<Option<Claimed>, Fault> {
    let row = sqlx::query!(
        "update imports set claimed_until = $2
         where id = (
             select id from imports
             where state in ('waiting', 'approved') and (claimed_until is null or claimed_until < $1)
             order by created_at limit 1 for update skip locked)
         returning id, state, uploaded_by, seller_id, communes",
        store.now(),
        store.now() + CLAIM,
    )
    .fetch_optional(store.writer())
    .await?;
    row.map(|row| {
        Ok(Claimed {
            state: ImportState::parse(&row.state)
                .ok_or_else(|| broken_row("imports", "state", row.id))?,
            id: ImportId(row.id),
            by: PersonId(row.uploaded_by),
            seller: row.seller_id.map(SellerId),
            communes: row.communes.into_iter().map(CommuneId).collect(),
        })
    })
    .transpose()
}

async fn progress(store: &Store, id: ImportId, done: usize) -> Result<(), Fault> {
    sqlx::query!(
        "update imports set done = least($2, rows), claimed_until = $3 where id = $1",
        id.0,
        i32::try_from(done).map_err(Fault::new)?,
        store.now() + CLAIM,
    )
    .execute(store.writer())
    .await?;
    Ok(())
}

/// Checks all rows and writes down what each comes to.
async fn check(store: &Store, import: &Claimed, rows: &[Row]) -> Result<(), Fault> {
    let mut checker = Checker::new(known(store, import, rows).await?, store.today());
    for (part, done) in rows.chunks(BATCH).zip((BATCH..).step_by(BATCH)) {
        let results: Vec<Result<Entry, FieldErrors>> =
            part.iter().map(|row| checker.check(row)).collect();
        write_results(store, import.id, part, &results).await?;
        progress(store, import.id, done).await?;
    }
    sqlx::query!(
        "update imports set state = 'checked', done = rows, claimed_until = null where id = $1 and state = 'waiting'",
        import.id.0
    )
    .execute(store.writer())
    .await?;
    Ok(())
}

async fn write_results(
    store: &Store,
    id: ImportId,
    rows: &[Row],
    results: &[Result<Entry, FieldErrors>],
) -> Result<(), Fault> {
    let sheets: Vec<String> = rows
        .iter()
        .map(|row| row.sheet.as_str().to_owned())
        .collect();
    let numbers: Vec<i32> = rows.iter().map(|row| row.number).collect();
    let outcomes: Vec<String> = results
        .iter()
        .map(|result| match result {
            Ok(Entry::Known) => "known",
            Ok(_) => "new",
            Err(_) => "wrong",
        })
        .map(str::to_owned)
        .collect();
    let errors: Vec<serde_json::Value> = results
        .iter()
        .map(|result| match result {
            Ok(_) => json!([]),
            Err(errors) => json!(errors),
        })
        .collect();
    sqlx::query!(
        "update import_rows set outcome = result.outcome, errors = result.errors
         from unnest($2::text[], $3::integer[], $4::text[], $5::jsonb[]) as result (sheet, number, outcome, errors)
         where import_id = $1 and import_rows.sheet = result.sheet and import_rows.number = result.number",
        id.0,
        &sheets,
        &numbers,
        &outcomes,
        &errors,
    )
    .execute(store.writer())
    .await?;
    Ok(())
}

/// Applies all rows in one transaction. Where one has become wrong since it was checked nothing is applied, and
/// the import is shown with that error.
async fn apply(store: &Store, import: &Claimed, rows: &[Row]) -> Result<(), Fault> {
    let mut checker = Checker::new(known(store, import, rows).await?, store.today());
    let results: Vec<Result<Entry, FieldErrors>> =
        rows.iter().map(|row| checker.check(row)).collect();
    if results.iter().any(Result::is_err) {
        for (part, results) in rows.chunks(BATCH).zip(results.chunks(BATCH)) {
            write_results(store, import.id, part, results).await?;
        }
        sqlx::query!(
            "update imports set state = 'checked', done = rows, claimed_until = null where id = $1",
            import.id.0
        )
        .execute(store.writer())
        .await?;
        return Ok(());
    }
    let entries: Vec<Entry> = results.into_iter().flatten().collect();
    // The program does it, in the name of who brought the file.
    let actor = Actor {
        person: Some(import.by),
        roles: vec![Role::System],
        ..Actor::system()
    };
    let entries = entries.as_slice();
    let written = crate::transact_sure!(store, &actor, work => Ok(write_entries(work, store, import, entries).await?));
    match written {
        Err(fault) if !fault.is_transient() => {
            // Shown again instead of tried for ever; whoever looks may approve it once more.
            sqlx::query!(
                "update imports set state = 'checked', done = rows, claimed_until = null where id = $1",
                import.id.0
            )
            .execute(store.writer())
            .await?;
            Err(fault)
        }
        other => other,
    }
}

async fn write_entries(
    work: &mut Work<'_>,
    store: &Store,
    import: &Claimed,
    entries: &[Entry],
) -> Result<(), Fault> {
    let mut shops: HashMap<String, SellerId> = HashMap::new();
    for (entry, done) in entries.iter().zip(1..) {
        match entry {
            Entry::Known => {}
            Entry::Seller(seller) => {
                let id = write_seller(work, seller).await?;
                shops.insert(seller.slug.clone(), id);
            }
            Entry::Product(product) => write_product(work, &mut shops, product).await?,
        }
        if done % BATCH == 0 {
            // Beside the transaction, so that it is seen.
            progress(store, import.id, done).await?;
        }
    }
    // The shops have their numbers now; nobody needs them here.
    sqlx::query!(
        "update import_rows set fields = fields - 'phone' where import_id = $1 and fields ? 'phone'",
        import.id.0
    )
    .execute(&mut *work.conn)
    .await?;
    sqlx::query!(
        "update imports set state = 'applied', done = rows, claimed_until = null, applied_at = $2 where id = $1",
        import.id.0,
        work.now,
    )
    .execute(&mut *work.conn)
    .await?;
    note(
        work,
        import.id,
        "import.applied",
        json!({ "rows": entries.len() }),
    )
    .await
}

async fn write_seller(work: &mut Work<'_>, seller: &SellerEntry) -> Result<SellerId, Fault> {
    let new = sellers::commands::NewSeller {
        slug: seller.slug.clone(),
        name: seller.name.clone(),
        kind: seller.kind,
        commune_id: seller.commune,
        former_commune_id: None,
        hamlet: seller.hamlet.clone(),
        street: seller.street.clone(),
        phone: seller.phone.clone(),
        owner_name: seller.owner_name.clone(),
        story: seller.story.clone(),
        is_sample: false,
    };
    sellers::commands::create(work, &new).await
}

async fn write_product(
    work: &mut Work<'_>,
    shops: &mut HashMap<String, SellerId>,
    product: &ProductEntry,
) -> Result<(), Fault> {
    let seller = if let Some(seller) = shops.get(&product.seller) {
        *seller
    } else {
        let found = sellers::queries::by_slug(&mut *work.conn, &product.seller)
            .await?
            .ok_or_else(|| Fault::new(format!("no seller {}", product.seller)))?;
        shops.insert(product.seller.clone(), found.id);
        found.id
    };
    let made =
        catalog::commands::create(work, seller, &product.basics, &product.pricing, &[]).await;
    let id = made.map_err(Failure::into_fault)?;
    if !product.facts.is_empty() {
        let facts: Vec<(String, String)> = product.facts.clone().into_iter().collect();
        let kept = catalog::commands::save_facts(work, id, &facts).await;
        kept.map_err(Failure::into_fault)?;
    }
    catalog::commands::adopt_code(work, id, &product.code).await
}

/// What the database knows of what the rows name.
async fn known(store: &Store, import: &Claimed, rows: &[Row]) -> Result<Known, Fault> {
    let db = store.reader();
    let texts = |sheet: Sheet, field: &str| -> BTreeSet<String> {
        rows.iter()
            .filter(|row| row.sheet == sheet)
            .map(|row| crate::kernel::text::clean_line(row.text(field)))
            .filter(|text| !text.is_empty())
            .collect()
    };
    let mut communes = HashMap::new();
    for text in texts(Sheet::Sellers, "commune") {
        let read = if text.len() == 5 && text.bytes().all(|digit| digit.is_ascii_digit()) {
            match places::queries::read_code(db, &text).await? {
                CodeReading::One(commune) => Ok(commune.id),
                CodeReading::Split(_) => Err("commune_split"),
                CodeReading::Unknown => Err("import_commune"),
            }
        } else {
            match places::queries::read(db, &text, 2).await? {
                PlaceReading::Sure(commune) => Ok(commune.id),
                PlaceReading::Asked(_) => Err("import_commune"),
            }
        };
        communes.insert(text, read);
    }
    let codes: Vec<String> = texts(Sheet::Products, "code").into_iter().collect();
    let shops = sqlx::query!(
        r#"select id, slug, name, commune_id, status = 'approved' as "is_open!" from sellers"#
    )
    .fetch_all(db)
    .await?;
    let products = sqlx::query!(
        "select code, seller_id from products where code = any($1)",
        &codes
    )
    .fetch_all(db)
    .await?;
    let mut known = Known {
        communes,
        codes: products
            .into_iter()
            .map(|row| (row.code, SellerId(row.seller_id)))
            .collect(),
        area: (!import.communes.is_empty())
            .then(|| import.communes.iter().copied().collect::<HashSet<_>>()),
        ..Known::default()
    };
    for row in shops {
        let id = SellerId(row.id);
        if import.seller == Some(id) {
            known.only = Some((row.slug.clone(), id));
        }
        known.places.insert(id, CommuneId(row.commune_id));
        if !row.is_open {
            known.closed.insert(row.slug.clone());
        }
        known
            .names
            .entry(fold(&row.name))
            .or_default()
            .push(row.slug.clone());
        known.sellers.insert(row.slug, id);
    }
    Ok(known)
}

/// Forgets files that were never applied. The worker's.
///
/// # Errors
/// A fault of the database.
pub async fn sweep(work: &mut Work<'_>) -> Result<(), Fault> {
    sqlx::query!(
        "delete from imports where state = 'checked' and created_at < $1",
        work.now - Duration::days(30)
    )
    .execute(&mut *work.conn)
    .await?;
    Ok(())
}
