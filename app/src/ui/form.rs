//! Forms that keep what was typed and say beside the field what is wrong with it.
use leptos::prelude::*;
use market::kernel::FieldErrors;
use market::kernel::time::iso_day;

use super::lang;
use super::shell::Icon;

/// A one-line field with label, hint and error.
#[component]
pub fn Field(
    /// Name in the form and in the errors.
    name: &'static str,
    /// What it is called.
    label: String,
    /// What was typed.
    #[prop(into)]
    value: String,
    /// All that is wrong with the form.
    errors: FieldErrors,
    /// What helps to fill it.
    #[prop(optional, into)]
    hint: String,
    /// `text`, `tel`, `password`, `number`, …
    #[prop(default = "text")]
    kind: &'static str,
    /// For the browser's own filling.
    #[prop(default = "off")]
    autocomplete: &'static str,
    /// For the phone's keyboard.
    #[prop(optional)]
    inputmode: &'static str,
    /// Whether the browser asks for it too.
    #[prop(default = true)]
    required: bool,
    /// Id of a list of suggestions.
    #[prop(optional)]
    list: &'static str,
    /// What stands behind the value: `đồng`, `gram`.
    #[prop(optional, into)]
    suffix: String,
) -> impl IntoView {
    let error = errors.of(name).map(lang::field);
    let described = described_by(name, !hint.is_empty(), error.is_some());
    let wrapper = if suffix.is_empty() { "" } else { "with-unit" };
    view! {
        <div class="field">
            <label class="field__label" for=name>{label}{(!required).then(|| view! { " "<span class="field__optional">{t!("form.optional")}</span> })}</label>
            <Hint name text=hint />
            <div class=wrapper>
                <input
                    class="input"
                    id=name
                    name=name
                    type=kind
                    value=value
                    autocomplete=autocomplete
                    inputmode=(!inputmode.is_empty()).then_some(inputmode)
                    list=(!list.is_empty()).then_some(list)
                    required=required
                    aria-invalid=error.is_some().then_some("true")
                    aria-describedby=described
                />
                {(!suffix.is_empty()).then(||  view! { <span class="with-unit__unit">{suffix}</span> })}
            </div>
            <ErrorOf name text=error />
        </div>
    }
}

/// A day of a question: the one that was understood, or what was typed where it was not.
#[component]
pub fn DayField(
    /// Name in the form and in the errors.
    name: &'static str,
    /// What it is called.
    label: String,
    /// What was typed.
    typed: String,
    /// What was understood, where that is shown.
    day: Option<time::Date>,
    /// All that is wrong with the form.
    errors: FieldErrors,
) -> impl IntoView {
    let error = errors.of(name).map(lang::field);
    let value = match (&error, day) {
        (None, Some(day)) => iso_day(day),
        _ => typed,
    };
    let described = described_by(name, false, error.is_some());
    view! {
        <div class="field">
            <label class="field__label" for=name>{label}</label>
            <input class="input" type="date" id=name name=name value=value aria-invalid=error.is_some().then_some("true") aria-describedby=described />
            <ErrorOf name text=error />
        </div>
    }
}

/// A field of several lines.
#[component]
pub fn TextArea(
    /// Name in the form and in the errors.
    name: &'static str,
    /// What it is called.
    label: String,
    /// What was typed.
    #[prop(into)]
    value: String,
    /// All that is wrong with the form.
    errors: FieldErrors,
    /// What helps to fill it.
    #[prop(optional, into)]
    hint: String,
    /// Whether the browser asks for it too.
    #[prop(default = false)]
    required: bool,
) -> impl IntoView {
    let error = errors.of(name).map(lang::field);
    let described = described_by(name, !hint.is_empty(), error.is_some());
    view! {
        <div class="field">
            <label class="field__label" for=name>{label}{(!required).then(|| view! { " "<span class="field__optional">{t!("form.optional")}</span> })}</label>
            <Hint name text=hint />
            <textarea class="input" id=name name=name rows="3" required=required aria-invalid=error.is_some().then_some("true") aria-describedby=described>
                {value}
            </textarea>
            <ErrorOf name text=error />
        </div>
    }
}

/// A choice of one, as a list that the phone shows in its own way.
#[component]
pub fn Select(
    /// Name in the form and in the errors.
    name: &'static str,
    /// What it is called.
    label: String,
    /// The chosen value.
    #[prop(into)]
    value: String,
    /// Values with their words.
    options: Vec<(String, String)>,
    /// All that is wrong with the form.
    errors: FieldErrors,
    /// What stands there before anything is chosen.
    #[prop(optional, into)]
    placeholder: String,
) -> impl IntoView {
    let error = errors.of(name).map(lang::field);
    let described = described_by(name, false, error.is_some());
    view! {
        <div class="field">
            <label class="field__label" for=name>{label}</label>
            <select class="input" id=name name=name aria-invalid=error.is_some().then_some("true") aria-describedby=described>
                {(!placeholder.is_empty()).then(|| view! { <option value="">{placeholder}</option> })}
                {options
                    .into_iter()
                    .map(|(option, words)| view! { <option selected=option == value value=option.clone()>{words}</option> })
                    .collect_view()}
            </select>
            <ErrorOf name text=error />
        </div>
    }
}

#[component]
fn Hint(name: &'static str, text: String) -> impl IntoView {
    (!text.is_empty())
        .then(|| view! { <p class="field__hint" id=format!("{name}-hint")>{text}</p> })
}

/// What is wrong with a field; its id is `{name}-error`.
#[component]
pub fn ErrorOf(name: &'static str, text: Option<String>) -> impl IntoView {
    text.map(|text| view! { <p class="field__error" id=format!("{name}-error")><Icon name="alert" />{text}</p> })
}

fn described_by(name: &str, hint: bool, error: bool) -> Option<String> {
    let ids: Vec<String> = [(hint, "hint"), (error, "error")]
        .iter()
        .filter(|(there, _)| *there)
        .map(|(_, part)| format!("{name}-{part}"))
        .collect();
    (!ids.is_empty()).then(|| ids.join(" "))
}

/// At the top of a form that was refused: what is wrong, with a link to each field.
#[component]
pub fn ErrorSummary(
    /// All that is wrong.
    errors: FieldErrors,
    /// What each field is called; fields of lines, `quantity-…`, by what stands before the dash.
    labels: Vec<(&'static str, String)>,
) -> impl IntoView {
    (!errors.is_empty()).then(|| {
        let lines = errors
            .0
            .iter()
            .map(|error| {
                let kind = error.field.split_once('-').map_or(error.field.as_str(), |(kind, _)| kind);
                let label = labels.iter().find(|(name, _)| *name == kind).map_or_else(|| error.field.clone(), |(_, label)| label.clone());
                view! { <li><a href=format!("#{}", error.field)>{format!("{label}: {}", lang::field(error))}</a></li> }
            })
            .collect_view();
        view! {
            <div class="error-summary" role="alert" tabindex="-1">
                <h2>{t!("form.errors")}</h2>
                <ul>{lines}</ul>
            </div>
        }
    })
}
