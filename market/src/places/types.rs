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

/// What a commune's code, of either map, means today.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CodeToday {
    /// As asked.
    pub asked: String,
    /// On today's map.
    pub commune: Commune,
    /// What the code meant, where only the map of before July 2025 has it: `Xã Hoả Tiến, Thành phố Vị Thanh`.
    pub former: Option<String>,
}

/// The name without what kind of unit it is: `Hỏa Lựu` of `Xã Hỏa Lựu`. By this a list of communes is sorted.
#[must_use]
pub fn bare_name(full_name: &str) -> &str {
    ["Xã ", "Phường ", "Thị trấn ", "Đặc khu "]
        .iter()
        .find_map(|kind| full_name.strip_prefix(kind))
        .unwrap_or(full_name)
}

/// Which of the communes that went into `today` a text means: the only one, or the one that it names and today's map
/// does not. A name that both maps have counts with its former district.
#[must_use]
pub fn named_among<'c>(formers: &'c [Commune], today: &Commune, text: &str) -> Option<&'c Commune> {
    if let [only] = formers {
        return Some(only);
    }
    let key = format!(" {} ", fold(text));
    let names = |name: &str| key.contains(&format!(" {} ", fold(name)));
    let mut named = formers.iter().filter(|former| {
        let district = former.district_name.as_deref().unwrap_or_default();
        let is_old = former.name != today.name || !district.is_empty() && names(district);
        names(&former.name) && is_old
    });
    let first = named.next();
    first.filter(|_| named.next().is_none())
}

/// What a text about a place says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PlaceReading {
    /// This commune of today's map, beyond doubt.
    Sure(Commune),
    /// One of these, likeliest first; none where nothing is even like it. Only a person can say which.
    Asked(Vec<PlaceHit>),
}

/// What a code says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CodeReading {
    /// Of today's map, or of a former commune that became exactly this one.
    One(Commune),
    /// Of a former commune that went to all of these.
    Split(Vec<Commune>),
    /// Of neither map, or of a former commune that nobody knows the successor of.
    Unknown,
}

/// The name of a unit in the parts that people write or leave out, as keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnitName {
    /// `xa`, and how it is shortened.
    kind: Option<(&'static str, &'static str)>,
    /// `hoa luu`.
    name: String,
}

/// Kinds of units, whole and shortened.
const KINDS: [(&str, &str); 9] = [
    ("xa", "x"),
    ("phuong", "p"),
    ("thi tran", "tt"),
    ("dac khu", "dk"),
    ("huyen", "h"),
    ("quan", "q"),
    ("thi xa", "tx"),
    ("thanh pho", "tp"),
    ("tinh", "t"),
];

impl UnitName {
    /// Of `Xã Hỏa Lựu`, `Thành phố Vị Thanh`, `Tỉnh Hậu Giang`.
    #[must_use]
    pub fn of(full_name: &str) -> Self {
        let key = place_key(full_name);
        KINDS
            .into_iter()
            .find_map(|kind| {
                let name = key.strip_prefix(kind.0)?.strip_prefix(' ')?;
                Some(Self {
                    kind: Some(kind),
                    name: name.to_owned(),
                })
            })
            .unwrap_or(Self {
                kind: None,
                name: key.clone(),
            })
    }

    /// What is left of `key` after this name at its beginning, with its kind, that shortened, or neither.
    fn rests<'a>(&self, key: &'a str) -> impl Iterator<Item = &'a str> {
        let (whole, short) = self.kind.unwrap_or_default();
        ["", whole, short].into_iter().filter_map(move |kind| {
            let rest = if kind.is_empty() {
                key
            } else {
                key.strip_prefix(kind)?.strip_prefix(' ')?
            };
            let rest = rest.strip_prefix(self.name.as_str())?;
            if rest.is_empty() {
                Some(rest)
            } else {
                rest.strip_prefix(' ')
            }
        })
    }
}

/// All that a commune is called by, on either map.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlaceNames {
    /// Its own name.
    pub own: UnitName,
    /// The districts it was in.
    pub districts: Vec<UnitName>,
    /// The provinces it was or is in.
    pub provinces: Vec<UnitName>,
}

impl PlaceNames {
    /// Whether `key` (of [`place_key`]) is exactly this commune's name, with nothing behind it but its
    /// district and province, each with or without the word for its kind.
    #[must_use]
    pub fn are(&self, key: &str) -> bool {
        let is_province = |key: &str| {
            self.provinces
                .iter()
                .any(|province| province.rests(key).any(str::is_empty))
        };
        self.own.rests(key).any(|rest| {
            rest.is_empty()
                || is_province(rest)
                || self.districts.iter().any(|district| {
                    district
                        .rests(rest)
                        .any(|rest| rest.is_empty() || is_province(rest))
                })
        })
    }
}

/// A commune that a text names exactly, and where that leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedCommune {
    /// Itself, on either map.
    pub id: CommuneId,
    /// Where all of it lies today.
    pub province_after: String,
    /// What it became; `None`: it is of today's map.
    pub became: Option<Vec<CommuneId>>,
}

/// The one commune of today that all of these lead to. A former commune whose successor nobody knows is
/// another place, unless it alone bore the name in the province where today's is.
#[must_use]
pub fn only_place(named: &[NamedCommune]) -> Option<CommuneId> {
    let mut places = named.iter().flat_map(NamedCommune::places);
    let place = places.next()?;
    if places.any(|other| other != place) {
        return None;
    }
    let province = named
        .iter()
        .find(|commune| commune.id == place)
        .map(|commune| &commune.province_after);
    let mut lost = named
        .iter()
        .filter(|commune| commune.became.as_ref().is_some_and(Vec::is_empty));
    let is_there = lost
        .next()
        .is_none_or(|lost| Some(&lost.province_after) == province);
    (is_there && lost.next().is_none()).then_some(place)
}

impl NamedCommune {
    /// The communes of today that it is or became.
    pub fn places(&self) -> impl Iterator<Item = CommuneId> {
        let own = self.became.is_none().then_some(self.id);
        own.into_iter().chain(self.became.iter().flatten().copied())
    }
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

/// The names with which a text about a place may begin, as keys.
#[must_use]
pub fn possible_names(key: &str) -> Vec<String> {
    let starts = KINDS.iter().flat_map(|(whole, short)| [*whole, *short]);
    let bodies = starts
        .filter_map(|kind| key.strip_prefix(kind)?.strip_prefix(' '))
        .chain([key]);
    bodies
        .flat_map(|body| {
            let ends = body.match_indices(' ').map(|(end, _)| end);
            ends.chain([body.len()])
                .take(LONGEST_NAME)
                .map(|end| body[..end].to_owned())
        })
        .collect()
}

/// The same text with the first number written the other way: wards of the former map are counted in Roman
/// numerals in one town (`Phường VII`) and in Arabic ones in the next, and people write either.
#[must_use]
pub fn counted_otherwise(key: &str) -> Option<String> {
    const ROMAN: [&str; 12] = [
        "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii",
    ];
    let mut words: Vec<&str> = key.split(' ').collect();
    let ward = words
        .iter()
        .position(|word| matches!(*word, "phuong" | "p"))?;
    let number = words.get_mut(ward + 1)?;
    *number = ROMAN.get(number.parse::<usize>().ok()?.checked_sub(1)?)?;
    Some(words.join(" "))
}

/// Words of the longest name of a commune, and some.
const LONGEST_NAME: usize = 8;

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

    fn hoa_tien() -> PlaceNames {
        PlaceNames {
            own: UnitName::of("Xã Hoả Tiến"),
            districts: vec![UnitName::of("Thành phố Vị Thanh")],
            provinces: vec![
                UnitName::of("Tỉnh Hậu Giang"),
                UnitName::of("Thành phố Cần Thơ"),
            ],
        }
    }

    #[test]
    fn a_name_is_exact_with_its_kind_district_and_province_or_without() {
        for text in [
            "hoa tien",
            "Xã Hỏa Tiến",
            "x. Hoả Tiến",
            "xã hoả tiến, vị thanh",
            "Hoả Tiến, TP. Vị Thanh, Hậu Giang",
            "Xã Hoả Tiến – thành phố Vị Thanh – tỉnh Hậu Giang",
            "hoa tien, tp can tho",
        ] {
            assert!(hoa_tien().are(&place_key(text)), "{text}");
        }
        for text in [
            "",
            "xã",
            "hoa tie",
            "hoa tien 2",
            "phường Hoả Tiến",
            "hoa tien, huyện vị thanh",
            "hoa tien, hau giang, vi thanh",
            "ấp 1 xã hoả tiến",
            "hoa tien vi",
            "hoatien",
        ] {
            assert!(!hoa_tien().are(&place_key(text)), "{text}");
        }
    }

    #[test]
    fn a_name_that_begins_like_a_kind_is_still_a_name() {
        let names = PlaceNames {
            own: UnitName::of("Xã Xà Phiên"),
            districts: Vec::new(),
            provinces: Vec::new(),
        };
        assert!(names.are("xa phien") && names.are("xa xa phien") && !names.are("phien"));
        for text in ["xa phien", "xa xa phien can tho"] {
            assert!(
                possible_names(text).contains(&"xa phien".to_owned()),
                "{text}"
            );
        }
    }

    #[test]
    fn what_leads_to_one_place_only_is_beyond_doubt() {
        let now = |id: i32, province: &str| NamedCommune {
            id: CommuneId(id),
            province_after: province.to_owned(),
            became: None,
        };
        let then = |id: i32, province: &str, became: &[i32]| NamedCommune {
            became: Some(became.iter().copied().map(CommuneId).collect()),
            ..now(id, province)
        };
        let place = Some(CommuneId(100_001));
        let today = now(100_001, "92");
        let one = |named: &[NamedCommune]| only_place(named);
        assert_eq!(one(&[]), None);
        assert_eq!(one(std::slice::from_ref(&today)), place);
        assert_eq!(one(&[then(1, "92", &[100_001])]), place);
        assert_eq!(one(&[today.clone(), then(1, "92", &[100_001])]), place);
        assert_eq!(one(&[today.clone(), then(1, "92", &[100_002])]), None);
        assert_eq!(one(&[then(1, "92", &[100_001, 100_002])]), None);
        assert_eq!(one(&[today.clone(), now(100_003, "01")]), None);
        assert_eq!(one(&[then(1, "92", &[])]), None);
        assert_eq!(one(&[today.clone(), then(1, "92", &[])]), place);
        assert_eq!(one(&[today.clone(), then(1, "01", &[])]), None);
        assert_eq!(one(&[today, then(1, "92", &[]), then(2, "92", &[])]), None);
        assert_eq!(
            one(&[then(1, "92", &[100_001]), then(2, "92", &[])]),
            None,
            "today's has another name: the lost one is not there"
        );
    }

    #[test]
    fn wards_are_counted_in_two_ways() {
        assert_eq!(
            counted_otherwise("phuong 7 thanh pho vi thanh").as_deref(),
            Some("phuong vii thanh pho vi thanh")
        );
        assert_eq!(
            counted_otherwise("p 1 vi thanh").as_deref(),
            Some("p i vi thanh")
        );
        assert_eq!(counted_otherwise("phuong vi thanh"), None);
        assert_eq!(counted_otherwise("xa vi thanh 1"), None);
        assert_eq!(counted_otherwise("phuong 0"), None);
    }

    #[test]
    fn names_stand_without_their_kind() {
        assert_eq!(bare_name("Xã Hỏa Lựu"), "Hỏa Lựu");
        assert_eq!(bare_name("Phường Vị Tân"), "Vị Tân");
        assert_eq!(bare_name("Cần Thơ"), "Cần Thơ");
    }

    #[test]
    fn i_and_y_are_one_in_open_syllables() {
        assert_eq!(place_key("Long Mỹ"), place_key("Long Mĩ"));
        assert_eq!(place_key("Vị Thuỷ"), "vi thuy");
    }
}
