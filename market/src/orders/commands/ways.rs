//! Keeping how the parts of an order come to its buyer.
use std::collections::BTreeMap;

use time::Date;
use uuid::Uuid;

use crate::kernel::{Fault, SellerOrderId, Work};
use crate::shipping::{Choice, Way};

/// Writes down by which way each part goes, with its weight in grams.
pub(super) async fn keep(
    work: &mut Work<'_>,
    ways: &[(SellerOrderId, i64, &Way)],
) -> Result<(), Fault> {
    let mut columns = Columns::default();
    // Pools are told apart by number; rows know them by an id.
    let mut pools: BTreeMap<usize, Uuid> = BTreeMap::new();
    for (part, grams, way) in ways {
        columns.add(*part, *grams, way);
        let pool = way.pool.as_ref();
        columns.pools.push(pool.map(|pool| {
            let id = pools.entry(pool.number);
            *id.or_insert_with(|| work.new_id::<SellerOrderId>().0)
        }));
        columns
            .pooled
            .push(pool.map_or_else(String::new, |pool| pool.with.join(", ")));
    }
    sqlx::query!(
        "insert into order_ways (
             seller_order_id, way, basis, zone, grams, day, point_id, place_name, place_address, place_hours, place_note,
             keeper_name, keeper_phone, pool, pooled_with)
         select * from unnest(
             $1::uuid[], $2::text[], $3::text[], $4::text[], $5::bigint[], $6::date[], $7::uuid[], $8::text[], $9::text[], $10::text[],
             $11::text[], $12::text[], $13::text[], $14::uuid[], $15::text[])",
        &columns.parts,
        &columns.ways,
        &columns.bases,
        &columns.zones,
        &columns.grams,
        &columns.days as &[Option<Date>],
        &columns.points as &[Option<Uuid>],
        &columns.names as &[Option<String>],
        &columns.addresses as &[Option<String>],
        &columns.hours as &[Option<String>],
        &columns.notes as &[Option<String>],
        &columns.keepers as &[Option<String>],
        &columns.phones as &[Option<String>],
        &columns.pools as &[Option<Uuid>],
        &columns.pooled,
    )
    .execute(&mut *work.conn)
    .await?;
    Ok(())
}

/// What follows a part later goes its way, for no fee; on which day is not known yet.
pub(super) async fn follow(
    work: &mut Work<'_>,
    part: SellerOrderId,
    later: SellerOrderId,
) -> Result<(), Fault> {
    sqlx::query!(
        "insert into order_ways (
             seller_order_id, way, basis, zone, grams, point_id, place_name, place_address, place_hours, place_note,
             keeper_name, keeper_phone)
         select $2, way, 'rest', zone, grams, point_id, place_name, place_address, place_hours, place_note, keeper_name, keeper_phone
         from order_ways where seller_order_id = $1",
        part.0,
        later.0,
    )
    .execute(&mut *work.conn)
    .await?;
    Ok(())
}

/// The columns of the ways, as the database takes them in one go.
#[derive(Default)]
struct Columns {
    parts: Vec<Uuid>,
    ways: Vec<String>,
    bases: Vec<String>,
    zones: Vec<String>,
    grams: Vec<i64>,
    days: Vec<Option<Date>>,
    points: Vec<Option<Uuid>>,
    names: Vec<Option<String>>,
    addresses: Vec<Option<String>>,
    hours: Vec<Option<String>>,
    notes: Vec<Option<String>>,
    keepers: Vec<Option<String>>,
    phones: Vec<Option<String>>,
    pools: Vec<Option<Uuid>>,
    pooled: Vec<String>,
}

impl Columns {
    fn add(&mut self, part: SellerOrderId, grams: i64, way: &Way) {
        let place = way.place.as_ref();
        let keeper = place.and_then(|place| place.keeper.as_ref());
        self.parts.push(part.0);
        self.ways.push(way.choice.kind().as_str().to_owned());
        self.bases.push(way.basis.as_str().to_owned());
        self.zones.push(way.zone.as_str().to_owned());
        self.grams.push(grams);
        self.days.push(match way.choice {
            Choice::Own(day) => day,
            _ => None,
        });
        self.points.push(match way.choice {
            Choice::Point(point) => Some(point.0),
            _ => None,
        });
        self.names.push(place.map(|place| place.name.clone()));
        self.addresses
            .push(place.map(|place| place.address.clone()));
        self.hours.push(place.map(|place| place.hours.clone()));
        self.notes.push(place.map(|place| place.note.clone()));
        self.keepers.push(keeper.map(|keeper| keeper.name.clone()));
        self.phones
            .push(keeper.map(|keeper| keeper.phone.as_str().to_owned()));
    }
}
