//! Handing a shop in, and what the officer of its commune makes of it.
use serde_json::json;

use super::{
    Details, Outcome, account_purpose, deed, happened, moved, number_purpose, office, own, verified,
};
use crate::kernel::calendar::working_days_after;
use crate::kernel::{Fault, FieldErrors, Permission, Right, SellerId, Work};
use crate::sellers::{
    DECIDED_WITHIN, FieldNote, Mover, SellersRefusal, ShopEvent, ShopField, queries,
};

/// Hands the shop in, by its owner, or by a helper where nobody owns it; an officer answers within [`DECIDED_WITHIN`] working days.
pub async fn submit(work: &mut Work<'_>, id: SellerId) -> Outcome<()> {
    let shop = own(work, id, Right::HandIn(id)).await?;
    let next = moved(&shop, ShopEvent::Submitted, Mover::Household)?;
    let seen = queries::shop(work.conn, id)
        .await?
        .ok_or(SellersRefusal::NotFound)?;
    if !seen.missing().is_empty() {
        return Err(SellersRefusal::Incomplete.into());
    }
    let today = work.today();
    let decide_by = working_days_after(work.conn, today, DECIDED_WITHIN).await?;
    sqlx::query!(
        "update sellers set status = $2, submitted_at = $3, decide_by = $4 where id = $1",
        id.0,
        next.as_str(),
        work.now,
        decide_by,
    )
    .execute(&mut *work.conn)
    .await?;
    let details = Details {
        day: Some(decide_by),
        ..Details::default()
    };
    happened(work, id, ShopEvent::Submitted, details).await?;
    Ok(())
}

/// Takes the shop back, to fill it in further, while nobody has decided.
pub async fn withdraw(work: &mut Work<'_>, id: SellerId) -> Outcome<()> {
    let shop = own(work, id, Right::HandIn(id)).await?;
    let next = moved(&shop, ShopEvent::Withdrawn, Mover::Household)?;
    set(work, id, next.as_str()).await?;
    happened(work, id, ShopEvent::Withdrawn, Details::default()).await?;
    Ok(())
}

async fn set(work: &mut Work<'_>, id: SellerId, status: &str) -> Result<(), sqlx::Error> {
    sqlx::query!("update sellers set status = $2 where id = $1", id.0, status)
        .execute(&mut *work.conn)
        .await?;
    Ok(())
}

/// Approves the shop: the officer has seen its papers, which verifies who it is.
pub async fn approve(work: &mut Work<'_>, id: SellerId) -> Outcome<()> {
    let shop = office(work, id).await?;
    let next = moved(&shop, ShopEvent::Approved, Mover::Officer)?;
    set(work, id, next.as_str()).await?;
    let masked = sqlx::query_scalar!("select number_masked from sellers where id = $1", id.0)
        .fetch_one(&mut *work.conn)
        .await?;
    verified(work, id, "papers_by_officer", &masked, "").await?;
    happened(work, id, ShopEvent::Approved, Details::default()).await?;
    Ok(())
}

/// Returns the shop with reasons at fields, as typed: field and reason; empty reasons are none.
///
/// # Errors
/// There is no reason at all, or one is too long: noted at its field.
pub async fn return_with(
    work: &mut Work<'_>,
    id: SellerId,
    typed: &[(ShopField, String)],
) -> Outcome<()> {
    let shop = office(work, id).await?;
    let next = moved(&shop, ShopEvent::Returned, Mover::Officer)?;
    let mut errors = FieldErrors::default();
    let mut notes = Vec::new();
    for (field, reason) in typed {
        let reason = errors.optional_text(field.as_str(), reason, 500);
        if !reason.is_empty() {
            notes.push(FieldNote {
                field: field.as_str().to_owned(),
                reason,
            });
        }
    }
    if notes.is_empty() && errors.is_empty() {
        errors.add("notes", "return_reason");
    }
    if !errors.is_empty() {
        return Err(SellersRefusal::Invalid(errors).into());
    }
    set(work, id, next.as_str()).await?;
    let details = Details {
        notes: &notes,
        ..Details::default()
    };
    happened(work, id, ShopEvent::Returned, details).await?;
    Ok(())
}

/// The seller's whole number, for the officer who holds it against the papers; each look is a deed. `None` where no
/// number is given yet.
pub async fn see_number(work: &mut Work<'_>, id: SellerId) -> Outcome<Option<String>> {
    office(work, id).await?;
    let sealed = sqlx::query_scalar!("select number_sealed from sellers where id = $1", id.0)
        .fetch_one(&mut *work.conn)
        .await?;
    let Some(sealed) = sealed else {
        return Ok(None);
    };
    let digits = work.key.open(&number_purpose(id), &sealed)?;
    deed(work, id, "shop.number_seen", None, json!({})).await?;
    Ok(Some(String::from_utf8(digits).map_err(Fault::new)?))
}

/// Numbers of a seller as they were given; empty where there is none. They are told to nobody: no `Debug` shows them.
pub struct WholeNumbers {
    /// Personal number or tax code.
    pub number: String,
    /// Bank account.
    pub account: String,
}

/// A seller's whole numbers, for an authority that has asked for them. The look is written down by the caller's use
/// case, where the shop does not read of it.
pub async fn whole_numbers(work: &mut Work<'_>, id: SellerId) -> Outcome<WholeNumbers> {
    if !work.actor.may(Right::Province(Permission::Authorities)) {
        return Err(SellersRefusal::NotAllowed.into());
    }
    let row = sqlx::query!(
        "select number_sealed, bank_account_sealed from sellers where id = $1",
        id.0
    )
    .fetch_optional(&mut *work.conn)
    .await?
    .ok_or(SellersRefusal::NotFound)?;
    let opened = |purpose: String, sealed: Option<Vec<u8>>| -> Result<String, Fault> {
        let Some(sealed) = sealed else {
            return Ok(String::new());
        };
        String::from_utf8(work.key.open(&purpose, &sealed)?).map_err(Fault::new)
    };
    Ok(WholeNumbers {
        number: opened(number_purpose(id), row.number_sealed)?,
        account: opened(account_purpose(id), row.bank_account_sealed)?,
    })
}
