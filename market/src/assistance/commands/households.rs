//! A shop begun for a household that has none yet.
use crate::assistance::AssistanceRefusal;
use crate::kernel::{Failure, Fault, PersonId, SellerId, Work};
use crate::sellers::commands::{BeginShop, begin};

/// Begins the shop of a household in the actor's hamlet and counts it as guided. The household consents
/// afterwards, before the helper does anything in its name.
///
/// # Errors
/// Where the actor does not help in that hamlet.
pub async fn begin_for(
    work: &mut Work<'_>,
    shop: &BeginShop,
) -> Result<SellerId, Failure<AssistanceRefusal>> {
    let helper = work.actor.person.ok_or(AssistanceRefusal::NotFound)?;
    let seller = begin(work, shop)
        .await
        .map_err(|failure| failure.map(|_| AssistanceRefusal::NotFound))?;
    note_guidance(work, seller, helper, "begun").await?;
    Ok(seller)
}

/// Notes for the province's count whom a helper has guided.
pub(super) async fn note_guidance(
    work: &mut Work<'_>,
    seller: SellerId,
    helper: PersonId,
    what: &str,
) -> Result<(), Fault> {
    sqlx::query!(
        "insert into household_guidance (seller_id, helper_id, at, what) values ($1, $2, $3, $4) on conflict do nothing",
        seller.0,
        helper.0,
        work.now,
        what,
    )
    .execute(&mut *work.conn)
    .await?;
    Ok(())
}
