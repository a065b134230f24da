//! The wire to Meilisearch: its own library over the HTTP client that the rest of the program has.
use std::time::Duration;

use futures_util::AsyncReadExt as _;
use meilisearch_sdk::client::Client;
use meilisearch_sdk::errors::Error;
use meilisearch_sdk::request::{HttpClient, Method, parse_response};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::kernel::Fault;

/// Requests that take longer have failed, whatever waits for them.
const PATIENCE: Duration = Duration::from_mins(1);

/// A client of a Meilisearch server.
pub(super) type Meili = Client<Wire>;

/// Where a Meilisearch server is.
#[derive(Clone, Debug)]
pub struct MeiliSettings {
    /// `http://127.0.0.1:7700`.
    pub url: String,
    /// The key of its administrator, where it has one.
    pub key: Option<String>,
    /// The index that is searched; others of the same server begin with its name and a dash.
    pub index: String,
}

impl MeiliSettings {
    pub(super) fn client(&self) -> Result<Meili, Fault> {
        let client = reqwest::Client::builder()
            .timeout(PATIENCE)
            .build()
            .map_err(Fault::new)?;
        let wire = Wire {
            client,
            key: self.key.clone(),
        };
        Ok(Client::new_with_client(&self.url, None::<String>, wire))
    }
}

/// How requests travel.
#[derive(Clone, Debug)]
pub(super) struct Wire {
    client: reqwest::Client,
    key: Option<String>,
}

#[async_trait::async_trait]
impl HttpClient for Wire {
    async fn stream_request<Query, Body, Output>(
        &self,
        url: &str,
        method: Method<Query, Body>,
        content_type: &str,
        expected_status_code: u16,
    ) -> Result<Output, Error>
    where
        Query: Serialize + Send + Sync,
        Body: futures_util::AsyncRead + Send + Sync + 'static,
        Output: DeserializeOwned + 'static,
    {
        let verb = match &method {
            Method::Get { .. } => reqwest::Method::GET,
            Method::Post { .. } => reqwest::Method::POST,
            Method::Patch { .. } => reqwest::Method::PATCH,
            Method::Put { .. } => reqwest::Method::PUT,
            Method::Delete { .. } => reqwest::Method::DELETE,
        };
        let url = format!("{url}{}", yaup::to_string(method.query())?);
        let mut request = self.client.request(verb, &url);
        if let Some(key) = &self.key {
            request = request.header("authorization", format!("Bearer {key}"));
        }
        if let Some(body) = method.into_body() {
            let mut bytes = Vec::new();
            std::pin::pin!(body)
                .read_to_end(&mut bytes)
                .await
                .map_err(other)?;
            request = request.header("content-type", content_type).body(bytes);
        }
        let answer = request.send().await.map_err(other)?;
        let status = answer.status().as_u16();
        let text = answer.text().await.map_err(other)?;
        let text = if text.is_empty() { "null" } else { &text };
        parse_response(status, expected_status_code, text, url)
    }

    fn is_tokio(&self) -> bool {
        true
    }
}

fn other(error: impl std::error::Error + Send + Sync + 'static) -> Error {
    Error::Other(Box::new(error))
}
