//! From what was typed to what is looked up: the words of all documents, what means the same, what means
//! nothing. Rules here know no product and no query.
use std::collections::{BTreeMap, HashMap};
use std::ops::Bound;

use uuid::Uuid;

use super::typing::{Token, key, tokens, untyped};
use super::wanted::Wanted;

pub(super) use super::meaning::{Attempt, Meaning, Plan};

/// More words of documents than this are not kept in memory; the rarest stay out.
pub(super) const MOST_KNOWN: usize = 50_000;
/// Longer texts are cut: nobody types more words than this to find something.
const MOST_WORDS: usize = 12;
/// Longer words are in no index, bytes.
pub(super) const LONGEST: usize = 60;
/// Ways of mending one word.
const MOST_SLIPS: usize = 8;
/// A word of so many letters is hardly one Vietnamese syllable; two slips are forgiven in it.
const LONG: usize = 6;
/// Parts of a text that are tried where nothing has all of it.
const MOST_PARTS: usize = 24;

/// How often a word of the documents is met.
#[derive(Clone, Copy, Debug)]
pub(super) struct Known {
    /// Documents that hold it anywhere.
    pub documents: i32,
    /// Documents that hold it in name, seller or place: only such words mend slips.
    pub named: i32,
}

/// All words, synonyms and stop words, as they were when it was loaded.
#[derive(Debug, Default)]
pub(super) struct Lexicon {
    words: BTreeMap<String, Known>,
    /// Under the first word of a term: the whole term and its group.
    terms: HashMap<String, Vec<(Vec<Token>, usize)>>,
    groups: Vec<Vec<Vec<Token>>>,
    stop_words: Vec<Vec<Token>>,
    /// Under a text without marks: the products that officers put first for it.
    pins: HashMap<String, Vec<Uuid>>,
    documents: f64,
    /// No word of a document is left out.
    is_whole_vocabulary: bool,
}

/// One word or term of the text with all that may stand for it.
#[derive(Clone, Debug)]
struct Slot {
    alternatives: Vec<Wanted>,
    /// How much it says: rare words say more.
    weight: f64,
    shown: String,
    /// Documents do not hold it as it stands: the alternatives are guesses.
    is_guess: bool,
    /// It took more than one slip to get to words that documents hold.
    is_far: bool,
    /// As typed, with its marks where documents hold it so.
    literal: Vec<Wanted>,
    /// With the marks that were typed, and what means the same; none where no marks were typed.
    marks: Vec<Wanted>,
}

impl Lexicon {
    pub fn new(
        words: impl IntoIterator<Item = (String, Known)>,
        synonyms: impl IntoIterator<Item = (i32, String)>,
        stop_words: impl IntoIterator<Item = String>,
        pins: impl IntoIterator<Item = (String, Uuid)>,
    ) -> Self {
        let words: BTreeMap<String, Known> = words.into_iter().collect();
        let documents = words.values().map(|word| word.documents).max().unwrap_or(0);
        let is_whole_vocabulary = words.len() < MOST_KNOWN;
        let mut by_number: BTreeMap<i32, Vec<Vec<Token>>> = BTreeMap::new();
        for (number, term) in synonyms {
            by_number.entry(number).or_default().push(tokens(&term));
        }
        let groups: Vec<Vec<Vec<Token>>> = by_number.into_values().collect();
        let mut terms: HashMap<String, Vec<(Vec<Token>, usize)>> = HashMap::new();
        for (index, group) in groups.iter().enumerate() {
            for term in group {
                if let Some(first) = term.first() {
                    terms
                        .entry(first.folded.clone())
                        .or_default()
                        .push((term.clone(), index));
                }
            }
        }
        Self {
            words,
            terms,
            groups,
            stop_words: stop_words.into_iter().map(|term| tokens(&term)).collect(),
            pins: pins
                .into_iter()
                .fold(HashMap::new(), |mut pins, (text, product)| {
                    pins.entry(text).or_default().push(product);
                    pins
                }),
            documents: f64::from(documents),
            is_whole_vocabulary,
        }
    }

    /// Plans a search. `typing`: the last word may not be whole yet.
    pub fn plan(&self, text: &str, typing: bool) -> Plan {
        let mut typed = tokens(text);
        typed.retain(|token| token.marked.len() <= LONGEST);
        typed.truncate(MOST_WORDS);
        let pins = self.pins.get(&key(&typed)).cloned().unwrap_or_default();
        let (mended, was_mended) = self.mend(&typed);
        let words = self.without_stop_words(mended);
        let Some(last) = words.last() else {
            return Plan::default();
        };
        let open = typing || !self.is_whole(last);
        let strict = self.slots(&words, open, false);
        let wide = self.slots(&words, open, true);
        let shown = |slots: &[Slot]| {
            let shown: Vec<&str> = slots.iter().map(|slot| slot.shown.as_str()).collect();
            shown.join(" ")
        };
        let typed_words: Vec<&str> = words.iter().map(|token| token.marked.as_str()).collect();
        let typed_words = typed_words.join(" ");
        let mut attempts: Vec<Attempt> = Vec::new();
        if strict.iter().all(|slot| !slot.alternatives.is_empty()) {
            let shown = shown(&strict);
            attempts.push(Attempt {
                matching: all_of(&strict),
                is_near: strict.iter().any(|slot| slot.is_far),
                instead: (was_mended || shown != typed_words).then_some(shown),
            });
        }
        attempts.extend(one_otherwise(&strict, &wide));
        attempts.extend(parts(&strict));
        attempts.dedup_by(|a, b| a.matching == b.matching);
        // What no document can hold need not be looked up: that would be looking through all of them.
        attempts.retain(|attempt| self.may_be_met(&attempt.matching));
        let literal = strict
            .iter()
            .map(|slot| Wanted::Any(slot.literal.clone()))
            .collect();
        let marks = strict.iter().flat_map(|slot| slot.marks.clone()).collect();
        let phrase: Vec<String> = words
            .iter()
            .enumerate()
            .map(|(index, token)| {
                let open = open && index + 1 == words.len();
                format!(
                    "'{}':{}A",
                    self.as_typed(token),
                    if open { "*" } else { "" }
                )
            })
            .collect();
        Plan {
            attempts,
            literal,
            marks,
            phrase: phrase.join(" <-> "),
            beginning: key(&words),
            pins,
        }
    }

    /// Whether some document may hold it: what the words alone can say.
    fn may_be_met(&self, wanted: &Wanted) -> bool {
        match wanted {
            Wanted::Word {
                text,
                is_open: false,
            } => !self.is_whole_vocabulary || self.is_known(text),
            Wanted::Word {
                text,
                is_open: true,
            } => !self.is_whole_vocabulary || self.begins(text),
            Wanted::All(all) => all.iter().all(|it| self.may_be_met(it)),
            Wanted::Any(any) => any.iter().any(|it| self.may_be_met(it)),
        }
    }

    /// Mends what no document holds: keystrokes left over, words that run together or fall apart.
    fn mend(&self, typed: &[Token]) -> (Vec<Token>, bool) {
        let mut words = Vec::with_capacity(typed.len());
        let mut index = 0;
        while let Some(token) = typed.get(index) {
            let next = typed.get(index + 1);
            index += 1;
            if self.is_known(&token.folded) || self.stands_for_something(token) {
                words.push(token.clone());
            } else if let Some(joined) = next
                .map(|next| Token::new(&format!("{}{}", token.marked, next.marked)))
                .filter(|joined| self.is_known(&joined.folded))
            {
                words.push(joined);
                index += 1;
            } else if next.is_none() && self.begins(&token.folded) {
                words.push(token.clone());
            } else if let Some(meant) = self.keystrokes(token, next.is_none()) {
                words.push(meant);
            } else if let Some(pieces) = self.pieces(token)
                && (token.folded.len() >= LONG || self.slips(&token.folded).is_empty())
            {
                words.extend(pieces);
            } else {
                words.push(token.clone());
            }
        }
        let was_mended = words != typed;
        (words, was_mended)
    }

    fn keystrokes(&self, token: &Token, is_last: bool) -> Option<Token> {
        let meant = Token::new(&untyped(&token.marked)?);
        (meant != *token
            && (self.is_known(&meant.folded) || (is_last && self.begins(&meant.folded))))
        .then_some(meant)
    }

    /// The likeliest way to part a word that no document holds into words that documents hold, first by its
    /// marks, then without them.
    fn pieces(&self, token: &Token) -> Option<Vec<Token>> {
        let by_marks = token
            .has_marks()
            .then(|| self.parted(&token.marked))
            .flatten();
        by_marks.or_else(|| self.parted(&token.folded))
    }

    fn parted(&self, word: &str) -> Option<Vec<Token>> {
        let letters: Vec<char> = word.chars().collect();
        if !(4..=40).contains(&letters.len()) {
            return None;
        }
        // The cheapest way to reach each place: its cost and the place before.
        let mut ways: Vec<Option<(f64, usize)>> = vec![None; letters.len() + 1];
        ways[0] = Some((0.0, 0));
        for end in 1..=letters.len() {
            for start in end.saturating_sub(10)..end {
                let Some((cost, _)) = ways[start] else {
                    continue;
                };
                let piece: String = letters[start..end].iter().collect();
                let is_number = piece.chars().all(|c| c.is_ascii_digit());
                let Some(known) = self.words.get(&piece) else {
                    continue;
                };
                if known.named == 0 || (end - start < 2 && !is_number) {
                    continue;
                }
                let cost = cost + 2.0 + (self.documents.max(1.0) / f64::from(known.named)).ln();
                if ways[end].is_none_or(|(best, _)| cost < best) {
                    ways[end] = Some((cost, start));
                }
            }
        }
        let mut pieces = Vec::new();
        let mut end = letters.len();
        while end > 0 {
            let (_, start) = ways[end]?;
            pieces.push(Token::new(&letters[start..end].iter().collect::<String>()));
            end = start;
        }
        pieces.reverse();
        Some(pieces)
    }

    fn without_stop_words(&self, words: Vec<Token>) -> Vec<Token> {
        let mut kept = Vec::with_capacity(words.len());
        let mut index = 0;
        while index < words.len() {
            let longest = self
                .stop_words
                .iter()
                .filter(|term| starts_as(&words[index..], term))
                .map(Vec::len)
                .max();
            if let Some(length) = longest {
                index += length;
            } else {
                kept.push(words[index].clone());
                index += 1;
            }
        }
        if kept.is_empty() { words } else { kept }
    }

    /// The text's words and terms with what may stand for each. `wide`: also what the word may have been
    /// meant as, although documents hold it as it is.
    fn slots(&self, words: &[Token], open: bool, wide: bool) -> Vec<Slot> {
        let mut slots: Vec<Slot> = Vec::with_capacity(words.len());
        let mut index = 0;
        while index < words.len() {
            let term = self
                .terms
                .get(&words[index].folded)
                .into_iter()
                .flatten()
                .filter(|(term, _)| starts_as(&words[index..], term))
                .max_by_key(|(term, _)| term.len());
            let length = term.map_or(1, |(term, _)| term.len());
            let here = &words[index..index + length];
            index += length;
            let is_last = index == words.len();
            let mut slot = self.slot(here, open && is_last);
            // Typed with marks that no document has, so that only what means the same can be meant.
            let as_typed_is_unknown = here
                .iter()
                .any(|token| token.has_marks() && !self.is_known(&token.marked));
            if let Some((term, _)) = term {
                // A term may stand in several groups (regions differ).
                for group in self.terms[&here[0].folded]
                    .iter()
                    .filter(|(other, _)| other == term)
                    .map(|(_, group)| *group)
                {
                    for other in self.groups[group].iter().filter(|other| *other != term) {
                        let other = joined(other, false, |token| &token.marked);
                        if !slot.marks.is_empty() {
                            slot.marks.push(other.clone());
                        }
                        if as_typed_is_unknown {
                            slot.literal.push(other.clone());
                        }
                        slot.add(other);
                    }
                }
            }
            if wide && let [token] = here {
                self.widen(&mut slot, token, is_last);
            }
            slots.push(slot);
        }
        slots
    }

    fn slot(&self, here: &[Token], open: bool) -> Slot {
        let shown: Vec<&str> = here.iter().map(|token| token.marked.as_str()).collect();
        let mut slot = Slot {
            alternatives: Vec::new(),
            weight: here
                .iter()
                .map(|token| self.weight(&token.folded))
                .fold(0.0, f64::max),
            shown: shown.join(" "),
            is_guess: false,
            is_far: false,
            literal: vec![joined(here, open, |token| self.as_typed(token))],
            marks: if here.iter().any(Token::has_marks) {
                vec![joined(here, open, |token| &token.marked)]
            } else {
                Vec::new()
            },
        };
        let is_there = |(index, token): (usize, &Token)| {
            self.is_known(&token.folded)
                || (open && index + 1 == here.len() && self.begins(&token.folded))
        };
        if here.iter().enumerate().all(is_there) {
            slot.add(joined(here, open, |token| &token.folded));
        } else if let [token] = here
            && !self.stands_for_something(token)
        {
            slot.is_guess = true;
            let slips = self.slips(&token.folded);
            if let Some((best, distance)) = slips.first() {
                slot.shown.clone_from(best);
                slot.is_far = *distance > 1;
                slot.weight = self.weight(best);
            }
            for (word, _) in slips {
                slot.add(Wanted::word(&word, false));
            }
            if let Some(pieces) = self.pieces(token) {
                slot.add(joined(&pieces, false, |piece| &piece.folded));
            }
        }
        slot
    }

    fn widen(&self, slot: &mut Slot, token: &Token, is_last: bool) {
        if is_last {
            slot.add(Wanted::word(&token.folded, true));
        }
        if let Some(meant) = self.keystrokes(token, is_last) {
            slot.add(Wanted::word(&meant.folded, is_last));
        }
        if let Some(pieces) = self.pieces(token).filter(|pieces| pieces.len() > 1) {
            slot.add(joined(&pieces, false, |piece| &piece.folded));
        }
        if token.has_marks() && self.is_known(&token.marked) {
            return;
        }
        // A word that documents hold is doubted only for one that far more of them hold.
        let named = |word: &str| self.words.get(word).map_or(0, |known| known.named);
        for (word, _) in self.slips(&token.folded) {
            if named(&word) >= 2 * named(&token.folded) {
                slot.add(Wanted::word(&word, false));
            }
        }
    }

    /// Words of the documents that a slip of the fingers may have made this of, likeliest first, with how
    /// many slips that took.
    fn slips(&self, typed: &str) -> Vec<(String, usize)> {
        let letters: Vec<char> = typed.chars().collect();
        if letters.iter().all(char::is_ascii_digit) {
            return Vec::new();
        }
        let most = if letters.len() >= LONG { 2 } else { 1 };
        let mut slips: Vec<(usize, bool, i32, &String)> = self
            .words
            .iter()
            .filter(|(word, known)| {
                known.named > 0 && word.is_ascii() && word.len().abs_diff(letters.len()) <= most
            })
            .filter_map(|(word, known)| {
                let distance = slips_between(&letters, word, most)?;
                (distance > 0).then(|| {
                    let begins_otherwise = word.chars().next() != letters.first().copied();
                    (distance, begins_otherwise, -known.named, word)
                })
            })
            .collect();
        slips.sort_unstable();
        let nearest = slips.first().map_or(0, |slip| slip.0);
        slips
            .into_iter()
            .take_while(|slip| slip.0 == nearest)
            .take(MOST_SLIPS)
            .map(|(distance, _, _, word)| (word.clone(), distance))
            .collect()
    }

    /// With its marks where it was typed with them and documents or synonyms hold it so; other marks may
    /// be slips.
    fn as_typed<'a>(&self, token: &'a Token) -> &'a String {
        if token.has_marks() && (self.is_known(&token.marked) || self.stands_for_something(token)) {
            &token.marked
        } else {
            &token.folded
        }
    }

    fn weight(&self, word: &str) -> f64 {
        let documents = self
            .words
            .get(word)
            .map_or(0.0, |known| f64::from(known.documents));
        ((self.documents + 2.0) / (documents + 1.0)).ln()
    }

    fn is_known(&self, word: &str) -> bool {
        self.words.contains_key(word)
    }

    /// Whether some word of the documents begins so.
    fn begins(&self, start: &str) -> bool {
        self.words
            .range::<str, _>((Bound::Included(start), Bound::Unbounded))
            .next()
            .is_some_and(|(word, _)| word.starts_with(start))
    }

    /// Whether the word is typed out: documents hold it with the very marks.
    fn is_whole(&self, token: &Token) -> bool {
        self.is_known(&token.folded) && (!token.has_marks() || self.is_known(&token.marked))
            || self.stands_for_something(token)
    }

    /// Whether synonyms or stop words know it by itself or at the beginning of a term.
    fn stands_for_something(&self, token: &Token) -> bool {
        self.terms
            .get(&token.folded)
            .is_some_and(|terms| terms.iter().any(|(term, _)| is_same(token, &term[0])))
            || self
                .stop_words
                .iter()
                .any(|term| term.first().is_some_and(|first| is_same(token, first)))
    }
}

impl Slot {
    fn add(&mut self, alternative: Wanted) {
        if !self.alternatives.contains(&alternative) {
            self.alternatives.push(alternative);
        }
    }

    fn any_of(&self) -> Wanted {
        Wanted::Any(self.alternatives.clone())
    }
}

fn all_of(slots: &[Slot]) -> Wanted {
    Wanted::All(slots.iter().map(Slot::any_of).collect())
}

/// All of the text, one word or term of it meant otherwise than it stands there. Where that meets the text as
/// it is, it would have been met before; so what it finds is near only.
fn one_otherwise(strict: &[Slot], wide: &[Slot]) -> Option<Attempt> {
    let ways: Vec<Wanted> = wide
        .iter()
        .enumerate()
        .filter_map(|(index, otherwise)| {
            let mut slots = strict.to_vec();
            slots[index].clone_from(otherwise);
            slots
                .iter()
                .all(|slot| !slot.alternatives.is_empty())
                .then(|| all_of(&slots))
        })
        .collect();
    (!ways.is_empty()).then_some(Attempt {
        matching: Wanted::Any(ways),
        is_near: true,
        instead: None,
    })
}

/// Parts of the text, those that say most first. In Vietnamese the head of a phrase comes first, so the
/// first word says more.
fn parts(slots: &[Slot]) -> Vec<Attempt> {
    let any_certain = slots
        .iter()
        .any(|slot| !slot.is_guess && !slot.alternatives.is_empty());
    let mut useful: Vec<(f64, &Slot)> = slots
        .iter()
        .filter(|slot| !(slot.alternatives.is_empty() || any_certain && slot.is_guess))
        .enumerate()
        .map(|(index, slot)| (slot.weight * if index == 0 { 2.0 } else { 1.0 }, slot))
        .collect();
    while useful.len() > 6 {
        let least = useful
            .iter()
            .enumerate()
            .min_by(|(_, a), (_, b)| a.0.total_cmp(&b.0))
            .map(|(index, _)| index);
        useful.remove(least.unwrap_or(0));
    }
    let mut masks: Vec<(f64, usize)> = (1..1usize << useful.len())
        .map(|mask| {
            let weight = useful
                .iter()
                .enumerate()
                .filter(|(index, _)| mask >> index & 1 == 1)
                .map(|(_, (weight, _))| weight)
                .sum();
            (weight, mask)
        })
        .collect();
    masks.sort_by(|a, b| b.0.total_cmp(&a.0));
    masks
        .into_iter()
        .take(MOST_PARTS)
        .map(|(_, mask)| {
            let part: Vec<Slot> = useful
                .iter()
                .enumerate()
                .filter(|(index, _)| mask >> index & 1 == 1)
                .map(|(_, (_, slot))| (*slot).clone())
                .collect();
            let shown: Vec<&str> = part.iter().map(|slot| slot.shown.as_str()).collect();
            Attempt {
                matching: all_of(&part),
                is_near: true,
                instead: Some(shown.join(" ")),
            }
        })
        .collect()
}

/// All these words, the last perhaps not yet whole.
fn joined(words: &[Token], open: bool, form: impl Fn(&Token) -> &String) -> Wanted {
    let last = words.len();
    let word = |(index, token)| Wanted::word(form(token), open && index + 1 == last);
    Wanted::All(words.iter().enumerate().map(word).collect())
}

fn starts_as(words: &[Token], term: &[Token]) -> bool {
    !term.is_empty()
        && words.len() >= term.len()
        && words
            .iter()
            .zip(term)
            .all(|(word, other)| is_same(word, other))
}

/// Whether a typed word is a word of a term: with the same marks, or typed without any.
fn is_same(typed: &Token, other: &Token) -> bool {
    typed.folded == other.folded && (!typed.has_marks() || typed.marked == other.marked)
}

/// Slips between two words, where at most `most`: a letter too many, one missing, another one, or two
/// neighbours swapped.
fn slips_between(typed: &[char], word: &str, most: usize) -> Option<usize> {
    let word: Vec<char> = word.chars().collect();
    let mut before: Vec<usize> = Vec::new();
    let mut above: Vec<usize> = (0..=word.len()).collect();
    for row in 1..=typed.len() {
        let mut this = vec![row; word.len() + 1];
        for column in 1..=word.len() {
            let same = typed[row - 1] == word[column - 1];
            let mut least = (above[column] + 1)
                .min(this[column - 1] + 1)
                .min(above[column - 1] + usize::from(!same));
            if row > 1
                && column > 1
                && typed[row - 1] == word[column - 2]
                && typed[row - 2] == word[column - 1]
            {
                least = least.min(before[column - 2] + 1);
            }
            this[column] = least;
        }
        if this.iter().all(|&slips| slips > most) {
            return None;
        }
        before = std::mem::replace(&mut above, this);
    }
    above.last().copied().filter(|&slips| slips <= most)
}
