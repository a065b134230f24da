//! What people mean by what they write into a cell: names instead of codes.
use crate::catalog::Group;
use crate::catalog::sets::{Fact, FactKind};
use crate::kernel::text::fold;
use crate::sellers::SellerKind;

/// An answer as the form has it: choices by their codes, which files have by their names. `None` where one is not
/// known.
pub(super) fn answers(fact: &Fact, text: &str) -> Option<String> {
    let code = |text: &str| {
        let key = fold(text);
        let mut choices = fact.choices().iter();
        choices
            .find(|it| {
                key == fold(&it.name_vi) || key == fold(&it.name_en) || text.trim() == it.code
            })
            .map(|it| it.code.as_str())
    };
    match fact.kind {
        FactKind::Text | FactKind::Long | FactKind::Number => Some(text.to_owned()),
        FactKind::Choice(_) => code(text).map(str::to_owned),
        FactKind::Choices(_) => {
            let codes: Option<Vec<&str>> = text
                .split([',', ';', '\n'])
                .filter(|part| !part.trim().is_empty())
                .map(code)
                .collect();
            codes.map(|codes| codes.join(","))
        }
    }
}

/// A number that a spreadsheet has taken for one has lost its zero.
pub(super) fn as_phone(text: &str) -> String {
    let digits = text.trim();
    if digits.len() == 9 && digits.bytes().all(|digit| digit.is_ascii_digit()) {
        format!("0{digits}")
    } else {
        digits.to_owned()
    }
}

/// `hộ`, `hộ gia đình`, `HTX`, `hợp tác xã`, `doanh nghiệp`, `cơ sở`; or the name that the API has.
pub(super) fn seller_kind(text: &str) -> Option<SellerKind> {
    let key = fold(text);
    SellerKind::parse(&key).or(match key.as_str() {
        "ho" | "ho gia dinh" | "nong ho" | "ca nhan" | "ho kinh doanh" => {
            Some(SellerKind::Household)
        }
        "htx" | "hop tac xa" | "to hop tac" | "tht" => Some(SellerKind::Cooperative),
        "doanh nghiep" | "cong ty" | "co so" | "dn" => Some(SellerKind::Enterprise),
        _ => None,
    })
}

/// A group by its name in the programme, or as the API has it.
pub(super) fn group(text: &str) -> Option<Group> {
    let key = fold(text);
    Group::parse(&key).or_else(|| {
        [
            (Group::Food, "thuc pham"),
            (Group::Drink, "do uong"),
            (Group::Herbal, "duoc lieu"),
            (Group::Craft, "thu cong my nghe"),
            (Group::Ornamental, "sinh vat canh"),
            (Group::Tourism, "du lich"),
        ]
        .into_iter()
        .find(|(_, start)| key.starts_with(start))
        .map(|(group, _)| group)
    })
}
