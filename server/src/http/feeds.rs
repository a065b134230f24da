//! What is on sale for other programs: a site map, the products in the format of Google Merchant, news as RSS.
use app::routes;
use app::site::Site;
use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use futures_util::stream;
use market::catalog::queries::{
    FeedOffer, mapped_products, mapped_shops, newest, offers_after, on_sale_count,
};
use market::catalog::{Group, Supply};
use market::kernel::time::iso_day;
use market::kernel::{Fault, ProductId};
use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};
use time::format_description::well_known::{Rfc2822, Rfc3339};
use time::{Date, OffsetDateTime};

/// Addresses in one file of the site map; the protocol allows 50,000.
const PAGES: i64 = 10_000;
/// Products that are read in one go for the product feed.
const BATCH: i64 = 500;
/// Entries of the news.
const NEWS: i64 = 50;
const GOOGLE: &str = "http://base.google.com/ns/1.0";
const SITEMAPS: &str = "http://www.sitemaps.org/schemas/sitemap/0.9";

/// The paths of the feeds.
pub fn router(site: &Site) -> Router {
    Router::new()
        .route("/robots.txt", get(robots))
        .route("/sitemap.xml", get(index))
        .route("/sitemaps/{file}", get(part))
        .route(routes::MERCHANT_FEED, get(merchant))
        .route(routes::NEWS_FEED, get(news))
        .with_state(site.clone())
}

/// Elements that are written one after the other.
struct Xml(Writer<Vec<u8>>);

impl Xml {
    fn document() -> Self {
        let mut xml = Self::part();
        xml.event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)));
        xml
    }

    fn part() -> Self {
        Self(Writer::new(Vec::new()))
    }

    fn event(&mut self, event: Event<'_>) {
        self.0
            .write_event(event)
            .expect("memory takes whatever is written");
    }

    fn open(&mut self, name: &str, attributes: &[(&str, &str)]) {
        let mut start = BytesStart::new(name);
        for attribute in attributes {
            start.push_attribute(*attribute);
        }
        self.event(Event::Start(start));
    }

    fn close(&mut self, name: &str) {
        self.event(Event::End(BytesEnd::new(name)));
    }

    /// An element with a text; left out where there is none.
    fn text(&mut self, name: &str, text: &str) {
        if text.is_empty() {
            return;
        }
        // Control characters have no place in XML, however they are written.
        let text: String = text
            .chars()
            .filter(|mark| !mark.is_control() || matches!(mark, '\n' | '\t'))
            .collect();
        self.open(name, &[]);
        self.event(Event::Text(BytesText::new(&text)));
        self.close(name);
    }

    fn finish(self) -> Vec<u8> {
        self.0.into_inner()
    }
}

/// Kept like pages, by the same rules: asked again by its tag, dropped when what it shows changes.
fn answer(kind: &'static str, body: impl Into<Body>) -> Response {
    (
        [
            (header::CONTENT_TYPE, kind),
            (header::CACHE_CONTROL, "no-cache"),
        ],
        body.into(),
    )
        .into_response()
}

fn failed(fault: &Fault) -> Response {
    tracing::error!("A feed failed: {}", app::trouble::causes(fault));
    StatusCode::INTERNAL_SERVER_ERROR.into_response()
}

fn day(instant: OffsetDateTime) -> String {
    instant.format(&Rfc3339).unwrap_or_default()
}

/// What search engines need not read, and where the site map is.
async fn robots(State(site): State<Site>) -> Response {
    let desks = [
        "/ban-hang",
        "/to-so",
        "/tinh",
        "/quan-tri",
        "/tai-khoan",
        routes::CART,
        routes::CHECKOUT,
        routes::FOLLOW,
        "/api/",
    ];
    let mut text = "User-agent: *\n".to_owned();
    for path in desks {
        text.push_str("Disallow: ");
        text.push_str(path);
        text.push('\n');
    }
    text.push_str("Sitemap: ");
    text.push_str(&site.base_url);
    text.push_str("/sitemap.xml\n");
    answer("text/plain; charset=utf-8", text)
}

async fn index(State(site): State<Site>) -> Response {
    let count = match on_sale_count(site.store.reader()).await {
        Ok(count) => count,
        Err(fault) => return failed(&fault),
    };
    let files = (count + PAGES - 1) / PAGES;
    let mut xml = Xml::document();
    xml.open("sitemapindex", &[("xmlns", SITEMAPS)]);
    let names = ["pages.xml".to_owned(), "shops.xml".to_owned()]
        .into_iter()
        .chain((1..=files).map(|file| format!("products-{file}.xml")));
    for name in names {
        xml.open("sitemap", &[]);
        xml.text("loc", &format!("{}/sitemaps/{name}", site.base_url));
        xml.close("sitemap");
    }
    xml.close("sitemapindex");
    answer("application/xml; charset=utf-8", xml.finish())
}

async fn part(State(site): State<Site>, Path(file): Path<String>) -> Response {
    let db = site.store.reader();
    let number = file
        .strip_prefix("products-")
        .and_then(|rest| rest.strip_suffix(".xml"))
        .and_then(|number| number.parse::<i64>().ok())
        .filter(|number| (1..=10_000).contains(number));
    let pages: Result<Vec<(String, String)>, Fault> = match (file.as_str(), number) {
        ("pages.xml", _) => Ok(standing_pages()),
        ("shops.xml", _) => mapped_shops(db, PAGES).await.map(|shops| {
            shops
                .into_iter()
                .map(|shop| (routes::shop(&shop.slug), day(shop.changed_at)))
                .collect()
        }),
        (_, Some(number)) => {
            mapped_products(db, (number - 1) * PAGES, PAGES)
                .await
                .map(|products| {
                    products
                        .into_iter()
                        .map(|product| (routes::product(&product.slug), day(product.changed_at)))
                        .collect()
                })
        }
        _ => return StatusCode::NOT_FOUND.into_response(),
    };
    let pages = match pages {
        Ok(pages) => pages,
        Err(fault) => return failed(&fault),
    };
    let mut xml = Xml::document();
    xml.open("urlset", &[("xmlns", SITEMAPS)]);
    for (path, changed_at) in pages {
        xml.open("url", &[]);
        xml.text("loc", &format!("{}{path}", site.base_url));
        xml.text("lastmod", &changed_at);
        xml.close("url");
    }
    xml.close("urlset");
    answer("application/xml; charset=utf-8", xml.finish())
}

fn standing_pages() -> Vec<(String, String)> {
    let groups = Group::ALL.into_iter().map(routes::group);
    [
        routes::HOME,
        routes::PRODUCTS,
        routes::RANKING,
        routes::RULES,
    ]
    .into_iter()
    .map(str::to_owned)
    .chain(groups)
    .map(|path| (path, String::new()))
    .collect()
}

/// How far the product feed has come.
enum At {
    Head(Vec<u8>),
    After(Option<ProductId>),
    End,
}

/// What is on sale, one entry for each way of selling, read in parts so that memory stays flat.
async fn merchant(State(site): State<Site>) -> Response {
    let mut head = Xml::document();
    head.open("rss", &[("version", "2.0"), ("xmlns:g", GOOGLE)]);
    head.open("channel", &[]);
    head.text("title", "Cây Bẹo");
    head.text("link", &site.base_url);
    head.text("description", "Sản phẩm OCOP của bà con");
    let head = head.finish();
    let today = site.store.today();
    let body = stream::unfold(At::Head(head), move |at| {
        let site = site.clone();
        async move {
            let after = match at {
                At::Head(head) => {
                    return Some((Ok::<_, Fault>(Bytes::from(head)), At::After(None)));
                }
                At::After(after) => after,
                At::End => return None,
            };
            let offers = match offers_after(site.store.reader(), after, BATCH).await {
                Ok(offers) => offers,
                Err(fault) => return Some((Err(fault), At::End)),
            };
            let mut xml = Xml::part();
            for offer in &offers {
                entry(&mut xml, &site.base_url, offer, today);
            }
            let next = if let Some(last) = offers.last() {
                At::After(Some(last.product))
            } else {
                xml.close("channel");
                xml.close("rss");
                At::End
            };
            Some((Ok(Bytes::from(xml.finish())), next))
        }
    });
    let mut response = answer("application/xml; charset=utf-8", Body::from_stream(body));
    // Too long to be kept beside pages.
    response.headers_mut().insert(
        header::CACHE_CONTROL,
        header::HeaderValue::from_static("public, max-age=300"),
    );
    response
}

/// As the product data specification of Google Merchant Center has it.
fn entry(xml: &mut Xml, base: &str, offer: &FeedOffer, today: Date) {
    let title = if offer.variant_name.is_empty() {
        offer.name.clone()
    } else {
        format!("{} – {}", offer.name, offer.variant_name)
    };
    let description = if offer.description.is_empty() {
        &offer.name
    } else {
        &offer.description
    };
    let (availability, from) = match offer.supply {
        _ if offer.available < offer.minimum => ("out_of_stock", None),
        Supply::Stock => ("in_stock", None),
        Supply::ToOrder { .. } => ("backorder", offer.supply.promise(today).map(|days| days.to)),
        Supply::PreOrder { delivered } => ("preorder", Some(delivered.from)),
    };
    let kind = match &offer.set {
        Some(set) => format!("OCOP > {} > {set}", offer.group.name_vi()),
        None => format!("OCOP > {}", offer.group.name_vi()),
    };
    xml.open("item", &[]);
    xml.text("g:id", &offer.variant.to_string());
    xml.text("g:item_group_id", &offer.code);
    xml.text("g:title", &title.chars().take(150).collect::<String>());
    xml.text(
        "g:description",
        &description.chars().take(5000).collect::<String>(),
    );
    xml.text("g:link", &format!("{base}{}", routes::product(&offer.slug)));
    if let Some(key) = &offer.image_key {
        xml.text("g:image_link", &format!("{base}{}", routes::media(key)));
    }
    xml.text("g:availability", availability);
    if let Some(day) = from {
        let instant = format!("{}T00:00+0700", iso_day(day));
        xml.text("g:availability_date", &instant);
    }
    xml.text("g:price", &format!("{} VND", offer.price.0));
    xml.text("g:condition", "new");
    xml.text("g:brand", &offer.seller);
    xml.text("g:identifier_exists", "no");
    xml.text("g:product_type", &kind);
    xml.text("g:shipping_weight", &format!("{} g", offer.ship_grams));
    let measure = match (offer.net_grams, offer.net_ml) {
        (Some(grams), _) => Some((format!("{grams} g"), "1 kg")),
        (None, Some(ml)) => Some((format!("{ml} ml"), "1 l")),
        (None, None) => None,
    };
    if let Some((measure, base)) = measure {
        xml.text("g:unit_pricing_measure", &measure);
        xml.text("g:unit_pricing_base_measure", base);
    }
    xml.close("item");
}

/// What went on sale last.
async fn news(State(site): State<Site>) -> Response {
    let goods = match newest(site.store.reader(), NEWS).await {
        Ok(goods) => goods,
        Err(fault) => return failed(&fault),
    };
    let base = &site.base_url;
    let mut xml = Xml::document();
    xml.open(
        "rss",
        &[
            ("version", "2.0"),
            ("xmlns:atom", "http://www.w3.org/2005/Atom"),
        ],
    );
    xml.open("channel", &[]);
    xml.text("title", "Cây Bẹo – hàng mới");
    xml.text("link", base);
    xml.text("description", "Món mới lên kệ của bà con");
    xml.text("language", "vi");
    xml.open(
        "atom:link",
        &[
            ("href", &format!("{base}{}", routes::NEWS_FEED)),
            ("rel", "self"),
            ("type", "application/rss+xml"),
        ],
    );
    xml.close("atom:link");
    for one in goods {
        xml.open("item", &[]);
        xml.text("title", &format!("{} – {}", one.name, one.commune));
        xml.text("link", &format!("{base}{}", routes::product(&one.slug)));
        xml.text(
            "description",
            &format!("{}. {}", one.seller, one.description),
        );
        xml.open("guid", &[("isPermaLink", "false")]);
        xml.event(Event::Text(BytesText::new(&one.product.to_string())));
        xml.close("guid");
        let published = one.published_at.format(&Rfc2822).unwrap_or_default();
        xml.text("pubDate", &published);
        xml.close("item");
    }
    xml.close("channel");
    xml.close("rss");
    answer("application/rss+xml; charset=utf-8", xml.finish())
}
