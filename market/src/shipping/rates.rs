//! Zones and fees, pure.
use serde::{Deserialize, Serialize};

use crate::kernel::{CommuneId, Quantity, Vnd};

/// The weight of a parcel in grams: each unit's weight times its quantity, a started gram for a whole one.
#[must_use]
pub fn parcel_grams(lines: impl Iterator<Item = (i32, Quantity)>) -> i64 {
    lines
        .map(|(unit_grams, quantity)| (i64::from(unit_grams) * quantity.thousandths() + 999) / 1000)
        .sum()
}

/// Where something is, on today's map.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spot {
    /// The commune.
    pub commune: CommuneId,
    /// The province's code.
    pub province: String,
    /// The socio-economic region of the province (306/NQ-CP), where it is known.
    pub region: Option<String>,
}

/// How far a parcel goes, the nearest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Zone {
    /// Within one commune.
    Commune,
    /// Within one province.
    Province,
    /// Within one socio-economic region, such as the Mekong delta.
    Region,
    /// Anywhere in the country.
    Country,
}

impl Zone {
    /// All, the nearest first.
    pub const ALL: [Self; 4] = [Self::Commune, Self::Province, Self::Region, Self::Country];

    /// The zone between a seller and a buyer.
    #[must_use]
    pub fn between(from: &Spot, to: &Spot) -> Self {
        if from.commune == to.commune {
            Self::Commune
        } else if from.province == to.province {
            Self::Province
        } else if from.region.is_some() && from.region == to.region {
            Self::Region
        } else {
            Self::Country
        }
    }

    /// As stored.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Commune => "commune",
            Self::Province => "province",
            Self::Region => "region",
            Self::Country => "country",
        }
    }

    /// The reverse of [`Self::as_str`].
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|zone| zone.as_str() == text)
    }
}

/// One step of the table: up to so many grams it costs so much.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rate {
    /// How far.
    pub zone: Zone,
    /// The heaviest parcel at this fee, grams.
    pub up_to_grams: i64,
    /// For one parcel.
    pub fee: Vnd,
}

/// The rates in effect on one day.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RateTable(pub Vec<Rate>);

impl RateTable {
    /// The fee for `grams` in one zone: the lightest step that holds them; what is heavier than the last
    /// step pays that step for each started multiple of its weight. `None` where the zone has no rates.
    #[must_use]
    pub fn fee_in(&self, zone: Zone, grams: i64) -> Option<Vnd> {
        let steps = || self.0.iter().filter(|rate| rate.zone == zone);
        if let Some(step) = steps()
            .filter(|rate| rate.up_to_grams >= grams)
            .min_by_key(|rate| rate.up_to_grams)
        {
            return Some(step.fee);
        }
        let last = steps().max_by_key(|rate| rate.up_to_grams)?;
        let parcels = (grams + last.up_to_grams - 1) / last.up_to_grams;
        last.fee.0.checked_mul(parcels).map(Vnd)
    }

    /// The fee for `grams`: of the zone, or of the next one further off that has rates.
    #[must_use]
    pub fn fee(&self, zone: Zone, grams: i64) -> Option<Vnd> {
        Zone::ALL
            .into_iter()
            .filter(|other| *other >= zone)
            .find_map(|zone| self.fee_in(zone, grams))
    }

    /// Up to which weight a parcel of `grams` costs what it costs: the end of its step, or of its last started multiple.
    /// `None` where nothing has rates.
    #[must_use]
    pub fn step(&self, zone: Zone, grams: i64) -> Option<i64> {
        let zone = Zone::ALL
            .into_iter()
            .find(|other| *other >= zone && self.0.iter().any(|rate| rate.zone == *other))?;
        let steps = || {
            self.0
                .iter()
                .filter(|rate| rate.zone == zone)
                .map(|rate| rate.up_to_grams)
        };
        let holds = steps().filter(|step| *step >= grams).min();
        holds.or_else(|| {
            let last = steps().max()?;
            Some((grams + last - 1) / last * last)
        })
    }

    /// The weights at which a fee ends, grams, the lightest first.
    #[must_use]
    pub fn steps(&self) -> Vec<i64> {
        let mut steps: Vec<i64> = self.0.iter().map(|rate| rate.up_to_grams).collect();
        steps.sort_unstable();
        steps.dedup();
        steps
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn table() -> RateTable {
        let rate = |zone, up_to_grams, fee| Rate {
            zone,
            up_to_grams,
            fee: Vnd(fee),
        };
        RateTable(vec![
            rate(Zone::Province, 10_000, 28_000),
            rate(Zone::Province, 2_000, 18_000),
            rate(Zone::Country, 2_000, 30_000),
        ])
    }

    /// The rates of the migrations.
    fn market() -> RateTable {
        let fees = [
            (Zone::Commune, [10_000, 15_000, 25_000]),
            (Zone::Province, [18_000, 28_000, 45_000]),
            (Zone::Region, [24_000, 40_000, 70_000]),
            (Zone::Country, [30_000, 52_000, 95_000]),
        ];
        RateTable(
            fees.into_iter()
                .flat_map(|(zone, fees)| {
                    [2_000, 10_000, 30_000]
                        .into_iter()
                        .zip(fees)
                        .map(move |(up_to_grams, fee)| Rate {
                            zone,
                            up_to_grams,
                            fee: Vnd(fee),
                        })
                })
                .collect(),
        )
    }

    #[test]
    fn the_lightest_step_that_holds_it() {
        assert_eq!(table().fee(Zone::Province, 1), Some(Vnd(18_000)));
        assert_eq!(table().fee(Zone::Province, 2_000), Some(Vnd(18_000)));
        assert_eq!(table().fee(Zone::Province, 2_001), Some(Vnd(28_000)));
        assert_eq!(table().fee(Zone::Province, 20_001), Some(Vnd(84_000)));
        assert_eq!(table().steps(), [2_000, 10_000]);
        for (grams, step) in [
            (1, 2_000),
            (2_000, 2_000),
            (2_001, 10_000),
            (20_001, 30_000),
        ] {
            assert_eq!(table().step(Zone::Province, grams), Some(step));
        }
    }

    #[test]
    fn a_zone_without_rates_pays_those_of_the_next_one() {
        assert_eq!(table().fee_in(Zone::Region, 1), None);
        assert_eq!(table().fee(Zone::Region, 1), Some(Vnd(30_000)));
        assert_eq!(table().fee(Zone::Commune, 1), Some(Vnd(18_000)));
        assert_eq!(RateTable::default().fee(Zone::Commune, 1), None);
    }

    #[test]
    fn how_far_it_goes() {
        let spot = |commune, province: &str, region: Option<&str>| Spot {
            commune: CommuneId(commune),
            province: province.to_owned(),
            region: region.map(str::to_owned),
        };
        let here = spot(1, "92", Some("Đồng bằng sông Cửu Long"));
        let zone = |to: &Spot| Zone::between(&here, to);
        assert_eq!(zone(&here), Zone::Commune);
        assert_eq!(zone(&spot(2, "92", None)), Zone::Province);
        let near = spot(3, "96", Some("Đồng bằng sông Cửu Long"));
        assert_eq!(zone(&near), Zone::Region);
        assert_eq!(zone(&spot(4, "79", Some("Đông Nam Bộ"))), Zone::Country);
        let unknown = spot(5, "79", None);
        let other = spot(6, "01", None);
        assert_eq!(Zone::between(&unknown, &other), Zone::Country);
    }

    proptest! {
        #[test]
        fn heavier_never_costs_less(zone in 0usize..4, grams in 1i64..100_000, more in 0i64..100_000) {
            let zone = Zone::ALL[zone];
            prop_assert!(market().fee(zone, grams) <= market().fee(zone, grams + more));
        }

        #[test]
        fn farther_never_costs_less(zone in 0usize..3, grams in 1i64..100_000) {
            prop_assert!(market().fee(Zone::ALL[zone], grams) <= market().fee(Zone::ALL[zone + 1], grams));
        }
    }
}
