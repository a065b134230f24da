//! Moving a request on.
use super::{Outcome, happened, lock};
use crate::authorities::{AuthoritiesRefusal, RequestEvent, StepForm, transition};
use crate::kernel::{AuthorityRequestId, Work};

/// Notes something about a request, closes it, or takes it up again. Taken up again its clock stands where it stood:
/// the law counts from the receipt.
///
/// # Errors
/// What is wrong, at its field; or the table has no such move.
pub async fn take_step(
    work: &mut Work<'_>,
    id: AuthorityRequestId,
    form: &StepForm,
) -> Outcome<()> {
    let state = lock(work, id).await?;
    let step = form.parse().map_err(AuthoritiesRefusal::Invalid)?;
    let next = transition(state, step.event).map_err(|_| AuthoritiesRefusal::WrongState)?;
    if step.event != RequestEvent::Note {
        sqlx::query!(
            "update authority_requests set state = $2, state_since = $3 where id = $1",
            id.0,
            next.as_str(),
            work.now,
        )
        .execute(&mut *work.conn)
        .await?;
    }
    happened(work, id, step.event, &step.text, &step.letter_no).await?;
    Ok(())
}
