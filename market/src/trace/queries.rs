//! Reading lots: a fixed number of queries whatever they hold.
use sqlx::{PgExecutor, PgPool};
use time::{Date, OffsetDateTime};
use uuid::Uuid;

use super::{
    Gtin, InputKind, ListedLot, Lot, LotChoice, LotCode, LotEntry, LotEvent, LotInput, LotKind,
    LotProduct, LotSeller, LotState, may_recall,
};
use crate::kernel::error::broken_row;
use crate::kernel::{
    Actor, CommuneId, Fault, LotId, PageRequest, Permission, PhotoId, ProductId, Quantity, Right,
    SellerId,
};
use crate::media::{self, Picture};

/// Lots of a product to choose from, at most: the latest harvests.
const CHOICES: i64 = 12;

/// A page of a seller's lots, the last written first, and how many there are.
pub async fn of_seller(
    db: impl PgExecutor<'_>,
    seller: SellerId,
    page: PageRequest,
) -> Result<(Vec<ListedLot>, i64), Fault> {
    let rows = sqlx::query_as!(
        ListedRow,
        r#"select lots.id, lots.code, sellers.name as seller_name, lots.product_name, lots.kind, lots.made_on,
               lots.quantity, lots.unit, lots.state, lots.state_since,
               exists (select from current_lots where lot_id = lots.id) as "is_current!",
               coalesce((select sum(looks) from lot_looks where lot_id = lots.id), 0)::bigint as "looks!",
               count(*) over () as "total!"
           from lots join sellers on sellers.id = lots.seller_id
           where lots.seller_id = $1
           order by lots.created_at desc, lots.id
           limit $2 offset $3"#,
        seller.0,
        page.limit(),
        page.offset(),
    )
    .fetch_all(db)
    .await?;
    listed(rows)
}

/// A page of the lots that were recalled, of the shops that the actor looks after as an officer, the last first, and
/// how many there are. Nothing for who is no such officer.
pub async fn recalled(
    db: impl PgExecutor<'_>,
    actor: &Actor,
    page: PageRequest,
) -> Result<(Vec<ListedLot>, i64), Fault> {
    if !actor.has_office(Permission::Sellers) {
        return Ok((Vec::new(), 0));
    }
    let scope: Option<Vec<i32>> = actor
        .office_communes()
        .map(|communes| communes.iter().map(|commune| commune.0).collect());
    let rows = sqlx::query_as!(
        ListedRow,
        r#"select lots.id, lots.code, sellers.name as seller_name, lots.product_name, lots.kind, lots.made_on,
               lots.quantity, lots.unit, lots.state, lots.state_since,
               exists (select from current_lots where lot_id = lots.id) as "is_current!",
               coalesce((select sum(looks) from lot_looks where lot_id = lots.id), 0)::bigint as "looks!",
               count(*) over () as "total!"
           from lots join sellers on sellers.id = lots.seller_id
           where lots.state = 'recalled' and ($1::integer[] is null or sellers.commune_id = any($1))
           order by lots.state_since desc, lots.id
           limit $2 offset $3"#,
        scope.as_deref(),
        page.limit(),
        page.offset(),
    )
    .fetch_all(db)
    .await?;
    listed(rows)
}

struct ListedRow {
    id: Uuid,
    code: String,
    seller_name: String,
    product_name: String,
    kind: String,
    made_on: Date,
    quantity: i64,
    unit: String,
    state: String,
    state_since: OffsetDateTime,
    is_current: bool,
    looks: i64,
    total: i64,
}

fn listed(rows: Vec<ListedRow>) -> Result<(Vec<ListedLot>, i64), Fault> {
    let total = rows.first().map_or(0, |row| row.total);
    let listed = rows
        .into_iter()
        .map(|row| {
            let broken = |column| broken_row("lots", column, row.id);
            Ok(ListedLot {
                id: LotId(row.id),
                code: LotCode::parse(&row.code).map_err(|_| broken("code"))?,
                kind: LotKind::parse(&row.kind).ok_or_else(|| broken("kind"))?,
                state: LotState::parse(&row.state).ok_or_else(|| broken("state"))?,
                seller_name: row.seller_name,
                product_name: row.product_name,
                made_on: row.made_on,
                quantity: Quantity::from_thousandths(row.quantity),
                unit: row.unit,
                state_since: row.state_since,
                is_current: row.is_current,
                looks: row.looks,
            })
        })
        .collect::<Result<_, Fault>>()?;
    Ok((listed, total))
}

/// A lot for who lists its shop's goods; nothing for anybody else.
pub async fn own(db: &PgPool, actor: &Actor, id: LotId, today: Date) -> Result<Option<Lot>, Fault> {
    let lot = find(db, Some(id), None, today).await?;
    Ok(lot.filter(|lot| actor.may(Right::List(lot.seller.id))))
}

/// A lot for who may recall it; nothing for anybody else.
pub async fn to_recall(
    db: &PgPool,
    actor: &Actor,
    id: LotId,
    today: Date,
) -> Result<Option<Lot>, Fault> {
    let lot = find(db, Some(id), None, today).await?;
    Ok(lot.filter(|lot| may_recall(actor, lot.seller.id, lot.seller.commune)))
}

/// The lot with that code, for anybody.
pub async fn by_code(db: &PgPool, code: &LotCode, today: Date) -> Result<Option<Lot>, Fault> {
    find(db, None, Some(code), today).await
}

/// Under which id an officer who looks after its shop finds the lot with that code.
pub async fn id_for_office(
    db: impl PgExecutor<'_>,
    actor: &Actor,
    code: &LotCode,
) -> Result<Option<LotId>, Fault> {
    let row = sqlx::query!(
        "select lots.id, sellers.commune_id from lots join sellers on sellers.id = lots.seller_id where lots.code = $1",
        code.as_str(),
    )
    .fetch_optional(db)
    .await?;
    Ok(row
        .filter(|row| {
            actor.may(Right::Office(
                Permission::Sellers,
                CommuneId(row.commune_id),
            ))
        })
        .map(|row| LotId(row.id)))
}

async fn find(
    db: &PgPool,
    id: Option<LotId>,
    code: Option<&LotCode>,
    today: Date,
) -> Result<Option<Lot>, Fault> {
    let row = sqlx::query!(
        r#"select
            lots.id, lots.code, lots.product_id, lots.product_name, lots.kind, lots.made_on, lots.best_before, lots.place,
            lots.quantity, lots.unit, lots.net_content, lots.gtin, lots.notes, lots.state, lots.state_since,
            coalesce((
                select reason from lot_events where lot_id = lots.id and event = 'recalled' order by id desc limit 1
            ), '') as "recall_reason!",
            exists (select from current_lots where lot_id = lots.id) as "is_current!",
            coalesce((select sum(looks) from lot_looks where lot_id = lots.id), 0)::bigint as "looks!",
            products.slug as product_slug,
            products.status = 'published' as "is_published!",
            stars_on(granted.stars, granted.decided_on, granted.valid_to, $3) as stars,
            granted.code as "certificate?",
            sellers.id as seller_id, sellers.slug as seller_slug, sellers.name as seller_name, sellers.commune_id,
            communes.full_name as commune_name, communes.province_name
        from lots
        join products on products.id = lots.product_id
        join sellers on sellers.id = lots.seller_id
        join communes on communes.id = sellers.commune_id
        left join granted_certificates as granted on granted.id = products.certificate_id
        where lots.id = $1 or lots.code = $2"#,
        id.map(|id| id.0),
        code.map(LotCode::as_str),
        today,
    )
    .fetch_optional(db)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let broken = |column| broken_row("lots", column, row.id);
    let stars = row.stars.and_then(|stars| u8::try_from(stars).ok());
    let id = LotId(row.id);
    Ok(Some(Lot {
        id,
        code: LotCode::parse(&row.code).map_err(|_| broken("code"))?,
        seller: LotSeller {
            id: SellerId(row.seller_id),
            slug: row.seller_slug,
            name: row.seller_name,
            commune: CommuneId(row.commune_id),
            commune_name: row.commune_name,
            province_name: row.province_name,
        },
        product: LotProduct {
            id: ProductId(row.product_id),
            slug: row.product_slug,
            name: row.product_name,
            is_published: row.is_published,
            certificate: row.certificate.filter(|_| stars.is_some()),
            stars,
        },
        kind: LotKind::parse(&row.kind).ok_or_else(|| broken("kind"))?,
        made_on: row.made_on,
        best_before: row.best_before,
        place: row.place,
        quantity: Quantity::from_thousandths(row.quantity),
        unit: row.unit,
        net_content: row.net_content,
        gtin: row
            .gtin
            .map(|gtin| Gtin::parse(&gtin).map_err(|_| broken("gtin")))
            .transpose()?,
        notes: row.notes,
        state: LotState::parse(&row.state).ok_or_else(|| broken("state"))?,
        state_since: row.state_since,
        recall_reason: row.recall_reason,
        is_current: row.is_current,
        inputs: inputs(db, id).await?,
        photos: photos(db, id).await?,
        looks: row.looks,
    }))
}

async fn inputs(db: &PgPool, lot: LotId) -> Result<Vec<LotInput>, Fault> {
    let rows = sqlx::query!(
        "select id, kind, name, amount, used_on from lot_inputs where lot_id = $1 order by used_on nulls last, id",
        lot.0,
    )
    .fetch_all(db)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(LotInput {
                kind: InputKind::parse(&row.kind)
                    .ok_or_else(|| broken_row("lot_inputs", "kind", row.id))?,
                name: row.name,
                amount: row.amount,
                used_on: row.used_on,
            })
        })
        .collect()
}

async fn photos(db: &PgPool, lot: LotId) -> Result<Vec<Picture>, Fault> {
    let ids: Vec<PhotoId> = sqlx::query_scalar!(
        "select photo_id from lot_photos where lot_id = $1 order by position",
        lot.0,
    )
    .fetch_all(db)
    .await?
    .into_iter()
    .map(PhotoId)
    .collect();
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut pictures = media::queries::pictures(db, &ids).await?;
    pictures.sort_by_key(|picture| ids.iter().position(|id| *id == picture.id));
    Ok(pictures)
}

/// The history of a lot, the last first.
pub async fn history(db: impl PgExecutor<'_>, lot: LotId) -> Result<Vec<LotEntry>, Fault> {
    let rows = sqlx::query!(
        r#"select events.id, events.event, events.at, coalesce(people.name, '') as "who!", events.reason
           from lot_events as events
           left join people on people.id = events.person_id
           where events.lot_id = $1
           order by events.id desc
           limit 100"#,
        lot.0,
    )
    .fetch_all(db)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(LotEntry {
                event: LotEvent::parse(&row.event)
                    .ok_or_else(|| broken_row("lot_events", "event", row.id))?,
                at: row.at,
                who: row.who,
                reason: row.reason,
            })
        })
        .collect()
}

/// The lot from which a product is sold now.
pub async fn current(
    db: impl PgExecutor<'_>,
    product: ProductId,
) -> Result<Option<(LotCode, Date)>, Fault> {
    let row = sqlx::query!(
        "select lots.id, lots.code, lots.made_on from current_lots join lots on lots.id = current_lots.lot_id
         where current_lots.product_id = $1",
        product.0,
    )
    .fetch_optional(db)
    .await?;
    row.map(|row| {
        let code = LotCode::parse(&row.code).map_err(|_| broken_row("lots", "code", row.id))?;
        Ok((code, row.made_on))
    })
    .transpose()
}

/// The open lots of these products that goods may be taken from: the one that is sold from now first, then the latest
/// harvests, a dozen a product.
pub async fn choices(
    db: impl PgExecutor<'_>,
    products: &[ProductId],
) -> Result<Vec<LotChoice>, Fault> {
    let products: Vec<Uuid> = products.iter().map(|product| product.0).collect();
    let rows = sqlx::query!(
        r#"select lot.id as "id!", lot.product_id as "product_id!", lot.code as "code!", lot.made_on as "made_on!",
               lot.is_current as "is_current!"
           from unnest($1::uuid[]) as wanted (product_id)
           cross join lateral (
               select lots.id, lots.product_id, lots.code, lots.made_on, current_lots.lot_id is not null as is_current
               from lots left join current_lots on current_lots.lot_id = lots.id
               where lots.product_id = wanted.product_id and lots.state = 'open'
               order by current_lots.lot_id is null, lots.made_on desc, lots.id
               limit $2) as lot"#,
        &products,
        CHOICES,
    )
    .fetch_all(db)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(LotChoice {
                id: LotId(row.id),
                product: ProductId(row.product_id),
                code: LotCode::parse(&row.code).map_err(|_| broken_row("lots", "code", row.id))?,
                made_on: row.made_on,
                is_current: row.is_current,
            })
        })
        .collect()
}
