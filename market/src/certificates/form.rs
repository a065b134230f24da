//! What is typed of a certificate, by its seller or in the province's list, and what becomes of it. Both are
//! understood by this alone.
use serde::{Deserialize, Serialize};
use time::Date;

use super::{Gives, Group, OCOP, Programme, Score};
use crate::kernel::FieldErrors;
use crate::kernel::text::fold;
use crate::kernel::time::{day_text, parse_day};

/// A certificate as typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct CertificateForm {
    /// The mark's code; none: OCOP.
    pub kind: Option<String>,
    /// The product as printed.
    pub product_name: String,
    /// One of the six groups: its code, name or number.
    pub group: String,
    /// Number of the product set; empty where the regime has none.
    pub set: String,
    /// The decision under whose rules it was issued.
    pub regime: String,
    /// 3 to 5.
    pub stars: String,
    /// Points out of 100; may be left empty.
    pub score: String,
    /// Number of the decision.
    pub number: String,
    /// The day of the decision.
    pub decided_on: String,
    /// Who granted it, as printed.
    pub issuer: String,
    /// The last day of a mark; of OCOP the rules say it.
    pub valid_to: String,
}

/// A certificate understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The product as printed, at most 200 characters.
    pub product_name: String,
    /// Stars or another mark.
    pub gives: Gives<Grade>,
    /// Number of the decision, or as whoever issued the mark numbers it.
    pub number: String,
    /// The day of the decision, or since which the mark holds.
    pub decided_on: Date,
    /// The last day of its period.
    pub valid_to: Date,
    /// Who granted it, as printed.
    pub issuer: String,
}

/// What an OCOP certificate says besides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grade {
    /// OCOP group.
    pub group: Group,
    /// Number of the product set of the regime.
    pub set: Option<u8>,
    /// The code of the regime.
    pub regime: String,
    /// 3 to 5.
    pub stars: u8,
    /// Points out of 100.
    pub score: Option<Score>,
}

/// What can be wrong with a field of a certificate, beside what can be with any.
pub const FIELD_CODES: [&str; 21] = [
    "certificate_one_of",
    "certificate_future",
    "certificate_over",
    "certificate_period",
    "certificate_before_regime",
    "certificate_score",
    "certificate_score_low",
    "certificate_score_high",
    "certificate_set_regime",
    "certificate_set_group",
    "certificate_known",
    "certificate_differs",
    "certificate_scan",
    "certificate_no_seller",
    "certificate_no_product",
    "certificate_which_seller",
    "certificate_twice",
    "certificate_list_text",
    "certificate_list_columns",
    "certificate_list_long",
    "certificate_list_empty",
];

/// The fields that an officer can point at, and `paper` for the scan.
pub const FIELDS: [&str; 10] = [
    "product_name",
    "group",
    "set",
    "regime",
    "stars",
    "score",
    "number",
    "decided_on",
    "issuer",
    "paper",
];

/// The fields of a mark that an officer can point at.
pub const MARK_FIELDS: [&str; 7] = [
    "kind",
    "product_name",
    "number",
    "issuer",
    "decided_on",
    "valid_to",
    "paper",
];

impl CertificateForm {
    /// Understands what was typed on `today`.
    ///
    /// # Errors
    /// All that is wrong, field by field.
    pub fn parse(&self, programme: &Programme, today: Date) -> Result<Entry, FieldErrors> {
        if self.is_mark() {
            self.parse_mark(programme, today)
        } else {
            self.parse_ocop(programme, today)
        }
    }

    /// Whether it is about another mark than OCOP; which, may be wrong still.
    #[must_use]
    pub fn is_mark(&self) -> bool {
        self.kind.as_deref().is_some_and(|kind| kind != OCOP)
    }

    fn parse_mark(&self, programme: &Programme, today: Date) -> Result<Entry, FieldErrors> {
        let mut errors = FieldErrors::default();
        let product_name = errors.line("product_name", &self.product_name, 200);
        let number = errors.line("number", &self.number, 60);
        let issuer = errors.line("issuer", &self.issuer, 120);
        let code = self.kind.as_deref().unwrap_or_default();
        let kind = programme.marks.iter().find(|kind| kind.code == code);
        if kind.is_none() {
            errors.add("kind", "choose");
        }
        let decided_on = parse_field(&mut errors, "decided_on", &self.decided_on);
        let valid_to = parse_field(&mut errors, "valid_to", &self.valid_to);
        if decided_on.is_some_and(|day| day > today) {
            errors.add("decided_on", "certificate_future");
        }
        match (decided_on, valid_to) {
            (Some(first), Some(last)) if last <= first => {
                errors.add("valid_to", "certificate_period");
            }
            (_, Some(last)) if last < today => {
                errors.add_with("valid_to", "certificate_over", &[("day", day_text(last))]);
            }
            _ => {}
        }
        match (kind, decided_on, valid_to) {
            (Some(kind), Some(decided_on), Some(valid_to)) if errors.is_empty() => Ok(Entry {
                product_name,
                gives: Gives::Mark(kind),
                number,
                decided_on,
                valid_to,
                issuer,
            }),
            _ => Err(errors),
        }
    }

    fn parse_ocop(&self, programme: &Programme, today: Date) -> Result<Entry, FieldErrors> {
        let mut errors = FieldErrors::default();
        let product_name = errors.line("product_name", &self.product_name, 200);
        let number = errors.line("number", &self.number, 60);
        let issuer = errors.line("issuer", &self.issuer, 120);
        let group = parse_group(&self.group);
        if group.is_none() {
            let names = Group::ALL.map(Group::name_vi).join(", ");
            errors.add_with("group", "certificate_one_of", &[("choices", names)]);
        }
        let regime = programme.regime(&self.regime);
        if regime.is_none() {
            let codes: Vec<&str> = programme
                .regimes
                .iter()
                .map(|it| it.code.as_str())
                .collect();
            errors.add_with(
                "regime",
                "certificate_one_of",
                &[("choices", codes.join(", "))],
            );
        }
        let set = self.parse_set(
            programme,
            regime.map(|it| it.code.as_str()),
            group,
            &mut errors,
        );
        let stars = self
            .stars
            .trim()
            .parse()
            .ok()
            .filter(|stars| (3..=5).contains(stars));
        if stars.is_none() {
            let choices = [("choices", "3, 4, 5".to_owned())];
            errors.add_with("stars", "certificate_one_of", &choices);
        }
        let score = Score::parse(&self.score);
        if score.is_none() && !self.score.trim().is_empty() {
            errors.add("score", "certificate_score");
        }
        if let (Some(score), Some(stars), Some(regime)) = (score, stars, regime) {
            let (least, most) = (regime.least_score(stars), regime.most_score(stars));
            let args = |bound: Score| [("stars", stars.to_string()), ("bound", bound.to_string())];
            if score < least {
                errors.add_with("score", "certificate_score_low", &args(least));
            } else if score > most {
                errors.add_with(
                    "score",
                    "certificate_score_high",
                    &args(regime.least_score(stars + 1)),
                );
            }
        }
        let decided_on = parse_field(&mut errors, "decided_on", &self.decided_on);
        let mut period = None;
        if let (Some(day), Some(regime)) = (decided_on, regime) {
            let last = regime.last_day(day);
            if day > today {
                errors.add("decided_on", "certificate_future");
            } else if day < regime.valid_from {
                let since = [
                    ("day", day_text(regime.valid_from)),
                    ("regime", regime.code.clone()),
                ];
                errors.add_with("decided_on", "certificate_before_regime", &since);
            } else if last < today {
                errors.add_with("decided_on", "certificate_over", &[("day", day_text(last))]);
            } else {
                period = Some((day, last));
            }
        }
        match (group, regime, stars, period) {
            (Some(group), Some(regime), Some(stars), Some((decided_on, valid_to)))
                if errors.is_empty() =>
            {
                Ok(Entry {
                    product_name,
                    gives: Gives::Stars(Grade {
                        group,
                        set,
                        regime: regime.code.clone(),
                        stars,
                        score,
                    }),
                    number,
                    decided_on,
                    valid_to,
                    issuer,
                })
            }
            _ => Err(errors),
        }
    }

    fn parse_set(
        &self,
        programme: &Programme,
        regime: Option<&str>,
        group: Option<Group>,
        errors: &mut FieldErrors,
    ) -> Option<u8> {
        let typed = fold(&self.set);
        let regime = regime.filter(|_| !typed.is_empty())?;
        let set = programme
            .sets_of(regime)
            .find(|set| set.number.to_string() == typed || fold(&set.name_vi) == typed);
        match set {
            None => errors.add("set", "certificate_set_regime"),
            Some(set) if group.is_some_and(|group| group != set.group) => {
                errors.add("set", "certificate_set_group");
            }
            Some(_) => {}
        }
        set.map(|set| set.number)
    }
}

/// A day that must be there.
fn parse_field(errors: &mut FieldErrors, field: &str, typed: &str) -> Option<Date> {
    let day = parse_day(typed);
    if typed.trim().is_empty() {
        errors.add(field, "required");
    } else if day.is_none() {
        errors.add(field, "day");
    }
    day
}

/// A group by its code, its number in the programme or its Vietnamese name, with marks or without.
fn parse_group(text: &str) -> Option<Group> {
    let typed = fold(text);
    Group::ALL.into_iter().zip(1..).find_map(|(group, number)| {
        let is_meant = typed == group.as_str()
            || typed == number.to_string()
            || typed == fold(group.name_vi());
        is_meant.then_some(group)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::certificates::{MarkKind, OcopSet, Regime};
    use time::macros::date;

    const TODAY: Date = date!(2026 - 11 - 24);

    fn programme() -> Programme {
        let regime = |code: &str, valid_from| Regime {
            code: code.to_owned(),
            valid_from,
            months: 36,
            least: [50, 70, 90],
        };
        Programme {
            regimes: vec![
                regime("26/2026/QĐ-TTg", date!(2026 - 05 - 22)),
                regime("148/QĐ-TTg", date!(2023 - 02 - 24)),
            ],
            sets: vec![OcopSet {
                regime: "26/2026/QĐ-TTg".to_owned(),
                number: 1,
                group: Group::Food,
                name_vi: "Rau, củ, quả, hạt tươi".to_owned(),
                name_en: "Fresh".to_owned(),
            }],
            marks: Box::leak(Box::new([MarkKind {
                code: "vietgap".to_owned(),
                name_vi: "VietGAP".to_owned(),
                name_en: "VietGAP".to_owned(),
                hint_vi: String::new(),
                hint_en: String::new(),
            }])),
        }
    }

    fn good() -> CertificateForm {
        CertificateForm {
            product_name: " Khóm  Cầu Đúc ".to_owned(),
            group: "food".to_owned(),
            set: "1".to_owned(),
            regime: "26/2026/QĐ-TTg".to_owned(),
            stars: "4".to_owned(),
            score: "78,5".to_owned(),
            number: "1234/QĐ-UBND".to_owned(),
            decided_on: "2026-10-01".to_owned(),
            issuer: "UBND thành phố Cần Thơ".to_owned(),
            ..CertificateForm::default()
        }
    }

    fn mark() -> CertificateForm {
        CertificateForm {
            kind: Some("vietgap".to_owned()),
            product_name: "Khóm tươi".to_owned(),
            number: "VietGAP-TT-24-01".to_owned(),
            decided_on: "1/10/2026".to_owned(),
            valid_to: "30/09/2028".to_owned(),
            issuer: "Trung tâm chứng nhận".to_owned(),
            ..CertificateForm::default()
        }
    }

    fn wrong(change: impl FnOnce(&mut CertificateForm)) -> Vec<(String, String)> {
        let mut form = good();
        change(&mut form);
        let errors = form.parse(&programme(), TODAY).err().unwrap_or_default();
        errors
            .0
            .into_iter()
            .map(|error| (error.field, error.code))
            .collect()
    }

    #[test]
    fn what_is_printed_is_understood() {
        let entry = good().parse(&programme(), TODAY).expect("all is right");
        assert_eq!(entry.product_name, "Khóm Cầu Đúc");
        let grade = entry.gives.stars().expect("OCOP");
        assert_eq!(
            (grade.group, grade.set, grade.stars),
            (Group::Food, Some(1), 4)
        );
        assert_eq!(entry.valid_to, date!(2029 - 09 - 30));
        let words = CertificateForm {
            group: "thuc pham".to_owned(),
            set: "rau cu qua hat tuoi".to_owned(),
            regime: "26/2026".to_owned(),
            decided_on: "1/10/2026".to_owned(),
            ..good()
        };
        assert_eq!(words.parse(&programme(), TODAY), Ok(entry));
    }

    #[test]
    fn each_wrong_field_is_told() {
        type Change = fn(&mut CertificateForm);
        let cases: [(Change, &str, &str); 14] = [
            (|form| form.product_name.clear(), "product_name", "required"),
            (|form| form.number.clear(), "number", "required"),
            (
                |form| form.group = "rau".to_owned(),
                "group",
                "certificate_one_of",
            ),
            (
                |form| form.regime = "7".to_owned(),
                "regime",
                "certificate_one_of",
            ),
            (
                |form| form.stars = "2".to_owned(),
                "stars",
                "certificate_one_of",
            ),
            (
                |form| form.score = "nhiều".to_owned(),
                "score",
                "certificate_score",
            ),
            (
                |form| form.score = "69,99".to_owned(),
                "score",
                "certificate_score_low",
            ),
            (
                |form| {
                    form.stars = "3".to_owned();
                    form.score = "70".to_owned();
                },
                "score",
                "certificate_score_high",
            ),
            (
                |form| form.set = "27".to_owned(),
                "set",
                "certificate_set_regime",
            ),
            (
                |form| form.group = "drink".to_owned(),
                "set",
                "certificate_set_group",
            ),
            (
                |form| form.decided_on = "hôm qua".to_owned(),
                "decided_on",
                "day",
            ),
            (
                |form| form.decided_on = "2026-11-25".to_owned(),
                "decided_on",
                "certificate_future",
            ),
            (
                |form| form.decided_on = "2026-05-21".to_owned(),
                "decided_on",
                "certificate_before_regime",
            ),
            (
                |form| {
                    form.regime = "148".to_owned();
                    form.set.clear();
                    form.decided_on = "2023-11-24".to_owned();
                },
                "decided_on",
                "certificate_over",
            ),
        ];
        for (change, field, code) in cases {
            assert_eq!(wrong(change), [(field.to_owned(), code.to_owned())]);
        }
    }

    #[test]
    fn a_mark_is_understood_and_its_days_are_held_against_each_other() {
        type Change = fn(&mut CertificateForm);
        let entry = mark().parse(&programme(), TODAY).expect("all is right");
        assert_eq!(entry.gives.code(), "vietgap");
        assert_eq!(entry.valid_to, date!(2028 - 09 - 30));
        let cases: [(Change, &str, &str); 6] = [
            (|form| form.kind = Some(String::new()), "kind", "choose"),
            (|form| form.number.clear(), "number", "required"),
            (|form| form.valid_to.clear(), "valid_to", "required"),
            (
                |form| form.valid_to = "01/10/2026".to_owned(),
                "valid_to",
                "certificate_period",
            ),
            (
                |form| form.valid_to = "23/11/2026".to_owned(),
                "valid_to",
                "certificate_over",
            ),
            (
                |form| form.decided_on = "25/11/2026".to_owned(),
                "decided_on",
                "certificate_future",
            ),
        ];
        for (change, field, code) in cases {
            let mut form = mark();
            change(&mut form);
            let errors = form.parse(&programme(), TODAY).expect_err(code);
            assert_eq!(
                (errors.0[0].field.as_str(), errors.0[0].code.as_str()),
                (field, code)
            );
            assert_eq!(errors.0.len(), 1, "{errors}");
        }
        let mut last = mark();
        last.valid_to = "24/11/2026".to_owned();
        assert!(
            last.parse(&programme(), TODAY).is_ok(),
            "its last day counts"
        );
    }

    #[test]
    fn four_stars_may_have_the_points_for_five() {
        assert!(wrong(|form| form.score = "93".to_owned()).is_empty());
        assert!(wrong(|form| form.score.clear()).is_empty());
    }

    #[test]
    fn the_last_day_counts() {
        let mut form = good();
        form.regime = "148".to_owned();
        form.set.clear();
        form.decided_on = "2023-11-25".to_owned();
        let entry = form.parse(&programme(), TODAY).expect("valid today");
        assert_eq!(entry.valid_to, TODAY);
    }
}
