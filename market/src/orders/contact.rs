//! Who orders, who receives, and what an invoice names: as typed at checkout, and understood.
use serde::{Deserialize, Serialize};

use super::PaymentMethod;
use crate::kernel::{AddressId, FieldErrors, Phone};
use crate::sellers::numbers::{IdentityNumber, NumberKind};

/// Contact and address as typed at checkout.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct CheckoutForm {
    /// Who receives it.
    pub name: String,
    /// Whom the seller calls.
    pub phone: String,
    /// Code of the commune on today's map, 5 digits, once chosen.
    pub commune_code: String,
    /// Number or lane, hamlet, landmark.
    pub street: String,
    /// For the sellers; may be empty.
    pub note: String,
    /// cod, vietqr, card.
    pub payment_method: String,
    /// Somebody else receives it as a gift: anything but the empty text.
    pub is_gift: String,
    /// Who gives it.
    pub buyer_name: String,
    /// Whom the seller calls about it, not to spoil the surprise.
    pub buyer_phone: String,
    /// What is written on its card; may be empty.
    pub gift_words: String,
    /// A company wants an invoice: anything but the empty text.
    pub wants_invoice: String,
    /// Of the company.
    pub invoice_name: String,
    /// 10 digits, 13 of a branch, or the 12 of a personal number.
    pub invoice_tax_code: String,
    /// Of the company, as it is registered.
    pub invoice_address: String,
    /// Where the invoice is sent; may be empty.
    pub invoice_email: String,
}

/// Contact and address, understood; the commune must still be looked up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contact {
    /// Who receives it.
    pub name: String,
    /// Whom the seller calls.
    pub phone: Phone,
    /// 5 digits.
    pub commune_code: String,
    /// Number or lane, hamlet, landmark.
    pub street: String,
    /// For the sellers; may be empty.
    pub note: String,
    /// How it will be paid.
    pub payment_method: PaymentMethod,
    /// Who gives it, where it is a gift.
    pub gift: Option<Gift>,
    /// What an invoice names, where a company wants one.
    pub invoice: Option<Invoice>,
}

/// Of an order that somebody else receives: no price goes with the goods.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gift {
    /// Who gives it.
    pub buyer_name: String,
    /// Whom the seller calls about it.
    pub buyer_phone: Phone,
    /// What is written on its card; may be empty.
    pub words: String,
}

/// What an electronic invoice names of its buyer (decree 254/2026/NĐ-CP). The seller issues it outside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invoice {
    /// Of the company.
    pub name: String,
    /// Digits alone.
    pub tax_code: String,
    /// As registered.
    pub address: String,
    /// Where it is sent.
    pub email: Option<String>,
}

/// Where a person had goods sent before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptAddress {
    /// Identifier.
    pub id: AddressId,
    /// Who receives.
    pub name: String,
    /// Whom the seller calls.
    pub phone: Phone,
    /// Number or lane, hamlet, landmark.
    pub street: String,
    /// 5 digits.
    pub commune_code: String,
    /// `Xã Hỏa Lựu, Thành phố Cần Thơ`.
    pub commune: String,
}

impl CheckoutForm {
    /// Understands what was typed.
    ///
    /// # Errors
    /// All that is wrong, field by field.
    pub fn parse(&self) -> Result<Contact, FieldErrors> {
        let mut errors = FieldErrors::default();
        let name = errors.line("name", &self.name, 100);
        let phone = errors.phone("phone", &self.phone);
        let commune_code = self.commune_code.trim().to_owned();
        if commune_code.is_empty() {
            errors.add("commune_code", "required");
        } else if commune_code.len() != 5 || !commune_code.bytes().all(|byte| byte.is_ascii_digit())
        {
            errors.add("commune_code", "commune_code");
        }
        let street = errors.line("street", &self.street, 200);
        let note = errors.optional_text("note", &self.note, 500);
        let payment_method =
            PaymentMethod::parse(self.payment_method.trim()).filter(|method| method.is_offered());
        if payment_method.is_none() {
            errors.add("payment_method", "choose");
        }
        let gift = self.gift(&mut errors);
        let invoice = self.invoice(&mut errors);
        match (phone, payment_method) {
            (Some(phone), Some(payment_method)) if errors.is_empty() => Ok(Contact {
                name,
                phone,
                commune_code,
                street,
                note,
                payment_method,
                gift,
                invoice,
            }),
            _ => Err(errors),
        }
    }

    fn gift(&self, errors: &mut FieldErrors) -> Option<Gift> {
        if self.is_gift.is_empty() {
            return None;
        }
        let buyer_name = errors.line("buyer_name", &self.buyer_name, 100);
        let buyer_phone = errors.phone("buyer_phone", &self.buyer_phone);
        let words = errors.optional_text("gift_words", &self.gift_words, 300);
        Some(Gift {
            buyer_name,
            buyer_phone: buyer_phone?,
            words,
        })
    }

    fn invoice(&self, errors: &mut FieldErrors) -> Option<Invoice> {
        if self.wants_invoice.is_empty() {
            return None;
        }
        let name = errors.line("invoice_name", &self.invoice_name, 200);
        let address = errors.line("invoice_address", &self.invoice_address, 300);
        let email = errors.email("invoice_email", &self.invoice_email);
        let typed = self.invoice_tax_code.trim();
        let digits = typed.bytes().filter(u8::is_ascii_digit).count();
        // Households have their personal number for a tax code since July 2025.
        let kind = if digits == 12 {
            NumberKind::Personal
        } else {
            NumberKind::Tax
        };
        if typed.is_empty() {
            errors.add("invoice_tax_code", "required");
            return None;
        }
        match IdentityNumber::parse(kind, typed) {
            Ok(number) => Some(Invoice {
                name,
                tax_code: number.digits().to_owned(),
                address,
                email,
            }),
            Err(wrong) => {
                errors.add("invoice_tax_code", wrong.code());
                None
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form() -> CheckoutForm {
        CheckoutForm {
            name: "Trần Thị Thử".to_owned(),
            phone: "0912 345 678".to_owned(),
            commune_code: "31338".to_owned(),
            street: "12 ấp 3".to_owned(),
            payment_method: "cod".to_owned(),
            ..CheckoutForm::default()
        }
    }

    fn wrong(form: &CheckoutForm) -> Vec<(String, String)> {
        let errors = form.parse().unwrap_err();
        let told = errors.0.into_iter();
        told.map(|error| (error.field, error.code)).collect()
    }

    #[test]
    fn a_gift_names_who_gives_it() {
        assert_eq!(form().parse().unwrap().gift, None);
        let mut gift = form();
        gift.is_gift = "1".to_owned();
        let told = [("buyer_name", "required"), ("buyer_phone", "required")];
        assert_eq!(
            wrong(&gift),
            told.map(|(a, b)| (a.to_owned(), b.to_owned()))
        );
        gift.buyer_name = "Lê Văn Biếu".to_owned();
        gift.buyer_phone = "0913 000 111".to_owned();
        let given = gift.parse().unwrap().gift.unwrap();
        assert_eq!(given.buyer_name, "Lê Văn Biếu");
        // What was typed and taken back counts for nothing.
        gift.is_gift = String::new();
        assert_eq!(gift.parse().unwrap().gift, None);
    }

    #[test]
    fn an_invoice_has_a_tax_code_that_can_be_one() {
        let mut invoice = form();
        invoice.wants_invoice = "1".to_owned();
        invoice.invoice_name = "Công ty Thử".to_owned();
        invoice.invoice_address = "1 đường Trần Phú".to_owned();
        for (typed, told) in [
            ("", Some("required")),
            ("0100109106", None),
            ("0100109106-001", None),
            ("0100109107", Some("tax_check_digit")),
            ("01001091", Some("tax_code")),
            ("092185001234", None),
            ("999185001234", Some("personal_number")),
        ] {
            invoice.invoice_tax_code = typed.to_owned();
            match told {
                Some(code) => assert_eq!(wrong(&invoice)[0].1, code, "{typed}"),
                None => assert!(invoice.parse().is_ok(), "{typed}"),
            }
        }
        invoice.invoice_tax_code = "0100109106".to_owned();
        invoice.invoice_email = "khong phai".to_owned();
        assert_eq!(wrong(&invoice)[0].1, "email");
    }
}
