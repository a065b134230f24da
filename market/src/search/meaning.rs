//! The ways to understand a text, and the one that is taken.
use uuid::Uuid;

use super::types::Understanding;
use super::wanted::Wanted;

/// What is tried, best first; the first that some document matches is used.
#[derive(Clone, Debug, Default)]
pub(super) struct Plan {
    pub attempts: Vec<Attempt>,
    /// The words as typed, all of them.
    pub literal: Vec<Wanted>,
    /// The words that were typed with marks, any of them.
    pub marks: Vec<Wanted>,
    /// The words as typed, one after the other in a name.
    pub phrase: String,
    /// The words without marks, as the key of a name begins with them.
    pub beginning: String,
    /// Products that officers put first for this text.
    pub pins: Vec<Uuid>,
}

/// What a text means: what some document holds, and by what its hits are ranked.
#[derive(Clone, Debug)]
pub(super) struct Meaning {
    pub understanding: Understanding,
    pub matching: Wanted,
    pub literal: Wanted,
    pub marks: Option<Wanted>,
    pub phrase: String,
    pub beginning: String,
    pub pins: Vec<Uuid>,
}

impl Meaning {
    /// The ways in which a document may match, each a `tsquery` whose words count for more the closer they stand.
    pub fn ways(&self) -> Vec<String> {
        match &self.matching {
            Wanted::Any(ways) => ways.iter().map(ToString::to_string).collect(),
            one => vec![one.to_string()],
        }
    }
}

impl Plan {
    /// As the attempt has it that is met; where none is, what is pinned remains.
    pub fn meaning(mut self, met: Option<usize>) -> Option<Meaning> {
        if met.is_none() && self.pins.is_empty() {
            return None;
        }
        let attempt = met.map(|met| self.attempts.swap_remove(met));
        let (matching, understanding) = match attempt {
            Some(attempt) => (
                attempt.matching,
                Understanding {
                    instead: attempt.instead,
                    // What officers have put there is meant.
                    is_near: attempt.is_near && self.pins.is_empty(),
                },
            ),
            None => (Wanted::Any(Vec::new()), Understanding::default()),
        };
        Some(Meaning {
            understanding,
            matching,
            literal: Wanted::All(self.literal),
            marks: (!self.marks.is_empty()).then_some(Wanted::Any(self.marks)),
            phrase: self.phrase,
            beginning: self.beginning,
            pins: self.pins,
        })
    }
}

/// One way to understand a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Attempt {
    pub matching: Wanted,
    /// A part of what was asked for.
    pub is_near: bool,
    /// What is looked for instead of what was typed.
    pub instead: Option<String>,
}
