//! What the catalogue's values are called.
use std::iter;

use market::catalog::sets::{Choice, Fact, SetDefinition};
use market::catalog::{
    BasePrice, ComboPart, Content, Difference, Group, Offer, Product, ProductStatus, Supply,
    Variant, contents, lacking, price_of_parts, sets,
};
use market::kernel::Vnd;
use market::kernel::money::grouped;
use market::search::ranking::Reason;
use market::search::{Facets, Sort};
use market::sellers::SellerKind;

use crate::ui::Lang;
use crate::ui::lang;

/// An OCOP group.
#[must_use]
pub fn group(group: Group) -> String {
    match group {
        Group::Food => t!("catalog.group_food"),
        Group::Drink => t!("catalog.group_drink"),
        Group::Herbal => t!("catalog.group_herbal"),
        Group::Craft => t!("catalog.group_craft"),
        Group::Ornamental => t!("catalog.group_ornamental"),
        Group::Tourism => t!("catalog.group_tourism"),
    }
}

/// What the photograph at that place shows, for who can't see it: what its seller says, else what is proposed.
#[must_use]
pub fn photo(product: &Product, index: usize) -> String {
    match product.photos.get(index) {
        Some(photo) if !photo.alt.is_empty() => photo.alt.clone(),
        _ => proposed_photo(product, index),
    }
}

/// What is proposed: the goods, which photograph of them, and where they come from.
#[must_use]
pub fn proposed_photo(product: &Product, index: usize) -> String {
    let (name, commune) = (&product.name, &product.seller.commune_name);
    if name.is_empty() {
        return t!("catalog.photo_number", number = index + 1);
    }
    t!(
        "catalog.photo_of",
        name = name,
        number = index + 1,
        commune = commune
    )
}

/// How goods of a way of selling come to be there; nothing of what is there.
#[must_use]
pub fn supply(supply: Supply) -> Option<String> {
    match supply {
        Supply::Stock => None,
        Supply::ToOrder { days } => Some(t!("catalog.to_order", days = days)),
        Supply::PreOrder { delivered } => Some(t!("catalog.pre_order", days = delivered.text())),
    }
}

/// What a combo holds, what that costs by itself, and what of it is missing; nothing of what is no combo.
#[must_use]
pub fn combo(parts: &[ComboPart]) -> Vec<String> {
    if parts.is_empty() {
        return Vec::new();
    }
    let lacking: Vec<&str> = lacking(parts)
        .into_iter()
        .map(|part| part.name.as_str())
        .collect();
    let missing =
        (!lacking.is_empty()).then(|| t!("catalog.combo_lacks", names = lacking.join(", ")));
    iter::once(t!("catalog.combo_holds", parts = contents(parts)))
        .chain(price_of_parts(parts).map(parts_price))
        .chain(missing)
        .collect()
}

/// What the parts of a combo cost by themselves.
#[must_use]
pub fn parts_price(sum: Vnd) -> String {
    t!("catalog.combo_parts_price", sum = sum)
}

/// A way of selling: its name, or its unit where it has none.
#[must_use]
pub fn offer_name(name: &str, of: &str, note: &str) -> String {
    if name.is_empty() {
        unit(of, note)
    } else {
        name.to_owned()
    }
}

/// How much of it can be bought.
#[must_use]
pub fn left(variant: &Variant) -> String {
    let (count, unit) = (variant.available, &variant.unit);
    match variant.supply {
        Supply::Stock if variant.in_stock() => t!("catalog.left", count = count, unit = unit),
        Supply::Stock => t!("catalog.sold_out"),
        _ if variant.in_stock() => t!("catalog.left_to_order", count = count, unit = unit),
        Supply::ToOrder { .. } => t!("catalog.hands_full"),
        Supply::PreOrder { .. } => t!("catalog.quota_over"),
    }
}

/// What kind of seller.
#[must_use]
pub fn seller_kind(kind: SellerKind) -> String {
    match kind {
        SellerKind::Household => t!("catalog.household"),
        SellerKind::Cooperative => t!("catalog.cooperative"),
        SellerKind::Enterprise => t!("catalog.enterprise"),
    }
}

/// So many products.
#[must_use]
pub fn count(count: i64) -> String {
    match count {
        1 => t!("catalog.count_one"),
        _ => t!("catalog.count", count = grouped(count)),
    }
}

/// So many products, or about so many where only a part of them was counted.
#[must_use]
pub fn total(facets: &Facets) -> String {
    if facets.is_estimate {
        t!("catalog.count_about", count = grouped(facets.total))
    } else {
        count(facets.total)
    }
}

/// So many products that are only like what was looked for.
#[must_use]
pub fn count_near(count: i64) -> String {
    match count {
        1 => t!("catalog.count_near_one"),
        _ => t!("catalog.count_near", count = grouped(count)),
    }
}

/// `3–6, 10–12`.
#[must_use]
pub fn months(months: &[u8]) -> String {
    let mut runs: Vec<(u8, u8)> = Vec::new();
    for &month in months {
        match runs.last_mut() {
            Some((_, last)) if *last + 1 == month => *last = month,
            _ => runs.push((month, month)),
        }
    }
    let runs: Vec<String> = runs
        .into_iter()
        .map(|(first, last)| match last - first {
            0 => first.to_string(),
            1 => format!("{first}, {last}"),
            _ => format!("{first}–{last}"),
        })
        .collect();
    runs.join(", ")
}

/// The order of a list.
#[must_use]
pub fn sort(sort: Sort) -> String {
    match sort {
        Sort::Relevance => t!("catalog.sort_relevance"),
        Sort::Newest => t!("catalog.sort_newest"),
        Sort::Price => t!("catalog.sort_price"),
        Sort::PriceDescending => t!("catalog.sort_price_descending"),
        Sort::Sold => t!("catalog.sort_sold"),
    }
}

/// The price for a kilogram or a litre.
#[must_use]
pub fn base_price(price: BasePrice) -> String {
    match price {
        BasePrice::Kilogram(price) => t!("catalog.per_kilogram", price = price),
        BasePrice::Litre(price) => t!("catalog.per_litre", price = price),
    }
}

/// `chai 500 ml`.
#[must_use]
pub fn unit(unit: &str, note: &str) -> String {
    if note.is_empty() {
        unit.to_owned()
    } else {
        format!("{unit} {note}")
    }
}

fn of_lang(vi: &str, en: &str) -> String {
    match lang::current() {
        Lang::Vi => vi,
        Lang::En => en,
    }
    .to_owned()
}

/// A product set.
#[must_use]
pub fn set(set: &SetDefinition) -> String {
    of_lang(&set.name_vi, &set.name_en)
}

/// Something that matters of goods of a set.
#[must_use]
pub fn fact(fact: &Fact) -> String {
    of_lang(&fact.name_vi, &fact.name_en)
}

/// What helps to answer it; often nothing.
#[must_use]
pub fn fact_hint(fact: &Fact) -> String {
    of_lang(&fact.hint_vi, &fact.hint_en)
}

/// An answer to choose.
#[must_use]
pub fn choice(choice: &Choice) -> String {
    of_lang(&choice.name_vi, &choice.name_en)
}

/// An answer as it is kept.
#[must_use]
pub fn fact_value(fact: &Fact, value: &str) -> String {
    if fact.choices().is_empty() {
        return value.to_owned();
    }
    let chosen: Vec<String> = value
        .split(',')
        .filter_map(|code| fact.choices().iter().find(|choice| choice.code == code))
        .map(choice)
        .collect();
    chosen.join(", ")
}

/// Where a listing is in its life.
#[must_use]
pub fn status(status: ProductStatus) -> String {
    match status {
        ProductStatus::Draft => t!("catalog.status_draft"),
        ProductStatus::Submitted => t!("catalog.status_submitted"),
        ProductStatus::Returned => t!("catalog.status_returned"),
        ProductStatus::Published => t!("catalog.status_published"),
        ProductStatus::Paused => t!("catalog.status_paused"),
        ProductStatus::Archived => t!("catalog.status_archived"),
    }
}

/// A field of a listing, to which officers give reasons.
#[must_use]
pub fn field(name: &str) -> String {
    match name {
        "photo" => t!("listing.field_photo"),
        "name" => t!("listing.name"),
        "set" => t!("listing.set"),
        "description" => t!("catalog.description"),
        "season" => t!("catalog.season"),
        "offer" => t!("listing.field_offer"),
        other => other
            .strip_prefix("fact_")
            .and_then(sets::fact)
            .map_or_else(|| other.to_owned(), fact),
    }
}

/// What a listing says where two versions differ; nothing where it says nothing there.
#[must_use]
pub fn said(content: &Content, difference: &Difference) -> String {
    match difference {
        Difference::Name => content.name.clone(),
        Difference::Kind => {
            let named = content.definition();
            let kind = named.map_or_else(|| group(content.group), set);
            if content.is_resold {
                format!("{kind} ({})", t!("listing.resold"))
            } else {
                kind
            }
        }
        Difference::Description => content.description.clone(),
        Difference::Season => months(&content.season_months),
        Difference::Fact(code) => match (content.facts.get(code), sets::fact(code)) {
            (Some(value), Some(fact)) => fact_value(fact, value),
            (value, _) => value.cloned().unwrap_or_default(),
        },
        Difference::Photos => t!("listing.photo_count", count = content.photos.len()),
        Difference::Offer(id) => content.offer(*id).map(offer).unwrap_or_default(),
    }
}

/// `Loại 1: 12.000 ₫ / trái, từ 1, mỗi lần 1`.
fn offer(offer: &Offer) -> String {
    let name = if offer.name.is_empty() {
        offer.sku.clone()
    } else {
        format!("{} ({})", offer.name, offer.sku)
    };
    let price = offer.price.map(|price| price.to_string());
    t!(
        "listing.offer_said",
        name = name,
        price = price.unwrap_or_default(),
        unit = unit(&offer.unit, &offer.unit_note),
        minimum = offer.minimum,
        step = offer.step
    )
}

/// What a reason for the place of a hit is called.
pub fn reason(reason: Reason) -> String {
    match reason {
        Reason::Pinned => t!("published.pinned"),
        Reason::Text => t!("published.text"),
        Reason::Literal => t!("published.literal"),
        Reason::Marks => t!("published.marks"),
        Reason::Phrase => t!("published.phrase"),
        Reason::Beginning => t!("published.beginning"),
        Reason::InStock => t!("published.in_stock"),
        Reason::InSeason => t!("published.in_season"),
        Reason::Newcomer => t!("published.newcomer"),
        Reason::RecentSales => t!("published.recent_sales"),
        Reason::Star => t!("published.star"),
    }
}

#[cfg(test)]
mod tests {
    use super::months;

    #[test]
    fn months_are_told_by_their_runs() {
        assert_eq!(months(&[3, 4, 5, 6, 10, 11]), "3–6, 10, 11");
        assert_eq!(months(&[1]), "1");
    }
}
