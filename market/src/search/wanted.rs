//! What the words of a document must hold, as each engine is asked for it.
use std::fmt;

/// Words, joined by and and or.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Wanted {
    /// A word as a token has it, of letters and digits alone.
    Word {
        text: String,
        /// It may only begin so.
        is_open: bool,
    },
    /// All of these.
    All(Vec<Wanted>),
    /// At least one of these; nothing holds none of none.
    Any(Vec<Wanted>),
}

impl Wanted {
    /// One word.
    pub fn word(text: &str, is_open: bool) -> Self {
        Self::Word {
            text: text.to_owned(),
            is_open,
        }
    }

    /// As a filter of Meilisearch over a list of words.
    pub fn to_filter(&self, attribute: &str) -> String {
        match self {
            Self::Word {
                text,
                is_open: false,
            } => format!("{attribute} = \"{text}\""),
            Self::Word {
                text,
                is_open: true,
            } => format!("{attribute} STARTS WITH \"{text}\""),
            Self::Any(any) if any.is_empty() => format!("{attribute} IN []"),
            Self::All(all) => joined(all, " AND ", |it| it.to_filter(attribute)),
            Self::Any(any) => joined(any, " OR ", |it| it.to_filter(attribute)),
        }
    }
}

/// As a `tsquery`.
impl fmt::Display for Wanted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Word { text, is_open } => {
                write!(f, "'{text}'{}", if *is_open { ":*" } else { "" })
            }
            Self::All(all) => f.write_str(&joined(all, " & ", Self::to_string)),
            // An empty query meets nothing.
            Self::Any(any) if any.is_empty() => Ok(()),
            Self::Any(any) => f.write_str(&joined(any, " | ", Self::to_string)),
        }
    }
}

fn joined(all: &[Wanted], mark: &str, show: impl Fn(&Wanted) -> String) -> String {
    match all {
        [one] => show(one),
        all => {
            let shown: Vec<String> = all.iter().map(show).collect();
            format!("({})", shown.join(mark))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_engines_are_asked_for_the_same() {
        let wanted = Wanted::All(vec![
            Wanted::Any(vec![
                Wanted::word("khom", false),
                Wanted::All(vec![
                    Wanted::word("trai", false),
                    Wanted::word("thom", false),
                ]),
            ]),
            Wanted::word("cau", true),
        ]);
        assert_eq!(
            wanted.to_string(),
            "(('khom' | ('trai' & 'thom')) & 'cau':*)"
        );
        assert_eq!(
            wanted.to_filter("words"),
            r#"((words = "khom" OR (words = "trai" AND words = "thom")) AND words STARTS WITH "cau")"#
        );
    }
}
