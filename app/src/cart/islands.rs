//! What reacts around the cart.
use leptos::prelude::*;

/// A number between two buttons; a plain number field until it wakes, and without JavaScript for ever.
#[island]
pub fn QuantityStepper(
    /// Name in the form.
    name: String,
    /// As people write it: `2,5`.
    value: String,
    /// The least, thousandths of the unit.
    minimum: i32,
    /// How much a tap adds, thousandths of the unit.
    step: i32,
    /// What it is called.
    label: String,
    /// What the minus is called.
    less: String,
    /// What the plus is called.
    more: String,
) -> impl IntoView {
    let (text, set_text) = signal(value);
    let change = move |by: i32| {
        let now = thousandths(&text.get_untracked()).unwrap_or(minimum);
        set_text.set(written(now.saturating_add(by).max(minimum)));
    };
    view! {
        <div class="stepper">
                        <button type="button" class="stepper__button" aria-label=less on:click=move |_| change(-step)>"−"</button>
            <input
                class="stepper__input"
                name=name
                aria-label=label
                inputmode="decimal"
                autocomplete="off"
                value=text.get_untracked()
                prop:value=text
                on:input=move |event| set_text.set(event_target_value(&event))
            />
            <button type="button" class="stepper__button" aria-label=more on:click=move |_| change(step)>"+"</button>
        </div>
    }
}

/// `2,5` as thousandths.
fn thousandths(text: &str) -> Option<i32> {
    let (whole, fraction) = text
        .trim()
        .split_once([',', '.'])
        .unwrap_or((text.trim(), ""));
    let fraction: i32 = format!("{fraction:0<3}").get(..3)?.parse().ok()?;
    whole
        .parse::<i32>()
        .ok()?
        .checked_mul(1000)?
        .checked_add(fraction)
}

/// Thousandths as people write them.
fn written(thousandths: i32) -> String {
    let (whole, fraction) = (thousandths / 1000, thousandths % 1000);
    if fraction == 0 {
        return whole.to_string();
    }
    format!("{whole},{}", format!("{fraction:03}").trim_end_matches('0'))
}
