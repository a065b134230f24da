//! Ways of selling that are made of others of the same shop: gift boxes and the like.
use crate::kernel::{FieldErrors, Quantity, VariantId, Vnd};

/// So many different goods one combo holds at most.
pub const MAX_PARTS: usize = 6;

/// What one combo holds of one way of selling.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ComboPart {
    /// Which.
    pub variant: VariantId,
    /// In `/san-pham/{slug}`.
    pub slug: String,
    /// Of the product, and of the way of selling where it has one.
    pub name: String,
    /// kg, trái, …
    pub unit: String,
    /// Of one combo.
    pub quantity: Quantity,
    /// For one unit, bought by itself.
    pub price: Option<Vnd>,
    /// What nobody has reserved.
    pub available: Quantity,
    /// It is sold now, from what is there.
    pub on_sale: bool,
}

impl ComboPart {
    /// `2 kg Khóm`.
    #[must_use]
    pub fn text(&self) -> String {
        format!("{} {} {}", self.quantity, self.unit, self.name)
    }

    /// For how many whole combos there is enough of it.
    #[must_use]
    pub fn enough_for(&self) -> Quantity {
        if self.on_sale {
            whole_of(self.available, self.quantity)
        } else {
            Quantity::default()
        }
    }
}

/// How many whole combos so much of a part is enough for.
#[must_use]
pub fn whole_of(available: Quantity, of_one: Quantity) -> Quantity {
    let whole = available
        .thousandths()
        .checked_div(of_one.thousandths())
        .unwrap_or_default();
    Quantity::from_thousandths(whole.max(0) * 1000)
}

/// Whether it is a number of whole combos.
#[must_use]
pub const fn is_whole(quantity: Quantity) -> bool {
    quantity.thousandths() % 1000 == 0
}

/// How much of a part so many combos hold. Combos are whole.
#[must_use]
pub const fn drawn(combos: Quantity, of_one: Quantity) -> Quantity {
    Quantity::from_thousandths(combos.thousandths() / 1000 * of_one.thousandths())
}

/// `2 kg Khóm + 1 hũ Mứt`; nothing where there are no parts.
#[must_use]
pub fn contents(parts: &[ComboPart]) -> String {
    let texts: Vec<String> = parts.iter().map(ComboPart::text).collect();
    texts.join(" + ")
}

/// What the parts cost bought one by one; nothing where one has no price.
#[must_use]
pub fn price_of_parts(parts: &[ComboPart]) -> Option<Vnd> {
    if parts.is_empty() {
        return None;
    }
    parts
        .iter()
        .map(|part| part.price?.times(part.quantity))
        .sum()
}

/// The parts of which there is not enough for one combo.
#[must_use]
pub fn lacking(parts: &[ComboPart]) -> Vec<&ComboPart> {
    parts
        .iter()
        .filter(|part| part.enough_for().thousandths() == 0)
        .collect()
}

/// The fields of a row of the form: which way of selling, and how much of it.
#[must_use]
pub fn part_fields(row: usize) -> (String, String) {
    (format!("part-{row}"), format!("amount-{row}"))
}

/// What a combo holds, as typed: the pairs of a form.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ComboForm(pub Vec<(String, String)>);

impl ComboForm {
    /// As it is kept.
    #[must_use]
    pub fn of(parts: &[ComboPart]) -> Self {
        Self(
            parts
                .iter()
                .enumerate()
                .flat_map(|(row, part)| {
                    let (which, amount) = part_fields(row);
                    [
                        (which, part.variant.to_string()),
                        (amount, part.quantity.plain()),
                    ]
                })
                .collect(),
        )
    }

    /// What was typed into a field.
    #[must_use]
    pub fn typed(&self, field: &str) -> &str {
        self.0
            .iter()
            .find(|(name, _)| name == field)
            .map_or("", |(_, typed)| typed.trim())
    }

    /// Understands what was typed, with the row of each part. Nothing chosen: it is no combo.
    ///
    /// # Errors
    /// All that is wrong, field by field.
    pub fn parse(&self) -> Result<Vec<(usize, VariantId, Quantity)>, FieldErrors> {
        let mut errors = FieldErrors::default();
        let mut parts: Vec<(usize, VariantId, Quantity)> = Vec::new();
        for row in 0..MAX_PARTS {
            let (which, amount) = part_fields(row);
            if self.typed(&which).is_empty() {
                continue;
            }
            let Ok(variant) = self.typed(&which).parse::<VariantId>() else {
                errors.add(&which, "choose");
                continue;
            };
            if parts.iter().any(|(_, other, _)| *other == variant) {
                errors.add(&which, "part_twice");
                continue;
            }
            match Quantity::parse(self.typed(&amount)) {
                Ok(quantity) => parts.push((row, variant, quantity)),
                Err(_) if self.typed(&amount).is_empty() => errors.add(&amount, "required"),
                Err(error) => errors.add(&amount, error.code()),
            }
        }
        if errors.is_empty() {
            Ok(parts)
        } else {
            Err(errors)
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// As many whole combos as there is enough for, and not one more.
        #[test]
        fn what_is_enough_is_enough(available in 0i64..100_000_000, of_one in 1i64..1_000_000) {
            let of_one = Quantity::from_thousandths(of_one);
            let whole = whole_of(Quantity::from_thousandths(available), of_one);
            prop_assert!(is_whole(whole));
            prop_assert!(drawn(whole, of_one).thousandths() <= available);
            let more = Quantity::from_thousandths(whole.thousandths() + 1000);
            prop_assert!(drawn(more, of_one).thousandths() > available);
        }
    }

    #[test]
    fn a_form_says_what_is_wrong_where() {
        let one = VariantId(uuid::Uuid::from_u128(1)).to_string();
        let form = |pairs: &[(&str, &str)]| {
            let pairs = pairs
                .iter()
                .map(|(name, typed)| ((*name).to_owned(), (*typed).to_owned()));
            ComboForm(pairs.collect()).parse()
        };
        assert_eq!(form(&[("part-0", ""), ("amount-0", "")]), Ok(Vec::new()));
        let wrong = form(&[
            ("part-0", &one),
            ("amount-0", "1"),
            ("part-1", &one),
            ("amount-1", "1"),
            ("part-2", "x"),
        ]);
        let wrong: Vec<_> = wrong
            .unwrap_err()
            .0
            .into_iter()
            .map(|error| (error.field, error.code))
            .collect();
        let expected = [("part-1", "part_twice"), ("part-2", "choose")];
        assert_eq!(
            wrong,
            expected.map(|(field, code)| (field.to_owned(), code.to_owned()))
        );
    }
}
