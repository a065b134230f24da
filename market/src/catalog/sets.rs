//! The product sets and what matters of goods in each: one definition as data (`data/ocop/sets.csv` and `facts.csv`),
//! from which forms, pages, the API, filters and files of goods come.
use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;
use time::Date;

use super::{Content, Group, Offer, ProductSet, SetCode};
use crate::kernel::time::parse_day;
use crate::kernel::{FieldErrors, text};

/// One of the sets under a group.
#[derive(Debug)]
pub struct SetDefinition {
    /// The decision that defines it: `26/2026/QĐ-TTg`.
    pub regime: String,
    /// 1 to 26.
    pub number: u8,
    /// The group it belongs to.
    pub group: Group,
    /// In Vietnamese.
    pub name_vi: String,
    /// In English.
    pub name_en: String,
    /// own_produce, processed or service, for who made it.
    pub tax_class: String,
    /// Since when the decision holds.
    pub valid_from: Date,
    /// What matters of its goods, in the order of the form, each with whether it must be said.
    pub facts: Vec<(&'static Fact, bool)>,
}

/// Something that matters of goods of some sets.
#[derive(Debug)]
pub struct Fact {
    /// As stored and as the API has it.
    pub code: String,
    /// The field of forms: `fact_` and the code.
    pub field: String,
    /// What is answered.
    pub kind: FactKind,
    /// In Vietnamese.
    pub name_vi: String,
    /// In English.
    pub name_en: String,
    /// An example beside the field, in Vietnamese.
    pub hint_vi: String,
    /// The same in English.
    pub hint_en: String,
    /// Whether lists are filtered by it.
    pub is_facet: bool,
}

/// How a fact is answered.
#[derive(Debug, PartialEq, Eq)]
pub enum FactKind {
    /// A line.
    Text,
    /// Several lines.
    Long,
    /// A number with at most one decimal.
    Number,
    /// One of these.
    Choice(Vec<Choice>),
    /// Any of these, kept as codes with commas between.
    Choices(Vec<Choice>),
}

/// An answer to choose.
#[derive(Debug, PartialEq, Eq)]
pub struct Choice {
    /// As stored.
    pub code: String,
    /// In Vietnamese.
    pub name_vi: String,
    /// In English.
    pub name_en: String,
}

impl FactKind {
    /// As the data and the API have it.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Long => "long",
            Self::Number => "number",
            Self::Choice(_) => "choice",
            Self::Choices(_) => "choices",
        }
    }
}

impl Fact {
    /// The answers to choose from; none where it is typed.
    #[must_use]
    pub fn choices(&self) -> &[Choice] {
        match &self.kind {
            FactKind::Choice(choices) | FactKind::Choices(choices) => choices,
            FactKind::Text | FactKind::Long | FactKind::Number => &[],
        }
    }

    /// Understands one answer; what is wrong is noted at its field. An empty one is left out.
    fn parse(&self, errors: &mut FieldErrors, typed: &[&str]) -> Option<String> {
        let field = self.field.as_str();
        let first = typed.first().copied().unwrap_or_default();
        match &self.kind {
            FactKind::Text => {
                let line = text::clean_line(first);
                if line.chars().count() > 200 {
                    errors.add_with(field, "too_long", &[("max", "200".to_owned())]);
                }
                Some(line)
            }
            FactKind::Long => Some(errors.optional_text(field, first, 2000)),
            FactKind::Number => {
                let number = first.trim().replace(',', ".");
                let is_number = number.is_empty()
                    || number.parse::<f64>().is_ok_and(|value| {
                        (0.0..=1_000_000.0).contains(&value)
                            && number.split('.').nth(1).is_none_or(|part| part.len() <= 1)
                            && number
                                .bytes()
                                .all(|byte| byte.is_ascii_digit() || byte == b'.')
                    });
                if !is_number {
                    errors.add(field, "number");
                }
                Some(number.replace('.', ","))
            }
            FactKind::Choice(choices) | FactKind::Choices(choices) => {
                let mut chosen: Vec<&str> = typed
                    .iter()
                    .flat_map(|typed| typed.split(','))
                    .map(str::trim)
                    .filter(|code| !code.is_empty())
                    .collect();
                if chosen
                    .iter()
                    .any(|code| !choices.iter().any(|choice| choice.code == *code))
                    || matches!(self.kind, FactKind::Choice(_)) && chosen.len() > 1
                {
                    errors.add(field, "choose");
                    return None;
                }
                chosen.sort_by_key(|code| choices.iter().position(|choice| choice.code == *code));
                chosen.dedup();
                Some(chosen.join(","))
            }
        }
        .filter(|value| !value.is_empty())
    }
}

impl SetDefinition {
    /// How a product names it.
    #[must_use]
    pub fn code(&self) -> SetCode {
        SetCode {
            regime: self.regime.clone(),
            number: self.number,
        }
    }

    /// Understands what was typed into the form of the set's facts: pairs of a fact's code and a value, of which a
    /// code may come several times.
    ///
    /// # Errors
    /// All that is wrong, at `fact_…`. What must be said and is not is told by [`Self::missing`].
    pub fn parse(
        &self,
        typed: &[(String, String)],
    ) -> Result<BTreeMap<String, String>, FieldErrors> {
        let mut errors = FieldErrors::default();
        let mut facts = BTreeMap::new();
        for (fact, _) in &self.facts {
            let values: Vec<&str> = typed
                .iter()
                .filter(|(code, _)| *code == fact.code)
                .map(|(_, value)| value.as_str())
                .collect();
            if let Some(value) = fact.parse(&mut errors, &values) {
                facts.insert(fact.code.clone(), value);
            }
        }
        if errors.is_empty() {
            Ok(facts)
        } else {
            Err(errors)
        }
    }

    /// What must be said of goods of this set before they are shown, and is not.
    pub fn missing<'f>(
        &self,
        facts: &'f BTreeMap<String, String>,
    ) -> impl Iterator<Item = &'static Fact> + use<'_, 'f> {
        self.facts
            .iter()
            .filter(|(fact, is_required)| *is_required && !facts.contains_key(&fact.code))
            .map(|(fact, _)| *fact)
    }
}

impl ProductSet {
    /// What matters of goods of the set.
    #[must_use]
    pub fn definition(&self) -> Option<&'static SetDefinition> {
        find(&self.regime, self.number)
    }
}

impl Content {
    /// What matters of goods of its set, where one is chosen.
    #[must_use]
    pub fn definition(&self) -> Option<&'static SetDefinition> {
        self.set.as_ref().and_then(named)
    }

    /// What must be said before an officer looks at it, and is not.
    #[must_use]
    pub fn missing(&self) -> FieldErrors {
        let mut errors = FieldErrors::default();
        let mut required = |is_missing: bool, field: &str| {
            if is_missing {
                errors.add(field, "required");
            }
        };
        required(self.photos.is_empty(), "photo");
        required(self.name.is_empty(), "name");
        let is_priced = |offers: &[Offer]| offers.iter().all(|offer| offer.price.is_some());
        required(
            self.offers.is_empty() || !is_priced(&self.offers),
            "price_vnd",
        );
        if let Some(set) = self.definition() {
            for fact in set.missing(&self.facts) {
                required(true, &fact.field);
            }
        }
        errors
    }

    /// The fields to which an officer may give reasons, in the order of the form.
    #[must_use]
    pub fn fields(&self) -> Vec<&'static str> {
        let facts = self.definition().map(|set| &set.facts);
        FIELDS
            .into_iter()
            .chain(
                facts
                    .into_iter()
                    .flatten()
                    .map(|(fact, _)| fact.field.as_str()),
            )
            .collect()
    }
}

/// A fact with the sets of whose goods it matters.
struct KnownFact {
    fact: Fact,
    /// Numbers of sets.
    sets: Vec<u8>,
    /// Those of them in which it must be said.
    required_in: Vec<u8>,
}

static FACTS: LazyLock<Vec<KnownFact>> = LazyLock::new(|| {
    read(include_str!("../../../data/ocop/facts.csv"))
        .map(|row: FactRow| {
            let choices = || row.choices.split('|').map(choice).collect();
            let fact = Fact {
                kind: match row.kind.as_str() {
                    "text" => FactKind::Text,
                    "long" => FactKind::Long,
                    "number" => FactKind::Number,
                    "choice" => FactKind::Choice(choices()),
                    "choices" => FactKind::Choices(choices()),
                    other => panic!("facts.csv: {other} is no kind"),
                },
                field: format!("fact_{}", row.code),
                code: row.code,
                name_vi: row.name_vi,
                name_en: row.name_en,
                hint_vi: row.hint_vi,
                hint_en: row.hint_en,
                is_facet: row.is_facet,
            };
            KnownFact {
                fact,
                sets: numbers(&row.sets),
                required_in: numbers(&row.required_in),
            }
        })
        .collect()
});

static SETS: LazyLock<Vec<SetDefinition>> = LazyLock::new(|| {
    read(include_str!("../../../data/ocop/sets.csv"))
        .map(|row: SetRow| SetDefinition {
            facts: FACTS
                .iter()
                .filter(|known| known.sets.contains(&row.number))
                .map(|known| (&known.fact, known.required_in.contains(&row.number)))
                .collect(),
            regime: row.regime,
            number: row.number,
            group: Group::parse(&row.group_code).expect("sets.csv names known groups"),
            name_vi: row.name_vi,
            name_en: row.name_en,
            tax_class: row.tax_class,
            valid_from: parse_day(&row.valid_from).expect("sets.csv has days"),
        })
        .collect()
});

/// All sets, of every decision.
#[must_use]
pub fn all() -> &'static [SetDefinition] {
    &SETS
}

/// The sets of the decision that holds on `day`, in order.
pub fn of_day(day: Date) -> impl Iterator<Item = &'static SetDefinition> {
    let since = SETS
        .iter()
        .map(|set| set.valid_from)
        .filter(|since| *since <= day)
        .max();
    SETS.iter().filter(move |set| Some(set.valid_from) == since)
}

/// The set that a product names.
#[must_use]
pub fn named(code: &SetCode) -> Option<&'static SetDefinition> {
    find(&code.regime, code.number)
}

fn find(regime: &str, number: u8) -> Option<&'static SetDefinition> {
    SETS.iter()
        .find(|set| set.regime == regime && set.number == number)
}

/// The fact with that code.
#[must_use]
pub fn fact(code: &str) -> Option<&'static Fact> {
    FACTS
        .iter()
        .map(|known| &known.fact)
        .find(|fact| fact.code == code)
}

/// The facts by which lists are filtered, with the numbers of the sets of whose goods they matter.
pub fn facets() -> impl Iterator<Item = (&'static Fact, &'static [u8])> {
    FACTS
        .iter()
        .filter(|known| known.fact.is_facet)
        .map(|known| (&known.fact, known.sets.as_slice()))
}

/// All facts with the numbers of the sets of whose goods they matter, and of those in which they must be said.
pub fn facts() -> impl Iterator<Item = (&'static Fact, &'static [u8], &'static [u8])> {
    FACTS.iter().map(|known| {
        (
            &known.fact,
            known.sets.as_slice(),
            known.required_in.as_slice(),
        )
    })
}

/// The fields that every set has.
const FIELDS: [&str; 6] = ["photo", "name", "set", "description", "season", "offer"];

#[derive(Deserialize)]
struct FactRow {
    code: String,
    kind: String,
    sets: String,
    required_in: String,
    is_facet: bool,
    name_vi: String,
    name_en: String,
    hint_vi: String,
    hint_en: String,
    choices: String,
}

#[derive(Deserialize)]
struct SetRow {
    number: u8,
    group_code: String,
    name_vi: String,
    name_en: String,
    regime: String,
    valid_from: String,
    tax_class: String,
}

fn read<'t, T: serde::de::DeserializeOwned + 't>(text: &'t str) -> impl Iterator<Item = T> + 't {
    csv::Reader::from_reader(text.as_bytes())
        .into_deserialize()
        .map(|row| row.expect("the program's own data can be read"))
}

fn numbers(text: &str) -> Vec<u8> {
    text.split_whitespace()
        .map(|number| number.parse().expect("facts.csv names sets by numbers"))
        .collect()
}

fn choice(text: &str) -> Choice {
    let mut parts = text.split('=').map(str::to_owned);
    let mut next = || parts.next().expect("a choice has a code and two names");
    Choice {
        code: next(),
        name_vi: next(),
        name_en: next(),
    }
}

#[cfg(test)]
mod tests {
    use time::macros::date;

    use super::*;

    fn set(number: u8) -> &'static SetDefinition {
        of_day(date!(2026 - 11 - 27))
            .find(|set| set.number == number)
            .expect("a set")
    }

    fn typed(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs
            .iter()
            .map(|(code, value)| ((*code).to_owned(), (*value).to_owned()))
            .collect()
    }

    #[test]
    fn the_26_sets_stand_in_six_groups_and_each_has_facts() {
        let sets: Vec<_> = of_day(date!(2026 - 11 - 27)).collect();
        assert_eq!(sets.len(), 26);
        assert!(of_day(date!(2026 - 05 - 21)).next().is_none());
        for set in sets {
            assert!(!set.facts.is_empty(), "{}", set.number);
        }
        assert_eq!(set(13).group, Group::Food);
        assert_eq!(set(26).tax_class, "service");
    }

    #[test]
    fn lists_are_filtered_by_what_has_few_answers() {
        let codes: Vec<_> = facets().map(|(fact, _)| fact.code.as_str()).collect();
        assert_eq!(codes, ["keeping", "material", "trip"]);
        for (fact, sets) in facets() {
            assert!(
                !fact.choices().is_empty() && !sets.is_empty(),
                "{}",
                fact.code
            );
        }
    }

    #[test]
    fn facts_are_read_as_they_are_typed() {
        let spirit = set(14);
        let facts = spirit
            .parse(&typed(&[
                ("alcohol", "29,5"),
                ("ingredients", " Nếp, men "),
            ]))
            .expect("facts");
        assert_eq!(facts["alcohol"], "29,5");
        assert_eq!(facts["ingredients"], "Nếp, men");
        let missing: Vec<_> = spirit
            .missing(&facts)
            .map(|fact| fact.code.as_str())
            .collect();
        assert_eq!(missing, ["shelf_life"]);
        for wrong in ["29,55", "mạnh", "-1", "1e3", "NaN"] {
            let errors = spirit
                .parse(&typed(&[("alcohol", wrong)]))
                .expect_err(wrong);
            assert!(errors.of("fact_alcohol").is_some(), "{wrong}");
        }
    }

    #[test]
    fn several_answers_are_kept_in_the_order_of_the_data() {
        let sweets = set(7);
        let facts = sweets
            .parse(&typed(&[
                ("allergens", "sesame"),
                ("allergens", "peanut"),
                ("allergens", "peanut"),
            ]))
            .expect("facts");
        assert_eq!(facts["allergens"], "peanut,sesame");
        assert!(sweets.parse(&typed(&[("allergens", "gold")])).is_err());
        assert!(sweets.parse(&typed(&[("keeping", "cool,frozen")])).is_err());
        // Of no other set.
        assert!(
            sweets
                .parse(&typed(&[("alcohol", "5")]))
                .expect("left out")
                .is_empty()
        );
    }
}
