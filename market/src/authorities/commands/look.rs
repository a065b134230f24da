//! Looking at a request: each look is a deed.
use super::{Outcome, allowed, deed};
use crate::authorities::{AuthoritiesRefusal, Request, queries};
use crate::kernel::{Actor, AuthorityRequestId, Failure, Fault, PaperId, Store, Work};
use crate::media::{MediaStore, papers};

/// A request with all that belongs to it; the look is on record, and the first line of who has seen it.
pub async fn look(work: &mut Work<'_>, id: AuthorityRequestId) -> Outcome<Request> {
    allowed(work)?;
    if queries::paper_of(&mut *work.conn, &work.actor, id)
        .await?
        .is_none()
    {
        return Err(AuthoritiesRefusal::NotFound.into());
    }
    deed(work, id, "authority.looked", None).await?;
    let request = queries::request(work.conn, id).await?;
    request.ok_or_else(|| AuthoritiesRefusal::NotFound.into())
}

/// The scan of a request's document, JPEG; the look is on record.
///
/// # Errors
/// There is no such request, or it has no scan.
pub async fn look_at_scan(
    store: &Store,
    media: &MediaStore,
    actor: &Actor,
    id: AuthorityRequestId,
) -> Result<Vec<u8>, Failure<AuthoritiesRefusal>> {
    let paper: PaperId = crate::transact!(store, actor, work => {
        allowed(work)?;
        let paper = queries::paper_of(&mut *work.conn, &work.actor, id).await?;
        let paper = paper.flatten().ok_or(AuthoritiesRefusal::NotFound)?;
        deed(work, id, "authority.scan_seen", None).await?;
        Ok::<_, Failure<AuthoritiesRefusal>>(paper)
    })?;
    let picture: Result<_, Fault> = papers::open(store, media, paper).await;
    Ok(picture?)
}
