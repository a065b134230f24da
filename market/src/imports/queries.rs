//! Reading imports.
use sqlx::PgPool;
use sqlx::types::Json;

use super::commands::Scope;
use super::format::Sheet;
use super::types::{Columns, Import, ImportState, Row, WrongRow};
use crate::kernel::error::broken_row;
use crate::kernel::{Actor, Fault, FieldErrors, ImportId, PageRequest, PersonId, SellerId};

/// Imports on the list.
const LISTED: i64 = 20;

/// The import; whether its page may be seen is asked of its scope.
pub async fn import(db: &PgPool, id: ImportId) -> Result<Option<Import>, Fault> {
    Ok(load(db, Some(id), None, None).await?.pop())
}

/// The latest imports of a scope that the actor may see.
pub async fn latest(db: &PgPool, actor: &Actor, scope: Scope) -> Result<Vec<Import>, Fault> {
    let only = match (scope, actor.office_communes()) {
        (Scope::Office, Some(_)) => actor.person,
        _ => None,
    };
    load(db, None, Some(scope), only).await
}

async fn load(
    db: &PgPool,
    id: Option<ImportId>,
    scope: Option<Scope>,
    only: Option<PersonId>,
) -> Result<Vec<Import>, Fault> {
    let seller = match scope {
        Some(Scope::Seller(seller)) => Some(seller.0),
        Some(Scope::Office) | None => None,
    };
    let rows = sqlx::query!(
        r#"select
            imports.id,
            file_name,
            state,
            seller_id,
            uploaded_by,
            people.name as by,
            columns as "columns: Json<Columns>",
            unread,
            rows,
            done,
            imports.created_at,
            applied_at,
            count(import_rows.number) filter (where outcome = 'new' and sheet = 'sellers') as "new_sellers!",
            count(import_rows.number) filter (where outcome = 'new' and sheet = 'products') as "new_products!",
            count(import_rows.number) filter (where outcome = 'known') as "known!",
            count(import_rows.number) filter (where outcome = 'wrong') as "wrong!"
        from imports
        join people on people.id = imports.uploaded_by
        left join import_rows on import_rows.import_id = imports.id
        where imports.id in (
            select id from imports
            where case when $1::uuid is null then seller_id is not distinct from $2 else id = $1 end
                and ($4::uuid is null or uploaded_by = $4)
            order by created_at desc limit $3)
        group by imports.id, people.id
        order by imports.created_at desc"#,
        id.map(|id| id.0),
        seller,
        LISTED,
        only.map(|person| person.0),
    )
    .fetch_all(db)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(Import {
                state: ImportState::parse(&row.state)
                    .ok_or_else(|| broken_row("imports", "state", row.id))?,
                id: ImportId(row.id),
                file_name: row.file_name,
                seller: row.seller_id.map(SellerId),
                person: PersonId(row.uploaded_by),
                by: row.by,
                columns: row.columns.0,
                unread: row.unread,
                rows: row.rows,
                done: row.done,
                new: (row.new_sellers, row.new_products),
                known: row.known,
                wrong: row.wrong,
                created_at: row.created_at,
                applied_at: row.applied_at,
            })
        })
        .collect()
}

/// All rows of an import, sellers first, in the order of the file.
pub async fn rows(db: &PgPool, id: ImportId) -> Result<Vec<Row>, Fault> {
    let rows = sqlx::query!(
        r#"select sheet, number, fields as "fields: Json<std::collections::BTreeMap<String, String>>"
           from import_rows where import_id = $1 order by sheet desc, number"#,
        id.0
    )
    .fetch_all(db)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(Row {
                sheet: Sheet::parse(&row.sheet)
                    .ok_or_else(|| broken_row("import_rows", "sheet", id))?,
                number: row.number,
                fields: row.fields.0,
            })
        })
        .collect()
}

/// A page of the rows with something wrong, in the order of the file.
pub async fn wrong_rows(
    db: &PgPool,
    id: ImportId,
    page: PageRequest,
) -> Result<Vec<WrongRow>, Fault> {
    let rows = sqlx::query!(
        r#"select
            sheet,
            number,
            fields as "fields: Json<std::collections::BTreeMap<String, String>>",
            errors as "errors: Json<FieldErrors>"
        from import_rows where import_id = $1 and outcome = 'wrong'
        order by sheet desc, number limit $2 offset $3"#,
        id.0,
        page.limit(),
        page.offset(),
    )
    .fetch_all(db)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(WrongRow {
                row: Row {
                    sheet: Sheet::parse(&row.sheet)
                        .ok_or_else(|| broken_row("import_rows", "sheet", id))?,
                    number: row.number,
                    fields: row.fields.0,
                },
                errors: row.errors.0,
            })
        })
        .collect()
}
