//! A server with a database of its own, in this process or as a program that can be killed.
use std::net::TcpListener as StdListener;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use market::catalog::{Basics, Group, Pricing};
use market::kernel::{
    Actor, CommuneId, Key, Permission, Phone, Quantity, Role, SellerId, Store, VariantId, Vnd,
};
use market::sellers::SellerKind;
use market::sellers::commands::NewSeller;
use reqwest::Method;
use serde_json::{Value, json};
use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{AssertSqlSafe, Connection};
use tempfile::TempDir;

/// The installation's key of all tests.
const KEY: &str = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

/// A database of its own for one test, dropped at the end, and a folder for what a server needs.
pub struct Ground {
    pub url: String,
    pub store: Store,
    pub folder: TempDir,
    admin: String,
    name: String,
}

impl Ground {
    pub async fn new() -> Self {
        let admin =
            std::env::var("TEST_DATABASE_URL").expect("TEST_DATABASE_URL names the test cluster");
        let template = std::env::var("TEST_TEMPLATE")
            .expect("TEST_TEMPLATE names the database that is copied");
        let name = format!("s_{}", market::kernel::secret::new_key().simple());
        command(
            &admin,
            format!("create database {name} template {template}"),
        )
        .await;
        let options: PgConnectOptions = admin.parse().unwrap();
        let base = options.get_database().unwrap_or("postgres").to_owned();
        let url = admin.replacen(&format!("/{base}"), &format!("/{name}"), 1);
        let store = Store::connect(&url, 8, Key::parse(KEY).unwrap())
            .await
            .unwrap();
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(folder.path().join("site/pkg")).unwrap();
        std::fs::write(
            folder.path().join("site/assets.json"),
            r#"{"style":"/pkg/style.css","work":"/pkg/work.css","islands":"/pkg/islands.js","desk_islands":"/pkg/desk-islands.js","tools":"/pkg/tools.js","seek":"/pkg/seek.js"}"#,
        )
        .unwrap();
        Self {
            url,
            store,
            folder,
            admin,
            name,
        }
    }

    /// A household with a product of which there are so many; its variant.
    pub async fn product(&self, seller: &str, name: &str, stock: i64, price: i64) -> VariantId {
        let seller = self.seller(seller).await;
        let basics = Basics {
            name: name.to_owned(),
            group: Group::Food,
            stock: Some(Quantity::from_thousandths(stock * 1000)),
            set: None,
            is_resold: false,
            description: String::new(),
            season_months: Vec::new(),
        };
        let pricing = Pricing {
            price: Vnd(price),
            unit: "trái".to_owned(),
            unit_note: String::new(),
            net_grams: None,
            net_ml: None,
            ship_grams: 500,
            minimum: Quantity::ONE,
            step: Quantity::ONE,
            supply: None,
        };
        let (basics, pricing) = (&basics, &pricing);
        let product =
            market::transact!(self.store, &Actor::system(), work => market::catalog::commands::create(work, seller, basics, pricing, &[]).await).unwrap();
        sqlx::query("update products set status = 'published', published_at = now() where id = $1")
            .bind(product.0)
            .execute(self.store.reader())
            .await
            .unwrap();
        market::catalog::queries::by_id(self.store.reader(), product)
            .await
            .unwrap()
            .unwrap()
            .variants[0]
            .id
    }

    /// Makes a way of selling of others of its shop, so much of each.
    pub async fn made_of(&self, combo: VariantId, parts: &[(VariantId, &str)]) {
        let product: uuid::Uuid =
            sqlx::query_scalar("select product_id from variants where id = $1")
                .bind(combo.0)
                .fetch_one(self.store.reader())
                .await
                .unwrap();
        let product = market::kernel::ProductId(product);
        let form = market::catalog::ComboForm(
            parts
                .iter()
                .enumerate()
                .flat_map(|(row, (variant, amount))| {
                    let (which, how_much) = market::catalog::part_fields(row);
                    [
                        (which, variant.to_string()),
                        (how_much, (*amount).to_owned()),
                    ]
                })
                .collect(),
        );
        market::transact!(self.store, &Actor::system(), work => market::catalog::commands::set_parts(work, product, combo, &form).await).unwrap();
    }

    pub async fn seller(&self, name: &str) -> SellerId {
        let new = &NewSeller {
            slug: market::kernel::text::slug(name),
            name: name.to_owned(),
            kind: SellerKind::Household,
            commune_id: CommuneId(131_338),
            former_commune_id: None,
            hamlet: String::new(),
            street: String::new(),
            phone: Phone::parse("0912345678").unwrap(),
            owner_name: String::new(),
            story: String::new(),
            is_sample: true,
        };
        market::transact_sure!(self.store, &Actor::system(), work => Ok(market::sellers::commands::create(work, new).await?)).unwrap()
    }

    /// A bearer token of a new person in that role.
    pub async fn token(&self, role: Role, seller: Option<SellerId>, phone: &str) -> String {
        let new = &market::accounts::commands::NewPerson {
            name: role.as_str().to_owned(),
            phone: Phone::parse(phone).unwrap(),
            password_hash: None,
            role,
            seller,
            communes: Vec::new(),
            permissions: match role {
                Role::Officer => Permission::ALL.to_vec(),
                _ => Vec::new(),
            },
            is_sample: true,
        };
        market::transact_sure!(self.store, &Actor::system(), work => Ok(market::accounts::commands::create_person(work, new).await?)).unwrap();
        let slug: Option<String> = match seller {
            Some(seller) => {
                let slug = sqlx::query_scalar("select slug from sellers where id = $1");
                Some(
                    slug.bind(seller.0)
                        .fetch_one(self.store.reader())
                        .await
                        .unwrap(),
                )
            }
            None => None,
        };
        let slug = slug.as_deref();
        market::transact!(self.store, &Actor::system(), work => market::accounts::commands::create_token(work, role, slug, "test").await).unwrap()
    }

    /// An officer looks at a listing that waits, and approves it.
    pub async fn approve(&self, product: &str) {
        let product = product.parse().unwrap();
        let review = market::catalog::queries::open_review(self.store.reader(), product)
            .await
            .unwrap()
            .unwrap();
        market::transact!(self.store, &Actor::system(), work => market::catalog::commands::approve(work, product, review.version).await).unwrap();
    }

    /// The real program, serving on a free port.
    pub async fn serve(&self) -> Server {
        self.serve_with(&[]).await
    }

    /// The same with other settings.
    pub async fn serve_with(&self, settings: &[(&str, &str)]) -> Server {
        self.serve_logging(settings, Stdio::inherit()).await
    }

    /// The same, with its log to where that is read.
    pub async fn serve_logging(&self, settings: &[(&str, &str)], log: Stdio) -> Server {
        let port = StdListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap()
            .port();
        let child = self
            .program("serve")
            .env("CAY_BEO_ADDR", format!("127.0.0.1:{port}"))
            .env("CAY_BEO_BASE_URL", format!("http://127.0.0.1:{port}"))
            .envs(settings.iter().copied())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .unwrap();
        let server = Server {
            child,
            base: format!("http://127.0.0.1:{port}"),
            client: reqwest::Client::new(),
        };
        for _ in 0..200 {
            if let Ok(answer) = server
                .client
                .get(format!("{}/readyz", server.base))
                .send()
                .await
                && answer.status() == 200
            {
                return server;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("the server does not become ready");
    }

    /// The program at this database, to do what `command` says.
    pub fn program(&self, command: &str) -> Command {
        let mut program = Command::new(env!("CARGO_BIN_EXE_cay-beo"));
        program
            .arg(command)
            .env("DATABASE_URL", &self.url)
            .env("CAY_BEO_SITE", self.folder.path().join("site"))
            .env("CAY_BEO_MEDIA", self.folder.path().join("media"))
            .env("CAY_BEO_KEY", KEY)
            .env("CAY_BEO_LOG", "error")
            .stdin(Stdio::null());
        program
    }
}

impl Drop for Ground {
    fn drop(&mut self) {
        let (admin, sql) = (
            self.admin.clone(),
            format!("drop database if exists {} with (force)", self.name),
        );
        let dropping = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .unwrap();
            runtime.block_on(command(&admin, sql));
        });
        let _ = dropping.join();
    }
}

async fn command(admin: &str, sql: String) {
    let mut connection = PgConnection::connect(admin).await.unwrap();
    sqlx::raw_sql(AssertSqlSafe(sql))
        .execute(&mut connection)
        .await
        .unwrap();
}

/// A running server.
pub struct Server {
    child: Child,
    pub base: String,
    pub client: reqwest::Client,
}

impl Server {
    /// `kill -9`: no warning, nothing finished.
    pub fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    pub async fn get(&self, path: &str, token: Option<&str>) -> (u16, Value) {
        let mut request = self.client.get(format!("{}/api/v1{path}", self.base));
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        answer(request).await
    }

    pub async fn post(&self, path: &str, token: Option<&str>, body: &Value) -> (u16, Value) {
        self.send(Method::POST, path, token, body).await
    }

    /// A PATCH to the API.
    pub async fn patch(&self, path: &str, token: Option<&str>, body: &Value) -> (u16, Value) {
        self.send(Method::PATCH, path, token, body).await
    }

    async fn send(
        &self,
        method: Method,
        path: &str,
        token: Option<&str>,
        body: &Value,
    ) -> (u16, Value) {
        let url = format!("{}/api/v1{path}", self.base);
        let mut request = self.client.request(method, url).json(body);
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        answer(request).await
    }

    /// Places an order under a key; `None` where the server did not answer.
    pub async fn order(&self, key: &str, body: &Value) -> Option<(u16, Value)> {
        let request = self
            .client
            .post(format!("{}/api/v1/orders", self.base))
            .header("idempotency-key", key)
            .json(body);
        let answer = request.send().await.ok()?;
        let status = answer.status().as_u16();
        Some((status, answer.json().await.ok()?))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

async fn answer(request: reqwest::RequestBuilder) -> (u16, Value) {
    let answer = request.send().await.unwrap();
    let status = answer.status().as_u16();
    (status, answer.json().await.unwrap_or(Value::Null))
}

/// An order of so many units each, to Xã Hỏa Lựu, cash on delivery.
pub fn order(lines: &[(VariantId, i64)]) -> Value {
    let lines: Vec<Value> = lines
        .iter()
        .map(|(variant, units)| json!({ "variant_id": variant.to_string(), "quantity": units }))
        .collect();
    json!({
        "lines": lines,
        "contact": { "name": "Trần Thị Thử", "phone": "0987654321" },
        "address": { "commune_code": "31338", "street": "Số 1" },
        "payment_method": "cod",
    })
}
