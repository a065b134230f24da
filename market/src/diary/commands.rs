//! An officer reads who did what.
use serde_json::json;

use super::{Deeds, DiaryRefusal, Search, SearchForm, Who, queries};
use crate::kernel::audit::{Deed, record};
use crate::kernel::{Failure, Permission, Work};

/// What an officer looks for, with the look itself on record.
///
/// # Errors
/// Where the actor is not trusted with it.
pub async fn search(
    work: &mut Work<'_>,
    form: &SearchForm,
    search: &Search,
) -> Result<Deeds, Failure<DiaryRefusal>> {
    let officer = work
        .actor
        .person
        .filter(|_| work.actor.has_office(Permission::Audit))
        .ok_or(DiaryRefusal::NotFound)?;
    let found = queries::search(&mut *work.conn, &work.actor, search).await?;
    let mut looked_for = form.clone();
    if let Some(Who::Phone(phone)) = &search.person {
        looked_for.person = phone.masked();
    }
    record(
        work,
        Deed {
            action: "diary.read",
            subject_kind: "person",
            subject: officer.0,
            before: None,
            after: Some(json!(looked_for)),
        },
    )
    .await?;
    Ok(found)
}
