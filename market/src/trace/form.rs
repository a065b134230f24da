//! What people type about lots, and what it means.
use serde::{Deserialize, Serialize};
use time::{Date, Duration};
use uuid::Uuid;

use super::code::Gtin;
use super::types::{InputKind, LotInput, LotKind, WRITTEN_WITHIN_DAYS};
use crate::kernel::text::without_marks;
use crate::kernel::time::{iso_day, parse_day};
use crate::kernel::{FieldErrors, ProductId, Quantity};

/// What can be wrong with a field of a lot, beside what can be with any.
pub const FIELD_CODES: [&str; 9] = [
    "lot_future",
    "lot_old",
    "lot_best_before",
    "lot_gtin",
    "lot_product",
    "lot_in_combos",
    "lot_more_than_line",
    "lot_code",
    "lot_unknown",
];

/// Characters of a message to buyers: two short messages of letters without marks.
const MESSAGE: usize = 300;

/// A lot as typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct LotForm {
    /// Made when the form was shown: the same form twice is one lot.
    pub key: String,
    /// Of what.
    pub product: String,
    /// Harvested or made.
    pub kind: String,
    /// On which day.
    pub made_on: String,
    /// Best before; may be empty.
    pub best_before: String,
    /// Hamlet, field, kitchen.
    pub place: String,
    /// How much.
    pub quantity: String,
    /// Of what the quantity is.
    pub unit: String,
    /// What one package holds; may be empty.
    pub net_content: String,
    /// The number under the bar code; may be empty.
    pub gtin: String,
    /// For buyers; may be empty.
    pub notes: String,
}

/// A lot understood; whose product it is must still be looked up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewLot {
    /// The form's key.
    pub key: Uuid,
    /// Of what.
    pub product: ProductId,
    /// Harvested or made.
    pub kind: LotKind,
    /// On which day; never in the future.
    pub made_on: Date,
    /// Never before `made_on`.
    pub best_before: Option<Date>,
    /// At most 150 characters.
    pub place: String,
    /// How much.
    pub quantity: Quantity,
    /// At most 30 characters.
    pub unit: String,
    /// At most 40 characters.
    pub net_content: String,
    /// The number under the bar code.
    pub gtin: Option<Gtin>,
    /// At most 1,000 characters.
    pub notes: String,
}

impl LotForm {
    /// An empty form that is shown on `today`.
    #[must_use]
    pub fn begun(key: Uuid, today: Date) -> Self {
        Self {
            key: key.to_string(),
            kind: LotKind::Harvest.as_str().to_owned(),
            made_on: iso_day(today),
            ..Self::default()
        }
    }

    /// Understands what was typed on `today`.
    ///
    /// # Errors
    /// All that is wrong, field by field.
    pub fn parse(&self, today: Date) -> Result<NewLot, FieldErrors> {
        let mut errors = FieldErrors::default();
        let key = self.key.parse().ok();
        if key.is_none() {
            errors.add("key", "id");
        }
        let product = self.product.parse().ok();
        if product.is_none() {
            errors.add("product", "choose");
        }
        let kind = LotKind::parse(&self.kind);
        if kind.is_none() {
            errors.add("kind", "choose");
        }
        let made_on = day(&mut errors, "made_on", &self.made_on);
        if made_on.is_none() && self.made_on.trim().is_empty() {
            errors.add("made_on", "required");
        }
        match made_on {
            Some(day) if day > today => errors.add("made_on", "lot_future"),
            Some(day) if today - day > Duration::days(WRITTEN_WITHIN_DAYS) => {
                errors.add("made_on", "lot_old");
            }
            _ => {}
        }
        let best_before = day(&mut errors, "best_before", &self.best_before);
        if let (Some(made), Some(best)) = (made_on, best_before)
            && best < made
        {
            errors.add("best_before", "lot_best_before");
        }
        let place = errors.line("place", &self.place, 150);
        let quantity = match Quantity::parse(&self.quantity) {
            Ok(quantity) => Some(quantity),
            Err(_) if self.quantity.trim().is_empty() => {
                errors.add("quantity", "required");
                None
            }
            Err(error) => {
                errors.add("quantity", error.code());
                None
            }
        };
        let unit = errors.line("unit", &self.unit, 30);
        let net_content = errors.optional_text("net_content", &self.net_content, 40);
        let gtin = Gtin::parse(&self.gtin).ok();
        if gtin.is_none() && !self.gtin.trim().is_empty() {
            errors.add("gtin", "lot_gtin");
        }
        let notes = errors.optional_text("notes", &self.notes, 1000);
        match (key, product, kind, made_on, quantity) {
            (Some(key), Some(product), Some(kind), Some(made_on), Some(quantity))
                if errors.is_empty() =>
            {
                Ok(NewLot {
                    key,
                    product,
                    kind,
                    made_on,
                    best_before,
                    place,
                    quantity,
                    unit,
                    net_content,
                    gtin,
                    notes,
                })
            }
            _ => Err(errors),
        }
    }
}

/// A day that may be left out.
fn day(errors: &mut FieldErrors, field: &str, text: &str) -> Option<Date> {
    let day = parse_day(text);
    if day.is_none() && !text.trim().is_empty() {
        errors.add(field, "day");
    }
    day
}

/// Something that was used for a lot, as typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct InputForm {
    /// Which kind.
    pub input_kind: String,
    /// What it is called.
    pub name: String,
    /// How much; may be empty.
    pub amount: String,
    /// On which day; may be empty.
    pub used_on: String,
}

impl InputForm {
    /// Understands what was typed about a lot that was harvested or made on `made_on`.
    ///
    /// # Errors
    /// All that is wrong, field by field.
    pub fn parse(&self, made_on: Date) -> Result<LotInput, FieldErrors> {
        let mut errors = FieldErrors::default();
        let kind = InputKind::parse(&self.input_kind);
        if kind.is_none() {
            errors.add("input_kind", "choose");
        }
        let name = errors.line("name", &self.name, 100);
        let amount = errors.optional_text("amount", &self.amount, 60);
        let used_on = day(&mut errors, "used_on", &self.used_on);
        // Nothing can be waited for after the harvest; an onion may still be packed with something.
        if let (Some(kind), Some(day)) = (kind, used_on)
            && kind.is_waited_for()
            && day > made_on
        {
            errors.add("used_on", "lot_future");
        }
        match kind {
            Some(kind) if errors.is_empty() => Ok(LotInput {
                kind,
                name,
                amount,
                used_on,
            }),
            _ => Err(errors),
        }
    }
}

/// A recall as typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RecallForm {
    /// Why; everybody who opens the lot's page reads it.
    pub reason: String,
    /// What buyers are told by short message.
    pub message: String,
}

/// What a recall says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecallWords {
    /// At most 500 characters.
    pub reason: String,
    /// Without marks, at most 300 characters.
    pub message: String,
}

impl RecallForm {
    /// Understands what was typed.
    ///
    /// # Errors
    /// All that is wrong, field by field.
    pub fn parse(&self) -> Result<RecallWords, FieldErrors> {
        let mut errors = FieldErrors::default();
        let reason = errors.line("reason", &self.reason, 500);
        let message = errors.line("message", &without_marks(&self.message), MESSAGE);
        if errors.is_empty() {
            Ok(RecallWords { reason, message })
        } else {
            Err(errors)
        }
    }
}

#[cfg(test)]
mod tests {
    use time::macros::date;

    use super::*;

    const TODAY: Date = date!(2026 - 11 - 24);

    fn form() -> LotForm {
        LotForm {
            product: Uuid::from_u128(2).to_string(),
            place: "Ấp Thạnh Xuân, ruộng sau nhà".to_owned(),
            quantity: "1.200".to_owned(),
            unit: "kg".to_owned(),
            ..LotForm::begun(Uuid::from_u128(1), TODAY)
        }
    }

    fn code(form: &LotForm, field: &str) -> Option<String> {
        let errors = form.parse(TODAY).err()?;
        errors.of(field).map(|error| error.code.clone())
    }

    #[test]
    fn a_lot_needs_few_words() {
        let lot = form().parse(TODAY).expect("right");
        assert_eq!((lot.made_on, lot.kind), (TODAY, LotKind::Harvest));
        assert_eq!(lot.quantity, Quantity::from_thousandths(1_200_000));
        assert_eq!((lot.best_before, lot.gtin), (None, None));
        let empty = LotForm::default().parse(TODAY).expect_err("empty");
        for field in ["product", "kind", "made_on", "place", "quantity", "unit"] {
            assert!(empty.of(field).is_some(), "{field}");
        }
    }

    #[test]
    fn days_and_numbers_must_be_possible() {
        type Change = fn(&mut LotForm, &str);
        let cases: [(Change, &str, &str, &str); 8] = [
            (
                |form, text| form.made_on = text.to_owned(),
                "2026-11-25",
                "made_on",
                "lot_future",
            ),
            (
                |form, text| form.made_on = text.to_owned(),
                "2020-01-01",
                "made_on",
                "lot_old",
            ),
            (
                |form, text| form.made_on = text.to_owned(),
                "hôm qua",
                "made_on",
                "day",
            ),
            (
                |form, text| form.best_before = text.to_owned(),
                "23/11/2026",
                "best_before",
                "lot_best_before",
            ),
            (
                |form, text| form.quantity = text.to_owned(),
                "nhiều",
                "quantity",
                "number",
            ),
            (
                |form, text| form.quantity = text.to_owned(),
                "0",
                "quantity",
                "amount",
            ),
            (
                |form, text| form.gtin = text.to_owned(),
                "9506000134353",
                "gtin",
                "lot_gtin",
            ),
            (
                |form, text| form.kind = text.to_owned(),
                "found",
                "kind",
                "choose",
            ),
        ];
        for (change, text, field, expected) in cases {
            let mut form = form();
            change(&mut form, text);
            assert_eq!(
                code(&form, field).as_deref(),
                Some(expected),
                "{field} {text}"
            );
        }
    }

    #[test]
    fn poison_is_used_before_the_harvest() {
        let input = |kind: &str, used_on: &str| InputForm {
            input_kind: kind.to_owned(),
            name: "Phân hữu cơ".to_owned(),
            amount: String::new(),
            used_on: used_on.to_owned(),
        };
        assert!(input("pesticide", "2026-11-01").parse(TODAY).is_ok());
        assert!(input("pesticide", "2026-11-25").parse(TODAY).is_err());
        assert!(input("ingredient", "2026-11-25").parse(TODAY).is_ok());
        assert!(input("", "").parse(TODAY).is_err());
    }

    #[test]
    fn messages_go_out_without_marks() {
        let form = RecallForm {
            reason: "Nghi còn dư lượng thuốc".to_owned(),
            message: "Xin ngưng ăn lô Khóm này,\n gọi 0912".to_owned(),
        };
        let words = form.parse().expect("right");
        assert_eq!(words.message, "Xin ngung an lo Khom nay, goi 0912");
        assert_eq!(words.reason, form.reason);
        let errors = RecallForm::default().parse().expect_err("empty");
        assert!(errors.of("reason").is_some() && errors.of("message").is_some());
    }
}
