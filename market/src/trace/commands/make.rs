//! Writing a lot down.
use serde_json::json;
use uuid::Uuid;

use super::{Outcome, happened, lock_own};
use crate::catalog::commands::is_in_combos;
use crate::kernel::idempotency::{Key, Made};
use crate::kernel::{Fault, FieldErrors, LotId, Right, SellerId, Work};
use crate::trace::types::INPUTS;
use crate::trace::{Gtin, InputForm, LotCode, LotEvent, LotForm, LotState, TraceRefusal};

/// Writes a lot of `seller` down; the same form twice is one lot.
///
/// # Errors
/// What is wrong, at its field.
pub async fn make(work: &mut Work<'_>, seller: SellerId, form: &LotForm) -> Outcome<LotId> {
    if !work.actor.may(Right::List(seller)) {
        return Err(TraceRefusal::NotAllowed.into());
    }
    let lot = form.parse(work.today()).map_err(TraceRefusal::Invalid)?;
    let scope = format!(
        "lot {} {}",
        seller,
        work.actor.person.map_or_else(Uuid::nil, |person| person.0)
    );
    let name = lot.key.to_string();
    let sent = serde_json::to_string(form).map_err(Fault::new)?;
    let key = Key {
        scope: &scope,
        key: &name,
        sent: &sent,
    };
    match key.made(work).await? {
        Made::Same(id) => return Ok(LotId(id)),
        Made::Another => return Err(TraceRefusal::MadeOtherwise.into()),
        Made::Nothing => {}
    }
    let product_name = sqlx::query_scalar!(
        "select name from products where id = $1 and seller_id = $2 and name <> '' and status <> 'archived'",
        lot.product.0,
        seller.0,
    )
    .fetch_optional(&mut *work.conn)
    .await?;
    let Some(product_name) = product_name else {
        let mut errors = FieldErrors::default();
        errors.add("product", "lot_product");
        return Err(TraceRefusal::Invalid(errors).into());
    };
    if is_in_combos(work, lot.product).await? {
        let mut errors = FieldErrors::default();
        errors.add("product", "lot_in_combos");
        return Err(TraceRefusal::Invalid(errors).into());
    }
    let id: LotId = work.new_id();
    let code = LotCode::from_bits(work.random_bits());
    let written = sqlx::query!(
        "insert into lots (id, code, seller_id, product_id, product_name, kind, made_on, best_before, place, quantity, unit,
             net_content, gtin, notes, state, state_since, created_at, created_by)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $16, $17)
         on conflict (code) do nothing",
        id.0,
        code.as_str(),
        seller.0,
        lot.product.0,
        product_name,
        lot.kind.as_str(),
        lot.made_on,
        lot.best_before,
        lot.place,
        lot.quantity.thousandths(),
        lot.unit,
        lot.net_content,
        lot.gtin.as_ref().map(Gtin::as_str),
        lot.notes,
        LotState::Open.as_str(),
        work.now,
        work.actor.person.map(|person| person.0),
    )
    .execute(&mut *work.conn)
    .await?
    .rows_affected();
    if written != 1 {
        // Another lot has that code: tried again with the next one.
        return Err(Fault::overtaken().into());
    }
    key.keep(work, id.0).await?;
    let after = json!({ "code": code.as_str(), "name": product_name });
    happened(work, id, LotEvent::Made, "", Some(after)).await?;
    Ok(id)
}

/// Writes down what was used for a lot.
///
/// # Errors
/// What is wrong, at its field; the lot was recalled; it has as many as it may.
pub async fn add_input(work: &mut Work<'_>, id: LotId, form: &InputForm) -> Outcome<()> {
    let lot = lock_own(work, id).await?;
    lot.after(LotEvent::InputAdded)?;
    let input = form.parse(lot.made_on).map_err(TraceRefusal::Invalid)?;
    let written = sqlx::query!(
        "insert into lot_inputs (lot_id, kind, name, amount, used_on, recorded_at)
         select $1, $2, $3, $4, $5, $6
         where (select count(*) from lot_inputs where lot_id = $1) < $7",
        id.0,
        input.kind.as_str(),
        input.name,
        input.amount,
        input.used_on,
        work.now,
        INPUTS,
    )
    .execute(&mut *work.conn)
    .await?
    .rows_affected();
    if written != 1 {
        return Err(TraceRefusal::InputsFull.into());
    }
    let after = json!({ "name": input.name });
    happened(work, id, LotEvent::InputAdded, "", Some(after)).await?;
    Ok(())
}
