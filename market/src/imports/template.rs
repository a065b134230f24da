//! The workbook that people fill in.
use rust_xlsxwriter::{Format, Workbook};

use super::format::Sheet;
use crate::kernel::Fault;

/// A workbook with both sheets: headings, and a row as an example.
///
/// # Errors
/// It can't be written.
pub fn workbook() -> Result<Vec<u8>, Fault> {
    let mut book = Workbook::new();
    let bold = Format::new().set_bold();
    for kind in Sheet::ALL {
        let sheet = book.add_worksheet();
        sheet.set_name(kind.title()).map_err(Fault::new)?;
        sheet.set_freeze_panes(1, 0).map_err(Fault::new)?;
        for (column, at) in kind.columns().iter().zip(0u16..) {
            sheet
                .write_with_format(0, at, column.heading, &bold)
                .map_err(Fault::new)?;
            sheet.write(1, at, column.example).map_err(Fault::new)?;
            sheet.set_column_width(at, 22).map_err(Fault::new)?;
        }
    }
    book.save_to_buffer().map_err(Fault::new)
}
