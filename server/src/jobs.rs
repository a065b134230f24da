//! The worker: does what the outbox tells, and what is due by the clock. Any number of processes may run it.
use std::sync::Arc;
use std::time::Duration;

use app::site::Site;
use market::kernel::limit;
use market::kernel::message;
use market::kernel::outbox::{self, Event, Lane, Topic};
use market::kernel::{Actor, Failure, Fault, ProductId, SellerId, Store, Work};
use market::{
    accounts, authorities, cart, catalog, certificates, claims, imports, media, orders, payments,
    reports, search, sellers, webhooks,
};
use sqlx::postgres::PgListener;
use tokio::time::{Instant, sleep, timeout};

use crate::http::cache::PageCache;

/// News taken in one go.
const BATCH: i64 = 5_000;
/// The worker rests nine times as long as it worked, within these bounds: on a busy day many orders become one
/// look at their day, and buyers keep the machine.
const SHORTEST_REST: Duration = Duration::from_millis(100);
const LONGEST_REST: Duration = Duration::from_secs(30);
/// What pages and search show follows within two seconds, however busy the day.
const LONGEST_REST_OF_PAGES: Duration = Duration::from_secs(1);
/// And looks for other processes' news after so long.
const LOOK: Duration = Duration::from_millis(500);
/// Orders whose recipients are forgotten in one go.
const FORGOTTEN: i64 = 500;
/// How often it does what is due by the clock.
const ROUND: Duration = Duration::from_mins(1);

/// Works until the process ends: at what pages show and at what reports sum up side by side, so that neither waits
/// for the other.
pub async fn run(site: Site) {
    tokio::join!(
        follow(&site, Lane::Pages),
        follow(&site, Lane::Reports),
        rounds(&site)
    );
}

/// Does what a lane of the outbox tells, for ever.
async fn follow(site: &Site, lane: Lane) {
    let longest_rest = match lane {
        Lane::Pages => LONGEST_REST_OF_PAGES,
        Lane::Reports => LONGEST_REST,
    };
    loop {
        let begun = Instant::now();
        match drain_lane(&site.store, lane).await {
            Ok(0) if lane == Lane::Pages => {
                let _ = timeout(LOOK, site.store.work_waits()).await;
                sleep(SHORTEST_REST).await;
            }
            Ok(0) => sleep(LOOK).await,
            Ok(_) => sleep((9 * begun.elapsed()).clamp(SHORTEST_REST, longest_rest)).await,
            Err(fault) => {
                tracing::error!("The worker failed: {}", app::trouble::causes(&fault));
                sleep(LOOK).await;
            }
        }
    }
}

async fn rounds(site: &Site) {
    loop {
        Box::pin(round(site)).await;
        sleep(ROUND).await;
    }
}

/// Does what the outbox holds now, up to a batch of each lane; answers how much that was. Tests call it by hand.
pub async fn drain(store: &Store) -> Result<usize, Fault> {
    Ok(drain_lane(store, Lane::Pages).await? + drain_lane(store, Lane::Reports).await?)
}

async fn drain_lane(store: &Store, lane: Lane) -> Result<usize, Fault> {
    let done = market::transact_sure!(store, &Actor::system(), work => {
        let events = outbox::take(work, lane, BATCH).await?;
        handle(work, lane, &events).await?;
        Ok(events.len())
    });
    match done {
        Ok(count) => Ok(count),
        Err(fault) if fault.is_transient() => Err(fault),
        Err(fault) => {
            tracing::warn!(
                "A batch of news failed, taking it apart: {}",
                app::trouble::causes(&fault)
            );
            one_by_one(store, lane).await
        }
    }
}

/// One bad piece of news must not hold up the others.
async fn one_by_one(store: &Store, lane: Lane) -> Result<usize, Fault> {
    let events = market::transact_sure!(store, &Actor::system(), work => Ok(outbox::take(work, lane, BATCH).await?))?;
    for event in &events {
        let outcome = market::transact_sure!(store, &Actor::system(), work => Ok(handle(work, lane, std::slice::from_ref(event)).await?));
        if let Err(fault) = outcome {
            let (id, text) = (event.id, app::trouble::causes(&fault));
            tracing::error!(event.id = id, "Putting news {id} off: {text}");
            market::transact_sure!(store, &Actor::system(), work => Ok(outbox::put_off(work, &[id], &text).await?))?;
        }
    }
    Ok(events.len())
}

/// Search or reports follow what happened; then every process drops its cached pages.
async fn handle(work: &mut Work<'_>, lane: Lane, events: &[Event]) -> Result<(), Fault> {
    if events.is_empty() {
        return Ok(());
    }
    match lane {
        Lane::Pages => update_search(work, events).await?,
        Lane::Reports => {
            let orders: Vec<_> = events.iter().map(|event| event.subject).collect();
            let (_, days) = orders::queries::touched(&mut *work.conn, &orders).await?;
            reports::commands::refresh_days(work, &days).await?;
        }
    }
    let ids: Vec<i64> = events.iter().map(|event| event.id).collect();
    outbox::done(work, &ids).await?;
    outbox::announce(work).await?;
    Ok(())
}

/// What lists and search show; the days of the orders are left to the lane of reports.
async fn update_search(work: &mut Work<'_>, events: &[Event]) -> Result<(), Fault> {
    let of = |topic: Topic| {
        events
            .iter()
            .filter(move |event| event.topic == topic)
            .map(|event| event.subject)
    };
    for seller in of(Topic::SellerChanged) {
        search::commands::index_seller(work, SellerId(seller)).await?;
    }
    let orders: Vec<_> = of(Topic::OrderChanged).collect();
    let (ordered, _) = orders::queries::touched(&mut *work.conn, &orders).await?;
    search::commands::restock(work, &ordered).await?;
    outbox::tell(work, Topic::SalesChanged, &orders).await?;
    let mut products: Vec<_> = of(Topic::ProductChanged).map(ProductId).collect();
    products.sort_unstable();
    products.dedup();
    search::commands::index(work, &products).await?;
    let changed: Vec<_> = products
        .iter()
        .chain(&ordered)
        .map(|product| product.0)
        .collect();
    webhooks::commands::tell(work, &changed, &orders).await?;
    Ok(())
}

/// Ends the harvests that are over, each by itself; what is left is ended in the next round.
async fn end_harvests(store: &Store, system: &Actor) -> Result<(), Fault> {
    for _ in 0..100 {
        let was_over = market::transact_sure!(store, system, work => Ok(catalog::commands::end_harvest_over(work).await.map_err(Failure::into_fault)?))?;
        if !was_over {
            break;
        }
    }
    Ok(())
}

/// Settles the claims whose time is over, each by itself; what is left is settled in the next round.
async fn settle_claims(store: &Store, system: &Actor) -> Result<(), Fault> {
    for _ in 0..100 {
        let was_due = market::transact_sure!(store, system, work => Ok(claims::commands::settle_due(work).await.map_err(Failure::into_fault)?))?;
        if !was_due {
            break;
        }
    }
    Ok(())
}

/// What is due by the clock.
async fn round(site: &Site) {
    let store = &site.store;
    let kept = |days: u32| store.now() - time::Duration::days(i64::from(days));
    let (orders_since, messages_since) =
        (kept(site.retention.orders), kept(site.retention.messages));
    let system = &Actor::system();
    // Each by itself: what one row spoils holds nothing else up.
    let done = [
        market::transact_sure!(store, system, work => Ok(payments::commands::expire(work, 100).await.map_err(Failure::into_fault).map(called_off)?)),
        market::transact_sure!(store, system, work => Ok(orders::commands::tell_shops(work, 500).await?)),
        settle_claims(store, system).await,
        market::transact_sure!(store, system, work => Ok(claims::commands::remind_of_refunds(work, 100).await?)),
        market::transact_sure!(store, system, work => Ok(claims::commands::sweep(work).await?)),
        end_harvests(store, system).await,
        market::transact_sure!(store, system, work => Ok(certificates::commands::round(work).await?)),
        market::transact_sure!(store, system, work => Ok(sellers::commands::due(work, 100).await.map(drop)?)),
        market::transact_sure!(store, system, work => Ok(authorities::commands::round(work).await?)),
        market::transact_sure!(store, system, work => Ok(accounts::commands::recover_due(work).await?)),
        market::transact_sure!(store, system, work => Ok(accounts::commands::sweep(work).await?)),
        market::transact_sure!(store, system, work => Ok(cart::commands::sweep(work).await?)),
        market::transact_sure!(store, system, work => Ok(search::commands::recount_sold(work).await?)),
        market::transact_sure!(store, system, work => Ok(search::commands::settle_stock(work).await?)),
        market::transact_sure!(store, system, work => Ok(search::commands::begin_day(work).await.map(drop)?)),
        market::transact_sure!(store, system, work => Ok(search::commands::sweep_words(work).await?)),
        market::transact_sure!(store, system, work => Ok(message::sweep(work, messages_since).await?)),
        market::transact_sure!(store, system, work => Ok(orders::commands::forget_contacts(work, orders_since, FORGOTTEN).await.map(drop)?)),
        market::transact_sure!(store, system, work => Ok(imports::commands::sweep(work).await?)),
        market::transact_sure!(store, system, work => Ok(media::pieces::sweep(work).await?)),
        market::transact_sure!(store, system, work => Ok(webhooks::commands::sweep(work).await?)),
        sweep_files(site).await,
        market::transact_sure!(store, system, work => Ok(limit::sweep(work).await?)),
    ];
    for fault in done.into_iter().filter_map(Result::err) {
        tracing::error!(
            "A part of the worker's round failed: {}",
            app::trouble::causes(&fault)
        );
    }
}

/// Once a day, in whichever process comes first.
async fn sweep_files(site: &Site) -> Result<(), Fault> {
    let store = &site.store;
    let system = &Actor::system();
    let is_due =
        market::transact_sure!(store, system, work => Ok(media::files::begin_day(work).await?))?;
    if is_due {
        let count = media::files::sweep(store, &site.media).await?;
        if count > 0 {
            tracing::info!(count, "Swept {count} files that nothing named");
        }
    }
    Ok(())
}

fn called_off(count: usize) {
    if count > 0 {
        tracing::info!(count, "Called off {count} orders that nobody confirmed");
    }
}

/// Drops cached pages and counts in this process whenever any process announces a change.
pub async fn listen(site: Site, database_url: String, pages: Option<Arc<PageCache>>) {
    loop {
        if let Err(error) = listen_once(&site, &database_url, pages.as_deref()).await {
            tracing::warn!("Not hearing of changes, trying again: {error}");
        }
        // What was missed meanwhile is unknown.
        drop_all(&site, pages.as_deref());
        sleep(Duration::from_secs(1)).await;
    }
}

async fn listen_once(
    site: &Site,
    database_url: &str,
    pages: Option<&PageCache>,
) -> Result<(), sqlx::Error> {
    let mut listener = PgListener::connect(database_url).await?;
    listener.listen(outbox::CHANNEL).await?;
    drop_all(site, pages);
    loop {
        listener.recv().await?;
        drop_all(site, pages);
    }
}

fn drop_all(site: &Site, pages: Option<&PageCache>) {
    site.search.invalidate();
    if let Some(pages) = pages {
        pages.clear();
    }
}
