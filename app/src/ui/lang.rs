//! The language of a page. A page is rendered in one go on one thread, so the language is the thread's while
//! it renders.
use std::cell::Cell;

/// A language that the pages speak.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Lang {
    /// Vietnamese, the source of all texts.
    #[default]
    Vi,
    /// English.
    En,
}

impl Lang {
    /// As in `<html lang>` and the cookie.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Vi => "vi",
            Self::En => "en",
        }
    }

    /// The reverse of [`Self::code`].
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        [Self::Vi, Self::En]
            .into_iter()
            .find(|lang| lang.code() == code)
    }
}

thread_local! {
    static CURRENT: Cell<Lang> = const { Cell::new(Lang::Vi) };
}

/// The language of the page that this thread is rendering.
#[must_use]
pub fn current() -> Lang {
    CURRENT.get()
}

/// Runs `render` with `lang` as the language of its texts.
pub fn speaking<T>(lang: Lang, render: impl FnOnce() -> T) -> T {
    let before = CURRENT.replace(lang);
    let rendered = render();
    CURRENT.set(before);
    rendered
}

/// The text of a key that is put together at run time, with what it mentions; the key itself where no text
/// is known, which a test finds.
#[must_use]
pub fn lookup(key: &str, args: &[(String, String)]) -> String {
    let mut text = rust_i18n::t!(key, locale = current().code()).into_owned();
    for (name, value) in args {
        text = text.replace(&format!("%{{{name}}}"), value);
    }
    text
}

/// The message of a refusal.
#[must_use]
pub fn refusal(refusal: &dyn market::kernel::Refusal) -> String {
    let mut args: Vec<(String, String)> = refusal
        .args()
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect();
    if let Some(seconds) = refusal.retry_after() {
        args.push(("wait".to_owned(), wait(seconds)));
    }
    lookup(&format!("refusal.{}", refusal.code()), &args)
}

/// A wait in words: `45 giây`, `2 phút`; never shorter than it is.
#[must_use]
pub fn wait(seconds: i64) -> String {
    let seconds = u64::try_from(seconds).unwrap_or(0);
    match (seconds, seconds.div_ceil(60), seconds.div_ceil(3_600)) {
        (..=1, ..) => t!("wait.second"),
        (2..=59, ..) => t!("wait.seconds", count = seconds),
        (_, 1, _) => t!("wait.minute"),
        (_, minutes @ 2..=59, _) => t!("wait.minutes", count = minutes),
        (.., 1) => t!("wait.hour"),
        (.., hours) => t!("wait.hours", count = hours),
    }
}

/// The message of a refusal's code that came back in an address: anybody may have written it, so unknown
/// codes say nothing.
#[must_use]
pub fn known_refusal(code: &str) -> Option<String> {
    let key = format!("refusal.{code}");
    let text = lookup(&key, &[]);
    // A text with a gap needs what only its own page knows.
    (!text.ends_with(&key) && !text.contains("%{")).then_some(text)
}

/// The message of a wrong field.
#[must_use]
pub fn field(error: &market::kernel::FieldError) -> String {
    lookup(&format!("field.{}", error.code), &error.args)
}

/// The message of what can be wrong with a field, where it mentions nothing.
#[must_use]
pub fn field_code(code: &str) -> String {
    lookup(&format!("field.{code}"), &[])
}

/// The text of a short message; its tasks are named, with commas between.
#[must_use]
pub fn message(kind: &str, args: &market::kernel::message::Args) -> String {
    let args: Vec<(String, String)> = args
        .iter()
        .map(|(name, value)| {
            let value = match name.as_str() {
                "tasks" => value
                    .split(',')
                    .map(|task| lookup(&format!("message.task_{task}"), &[]))
                    .collect::<Vec<_>>()
                    .join(", "),
                _ => value.clone(),
            };
            (name.clone(), value)
        })
        .collect();
    lookup(&format!("message.{kind}"), &args)
}

#[cfg(test)]
mod tests {
    use market::accounts::{AccountsRefusal, CodePurpose};
    use market::assistance::AssistanceRefusal;
    use market::authorities::{self, AuthoritiesRefusal};
    use market::cart::CartRefusal;
    use market::catalog::CatalogRefusal;
    use market::certificates::{CertificatesRefusal, FIELD_CODES};
    use market::imports::ImportRefusal;
    use market::kernel::Refusal;
    use market::kernel::limit::TooOften;
    use market::media::{PaperRefusal, PhotoRefusal};
    use market::orders::OrdersRefusal;
    use market::parcels::ParcelsRefusal;
    use market::reports::ReportsRefusal;
    use market::sellers::{SellersRefusal, ShopEvent};
    use market::trace::{self, TraceRefusal};
    use market::webhooks::WebhookRefusal;

    use super::*;

    /// Codes are put together with their prefix at run time, where the build can't look.
    #[test]
    fn every_refusal_has_its_message_in_both_languages() {
        let photos = PhotoRefusal::ALL.map(|refusal| refusal.code());
        let codes = AccountsRefusal::CODES
            .iter()
            .chain(&CartRefusal::CODES)
            .chain(&CatalogRefusal::CODES)
            .chain(&CertificatesRefusal::CODES)
            .chain(&ImportRefusal::CODES)
            .chain(&OrdersRefusal::CODES)
            .chain(&market::claims::ClaimsRefusal::CODES)
            .chain(&ParcelsRefusal::CODES)
            .chain(&ReportsRefusal::CODES)
            .chain(&AssistanceRefusal::CODES)
            .chain(&AuthoritiesRefusal::CODES)
            .chain(&PaperRefusal::CODES)
            .chain(&SellersRefusal::CODES)
            .chain(&market::shipping::ShippingRefusal::CODES)
            .chain(&market::search::words::SearchRefusal::CODES)
            .chain(&TraceRefusal::CODES)
            .chain(&WebhookRefusal::CODES)
            .chain(&["diary.not_found", "limit.too_often"])
            .chain(&photos);
        for code in codes {
            for lang in [Lang::Vi, Lang::En] {
                let text = speaking(lang, || lookup(&format!("refusal.{code}"), &[]));
                assert!(
                    !text.contains("refusal."),
                    "{code} has no message in {}",
                    lang.code()
                );
            }
        }
    }

    #[test]
    fn a_wait_is_said_in_words_and_never_too_short() {
        for (seconds, vi, en) in [
            (1, "1 giây", "1 second"),
            (59, "59 giây", "59 seconds"),
            (60, "1 phút", "1 minute"),
            (61, "2 phút", "2 minutes"),
            (3_540, "59 phút", "59 minutes"),
            (3_541, "1 giờ", "1 hour"),
            (86_400, "24 giờ", "24 hours"),
        ] {
            for (lang, words) in [(Lang::Vi, vi), (Lang::En, en)] {
                let text = speaking(lang, || refusal(&TooOften { seconds }));
                assert!(text.contains(&format!(" {words} ")), "{text}");
                assert!(!text.contains('%'), "{text}");
            }
        }
    }

    #[test]
    fn every_message_has_its_text_in_both_languages() {
        let codes = CodePurpose::ALL.map(CodePurpose::message);
        let shops = ShopEvent::ALL.into_iter().filter_map(ShopEvent::message);
        let others = [
            "authority_due_soon",
            "authority_overdue",
            "certificate_ends",
            "certificate_verified",
            "certificate_returned",
            "certificate_revoked",
            "certificate_goods_refused",
            "certificate_goods_accepted",
            "mark_ends",
            "mark_verified",
            "mark_returned",
            "mark_revoked",
            "mark_goods_refused",
            "mark_goods_accepted",
            "lot_recalled",
            "parcel_lost",
            "parcel_lost_seller",
            "phone_changed",
            "recovery_waits",
            "shop_member_invited",
            "shop_owned_by_other",
            "password_set",
            "task_list",
            "task_orders",
            "task_money",
        ];
        for message in codes.into_iter().chain(shops).chain(others) {
            for lang in [Lang::Vi, Lang::En] {
                let key = format!("message.{message}");
                let text = speaking(lang, || lookup(&key, &[]));
                assert!(!text.contains("message."), "{key} in {}", lang.code());
            }
        }
    }

    #[test]
    fn every_wrong_field_has_its_message_in_both_languages() {
        for code in [
            "required",
            "choose",
            "choose_task",
            "paper_photo",
            "parcel_boxes",
            "parcel_weight",
            "too_long",
            "too_short",
            "phone",
            "number",
            "range",
            "amount",
            "month",
            "commune",
            "which_commune",
            "commune_code",
            "commune_split",
            "step",
            "decimals",
            "type",
            "too_many",
            "unknown_variant",
            "order_code",
            "no_such_order",
            "idempotency_key",
            "day",
            "unknown",
            "below_least",
            "id",
            "unknown_voucher",
            "part_twice",
            "part_is_combo",
            "part_not_there",
            "part_has_lots",
            "combo_is_part",
            "combo_not_there",
            "combo_is_ordered",
            "combo_stock",
            "whole_combos",
            "too_many_tries",
            "after_end",
            "too_early",
            "officer",
            "photo",
            "photo_refused",
            "photo_gone",
            "substitute_not_on_sale",
            "substitute_too_much",
            "substitute_line",
            "substitute_there",
            "substitute_often",
            "personal_number",
            "tax_code",
            "tax_check_digit",
            "bank_account",
            "account_name",
            "must_declare",
            "return_reason",
            "notice",
            "import_choice",
            "fact_needs_set",
            "fact_not_of_set",
        ]
        .into_iter()
        .chain(FIELD_CODES)
        .chain(authorities::FIELD_CODES)
        .chain(trace::FIELD_CODES)
        .chain(market::claims::FIELD_CODES)
        .chain(market::shipping::FIELD_CODES)
        .chain(market::search::words::FIELD_CODES)
        {
            for lang in [Lang::Vi, Lang::En] {
                let text = speaking(lang, || lookup(&format!("field.{code}"), &[]));
                assert!(
                    !text.contains("field."),
                    "{code} has no message in {}",
                    lang.code()
                );
            }
        }
    }
}
