//! Vietnamese text: one form for storing, one for finding, one for addresses.
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// What a person typed, as it is kept: NFC, no control characters, single spaces, trimmed.
#[must_use]
pub fn clean_line(text: &str) -> String {
    let composed: String = text
        .nfc()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    composed.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Like [`clean_line`], for text of several lines: line ends stay.
#[must_use]
pub fn clean_text(text: &str) -> String {
    let lines: Vec<String> = text.replace('\r', "").lines().map(clean_line).collect();
    lines.join("\n").trim().to_owned()
}

/// The key under which a text is found: no marks, đ as d, lower case, words of letters and digits
/// separated by single spaces.
///
/// ```
/// assert_eq!(market::kernel::text::fold("Khóm Cầu Đúc (tươi)"), "khom cau duc tuoi");
/// ```
#[must_use]
pub fn fold(text: &str) -> String {
    let mut key = String::with_capacity(text.len());
    for character in text
        .nfd()
        .filter(|&c| !is_combining_mark(c))
        .flat_map(char::to_lowercase)
    {
        match character {
            'đ' => key.push('d'),
            c if c.is_alphanumeric() => key.push(c),
            _ if key.ends_with(' ') || key.is_empty() => {}
            _ => key.push(' '),
        }
    }
    key.truncate(key.trim_end().len());
    key
}

/// The text without Vietnamese marks, đ as d, everything else as it is: a short message of such letters costs a
/// third of one with marks.
///
/// ```
/// assert_eq!(market::kernel::text::without_marks("Khóm Cầu Đúc, 5 kg"), "Khom Cau Duc, 5 kg");
/// ```
#[must_use]
pub fn without_marks(text: &str) -> String {
    text.nfd()
        .filter(|&c| !is_combining_mark(c))
        .map(|c| match c {
            'đ' => 'd',
            'Đ' => 'D',
            c => c,
        })
        .collect()
}

/// The part of an address that names a thing: folded, dashes for spaces, ASCII, at most 80 characters.
#[must_use]
pub fn slug(text: &str) -> String {
    let mut slug: String = fold(text)
        .chars()
        .map(|c| if c == ' ' { '-' } else { c })
        .filter(|c| c.is_ascii_alphanumeric() || *c == '-')
        .take(80)
        .collect();
    slug.truncate(slug.trim_end_matches('-').len());
    slug
}

/// The letters of Vietnamese in their order, with those of other languages in their places.
const LETTERS: &str = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz";
/// The tones in their order after none: huyền, hỏi, ngã, sắc, nặng.
const TONES: [char; 5] = ['\u{300}', '\u{309}', '\u{303}', '\u{301}', '\u{323}'];

/// The key under which a text stands in a Vietnamese list: by its letters (a before ă before â, d before đ),
/// and by its tones only where the letters are the same. Whatever is no letter comes before the letters.
///
/// ```
/// let mut names = ["Vị Tân", "Vị Thanh", "Ấp Bắc", "An Bình", "Đông Phước", "Dương Hòa"];
/// names.sort_by_key(|name| market::kernel::text::sort_key(name));
/// assert_eq!(names, ["An Bình", "Ấp Bắc", "Dương Hòa", "Đông Phước", "Vị Tân", "Vị Thanh"]);
/// ```
#[must_use]
pub fn sort_key(text: &str) -> (Vec<(usize, char)>, Vec<usize>) {
    let mut without_tones = String::with_capacity(text.len());
    let mut tones = Vec::new();
    for character in text.nfd() {
        if let Some(place) = TONES.iter().position(|&tone| tone == character) {
            if let Some(tone) = tones.last_mut() {
                *tone = place + 1;
            }
        } else {
            without_tones.push(character);
            if !is_combining_mark(character) {
                tones.push(0);
            }
        }
    }
    let letters = without_tones
        .nfc()
        .flat_map(char::to_lowercase)
        .map(
            |character| match LETTERS.chars().position(|letter| letter == character) {
                Some(place) => (place + 1, '\0'),
                None => (0, character),
            },
        )
        .collect();
    (letters, tones)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_composed_and_tidied() {
        assert_eq!(clean_line("  Kho\u{301}m\tCầu  Đúc\u{0} "), "Khóm Cầu Đúc");
        assert_eq!(clean_text("Một\r\n  hai \n"), "Một\nhai");
    }

    #[test]
    fn lists_stand_in_vietnamese_order() {
        let sorted = [
            "1 Tháng 5",
            "Ba",
            "Bà",
            "Bả",
            "Bã",
            "Bá",
            "Bạ",
            "Ba Láng",
            "Băng",
            "Bằng",
            "Bâng",
            "Dũng",
            "Đa",
            "Hòa An",
            "hỏa lựu",
            "Hóa Lựu",
            "Hoa Mai",
            "Ô Môn",
            "Ông",
            "Ở",
            "Phú",
            "Xà Phiên",
        ];
        assert!(sorted.is_sorted_by_key(|name| sort_key(name)));
        assert_eq!(sort_key("Ho\u{301}a"), sort_key("Hóa"));
    }

    #[test]
    fn keys_have_no_marks() {
        assert_eq!(fold("BƯỞI Năm-Roi, Phú Hữu"), "buoi nam roi phu huu");
        assert_eq!(fold("  🍍 "), "");
        assert_eq!(slug("Chả cá thát lát (500 g)"), "cha-ca-that-lat-500-g");
    }
}
