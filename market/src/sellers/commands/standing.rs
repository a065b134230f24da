//! Holidays, and suspensions with notice and reason.
use time::{Date, Duration};

use super::{Details, Locked, Outcome, happened, moved, office, own};
use crate::kernel::error::broken_row;
use crate::kernel::{CommuneId, Failure, Fault, FieldErrors, Right, SellerId, Work};
use crate::sellers::{Mover, SUSPENSION_NOTICE, SellersRefusal, ShopEvent, Standing};

/// How long a holiday lasts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pause {
    /// So many days, today among them.
    Days(u8),
    /// Until the seller says so.
    Open,
}

impl Pause {
    /// As the desk offers them: three days, one week, two weeks, open.
    pub const ALL: [Self; 4] = [Self::Days(3), Self::Days(7), Self::Days(14), Self::Open];

    /// In forms.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Days(3) => "3",
            Self::Days(7) => "7",
            Self::Days(_) => "14",
            Self::Open => "mo",
        }
    }

    /// The reverse of [`Self::as_str`].
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|pause| pause.as_str() == text)
    }
}

/// Takes a holiday: goods stay visible nowhere and can't be bought, orders go on. Said again, the new end counts.
pub async fn pause(work: &mut Work<'_>, id: SellerId, pause: Pause) -> Outcome<()> {
    let shop = own(work, id, Right::List(id)).await?;
    moved(&shop, ShopEvent::Paused, Mover::Household)?;
    let back_on = match pause {
        Pause::Days(days) => Some(work.today().saturating_add(Duration::days(i64::from(days)))),
        Pause::Open => None,
    };
    sqlx::query!(
        "update sellers set paused_since = coalesce(paused_since, $2), paused_until = $3 where id = $1",
        id.0,
        work.now,
        back_on,
    )
    .execute(&mut *work.conn)
    .await?;
    let details = Details {
        day: back_on,
        ..Details::default()
    };
    happened(work, id, ShopEvent::Paused, details).await?;
    Ok(())
}

/// Ends the holiday; where there is none, nothing happens.
pub async fn resume(work: &mut Work<'_>, id: SellerId) -> Outcome<()> {
    let shop = own(work, id, Right::List(id)).await?;
    back(work, &shop, Mover::Household).await
}

async fn back(work: &mut Work<'_>, shop: &Locked, by: Mover) -> Outcome<()> {
    moved(shop, ShopEvent::Resumed, by)?;
    let was_paused = sqlx::query!(
        "update sellers set paused_since = null, paused_until = null where id = $1 and paused_since is not null",
        shop.id.0
    )
    .execute(&mut *work.conn)
    .await?
    .rows_affected();
    if was_paused == 1 {
        happened(work, shop.id, ShopEvent::Resumed, Details::default()).await?;
    }
    Ok(())
}

/// Tells the seller that it will be suspended on `day`, at least [`SUSPENSION_NOTICE`] ahead, and why. The worker
/// suspends it when the day has come.
pub async fn announce_suspension(
    work: &mut Work<'_>,
    id: SellerId,
    reason: &str,
    day: Option<Date>,
) -> Outcome<()> {
    let shop = office(work, id).await?;
    moved(&shop, ShopEvent::SuspensionAnnounced, Mover::Officer)?;
    let mut errors = FieldErrors::default();
    let reason = errors.line("reason", reason, 500);
    let earliest = work.today().saturating_add(SUSPENSION_NOTICE);
    match day {
        None => errors.add("day", "day"),
        Some(day) if day < earliest => {
            let earliest = crate::kernel::time::day_text(earliest);
            errors.add_with("day", "notice", &[("day", earliest)]);
        }
        Some(_) => {}
    }
    if !errors.is_empty() {
        return Err(SellersRefusal::Invalid(errors).into());
    }
    sqlx::query!(
        "update sellers set suspends_on = $2 where id = $1",
        id.0,
        day
    )
    .execute(&mut *work.conn)
    .await?;
    let details = Details {
        reason: &reason,
        day,
        ..Details::default()
    };
    happened(work, id, ShopEvent::SuspensionAnnounced, details).await?;
    Ok(())
}

/// Calls an announced suspension off; where none is announced, that is refused.
pub async fn call_off_suspension(work: &mut Work<'_>, id: SellerId) -> Outcome<()> {
    let shop = office(work, id).await?;
    moved(&shop, ShopEvent::SuspensionCalledOff, Mover::Officer)?;
    let was_announced = sqlx::query!(
        "update sellers set suspends_on = null where id = $1 and suspends_on is not null",
        id.0
    )
    .execute(&mut *work.conn)
    .await?
    .rows_affected();
    if was_announced != 1 {
        return Err(SellersRefusal::WrongState.into());
    }
    happened(work, id, ShopEvent::SuspensionCalledOff, Details::default()).await?;
    Ok(())
}

/// Suspends the shop at once, by an authority's order.
pub async fn suspend_by_order(
    work: &mut Work<'_>,
    id: SellerId,
    reason: &str,
    order_no: &str,
) -> Outcome<()> {
    let shop = office(work, id).await?;
    let mut errors = FieldErrors::default();
    let reason = errors.line("order_reason", reason, 500);
    let order_no = errors.line("order_no", order_no, 100);
    if !errors.is_empty() {
        return Err(SellersRefusal::Invalid(errors).into());
    }
    let details = Details {
        reason: &reason,
        order_no: &order_no,
        ..Details::default()
    };
    suspend(work, &shop, Mover::Officer, details).await
}

async fn suspend(
    work: &mut Work<'_>,
    shop: &Locked,
    by: Mover,
    details: Details<'_>,
) -> Outcome<()> {
    let next = moved(shop, ShopEvent::Suspended, by)?;
    sqlx::query!(
        "update sellers set status = $2, suspends_on = null where id = $1",
        shop.id.0,
        next.as_str(),
    )
    .execute(&mut *work.conn)
    .await?;
    happened(work, shop.id, ShopEvent::Suspended, details).await?;
    Ok(())
}

/// Lifts a suspension: everything is on sale again as it was.
pub async fn lift(work: &mut Work<'_>, id: SellerId) -> Outcome<()> {
    let shop = office(work, id).await?;
    let next = moved(&shop, ShopEvent::Lifted, Mover::Officer)?;
    sqlx::query!(
        "update sellers set status = $2 where id = $1",
        id.0,
        next.as_str()
    )
    .execute(&mut *work.conn)
    .await?;
    happened(work, id, ShopEvent::Lifted, Details::default()).await?;
    Ok(())
}

/// What is due by the clock: announced suspensions whose day has come, holidays that are over; at most `limit`.
/// Answers how many shops that were.
pub async fn due(work: &mut Work<'_>, limit: i64) -> Result<usize, Fault> {
    let rows = sqlx::query!(
        r#"select id, commune_id, kind, tax_kind is null as "lacks_tax!", suspends_on <= $1 as "suspends?", paused_until <= $1 as "returns?",
               (select reason from seller_events
                where seller_id = sellers.id and event = 'suspension_announced'
                order by seller_events.id desc limit 1) as reason
           from sellers
           where status = 'approved' and (suspends_on <= $1 or paused_until <= $1)
           order by id
           limit $2
           for update skip locked"#,
        work.today(),
        limit,
    )
    .fetch_all(&mut *work.conn)
    .await?;
    let count = rows.len();
    for row in rows {
        let shop = Locked {
            id: SellerId(row.id),
            standing: Standing::Approved,
            commune: CommuneId(row.commune_id),
            kind: row.kind,
            lacks_tax: row.lacks_tax,
        };
        if row.returns == Some(true) {
            back(work, &shop, Mover::Clock)
                .await
                .map_err(Failure::into_fault)?;
        }
        if row.suspends == Some(true) {
            let reason = row
                .reason
                .ok_or_else(|| broken_row("sellers", "suspends_on", row.id))?;
            let details = Details {
                reason: &reason,
                ..Details::default()
            };
            suspend(work, &shop, Mover::Clock, details)
                .await
                .map_err(Failure::into_fault)?;
        }
    }
    Ok(count)
}
