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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_composed_and_tidied() {
        assert_eq!(clean_line("  Kho\u{301}m\tCầu  Đúc\u{0} "), "Khóm Cầu Đúc");
        assert_eq!(clean_text("Một\r\n  hai \n"), "Một\nhai");
    }

    #[test]
    fn keys_have_no_marks() {
        assert_eq!(fold("BƯỞI Năm-Roi, Phú Hữu"), "buoi nam roi phu huu");
        assert_eq!(fold("  🍍 "), "");
        assert_eq!(slug("Chả cá thát lát (500 g)"), "cha-ca-that-lat-500-g");
    }
}
