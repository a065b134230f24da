//! Reading rates, what shops offer, and a shop's own settings.
use sqlx::{PgConnection, PgExecutor};
use time::Date;
use uuid::Uuid;

use super::{
    DeskPoint, FarmSettings, FreeFrom, Hamlet, Keeper, OwnArea, OwnDelivery, OwnSettings, Place,
    Rate, RateTable, Settings, ShopTerms, Spot, Terms, Weekdays, Zone,
};
use crate::kernel::error::broken_row;
use crate::kernel::{CommuneId, Fault, Phone, PickupPointId, SellerId, Vnd};

/// The rates in effect on `day`: of each step the latest that has begun. The nearest zone first, then the lightest.
pub async fn rates(db: impl PgExecutor<'_>, day: Date) -> Result<RateTable, Fault> {
    let rows = sqlx::query!(
        "select distinct on (zone, up_to_grams) zone, up_to_grams, fee_vnd
         from shipping_rates
         where valid_from <= $1
         order by zone, up_to_grams, valid_from desc",
        day,
    )
    .fetch_all(db)
    .await?;
    let mut rates = rows
        .into_iter()
        .map(|row| rate("shipping_rates", &row.zone, row.up_to_grams, row.fee_vnd))
        .collect::<Result<Vec<_>, _>>()?;
    rates.sort_by_key(|rate| (rate.zone, rate.up_to_grams));
    Ok(RateTable(rates))
}

fn rate(table: &str, zone: &str, up_to_grams: i32, fee: i64) -> Result<Rate, Fault> {
    Ok(Rate {
        zone: Zone::parse(zone).ok_or_else(|| broken_row(table, "zone", zone))?,
        up_to_grams: i64::from(up_to_grams),
        fee: Vnd(fee),
    })
}

/// The columns of a shop's own rates.
fn own_rates(zones: &[String], grams: &[i32], fees: &[i64]) -> Result<RateTable, Fault> {
    zones
        .iter()
        .zip(grams)
        .zip(fees)
        .map(|((zone, grams), fee)| rate("seller_rates", zone, *grams, *fee))
        .collect::<Result<Vec<_>, _>>()
        .map(RateTable)
}

/// What these shops offer to a buyer in `to` on `today`: three queries, however many they are.
pub async fn terms(
    db: &mut PgConnection,
    today: Date,
    sellers: &[SellerId],
    to: CommuneId,
) -> Result<Terms, Fault> {
    let ids: Vec<Uuid> = sellers.iter().map(|seller| seller.0).collect();
    let market = rates(&mut *db, today).await?;
    let mut points = points_of(&mut *db, &ids).await?;
    let rows = sqlx::query!(
        r#"select
            sellers.id, sellers.name, sellers.commune_id, lower(sellers.hamlet) as "hamlet!", communes.province_code, home.region,
            concat_ws(', ', nullif(sellers.street, ''), nullif(sellers.hamlet, ''), communes.full_name, communes.province_name) as "address!",
            goal.province_code as goal_province, there.region as goal_region,
            coalesce(said.by_carrier, true) as "by_carrier!",
            said.free_from_vnd as "free_from_vnd?", said.free_within as "free_within?",
            said.own_area as "own_area?", coalesce(said.own_weekdays, 0::smallint) as "own_weekdays!", coalesce(said.own_fee_vnd, 0) as "own_fee_vnd!",
            exists (
                select from seller_delivery_communes as reached where reached.seller_id = sellers.id and reached.commune_id = goal.id
            ) as "is_named!",
            said.farm_hours as "farm_hours?", coalesce(said.farm_note, '') as "farm_note!",
            array(select zone from seller_rates where seller_id = sellers.id order by zone, up_to_grams) as "rate_zones!",
            array(select up_to_grams from seller_rates where seller_id = sellers.id order by zone, up_to_grams) as "rate_grams!",
            array(select fee_vnd from seller_rates where seller_id = sellers.id order by zone, up_to_grams) as "rate_fees!"
        from sellers
        join communes on communes.id = sellers.commune_id
        join communes as goal on goal.id = $2
        left join provinces as home on home.code = communes.province_code and home.valid_to is null
        left join provinces as there on there.code = goal.province_code and there.valid_to is null
        left join seller_delivery as said on said.seller_id = sellers.id
        where sellers.id = any($1)"#,
        &ids,
        to.0,
    )
    .fetch_all(&mut *db)
    .await?;
    let shops = rows
        .into_iter()
        .map(|row| {
            let zone = Zone::between(
                &Spot {
                    commune: CommuneId(row.commune_id),
                    province: row.province_code,
                    region: row.region,
                },
                &Spot {
                    commune: to,
                    province: row.goal_province,
                    region: row.goal_region,
                },
            );
            let comes = match row.own_area.as_deref() {
                Some("commune") => zone == Zone::Commune,
                Some("province") => zone <= Zone::Province,
                Some(_) => row.is_named,
                None => false,
            };
            let own = OwnDelivery {
                weekdays: weekdays(row.own_weekdays, row.id)?,
                fee: Vnd(row.own_fee_vnd),
            };
            let hamlet = (!row.hamlet.is_empty()).then_some(Hamlet {
                commune: CommuneId(row.commune_id),
                name: row.hamlet,
            });
            let farm = row.farm_hours.map(|hours| Place {
                name: row.name.clone(),
                address: row.address,
                hours,
                note: row.farm_note,
                keeper: None,
            });
            Ok(ShopTerms {
                seller: SellerId(row.id),
                name: row.name,
                hamlet,
                zone,
                by_carrier: row.by_carrier,
                rates: own_rates(&row.rate_zones, &row.rate_grams, &row.rate_fees)?,
                free_from: free_from(row.free_from_vnd, row.free_within.as_deref()),
                own: comes.then_some(own),
                farm,
                points: points
                    .extract_if(.., |(seller, ..)| *seller == row.id)
                    .map(|(_, point, place)| (point, place))
                    .collect(),
            })
        })
        .collect::<Result<Vec<_>, Fault>>()?;
    Ok(Terms { market, shops })
}

fn weekdays(bits: i16, seller: Uuid) -> Result<Weekdays, Fault> {
    Weekdays::from_bits(bits).ok_or_else(|| broken_row("seller_delivery", "own_weekdays", seller))
}

fn free_from(items: Option<i64>, within: Option<&str>) -> Option<FreeFrom> {
    Some(FreeFrom {
        items: Vnd(items?),
        within: within.and_then(Zone::parse),
    })
}

/// The points at which goods of these shops can be fetched, by name.
async fn points_of(
    db: &mut PgConnection,
    sellers: &[Uuid],
) -> Result<Vec<(Uuid, PickupPointId, Place)>, Fault> {
    let rows = sqlx::query!(
        r#"select joined.seller_id, point.id, point.name, point.hours, point.keeper_name, point.keeper_phone,
               concat_ws(', ', point.street, communes.full_name, communes.province_name) as "address!"
           from pickup_point_sellers as joined
           join pickup_points as point on point.id = joined.point_id
           join communes on communes.id = point.commune_id
           where joined.seller_id = any($1) and point.is_active
           order by point.name, point.id"#,
        sellers,
    )
    .fetch_all(db)
    .await?;
    rows.into_iter()
        .map(|row| {
            let place = Place {
                name: row.name,
                address: row.address,
                hours: row.hours,
                note: String::new(),
                keeper: Some(keeper(row.keeper_name, &row.keeper_phone, row.id)?),
            };
            Ok((row.seller_id, PickupPointId(row.id), place))
        })
        .collect()
}

fn keeper(name: String, phone: &str, point: Uuid) -> Result<Keeper, Fault> {
    let phone =
        Phone::parse(phone).map_err(|_| broken_row("pickup_points", "keeper_phone", point))?;
    Ok(Keeper { name, phone })
}

/// What a shop has said about delivery.
pub async fn settings(db: impl PgExecutor<'_>, seller: SellerId) -> Result<Settings, Fault> {
    let row = sqlx::query!(
        r#"select by_carrier, free_from_vnd, free_within, own_area, own_weekdays, own_fee_vnd, farm_hours, farm_note,
               array(select commune_id from seller_delivery_communes as reached where reached.seller_id = said.seller_id order by commune_id) as "communes!",
               array(select zone from seller_rates where seller_id = said.seller_id order by zone, up_to_grams) as "rate_zones!",
               array(select up_to_grams from seller_rates where seller_id = said.seller_id order by zone, up_to_grams) as "rate_grams!",
               array(select fee_vnd from seller_rates where seller_id = said.seller_id order by zone, up_to_grams) as "rate_fees!"
           from seller_delivery as said where seller_id = $1"#,
        seller.0,
    )
    .fetch_optional(db)
    .await?;
    let Some(row) = row else {
        return Ok(Settings::default());
    };
    let area = row.own_area.map(|area| match area.as_str() {
        "commune" => OwnArea::Commune,
        "province" => OwnArea::Province,
        _ => OwnArea::Communes(row.communes.into_iter().map(CommuneId).collect()),
    });
    let own = match area {
        Some(area) => Some(OwnSettings {
            area,
            weekdays: weekdays(row.own_weekdays, seller.0)?,
            fee: Vnd(row.own_fee_vnd),
        }),
        None => None,
    };
    Ok(Settings {
        by_carrier: row.by_carrier,
        rates: own_rates(&row.rate_zones, &row.rate_grams, &row.rate_fees)?,
        free_from: free_from(row.free_from_vnd, row.free_within.as_deref()),
        own,
        farm: row.farm_hours.map(|hours| FarmSettings {
            hours,
            note: row.farm_note,
        }),
    })
}

/// The points that a shop made or joined, and the others of its commune that buyers are offered, by name.
pub async fn points(db: impl PgExecutor<'_>, seller: SellerId) -> Result<Vec<DeskPoint>, Fault> {
    let rows = sqlx::query!(
        r#"select point.id, point.name, point.street, point.hours, point.keeper_name, point.keeper_phone, point.is_active,
               communes.full_name as commune_name, point.made_by = $1 as "is_own!", joined.seller_id is not null as "is_joined!",
               makers.name as made_by
           from pickup_points as point
           join communes on communes.id = point.commune_id
           join sellers as makers on makers.id = point.made_by
           left join pickup_point_sellers as joined on joined.point_id = point.id and joined.seller_id = $1
           where point.made_by = $1
               or point.is_active and (
                   joined.seller_id is not null
                   or point.commune_id = (select commune_id from sellers where sellers.id = $1))
           order by (point.made_by = $1) desc, point.is_active desc, point.name, point.id"#,
        seller.0,
    )
    .fetch_all(db)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(DeskPoint {
                id: PickupPointId(row.id),
                name: row.name,
                street: row.street,
                commune_name: row.commune_name,
                hours: row.hours,
                keeper: keeper(row.keeper_name, &row.keeper_phone, row.id)?,
                is_active: row.is_active,
                is_own: row.is_own,
                is_joined: row.is_joined,
                made_by: row.made_by,
            })
        })
        .collect()
}
