//! Numbers that name somebody: personal number, tax code, bank account; and the banks.
use std::sync::LazyLock;

use crate::kernel::FieldErrors;
use crate::kernel::text::fold;

/// By which number a seller is known to the state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NumberKind {
    /// The 12 digits of a citizen's card, a household's tax code since July 2025.
    Personal,
    /// A tax code: 10 digits, 13 for a branch.
    Tax,
}

impl NumberKind {
    /// As stored.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Personal => "personal",
            Self::Tax => "tax",
        }
    }

    /// The reverse of [`Self::as_str`].
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Personal, Self::Tax]
            .into_iter()
            .find(|kind| kind.as_str() == text)
    }
}

/// A personal number or tax code that can be one. It is told to nobody: no `Debug` shows it.
#[derive(Clone, PartialEq, Eq)]
pub struct IdentityNumber {
    kind: NumberKind,
    digits: String,
}

/// Why a text is no number of that kind; the code of its message under `field.`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WrongNumber {
    /// Not 12 digits, or of a province or birth that no card has.
    Personal,
    /// Not 10 or 13 digits.
    Tax,
    /// A digit is mistyped: the check digit says so.
    CheckDigit,
}

impl WrongNumber {
    /// Translated under `field.`.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Personal => "personal_number",
            Self::Tax => "tax_code",
            Self::CheckDigit => "tax_check_digit",
        }
    }
}

/// Weights of the first nine digits of a tax code (circular 105/2020/TT-BTC); the tenth is 10 less the sum modulo 11.
const WEIGHTS: [u32; 9] = [31, 29, 23, 19, 17, 13, 7, 5, 3];

/// The check digit of nine digits; `None` where no code begins with them.
fn check_digit(nine: &[u32]) -> Option<u32> {
    let sum: u32 = nine
        .iter()
        .zip(WEIGHTS)
        .map(|(digit, weight)| digit * weight)
        .sum();
    let digit = 10 - sum % 11;
    (digit < 10).then_some(digit)
}

impl IdentityNumber {
    /// Reads what a person types: digits with blanks, dots or the dash before a branch's number.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(kind: NumberKind, text: &str) -> Result<Self, WrongNumber> {
        let wrong = match kind {
            NumberKind::Personal => WrongNumber::Personal,
            NumberKind::Tax => WrongNumber::Tax,
        };
        let digits: String = text
            .chars()
            .filter(|c| !c.is_whitespace() && *c != '.' && *c != '-')
            .collect();
        if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(wrong);
        }
        let values: Vec<u32> = digits.chars().filter_map(|c| c.to_digit(10)).collect();
        match (kind, values.len()) {
            // The first three digits are the province of birth: 001 to 096.
            (NumberKind::Personal, 12) => {
                let province = values[0] * 100 + values[1] * 10 + values[2];
                if !(1..=96).contains(&province) {
                    return Err(wrong);
                }
            }
            (NumberKind::Tax, 10 | 13) => {
                if check_digit(&values[..9]) != Some(values[9]) {
                    return Err(WrongNumber::CheckDigit);
                }
            }
            _ => return Err(wrong),
        }
        Ok(Self { kind, digits })
    }

    /// Personal number or tax code.
    #[must_use]
    pub const fn kind(&self) -> NumberKind {
        self.kind
    }

    /// The digits alone, to be sealed.
    #[must_use]
    pub fn digits(&self) -> &str {
        &self.digits
    }

    /// With all but the last four digits hidden: `•••••••• 1234`.
    #[must_use]
    pub fn masked(&self) -> String {
        masked(&self.digits)
    }
}

fn masked(text: &str) -> String {
    let shown = text.len().saturating_sub(4);
    format!("{} {}", "•".repeat(shown.min(8)), &text[shown..])
}

/// A bank that takes transfers by VietQR.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bank {
    /// 6 digits, by NAPAS.
    pub bin: &'static str,
    /// `Agribank`.
    pub name: &'static str,
    /// As the bank is registered.
    pub full_name: &'static str,
}

/// The banks of `data/sellers/banks.csv`, those first that farm households use most.
pub static BANKS: LazyLock<Vec<Bank>> = LazyLock::new(|| {
    include_str!("../../../data/sellers/banks.csv")
        .lines()
        .skip(1)
        .filter_map(|line| {
            let mut cells = line.splitn(3, ',');
            Some(Bank {
                bin: cells.next()?,
                name: cells.next()?,
                full_name: cells.next()?,
            })
        })
        .collect()
});

/// The bank with that number.
#[must_use]
pub fn bank(bin: &str) -> Option<Bank> {
    BANKS.iter().copied().find(|bank| bank.bin == bin)
}

/// The account that buyers' money goes to. No `Debug` shows its number.
#[derive(Clone, PartialEq, Eq)]
pub struct BankAccount {
    bank: Bank,
    number: String,
    name: String,
}

impl BankAccount {
    /// Understands what was typed; what is wrong is noted at the fields `bank`, `account`, `account_name`.
    pub fn parse(errors: &mut FieldErrors, bin: &str, number: &str, name: &str) -> Option<Self> {
        let bank = bank(bin);
        if bank.is_none() {
            errors.add("bank", "choose");
        }
        let number: String = number
            .chars()
            .filter(|c| !c.is_whitespace() && *c != '.' && *c != '-')
            .flat_map(char::to_uppercase)
            .collect();
        let is_number = (5..=19).contains(&number.len())
            && number.bytes().all(|byte| byte.is_ascii_alphanumeric());
        if number.is_empty() {
            errors.add("account", "required");
        } else if !is_number {
            errors.add("account", "bank_account");
        }
        let name = fold(&errors.line("account_name", name, 60)).to_uppercase();
        let is_named = name
            .bytes()
            .all(|byte| byte.is_ascii_uppercase() || byte == b' ');
        if !name.is_empty() && !is_named {
            errors.add("account_name", "account_name");
        }
        match bank {
            Some(bank) if is_number && is_named && !name.is_empty() => {
                Some(Self { bank, number, name })
            }
            _ => None,
        }
    }

    /// Which bank.
    #[must_use]
    pub const fn bank(&self) -> Bank {
        self.bank
    }

    /// The number, to be sealed.
    #[must_use]
    pub fn number(&self) -> &str {
        &self.number
    }

    /// The holder as banks write it: capitals without marks.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// With all but the last four characters hidden.
    #[must_use]
    pub fn masked(&self) -> String {
        masked(&self.number)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn tax(text: &str) -> Result<String, WrongNumber> {
        IdentityNumber::parse(NumberKind::Tax, text).map(|number| number.digits().to_owned())
    }

    #[test]
    fn reads_tax_codes_of_known_enterprises() {
        // Vinamilk, Viettel, and a branch written as on its papers.
        for code in ["0300588569", "0100109106", "0300588569-001", "0100 109 106"] {
            assert!(tax(code).is_ok(), "{code}");
        }
        assert_eq!(tax("0300588568"), Err(WrongNumber::CheckDigit));
        for wrong in ["", "030058856", "03005885690", "030058856a", "+300588569"] {
            assert_eq!(tax(wrong), Err(WrongNumber::Tax), "{wrong}");
        }
    }

    #[test]
    fn reads_personal_numbers() {
        let personal = |text: &str| {
            IdentityNumber::parse(NumberKind::Personal, text).map(|number| number.masked())
        };
        assert_eq!(personal("093 084 001234"), Ok("•••••••• 1234".to_owned()));
        for wrong in [
            "",
            "093084001",
            "000084001234",
            "097084001234",
            "0930840012345",
        ] {
            assert_eq!(personal(wrong), Err(WrongNumber::Personal), "{wrong}");
        }
    }

    proptest! {
        /// One mistyped digit, or two neighbours in the wrong order, never pass.
        #[test]
        fn a_slip_in_a_tax_code_is_found(nine in proptest::collection::vec(0u32..10, 9), at in 0usize..10, other in 0u32..10) {
            if let Some(check) = check_digit(&nine) {
                let mut digits = nine;
                digits.push(check);
                let text = |digits: &[u32]| digits.iter().map(ToString::to_string).collect::<String>();
                prop_assert!(tax(&text(&digits)).is_ok());
                let mut slip = digits.clone();
                slip[at] = other;
                prop_assert_eq!(tax(&text(&slip)).is_ok(), slip == digits);
                if at < 8 {
                    let mut swapped = digits.clone();
                    swapped.swap(at, at + 1);
                    prop_assert_eq!(tax(&text(&swapped)).is_ok(), swapped == digits);
                }
            }
        }
    }

    #[test]
    fn an_account_is_written_as_banks_do() {
        let mut errors = FieldErrors::default();
        let account =
            BankAccount::parse(&mut errors, "970405", "7300 205 123 456", "Nguyễn Văn Út");
        let account = account.expect("an account");
        assert_eq!(
            (account.number(), account.name()),
            ("7300205123456", "NGUYEN VAN UT")
        );
        assert_eq!(account.masked(), "•••••••• 3456");
        assert!(BankAccount::parse(&mut errors, "970000", "12", "").is_none());
        let fields: Vec<&str> = errors.0.iter().map(|error| error.field.as_str()).collect();
        assert_eq!(fields, ["bank", "account", "account_name"]);
    }

    #[test]
    fn every_bank_is_whole_and_stands_once() {
        assert!(BANKS.len() > 40);
        for (at, bank) in BANKS.iter().enumerate() {
            assert!(bank.bin.len() == 6 && bank.bin.bytes().all(|byte| byte.is_ascii_digit()));
            assert!(!bank.name.is_empty() && !bank.full_name.is_empty());
            assert!(BANKS.iter().skip(at + 1).all(|other| other.bin != bank.bin));
        }
    }
}
