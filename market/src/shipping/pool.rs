//! Parcels of several farms of one hamlet that leave on one day share one fee, by a rule that is printed
//! (`/quy-dinh`): the market's fee for their weight together, divided by weight, where that costs less than each for
//! itself. No share is more than what its parcel costs alone; what is above is borne by the others.
use time::Date;

use super::{Basis, Choice, Delivery, Parcel, ShopTerms, Terms, Zone};
use crate::kernel::{CommuneId, Vnd};

/// Where a parcel begins its way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hamlet {
    /// Its commune.
    pub commune: CommuneId,
    /// Its name in small letters: people write `Ấp 3` and `ấp 3`.
    pub name: String,
}

/// What a parcel shares its fee with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pool {
    /// Tells the pools of one cart or order apart.
    pub number: usize,
    /// The other shops, by name.
    pub with: Vec<String>,
}

/// What still fits into the weight that is paid for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Room {
    /// Where it must come from.
    pub hamlet: Hamlet,
    /// How far it goes.
    pub zone: Zone,
    /// So many grams.
    pub grams: i64,
}

/// Shares of one fee by weight, with the largest remainder, none above what its parcel costs alone. `parcels`: the weight
/// of each in grams, and what it costs alone; together at least `fee`.
#[must_use]
pub fn shares(fee: Vnd, parcels: &[(i64, Vnd)]) -> Vec<Vnd> {
    let mut shares: Vec<Option<Vnd>> = vec![None; parcels.len()];
    let mut left = fee;
    loop {
        let open: Vec<usize> = (0..parcels.len())
            .filter(|index| shares[*index].is_none())
            .collect();
        let weights: Vec<u64> = open
            .iter()
            .map(|index| u64::try_from(parcels[*index].0).unwrap_or_default().max(1))
            .collect();
        let divided = left.divide(&weights);
        let above: Vec<usize> = open
            .iter()
            .zip(&divided)
            .filter(|(index, share)| **share > parcels[**index].1)
            .map(|(index, _)| *index)
            .collect();
        if above.is_empty() || above.len() == open.len() {
            for (index, share) in open.into_iter().zip(divided) {
                shares[index] = Some(share);
            }
            return shares.into_iter().flatten().collect();
        }
        for index in above {
            let alone = parcels[index].1;
            shares[index] = Some(alone);
            left = Vnd(left.0 - alone.0);
        }
    }
}

/// By what parcels go together: whence, how far, on which day.
type Trip<'t> = (&'t Hamlet, Zone, Option<Date>);

impl Terms {
    /// Pools what goes by carrier at the market's rates, and notes what still fits into the weight that is paid for.
    pub(super) fn pool(&self, parcels: &[Parcel], deliveries: &mut [Delivery]) {
        let mut trips: Vec<(Trip<'_>, Vec<usize>)> = Vec::new();
        for (index, (parcel, delivery)) in parcels.iter().zip(deliveries.iter()).enumerate() {
            let Some(trip) = self.trip(parcel, delivery) else {
                continue;
            };
            match trips.iter_mut().find(|(known, _)| *known == trip) {
                Some((_, members)) => members.push(index),
                None => trips.push((trip, vec![index])),
            }
        }
        for (number, ((hamlet, zone, day), members)) in trips.into_iter().enumerate() {
            let grams: i64 = members.iter().map(|index| parcels[*index].grams).sum();
            let alone: Vec<(i64, Vnd)> = members
                .iter()
                .map(|index| {
                    let taken = deliveries[*index].taken.as_ref();
                    let fee = taken.map_or(Vnd::ZERO, |way| way.fee);
                    (parcels[*index].grams, fee)
                })
                .collect();
            let separate: Vnd = alone.iter().map(|(_, fee)| *fee).sum();
            let together = self.market.fee(zone, grams);
            let is_pooled = members.len() > 1 && together.is_some_and(|fee| fee < separate);
            if let Some(fee) = together.filter(|_| is_pooled) {
                for (place, share) in shares(fee, &alone).into_iter().enumerate() {
                    let with = self.names(parcels, &members, place);
                    share_in(
                        &mut deliveries[members[place]],
                        share,
                        Pool { number, with },
                    );
                }
            }
            // What is not there yet leaves on another day.
            if day.is_none()
                && (is_pooled || members.len() == 1)
                && let Some(step) = self.market.step(zone, grams)
                && step > grams
            {
                deliveries[members[0]].room = Some(Room {
                    hamlet: hamlet.clone(),
                    zone,
                    grams: step - grams,
                });
            }
        }
    }

    fn shop(&self, parcel: &Parcel) -> Option<&ShopTerms> {
        self.shops.iter().find(|shop| shop.seller == parcel.seller)
    }

    fn trip(&self, parcel: &Parcel, delivery: &Delivery) -> Option<Trip<'_>> {
        let way = delivery.taken.as_ref()?;
        let is_pooled = way.choice == Choice::Carrier && way.basis == Basis::Market;
        let hamlet = self.shop(parcel)?.hamlet.as_ref().filter(|_| is_pooled)?;
        Some((hamlet, way.zone, parcel.promise.map(|days| days.to)))
    }

    /// The other shops of a trip, each once.
    fn names(&self, parcels: &[Parcel], members: &[usize], own: usize) -> Vec<String> {
        let mut names = Vec::new();
        for index in members.iter().filter(|index| **index != members[own]) {
            if let Some(shop) = self.shop(&parcels[*index])
                && !names.contains(&shop.name)
            {
                names.push(shop.name.clone());
            }
        }
        names
    }
}

/// The share goes before what the parcel costs alone, in the way that is taken and in the list of ways.
fn share_in(delivery: &mut Delivery, share: Vnd, pool: Pool) {
    let listed = delivery
        .ways
        .iter_mut()
        .filter(|way| way.choice == Choice::Carrier);
    for way in listed.chain(delivery.taken.as_mut()) {
        way.fee = share;
        way.pool = Some(pool.clone());
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use time::macros::date;
    use uuid::Uuid;

    use super::*;
    use crate::kernel::SellerId;
    use crate::shipping::{Rate, RateTable};

    fn market() -> RateTable {
        let rate = |up_to_grams, fee| Rate {
            zone: Zone::Province,
            up_to_grams,
            fee: Vnd(fee),
        };
        RateTable(vec![
            rate(2_000, 18_000),
            rate(10_000, 28_000),
            rate(30_000, 45_000),
        ])
    }

    fn shop(number: u128, hamlet: &str) -> ShopTerms {
        ShopTerms {
            seller: SellerId(Uuid::from_u128(number)),
            name: format!("Hộ {number}"),
            hamlet: Some(Hamlet {
                commune: CommuneId(1),
                name: hamlet.to_owned(),
            }),
            zone: Zone::Province,
            by_carrier: true,
            rates: RateTable::default(),
            free_from: None,
            own: None,
            farm: None,
            points: Vec::new(),
        }
    }

    fn parcel(number: u128, grams: i64) -> Parcel {
        Parcel {
            seller: SellerId(Uuid::from_u128(number)),
            harvest: None,
            grams,
            items: Vnd(50_000),
            promise: None,
        }
    }

    fn delivered(shops: Vec<ShopTerms>, parcels: &[Parcel]) -> Vec<Delivery> {
        let terms = Terms {
            market: market(),
            shops,
        };
        terms.deliver(parcels, &[], date!(2026 - 11 - 24))
    }

    fn fees(deliveries: &[Delivery]) -> Vec<i64> {
        deliveries
            .iter()
            .map(|delivery| delivery.taken.as_ref().map_or(0, |way| way.fee.0))
            .collect()
    }

    #[test]
    fn parcels_of_one_hamlet_share_the_fee_of_their_weight() {
        let shops = vec![shop(1, "ấp 3"), shop(2, "ấp 3"), shop(3, "ấp 4")];
        let parcels = [parcel(1, 500), parcel(2, 1_000), parcel(3, 500)];
        let deliveries = delivered(shops, &parcels);
        assert_eq!(fees(&deliveries), [6_000, 12_000, 18_000]);
        let pool = deliveries[0]
            .taken
            .as_ref()
            .and_then(|way| way.pool.as_ref());
        assert_eq!(
            pool.map(|pool| pool.with.clone()),
            Some(vec!["Hộ 2".to_owned()])
        );
        assert_eq!(deliveries[0].ways[0].fee, Vnd(6_000));
        let room = deliveries[0].room.as_ref().map(|room| room.grams);
        assert_eq!(room, Some(500), "what still fits is said once");
        assert_eq!(deliveries[1].room, None);
        assert!(
            deliveries[2]
                .taken
                .as_ref()
                .is_some_and(|way| way.pool.is_none())
        );
    }

    #[test]
    fn own_rates_and_goods_of_another_day_go_by_themselves() {
        let mut shops = vec![shop(1, "ấp 3"), shop(2, "ấp 3"), shop(3, "ấp 3")];
        shops[1].rates = market();
        let later = Parcel {
            promise: Some(crate::catalog::Days {
                from: date!(2026 - 12 - 01),
                to: date!(2026 - 12 - 02),
            }),
            ..parcel(3, 500)
        };
        let deliveries = delivered(shops, &[parcel(1, 500), parcel(2, 500), later]);
        assert_eq!(fees(&deliveries), [18_000, 18_000, 18_000]);
        assert!(deliveries[2].room.is_none());
    }

    #[test]
    fn nobody_pays_more_than_alone() {
        // 10 kg and 1 kg: 45,000 together, 28,000 and 18,000 alone.
        assert_eq!(
            shares(Vnd(45_000), &[(10_000, Vnd(28_000)), (1_000, Vnd(18_000))]),
            [Vnd(28_000), Vnd(17_000)]
        );
        assert_eq!(
            shares(Vnd(100), &[(1, Vnd(90)), (1, Vnd(90)), (1, Vnd(90))]),
            [Vnd(34), Vnd(33), Vnd(33)]
        );
    }

    proptest! {
        #[test]
        fn a_pool_costs_what_its_weight_costs_and_nobody_more_than_alone(grams in proptest::collection::vec(1i64..40_000, 1..8)) {
            let shops: Vec<_> = (0..grams.len()).map(|number| shop(number as u128, "ấp 3")).collect();
            let parcels: Vec<_> = grams.iter().enumerate().map(|(number, grams)| parcel(number as u128, *grams)).collect();
            let alone: Vec<i64> = grams.iter().map(|grams| market().fee(Zone::Province, *grams).map_or(0, |fee| fee.0)).collect();
            let together = market().fee(Zone::Province, grams.iter().sum()).map_or(0, |fee| fee.0);
            let shared = fees(&delivered(shops, &parcels));
            let total: i64 = shared.iter().sum();
            prop_assert_eq!(total, together.min(alone.iter().sum()));
            for (share, alone) in shared.iter().zip(&alone) {
                prop_assert!((0..=*alone).contains(share));
            }
        }
    }
}
