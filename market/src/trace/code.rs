//! Numbers that stand on labels.
use std::fmt;

use crate::kernel::code::{NotACode, read, write};

/// A lot's code: `LH` (lô hàng), seven characters of Crockford's base 32 and a check character, so that a slip is
/// found when somebody types it from a package.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct LotCode(String);

impl LotCode {
    const PREFIX: &str = "LH";

    /// Makes a code from 35 random bits.
    #[must_use]
    pub fn from_bits(bits: u64) -> Self {
        Self(write(Self::PREFIX, bits))
    }

    /// Reads a code as people type it: any case, with spaces, dashes or dots, with or without `LH`.
    ///
    /// # Errors
    /// `NotACode` where it can't be one.
    pub fn parse(text: &str) -> Result<Self, NotACode> {
        read(Self::PREFIX, text).map(Self)
    }

    /// `LH` and eight characters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for LotCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A Global Trade Item Number in the 14 digits of GS1 Digital Link; one of 13 digits has a zero before it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Gtin(String);

/// The text is no GTIN-13 or GTIN-14, or its check digit is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a GTIN")]
pub struct NotAGtin;

impl Gtin {
    /// Reads 13 or 14 digits as they stand under a bar code, with spaces or without.
    ///
    /// # Errors
    /// Another number of digits, or a wrong check digit.
    pub fn parse(text: &str) -> Result<Self, NotAGtin> {
        let digits: String = text.chars().filter(|c| !c.is_whitespace()).collect();
        if !matches!(digits.len(), 13 | 14) || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(NotAGtin);
        }
        let whole = format!("{digits:0>14}");
        // GS1 General Specifications 7.9.1: from the left of 14 digits the weights are 3 and 1 in turn, and the sum
        // with the check digit ends in zero.
        let sum: u32 = whole
            .bytes()
            .enumerate()
            .map(|(place, byte)| {
                u32::from(byte - b'0') * if place.is_multiple_of(2) { 3 } else { 1 }
            })
            .sum();
        if sum.is_multiple_of(10) && whole.bytes().any(|byte| byte != b'0') {
            Ok(Self(whole))
        } else {
            Err(NotAGtin)
        }
    }

    /// 14 digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Gtin {
    /// As under a bar code: 13 digits where the first of 14 is zero.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.strip_prefix('0').unwrap_or(&self.0))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn published_numbers_are_read() {
        // Examples of GS1's own pages.
        for (text, whole) in [
            ("9506000134352", "09506000134352"),
            ("09506000134352", "09506000134352"),
            ("1 061414 1543219", "10614141543219"),
            ("6291041500213", "06291041500213"),
        ] {
            assert_eq!(
                Gtin::parse(text).map(|gtin| gtin.as_str().to_owned()),
                Ok(whole.to_owned()),
                "{text}"
            );
        }
        for text in [
            "",
            "9506000134353",
            "950600013435",
            "0000000000000",
            "950600013435x",
            "٩٥٠٦٠٠٠١٣٤٣٥٢",
        ] {
            assert_eq!(Gtin::parse(text), Err(NotAGtin), "{text}");
        }
    }

    #[test]
    fn a_number_is_shown_as_it_stands_under_its_bars() {
        let shown = |text: &str| Gtin::parse(text).map(|gtin| gtin.to_string());
        assert_eq!(shown("09506000134352").as_deref(), Ok("9506000134352"));
        assert_eq!(shown("10614141543219").as_deref(), Ok("10614141543219"));
    }

    proptest! {
        #[test]
        fn a_wrong_digit_of_a_gtin_is_found(number in 1u64..1_000_000_000_000, place in 0usize..13, other in 0u8..10) {
            let digits = format!("{number:012}");
            let sum: u32 = digits.bytes().enumerate()
                .map(|(at, byte)| u32::from(byte - b'0') * if at % 2 == 0 { 1 } else { 3 }).sum();
            let whole = format!("{digits}{}", (10 - sum % 10) % 10);
            prop_assert!(Gtin::parse(&whole).is_ok());
            let mut typed = whole.into_bytes();
            prop_assume!(typed[place] != b'0' + other);
            typed[place] = b'0' + other;
            let typed = String::from_utf8(typed).expect("digits");
            prop_assert_eq!(Gtin::parse(&typed), Err(NotAGtin));
        }

        #[test]
        fn a_lot_code_reads_back_however_it_is_typed(bits in 0u64..1 << 35) {
            let code = LotCode::from_bits(bits);
            prop_assert_eq!(code.as_str().len(), 10);
            let typed = code.as_str().to_lowercase();
            prop_assert_eq!(LotCode::parse(&format!(" {}-{}", &typed[..6], &typed[6..])), Ok(code.clone()));
            prop_assert_eq!(LotCode::parse(&typed[2..]), Ok(code.clone()));
            // An order's code is no lot's.
            prop_assert!(LotCode::parse(&code.as_str().replacen("LH", "CB", 1)).is_err());
        }
    }
}
