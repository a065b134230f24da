//! Serving and stopping.
use std::fs;
use std::io::IsTerminal as _;
use std::net::SocketAddr;
use std::sync::Arc;

use app::site::{Assets, Settings, Site};
use axum::serve::ListenerExt as _;
use market::kernel::{Fault, Store};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tracing_subscriber::EnvFilter;

use crate::config::Config;
use crate::http::cache::PageCache;
use crate::{carrier, database, http, imports, jobs, metrics, search, sms, webhooks};

/// Begins the log: lines for people, or JSON.
pub fn start_log(config: &Config) {
    let builder = tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::new(&config.log))
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr);
    if config.log_json {
        builder.json().init();
    } else {
        builder.init();
    }
}

/// Puts the installation together.
pub fn site(config: &Config, store: Store) -> Result<Site, Fault> {
    let path = config.site.join("assets.json");
    let text = fs::read_to_string(&path).map_err(|error| {
        Fault::new(format!(
            "{} can't be read ({error}): build it with `cargo run -p xtask -- site`",
            path.display()
        ))
    })?;
    let assets: Assets = serde_json::from_str(&text).map_err(Fault::new)?;
    Ok(Site::new(
        store.clone(),
        search::engine(config, store)?,
        assets,
        config.media_store()?,
        &config.base_url,
        Settings {
            is_demo: config.demo,
            limits: config.limits,
            retention: config.retention,
            shows_codes: config.demo && config.sms.is_none(),
            webhooks: config.webhooks,
        },
    )
    .with_carrier(carrier::carrier(config)?))
}

/// Serves until it is told to stop; requests under way are finished.
pub async fn serve(config: &Config, store: Store) -> Result<(), Fault> {
    let site = site(config, store)?;
    check(&site.store).await?;
    let pages = config.page_cache.then(|| Arc::new(PageCache::default()));
    let listener = TcpListener::bind(config.addr).await.map_err(|error| {
        Fault::new(format!(
            "can't listen on {}: {error}; set CAY_BEO_ADDR to another port",
            config.addr
        ))
    })?;
    // The last piece of a page leaves at once; else it may wait for the browser's word on the piece before.
    let listener = listener.tap_io(|stream| {
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!("A connection keeps its delay: {error}");
        }
    });
    tracing::info!("Serving on http://{} with {config:?}", config.addr);
    if config.is_secure() && config.trusted_proxies.is_empty() {
        tracing::warn!(
            "Behind a proxy all guests share their limits until CAY_BEO_TRUSTED_PROXY names it"
        );
    }
    if !config.demo && config.sms.is_none() {
        tracing::warn!("No message reaches anybody until CAY_BEO_SMS_URL names a gateway");
    }
    tokio::spawn(jobs::run(site.clone()));
    tokio::spawn(sms::run(site.clone(), sms::sender(config)?));
    tokio::spawn(imports::run(site.store.clone()));
    tokio::spawn(metrics::run(site.clone(), config.metrics_addr));
    let feeder = search::feeder(config, &site.store)?;
    tokio::spawn(search::run(site.store.clone(), feeder));
    tokio::spawn(webhooks::run(site.clone(), webhooks::sender(config)?));
    tokio::spawn(carrier::run(site.clone()));
    tokio::spawn(jobs::listen(
        site.clone(),
        config.database_url.clone(),
        pages.clone(),
    ));
    let service =
        http::router(config, &site, pages).into_make_service_with_connect_info::<SocketAddr>();
    axum::serve(listener, service)
        .with_graceful_shutdown(told_to_stop())
        .await?;
    tracing::info!("Stopped");
    Ok(())
}

/// Whether the database is this program's, with its migrations and its key.
async fn check(store: &Store) -> Result<(), Fault> {
    if let Err(reason) = database::is_ready(store).await {
        return Err(Fault::new(format!(
            "the database is not ready ({reason}): run `cay-beo migrate`"
        )));
    }
    if !market::kernel::store::knows_key(store).await? {
        return Err(Fault::new(
            "this database was used with another key: set CAY_BEO_KEY or CAY_BEO_KEY_FILE to that one",
        ));
    }
    Ok(())
}

/// Works through the outbox and sends messages until it is told to stop.
pub async fn work(config: &Config, store: Store) -> Result<(), Fault> {
    let site = site(config, store)?;
    check(&site.store).await?;
    let feeder = search::feeder(config, &site.store)?;
    let (sender, hooks) = (sms::sender(config)?, webhooks::sender(config)?);
    tokio::select! {
        () = jobs::run(site.clone()) => {}
        () = imports::run(site.store.clone()) => {}
        () = search::run(site.store.clone(), feeder) => {}
        () = sms::run(site.clone(), sender) => {}
        () = webhooks::run(site.clone(), hooks) => {}
        () = carrier::run(site) => {}
        () = told_to_stop() => {}
    }
    Ok(())
}

/// Ctrl-C or SIGTERM.
async fn told_to_stop() {
    let Ok(mut terminate) = signal(SignalKind::terminate()) else {
        return std::future::pending().await;
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = terminate.recv() => {}
    }
}
