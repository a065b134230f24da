//! A server between the adapter and Meilisearch: it passes on and writes down, or answers from what was written down,
//! and can be down, slow, or answer rubbish.
use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use serde::{Deserialize, Serialize};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// What the server does with a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mood {
    /// It answers.
    Well,
    /// It hangs up.
    Down,
    /// It answers late.
    Slow,
    /// It answers what is no JSON.
    Rubbish,
    /// It answers JSON that answers nothing.
    Nonsense,
}

/// One question and its answer.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Exchange {
    method: String,
    path: String,
    body: String,
    status: u16,
    answer: String,
}

/// Method, path and body.
type Question = (String, String, String);
/// Status and body.
type Said = (u16, String);

/// Where answers come from.
enum Source {
    /// A real server; what it says is written down.
    Real {
        url: String,
        said: Mutex<Vec<Exchange>>,
    },
    /// What a real server said: each question has its answers in their order, and the last stays.
    Recorded(Mutex<HashMap<Question, Vec<Said>>>),
}

/// The server.
pub struct Wire {
    pub url: String,
    mood: Arc<Mutex<Mood>>,
    source: Arc<Source>,
}

fn file() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/it/search/recorded.json")
}

impl Wire {
    /// In front of the server that `MEILI_URL` names, or of what it said.
    pub async fn new() -> Self {
        let source = if let Ok(url) = std::env::var("MEILI_URL") {
            Source::Real {
                url,
                said: Mutex::default(),
            }
        } else {
            let text = std::fs::read_to_string(file()).unwrap();
            let said: Vec<Exchange> = serde_json::from_str(&text).unwrap();
            let mut answers: HashMap<Question, Vec<Said>> = HashMap::new();
            for it in said {
                let key = (it.method, it.path, it.body);
                answers.entry(key).or_default().push((it.status, it.answer));
            }
            Source::Recorded(Mutex::new(answers))
        };
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let wire = Self {
            url: format!("http://{}", listener.local_addr().unwrap()),
            mood: Arc::new(Mutex::new(Mood::Well)),
            source: Arc::new(source),
        };
        let (mood, source) = (Arc::clone(&wire.mood), Arc::clone(&wire.source));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, Arc::clone(&mood), Arc::clone(&source)));
            }
        });
        wire
    }

    /// Has the real server forget an index of an earlier run.
    pub async fn forget(&self, index: &str) {
        if let Source::Real { url, .. } = &*self.source {
            let client = reqwest::Client::new();
            let asked = client.delete(format!("{url}/indexes/{index}")).send().await;
            asked.unwrap();
        }
    }

    pub fn is(&self, mood: Mood) {
        *self.mood.lock().unwrap() = mood;
    }

    /// Writes down what the real server said, where `RECORD` asks for it.
    pub fn keep(&self) {
        if let Source::Real { said, .. } = &*self.source
            && std::env::var("RECORD").is_ok()
        {
            let mut said = said.lock().unwrap();
            // Nobody learns from waiting.
            said.retain(|it| {
                !it.path.starts_with("/tasks/") || it.answer.contains("\"succeeded\"")
            });
            std::fs::write(file(), serde_json::to_string_pretty(&*said).unwrap() + "\n").unwrap();
        }
    }
}

async fn serve(stream: TcpStream, mood: Arc<Mutex<Mood>>, source: Arc<Source>) {
    let mut stream = BufReader::new(stream);
    while let Some((method, path, body)) = request(&mut stream).await {
        let mood = *mood.lock().unwrap();
        let (status, answer) = match mood {
            Mood::Down => return,
            Mood::Rubbish => (200, "<html>".to_owned()),
            Mood::Nonsense => (200, "{\"results\":[]}".to_owned()),
            Mood::Well | Mood::Slow => {
                if mood == Mood::Slow {
                    tokio::time::sleep(std::time::Duration::from_secs(1)).await;
                }
                answer(&source, method, path, body).await
            }
        };
        let text = format!(
            "HTTP/1.1 {status} X\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{answer}",
            answer.len()
        );
        if stream.get_mut().write_all(text.as_bytes()).await.is_err() {
            return;
        }
    }
}

async fn request(stream: &mut BufReader<TcpStream>) -> Option<(String, String, String)> {
    let mut first = String::new();
    stream
        .read_line(&mut first)
        .await
        .ok()
        .filter(|read| *read > 0)?;
    let mut words = first.split_whitespace();
    let (method, path) = (words.next()?.to_owned(), words.next()?.to_owned());
    let mut length = 0;
    loop {
        let mut line = String::new();
        stream.read_line(&mut line).await.ok()?;
        let line = line.trim().to_lowercase();
        if line.is_empty() {
            break;
        }
        if let Some(value) = line.strip_prefix("content-length:") {
            length = value.trim().parse().ok()?;
        }
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await.ok()?;
    Some((method, path, String::from_utf8(body).ok()?))
}

async fn answer(source: &Source, method: String, path: String, body: String) -> (u16, String) {
    match source {
        Source::Real { url, said } => {
            let verb = reqwest::Method::from_bytes(method.as_bytes()).unwrap();
            let asked = reqwest::Client::new()
                .request(verb, format!("{url}{path}"))
                .header("content-type", "application/json")
                .body(body.clone());
            let answer = asked.send().await.unwrap();
            let (status, answer) = (answer.status().as_u16(), answer.text().await.unwrap());
            said.lock().unwrap().push(Exchange {
                method,
                path,
                body,
                status,
                answer: answer.clone(),
            });
            (status, answer)
        }
        Source::Recorded(answers) => {
            let mut answers = answers.lock().unwrap();
            match answers.get_mut(&(method.clone(), path.clone(), body.clone())) {
                Some(left) if left.len() > 1 => left.remove(0),
                Some(left) => left[0].clone(),
                None => panic!("never asked of the real server: {method} {path} {body}"),
            }
        }
    }
}
