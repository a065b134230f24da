//! What a listing says, what differs between two versions of it, and which differences an officer looks at before
//! buyers see them.
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Group;
use crate::kernel::{PhotoId, Quantity, VariantId, Vnd};

/// All that a listing says to buyers, but for how much is there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Content {
    /// What it is called; empty in a young draft.
    pub name: String,
    /// OCOP group.
    pub group: Group,
    /// The product set; none where its seller never chose one.
    pub set: Option<SetCode>,
    /// Bought to be sold again, not made by who sells it.
    pub is_resold: bool,
    /// In the seller's words.
    pub description: String,
    /// 1 to 12, ascending; empty: all year.
    pub season_months: Vec<u8>,
    /// What matters of goods of its set, by the codes of the facts.
    pub facts: BTreeMap<String, String>,
    /// In order.
    pub photos: Vec<PlacedPhoto>,
    /// In order.
    pub offers: Vec<Offer>,
}

/// A product set under the decision that defines it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SetCode {
    /// `26/2026/QĐ-TTg`.
    pub regime: String,
    /// 1 to 26.
    pub number: u8,
}

/// A photograph in its place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlacedPhoto {
    /// The photograph.
    pub photo: PhotoId,
    /// What it shows, for who can't see it.
    pub alt: String,
    /// A drawing that stands in for a photograph of the real goods.
    pub is_drawn: bool,
}

/// One way in which it is sold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offer {
    /// Identifier of the variant.
    pub id: VariantId,
    /// The seller's own number of it.
    pub sku: String,
    /// `Loại 1`; empty where there is only one.
    pub name: String,
    /// kg, trái, chai, …
    pub unit: String,
    /// What the unit holds: `500 ml`, `12 trái`.
    pub unit_note: String,
    /// For one unit; missing only in drafts.
    pub price: Option<Vnd>,
    /// Net content of one unit in grams.
    pub net_grams: Option<i32>,
    /// Net content of one unit in millilitres.
    pub net_ml: Option<i32>,
    /// Weight of one unit as a parcel, grams.
    pub ship_grams: i32,
    /// The least that is sold.
    pub minimum: Quantity,
    /// And in what steps above it.
    pub step: Quantity,
}

impl Offer {
    /// Whether both are sold by the same unit, so that a price means the same.
    #[must_use]
    pub fn has_unit_of(&self, other: &Self) -> bool {
        self.unit == other.unit
            && self.unit_note == other.unit_note
            && self.net_grams == other.net_grams
            && self.net_ml == other.net_ml
    }
}

/// A part of a listing in which two versions differ.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Difference {
    /// What it is called.
    Name,
    /// Group, set, or whether it is bought to be sold again.
    Kind,
    /// The seller's words.
    Description,
    /// Months of harvest.
    Season,
    /// A fact of its set, by its code.
    Fact(String),
    /// Photographs, their order or what is said of them.
    Photos,
    /// A way of selling: new, changed, or no more.
    Offer(VariantId),
}

impl Difference {
    /// The field of the form to which reasons are returned.
    #[must_use]
    pub fn field(&self) -> String {
        match self {
            Self::Name => "name".to_owned(),
            Self::Kind => "set".to_owned(),
            Self::Description => "description".to_owned(),
            Self::Season => "season".to_owned(),
            Self::Fact(code) => format!("fact_{code}"),
            Self::Photos => "photo".to_owned(),
            Self::Offer(_) => "offer".to_owned(),
        }
    }

    /// Whether it may be shown at once for a shop in good standing: price, quantities, weight and season of what was
    /// looked at, photographs taken off or moved, a way of selling that ends. What buyers would read or see for the
    /// first time is looked at.
    #[must_use]
    pub fn is_harmless(&self, shown: &Content, wanted: &Content) -> bool {
        match self {
            Self::Season => true,
            Self::Name | Self::Kind | Self::Description | Self::Fact(_) => false,
            Self::Photos => {
                !wanted.photos.is_empty()
                    && wanted.photos.iter().all(|photo| {
                        shown
                            .photos
                            .iter()
                            .any(|known| known.photo == photo.photo && known.alt == photo.alt)
                    })
            }
            Self::Offer(id) => match (shown.offer(*id), wanted.offer(*id)) {
                (Some(before), Some(after)) => {
                    before.name == after.name && before.has_unit_of(after)
                }
                (Some(_), None) => wanted
                    .offers
                    .iter()
                    .any(|offer| shown.offer(offer.id).is_some()),
                (None, _) => false,
            },
        }
    }
}

impl Content {
    /// The way of selling with that id.
    #[must_use]
    pub fn offer(&self, id: VariantId) -> Option<&Offer> {
        self.offers.iter().find(|offer| offer.id == id)
    }

    /// In what `wanted` differs from this, in the order of the form.
    #[must_use]
    pub fn differences(&self, wanted: &Self) -> Vec<Difference> {
        let mut found = Vec::new();
        let mut note = |differs: bool, difference: Difference| {
            if differs {
                found.push(difference);
            }
        };
        note(self.photos != wanted.photos, Difference::Photos);
        note(self.name != wanted.name, Difference::Name);
        note(
            (self.group, &self.set, self.is_resold)
                != (wanted.group, &wanted.set, wanted.is_resold),
            Difference::Kind,
        );
        note(
            self.description != wanted.description,
            Difference::Description,
        );
        note(
            self.season_months != wanted.season_months,
            Difference::Season,
        );
        let codes: std::collections::BTreeSet<_> =
            self.facts.keys().chain(wanted.facts.keys()).collect();
        for code in codes {
            note(
                self.facts.get(code) != wanted.facts.get(code),
                Difference::Fact(code.clone()),
            );
        }
        let ended = self
            .offers
            .iter()
            .filter(|offer| wanted.offer(offer.id).is_none());
        for offer in wanted.offers.iter().chain(ended) {
            note(
                self.offer(offer.id) != wanted.offer(offer.id),
                Difference::Offer(offer.id),
            );
        }
        found
    }

    /// Takes over from `wanted` in what they differ there.
    pub fn take(&mut self, difference: &Difference, wanted: &Self) {
        match difference {
            Difference::Name => self.name.clone_from(&wanted.name),
            Difference::Kind => {
                self.group = wanted.group;
                self.set.clone_from(&wanted.set);
                self.is_resold = wanted.is_resold;
            }
            Difference::Description => self.description.clone_from(&wanted.description),
            Difference::Season => self.season_months.clone_from(&wanted.season_months),
            Difference::Fact(code) => {
                self.facts.remove(code);
                if let Some(value) = wanted.facts.get(code) {
                    self.facts.insert(code.clone(), value.clone());
                }
            }
            Difference::Photos => self.photos.clone_from(&wanted.photos),
            Difference::Offer(id) => {
                let place = self.offers.iter().position(|offer| offer.id == *id);
                match (place, wanted.offer(*id)) {
                    (Some(place), Some(offer)) => self.offers[place] = offer.clone(),
                    (None, Some(offer)) => self.offers.push(offer.clone()),
                    (Some(place), None) => {
                        self.offers.remove(place);
                    }
                    (None, None) => {}
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;

    fn offer(id: u128, price: i64, unit: &str) -> Offer {
        Offer {
            id: VariantId(Uuid::from_u128(id)),
            sku: format!("A-{id}"),
            name: String::new(),
            unit: unit.to_owned(),
            unit_note: String::new(),
            price: Some(Vnd(price)),
            net_grams: None,
            net_ml: None,
            ship_grams: 500,
            minimum: Quantity::ONE,
            step: Quantity::ONE,
        }
    }

    fn photo(id: u128) -> PlacedPhoto {
        PlacedPhoto {
            photo: PhotoId(Uuid::from_u128(id)),
            alt: String::new(),
            is_drawn: false,
        }
    }

    fn content() -> Content {
        Content {
            name: "Khóm".to_owned(),
            group: Group::Food,
            set: None,
            is_resold: false,
            description: String::new(),
            season_months: Vec::new(),
            facts: BTreeMap::new(),
            photos: vec![photo(1), photo(2)],
            offers: vec![offer(1, 12_000, "trái"), offer(2, 15_000, "trái")],
        }
    }

    fn harmless(edit: impl FnOnce(&mut Content)) -> bool {
        let (shown, mut wanted) = (content(), content());
        edit(&mut wanted);
        let differences = shown.differences(&wanted);
        assert!(!differences.is_empty(), "nothing was edited");
        differences
            .iter()
            .all(|difference| difference.is_harmless(&shown, &wanted))
    }

    #[test]
    fn what_was_looked_at_may_cost_more_and_be_moved() {
        assert!(harmless(|wanted| wanted.offers[0].price = Some(Vnd(1))));
        assert!(harmless(
            |wanted| wanted.offers[0].minimum = Quantity::from_thousandths(2000)
        ));
        assert!(harmless(|wanted| wanted.season_months = vec![3, 4]));
        assert!(harmless(|wanted| wanted.photos.reverse()));
        assert!(harmless(|wanted| {
            wanted.photos.pop();
        }));
        assert!(harmless(|wanted| {
            wanted.offers.pop();
        }));
    }

    #[test]
    fn what_is_read_for_the_first_time_is_looked_at() {
        assert!(!harmless(|wanted| wanted.name.push_str(" loại 1")));
        assert!(!harmless(|wanted| wanted.is_resold = true));
        assert!(!harmless(
            |wanted| "Chữa bách bệnh".clone_into(&mut wanted.description)
        ));
        assert!(!harmless(|wanted| {
            wanted.facts.insert("storage".to_owned(), "mát".to_owned());
        }));
        assert!(!harmless(|wanted| wanted.photos.push(photo(3))));
        assert!(!harmless(|wanted| wanted.photos.clear()));
        assert!(!harmless(
            |wanted| "khác".clone_into(&mut wanted.photos[0].alt)
        ));
        assert!(!harmless(|wanted| wanted
            .offers
            .push(offer(3, 9_000, "kg"))));
        assert!(!harmless(|wanted| wanted.offers.clear()));
        // The price belongs to the unit: neither without the other.
        assert!(!harmless(|wanted| wanted.offers[0] = offer(1, 9_000, "kg")));
    }

    fn any_content() -> impl Strategy<Value = Content> {
        let ids = || proptest::sample::subsequence(vec![1u128, 2, 3, 4], 0..=4);
        (
            "[ab]{0,2}",
            proptest::bool::ANY,
            ids(),
            ids(),
            1..4i64,
            proptest::collection::btree_map("[xy]", "[cd]", 0..2),
        )
            .prop_map(|(name, is_resold, photos, offers, price, facts)| Content {
                name,
                is_resold,
                facts,
                photos: photos.into_iter().map(photo).collect(),
                offers: offers
                    .into_iter()
                    .map(|id| offer(id, price, "trái"))
                    .collect(),
                ..content()
            })
    }

    proptest! {
        #[test]
        fn taking_every_difference_over_leaves_none(shown in any_content(), wanted in any_content()) {
            let mut taken = shown.clone();
            for difference in shown.differences(&wanted) {
                taken.take(&difference, &wanted);
            }
            prop_assert_eq!(taken.differences(&wanted), vec![]);
        }
    }
}
