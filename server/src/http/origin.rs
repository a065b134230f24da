//! Where a request comes from: the peer, or what a trusted proxy says of it.
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use axum::extract::{ConnectInfo, Request, State};
use axum::http::{HeaderMap, HeaderName};
use axum::middleware::Next;
use axum::response::Response;
use market::kernel::limit::Origin;

const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// Notes the origin for handlers and limits.
pub async fn note(
    State(proxies): State<Arc<[IpAddr]>>,
    mut request: Request,
    next: Next,
) -> Response {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
    if let Some(ConnectInfo(peer)) = peer {
        let address = address(peer.ip().to_canonical(), &proxies, request.headers());
        request.extensions_mut().insert(Origin::from(address));
    }
    next.run(request).await
}

/// Only the last hop of `X-Forwarded-For` was written by the proxy itself; whoever asks may have sent the rest.
fn address(peer: IpAddr, proxies: &[IpAddr], headers: &HeaderMap) -> IpAddr {
    if !proxies.contains(&peer) {
        return peer;
    }
    let last = headers.get_all(FORWARDED_FOR).iter().next_back();
    last.and_then(|value| value.to_str().ok())
        .and_then(|hops| hops.rsplit(',').next())
        .map(str::trim)
        .and_then(|hop| {
            let with_port = |_| hop.parse::<SocketAddr>().map(|address| address.ip());
            hop.parse().or_else(with_port).ok()
        })
        .unwrap_or(peer)
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn from(peer: &str, proxies: &[&str], forwarded: &[&'static str]) -> String {
        let parsed = |text: &str| text.parse::<IpAddr>().expect("an address");
        let proxies: Vec<IpAddr> = proxies.iter().map(|text| parsed(text)).collect();
        let mut headers = HeaderMap::new();
        for value in forwarded {
            headers.append(FORWARDED_FOR, HeaderValue::from_static(value));
        }
        address(parsed(peer), &proxies, &headers).to_string()
    }

    #[test]
    fn only_a_trusted_proxy_is_believed_and_only_its_own_hop() {
        let forged = &["198.51.100.1, 203.0.113.7"];
        assert_eq!(from("127.0.0.1", &[], forged), "127.0.0.1");
        assert_eq!(from("192.0.2.9", &["127.0.0.1"], forged), "192.0.2.9");
        assert_eq!(from("127.0.0.1", &["127.0.0.1"], forged), "203.0.113.7");
        let twice = &["198.51.100.1", "203.0.113.7"];
        assert_eq!(from("::1", &["10.0.0.1", "::1"], twice), "203.0.113.7");
        for (hop, address) in [
            ("203.0.113.7:4711", "203.0.113.7"),
            ("[2001:db8::1]:4711", "2001:db8::1"),
            ("2001:db8::1", "2001:db8::1"),
            ("unknown", "127.0.0.1"),
            ("", "127.0.0.1"),
        ] {
            assert_eq!(from("127.0.0.1", &["127.0.0.1"], &[hop]), address);
        }
        assert_eq!(from("127.0.0.1", &["127.0.0.1"], &[]), "127.0.0.1");
    }
}
