//! What the files look like: their sheets and headings. Headings are part of the format and stay as they are in
//! every language of the site; the names in English are read too.
use serde::{Deserialize, Serialize};

use crate::kernel::text::fold;

/// A table of the file: a sheet of a workbook, or a whole CSV.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sheet {
    /// Households, cooperatives, enterprises.
    Sellers,
    /// Their goods.
    Products,
}

/// A column of a sheet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Column {
    /// The field's name, as forms and the API have it.
    pub field: &'static str,
    /// What stands in the first row of the template.
    pub heading: &'static str,
    /// Whether a file without it can't be read.
    pub is_required: bool,
    /// What stands in the second row of the template.
    pub example: &'static str,
}

const fn column(
    field: &'static str,
    heading: &'static str,
    is_required: bool,
    example: &'static str,
) -> Column {
    Column {
        field,
        heading,
        is_required,
        example,
    }
}

const SELLERS: [Column; 10] = [
    column("slug", "Mã gian hàng", false, "vuon-khom-ut"),
    column("name", "Tên gian hàng", true, "Vườn khóm Út"),
    column("kind", "Loại", true, "hộ"),
    column("owner_name", "Người đại diện", true, "Nguyễn Văn Út"),
    column("phone", "Số điện thoại", true, "0912 345 678"),
    column("commune", "Xã", true, "Xã Hỏa Lựu"),
    column("hamlet", "Ấp", false, "Ấp Thạnh Thắng"),
    column("street", "Địa chỉ", false, "Số 12, lộ Cái Su"),
    column("story", "Giới thiệu", false, "Trồng khóm ba đời."),
    column("source", "Nguồn", false, "Quyết định 12/QĐ-UBND"),
];

const PRODUCTS: [Column; 13] = [
    column("code", "Mã sản phẩm", true, "HG-001"),
    column("seller", "Gian hàng", true, "vuon-khom-ut"),
    column("name", "Tên sản phẩm", true, "Khóm Cầu Đúc loại 1"),
    column("group", "Nhóm", true, "Thực phẩm"),
    column("unit", "Đơn vị", true, "trái"),
    column("unit_note", "Quy cách", false, "1,2 kg"),
    column("price_vnd", "Giá (đồng)", true, "15.000"),
    column("stock", "Số lượng", true, "200"),
    column("weight_grams", "Khối lượng gửi (gam)", false, "1300"),
    column("description", "Mô tả", false, "Ngọt, ít xơ."),
    column("season", "Mùa (tháng)", false, "4,5,6"),
    column("source", "Nguồn", false, ""),
    column("set", "Bộ sản phẩm (số)", false, "1"),
];

impl Sheet {
    /// Both, in the order in which they are applied.
    pub const ALL: [Self; 2] = [Self::Sellers, Self::Products];

    /// As stored.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Sellers => "sellers",
            Self::Products => "products",
        }
    }

    /// The reverse of [`Self::as_str`].
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|sheet| sheet.as_str() == text)
    }

    /// The name of the sheet in a workbook.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Sellers => "Gian hàng",
            Self::Products => "Sản phẩm",
        }
    }

    /// Its columns, in the order of the template.
    #[must_use]
    pub const fn columns(self) -> &'static [Column] {
        match self {
            Self::Sellers => &SELLERS,
            Self::Products => &PRODUCTS,
        }
    }

    /// The sheet of a workbook with that name, however it is written.
    #[must_use]
    pub fn called(name: &str) -> Option<Self> {
        let key = fold(name);
        Self::ALL
            .into_iter()
            .find(|sheet| key == fold(sheet.title()) || key == sheet.as_str())
    }

    /// The column under a heading, however it is written.
    #[must_use]
    pub fn column(self, heading: &str) -> Option<&'static Column> {
        let key = fold(heading);
        self.columns().iter().find(|column| {
            key == fold(column.heading)
                || key == column.field.replace('_', " ")
                || key == column.field
        })
    }

    /// The sheet whose required columns a row of headings has, for files that name no sheet.
    #[must_use]
    pub fn of_headings(headings: &[String]) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|sheet| sheet.missing(headings).is_empty())
    }

    /// The required columns that a row of headings lacks.
    #[must_use]
    pub fn missing(self, headings: &[String]) -> Vec<&'static str> {
        self.columns()
            .iter()
            .filter(|column| column.is_required)
            .filter(|column| {
                !headings.iter().any(|heading| {
                    self.column(heading)
                        .is_some_and(|found| found.field == column.field)
                })
            })
            .map(|column| column.heading)
            .collect()
    }
}

/// The letters by which a spreadsheet calls its column, from 0: `A`, `Z`, `AA`.
#[must_use]
pub fn letters(mut column: usize) -> String {
    let mut letters = Vec::new();
    loop {
        letters.push(char::from(b'A' + u8::try_from(column % 26).unwrap_or(0)));
        if column < 26 {
            break;
        }
        column = column / 26 - 1;
    }
    letters.into_iter().rev().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_are_read_however_they_are_written() {
        for heading in ["Giá (đồng)", " gia (dong) ", "GIÁ (ĐỒNG)", "price_vnd"] {
            let found = Sheet::Products.column(heading).expect(heading);
            assert_eq!(found.field, "price_vnd");
        }
        assert_eq!(Sheet::called("SAN PHAM"), Some(Sheet::Products));
        let headings = ["Mã sản phẩm", "Gian hàng", "Tên sản phẩm", "Nhóm"].map(str::to_owned);
        assert_eq!(
            Sheet::Products.missing(&headings),
            ["Đơn vị", "Giá (đồng)", "Số lượng"]
        );
    }

    #[test]
    fn columns_have_letters() {
        for (column, name) in [
            (0, "A"),
            (25, "Z"),
            (26, "AA"),
            (51, "AZ"),
            (52, "BA"),
            (701, "ZZ"),
            (702, "AAA"),
        ] {
            assert_eq!(letters(column), name);
        }
    }
}
