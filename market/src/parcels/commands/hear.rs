//! Taking in what a carrier's program tells.
use super::booking::dropped;
use super::step::{Locked, Outcome, Said, lock, take, tell_order};
use crate::kernel::{Failure, ParcelId, Role, SellerOrderId, Work};
use crate::parcels::carrier::{Meaning, Notice, contradicts, steps_for};
use crate::parcels::{ParcelEvent, ParcelState, Teller};

/// What became of a notice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Heard {
    /// It moved the parcel.
    Moved,
    /// It says nothing that is new.
    Known,
    /// Something later was told before.
    Late,
    /// Somebody has to look.
    Unknown,
    /// The same was told before.
    Repeated,
    /// No parcel of ours has that code.
    NotOurs,
}

impl Heard {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Moved => "moved",
            Self::Late => "late",
            Self::Unknown => "unknown",
            Self::Known | Self::Repeated | Self::NotOurs => "known",
        }
    }
}

/// Takes in what a carrier's program tells of a parcel, by itself: each thing once, whatever it means.
///
/// # Errors
/// A fault of the database.
pub async fn hear(work: &mut Work<'_>, notice: &Notice) -> Outcome<Heard> {
    debug_assert!(work.actor.is(Role::System), "a program's word");
    let found = sqlx::query!(
        "select seller_order_id from parcels
         where code = $1 or tracking_code = $2 and tracking_code <> '' order by code = $1 desc limit 1",
        notice.code,
        notice.tracking_code,
    )
    .fetch_optional(&mut *work.conn)
    .await?;
    let Some(found) = found else {
        return Ok(Heard::NotOurs);
    };
    let mut locked = lock(work, SellerOrderId(found.seller_order_id), Teller::Carrier).await?;
    let Some((parcel, state)) = locked.parcel else {
        return Ok(Heard::NotOurs);
    };
    // Read once the part is locked: twins wait for each other.
    let row = sqlx::query!(
        r#"select
            exists (
                select from carrier_notices where parcel_id = $1 and status = $2 and at = $3) as "is_repeated!",
            coalesce((select carrier_at > $3 from parcels where id = $1), false) as "is_late!""#,
        parcel.0,
        notice.status,
        notice.at,
    )
    .fetch_one(&mut *work.conn)
    .await?;
    if row.is_repeated {
        return Ok(Heard::Repeated);
    }
    let steps = steps_for(state, notice.meaning);
    let heard = match notice.meaning {
        Meaning::Unknown => Heard::Unknown,
        Meaning::Nothing => Heard::Known,
        // Nobody carries it any more: where nobody asked for that, somebody has to look.
        Meaning::Dropped => {
            if dropped(work, &locked).await? {
                Heard::Unknown
            } else {
                Heard::Known
            }
        }
        _ if row.is_late => Heard::Late,
        _ if contradicts(state, notice.meaning) => Heard::Unknown,
        _ if steps.is_empty() => Heard::Known,
        _ => follow(work, &mut locked, &steps, &notice.reason).await?,
    };
    sqlx::query!(
        "with noted as (
             insert into carrier_notices (parcel_id, status, at, heard_at, reason, effect) values ($1, $2, $3, $4, $5, $6)
         )
         update parcels set carrier_at = $3 where id = $1 and $7 and (carrier_at is null or carrier_at < $3)",
        parcel.0,
        notice.status,
        notice.at,
        work.now,
        notice.reason,
        heard.as_str(),
        matches!(heard, Heard::Moved | Heard::Known),
    )
    .execute(&mut *work.conn)
    .await?;
    tell_order(work, locked.part).await?;
    Ok(heard)
}

/// Takes the steps one by one. Where the part refuses the first, it was called off, say, nothing has happened, and
/// somebody has to look.
async fn follow(
    work: &mut Work<'_>,
    locked: &mut Locked,
    steps: &[ParcelEvent],
    reason: &str,
) -> Outcome<Heard> {
    let mut parcel: Option<(ParcelId, ParcelState)> = locked.parcel;
    for (index, event) in steps.iter().enumerate() {
        locked.parcel = parcel;
        match take(work, locked, *event, Teller::Carrier, Said::why(reason)).await {
            Ok((state, part)) => {
                locked.state = part;
                parcel = parcel.map(|(id, _)| (id, state));
            }
            Err(Failure::Refused(_)) if index == 0 => return Ok(Heard::Unknown),
            Err(failure) => return Err(failure),
        }
    }
    Ok(Heard::Moved)
}
