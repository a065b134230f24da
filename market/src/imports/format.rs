//! What the files look like: their sheets. Names of sheets are part of the format and stay as they are in every
//! language of the site; the names in English are read too.
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

    /// The sheet of a workbook with that name, however it is written.
    #[must_use]
    pub fn called(name: &str) -> Option<Self> {
        let key = fold(name);
        Self::ALL
            .into_iter()
            .find(|sheet| key == fold(sheet.title()) || key == sheet.as_str())
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
