//! What every engine promises, on PostgreSQL; with `SEARCH_ENGINE=meilisearch` on the server that `MEILI_URL` names.
use std::convert::Infallible;

use market::catalog::Group;
use market::kernel::{Actor, Failure, PageRequest, ProductId, SellerId, Store, Vnd};
use market::search::{
    self, Feeder, Filter, Found, MeiliEngine, MeiliSettings, PostgresEngine, Query, SearchEngine,
    Sort, commands,
};
use sqlx::Executor;
use time::Duration;
use time::macros::datetime;
use uuid::Uuid;

use crate::support::TestDb;

mod counting;
mod facets;
mod faults;
mod many;
mod pages;
mod samples;
mod two_workers;
mod wire;
mod words;

/// A market with sellers and products, as short as a test needs it.
struct Market {
    db: TestDb,
    engine: Box<dyn SearchEngine>,
    /// Of an engine with an index of its own.
    feeder: Option<Feeder>,
}

struct Product<'a> {
    code: &'a str,
    name: &'a str,
    seller: &'a str,
    commune: i32,
    former: Option<i32>,
    group: &'a str,
    stars: Option<i16>,
    unit: &'a str,
    price: i64,
    season: &'a [i16],
    stock: i64,
    minutes: i32,
}

impl Default for Product<'_> {
    fn default() -> Self {
        Self {
            code: "",
            name: "",
            seller: "Vườn Nhà",
            commune: 131_338,
            former: None,
            group: "food",
            stars: None,
            unit: "kg",
            price: 10_000,
            season: &[],
            stock: 5_000,
            minutes: 0,
        }
    }
}

impl Market {
    /// With the engine that is tested in this run.
    async fn new() -> Self {
        let market = Self::on_postgres().await;
        if std::env::var("SEARCH_ENGINE").as_deref() != Ok("meilisearch") {
            return market;
        }
        let url = std::env::var("MEILI_URL").expect("MEILI_URL names a server");
        market.with_meili(
            &url,
            &format!("t_{}", Uuid::from_bytes(rand::random()).simple()),
        )
    }

    fn with_meili(self, url: &str, index: &str) -> Self {
        let settings = MeiliSettings {
            url: url.to_owned(),
            key: std::env::var("MEILI_KEY").ok(),
            index: index.to_owned(),
        };
        let store = self.store().clone();
        let postgres = PostgresEngine::new(store.clone());
        Self {
            engine: Box::new(MeiliEngine::new(store.clone(), &postgres, &settings).unwrap()),
            feeder: Some(Feeder::new(store, &settings).unwrap()),
            db: self.db,
        }
    }

    async fn on_postgres() -> Self {
        let db = TestDb::new().await;
        market::places::commands::ensure_reference(&db.store)
            .await
            .unwrap();
        commands::ensure_reference(&db.store).await.unwrap();
        db.store
            .reader()
            .execute(
                "insert into ocop_groups (code, position, name_vi, name_en) values
                     ('food', 1, 'Thực phẩm', 'Food'), ('drink', 2, 'Đồ uống', 'Drinks'),
                     ('herbal', 3, 'Dược liệu', 'Herbal'), ('craft', 4, 'Thủ công mỹ nghệ', 'Crafts'),
                     ('ornamental', 5, 'Sinh vật cảnh', 'Ornamental plants and animals'),
                     ('tourism', 6, 'Dịch vụ du lịch cộng đồng', 'Tourism')
                 on conflict do nothing",
            )
            .await
            .unwrap();
        let engine = Box::new(PostgresEngine::new(db.store.clone()));
        Self {
            db,
            engine,
            feeder: None,
        }
    }

    /// The engine has what the documents are now, and the day.
    async fn follow(&self) {
        if let Some(feeder) = &self.feeder {
            market::transact_sure!(self.store(), &Actor::system(), work => Ok(commands::begin_day(work).await?)).unwrap();
            feeder.round().await.unwrap();
            // A new index follows from its second round on, where the day has begun meanwhile.
            feeder.round().await.unwrap();
        }
        self.engine.invalidate();
    }

    fn store(&self) -> &Store {
        &self.db.store
    }

    async fn seller(&self, name: &str, commune: i32, former: Option<i32>) -> Uuid {
        let pool = self.store().reader();
        let slug = market::kernel::text::slug(name);
        let known = sqlx::query_scalar("select id from sellers where slug = $1")
            .bind(&slug)
            .fetch_optional(pool)
            .await
            .unwrap();
        if let Some(id) = known {
            return id;
        }
        sqlx::query_scalar(
            "insert into sellers (id, slug, name, kind, status, commune_id, former_commune_id, phone, created_at)
             values (gen_random_uuid(), $1, $2, 'household', 'approved', $3, $4, '+84912345678', '2025-01-01') returning id",
        )
        .bind(&slug)
        .bind(name)
        .bind(commune)
        .bind(former)
        .fetch_one(pool)
        .await
        .unwrap()
    }

    async fn product(&self, product: Product<'_>) -> ProductId {
        let pool = self.store().reader();
        let seller = self
            .seller(product.seller, product.commune, product.former)
            .await;
        let certificate: Option<Uuid> = match product.stars {
            Some(stars) => Some(
                sqlx::query_scalar(
                    "insert into certificates (id, code, seller_id, product_name, stars, number, issuer, regime,
                         decided_on, valid_to, state, source, state_since, created_at)
                     values (gen_random_uuid(), $1, $2, $3, $4, '', '', '148/QĐ-TTg', '2025-01-01', '2027-12-31',
                         'verified', 'sample', now(), now())
                     returning id",
                )
                .bind(product.code)
                .bind(seller)
                .bind(product.name)
                .bind(stars)
                .fetch_one(pool)
                .await
                .unwrap(),
            ),
            None => None,
        };
        let id: Uuid = sqlx::query_scalar(
            "with product as (
                 insert into products (id, code, seller_id, slug, name, status, group_code, tax_class, season_months,
                     certificate_id, published_at, created_at, updated_at)
                 values (gen_random_uuid(), $1, $2, $3, $4, 'published', $5, 'own_produce', $6, $7,
                     '2026-11-01'::timestamptz + $11 * interval '1 minute', now(), now())
                 returning id),
             variant as (
                 insert into variants (id, product_id, position, sku, unit, price_vnd, ship_grams)
                 select gen_random_uuid(), id, 1, $1, $8, $9, 1000 from product returning id, product_id),
             stock as (insert into stock_items (variant_id, on_hand) select id, $10 from variant)
             select id from product",
        )
        .bind(product.code)
        .bind(seller)
        .bind(format!("{}-{}", market::kernel::text::slug(product.name), product.code.to_lowercase()))
        .bind(product.name)
        .bind(product.group)
        .bind(product.season)
        .bind(certificate)
        .bind(product.unit)
        .bind(product.price)
        .bind(product.stock)
        .bind(product.minutes)
        .fetch_one(pool)
        .await
        .unwrap();
        ProductId(id)
    }

    async fn rebuild(&self) {
        market::transact!(self.store(), &Actor::system(), work => {
            commands::rebuild(work).await?;
            Ok::<_, Failure<Infallible>>(())
        })
        .unwrap();
        self.follow().await;
    }

    async fn index(&self, products: Vec<ProductId>) {
        market::transact!(self.store(), &Actor::system(), work => {
            commands::index(work, &products).await?;
            Ok::<_, Failure<Infallible>>(())
        })
        .unwrap();
        self.follow().await;
    }

    async fn search(&self, filter: Filter, sort: Sort) -> Found {
        let query = Query {
            filter,
            sort,
            page: PageRequest::new(None, None),
        };
        self.engine.search(&query).await.unwrap()
    }

    async fn codes(&self, text: &str) -> Vec<String> {
        let filter = Filter {
            text: text.to_owned(),
            ..Filter::default()
        };
        codes(&self.search(filter, Sort::Relevance).await)
    }
}

fn codes(found: &Found) -> Vec<String> {
    found.hits.iter().map(|hit| hit.code.clone()).collect()
}

async fn small_market() -> Market {
    filled(Market::new().await).await
}

async fn filled(market: Market) -> Market {
    for (minutes, product) in [
        Product {
            code: "K1",
            name: "Khóm Cầu Đúc tươi",
            seller: "Hợp tác xã Thạnh Thắng",
            unit: "trái",
            price: 12_000,
            season: &[10, 11, 12],
            ..Product::default()
        },
        Product {
            code: "K2",
            name: "Mứt khóm",
            seller: "Cơ sở Hoả Tiến",
            price: 60_000,
            stars: Some(3),
            ..Product::default()
        },
        Product {
            code: "D1",
            name: "Dừa sáp",
            price: 90_000,
            commune: 131_168,
            seller: "Vườn Dừa",
            stock: 0,
            ..Product::default()
        },
        Product {
            code: "T1",
            name: "Trà mãng cầu",
            group: "drink",
            price: 70_000,
            stars: Some(4),
            season: &[1],
            ..Product::default()
        },
        Product {
            code: "C1",
            name: "Chả cá thát lát",
            price: 95_000,
            stars: Some(4),
            ..Product::default()
        },
        Product {
            code: "B1",
            name: "Bưởi Năm Roi",
            price: 40_000,
            season: &[11],
            ..Product::default()
        },
    ]
    .into_iter()
    .enumerate()
    {
        market
            .product(Product {
                minutes: i32::try_from(minutes).unwrap(),
                ..product
            })
            .await;
    }
    market.rebuild().await;
    market
}

#[tokio::test]
async fn it_is_found_however_it_is_typed() {
    let market = small_market().await;
    for text in [
        "Khóm Cầu Đúc tươi",
        "khom cau duc",
        "khóm",
        "KHOM",
        "khoms cau dducs",
        "kho1m",
        "cau duc khom",
        "khomcauduc",
        "khom cau dcu",
        "khóm cầu đ",
        "dứa cầu đúc",
        "khóm thạnh thắng",
        "mua khóm cầu đúc ở đâu",
    ] {
        assert_eq!(
            market.codes(text).await.first().map(String::as_str),
            Some("K1"),
            "{text}"
        );
    }
    assert_eq!(market.codes("dừa").await, ["D1"]);
    assert_eq!(
        market.codes("dứa").await[2],
        "D1",
        "what means the same before what is like it but for its marks"
    );
    assert_eq!(
        market.codes("dua").await[0],
        "D1",
        "as typed before what means the same"
    );
    assert_eq!(market.codes("xyzxyz").await, [] as [&str; 0]);
}

#[tokio::test]
async fn nothing_typed_breaks_it() {
    let market = small_market().await;
    let long = "khom".repeat(2_000);
    let many = "khóm ".repeat(200);
    for text in [
        "'",
        "\\",
        "a'b",
        ":*",
        "& | ! <->",
        "khom:*",
        "'khom' & (",
        "\0",
        "🍍",
        "%",
        "_",
        "-1",
        "ﬁ İ ß",
        "\u{301}",
        "'; drop table products; --",
        &long,
        &many,
    ] {
        market.codes(text).await;
        market.engine.suggest(text, 5).await.unwrap();
    }
    assert_eq!(market.codes("'khóm'&\"cầu\"").await[0], "K1");
}

#[tokio::test]
async fn what_has_only_a_part_is_marked_as_near() {
    let market = small_market().await;
    let filter = |text: &str| Filter {
        text: text.to_owned(),
        ..Filter::default()
    };
    let found = market
        .search(filter("trà mãng cầu sầu riêng"), Sort::Relevance)
        .await;
    assert_eq!(codes(&found), ["T1"]);
    assert!(found.understanding.is_near);
    let found = market.search(filter("tra mang cau"), Sort::Relevance).await;
    assert!(!found.understanding.is_near);
    assert_eq!(found.understanding.instead, None);
    let found = market
        .search(filter("traf mangx caauf"), Sort::Relevance)
        .await;
    assert_eq!(found.understanding.instead.as_deref(), Some("trà mãng cầu"));
}

#[tokio::test]
async fn filters_sorts_and_facets_agree() {
    let market = small_market().await;
    let all = market.search(Filter::default(), Sort::Newest).await;
    assert_eq!(codes(&all), ["B1", "C1", "T1", "D1", "K2", "K1"]);
    assert_eq!(all.facets.total, 6);
    assert_eq!(all.facets.groups, [(Group::Food, 5), (Group::Drink, 1)]);
    assert_eq!(all.facets.stars, [(4, 2), (3, 1)]);
    assert_eq!(all.facets.in_season, 2);
    assert_eq!(all.facets.communes.len(), 2);
    let cheapest = market.search(Filter::default(), Sort::Price).await;
    assert_eq!(codes(&cheapest), ["K1", "B1", "K2", "T1", "D1", "C1"]);
    let dearest = market
        .search(Filter::default(), Sort::PriceDescending)
        .await;
    assert_eq!(codes(&dearest)[0], "C1");
    // In season before in stock before out of stock.
    let best = codes(&market.search(Filter::default(), Sort::Relevance).await);
    assert_eq!((best[0].as_str(), best[5].as_str()), ("B1", "D1"));

    let filter = Filter {
        groups: vec![Group::Food],
        stars: vec![3, 4],
        ..Filter::default()
    };
    let found = market.search(filter, Sort::Price).await;
    assert_eq!(codes(&found), ["K2", "C1"]);
    // Each facet as if its own filter were not set.
    assert_eq!(found.facets.groups, [(Group::Food, 2), (Group::Drink, 1)]);
    assert_eq!(found.facets.stars, [(4, 1), (3, 1)]);

    let filter = Filter {
        min_price: Some(Vnd(40_000)),
        max_price: Some(Vnd(70_000)),
        ..Filter::default()
    };
    assert_eq!(
        codes(&market.search(filter, Sort::Price).await),
        ["B1", "K2", "T1"]
    );
    let filter = Filter {
        in_season: true,
        ..Filter::default()
    };
    assert_eq!(
        codes(&market.search(filter, Sort::Price).await),
        ["K1", "B1"]
    );
    let filter = Filter {
        communes: vec!["31168".to_owned()],
        ..Filter::default()
    };
    assert_eq!(codes(&market.search(filter, Sort::Price).await), ["D1"]);
    let filter = Filter {
        sellers: vec!["vuon-nha".to_owned()],
        text: "tra".to_owned(),
        ..Filter::default()
    };
    assert_eq!(codes(&market.search(filter, Sort::Price).await), ["T1"]);
}

#[tokio::test]
async fn places_and_shops_that_are_asked_for_have_names() {
    let market = small_market().await;
    let understand = async |pairs: &[(&str, &str)]| {
        let pairs: Vec<(String, String)> = pairs
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        search::understand(market.store().reader(), &pairs)
            .await
            .unwrap()
    };
    let named = |name: &str, words: &str| vec![(name.to_owned(), words.to_owned())];

    // Found or not: there are no drinks there.
    let asked = understand(&[
        ("commune", "31168"),
        ("seller", "vuon-dua"),
        ("group", "drink"),
    ])
    .await;
    assert_eq!(asked.names.communes, named("31168", "Phường Bình Thủy"));
    assert_eq!(asked.names.sellers, named("vuon-dua", "Vườn Dừa"));
    assert!(asked.errors.is_empty());
    let found = market.engine.search(&asked.query).await.unwrap();
    assert_eq!(codes(&found), [] as [&str; 0]);

    // Two codes of before July 2025 that became one commune, which is asked for as well.
    let asked = understand(&[("commune", "31339,31338,31336")]).await;
    assert_eq!(asked.query.filter.communes, ["31338"]);
    assert_eq!(asked.names.communes, named("31338", "Xã Hỏa Lựu"));
    assert_eq!(
        asked.names.former,
        [
            "Xã Hoả Lựu, Thành phố Vị Thanh",
            "Xã Hoả Tiến, Thành phố Vị Thanh"
        ]
    );
    // One that was divided.
    let asked = understand(&[("commune", "31178")]).await;
    assert_eq!(asked.query.filter.communes, ["31120", "31168"]);
    assert_eq!(asked.names.former.len(), 1);

    // What nobody knows is told at its field, and the rest stays.
    let asked = understand(&[("commune", "99999,31168"), ("seller", "khong-co")]).await;
    assert_eq!(asked.query.filter.communes, ["31168"]);
    assert_eq!(asked.query.filter.sellers, [] as [&str; 0]);
    let told: Vec<_> = asked
        .errors
        .0
        .iter()
        .map(|error| {
            (
                error.field.as_str(),
                error.code.as_str(),
                error.args[0].1.as_str(),
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            ("commune", "unknown", "99999"),
            ("seller", "unknown", "khong-co")
        ]
    );
}

#[tokio::test]
async fn a_page_past_the_end_is_empty_under_the_true_total() {
    let market = small_market().await;
    let query = Query {
        filter: Filter::default(),
        sort: Sort::Newest,
        page: PageRequest::new(Some(99), Some(4)),
    };
    let found = market.engine.search(&query).await.unwrap();
    assert_eq!(codes(&found), [] as [&str; 0]);
    assert_eq!(
        (found.facets.total, found.pages(), found.page.page),
        (6, 2, 99)
    );
}

#[tokio::test]
async fn stars_end_with_the_certificate_and_seasons_with_the_month() {
    let market = small_market().await;
    market.db.clock.advance(Duration::days(500));
    market.follow().await;
    let all = market.search(Filter::default(), Sort::Newest).await;
    assert!(
        all.hits
            .iter()
            .all(|hit| hit.stars.is_none() && !hit.in_season)
    );
    assert_eq!(all.facets.stars, []);
}

#[tokio::test]
async fn the_ranking_follows_the_day_once_a_day() {
    let market = filled(Market::on_postgres().await).await;
    let begin_day = async || {
        market::transact_sure!(market.store(), &Actor::system(), work => Ok(commands::begin_day(work).await?)).unwrap()
    };
    let standings = async || {
        sqlx::query_scalar::<_, String>(
            "select standing::text from search_documents order by product_id",
        )
        .fetch_all(market.store().reader())
        .await
        .unwrap()
    };
    let last_second = datetime!(2026-11-24 16:59:59 UTC);
    market.db.clock.set(last_second);
    assert!(begin_day().await, "the first of this day");
    let before = standings().await;
    assert!(!begin_day().await);
    market.db.clock.set(last_second + Duration::SECOND);
    assert!(begin_day().await, "midnight in Hậu Giang");
    assert!(!begin_day().await);
    assert_eq!(standings().await, before);
    // Nobody worked for more than a year: three certificates lapsed meanwhile and two seasons are over.
    market.db.clock.advance(Duration::days(500));
    assert!(begin_day().await);
    let after = standings().await;
    let changed = before
        .iter()
        .zip(&after)
        .filter(|(one, other)| one != other);
    assert_eq!(changed.count(), 5);
}

#[tokio::test]
async fn what_is_not_on_sale_is_not_found() {
    let market = small_market().await;
    let product = market
        .product(Product {
            code: "N1",
            name: "Nấm rơm",
            ..Product::default()
        })
        .await;
    market.index(vec![product]).await;
    assert_eq!(market.codes("nam rom").await[0], "N1");
    let pool = market.store().reader();
    sqlx::query("update products set status = 'paused' where id = $1")
        .bind(product.0)
        .execute(pool)
        .await
        .unwrap();
    market.index(vec![product]).await;
    assert!(!market.codes("nam rom").await.contains(&"N1".to_owned()));

    let seller: Uuid = sqlx::query_scalar(
        "update sellers set status = 'suspended' where name = 'Vườn Dừa' returning id",
    )
    .fetch_one(pool)
    .await
    .unwrap();
    market::transact!(market.store(), &Actor::system(), work => {
        commands::index_seller(work, SellerId(seller)).await?;
        Ok::<_, Failure<Infallible>>(())
    })
    .unwrap();
    market.follow().await;
    assert_eq!(market.codes("dừa sáp").await, [] as [&str; 0]);
}
