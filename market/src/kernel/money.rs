//! Money: whole đồng, checked, never a float.
use serde::{Deserialize, Serialize};
use std::fmt;
use std::iter::Sum;

use super::quantity::Quantity;

/// An amount in whole Vietnamese đồng. The currency has no smaller unit in use.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Vnd(pub i64);

impl Vnd {
    /// No money.
    pub const ZERO: Self = Self(0);

    /// The sum, or `None` where it leaves the range.
    #[must_use]
    pub const fn checked_add(self, other: Self) -> Option<Self> {
        match self.0.checked_add(other.0) {
            Some(sum) => Some(Self(sum)),
            None => None,
        }
    }

    /// The difference, or `None` where it leaves the range.
    #[must_use]
    pub const fn checked_sub(self, other: Self) -> Option<Self> {
        match self.0.checked_sub(other.0) {
            Some(rest) => Some(Self(rest)),
            None => None,
        }
    }

    /// The price of `quantity` units at this price a unit: half a đồng is rounded up, once a line
    /// (the custom of Vietnamese invoices). `None` where it leaves the range.
    #[must_use]
    pub fn times(self, quantity: Quantity) -> Option<Self> {
        let exact = i128::from(self.0).checked_mul(i128::from(quantity.thousandths()))?;
        i64::try_from((exact + 500).div_euclid(1000)).ok().map(Self)
    }

    /// Divides the amount over `weights` so that the parts add up to it to the đồng: each gets its share
    /// rounded down, and what is left goes, one đồng each, to the largest remainders, earlier ones first.
    /// Without any weight everything goes to the first part.
    ///
    /// ```
    /// use market::kernel::Vnd;
    /// assert_eq!(Vnd(100).divide(&[1, 1, 1]), vec![Vnd(34), Vnd(33), Vnd(33)]);
    /// ```
    #[must_use]
    pub fn divide(self, weights: &[u64]) -> Vec<Self> {
        let total: u128 = weights.iter().map(|&weight| u128::from(weight)).sum();
        if total == 0 {
            let mut parts = vec![Self::ZERO; weights.len()];
            if let Some(first) = parts.first_mut() {
                *first = self;
            }
            return parts;
        }
        let total = i128::try_from(total).unwrap_or(i128::MAX);
        let amount = i128::from(self.0);
        let mut parts = Vec::with_capacity(weights.len());
        let mut remainders = Vec::with_capacity(weights.len());
        for (index, &weight) in weights.iter().enumerate() {
            let share = amount * i128::from(weight);
            parts.push(share.div_euclid(total));
            remainders.push((std::cmp::Reverse(share.rem_euclid(total)), index));
        }
        remainders.sort_unstable();
        let left = amount - parts.iter().sum::<i128>();
        for &(_, index) in remainders.iter().take(usize::try_from(left).unwrap_or(0)) {
            parts[index] += 1;
        }
        parts
            .into_iter()
            .map(|part| Self(i64::try_from(part).unwrap_or(i64::MAX)))
            .collect()
    }

    /// What a kilogram or a litre costs, where `amount` (grams or millilitres) cost this much; half up.
    #[must_use]
    pub fn per_thousand(self, amount: i32) -> Option<Self> {
        (amount > 0).then(|| Self((self.0 * 1000 + i64::from(amount) / 2) / i64::from(amount)))
    }
}

impl Sum for Vnd {
    /// Saturates; sums of what one order or report can hold stay far below the range.
    fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
        Self(amounts.fold(0, |sum, amount| sum.saturating_add(amount.0)))
    }
}

impl fmt::Display for Vnd {
    /// As Vietnamese people write it: `1.234.567 ₫`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}\u{a0}₫", grouped(self.0))
    }
}

/// Whole numbers with dots between thousands: `1.234.567`.
#[must_use]
pub fn grouped(number: i64) -> String {
    let digits = number.unsigned_abs().to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3 + 1);
    if number < 0 {
        text.push('-');
    }
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push('.');
        }
        text.push(digit);
    }
    text
}

/// A rate in hundredths of a percent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct BasisPoints(pub i32);

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn is_written_with_dots_and_the_sign() {
        assert_eq!(Vnd(1_234_567).to_string(), "1.234.567\u{a0}₫");
        assert_eq!(Vnd(70).to_string(), "70\u{a0}₫");
        assert_eq!(Vnd(-25_000).to_string(), "-25.000\u{a0}₫");
    }

    #[test]
    fn a_line_is_rounded_half_up_once() {
        assert_eq!(
            Vnd(35_001).times(Quantity::from_thousandths(2_500)),
            Some(Vnd(87_503))
        );
        assert_eq!(Vnd(i64::MAX).times(Quantity::from_thousandths(2_000)), None);
    }

    #[test]
    fn a_bottle_of_half_a_litre_costs_twice_that_a_litre() {
        assert_eq!(Vnd(45_000).per_thousand(500), Some(Vnd(90_000)));
        assert_eq!(Vnd(45_000).per_thousand(0), None);
    }

    proptest! {
        #[test]
        fn parts_add_up_and_differ_from_the_exact_share_by_less_than_one(
            amount in -1_000_000_000i64..1_000_000_000,
            weights in prop::collection::vec(0u64..100_000, 1..20),
        ) {
            let parts = Vnd(amount).divide(&weights);
            prop_assert_eq!(parts.iter().copied().sum::<Vnd>(), Vnd(amount));
            let total: u64 = weights.iter().sum();
            if total > 0 {
                for (part, weight) in parts.iter().zip(&weights) {
                    let difference = i128::from(part.0) * i128::from(total)
                        - i128::from(amount) * i128::from(*weight);
                    prop_assert!(difference.abs() < i128::from(total));
                }
            }
        }
    }
}
