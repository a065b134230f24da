//! Zones and fees, pure.
use crate::kernel::{CommuneId, Quantity, Vnd};

/// The weight of a parcel in grams: each unit's weight times its quantity, a started gram for a whole one.
#[must_use]
pub fn parcel_grams(lines: impl Iterator<Item = (i32, Quantity)>) -> i64 {
    lines
        .map(|(unit_grams, quantity)| (i64::from(unit_grams) * quantity.thousandths() + 999) / 1000)
        .sum()
}

/// How far a parcel goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Zone {
    /// Within one commune.
    Commune,
    /// Within one province.
    Province,
    /// Anywhere in the country.
    Country,
}

impl Zone {
    /// The zone between a seller and a buyer, both on today's map.
    #[must_use]
    pub fn between(from: CommuneId, from_province: &str, to: CommuneId, to_province: &str) -> Self {
        if from == to {
            Self::Commune
        } else if from_province == to_province {
            Self::Province
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
            Self::Country => "country",
        }
    }
}

/// One step of the table: up to so many grams it costs so much.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rate {
    /// commune, province, country.
    pub zone: String,
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
    pub fn fee(&self, zone: Zone, grams: i64) -> Option<Vnd> {
        let steps = || self.0.iter().filter(|rate| rate.zone == zone.as_str());
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
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn table() -> RateTable {
        RateTable(vec![
            Rate {
                zone: "province".to_owned(),
                up_to_grams: 10_000,
                fee: Vnd(28_000),
            },
            Rate {
                zone: "province".to_owned(),
                up_to_grams: 2_000,
                fee: Vnd(18_000),
            },
        ])
    }

    #[test]
    fn the_lightest_step_that_holds_it() {
        assert_eq!(table().fee(Zone::Province, 1), Some(Vnd(18_000)));
        assert_eq!(table().fee(Zone::Province, 2_000), Some(Vnd(18_000)));
        assert_eq!(table().fee(Zone::Province, 2_001), Some(Vnd(28_000)));
        assert_eq!(table().fee(Zone::Province, 20_001), Some(Vnd(84_000)));
        assert_eq!(table().fee(Zone::Country, 1), None);
    }

    proptest! {
        #[test]
        fn heavier_never_costs_less(grams in 1i64..100_000, more in 0i64..100_000) {
            prop_assert!(table().fee(Zone::Province, grams) <= table().fee(Zone::Province, grams + more));
        }
    }
}
