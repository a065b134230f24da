//! Parts of forms that only this slice has.
use leptos::prelude::*;
use market::kernel::FieldErrors;
use market::sellers::{Shop, ShopField, Step};

use crate::ui::form::ErrorOf;
use crate::ui::lang;

/// A choice of one among few, each with a sentence that says what it means.
#[component]
pub(super) fn Radios(
    /// Name in the form and in the errors; also the id of the first.
    name: &'static str,
    /// What is asked.
    legend: String,
    /// Value, name and what it means.
    options: Vec<(&'static str, String, String)>,
    /// The chosen value.
    #[prop(into)]
    value: String,
    /// All that is wrong with the form.
    errors: FieldErrors,
) -> impl IntoView {
    let error = errors.of(name).map(lang::field);
    let described = error.is_some().then(|| format!("{name}-error"));
    let choices = options
        .into_iter()
        .enumerate()
        .map(|(at, (option, words, note))| {
            view! {
                <label class="choice">
                    <input type="radio" id=(at == 0).then_some(name) name=name value=option checked=option == value aria-describedby=described.clone() />
                    <span class="choice__text"><span class="choice__name">{words}</span>{(!note.is_empty()).then(|| view! { <span class="choice__note">{note}</span> })}</span>
                </label>
            }
        })
        .collect_view();
    view! {
        <fieldset class="field">
            <legend class="field__label">{legend}</legend>
            <div class="choices" data-rows="">{choices}</div>
            <ErrorOf name text=error />
        </fieldset>
    }
    .into_any()
}

/// What the officer wants mended on a page of the checklist, as errors at its fields.
pub(super) fn notes(shop: &Shop, step: Step) -> FieldErrors {
    let mut errors = FieldErrors::default();
    for field in ShopField::ALL {
        if let Some(reason) = shop.note(field).filter(|_| field.step() == step) {
            errors.add_with(field.as_str(), "officer", &[("reason", reason.to_owned())]);
        }
    }
    errors
}
