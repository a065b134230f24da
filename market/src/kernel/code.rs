//! Short codes that people read over the telephone.
use serde::{Deserialize, Serialize};
use std::fmt;

/// An order's code: `CB`, seven characters of Crockford's base 32 (no I, L, O, U) and a check character,
/// so that a slip of one character or a swap of two neighbours is found.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct OrderCode(String);

/// The text is no such code, or its check character is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a code")]
pub struct NotACode;

const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Characters before the check character.
const LENGTH: usize = 7;

impl OrderCode {
    const PREFIX: &str = "CB";

    /// Makes a code from 35 random bits.
    #[must_use]
    pub fn from_bits(bits: u64) -> Self {
        Self(write(Self::PREFIX, bits))
    }

    /// Reads a code as people type it: any case, `O` for zero, `I` and `L` for one, with spaces, dashes or
    /// dots, with or without `CB`.
    ///
    /// # Errors
    /// `NotACode` where it can't be one.
    pub fn parse(text: &str) -> Result<Self, NotACode> {
        read(Self::PREFIX, text).map(Self)
    }

    /// `CB` and eight characters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A code of two letters, seven characters from 35 random bits, and the check character.
pub(crate) fn write(prefix: &str, bits: u64) -> String {
    let mut text = String::with_capacity(prefix.len() + LENGTH + 1);
    text.push_str(prefix);
    let mut values = [0usize; LENGTH];
    for (position, value) in values.iter_mut().enumerate() {
        *value = usize::try_from(bits >> (5 * position) & 31).unwrap_or(0);
        text.push(char::from(ALPHABET[*value]));
    }
    text.push(char::from(ALPHABET[check(&values)]));
    text
}

/// Reads such a code as people type it, with or without its two letters; answers it as [`write`] made it.
pub(crate) fn read(prefix: &str, text: &str) -> Result<String, NotACode> {
    let clean: String = text
        .chars()
        .filter(|character| character.is_alphanumeric())
        .collect::<String>()
        .to_ascii_uppercase();
    let body = match clean.len() {
        8 => clean.as_str(),
        _ => clean.strip_prefix(prefix).ok_or(NotACode)?,
    };
    let values = body
        .bytes()
        .map(|byte| {
            let byte = match byte {
                b'O' => b'0',
                b'I' | b'L' => b'1',
                other => other,
            };
            ALPHABET
                .iter()
                .position(|&letter| letter == byte)
                .ok_or(NotACode)
        })
        .collect::<Result<Vec<_>, _>>()?;
    if values.len() != LENGTH + 1 || check(&values[..LENGTH]) != values[LENGTH] {
        return Err(NotACode);
    }
    let body: String = values
        .iter()
        .map(|&value| char::from(ALPHABET[value]))
        .collect();
    Ok(format!("{prefix}{body}"))
}

/// A sum in which each position has its own odd weight, modulo 31 (a prime) so that slips and swaps show.
fn check(values: &[usize]) -> usize {
    values
        .iter()
        .enumerate()
        .map(|(position, value)| (position + 2) * (value + 1))
        .sum::<usize>()
        % 31
}

impl fmt::Display for OrderCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for OrderCode {
    type Error = NotACode;
    fn try_from(text: String) -> Result<Self, NotACode> {
        Self::parse(&text)
    }
}

impl From<OrderCode> for String {
    fn from(code: OrderCode) -> Self {
        code.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn reads_back_however_it_is_typed(bits in 0u64..1 << 35) {
            let code = OrderCode::from_bits(bits);
            prop_assert_eq!(code.as_str().len(), 10);
            prop_assert_eq!(OrderCode::parse(code.as_str()), Ok(code.clone()));
            let typed = code.as_str().to_lowercase().replace('0', "o").replace('1', "l");
            prop_assert_eq!(OrderCode::parse(&format!(" {} {}", &typed[..4], &typed[4..])), Ok(code.clone()));
            prop_assert_eq!(OrderCode::parse(&format!("{}–{}.", &typed[2..6], &typed[6..])), Ok(code));
        }

        #[test]
        fn a_wrong_character_is_found(bits in 0u64..1 << 35, position in 2usize..9, other in 0usize..31) {
            let code = OrderCode::from_bits(bits);
            let mut typed = code.as_str().as_bytes().to_vec();
            // 31 and 0 weigh the same modulo 31: the one pair that can't be told apart.
            prop_assume!(typed[position] != ALPHABET[other] && typed[position] != b'Z');
            typed[position] = ALPHABET[other];
            let typed = String::from_utf8(typed).expect("ASCII");
            prop_assert_eq!(OrderCode::parse(&typed), Err(NotACode));
        }
    }
}
