//! The steps of a seller's part, with what they mean for its parcel: whoever moves a part comes by here.
use super::booking::leave;
use super::step::{
    Locked, Said, ask_what_is_due, asking, has_left, lock, make, of_parcel, take, tell_order,
};
use crate::kernel::{Failure, OrderLineId, Quantity, SellerOrderId, Work};
use crate::orders::packing::Rest;
use crate::orders::{OrderEvent, OrderState, OrdersRefusal, Party};
use crate::parcels::{ParcelEvent, ParcelState, ParcelsRefusal, Teller, transition};
use crate::payments::commands as payments;

type Outcome<T> = Result<T, Failure<OrdersRefusal>>;

/// Takes one step of a part as [`payments::advance`] does, and its parcel along: what is packed has one from then on,
/// what is shipped is handed over, what is called off never leaves.
///
/// # Errors
/// As [`payments::advance`]; its parcel is somewhere from where that can't be.
pub async fn advance(
    work: &mut Work<'_>,
    part: SellerOrderId,
    event: OrderEvent,
    party: Party,
    reason: &str,
) -> Outcome<OrderState> {
    let step = match event {
        OrderEvent::Ship => ParcelEvent::HandOver,
        OrderEvent::Deliver => ParcelEvent::Deliver,
        OrderEvent::Return => ParcelEvent::Return,
        _ => {
            let state = payments::advance(work, part, event, party, reason).await?;
            follow(work, part, state)
                .await
                .map_err(|failure| of_parcel(failure, state, event))?;
            return Ok(state);
        }
    };
    if party != Party::Seller {
        return payments::advance(work, part, event, party, reason).await;
    }
    let mut locked = locked(work, part).await?;
    let state = locked.state;
    if let Some((parcel, ParcelState::Made)) = locked.parcel
        && has_left(state)
        && step != ParcelEvent::HandOver
    {
        let handed_over = take(
            work,
            &locked,
            ParcelEvent::HandOver,
            Teller::Seller,
            Said::default(),
        )
        .await;
        let (next, _) = handed_over.map_err(|failure| of_parcel(failure, state, event))?;
        locked.parcel = Some((parcel, next));
    }
    match locked.parcel {
        // What was delivered once comes back without its parcel; so does what left before there were parcels.
        Some((_, parcel)) if parcel.is_over() => {}
        Some(_) => {
            return take(work, &locked, step, Teller::Seller, Said::why(reason))
                .await
                .map(|(_, state)| state)
                .map_err(|failure| of_parcel(failure, state, event));
        }
        None => {}
    }
    payments::advance(work, part, event, party, reason).await
}

/// The part with its parcel; a packed one that has none gets it now.
async fn locked(work: &mut Work<'_>, part: SellerOrderId) -> Outcome<Locked> {
    let event = OrderEvent::Ship;
    let failed = |failure| of_parcel(failure, OrderState::Packed, event);
    let mut locked = lock(work, part, Teller::Seller).await.map_err(failed)?;
    if locked.parcel.is_none() && locked.state == OrderState::Packed {
        let parcel = make(work, part).await.map_err(failed)?;
        locked.parcel = Some((parcel, ParcelState::Made));
    }
    Ok(locked)
}

/// What a step of the part that is no step of a parcel means for it.
async fn follow(
    work: &mut Work<'_>,
    part: SellerOrderId,
    state: OrderState,
) -> Result<(), Failure<ParcelsRefusal>> {
    match state {
        OrderState::Packed => make(work, part).await.map(drop),
        OrderState::Cancelled => {
            let row = sqlx::query!(
                "select id, state from parcels where seller_order_id = $1",
                part.0
            )
            .fetch_optional(&mut *work.conn)
            .await?;
            let Some(row) = row.filter(|row| row.state == ParcelState::Made.as_str()) else {
                return Ok(());
            };
            let next = transition(ParcelState::Made, ParcelEvent::CallOff, Teller::Seller)
                .map_err(|_| ParcelsRefusal::NotFound)?;
            sqlx::query!(
                "with parcel as (
                     update parcels set state = $2, state_since = $3, cod_vnd = 0 where id = $1 returning id
                 )
                 insert into parcel_events (parcel_id, at, event, from_state, to_state, teller, person_id)
                 select id, $3, 'call_off', 'made', $2, 'seller', $4 from parcel",
                row.id,
                next.as_str(),
                work.now,
                work.actor.person.map(|person| person.0),
            )
            .execute(&mut *work.conn)
            .await?;
            leave(work, crate::kernel::ParcelId(row.id)).await?;
            Ok(())
        }
        _ => Ok(()),
    }
}

/// Packs a part as [`payments::pack`] does, and makes its parcel.
///
/// # Errors
/// As [`payments::pack`].
pub async fn pack(
    work: &mut Work<'_>,
    part: SellerOrderId,
    packed: &[(OrderLineId, Quantity)],
    rest: Rest,
    reason: &str,
) -> Outcome<Option<SellerOrderId>> {
    let later = payments::pack(work, part, packed, rest, reason).await?;
    make(work, part)
        .await
        .map_err(|failure| of_parcel(failure, OrderState::Packed, OrderEvent::Pack))?;
    Ok(later)
}

/// The money of a part is in hand: its parcel asks for nothing more.
///
/// # Errors
/// As [`payments::receive`]; a carrier that was told to collect it has the parcel on its list, or on its way.
pub async fn receive(work: &mut Work<'_>, part: SellerOrderId) -> Outcome<()> {
    payments::receive(work, part).await?;
    let asking = asking();
    let is_asked_for = sqlx::query_scalar!(
        r#"select exists (
               select from parcels join carrier_bookings as booking on booking.parcel_id = parcels.id
               where parcels.seller_order_id = $1 and parcels.cod_vnd > 0 and parcels.state = any($2)
                   and booking.state in ('asked', 'booked', 'leaving')) as "is_asked_for!""#,
        part.0,
        &asking,
    )
    .fetch_one(&mut *work.conn)
    .await?;
    if is_asked_for {
        return Err(OrdersRefusal::CarrierCollects.into());
    }
    let after = async |work: &mut Work<'_>| {
        ask_what_is_due(work, part).await?;
        tell_order(work, part).await
    };
    after(work)
        .await
        .map_err(|failure| of_parcel(failure, OrderState::Delivered, OrderEvent::Complete))
}

/// Delivered and paid in one tap: how cash on delivery ends.
///
/// # Errors
/// As [`advance`] and [`receive`].
pub async fn deliver_paid(work: &mut Work<'_>, part: SellerOrderId) -> Outcome<()> {
    advance(work, part, OrderEvent::Deliver, Party::Seller, "").await?;
    receive(work, part).await
}
