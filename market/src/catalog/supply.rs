//! How goods come to be there: counted, made once they are ordered, or from a harvest to come.
use serde::{Deserialize, Serialize};
use time::{Date, Duration};

use super::{Variant, parse_stock};
#[cfg(feature = "server")]
use crate::kernel::Fault;
#[cfg(feature = "server")]
use crate::kernel::error::broken_row;
use crate::kernel::time::{day_text, parse_day};
use crate::kernel::{FieldErrors, HarvestId, Quantity, VariantId};

/// What is made to order takes so many days at most.
pub const LONGEST_MAKING: u8 = 90;
/// A harvest is announced so many days ahead at most: a fruit tree's year and a half.
pub const FARTHEST_HARVEST: Duration = Duration::days(540);
/// Picking, or delivering, goes on for so many days at most.
pub const LONGEST_WINDOW: Duration = Duration::days(120);

/// A span of business days, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Days {
    /// The first.
    pub from: Date,
    /// The last.
    pub to: Date,
}

impl Days {
    /// `12/12/2026 – 20/12/2026`; one day stands alone.
    #[must_use]
    pub fn text(self) -> String {
        if self.from == self.to {
            day_text(self.from)
        } else {
            format!("{} – {}", day_text(self.from), day_text(self.to))
        }
    }
}

/// How goods of a way of selling come to be there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Supply {
    /// They are there and were counted.
    #[default]
    Stock,
    /// They are made once they are ordered; their stock is as much as the seller makes at a time.
    ToOrder {
        /// From the order until they leave, 1 to [`LONGEST_MAKING`].
        days: u8,
    },
    /// They are ordered ahead of a harvest; their stock is the quota.
    PreOrder {
        /// In these days buyers get them.
        delivered: Days,
    },
}

impl Supply {
    /// As stored and as the API has it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Stock => "stock",
            Self::ToOrder { .. } => "to_order",
            Self::PreOrder { .. } => "pre_order",
        }
    }

    /// The days until what is made to order leaves.
    #[must_use]
    pub const fn ready_days(self) -> Option<u8> {
        match self {
            Self::ToOrder { days } => Some(days),
            Self::Stock | Self::PreOrder { .. } => None,
        }
    }

    /// What who orders on `today` is promised: the days in which the goods are made or delivered. Nothing for what is
    /// there.
    #[must_use]
    pub fn promise(self, today: Date) -> Option<Days> {
        match self {
            Self::Stock => None,
            Self::ToOrder { days } => Some(Days {
                from: today,
                to: today.saturating_add(Duration::days(i64::from(days))),
            }),
            Self::PreOrder { delivered } => Some(Days {
                from: delivered.from.max(today),
                to: delivered.to.max(today),
            }),
        }
    }

    /// Whether it can still be ordered on `today`: ahead of a harvest until the last day of its delivery.
    #[must_use]
    pub fn is_open_on(self, today: Date) -> bool {
        !matches!(self, Self::PreOrder { delivered } if delivered.to < today)
    }
}

#[cfg(feature = "server")]
impl Supply {
    /// Of a variant, from its columns and those of its harvest.
    ///
    /// # Errors
    /// They contradict each other, which the database does not let stand.
    pub fn of_columns(
        variant: uuid::Uuid,
        supply: &str,
        ready_days: Option<i16>,
        delivers_from: Option<Date>,
        delivers_to: Option<Date>,
    ) -> Result<Self, Fault> {
        Self::of_known(supply, ready_days, delivers_from, delivers_to)
            .ok_or_else(|| broken_row("variants", "supply", variant))
    }

    fn of_known(
        supply: &str,
        ready_days: Option<i16>,
        delivers_from: Option<Date>,
        delivers_to: Option<Date>,
    ) -> Option<Self> {
        match supply {
            "stock" => Some(Self::Stock),
            "to_order" => u8::try_from(ready_days?)
                .ok()
                .map(|days| Self::ToOrder { days }),
            "pre_order" => Some(Self::PreOrder {
                delivered: Days {
                    from: delivers_from?,
                    to: delivers_to?,
                },
            }),
            _ => None,
        }
    }
}

/// What a seller chooses of a way of selling beside a harvest: there, or made to order.
///
/// Nothing chosen leaves it as it is; what is ordered ahead is begun and ended with its harvest.
pub fn parse_supply(errors: &mut FieldErrors, supply: &str, ready_days: &str) -> Option<Supply> {
    match supply.trim() {
        "" | "pre_order" => None,
        "stock" => Some(Supply::Stock),
        "to_order" => {
            let days = ready_days.trim();
            if days.is_empty() {
                errors.add("ready_days", "required");
                return None;
            }
            if let Ok(days @ 1..=LONGEST_MAKING) = days.parse::<u8>() {
                return Some(Supply::ToOrder { days });
            }
            let most = [("max", LONGEST_MAKING.to_string())];
            errors.add_with("ready_days", "ready_days", &most);
            None
        }
        _ => {
            errors.add("supply", "choose");
            None
        }
    }
}

/// A harvest to come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Harvest {
    /// Identifier.
    pub id: HarvestId,
    /// It is picked in these days.
    pub picked: Days,
    /// So much is expected.
    pub forecast: Quantity,
    /// Of the forecast: kg, trái, …
    pub unit: String,
    /// Buyers get what they ordered ahead in these days.
    pub delivered: Days,
}

/// A harvest to come, as typed: the pairs of a form, because each way of selling has a quota of its own, by
/// [`quota_field`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HarvestForm(pub Vec<(String, String)>);

/// The field in which a seller types how much of a way of selling can be ordered ahead.
#[must_use]
pub fn quota_field(variant: VariantId) -> String {
    format!("quota-{variant}")
}

/// The field in which a seller types what is left to sell of a way of selling once the harvest is in.
#[must_use]
pub fn left_field(variant: VariantId) -> String {
    format!("left-{variant}")
}

/// A harvest to come, understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewHarvest {
    /// It is picked in these days.
    pub picked: Days,
    /// So much is expected.
    pub forecast: Quantity,
    /// Of the forecast.
    pub unit: String,
    /// Buyers get what they ordered ahead in these days.
    pub delivered: Days,
    /// What can be ordered ahead of which way of selling, with the orders that hold some already.
    pub quotas: Vec<(VariantId, Quantity)>,
}

impl HarvestForm {
    /// What was typed into a field.
    #[must_use]
    pub fn typed(&self, field: &str) -> &str {
        self.0
            .iter()
            .find(|(name, _)| name == field)
            .map_or("", |(_, typed)| typed)
    }

    /// Understands what was typed about these ways of selling. Of a harvest that is announced already the days of
    /// delivery are not asked for, they are moved by their own form; and its days of picking may be over.
    ///
    /// # Errors
    /// All that is wrong, field by field.
    pub fn parse(
        &self,
        variants: &[Variant],
        announced: Option<&Harvest>,
        today: Date,
    ) -> Result<NewHarvest, FieldErrors> {
        let mut errors = FieldErrors::default();
        let since = announced.map_or(today, |harvest| harvest.picked.to.min(today));
        let picked = parse_days(&mut errors, self, ["picked_from", "picked_to"], since);
        let delivered = announced.map(|harvest| harvest.delivered);
        let delivered = match (delivered, picked) {
            (Some(days), Some(picked)) if picked.from > days.from => {
                errors.add("picked_from", "harvest_unpicked");
                None
            }
            (Some(days), _) => Some(days),
            (None, Some(picked)) => parse_delivery(&mut errors, self, picked.from, today),
            (None, None) => None,
        };
        let forecast = match Quantity::parse(self.typed("forecast")) {
            Ok(forecast) => forecast,
            Err(error) => {
                let is_empty = self.typed("forecast").trim().is_empty();
                errors.add("forecast", if is_empty { "required" } else { error.code() });
                Quantity::default()
            }
        };
        let unit = errors.line("unit", self.typed("unit"), 20).to_lowercase();
        let mut quotas = Vec::new();
        for variant in variants {
            let field = quota_field(variant.id);
            if !self.typed(&field).trim().is_empty() {
                let quota = parse_stock(&mut errors, &field, self.typed(&field));
                // None is as good as nothing typed.
                if quota > Quantity::default() {
                    quotas.push((variant.id, quota));
                }
            }
        }
        if errors.is_empty() {
            refuse_more_than_expected(&mut errors, variants, &quotas, forecast, &unit);
        }
        match (picked, delivered) {
            (Some(picked), Some(delivered)) if errors.is_empty() => Ok(NewHarvest {
                picked,
                forecast,
                unit,
                delivered,
                quotas,
            }),
            _ => Err(errors),
        }
    }
}

/// Two days of a form, in order and neither over nor too far ahead.
fn parse_days(
    errors: &mut FieldErrors,
    form: &HarvestForm,
    fields: [&str; 2],
    today: Date,
) -> Option<Days> {
    let mut day = |field: &str| {
        let typed = form.typed(field);
        let day = parse_day(typed);
        match day {
            None if typed.trim().is_empty() => errors.add(field, "required"),
            None => errors.add(field, "day"),
            Some(_) => {}
        }
        day
    };
    let (from, to) = (day(fields[0]), day(fields[1]));
    let (from, to) = (from?, to?);
    if from > to {
        errors.add(fields[0], "after_end");
    } else if to < today {
        errors.add(fields[1], "harvest_over");
    } else if to - from > LONGEST_WINDOW {
        let most = [("days", LONGEST_WINDOW.whole_days().to_string())];
        errors.add_with(fields[1], "harvest_long", &most);
    } else if to - today > FARTHEST_HARVEST {
        errors.add(fields[1], "harvest_far");
    } else {
        return Some(Days { from, to });
    }
    None
}

/// The days of delivery: not before picking begins.
fn parse_delivery(
    errors: &mut FieldErrors,
    form: &HarvestForm,
    picked_from: Date,
    today: Date,
) -> Option<Days> {
    let days = parse_days(errors, form, ["delivers_from", "delivers_to"], today)?;
    if days.from < picked_from {
        errors.add("delivers_from", "harvest_unpicked");
        return None;
    }
    Some(days)
}

/// More than is expected can't be promised, as far as the units can be held against each other.
fn refuse_more_than_expected(
    errors: &mut FieldErrors,
    variants: &[Variant],
    quotas: &[(VariantId, Quantity)],
    forecast: Quantity,
    unit: &str,
) {
    let mut promised = 0i64;
    for (id, quota) in quotas {
        let Some(variant) = variants.iter().find(|variant| variant.id == *id) else {
            continue;
        };
        let in_unit = if variant.unit == unit {
            Some(quota.thousandths())
        } else if unit == "kg" {
            variant
                .net_grams
                .map(|grams| quota.thousandths().saturating_mul(i64::from(grams)) / 1000)
        } else {
            None
        };
        promised = promised.saturating_add(in_unit.unwrap_or_default());
        if promised > forecast.thousandths() {
            let most = [("forecast", format!("{forecast} {unit}"))];
            errors.add_with(&quota_field(*id), "more_than_forecast", &most);
            return;
        }
    }
}

/// Other days of delivery, as typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct MoveForm {
    /// The first day.
    pub delivers_from: String,
    /// The last day.
    pub delivers_to: String,
    /// Why, in words that the buyers get.
    pub reason: String,
}

impl MoveForm {
    /// Understands what was typed, of a harvest that is picked from `picked_from`.
    ///
    /// # Errors
    /// All that is wrong, field by field.
    pub fn parse(&self, picked_from: Date, today: Date) -> Result<(Days, String), FieldErrors> {
        let mut errors = FieldErrors::default();
        let form = HarvestForm(vec![
            ("delivers_from".to_owned(), self.delivers_from.clone()),
            ("delivers_to".to_owned(), self.delivers_to.clone()),
        ]);
        let days = parse_delivery(&mut errors, &form, picked_from, today);
        let reason = errors.line("reason", &self.reason, 120);
        match days {
            Some(days) if errors.is_empty() => Ok((days, reason)),
            _ => Err(errors),
        }
    }
}

#[cfg(test)]
mod tests {
    use time::macros::date;

    use super::*;

    const TODAY: Date = date!(2026 - 11 - 27);

    fn variant(number: u128, unit: &str, net_grams: Option<i32>) -> Variant {
        Variant {
            parts: Vec::new(),
            id: VariantId(uuid::Uuid::from_u128(number)),
            sku: String::new(),
            name: String::new(),
            unit: unit.to_owned(),
            unit_note: String::new(),
            price: None,
            net_grams,
            net_ml: None,
            ship_grams: 500,
            minimum: Quantity::ONE,
            step: Quantity::ONE,
            available: Quantity::default(),
            on_hand: Quantity::default(),
            supply: Supply::Stock,
        }
    }

    fn form(edits: &[(&str, &str)]) -> HarvestForm {
        let mut pairs = vec![
            ("picked_from".to_owned(), "2026-12-10".to_owned()),
            ("picked_to".to_owned(), "20/12/2026".to_owned()),
            ("delivers_from".to_owned(), "2026-12-12".to_owned()),
            ("delivers_to".to_owned(), "2026-12-22".to_owned()),
            ("forecast".to_owned(), "500".to_owned()),
            ("unit".to_owned(), "kg".to_owned()),
        ];
        for (field, typed) in edits {
            pairs.retain(|(name, _)| name != field);
            pairs.push(((*field).to_owned(), (*typed).to_owned()));
        }
        HarvestForm(pairs)
    }

    fn code(edits: &[(&str, &str)]) -> Vec<(String, String)> {
        let variants = [variant(1, "kg", Some(1000)), variant(2, "hộp", Some(500))];
        form(edits)
            .parse(&variants, None, TODAY)
            .expect_err("wrong")
            .0
            .into_iter()
            .map(|error| (error.field, error.code))
            .collect()
    }

    #[test]
    fn a_harvest_is_ahead_and_in_order() {
        let one = |field: &str, code: &str| vec![(field.to_owned(), code.to_owned())];
        assert_eq!(code(&[("picked_from", "")]), one("picked_from", "required"));
        assert_eq!(
            code(&[("picked_from", "tháng sau")]),
            one("picked_from", "day")
        );
        assert_eq!(
            code(&[("picked_from", "2026-12-21")]),
            one("picked_from", "after_end")
        );
        assert_eq!(
            code(&[("picked_from", "2026-11-01"), ("picked_to", "2026-11-26")]),
            one("picked_to", "harvest_over")
        );
        assert_eq!(
            code(&[("picked_to", "2028-12-01")]),
            one("picked_to", "harvest_long")
        );
        assert_eq!(
            code(&[("delivers_from", "2026-12-09")]),
            one("delivers_from", "harvest_unpicked")
        );
        assert_eq!(code(&[("forecast", "nhiều")]), one("forecast", "number"));
        assert_eq!(code(&[("forecast", "")]), one("forecast", "required"));
    }

    #[test]
    fn a_plan_that_changes_keeps_before_the_days_of_delivery() {
        let delivered = Days {
            from: date!(2026 - 12 - 12),
            to: date!(2026 - 12 - 22),
        };
        let announced = Harvest {
            id: HarvestId(uuid::Uuid::nil()),
            picked: Days {
                from: date!(2026 - 11 - 10),
                to: date!(2026 - 11 - 20),
            },
            forecast: Quantity::ONE,
            unit: "kg".to_owned(),
            delivered,
        };
        let over = form(&[("picked_from", "2026-11-10"), ("picked_to", "2026-11-20")]);
        assert!(
            over.parse(&[], Some(&announced), TODAY).is_ok(),
            "it is being delivered"
        );
        let later = form(&[("picked_from", "2026-12-13")]);
        let errors = later
            .parse(&[], Some(&announced), TODAY)
            .expect_err("picked after it is delivered");
        assert!(errors.of("picked_from").is_some());
        let kept = form(&[("delivers_from", "mai")]);
        assert!(kept.parse(&[], Some(&announced), TODAY).is_ok());
    }

    #[test]
    fn no_more_is_promised_than_is_expected() {
        let (kilos, boxes) = (
            quota_field(VariantId(uuid::Uuid::from_u128(1))),
            quota_field(VariantId(uuid::Uuid::from_u128(2))),
        );
        let variants = [variant(1, "kg", Some(1000)), variant(2, "hộp", Some(500))];
        let parse = |edits: &[(&str, &str)]| form(edits).parse(&variants, None, TODAY);
        // 300 kg and 400 boxes of half a kilogram are 500 kg.
        assert!(parse(&[(&kilos, "300"), (&boxes, "400")]).is_ok());
        let errors = parse(&[(&kilos, "300"), (&boxes, "401")]).expect_err("too much");
        assert_eq!(
            errors.of(&boxes).map(|error| error.code.as_str()),
            Some("more_than_forecast")
        );
        // Bunches can't be held against kilograms.
        assert!(parse(&[("unit", "bó"), (&kilos, "900")]).is_ok());
        assert!(parse(&[]).expect("announced only").quotas.is_empty());
    }

    #[test]
    fn a_promise_begins_today_at_the_earliest_and_ends_with_the_window() {
        let delivered = Days {
            from: date!(2026 - 12 - 12),
            to: date!(2026 - 12 - 22),
        };
        let ahead = Supply::PreOrder { delivered };
        assert_eq!(ahead.promise(TODAY), Some(delivered));
        let late = date!(2026 - 12 - 20);
        assert_eq!(ahead.promise(late).map(|days| days.from), Some(late));
        assert!(ahead.is_open_on(delivered.to) && !ahead.is_open_on(date!(2026 - 12 - 23)));
        let made = Supply::ToOrder { days: 5 }.promise(TODAY).expect("days");
        assert_eq!((made.from, made.to), (TODAY, date!(2026 - 12 - 02)));
        assert_eq!(Supply::Stock.promise(TODAY), None);
    }

    #[test]
    fn what_is_made_to_order_says_in_how_many_days() {
        let parse = |supply: &str, days: &str| {
            let mut errors = FieldErrors::default();
            let supply = parse_supply(&mut errors, supply, days);
            (supply, errors.0.first().map(|error| error.field.clone()))
        };
        assert_eq!(parse("", ""), (None, None));
        assert_eq!(parse("stock", "7"), (Some(Supply::Stock), None));
        assert_eq!(
            parse("to_order", "7"),
            (Some(Supply::ToOrder { days: 7 }), None)
        );
        for days in ["", "0", "91", "vài"] {
            assert_eq!(
                parse("to_order", days),
                (None, Some("ready_days".to_owned())),
                "{days}"
            );
        }
        assert_eq!(parse("mai", ""), (None, Some("supply".to_owned())));
    }
}
