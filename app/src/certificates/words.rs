//! What the values of certificates are called, and the parts that several pages show.
use leptos::prelude::*;
use market::certificates::{
    CertificateEvent, CertificateRecord, EventKind, Gives, MarkKind, Standing,
};
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

fn of_lang<'w>(vi: &'w str, en: &'w str) -> &'w str {
    match lang::current() {
        Lang::Vi => vi,
        Lang::En => en,
    }
}

/// A mark.
pub fn mark(kind: &MarkKind) -> String {
    of_lang(&kind.name_vi, &kind.name_en).to_owned()
}

/// What its number looks like.
pub fn mark_hint(kind: &MarkKind) -> String {
    format!("{}: {}", mark(kind), of_lang(&kind.hint_vi, &kind.hint_en))
}

/// `4 sao OCOP`, `VietGAP`.
pub fn gives(gives: &Gives<u8>) -> String {
    match gives {
        Gives::Stars(stars) => t!("certificates.ocop_stars", count = stars),
        Gives::Mark(kind) => mark(kind),
    }
}

/// `Chứng nhận OCOP`, `Chứng nhận VietGAP`.
pub fn heading<G>(gives: &Gives<G>) -> String {
    match gives {
        Gives::Stars(_) => t!("catalog.certificate"),
        Gives::Mark(kind) => t!("certificates.of_kind", mark = mark(kind)),
    }
}

/// What a field of a certificate is called, of OCOP or of another mark.
pub fn field_of(is_mark: bool, name: &str) -> String {
    match name {
        "number" if is_mark => t!("certificates.mark_number"),
        "decided_on" if is_mark => t!("certificates.mark_decided_on"),
        "issuer" if is_mark => t!("catalog.issuer"),
        _ => field(name),
    }
}

/// What a field of an OCOP certificate is called.
pub fn field(name: &str) -> String {
    match name {
        "kind" => t!("certificates.kind"),
        "valid_to" => t!("certificates.valid_to"),
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
fn event(event: &CertificateEvent, is_mark: bool) -> String {
    let what = match event.kind {
        EventKind::Entered => t!("certificates.was_entered"),
        EventKind::Changed if event.field == "products" => t!("certificates.goods_changed"),
        EventKind::Changed => t!("certificates.was_changed"),
        EventKind::Verified if is_mark => t!("certificates.mark_was_verified"),
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
        (EventKind::Returned, reason) => {
            format!("{what} – {}: {reason}", field_of(is_mark, &event.field))
        }
        (_, reason) => format!("{what}: {reason}"),
    }
}

/// The history, the last first.
#[component]
pub fn History(
    events: Vec<CertificateEvent>,
    /// Of another mark than OCOP.
    is_mark: bool,
) -> impl IntoView {
    view! {
        <section class="section">
            <h2>{t!("sellers.history")}</h2>
            <ol class="timeline">
                {events
                    .into_iter()
                    .map(|line| {
                        let state = if matches!(line.kind, EventKind::Returned | EventKind::Revoked | EventKind::Expired) { "bad" } else { "done" };
                        view! { <li data-state=state><span class="timeline__what">{event(&line, is_mark)}</span><span class="timeline__when">{instant_text(line.at)}</span></li> }
                    })
                    .collect_view()}
            </ol>
        </section>
    }
}

/// All that a certificate says.
#[component]
pub fn Facts(record: CertificateRecord) -> impl IntoView {
    let is_mark = record.gives.is_mark();
    let label = |name: &str| field_of(is_mark, name);
    let (stars, grade) = match record.gives {
        Gives::Mark(_) => (None, None),
        Gives::Stars(grade) => (Some(grade.stars), Some(grade)),
    };
    let set = grade.as_ref().and_then(|grade| {
        let (number, vi, en) = grade.set.as_ref()?;
        Some(format!("{number}. {}", of_lang(vi, en)))
    });
    let group = grade.as_ref().and_then(|grade| grade.group);
    let score = grade.as_ref().and_then(|grade| grade.score);
    view! {
        {stars.map(|stars| view! { <Stars stars /> })}
        <dl class="facts">
            {fact(label("product_name"), Some(record.product_name))}
            {fact(label("seller"), Some(format!("{}, {}", record.seller_name, record.commune_name)))}
            {fact(label("number"), Some(record.number))}
            {fact(label("decided_on"), Some(day_text(record.decided_on)))}
            {fact(t!("catalog.valid_to"), Some(day_text(record.valid_to)))}
            {fact(label("issuer"), Some(record.issuer))}
            {fact(label("regime"), grade.map(|grade| grade.regime))}
            {fact(t!("catalog.group"), group.map(catalog::words::group))}
            {fact(t!("catalog.set"), set)}
            {fact(label("score"), score.map(|score| score.to_string()))}
        </dl>
        {record.is_sample.then(|| view! { <p class="muted small">{t!("catalog.certificate_is_sample")}</p> })}
    }
}

/// A line of facts, where there is something to say.
pub fn fact(name: String, value: Option<String>) -> impl IntoView {
    value.map(|value| view! { <div><dt>{name}</dt><dd>{value}</dd></div> })
}
