//! Reading files: workbooks and CSV, in bounded memory, whatever they claim to be.
use std::collections::BTreeMap;
use std::io::{Cursor, Read as _};

use calamine::{DataRef, Reader as _, Xlsx};

use super::columns::Column;
use super::format::{Sheet, letters};
use super::types::{Columns, ImportRefusal, MAX_CELL, MAX_ROWS, Row};
use crate::kernel::text::clean_line;

/// What a workbook may come to when it is unpacked, bytes.
const UNPACKED: u64 = 128 * 1024 * 1024;
/// Columns that are looked at.
const MAX_COLUMNS: usize = 64;
/// What is told of a heading that nobody understands, characters.
const MAX_HEADING: usize = 60;

/// The rows of a file.
#[derive(Debug)]
pub(super) struct Table {
    pub rows: Vec<Row>,
    pub columns: Columns,
    /// Headings that name no column of ours.
    pub unread: Vec<String>,
}

/// Reads a workbook (XLSX) or a CSV in UTF-8 with commas, semicolons or tabs. Takes what a large file takes: call
/// it where blocking is allowed.
pub(super) fn read(bytes: &[u8]) -> Result<Table, ImportRefusal> {
    let mut table = Table {
        rows: Vec::new(),
        columns: Columns::new(),
        unread: Vec::new(),
    };
    if bytes.starts_with(b"PK") {
        workbook(bytes, &mut table)?;
    } else {
        text(bytes, &mut table)?;
    }
    if table.columns.is_empty() {
        return Err(ImportRefusal::NoSheet);
    }
    if table.rows.is_empty() {
        return Err(ImportRefusal::Empty);
    }
    Ok(table)
}

/// Rows of cells, as they come.
struct Reading<'a> {
    table: &'a mut Table,
    sheet: Option<Sheet>,
    columns: Vec<Option<&'static Column>>,
}

impl<'a> Reading<'a> {
    fn new(table: &'a mut Table, sheet: Option<Sheet>) -> Self {
        Self {
            table,
            sheet,
            columns: Vec::new(),
        }
    }

    /// Takes a row; the first that says anything holds the headings.
    fn take(&mut self, number: usize, cells: &[String]) -> Result<(), ImportRefusal> {
        if cells.iter().all(|cell| cell.trim().is_empty()) {
            return Ok(());
        }
        if self.columns.is_empty() {
            return self.headings(cells);
        }
        let Some(sheet) = self.sheet else {
            return Ok(());
        };
        if self.table.rows.len() >= MAX_ROWS {
            return Err(ImportRefusal::TooManyRows);
        }
        let fields: BTreeMap<String, String> = self
            .columns
            .iter()
            .zip(cells)
            .filter_map(|(column, cell)| Some(((*column)?, cell.trim())))
            .filter(|(_, cell)| !cell.is_empty())
            .map(|(column, cell)| {
                let cell: String = cell.chars().take(MAX_CELL).collect();
                (column.field.to_owned(), cell)
            })
            .collect();
        // Nobody sells what the template has as an example.
        let is_example =
            self.columns.iter().flatten().all(|column| {
                fields.get(column.field).map_or("", String::as_str) == column.example
            });
        if !fields.is_empty() && !is_example {
            self.table.rows.push(Row {
                sheet,
                number: i32::try_from(number).unwrap_or(i32::MAX),
                fields,
            });
        }
        Ok(())
    }

    fn headings(&mut self, cells: &[String]) -> Result<(), ImportRefusal> {
        let Some(sheet) = self.sheet.or_else(|| Sheet::of_headings(cells)) else {
            return Err(ImportRefusal::NoSheet);
        };
        let missing = sheet.missing(cells);
        if !missing.is_empty() {
            return Err(ImportRefusal::MissingColumns {
                sheet: sheet.title(),
                columns: missing.join(", "),
            });
        }
        self.sheet = Some(sheet);
        self.columns = cells.iter().map(|heading| sheet.column(heading)).collect();
        let places =
            self.columns.iter().enumerate().filter_map(|(at, column)| {
                column.map(|column| (column.field.to_owned(), letters(at)))
            });
        self.table.columns.insert(sheet, places.collect());
        let unread = cells
            .iter()
            .zip(&self.columns)
            .filter(|(heading, column)| column.is_none() && !heading.trim().is_empty());
        self.table.unread.extend(unread.map(|(heading, _)| {
            clean_line(heading)
                .chars()
                .take(MAX_HEADING)
                .collect::<String>()
        }));
        Ok(())
    }
}

fn workbook(bytes: &[u8], table: &mut Table) -> Result<(), ImportRefusal> {
    unpacks_small(bytes)?;
    let mut book: Xlsx<_> = calamine::open_workbook_from_rs(Cursor::new(bytes))
        .map_err(|_| ImportRefusal::Unreadable)?;
    let mut named: Vec<(Sheet, String)> = book
        .sheet_names()
        .iter()
        .filter_map(|name| Some((Sheet::called(name)?, name.clone())))
        .collect();
    named.sort_unstable_by_key(|(sheet, _)| *sheet);
    named.dedup_by_key(|(sheet, _)| *sheet);
    if named.is_empty() {
        // One sheet with the right headings may be called anything.
        let first = book.sheet_names().first().cloned();
        let first = first.ok_or(ImportRefusal::NoSheet)?;
        return one_sheet(&mut book, None, &first, table);
    }
    for (sheet, name) in named {
        one_sheet(&mut book, Some(sheet), &name, table)?;
    }
    Ok(())
}

fn one_sheet(
    book: &mut Xlsx<Cursor<&[u8]>>,
    sheet: Option<Sheet>,
    name: &str,
    table: &mut Table,
) -> Result<(), ImportRefusal> {
    let mut reading = Reading::new(table, sheet);
    let mut cells: Vec<String> = Vec::new();
    let mut at = 0;
    let unreadable = |_| ImportRefusal::Unreadable;
    // Cell by cell: a table of all of them would be as large as the farthest one says.
    let mut reader = book.worksheet_cells_reader(name).map_err(unreadable)?;
    while let Some(cell) = reader.next_cell().map_err(unreadable)? {
        let (row, column) = cell.get_position();
        let (row, column) = (row as usize, column as usize);
        if row != at {
            reading.take(at + 1, &std::mem::take(&mut cells))?;
            at = row;
        }
        if column < MAX_COLUMNS {
            if cells.len() <= column {
                cells.resize(column + 1, String::new());
            }
            cells[column] = words(cell.get_value());
        }
    }
    reading.take(at + 1, &cells)
}

/// A cell as somebody would type it.
fn words(cell: &DataRef<'_>) -> String {
    match cell {
        DataRef::Empty => String::new(),
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => {
            text.clone()
        }
        DataRef::SharedString(text) => (*text).to_owned(),
        DataRef::Int(number) => number.to_string(),
        // In a comma nobody sees thousands.
        DataRef::Float(number) => number.to_string().replace('.', ","),
        DataRef::Bool(truth) => truth.to_string(),
        DataRef::DateTime(date) => date.as_f64().to_string(),
        DataRef::Error(error) => error.to_string(),
    }
}

/// Whether all of a workbook unpacks into what memory is for: it may claim anything.
fn unpacks_small(bytes: &[u8]) -> Result<(), ImportRefusal> {
    let unreadable = |_| ImportRefusal::Unreadable;
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(unreadable)?;
    let mut left = UNPACKED;
    for index in 0..archive.len() {
        let entry = archive.by_index(index).map_err(unreadable)?;
        let unpacked = std::io::copy(&mut entry.take(left + 1), &mut std::io::sink())
            .map_err(|_| ImportRefusal::Unreadable)?;
        left = left.checked_sub(unpacked).ok_or(ImportRefusal::TooLarge)?;
    }
    Ok(())
}

fn text(bytes: &[u8], table: &mut Table) -> Result<(), ImportRefusal> {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let text = std::str::from_utf8(bytes).map_err(|_| ImportRefusal::Unreadable)?;
    if text.contains('\0') {
        return Err(ImportRefusal::Unreadable);
    }
    let first = text.lines().next().unwrap_or_default();
    let delimiter = [b';', b'\t', b',']
        .into_iter()
        .max_by_key(|mark| first.bytes().filter(|byte| byte == mark).count())
        .unwrap_or(b',');
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .has_headers(false)
        .flexible(true)
        .from_reader(text.as_bytes());
    let mut reading = Reading::new(table, None);
    let mut record = csv::StringRecord::new();
    let mut number = 0;
    while reader
        .read_record(&mut record)
        .map_err(|_| ImportRefusal::Unreadable)?
    {
        number += 1;
        let cells: Vec<String> = record.iter().take(MAX_COLUMNS).map(str::to_owned).collect();
        reading.take(number, &cells)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::imports::template;

    #[test]
    fn the_template_is_understood_and_its_example_left_out() {
        let mut table = Table {
            rows: Vec::new(),
            columns: Columns::new(),
            unread: Vec::new(),
        };
        workbook(&template::workbook().expect("written"), &mut table).expect("read");
        assert!(table.rows.is_empty());
        assert_eq!(table.columns[&Sheet::Products]["price_vnd"], "G");
        assert_eq!(table.columns[&Sheet::Products]["fact_variety"], "N");
        assert_eq!(table.columns[&Sheet::Sellers]["name"], "B");
    }

    #[test]
    fn numbers_of_a_workbook_are_as_people_type_them() {
        let mut book = rust_xlsxwriter::Workbook::new();
        let sheet = book.add_worksheet();
        for (column, at) in Sheet::Products.columns().iter().zip(0u16..) {
            sheet.write(0, at, column.heading).expect("written");
        }
        sheet.write(3, 6, 15_000).expect("written");
        sheet.write(3, 7, 2.5).expect("written");
        let table = read(&book.save_to_buffer().expect("written")).expect("read");
        let [row] = table.rows.as_slice() else {
            panic!("{:?}", table.rows);
        };
        assert_eq!(
            (row.number, row.text("price_vnd"), row.text("stock")),
            (4, "15000", "2,5")
        );
    }

    #[test]
    fn a_csv_of_any_program_is_read() {
        for text in [
            "\u{feff}Mã sản phẩm;Gian hàng;Tên sản phẩm;Nhóm;Đơn vị;Giá (đồng);Số lượng\nA-1;ut;\"Khóm; ngọt\";Thực phẩm;trái;15.000;2,5\n",
            "code,seller,name,group,unit,price_vnd,stock\r\n\r\nA-1,ut,\"Khóm; ngọt\",food,trái,15000,\"2,5\"\r\n",
        ] {
            let table = read(text.as_bytes()).expect("read");
            assert_eq!(table.rows.len(), 1);
            assert_eq!(table.rows[0].text("name"), "Khóm; ngọt");
            assert_eq!(table.rows[0].text("stock"), "2,5");
            assert_eq!(table.unread, [""; 0]);
        }
    }

    #[test]
    fn a_column_that_nobody_understands_is_told() {
        let text = "STT;Mã sản phẩm;Tên sản phẩm;Nhóm;Đơn vị;Giá (đồng);Số lượng; Ghi  chú ;\n1;A-1;Khóm;Thực phẩm;trái;15.000;2;ngon;\n";
        let table = read(text.as_bytes()).expect("read");
        assert_eq!(table.unread, ["STT", "Ghi chú"]);
        assert_eq!(table.rows.len(), 1);
    }

    #[test]
    fn what_is_no_table_is_refused() {
        for (bytes, why) in [
            (&b"PK\x03\x04 nothing"[..], ImportRefusal::Unreadable),
            (b"\xFF\xFE\x00", ImportRefusal::Unreadable),
            (b"a,b\n1,2\n", ImportRefusal::NoSheet),
            (b"", ImportRefusal::NoSheet),
            (
                "code,seller,name,group,unit,price_vnd,stock\n".as_bytes(),
                ImportRefusal::Empty,
            ),
        ] {
            assert_eq!(read(bytes).expect_err("refused"), why);
        }
    }
}
