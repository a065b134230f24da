//! Verifying electronically who a seller is.
use super::{number_purpose, verified};
use crate::kernel::{Actor, Failure, Fault, Right, SellerId, Store};
use crate::sellers::SellersRefusal;
use crate::sellers::identity::{Claimed, IdentityProvider};

/// Has `provider` check who the seller is, for its owner, and writes the check down. Answers whether it holds.
///
/// # Errors
/// Somebody else's shop, or no number given yet.
pub async fn verify(
    store: &Store,
    provider: &dyn IdentityProvider,
    actor: &Actor,
    id: SellerId,
) -> Result<bool, Failure<SellersRefusal>> {
    if !actor.may(Right::Own(id)) {
        return Err(SellersRefusal::NotFound.into());
    }
    let row = sqlx::query!(
        "select owner_name, number_sealed, number_masked, number_digest from sellers where id = $1",
        id.0
    )
    .fetch_optional(store.reader())
    .await?
    .ok_or(SellersRefusal::NotFound)?;
    let (Some(sealed), Some(digest)) = (row.number_sealed, row.number_digest) else {
        return Err(SellersRefusal::Incomplete.into());
    };
    let number = store.key().open(&number_purpose(id), &sealed)?;
    let claimed = Claimed {
        number: String::from_utf8(number).map_err(Fault::new)?,
        owner_name: row.owner_name,
    };
    // Outside any transaction: a provider may take its time.
    let Some(reference) = provider.check(&claimed).await? else {
        return Ok(false);
    };
    let (masked, reference) = (row.number_masked.as_str(), reference.as_str());
    let name = claimed.owner_name.as_str();
    crate::transact!(store, actor, work => {
        // Only of the number and the name that were checked.
        let is_same = sqlx::query_scalar!(
            r#"select number_digest = $2 and owner_name = $3 as "same?" from sellers where id = $1 for update"#,
            id.0,
            digest,
            name,
        )
        .fetch_one(&mut *work.conn)
        .await?;
        if is_same != Some(true) {
            return Err(SellersRefusal::WrongState.into());
        }
        verified(work, id, "electronic", masked, reference).await?;
        Ok::<_, Failure<SellersRefusal>>(true)
    })
}
