//! Which lots the goods of an order came from.
use std::collections::BTreeMap;

use time::{Date, OffsetDateTime};

use super::OrderState;
use crate::kernel::quantity::QuantityError;
use crate::kernel::{FieldErrors, LotId, OrderCode, OrderLineId, Quantity, SellerOrderId};
use crate::trace::LotCode;

/// What a line has of a lot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LotOfLine {
    /// Which lot.
    pub lot: LotId,
    /// As printed.
    pub code: LotCode,
    /// Harvested or made on that day.
    pub made_on: Date,
    /// How much of the line, in its unit.
    pub quantity: Quantity,
    /// Whether the lot was recalled.
    pub is_recalled: bool,
}

/// A buyer of a lot, by one order: never one that was called off before it left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LotBuyer {
    /// The seller's part of the order.
    pub part: SellerOrderId,
    /// What people read to each other.
    pub code: OrderCode,
    /// Where the part is.
    pub state: OrderState,
    /// Who receives it; empty once that is forgotten.
    pub name: String,
    /// `•••• ••• 678`; `None` once that is forgotten.
    pub phone: Option<String>,
    /// `2 kg, 1 hộp`.
    pub amount: String,
    /// UTC.
    pub placed_at: OffsetDateTime,
    /// When a message about the recall was written to them, UTC.
    pub told_at: Option<OffsetDateTime>,
}

/// The first and the last day on which goods of a lot took a step; no buyer is known by it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Journey {
    /// Packed.
    pub packed: Option<(Date, Date)>,
    /// Handed over to whoever carries them.
    pub shipped: Option<(Date, Date)>,
    /// In buyers' hands.
    pub delivered: Option<(Date, Date)>,
}

impl OrderState {
    /// Whether it can be said which lots its goods come from: once they are promised.
    #[must_use]
    pub const fn has_lots(self) -> bool {
        !matches!(self, Self::Placed | Self::Cancelled)
    }

    /// Whether its goods have left the house, so that what is said of them is about the past.
    #[must_use]
    pub const fn has_left(self) -> bool {
        matches!(
            self,
            Self::Shipped | Self::Delivered | Self::Completed | Self::Returned
        )
    }
}

/// The field in which a seller types how much of a line is from a lot.
#[must_use]
pub fn lot_field(line: OrderLineId, lot: LotId) -> String {
    format!("lot-{line}_{lot}")
}

/// How much of each line is from which lot, as typed: the pairs of a form, by [`lot_field`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LotsForm(pub Vec<(String, String)>);

impl LotsForm {
    /// What was typed into a field, where there was such a field.
    #[must_use]
    pub fn typed(&self, field: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|(name, _)| name == field)
            .map(|(_, text)| text.as_str())
    }

    /// Understands what was typed; an empty field is nothing of that lot. Fields of other things are passed over.
    ///
    /// # Errors
    /// All that is wrong, field by field.
    pub fn parse(&self) -> Result<BTreeMap<(OrderLineId, LotId), Quantity>, FieldErrors> {
        let mut errors = FieldErrors::default();
        let mut wanted = BTreeMap::new();
        for (field, text) in &self.0 {
            let pair = field
                .strip_prefix("lot-")
                .and_then(|ids| ids.split_once('_'));
            let Some((Ok(line), Ok(lot))) = pair.map(|(line, lot)| (line.parse(), lot.parse()))
            else {
                continue;
            };
            let is_nothing = text
                .trim()
                .bytes()
                .all(|byte| matches!(byte, b'0' | b',' | b'.'));
            let quantity = if is_nothing {
                Ok(Quantity::default())
            } else {
                Quantity::parse(text)
            };
            match quantity {
                Ok(quantity) => {
                    wanted.insert((line, lot), quantity);
                }
                Err(error) => errors.add(field, QuantityError::code(error)),
            }
        }
        if errors.is_empty() {
            Ok(wanted)
        } else {
            Err(errors)
        }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn fields_are_read_by_line_and_lot() {
        let line = OrderLineId(Uuid::from_u128(1));
        let [one, two, three] = [1, 2, 3].map(|lot| LotId(Uuid::from_u128(lot)));
        let typed = |text: &[(LotId, &str)]| {
            LotsForm(
                text.iter()
                    .map(|(lot, text)| (lot_field(line, *lot), (*text).to_owned()))
                    .chain([("lot-x_y".to_owned(), "5".to_owned())])
                    .collect(),
            )
        };
        let wanted = typed(&[(one, "2,5"), (two, ""), (three, " 0 ")]).parse();
        let wanted = wanted.expect("right");
        assert_eq!(wanted.len(), 3);
        assert_eq!(wanted[&(line, one)], Quantity::from_thousandths(2500));
        assert_eq!(wanted[&(line, two)], Quantity::default());
        let errors = typed(&[(one, "-1"), (two, "hai")])
            .parse()
            .expect_err("wrong");
        assert_eq!(errors.0.len(), 2);
        assert!(errors.of(&lot_field(line, two)).is_some());
    }

    #[test]
    fn goods_have_lots_from_the_promise_on() {
        let with: Vec<_> = OrderState::ALL
            .into_iter()
            .filter(|state| state.has_lots())
            .collect();
        assert_eq!(with.len(), 6);
        assert!(
            OrderState::ALL
                .into_iter()
                .all(|state| state.has_lots() || !state.has_left())
        );
        assert!(!OrderState::Packed.has_left() && OrderState::Returned.has_left());
    }
}
