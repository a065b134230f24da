//! What the catalogue's values are called.
use market::catalog::{BasePrice, Group, Product};
use market::kernel::money::grouped;
use market::search::Sort;
use market::sellers::SellerKind;

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

#[cfg(test)]
mod tests {
    use super::months;

    #[test]
    fn months_are_told_by_their_runs() {
        assert_eq!(months(&[3, 4, 5, 6, 10, 11]), "3–6, 10, 11");
        assert_eq!(months(&[1]), "1");
    }
}
