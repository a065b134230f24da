//! Who may do what: every path of pages and API, asked as every kind of person about somebody else's things, and
//! held against the table `rights.csv`. A path without a row fails; `WRITE_RIGHTS=1` writes the table anew, to be
//! read before it is committed.
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use market::kernel::{Permission, SellerId, secret};
use market::trace::LotCode;
use reqwest::{Method, header};
use uuid::Uuid;

use crate::support::{Ground, Server};

/// Kinds of people, as the columns name them.
const KINDS: [Kind; 9] = [
    Kind::Guest,
    Kind::Buyer,
    Kind::Owner,
    Kind::Staff,
    Kind::Helper,
    Kind::Acting,
    Kind::CommuneOfficer,
    Kind::Officer,
    Kind::Admin,
];

/// Hỏa Lựu, where the shop is whose things are asked for; and another commune.
const HERE: i32 = 131_338;
const THERE: i32 = 131_471;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Guest,
    /// With an account and nothing else.
    Buyer,
    /// Of another shop.
    Owner,
    /// Of another shop, not its owner.
    Staff,
    /// In the shop's commune, without its consent.
    Helper,
    /// For another shop, which consents to listing only.
    Acting,
    /// With all permissions, in another commune.
    CommuneOfficer,
    /// With all permissions, for the province.
    Officer,
    Admin,
}

impl Kind {
    const fn name(self) -> &'static str {
        match self {
            Self::Guest => "guest",
            Self::Buyer => "buyer",
            Self::Owner => "owner elsewhere",
            Self::Staff => "staff elsewhere",
            Self::Helper => "helper without consent",
            Self::Acting => "helper for another",
            Self::CommuneOfficer => "officer elsewhere",
            Self::Officer => "officer of the province",
            Self::Admin => "admin",
        }
    }
}

/// All paths with their methods: pages from the source of `app`, calls from the API's own description.
async fn paths(server: &Server) -> BTreeSet<(String, String)> {
    let mut paths = BTreeSet::new();
    let app = Path::new(env!("CARGO_MANIFEST_DIR")).join("../app/src");
    let names = constants(&std::fs::read_to_string(app.join("routes.rs")).unwrap());
    let mut folders = vec![app];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = std::fs::read_to_string(&path).unwrap();
                for call in text.split(".route(").skip(1) {
                    let call = &call[..end_of(call)];
                    let (address, rest) = call.split_once(',').unwrap();
                    let address = address.trim();
                    let address = match address.strip_prefix("routes::") {
                        Some(name) => names[name].clone(),
                        None => address.trim_matches('"').to_owned(),
                    };
                    assert!(address.starts_with('/'), "a path in full: {address}");
                    for method in ["get", "post"] {
                        let calls = |text: &str| {
                            let before = text.chars().next_back();
                            before.is_none_or(|mark| {
                                !mark.is_alphanumeric() && mark != '_' && mark != ':'
                            })
                        };
                        let pattern = format!("{method}(");
                        if rest
                            .match_indices(&pattern)
                            .any(|(at, _)| calls(&rest[..at]))
                        {
                            paths.insert((address.clone(), method.to_uppercase()));
                        }
                    }
                }
            }
        }
    }
    let (_, api) = server.get("/openapi.json", None).await;
    for (path, methods) in api["paths"].as_object().unwrap() {
        for method in methods.as_object().unwrap().keys() {
            paths.insert((format!("/api/v1{path}"), method.to_uppercase()));
        }
    }
    assert!(paths.len() > 60, "the source is read: {paths:?}");
    paths
}

/// `pub const NAME: &str = "…";`
fn constants(text: &str) -> BTreeMap<String, String> {
    text.split("pub const ")
        .skip(1)
        .filter_map(|line| {
            let (name, rest) = line.split_once(':')?;
            let value = rest.split_once("= \"")?.1.split_once('"')?.0;
            Some((name.to_owned(), value.to_owned()))
        })
        .collect()
}

/// Where the parenthesis closes that is open at the start.
fn end_of(text: &str) -> usize {
    let mut depth = 1;
    for (at, mark) in text.char_indices() {
        match mark {
            '(' => depth += 1,
            ')' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return at;
        }
    }
    panic!("no end: {text}");
}

/// Things of a shop that none of the people has to do with, by what they stand for in a path.
struct Things {
    seller: SellerId,
    other: SellerId,
    values: Vec<(&'static str, &'static str, String)>,
}

impl Things {
    async fn new(ground: &Ground) -> Self {
        let variant = ground.product("Hộ Út", "Khóm", 500, 12_000).await;
        let seller = ground.seller("Hộ Út").await;
        let other = ground.seller("Hộ Bảy").await;
        let db = ground.store.reader();
        let product: (Uuid, String) =
            sqlx::query_as("select products.id, slug from products join variants on product_id = products.id where variants.id = $1")
                .bind(variant.0)
                .fetch_one(db)
                .await
                .unwrap();
        let stranger = person(ground, Kind::Buyer, seller, other).await.unwrap();
        let session: Uuid = sqlx::query_scalar("select id from sessions where person_id = $1")
            .bind(stranger.0)
            .fetch_one(db)
            .await
            .unwrap();
        let paper = Uuid::from_u128(7);
        sqlx::query("insert into papers (id, seller_id, kind, digest, created_at) values ($1, $2, 'identity', '', now())")
            .bind(paper)
            .bind(seller.0)
            .execute(db)
            .await
            .unwrap();
        let (import, office_import) = (Uuid::from_u128(8), Uuid::from_u128(11));
        for (id, seller) in [(import, Some(seller.0)), (office_import, None)] {
            sqlx::query(
                "insert into imports (id, digest, file_name, state, uploaded_by, seller_id, communes, columns, rows, created_at)
                 values ($1, '', '', 'checked', $2, $3, '{}', '{}', 1, now())",
            )
            .bind(id)
            .bind(stranger.0)
            .bind(seller)
            .execute(db)
            .await
            .unwrap();
        }
        let certificate = Uuid::from_u128(9);
        sqlx::query(
            "insert into certificates (id, code, seller_id, product_name, stars, number, issuer, regime, decided_on, valid_to, state, source, state_since, created_at)
             select $1, 'ABC', $2, 'Khóm', 4, '1', 'Tỉnh', (select code from ocop_regimes limit 1), '2026-01-01', '2028-12-31', 'verified', 'import', now(), now()",
        )
        .bind(certificate)
        .bind(seller.0)
        .execute(db)
        .await
        .unwrap();
        let request = Uuid::from_u128(12);
        sqlx::query(
            "insert into authority_requests (id, number, authority, document_no, document_date, received_at, due_at, kind, seller_id, asked, entered_at, state, state_since)
             values ($1, 'YC-2026-0001', 'Đội', '1', '2026-01-01', now(), now() + interval '1 day', 'give_data', $2, 'x', now(), 'open', now())",
        )
        .bind(request)
        .bind(seller.0)
        .execute(db)
        .await
        .unwrap();
        let lot = Uuid::from_u128(13);
        sqlx::query(
            "insert into lots (id, code, seller_id, product_id, product_name, kind, made_on, place, quantity, unit, state, state_since, created_at)
             values ($1, $2, $3, $4, 'Khóm', 'harvest', '2026-01-01', 'Ấp 1', 1000, 'kg', 'open', now(), now())",
        )
        .bind(lot)
        .bind(LotCode::from_bits(7).as_str())
        .bind(seller.0)
        .bind(product.0)
        .execute(db)
        .await
        .unwrap();
        let webhook = Uuid::from_u128(14);
        sqlx::query(
            "insert into webhook_endpoints (id, person_id, url, topics, secret, created_at)
             values ($1, $2, 'https://htx.example/', '{product.changed}', '', now())",
        )
        .bind(webhook)
        .bind(stranger.0)
        .execute(db)
        .await
        .unwrap();
        let consent = Uuid::from_u128(10);
        sqlx::query(
            "insert into household_consents (id, seller_id, helper_id, tasks, method, asked_at, given_at, valid_until)
             values ($1, $2, $3, '{list}', 'code', now(), now(), now() + interval '1 day')",
        )
        .bind(consent)
        .bind(seller.0)
        .bind(stranger.0)
        .execute(db)
        .await
        .unwrap();
        let part = order(ground, variant.0).await;
        Self {
            seller,
            other,
            values: vec![
                ("/san-pham/", "{slug}", product.1.clone()),
                ("/api/v1/products/", "{slug}", product.1),
                ("/gian-hang/", "{slug}", "ho-ut".to_owned()),
                ("/ban-hang/san-pham/", "{id}", product.0.to_string()),
                ("/tinh/hang-hoa/", "{id}", product.0.to_string()),
                ("/api/v1/seller/products/", "{id}", product.0.to_string()),
                ("/ban-hang/don-hang/", "{id}", part.1.to_string()),
                ("/api/v1/seller/orders/", "{id}", part.1.to_string()),
                ("/ban-hang/don-hang/", "{step}", "confirm".to_owned()),
                ("/api/v1/seller/orders/", "{event}", "confirm".to_owned()),
                ("/don-hang/", "{code}", part.0.clone()),
                ("/api/v1/orders/", "{number}", part.0),
                ("/tai-khoan/thiet-bi/", "{id}", session.to_string()),
                ("/quan-tri/nguoi/", "{id}", stranger.0.to_string()),
                ("/giay-to/", "{id}", paper.to_string()),
                ("/tinh/nhap-lieu/", "{id}", office_import.to_string()),
                ("/ban-hang/nhap-lieu/", "{id}", import.to_string()),
                ("/tinh/gian-hang/", "{id}", seller.to_string()),
                ("/tinh/yeu-cau/", "{id}", request.to_string()),
                ("/tinh/lo-hang/", "{id}", lot.to_string()),
                ("/ban-hang/lo-hang/", "{id}", lot.to_string()),
                ("/ban-hang/lo-hang/", "{step}", "ban".to_owned()),
                (
                    "/truy-xuat/",
                    "{code}",
                    LotCode::from_bits(7).as_str().to_owned(),
                ),
                ("/api/v1/webhooks/", "{id}", webhook.to_string()),
                ("/to-so/ho/", "{slug}", "ho-ut".to_owned()),
                ("/ban-hang/chung-nhan/", "{id}", certificate.to_string()),
                ("/tinh/chung-nhan/", "{id}", certificate.to_string()),
                ("/ban-hang/nguoi-giup/", "{id}", consent.to_string()),
                ("/tinh/dong-y/", "{id}", consent.to_string()),
                ("/tinh/dong-y/", "{step}", "cham-dut".to_owned()),
                ("/tinh/chung-nhan/", "{step}", "thu-hoi".to_owned()),
                ("/chung-nhan/", "{code}", "ABC".to_owned()),
            ],
        }
    }

    /// The path with its things; what it names besides does not exist.
    fn fill(&self, path: &str) -> String {
        self.filled(path, |_| true)
    }

    /// The same step at something that does not exist.
    fn absent(&self, path: &str) -> String {
        self.filled(path, |name| matches!(name, "{step}" | "{event}"))
    }

    fn filled(&self, path: &str, takes: impl Fn(&str) -> bool) -> String {
        let mut filled = path.to_owned();
        for (start, name, value) in &self.values {
            if path.starts_with(start) && takes(name) {
                filled = filled.replace(name, value);
            }
        }
        with_nothing(&filled)
    }
}

/// What is still open in a path stands for something that does not exist.
fn with_nothing(path: &str) -> String {
    let mut filled = path.to_owned();
    while let (Some(start), Some(end)) = (filled.find('{'), filled.find('}')) {
        filled.replace_range(start..=end, &Uuid::from_u128(99).to_string());
    }
    filled
}

/// An order of somebody's: its code, and the seller's part.
async fn order(ground: &Ground, variant: Uuid) -> (String, Uuid) {
    let form = market::orders::CheckoutForm {
        name: "Trần Thị Thử".to_owned(),
        phone: "0912345678".to_owned(),
        commune_code: "31338".to_owned(),
        street: "Số 1".to_owned(),
        payment_method: "cod".to_owned(),
        ..market::orders::CheckoutForm::default()
    };
    let order = &market::orders::Checkout {
        key: secret::new_key(),
        lines: vec![(
            market::kernel::VariantId(variant),
            market::kernel::Quantity::ONE,
        )],
        contact: form.parse().unwrap(),
        ways: Vec::new(),
        seen_total: None,
        entry: market::orders::Entry::Buyer,
        is_sample: false,
    };
    let placed = market::transact!(ground.store, &market::kernel::Actor::guest(), work => market::payments::commands::check_out(work, order).await).unwrap();
    (placed.code.as_str().to_owned(), placed.parts[0].0.0)
}

/// Somebody new of that kind, with the cookie of a session and a token for the API.
async fn person(
    ground: &Ground,
    kind: Kind,
    seller: SellerId,
    other: SellerId,
) -> Option<(Uuid, String, String)> {
    if kind == Kind::Guest {
        return None;
    }
    let db = ground.store.reader();
    let id = secret::new_key();
    let phone = format!("+849{:08}", id.as_u128() % 100_000_000);
    let role = match kind {
        Kind::Guest | Kind::Buyer => "buyer",
        Kind::Owner | Kind::Staff => "seller",
        Kind::Helper | Kind::Acting => "helper",
        Kind::CommuneOfficer | Kind::Officer => "officer",
        Kind::Admin => "admin",
    };
    let (cookie, token) = (secret::new_token(), secret::new_token());
    let insert = async |sql: &'static str, values: &[Uuid], text: &[&str]| {
        let mut query = sqlx::query(sql);
        for value in values {
            query = query.bind(value);
        }
        for value in text {
            query = query.bind(*value);
        }
        query.execute(db).await.unwrap();
    };
    insert(
        "insert into people (id, name, phone, created_at) values ($1, 'Lan', $2, now())",
        &[id],
        &[&phone],
    )
    .await;
    insert(
        "insert into role_grants values ($1, $2, now())",
        &[id],
        &[role],
    )
    .await;
    let desk = (kind == Kind::Acting).then_some(other.0);
    sqlx::query("insert into sessions (token_hash, person_id, created_at, last_seen_at, expires_at, desk_seller_id) values ($1, $2, now(), now(), now() + interval '1 day', $3)")
        .bind(secret::hash(&cookie))
        .bind(id)
        .bind(desk)
        .execute(db)
        .await
        .unwrap();
    sqlx::query("insert into api_tokens (id, person_id, name, role, token_hash, created_at, expires_at) values ($1, $1, '', $2, $3, now(), now() + interval '1 day')")
        .bind(id)
        .bind(role)
        .bind(secret::hash(&token))
        .execute(db)
        .await
        .unwrap();
    match kind {
        Kind::Owner | Kind::Staff => {
            let duty = if kind == Kind::Owner {
                "owner"
            } else {
                "staff"
            };
            insert(
                "insert into seller_members values ($1, $2, $3, now())",
                &[other.0, id],
                &[duty],
            )
            .await;
        }
        Kind::Helper => {
            sqlx::query("insert into helper_communes (person_id, commune_id) values ($1, $2)")
                .bind(id)
                .bind(HERE)
                .execute(db)
                .await
                .unwrap();
            assert_ne!(seller, other);
        }
        Kind::Acting => {
            insert(
                "insert into household_consents (id, seller_id, helper_id, tasks, method, asked_at, given_at, valid_until)
                 values ($1, $2, $3, '{list}', 'code', now(), now(), now() + interval '1 day')",
                &[secret::new_key(), other.0, id],
                &[],
            )
            .await;
        }
        Kind::CommuneOfficer | Kind::Officer => {
            for permission in Permission::ALL {
                insert(
                    "insert into officer_permissions values ($1, $2, now())",
                    &[id],
                    &[permission.as_str()],
                )
                .await;
            }
            if kind == Kind::CommuneOfficer {
                sqlx::query("insert into officer_communes values ($1, $2)")
                    .bind(id)
                    .bind(THERE)
                    .execute(db)
                    .await
                    .unwrap();
            }
        }
        Kind::Guest | Kind::Buyer | Kind::Admin => {}
    }
    Some((id, cookie, token))
}

/// What a path answers to somebody: the status, and whether it sends to the sign-in; with the page.
async fn asked(
    server: &Server,
    client: &reqwest::Client,
    method: &str,
    path: &str,
    who: Option<&(Uuid, String, String)>,
) -> (String, String) {
    let told = sent(server, client, method, path, who, false).await;
    // A form with files is another kind of form.
    if told.0 == "400" && method == "POST" {
        return sent(server, client, method, path, who, true).await;
    }
    told
}

async fn sent(
    server: &Server,
    client: &reqwest::Client,
    method: &str,
    path: &str,
    who: Option<&(Uuid, String, String)>,
    with_files: bool,
) -> (String, String) {
    const FORM: &str = "--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nb\r\n--x--\r\n";
    let method: Method = method.parse().unwrap();
    let mut request = client
        .request(method.clone(), format!("{}{path}", server.base))
        .header(header::ORIGIN, &server.base);
    if path.starts_with("/api/") {
        if let Some((_, _, token)) = who {
            request = request.bearer_auth(token);
        }
        if method != Method::GET && !with_files {
            request = request.json(&serde_json::json!({}));
        }
    } else {
        if let Some((_, cookie, _)) = who {
            request = request.header(header::COOKIE, format!("cb_session={cookie}"));
        }
        if method != Method::GET && !with_files {
            request = request.form(&[("a", "b")]);
        }
    }
    if with_files {
        request = request
            .header(header::CONTENT_TYPE, "multipart/form-data; boundary=x")
            .body(FORM);
    }
    let answer = request.send().await.unwrap();
    let status = answer.status();
    let to = answer
        .headers()
        .get(header::LOCATION)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default()
        .to_owned();
    let told = if status.is_redirection() && to.starts_with("/dang-nhap") {
        "sign in".to_owned()
    } else {
        status.as_u16().to_string()
    };
    (told, answer.text().await.unwrap())
}

fn table() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/rights.csv")
}

#[tokio::test(flavor = "multi_thread")]
async fn every_path_answers_everybody_as_the_table_says() {
    let ground = Ground::new().await;
    let things = Things::new(&ground).await;
    let server = ground
        .serve_with(&[
            ("CAY_BEO_LIMIT_CHECKOUT", "off"),
            ("CAY_BEO_LIMIT_SIGN_IN", "off"),
            ("CAY_BEO_LIMIT_FOLLOW", "off"),
            ("CAY_BEO_LIMIT_UPLOAD", "off"),
        ])
        .await;
    let client = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .unwrap();
    let mut found = format!("path,method,{}\n", KINDS.map(Kind::name).join(","));
    for (path, method) in paths(&server).await {
        let address = things.fill(&path);
        let mut answers = Vec::new();
        for kind in KINDS {
            let who = person(&ground, kind, things.seller, things.other).await;
            let (told, page) = asked(&server, &client, &method, &address, who.as_ref()).await;
            // What one of them closes is open to the next.
            sqlx::query("update sellers set status = 'approved' where status = 'closed'")
                .execute(ground.store.writer())
                .await
                .unwrap();
            if told == "404" && path.contains('{') {
                // What is somebody else's looks like what is not there.
                let nothing = things.absent(&path);
                let (absent, nothing_page) =
                    asked(&server, &client, &method, &nothing, who.as_ref()).await;
                assert_eq!(
                    (absent.as_str(), plain(&nothing_page, &nothing)),
                    ("404", plain(&page, &address)),
                    "{method} {path} as {}",
                    kind.name()
                );
            }
            answers.push(told);
        }
        let _ = writeln!(found, "{path},{method},{}", answers.join(","));
    }
    if std::env::var_os("WRITE_RIGHTS").is_some() {
        std::fs::write(table(), &found).unwrap();
    }
    let committed = std::fs::read_to_string(table()).unwrap_or_default();
    let (found, committed): (BTreeSet<&str>, BTreeSet<&str>) =
        (found.lines().collect(), committed.lines().collect());
    let differ: Vec<String> = found
        .difference(&committed)
        .map(|line| format!("is      {line}"))
        .chain(
            committed
                .difference(&found)
                .map(|line| format!("should  {line}")),
        )
        .collect();
    assert!(differ.is_empty(), "\n{}", differ.join("\n"));
}

/// A page without what names the asked thing.
fn plain(page: &str, address: &str) -> String {
    let mut page = page.replace(address, "");
    for part in address.split('/').filter(|part| part.len() > 5) {
        page = page.replace(part, "");
    }
    page
}

#[tokio::test(flavor = "multi_thread")]
async fn others_things_take_no_longer_than_what_is_not_there() {
    let ground = Ground::new().await;
    let things = Things::new(&ground).await;
    let server = ground.serve().await;
    let who = person(&ground, Kind::Owner, things.seller, things.other).await;
    let path = "/ban-hang/san-pham/{id}/hang";
    let (there, absent) = (things.fill(path), with_nothing(path));
    let mut times = [Vec::new(), Vec::new()];
    // In turn, so that whatever else the machine does falls on both.
    for _ in 0..21 {
        for (address, times) in [&there, &absent].into_iter().zip(&mut times) {
            let begun = std::time::Instant::now();
            let (told, _) = asked(&server, &server.client, "GET", address, who.as_ref()).await;
            times.push(begun.elapsed());
            assert_eq!(told, "404");
        }
    }
    let [there, absent] = times.map(|mut times| {
        times.sort_unstable();
        times[10]
    });
    let apart = there.abs_diff(absent);
    // Nobody notices less than a tenth of a second.
    assert!(apart.as_millis() < 100, "{there:?} {absent:?}");
}
