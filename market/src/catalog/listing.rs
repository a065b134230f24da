//! What a seller types to list a product, and what becomes of it. Forms and the API parse with this alone.
use serde::{Deserialize, Serialize};

use super::{Group, Offer, Product, SetCode, Supply, Variant, parse_supply};
use crate::kernel::text::clean_line;
use crate::kernel::{FieldErrors, Quantity, VariantId, Vnd};

/// Units that the form offers; farms may type others.
pub const UNITS: [&str; 16] = [
    "kg", "trái", "chục", "bó", "bịch", "gói", "hộp", "chai", "lít", "thùng", "cái", "con", "cây",
    "chậu", "bộ", "suất",
];
/// The dearest thing that can be listed, đồng for a unit.
pub const MAX_PRICE: i64 = 1_000_000_000;

/// The longest description of a photograph, characters: who hears it read out wants one sentence.
pub const LONGEST_ALT: usize = 150;

/// Understands what a seller typed of what a photograph shows; nothing is an answer too.
///
/// # Errors
/// The field `alt` is too long.
pub fn parse_alt(text: &str) -> Result<String, FieldErrors> {
    let mut errors = FieldErrors::default();
    let alt = clean_line(text);
    if alt.chars().count() > LONGEST_ALT {
        errors.add_with("alt", "too_long", &[("max", LONGEST_ALT.to_string())]);
        return Err(errors);
    }
    Ok(alt)
}

/// "What and how much", as typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct BasicsForm {
    /// What it is called.
    pub name: String,
    /// One of the six groups; left out where the set says it.
    pub group: String,
    /// Number of the product set; may be left out.
    pub set: String,
    /// `yes` where it is bought to be sold again.
    pub is_resold: String,
    /// How much is there to sell.
    pub stock: String,
    /// In the seller's words; may be empty.
    pub description: String,
    /// Months of harvest, `4,5,6`; empty: all year.
    pub season: String,
}

/// "What and how much", understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Basics {
    /// 3 to 120 characters.
    pub name: String,
    /// OCOP group.
    pub group: Group,
    /// The product set under the decision of the day.
    pub set: Option<SetCode>,
    /// Bought to be sold again.
    pub is_resold: bool,
    /// To sell; zero is allowed: sold out for now. Nothing: as much as there is.
    pub stock: Option<Quantity>,
    /// At most 5,000 characters.
    pub description: String,
    /// 1 to 12, ascending.
    pub season_months: Vec<u8>,
}

impl BasicsForm {
    /// What the form says of a listing as it is.
    #[must_use]
    pub fn of(product: &Product) -> Self {
        let season: Vec<String> = product.season_months.iter().map(u8::to_string).collect();
        Self {
            name: product.name.clone(),
            group: product.group.as_str().to_owned(),
            set: product
                .set
                .as_ref()
                .map(|set| set.number.to_string())
                .unwrap_or_default(),
            is_resold: if product.is_resold { "yes" } else { "" }.to_owned(),
            stock: product
                .variants
                .first()
                .map(|variant| variant.on_hand.plain())
                .unwrap_or_default(),
            description: product.description.clone(),
            season: season.join(", "),
        }
    }
}

#[cfg(feature = "server")]
impl BasicsForm {
    /// Understands what was typed, with the product sets of `today`.
    ///
    /// # Errors
    /// All that is wrong, field by field.
    pub fn parse(&self, today: time::Date) -> Result<Basics, FieldErrors> {
        let mut errors = FieldErrors::default();
        let name = errors.line("name", &self.name, 120);
        if !name.is_empty() && name.chars().count() < 3 {
            errors.add_with("name", "too_short", &[("min", "3".to_owned())]);
        }
        let set = super::sets::of_day(today).find(|set| self.set.trim().parse() == Ok(set.number));
        if set.is_none() && !self.set.trim().is_empty() {
            errors.add("set", "choose");
        }
        let group = match (set, Group::parse(self.group.trim())) {
            (Some(set), Some(group)) if group != set.group => {
                errors.add("set", "set_of_group");
                None
            }
            (Some(set), _) => Some(set.group),
            (None, group) => {
                if group.is_none() {
                    errors.add("group", "choose");
                }
                group
            }
        };
        let stock = parse_stock(&mut errors, "stock", &self.stock);
        let description = errors.optional_text("description", &self.description, 5000);
        let mut season_months = Vec::new();
        for month in self
            .season
            .split([',', ';', ' '])
            .filter(|month| !month.is_empty())
        {
            match month.parse::<u8>() {
                Ok(month @ 1..=12) => season_months.push(month),
                _ if errors.of("season").is_none() => errors.add("season", "month"),
                _ => {}
            }
        }
        season_months.sort_unstable();
        season_months.dedup();
        match group {
            Some(group) if errors.is_empty() => Ok(Basics {
                name,
                group,
                set: set.map(super::sets::SetDefinition::code),
                is_resold: matches!(self.is_resold.trim(), "yes" | "true"),
                stock: Some(stock),
                description,
                season_months,
            }),
            _ => Err(errors),
        }
    }
}

/// Stock as typed; zero is allowed.
pub fn parse_stock(errors: &mut FieldErrors, field: &str, text: &str) -> Quantity {
    let text = text.trim();
    if text.is_empty() {
        errors.add(field, "required");
    } else if text.chars().all(|c| c == '0' || c == ',' || c == '.') && text.contains('0') {
        return Quantity::default();
    }
    match Quantity::parse(text) {
        Ok(quantity) => return quantity,
        Err(error) if !text.is_empty() => errors.add(field, error.code()),
        Err(_) => {}
    }
    Quantity::default()
}

/// A price as people type it: `35000`, `35.000`, `35,000 đ`. Đồng have no decimals: `35,5` is a slip.
pub fn parse_price(errors: &mut FieldErrors, field: &str, text: &str) -> Option<Vnd> {
    let typed = text.trim().trim_end_matches(['đ', '₫', 'd', ' ']);
    if typed.is_empty() {
        errors.add(field, "required");
        return None;
    }
    let parted = |mark: char| matches!(mark, '.' | ',' | ' ' | '\u{a0}');
    let mut groups = typed.split(parted);
    let first = groups.next().unwrap_or_default();
    let is_whole = !typed.contains(parted)
        || ((1..=3).contains(&first.len()) && groups.all(|group| group.len() == 3));
    let digits: String = typed.chars().filter(|mark| !parted(*mark)).collect();
    match digits.parse::<i64>() {
        Ok(price @ 1..=MAX_PRICE) if is_whole => Some(Vnd(price)),
        _ => {
            errors.add_with(field, "price", &[("max", Vnd(MAX_PRICE).to_string())]);
            None
        }
    }
}

/// "Price and unit", as typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct PriceForm {
    /// Đồng for one unit.
    pub price_vnd: String,
    /// kg, trái, …
    pub unit: String,
    /// What one unit holds: `500 ml`, `12 trái`; may be empty.
    pub unit_note: String,
    /// What one unit weighs with its packing, in grams; may be empty for kg and litre.
    pub weight_grams: String,
    /// The least that is sold; empty: one step.
    pub minimum: String,
    /// In what steps it is sold; empty: halves of kg and litre, whole pieces of the rest.
    pub step: String,
    /// `stock` or `to_order`; empty: as it is.
    pub supply: String,
    /// Days until what is made to order is made.
    pub ready_days: String,
}

/// "Price and unit", understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pricing {
    /// For one unit.
    pub price: Vnd,
    /// At most 20 characters.
    pub unit: String,
    /// At most 40 characters.
    pub unit_note: String,
    /// Net content in grams, where the note or the unit tells it.
    pub net_grams: Option<i32>,
    /// Net content in millilitres, where the note or the unit tells it.
    pub net_ml: Option<i32>,
    /// Weight of one unit as a parcel, grams.
    pub ship_grams: i32,
    /// The least that is sold.
    pub minimum: Quantity,
    /// In what steps above it.
    pub step: Quantity,
    /// How it comes to be there, where that was said.
    pub supply: Option<Supply>,
}

impl Pricing {
    /// Writes it into a way of selling. What is known of its net content stays as long as unit and note do: it may
    /// have been told otherwise than by them.
    pub fn write(&self, offer: &mut Offer) {
        if offer.unit != self.unit || offer.unit_note != self.unit_note {
            offer.unit.clone_from(&self.unit);
            offer.unit_note.clone_from(&self.unit_note);
            offer.net_grams = self.net_grams;
            offer.net_ml = self.net_ml;
        }
        offer.price = Some(self.price);
        offer.ship_grams = self.ship_grams;
        offer.minimum = self.minimum;
        offer.step = self.step;
    }

    /// A way of selling with it, still without a name and a number of its own.
    #[must_use]
    pub fn offer(&self, id: VariantId) -> Offer {
        Offer {
            id,
            sku: String::new(),
            name: String::new(),
            unit: self.unit.clone(),
            unit_note: self.unit_note.clone(),
            price: Some(self.price),
            net_grams: self.net_grams,
            net_ml: self.net_ml,
            ship_grams: self.ship_grams,
            minimum: self.minimum,
            step: self.step,
        }
    }
}

/// A way of selling, as typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct OfferForm {
    /// `Loại 1`; may be empty where it is the only one.
    pub name: String,
    /// The seller's own number; may be empty.
    pub sku: String,
    /// How much is there to sell.
    pub stock: String,
    /// Price, unit and what comes with them.
    #[serde(flatten)]
    pub price: PriceForm,
}

/// A way of selling, understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewVariant {
    /// `Loại 1`; needed where there are several.
    pub name: String,
    /// The seller's own number; empty: made from the product's code.
    pub sku: String,
    /// Price, unit and what comes with them.
    pub pricing: Pricing,
    /// To sell.
    pub stock: Quantity,
}

impl OfferForm {
    /// What the form says of a way of selling as it is.
    #[must_use]
    pub fn of(variant: &Variant) -> Self {
        let mut price = PriceForm {
            unit: variant.unit.clone(),
            unit_note: variant.unit_note.clone(),
            ..PriceForm::default()
        };
        if let Some(amount) = variant.price {
            price.price_vnd = amount.0.to_string();
            price.weight_grams = variant.ship_grams.to_string();
            price.minimum = variant.minimum.plain();
            price.step = variant.step.plain();
            variant.supply.as_str().clone_into(&mut price.supply);
            if let Some(days) = variant.supply.ready_days() {
                price.ready_days = days.to_string();
            }
        }
        Self {
            name: variant.name.clone(),
            sku: variant.sku.clone(),
            stock: variant.on_hand.plain(),
            price,
        }
    }

    /// Understands what was typed.
    ///
    /// # Errors
    /// All that is wrong, field by field.
    pub fn parse(&self) -> Result<NewVariant, FieldErrors> {
        let mut errors = FieldErrors::default();
        let (name, sku) = (clean_line(&self.name), clean_line(&self.sku));
        for (field, text, max) in [("name", &name, 60), ("sku", &sku, 40)] {
            if text.chars().count() > max {
                errors.add_with(field, "too_long", &[("max", max.to_string())]);
            }
        }
        let pricing = self.price.parse().map_err(|more| errors.add_untold(more));
        let stock = parse_stock(&mut errors, "stock", &self.stock);
        match pricing {
            Ok(pricing) if errors.is_empty() => Ok(NewVariant {
                name,
                sku,
                pricing,
                stock,
            }),
            _ => Err(errors),
        }
    }
}

impl PriceForm {
    /// Understands what was typed.
    ///
    /// # Errors
    /// All that is wrong, field by field.
    pub fn parse(&self) -> Result<Pricing, FieldErrors> {
        let mut errors = FieldErrors::default();
        let price = parse_price(&mut errors, "price_vnd", &self.price_vnd);
        let unit = errors.line("unit", &self.unit, 20).to_lowercase();
        let unit_note = clean_line(&self.unit_note);
        if unit_note.chars().count() > 40 {
            errors.add_with("unit_note", "too_long", &[("max", "40".to_owned())]);
        }
        let (net_grams, net_ml) = match unit.as_str() {
            "kg" => (Some(1000), None),
            "lít" => (None, Some(1000)),
            _ => net_content(&unit_note),
        };
        let weight = self.weight_grams.trim().replace('.', "");
        let ship_grams = if weight.is_empty() {
            // With a tenth for the packing; half a kilo where nothing is known.
            net_grams.or(net_ml).map_or(500, |net| net + net / 10)
        } else {
            match weight.parse::<i32>() {
                Ok(grams @ 1..=200_000) => grams,
                Ok(_) => {
                    errors.add("weight_grams", "range");
                    1
                }
                Err(_) => {
                    errors.add("weight_grams", "number");
                    1
                }
            }
        };
        if unit == "chục" && !says_how_many(&unit_note) {
            errors.add("unit_note", "dozen");
        }
        let usual = if matches!(unit.as_str(), "kg" | "lít") {
            Quantity::from_thousandths(500)
        } else {
            Quantity::ONE
        };
        let step = parse_amount(&mut errors, "step", &self.step, usual);
        let minimum = parse_amount(&mut errors, "minimum", &self.minimum, step);
        let supply = parse_supply(&mut errors, &self.supply, &self.ready_days);
        match price {
            Some(price) if errors.is_empty() => Ok(Pricing {
                price,
                unit,
                unit_note,
                net_grams,
                net_ml,
                ship_grams,
                minimum,
                step,
                supply,
            }),
            _ => Err(errors),
        }
    }
}

/// An amount that is sold at least or at a time; the usual one where nothing is typed.
fn parse_amount(errors: &mut FieldErrors, field: &str, text: &str, usual: Quantity) -> Quantity {
    if text.trim().is_empty() {
        return usual;
    }
    match Quantity::parse(text) {
        Ok(amount) => amount,
        Err(error) => {
            errors.add(field, error.code());
            usual
        }
    }
}

/// Whether a note begins with how many pieces a *chục* has: 10, 12 or 14 by custom, up to 16.
fn says_how_many(note: &str) -> bool {
    let digits: String = note.chars().take_while(char::is_ascii_digit).collect();
    digits
        .parse()
        .is_ok_and(|pieces: u8| (10..=16).contains(&pieces))
}

/// Reads `500 g`, `1,5 kg`, `330ml`, `1 lít` at the start of a note.
fn net_content(note: &str) -> (Option<i32>, Option<i32>) {
    let note = note.trim().to_lowercase();
    let digits = note
        .find(|c: char| !(c.is_ascii_digit() || c == ',' || c == '.'))
        .unwrap_or(note.len());
    let Ok(amount) = Quantity::parse(&note[..digits]) else {
        return (None, None);
    };
    let word: String = note[digits..]
        .trim_start()
        .chars()
        .take_while(|c| c.is_alphabetic())
        .collect();
    let whole = |thousandths: i64| i32::try_from(thousandths).ok().filter(|amount| *amount > 0);
    match word.as_str() {
        "g" | "gr" | "gram" => (whole(amount.thousandths() / 1000), None),
        "kg" | "ký" | "kí" => (whole(amount.thousandths()), None),
        "ml" => (None, whole(amount.thousandths() / 1000)),
        "l" | "lít" => (None, whole(amount.thousandths())),
        _ => (None, None),
    }
}

#[cfg(all(test, feature = "server"))]
mod tests {
    use super::*;

    #[test]
    fn everything_wrong_is_told_in_one_go() {
        let errors = BasicsForm {
            name: "x".to_owned(),
            season: "13".to_owned(),
            ..BasicsForm::default()
        }
        .parse(time::macros::date!(2026 - 11 - 27))
        .expect_err("wrong");
        let fields: Vec<_> = errors
            .0
            .iter()
            .map(|error| (error.field.as_str(), error.code.as_str()))
            .collect();
        assert_eq!(
            fields,
            [
                ("name", "too_short"),
                ("group", "choose"),
                ("stock", "required"),
                ("season", "month")
            ]
        );
    }

    #[test]
    fn prices_are_read_as_people_type_them() {
        for text in ["35000", "35.000", " 35,000 đ", "35 000 ₫"] {
            let form = PriceForm {
                price_vnd: text.to_owned(),
                unit: "Kg".to_owned(),
                ..PriceForm::default()
            };
            let pricing = form.parse().expect("a price");
            assert_eq!(
                (pricing.price, pricing.unit.as_str(), pricing.ship_grams),
                (Vnd(35_000), "kg", 1100),
                "{text}"
            );
        }
        for (text, code) in [
            ("", "required"),
            ("0", "price"),
            ("nhiều", "price"),
            ("-5", "price"),
            ("99999999999", "price"),
            ("10,5", "price"),
            ("10000.7", "price"),
            ("35.00", "price"),
        ] {
            let form = PriceForm {
                price_vnd: text.to_owned(),
                unit: "kg".to_owned(),
                ..PriceForm::default()
            };
            assert_eq!(
                form.parse()
                    .expect_err("wrong")
                    .of("price_vnd")
                    .map(|error| error.code.as_str()),
                Some(code),
                "{text}"
            );
        }
    }

    #[test]
    fn a_dozen_of_the_south_says_of_how_many() {
        let dozen = |note: &str| {
            PriceForm {
                price_vnd: "60000".to_owned(),
                unit: "chục".to_owned(),
                unit_note: note.to_owned(),
                ..PriceForm::default()
            }
            .parse()
        };
        for note in ["12 trái", "14", "10 trái to"] {
            assert!(dozen(note).is_ok(), "{note}");
        }
        for note in ["", "trái to", "2 trái", "120 trái"] {
            let errors = dozen(note).expect_err(note);
            assert_eq!(
                errors.of("unit_note").map(|error| error.code.as_str()),
                Some("dozen"),
                "{note}"
            );
        }
    }

    #[test]
    fn what_is_sold_at_least_is_a_step_where_nothing_is_said() {
        let sold = |minimum: &str, step: &str| {
            let form = PriceForm {
                price_vnd: "35000".to_owned(),
                unit: "kg".to_owned(),
                minimum: minimum.to_owned(),
                step: step.to_owned(),
                ..PriceForm::default()
            };
            form.parse()
                .map(|pricing| (pricing.minimum.thousandths(), pricing.step.thousandths()))
        };
        assert_eq!(sold("", ""), Ok((500, 500)));
        assert_eq!(sold("", "1"), Ok((1000, 1000)));
        assert_eq!(sold("5", ""), Ok((5000, 500)));
        assert!(sold("0", "nhiều").is_err());
    }

    #[test]
    fn a_set_says_the_group() {
        let form = |group: &str, set: &str| {
            BasicsForm {
                name: "Rượu khóm".to_owned(),
                stock: "5".to_owned(),
                group: group.to_owned(),
                set: set.to_owned(),
                ..BasicsForm::default()
            }
            .parse(time::macros::date!(2026 - 11 - 27))
        };
        let basics = form("", "15").expect("a set alone");
        assert_eq!(basics.group, Group::Drink);
        assert_eq!(basics.set.expect("a set").number, 15);
        assert!(form("drink", "").expect("a group alone").set.is_none());
        for (group, set) in [("food", "15"), ("", "27"), ("", "")] {
            assert!(form(group, set).is_err(), "{group} {set}");
        }
    }

    #[test]
    fn the_note_tells_the_net_content() {
        assert_eq!(net_content("500 g"), (Some(500), None));
        assert_eq!(net_content("1,5kg"), (Some(1500), None));
        assert_eq!(net_content("330ml lon"), (None, Some(330)));
        assert_eq!(net_content("12 trái"), (None, None));
        assert_eq!(net_content(""), (None, None));
    }

    #[test]
    fn a_new_price_leaves_the_net_content() {
        let form = |price: &str, note: &str| PriceForm {
            price_vnd: price.to_owned(),
            unit: "trái".to_owned(),
            unit_note: note.to_owned(),
            ..PriceForm::default()
        };
        let mut offer = form("12000", "")
            .parse()
            .expect("right")
            .offer(VariantId(uuid::Uuid::nil()));
        // As an imported catalogue tells it, without a note.
        offer.net_grams = Some(1_100);
        form("13000", "").parse().expect("right").write(&mut offer);
        assert_eq!(
            (offer.price, offer.net_grams),
            (Some(Vnd(13_000)), Some(1_100))
        );
        form("13000", "500 g")
            .parse()
            .expect("right")
            .write(&mut offer);
        assert_eq!(offer.net_grams, Some(500));
    }
}
