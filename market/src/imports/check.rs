//! What a row comes to, held against what is known. Pure: the same check before and while it is applied.
use std::collections::{BTreeMap, HashMap, HashSet};

use time::Date;

use super::format::Sheet;
use super::meant::{answers, as_phone, group, seller_kind};
use super::types::Row;
use crate::catalog::sets;
use crate::catalog::{Basics, BasicsForm, PriceForm, Pricing};
use crate::kernel::text::{clean_line, fold, slug};
use crate::kernel::{CommuneId, FieldErrors, Phone, SellerId};
use crate::sellers::SellerKind;

/// What spreadsheets write where a formula failed.
const FAILED: [&str; 8] = [
    "#REF!", "#VALUE!", "#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#SPILL!",
];
/// Characters of a product's code at most.
const CODE_MAX: usize = 40;

/// What the database knows of what the file names.
#[derive(Clone, Debug, Default)]
pub struct Known {
    /// By the text of the commune's cell: today's commune, or the code of the error.
    pub communes: HashMap<String, Result<CommuneId, &'static str>>,
    /// By slug: shops that there are.
    pub sellers: HashMap<String, SellerId>,
    /// By folded name: slugs of the shops that are called so.
    pub names: HashMap<String, Vec<String>>,
    /// By code: whose product it is.
    pub codes: HashMap<String, SellerId>,
    /// Whose goods alone may come, by slug.
    pub only: Option<(String, SellerId)>,
    /// The communes in which shops may be brought; none: anywhere.
    pub area: Option<HashSet<CommuneId>>,
    /// By slug: shops that list nothing now.
    pub closed: HashSet<String>,
    /// Of shops that there are: where they are.
    pub places: HashMap<SellerId, CommuneId>,
}

/// A shop that a row brings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SellerEntry {
    /// In its address.
    pub slug: String,
    /// The shop's name.
    pub name: String,
    /// Household, cooperative or enterprise.
    pub kind: SellerKind,
    /// Who answers for it.
    pub owner_name: String,
    /// Whom buyers call.
    pub phone: Phone,
    /// Today's map.
    pub commune: CommuneId,
    /// *Ấp* or *khu vực*.
    pub hamlet: String,
    /// Number or lane.
    pub street: String,
    /// In its own words.
    pub story: String,
}

/// A product that a row brings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProductEntry {
    /// The province's code.
    pub code: String,
    /// The shop's slug: one that there is, or one that the same file brings.
    pub seller: String,
    /// What and how much.
    pub basics: Basics,
    /// Price and unit.
    pub pricing: Pricing,
    /// What matters of goods of its set.
    pub facts: BTreeMap<String, String>,
}

/// What a row comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Entry {
    /// A new shop.
    Seller(Box<SellerEntry>),
    /// A new product.
    Product(Box<ProductEntry>),
    /// There already, and left alone.
    Known,
}

/// Checks rows one after the other, sellers first: what comes later may name what came before.
#[derive(Clone, Debug)]
pub struct Checker {
    known: Known,
    /// Slugs and codes of this file, with the row that has them.
    seen: BTreeMap<(Sheet, String), i32>,
    /// Where the shops of this file are.
    coming: HashMap<String, CommuneId>,
    /// The business day, for the product sets that hold on it.
    today: Date,
}

impl Checker {
    /// With what the database knows on a day.
    #[must_use]
    pub fn new(known: Known, today: Date) -> Self {
        Self {
            known,
            seen: BTreeMap::new(),
            coming: HashMap::new(),
            today,
        }
    }

    /// What the row comes to.
    ///
    /// # Errors
    /// All that is wrong with it, field by field.
    pub fn check(&mut self, row: &Row) -> Result<Entry, FieldErrors> {
        let mut errors = FieldErrors::default();
        for (field, text) in &row.fields {
            if FAILED.contains(&text.trim()) {
                errors.add(field, "cell");
            }
        }
        let entry = match row.sheet {
            Sheet::Sellers => self.seller(row, &mut errors),
            Sheet::Products => self.product(row, &mut errors),
        };
        match entry {
            Some(entry) if errors.is_empty() => Ok(entry),
            _ => Err(errors),
        }
    }

    fn seller(&mut self, row: &Row, told: &mut FieldErrors) -> Option<Entry> {
        let mut errors = FieldErrors::default();
        if self.known.only.is_some() {
            errors.add("name", "own_goods_only");
        }
        let name = errors.line("name", row.text("name"), 100);
        let address = match clean_line(row.text("slug")) {
            given if given.is_empty() => slug(&name),
            given => {
                if slug(&given) != given {
                    errors.add_with("slug", "slug", &[("example", slug(&given))]);
                }
                given
            }
        };
        self.first_of(row, "slug", &address, &mut errors);
        let kind = seller_kind(row.text("kind"));
        if kind.is_none() {
            errors.add("kind", "seller_kind");
        }
        let owner_name = errors.line("owner_name", row.text("owner_name"), 100);
        let phone = errors.phone("phone", &as_phone(row.text("phone")));
        let commune = self.commune(row.text("commune"), &mut errors);
        let hamlet = short(&mut errors, row, "hamlet", 60);
        let street = short(&mut errors, row, "street", 120);
        let story = errors.optional_text("story", row.text("story"), 2000);
        let is_right = errors.is_empty();
        told.add_untold(errors);
        if let Some(commune) = commune {
            self.coming.entry(address.clone()).or_insert(commune);
        }
        let (Some(kind), Some(phone), Some(commune), true) = (kind, phone, commune, is_right)
        else {
            return None;
        };
        if self.known.sellers.contains_key(&address) {
            return Some(Entry::Known);
        }
        Some(Entry::Seller(Box::new(SellerEntry {
            slug: address,
            name,
            kind,
            owner_name,
            phone,
            commune,
            hamlet,
            street,
            story,
        })))
    }

    fn product(&mut self, row: &Row, told: &mut FieldErrors) -> Option<Entry> {
        let mut errors = FieldErrors::default();
        let code = errors.line("code", row.text("code"), CODE_MAX);
        if !code.is_empty()
            && !code
                .chars()
                .all(|mark| mark.is_ascii_alphanumeric() || matches!(mark, '-' | '_' | '.' | '/'))
        {
            errors.add("code", "code_marks");
        }
        self.first_of(row, "code", &code, &mut errors);
        let seller = self.seller_of(row.text("seller"), &mut errors);
        let owner = seller
            .as_ref()
            .and_then(|seller| self.known.sellers.get(seller).copied());
        let is_known = match self.known.codes.get(&code) {
            Some(known) if Some(*known) != owner => {
                if errors.of("seller").is_none() {
                    errors.add("code", "code_taken");
                }
                false
            }
            known => known.is_some(),
        };
        let basics = BasicsForm {
            name: row.text("name").to_owned(),
            group: group(row.text("group"))
                .map_or_else(String::new, |group| group.as_str().to_owned()),
            set: row.text("set").to_owned(),
            is_resold: String::new(),
            stock: row.text("stock").to_owned(),
            description: row.text("description").to_owned(),
            season: row.text("season").to_owned(),
        }
        .parse(self.today)
        .map_err(|more| errors.add_untold(at_their_columns(more)));
        let pricing = PriceForm {
            price_vnd: row.text("price_vnd").to_owned(),
            unit: row.text("unit").to_owned(),
            unit_note: row.text("unit_note").to_owned(),
            weight_grams: row.text("weight_grams").to_owned(),
            ..PriceForm::default()
        }
        .parse()
        .map_err(|more| errors.add_untold(more));
        let facts = self.facts(row, &mut errors);
        let is_right = errors.is_empty();
        told.add_untold(errors);
        let (Some(seller), Ok(basics), Ok(pricing), true) = (seller, basics, pricing, is_right)
        else {
            return None;
        };
        if is_known {
            return Some(Entry::Known);
        }
        Some(Entry::Product(Box::new(ProductEntry {
            code,
            seller,
            basics,
            pricing,
            facts,
        })))
    }

    /// What the row says of what matters of goods of its set, held against the rules of the form.
    fn facts(&self, row: &Row, errors: &mut FieldErrors) -> BTreeMap<String, String> {
        let mut typed = Vec::new();
        for (field, text) in &row.fields {
            let code = field.strip_prefix("fact_");
            if let Some(fact) = code.and_then(sets::fact) {
                typed.push((fact, text.as_str()));
            }
        }
        let number = row.text("set").trim();
        let set = sets::of_day(self.today).find(|set| number.parse() == Ok(set.number));
        let Some(set) = set else {
            // A number that is none is told where it stands.
            for (fact, _) in typed.iter().filter(|_| number.is_empty()) {
                errors.add(&fact.field, "fact_needs_set");
            }
            return BTreeMap::new();
        };
        let mut pairs = Vec::new();
        for (fact, text) in typed {
            if !set.facts.iter().any(|(known, _)| known.code == fact.code) {
                let number = [("set", set.number.to_string())];
                errors.add_with(&fact.field, "fact_not_of_set", &number);
                continue;
            }
            if let Some(answer) = answers(fact, text) {
                pairs.push((fact.code.clone(), answer));
            } else {
                let names: Vec<&str> = fact
                    .choices()
                    .iter()
                    .map(|it| it.name_vi.as_str())
                    .collect();
                let choices = [("choices", names.join(", "))];
                errors.add_with(&fact.field, "import_choice", &choices);
            }
        }
        set.parse(&pairs).unwrap_or_else(|more| {
            errors.add_untold(more);
            BTreeMap::new()
        })
    }

    /// Notes a slug or code that another row of the file has.
    fn first_of(&mut self, row: &Row, field: &str, value: &str, errors: &mut FieldErrors) {
        if value.is_empty() {
            return;
        }
        let first = *self
            .seen
            .entry((row.sheet, value.to_lowercase()))
            .or_insert(row.number);
        if first != row.number {
            errors.add_with(field, "twice", &[("row", first.to_string())]);
        }
    }

    /// The slug of the shop that a cell names, by its slug or its name.
    fn seller_of(&self, text: &str, errors: &mut FieldErrors) -> Option<String> {
        let text = clean_line(text);
        if let Some((own, id)) = &self.known.only {
            let names_own = text.is_empty()
                || text == *own
                || self
                    .known
                    .names
                    .get(&fold(&text))
                    .is_some_and(|slugs| slugs.contains(own));
            if !names_own {
                errors.add("seller", "own_goods_only");
                return None;
            }
            debug_assert!(self.known.sellers.get(own) == Some(id));
            return Some(own.clone());
        }
        if text.is_empty() {
            errors.add("seller", "required");
            return None;
        }
        let named = self.known.names.get(&fold(&text)).map(Vec::as_slice);
        let found = if self.known.sellers.contains_key(&text) || self.coming.contains_key(&text) {
            text
        } else {
            match named {
                Some([only]) => only.clone(),
                Some([_, ..]) => {
                    errors.add("seller", "several_sellers");
                    return None;
                }
                _ if self.coming.contains_key(&slug(&text)) => slug(&text),
                _ => {
                    errors.add("seller", "unknown_seller");
                    return None;
                }
            }
        };
        if self.known.closed.contains(&found) {
            errors.add("seller", "seller_closed");
            return None;
        }
        let place = self
            .known
            .sellers
            .get(&found)
            .and_then(|id| self.known.places.get(id))
            .or_else(|| self.coming.get(&found));
        if let (Some(area), Some(place)) = (&self.known.area, place)
            && !area.contains(place)
        {
            errors.add("seller", "not_your_commune");
            return None;
        }
        Some(found)
    }

    fn commune(&self, text: &str, errors: &mut FieldErrors) -> Option<CommuneId> {
        let text = clean_line(text);
        if text.is_empty() {
            errors.add("commune", "required");
            return None;
        }
        match self.known.communes.get(&text) {
            Some(Ok(commune)) => {
                if self
                    .known
                    .area
                    .as_ref()
                    .is_some_and(|area| !area.contains(commune))
                {
                    errors.add("commune", "not_your_commune");
                    return None;
                }
                Some(*commune)
            }
            Some(Err(code)) => {
                errors.add("commune", code);
                None
            }
            None => {
                errors.add("commune", "import_commune");
                None
            }
        }
    }
}

/// Errors under the names that the form has, where the file's column asks for words instead of a choice.
fn at_their_columns(mut errors: FieldErrors) -> FieldErrors {
    for error in &mut errors.0 {
        if error.field == "group" {
            "import_group".clone_into(&mut error.code);
        }
    }
    errors
}

fn short(errors: &mut FieldErrors, row: &Row, field: &str, max: usize) -> String {
    let text = clean_line(row.text(field));
    if text.chars().count() > max {
        errors.add_with(field, "too_long", &[("max", max.to_string())]);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    const UT: SellerId = SellerId(Uuid::from_u128(1));
    const OTHER: SellerId = SellerId(Uuid::from_u128(2));
    const HERE: CommuneId = CommuneId(131_338);

    const TODAY: Date = time::macros::date!(2026 - 11 - 27);

    fn known() -> Known {
        Known {
            communes: HashMap::from([
                ("Xã Hỏa Lựu".to_owned(), Ok(HERE)),
                ("31178".to_owned(), Err("commune_split")),
            ]),
            sellers: HashMap::from([
                ("ut".to_owned(), UT),
                ("bay".to_owned(), OTHER),
                ("nghi".to_owned(), OTHER),
            ]),
            closed: HashSet::from(["nghi".to_owned()]),
            names: HashMap::from([
                ("ho ut".to_owned(), vec!["ut".to_owned()]),
                (
                    "ho bay".to_owned(),
                    vec!["bay".to_owned(), "bay-2".to_owned()],
                ),
            ]),
            codes: HashMap::from([("A-1".to_owned(), UT), ("B-1".to_owned(), OTHER)]),
            ..Known::default()
        }
    }

    fn row(sheet: Sheet, number: i32, fields: &[(&str, &str)]) -> Row {
        Row {
            sheet,
            number,
            fields: fields
                .iter()
                .map(|(field, text)| ((*field).to_owned(), (*text).to_owned()))
                .collect(),
        }
    }

    fn product(number: i32, changes: &[(&str, &str)]) -> Row {
        let mut fields = vec![
            ("code", "N-1"),
            ("seller", "ut"),
            ("name", "Khóm Cầu Đúc"),
            ("group", "Thực phẩm"),
            ("unit", "trái"),
            ("price_vnd", "15.000"),
            ("stock", "20"),
        ];
        fields.retain(|(field, _)| !changes.iter().any(|(changed, _)| changed == field));
        fields.extend_from_slice(changes);
        row(Sheet::Products, number, &fields)
    }

    fn told(result: Result<Entry, FieldErrors>) -> Vec<(String, String)> {
        let errors = result.expect_err("something is wrong");
        errors
            .0
            .into_iter()
            .map(|error| (error.field, error.code))
            .collect()
    }

    #[test]
    fn each_kind_of_error_has_its_field_and_code() {
        for (changes, field, code) in [
            (&[("name", "")][..], "name", "required"),
            (&[("name", "K")], "name", "too_short"),
            (&[("seller", "ai đó")], "seller", "unknown_seller"),
            (&[("seller", "Hộ Bảy")], "seller", "several_sellers"),
            (&[("seller", "nghi")], "seller", "seller_closed"),
            (&[("group", "trái cây")], "group", "import_group"),
            (&[("price_vnd", "rẻ")], "price_vnd", "price"),
            (&[("price_vnd", "#REF!")], "price_vnd", "cell"),
            (&[("stock", "nhiều")], "stock", "number"),
            (&[("stock", "1,2345")], "stock", "decimals"),
            (&[("season", "13")], "season", "month"),
            (&[("weight_grams", "9000000")], "weight_grams", "range"),
            (&[("code", "B-1")], "code", "code_taken"),
            (&[("code", "Ă 1")], "code", "code_marks"),
            (&[("unit", "")], "unit", "required"),
            (
                &[("fact_variety", "Queen")],
                "fact_variety",
                "fact_needs_set",
            ),
            (&[("set", "27"), ("fact_variety", "Queen")], "set", "choose"),
            (
                &[("set", "1"), ("fact_alcohol", "5")],
                "fact_alcohol",
                "fact_not_of_set",
            ),
            (
                &[("set", "1"), ("fact_keeping", "tủ đông")],
                "fact_keeping",
                "import_choice",
            ),
            (
                &[("set", "7"), ("fact_allergens", "Mè; vàng")],
                "fact_allergens",
                "import_choice",
            ),
        ] {
            let mut checker = Checker::new(known(), TODAY);
            assert_eq!(
                told(checker.check(&product(2, changes))),
                [(field.to_owned(), code.to_owned())],
                "{changes:?}"
            );
        }
    }

    #[test]
    fn facts_are_read_by_the_names_of_their_answers() {
        let mut checker = Checker::new(known(), TODAY);
        let row = product(
            2,
            &[
                ("set", "7"),
                ("fact_keeping", "NGĂN MÁT"),
                ("fact_allergens", "mè, Đậu phộng"),
                ("fact_ingredients", "Khóm, đường"),
            ],
        );
        let Ok(Entry::Product(entry)) = checker.check(&row) else {
            panic!("a new product");
        };
        let facts: Vec<_> = entry
            .facts
            .iter()
            .map(|(code, value)| (code.as_str(), value.as_str()))
            .collect();
        assert_eq!(
            facts,
            [
                ("allergens", "peanut,sesame"),
                ("ingredients", "Khóm, đường"),
                ("keeping", "cool")
            ]
        );
    }

    #[test]
    fn what_is_known_is_left_alone_and_what_comes_twice_is_told() {
        let mut checker = Checker::new(known(), TODAY);
        assert_eq!(
            checker.check(&product(2, &[("code", "A-1")])),
            Ok(Entry::Known)
        );
        assert!(matches!(
            checker.check(&product(3, &[("seller", "HỘ ÚT")])),
            Ok(Entry::Product(_))
        ));
        assert_eq!(
            told(checker.check(&product(4, &[("code", "n-1")]))),
            [("code".to_owned(), "twice".to_owned())]
        );
    }

    #[test]
    fn a_product_may_name_a_shop_of_the_same_file() {
        let mut checker = Checker::new(known(), TODAY);
        let shop = [
            ("name", "Vườn Năm"),
            ("kind", "Hộ"),
            ("owner_name", "Năm"),
            ("phone", "912345678"),
            ("commune", "Xã Hỏa Lựu"),
        ];
        let Ok(Entry::Seller(entry)) = checker.check(&row(Sheet::Sellers, 2, &shop)) else {
            panic!("a new shop");
        };
        assert_eq!(
            (entry.slug.as_str(), entry.phone.as_str()),
            ("vuon-nam", "+84912345678")
        );
        for name in ["vuon-nam", "Vườn  Năm"] {
            let code = slug(name) + name;
            let code: String = code.chars().filter(char::is_ascii_lowercase).collect();
            assert!(
                matches!(
                    checker.check(&product(3, &[("seller", name), ("code", &code)])),
                    Ok(Entry::Product(_))
                ),
                "{name}"
            );
        }
        let split = shop.map(|(field, text)| {
            if field == "commune" {
                (field, "31178")
            } else {
                (field, text)
            }
        });
        let split = [&split[..], &[("slug", "khac")]].concat();
        assert_eq!(
            told(checker.check(&row(Sheet::Sellers, 3, &split))),
            [("commune".to_owned(), "commune_split".to_owned())]
        );
    }

    #[test]
    fn a_cooperative_brings_its_own_goods_only() {
        let mut checker = Checker::new(
            Known {
                only: Some(("ut".to_owned(), UT)),
                ..known()
            },
            TODAY,
        );
        assert!(checker.check(&product(2, &[("seller", "")])).is_ok());
        assert_eq!(
            told(checker.check(&product(3, &[("seller", "bay"), ("code", "N-2")]))),
            [("seller".to_owned(), "own_goods_only".to_owned())]
        );
    }
}
