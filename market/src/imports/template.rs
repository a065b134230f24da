//! The workbook that people fill in.
use rust_xlsxwriter::{DataValidation, Format, Workbook, Worksheet};

use super::format::Sheet;
use super::types::MAX_ROWS;
use crate::catalog::sets::{self, FactKind};
use crate::kernel::Fault;

/// The sheet that says what the columns about goods of some sets want; files are read without it.
const GUIDE: &str = "Hướng dẫn";

/// A workbook with both sheets: headings, and a row as an example; cells with few answers offer them. A third sheet
/// says for goods of which sets which column is.
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
            let code = column.field.strip_prefix("fact_");
            if let Some(fact) = code.and_then(sets::fact)
                && let FactKind::Choice(choices) = &fact.kind
            {
                let names: Vec<&str> = choices.iter().map(|it| it.name_vi.as_str()).collect();
                let offered = DataValidation::new()
                    .allow_list_strings(&names)
                    .map_err(Fault::new)?;
                let last = u32::try_from(MAX_ROWS).map_err(Fault::new)?;
                sheet
                    .add_data_validation(1, at, last, at, &offered)
                    .map_err(Fault::new)?;
            }
        }
    }
    guide(book.add_worksheet(), &bold)?;
    book.save_to_buffer().map_err(Fault::new)
}

/// A row for each column about goods of some sets: which sets, where it must be filled in before the goods are handed
/// in, and what to write.
fn guide(sheet: &mut Worksheet, bold: &Format) -> Result<(), Fault> {
    sheet.set_name(GUIDE).map_err(Fault::new)?;
    sheet.set_freeze_panes(1, 0).map_err(Fault::new)?;
    let headings = [
        "Cột",
        "Dành cho bộ sản phẩm (số)",
        "Phải có trước khi đăng ở bộ (số)",
        "Ghi gì",
    ];
    for (heading, at) in headings.into_iter().zip(0u16..) {
        sheet
            .write_with_format(0, at, heading, bold)
            .map_err(Fault::new)?;
        sheet.set_column_width(at, 34).map_err(Fault::new)?;
    }
    for ((fact, sets, required_in), row) in sets::facts().zip(1u32..) {
        let names: Vec<&str> = fact
            .choices()
            .iter()
            .map(|it| it.name_vi.as_str())
            .collect();
        let write = match &fact.kind {
            FactKind::Text | FactKind::Long => fact.hint_vi.clone(),
            FactKind::Number => format!("Một số. {}", fact.hint_vi),
            FactKind::Choice(_) => format!("Một trong: {}", names.join(", ")),
            FactKind::Choices(_) => format!("Cách nhau bằng dấu phẩy: {}", names.join(", ")),
        };
        let cells = [
            fact.name_vi.clone(),
            listed(sets),
            listed(required_in),
            write,
        ];
        for (cell, at) in cells.into_iter().zip(0u16..) {
            sheet.write(row, at, cell).map_err(Fault::new)?;
        }
    }
    Ok(())
}

fn listed(numbers: &[u8]) -> String {
    let numbers: Vec<String> = numbers.iter().map(u8::to_string).collect();
    numbers.join(", ")
}
