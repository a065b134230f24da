//! A year of sample orders, the same at each run, walked through the real use cases on a moved clock.
#![expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "random samples, no money among them"
)]

use std::sync::Arc;

use futures_util::{StreamExt, TryStreamExt, stream};
use market::catalog::commands::stock;
use market::catalog::queries::{SampleVariant, variants_on_sale};
use market::kernel::time::start_of_day;
use market::kernel::{Actor, Failure, Fault, Phone, Quantity, SellerOrderId, Store, VariantId};
use market::orders::{Checkout, Contact, Entry, OrderEvent, Party, PaymentMethod};
use market::parcels::commands::{advance, deliver_paid};
use market::payments::commands::check_out;
use market::places;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

/// Orders a day on average at the end of the year; about 23 as the province reported of two floors.
const PER_DAY: f64 = 26.0;
/// Lives that are walked at once.
const AT_ONCE: usize = 6;

/// What becomes of an order.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fate {
    Completed,
    Delivered,
    Shipped,
    Packed,
    Confirmed,
    Placed,
    Cancelled,
    Returned,
}

/// One order before it is placed.
struct Plan {
    at: OffsetDateTime,
    checkout: Checkout,
    fate: Fate,
}

/// Places `days` days of orders up to now.
pub async fn load(store: &Store, days: u16) -> Result<(), Fault> {
    let variants = variants_on_sale(store.reader()).await?;
    if variants.is_empty() {
        return Ok(());
    }
    let plans = plan(store, &variants, days).await?;
    let count = plans.len();
    tracing::info!("Placing {count} sample orders");
    fill_up(store, &variants, |variant| {
        Quantity::from_thousandths(variant.on_hand.thousandths() + 100_000_000)
    })
    .await?;
    stream::iter(plans)
        .map(|plan| live(store, plan))
        .buffer_unordered(AT_ONCE)
        .try_collect::<Vec<()>>()
        .await?;
    settle(store, &variants).await
}

/// Counts the stock of every variant anew, so that the year does not use it up.
async fn fill_up(
    store: &Store,
    variants: &[SampleVariant],
    to: impl Fn(&SampleVariant) -> Quantity,
) -> Result<(), Fault> {
    let wanted: Vec<(VariantId, Quantity)> = variants
        .iter()
        .map(|variant| (variant.id, to(variant)))
        .collect();
    let wanted = &wanted;
    market::transact_sure!(store, &Actor::system(), work => {
        for (variant, quantity) in wanted {
            // What is reserved stays; the rest is as the catalogue says.
            if let Err(reserved) = stock::count(work, *variant, *quantity).await? {
                let kept = Quantity::from_thousandths(reserved.thousandths() + quantity.thousandths());
                stock::count(work, *variant, kept).await?.map_err(|_| Fault::new("stock moved while seeding"))?;
            }
        }
        Ok(())
    })
}

/// Brings the stock back to what the catalogue says, and search and reports up to date.
async fn settle(store: &Store, variants: &[SampleVariant]) -> Result<(), Fault> {
    fill_up(store, variants, |variant| variant.on_hand).await?;
    while crate::jobs::drain(store).await? > 0 {}
    Ok(())
}

async fn plan(store: &Store, variants: &[SampleVariant], days: u16) -> Result<Vec<Plan>, Fault> {
    let mut random = StdRng::seed_from_u64(93_2025);
    let mut communes = Vec::new();
    for (province, weight) in [("92", 5u32), ("79", 3), ("01", 1), ("48", 1), ("86", 1)] {
        communes.push((
            places::queries::current_communes_of(store.reader(), province).await?,
            weight,
        ));
    }
    communes.retain(|(list, _)| !list.is_empty());
    let total: u32 = communes.iter().map(|(_, weight)| weight).sum();
    let today = store.today();
    let mut plans = Vec::new();
    for ago in (0..i64::from(days)).rev() {
        let day = today - Duration::days(ago);
        for _ in 0..orders_on(&mut random, day, ago, days) {
            let at = start_of_day(day) + Duration::minutes(random.random_range(6 * 60..22 * 60));
            if at >= store.now() {
                continue;
            }
            let mut pick = random.random_range(0..total);
            let list = communes
                .iter()
                .find(|(_, weight)| {
                    let here = pick < *weight;
                    pick = pick.saturating_sub(*weight);
                    here
                })
                .map_or(&communes[0].0, |(list, _)| list);
            let commune = &list[random.random_range(0..list.len())];
            let contact = Contact {
                name: name(&mut random),
                phone: Phone::parse(&format!("090{:07}", random.random_range(0..10_000_000)))
                    .map_err(Fault::new)?,
                commune_code: commune.code.clone(),
                street: format!("Số {} đường mẫu", random.random_range(1..300)),
                note: String::new(),
                payment_method: PaymentMethod::Cod,
                gift: None,
                invoice: None,
            };
            let lines = lines(&mut random, variants, day);
            let key = Uuid::from_u128(random.random());
            let age = store.now() - at;
            let checkout = Checkout {
                key,
                lines,
                contact,
                ways: Vec::new(),
                seen_total: None,
                entry: Entry::Buyer,
                is_sample: true,
            };
            plans.push(Plan {
                at,
                checkout,
                fate: fate(&mut random, age),
            });
        }
    }
    Ok(plans)
}

/// More towards the end of the year, before Tết and at week-ends.
fn orders_on(random: &mut StdRng, day: time::Date, ago: i64, days: u16) -> u32 {
    let growth = 1.0 - 0.6 * (ago as f64 / f64::from(days.max(1)));
    let season = match u8::from(day.month()) {
        1 | 12 => 1.3,
        2 => 0.7,
        _ => 1.0,
    };
    let week = if day.weekday().number_days_from_monday() >= 5 {
        1.25
    } else {
        0.95
    };
    let mean = PER_DAY * growth * season * week;
    random.random_range((mean * 0.7) as u32..=(mean * 1.3) as u32)
}

/// One to three goods, the first ones of the catalogue and those in season more often.
fn lines(
    random: &mut StdRng,
    variants: &[SampleVariant],
    day: time::Date,
) -> Vec<(VariantId, Quantity)> {
    let count = if random.random_bool(0.7) {
        1
    } else {
        random.random_range(2..=3)
    };
    let mut lines = Vec::new();
    while lines.len() < count {
        let skewed = random.random::<f64>().powi(2);
        let index = ((skewed * variants.len() as f64) as usize).min(variants.len() - 1);
        let variant = &variants[index];
        let in_season = variant.season_months.is_empty()
            || variant
                .season_months
                .contains(&i16::from(u8::from(day.month())));
        if !in_season && random.random_bool(0.7) {
            continue;
        }
        let steps = if variant.price.0 > 200_000 {
            0
        } else {
            random.random_range(0..3)
        };
        let quantity = variant.minimum.thousandths() + steps * variant.step.thousandths();
        lines.push((variant.id, Quantity::from_thousandths(quantity)));
    }
    lines
}

fn fate(random: &mut StdRng, age: Duration) -> Fate {
    let luck = random.random_range(0..100);
    if luck < 5 && age > Duration::hours(12) {
        return Fate::Cancelled;
    }
    if age > Duration::days(8) {
        return match luck {
            5..8 => Fate::Returned,
            8 => Fate::Delivered,
            _ => Fate::Completed,
        };
    }
    let hours = age.whole_hours() + i64::from(luck % 20);
    match hours {
        ..20 => Fate::Placed,
        20..36 => Fate::Confirmed,
        36..60 => Fate::Packed,
        60..110 => Fate::Shipped,
        110..130 => Fate::Delivered,
        _ => Fate::Completed,
    }
}

fn name(random: &mut StdRng) -> String {
    const FAMILY: [&str; 8] = ["Nguyễn", "Trần", "Lê", "Phạm", "Huỳnh", "Võ", "Đặng", "Bùi"];
    const MIDDLE: [&str; 6] = ["Thị", "Văn", "Ngọc", "Minh", "Thanh", "Hoàng"];
    const GIVEN: [&str; 12] = [
        "Lan", "Hùng", "Mai", "Út", "Hạnh", "Tâm", "Nhung", "Phúc", "Diễm", "Khoa", "Thảo", "Bé",
    ];
    let mut pick = |list: &[&'static str]| list[random.random_range(0..list.len())];
    format!("{} {} {}", pick(&FAMILY), pick(&MIDDLE), pick(&GIVEN))
}

/// Walks one order through its life, each step at its own hour.
async fn live(store: &Store, plan: Plan) -> Result<(), Fault> {
    let at = |hours: i64| -> Store {
        let instant = plan.at + Duration::hours(hours);
        store.with_clock(Arc::new(move || instant))
    };
    let checkout = &plan.checkout;
    let guest = Actor::guest();
    let placed = market::transact!(at(0), &guest, work => check_out(work, checkout).await)
        .map_err(Failure::into_fault)?;
    for (part, _) in placed.parts {
        step_through(&at, part, plan.fate).await?;
    }
    Ok(())
}

async fn step_through(
    at: &(impl Fn(i64) -> Store + Sync),
    part: SellerOrderId,
    fate: Fate,
) -> Result<(), Fault> {
    let system = Actor::system();
    let step = async |hours: i64, event: OrderEvent, reason: &'static str| -> Result<(), Fault> {
        market::transact!(at(hours), &system, work => advance(work, part, event, Party::Seller, reason).await.map(|_| ()))
            .map_err(Failure::into_fault)
    };
    if fate == Fate::Cancelled {
        return step(8, OrderEvent::Cancel, "Người mua đổi ý (đơn mẫu)").await;
    }
    for (hours, event, reached) in [
        (4, OrderEvent::Confirm, Fate::Confirmed),
        (20, OrderEvent::Pack, Fate::Packed),
        (26, OrderEvent::Ship, Fate::Shipped),
    ] {
        if fate == Fate::Placed {
            return Ok(());
        }
        step(hours, event, "").await?;
        if fate == reached {
            return Ok(());
        }
    }
    match fate {
        Fate::Completed => {
            market::transact!(at(70), &system, work => deliver_paid(work, part).await)
                .map_err(Failure::into_fault)
        }
        Fate::Returned => {
            step(
                80,
                OrderEvent::Return,
                "Không liên lạc được người nhận (đơn mẫu)",
            )
            .await
        }
        _ => step(70, OrderEvent::Deliver, "").await,
    }
}
