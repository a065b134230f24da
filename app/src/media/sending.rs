//! Photographs on their way from a phone: one after the other, in pieces, each once.
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::time::Duration;

use gloo_net::http::{Request, Response};
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos::web_sys::js_sys::{Promise, Uint8Array};
use serde::Deserialize;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortController, Blob, File, HtmlInputElement, Url};

use super::islands::{Sent, Step};

#[wasm_bindgen(module = "/shrink.js")]
extern "C" {
    /// The file as it travels.
    fn shrunk(file: &File) -> Promise;
}

/// Bytes of a piece: what a weak network brings through in some seconds. Of a file that could not be made
/// smaller they are larger, so that it does not take a hundred questions.
const PIECE: f64 = 64.0 * 1024.0;
const LARGE_PIECE: f64 = 256.0 * 1024.0;
/// From so many bytes on pieces are large.
const LARGE: f64 = 1024.0 * 1024.0;
/// A piece that takes longer than this has been lost, milliseconds.
const PATIENCE: u64 = 60_000;
/// A file is looked at again after that long without network, seconds; each time twice as long, up to the most.
const FIRST_REST: u32 = 2;
const LONGEST_REST: u32 = 60;
/// So often a server may say the same before it is asked no more.
const SAME: u32 = 5;

thread_local! {
    static QUEUE: RefCell<VecDeque<(Sent, File)>> = const { RefCell::new(VecDeque::new()) };
    static IS_SENDING: Cell<bool> = const { Cell::new(false) };
    /// How often somebody or the browser said that it is worth another try.
    static CALLS: Cell<u32> = const { Cell::new(0) };
}

/// Whether the browser has what is needed: digests are made on encrypted pages alone.
pub(super) fn can_send() -> bool {
    web_sys::window().is_some_and(|window| window.is_secure_context())
}

/// Goes on at once.
pub(super) fn go_on() {
    CALLS.set(CALLS.get() + 1);
}

/// Goes on when the browser says that the network is back.
pub(super) fn resume_when_online() {
    let handle = window_event_listener(leptos::ev::online, |_| go_on());
    on_cleanup(move || handle.remove());
}

/// Takes what was picked into the queue, and begins to send where nothing is on its way.
pub(super) fn take(field: &HtmlInputElement, all: RwSignal<Vec<Sent>>, begin: &str, page: &str) {
    let Some(files) = field.files().filter(|files| files.length() > 0) else {
        return;
    };
    for file in (0..files.length()).filter_map(|index| files.get(index)) {
        let sent = Sent {
            number: all.with_untracked(Vec::len),
            name: file.name(),
            preview: RwSignal::new(None),
            step: RwSignal::new(Step::Preparing),
            percent: RwSignal::new(0),
        };
        all.update(|all| all.push(sent.clone()));
        QUEUE.with_borrow_mut(|queue| queue.push_back((sent, file)));
    }
    // They are ours now: the form would send them again.
    field.set_value("");
    if IS_SENDING.replace(true) {
        return;
    }
    let (begin, page) = (begin.to_owned(), page.to_owned());
    spawn_local(async move {
        while let Some((sent, file)) = QUEUE.with_borrow_mut(VecDeque::pop_front) {
            send(&sent, &file, &begin).await;
        }
        IS_SENDING.set(false);
        let is_done = all.with_untracked(|all| {
            all.iter()
                .all(|sent| sent.step.with_untracked(|step| *step == Step::Sent))
        });
        if is_done && let Some(window) = web_sys::window() {
            // What can't be left is left by its link.
            let _ = window.location().replace(&page);
        }
    });
}

async fn send(sent: &Sent, file: &File, begin: &str) {
    // What can't be made smaller goes as it is.
    let small = JsFuture::from(shrunk(file)).await;
    let blob = small
        .and_then(JsCast::dyn_into)
        .unwrap_or_else(|_| file.clone().into());
    sent.preview
        .set(Url::create_object_url_with_blob(&blob).ok());
    let Ok(digest) = digest(&blob).await else {
        sent.step.set(Step::Refused(None));
        return;
    };
    sent.step.set(Step::Sending);
    let mut here = None;
    let (mut same, mut rest) = (0, FIRST_REST);
    loop {
        let heard = match here {
            None => ask(begin, &digest, blob.size()).await,
            Some(from) => piece(begin, &digest, &blob, from).await,
        };
        match heard {
            Heard::Here(from) => {
                same = if here == Some(from) { same + 1 } else { 0 };
                if same > SAME {
                    sent.step.set(Step::Refused(None));
                    return;
                }
                rest = FIRST_REST;
                here = Some(from);
                sent.percent.set(share(from, blob.size()));
                sent.step.set(Step::Sending);
            }
            Heard::Done => {
                sent.percent.set(100);
                sent.step.set(Step::Sent);
                return;
            }
            Heard::No(why) => {
                sent.step.set(Step::Refused(why));
                return;
            }
            Heard::Nothing => {
                sent.step.set(Step::Waiting);
                wait(rest).await;
                rest = (rest * 2).min(LONGEST_REST);
                // What arrived of the last piece only the server knows.
                here = None;
            }
        }
    }
}

/// What a server answers.
enum Heard {
    /// So many bytes are there.
    Here(f64),
    /// The photograph is on the listing.
    Done,
    /// It is not taken, and why where that is said.
    No(Option<String>),
    /// No answer, or one that is worth another try.
    Nothing,
}

#[derive(Deserialize)]
struct Answer {
    received: f64,
    is_done: bool,
    message: Option<String>,
}

async fn ask(begin: &str, digest: &str, length: f64) -> Heard {
    let form = format!("digest={digest}&length={length}");
    let request = Request::post(begin).header("content-type", "application/x-www-form-urlencoded");
    post(request, JsValue::from_str(&form)).await
}

async fn piece(begin: &str, digest: &str, blob: &Blob, from: f64) -> Heard {
    let length = if blob.size() > LARGE {
        LARGE_PIECE
    } else {
        PIECE
    };
    let to = (from + length).min(blob.size());
    let Ok(piece) = blob.slice_with_f64_and_f64(from, to) else {
        return Heard::No(None);
    };
    let request = Request::post(&format!("{begin}/{digest}?tu={from}"))
        .header("content-type", "application/octet-stream");
    post(request, piece.into()).await
}

async fn post(request: gloo_net::http::RequestBuilder, body: JsValue) -> Heard {
    let Ok(controller) = AbortController::new() else {
        return Heard::No(None);
    };
    let signal = controller.signal();
    let request = request.abort_signal(Some(&signal)).body(body);
    let timer =
        set_timeout_with_handle(move || controller.abort(), Duration::from_millis(PATIENCE));
    let answer = match request {
        Ok(request) => request.send().await,
        Err(error) => Err(error),
    };
    let heard = match answer {
        Ok(answer) => read(answer).await,
        Err(_) => Heard::Nothing,
    };
    if let Ok(timer) = timer {
        timer.clear();
    }
    heard
}

async fn read(answer: Response) -> Heard {
    if answer.status() >= 500 {
        return Heard::Nothing;
    }
    match answer.json::<Answer>().await {
        Ok(Answer { is_done: true, .. }) => Heard::Done,
        Ok(Answer {
            message: Some(why), ..
        }) => Heard::No(Some(why)),
        Ok(Answer { received, .. }) => Heard::Here(received),
        // A page: the session is over, or what answers is no server of ours.
        Err(_) => Heard::No(None),
    }
}

/// SHA-256, in hexadecimal digits.
async fn digest(blob: &Blob) -> Result<String, JsValue> {
    let bytes = JsFuture::from(blob.array_buffer()).await?;
    let window = web_sys::window().ok_or(JsValue::NULL)?;
    let making = window
        .crypto()?
        .subtle()
        .digest_with_str_and_buffer_source("SHA-256", &bytes.into())?;
    let digest = Uint8Array::new(&JsFuture::from(making).await?).to_vec();
    Ok(digest.iter().map(|byte| format!("{byte:02x}")).collect())
}

/// Until it is worth another try: after so many seconds, or when somebody says so.
async fn wait(seconds: u32) {
    const LOOKS: u32 = 4;
    let calls = CALLS.get();
    for _ in 0..seconds * LOOKS {
        pause(Duration::from_secs(1) / LOOKS).await;
        if CALLS.get() != calls {
            return;
        }
    }
}

async fn pause(time: Duration) {
    let mut start = |resolve: web_sys::js_sys::Function, _reject| {
        set_timeout(
            move || {
                let _ = resolve.call0(&JsValue::NULL);
            },
            time,
        );
    };
    // A promise that is only ever kept.
    let _ = JsFuture::from(Promise::new(&mut start)).await;
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a share between 0 and 100"
)]
fn share(part: f64, whole: f64) -> u32 {
    (part / whole * 100.0) as u32
}
