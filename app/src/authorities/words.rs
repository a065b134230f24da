//! Requests in words.
use leptos::prelude::*;
use market::authorities::{Clock, RequestEvent, RequestKind, RequestState};
use time::Duration;

/// What is asked for.
pub(super) fn kind(kind: RequestKind) -> String {
    match kind {
        RequestKind::GiveData => t!("authorities.kind_give_data"),
        RequestKind::ShopOff => t!("authorities.kind_shop_off"),
        RequestKind::GoodsOff => t!("authorities.kind_goods_off"),
        RequestKind::Other => t!("authorities.kind_other"),
    }
}

/// Where a request stands.
pub(super) fn state(state: RequestState) -> String {
    match state {
        RequestState::Open => t!("authorities.state_open"),
        RequestState::Answered => t!("authorities.state_answered"),
        RequestState::CarriedOut => t!("authorities.state_carried_out"),
        RequestState::Declined => t!("authorities.state_declined"),
    }
}

/// What happened.
pub(super) fn event(event: RequestEvent) -> String {
    match event {
        RequestEvent::Received => t!("authorities.event_received"),
        RequestEvent::Note => t!("authorities.event_note"),
        RequestEvent::Answered => t!("authorities.event_answered"),
        RequestEvent::CarriedOut => t!("authorities.event_carried_out"),
        RequestEvent::Declined => t!("authorities.event_declined"),
        RequestEvent::Reopened => t!("authorities.event_reopened"),
    }
}

/// A span as people say it: `5 giờ 20 phút`, `2 ngày 3 giờ`; at least a minute.
fn span(span: Duration) -> String {
    let minutes = span.whole_minutes().max(1);
    let (days, hours, minutes) = (minutes / 1440, minutes / 60 % 24, minutes % 60);
    let part = |count: i64, words: fn(i64) -> String| (count > 0).then(|| words(count));
    let parts = [
        part(days, |count| t!("authorities.days", count = count)),
        part(hours, |count| t!("authorities.hours", count = count)),
        // Beside days minutes say nothing.
        part(minutes, |count| t!("authorities.minutes", count = count)).filter(|_| days == 0),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" ")
}

/// What the clock says.
pub(super) fn clock(clock: Clock) -> String {
    match clock {
        Clock::Left(left) => t!("authorities.left", span = span(left)),
        Clock::Late(late) => t!("authorities.late", span = span(late)),
        Clock::InTime => t!("authorities.in_time"),
        Clock::ClosedLate(late) => t!("authorities.closed_late", span = span(late)),
    }
}

/// The clock as a word with a dot.
#[component]
pub(super) fn ClockState(clock: Clock) -> impl IntoView {
    let tone = match clock {
        Clock::Left(left) if left > market::authorities::WARNED_BEFORE => "pending",
        Clock::Left(_) => "open",
        Clock::Late(_) | Clock::ClosedLate(_) => "overdue",
        Clock::InTime => "settled",
    };
    view! { <span class="state" data-state=tone>{self::clock(clock)}</span> }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::lang::{Lang, speaking};

    #[test]
    fn the_clock_is_said_as_people_say_it() {
        let vi = |said: Clock| speaking(Lang::Vi, || clock(said));
        assert_eq!(vi(Clock::Left(Duration::minutes(320))), "Còn 5 giờ 20 phút");
        assert_eq!(vi(Clock::Left(Duration::seconds(3))), "Còn 1 phút");
        assert_eq!(vi(Clock::Late(Duration::hours(2))), "Quá hạn 2 giờ");
        assert_eq!(
            vi(Clock::Late(Duration::minutes(2 * 1440 + 3 * 60 + 5))),
            "Quá hạn 2 ngày 3 giờ"
        );
        let en = speaking(Lang::En, || clock(Clock::Left(Duration::minutes(61))));
        assert_eq!(en, "1 h 1 min left");
    }
}
