//! What a shop says about delivery, as typed and understood.
use std::collections::BTreeMap;

use super::{FreeFrom, Keeper, Rate, RateTable, Weekdays, Zone};
use crate::catalog::parse_price;
use crate::kernel::{CommuneId, FieldError, FieldErrors, PickupPointId, Refusal, RefusalKind, Vnd};

/// What can be wrong with a field that only this slice has.
pub const FIELD_CODES: [&str; 7] = [
    "no_way",
    "fee_falls",
    "choose_commune",
    "choose_day",
    "way_gone",
    "way_not_there",
    "not_reached",
];

/// Pick-up points that one shop can make.
pub const MAX_POINTS: i64 = 20;

/// Where a household comes by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OwnArea {
    /// In its own commune.
    Commune,
    /// In its province.
    Province,
    /// In these communes of its province.
    Communes(Vec<CommuneId>),
}

impl OwnArea {
    /// As stored.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Commune => "commune",
            Self::Province => "province",
            Self::Communes(_) => "communes",
        }
    }
}

/// How a household comes by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnSettings {
    /// Where.
    pub area: OwnArea,
    /// On which days.
    pub weekdays: Weekdays,
    /// For one part.
    pub fee: Vnd,
}

/// When goods can be fetched at the farm.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FarmSettings {
    /// In the shop's words.
    pub hours: String,
    /// What helps to find it; may be empty.
    pub note: String,
}

/// How a shop's goods come to their buyers, but for its pick-up points.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// By post or a carrier.
    pub by_carrier: bool,
    /// Its own rates; zones that are missing are paid at the market's.
    pub rates: RateTable,
    /// From what worth on it is free.
    pub free_from: Option<FreeFrom>,
    /// It comes by itself.
    pub own: Option<OwnSettings>,
    /// Fetched at the farm.
    pub farm: Option<FarmSettings>,
}

impl Default for Settings {
    /// Of a shop that has said nothing: by carrier, at the market's rates.
    fn default() -> Self {
        Self {
            by_carrier: true,
            rates: RateTable::default(),
            free_from: None,
            own: None,
            farm: None,
        }
    }
}

/// Settings as typed: names of fields with what stands in them. A box that is not ticked is not there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SettingsForm(pub BTreeMap<String, String>);

/// The name of the field of one rate.
#[must_use]
pub fn rate_field(zone: Zone, up_to_grams: i64) -> String {
    format!("rate-{}-{up_to_grams}", zone.as_str())
}

/// The name of the box of one day, Monday 1 to Sunday 7.
#[must_use]
pub fn weekday_field(day: time::Weekday) -> String {
    format!("weekday-{}", day.number_from_monday())
}

/// The name of the box of one commune.
#[must_use]
pub fn commune_field(commune: CommuneId) -> String {
    format!("commune-{commune}")
}

impl SettingsForm {
    /// What stands in a field; empty where it is not there.
    #[must_use]
    pub fn get(&self, name: &str) -> &str {
        self.0.get(name).map_or("", String::as_str)
    }

    /// Whether a box is ticked.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        !self.get(name).is_empty()
    }

    /// The form that says what the settings say.
    #[must_use]
    pub fn of(settings: &Settings) -> Self {
        let mut fields = BTreeMap::new();
        let mut set = |name: &str, value: String| {
            fields.insert(name.to_owned(), value);
        };
        let tick = || "1".to_owned();
        if settings.by_carrier {
            set("by_carrier", tick());
        }
        for rate in &settings.rates.0 {
            set(&rate_field(rate.zone, rate.up_to_grams), plain(rate.fee));
        }
        if let Some(free) = settings.free_from {
            set("free_from", plain(free.items));
            let within = free.within.map_or("", Zone::as_str);
            set("free_within", within.to_owned());
        }
        if let Some(own) = &settings.own {
            set("own", tick());
            set("own_area", own.area.as_str().to_owned());
            set("own_fee", plain(own.fee));
            for day in Weekdays::ALL
                .into_iter()
                .filter(|day| own.weekdays.has(*day))
            {
                set(&weekday_field(day), tick());
            }
            if let OwnArea::Communes(communes) = &own.area {
                for commune in communes {
                    set(&commune_field(*commune), tick());
                }
            }
        }
        if let Some(farm) = &settings.farm {
            set("farm", tick());
            set("farm_hours", farm.hours.clone());
            set("farm_note", farm.note.clone());
        }
        Self(fields)
    }

    /// Understands what was typed: rates at the weights `steps`, communes among `communes`; `has_point` where the shop's
    /// goods can be fetched at a pick-up point. Own rates are kept also while nothing goes by carrier.
    ///
    /// # Errors
    /// All that is wrong, field by field; `by_carrier` where no way is left.
    pub fn parse(
        &self,
        steps: &[i64],
        communes: &[CommuneId],
        has_point: bool,
    ) -> Result<Settings, FieldErrors> {
        let mut errors = FieldErrors::default();
        let by_carrier = self.has("by_carrier");
        let rates = self.rates(steps, &mut errors);
        let free_from = if self.get("free_from").trim().is_empty() {
            None
        } else {
            parse_price(&mut errors, "free_from", self.get("free_from")).map(|items| FreeFrom {
                items,
                within: Zone::parse(self.get("free_within")).filter(|zone| *zone != Zone::Country),
            })
        };
        let own = self.has("own").then(|| self.own(communes, &mut errors));
        let farm = self.has("farm").then(|| FarmSettings {
            hours: errors.line("farm_hours", self.get("farm_hours"), 120),
            note: errors.optional_text("farm_note", self.get("farm_note"), 300),
        });
        if !by_carrier && own.is_none() && farm.is_none() && !has_point {
            errors.add("by_carrier", "no_way");
        }
        if !errors.is_empty() {
            return Err(errors);
        }
        Ok(Settings {
            by_carrier,
            rates,
            free_from,
            own: own.flatten(),
            farm,
        })
    }

    /// Own rates: of a zone all of them or none, none lower than that of a lighter parcel.
    fn rates(&self, steps: &[i64], errors: &mut FieldErrors) -> RateTable {
        let mut rates = Vec::new();
        for zone in Zone::ALL {
            let fields: Vec<(i64, String)> = steps
                .iter()
                .map(|step| (*step, rate_field(zone, *step)))
                .collect();
            if fields
                .iter()
                .all(|(_, field)| self.get(field).trim().is_empty())
            {
                continue;
            }
            let mut lighter = Vnd::ZERO;
            for (up_to_grams, field) in fields {
                let Some(fee) = fee(errors, &field, self.get(&field)) else {
                    continue;
                };
                if fee < lighter {
                    errors.add(&field, "fee_falls");
                }
                lighter = fee;
                rates.push(Rate {
                    zone,
                    up_to_grams,
                    fee,
                });
            }
        }
        RateTable(rates)
    }

    fn own(&self, communes: &[CommuneId], errors: &mut FieldErrors) -> Option<OwnSettings> {
        let area = match self.get("own_area") {
            "commune" => Some(OwnArea::Commune),
            "province" => Some(OwnArea::Province),
            "communes" => {
                let chosen: Vec<CommuneId> = communes
                    .iter()
                    .copied()
                    .filter(|commune| self.has(&commune_field(*commune)))
                    .collect();
                if chosen.is_empty() {
                    errors.add("own_area", "choose_commune");
                }
                Some(OwnArea::Communes(chosen))
            }
            _ => {
                errors.add("own_area", "choose");
                None
            }
        };
        let weekdays = Weekdays::of(
            Weekdays::ALL
                .into_iter()
                .filter(|day| self.has(&weekday_field(*day))),
        );
        if weekdays.is_empty() {
            errors.add("weekday-1", "choose_day");
        }
        let fee = fee(errors, "own_fee", self.get("own_fee"));
        Some(OwnSettings {
            area: area?,
            weekdays,
            fee: fee?,
        })
    }
}

/// A fee as typed: a price, or nothing at all.
fn fee(errors: &mut FieldErrors, field: &str, text: &str) -> Option<Vnd> {
    if text.trim() == "0" {
        return Some(Vnd::ZERO);
    }
    parse_price(errors, field, text)
}

/// As it is typed: digits alone.
fn plain(amount: Vnd) -> String {
    amount.0.to_string()
}

/// A pick-up point as typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct PointForm {
    /// What people call it.
    pub point_name: String,
    /// Number or lane, hamlet, landmark.
    pub point_street: String,
    /// When somebody is there.
    pub point_hours: String,
    /// Who keeps it.
    pub keeper_name: String,
    /// Of that person.
    pub keeper_phone: String,
}

/// A pick-up point, understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewPoint {
    /// What people call it.
    pub name: String,
    /// Number or lane, hamlet, landmark.
    pub street: String,
    /// When somebody is there.
    pub hours: String,
    /// Who keeps it.
    pub keeper: Keeper,
}

impl PointForm {
    /// Understands what was typed.
    ///
    /// # Errors
    /// All that is wrong, field by field.
    pub fn parse(&self) -> Result<NewPoint, FieldErrors> {
        let mut errors = FieldErrors::default();
        let name = errors.line("point_name", &self.point_name, 80);
        let street = errors.line("point_street", &self.point_street, 200);
        let hours = errors.line("point_hours", &self.point_hours, 120);
        let keeper_name = errors.line("keeper_name", &self.keeper_name, 100);
        match errors.phone("keeper_phone", &self.keeper_phone) {
            Some(phone) if errors.is_empty() => Ok(NewPoint {
                name,
                street,
                hours,
                keeper: Keeper {
                    name: keeper_name,
                    phone,
                },
            }),
            _ => Err(errors),
        }
    }
}

/// A pick-up point as a shop's desk shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeskPoint {
    /// Identifier.
    pub id: PickupPointId,
    /// What people call it.
    pub name: String,
    /// Number or lane, hamlet, landmark.
    pub street: String,
    /// `Xã Hỏa Lựu`.
    pub commune_name: String,
    /// When somebody is there.
    pub hours: String,
    /// Who keeps it.
    pub keeper: Keeper,
    /// Buyers are offered it.
    pub is_active: bool,
    /// The shop made it, and may change it.
    pub is_own: bool,
    /// The shop's goods can be fetched there.
    pub is_joined: bool,
    /// The shop that made it.
    pub made_by: String,
}

/// Why delivery doesn't change as asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ShippingRefusal {
    /// There is no such shop or point, or it is somebody else's.
    #[error("no such shop or point")]
    NotFound,
    /// Only the household's owner decides this.
    #[error("not allowed")]
    NotAllowed,
    /// Fields that can't be right.
    #[error("invalid: {0}")]
    Invalid(FieldErrors),
    /// The shop has made as many as it can.
    #[error("{MAX_POINTS} points at most")]
    TooManyPoints,
}

impl ShippingRefusal {
    /// Every code, so that a test finds a message for each.
    pub const CODES: [&'static str; 4] = [
        "shipping.not_found",
        "shipping.not_allowed",
        "shipping.invalid",
        "shipping.too_many_points",
    ];
}

impl Refusal for ShippingRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::NotFound => "shipping.not_found",
            Self::NotAllowed => "shipping.not_allowed",
            Self::Invalid(_) => "shipping.invalid",
            Self::TooManyPoints => "shipping.too_many_points",
        }
    }

    fn kind(&self) -> RefusalKind {
        match self {
            Self::NotFound => RefusalKind::NotFound,
            Self::NotAllowed => RefusalKind::Forbidden,
            Self::Invalid(_) => RefusalKind::Invalid,
            Self::TooManyPoints => RefusalKind::Conflict,
        }
    }

    fn args(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::TooManyPoints => vec![("max", MAX_POINTS.to_string())],
            _ => Vec::new(),
        }
    }

    fn fields(&self) -> &[FieldError] {
        match self {
            Self::Invalid(errors) => &errors.0,
            _ => &[],
        }
    }
}

#[cfg(test)]
mod tests {
    use time::Weekday;

    use super::*;

    const STEPS: [i64; 2] = [2_000, 10_000];
    const HERE: CommuneId = CommuneId(131_338);

    fn form(fields: &[(&str, &str)]) -> SettingsForm {
        let fields = fields.iter();
        SettingsForm(
            fields
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                .collect(),
        )
    }

    fn wrong(fields: &[(&str, &str)]) -> Vec<(String, String)> {
        let errors = form(fields).parse(&STEPS, &[HERE], false).unwrap_err();
        let told = errors.0.into_iter();
        told.map(|error| (error.field, error.code)).collect()
    }

    #[test]
    fn what_was_said_stands_in_the_form_again() {
        let settings = Settings {
            by_carrier: true,
            rates: RateTable(vec![
                Rate {
                    zone: Zone::Province,
                    up_to_grams: 2_000,
                    fee: Vnd(0),
                },
                Rate {
                    zone: Zone::Province,
                    up_to_grams: 10_000,
                    fee: Vnd(12_000),
                },
            ]),
            free_from: Some(FreeFrom {
                items: Vnd(300_000),
                within: Some(Zone::Province),
            }),
            own: Some(OwnSettings {
                area: OwnArea::Communes(vec![HERE]),
                weekdays: Weekdays::of([Weekday::Monday, Weekday::Sunday].into_iter()),
                fee: Vnd(5_000),
            }),
            farm: Some(FarmSettings {
                hours: "7–17 giờ".to_owned(),
                note: String::new(),
            }),
        };
        let typed = SettingsForm::of(&settings);
        assert_eq!(typed.parse(&STEPS, &[HERE], false), Ok(settings.clone()));
        let not_now = Settings {
            by_carrier: false,
            ..settings
        };
        let typed = SettingsForm::of(&not_now);
        assert_eq!(
            typed.parse(&STEPS, &[HERE], false),
            Ok(not_now),
            "own rates wait until the carrier comes again"
        );
        let nothing_said = Settings::default();
        let typed = SettingsForm::of(&nothing_said);
        assert_eq!(typed.parse(&STEPS, &[HERE], false), Ok(nothing_said));
    }

    #[test]
    fn what_can_not_be_is_said_at_its_field() {
        let told = |field: &str, code: &str| vec![(field.to_owned(), code.to_owned())];
        assert_eq!(wrong(&[]), told("by_carrier", "no_way"));
        let point_alone = form(&[]).parse(&STEPS, &[HERE], true);
        assert!(point_alone.is_ok_and(|settings| !settings.by_carrier));
        let falls = [
            ("by_carrier", "1"),
            ("rate-region-2000", "20.000"),
            ("rate-region-10000", "10.000"),
        ];
        assert_eq!(wrong(&falls), told("rate-region-10000", "fee_falls"));
        assert_eq!(
            wrong(&falls[..2]),
            told("rate-region-10000", "required"),
            "a zone has all its rates or none"
        );
        let own = [("own", "1"), ("own_area", "communes"), ("own_fee", "0")];
        assert_eq!(
            wrong(&own),
            [
                ("own_area".to_owned(), "choose_commune".to_owned()),
                ("weekday-1".to_owned(), "choose_day".to_owned()),
            ]
        );
        assert_eq!(
            wrong(&[("by_carrier", "1"), ("farm", "1")]),
            told("farm_hours", "required")
        );
    }
}
