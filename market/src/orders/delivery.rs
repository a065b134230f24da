//! When goods that were not there yet are delivered, and what a buyer says when that is moved.
use serde::{Deserialize, Serialize};
use time::{Date, OffsetDateTime};

use super::OrderState;
use crate::catalog::Days;
use crate::kernel::time::parse_day;
use crate::kernel::{FieldErrors, HarvestId, HarvestMoveId, OrderCode, Phone, SellerOrderId};

/// What a buyer was promised of goods that were not there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Promise {
    /// In these days they are made, or delivered.
    pub days: Days,
    /// The harvest they come from; none: they are made to order.
    pub harvest: Option<HarvestId>,
}

/// What a buyer says to other days.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeliveryAnswer {
    /// The new days are fine.
    Kept,
    /// Not before that day, of the new days.
    Shifted(Date),
    /// Then rather not.
    Cancelled,
}

impl DeliveryAnswer {
    /// As stored.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Kept => "kept",
            Self::Shifted(_) => "shifted",
            Self::Cancelled => "cancelled",
        }
    }
}

/// The answer as a form has it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct AnswerForm {
    /// kept, shifted, cancelled.
    pub answer: String,
    /// Not before that day.
    pub wanted_from: String,
}

impl AnswerForm {
    /// Understands what was chosen.
    ///
    /// # Errors
    /// All that is wrong, field by field.
    pub fn parse(&self) -> Result<DeliveryAnswer, FieldErrors> {
        let mut errors = FieldErrors::default();
        match self.answer.as_str() {
            "kept" => return Ok(DeliveryAnswer::Kept),
            "cancelled" => return Ok(DeliveryAnswer::Cancelled),
            "shifted" => match parse_day(&self.wanted_from) {
                Some(day) => return Ok(DeliveryAnswer::Shifted(day)),
                None if self.wanted_from.trim().is_empty() => errors.add("wanted_from", "required"),
                None => errors.add("wanted_from", "day"),
            },
            _ => errors.add("answer", "choose"),
        }
        Err(errors)
    }
}

/// What became of a question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum QuestionState {
    /// Nobody has answered.
    Open,
    /// The buyer takes the new days.
    Kept,
    /// The buyer has named a day among them.
    Shifted,
    /// The buyer has called the order off.
    Cancelled,
    /// The days were moved once more before an answer.
    Overtaken,
}

impl QuestionState {
    /// From its column.
    #[must_use]
    pub fn of_column(answer: Option<&str>) -> Option<Self> {
        match answer {
            None => Some(Self::Open),
            Some("kept") => Some(Self::Kept),
            Some("shifted") => Some(Self::Shifted),
            Some("cancelled") => Some(Self::Cancelled),
            Some("overtaken") => Some(Self::Overtaken),
            Some(_) => None,
        }
    }
}

/// A buyer is asked about other days.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeliveryQuestion {
    /// Which move of the days it is about.
    pub moved: HarvestMoveId,
    /// What is harvested.
    pub product_name: String,
    /// What was promised.
    pub was: Days,
    /// What is proposed.
    pub now: Days,
    /// In the seller's words.
    pub reason: String,
    /// UTC.
    pub asked_at: OffsetDateTime,
    /// What became of it.
    pub state: QuestionState,
}

/// An order ahead of a harvest, as its seller plans by it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HarvestOrder {
    /// The seller's part.
    pub part: SellerOrderId,
    /// What people read to each other.
    pub code: OrderCode,
    /// Where it is.
    pub state: OrderState,
    /// Who receives it; empty once that is forgotten.
    pub name: String,
    /// Whom to call, as long as that is kept.
    pub phone: Option<Phone>,
    /// `2 kg, 1 hộp`.
    pub amount: String,
    /// What stands promised.
    pub promised: Days,
    /// The last question about other days, if there was one.
    pub question: Option<QuestionState>,
}

#[cfg(test)]
mod tests {
    use time::macros::date;

    use super::*;

    #[test]
    fn an_answer_is_one_of_three() {
        let parse = |answer: &str, day: &str| {
            AnswerForm {
                answer: answer.to_owned(),
                wanted_from: day.to_owned(),
            }
            .parse()
            .map_err(|errors| errors.0[0].field.clone())
        };
        assert_eq!(parse("kept", "mai"), Ok(DeliveryAnswer::Kept));
        assert_eq!(parse("cancelled", ""), Ok(DeliveryAnswer::Cancelled));
        let day = date!(2026 - 12 - 24);
        assert_eq!(
            parse("shifted", "24/12/2026"),
            Ok(DeliveryAnswer::Shifted(day))
        );
        assert_eq!(parse("shifted", ""), Err("wanted_from".to_owned()));
        assert_eq!(parse("shifted", "mai"), Err("wanted_from".to_owned()));
        assert_eq!(parse("", ""), Err("answer".to_owned()));
    }
}
