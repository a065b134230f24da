//! What is done with a shop: begun, filled in, handed in, looked at, restricted.
mod begin;
mod close;
mod decide;
mod identify;
mod members;
mod standing;
mod steps;

use serde_json::{Value, json};
use sqlx::types::Json;
use time::{Date, Duration};

use super::{FieldNote, Mover, SellersRefusal, ShopEvent, Standing, transition};
use crate::kernel::audit::{Deed, record};
use crate::kernel::error::broken_row;
use crate::kernel::message::{self, Args};
use crate::kernel::outbox::{Topic, tell};
use crate::kernel::text::fold;
use crate::kernel::time::day_text;
use crate::kernel::{CommuneId, Failure, Fault, Permission, Phone, Right, SellerId, Work};

pub use begin::{BeginShop, NewSeller, begin, create};
pub use close::close;
pub use decide::{WholeNumbers, approve, return_with, see_number, submit, whole_numbers, withdraw};
pub use identify::verify;
pub use members::{
    accept, ask_owner, choose, claim, decline, hand_over, invite, leave, name_owner, remove_member,
    withdraw_invitation,
};
pub use standing::{
    Pause, announce_suspension, call_off_suspension, due, lift, pause, resume, suspend_by_order,
};
pub use steps::{
    may_hand_in_papers, save_about, save_address, save_bank, save_delivery, save_tax, save_who,
    set_picture,
};

use steps::{account_purpose, number_purpose};

type Outcome<T> = Result<T, Failure<SellersRefusal>>;

/// A message about a shop is still wanted for so long.
const WANTED: Duration = Duration::days(3);

/// A shop's row, locked until the transaction ends.
struct Locked {
    id: SellerId,
    standing: Standing,
    commune: CommuneId,
    kind: String,
    /// Brought in by the province, which did not say it.
    lacks_tax: bool,
}

async fn lock(work: &mut Work<'_>, id: SellerId) -> Outcome<Locked> {
    let row = sqlx::query!(
        r#"select status, commune_id, kind, tax_kind is null as "lacks_tax!" from sellers where id = $1 for update"#,
        id.0
    )
    .fetch_optional(&mut *work.conn)
    .await?
    .ok_or(SellersRefusal::NotFound)?;
    Ok(Locked {
        id,
        standing: Standing::parse(&row.status)
            .ok_or_else(|| broken_row("sellers", "status", id))?,
        commune: CommuneId(row.commune_id),
        kind: row.kind,
        lacks_tax: row.lacks_tax,
    })
}

/// The shop, locked, of somebody who may do what `right` says; anybody else's does not exist.
async fn own(work: &mut Work<'_>, id: SellerId, right: Right<'_>) -> Outcome<Locked> {
    if work.actor.may(right) {
        return lock(work, id).await;
    }
    // Who belongs to it may know that it is there.
    if work.actor.may(Right::List(id)) {
        return Err(SellersRefusal::NotAllowed.into());
    }
    Err(SellersRefusal::NotFound.into())
}

/// The shop, locked, for an officer of its commune; others' does not exist. Nobody judges a shop of their own.
async fn office(work: &mut Work<'_>, id: SellerId) -> Outcome<Locked> {
    let shop = lock(work, id).await?;
    if !work
        .actor
        .may(Right::Office(Permission::Sellers, shop.commune))
    {
        return Err(SellersRefusal::NotFound.into());
    }
    let is_own = work
        .actor
        .memberships
        .iter()
        .any(|membership| membership.seller == id);
    if is_own {
        return Err(SellersRefusal::NotAllowed.into());
    }
    Ok(shop)
}

/// Where the shop stands after `event`, if that is allowed now.
fn moved(shop: &Locked, event: ShopEvent, by: Mover) -> Outcome<Standing> {
    transition(shop.standing, event, by).map_err(|_| SellersRefusal::WrongState.into())
}

/// What an event carries besides itself.
#[derive(Clone, Debug, Default)]
struct Details<'a> {
    reason: &'a str,
    notes: &'a [FieldNote],
    day: Option<Date>,
    order_no: &'a str,
    /// What stood there, for the record.
    before: Option<Value>,
    /// What stands there now.
    after: Option<Value>,
}

/// Writes an event into the shop's history and the audit log, tells the household where it should know, and the
/// search index.
async fn happened(
    work: &mut Work<'_>,
    seller: SellerId,
    event: ShopEvent,
    details: Details<'_>,
) -> Result<(), Fault> {
    sqlx::query!(
        "insert into seller_events (seller_id, at, event, actor_kind, person_id, reason, notes, day, order_no)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        seller.0,
        work.now,
        event.as_str(),
        work.actor.kind(),
        work.actor.person.map(|person| person.0),
        details.reason,
        Json(details.notes) as _,
        details.day,
        details.order_no,
    )
    .execute(&mut *work.conn)
    .await?;
    let action = format!("shop.{}", event.as_str());
    let mut what = json!({
        "reason": details.reason,
        "notes": details.notes,
        "day": details.day.map(day_text),
        "order": details.order_no,
    });
    if let (Some(Value::Object(after)), Some(what)) = (&details.after, what.as_object_mut()) {
        what.extend(after.clone());
    }
    deed(work, seller, &action, details.before.clone(), what).await?;
    if let Some(kind) = event.message() {
        tell_household(work, seller, kind, &details).await?;
    }
    tell(work, Topic::SellerChanged, &[seller.0]).await?;
    Ok(())
}

async fn deed(
    work: &mut Work<'_>,
    seller: SellerId,
    action: &str,
    before: Option<Value>,
    after: Value,
) -> Result<(), sqlx::Error> {
    record(
        work,
        Deed {
            action,
            subject_kind: "seller",
            subject: seller.0,
            before,
            after: Some(after),
        },
    )
    .await
}

/// A short message to the shop's telephone.
async fn tell_household(
    work: &mut Work<'_>,
    seller: SellerId,
    kind: &str,
    details: &Details<'_>,
) -> Result<(), Fault> {
    let row = sqlx::query!(
        "select name, phone, bank_account_masked from sellers where id = $1",
        seller.0
    )
    .fetch_one(&mut *work.conn)
    .await?;
    let phone = Phone::parse(&row.phone).map_err(|_| broken_row("sellers", "phone", seller))?;
    let short = |text: &str, length| fold(text).chars().take(length).collect::<String>();
    let account = row.bank_account_masked.chars().rev().take(4);
    let args: Args = [
        ("shop", short(&row.name, 30)),
        ("reason", short(details.reason, 60)),
        ("day", details.day.map(day_text).unwrap_or_default()),
        (
            "account",
            account.collect::<Vec<_>>().into_iter().rev().collect(),
        ),
    ]
    .into_iter()
    .map(|(name, value)| (name.to_owned(), value))
    .collect();
    message::write(work, &phone, kind, args, "vi", work.now + WANTED).await?;
    Ok(())
}

/// Writes down how it is known who the seller is; that check holds from now on.
async fn verified(
    work: &mut Work<'_>,
    seller: SellerId,
    method: &str,
    masked: &str,
    reference: &str,
) -> Result<(), Fault> {
    let id: uuid::Uuid = work.new_id();
    sqlx::query!(
        "with checked as (
             insert into identity_checks (id, seller_id, method, masked_number, verified_at, verified_by, reference)
             values ($1, $2, $3, $4, $5, $6, $7)
             returning id
         )
         update sellers set identity_check_id = (select id from checked) where id = $2",
        id,
        seller.0,
        method,
        masked,
        work.now,
        work.actor.person.map(|person| person.0),
        reference,
    )
    .execute(&mut *work.conn)
    .await?;
    Ok(())
}
