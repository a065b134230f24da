//! The steps of the checklist, each of which is kept.
use serde_json::json;

use super::{Details, Locked, Outcome, deed, happened, moved, own};
use crate::kernel::outbox::{Topic, tell};
use crate::kernel::{Failure, Fault, FieldErrors, PhotoId, Right, SellerId, Work};
use crate::sellers::numbers::BankAccount;
use crate::sellers::{
    Address, Delivers, Mover, Residence, SellerKind, SellersRefusal, ShopEvent, Standing, Step,
    TaxKind, Who,
};

/// The shop, locked, where that step is open now.
async fn open(work: &mut Work<'_>, id: SellerId, step: Step, right: Right<'_>) -> Outcome<Locked> {
    let shop = own(work, id, right).await?;
    if step.is_open(shop.standing) {
        Ok(shop)
    } else {
        Err(SellersRefusal::Locked.into())
    }
}

/// Notes that a step was filled in, without what was typed.
async fn filled(work: &mut Work<'_>, id: SellerId, step: Step) -> Result<(), Fault> {
    deed(work, id, "shop.filled_in", json!({ "step": step.path() })).await?;
    tell(work, Topic::SellerChanged, &[id.0]).await?;
    Ok(())
}

/// Who sells. The number is sealed; only the household itself gives it, never a helper. Another number is not
/// verified yet.
pub async fn save_who(work: &mut Work<'_>, id: SellerId, who: &Who) -> Outcome<()> {
    let shop = open(work, id, Step::Who, Right::Own(id)).await?;
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
             tax_kind = case when $2 = 'household' or tax_kind = 'declares' then tax_kind end
         where id = $1",
        shop.id.0,
        who.kind.as_str(),
        who.owner_name,
    )
    .execute(&mut *work.conn)
    .await?;
    filled(work, id, Step::Who).await?;
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
    open(work, id, Step::Who, Right::Own(id)).await?;
    Ok(())
}

/// Where the shop is.
pub async fn save_address(work: &mut Work<'_>, id: SellerId, address: &Address) -> Outcome<()> {
    open(work, id, Step::Address, Right::List(id)).await?;
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
    filled(work, id, Step::Address).await?;
    Ok(())
}

/// The account that buyers' money goes to: only the household itself names it. Once the shop is approved a change is
/// told to its telephone.
pub async fn save_bank(work: &mut Work<'_>, id: SellerId, account: &BankAccount) -> Outcome<()> {
    let shop = open(work, id, Step::Bank, Right::Own(id)).await?;
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
        happened(work, id, ShopEvent::BankChanged, Details::default()).await?;
    } else {
        filled(work, id, Step::Bank).await?;
    }
    Ok(())
}

/// How goods are sent.
pub async fn save_delivery(work: &mut Work<'_>, id: SellerId, delivers: Delivers) -> Outcome<()> {
    open(work, id, Step::Delivery, Right::List(id)).await?;
    sqlx::query!(
        "update sellers set delivers = $2 where id = $1",
        id.0,
        delivers.as_str()
    )
    .execute(&mut *work.conn)
    .await?;
    filled(work, id, Step::Delivery).await?;
    Ok(())
}

/// What buyers read: the shop's name and its own words, as [`crate::sellers::AboutForm`] understood them. The
/// address stays.
pub async fn save_about(work: &mut Work<'_>, id: SellerId, name: &str, story: &str) -> Outcome<()> {
    open(work, id, Step::About, Right::List(id)).await?;
    sqlx::query!(
        "update sellers set name = $2, story = $3 where id = $1",
        id.0,
        name,
        story
    )
    .execute(&mut *work.conn)
    .await?;
    filled(work, id, Step::About).await?;
    Ok(())
}

/// The shop's picture: a photograph of its own.
pub async fn set_picture(work: &mut Work<'_>, id: SellerId, photo: PhotoId) -> Outcome<()> {
    open(work, id, Step::About, Right::List(id)).await?;
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
    filled(work, id, Step::About).await?;
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
    filled(work, id, Step::Tax).await?;
    Ok(())
}
