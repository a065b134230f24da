//! The frame of every page.
use std::fmt::Write as _;

use leptos::prelude::*;
use market::catalog::Group;
use market::kernel::{Actor, Permission, Right, Role, SellerId};

use super::Lang;
use crate::catalog::words;
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
    /// The desk of who helps households.
    Team,
}

/// A desk's link: its path, its icon, its words.
type Link = (&'static str, &'static str, String);

/// What an officer or administrator finds at the province's desk, by what each is trusted with; the first is where
/// the desk opens.
fn province_links(actor: &Actor) -> Vec<Link> {
    let mut links = Vec::new();
    if actor.may(Right::Province(Permission::Reports)) {
        links.push((routes::PROVINCE, "home", t!("shell.province_overview")));
        links.push((routes::PROVINCE_SALES, "chart", t!("shell.province_sales")));
    }
    let (sellers, reports) = (Permission::Sellers, Permission::Reports);
    if actor.has_office(sellers) {
        links.push((routes::PROVINCE_SHOPS, "basket", t!("shell.province_shops")));
    }
    if actor.has_office(Permission::Listings) {
        let words = t!("shell.province_listings");
        links.push((routes::PROVINCE_LISTINGS, "leaf", words));
    }
    if actor.may(Right::Province(Permission::Listings)) {
        links.push((routes::PROVINCE_SEARCH, "search", t!("seeking.title")));
    }
    if actor.has_office(Permission::Certificates) {
        let words = t!("certificates.office");
        links.push((routes::PROVINCE_CERTIFICATES, "star", words));
    }
    if actor.has_office(sellers) {
        let words = t!("shell.province_consents");
        links.push((routes::PROVINCE_CONSENTS, "check", words));
    }
    if actor.has_office(sellers) || actor.has_office(reports) {
        links.push((routes::PROVINCE_TEAM, "people", t!("shell.province_team")));
    }
    if actor.has_office(sellers) {
        links.push((routes::PROVINCE_LOTS, "leaf", t!("trace.recalls")));
        links.push((routes::PROVINCE_PARCELS, "truck", t!("parcels.puzzles")));
    }
    if actor.has_office(Permission::Feedback) {
        let words = t!("claims.title_officer");
        links.push((routes::PROVINCE_CLAIMS, "info", words));
    }
    if market::authorities::commands::may_answer(actor) {
        let words = t!("authorities.title");
        links.push((routes::PROVINCE_REQUESTS, "alert", words));
    }
    if actor.has_office(Permission::Imports) {
        let words = t!("shell.province_imports");
        links.push((routes::PROVINCE_IMPORTS, "download", words));
    }
    if actor.has_office(Permission::Audit) {
        links.push((routes::PROVINCE_DIARY, "clock", t!("shell.province_diary")));
    }
    if actor.has_office(sellers) {
        links.push((routes::RECOVERY, "phone", t!("shell.recovery")));
    }
    if actor.may(Right::Administer) {
        links.push((routes::PEOPLE, "user", t!("shell.people")));
    }
    links
}

/// Where the province's desk opens for somebody; nowhere for who is trusted with none of its work.
pub fn province_start(actor: &Actor) -> Option<&'static str> {
    province_links(actor).first().map(|(path, ..)| *path)
}

/// What a helper finds at the team's desk.
fn team_links() -> Vec<Link> {
    vec![
        (routes::TEAM, "people", t!("shell.team_households")),
        (routes::ROUND, "truck", t!("parcels.round")),
        (routes::TEAM_NEW, "plus", t!("shell.team_new")),
        (routes::TEAM_FORM, "print", t!("shell.team_form")),
        (routes::RECOVERY, "phone", t!("shell.recovery")),
    ]
}

/// The names of the OCOP groups by their codes, as JSON, for the search field.
fn group_names() -> String {
    let names = Group::ALL.map(|group| (group.as_str().to_owned(), words::group(group).into()));
    serde_json::Value::Object(names.into_iter().collect()).to_string()
}

/// What a seller or whoever acts for one finds at the desk.
fn seller_links(actor: &Actor) -> Vec<Link> {
    let may = |right: fn(SellerId) -> Right<'static>| {
        actor
            .seller()
            .is_some_and(|seller| actor.may(right(seller)))
    };
    let mut links = vec![(routes::SELLER, "home", t!("shell.seller_today"))];
    if may(Right::Fulfil) {
        links.push((routes::SELLER_ORDERS, "box", t!("shell.seller_orders")));
    }
    if may(Right::List) {
        links.push((routes::SELLER_NEW, "camera", t!("shell.seller_new")));
        links.push((routes::SELLER_PRODUCTS, "leaf", t!("shell.seller_products")));
        links.push((routes::SELLER_SHOP, "basket", t!("shell.seller_shop")));
    }
    links
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
    /// Its bands are as wide as the window: the home page.
    pub is_wide: bool,
    /// The part of the house.
    pub area: Area,
    /// The text in the search field.
    pub query: String,
    /// A copy that phones keep: nothing in it tells who looked at it.
    pub is_kept: bool,
    /// The id of the form that takes the wish for another language, so that what was typed is kept.
    pub keeps: Option<&'static str>,
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
        <meta name="color-scheme" content="light dark" />
        <meta name="theme-color" content="#0e5a4d" />
        <link rel="stylesheet" href=assets.style.clone() />
        {(head.area != Area::Market).then(|| view! { <link rel="stylesheet" href=assets.work.clone() /> })}
        <link rel="preload" href="/fonts/baloo-2-700-vi.woff2" r#as="font" r#type="font/woff2" crossorigin="" />
        <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
        <link rel="apple-touch-icon" href="/apple-touch-icon.png" />
        <link rel="manifest" href="/manifest.webmanifest" />
        <link rel="alternate" r#type="application/rss+xml" title=t!("shell.news_feed") href=routes::NEWS_FEED />
    }
    .to_html();
    let header =
        view! { <Header visit=visit.clone() query=head.query.clone() area=head.area keeps=head.keeps is_kept=head.is_kept /> }.to_html();
    let footer = view! { <Footer /> }.to_html();
    let mut page =
        String::with_capacity(content.len() + header.len() + footer.len() + head_view.len() + 1024);
    page.push_str("<!DOCTYPE html><html lang=\"");
    page.push_str(lang.code());
    page.push_str("\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, initial-scale=1, viewport-fit=cover\">");
    page.push_str(&head_view);
    for (property, content) in [
        ("title", title),
        ("description", head.description.clone()),
        ("image", image),
        ("url", canonical),
        ("site_name", t!("shell.name")),
    ] {
        // The view macro knows no `property` attribute.
        let _ = write!(
            page,
            "<meta property=\"og:{property}\" content=\"{}\">",
            escaped(&content)
        );
    }
    if let Some(data) = &head.json_ld {
        page.push_str("<script type=\"application/ld+json\">");
        // `<` must not end the element.
        page.push_str(&data.to_string().replace('<', "\\u003c"));
        page.push_str("</script>");
    }
    if content.contains("<leptos-island") || header.contains("<leptos-island") {
        page.push_str("<script type=\"module\" src=\"");
        page.push_str(if head.area == Area::Market {
            &assets.islands
        } else {
            &assets.desk_islands
        });
        page.push_str("\"></script>");
    }
    let scripts = [
        (!head.is_kept, &assets.seek),
        (
            matches!(head.area, Area::Seller | Area::Team),
            &assets.tools,
        ),
    ];
    for (_, address) in scripts.iter().filter(|(is_needed, _)| *is_needed) {
        let _ = write!(page, "<script type=\"module\" src=\"{address}\"></script>");
    }
    page.push_str("</head><body>");
    page.push_str(&header);
    if head.area != Area::Market {
        page.push_str("<div class=\"workplace\">");
        if !head.is_kept {
            page.push_str(&view! { <WorkNav visit=visit.clone() area=head.area /> }.to_html());
        }
    }
    page.push_str(if head.is_wide {
        "<main id=\"noi-dung\" tabindex=\"-1\">"
    } else {
        "<main id=\"noi-dung\" class=\"wrap stack\" tabindex=\"-1\">"
    });
    if head.area == Area::Seller {
        page.push_str(&view! { <ReadAloud /> }.to_html());
    }
    page.push_str(content);
    page.push_str("</main>");
    if head.area != Area::Market {
        page.push_str("</div>");
    }
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
fn Header(
    visit: Visit,
    query: String,
    area: Area,
    keeps: Option<&'static str>,
    is_kept: bool,
) -> impl IntoView {
    let path = visit.uri.path().to_owned();
    view! {
        <a class="skip-link" href="#noi-dung">{t!("shell.skip")}</a>
        {visit.site.is_demo.then(|| view! { <aside class="demo-bar" aria-label=t!("shell.demo_label")>{t!("shell.demo")}</aside> })}
        {(!is_kept).then(|| crate::assistance::acting_bar(&visit))}
        <header class="site-header">
            <div class="site-header__in wrap">
                <a class="brand" href=routes::HOME>
                    <svg class="brand__mark" aria-hidden="true"><use href="/icons.svg#logo"></use></svg>
                    <span class="brand__name">{t!("shell.name")}</span>
                </a>
                <form class="search" role="search" action=routes::PRODUCTS method="get">
                    <label class="sr-only" for="q">{t!("shell.search_label")}</label>
                    <input class="search__input" id="q" name="q" type="search" value=query placeholder=t!("shell.search_hint") autocomplete="off" enterkeyhint="search" maxlength="200"
                        data-seek=t!("shell.suggestions") data-count=t!("shell.suggestions_count", count = "{count}")
                        data-products=t!("shell.suggested_products") data-sellers=t!("shell.suggested_sellers")
                        data-categories=t!("shell.suggested_groups") data-communes=t!("shell.suggested_communes") data-groups=group_names() />
                    <button class="search__button" type="submit"><Icon name="search" /><span class="sr-only">{t!("shell.search")}</span></button>
                </form>
                {(!is_kept).then(|| view! { <nav class="site-actions" aria-label=t!("shell.nav")>
                    <LanguageSwitch lang=visit.lang path=visit.back() keeps />
                    {visit.actor.is(Role::Helper).then(|| action(routes::TEAM, "people", t!("shell.team"), area == Area::Team))}
                    {visit.actor.seller().map(|_| action(routes::SELLER, "basket", t!("shell.seller"), area == Area::Seller))}
                    {province_start(&visit.actor).map(|path| action(path, "chart", t!("shell.province"), area == Area::Province))}
                    {match visit.actor.person {
                        Some(_) => view! {
                            {action(routes::ACCOUNT, "user", t!("shell.account"), path.starts_with(routes::ACCOUNT))}
                            <form method="post" action=routes::SIGN_OUT>
                                <button type="submit" aria-label=t!("shell.sign_out")><Icon name="logout" /><span class="site-actions__word">{t!("shell.sign_out")}</span></button>
                            </form>
                        }.into_any(),
                        None => action(routes::SIGN_IN, "user", t!("shell.sign_in"), path == routes::SIGN_IN).into_any(),
                    }}
                    <a href=routes::CART aria-label=t!("shell.cart_count", count = visit.cart_count) aria-current=(path == routes::CART).then_some("page")>
                        <Icon name="cart" />
                        <span class="site-actions__word">{t!("shell.cart")}</span>
                        " "
                        {(visit.cart_count > 0).then(|| view! { <span class="cart-count">{visit.cart_count}</span> })}
                    </a>
                </nav> })}
            </div>
        </header>
    }
}

/// Reads the page to who would rather listen; shown where the browser has a voice for its language.
#[component]
fn ReadAloud() -> impl IntoView {
    view! {
        <button type="button" class="button aloud" data-kind="quiet" data-aloud="" hidden=true aria-pressed="false" data-start=t!("shell.read_aloud") data-stop=t!("shell.stop_reading")>
            <Icon name="sound" />
            <span>{t!("shell.read_aloud")}</span>
        </button>
    }
}

/// A link of the header: an icon on a phone, with its word on a desk.
fn action(href: &'static str, icon: &'static str, words: String, current: bool) -> impl IntoView {
    let label = words.clone();
    view! {
        <a href=href aria-label=label aria-current=current.then_some("page")>
            <Icon name=icon />
            <span class="site-actions__word">{words}</span>
        </a>
    }
}

/// A form, so that a link never changes anything and it works without JavaScript.
#[component]
fn LanguageSwitch(lang: Lang, path: String, keeps: Option<&'static str>) -> impl IntoView {
    let (other, label) = match lang {
        Lang::Vi => (Lang::En, t!("shell.to_english")),
        Lang::En => (Lang::Vi, t!("shell.to_vietnamese")),
    };
    view! {
        <form method="post" action=routes::LANGUAGE>
            <input type="hidden" name="back" value=path />
            <button type="submit" name="to" value=other.code() form=keeps lang=other.code() aria-label=format!("{} – {label}", other.code().to_uppercase())>{other.code().to_uppercase()}</button>
        </form>
    }
}

/// The ways through a seller's or officer's desk: a bar under the thumb on a phone, a column on a desk.
#[component]
fn WorkNav(visit: Visit, area: Area) -> impl IntoView {
    let (kind, label, links) = match area {
        Area::Province => (
            "officer",
            t!("shell.province"),
            province_links(&visit.actor),
        ),
        Area::Team => ("officer", t!("shell.team"), team_links()),
        Area::Seller | Area::Market => ("seller", t!("shell.seller"), seller_links(&visit.actor)),
    };
    let path = visit.uri.path().to_owned();
    view! {
        <nav class="work-nav" data-for=kind aria-label=label>
            <ul>
                <li class="work-nav__who">{visit.actor.name}</li>
                {links
                    .into_iter()
                    .map(|(href, icon, words)| view! { <li><a href=href aria-current=(path == href).then_some("page")><Icon name=icon />{words}</a></li> })
                    .collect_view()}
            </ul>
        </nav>
    }
}

#[component]
fn Footer() -> impl IntoView {
    view! {
        <footer class="site-footer">
            <div class="wrap">
                <div class="site-footer__in">
                    <section><h2>{t!("shell.name")}</h2><p>{t!("shell.footer_about")}</p></section>
                    <nav aria-label=t!("shell.footer_nav")>
                        <ul class="stack" data-gap="s">
                            <li><a href=routes::PRODUCTS>{t!("shell.all_products")}</a></li>
                            <li><a href=routes::FOLLOW>{t!("shell.follow_order")}</a></li>
                            <li><a href=routes::TRACE>{t!("trace.title")}</a></li>
                            <li><a href=routes::SELLER_BEGIN>{t!("shell.begin_shop")}</a></li>
                            <li><a href=routes::RULES>{t!("shell.rules")}</a></li>
                            <li><a href=routes::RANKING>{t!("shell.ranking")}</a></li>
                        </ul>
                    </nav>
                </div>
                <p class="site-footer__legal">{t!("shell.footer_source")}</p>
            </div>
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
