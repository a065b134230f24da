//! What the values of certificates are called, and the parts that several pages show.
use leptos::prelude::*;
use market::certificates::{CertificateEvent, CertificateRecord, EventKind, Standing};
use market::kernel::time::{day_text, instant_text};
use time::Date;

use crate::catalog;
use crate::ui::parts::Stars;
use crate::ui::{Lang, lang};

/// How a certificate stands.
pub fn standing(standing: Standing) -> String {
    match standing {
        Standing::Entered => t!("certificates.entered"),
        Standing::Returned => t!("certificates.returned"),
        Standing::Valid => t!("certificates.valid"),
        Standing::Ending => t!("certificates.ending"),
        Standing::Expired => t!("certificates.expired"),
        Standing::Revoked => t!("certificates.revoked"),
    }
}

/// How a certificate stands, as a word with a dot.
#[component]
pub fn State(at: Standing) -> impl IntoView {
    let tone = match at {
        Standing::Entered | Standing::Ending => "open",
        Standing::Valid => "published",
        Standing::Returned => "returned",
        Standing::Expired => "expired",
        Standing::Revoked => "cancelled",
    };
    view! { <span class="state" data-state=tone>{standing(at)}</span> }
}

/// What a field of a certificate is called.
pub fn field(name: &str) -> String {
    match name {
        "product_name" => t!("certificates.product_name"),
        "group" => t!("catalog.group"),
        "set" => t!("catalog.set"),
        "regime" => t!("certificates.regime"),
        "stars" => t!("catalog.stars"),
        "score" => t!("certificates.score"),
        "number" => t!("certificates.number"),
        "decided_on" => t!("certificates.decided_on"),
        "issuer" => t!("certificates.issuer"),
        "seller" => t!("certificates.holder"),
        "product_code" => t!("catalog.code"),
        "reason" | "goods_reason" => t!("sellers.reason"),
        "field" => t!("certificates.which_field"),
        _ => t!("certificates.scan"),
    }
}

/// `Còn 12 ngày`, `Hết hạn hôm nay`; nothing of what is over or not yet valid.
pub fn days_left(at: Standing, valid_to: Date, today: Date) -> Option<String> {
    let days = (valid_to - today).whole_days();
    match (at, days) {
        (Standing::Valid | Standing::Ending, 0) => Some(t!("certificates.last_day")),
        (Standing::Valid | Standing::Ending, 1) => Some(t!("certificates.one_day_left")),
        (Standing::Valid | Standing::Ending, _) => Some(t!("certificates.days_left", days = days)),
        _ => None,
    }
}

/// What happened, with the reason where there was one.
fn event(event: &CertificateEvent) -> String {
    let what = match event.kind {
        EventKind::Entered => t!("certificates.was_entered"),
        EventKind::Changed if event.field == "products" => t!("certificates.goods_changed"),
        EventKind::Changed => t!("certificates.was_changed"),
        EventKind::Verified => t!("certificates.was_verified"),
        EventKind::Returned => t!("certificates.was_returned"),
        EventKind::Renewed => t!("certificates.was_renewed"),
        EventKind::Upgraded => t!("certificates.was_upgraded"),
        EventKind::Expired => t!("certificates.has_expired"),
        EventKind::Revoked => t!("certificates.was_revoked"),
        EventKind::Warned(days) => t!("certificates.was_warned", days = days),
    };
    match (event.kind, event.reason.as_str()) {
        (_, "") => what,
        (EventKind::Returned, reason) => format!("{what} – {}: {reason}", field(&event.field)),
        (_, reason) => format!("{what}: {reason}"),
    }
}

/// The history, the last first.
#[component]
pub fn History(events: Vec<CertificateEvent>) -> impl IntoView {
    view! {
        <section class="section">
            <h2>{t!("sellers.history")}</h2>
            <ol class="timeline">
                {events
                    .into_iter()
                    .map(|line| {
                        let state = if matches!(line.kind, EventKind::Returned | EventKind::Revoked | EventKind::Expired) { "bad" } else { "done" };
                        view! { <li data-state=state><span class="timeline__what">{event(&line)}</span><span class="timeline__when">{instant_text(line.at)}</span></li> }
                    })
                    .collect_view()}
            </ol>
        </section>
    }
}

/// All that a certificate says.
#[component]
pub fn Facts(record: CertificateRecord) -> impl IntoView {
    let set = record.set.map(|(number, vi, en)| {
        let name = if lang::current() == Lang::Vi { vi } else { en };
        format!("{number}. {name}")
    });
    view! {
        <Stars stars=record.stars />
        <dl class="facts">
            {fact(t!("certificates.product_name"), Some(record.product_name))}
            {fact(t!("certificates.holder"), Some(format!("{}, {}", record.seller_name, record.commune_name)))}
            {fact(t!("certificates.number"), Some(record.number))}
            {fact(t!("certificates.decided_on"), Some(day_text(record.decided_on)))}
            {fact(t!("catalog.valid_to"), Some(day_text(record.valid_to)))}
            {fact(t!("certificates.issuer"), Some(record.issuer))}
            {fact(t!("certificates.regime"), Some(record.regime))}
            {fact(t!("catalog.group"), record.group.map(catalog::words::group))}
            {fact(t!("catalog.set"), set)}
            {fact(t!("certificates.score"), record.score.map(|score| score.to_string()))}
        </dl>
        {record.is_sample.then(|| view! { <p class="muted small">{t!("catalog.certificate_is_sample")}</p> })}
    }
}

/// A line of facts, where there is something to say.
pub fn fact(name: String, value: Option<String>) -> impl IntoView {
    value.map(|value| view! { <div><dt>{name}</dt><dd>{value}</dd></div> })
}
