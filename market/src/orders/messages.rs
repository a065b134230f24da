//! What buyer and seller say to each other about a part of an order.
use serde::Deserialize;
use time::OffsetDateTime;

use super::Party;
use crate::kernel::{FieldErrors, OrderMessageId, PaperId};

/// One message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderMessage {
    /// Identifier.
    pub id: OrderMessageId,
    /// Buyer or seller.
    pub from: Party,
    /// As written; nothing where it is a photograph alone.
    pub text: String,
    /// Photographs, in order.
    pub photos: Vec<PaperId>,
    /// UTC.
    pub at: OffsetDateTime,
    /// When the other side saw it, UTC.
    pub read_at: Option<OffsetDateTime>,
}

/// A message as typed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct MessageForm {
    /// What is said.
    pub message: String,
}

impl MessageForm {
    /// Understands what was typed; with a photograph no words are needed.
    ///
    /// # Errors
    /// It is empty or too long.
    pub fn parse(&self, has_photo: bool) -> Result<String, FieldErrors> {
        let mut errors = FieldErrors::default();
        let text = errors.optional_text("message", &self.message, 1000);
        if text.is_empty() && !has_photo {
            errors.add("message", "required");
        }
        if errors.is_empty() {
            Ok(text)
        } else {
            Err(errors)
        }
    }
}
