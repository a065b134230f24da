//! A seller's orders as a table, for its owner and for who takes them out by law.
use sqlx::PgPool;
use time::OffsetDateTime;

use super::queries::{ExportedLine, export_of_seller};
use crate::kernel::table::Table;
use crate::kernel::time::instant_text;
use crate::kernel::{Fault, SellerId};

/// Lines read in one go.
const BATCH: i64 = 5_000;

/// A table that is read piece by piece, so that a large shop fills no memory.
pub struct OrdersTable {
    seller: SellerId,
    placed: (Option<OffsetDateTime>, Option<OffsetDateTime>),
    offset: i64,
    is_over: bool,
}

impl OrdersTable {
    /// All lines of a seller's orders that were placed from and until before those instants.
    #[must_use]
    pub const fn new(
        seller: SellerId,
        placed: (Option<OffsetDateTime>, Option<OffsetDateTime>),
    ) -> Self {
        Self {
            seller,
            placed,
            offset: 0,
            is_over: false,
        }
    }

    /// The next piece, the first with the heading; `None` behind the last.
    pub async fn next(&mut self, db: &PgPool) -> Result<Option<Vec<u8>>, Fault> {
        if self.is_over {
            return Ok(None);
        }
        let mut table = if self.offset == 0 {
            Table::new(&[
                "order",
                "placed_at",
                "state",
                "receiver",
                "phone",
                "address",
                "product",
                "variant",
                "quantity",
                "unit",
                "price_vnd",
                "line_vnd",
            ])?
        } else {
            Table::next_piece()
        };
        let lines = export_of_seller(db, self.seller, self.placed, BATCH, self.offset).await?;
        self.is_over = i64::try_from(lines.len()).is_ok_and(|count| count < BATCH);
        self.offset += BATCH;
        for line in lines {
            table.row(cells(line).iter().map(String::as_str))?;
        }
        table.into_bytes().map(Some)
    }
}

fn cells(line: ExportedLine) -> [String; 12] {
    [
        line.code,
        instant_text(line.placed_at),
        line.state,
        line.contact_name,
        line.contact_phone,
        line.address,
        line.name,
        line.variant_name,
        line.quantity.plain(),
        line.unit,
        line.price.0.to_string(),
        line.line.0.to_string(),
    ]
}
