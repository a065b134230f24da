//! Random events by random roles, through the use cases: after each of them goods, money and histories are as the
//! tables of steps say, and nothing happened that they forbid. A failure prints its walk; `PROPTEST_RNG_SEED` gives the
//! same walks again.
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use market::kernel::{
    Actor, Duty, Failure, Membership, OrderCode, OrderId, OrderLineId, PersonId, Quantity, Role,
    SellerId, SellerOrderId, VariantId, Vnd, secret,
};
use market::orders::commands::part_of_order;
use market::orders::packing::Rest;
use market::orders::{
    Checkout, Order, OrderEvent, OrderState, OrdersRefusal, Party, PaymentStatus, SellerOrder,
    queries, steps, transition,
};
use market::payments::commands::{advance, check_out, deliver_paid, expire, pack, receive};
use market::payments::{PaymentEvent, agree, transition as pay_transition};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use time::{Duration, OffsetDateTime};
use tokio::sync::Mutex;

use crate::harvests::{announce, plan};
use crate::support::shop::{Shop, checkout, seller};

const PARTIES: [Party; 3] = [Party::Buyer, Party::Seller, Party::System];
/// How long a walk is.
const STEPS: usize = 30;
/// In thousandths, of each way of selling.
const STOCK: i64 = 14_000;
/// By the piece, by weight, ahead of a harvest, of another household, and a combo of the first two.
const GOODS: usize = 5;
/// What one combo holds of the first two, in thousandths.
const COMBO: [i64; 2] = [2_000, 500];

/// Who tries something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Who {
    Buyer,
    /// Somebody with another order's token.
    Stranger,
    Ut,
    Bay,
    Officer,
    System,
}

impl Who {
    const ALL: [Self; 6] = [
        Self::Buyer,
        Self::Stranger,
        Self::Ut,
        Self::Bay,
        Self::Officer,
        Self::System,
    ];

    const fn party(self) -> Party {
        match self {
            Self::Buyer | Self::Stranger => Party::Buyer,
            Self::Ut | Self::Bay | Self::Officer => Party::Seller,
            Self::System => Party::System,
        }
    }
}

/// What is tried. Parts are taken from those there are.
#[derive(Clone, Debug)]
enum Try {
    /// Units of each way of selling.
    Place([i64; GOODS]),
    /// The form of an order a second time.
    PlaceAgain(usize),
    Step(usize, OrderEvent, Who),
    /// What its seller does next.
    Onward(usize),
    /// Per cent of each line that were packed.
    Pack(usize, Who, [i64; GOODS], bool),
    Receive(usize, Who),
    DeliverPaid(usize, Who),
    /// Hours go by, then the worker looks.
    Wait(i64),
}

/// Half of the steps are those that lead on, so that walks go far; the rest is anything by anybody.
fn tries() -> impl Strategy<Value = Try> {
    let event = (0usize..8).prop_map(|index| OrderEvent::ALL[index]);
    let who = (0usize..6).prop_map(|index| Who::ALL[index]);
    let own = prop_oneof![4 => Just(Who::Ut), 2 => Just(Who::Bay), 1 => Just(Who::Officer)];
    let packed = prop_oneof![2 => Just(100i64), 1 => Just(0), 2 => 85i64..116];
    let packed = [
        packed.clone(),
        packed.clone(),
        packed.clone(),
        packed.clone(),
        packed,
    ];
    let part = 0usize..12;
    prop_oneof![
        2 => units().prop_map(Try::Place),
        1 => (0usize..4).prop_map(Try::PlaceAgain),
        5 => (part.clone(), event, who).prop_map(|(part, event, who)| Try::Step(part, event, who)),
        9 => part.clone().prop_map(Try::Onward),
        4 => (part.clone(), own.clone(), packed, any::<bool>())
            .prop_map(|(part, who, packed, later)| Try::Pack(part, who, packed, later)),
        2 => (part.clone(), own.clone()).prop_map(|(part, who)| Try::Receive(part, who)),
        2 => (part, own).prop_map(|(part, who)| Try::DeliverPaid(part, who)),
        1 => (1i64..30).prop_map(Try::Wait),
    ]
}

fn units() -> impl Strategy<Value = [i64; GOODS]> {
    [0i64..4, 0i64..4, 0i64..3, 0i64..3, 0i64..3]
}

/// A walk begins with an order, so that there is something to be done.
fn walks() -> impl Strategy<Value = Vec<Try>> {
    let first = units().prop_filter("an empty cart", |units| units[0] > 0);
    (first, prop::collection::vec(tries(), STEPS - 1)).prop_map(|(first, mut walk)| {
        walk.insert(0, Try::Place(first));
        walk
    })
}

/// Two households with goods by the piece, by weight and ahead of a harvest, and what buyers placed there.
struct World {
    shop: Shop,
    /// When each walk begins.
    begins: OffsetDateTime,
    bay: SellerId,
    of_bay: Actor,
    goods: [VariantId; GOODS],
    placed: Vec<(Checkout, OrderId, OrderCode, String)>,
}

/// What is true of one part.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Part {
    order: usize,
    seller: SellerId,
    state: OrderState,
    status: PaymentStatus,
    paid: Option<Vnd>,
    total: Vnd,
    lines: Vec<(OrderLineId, VariantId, Quantity)>,
    steps: usize,
}

type Parts = BTreeMap<SellerOrderId, Part>;

impl World {
    async fn new() -> Self {
        let shop = Shop::new("Út").await;
        let bay = seller(&shop.db, "Bảy").await;
        let person = PersonId(secret::new_key());
        sqlx::query("insert into people (id, name, phone, created_at) values ($1, 'Bảy', '+84999999902', now())")
            .bind(person.0)
            .execute(shop.db.store.writer())
            .await
            .unwrap();
        let of_bay = Actor {
            person: Some(person),
            roles: vec![Role::Seller],
            memberships: vec![Membership {
                seller: bay,
                duty: Duty::Owner,
            }],
            ..Actor::guest()
        };
        Self {
            begins: shop.db.clock.now(),
            shop,
            bay,
            of_bay,
            goods: [VariantId(uuid::Uuid::nil()); GOODS],
            placed: Vec::new(),
        }
    }

    /// Goods that no other walk has touched, and no orders.
    async fn begin(&mut self) {
        let shop = &mut self.shop;
        shop.db.clock.set(self.begins);
        let (_, khom) = shop.product("Khóm", STOCK / 1000, 12_345).await;
        let (_, ca) = shop.product("Cá thát lát", STOCK / 1000, 33_333).await;
        sqlx::query("update variants set unit = 'kg' where id = $1")
            .bind(ca.0)
            .execute(shop.db.store.writer())
            .await
            .unwrap();
        let (product, xoai) = shop.product("Xoài", 0, 30_000).await;
        announce(shop, product, &plan(xoai, &(STOCK / 1000).to_string()))
            .await
            .unwrap();
        let (ut, of_ut) = (shop.seller, shop.actor.clone());
        (shop.seller, shop.actor) = (self.bay, self.of_bay.clone());
        let (_, mam) = shop.product("Mắm", STOCK / 1000, 90_000).await;
        (shop.seller, shop.actor) = (ut, of_ut);
        let combo = super::combos::combo(&self.shop, "Giỏ quà", &[(khom, "2"), (ca, "0,5")]).await;
        self.goods = [khom, ca, xoai, mam, combo.1];
        self.placed.clear();
    }

    /// What leads on is the next step in the table, by the seller of the part.
    fn meant(&self, tried: &Try, before: &Parts) -> Try {
        let Try::Onward(index) = tried else {
            return tried.clone();
        };
        let Some((_, part)) = before.iter().nth(index % before.len().max(1)) else {
            return Try::Wait(1);
        };
        let who = if part.seller == self.bay {
            Who::Bay
        } else {
            Who::Ut
        };
        let event = steps(part.state, Party::Seller).first().copied();
        Try::Step(*index, event.unwrap_or(OrderEvent::Confirm), who)
    }

    async fn orders(&self) -> Vec<Order> {
        let mut orders = Vec::new();
        for (_, id, ..) in &self.placed {
            let order = queries::by_id(self.shop.db.store.reader(), *id).await;
            orders.push(order.unwrap().expect("an order that was placed"));
        }
        orders
    }

    fn actor(&self, who: Who) -> Actor {
        match who {
            Who::Buyer | Who::Stranger => Actor::guest(),
            Who::Ut => self.shop.actor.clone(),
            Who::Bay => self.of_bay.clone(),
            Who::Officer => Actor {
                roles: vec![Role::Officer],
                ..Actor::guest()
            },
            Who::System => Actor::system(),
        }
    }

    /// Whether it is theirs to try anything with a part of that seller.
    fn is_theirs(&self, who: Who, seller: SellerId) -> bool {
        match who {
            Who::Buyer | Who::System => true,
            Who::Stranger | Who::Officer => false,
            Who::Ut => seller == self.shop.seller,
            Who::Bay => seller == self.bay,
        }
    }

    async fn place(&mut self, units: [i64; GOODS]) -> Result<(), Failure<OrdersRefusal>> {
        let lines: Vec<_> = self
            .goods
            .into_iter()
            .zip(units)
            .filter(|(_, units)| *units > 0)
            .collect();
        let form = checkout(&lines);
        let placed = market::transact!(self.shop.db.store, &Actor::guest(), work => check_out(work, &form).await)?;
        assert!(placed.is_new);
        self.placed
            .push((form, placed.id, placed.code, placed.token));
        Ok(())
    }

    async fn step(
        &self,
        id: SellerOrderId,
        part: &Part,
        event: OrderEvent,
        who: Who,
    ) -> Result<(), Failure<OrdersRefusal>> {
        let (actor, (_, _, code, token)) = (self.actor(who), &self.placed[part.order]);
        let token = if who == Who::Stranger {
            "another"
        } else {
            token.as_str()
        };
        market::transact!(self.shop.db.store, &actor, work => {
            if who.party() == Party::Buyer {
                part_of_order(work, code, token, id).await?;
            }
            advance(work, id, event, who.party(), "vì sao").await.map(drop)
        })
    }

    /// Tries it; answers what of the parts that were there it was about.
    async fn attempt(
        &mut self,
        tried: &Try,
        before: &Parts,
    ) -> Option<(SellerOrderId, Result<(), Failure<OrdersRefusal>>)> {
        let chosen = |index: &usize| before.iter().nth(index % before.len().max(1));
        let store = self.shop.db.store.clone();
        match tried {
            Try::Onward(_) => unreachable!("said what it means before"),
            Try::Place(units) => {
                match self.place(*units).await {
                    Ok(())
                    | Err(Failure::Refused(OrdersRefusal::OutOfStock(_) | OrdersRefusal::Empty)) => {
                    }
                    Err(failure) => panic!("{failure}"),
                }
                None
            }
            Try::PlaceAgain(index) => {
                let (form, id, ..) = self.placed.get(*index)?;
                let again =
                    market::transact!(store, &Actor::guest(), work => check_out(work, form).await)
                        .unwrap();
                assert_eq!(
                    (again.id, again.is_new),
                    (*id, false),
                    "the same form is the same order"
                );
                None
            }
            Try::Wait(hours) => {
                self.shop.db.clock.advance(Duration::hours(*hours));
                market::transact!(store, &Actor::system(), work => expire(work, 100).await)
                    .unwrap();
                None
            }
            Try::Step(index, event, who) => {
                let (id, part) = chosen(index)?;
                Some((*id, self.step(*id, part, *event, *who).await))
            }
            Try::Pack(index, who, per_cent, later) => {
                let (id, part) = chosen(index)?;
                let packed: Vec<_> = part
                    .lines
                    .iter()
                    .zip(per_cent)
                    .map(|((line, _, quantity), per_cent)| {
                        let packed = quantity.thousandths() * per_cent / 100;
                        (*line, Quantity::from_thousandths(packed))
                    })
                    .collect();
                let rest = if *later { Rest::Later } else { Rest::LeftOut };
                let actor = self.actor(*who);
                let outcome = market::transact!(store, &actor, work => pack(work, *id, &packed, rest, "chưa có").await);
                Some((*id, outcome.map(drop)))
            }
            Try::Receive(index, who) => {
                let (id, _) = chosen(index)?;
                let actor = self.actor(*who);
                let outcome = market::transact!(store, &actor, work => receive(work, *id).await);
                Some((*id, outcome))
            }
            Try::DeliverPaid(index, who) => {
                let (id, _) = chosen(index)?;
                let actor = self.actor(*who);
                let outcome =
                    market::transact!(store, &actor, work => deliver_paid(work, *id).await);
                Some((*id, outcome))
            }
        }
    }

    /// What of `before` may have become `after` when `tried` was done.
    fn judge(
        &self,
        tried: &Try,
        about: Option<&(SellerOrderId, Result<(), Failure<OrdersRefusal>>)>,
        before: &Parts,
        after: &Parts,
    ) {
        let target = about.map(|(id, _)| *id);
        for (id, was) in before {
            let is = &after[id];
            if Some(*id) != target && !matches!(tried, Try::Wait(_)) {
                assert_eq!(was, is, "{tried:?} touched what it was not about");
            }
            let way = pay_ways(was.status);
            assert!(
                was.status == is.status || way.contains(&is.status),
                "a payment went from {:?} to {:?}",
                was.status,
                is.status
            );
        }
        let (Some((id, outcome)), false) = (about, matches!(tried, Try::Wait(_))) else {
            for (id, was) in before {
                let is = &after[id];
                if was != is {
                    assert!(matches!(tried, Try::Wait(_)), "{tried:?} changed a part");
                    assert_eq!(
                        transition(was.state, OrderEvent::Expire, Party::System),
                        Ok(is.state)
                    );
                }
            }
            return;
        };
        let (was, is) = (&before[id], &after[id]);
        let (who, events) = match tried {
            Try::Step(_, event, who) => (*who, vec![*event]),
            Try::Pack(_, who, ..) => (*who, vec![OrderEvent::Pack]),
            Try::Receive(_, who) => (*who, Vec::new()),
            Try::DeliverPaid(_, who) => (*who, vec![OrderEvent::Deliver]),
            Try::Place(_) | Try::PlaceAgain(_) | Try::Onward(_) | Try::Wait(_) => {
                unreachable!("not about a part")
            }
        };
        // What the tables say, whoever asks.
        let mut expected = Ok(was.state);
        for event in events {
            expected = expected.and_then(|state| transition(state, event, who.party()));
        }
        match outcome {
            Err(Failure::Fault(fault)) => panic!("{tried:?}: {fault}"),
            Err(Failure::Refused(refusal)) => {
                assert_eq!(before, after, "what was refused changed something");
                let is_forbidden = !self.is_theirs(who, was.seller);
                assert_eq!(
                    matches!(refusal, OrdersRefusal::NotFound),
                    is_forbidden,
                    "{tried:?}: {refusal:?}"
                );
                if matches!(refusal, OrdersRefusal::NotAllowed { .. }) {
                    let is_over = matches!(was.state, OrderState::Cancelled | OrderState::Returned);
                    let is_unpaid = matches!(tried, Try::Step(_, OrderEvent::Complete, _))
                        && was.paid < Some(was.total);
                    assert!(
                        expected.is_err() || is_over || is_unpaid,
                        "{tried:?} of {:?}",
                        was.state
                    );
                }
            }
            Ok(()) => {
                assert!(
                    self.is_theirs(who, was.seller),
                    "{tried:?} is not theirs to do"
                );
                let led =
                    expected.unwrap_or_else(|_| panic!("{tried:?} of {:?} succeeded", was.state));
                let is_complete = led == OrderState::Delivered
                    && is.status == PaymentStatus::Paid
                    && is.paid >= Some(is.total);
                let led = if is_complete {
                    OrderState::Completed
                } else {
                    led
                };
                assert_eq!(is.state, led, "{tried:?} of {:?}", was.state);
            }
        }
    }

    /// Goods, money and histories as the states say.
    async fn is_right(&self, orders: &[Order]) {
        self.shop.is_sound().await;
        let parts = || orders.iter().flat_map(|order| &order.parts);
        for order in orders {
            assert_eq!(order.total, order.parts.iter().map(|part| part.total).sum());
            assert_eq!(order.items, order.parts.iter().map(|part| part.items).sum());
            for part in &order.parts {
                money_is_right(part);
                history_is_right(part);
            }
        }
        let combo = self.goods[GOODS - 1];
        for (index, variant) in self.goods[..GOODS - 1].iter().copied().enumerate() {
            let of_combo = COMBO.get(index).copied().unwrap_or_default();
            let sum = |counts: fn(OrderState) -> bool| -> i64 {
                parts()
                    .filter(|part| counts(part.state))
                    .flat_map(|part| &part.lines)
                    .map(|line| match line.quantity.thousandths() {
                        quantity if line.variant == variant => quantity,
                        combos if line.variant == combo => combos / 1000 * of_combo,
                        _ => 0,
                    })
                    .sum()
            };
            let gone = sum(|state| {
                matches!(
                    state,
                    OrderState::Shipped
                        | OrderState::Delivered
                        | OrderState::Completed
                        | OrderState::Returned
                )
            });
            let (on_hand, reserved): (i64, i64) =
                sqlx::query_as("select on_hand, reserved from stock_items where variant_id = $1")
                    .bind(variant.0)
                    .fetch_one(self.shop.db.store.reader())
                    .await
                    .unwrap();
            assert_eq!(
                (on_hand, reserved),
                (STOCK - gone, sum(OrderState::holds_stock)),
                "the stock of {variant}"
            );
        }
    }
}

fn pay_ways(from: PaymentStatus) -> Vec<PaymentStatus> {
    PaymentEvent::ALL
        .into_iter()
        .filter_map(|event| pay_transition(from, event).ok())
        .collect()
}

/// What is asked for and came in is what lines and states say.
fn money_is_right(part: &SellerOrder) {
    let payment = part.payment.as_ref().expect("each part asks for its money");
    for line in &part.lines {
        assert_eq!(Some(line.line), line.price.times(line.quantity));
    }
    assert_eq!(part.items, part.lines.iter().map(|line| line.line).sum());
    assert_eq!(part.total, Vnd(part.items.0 + part.shipping.0));
    assert_eq!(payment.amount, part.total);
    assert!(
        agree(part.state, payment.status),
        "{:?} and {:?}",
        part.state,
        payment.status
    );
    assert_eq!(
        payment.paid.is_some(),
        matches!(
            payment.status,
            PaymentStatus::Paid | PaymentStatus::Refunded
        )
    );
    if part.state == OrderState::Completed {
        assert!(payment.paid >= Some(part.total), "complete and not paid");
    }
}

/// Told again, the history leads to the state, by steps of the table alone.
fn history_is_right(part: &SellerOrder) {
    let begun = if part.is_rest {
        OrderState::Confirmed
    } else {
        OrderState::Placed
    };
    let mut states = part.history.iter().map(|entry| entry.to);
    assert_eq!(states.next(), Some(begun));
    let mut state = begun;
    for next in states {
        let is_step = OrderEvent::ALL.into_iter().any(|event| {
            PARTIES
                .into_iter()
                .any(|party| transition(state, event, party) == Ok(next))
        });
        assert!(is_step, "from {state:?} to {next:?}");
        state = next;
    }
    assert_eq!(state, part.state, "the history is complete");
}

fn parts(orders: &[Order]) -> Parts {
    let mut parts = Parts::new();
    for (index, order) in orders.iter().enumerate() {
        for part in &order.parts {
            let payment = part.payment.as_ref().expect("each part asks for its money");
            parts.insert(
                part.id,
                Part {
                    order: index,
                    seller: part.seller,
                    state: part.state,
                    status: payment.status,
                    paid: payment.paid,
                    total: part.total,
                    lines: part
                        .lines
                        .iter()
                        .map(|line| (line.id, line.variant, line.quantity))
                        .collect(),
                    steps: part.history.len(),
                },
            );
        }
    }
    parts
}

#[test]
fn whatever_anybody_tries_goods_money_and_histories_agree() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let mut runner = TestRunner::new(ProptestConfig {
        cases: 24,
        max_shrink_iters: 40,
        failure_persistence: None,
        ..ProptestConfig::default()
    });
    let world = Mutex::new(runtime.block_on(World::new()));
    let reached = RefCell::new(BTreeSet::new());
    runner
        .run(&walks(), |walk| {
            runtime.block_on(async {
                let world = &mut *world.lock().await;
                world.begin().await;
                let mut before = Parts::new();
                for tried in &walk {
                    let tried = world.meant(tried, &before);
                    let about = world.attempt(&tried, &before).await;
                    let orders = world.orders().await;
                    let after = parts(&orders);
                    world.judge(&tried, about.as_ref(), &before, &after);
                    world.is_right(&orders).await;
                    reached
                        .borrow_mut()
                        .extend(after.values().map(|part| part.state.as_str()));
                    before = after;
                }
            });
            Ok(())
        })
        .unwrap();
    let reached = reached.into_inner();
    assert_eq!(
        reached.len(),
        OrderState::ALL.len(),
        "the walks lead everywhere: {reached:?}"
    );
}
