//! A filter as Meilisearch is asked for it, each part by itself: a facet is counted without its own.
use time::Date;

use crate::search::lexicon::Meaning;
use crate::search::types::Filter;

/// What a part of a filter is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum About {
    /// Text, price, shop: counted by no facet.
    Rest,
    Group,
    Set,
    Stars,
    Marks,
    /// A fact of the goods, by its code.
    Fact(String),
    Commune,
    SellerKind,
    Season,
}

/// The parts of a filter.
#[derive(Clone, Debug, Default)]
pub(super) struct Parts(Vec<(About, String)>);

impl Parts {
    pub fn new(filter: &Filter, meaning: Option<&Meaning>, today: Date) -> Self {
        let mut parts = Self::default();
        if let Some(meaning) = meaning {
            let words = meaning.matching.to_filter("words");
            parts.add(About::Rest, format!("{words} OR {}", pinned(meaning)));
        }
        parts.any_of(
            About::Group,
            "group",
            filter.groups.iter().map(|group| quoted(group.as_str())),
        );
        parts.any_of(About::Set, "set", filter.sets.iter().map(u8::to_string));
        parts.any_of(
            About::Stars,
            "stars",
            filter.stars.iter().map(u8::to_string),
        );
        parts.any_of(
            About::Marks,
            "marks",
            filter.marks.iter().map(|it| quoted(it)),
        );
        for values in filter.facts.chunk_by(|one, other| one.fact == other.fact) {
            parts.any_of(
                About::Fact(values[0].fact.clone()),
                "facts",
                values.iter().map(|said| quoted(&said.kept())),
            );
        }
        parts.any_of(
            About::Commune,
            "commune",
            filter.communes.iter().map(|it| quoted(it)),
        );
        parts.any_of(
            About::Rest,
            "seller",
            filter.sellers.iter().map(|it| quoted(it)),
        );
        parts.any_of(
            About::SellerKind,
            "seller_kind",
            filter.seller_kinds.iter().map(|kind| quoted(kind.as_str())),
        );
        if let Some(least) = filter.min_price {
            parts.add(About::Rest, format!("price >= {}", least.0));
        }
        if let Some(most) = filter.max_price {
            parts.add(About::Rest, format!("price <= {}", most.0));
        }
        if filter.in_season {
            parts.add(About::Season, in_season(today));
        }
        parts
    }

    fn add(&mut self, about: About, part: String) {
        self.0.push((about, part));
    }

    fn any_of(&mut self, about: About, attribute: &str, values: impl Iterator<Item = String>) {
        let values: Vec<String> = values.collect();
        if !values.is_empty() {
            self.add(about, format!("{attribute} IN [{}]", values.join(", ")));
        }
    }

    /// Whether something is asked for of it.
    pub fn has(&self, about: &About) -> bool {
        self.0.iter().any(|(it, _)| it == about)
    }

    /// The facts that are asked for.
    pub fn facts(&self) -> impl Iterator<Item = &About> {
        self.0
            .iter()
            .map(|(about, _)| about)
            .filter(|about| matches!(about, About::Fact(_)))
    }

    /// All parts and `more`.
    pub fn with(&self, more: &[String]) -> String {
        let parts = self.0.iter().map(|(_, part)| part);
        joined(parts.chain(more))
    }

    /// All parts but what is asked for of it.
    pub fn without(&self, about: &About) -> String {
        let parts = self.0.iter().filter(|(it, _)| it != about);
        joined(parts.map(|(_, part)| part))
    }
}

fn joined<'a>(parts: impl Iterator<Item = &'a String>) -> String {
    let parts: Vec<String> = parts.map(|part| format!("({part})")).collect();
    parts.join(" AND ")
}

/// What officers put first for a text: it is found whatever words it has.
pub(super) fn pinned(meaning: &Meaning) -> String {
    let pins: Vec<String> = meaning
        .pins
        .iter()
        .map(|id| quoted(&id.to_string()))
        .collect();
    format!("id IN [{}]", pins.join(", "))
}

pub(super) fn in_season(today: Date) -> String {
    format!("months = {}", u8::from(today.month()))
}

fn quoted(value: &str) -> String {
    format!("\"{}\"", value.replace('\\', "\\\\").replace('"', "\\\""))
}
