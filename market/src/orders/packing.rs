//! What was packed, held against what was ordered: one rule for page, API and test.
use crate::kernel::Quantity;

/// What is sold by weight may weigh so much less or more than was ordered, per cent; it is paid as weighed. Shown before
/// an order counts.
pub const WEIGHT_TOLERANCE: i64 = 10;

/// Units of weight, as sellers write them.
const WEIGHTS: [&str; 9] = ["kg", "ký", "kí", "g", "gam", "gram", "lạng", "yến", "tạ"];

/// Whether goods of this unit are weighed when they are packed.
#[must_use]
pub fn is_by_weight(unit: &str) -> bool {
    WEIGHTS.contains(&unit.trim().to_lowercase().as_str())
}

/// What becomes of what was not ready.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rest {
    /// It is left out, and not paid.
    LeftOut,
    /// It follows later in a part of its own, for no second fee.
    Later,
}

impl Rest {
    /// As forms have it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::LeftOut => "left_out",
            Self::Later => "later",
        }
    }

    /// The reverse of [`Self::as_str`].
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::LeftOut, Self::Later]
            .into_iter()
            .find(|rest| rest.as_str() == text)
    }
}

/// How what was packed of a line compares with what was ordered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Packed {
    /// The same.
    AsOrdered,
    /// Another weight inside the tolerance.
    Weighed,
    /// So much is missing.
    Short(Quantity),
    /// More than the buyer has agreed to; so much at most.
    TooMuch(Quantity),
}

/// Holds what was packed of a line against what was ordered.
#[must_use]
pub fn compare(unit: &str, ordered: Quantity, packed: Quantity) -> Packed {
    let (wanted, got) = (ordered.thousandths(), packed.thousandths());
    let tolerance = if is_by_weight(unit) {
        wanted * WEIGHT_TOLERANCE / 100
    } else {
        0
    };
    if got == wanted {
        Packed::AsOrdered
    } else if got > wanted + tolerance {
        Packed::TooMuch(Quantity::from_thousandths(wanted + tolerance))
    } else if got < wanted - tolerance {
        Packed::Short(Quantity::from_thousandths(wanted - got))
    } else {
        Packed::Weighed
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn kg(grams: i64) -> Quantity {
        Quantity::from_thousandths(grams)
    }

    #[test]
    fn a_weight_inside_the_tolerance_is_weighed_and_a_piece_is_not() {
        assert_eq!(compare("kg", kg(2_500), kg(2_420)), Packed::Weighed);
        assert_eq!(compare("kg", kg(2_500), kg(2_750)), Packed::Weighed);
        assert_eq!(
            compare("kg", kg(2_500), kg(2_751)),
            Packed::TooMuch(kg(2_750))
        );
        assert_eq!(compare("kg", kg(2_500), kg(2_249)), Packed::Short(kg(251)));
        assert_eq!(compare("kg", kg(2_500), kg(0)), Packed::Short(kg(2_500)));
        assert_eq!(
            compare("trái", kg(5_000), kg(3_000)),
            Packed::Short(kg(2_000))
        );
        assert_eq!(
            compare("trái", kg(5_000), kg(6_000)),
            Packed::TooMuch(kg(5_000))
        );
        assert_eq!(compare("Kg ", kg(1_000), kg(1_000)), Packed::AsOrdered);
    }

    proptest! {
        /// Nobody pays for more than a tenth above what was ordered, and what is short is the difference.
        #[test]
        fn what_is_accepted_is_inside_what_was_agreed(ordered in 1i64..1_000_000, packed in 0i64..2_000_000, weighed: bool) {
            let unit = if weighed { "kg" } else { "hộp" };
            match compare(unit, kg(ordered), kg(packed)) {
                Packed::AsOrdered => prop_assert_eq!(ordered, packed),
                Packed::Weighed => {
                    prop_assert!(weighed);
                    prop_assert!((packed - ordered).abs() * 10 <= ordered);
                }
                Packed::Short(rest) => prop_assert_eq!(packed + rest.thousandths(), ordered),
                Packed::TooMuch(most) => {
                    prop_assert!(packed > most.thousandths());
                    prop_assert!(most.thousandths() * 10 <= ordered * 11);
                }
            }
        }
    }
}
