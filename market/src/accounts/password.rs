//! Which passwords are taken.
use zxcvbn::{Score, zxcvbn};

use super::{NewPassword, PasswordForm};
use crate::kernel::{FieldErrors, Phone};

/// Characters that a password has at least (ASVS 5.0, 6.2.1).
const PASSWORD_MIN: usize = 8;
/// And at most (6.2.9 asks for 64 at least).
const PASSWORD_MAX: usize = 200;
/// Words that people here think of and that no list of the world's commonest passwords has.
const LOCAL: [&str; 8] = [
    "matkhau", "anhyeuem", "yeuem", "vietnam", "haugiang", "cantho", "caybeo", "banhang",
];

impl PasswordForm {
    /// Understands what was typed. What is guessed within a million tries is refused (ASVS 5.0, 6.2.4, 6.2.11): the
    /// tens of thousands of commonest passwords, words of the place, the own number, and what differs little from them.
    ///
    /// # Errors
    /// All that is wrong, field by field.
    pub fn parse(&self, phone: &Phone) -> Result<NewPassword, FieldErrors> {
        let mut errors = FieldErrors::default();
        let length = self.new.chars().count();
        if length < PASSWORD_MIN {
            errors.add_with("new", "too_short", &[("min", PASSWORD_MIN.to_string())]);
        } else if length > PASSWORD_MAX {
            errors.add_with("new", "too_long", &[("max", PASSWORD_MAX.to_string())]);
        } else if is_guessed(&self.new, phone) {
            errors.add("new", "common_password");
        }
        if errors.is_empty() {
            Ok(NewPassword {
                current: self.current.clone(),
                new: self.new.clone(),
            })
        } else {
            Err(errors)
        }
    }
}

fn is_guessed(password: &str, phone: &Phone) -> bool {
    let number = phone.to_string();
    let mut words = LOCAL.to_vec();
    words.push(&number);
    words.push(number.trim_start_matches('0'));
    let score = zxcvbn(password, &words).score();
    score < Score::Two || Phone::parse(password).as_ref() == Ok(phone)
}
