//! Something else instead of what ran out.
use serde::Deserialize;
use time::OffsetDateTime;

use crate::kernel::{FieldErrors, OrderLineId, Quantity, SubstituteId, VariantId, Vnd};

/// Where an offer stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SubstituteState {
    /// Waits for the buyer.
    Offered,
    /// It stands in the order instead.
    Taken,
    /// The buyer would rather not.
    Declined,
    /// The seller took it back, or what it was for is packed.
    Withdrawn,
}

impl SubstituteState {
    /// As stored.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Offered => "offered",
            Self::Taken => "taken",
            Self::Declined => "declined",
            Self::Withdrawn => "withdrawn",
        }
    }

    /// The reverse of [`Self::as_str`].
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Offered, Self::Taken, Self::Declined, Self::Withdrawn]
            .into_iter()
            .find(|state| state.as_str() == text)
    }
}

/// Something else that a seller offers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Substitute {
    /// Identifier.
    pub id: SubstituteId,
    /// Instead of which line.
    pub line: OrderLineId,
    /// What that line is.
    pub instead_of: String,
    /// What that line costs.
    pub instead_of_cost: Vnd,
    /// `Mít sấy, hộp 250 g`.
    pub name: String,
    /// kg, trái, …
    pub unit: String,
    /// How much.
    pub quantity: Quantity,
    /// What that costs.
    pub cost: Vnd,
    /// In the seller's words.
    pub words: String,
    /// Where it stands.
    pub state: SubstituteState,
    /// UTC.
    pub offered_at: OffsetDateTime,
}

/// An offer as typed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct SubstituteForm {
    /// Instead of which line.
    pub line: String,
    /// What.
    pub variant: String,
    /// How much.
    pub quantity: String,
    /// What is said with it.
    pub words: String,
}

/// An offer, understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewSubstitute {
    /// Instead of which line.
    pub line: OrderLineId,
    /// What.
    pub variant: VariantId,
    /// How much.
    pub quantity: Quantity,
    /// What is said with it.
    pub words: String,
}

impl SubstituteForm {
    /// Understands what was typed.
    ///
    /// # Errors
    /// What is wrong, at its field.
    pub fn parse(&self) -> Result<NewSubstitute, FieldErrors> {
        let mut errors = FieldErrors::default();
        let line = self.line.parse().ok();
        let variant = self.variant.parse().ok();
        for (field, is_there) in [("line", line.is_some()), ("variant", variant.is_some())] {
            if !is_there {
                errors.add(field, "choose");
            }
        }
        let quantity = match Quantity::parse(&self.quantity) {
            _ if self.quantity.trim().is_empty() => {
                errors.add("quantity", "required");
                None
            }
            Ok(quantity) => Some(quantity),
            Err(error) => {
                errors.add("quantity", error.code());
                None
            }
        };
        let words = errors.optional_text("words", &self.words, 300);
        match (line, variant, quantity) {
            (Some(line), Some(variant), Some(quantity)) if errors.is_empty() => Ok(NewSubstitute {
                line,
                variant,
                quantity,
                words,
            }),
            _ => Err(errors),
        }
    }
}
