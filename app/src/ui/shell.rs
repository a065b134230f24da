//! The frame of every page.
use leptos::prelude::*;

use super::Lang;
use crate::routes;
use crate::visit::Visit;

/// In which part of the house a page stands: decides the navigation beside it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Area {
    /// Where buyers are.
    #[default]
    Market,
    /// A seller's desk.
    Seller,
    /// The province's desk.
    Province,
}

/// What stands in the head of a page.
#[derive(Clone, Debug, Default)]
pub struct Head {
    /// Without the name of the house.
    pub title: String,
    /// One or two sentences for search engines and previews.
    pub description: String,
    /// The path under which the page should be known, where it has several.
    pub canonical: Option<String>,
    /// Path of a picture for previews.
    pub image: Option<String>,
    /// schema.org data.
    pub json_ld: Option<serde_json::Value>,
    /// Kept from search engines.
    pub is_private: bool,
    /// The part of the house.
    pub area: Area,
    /// The text in the search field.
    pub query: String,
}

impl Head {
    /// A page with that title and nothing else.
    pub fn new(title: impl Into<String>) -> Self {
        Self {
            title: title.into(),
            ..Self::default()
        }
    }

    /// A page that is only for who is looking at it.
    pub fn private(title: impl Into<String>, area: Area) -> Self {
        Self {
            title: title.into(),
            is_private: true,
            area,
            ..Self::default()
        }
    }
}

/// The whole document. The loader of the islands is named only where the page has an island.
pub fn document(visit: &Visit, head: &Head, content: &str) -> String {
    let lang = visit.lang;
    let assets = &visit.site.assets;
    let base = &visit.site.base_url;
    let title = if head.title.is_empty() {
        t!("shell.title")
    } else {
        format!("{} – {}", head.title, t!("shell.name"))
    };
    let canonical = format!(
        "{base}{}",
        head.canonical
            .as_deref()
            .unwrap_or_else(|| visit.uri.path())
    );
    let image = format!("{base}{}", head.image.as_deref().unwrap_or("/og.png"));
    let head_view = view! {
        <title>{title.clone()}</title>
        <meta name="description" content=head.description.clone() />
        {head.is_private.then(|| view! { <meta name="robots" content="noindex" /> })}
        <link rel="canonical" href=canonical.clone() />
        <link rel="stylesheet" href=assets.style.clone() />
        <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
        <link rel="apple-touch-icon" href="/apple-touch-icon.png" />
        <link rel="manifest" href="/manifest.webmanifest" />
    }
    .to_html();
    let header =
        view! { <Header visit=visit.clone() query=head.query.clone() area=head.area /> }.to_html();
    let footer = view! { <Footer lang visit=visit.clone() /> }.to_html();
    let mut page =
        String::with_capacity(content.len() + header.len() + footer.len() + head_view.len() + 1024);
    page.push_str("<!DOCTYPE html><html lang=\"");
    page.push_str(lang.code());
    page.push_str("\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">");
    page.push_str(&head_view);
    for (property, content) in [
        ("title", title),
        ("description", head.description.clone()),
        ("image", image),
        ("url", canonical),
        ("site_name", t!("shell.name")),
    ] {
        // The view macro knows no `property` attribute.
        page.push_str(&format!(
            "<meta property=\"og:{property}\" content=\"{}\">",
            escaped(&content)
        ));
    }
    if let Some(data) = &head.json_ld {
        page.push_str("<script type=\"application/ld+json\">");
        // `<` must not end the element.
        page.push_str(&data.to_string().replace('<', "\\u003c"));
        page.push_str("</script>");
    }
    if content.contains("<leptos-island") || header.contains("<leptos-island") {
        page.push_str("<script type=\"module\" src=\"");
        page.push_str(&assets.islands);
        page.push_str("\"></script>");
    }
    page.push_str("</head><body>");
    page.push_str(&header);
    page.push_str("<main id=\"content\" tabindex=\"-1\">");
    page.push_str(content);
    page.push_str("</main>");
    page.push_str(&footer);
    page.push_str("</body></html>");
    page
}

/// Text as it may stand between double quotes.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('"', "&quot;")
        .replace('<', "&lt;")
}

/// Logo, search, cart, account, language.
#[component]
fn Header(visit: Visit, query: String, area: Area) -> impl IntoView {
    view! {
        <a class="skip-link" href="#content">{t!("shell.skip")}</a>
        {visit.site.is_demo.then(|| view! { <p class="demo-banner">{t!("shell.demo")}</p> })}
        <header class="site-header">
            <a class="site-logo" href=routes::HOME>
                <svg class="site-logo-mark" aria-hidden="true" viewBox="0 0 40 40"><use href="/icons.svg#logo"></use></svg>
                <span>{t!("shell.name")}</span>
            </a>
            <form class="search-form" role="search" action=routes::PRODUCTS method="get">
                <label class="visually-hidden" for="q">{t!("shell.search_label")}</label>
                <input id="q" name="q" type="search" value=query placeholder=t!("shell.search_hint") autocomplete="off" enterkeyhint="search" maxlength="200" />
                <button type="submit"><Icon name="search" /><span class="visually-hidden">{t!("shell.search")}</span></button>
            </form>
            <nav class="site-nav" aria-label=t!("shell.nav")>
                <a href=routes::CART class="site-nav-link">
                    <Icon name="cart" />
                    <span>{t!("shell.cart")}</span>
                    {(visit.cart_count > 0).then(|| view! { <span class="cart-count">{visit.cart_count}</span> })}
                </a>
                {visit.actor.seller().map(|_| view! { <a href=routes::SELLER class="site-nav-link"><Icon name="basket" /><span>{t!("shell.seller")}</span></a> })}
                {visit.actor.reads_reports().then(|| view! { <a href=routes::PROVINCE class="site-nav-link"><Icon name="chart" /><span>{t!("shell.province")}</span></a> })}
                {match visit.actor.person {
                    Some(_) => view! {
                        <form class="site-nav-form" method="post" action=routes::SIGN_OUT>
                            <button type="submit" class="site-nav-link"><Icon name="logout" /><span>{t!("shell.sign_out")}</span></button>
                        </form>
                    }.into_any(),
                    None => view! { <a href=routes::SIGN_IN class="site-nav-link"><Icon name="user" /><span>{t!("shell.sign_in")}</span></a> }.into_any(),
                }}
                <LanguageSwitch lang=visit.lang path=visit.path_and_query() />
            </nav>
        </header>
        {match area {
            Area::Market => None,
            Area::Seller => Some(view! { <SellerNav path=visit.uri.path().to_owned() /> }.into_any()),
            Area::Province => Some(view! { <ProvinceNav path=visit.uri.path().to_owned() /> }.into_any()),
        }}
    }
}

/// A form, so that a link never changes anything and it works without JavaScript.
#[component]
fn LanguageSwitch(lang: Lang, path: String) -> impl IntoView {
    let (other, label) = match lang {
        Lang::Vi => (Lang::En, "English"),
        Lang::En => (Lang::Vi, "Tiếng Việt"),
    };
    view! {
        <form class="language-form" method="post" action=routes::LANGUAGE>
            <input type="hidden" name="to" value=other.code() />
            <input type="hidden" name="back" value=path />
            <button type="submit" class="site-nav-link" lang=other.code()>{label}</button>
        </form>
    }
}

#[component]
fn SellerNav(path: String) -> impl IntoView {
    let links = [
        (routes::SELLER, "calendar", t!("shell.seller_today")),
        (routes::SELLER_PRODUCTS, "leaf", t!("shell.seller_products")),
        (routes::SELLER_NEW, "camera", t!("shell.seller_new")),
        (routes::SELLER_ORDERS, "box", t!("shell.seller_orders")),
    ];
    view! { <AreaNav label=t!("shell.seller") class="seller-nav" links=links.to_vec() path /> }
}

#[component]
fn ProvinceNav(path: String) -> impl IntoView {
    let links = [
        (routes::PROVINCE, "chart", t!("shell.province_overview")),
        (routes::PROVINCE_SALES, "money", t!("shell.province_sales")),
    ];
    view! { <AreaNav label=t!("shell.province") class="province-nav" links=links.to_vec() path /> }
}

#[component]
fn AreaNav(
    label: String,
    class: &'static str,
    links: Vec<(&'static str, &'static str, String)>,
    path: String,
) -> impl IntoView {
    view! {
        <nav class=class aria-label=label>
            {links
                .into_iter()
                .map(|(href, icon, text)| {
                    let current = (path == href).then_some("page");
                    view! { <a href=href aria-current=current><Icon name=icon /><span>{text}</span></a> }
                })
                .collect_view()}
        </nav>
    }
}

#[component]
fn Footer(lang: Lang, visit: Visit) -> impl IntoView {
    let _ = (lang, visit);
    view! {
        <footer class="site-footer">
            <p class="site-footer-name">{t!("shell.name")}</p>
            <p>{t!("shell.footer_about")}</p>
            <nav aria-label=t!("shell.footer_nav")>
                <a href=routes::PRODUCTS>{t!("shell.all_products")}</a>
                <a href=routes::FOLLOW>{t!("shell.follow_order")}</a>
                <a href=routes::RULES>{t!("shell.rules")}</a>
                <a href=routes::RANKING>{t!("shell.ranking")}</a>
            </nav>
            <p class="site-footer-note">{t!("shell.footer_source")}</p>
        </footer>
    }
}

/// A symbol of `public/icons.svg`; always beside words.
#[component]
pub fn Icon(
    /// The symbol's name.
    name: &'static str,
) -> impl IntoView {
    view! { <svg class="icon" aria-hidden="true"><use href=format!("/icons.svg#{name}")></use></svg> }
}
