//! Whole pages of anonymous visitors, kept in memory and dropped when the catalogue changes.
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, RwLock};
use std::time::{Duration, Instant};

use app::site::Site;
use app::ui::Lang;
use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use axum_extra::extract::cookie::CookieJar;
use sha2::{Digest, Sha256};
use time::Date;

/// Pages kept at most; when it is full all go, which is simple and rare.
const CAPACITY: usize = 4_000;
/// Belt and braces: what changes by the clock within a day.
const LIFE: Duration = Duration::from_mins(1);
/// Pages larger than that aren't kept.
const LARGEST: usize = 1 << 20;

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Encoding {
    Brotli,
    Gzip,
    Plain,
}

#[derive(PartialEq, Eq, Hash)]
struct Key {
    lang: Lang,
    encoding: Encoding,
    path: String,
    /// Seasons and certificates change at midnight without news.
    day: Date,
}

struct Entry {
    made: Instant,
    headers: HeaderMap,
    body: Bytes,
}

/// The pages of one process.
#[derive(Default)]
pub struct PageCache {
    pages: RwLock<HashMap<Key, Arc<Entry>>>,
    /// Grows with every change of the catalogue, so that a page that was being made meanwhile isn't kept.
    generation: AtomicU64,
}

impl PageCache {
    /// Drops everything: something that pages show has changed.
    pub fn clear(&self) {
        self.generation.fetch_add(1, Ordering::SeqCst);
        if let Ok(mut pages) = self.pages.write() {
            pages.clear();
        }
    }

    fn find(&self, key: &Key) -> Option<Arc<Entry>> {
        self.pages
            .read()
            .ok()?
            .get(key)
            .filter(|entry| entry.made.elapsed() < LIFE)
            .cloned()
    }

    fn keep(&self, key: Key, entry: Arc<Entry>, generation: u64) {
        let Ok(mut pages) = self.pages.write() else {
            return;
        };
        if generation != self.generation.load(Ordering::SeqCst) {
            return;
        }
        if pages.len() >= CAPACITY {
            pages.clear();
        }
        pages.insert(key, entry);
    }
}

/// Answers from the cache, or lets the page be made and keeps it where it is anybody's.
pub async fn serve(
    State((site, cache)): State<(Site, Arc<PageCache>)>,
    request: Request,
    next: Next,
) -> Response {
    let Some(key) = key_of(&site, &request) else {
        return next.run(request).await;
    };
    let seen = request.headers().get(header::IF_NONE_MATCH).cloned();
    if let Some(entry) = cache.find(&key) {
        return answer(&entry, seen.as_ref());
    }
    let generation = cache.generation.load(Ordering::SeqCst);
    let response = next.run(request).await;
    if !is_for_anybody(&response) {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    let Ok(body) = axum::body::to_bytes(body, LARGEST).await else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let tag: String = Sha256::digest(&body)
        .iter()
        .take(8)
        .map(|byte| format!("{byte:02x}"))
        .collect();
    if let Ok(tag) = HeaderValue::from_str(&format!("\"{tag}\"")) {
        parts.headers.insert(header::ETAG, tag);
    }
    parts
        .headers
        .insert(header::CONTENT_LENGTH, HeaderValue::from(body.len()));
    let entry = Arc::new(Entry {
        made: Instant::now(),
        headers: parts.headers,
        body,
    });
    let response = answer(&entry, seen.as_ref());
    cache.keep(key, entry, generation);
    response
}

fn answer(entry: &Entry, seen: Option<&HeaderValue>) -> Response {
    let is_known = seen.is_some() && seen == entry.headers.get(header::ETAG);
    let mut response = Response::new(if is_known {
        Body::empty()
    } else {
        Body::from(entry.body.clone())
    });
    *response.headers_mut() = entry.headers.clone();
    if is_known {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        response.headers_mut().remove(header::CONTENT_LENGTH);
    }
    response
}

/// Under what a request's page is kept; `None` where it is somebody's own.
fn key_of(site: &Site, request: &Request) -> Option<Key> {
    let path = request.uri().path();
    if request.method() != Method::GET
        || path.starts_with("/api/")
        || path.starts_with("/media/")
        || path.starts_with("/pkg/")
    {
        return None;
    }
    let headers = request.headers();
    let lang = if headers.contains_key(header::COOKIE) {
        let jar = CookieJar::from_headers(headers);
        if !app::visit::is_anonymous(site, &jar) {
            return None;
        }
        app::visit::lang_of(site, &jar)
    } else {
        Lang::default()
    };
    let accepted = headers
        .get(header::ACCEPT_ENCODING)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let encoding = if accepted.contains("br") {
        Encoding::Brotli
    } else if accepted.contains("gzip") {
        Encoding::Gzip
    } else {
        Encoding::Plain
    };
    Some(Key {
        lang,
        encoding,
        path: request.uri().path_and_query()?.to_string(),
        day: site.store.today(),
    })
}

/// Pages say themselves whether they are for anybody: `no-cache` (ask again, by ETag) is, `private` isn't.
fn is_for_anybody(response: &Response) -> bool {
    response.status() == StatusCode::OK
        && !response.headers().contains_key(header::SET_COOKIE)
        && response
            .headers()
            .get(header::CACHE_CONTROL)
            .is_some_and(|value| value == "no-cache")
}
