//! Photographs on their way from a phone: one after the other, each once.
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::Rc;
use std::time::Duration;

use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos::web_sys::js_sys::{Function, Promise};
use wasm_bindgen::prelude::{Closure, wasm_bindgen};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, File, HtmlInputElement, Url};

use super::islands::{Sent, Step};

#[wasm_bindgen(module = "/shrink.js")]
extern "C" {
    /// The file as it travels.
    fn shrunk(file: &File) -> Promise;
}

#[wasm_bindgen(module = "/sending.js")]
extern "C" {
    /// Sends it in pieces, and answers what came of it; fails where it is worth another try.
    #[wasm_bindgen(js_name = sendPhoto)]
    fn send_photo(begin: &str, blob: &Blob, progress: &Closure<dyn Fn(f64)>) -> Promise;
}

#[wasm_bindgen]
extern "C" {
    /// What the server said last about a photograph.
    type Heard;

    #[wasm_bindgen(method, getter, js_name = isDone)]
    fn is_done(this: &Heard) -> Option<bool>;

    /// Why it is not taken, where that is said.
    #[wasm_bindgen(method, getter)]
    fn message(this: &Heard) -> Option<String>;
}

/// A file is looked at again after that long without network, seconds; each time twice as long, up to the most.
const FIRST_REST: u32 = 2;
const LONGEST_REST: u32 = 60;

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
    sent.step.set(Step::Sending);
    let (step, percent, length) = (sent.step, sent.percent, blob.size());
    let rest = Rc::new(Cell::new(FIRST_REST));
    let progress = Closure::<dyn Fn(f64)>::new({
        let rest = rest.clone();
        move |received| {
            rest.set(FIRST_REST);
            percent.set(share(received, length));
            step.set(Step::Sending);
        }
    });
    loop {
        if let Ok(heard) = JsFuture::from(send_photo(begin, &blob, &progress)).await {
            let heard: Heard = heard.unchecked_into();
            let is_done = heard.is_done() == Some(true);
            step.set(if is_done {
                percent.set(100);
                Step::Sent
            } else {
                Step::Refused(heard.message())
            });
            return;
        }
        step.set(Step::Waiting);
        wait(rest.get()).await;
        rest.set((rest.get() * 2).min(LONGEST_REST));
    }
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
    let mut start = |resolve: Function, _reject| {
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
