//! Picking photographs on a phone.
use leptos::prelude::*;

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

#[cfg(feature = "hydrate")]
fn send(event: &leptos::ev::Event) {
    let input: web_sys::HtmlInputElement = event_target(event);
    if let Some(form) = input.form() {
        // A form that can't be sent now still has its button.
        let _ = form.request_submit();
    }
}

#[cfg(not(feature = "hydrate"))]
fn send(_event: &leptos::ev::Event) {}

#[cfg(feature = "hydrate")]
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

#[cfg(not(feature = "hydrate"))]
fn picked(_event: &leptos::ev::Event) -> Vec<String> {
    Vec::new()
}

#[cfg(feature = "hydrate")]
fn on_submit(task: impl Fn() + 'static) {
    let handle = window_event_listener(leptos::ev::submit, move |event| {
        let form: web_sys::HtmlFormElement = event_target(&event);
        if form.enctype() == "multipart/form-data" {
            task();
        }
    });
    on_cleanup(move || handle.remove());
}

#[cfg(not(feature = "hydrate"))]
fn on_submit(_task: impl Fn() + 'static) {}
