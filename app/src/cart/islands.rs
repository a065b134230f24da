//! What reacts around the cart.
use leptos::html::Input;
use leptos::prelude::*;
use market::kernel::Quantity;

/// A number between two buttons; a plain number field until it wakes, and without JavaScript for ever. The
/// field keeps its own text, so that waking never touches what was typed before.
#[island]
pub fn QuantityStepper(
    /// Name in the form, and the field's id.
    name: String,
    /// As people write it: `2,5`.
    value: String,
    /// The least that is sold.
    minimum: Quantity,
    /// And in what steps above it.
    step: Quantity,
    /// What it is called.
    label: String,
    /// What the minus is called.
    less: String,
    /// What the plus is called.
    more: String,
    /// Id of what is wrong with it; empty: nothing.
    error: String,
) -> impl IntoView {
    let field = NodeRef::<Input>::new();
    let change = move |more: bool| {
        if let Some(field) = field.get_untracked() {
            let next = Quantity::parse(&field.value())
                .map_or(minimum, |now| now.next(minimum, step, more));
            field.set_value(&next.plain());
        }
    };
    let error = (!error.is_empty()).then_some(error);
    view! {
        <div class="stepper">
            <button type="button" class="stepper__button" aria-label=less on:click=move |_| change(false)>"−"</button>
            <input
                class="stepper__input"
                id=name.clone()
                name=name
                aria-label=label
                aria-invalid=error.is_some().then_some("true")
                aria-describedby=error
                inputmode="decimal"
                autocomplete="off"
                value=value
                node_ref=field
            />
            <button type="button" class="stepper__button" aria-label=more on:click=move |_| change(true)>"+"</button>
        </div>
    }
}
