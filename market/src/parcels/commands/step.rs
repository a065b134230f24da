//! The steps of a parcel, each with what it means for its part.
use serde_json::json;
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use super::booking::goes_another_way;
use crate::kernel::audit::{Deed, record};
use crate::kernel::error::broken_row;
use crate::kernel::message::{self, Args};
use crate::kernel::outbox::{Topic, tell};
use crate::kernel::text::clean_text;
use crate::kernel::{
    CommuneId, Failure, Fault, FieldErrors, ParcelId, Phone, Quantity, Right, Role, SellerId,
    SellerOrderId, Vnd, Work,
};
use crate::orders::{
    Collector, OrderEvent, OrderState, OrdersRefusal, Party, PaymentMethod, PaymentOfPart,
    PaymentStatus,
};
use crate::parcels::{
    HEAVIEST, ParcelDetails, ParcelEvent, ParcelState, ParcelsRefusal, Teller, transition,
};
use crate::payments::commands as payments;
use crate::shipping::parcel_grams;

pub(super) type Outcome<T> = Result<T, Failure<ParcelsRefusal>>;

/// That a parcel was lost is worth knowing for so long.
const WORTH_KNOWING: Duration = Duration::days(7);

/// A part whose row is locked, with its parcel: whatever changes either waits for that row, and takes it first.
pub(super) struct Locked {
    pub part: SellerOrderId,
    pub state: OrderState,
    pub parcel: Option<(ParcelId, ParcelState)>,
}

/// What is said with a step.
#[derive(Clone, Copy, Default)]
pub(super) struct Said<'s> {
    /// Why.
    pub reason: &'s str,
    /// Made with the mark on a phone.
    pub key: Option<Uuid>,
    /// When it was marked, by that phone's clock.
    pub marked_at: Option<OffsetDateTime>,
}

impl<'s> Said<'s> {
    /// Why, and nothing else.
    pub fn why(reason: &'s str) -> Self {
        Self {
            reason,
            ..Self::default()
        }
    }
}

/// Locks a part for `teller`.
///
/// # Errors
/// It is not there, or not the actor's to tell about.
pub(super) async fn lock(
    work: &mut Work<'_>,
    part: SellerOrderId,
    teller: Teller,
) -> Outcome<Locked> {
    let row = sqlx::query!(
        "select part.seller_id, part.state, sellers.commune_id, sellers.hamlet
         from seller_orders as part join sellers on sellers.id = part.seller_id
         where part.id = $1
         for no key update of part",
        part.0
    )
    .fetch_optional(&mut *work.conn)
    .await?
    .filter(|row| match teller {
        Teller::Seller => work.actor.may(Right::Fulfil(SellerId(row.seller_id))),
        Teller::Collector => work
            .actor
            .may(Right::Guide(CommuneId(row.commune_id), &row.hamlet)),
        Teller::Carrier => work.actor.is(Role::System),
    })
    .ok_or(ParcelsRefusal::NotFound)?;
    // A statement of its own: it sees what was done while the row was waited for.
    let parcel = sqlx::query!(
        "select id, state from parcels where seller_order_id = $1",
        part.0
    )
    .fetch_optional(&mut *work.conn)
    .await?;
    Ok(Locked {
        part,
        state: OrderState::parse(&row.state)
            .ok_or_else(|| broken_row("seller_orders", "state", part))?,
        parcel: parcel
            .map(|row| {
                ParcelState::parse(&row.state)
                    .map(|state| (ParcelId(row.id), state))
                    .ok_or_else(|| broken_row("parcels", "state", row.id))
            })
            .transpose()?,
    })
}

/// Makes the parcel of a part that is packed: one box, as heavy as its lines, asking for what is due. The part's row is
/// locked.
pub(super) async fn make(work: &mut Work<'_>, part: SellerOrderId) -> Outcome<ParcelId> {
    let rows = sqlx::query!(
        "select variants.ship_grams, line.quantity
         from order_lines as line join variants on variants.id = line.variant_id
         where line.seller_order_id = $1",
        part.0
    )
    .fetch_all(&mut *work.conn)
    .await?;
    let lines = rows
        .iter()
        .map(|row| (row.ship_grams, Quantity::from_thousandths(row.quantity)));
    let grams = i32::try_from(parcel_grams(lines).clamp(1, HEAVIEST)).map_err(Fault::new)?;
    let cod = due(work, part).await?;
    let id: ParcelId = work.new_id();
    sqlx::query!(
        "insert into parcels (id, seller_order_id, code, state, weight_grams, cod_vnd, made_at, state_since)
         select $1, part.id, orders.code || '-' || part.position, 'made', $3, $4, $5, $5
         from seller_orders as part join orders on orders.id = part.order_id
         where part.id = $2",
        id.0,
        part.0,
        grams,
        cod.0,
        work.now,
    )
    .execute(&mut *work.conn)
    .await?;
    note(
        work,
        id,
        "make",
        None,
        (ParcelState::Made, Teller::Seller),
        Said::default(),
    )
    .await?;
    Ok(id)
}

/// What is still to be received of a part.
async fn due(work: &mut Work<'_>, part: SellerOrderId) -> Outcome<Vnd> {
    let row = sqlx::query!(
        "select id, method, status, collector, amount_vnd, paid_vnd, refunded_vnd, taken_off_vnd, paid_at from payments where seller_order_id = $1",
        part.0
    )
    .fetch_optional(&mut *work.conn)
    .await?;
    let Some(row) = row else {
        return Ok(Vnd(0));
    };
    let broken = |column| broken_row("payments", column, row.id);
    let payment = PaymentOfPart {
        method: PaymentMethod::parse(&row.method).ok_or_else(|| broken("method"))?,
        status: PaymentStatus::parse(&row.status).ok_or_else(|| broken("status"))?,
        collector: Collector::parse(&row.collector).ok_or_else(|| broken("collector"))?,
        amount: Vnd(row.amount_vnd),
        paid: row.paid_vnd.map(Vnd),
        refunded: Vnd(row.refunded_vnd),
        taken_off: Vnd(row.taken_off_vnd),
        paid_at: row.paid_at,
    };
    Ok(payment.due().unwrap_or(Vnd(0)))
}

/// The states in which money is asked for, as stored.
pub(super) fn asking() -> Vec<String> {
    ParcelState::ALL
        .into_iter()
        .filter(|state| state.asks_for_money())
        .map(|state| state.as_str().to_owned())
        .collect()
}

/// Has a parcel ask for what is due now, as long as it asks for anything. The part's row is locked.
pub(super) async fn ask_what_is_due(work: &mut Work<'_>, part: SellerOrderId) -> Outcome<()> {
    let (cod, asking) = (due(work, part).await?, asking());
    sqlx::query!(
        "update parcels set cod_vnd = $2 where seller_order_id = $1 and state = any($3) and cod_vnd <> $2",
        part.0,
        cod.0,
        &asking,
    )
    .execute(&mut *work.conn)
    .await?;
    Ok(())
}

async fn note(
    work: &mut Work<'_>,
    parcel: ParcelId,
    event: &str,
    from: Option<ParcelState>,
    (to, teller): (ParcelState, Teller),
    said: Said<'_>,
) -> Result<(), Fault> {
    sqlx::query!(
        "insert into parcel_events (parcel_id, at, event, from_state, to_state, teller, person_id, reason, key, marked_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        parcel.0,
        work.now,
        event,
        from.map(ParcelState::as_str),
        to.as_str(),
        teller.as_str(),
        work.actor.person.map(|person| person.0),
        said.reason,
        said.key,
        said.marked_at,
    )
    .execute(&mut *work.conn)
    .await?;
    Ok(())
}

/// Takes one step of a part's parcel, with what it means for the part: what is handed over is shipped, what is
/// delivered is delivered, what comes back or is lost is returned, its money no longer asked for or given back, and of
/// what is lost both sides hear by message. Answers where the step led.
///
/// # Errors
/// The part is not there or not the actor's; the table has no such step; nobody says why; the part can't do that.
pub async fn act(
    work: &mut Work<'_>,
    part: SellerOrderId,
    event: ParcelEvent,
    teller: Teller,
    reason: &str,
) -> Outcome<ParcelState> {
    let locked = lock(work, part, teller).await?;
    take(work, &locked, event, teller, Said::why(reason))
        .await
        .map(|(state, _)| state)
}

/// Whether a part has arrived.
const fn is_there(part: OrderState) -> bool {
    matches!(part, OrderState::Delivered | OrderState::Completed)
}

/// Whether a part has left, and arrived perhaps.
pub(super) const fn has_left(part: OrderState) -> bool {
    matches!(part, OrderState::Shipped) || is_there(part)
}

/// The step of [`act`] once the part's row is locked; answers where parcel and part are then.
pub(super) async fn take(
    work: &mut Work<'_>,
    locked: &Locked,
    event: ParcelEvent,
    teller: Teller,
    said: Said<'_>,
) -> Outcome<(ParcelState, OrderState)> {
    let (parcel, state) = locked.parcel.ok_or(ParcelsRefusal::NotFound)?;
    let next = transition(state, event, teller)
        .map_err(|_| ParcelsRefusal::NotAllowed { state, event })?;
    let reason = clean_text(said.reason);
    let mut errors = FieldErrors::default();
    if reason.is_empty() && event.needs_reason() && teller != Teller::Carrier {
        errors.add("reason", "required");
    } else if reason.chars().count() > 500 {
        errors.add_with("reason", "too_long", &[("max", "500".to_owned())]);
    }
    if !errors.is_empty() {
        return Err(ParcelsRefusal::Invalid(errors).into());
    }
    if event == ParcelEvent::HandOver {
        ask_what_is_due(work, locked.part).await?;
        if teller != Teller::Carrier {
            goes_another_way(work, locked).await?;
        }
    }
    // The part first: what it refuses has changed nothing.
    let party = match teller {
        Teller::Seller => Party::Seller,
        Teller::Collector | Teller::Carrier => Party::System,
    };
    let step = match event {
        // A server that knew no parcels moved the part alone: the parcel only follows it.
        ParcelEvent::HandOver if has_left(locked.state) => None,
        ParcelEvent::Deliver if is_there(locked.state) => None,
        ParcelEvent::HandOver => Some(OrderEvent::Ship),
        ParcelEvent::Deliver => Some(OrderEvent::Deliver),
        ParcelEvent::Return | ParcelEvent::Lose => Some(OrderEvent::Return),
        _ => None,
    };
    let part_state = match step {
        Some(step) => payments::advance(work, locked.part, step, party, &reason)
            .await
            .map_err(|failure| failure.map(ParcelsRefusal::Part))?,
        None => locked.state,
    };
    // What goes back asks for nothing; where it is delivered after all, it asked for what is due.
    let cod = match (state, next) {
        (ParcelState::Returning, ParcelState::Delivered) => Some(due(work, locked.part).await?),
        _ if next.asks_for_money() || next == ParcelState::Delivered => None,
        _ => Some(Vnd(0)),
    };
    let moved = sqlx::query!(
        "update parcels set state = $2, state_since = $3, cod_vnd = coalesce($5, cod_vnd)
         where id = $1 and state = $4",
        parcel.0,
        next.as_str(),
        work.now,
        state.as_str(),
        cod.map(|cod| cod.0),
    )
    .execute(&mut *work.conn)
    .await?
    .rows_affected();
    if moved != 1 {
        return Err(Fault::overtaken().into());
    }
    note(
        work,
        parcel,
        event.as_str(),
        Some(state),
        (next, teller),
        Said {
            reason: &reason,
            ..said
        },
    )
    .await?;
    if work.actor.person.is_some() && (step.is_none() || party == Party::System) {
        record(
            work,
            Deed {
                action: &format!("parcel.{}", event.as_str()),
                subject_kind: "seller_order",
                subject: locked.part.0,
                before: Some(json!({ "state": state.as_str() })),
                after: Some(json!({ "state": next.as_str(), "reason": reason })),
            },
        )
        .await?;
    }
    if next == ParcelState::Lost {
        tell_of_loss(work, locked.part).await?;
    }
    tell_order(work, locked.part).await?;
    Ok((next, part_state))
}

/// What pages show of the part's order has changed.
pub(super) async fn tell_order(work: &mut Work<'_>, part: SellerOrderId) -> Outcome<()> {
    let order = sqlx::query_scalar!("select order_id from seller_orders where id = $1", part.0)
        .fetch_one(&mut *work.conn)
        .await?;
    tell(work, Topic::OrderChanged, &[order]).await?;
    Ok(())
}

/// Writes a message to who ordered and to the household.
async fn tell_of_loss(work: &mut Work<'_>, part: SellerOrderId) -> Outcome<()> {
    let row = sqlx::query!(
        "select orders.id, orders.code, part.seller_name, phone_of_household(part.seller_id) as seller_phone,
             coalesce(orders.buyer_phone, orders.contact_phone) as buyer_phone
         from seller_orders as part join orders on orders.id = part.order_id
         where part.id = $1",
        part.0
    )
    .fetch_one(&mut *work.conn)
    .await?;
    let args = Args::from([
        ("code".to_owned(), row.code),
        ("shop".to_owned(), message::plain(&row.seller_name, 40)),
    ]);
    let until = work.now + WORTH_KNOWING;
    for (kind, phone) in [
        ("parcel_lost", row.buyer_phone),
        ("parcel_lost_seller", row.seller_phone),
    ] {
        if let Some(phone) = phone {
            let to = Phone::parse(&phone).map_err(|_| broken_row("orders", "phone", row.id))?;
            message::write(work, &to, kind, args.clone(), "vi", until).await?;
        }
    }
    Ok(())
}

/// Says what a parcel weighs, of how many boxes it is, and who carries it. Weight and boxes stay once it has left, the
/// rest once it is over.
///
/// # Errors
/// The part is not there or not the actor's, or has no parcel; it has left; a carrier has it on its list.
pub async fn set_details(
    work: &mut Work<'_>,
    part: SellerOrderId,
    details: &ParcelDetails,
) -> Outcome<()> {
    let locked = lock(work, part, Teller::Seller).await?;
    let (parcel, state) = locked.parcel.ok_or(ParcelsRefusal::NotFound)?;
    let row = sqlx::query!(
        r#"select weight_grams, boxes, exists (
               select from carrier_bookings
               where parcel_id = parcels.id and carrier_bookings.state in ('asked', 'booked', 'leaving')) as "is_booked!"
           from parcels where id = $1"#,
        parcel.0
    )
    .fetch_one(&mut *work.conn)
    .await?;
    if row.is_booked {
        return Err(ParcelsRefusal::IsBooked.into());
    }
    let is_as_before = (row.weight_grams, row.boxes) == (details.weight_grams, details.boxes);
    if state.is_over() || state != ParcelState::Made && !is_as_before {
        return Err(ParcelsRefusal::HasLeft.into());
    }
    sqlx::query!(
        "update parcels set weight_grams = $2, boxes = $3, carrier = $4, tracking_code = $5 where id = $1",
        parcel.0,
        details.weight_grams,
        details.boxes,
        details.carrier,
        details.tracking_code,
    )
    .execute(&mut *work.conn)
    .await?;
    tell_order(work, part).await
}

/// A refusal of a part as one of its parcel.
pub(super) fn of_parcel(
    failure: Failure<ParcelsRefusal>,
    state: OrderState,
    event: OrderEvent,
) -> Failure<OrdersRefusal> {
    failure.map(|refusal| match refusal {
        ParcelsRefusal::Part(refusal) => refusal,
        ParcelsRefusal::Invalid(errors) => OrdersRefusal::Invalid(errors),
        ParcelsRefusal::NotFound => OrdersRefusal::NotFound,
        _ => OrdersRefusal::NotAllowed { state, event },
    })
}
