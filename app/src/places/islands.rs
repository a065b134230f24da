//! The picker of communes.
use leptos::html::Input;
use leptos::prelude::*;

/// A text field that suggests communes under today's and former names (ARIA combobox). Without JavaScript
/// it is a plain field, and the server asks where several are meant. The fields keep their own values, so
/// that waking never touches what was typed before.
#[island]
pub fn CommunePicker(
    /// What is typed so far.
    text: String,
    /// Code of the commune chosen so far; empty: none.
    code: String,
    /// Where suggestions come from.
    endpoint: String,
    /// What a former name is introduced by: `trước đây là`.
    formerly: String,
    /// What is said where nothing fits.
    nothing: String,
    /// What the list of suggestions is called.
    label: String,
    /// Ids of the texts that describe the field.
    described_by: String,
    /// Whether what was sent was refused.
    invalid: bool,
) -> impl IntoView {
    let (text_field, code_field) = (NodeRef::<Input>::new(), NodeRef::<Input>::new());
    let (options, set_options) = signal(Vec::<Found>::new());
    let (open, set_open) = signal(false);
    let (active, set_active) = signal(usize::MAX);
    let choose = move |index: usize| {
        let option = options.with_untracked(|options| options.get(index).cloned());
        if let (Some((code, name, _)), Some(text_field), Some(code_field)) = (
            option,
            text_field.get_untracked(),
            code_field.get_untracked(),
        ) {
            text_field.set_value(&name);
            code_field.set_value(&code);
            set_open.set(false);
        }
    };
    let ask = StoredValue::new(0u32);
    let close = move || {
        // What is still on its way must not open the list again.
        ask.update_value(|number| *number += 1);
        set_open.set(false);
    };
    let search = move |text: String| {
        // A commune chosen before is no longer meant.
        if let Some(code_field) = code_field.get_untracked() {
            code_field.set_value("");
        }
        ask.update_value(|number| *number += 1);
        let number = ask.get_value();
        let endpoint = endpoint.clone();
        later(move || {
            // Only the last pause in typing asks.
            if ask.get_value() == number && text.trim().chars().count() >= 2 {
                fetch(endpoint, text, move |found| {
                    if ask.get_value() == number {
                        set_active.set(usize::MAX);
                        set_options.set(found);
                        set_open.set(true);
                    }
                });
            }
        });
    };
    let search_typed = search.clone();
    text_field.on_load(move |field| {
        if is_being_typed_into(&field) {
            search_typed(field.value());
        }
    });
    let on_key = move |event: leptos::ev::KeyboardEvent| {
        let count = options.with_untracked(Vec::len);
        match event.key().as_str() {
            "ArrowDown" if count > 0 => {
                event.prevent_default();
                set_open.set(true);
                set_active.update(|at| *at = if *at >= count - 1 { 0 } else { *at + 1 });
            }
            "ArrowUp" if count > 0 => {
                event.prevent_default();
                set_active.update(|at| {
                    *at = if *at == 0 || *at >= count {
                        count - 1
                    } else {
                        *at - 1
                    }
                });
            }
            "Enter" if open.get_untracked() && active.get_untracked() < count => {
                event.prevent_default();
                choose(active.get_untracked());
            }
            "Escape" => close(),
            _ => {}
        }
    };
    let list = move || {
        options.get().into_iter().enumerate().map(|(index, (_, name, former))| {
            let note = (!former.is_empty()).then(|| format!("{formerly} {former}"));
            view! {
                <div
                    class="combobox__option"
                    role="option"
                    id=format!("commune-option-{index}")
                    aria-selected=move || if active.get() == index { "true" } else { "false" }
                    on:mousedown=move |event| { event.prevent_default(); choose(index); }
                >
                    <span>{name}{note.map(|note| view! { <span class="combobox__note">{note}</span> })}</span>
                </div>
            }
        }).collect_view()
    };
    view! {
        <div class="combobox">
            <input
                class="input"
                id="commune"
                name="commune"
                type="text"
                role="combobox"
                autocomplete="off"
                required=true
                aria-autocomplete="list"
                aria-controls="commune-options"
                aria-invalid=invalid.then_some("true")
                aria-describedby=described_by
                aria-expanded=move || if open.get() { "true" } else { "false" }
                aria-activedescendant=move || (open.get() && active.get() != usize::MAX).then(|| format!("commune-option-{}", active.get()))
                value=text
                node_ref=text_field
                on:input=move |event| search(event_target_value(&event))
                on:keydown=on_key
                on:blur=move |_| close()
            />
            <input type="hidden" name="commune_code" value=code node_ref=code_field />
            <div id="commune-options" class="combobox__list" role="listbox" aria-label=label hidden=move || !open.get() || options.with(Vec::is_empty)>
                {list}
            </div>
            <p class="field__hint" role="status">{move || (open.get() && options.with(Vec::is_empty)).then(|| nothing.clone())}</p>
        </div>
    }
}

/// Whether a person has begun to type before the field woke up.
#[cfg(feature = "hydrate")]
fn is_being_typed_into(field: &web_sys::HtmlInputElement) -> bool {
    let element: &web_sys::Element = field;
    document().active_element().as_ref() == Some(element) && field.value() != field.default_value()
}

#[cfg(not(feature = "hydrate"))]
fn is_being_typed_into(_field: &leptos::web_sys::HtmlInputElement) -> bool {
    false
}

/// Code, name, former name.
type Found = (String, String, String);

#[cfg(feature = "hydrate")]
fn later(task: impl FnOnce() + 'static) {
    set_timeout(task, std::time::Duration::from_millis(220));
}

#[cfg(not(feature = "hydrate"))]
fn later(_task: impl FnOnce() + 'static) {}

#[cfg(feature = "hydrate")]
fn fetch(endpoint: String, text: String, done: impl Fn(Vec<Found>) + 'static) {
    #[derive(serde::Deserialize)]
    struct Choice {
        code: String,
        name: String,
        former: String,
    }
    leptos::task::spawn_local(async move {
        let request = gloo_net::http::Request::get(&endpoint).query([("q", text.as_str())]);
        if let Ok(answer) = request.send().await
            && let Ok(found) = answer.json::<Vec<Choice>>().await
        {
            done(
                found
                    .into_iter()
                    .map(|choice| (choice.code, choice.name, choice.former))
                    .collect(),
            );
        }
    });
}

#[cfg(not(feature = "hydrate"))]
fn fetch(_endpoint: String, _text: String, _done: impl Fn(Vec<Found>) + 'static) {}
