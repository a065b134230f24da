//! The bundle of all that is kept of a shop or an order, for the authority that has asked for it.
use std::fs::File;

use serde_json::json;
use sqlx::PgPool;
use time::OffsetDateTime;

use super::{Outcome, deed, lock};
use crate::authorities::bundle::Bundle;
use crate::authorities::{AuthoritiesRefusal, Days, ExportForm, Request, RequestState, queries};
use crate::kernel::audit;
use crate::kernel::table::Table;
use crate::kernel::time::{ICT, end_of_day, instant_text, iso_day, start_of_day};
use crate::kernel::{Actor, AuthorityRequestId, Fault, OrderId, SellerId, Store, Work};
use crate::sellers::commands::{WholeNumbers, whole_numbers};
use crate::{catalog, certificates, orders, sellers};

/// Deeds read in one go.
const BATCH: i64 = 5_000;

/// A bundle that may leave the house: that it does is on record already.
pub struct Exported {
    /// `YC-2026-0001.zip`
    pub name: String,
    /// The ZIP, from its beginning; it has no name on the disk and goes with this handle.
    pub file: File,
    /// Bytes.
    pub size: u64,
    /// SHA-256, hexadecimal.
    pub sha256: String,
}

/// From and until before these instants.
type Span = (Option<OffsetDateTime>, Option<OffsetDateTime>);

/// What a bundle is about.
struct About {
    request: Request,
    shop: Option<(SellerId, WholeNumbers)>,
    order: Option<OrderId>,
}

/// Packs all that is kept of the shop, and of the order, that an open request is about: the shop with its whole
/// numbers, goods, orders, certificates, history and deeds as tables, the order as JSON, and a list of it all with
/// sums. The days of the form bound orders and deeds. It is written down, with the bundle's sum, before anybody gets
/// it.
///
/// # Errors
/// Not for this actor, not open, about nothing that is kept here, or days that are none.
pub async fn export(
    store: &Store,
    actor: &Actor,
    id: AuthorityRequestId,
    form: &ExportForm,
) -> Outcome<Exported> {
    let days = form.parse().map_err(AuthoritiesRefusal::Invalid)?;
    let about = crate::transact!(store, actor, work => about(work, id).await)?;
    let now = store.now();
    let bundle = pack(store.reader(), actor, &about, days, now).await?;
    let (file, size, sha256) = bundle.close().await?;
    let (sum, about) = (sha256.as_str(), &about);
    crate::transact!(store, actor, work => record(work, id, about, days, (sum, size)).await)?;
    Ok(Exported {
        name: format!("{}.zip", about.request.listed.number),
        file,
        size,
        sha256,
    })
}

/// The request, if it is open and about something that is kept here.
async fn open(work: &mut Work<'_>, id: AuthorityRequestId) -> Outcome<Request> {
    let state = lock(work, id).await?;
    if state != RequestState::Open {
        return Err(AuthoritiesRefusal::WrongState.into());
    }
    let request = queries::request(work.conn, id)
        .await?
        .ok_or(AuthoritiesRefusal::NotFound)?;
    if request.shop.is_none() && request.listed.order.is_none() {
        return Err(AuthoritiesRefusal::NothingToExport.into());
    }
    Ok(request)
}

async fn about(work: &mut Work<'_>, id: AuthorityRequestId) -> Outcome<About> {
    let request = open(work, id).await?;
    let shop = match &request.shop {
        Some(shop) => {
            let numbers = whole_numbers(work, shop.id)
                .await
                .map_err(|failure| failure.map(|_| AuthoritiesRefusal::NotAllowed))?;
            Some((shop.id, numbers))
        }
        None => None,
    };
    let order = match &request.listed.order {
        Some(code) => orders::queries::id_of(&mut *work.conn, code).await?,
        None => None,
    };
    Ok(About {
        request,
        shop,
        order,
    })
}

async fn record(
    work: &mut Work<'_>,
    id: AuthorityRequestId,
    about: &About,
    days: Days,
    (sha256, size): (&str, u64),
) -> Outcome<()> {
    open(work, id).await?;
    let export: uuid::Uuid = work.new_id();
    sqlx::query!(
        "insert into authority_exports (id, request_id, at, person_id, seller_id, order_id, from_day, to_day, sha256, bytes)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        export,
        id.0,
        work.now,
        work.actor.person.map(|person| person.0),
        about.shop.as_ref().map(|(seller, _)| seller.0),
        about.order.map(|order| order.0),
        days.from,
        days.to,
        sha256,
        i64::try_from(size).map_err(Fault::new)?,
    )
    .execute(&mut *work.conn)
    .await?;
    let what =
        json!({ "from": days.from.map(iso_day), "to": days.to.map(iso_day), "sha256": sha256 });
    deed(work, id, "authority.exported", Some(what)).await?;
    Ok(())
}

async fn pack(
    db: &PgPool,
    actor: &Actor,
    about: &About,
    days: Days,
    now: OffsetDateTime,
) -> Result<Bundle, Fault> {
    let span = (days.from.map(start_of_day), days.to.map(end_of_day));
    let mut bundle = Bundle::new(now)?;
    if let Some((seller, numbers)) = &about.shop {
        bundle = pack_shop(bundle, db, *seller, numbers, span).await?;
    }
    if let Some(order) = about.order {
        let data = orders::queries::exported(db, order)
            .await?
            .ok_or_else(|| Fault::new("an order that is gone"))?;
        bundle = bundle.add("order.json", json_bytes(&data)?).await?;
    }
    let listed = &about.request.listed;
    let manifest = json!({
        "request": listed.number,
        "authority": listed.authority,
        "document": { "number": listed.document_no, "date": iso_day(about.request.document_date) },
        "exported_by": actor.name,
        "exported_at": instant_text(now),
        "exported_at_unix": now.unix_timestamp(),
        "utc_offset_hours": ICT.whole_hours(),
        "period": { "from": days.from.map(iso_day), "to": days.to.map(iso_day) },
        "files": bundle.packed(),
    });
    bundle.add("manifest.json", json_bytes(&manifest)?).await
}

async fn pack_shop(
    bundle: Bundle,
    db: &PgPool,
    seller: SellerId,
    numbers: &WholeNumbers,
    span: Span,
) -> Result<Bundle, Fault> {
    let shop = sellers::queries::load_shop(db, seller)
        .await?
        .ok_or_else(|| Fault::new("a shop that is gone"))?;
    let data = sellers::export::data(&shop, &numbers.number, &numbers.account);
    let mut bundle = bundle
        .add("shop.json", json_bytes(&data)?)
        .await?
        .add("goods.csv", catalog::export::goods(db, seller).await?)
        .await?;
    bundle.begin("orders.csv")?;
    let mut lines = orders::export::OrdersTable::new(seller, span);
    while let Some(piece) = lines.next(db).await? {
        bundle = bundle.write(piece).await?;
    }
    let certificates = certificates::export::certificates(db, seller).await?;
    bundle = bundle
        .add("certificates.csv", certificates)
        .await?
        .add("history.csv", sellers::export::history(&shop)?)
        .await?;
    pack_deeds(bundle, db, seller, span).await
}

/// What was done about the shop, piece by piece.
async fn pack_deeds(
    mut bundle: Bundle,
    db: &PgPool,
    seller: SellerId,
    span: Span,
) -> Result<Bundle, Fault> {
    bundle.begin("deeds.csv")?;
    let mut table = Table::new(&[
        "at",
        "actor_kind",
        "person",
        "address",
        "action",
        "subject_kind",
        "before",
        "after",
    ])?;
    let mut last = 0;
    loop {
        let deeds = audit::about_seller(db, seller, span, last, BATCH).await?;
        let is_over = i64::try_from(deeds.len()).is_ok_and(|count| count < BATCH);
        for deed in deeds {
            last = deed.id;
            let text = |value: Option<serde_json::Value>| {
                value.map(|value| value.to_string()).unwrap_or_default()
            };
            table.row([
                instant_text(deed.at).as_str(),
                deed.actor_kind.as_str(),
                deed.person.as_deref().unwrap_or_default(),
                deed.address.as_str(),
                deed.action.as_str(),
                deed.subject_kind.as_str(),
                text(deed.before).as_str(),
                text(deed.after).as_str(),
            ])?;
        }
        bundle = bundle.write(table.into_bytes()?).await?;
        if is_over {
            return Ok(bundle);
        }
        table = Table::next_piece();
    }
}

fn json_bytes(value: &serde_json::Value) -> Result<Vec<u8>, Fault> {
    serde_json::to_vec_pretty(value).map_err(Fault::new)
}
