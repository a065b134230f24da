//! Forms of claims, as typed.
use serde::Deserialize;

use super::{ClaimReason, ClaimWish, ReturnedGoods};
use crate::catalog::parse_price;
use crate::kernel::{FieldErrors, OrderLineId, Quantity, Vnd};

/// The codes of fields that only claims know, so that a test finds a message for each.
pub const FIELD_CODES: [&str; 9] = [
    "claim_nothing",
    "claim_too_much",
    "claim_photo",
    "claim_photo_gone",
    "claim_photos_many",
    "claim_fresh_stays",
    "claim_late",
    "claim_amount",
    "claim_goods",
];

/// Photographs of one claim or message at most.
pub const MOST_PHOTOS: usize = 6;

/// Pairs of a form whose fields are named after the lines of an order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct ClaimForm {
    /// Name and value, as they came.
    pub pairs: Vec<(String, String)>,
}

/// A claim, understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewClaim {
    /// What is wrong.
    pub reason: ClaimReason,
    /// What is asked for.
    pub wish: ClaimWish,
    /// In the buyer's words.
    pub text: String,
    /// How much of which line.
    pub lines: Vec<(OrderLineId, Quantity)>,
}

/// What is given back, as offered or decided.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ruling {
    /// Of which line how much; lines that are not named: nothing.
    pub lines: Vec<(OrderLineId, Vnd)>,
    /// Of the delivery fee.
    pub shipping: Vnd,
    /// Why.
    pub text: String,
}

impl Ruling {
    /// All that is given back.
    #[must_use]
    pub fn total(&self) -> Vnd {
        Vnd(self.lines.iter().map(|(_, amount)| amount.0).sum::<i64>() + self.shipping.0)
    }
}

impl ClaimForm {
    /// What was typed into a field.
    #[must_use]
    pub fn get(&self, name: &str) -> &str {
        let found = self.pairs.iter().find(|(key, _)| key == name);
        found.map_or("", |(_, value)| value.as_str())
    }

    /// Fields named `{prefix}-{line}`, each line once: the first that is named.
    fn of_lines<'form>(
        &'form self,
        prefix: &str,
    ) -> impl Iterator<Item = (&'form str, OrderLineId, &'form str)> {
        let mut known = Vec::new();
        self.pairs.iter().filter_map(move |(name, value)| {
            let line = name.strip_prefix(prefix)?.strip_prefix('-')?.parse().ok()?;
            if known.contains(&line) {
                return None;
            }
            known.push(line);
            Some((name.as_str(), line, value.trim()))
        })
    }

    /// Understands a new claim: `reason`, `wish`, `text`, and `line-{id}` with how much is wrong.
    ///
    /// # Errors
    /// What is wrong, at its field.
    pub fn parse(&self) -> Result<NewClaim, FieldErrors> {
        let mut errors = FieldErrors::default();
        let reason = ClaimReason::parse(self.get("reason"));
        if reason.is_none() {
            errors.add("reason", "choose");
        }
        let wish = ClaimWish::parse(self.get("wish")).unwrap_or(ClaimWish::Refund);
        let mut lines = Vec::new();
        for (name, line, value) in self.of_lines("line") {
            match Quantity::parse(value) {
                _ if value.is_empty() || value == "0" => {}
                Ok(quantity) => lines.push((line, quantity)),
                Err(error) => errors.add(name, error.code()),
            }
        }
        if lines.is_empty() && errors.is_empty() {
            errors.add("lines", "claim_nothing");
        }
        let text = self.required_text(&mut errors);
        match reason {
            Some(reason) if errors.is_empty() => Ok(NewClaim {
                reason,
                wish,
                text,
                lines,
            }),
            _ => Err(errors),
        }
    }

    /// Understands what is given back: `amount-{id}` of each line, `shipping`, and `text`.
    ///
    /// # Errors
    /// What is wrong, at its field.
    pub fn ruling(&self) -> Result<Ruling, FieldErrors> {
        let mut errors = FieldErrors::default();
        let mut lines = Vec::new();
        for (name, line, value) in self.of_lines("amount") {
            if let Some(amount) = amount(&mut errors, name, value) {
                lines.push((line, amount));
            }
        }
        let shipping = amount(&mut errors, "shipping", self.get("shipping")).unwrap_or_default();
        let text = errors.optional_text("text", self.get("text"), 1000);
        if errors.is_empty() {
            Ok(Ruling {
                lines,
                shipping,
                text,
            })
        } else {
            Err(errors)
        }
    }

    /// Understands what became of goods that came back: `goods-{id}` of each line.
    ///
    /// # Errors
    /// A line of which nothing is said.
    pub fn goods(&self) -> Result<Vec<(OrderLineId, ReturnedGoods)>, FieldErrors> {
        let mut errors = FieldErrors::default();
        let mut goods = Vec::new();
        for (name, line, value) in self.of_lines("goods") {
            match ReturnedGoods::parse(value) {
                Some(what) => goods.push((line, what)),
                None => errors.add(name, "claim_goods"),
            }
        }
        if errors.is_empty() {
            Ok(goods)
        } else {
            Err(errors)
        }
    }

    /// Understands words that must be there.
    ///
    /// # Errors
    /// There are none, or too many.
    pub fn words(&self) -> Result<String, FieldErrors> {
        let mut errors = FieldErrors::default();
        let text = self.required_text(&mut errors);
        if errors.is_empty() {
            Ok(text)
        } else {
            Err(errors)
        }
    }

    fn required_text(&self, errors: &mut FieldErrors) -> String {
        let text = errors.optional_text("text", self.get("text"), 1000);
        if text.is_empty() {
            errors.add("text", "required");
        }
        text
    }
}

/// An amount as typed; nothing typed is nothing given.
fn amount(errors: &mut FieldErrors, name: &str, typed: &str) -> Option<Vnd> {
    let typed = typed.trim();
    if typed.is_empty() || typed.trim_end_matches(['đ', '₫', 'd', ' ']) == "0" {
        return Some(Vnd::ZERO);
    }
    parse_price(errors, name, typed)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(pairs: &[(&str, &str)]) -> ClaimForm {
        ClaimForm {
            pairs: pairs
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                .collect(),
        }
    }

    #[test]
    fn a_claim_names_at_least_one_line_and_says_what_is_wrong() {
        let line = "01936f2e-0000-7000-8000-000000000001";
        let name = format!("line-{line}");
        let said = form(&[("reason", "spoiled"), ("text", "Hư hết"), (&name, "1,5")]);
        let claim = said.parse().unwrap();
        assert_eq!(
            claim.lines,
            [(line.parse().unwrap(), Quantity::from_thousandths(1500))]
        );
        assert_eq!(claim.wish, ClaimWish::Refund);
        let errors = form(&[("reason", "x"), (&name, "")]).parse().unwrap_err();
        for (field, code) in [("reason", "choose"), ("text", "required")] {
            assert_eq!(errors.of(field).unwrap().code, code);
        }
        let errors = form(&[("reason", "spoiled"), ("text", "x"), (&name, "0")])
            .parse()
            .unwrap_err();
        assert_eq!(errors.of("lines").unwrap().code, "claim_nothing");
    }

    #[test]
    fn a_line_that_is_named_twice_counts_once() {
        let line = "01936f2e-0000-7000-8000-000000000001";
        let name = format!("amount-{line}");
        let ruling = form(&[(&name, "1000"), (&name, "2000")]).ruling().unwrap();
        assert_eq!(ruling.total(), Vnd(1_000));
    }

    #[test]
    fn amounts_are_read_as_people_type_them() {
        let line = "01936f2e-0000-7000-8000-000000000001";
        let name = format!("amount-{line}");
        let ruling = form(&[(&name, "12.500 đ"), ("shipping", "0")])
            .ruling()
            .unwrap();
        assert_eq!(ruling.total(), Vnd(12_500));
        assert!(form(&[(&name, "mười ngàn")]).ruling().is_err());
    }
}
