//! What a seller's desk lists, what labels say, and what somebody has to look at.
use sqlx::PgPool;
use time::OffsetDateTime;
use uuid::Uuid;

use super::{state, way};
use crate::kernel::error::broken_row;
use crate::kernel::{
    Actor, CommuneId, Fault, ParcelId, Permission, Phone, Right, SellerId, SellerOrderId, Vnd,
};
use crate::parcels::{Labelled, ParcelState};

/// A seller's parcels that are not over, those at home first, and those that were handed over since `since`, the last
/// ones first.
pub async fn listed(
    db: &PgPool,
    seller: SellerId,
    since: OffsetDateTime,
) -> Result<Vec<Labelled>, Fault> {
    let ids = sqlx::query_scalar!(
        r#"select parcels.id as "id!"
           from parcels join seller_orders as part on part.id = parcels.seller_order_id
           where part.seller_id = $1 and parcels.state not in ('delivered', 'returned', 'lost', 'called_off')
           union
           select parcels.id
           from parcel_events as taken
           join parcels on parcels.id = taken.parcel_id
           join seller_orders as part on part.id = parcels.seller_order_id
           where part.seller_id = $1 and taken.event = 'hand_over' and taken.at >= $2"#,
        seller.0,
        since,
    )
    .fetch_all(db)
    .await?;
    let mut all = load(db, &ids).await?;
    all.sort_by_key(|parcel| {
        let is_away = parcel.state != ParcelState::Made;
        (
            is_away,
            std::cmp::Reverse(parcel.state_since),
            parcel.code.clone(),
        )
    });
    Ok(all)
}

/// These parcels with what stands on their labels, in the order of their codes; those that are not the actor's are left
/// out.
pub async fn labels(
    db: &PgPool,
    parcels: &[ParcelId],
    actor: &Actor,
) -> Result<Vec<Labelled>, Fault> {
    let ids: Vec<Uuid> = parcels.iter().map(|parcel| parcel.0).collect();
    let rows = sqlx::query!(
        "select parcels.id, part.seller_id
         from parcels join seller_orders as part on part.id = parcels.seller_order_id
         where parcels.id = any($1)",
        &ids
    )
    .fetch_all(db)
    .await?;
    let own: Vec<Uuid> = rows
        .into_iter()
        .filter(|row| actor.may(Right::Fulfil(SellerId(row.seller_id))))
        .map(|row| row.id)
        .collect();
    load(db, &own).await
}

async fn load(db: &PgPool, ids: &[Uuid]) -> Result<Vec<Labelled>, Fault> {
    let rows = sqlx::query!(
        r#"select parcels.id, parcels.seller_order_id, parcels.code, parcels.state, parcels.state_since, parcels.weight_grams,
               parcels.boxes, parcels.cod_vnd, parcels.carrier, parcels.tracking_code,
               part.seller_name, sellers.phone as seller_phone,
               concat_ws(', ', nullif(sellers.street, ''), nullif(sellers.hamlet, ''), home.full_name) as "seller_address!",
               orders.contact_name, orders.contact_phone as "contact_phone?",
               case when way.place_address is null then concat_ws(', ', orders.street, orders.commune_name, orders.province_name)
                   else concat_ws(', ', nullif(way.place_name, ''), way.place_address) end as "address!",
               coalesce(way.way, 'carrier') as "way!", way.keeper_name as "keeper_name?", way.keeper_phone as "keeper_phone?"
           from parcels
           join seller_orders as part on part.id = parcels.seller_order_id
           join orders on orders.id = part.order_id
           join sellers on sellers.id = part.seller_id
           join communes as home on home.id = sellers.commune_id
           left join order_ways as way on way.seller_order_id = part.id
           where parcels.id = any($1)
           order by parcels.code"#,
        ids
    )
    .fetch_all(db)
    .await?;
    rows.into_iter()
        .map(|row| {
            let phone = |text: &str, table| {
                Phone::parse(text).map_err(|_| broken_row(table, "phone", row.id))
            };
            Ok(Labelled {
                id: ParcelId(row.id),
                part: SellerOrderId(row.seller_order_id),
                way: way(&row.way, row.id)?,
                keeper: row
                    .keeper_name
                    .zip(row.keeper_phone)
                    .map(|(name, text)| Ok::<_, Fault>((name, phone(&text, "order_ways")?)))
                    .transpose()?,
                state: state(&row.state, row.id)?,
                state_since: row.state_since,
                weight_grams: row.weight_grams,
                boxes: row.boxes,
                cod: Vnd(row.cod_vnd),
                carrier: row.carrier,
                tracking_code: row.tracking_code,
                sender_phone: phone(&row.seller_phone, "sellers")?,
                sender: row.seller_name,
                sender_address: row.seller_address,
                receiver_phone: row
                    .contact_phone
                    .map(|text| phone(&text, "orders"))
                    .transpose()?,
                receiver: row.contact_name,
                receiver_address: row.address,
                code: row.code,
            })
        })
        .collect()
}

/// Something about a parcel that somebody has to look at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Puzzle {
    /// Identifier of the notice.
    pub id: i64,
    /// On its label.
    pub code: String,
    /// Who sends it.
    pub seller_name: String,
    /// Whom to call about it.
    pub seller_phone: Phone,
    /// Where the parcel is, as far as we know.
    pub state: ParcelState,
    /// Who carries it.
    pub carrier: String,
    /// By which that carrier finds it.
    pub tracking_code: String,
    /// In the carrier's words.
    pub status: String,
    /// Why, in the carrier's words.
    pub reason: String,
    /// When it happened, UTC.
    pub at: OffsetDateTime,
}

/// The last hundred things that carriers told of parcels of the shops that an officer looks after, and that nobody has
/// made anything of or looked at; the newest first.
pub async fn puzzles(db: &PgPool, actor: &Actor) -> Result<Vec<Puzzle>, Fault> {
    if !actor.has_office(Permission::Sellers) {
        return Ok(Vec::new());
    }
    let communes: Option<Vec<i32>> = actor
        .office_communes()
        .map(|communes| communes.iter().map(|CommuneId(id)| *id).collect());
    let rows = sqlx::query!(
        "select notice.id as notice_id, parcels.id, parcels.code, parcels.state, parcels.carrier, parcels.tracking_code, part.seller_name,
             sellers.phone as seller_phone, notice.status, notice.reason, notice.at
         from carrier_notices as notice
         join parcels on parcels.id = notice.parcel_id
         join seller_orders as part on part.id = parcels.seller_order_id
         join sellers on sellers.id = part.seller_id
         where notice.effect = 'unknown'
             and not exists (select from carrier_notices_seen as seen where seen.notice_id = notice.id)
             and ($1::integer[] is null or sellers.commune_id = any($1))
         order by notice.heard_at desc, notice.id desc
         limit 100",
        communes.as_deref(),
    )
    .fetch_all(db)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(Puzzle {
                id: row.notice_id,
                code: row.code,
                seller_name: row.seller_name,
                seller_phone: Phone::parse(&row.seller_phone)
                    .map_err(|_| broken_row("sellers", "phone", row.id))?,
                state: state(&row.state, row.id)?,
                carrier: row.carrier,
                tracking_code: row.tracking_code,
                status: row.status,
                reason: row.reason,
                at: row.at,
            })
        })
        .collect()
}
