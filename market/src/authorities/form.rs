//! What an officer types about a request, and what it means.
use serde::{Deserialize, Serialize};
use time::{Date, OffsetDateTime, Time};
use uuid::Uuid;

use super::state::RequestEvent;
use super::types::{Days, ENTERED_WITHIN, RequestKind};
use crate::kernel::text::clean_line;
use crate::kernel::time::{ICT, business_day, parse_day};
use crate::kernel::{FieldErrors, OrderCode, SellerId};

/// What can be wrong with a field of a request, beside what can be with any.
pub const FIELD_CODES: [&str; 8] = [
    "request_future",
    "request_old",
    "request_time",
    "request_document_after",
    "request_no_shop",
    "request_no_order",
    "request_own_shop",
    "request_step",
];

/// A request as typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RequestForm {
    /// Made when the form was shown: the same form twice is one request.
    pub key: String,
    /// Who asks.
    pub authority: String,
    /// Number of its document.
    pub document_no: String,
    /// The day on the document.
    pub document_date: String,
    /// The day on which it came.
    pub received_on: String,
    /// The hour at which it came, `15:04`.
    pub received_time: String,
    /// What is asked for.
    pub kind: String,
    /// Address of the shop that it is about, as pasted; may be empty.
    pub shop: String,
    /// Code of the order that it is about; may be empty.
    pub order: String,
    /// What is asked, in its own words.
    pub asked: String,
}

/// How a shop was named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ShopNamed {
    /// By its public address.
    Slug(String),
    /// By its address at the officers' desk.
    Id(SellerId),
}

impl ShopNamed {
    /// Reads an address as pasted: `https://…/gian-hang/hop-tac-xa-ky-nhu?…`, the officers' own address of it, or the
    /// last part alone.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let text = clean_line(text);
        let after = text
            .rsplit_once("gian-hang/")
            .map_or(text.as_str(), |(_, rest)| rest);
        let name = after.split(['/', '?', '#']).next().unwrap_or_default();
        match name.parse() {
            Ok(id) => Self::Id(id),
            Err(_) => Self::Slug(name.to_lowercase()),
        }
    }
}

/// A request understood; shop and order are still to be found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewRequest {
    /// The form's key.
    pub key: Uuid,
    /// Who asks, at most 150 characters.
    pub authority: String,
    /// Number of its document, at most 100 characters.
    pub document_no: String,
    /// The day on the document.
    pub document_date: Date,
    /// When it came, UTC; never in the future.
    pub received_at: OffsetDateTime,
    /// What is asked for.
    pub kind: RequestKind,
    /// The shop that it is about.
    pub shop: Option<ShopNamed>,
    /// The order that it is about.
    pub order: Option<OrderCode>,
    /// What is asked, at most 2,000 characters.
    pub asked: String,
}

impl RequestForm {
    /// An empty form that is shown at `now`: received at this moment.
    #[must_use]
    pub fn begun(key: Uuid, now: OffsetDateTime) -> Self {
        let local = now.to_offset(ICT);
        Self {
            key: key.to_string(),
            received_on: crate::kernel::time::iso_day(local.date()),
            received_time: format!("{:02}:{:02}", local.hour(), local.minute()),
            ..Self::default()
        }
    }

    /// Understands what was typed at `now`.
    ///
    /// # Errors
    /// All that is wrong, field by field.
    pub fn parse(&self, now: OffsetDateTime) -> Result<NewRequest, FieldErrors> {
        let mut errors = FieldErrors::default();
        let key = self.key.parse().ok();
        if key.is_none() {
            errors.add("key", "id");
        }
        let authority = errors.line("authority", &self.authority, 150);
        let document_no = errors.line("document_no", &self.document_no, 100);
        let document_date = day(&mut errors, "document_date", &self.document_date);
        let received_at = self.received_at(&mut errors, now);
        if let (Some(day), Some(received)) = (document_date, received_at)
            && day > business_day(received)
        {
            errors.add("document_date", "request_document_after");
        }
        let kind = RequestKind::parse(&self.kind);
        if kind.is_none() {
            errors.add("kind", "choose");
        }
        let shop = self.shop.trim();
        if shop.is_empty() && matches!(kind, Some(RequestKind::ShopOff | RequestKind::GoodsOff)) {
            errors.add("shop", "required");
        }
        let order = self.order.trim();
        let code = OrderCode::parse(order).ok();
        if !order.is_empty() && code.is_none() {
            errors.add("order", "order_code");
        }
        let asked = text(&mut errors, "asked", &self.asked);
        match (key, document_date, received_at, kind) {
            (Some(key), Some(document_date), Some(received_at), Some(kind))
                if errors.is_empty() =>
            {
                Ok(NewRequest {
                    key,
                    authority,
                    document_no,
                    document_date,
                    received_at,
                    kind,
                    shop: (!shop.is_empty()).then(|| ShopNamed::parse(shop)),
                    order: code,
                    asked,
                })
            }
            _ => Err(errors),
        }
    }

    /// Day and hour together, by the clocks of Asia/Ho_Chi_Minh.
    fn received_at(&self, errors: &mut FieldErrors, now: OffsetDateTime) -> Option<OffsetDateTime> {
        let day = day(errors, "received_on", &self.received_on);
        let hour = parse_time(&self.received_time);
        if self.received_time.trim().is_empty() {
            errors.add("received_time", "required");
        } else if hour.is_none() {
            errors.add("received_time", "request_time");
        }
        let at = day?.with_time(hour?).assume_offset(ICT);
        if business_day(at) > business_day(now) {
            errors.add("received_on", "request_future");
        } else if at > now {
            errors.add("received_time", "request_future");
        } else if now - at > ENTERED_WITHIN {
            let days = [("days", ENTERED_WITHIN.whole_days().to_string())];
            errors.add_with("received_on", "request_old", &days);
        }
        Some(at)
    }
}

/// A required day.
fn day(errors: &mut FieldErrors, field: &str, text: &str) -> Option<Date> {
    let day = parse_day(text);
    if text.trim().is_empty() {
        errors.add(field, "required");
    } else if day.is_none() {
        errors.add(field, "day");
    }
    day
}

/// A required text of several lines.
fn text(errors: &mut FieldErrors, field: &str, typed: &str) -> String {
    let text = errors.optional_text(field, typed, 2000);
    if text.is_empty() {
        errors.add(field, "required");
    }
    text
}

/// An hour as people write it: `15:04`, `9h30`, `9 giờ`.
fn parse_time(text: &str) -> Option<Time> {
    let text = text.trim().to_lowercase().replace("giờ", "h");
    let (hour, minute) = text.split_once([':', 'h'])?;
    let minute = match minute.trim() {
        "" => "0",
        minute => minute,
    };
    Time::from_hms(hour.trim().parse().ok()?, minute.parse().ok()?, 0).ok()
}

/// What is done about a request, as typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct StepForm {
    /// Which event.
    pub step: String,
    /// What was answered, why it is declined, what is to be known.
    pub text: String,
    /// Number of our letter; may be empty.
    pub letter_no: String,
}

/// What is done about a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// Which event; never [`RequestEvent::Received`].
    pub event: RequestEvent,
    /// Never empty, at most 2,000 characters.
    pub text: String,
    /// At most 100 characters.
    pub letter_no: String,
}

impl StepForm {
    /// Understands what was typed.
    ///
    /// # Errors
    /// All that is wrong, field by field.
    pub fn parse(&self) -> Result<Step, FieldErrors> {
        let mut errors = FieldErrors::default();
        let event =
            RequestEvent::parse(&self.step).filter(|event| *event != RequestEvent::Received);
        if event.is_none() {
            errors.add("step", "request_step");
        }
        let text = text(&mut errors, "text", &self.text);
        let letter_no = errors.optional_text("letter_no", &self.letter_no, 100);
        match event {
            Some(event) if errors.is_empty() => Ok(Step {
                event,
                text,
                letter_no,
            }),
            _ => Err(errors),
        }
    }
}

/// Of which days orders and deeds are taken out, as typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct ExportForm {
    /// First day; empty: from the beginning.
    pub from: String,
    /// Last day; empty: until now.
    pub to: String,
}

impl ExportForm {
    /// Understands what was typed.
    ///
    /// # Errors
    /// All that is wrong, field by field.
    pub fn parse(&self) -> Result<Days, FieldErrors> {
        let mut errors = FieldErrors::default();
        let mut given = |field: &str, text: &str| {
            let is_empty = text.trim().is_empty();
            (!is_empty).then(|| day(&mut errors, field, text)).flatten()
        };
        let days = Days {
            from: given("from", &self.from),
            to: given("to", &self.to),
        };
        if let (Some(from), Some(to)) = (days.from, days.to)
            && from > to
        {
            errors.add("from", "after_end");
        }
        if errors.is_empty() {
            Ok(days)
        } else {
            Err(errors)
        }
    }
}

#[cfg(test)]
mod tests {
    use time::macros::{date, datetime};

    use super::*;

    /// 10:04 in Hậu Giang.
    const NOW: OffsetDateTime = datetime!(2026-11-24 03:04:30 UTC);

    fn form() -> RequestForm {
        RequestForm {
            authority: "Đội Quản lý thị trường số 3".to_owned(),
            document_no: "12/QLTT".to_owned(),
            document_date: "23/11/2026".to_owned(),
            kind: "give_data".to_owned(),
            asked: "Thông tin gian hàng".to_owned(),
            ..RequestForm::begun(Uuid::from_u128(1), NOW)
        }
    }

    fn code(form: &RequestForm, field: &str) -> Option<String> {
        let errors = form.parse(NOW).err()?;
        errors.of(field).map(|error| error.code.clone())
    }

    #[test]
    fn a_form_begins_with_this_minute() {
        let request = form().parse(NOW).expect("right");
        assert_eq!(request.received_at, datetime!(2026-11-24 03:04 UTC));
        assert_eq!(request.document_date, date!(2026 - 11 - 23));
        assert_eq!((request.shop, request.order), (None, None));
    }

    #[test]
    fn a_day_and_an_hour_must_be_possible() {
        for (on, time, field, expected) in [
            ("2026-11-24", "10:05", "received_time", "request_future"),
            ("2026-11-25", "0:00", "received_on", "request_future"),
            ("2026-10-20", "10:00", "received_on", "request_old"),
            ("2026-11-24", "25:00", "received_time", "request_time"),
            ("2026-11-24", "sáng", "received_time", "request_time"),
            ("2026-11-24", "", "received_time", "required"),
            ("hôm qua", "9:00", "received_on", "day"),
            // The document was written after it came.
            (
                "2026-11-22",
                "9h30",
                "document_date",
                "request_document_after",
            ),
        ] {
            let form = RequestForm {
                received_on: on.to_owned(),
                received_time: time.to_owned(),
                ..form()
            };
            assert_eq!(code(&form, field).as_deref(), Some(expected), "{on} {time}");
        }
        for time in ["9:05", "9h05", "9 giờ 05", " 09:05 "] {
            assert_eq!(parse_time(time), Some(time::macros::time!(9:05)), "{time}");
        }
        assert_eq!(parse_time("9 giờ"), Some(time::macros::time!(9:00)));
    }

    #[test]
    fn a_shop_is_named_by_any_of_its_addresses() {
        let slug = |text| ShopNamed::parse(text) == ShopNamed::Slug("ky-nhu".to_owned());
        assert!(slug("ky-nhu"));
        assert!(slug(" https://cho.example/gian-hang/ky-nhu?trang=2#hang "));
        assert!(slug("cho.example/gian-hang/Ky-Nhu/"));
        let id = Uuid::from_u128(7);
        assert_eq!(
            ShopNamed::parse(&format!("/tinh/gian-hang/{id}/duyet")),
            ShopNamed::Id(SellerId(id))
        );
    }

    #[test]
    fn a_step_needs_words() {
        let step = |step: &str, text: &str| StepForm {
            step: step.to_owned(),
            text: text.to_owned(),
            ..StepForm::default()
        };
        assert!(step("declined", "Không thuộc chợ này").parse().is_ok());
        for (form, field) in [
            (step("declined", " "), "text"),
            (step("received", "x"), "step"),
            (step("", "x"), "step"),
        ] {
            assert!(form.parse().expect_err("wrong").of(field).is_some());
        }
    }

    #[test]
    fn a_period_has_a_first_and_a_last_day_or_neither() {
        let days = |from: &str, to: &str| {
            ExportForm {
                from: from.to_owned(),
                to: to.to_owned(),
            }
            .parse()
        };
        assert_eq!(days("", ""), Ok(Days::default()));
        assert!(days("2026-11-01", "").is_ok());
        for (from, to) in [("2026-11-02", "2026-11-01"), ("x", "")] {
            assert!(days(from, to).is_err());
        }
    }
}
