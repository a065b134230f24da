//! Who belongs to a shop.
use serde::Deserialize;
use time::OffsetDateTime;

use crate::kernel::{Duty, FieldErrors, InvitationId, PersonId, Phone, SellerId};

/// Somebody of a shop.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// Who.
    pub person: PersonId,
    /// Their name.
    pub name: String,
    /// By which they sign in; masked but for the last three digits.
    pub phone: String,
    /// What they are there.
    pub duty: Duty,
    /// Since when (UTC).
    pub since: OffsetDateTime,
}

/// An invitation to sell with a household that waits for an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invitation {
    /// Which one.
    pub id: InvitationId,
    /// For the owner: who is asked, as the owner calls them. For who is asked: the shop's name.
    pub name: String,
    /// For the owner: the masked number. For who is asked: the shop's commune.
    pub about: String,
}

/// Somebody who is to sell with the household.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewMember {
    /// As the owner calls them.
    pub name: String,
    /// By which they sign in.
    pub phone: Phone,
}

/// The same, as typed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct MemberForm {
    /// As the owner calls them.
    pub member_name: String,
    /// By which they sign in.
    pub member_phone: String,
}

impl MemberForm {
    /// Understands what was typed.
    ///
    /// # Errors
    /// All that is wrong, field by field.
    pub fn parse(&self) -> Result<NewMember, FieldErrors> {
        let mut errors = FieldErrors::default();
        let name = errors.line("member_name", &self.member_name, 100);
        let phone = errors.phone("member_phone", &self.member_phone);
        match phone {
            Some(phone) if errors.is_empty() => Ok(NewMember { name, phone }),
            _ => Err(errors),
        }
    }
}

/// A shop that nobody owns yet, as the person sees whose number it stands with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ownerless {
    /// Which one.
    pub id: SellerId,
    /// Its name.
    pub name: String,
    /// Its commune on today's map.
    pub commune: String,
}
