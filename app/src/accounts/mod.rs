//! The slice `accounts` as people see it: signing in, up and out, and one's own account.
#[cfg(feature = "ssr")]
mod account;
#[cfg(feature = "ssr")]
mod actions;
#[cfg(feature = "ssr")]
pub mod again;
#[cfg(feature = "ssr")]
mod changes;
#[cfg(feature = "ssr")]
mod pages;
#[cfg(feature = "ssr")]
mod recovery;
#[cfg(feature = "ssr")]
mod staff;

#[cfg(feature = "ssr")]
pub use actions::{routes, shown};
#[cfg(feature = "ssr")]
pub use pages::CodePage;

/// Browser and system in a word each, as the browser calls itself: `Chrome, Android`. Empty where nothing is known.
#[cfg(feature = "ssr")]
fn device(headers: &axum::http::HeaderMap) -> String {
    let agent = actions::user_agent(headers);
    let first = |names: &[(&str, &'static str)]| {
        names
            .iter()
            .find(|(mark, _)| agent.contains(mark))
            .map(|(_, name)| *name)
    };
    // The order decides: most browsers also claim to be others.
    let browser = first(&[
        ("Zalo", "Zalo"),
        ("FBAN", "Facebook"),
        ("FBAV", "Facebook"),
        ("coc_coc", "Cốc Cốc"),
        ("SamsungBrowser", "Samsung Internet"),
        ("Edg", "Edge"),
        ("OPR", "Opera"),
        ("Firefox", "Firefox"),
        ("FxiOS", "Firefox"),
        ("CriOS", "Chrome"),
        ("Chrome", "Chrome"),
        ("Safari", "Safari"),
    ]);
    let system = first(&[
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Windows", "Windows"),
        ("Macintosh", "Mac"),
        ("CrOS", "ChromeOS"),
        ("Linux", "Linux"),
    ]);
    [browser, system]
        .into_iter()
        .flatten()
        .collect::<Vec<_>>()
        .join(", ")
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use axum::http::{HeaderMap, HeaderValue, header};

    use super::device;

    #[test]
    fn a_device_is_named_in_two_words() {
        let named = |agent: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::USER_AGENT, HeaderValue::from_static(agent));
            device(&headers)
        };
        assert_eq!(
            named(
                "Mozilla/5.0 (Linux; Android 13; SM-A047F) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Mobile Safari/537.36"
            ),
            "Chrome, Android"
        );
        assert_eq!(
            named(
                "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.0 Mobile/15E148 Safari/604.1"
            ),
            "Safari, iPhone"
        );
        assert_eq!(named("curl/8"), "");
    }
}
