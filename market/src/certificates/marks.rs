//! The kinds of marks beside OCOP, as data (`data/ocop/marks.csv`): forms, facets, pages and the API take them from
//! here.
use std::sync::LazyLock;

use super::MarkKind;

static KINDS: LazyLock<Vec<MarkKind>> = LazyLock::new(|| {
    csv::Reader::from_reader(include_str!("../../../data/ocop/marks.csv").as_bytes())
        .into_deserialize()
        .map(|row| row.expect("the program's own data can be read"))
        .collect()
});

/// All kinds, in the order in which they are offered.
#[must_use]
pub fn all() -> &'static [MarkKind] {
    &KINDS
}

/// The kind with that code.
#[must_use]
pub fn named(code: &str) -> Option<&'static MarkKind> {
    KINDS.iter().find(|kind| kind.code == code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_read_and_none_is_called_ocop() {
        assert!(named("vietgap").is_some());
        assert!(named("organic").is_some_and(|kind| kind.name_vi == "Hữu cơ"));
        // OCOP has stars and lives beside them.
        assert!(named("ocop").is_none());
    }
}
