//! A helper sits down at a household's desk and gets up again.
use crate::accounts::commands::stand_at;
use crate::assistance::AssistanceRefusal;
use crate::kernel::audit::{Deed, record};
use crate::kernel::{Failure, Role, SellerId, Work};

type Outcome<T> = Result<T, Failure<AssistanceRefusal>>;

/// Has the session of the cookie `token` stand at the desk of a household that consents to the actor's help.
/// Whether it still does is looked up at every request.
///
/// # Errors
/// Where no consent holds.
pub async fn act(work: &mut Work<'_>, token: &str, slug: &str) -> Outcome<SellerId> {
    let held = sqlx::query_scalar!(
        "select sellers.id
         from sellers
         join household_consents as consent on consent.seller_id = sellers.id
         where sellers.slug = $1 and consent.helper_id = $2 and consent.given_at <= $3 and consent.valid_until > $3 and consent.ended_at is null",
        slug,
        work.actor.person.map(|person| person.0),
        work.now,
    )
    .fetch_optional(&mut *work.conn)
    .await?
    .filter(|_| work.actor.is(Role::Helper));
    let seller = SellerId(held.ok_or(AssistanceRefusal::NoConsent)?);
    // Sitting down is the helper's own deed, also for who comes from another household's desk.
    work.actor.acting = None;
    stand_at(work, token, Some(seller)).await?;
    note(work, "help.started", seller).await?;
    Ok(seller)
}

/// Has the session of the cookie `token` stand at no household's desk any more.
///
/// # Errors
/// Only faults.
pub async fn stop(work: &mut Work<'_>, token: &str) -> Outcome<()> {
    let left = work.actor.acting.take().map(|acting| acting.seller);
    stand_at(work, token, None).await?;
    match left {
        Some(seller) => note(work, "help.stopped", seller).await,
        None => Ok(()),
    }
}

async fn note(work: &mut Work<'_>, action: &str, seller: SellerId) -> Outcome<()> {
    record(
        work,
        Deed {
            action,
            subject_kind: "seller",
            subject: seller.0,
            before: None,
            after: None,
        },
    )
    .await?;
    Ok(())
}
