//! Deeds and their fields in words: the texts under `deed.`; a deed without a text shows its code.
use market::assistance::Method;
use market::catalog::Group;
use market::kernel::time::{day_text, parse_day};
use market::kernel::{Quantity, Task};
use market::orders::OrderState;
use market::sellers::numbers::BANKS;
use market::sellers::{Delivers, Residence, SellerKind, Step, TaxKind};
use market::shipping::Zone;

use crate::ui::lang::lookup;
use crate::{assistance, catalog, orders, sellers, shipping};

/// What was done.
#[must_use]
pub fn deed(action: &str) -> String {
    known(&format!("deed.{action}")).unwrap_or_else(|| action.to_owned())
}

/// What a changed field is called.
#[must_use]
pub fn field(name: &str) -> String {
    // Of several ways of selling it says which one: `price_vnd KHOM-1`.
    let (name, which) = name.split_once(' ').unwrap_or((name, ""));
    let words = known(&format!("deed.field.{name}")).unwrap_or_else(|| catalog::words::field(name));
    if which.is_empty() {
        words
    } else {
        format!("{words} {which}")
    }
}

/// As what somebody did it.
#[must_use]
pub fn actor(kind: &str) -> String {
    known(&format!("deed.actor.{kind}")).unwrap_or_else(|| kind.to_owned())
}

/// A value of a field; codes of other slices in their words.
#[must_use]
pub fn value(field: &str, value: &str) -> String {
    let words = match field {
        "state" => OrderState::parse(value).map(orders::words::state),
        "method" => Method::parse(value).map(assistance::words::method),
        "tasks" => value
            .split(", ")
            .map(Task::parse)
            .collect::<Option<Vec<Task>>>()
            .map(|tasks| assistance::words::tasks(&tasks)),
        "stock" => value
            .parse()
            .ok()
            .map(|thousandths| Quantity::from_thousandths(thousandths).plain()),
        "proposed" => Some(
            value
                .split(", ")
                .map(catalog::words::field)
                .collect::<Vec<_>>()
                .join(", "),
        ),
        "until" | "day" => parse_day(value).map(day_text),
        "field" if value == "products" => Some(t!("certificates.covers")),
        "rule" if value == "shop_approved" => Some(t!("diary.rule_shop_approved")),
        "kind" => SellerKind::parse(value).map(catalog::words::seller_kind),
        "group" => Group::parse(value).map(catalog::words::group),
        "delivers" => Delivers::parse(value).map(|one| sellers::words::delivers(one).0),
        "free_within" => Zone::parse(value).map(shipping::words::zone),
        "own_area" => Some(match value {
            "communes" => t!("shipping.area_communes"),
            "province" => t!("shipping.area_province"),
            _ => t!("shipping.area_commune"),
        }),
        "residence" => Residence::parse(value).map(|one| sellers::words::residence(one).0),
        "tax_kind" => TaxKind::parse(value).map(|one| sellers::words::tax_kind(one).0),
        "bank" => BANKS
            .iter()
            .find(|bank| bank.bin == value)
            .map(|bank| bank.name.to_owned()),
        "step" => Step::ALL
            .into_iter()
            .find(|step| step.path() == value)
            .map(sellers::words::step),
        _ => None,
    };
    words.unwrap_or_else(|| value.to_owned())
}

fn known(key: &str) -> Option<String> {
    let text = lookup(key, &[]);
    (!text.ends_with(key)).then_some(text)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use market::orders::OrderEvent;
    use market::sellers::ShopEvent;
    use market::trace::LotEvent;

    use super::deed;

    /// The deeds that stand in a file's code as they are: `"shop.filled_in"` where something is put on record.
    fn written(text: &str) -> Vec<String> {
        let lines = text.lines().filter(|line| {
            ["action", "deed(", "note(", "record"]
                .iter()
                .any(|word| line.contains(word))
        });
        lines
            .flat_map(|line| line.split('"').skip(1).step_by(2))
            .filter(|literal| {
                literal.split_once('.').is_some_and(|(slice, what)| {
                    let plain = |word: &str| {
                        !word.is_empty()
                            && word
                                .chars()
                                .all(|sign| sign.is_ascii_lowercase() || sign == '_')
                    };
                    plain(slice) && plain(what)
                })
            })
            .map(str::to_owned)
            .collect()
    }

    fn walk(folder: &Path, found: &mut Vec<String>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, found);
            } else {
                found.extend(written(&std::fs::read_to_string(path).unwrap()));
            }
        }
    }

    #[test]
    fn every_deed_has_its_words() {
        let mut deeds = Vec::new();
        walk(
            &Path::new(env!("CARGO_MANIFEST_DIR")).join("../market/src"),
            &mut deeds,
        );
        assert!(
            deeds.len() > 20,
            "the deeds are written down in another way now"
        );
        deeds.extend(ShopEvent::ALL.map(|event| format!("shop.{}", event.as_str())));
        deeds.extend(OrderEvent::ALL.map(|event| format!("order.{}", event.as_str())));
        deeds.extend(LotEvent::ALL.map(|event| format!("lot.{}", event.as_str())));
        let wordless: Vec<_> = deeds
            .iter()
            .filter(|action| deed(action) == **action)
            .collect();
        assert!(wordless.is_empty(), "{wordless:?}");
    }
}
