//! Picking and sending photographs on a phone: islands of desks.
use leptos::html::Input;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

#[cfg(feature = "desk")]
use super::sending::{can_send, go_on, resume_when_online, take};

/// What is said around photographs that are sent.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct SenderWords {
    /// Of the field that opens the camera.
    pub camera: String,
    /// Of the field that opens the gallery.
    pub gallery: String,
    /// Of the button, where pictures are not sent by themselves.
    pub send: String,
    /// While a picture is made smaller.
    pub preparing: String,
    /// While it travels.
    pub sending: String,
    /// While the network is gone.
    pub waiting: String,
    /// When it has arrived.
    pub sent: String,
    /// When it can't be sent, and nobody says why.
    pub failed: String,
    /// Of the button that goes on at once.
    pub go_on: String,
    /// Of the link to what has arrived.
    pub show: String,
}

/// Where a picture is on its way.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(
    not(feature = "desk"),
    expect(dead_code, reason = "pictures travel in the browser alone")
)]
pub(super) enum Step {
    /// It is made smaller, or waits for those before it.
    Preparing,
    /// It travels.
    Sending,
    /// The network is gone.
    Waiting,
    /// It is on the listing.
    Sent,
    /// Why it is not taken; nothing: nobody says why.
    Refused(Option<String>),
}

impl Step {
    /// As the style knows it.
    const fn as_str(&self) -> &'static str {
        match self {
            Self::Preparing | Self::Sending => "sending",
            Self::Waiting => "waiting",
            Self::Sent => "sent",
            Self::Refused(_) => "failed",
        }
    }

    fn words(&self, words: &SenderWords) -> String {
        match self {
            Self::Preparing => words.preparing.clone(),
            Self::Sending => words.sending.clone(),
            Self::Waiting => words.waiting.clone(),
            Self::Sent => words.sent.clone(),
            Self::Refused(Some(why)) => why.clone(),
            Self::Refused(None) => words.failed.clone(),
        }
    }
}

/// A picture on its way.
#[derive(Clone, Debug)]
pub(super) struct Sent {
    /// In the order of picking.
    pub number: usize,
    /// Of the file.
    pub name: String,
    /// Address of a small copy, once there is one.
    pub preview: RwSignal<Option<String>>,
    /// Where it is.
    pub step: RwSignal<Step>,
    /// How much of it has arrived, of a hundred.
    pub percent: RwSignal<u32>,
}

/// Sends photographs one after the other, each made smaller first, in pieces that go on where the network broke
/// off. Without JavaScript, and where a browser can't, it is two fields and a button.
#[island]
pub fn PhotoSender(
    /// Name in the form.
    name: String,
    /// Where a file is begun; its pieces go below that.
    begin: String,
    /// The page that shows what has arrived.
    page: String,
    /// What is said.
    words: SenderWords,
) -> impl IntoView {
    let all = RwSignal::new(Vec::<Sent>::new());
    let is_awake = RwSignal::new(false);
    let (gallery, camera) = (NodeRef::<Input>::new(), NodeRef::<Input>::new());
    let pick = {
        let page = page.clone();
        move |field: NodeRef<Input>| {
            if let Some(field) = field.get_untracked()
                && is_awake.get_untracked()
            {
                take(&field, all, &begin, &page);
            }
        }
    };
    let (pick_from_gallery, pick_from_camera) = (pick.clone(), pick.clone());
    Effect::new(move |_| {
        is_awake.set(can_send());
        // What was picked before the page woke up.
        pick(gallery);
        pick(camera);
    });
    resume_when_online();
    let kept = StoredValue::new(words.clone());
    let is_over = move || {
        all.with(|all| {
            !all.is_empty()
                && all.iter().all(|sent| {
                    sent.step
                        .with(|step| matches!(step, Step::Sent | Step::Refused(_)))
                })
        })
    };
    let waits = move || {
        all.with(|all| {
            all.iter()
                .any(|sent| sent.step.with(|step| *step == Step::Waiting))
        })
    };
    let told = move || {
        all.with(|all| {
            let last = all
                .iter()
                .rfind(|sent| sent.step.with(|step| *step != Step::Preparing));
            last.map(|sent| {
                let words = kept.with_value(|words| sent.step.with(|step| step.words(words)));
                format!("{}: {words}", sent.name)
            })
        })
    };
    view! {
        <div class="upload">
            <div class="upload__ways">
                <label class="upload__way" for="photos">
                    <span class="upload__title">{words.gallery}</span>
                    <input id="photos" type="file" name=name.clone() accept="image/jpeg,image/png,image/webp" multiple=true node_ref=gallery on:change=move |_| pick_from_gallery(gallery) />
                </label>
                <label class="upload__way" for="camera">
                    <span class="upload__title">{words.camera}</span>
                    <input id="camera" type="file" name=name accept="image/jpeg,image/png,image/webp" capture="environment" node_ref=camera on:change=move |_| pick_from_camera(camera) />
                </label>
            </div>
            <ol class="sent-photos">
                <For each=move || all.get() key=|sent| sent.number let:sent>
                    <Travelling sent words=kept />
                </For>
            </ol>
            <p class="sr-only" role="status">{told}</p>
            <div class="upload__next" hidden=move || !waits()>
                <button type="button" class="button" data-kind="primary" on:click=move |_| go_on()>{words.go_on}</button>
            </div>
            <div class="upload__next" hidden=move || !is_over()>
                <a class="button" href=page>{words.show}</a>
            </div>
            <div class="upload__next" hidden=move || is_awake.get()>
                <button type="submit" class="button">{words.send}</button>
            </div>
        </div>
    }
}

/// A picture on its way, as it is shown.
#[component]
fn Travelling(sent: Sent, words: StoredValue<SenderWords>) -> impl IntoView {
    let Sent {
        name,
        preview,
        step,
        percent,
        ..
    } = sent;
    let said = move || words.with_value(|words| step.with(|step| step.words(words)));
    view! {
        <li class="sent-photo" data-state=move || step.with(Step::as_str)>
            <span class="sent-photo__picture">{move || preview.get().map(|address| view! { <img src=address alt="" /> })}</span>
            <span class="sent-photo__name">{name.clone()}</span>
            <progress max="100" value=move || percent.get().to_string() aria-label=name></progress>
            <span class="sent-photo__said">{said}</span>
        </li>
    }
}

#[cfg(not(feature = "desk"))]
fn can_send() -> bool {
    false
}

#[cfg(not(feature = "desk"))]
fn go_on() {}

#[cfg(not(feature = "desk"))]
fn resume_when_online() {}

#[cfg(not(feature = "desk"))]
fn take(
    _field: &leptos::web_sys::HtmlInputElement,
    _all: RwSignal<Vec<Sent>>,
    _begin: &str,
    _page: &str,
) {
}

/// A file field that shows what was picked and sends it at once: whoever picks a picture means it. Without
/// JavaScript the form around it has a button.
#[island]
pub fn PhotoPicker(
    /// Name in the form.
    name: String,
    /// What it is called.
    label: String,
    /// Said while the pictures travel.
    sending: String,
) -> impl IntoView {
    let (previews, set_previews) = signal(Vec::<String>::new());
    let (is_sending, set_sending) = signal(false);
    view! {
        <div class="upload">
            <label class="upload__title" for="photos">{label}</label>
            <input
                id="photos"
                type="file"
                name=name
                accept="image/jpeg,image/png,image/webp"
                multiple=true
                on:change=move |event| {
                    set_previews.set(picked(&event));
                    send(&event);
                }
            />
            <ul class="photos">
                {move || previews.get().into_iter().map(|address| view! { <li class="photo"><img src=address alt="" /></li> }).collect_view()}
            </ul>
            <p class="field__hint" role="status">{move || is_sending.get().then(|| sending.clone())}</p>
            <Submitting set=set_sending />
        </div>
    }
}

/// Tells when the form around is sent.
#[component]
fn Submitting(set: WriteSignal<bool>) -> impl IntoView {
    on_submit(move || set.set(true));
}

#[cfg(feature = "desk")]
fn send(event: &leptos::ev::Event) {
    let input: web_sys::HtmlInputElement = event_target(event);
    if let Some(form) = input.form() {
        // A form that can't be sent now still has its button.
        let _ = form.request_submit();
    }
}

#[cfg(not(feature = "desk"))]
fn send(_event: &leptos::ev::Event) {}

#[cfg(feature = "desk")]
fn picked(event: &leptos::ev::Event) -> Vec<String> {
    let input: web_sys::HtmlInputElement = event_target(event);
    let Some(files) = input.files() else {
        return Vec::new();
    };
    (0..files.length().min(8))
        .filter_map(|index| files.get(index))
        .filter_map(|file| web_sys::Url::create_object_url_with_blob(&file).ok())
        .collect()
}

#[cfg(not(feature = "desk"))]
fn picked(_event: &leptos::ev::Event) -> Vec<String> {
    Vec::new()
}

#[cfg(feature = "desk")]
fn on_submit(task: impl Fn() + 'static) {
    let handle = window_event_listener(leptos::ev::submit, move |event| {
        let form: web_sys::HtmlFormElement = event_target(&event);
        if form.enctype() == "multipart/form-data" {
            task();
        }
    });
    on_cleanup(move || handle.remove());
}

#[cfg(not(feature = "desk"))]
fn on_submit(_task: impl Fn() + 'static) {}
