//! What the values of lots are called, and parts that several pages show.
use leptos::prelude::*;
use market::kernel::time::day_text;
use market::trace::{InputKind, Lot, LotEvent, LotInput, LotKind, LotState};
use time::Date;

/// Harvested or made.
pub(super) fn kind(kind: LotKind) -> String {
    match kind {
        LotKind::Harvest => t!("trace.kind_harvest"),
        LotKind::Batch => t!("trace.kind_batch"),
    }
}

/// What the day of a lot is called.
pub(super) fn made_on(kind: LotKind) -> String {
    match kind {
        LotKind::Harvest => t!("trace.harvested_on"),
        LotKind::Batch => t!("trace.made_on"),
    }
}

/// Where a lot stands.
pub(super) fn state(state: LotState) -> String {
    match state {
        LotState::Open => t!("trace.state_open"),
        LotState::Closed => t!("trace.state_closed"),
        LotState::Recalled => t!("trace.state_recalled"),
    }
}

/// Where a lot stands, as a coloured word.
#[component]
pub(super) fn State(state: LotState) -> impl IntoView {
    let look = match state {
        LotState::Open => "published",
        LotState::Closed => "paused",
        LotState::Recalled => "cancelled",
    };
    view! { <span class="state" data-state=look>{self::state(state)}</span> }
}

/// A kind of what was used.
pub(super) fn input_kind(kind: InputKind) -> String {
    match kind {
        InputKind::Seed => t!("trace.input_seed"),
        InputKind::Fertiliser => t!("trace.input_fertiliser"),
        InputKind::Pesticide => t!("trace.input_pesticide"),
        InputKind::Feed => t!("trace.input_feed"),
        InputKind::Medicine => t!("trace.input_medicine"),
        InputKind::Ingredient => t!("trace.input_ingredient"),
        InputKind::Other => t!("trace.input_other"),
    }
}

/// What was used, on one line: `Phân bón: NPK 16-16-8, 10 kg, ngày 01/09/2026`.
pub(super) fn input(input: &LotInput, made_on: Date) -> String {
    let mut text = format!("{}: {}", input_kind(input.kind), input.name);
    if !input.amount.is_empty() {
        text.push_str(", ");
        text.push_str(&input.amount);
    }
    if let Some(day) = input.used_on {
        text.push_str(", ");
        text.push_str(&t!("trace.on_day", day = day_text(day)));
    }
    if let Some(days) = input.waited(made_on) {
        text.push_str(", ");
        text.push_str(&t!("trace.waited", days = days));
    }
    text
}

/// Something that happened to a lot.
pub(super) fn event(event: LotEvent) -> String {
    match event {
        LotEvent::Made => t!("trace.event_made"),
        LotEvent::InputAdded => t!("trace.event_input_added"),
        LotEvent::PhotoAdded => t!("trace.event_photo_added"),
        LotEvent::PhotoRemoved => t!("trace.event_photo_removed"),
        LotEvent::OnSale => t!("trace.event_on_sale"),
        LotEvent::OffSale => t!("trace.event_off_sale"),
        LotEvent::Closed => t!("trace.event_closed"),
        LotEvent::Reopened => t!("trace.event_reopened"),
        LotEvent::Recalled => t!("trace.event_recalled"),
    }
}

/// What a lot says of itself.
#[component]
pub(super) fn Facts<'l>(lot: &'l Lot) -> impl IntoView + use<> {
    let fact = |words: String, value: String| {
        (!value.is_empty()).then(|| view! { <div><dt>{words}</dt><dd>{value}</dd></div> })
    };
    let gtin = lot.gtin.as_ref().map(ToString::to_string);
    view! {
        <dl class="facts">
            {fact(t!("trace.code"), lot.code.to_string())}
            {fact(made_on(lot.kind), day_text(lot.made_on))}
            {fact(t!("trace.best_before"), lot.best_before.map(day_text).unwrap_or_default())}
            {fact(t!("trace.place"), lot.place.clone())}
            {fact(t!("trace.quantity"), format!("{} {}", lot.quantity, lot.unit))}
            {fact(t!("trace.net_content"), lot.net_content.clone())}
            {fact(t!("trace.gtin"), gtin.unwrap_or_default())}
            {fact(t!("trace.notes"), lot.notes.clone())}
        </dl>
    }
}
