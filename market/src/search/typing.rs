//! How Vietnamese is typed: words with and without marks, and keystrokes of Telex and VNI left over.
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use crate::kernel::text::fold;

/// One word, in the two forms in which the index holds it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Token {
    /// Without marks, lower case.
    pub folded: String,
    /// With marks, lower case, composed, the tone on its customary letter.
    pub marked: String,
}

impl Token {
    /// From one word of letters and digits.
    #[must_use]
    pub fn new(word: &str) -> Self {
        Self {
            folded: fold(word),
            marked: customary(word),
        }
    }

    /// Whether marks were written at all.
    #[must_use]
    pub fn has_marks(&self) -> bool {
        self.folded != self.marked
    }
}

/// The words of a text, in order. Whatever is neither letter nor digit only separates.
#[must_use]
pub fn tokens(text: &str) -> Vec<Token> {
    let composed: String = text.nfc().collect();
    composed
        .split(|c: char| !c.is_alphanumeric() && !is_combining_mark(c))
        .map(Token::new)
        .filter(|token| !token.folded.is_empty())
        .collect()
}

/// Words without their marks, as texts and names are compared.
#[must_use]
pub fn key(words: &[Token]) -> String {
    let words: Vec<&str> = words.iter().map(|token| token.folded.as_str()).collect();
    words.join(" ")
}

const TONES: [char; 5] = ['\u{301}', '\u{300}', '\u{309}', '\u{303}', '\u{323}'];

/// Lower case, composed; in open oa, oe, uy the tone goes on the first letter (hoả, hỏa → hỏa).
fn customary(word: &str) -> String {
    let mut letters: Vec<char> = word.to_lowercase().nfd().collect();
    let length = letters.len();
    if length >= 3 && TONES.contains(&letters[length - 1]) {
        let pair = (letters[length - 3], letters[length - 2]);
        let after_q = length >= 4 && letters[length - 4] == 'q';
        if matches!(pair, ('o', 'a' | 'e') | ('u', 'y')) && !after_q {
            letters.swap(length - 2, length - 1);
        }
    }
    letters.into_iter().nfc().collect()
}

/// Reads keystrokes of Telex or VNI as the word that they were meant to type; `None` where none are in it.
/// Letters that carry their marks already stay as they are.
#[must_use]
pub fn untyped(word: &str) -> Option<String> {
    let word: String = word.to_lowercase().nfc().collect();
    if word.chars().any(|c| c.is_ascii_digit()) {
        from_vni(&word)
    } else {
        from_telex(&word)
    }
}

fn from_telex(word: &str) -> Option<String> {
    let mut letters: Vec<char> = Vec::new();
    let mut tone = None;
    let mut changed = false;
    for key in word.chars() {
        let seen_vowel = letters.iter().any(|&c| is_vowel(c));
        match key {
            'a' | 'e' | 'o' | 'd' if doubled(&mut letters, key) => changed = true,
            'w' => {
                horned(&mut letters);
                changed = true;
            }
            's' | 'f' | 'r' | 'x' | 'j' if seen_vowel && tone.is_none() => {
                tone = Some(match key {
                    's' => TONES[0],
                    'f' => TONES[1],
                    'r' => TONES[2],
                    'x' => TONES[3],
                    _ => TONES[4],
                });
                changed = true;
            }
            other => letters.push(other),
        }
    }
    changed.then(|| toned(&letters, tone))
}

fn from_vni(word: &str) -> Option<String> {
    let mut letters: Vec<char> = Vec::new();
    let mut tone = None;
    let mut changed = false;
    for key in word.chars() {
        let hat = |letters: &mut Vec<char>, pairs: &[(char, char)]| {
            let found = letters
                .iter()
                .rposition(|letter| pairs.iter().any(|(from, _)| from == letter));
            if let Some((at, to)) = found.and_then(|at| {
                let (_, to) = pairs.iter().find(|(from, _)| *from == letters[at])?;
                Some((at, *to))
            }) {
                letters[at] = to;
            }
            found.is_some()
        };
        let done = match key {
            '1'..='5' if letters.iter().any(|&c| is_vowel(c)) => {
                tone = usize::try_from(u32::from(key) - u32::from('1'))
                    .ok()
                    .and_then(|index| TONES.get(index).copied());
                true
            }
            '6' => hat(&mut letters, &[('a', 'â'), ('e', 'ê'), ('o', 'ô')]),
            '7' => horned_only(&mut letters),
            '8' => hat(&mut letters, &[('a', 'ă')]),
            '9' => hat(&mut letters, &[('d', 'đ')]),
            other => {
                letters.push(other);
                continue;
            }
        };
        if !done {
            return None;
        }
        changed = true;
    }
    changed.then(|| toned(&letters, tone))
}

/// `aa` → `â` and the like: also where another letter stands between (`cana` is no such word, so only in
/// the same run of vowels; `d` also at the end, as in `dungd`).
fn doubled(letters: &mut [char], key: char) -> bool {
    let to = match key {
        'a' => 'â',
        'e' => 'ê',
        'o' => 'ô',
        _ => 'đ',
    };
    let at = if key == 'd' {
        letters.first().filter(|&&c| c == 'd').map(|_| 0)
    } else {
        letters
            .last()
            .filter(|&&c| c == key)
            .map(|_| letters.len() - 1)
    };
    at.is_some_and(|at| {
        letters[at] = to;
        true
    })
}

/// `w` after `a`, `o`, `u` puts breve or horn on; after `uo` on both; alone it is `ư`.
fn horned(letters: &mut Vec<char>) {
    if let Some(at) = letters
        .iter()
        .rposition(|c| matches!(c, 'a' | 'o' | 'u' | 'ô' | 'â'))
    {
        match letters[at] {
            'a' | 'â'
                if at > 0
                    && letters[at - 1] == 'u'
                    && letters[at] == 'a'
                    && at + 1 == letters.len() =>
            {
                // mua + w: the horn belongs to the u.
                letters[at - 1] = 'ư';
            }
            'a' | 'â' => letters[at] = 'ă',
            'o' | 'ô' => {
                letters[at] = 'ơ';
                if at > 0 && letters[at - 1] == 'u' {
                    letters[at - 1] = 'ư';
                }
            }
            _ => letters[at] = 'ư',
        }
    } else if !letters.contains(&'ư') && !letters.contains(&'ơ') {
        letters.push('ư');
    }
}

/// VNI's 7: a horn, never a breve.
fn horned_only(letters: &mut Vec<char>) -> bool {
    let found = letters.iter().any(|c| matches!(c, 'o' | 'u'));
    if found {
        horned(letters);
    }
    found
}

fn is_vowel(c: char) -> bool {
    "aăâeêioôơuưy".contains(fold_hat(c)) || "ăâêôơư".contains(c)
}

/// The letter without its tone.
fn fold_hat(c: char) -> char {
    c.to_string()
        .nfd()
        .filter(|c| !TONES.contains(c))
        .nfc()
        .next()
        .unwrap_or(c)
}

/// Puts the tone where it is customary.
fn toned(letters: &[char], tone: Option<char>) -> String {
    let Some(tone) = tone else {
        return customary(&letters.iter().collect::<String>());
    };
    // The run of vowels that carries the tone, without the u of qu and the i of gi before another vowel.
    let first = letters.iter().position(|&c| is_vowel(c)).unwrap_or(0);
    let glide = first > 0
        && matches!(
            (letters[first - 1], letters[first]),
            ('q', 'u') | ('g', 'i')
        )
        && letters.get(first + 1).is_some_and(|&c| is_vowel(c));
    let first = first + usize::from(glide);
    let end = letters[first..]
        .iter()
        .position(|&c| !is_vowel(c))
        .map_or(letters.len(), |length| first + length);
    let closed = end < letters.len();
    let hatted = (first..end)
        .rev()
        .find(|&at| "ăâêôơư".contains(letters[at]));
    let at = match (hatted, end.saturating_sub(first)) {
        (Some(at), _) => at,
        (None, 0 | 1) => first,
        (None, 2) if !closed => first,
        (None, _) => first + 1,
    };
    let mut word = String::new();
    for (index, &letter) in letters.iter().enumerate() {
        word.push(letter);
        if index == at {
            word.push(tone);
        }
    }
    customary(&word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn telex_is_untyped() {
        for (typed, meant) in [
            ("khoms", "khóm"),
            ("buwowir", "bưởi"),
            ("nuwowcs", "nước"),
            ("nuowcs", "nước"),
            ("ddaauj", "đậu"),
            ("sawcj", "sặc"),
            ("xuwowng", "xương"),
            ("hoaf", "hòa"),
            ("ruowuj", "rượu"),
            ("ruwowuj", "rượu"),
            ("khoo", "khô"),
            ("quyts", "quýt"),
            ("giof", "giò"),
            ("cuar", "của"),
            ("caauf", "cầu"),
            ("yeens", "yến"),
        ] {
            assert_eq!(
                untyped(typed).map(|w| fold(&w)),
                Some(fold(meant)),
                "{typed}"
            );
        }
        assert_eq!(untyped("khoms").as_deref(), Some("khóm"));
        assert_eq!(untyped("nuwowcs").as_deref(), Some("nước"));
        assert_eq!(untyped("khom"), None);
    }

    #[test]
    fn vni_is_untyped() {
        for (typed, meant) in [
            ("kho1m", "khóm"),
            ("bu7o7i3", "bưởi"),
            ("d9a6u5", "đậu"),
            ("ma8ng", "măng"),
        ] {
            assert_eq!(untyped(typed).as_deref(), Some(meant), "{typed}");
        }
        assert_eq!(untyped("500"), None);
    }

    #[test]
    fn both_customs_of_placing_a_tone_are_one_word() {
        assert_eq!(Token::new("Hoả"), Token::new("HỎA"));
        assert_eq!(Token::new("thuỷ"), Token::new("thủy"));
        assert_eq!(Token::new("quý").marked, "quý");
        assert_eq!(Token::new("Kho\u{301}m"), Token::new("khóm"));
    }

    #[test]
    fn texts_fall_into_words() {
        let words: Vec<String> = tokens("#mậtong, ST25 🍍 trà-mãng")
            .into_iter()
            .map(|token| token.folded)
            .collect();
        assert_eq!(words, ["matong", "st25", "tra", "mang"]);
        assert_eq!(tokens("  🍍 - "), []);
    }
}
