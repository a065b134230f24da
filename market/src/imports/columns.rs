//! The columns of the sheets. Headings are part of the format and stay as they are in every language of the site; the
//! names in English are read too. What matters of goods of the product sets has a column each, from the same data as
//! the form.
use std::sync::LazyLock;

use super::format::Sheet;
use crate::catalog::sets;
use crate::kernel::text::fold;

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

const GOODS: [Column; 13] = [
    column("code", "Mã sản phẩm", true, "HG-001"),
    column("seller", "Gian hàng", false, "vuon-khom-ut"),
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

/// What the example of the template, fresh fruit, says of what matters of such goods.
const EXAMPLE_FACTS: [(&str, &str); 2] =
    [("variety", "Khóm Queen"), ("keeping", "Nhiệt độ thường")];

static PRODUCTS: LazyLock<Vec<Column>> = LazyLock::new(|| {
    let facts = sets::facts().map(|(fact, ..)| {
        let example = EXAMPLE_FACTS.iter().find(|(code, _)| *code == fact.code);
        let example = example.map_or("", |(_, example)| example);
        column(&fact.field, &fact.name_vi, false, example)
    });
    GOODS.into_iter().chain(facts).collect()
});

impl Column {
    /// Whether it is called so: by its heading or its field, a fact also by its code.
    fn is_called(&self, folded: &str) -> bool {
        let is_field = |field: &str| folded == field || folded == field.replace('_', " ");
        folded == fold(self.heading)
            || is_field(self.field)
            || self.field.strip_prefix("fact_").is_some_and(is_field)
    }
}

impl Sheet {
    /// Its columns, in the order of the template.
    #[must_use]
    pub fn columns(self) -> &'static [Column] {
        match self {
            Self::Sellers => &SELLERS,
            Self::Products => &PRODUCTS,
        }
    }

    /// The column under a heading, however it is written.
    #[must_use]
    pub fn column(self, heading: &str) -> Option<&'static Column> {
        let key = fold(heading);
        self.columns().iter().find(|column| column.is_called(&key))
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
    fn each_fact_has_a_column_and_no_two_columns_are_called_alike() {
        for (fact, ..) in sets::facts() {
            for heading in [&fact.name_vi, &fact.code, &fact.field] {
                let found = Sheet::Products.column(heading).expect(heading);
                assert_eq!(found.field, fact.field);
            }
        }
        for sheet in Sheet::ALL {
            for column in sheet.columns() {
                assert_eq!(sheet.column(column.heading), Some(column));
            }
        }
    }
}
