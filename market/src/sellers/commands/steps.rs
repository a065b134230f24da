//! The steps of the checklist, each of which is kept.
use serde_json::{Value, json};

use super::{Details, Locked, Outcome, happened, moved, own};
use crate::accounts::Again;
use crate::accounts::commands::knows_password;
use crate::kernel::audit::{Deed, record};
use crate::kernel::outbox::{Topic, tell};
use crate::kernel::{Actor, Failure, Fault, FieldErrors, PhotoId, Right, SellerId, Store, Work};
use crate::sellers::numbers::BankAccount;
use crate::sellers::{
    Address, Delivers, Mover, Residence, SellerKind, SellersRefusal, ShopEvent, Standing, Step,
    TaxKind, Who,
};

/// The shop, locked, where that step is open now.
async fn open(work: &mut Work<'_>, id: SellerId, step: Step, right: Right<'_>) -> Outcome<Locked> {
    let shop = own(work, id, right).await?;
    if step.is_open(shop.standing, shop.lacks_tax) {
        Ok(shop)
    } else {
        Err(SellersRefusal::Locked.into())
    }
}

/// What stands in a step, for the record; of numbers and accounts their last digits.
async fn said(work: &mut Work<'_>, id: SellerId, step: Step) -> Result<Value, Fault> {
    let row = sqlx::query!(
        "select sellers.kind, owner_name, number_masked, communes.full_name as commune, hamlet, street, bank_bin,
             bank_account_masked, bank_account_name, delivers, sellers.name, story, photo_id, residence, tax_kind
         from sellers join communes on communes.id = sellers.commune_id
         where sellers.id = $1",
        id.0
    )
    .fetch_one(&mut *work.conn)
    .await?;
    Ok(match step {
        Step::Who => json!({
            "kind": row.kind, "owner_name": row.owner_name, "number": row.number_masked,
        }),
        Step::Address => json!({
            "commune": row.commune, "hamlet": row.hamlet, "street": row.street,
        }),
        Step::Bank => json!({
            "bank": row.bank_bin, "account": row.bank_account_masked, "account_name": row.bank_account_name,
        }),
        Step::Delivery => json!({ "delivers": row.delivers }),
        Step::About => json!({
            "name": row.name, "story": row.story, "picture": row.photo_id,
        }),
        Step::Tax => json!({ "residence": row.residence, "tax_kind": row.tax_kind }),
    })
}

/// Notes that a step was filled in: what stood there before, and what stands there now.
async fn filled(work: &mut Work<'_>, id: SellerId, step: Step, before: Value) -> Result<(), Fault> {
    let after = said(work, id, step).await?;
    record(
        work,
        Deed {
            action: "shop.filled_in",
            subject_kind: "seller",
            subject: id.0,
            before: Some(before),
            after: Some(after),
        },
    )
    .await?;
    tell(work, Topic::SellerChanged, &[id.0]).await?;
    Ok(())
}

/// Who sells. The number is sealed; only who may hand the shop in gives it. Another number, or another person, is not
/// verified yet.
pub async fn save_who(work: &mut Work<'_>, id: SellerId, who: &Who) -> Outcome<()> {
    let shop = open(work, id, Step::Who, Right::HandIn(id)).await?;
    let before = said(work, id, Step::Who).await?;
    if let Some(number) = &who.number {
        let digits = number.digits().as_bytes();
        let sealed = work.key.seal(&number_purpose(id), digits)?;
        let digest = work.key.digest("sellers.number", digits);
        sqlx::query!(
            "update sellers set number_kind = $2, number_sealed = $3, number_masked = $4, number_digest = $5,
                 identity_check_id = case when number_digest = $5 then identity_check_id end
             where id = $1",
            id.0,
            number.kind().as_str(),
            sealed,
            number.masked(),
            digest,
        )
        .execute(&mut *work.conn)
        .await?;
    }
    sqlx::query!(
        "update sellers set kind = $2, owner_name = $3,
             identity_check_id = case when owner_name = $3 then identity_check_id end,
             tax_kind = case when $2 = 'household' or tax_kind = 'declares' then tax_kind end
         where id = $1",
        shop.id.0,
        who.kind.as_str(),
        who.owner_name,
    )
    .execute(&mut *work.conn)
    .await?;
    filled(work, id, Step::Who, before).await?;
    Ok(())
}

/// For what a seller's number is sealed.
pub(super) fn number_purpose(id: SellerId) -> String {
    format!("sellers.number {id}")
}

/// For what a seller's bank account is sealed.
pub(super) fn account_purpose(id: SellerId) -> String {
    format!("sellers.bank_account {id}")
}

/// Whether the actor may hand papers of the shop in now; the files are stored before their rows.
pub async fn may_hand_in_papers(work: &mut Work<'_>, id: SellerId) -> Outcome<()> {
    open(work, id, Step::Who, Right::HandIn(id)).await?;
    Ok(())
}

/// Where the shop is.
pub async fn save_address(work: &mut Work<'_>, id: SellerId, address: &Address) -> Outcome<()> {
    open(work, id, Step::Address, Right::List(id)).await?;
    let before = said(work, id, Step::Address).await?;
    let mut errors = FieldErrors::default();
    let hamlet = errors.line("hamlet", &address.hamlet, 80);
    let street = errors.optional_text("street", &address.street, 120);
    if !errors.is_empty() {
        return Err(SellersRefusal::Invalid(errors).into());
    }
    let saved = sqlx::query!(
        "update sellers set commune_id = communes.id, hamlet = $4, street = $5,
             former_commune_id = (select from_id from commune_successors where from_id = $3 and to_id = communes.id)
         from communes
         where sellers.id = $1 and communes.id = $2 and communes.valid_to is null",
        id.0,
        address.commune.0,
        address.former.map(|commune| commune.0),
        hamlet,
        street,
    )
    .execute(&mut *work.conn)
    .await?
    .rows_affected();
    if saved != 1 {
        errors.add("commune", "commune");
        return Err(Failure::Refused(SellersRefusal::Invalid(errors)));
    }
    filled(work, id, Step::Address, before).await?;
    Ok(())
}

/// The account that buyers' money goes to: only the household itself names it. Once the shop is approved its owner is
/// asked once more who it is, and a change is told to the shop's telephone: whoever finds a telephone lying open must
/// not turn the money to themselves.
///
/// # Errors
/// Not the owner, the step is not open, or [`knows_password`]'s.
pub async fn save_bank(
    store: &Store,
    actor: &Actor,
    again: Again<'_>,
    id: SellerId,
    account: &BankAccount,
) -> Outcome<()> {
    let shop =
        crate::transact!(store, actor, work => open(work, id, Step::Bank, Right::Own(id)).await)?;
    let is_asked = shop.standing == Standing::Approved;
    if is_asked {
        knows_password(store, actor, again)
            .await
            .map_err(|failure| failure.map(SellersRefusal::Account))?;
    }
    crate::transact!(store, actor, work => write_bank(work, id, account, is_asked).await)
}

async fn write_bank(
    work: &mut Work<'_>,
    id: SellerId,
    account: &BankAccount,
    is_asked: bool,
) -> Outcome<()> {
    let shop = open(work, id, Step::Bank, Right::Own(id)).await?;
    let before = said(work, id, Step::Bank).await?;
    if shop.standing == Standing::Approved && !is_asked {
        // Approved between the two looks.
        return Err(SellersRefusal::Locked.into());
    }
    let sealed = work
        .key
        .seal(&account_purpose(id), account.number().as_bytes())?;
    sqlx::query!(
        "update sellers set bank_bin = $2, bank_account_sealed = $3, bank_account_masked = $4, bank_account_name = $5
         where id = $1",
        id.0,
        account.bank().bin,
        sealed,
        account.masked(),
        account.name(),
    )
    .execute(&mut *work.conn)
    .await?;
    if shop.standing == Standing::Approved {
        moved(&shop, ShopEvent::BankChanged, Mover::Household)?;
        let details = Details {
            after: Some(said(work, id, Step::Bank).await?),
            before: Some(before),
            ..Details::default()
        };
        happened(work, id, ShopEvent::BankChanged, details).await?;
    } else {
        filled(work, id, Step::Bank, before).await?;
    }
    Ok(())
}

/// How goods are sent.
pub async fn save_delivery(work: &mut Work<'_>, id: SellerId, delivers: Delivers) -> Outcome<()> {
    open(work, id, Step::Delivery, Right::List(id)).await?;
    let before = said(work, id, Step::Delivery).await?;
    sqlx::query!(
        "update sellers set delivers = $2 where id = $1",
        id.0,
        delivers.as_str()
    )
    .execute(&mut *work.conn)
    .await?;
    filled(work, id, Step::Delivery, before).await?;
    Ok(())
}

/// What buyers read: the shop's name and its own words, as [`crate::sellers::AboutForm`] understood them. The
/// address stays.
pub async fn save_about(work: &mut Work<'_>, id: SellerId, name: &str, story: &str) -> Outcome<()> {
    open(work, id, Step::About, Right::List(id)).await?;
    let before = said(work, id, Step::About).await?;
    sqlx::query!(
        "update sellers set name = $2, story = $3 where id = $1",
        id.0,
        name,
        story
    )
    .execute(&mut *work.conn)
    .await?;
    filled(work, id, Step::About, before).await?;
    Ok(())
}

/// The shop's picture: a photograph of its own.
pub async fn set_picture(work: &mut Work<'_>, id: SellerId, photo: PhotoId) -> Outcome<()> {
    open(work, id, Step::About, Right::List(id)).await?;
    let before = said(work, id, Step::About).await?;
    let set = sqlx::query!(
        "update sellers set photo_id = photos.id from photos
         where sellers.id = $1 and photos.id = $2 and photos.seller_id = sellers.id",
        id.0,
        photo.0,
    )
    .execute(&mut *work.conn)
    .await?
    .rows_affected();
    if set != 1 {
        return Err(SellersRefusal::NotFound.into());
    }
    filled(work, id, Step::About, before).await?;
    Ok(())
}

/// Residence and kind, for tax, as [`crate::sellers::TaxForm`] understood them.
pub async fn save_tax(
    work: &mut Work<'_>,
    id: SellerId,
    residence: Residence,
    kind: TaxKind,
) -> Outcome<()> {
    let shop = open(work, id, Step::Tax, Right::List(id)).await?;
    let before = said(work, id, Step::Tax).await?;
    let is_household = shop.kind == SellerKind::Household.as_str();
    if !is_household && kind != TaxKind::Declares {
        let mut errors = FieldErrors::default();
        errors.add("tax_kind", "must_declare");
        return Err(SellersRefusal::Invalid(errors).into());
    }
    sqlx::query!(
        "update sellers set residence = $2, tax_kind = $3 where id = $1",
        id.0,
        residence.as_str(),
        kind.as_str(),
    )
    .execute(&mut *work.conn)
    .await?;
    filled(work, id, Step::Tax, before).await?;
    Ok(())
}
