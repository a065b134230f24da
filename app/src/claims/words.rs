//! What the values of claims are called.
use leptos::prelude::*;
use market::claims::{ClaimEvent, ClaimReason, ClaimState, ClaimWish, Deadlines, ReturnedGoods};
use time::Duration;

/// Where a claim stands.
pub(super) fn state(state: ClaimState) -> String {
    match state {
        ClaimState::Open => t!("claims.state_open"),
        ClaimState::Offered => t!("claims.state_offered"),
        ClaimState::Returning => t!("claims.state_returning"),
        ClaimState::Disputed => t!("claims.state_disputed"),
        ClaimState::Refused => t!("claims.state_refused"),
        ClaimState::Settled => t!("claims.state_settled"),
        ClaimState::Declined => t!("claims.state_declined"),
        ClaimState::Withdrawn => t!("claims.state_withdrawn"),
    }
}

/// A state as a coloured word: `bad`, `done` or what waits.
pub(super) const fn tone(state: ClaimState) -> &'static str {
    match state {
        ClaimState::Settled => "completed",
        ClaimState::Refused | ClaimState::Declined | ClaimState::Withdrawn => "cancelled",
        _ => "placed",
    }
}

/// What is wrong with the goods.
pub(super) fn reason(reason: ClaimReason) -> String {
    match reason {
        ClaimReason::Spoiled => t!("claims.reason_spoiled"),
        ClaimReason::Damaged => t!("claims.reason_damaged"),
        ClaimReason::Missing => t!("claims.reason_missing"),
        ClaimReason::Wrong => t!("claims.reason_wrong"),
        ClaimReason::NotAsDescribed => t!("claims.reason_not_as_described"),
    }
}

/// What is asked for.
pub(super) fn wish(wish: ClaimWish) -> String {
    match wish {
        ClaimWish::Refund => t!("claims.wish_refund"),
        ClaimWish::Return => t!("claims.wish_return"),
    }
}

/// What became of goods that came back.
pub(super) fn goods(goods: ReturnedGoods) -> String {
    match goods {
        ReturnedGoods::Restocked => t!("claims.restocked"),
        ReturnedGoods::WrittenOff => t!("claims.written_off"),
    }
}

/// What happened.
pub(super) fn event(event: Option<ClaimEvent>) -> String {
    match event {
        None => t!("claims.event_made"),
        Some(ClaimEvent::Grant) => t!("claims.event_grant"),
        Some(ClaimEvent::Offer) => t!("claims.event_offer"),
        Some(ClaimEvent::TakeBack) => t!("claims.event_take_back"),
        Some(ClaimEvent::Refuse) => t!("claims.event_refuse"),
        Some(ClaimEvent::Accept) => t!("claims.event_accept"),
        Some(ClaimEvent::Withdraw) => t!("claims.event_withdraw"),
        Some(ClaimEvent::Dispute) => t!("claims.event_dispute"),
        Some(ClaimEvent::Answer) => t!("claims.event_answer"),
        Some(ClaimEvent::Receive) => t!("claims.event_receive"),
        Some(ClaimEvent::Decide) => t!("claims.event_decide"),
        Some(ClaimEvent::Decline) => t!("claims.event_decline"),
        Some(ClaimEvent::Lapse) => t!("claims.event_lapse"),
    }
}

/// `48 giờ`, `7 ngày`: days where they are whole and at least three.
fn long(duration: Duration) -> String {
    let hours = duration.whole_hours();
    if hours % 24 == 0 && hours >= 72 {
        t!("claims.days", count = hours / 24)
    } else {
        t!("claims.hours", count = hours)
    }
}

/// The published deadlines, from the table that is enforced.
#[must_use]
pub fn deadlines(times: Deadlines) -> impl IntoView {
    let rows = [
        (t!("claims.rule_fresh"), times.claim_fresh),
        (t!("claims.rule_other"), times.claim_other),
        (t!("claims.rule_answer"), times.claim_answer),
        (t!("claims.rule_offer"), times.offer_answer),
        (t!("claims.rule_back"), times.goods_back),
        (t!("claims.rule_dispute"), times.dispute_open),
        (t!("claims.rule_heard"), times.dispute_answer),
        (t!("claims.rule_decide"), times.dispute_decide),
        (t!("claims.rule_refund"), times.refund),
    ]
    .map(|(words, time)| view! { <tr><td>{words}</td><td class="num">{long(time)}</td></tr> });
    view! {
        <table class="table">
            <thead><tr><th scope="col">{t!("claims.rule")}</th><th scope="col" class="num">{t!("claims.rule_time")}</th></tr></thead>
            <tbody>{rows.collect_view()}</tbody>
        </table>
    }
}
