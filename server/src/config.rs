//! All settings of the process: from the environment, or from the TOML file that `CAY_BEO_CONFIG` names;
//! the environment wins. A wrong value is refused with its name and an example.
use std::cell::RefCell;
use std::collections::BTreeSet;
use std::io::Write as _;
use std::net::{IpAddr, SocketAddr};
use std::num::NonZeroU32;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::{env, fmt, fs};

use app::site::{Limits, Retention};
use market::kernel::limit::Limit;
use market::kernel::{Fault, Key};
use market::media::{Bucket, MediaStore};
use market::parcels::GhnSettings;
use market::search::MeiliSettings;
use market::webhooks::Reach;
use tracing_subscriber::EnvFilter;

/// Everything that can be set.
#[derive(Clone)]
pub struct Config {
    /// PostgreSQL. `DATABASE_URL`; else what `make run` wrote into `.data/database-url`.
    pub database_url: String,
    /// Where to listen. `CAY_BEO_ADDR`.
    pub addr: SocketAddr,
    /// The folder that xtask built: styles, WASM, fonts. `CAY_BEO_SITE`.
    pub site: PathBuf,
    /// The folder of photographs; with a bucket, where those wait that are still arriving. `CAY_BEO_MEDIA`.
    pub media: PathBuf,
    /// The bucket of S3, or of what speaks like it, for photographs and papers; none: the folder.
    /// `CAY_BEO_S3_BUCKET`, `CAY_BEO_S3_ENDPOINT`, `CAY_BEO_S3_REGION`, `CAY_BEO_S3_KEY_ID`, `CAY_BEO_S3_SECRET`,
    /// `CAY_BEO_S3_PATH_STYLE`.
    pub bucket: Option<Bucket>,
    /// The folder of the sample data. `CAY_BEO_DATA`.
    pub data: PathBuf,
    /// Under which address people reach the site, without a slash at the end. `CAY_BEO_BASE_URL`.
    pub base_url: String,
    /// Connections to the database at most. `CAY_BEO_CONNECTIONS`.
    pub connections: NonZeroU32,
    /// The proxies whose `X-Forwarded-For` is believed, by comma. `CAY_BEO_TRUSTED_PROXY`.
    pub trusted_proxies: Vec<IpAddr>,
    /// How often things may be done. `CAY_BEO_LIMIT_SIGN_IN` and its like.
    pub limits: Limits,
    /// How long what is known of people is kept, days. `CAY_BEO_KEEP_ORDERS`, `CAY_BEO_KEEP_MESSAGES`.
    pub retention: Retention,
    /// Says on every page that goods and orders are samples. `CAY_BEO_DEMO`.
    pub demo: bool,
    /// Where Prometheus finds `/metrics`; none: nowhere. `CAY_BEO_METRICS_ADDR`.
    pub metrics_addr: Option<SocketAddr>,
    /// A Meilisearch server for searches; none: PostgreSQL. `MEILI_URL`, `MEILI_KEY`, `CAY_BEO_MEILI_INDEX`.
    pub meili: Option<MeiliSettings>,
    /// Where programs may be that hear of what happens: `public`, HTTPS on the open internet; `any`, also in the own
    /// network. `CAY_BEO_WEBHOOKS`.
    pub webhooks: Reach,
    /// The carrier GHN, whose program is asked to carry parcels; none: households name who carries them by hand.
    /// `CAY_BEO_GHN_URL`, `CAY_BEO_GHN_TOKEN`, `CAY_BEO_GHN_SHOP_ID`, `CAY_BEO_GHN_SECRET`.
    pub ghn: Option<GhnSettings>,
    /// Keeps whole pages of anonymous visitors in memory. `CAY_BEO_PAGE_CACHE`.
    pub page_cache: bool,
    /// What is logged, as tracing's filters say it. `CAY_BEO_LOG`.
    pub log: String,
    /// Log lines as JSON. `CAY_BEO_LOG_JSON`.
    pub log_json: bool,
    /// What seals identity numbers and papers: `CAY_BEO_KEY`, 64 hexadecimal digits; else the file below.
    key: Option<Key>,
    /// Where the key lies; made on first use, to be kept apart from backups. `CAY_BEO_KEY_FILE`.
    key_file: PathBuf,
    /// The gateway for short messages; none: they wait, and a demonstration notes them in its log.
    /// `CAY_BEO_SMS_URL`.
    pub sms: Option<Gateway>,
}

/// An HTTP gateway for short messages.
#[derive(Clone)]
pub struct Gateway {
    /// Where messages are posted to. `CAY_BEO_SMS_URL`.
    pub url: String,
    /// What is posted: JSON or a form, with `{phone}` and `{text}` in it. `CAY_BEO_SMS_BODY`.
    pub body: String,
    /// A header that the gateway wants, such as its key: `Name: value`. `CAY_BEO_SMS_HEADER`.
    pub header: Option<(String, String)>,
}

/// A setting that can't be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The value can't be read.
    #[error("the setting {name} is \"{value}\"; it should look like \"{example}\"")]
    Wrong {
        /// Which setting.
        name: &'static str,
        /// What it is.
        value: String,
        /// What it might be.
        example: &'static str,
    },
    /// The file sets what nothing reads.
    #[error("the settings file has \"{0}\", which is no setting; README.md lists them")]
    Unknown(String),
    /// No database is known.
    #[error(
        "no database: set DATABASE_URL (such as \"postgres://user@localhost/cay_beo\") or start the private one with `make run`"
    )]
    NoDatabase,
    /// The file can't be read.
    #[error("the settings file {path} can't be read: {cause}")]
    File {
        /// As `CAY_BEO_CONFIG` names it.
        path: String,
        /// Why.
        cause: String,
    },
}

/// Where `make run` writes the address of its private database.
const PRIVATE_DATABASE: &str = ".data/database-url";

impl Config {
    /// Reads the settings.
    pub fn read() -> Result<Self, ConfigError> {
        let file = match env::var("CAY_BEO_CONFIG") {
            Ok(path) => read_file(&path)?,
            Err(_) => toml::Table::new(),
        };
        let unread = RefCell::new(file.keys().cloned().collect::<BTreeSet<_>>());
        let config = Self::from(&|name| {
            let key = name.strip_prefix("CAY_BEO_").unwrap_or(name).to_lowercase();
            unread.borrow_mut().remove(&key);
            env::var(name)
                .ok()
                .filter(|value| !value.is_empty())
                .or_else(|| {
                    file.get(&key).map(|value| {
                        value
                            .as_str()
                            .map_or_else(|| value.to_string(), str::to_owned)
                    })
                })
        })?;
        match unread.into_inner().pop_first() {
            Some(key) => Err(ConfigError::Unknown(key)),
            None => Ok(config),
        }
    }

    /// Where photographs and papers are.
    pub fn media_store(&self) -> Result<MediaStore, Fault> {
        match &self.bucket {
            Some(bucket) => MediaStore::in_bucket(bucket, &self.media),
            None => MediaStore::open(&self.media),
        }
    }

    fn from(get: &dyn Fn(&'static str) -> Option<String>) -> Result<Self, ConfigError> {
        let database_url = get("DATABASE_URL")
            .or_else(|| {
                fs::read_to_string(PRIVATE_DATABASE)
                    .ok()
                    .map(|url| url.trim().to_owned())
            })
            .filter(|url| !url.is_empty())
            .ok_or(ConfigError::NoDatabase)?;
        if !database_url.starts_with("postgres://") && !database_url.starts_with("postgresql://") {
            return Err(ConfigError::Wrong {
                name: "DATABASE_URL",
                value: "…".to_owned(),
                example: "postgres://user@localhost/cay_beo",
            });
        }
        let addr: SocketAddr = parsed(get, "CAY_BEO_ADDR", "127.0.0.1:3000")?;
        let base_url = get("CAY_BEO_BASE_URL").unwrap_or_else(|| format!("http://{addr}"));
        if !(base_url.starts_with("http://") || base_url.starts_with("https://"))
            || base_url.ends_with('/')
        {
            return Err(ConfigError::Wrong {
                name: "CAY_BEO_BASE_URL",
                value: base_url,
                example: "https://caybeo.example",
            });
        }
        Ok(Self {
            database_url,
            addr,
            base_url,
            site: parsed(get, "CAY_BEO_SITE", "target/site")?,
            media: parsed(get, "CAY_BEO_MEDIA", ".data/media")?,
            bucket: bucket(get)?,
            data: parsed(get, "CAY_BEO_DATA", "data")?,
            connections: parsed(get, "CAY_BEO_CONNECTIONS", "20")?,
            trusted_proxies: trusted_proxies(get)?,
            limits: Limits {
                sign_in: limit(get, "sign_in", "CAY_BEO_LIMIT_SIGN_IN", "100/15m")?,
                follow: limit(get, "follow", "CAY_BEO_LIMIT_FOLLOW", "100/15m")?,
                checkout: limit(get, "checkout", "CAY_BEO_LIMIT_CHECKOUT", "6000/10m")?,
                upload: limit(get, "upload", "CAY_BEO_LIMIT_UPLOAD", "600/10m")?,
            },
            retention: retention(get)?,
            demo: parsed(get, "CAY_BEO_DEMO", "true")?,
            metrics_addr: metrics_addr(get)?,
            meili: meili(get)?,
            webhooks: webhooks(get)?,
            ghn: ghn(get)?,
            page_cache: parsed(get, "CAY_BEO_PAGE_CACHE", "true")?,
            log: parsed::<EnvFilter>(get, "CAY_BEO_LOG", "info,sqlx=warn")?.to_string(),
            log_json: parsed(get, "CAY_BEO_LOG_JSON", "false")?,
            key: get("CAY_BEO_KEY")
                .map(|text| {
                    Key::parse(&text).map_err(|_| ConfigError::Wrong {
                        name: "CAY_BEO_KEY",
                        value: "…".to_owned(),
                        example: "64 hexadecimal digits, as `openssl rand -hex 32` prints",
                    })
                })
                .transpose()?,
            key_file: parsed(get, "CAY_BEO_KEY_FILE", ".data/key")?,
            sms: gateway(get)?,
        })
    }

    /// The installation's key: the one that is set, else the one in the file, made on first use so that only
    /// its owner reads it.
    pub fn key(&self) -> Result<Key, Fault> {
        if let Some(key) = &self.key {
            return Ok(key.clone());
        }
        let path = &self.key_file;
        let unusable = |cause: &dyn fmt::Display| {
            Fault::new(format!(
                "the key in {} can't be used ({cause}): set CAY_BEO_KEY or CAY_BEO_KEY_FILE",
                path.display()
            ))
        };
        match fs::read_to_string(path) {
            Ok(text) => Key::parse(&text).map_err(|error| unusable(&error)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                let (key, text) = Key::random()?;
                match write_secret(path, &text) {
                    Ok(()) => Ok(key),
                    // Another process was first.
                    Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
                        let text = fs::read_to_string(path).map_err(|error| unusable(&error))?;
                        Key::parse(&text).map_err(|error| unusable(&error))
                    }
                    Err(error) => Err(unusable(&error)),
                }
            }
            Err(error) => Err(unusable(&error)),
        }
    }

    /// Whether people reach the site over TLS: then cookies travel over nothing else.
    #[must_use]
    pub fn is_secure(&self) -> bool {
        self.base_url.starts_with("https://")
    }
}

/// The setting, or the example, which is what holds where nothing is set.
fn parsed<T: std::str::FromStr>(
    get: &dyn Fn(&'static str) -> Option<String>,
    name: &'static str,
    example: &'static str,
) -> Result<T, ConfigError> {
    let value = get(name).unwrap_or_else(|| example.to_owned());
    value.parse().map_err(|_| ConfigError::Wrong {
        name,
        value,
        example,
    })
}

fn limit(
    get: &dyn Fn(&'static str) -> Option<String>,
    what: &'static str,
    name: &'static str,
    example: &'static str,
) -> Result<Limit, ConfigError> {
    Ok(Limit::new(what, parsed(get, name, example)?))
}

fn retention(get: &dyn Fn(&'static str) -> Option<String>) -> Result<Retention, ConfigError> {
    const EXAMPLE: &str = "1096";
    let retention = Retention {
        orders: parsed(get, "CAY_BEO_KEEP_ORDERS", EXAMPLE)?,
        messages: parsed(get, "CAY_BEO_KEEP_MESSAGES", "30")?,
    };
    if retention.orders < Retention::ORDERS_LEAST {
        return Err(ConfigError::Wrong {
            name: "CAY_BEO_KEEP_ORDERS",
            value: retention.orders.to_string(),
            example: EXAMPLE,
        });
    }
    Ok(retention)
}

fn metrics_addr(
    get: &dyn Fn(&'static str) -> Option<String>,
) -> Result<Option<SocketAddr>, ConfigError> {
    let name = "CAY_BEO_METRICS_ADDR";
    get(name)
        .map(|value| {
            value.parse().map_err(|_| ConfigError::Wrong {
                name,
                value,
                example: "127.0.0.1:9100",
            })
        })
        .transpose()
}

fn meili(
    get: &dyn Fn(&'static str) -> Option<String>,
) -> Result<Option<MeiliSettings>, ConfigError> {
    let (key, index) = (get("MEILI_KEY"), get("CAY_BEO_MEILI_INDEX"));
    let Some(url) = get("MEILI_URL") else {
        return Ok(None);
    };
    if !url.starts_with("http://") && !url.starts_with("https://") || url.ends_with('/') {
        return Err(ConfigError::Wrong {
            name: "MEILI_URL",
            value: url,
            example: "http://127.0.0.1:7700",
        });
    }
    let index = index.unwrap_or_else(|| "products".to_owned());
    if !index
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    {
        return Err(ConfigError::Wrong {
            name: "CAY_BEO_MEILI_INDEX",
            value: index,
            example: "products",
        });
    }
    Ok(Some(MeiliSettings { url, key, index }))
}

fn webhooks(get: &dyn Fn(&'static str) -> Option<String>) -> Result<Reach, ConfigError> {
    match get("CAY_BEO_WEBHOOKS").as_deref() {
        None | Some("public") => Ok(Reach::Public),
        Some("any") => Ok(Reach::Any),
        Some(other) => Err(ConfigError::Wrong {
            name: "CAY_BEO_WEBHOOKS",
            value: other.to_owned(),
            example: "public",
        }),
    }
}

fn ghn(get: &dyn Fn(&'static str) -> Option<String>) -> Result<Option<GhnSettings>, ConfigError> {
    let (token, shop_id, secret) = (
        get("CAY_BEO_GHN_TOKEN"),
        get("CAY_BEO_GHN_SHOP_ID"),
        get("CAY_BEO_GHN_SECRET"),
    );
    let Some(url) = get("CAY_BEO_GHN_URL") else {
        return Ok(None);
    };
    let wrong = |name, value, example| ConfigError::Wrong {
        name,
        value,
        example,
    };
    if !url.starts_with("http://") && !url.starts_with("https://") || url.ends_with('/') {
        let example = "https://online-gateway.ghn.vn";
        return Err(wrong("CAY_BEO_GHN_URL", url, example));
    }
    let token = token.ok_or_else(|| {
        let example = "285518-c4bb-11ea-be3a-f636b1deefb9";
        wrong("CAY_BEO_GHN_TOKEN", String::new(), example)
    })?;
    let shop_id = shop_id.unwrap_or_default();
    let shop_id = shop_id
        .parse()
        .map_err(|_| wrong("CAY_BEO_GHN_SHOP_ID", shop_id, "885"))?;
    // What is short is guessed.
    let secret = secret.filter(|secret| secret.len() >= 12).ok_or_else(|| {
        let example = "what `openssl rand -hex 16` prints";
        wrong("CAY_BEO_GHN_SECRET", "…".to_owned(), example)
    })?;
    Ok(Some(GhnSettings {
        url,
        token,
        shop_id,
        secret,
    }))
}

fn trusted_proxies(
    get: &dyn Fn(&'static str) -> Option<String>,
) -> Result<Vec<IpAddr>, ConfigError> {
    let Some(value) = get("CAY_BEO_TRUSTED_PROXY") else {
        return Ok(Vec::new());
    };
    let proxies: Result<_, _> = value.split(',').map(|part| part.trim().parse()).collect();
    proxies.map_err(|_| ConfigError::Wrong {
        name: "CAY_BEO_TRUSTED_PROXY",
        value,
        example: "127.0.0.1",
    })
}

fn bucket(get: &dyn Fn(&'static str) -> Option<String>) -> Result<Option<Bucket>, ConfigError> {
    let Some(name) = get("CAY_BEO_S3_BUCKET") else {
        return Ok(None);
    };
    let wrong = |name, value: String, example| ConfigError::Wrong {
        name,
        value,
        example,
    };
    let endpoint = get("CAY_BEO_S3_ENDPOINT");
    if let Some(url) = &endpoint
        && !(url.starts_with("https://") || url.starts_with("http://"))
    {
        let name = "CAY_BEO_S3_ENDPOINT";
        return Err(wrong(name, url.clone(), "https://s3.example"));
    }
    let (key_id, secret) = (get("CAY_BEO_S3_KEY_ID"), get("CAY_BEO_S3_SECRET"));
    let key_id =
        key_id.ok_or_else(|| wrong("CAY_BEO_S3_KEY_ID", String::new(), "AKIAIOSFODNN7EXAMPLE"))?;
    let secret = secret.ok_or_else(|| {
        let example = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
        wrong("CAY_BEO_S3_SECRET", String::new(), example)
    })?;
    Ok(Some(Bucket {
        name,
        // Others than Amazon seldom have a host for each bucket.
        has_name_in_path: match &endpoint {
            Some(_) => parsed(get, "CAY_BEO_S3_PATH_STYLE", "true")?,
            None => parsed(get, "CAY_BEO_S3_PATH_STYLE", "false")?,
        },
        endpoint,
        region: parsed(get, "CAY_BEO_S3_REGION", "ap-southeast-1")?,
        key_id,
        secret,
    }))
}

fn gateway(get: &dyn Fn(&'static str) -> Option<String>) -> Result<Option<Gateway>, ConfigError> {
    let (url, body, header) = (
        get("CAY_BEO_SMS_URL"),
        get("CAY_BEO_SMS_BODY"),
        get("CAY_BEO_SMS_HEADER"),
    );
    let Some(url) = url else {
        return Ok(None);
    };
    let wrong = |name, value, example| ConfigError::Wrong {
        name,
        value,
        example,
    };
    if !(url.starts_with("https://") || url.starts_with("http://")) {
        return Err(wrong("CAY_BEO_SMS_URL", url, "https://sms.example/send"));
    }
    let body = body.unwrap_or_else(|| r#"{"to":"{phone}","text":"{text}"}"#.to_owned());
    if !(body.contains("{phone}") && body.contains("{text}")) {
        return Err(wrong(
            "CAY_BEO_SMS_BODY",
            body,
            r#"{"to":"{phone}","text":"{text}"}"#,
        ));
    }
    let header = header
        .map(|line| {
            line.split_once(':')
                .map(|(name, value)| (name.trim().to_owned(), value.trim().to_owned()))
                .ok_or_else(|| {
                    wrong(
                        "CAY_BEO_SMS_HEADER",
                        "…".to_owned(),
                        "Authorization: Bearer abc",
                    )
                })
        })
        .transpose()?;
    Ok(Some(Gateway { url, body, header }))
}

/// Writes a new file that only its owner reads; one that is there meanwhile stays.
fn write_secret(path: &Path, text: &str) -> std::io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let mut file = fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)?;
    file.write_all(text.as_bytes())
}

fn read_file(path: &str) -> Result<toml::Table, ConfigError> {
    let fault = |cause: String| ConfigError::File {
        path: path.to_owned(),
        cause,
    };
    fs::read_to_string(path)
        .map_err(|error| fault(error.to_string()))?
        .parse()
        .map_err(|error: toml::de::Error| fault(error.to_string()))
}

impl fmt::Debug for Config {
    /// Without secrets: for the log at the start.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Config")
            .field("database_url", &"…")
            .field("addr", &self.addr)
            .field("site", &self.site)
            .field("media", &self.media)
            .field("bucket", &self.bucket.as_ref().map(|bucket| &bucket.name))
            .field("data", &self.data)
            .field("base_url", &self.base_url)
            .field("connections", &self.connections)
            .field("trusted_proxies", &self.trusted_proxies)
            .field("limits", &self.limits)
            .field("retention", &self.retention)
            .field("demo", &self.demo)
            .field("metrics_addr", &self.metrics_addr)
            .field("meili", &self.meili.as_ref().map(|meili| &meili.url))
            .field("webhooks", &self.webhooks)
            .field("ghn", &self.ghn.as_ref().map(|ghn| &ghn.url))
            .field("page_cache", &self.page_cache)
            .field("sms", &self.sms.as_ref().map(|_| "…"))
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(settings: &'static [(&'static str, &'static str)]) -> Result<Config, ConfigError> {
        Config::from(&|name| {
            settings
                .iter()
                .find(|(key, _)| *key == name)
                .map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn a_wrong_value_is_refused_with_its_name_and_an_example() {
        let error =
            with(&[("DATABASE_URL", "postgres://x"), ("CAY_BEO_ADDR", "3000")]).expect_err("wrong");
        assert_eq!(
            error.to_string(),
            "the setting CAY_BEO_ADDR is \"3000\"; it should look like \"127.0.0.1:3000\""
        );
        assert!(with(&[("DATABASE_URL", "mysql://x")]).is_err());
        // The law wants contracts kept for longer.
        assert!(
            with(&[
                ("DATABASE_URL", "postgres://x"),
                ("CAY_BEO_KEEP_ORDERS", "365")
            ])
            .is_err()
        );
    }

    #[test]
    fn secrets_stay_out_of_the_log() {
        let config = with(&[
            ("DATABASE_URL", "postgres://user:hunter2@host/db"),
            ("CAY_BEO_S3_BUCKET", "hinh"),
            ("CAY_BEO_S3_KEY_ID", "hunter3"),
            ("CAY_BEO_S3_SECRET", "hunter4"),
            ("CAY_BEO_GHN_URL", "https://online-gateway.ghn.vn"),
            ("CAY_BEO_GHN_TOKEN", "hunter5"),
            ("CAY_BEO_GHN_SHOP_ID", "885"),
            ("CAY_BEO_GHN_SECRET", "hunter678901"),
        ])
        .expect("right");
        let log = format!("{config:?}");
        assert!(!log.contains("hunter") && log.contains("hinh"), "{log}");
    }

    #[test]
    fn a_bucket_has_its_key_and_its_name_where_its_kind_wants_it() {
        let settings = |more: &[(&'static str, &'static str)]| {
            let all = [
                ("DATABASE_URL", "postgres://x"),
                ("CAY_BEO_S3_BUCKET", "hinh"),
                ("CAY_BEO_S3_KEY_ID", "we"),
                ("CAY_BEO_S3_SECRET", "x"),
            ];
            with(Vec::leak([&all[..], more].concat()))
        };
        let amazon = settings(&[]).expect("right").bucket.expect("one");
        assert!(!amazon.has_name_in_path && amazon.endpoint.is_none());
        let own = settings(&[("CAY_BEO_S3_ENDPOINT", "http://127.0.0.1:9000")]);
        assert!(own.expect("right").bucket.expect("one").has_name_in_path);
        assert!(settings(&[("CAY_BEO_S3_ENDPOINT", "s3.example")]).is_err());
        assert!(settings(&[("CAY_BEO_S3_PATH_STYLE", "maybe")]).is_err());
        let error = with(&[
            ("DATABASE_URL", "postgres://x"),
            ("CAY_BEO_S3_BUCKET", "hinh"),
            ("CAY_BEO_S3_KEY_ID", "we"),
        ]);
        let error = error.map(drop).expect_err("no secret").to_string();
        assert!(error.contains("CAY_BEO_S3_SECRET"), "{error}");
    }
}
