//! What other programs take: every product on sale and nothing else, in the forms that they expect.
use std::collections::BTreeMap;

use market::kernel::Actor;
use quick_xml::Reader;
use quick_xml::events::Event;

use crate::support::{Ground, Server};

/// The texts of a document by the names of their elements, in order; it must be well formed.
fn texts(xml: &str) -> BTreeMap<String, Vec<String>> {
    let mut reader = Reader::from_str(xml);
    let mut found: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut open: Vec<(String, String)> = Vec::new();
    loop {
        match reader.read_event().unwrap() {
            Event::Start(start) => open.push((start.name().as_ref().to_owned(), String::new())),
            Event::Text(text) => {
                if let Some((_, said)) = open.last_mut() {
                    said.push_str(&text);
                }
            }
            Event::GeneralRef(reference) => {
                if let Some((_, said)) = open.last_mut() {
                    said.push_str(
                        quick_xml::escape::resolve_predefined_entity(&reference).unwrap(),
                    );
                }
            }
            Event::End(_) => {
                let (name, said) = open.pop().unwrap();
                found.entry(name).or_default().push(said);
            }
            Event::Eof => break,
            _ => {}
        }
    }
    assert!(open.is_empty(), "elements that don't end");
    found
}

async fn page(server: &Server, path: &str) -> (u16, String) {
    let answer = server
        .client
        .get(format!("{}{path}", server.base))
        .send()
        .await
        .unwrap();
    (answer.status().as_u16(), answer.text().await.unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn feeds_name_what_is_on_sale_and_nothing_else() {
    let ground = Ground::new().await;
    ground
        .product("Hộ Út", "Khóm <loại 1> & lá", 5, 12_000)
        .await;
    ground.product("Hộ Bảy", "Chanh", 0, 9_000).await;
    let hidden = ground.product("Hộ Năm", "Mít cất đi", 5, 9_000).await;
    sqlx::query("update products set status = 'paused' where id = (select product_id from variants where id = $1)")
        .bind(hidden.0)
        .execute(ground.store.writer())
        .await
        .unwrap();
    let away = ground.product("Hộ Tư", "Bưởi nghỉ bán", 5, 9_000).await;
    sqlx::query("update sellers set paused_since = now() where id = (select seller_id from products join variants on product_id = products.id where variants.id = $1)")
        .bind(away.0)
        .execute(ground.store.writer())
        .await
        .unwrap();
    market::transact_sure!(ground.store, &Actor::system(), work => Ok(market::search::commands::begin_day(work).await.map(drop)?)).unwrap();
    let server = ground.serve().await;

    let (status, merchant) = page(&server, "/feeds/merchant.xml").await;
    assert_eq!(status, 200);
    let told = texts(&merchant);
    let mut titles = told["g:title"].clone();
    titles.sort();
    assert_eq!(titles, ["Chanh", "Khóm <loại 1> & lá"]);
    let mut stock = told["g:availability"].clone();
    stock.sort();
    assert_eq!(stock, ["in_stock", "out_of_stock"]);
    assert!(told["g:price"].contains(&"12000 VND".to_owned()));
    assert!(
        told["g:link"]
            .iter()
            .all(|link| link.starts_with(&server.base))
    );

    let (_, news) = page(&server, "/feeds/new.xml").await;
    let told = texts(&news);
    assert_eq!(told["guid"].len(), 2);
    assert!(told["pubDate"].iter().all(|day| day.ends_with("+0000")));

    let (_, index) = page(&server, "/sitemap.xml").await;
    let parts = texts(&index)["loc"].clone();
    assert_eq!(parts.len(), 3, "{parts:?}");
    let mut pages = Vec::new();
    for part in parts {
        let (status, map) = page(&server, part.strip_prefix(&server.base).unwrap()).await;
        assert_eq!(status, 200, "{part}");
        pages.extend(texts(&map)["loc"].clone());
    }
    let has = |path: &str| pages.contains(&format!("{}{path}", server.base));
    assert!(has("/san-pham/chanh") && has("/gian-hang/ho-ut") && has("/quy-dinh"));
    assert!(!has("/san-pham/mit-cat-di") && !has("/gian-hang/ho-tu"));
    for path in pages.iter().filter(|page| page.contains("/san-pham/")) {
        let (status, _) = page(&server, path.strip_prefix(&server.base).unwrap()).await;
        assert_eq!(status, 200, "{path}");
    }
    assert_eq!(page(&server, "/sitemaps/products-x.xml").await.0, 404);
    let (_, robots) = page(&server, "/robots.txt").await;
    assert!(robots.contains(&format!("Sitemap: {}/sitemap.xml", server.base)));
}
