//! The province's decision list as a file: which columns it has, and what its rows say. Nothing here asks the
//! database.
use super::CertificateForm;
use crate::kernel::FieldErrors;
use crate::kernel::text::{clean_line, fold};

/// The most rows of one list.
pub const MAX_ROWS: usize = 2_000;
/// The most bytes of one list.
pub const MAX_BYTES: usize = 1 << 20;

/// A column: the field that it fills, its heading in the template, other headings that are understood, and whether
/// a list can be without it.
struct Column {
    field: &'static str,
    heading: &'static str,
    also: &'static [&'static str],
    is_needed: bool,
}

const fn column(
    field: &'static str,
    heading: &'static str,
    also: &'static [&'static str],
    is_needed: bool,
) -> Column {
    Column {
        field,
        heading,
        also,
        is_needed,
    }
}

const COLUMNS: [Column; 11] = [
    column(
        "number",
        "Số quyết định",
        &["so qd", "decision number"],
        true,
    ),
    column(
        "decided_on",
        "Ngày quyết định",
        &["ngay qd", "decision date"],
        true,
    ),
    column("issuer", "Cơ quan ban hành", &["co quan", "issuer"], true),
    column("regime", "Theo quy định", &["quy dinh", "regime"], true),
    column(
        "seller",
        "Chủ thể",
        &["chu the ocop", "ho ban", "seller"],
        true,
    ),
    column(
        "product_code",
        "Mã sản phẩm",
        &["ma", "product code"],
        false,
    ),
    column(
        "product_name",
        "Tên sản phẩm",
        &["san pham", "product name", "product"],
        true,
    ),
    column("group", "Nhóm", &["nhom san pham", "group"], true),
    column("set", "Bộ", &["bo san pham", "set"], false),
    column("stars", "Số sao", &["sao", "hang sao", "stars"], true),
    column("score", "Điểm", &["so diem", "score"], false),
];

/// A row as it stands in the file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Row {
    /// Its line in the file, the heading being the first.
    pub line: usize,
    /// The holder: the shop's address or its name.
    pub seller: String,
    /// The catalogue's code of the product; may be empty.
    pub product_code: String,
    /// What the certificate says.
    pub form: CertificateForm,
}

/// The headings with an example row: what a province fills in. UTF-8 with a mark and semicolons, as spreadsheets in
/// Vietnam open and save it.
#[must_use]
pub fn template() -> String {
    let headings = COLUMNS.map(|column| column.heading).join(";");
    format!(
        "\u{feff}{headings}\r\n123/QĐ-UBND;01/10/2026;UBND thành phố Cần Thơ;26/2026/QĐ-TTg;hop-tac-xa-thanh-thang;P001;Khóm Cầu Đúc tươi;Thực phẩm;1;4;78,5\r\n"
    )
}

/// The heading of a field's column, as the template has it.
#[must_use]
pub fn heading(field: &str) -> &'static str {
    COLUMNS
        .iter()
        .find(|column| column.field == field)
        .map_or("", |column| column.heading)
}

/// Reads a list: UTF-8 with or without a mark, commas or semicolons, columns in any order.
///
/// # Errors
/// Why the file as a whole can't be read, at the field `list`.
pub fn read(bytes: &[u8]) -> Result<Vec<Row>, FieldErrors> {
    let mut errors = FieldErrors::default();
    let Ok(text) = std::str::from_utf8(bytes) else {
        errors.add("list", "certificate_list_text");
        return Err(errors);
    };
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let first = text.lines().next().unwrap_or_default();
    let semicolons = first.matches(';').count() > first.matches(',').count();
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(if semicolons { b';' } else { b',' })
        .has_headers(false)
        .flexible(true)
        .from_reader(text.as_bytes());
    let mut records = reader.records();
    let headings = match records.next() {
        Some(Ok(headings)) => headings,
        _ => csv::StringRecord::new(),
    };
    let places = COLUMNS.each_ref().map(|column| place(column, &headings));
    let missing: Vec<&str> = COLUMNS
        .iter()
        .zip(&places)
        .filter(|(column, place)| column.is_needed && place.is_none())
        .map(|(column, _)| column.heading)
        .collect();
    if !missing.is_empty() {
        let columns = [("columns", missing.join(", "))];
        errors.add_with("list", "certificate_list_columns", &columns);
        return Err(errors);
    }
    let mut rows = Vec::new();
    let mut lines = Lines {
        text,
        at: 0,
        line: 1,
    };
    for record in records {
        let Ok(record) = record else {
            errors.add("list", "certificate_list_text");
            return Err(errors);
        };
        if record.iter().all(|cell| cell.trim().is_empty()) {
            continue;
        }
        if rows.len() == MAX_ROWS {
            errors.add_with(
                "list",
                "certificate_list_long",
                &[("max", MAX_ROWS.to_string())],
            );
            return Err(errors);
        }
        rows.push(row(&record, &places, lines.of(&record)));
    }
    if rows.is_empty() {
        errors.add("list", "certificate_list_empty");
        return Err(errors);
    }
    Ok(rows)
}

fn place(column: &Column, headings: &csv::StringRecord) -> Option<usize> {
    headings.iter().position(|heading| {
        let heading = fold(heading);
        heading == fold(column.heading)
            || heading == fold(column.field)
            || column.also.contains(&heading.as_str())
    })
}

/// Counts lines on the way through a text.
struct Lines<'t> {
    text: &'t str,
    at: usize,
    line: usize,
}

impl Lines<'_> {
    /// On which line a record begins; the reader's own count stops at the line ends before it.
    fn of(&mut self, record: &csv::StringRecord) -> usize {
        let place = record.position().map_or(0, csv::Position::byte);
        let place = usize::try_from(place).unwrap_or(0).max(self.at);
        let ends = |byte: &u8| matches!(byte, b'\r' | b'\n');
        let bytes = self.text.as_bytes();
        let skipped = bytes
            .iter()
            .skip(place)
            .take_while(|byte| ends(byte))
            .count();
        let begin = place + skipped;
        self.line += bytes
            .iter()
            .take(begin)
            .skip(self.at)
            .filter(|&&byte| byte == b'\n')
            .count();
        self.at = begin;
        self.line
    }
}

fn row(record: &csv::StringRecord, places: &[Option<usize>; COLUMNS.len()], line: usize) -> Row {
    let cell = |field: &str| {
        COLUMNS
            .iter()
            .zip(places)
            .find(|(column, _)| column.field == field)
            .and_then(|(_, place)| record.get((*place)?))
            .map(clean_line)
            .unwrap_or_default()
    };
    Row {
        line,
        seller: cell("seller"),
        product_code: cell("product_code"),
        form: CertificateForm {
            product_name: cell("product_name"),
            group: cell("group"),
            set: cell("set"),
            regime: cell("regime"),
            stars: cell("stars"),
            score: cell("score"),
            number: cell("number"),
            decided_on: cell("decided_on"),
            issuer: cell("issuer"),
            ..CertificateForm::default()
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn code(bytes: &[u8]) -> String {
        let errors = read(bytes).expect_err("can't be read");
        assert_eq!(errors.0[0].field, "list");
        errors.0[0].code.clone()
    }

    #[test]
    fn the_template_reads_as_its_example() {
        let rows = read(template().as_bytes()).expect("the template is right");
        assert_eq!(rows.len(), 1);
        assert_eq!(rows[0].line, 2);
        assert_eq!(rows[0].seller, "hop-tac-xa-thanh-thang");
        assert_eq!(rows[0].form.product_name, "Khóm Cầu Đúc tươi");
        assert_eq!(rows[0].form.score, "78,5");
    }

    #[test]
    fn commas_quotes_other_headings_and_orders_are_understood() {
        let text = "product,seller,stars,group,regime,issuer,decision date,decision number\n\
                    \"Mứt, khóm\",Hộ Út,3,food,148,\"UBND \"\"tỉnh\"\"\",2026-01-02,7/QĐ\n\n,,,\n\
                    \nKhóm,Hộ Út,3,food,148\n";
        let rows = read(text.as_bytes()).expect("is right");
        assert_eq!(rows.len(), 2);
        assert_eq!(rows[0].form.product_name, "Mứt, khóm");
        assert_eq!(rows[0].form.issuer, "UBND \"tỉnh\"");
        assert_eq!(
            (rows[0].form.set.as_str(), rows[0].product_code.as_str()),
            ("", "")
        );
        assert_eq!((rows[1].line, rows[1].form.number.as_str()), (6, ""));
    }

    #[test]
    fn what_is_no_list_is_told() {
        assert_eq!(code(b"\xff\xfeS\x00"), "certificate_list_text");
        assert_eq!(code(b""), "certificate_list_columns");
        assert_eq!(
            code("Tên;Sao\nKhóm;3\n".as_bytes()),
            "certificate_list_columns"
        );
        let template = template();
        let heading = template.lines().next().expect("a heading");
        assert_eq!(code(heading.as_bytes()), "certificate_list_empty");
        let long = format!(
            "{heading}\n{}",
            "1;2;3;4;5;6;7;8;9;10;11\n".repeat(MAX_ROWS + 1)
        );
        assert_eq!(code(long.as_bytes()), "certificate_list_long");
    }

    proptest! {
        #[test]
        fn cells_come_back_whatever_stands_in_them(
            cells in proptest::collection::vec("[^\\p{C}\\p{Z}]{1,12}", 11),
            semicolons: bool,
            mark: bool,
        ) {
            let delimiter = if semicolons { b';' } else { b',' };
            let mut writer = csv::WriterBuilder::new().delimiter(delimiter).from_writer(Vec::new());
            writer.write_record(COLUMNS.each_ref().map(|column| column.heading)).expect("in memory");
            writer.write_record(&cells).expect("in memory");
            let mut bytes = if mark { "\u{feff}".as_bytes().to_vec() } else { Vec::new() };
            bytes.extend(writer.into_inner().expect("in memory"));
            let rows = read(&bytes).expect("is a list");
            prop_assert_eq!(&rows[0].form.number, &clean_line(&cells[0]));
            prop_assert_eq!(&rows[0].seller, &clean_line(&cells[4]));
            prop_assert_eq!(&rows[0].form.score, &clean_line(&cells[10]));
        }

        #[test]
        fn no_bytes_are_too_much(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
            let _ = read(&bytes);
        }
    }
}
