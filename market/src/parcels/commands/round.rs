//! Marks of the collector's round.
use super::step::{Outcome, Said, lock, take};
use crate::kernel::{SellerOrderId, Work};
use crate::parcels::{Mark, ParcelEvent, ParcelState, ParcelsRefusal, Teller, transition};

/// What became of a mark.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Marked {
    /// It moved the parcel, there it is now.
    Moved(ParcelState),
    /// The parcel was that far already: the mark arrived before, or somebody else was first.
    Already(ParcelState),
}

/// Notes what a collector marked: taken from the farm, handed to the carrier, or delivered. A parcel that was never
/// marked as taken is taken with what comes after. The same mark twice, and two at once, are one event.
///
/// # Errors
/// The parcel is not there, or not of a hamlet in which the actor helps; it can't be any more, since its part was called
/// off or it goes back, say.
pub async fn mark(work: &mut Work<'_>, mark: &Mark) -> Outcome<Marked> {
    let part = sqlx::query_scalar!(
        "select seller_order_id from parcels where id = $1",
        mark.parcel.0
    )
    .fetch_optional(&mut *work.conn)
    .await?
    .ok_or(ParcelsRefusal::NotFound)?;
    let mut locked = lock(work, SellerOrderId(part), Teller::Collector).await?;
    let (parcel, mut state) = locked.parcel.ok_or(ParcelsRefusal::NotFound)?;
    let is_known = sqlx::query_scalar!(
        r#"select exists (
               select from parcel_events where parcel_id = $1 and (key = $2 or event = $3)) as "is_known!""#,
        parcel.0,
        mark.key,
        mark.event.as_str(),
    )
    .fetch_one(&mut *work.conn)
    .await?;
    if is_known {
        return Ok(Marked::Already(state));
    }
    if state == ParcelState::Made && mark.event != ParcelEvent::HandOver {
        let said = Said {
            marked_at: mark.marked_at,
            ..Said::default()
        };
        let (next, part_state) = take(
            work,
            &locked,
            ParcelEvent::HandOver,
            Teller::Collector,
            said,
        )
        .await?;
        state = next;
        locked.parcel = Some((parcel, next));
        locked.state = part_state;
    }
    // Somebody has said more already: it is past what was marked.
    let is_past = transition(state, mark.event, Teller::Collector).is_err()
        && matches!(
            state,
            ParcelState::OnTheWay
                | ParcelState::Failed
                | ParcelState::SecondTry
                | ParcelState::Delivered
        )
        && mark.event != ParcelEvent::Deliver;
    if is_past {
        return Ok(Marked::Already(state));
    }
    let said = Said {
        key: mark.key,
        marked_at: mark.marked_at,
        ..Said::default()
    };
    take(work, &locked, mark.event, Teller::Collector, said)
        .await
        .map(|(state, _)| Marked::Moved(state))
}
