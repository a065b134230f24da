//! Having a carrier's program carry a parcel, and asking it until it answers.
use time::Duration;
use uuid::Uuid;

use super::step::{Locked, Outcome, lock, tell_order};
use crate::kernel::error::broken_row;
use crate::kernel::{Failure, Fault, ParcelId, SellerOrderId, Work};
use crate::orders::{Collector, OrdersRefusal};
use crate::parcels::queries;
use crate::parcels::{
    Booked, BookingState, CarrierLimits, Consignment, KEEPS_IT, ParcelState, ParcelsRefusal,
    Teller, Trouble,
};
use crate::payments::commands as payments;
use crate::shipping::WayKind;

/// Asked in one go.
const BATCH: i64 = 20;
/// A carrier that has not answered by then is asked again.
const CLAIM: Duration = Duration::minutes(2);
/// The pause before the next try grows from seconds to an hour.
const LONGEST_PAUSE_SECONDS: f64 = 3_600.0;

/// Has `carrier` carry a part's parcel: noted here, asked for by the worker. Twice is once.
///
/// # Errors
/// The part is not there or not the actor's, or has no parcel; its buyer chose another way; it is more than the carrier
/// takes; it has left already, or was taken off the carrier's list before, which knows the same code only once.
pub async fn book(
    work: &mut Work<'_>,
    part: SellerOrderId,
    carrier: &str,
    limits: CarrierLimits,
) -> Outcome<()> {
    let locked = lock(work, part, Teller::Seller).await?;
    let (parcel, state) = locked.parcel.ok_or(ParcelsRefusal::NotFound)?;
    if state != ParcelState::Made {
        return Err(ParcelsRefusal::HasLeft.into());
    }
    let row = sqlx::query!(
        r#"select parcels.weight_grams, parcels.boxes, coalesce(way.way, 'carrier') as "way!"
           from parcels left join order_ways as way on way.seller_order_id = parcels.seller_order_id
           where parcels.id = $1"#,
        parcel.0
    )
    .fetch_one(&mut *work.conn)
    .await?;
    let way = WayKind::parse(&row.way).ok_or_else(|| broken_row("order_ways", "way", parcel))?;
    limits.allow(way, row.weight_grams, row.boxes)?;
    let is_asked = sqlx::query!(
        "insert into carrier_bookings (parcel_id, state, asked_at, available_at) values ($1, 'asked', $2, $2)
         on conflict (parcel_id) do update set state = 'asked', asked_at = $2, available_at = $2, attempts = 0, last_error = null
         where carrier_bookings.state = 'refused'",
        parcel.0,
        work.now,
    )
    .execute(&mut *work.conn)
    .await?
    .rows_affected();
    if is_asked == 0 {
        return match booking_state(work, parcel).await? {
            Some(BookingState::Leaving | BookingState::Left) => {
                Err(ParcelsRefusal::NoCarrier.into())
            }
            _ => Ok(()),
        };
    }
    sqlx::query!(
        "update parcels set carrier = $2, tracking_code = '' where id = $1",
        parcel.0,
        carrier,
    )
    .execute(&mut *work.conn)
    .await?;
    collected_by(work, part, Collector::Carrier).await?;
    tell_order(work, part).await
}

/// Has the carrier carry it no more, as long as it has not got it.
///
/// # Errors
/// The part is not there or not the actor's, or has no parcel; it has left.
pub async fn unbook(work: &mut Work<'_>, part: SellerOrderId) -> Outcome<()> {
    let locked = lock(work, part, Teller::Seller).await?;
    let (parcel, state) = locked.parcel.ok_or(ParcelsRefusal::NotFound)?;
    if state != ParcelState::Made {
        return Err(ParcelsRefusal::HasLeft.into());
    }
    leave(work, parcel).await?;
    tell_order(work, part).await
}

/// What a carrier has on its list, or may have, is to be taken off it.
pub(super) async fn leave(work: &mut Work<'_>, parcel: ParcelId) -> Result<(), Fault> {
    sqlx::query!(
        "update carrier_bookings set state = 'leaving', available_at = $2, attempts = 0
         where parcel_id = $1 and state in ('asked', 'booked')",
        parcel.0,
        work.now,
    )
    .execute(&mut *work.conn)
    .await?;
    Ok(())
}

/// A carrier has taken a parcel off its list; answers whether that is news, since nobody asked for it and the parcel is
/// there to be sent, or on its way.
pub(super) async fn dropped(work: &mut Work<'_>, locked: &Locked) -> Outcome<bool> {
    let Some((parcel, state)) = locked.parcel else {
        return Ok(false);
    };
    let booking = booking_state(work, parcel).await?;
    let is_asked_for = matches!(
        booking,
        None | Some(BookingState::Leaving | BookingState::Left | BookingState::Refused)
    );
    let is_here = matches!(state, ParcelState::Made | ParcelState::CalledOff);
    if booking == Some(BookingState::Leaving) || is_here && booking.is_some_and(BookingState::holds)
    {
        end(work, parcel, "left", None).await?;
        collected_by(work, locked.part, Collector::Seller).await?;
    }
    Ok(!is_asked_for && !state.is_over())
}

/// A parcel that somebody else takes along is no more the carrier's: what it has not answered yet it is not to carry,
/// and the money is the seller's to collect. What it has said it will carry may be in its hands by now.
pub(super) async fn goes_another_way(work: &mut Work<'_>, locked: &Locked) -> Outcome<()> {
    let Some((parcel, _)) = locked.parcel else {
        return Ok(());
    };
    let booking = booking_state(work, parcel).await?;
    if matches!(booking, Some(BookingState::Asked | BookingState::Leaving)) {
        leave(work, parcel).await?;
        collected_by(work, locked.part, Collector::Seller).await?;
    }
    Ok(())
}

async fn booking_state(work: &mut Work<'_>, parcel: ParcelId) -> Outcome<Option<BookingState>> {
    let state = sqlx::query_scalar!(
        "select state from carrier_bookings where parcel_id = $1",
        parcel.0
    )
    .fetch_optional(&mut *work.conn)
    .await?;
    let broken = || broken_row("carrier_bookings", "state", parcel);
    Ok(state
        .map(|state| BookingState::parse(&state).ok_or_else(broken))
        .transpose()?)
}

async fn collected_by(
    work: &mut Work<'_>,
    part: SellerOrderId,
    collector: Collector,
) -> Outcome<()> {
    payments::collect_by(work, part, collector)
        .await
        .map_err(|failure: Failure<OrdersRefusal>| failure.map(ParcelsRefusal::Part))
}

/// What a carrier is to be asked.
#[derive(Clone, Debug)]
pub struct Due {
    /// About which parcel.
    pub parcel: ParcelId,
    /// Asked: to carry it; leaving: not to.
    pub state: BookingState,
    /// It was asked before, and may have heard.
    pub again: bool,
    /// What the carrier calls it, once it has said so.
    pub tracking_code: String,
    /// The parcel itself.
    pub consignment: Consignment,
}

/// Takes what a carrier is to be asked; nobody else asks it for two minutes.
pub async fn claim(work: &mut Work<'_>) -> Result<Vec<Due>, Fault> {
    let rows = sqlx::query!(
        "update carrier_bookings set claimed_until = $2, attempts = attempts + 1
         where parcel_id in (
             select parcel_id from carrier_bookings
             where state in ('asked', 'leaving') and available_at <= $1 and (claimed_until is null or claimed_until < $1)
             order by available_at
             limit $3
             for update skip locked)
         returning parcel_id, state, attempts",
        work.now,
        work.now + CLAIM,
        BATCH,
    )
    .fetch_all(&mut *work.conn)
    .await?;
    let ids: Vec<Uuid> = rows.iter().map(|row| row.parcel_id).collect();
    let mut consignments = queries::consignments(&mut *work.conn, &ids).await?;
    let mut due = Vec::with_capacity(rows.len());
    for row in rows {
        let parcel = ParcelId(row.parcel_id);
        let at = consignments.iter().position(|(id, ..)| *id == parcel);
        // Whom it goes to is forgotten after three years: nothing is asked about it any more.
        let Some(at) = at else { continue };
        let (_, tracking_code, consignment) = consignments.swap_remove(at);
        // One that can't be read does not stop the others; it is looked at again when its claim is over.
        let consignment = match consignment {
            Ok(consignment) => consignment,
            Err(fault) => {
                tracing::error!("Parcel {parcel} can't be told to its carrier: {fault}");
                continue;
            }
        };
        due.push(Due {
            parcel,
            state: BookingState::parse(&row.state)
                .ok_or_else(|| broken_row("carrier_bookings", "state", parcel))?,
            again: row.attempts > 1,
            tracking_code,
            consignment,
        });
    }
    Ok(due)
}

/// What a carrier answered.
#[derive(Clone, Debug)]
pub enum Answer {
    /// To being asked to carry a parcel.
    Booked(Result<Booked, Trouble>),
    /// To being asked not to.
    Left(Result<(), Trouble>),
}

/// Notes what a carrier answered about a parcel: what it booked although it was called off meanwhile is taken off its
/// list again; what it won't have goes another way; what it did not answer it is asked again, after ten seconds, twenty,
/// forty … an hour.
pub async fn answer(work: &mut Work<'_>, parcel: ParcelId, answer: Answer) -> Outcome<()> {
    let part = sqlx::query_scalar!(
        "select seller_order_id from parcels where id = $1",
        parcel.0
    )
    .fetch_one(&mut *work.conn)
    .await?;
    let part = SellerOrderId(part);
    lock(work, part, Teller::Carrier).await?;
    let booking = booking_state(work, parcel).await?;
    match answer {
        // The carrier's program has told meanwhile that it is off its list.
        Answer::Left(_) if booking != Some(BookingState::Leaving) => {}
        Answer::Booked(Ok(booked)) => {
            sqlx::query!(
                "with booked as (
                     update carrier_bookings set
                         state = case state when 'asked' then 'booked' else state end,
                         claimed_until = null,
                         fee_vnd = $3,
                         expected_at = $4,
                         last_error = null
                     where parcel_id = $1 and state <> 'left'
                     returning parcel_id
                 )
                 update parcels set tracking_code = $2 from booked where id = booked.parcel_id",
                parcel.0,
                booked.tracking_code,
                booked.fee.map(|fee| fee.0),
                booked.expected_at,
            )
            .execute(&mut *work.conn)
            .await?;
        }
        Answer::Booked(Err(Trouble::No(reason))) => {
            end(work, parcel, "refused", Some(&reason)).await?;
            collected_by(work, part, Collector::Seller).await?;
        }
        Answer::Left(Ok(())) => {
            end(work, parcel, "left", None).await?;
            collected_by(work, part, Collector::Seller).await?;
        }
        // It has it already, say: then it is still on its list.
        Answer::Left(Err(Trouble::No(reason))) => {
            end(work, parcel, "booked", Some(&reason)).await?;
            complain(work, parcel, &reason).await?;
        }
        Answer::Booked(Err(Trouble::Later(reason))) | Answer::Left(Err(Trouble::Later(reason))) => {
            sqlx::query!(
                "update carrier_bookings set
                     claimed_until = null,
                     last_error = $2,
                     available_at = $3::timestamptz + least(power(2, least(attempts, 20)) * 5, $4) * interval '1 second'
                 where parcel_id = $1",
                parcel.0,
                short(&reason),
                work.now,
                LONGEST_PAUSE_SECONDS,
            )
            .execute(&mut *work.conn)
            .await?;
        }
    }
    tell_order(work, part).await
}

/// What the carrier keeps on its list although it was called off, or has gone another way, somebody has to look at.
async fn complain(work: &mut Work<'_>, parcel: ParcelId, reason: &str) -> Result<(), Fault> {
    sqlx::query!(
        "insert into carrier_notices (parcel_id, status, at, heard_at, reason, effect)
         select id, $2::text, $3::timestamptz, $3, $4::text, 'unknown' from parcels
         where id = $1
             and (state = 'called_off' or exists (
                 select from parcel_events
                 where parcel_events.parcel_id = parcels.id and event = 'hand_over' and teller <> 'carrier'))
         on conflict do nothing",
        parcel.0,
        KEEPS_IT,
        work.now,
        short(reason),
    )
    .execute(&mut *work.conn)
    .await?;
    Ok(())
}

async fn end(
    work: &mut Work<'_>,
    parcel: ParcelId,
    state: &str,
    reason: Option<&str>,
) -> Result<(), Fault> {
    // What was refused while it was called off is off the list as well.
    sqlx::query!(
        "update carrier_bookings set
             state = case when state in ('leaving', 'left') and $2 = 'refused' then 'left' else $2 end,
             claimed_until = null,
             last_error = $3
         where parcel_id = $1",
        parcel.0,
        state,
        reason.map(short),
    )
    .execute(&mut *work.conn)
    .await?;
    // Who carries it is open again.
    if state != "booked" {
        sqlx::query!(
            "update parcels set carrier = '', tracking_code = '' where id = $1",
            parcel.0
        )
        .execute(&mut *work.conn)
        .await?;
    }
    Ok(())
}

fn short(reason: &str) -> String {
    reason.chars().take(200).collect()
}
