//! Tables that people take along and spreadsheets open: UTF-8 with a mark, semicolons, no formulas.
use super::error::Fault;

/// A table being written; small enough for memory, or one piece of a larger one.
pub struct Table(csv::Writer<Vec<u8>>);

impl Table {
    /// Begins a table with its heading.
    pub fn new(head: &[&str]) -> Result<Self, Fault> {
        let mut table = Self::on("\u{feff}".as_bytes().to_vec());
        table.0.write_record(head).map_err(Fault::new)?;
        Ok(table)
    }

    /// The next piece of a table that is written piece by piece.
    #[must_use]
    pub fn next_piece() -> Self {
        Self::on(Vec::new())
    }

    fn on(bytes: Vec<u8>) -> Self {
        Self(csv::WriterBuilder::new().delimiter(b';').from_writer(bytes))
    }

    /// Writes a row.
    pub fn row<'c>(&mut self, cells: impl IntoIterator<Item = &'c str>) -> Result<(), Fault> {
        for cell in cells {
            // A cell that a spreadsheet would take for a formula is text.
            let written = if cell.starts_with(['=', '+', '-', '@']) {
                self.0.write_field(format!("'{cell}"))
            } else {
                self.0.write_field(cell)
            };
            written.map_err(Fault::new)?;
        }
        self.0.write_record(None::<&[u8]>).map_err(Fault::new)
    }

    /// All of it.
    pub fn into_bytes(self) -> Result<Vec<u8>, Fault> {
        self.0
            .into_inner()
            .map_err(|error| Fault::new(error.to_string()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_in_pieces_is_one_table_without_formulas() {
        let mut first = Table::new(&["name", "note"]).expect("written");
        first.row(["Khóm; chín", "=1+1"]).expect("written");
        let mut next = Table::next_piece();
        next.row(["-5", ""]).expect("written");
        let mut bytes = first.into_bytes().expect("written");
        bytes.extend(next.into_bytes().expect("written"));
        assert_eq!(
            String::from_utf8(bytes).expect("UTF-8"),
            "\u{feff}name;note\n\"Khóm; chín\";'=1+1\n'-5;\n"
        );
    }
}
