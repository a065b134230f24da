//! Which ways goods come to a buyer, what each costs, and which one is taken. Pure: cart, checkout, order and API ask
//! the same function.
use serde::{Deserialize, Serialize};
use time::Date;

use super::{Hamlet, Pool, RateTable, Room, Weekdays, Zone};
use crate::catalog::Days;
use crate::kernel::time::{iso_day, parse_day};
use crate::kernel::{HarvestId, Phone, PickupPointId, SellerId, Vnd};

/// So many of the next days on which a household comes are offered.
pub const DAYS_OFFERED: usize = 3;

/// How goods come to their buyer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WayKind {
    /// By post or a carrier.
    Carrier,
    /// The household brings them.
    Own,
    /// The buyer fetches them at the farm.
    Farm,
    /// The buyer fetches them at a pick-up point.
    Point,
}

impl WayKind {
    /// As stored and as the API has it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Carrier => "carrier",
            Self::Own => "own",
            Self::Farm => "farm",
            Self::Point => "point",
        }
    }

    /// The reverse of [`Self::as_str`].
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Carrier, Self::Own, Self::Farm, Self::Point]
            .into_iter()
            .find(|kind| kind.as_str() == text)
    }

    /// Whether the buyer comes for the goods, and pays no fee.
    #[must_use]
    pub const fn is_fetched(self) -> bool {
        matches!(self, Self::Farm | Self::Point)
    }
}

/// A way with what the buyer says about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Choice {
    /// By post or a carrier.
    Carrier,
    /// The household brings them on that day; without one on its next.
    Own(Option<Date>),
    /// Fetched at the farm.
    Farm,
    /// Fetched there.
    Point(PickupPointId),
}

impl Choice {
    /// The way alone.
    #[must_use]
    pub const fn kind(self) -> WayKind {
        match self {
            Self::Carrier => WayKind::Carrier,
            Self::Own(_) => WayKind::Own,
            Self::Farm => WayKind::Farm,
            Self::Point(_) => WayKind::Point,
        }
    }

    /// As forms carry it: `carrier`, `own:2026-12-01`, `farm`, `point:…`.
    #[must_use]
    pub fn text(self) -> String {
        let kind = self.kind().as_str();
        match self {
            Self::Carrier | Self::Farm | Self::Own(None) => kind.to_owned(),
            Self::Own(Some(day)) => format!("{kind}:{}", iso_day(day)),
            Self::Point(point) => format!("{kind}:{point}"),
        }
    }

    /// The reverse of [`Self::text`].
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (kind, rest) = text.split_once(':').unwrap_or((text, ""));
        Some(match WayKind::parse(kind)? {
            WayKind::Carrier => Self::Carrier,
            WayKind::Farm => Self::Farm,
            WayKind::Own if rest.is_empty() => Self::Own(None),
            WayKind::Own => Self::Own(Some(parse_day(rest)?)),
            WayKind::Point => Self::Point(rest.parse().ok()?),
        })
    }
}

/// By what a fee was counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Basis {
    /// The market's rates.
    Market,
    /// The shop's own.
    Shop,
    /// Nothing: goods worth enough.
    Free,
    /// What the household asks for coming itself.
    Flat,
    /// Nothing: fetched.
    Fetched,
    /// Nothing: it follows a part that has paid.
    Rest,
}

impl Basis {
    /// As stored and as the API has it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Market => "market",
            Self::Shop => "shop",
            Self::Free => "free",
            Self::Flat => "flat",
            Self::Fetched => "fetched",
            Self::Rest => "rest",
        }
    }

    /// The reverse of [`Self::as_str`].
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [
            Self::Market,
            Self::Shop,
            Self::Free,
            Self::Flat,
            Self::Fetched,
            Self::Rest,
        ]
        .into_iter()
        .find(|basis| basis.as_str() == text)
    }
}

/// Who keeps a pick-up point.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Keeper {
    /// By name.
    pub name: String,
    /// Whom buyers call who are on their way.
    pub phone: Phone,
}

/// Where goods are fetched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The point's, or the shop's.
    pub name: String,
    /// Street, hamlet, commune, province.
    pub address: String,
    /// When somebody is there, in the shop's words.
    pub hours: String,
    /// What else helps to find it; may be empty.
    pub note: String,
    /// Of a pick-up point.
    pub keeper: Option<Keeper>,
}

/// A household that brings its goods itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OwnDelivery {
    /// On these days.
    pub weekdays: Weekdays,
    /// For one part.
    pub fee: Vnd,
}

/// From what worth on goods come for no fee.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FreeFrom {
    /// Goods of one part.
    pub items: Vnd,
    /// As far as that; everywhere without one.
    pub within: Option<Zone>,
}

impl FreeFrom {
    /// Whether goods of that worth come so far for no fee: from the very amount on.
    #[must_use]
    pub fn holds(self, zone: Zone, items: Vnd) -> bool {
        items >= self.items && self.within.is_none_or(|within| zone <= within)
    }
}

/// What a shop offers to one buyer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShopTerms {
    /// Whose.
    pub seller: SellerId,
    /// The shop's name.
    pub name: String,
    /// Where it is, as far as the shop has said it.
    pub hamlet: Option<Hamlet>,
    /// Between shop and buyer.
    pub zone: Zone,
    /// It sends by post or a carrier.
    pub by_carrier: bool,
    /// Its own rates, where it has some.
    pub rates: RateTable,
    /// From what worth on delivery is free.
    pub free_from: Option<FreeFrom>,
    /// It comes itself, where that reaches the buyer.
    pub own: Option<OwnDelivery>,
    /// Fetched at the farm.
    pub farm: Option<Place>,
    /// Fetched at these points.
    pub points: Vec<(PickupPointId, Place)>,
}

/// What all shops of a cart offer to one buyer on one day.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Terms {
    /// The market's rates.
    pub market: RateTable,
    /// One for each shop.
    pub shops: Vec<ShopTerms>,
}

/// The goods of one seller that are delivered together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parcel {
    /// Who sells them.
    pub seller: SellerId,
    /// The harvest ahead of which they are ordered.
    pub harvest: Option<HarvestId>,
    /// As a parcel, grams.
    pub grams: i64,
    /// What they are worth.
    pub items: Vnd,
    /// When the last of them is made or delivered, of what is not there.
    pub promise: Option<Days>,
}

/// One way that is offered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Way {
    /// As it is chosen.
    pub choice: Choice,
    /// What it costs.
    pub fee: Vnd,
    /// By what that is counted.
    pub basis: Basis,
    /// Between shop and buyer.
    pub zone: Zone,
    /// Where it is fetched.
    pub place: Option<Place>,
    /// It shares its fee with parcels of the same hamlet.
    pub pool: Option<Pool>,
}

/// What a buyer wishes for one seller's goods.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wish {
    /// Whose goods.
    pub seller: SellerId,
    /// Those ordered ahead of that harvest; without one what is there, and whatever else of that seller nothing is said
    /// of.
    pub harvest: Option<HarvestId>,
    /// How.
    pub choice: Choice,
}

impl Wish {
    /// What is wished for the goods of a seller and harvest.
    #[must_use]
    pub fn of(wishes: &[Self], seller: SellerId, harvest: Option<HarvestId>) -> Option<Choice> {
        let find = |harvest: Option<HarvestId>| {
            wishes
                .iter()
                .find(|wish| (wish.seller, wish.harvest) == (seller, harvest))
                .map(|wish| wish.choice)
        };
        find(harvest).or_else(|| {
            find(None).map(|choice| match choice {
                // The day was one for other goods.
                Choice::Own(_) => Choice::Own(None),
                other => other,
            })
        })
    }

    /// As forms carry them.
    #[must_use]
    pub fn text(wishes: &[Self]) -> String {
        let texts: Vec<String> = wishes
            .iter()
            .map(|wish| {
                let harvest = wish
                    .harvest
                    .map_or_else(String::new, |harvest| format!(".{}", harvest.0.simple()));
                let (seller, choice) = (wish.seller.0.simple(), wish.choice.text());
                format!("{seller}{harvest}={choice}")
            })
            .collect();
        texts.join(",")
    }

    /// The reverse of [`Self::text`]; what can't be read is left out.
    #[must_use]
    pub fn parse(text: &str) -> Vec<Self> {
        text.split(',')
            .filter_map(|one| {
                let (whose, choice) = one.split_once('=')?;
                let (seller, harvest) = match whose.split_once('.') {
                    Some((seller, harvest)) => (seller, Some(harvest.parse().ok()?)),
                    None => (whose, None),
                };
                Some(Self {
                    seller: seller.parse().ok()?,
                    harvest,
                    choice: Choice::parse(choice)?,
                })
            })
            .collect()
    }
}

/// How one parcel comes to its buyer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Delivery {
    /// All that is offered: what comes to the buyer first.
    pub ways: Vec<Way>,
    /// The one that is taken: the wished one; where nothing is wished, or no longer offered, the one that comes to the
    /// buyer and is cheapest by itself, before parcels share a fee. None where the shop does not come so far, so that the
    /// buyer must choose where to fetch it.
    pub taken: Option<Way>,
    /// What was wished is not offered.
    pub is_lost: bool,
    /// What more fits into the weight that is paid for; said of one parcel of those that share it.
    pub room: Option<Room>,
}

impl Terms {
    /// The ways in which a parcel comes to the buyer, what is brought before what is fetched.
    #[must_use]
    pub fn ways(&self, parcel: &Parcel, today: Date) -> Vec<Way> {
        let Some(shop) = self.shops.iter().find(|shop| shop.seller == parcel.seller) else {
            return Vec::new();
        };
        let zone = shop.zone;
        let is_free = shop
            .free_from
            .is_some_and(|free| free.holds(zone, parcel.items));
        let way = |choice, fee, basis, place| Way {
            choice,
            fee,
            basis,
            zone,
            place,
            pool: None,
        };
        let brought = |choice, fee, basis| {
            if is_free {
                way(choice, Vnd::ZERO, Basis::Free, None)
            } else {
                way(choice, fee, basis, None)
            }
        };
        let own_rate = shop
            .rates
            .fee_in(zone, parcel.grams)
            .map(|fee| (fee, Basis::Shop));
        let rate = own_rate.or_else(|| {
            let fee = self.market.fee(zone, parcel.grams)?;
            Some((fee, Basis::Market))
        });
        let by_carrier = rate
            .filter(|_| shop.by_carrier)
            .map(|(fee, basis)| brought(Choice::Carrier, fee, basis));
        let own = shop.own.into_iter().flat_map(|own| {
            own_days(own.weekdays, parcel, today)
                .map(move |day| brought(Choice::Own(Some(day)), own.fee, Basis::Flat))
        });
        let fetched =
            |choice, place: &Place| way(choice, Vnd::ZERO, Basis::Fetched, Some(place.clone()));
        let farm = shop.farm.iter().map(|place| fetched(Choice::Farm, place));
        let points = shop
            .points
            .iter()
            .map(|(point, place)| fetched(Choice::Point(*point), place));
        by_carrier
            .into_iter()
            .chain(own)
            .chain(farm)
            .chain(points)
            .collect()
    }

    /// How each parcel comes to the buyer, as wished; parcels of one hamlet together.
    #[must_use]
    pub fn deliver(&self, parcels: &[Parcel], wishes: &[Wish], today: Date) -> Vec<Delivery> {
        let mut deliveries: Vec<Delivery> = parcels
            .iter()
            .map(|parcel| {
                let ways = self.ways(parcel, today);
                let wish = Wish::of(wishes, parcel.seller, parcel.harvest);
                let wished = wish.and_then(|wish| {
                    let is_it = |way: &&Way| {
                        way.choice == wish
                            || wish == Choice::Own(None) && way.choice.kind() == WayKind::Own
                    };
                    ways.iter().find(is_it).cloned()
                });
                let is_lost = wish.is_some() && wished.is_none();
                let cheapest = || {
                    ways.iter()
                        .filter(|way| !way.choice.kind().is_fetched())
                        .min_by_key(|way| way.fee)
                        .cloned()
                };
                let taken = wished.or_else(cheapest);
                Delivery {
                    ways,
                    taken,
                    is_lost,
                    room: None,
                }
            })
            .collect();
        self.pool(parcels, &mut deliveries);
        deliveries
    }
}

/// The next days on which a household can bring a parcel: from tomorrow on, once all of it is there.
fn own_days(
    weekdays: Weekdays,
    parcel: &Parcel,
    today: Date,
) -> impl Iterator<Item = Date> + use<> {
    let tomorrow = today.next_day().unwrap_or(today);
    let (from, until) = match (parcel.promise, parcel.harvest) {
        (Some(days), Some(_)) => (days.from.max(tomorrow), Some(days.to)),
        (Some(days), None) => (days.to.max(tomorrow), None),
        (None, _) => (tomorrow, None),
    };
    weekdays.next(from, until, DAYS_OFFERED)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use time::Weekday;
    use time::macros::date;
    use uuid::Uuid;

    use super::*;
    use crate::shipping::Rate;

    /// A Tuesday.
    const TODAY: Date = date!(2026 - 11 - 24);
    const UT: SellerId = SellerId(Uuid::from_u128(1));
    const POINT: PickupPointId = PickupPointId(Uuid::from_u128(9));

    fn rates(fee: i64) -> RateTable {
        let rate = |zone| Rate {
            zone,
            up_to_grams: 2_000,
            fee: Vnd(fee),
        };
        RateTable(vec![rate(Zone::Commune), rate(Zone::Country)])
    }

    fn place(name: &str) -> Place {
        Place {
            name: name.to_owned(),
            address: "Ấp 3".to_owned(),
            hours: "7–17 giờ".to_owned(),
            note: String::new(),
            keeper: None,
        }
    }

    fn terms() -> Terms {
        Terms {
            market: rates(18_000),
            shops: vec![ShopTerms {
                seller: UT,
                name: "Út".to_owned(),
                hamlet: None,
                zone: Zone::Commune,
                by_carrier: true,
                rates: RateTable::default(),
                free_from: None,
                own: None,
                farm: None,
                points: Vec::new(),
            }],
        }
    }

    fn parcel() -> Parcel {
        Parcel {
            seller: UT,
            harvest: None,
            grams: 1_000,
            items: Vnd(100_000),
            promise: None,
        }
    }

    fn taken(terms: &Terms, wishes: &[Wish]) -> Delivery {
        terms.deliver(&[parcel()], wishes, TODAY).remove(0)
    }

    fn wish(choice: Choice) -> Wish {
        Wish {
            seller: UT,
            harvest: None,
            choice,
        }
    }

    #[test]
    fn a_shop_that_said_nothing_sends_by_carrier_at_the_markets_rates() {
        let delivery = taken(&terms(), &[]);
        let way = delivery.taken.expect("carrier");
        assert_eq!(
            (way.choice, way.fee, way.basis),
            (Choice::Carrier, Vnd(18_000), Basis::Market)
        );
        assert_eq!(delivery.ways.len(), 1);
    }

    #[test]
    fn own_rates_hold_where_the_shop_has_them() {
        let mut terms = terms();
        terms.shops[0].rates = RateTable(rates(5_000).0.into_iter().take(1).collect());
        let way = taken(&terms, &[]).taken.expect("carrier");
        assert_eq!((way.fee, way.basis), (Vnd(5_000), Basis::Shop));
        terms.shops[0].zone = Zone::Country;
        let way = taken(&terms, &[]).taken.expect("carrier");
        assert_eq!((way.fee, way.basis), (Vnd(18_000), Basis::Market));
    }

    #[test]
    fn the_cheapest_that_comes_is_taken_and_what_is_fetched_only_by_hand() {
        let mut terms = terms();
        let shop = &mut terms.shops[0];
        shop.own = Some(OwnDelivery {
            weekdays: Weekdays::of([Weekday::Tuesday, Weekday::Saturday].into_iter()),
            fee: Vnd(10_000),
        });
        shop.farm = Some(place("Hộ Út"));
        shop.points = vec![(POINT, place("Nhà văn hóa"))];
        let delivery = taken(&terms, &[]);
        let saturday = Choice::Own(Some(date!(2026 - 11 - 28)));
        let choices: Vec<Choice> = delivery.ways.iter().map(|way| way.choice).collect();
        assert_eq!(
            choices,
            [
                Choice::Carrier,
                // Not today.
                saturday,
                Choice::Own(Some(date!(2026 - 12 - 01))),
                Choice::Own(Some(date!(2026 - 12 - 05))),
                Choice::Farm,
                Choice::Point(POINT),
            ]
        );
        assert_eq!(delivery.taken.map(|way| way.choice), Some(saturday));
        let fetched = taken(&terms, &[wish(Choice::Farm)]).taken.expect("farm");
        assert_eq!((fetched.fee, fetched.basis), (Vnd::ZERO, Basis::Fetched));
        terms.shops[0].by_carrier = false;
        terms.shops[0].own = None;
        let delivery = taken(&terms, &[]);
        assert!(delivery.taken.is_none() && !delivery.is_lost);
        let gone = wish(Choice::Own(Some(date!(2026 - 11 - 28))));
        assert!(taken(&terms, &[gone]).is_lost);
    }

    #[test]
    fn a_household_comes_once_the_goods_are_there() {
        let weekdays = Weekdays::of(Weekdays::ALL.into_iter());
        let days = |harvest, promise| -> Vec<Date> {
            let parcel = Parcel {
                harvest,
                promise: Some(promise),
                ..parcel()
            };
            own_days(weekdays, &parcel, TODAY).collect()
        };
        let window = Days {
            from: date!(2026 - 12 - 10),
            to: date!(2026 - 12 - 11),
        };
        let harvest = Some(HarvestId(Uuid::nil()));
        assert_eq!(days(harvest, window), [window.from, window.to]);
        assert_eq!(days(None, window)[0], window.to);
    }

    #[test]
    fn wishes_travel_as_text() {
        let wishes = [
            wish(Choice::Own(Some(TODAY))),
            Wish {
                seller: UT,
                harvest: Some(HarvestId(Uuid::from_u128(7))),
                choice: Choice::Point(POINT),
            },
        ];
        assert_eq!(Wish::parse(&Wish::text(&wishes)), wishes);
        assert_eq!(Wish::parse("x=carrier,,1=own:morgen"), []);
        // Of other goods of the same seller: the same way, on its own day.
        let other = Some(HarvestId(Uuid::from_u128(8)));
        assert_eq!(Wish::of(&wishes, UT, other), Some(Choice::Own(None)));
        assert_eq!(Wish::of(&wishes, SellerId(Uuid::nil()), None), None);
    }

    proptest! {
        #[test]
        fn free_from_the_very_amount_on_as_far_as_it_reaches(items in 0i64..1_000_000, from in 1i64..1_000_000, zone in 0usize..4, within in 0usize..5) {
            let within = Zone::ALL.get(within).copied();
            let mut terms = terms();
            let zone = Zone::ALL[zone];
            terms.shops[0].zone = zone;
            terms.shops[0].free_from = Some(FreeFrom { items: Vnd(from), within });
            let parcel = Parcel { items: Vnd(items), ..parcel() };
            let fee = terms.ways(&parcel, TODAY)[0].fee;
            let is_free = items >= from && within.is_none_or(|within| zone <= within);
            prop_assert_eq!(fee == Vnd::ZERO, is_free);
        }
    }
}
