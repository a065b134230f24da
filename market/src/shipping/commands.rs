//! A shop says how its goods come to their buyers; pick-up points are made, changed, joined and left.
use serde_json::{Value, json};
use uuid::Uuid;

use super::{MAX_POINTS, NewPoint, OwnArea, Settings, ShippingRefusal, Zone, queries};
use crate::kernel::audit::{Deed, record};
use crate::kernel::{Failure, Fault, PickupPointId, Right, SellerId, Work};

type Outcome<T> = Result<T, Failure<ShippingRefusal>>;

/// Says anew how a shop's goods come to their buyers. Orders keep what they were placed with.
///
/// # Errors
/// The shop is not there, or not the actor's.
pub async fn save(work: &mut Work<'_>, seller: SellerId, settings: &Settings) -> Outcome<()> {
    if !work.actor.may(Right::List(seller)) {
        return Err(ShippingRefusal::NotFound.into());
    }
    let (own, farm) = (settings.own.as_ref(), settings.farm.as_ref());
    // The row is locked first: who saves at the same time waits.
    sqlx::query!(
        "insert into seller_delivery (seller_id, changed_at) values ($1, $2)
         on conflict (seller_id) do update set changed_at = excluded.changed_at",
        seller.0,
        work.now,
    )
    .execute(&mut *work.conn)
    .await?;
    let before = queries::settings(&mut *work.conn, seller).await?;
    sqlx::query!(
        "update seller_delivery set
             by_carrier = $2, free_from_vnd = $3, free_within = $4, own_area = $5, own_weekdays = $6, own_fee_vnd = $7,
             farm_hours = $8, farm_note = $9
         where seller_id = $1",
        seller.0,
        settings.by_carrier,
        settings.free_from.map(|free| free.items.0),
        settings
            .free_from
            .and_then(|free| free.within)
            .map(Zone::as_str),
        own.map(|own| own.area.as_str()),
        own.map_or(0, |own| own.weekdays.bits()),
        own.map_or(0, |own| own.fee.0),
        farm.map(|farm| farm.hours.as_str()),
        farm.map_or("", |farm| &farm.note),
    )
    .execute(&mut *work.conn)
    .await?;
    save_lists(work, seller, settings).await?;
    record(
        work,
        Deed {
            action: "shop.delivery_changed",
            subject_kind: "seller",
            subject: seller.0,
            before: Some(said(&before)),
            after: Some(said(settings)),
        },
    )
    .await?;
    Ok(())
}

/// The own rates, and the communes to which the household comes.
async fn save_lists(
    work: &mut Work<'_>,
    seller: SellerId,
    settings: &Settings,
) -> Result<(), Fault> {
    let rates = &settings.rates.0;
    let zones: Vec<String> = rates
        .iter()
        .map(|rate| rate.zone.as_str().to_owned())
        .collect();
    let grams = rates
        .iter()
        .map(|rate| i32::try_from(rate.up_to_grams).map_err(Fault::new))
        .collect::<Result<Vec<i32>, Fault>>()?;
    let fees: Vec<i64> = rates.iter().map(|rate| rate.fee.0).collect();
    let communes: Vec<i32> = match settings.own.as_ref().map(|own| &own.area) {
        Some(OwnArea::Communes(communes)) => communes.iter().map(|commune| commune.0).collect(),
        _ => Vec::new(),
    };
    for table in [
        sqlx::query!("delete from seller_rates where seller_id = $1", seller.0),
        sqlx::query!(
            "delete from seller_delivery_communes where seller_id = $1",
            seller.0
        ),
        sqlx::query!(
            "insert into seller_rates (seller_id, zone, up_to_grams, fee_vnd)
             select $1, * from unnest($2::text[], $3::integer[], $4::bigint[])",
            seller.0,
            &zones,
            &grams,
            &fees,
        ),
        sqlx::query!(
            "insert into seller_delivery_communes (seller_id, commune_id) select $1, unnest($2::integer[])",
            seller.0,
            &communes,
        ),
    ] {
        table.execute(&mut *work.conn).await?;
    }
    Ok(())
}

/// The settings, for the record.
fn said(settings: &Settings) -> Value {
    let own = settings.own.as_ref();
    json!({
        "by_carrier": if settings.by_carrier { "✓" } else { "–" },
        "own_rates": settings
            .rates
            .0
            .iter()
            .map(|rate| format!("{} {} g: {}", rate.zone.as_str(), rate.up_to_grams, rate.fee))
            .collect::<Vec<_>>()
            .join(", "),
        "free_from": settings.free_from.map(|free| free.items.to_string()),
        "free_within": settings.free_from.and_then(|free| free.within).map(Zone::as_str),
        "own_area": own.map(|own| own.area.as_str()),
        "own_days": own.map(|own| own.weekdays.text()),
        "own_fee": own.map(|own| own.fee.to_string()),
        "farm_hours": settings.farm.as_ref().map(|farm| &farm.hours),
    })
}

/// Makes a pick-up point in the shop's commune, and offers the shop's goods there.
///
/// # Errors
/// The actor does not own the shop; it has made as many as it can.
pub async fn make_point(
    work: &mut Work<'_>,
    seller: SellerId,
    point: &NewPoint,
) -> Outcome<PickupPointId> {
    own(work, seller)?;
    // Two at once are counted one after the other.
    sqlx::query!(
        "select id from sellers where id = $1 for no key update",
        seller.0
    )
    .fetch_one(&mut *work.conn)
    .await?;
    let made = sqlx::query_scalar!(
        r#"select count(*) as "count!" from pickup_points where made_by = $1"#,
        seller.0
    )
    .fetch_one(&mut *work.conn)
    .await?;
    if made >= MAX_POINTS {
        return Err(ShippingRefusal::TooManyPoints.into());
    }
    let id: PickupPointId = work.new_id();
    sqlx::query!(
        "with point as (
             insert into pickup_points (id, made_by, name, commune_id, street, hours, keeper_name, keeper_phone, created_at)
             select $1, id, $3, commune_id, $4, $5, $6, $7, $8 from sellers where id = $2
             returning id
         )
         insert into pickup_point_sellers (point_id, seller_id) select id, $2 from point",
        id.0,
        seller.0,
        point.name,
        point.street,
        point.hours,
        point.keeper.name,
        point.keeper.phone.as_str(),
        work.now,
    )
    .execute(&mut *work.conn)
    .await?;
    note(work, "shop.point_made", seller, &point.name).await?;
    Ok(id)
}

/// Changes a point that the shop made: what it says, and whether buyers are offered it.
///
/// # Errors
/// The actor does not own the shop, or the shop did not make the point.
pub async fn change_point(
    work: &mut Work<'_>,
    seller: SellerId,
    id: PickupPointId,
    point: &NewPoint,
    is_active: bool,
) -> Outcome<()> {
    own(work, seller)?;
    let changed = sqlx::query!(
        "update pickup_points set name = $3, street = $4, hours = $5, keeper_name = $6, keeper_phone = $7, is_active = $8
         where id = $1 and made_by = $2",
        id.0,
        seller.0,
        point.name,
        point.street,
        point.hours,
        point.keeper.name,
        point.keeper.phone.as_str(),
        is_active,
    )
    .execute(&mut *work.conn)
    .await?
    .rows_affected();
    if changed == 0 {
        return Err(ShippingRefusal::NotFound.into());
    }
    let action = if is_active {
        "shop.point_changed"
    } else {
        "shop.point_closed"
    };
    note(work, action, seller, &point.name).await
}

/// Offers the shop's goods at a point of its commune, or no longer. A second call changes nothing.
///
/// # Errors
/// The shop is not the actor's, or its commune has no such point.
pub async fn join_point(
    work: &mut Work<'_>,
    seller: SellerId,
    id: PickupPointId,
    joins: bool,
) -> Outcome<()> {
    if !work.actor.may(Right::List(seller)) {
        return Err(ShippingRefusal::NotFound.into());
    }
    let name = sqlx::query_scalar!(
        "select point.name from pickup_points as point
         where point.id = $1 and (
             point.is_active and point.commune_id = (select commune_id from sellers where sellers.id = $2)
             or exists (select from pickup_point_sellers where point_id = point.id and seller_id = $2))",
        id.0,
        seller.0,
    )
    .fetch_optional(&mut *work.conn)
    .await?
    .ok_or(ShippingRefusal::NotFound)?;
    let change = if joins {
        sqlx::query!(
            "insert into pickup_point_sellers (point_id, seller_id) values ($1, $2) on conflict do nothing",
            id.0,
            seller.0
        )
    } else {
        sqlx::query!(
            "delete from pickup_point_sellers where point_id = $1 and seller_id = $2",
            id.0,
            seller.0
        )
    };
    if change.execute(&mut *work.conn).await?.rows_affected() == 0 {
        return Ok(());
    }
    let action = if joins {
        "shop.point_joined"
    } else {
        "shop.point_left"
    };
    note(work, action, seller, &name).await
}

/// Whose points they are is for the household's owner to decide: they name a neighbour and a telephone.
fn own(work: &Work<'_>, seller: SellerId) -> Outcome<()> {
    if work.actor.may(Right::Own(seller)) {
        return Ok(());
    }
    Err(if work.actor.may(Right::List(seller)) {
        ShippingRefusal::NotAllowed
    } else {
        ShippingRefusal::NotFound
    }
    .into())
}

async fn note(work: &mut Work<'_>, action: &str, seller: SellerId, name: &str) -> Outcome<()> {
    let subject: Uuid = seller.0;
    record(
        work,
        Deed {
            action,
            subject_kind: "seller",
            subject,
            before: None,
            after: Some(json!({ "name": name })),
        },
    )
    .await?;
    Ok(())
}
