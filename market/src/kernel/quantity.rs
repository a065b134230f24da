//! Quantities as farms sell: decimals in thousandths of the unit, so that 2,5 kg is exact.
use serde::{Deserialize, Serialize};
use std::fmt;

/// An amount of goods in thousandths of its unit (piece, kg, bunch, …), never negative.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Quantity(i64);

/// Why a text is not a quantity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum QuantityError {
    /// Not a decimal number.
    NotANumber,
    /// More than three digits behind the comma.
    TooPrecise,
    /// Zero, negative or absurdly large.
    OutOfRange,
}

impl QuantityError {
    /// As forms tell it, field by field.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::NotANumber => "number",
            Self::TooPrecise => "decimals",
            Self::OutOfRange => "amount",
        }
    }
}

/// `1.250.000` and `1.250,5` without the dots that part thousands; anything else as it is: `0.125` and `2.5`
/// have none.
fn ungrouped(text: &str) -> String {
    let (whole, fraction) = text.split_once(',').unwrap_or((text, ""));
    let mut groups = whole.split('.');
    let first = groups.next().unwrap_or_default();
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    let is_grouped = whole.contains('.')
        && (1..=3).contains(&first.len())
        && !first.starts_with('0')
        && digits(first)
        && groups.all(|group| group.len() == 3 && digits(group));
    match (is_grouped, fraction) {
        (false, _) => text.to_owned(),
        (true, "") => whole.replace('.', ""),
        (true, fraction) => format!("{},{fraction}", whole.replace('.', "")),
    }
}

impl Quantity {
    /// One whole unit.
    pub const ONE: Self = Self(1000);
    /// More than anybody ships in one line.
    pub const MAX: Self = Self(1_000_000_000);

    /// From thousandths of the unit; negatives become zero.
    #[must_use]
    pub const fn from_thousandths(thousandths: i64) -> Self {
        Self(if thousandths < 0 { 0 } else { thousandths })
    }

    /// In thousandths of the unit.
    #[must_use]
    pub const fn thousandths(self) -> i64 {
        self.0
    }

    /// Reads what people type: `3`, `2,5`, `2.5`, ` 0,250 `, `1.000`. A comma and a dot are both decimal marks,
    /// because phones offer either; but dots before groups of three digits part thousands, as prices have it.
    ///
    /// # Errors
    /// That it is no number, too precise, or out of range (zero is).
    pub fn parse(text: &str) -> Result<Self, QuantityError> {
        let text = text.trim();
        let (sign, size) = text
            .strip_prefix('-')
            .map_or(("", text), |size| ("-", size));
        let ungrouped = ungrouped(size);
        let size = ungrouped.as_str();
        let (whole, fraction) = size.split_once([',', '.']).unwrap_or((size, ""));
        let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if whole.is_empty() || !digits(whole) || !digits(fraction) {
            return Err(QuantityError::NotANumber);
        }
        if !sign.is_empty() {
            return Err(QuantityError::OutOfRange);
        }
        let fraction = fraction.trim_end_matches('0');
        if fraction.len() > 3 {
            return Err(QuantityError::TooPrecise);
        }
        let whole: i64 = whole.parse().map_err(|_| QuantityError::OutOfRange)?;
        let fraction: i64 = format!("{fraction:0<3}")
            .parse()
            .map_err(|_| QuantityError::NotANumber)?;
        let thousandths = whole
            .checked_mul(1000)
            .and_then(|thousandths| thousandths.checked_add(fraction))
            .ok_or(QuantityError::OutOfRange)?;
        if thousandths == 0 || thousandths > Self::MAX.0 {
            return Err(QuantityError::OutOfRange);
        }
        Ok(Self(thousandths))
    }

    /// As it stands in a field, to be read back: `2,5`, `1200`.
    #[must_use]
    pub fn plain(self) -> String {
        let (whole, fraction) = (self.0 / 1000, self.0 % 1000);
        if fraction == 0 {
            return whole.to_string();
        }
        let fraction = format!("{fraction:03}");
        format!("{whole},{}", fraction.trim_end_matches('0'))
    }

    /// Whether this is at least `minimum` and a whole number of steps above it.
    #[must_use]
    pub const fn fits(self, minimum: Self, step: Self) -> bool {
        self.0 >= minimum.0 && (step.0 == 0 || (self.0 - minimum.0) % step.0 == 0)
    }

    /// The next quantity that fits `minimum` and `step`, above or below this one; never below the minimum
    /// nor above all that can be written.
    #[must_use]
    pub fn next(self, minimum: Self, step: Self, more: bool) -> Self {
        let size = if step.0 > 0 { step.0 } else { Self::ONE.0 };
        let above = (self.0 - minimum.0).max(0);
        let steps = match (more, above % size) {
            (true, _) if self.0 < minimum.0 => 0,
            (true, _) => above / size + 1,
            (false, 0) => (above / size - 1).max(0),
            (false, _) => above / size,
        };
        let next = minimum.0.saturating_add(steps.saturating_mul(size));
        if next > Self::MAX.0 { self } else { Self(next) }
    }
}

impl fmt::Display for Quantity {
    /// As Vietnamese people write it: `2,5`, `12`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, fraction) = (self.0 / 1000, self.0 % 1000);
        if fraction == 0 {
            return write!(f, "{}", super::money::grouped(whole));
        }
        let fraction = format!("{fraction:03}");
        write!(
            f,
            "{},{}",
            super::money::grouped(whole),
            fraction.trim_end_matches('0')
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn reads_what_people_type() {
        assert_eq!(Quantity::parse(" 2,5 "), Ok(Quantity(2500)));
        assert_eq!(Quantity::parse("2.25"), Ok(Quantity(2250)));
        assert_eq!(Quantity::parse("12"), Ok(Quantity(12_000)));
        assert_eq!(Quantity::parse("1.000"), Ok(Quantity(1_000_000)));
        assert_eq!(Quantity::parse("2.500,5"), Ok(Quantity(2_500_500)));
        assert_eq!(Quantity::parse("0.125"), Ok(Quantity(125)));
        assert_eq!(Quantity::parse("1,125"), Ok(Quantity(1125)));
        assert_eq!(Quantity::parse("1.2500"), Ok(Quantity(1250)));
        for text in ["", "-", "--1", "1e3", "một", "1,2,3", "1 000", ",5"] {
            assert_eq!(
                Quantity::parse(text),
                Err(QuantityError::NotANumber),
                "{text}"
            );
        }
        for text in ["1,2345", "0.0001"] {
            assert_eq!(
                Quantity::parse(text),
                Err(QuantityError::TooPrecise),
                "{text}"
            );
        }
        for text in ["0", "0,000", "-1", "-2,5", "99999999999"] {
            assert_eq!(
                Quantity::parse(text),
                Err(QuantityError::OutOfRange),
                "{text}"
            );
        }
    }

    #[test]
    fn keeps_minimum_and_step() {
        let (minimum, step) = (Quantity(500), Quantity(250));
        assert!(Quantity(750).fits(minimum, step));
        assert!(!Quantity(600).fits(minimum, step));
        assert!(!Quantity(250).fits(minimum, step));
    }

    #[test]
    fn steps_lead_to_what_is_sold() {
        let (minimum, step) = (Quantity(500), Quantity(250));
        for (now, more, less) in [
            (0, 500, 500),
            (100, 500, 500),
            (500, 750, 500),
            (600, 750, 500),
            (750, 1000, 500),
            (900, 1000, 750),
        ] {
            let now = Quantity(now);
            assert_eq!(now.next(minimum, step, true), Quantity(more), "{now} +");
            assert_eq!(now.next(minimum, step, false), Quantity(less), "{now} -");
        }
        let most = Quantity::MAX;
        assert_eq!(most.next(minimum, step, true), most);
        assert_eq!(
            Quantity::ONE.next(Quantity::ONE, Quantity(0), true),
            Quantity(2000)
        );
    }

    proptest! {
        #[test]
        fn what_is_shown_reads_back(thousandths in 1i64..=1_000_000_000) {
            let quantity = Quantity(thousandths);
            let shown = quantity.to_string().replace('.', "");
            prop_assert_eq!(Quantity::parse(&shown), Ok(quantity));
            prop_assert_eq!(Quantity::parse(&quantity.plain()), Ok(quantity));
        }
    }
}
