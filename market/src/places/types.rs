//! Communes and provinces as the other slices and the pages see them.
use serde::{Deserialize, Serialize};

use crate::kernel::CommuneId;
use crate::kernel::text::fold;

/// A commune, ward, town or special zone in one of its lives.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Commune {
    /// Tells the two lives of one code apart.
    pub id: CommuneId,
    /// The official code, five digits.
    pub code: String,
    /// `Hỏa Lựu`.
    pub name: String,
    /// `Xã Hỏa Lựu`.
    pub full_name: String,
    /// `Thành phố Vị Thanh`; only before July 2025, when districts ended.
    pub district_name: Option<String>,
    /// Two digits, on the map of its days.
    pub province_code: String,
    /// `Cần Thơ`.
    pub province_name: String,
}

impl Commune {
    /// Name, district where there is one, and province: `Xã Hoả Tiến, Thành phố Vị Thanh, Hậu Giang`.
    #[must_use]
    pub fn address(&self) -> String {
        match &self.district_name {
            Some(district) => format!("{}, {district}, {}", self.full_name, self.province_name),
            None => format!("{}, {}", self.full_name, self.province_name),
        }
    }
}

/// A province or city of today's map.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Province {
    /// Two digits.
    pub code: String,
    /// `Cần Thơ`.
    pub name: String,
    /// `Thành phố Cần Thơ`.
    pub full_name: String,
}

/// A commune of today's map that a text may mean.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlaceHit {
    /// Where that is today.
    pub commune: Commune,
    /// What was meant, where that is a name of before July 2025: `Xã Hoả Tiến, Thành phố Vị Thanh, Hậu Giang`.
    pub former: Option<String>,
    /// Whether all of the former commune went to this one; also true where there is none.
    pub whole: bool,
}

/// What a text about a place is looked up by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlaceWords {
    /// Everything typed, as a key.
    pub all: String,
    /// Without the words that say what kind of unit it is.
    pub names: String,
}

impl PlaceWords {
    /// Reads what a person typed: any case, with or without marks, `xã`, `P.`, `TP` and the like anywhere.
    #[must_use]
    pub fn read(text: &str) -> Self {
        let all = place_key(text);
        let words: Vec<&str> = all.split(' ').collect();
        let mut names: Vec<&str> = Vec::with_capacity(words.len());
        let mut index = 0;
        while index < words.len() {
            let pair = (words[index], words.get(index + 1).copied().unwrap_or(""));
            match pair {
                ("thi", "tran" | "xa") | ("thanh", "pho") | ("dac", "khu") => index += 2,
                (
                    "xa" | "phuong" | "huyen" | "quan" | "tinh" | "tp" | "tx" | "tt" | "p" | "x"
                    | "h" | "q",
                    _,
                ) => {
                    index += 1;
                }
                (word, _) => {
                    names.push(word);
                    index += 1;
                }
            }
        }
        let names = if names.is_empty() {
            all.clone()
        } else {
            names.join(" ")
        };
        Self { all, names }
    }
}

/// The key of a place's name: folded, and `y` written `i` where a syllable has no other vowel, since both
/// are written (Vĩnh Mỹ, Vĩnh Mĩ).
#[must_use]
pub fn place_key(text: &str) -> String {
    fold(text)
        .split(' ')
        .map(|word| match word.strip_suffix('y') {
            Some(onset) if !onset.is_empty() && !onset.contains(['a', 'e', 'i', 'o', 'u', 'y']) => {
                format!("{onset}i")
            }
            _ => word.to_owned(),
        })
        .collect::<Vec<_>>()
        .join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_of_units_are_told_from_names() {
        assert_eq!(PlaceWords::read("Xã Hoả Lựu").names, "hoa luu");
        assert_eq!(
            PlaceWords::read("tt. Nàng Mau, H. Vị Thủy").names,
            "nang mau vi thuy"
        );
        assert_eq!(
            PlaceWords::read("TP Cần Thơ, thị trấn Một Ngàn").names,
            "can tho mot ngan"
        );
        assert_eq!(PlaceWords::read("xã").names, "xa");
        assert_eq!(PlaceWords::read(" ").names, "");
    }

    #[test]
    fn i_and_y_are_one_in_open_syllables() {
        assert_eq!(place_key("Long Mỹ"), place_key("Long Mĩ"));
        assert_eq!(place_key("Vị Thuỷ"), "vi thuy");
    }
}
