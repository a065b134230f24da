//! Parts of parcels that buyers and sellers see alike.
use leptos::prelude::*;
use market::kernel::time::instant_text;
use market::parcels::{Parcel, ParcelState};

use super::words;

/// Where a parcel is, as a coloured word.
#[component]
pub fn ParcelStateOf(
    /// Which state.
    state: ParcelState,
) -> impl IntoView {
    view! { <span class="state" data-state=words::look(state)>{words::state(state)}</span> }
}

/// The way of a parcel, oldest first, with what its carrier finds it by. What has not left yet has no way.
#[component]
pub fn ParcelWay(
    /// Which parcel.
    parcel: Parcel,
) -> impl IntoView {
    let has_left = parcel
        .events
        .iter()
        .any(|event| event.to != ParcelState::Made && event.to != ParcelState::CalledOff);
    let is_over = parcel.state.is_over();
    let expected = parcel
        .booking
        .as_ref()
        .and_then(|booking| booking.expected_at)
        .filter(|_| !is_over);
    (has_left || !parcel.tracking_code.is_empty()).then(|| view! {
        <section class="parcel-way" aria-label=t!("parcels.way")>
            <p class="cluster"><strong>{t!("parcels.parcel", code = parcel.code)}</strong><ParcelStateOf state=parcel.state /></p>
            {carried(&parcel.carrier, &parcel.tracking_code).map(|text| view! { <p>{text}</p> })}
            {expected.map(|at| view! { <p>{t!("parcels.expected", at = instant_text(at))}</p> })}
            <ol class="timeline">
                {parcel
                    .events
                    .into_iter()
                    .map(|entry| {
                        let is_bad = matches!(entry.to, ParcelState::Failed | ParcelState::Returning | ParcelState::Returned | ParcelState::Lost | ParcelState::CalledOff);
                        view! {
                            <li data-state=if is_bad { "bad" } else { "done" }>
                                <span class="timeline__what">{words::state(entry.to)}</span>
                                <span class="timeline__when">{instant_text(entry.at)}" · "{words::teller(&entry.teller, entry.name.as_deref())}</span>
                                {(!entry.reason.is_empty()).then(|| view! { <p>{entry.reason}</p> })}
                            </li>
                        }
                    })
                    .collect_view()}
            </ol>
        </section>
    })
}

/// Who carries it and by what it is found there.
pub(super) fn carried(carrier: &str, tracking_code: &str) -> Option<String> {
    match (carrier.is_empty(), tracking_code.is_empty()) {
        (true, true) => None,
        (false, true) => Some(t!("parcels.carried_by", carrier = carrier)),
        (true, false) => Some(t!("parcels.tracked_by", code = tracking_code)),
        (false, false) => Some(format!(
            "{}, {}",
            t!("parcels.carried_by", carrier = carrier),
            t!("parcels.tracked_by", code = tracking_code)
        )),
    }
}
