//! Combos: made of other goods of the shop, never sold beyond what is there of their parts, and given back as parts.
use market::cart::commands as carts;
use market::cart::{LineProblem, queries as cart_queries};
use market::catalog::commands::{set_parts, set_price_and_stock};
use market::catalog::{CatalogRefusal, ComboForm, part_fields, price_of_parts, queries};
use market::kernel::{Actor, Failure, ProductId, Quantity, VariantId, Vnd};
use market::orders::packing::Rest;
use market::orders::{OrderEvent, OrdersRefusal, Party, queries as orders};
use market::payments::commands::{advance, check_out, pack};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;

use super::{place, step};
use crate::support::shop::{Shop, checkout};

fn form(parts: &[(VariantId, &str)]) -> ComboForm {
    ComboForm(
        parts
            .iter()
            .enumerate()
            .flat_map(|(row, (variant, amount))| {
                let (which, how_much) = part_fields(row);
                [
                    (which, variant.to_string()),
                    (how_much, (*amount).to_owned()),
                ]
            })
            .collect(),
    )
}

async fn made_of(
    shop: &Shop,
    product: ProductId,
    combo: VariantId,
    parts: &[(VariantId, &str)],
) -> Result<(), Failure<CatalogRefusal>> {
    let form = &form(parts);
    market::transact!(shop.db.store, &shop.actor, work => set_parts(work, product, combo, form).await)
}

/// A combo on sale for 100,000 đ.
pub async fn combo(shop: &Shop, name: &str, parts: &[(VariantId, &str)]) -> (ProductId, VariantId) {
    let (product, variant) = shop.product(name, 0, 100_000).await;
    made_of(shop, product, variant, parts).await.unwrap();
    (product, variant)
}

/// How many whole units of it buyers see.
async fn there(shop: &Shop, product: ProductId) -> i64 {
    let product = queries::by_id(shop.db.store.reader(), product)
        .await
        .unwrap()
        .unwrap();
    product.variants[0].available.thousandths() / 1000
}

fn short<T: std::fmt::Debug>(outcome: Result<T, Failure<OrdersRefusal>>) -> (String, i64) {
    match outcome {
        Err(Failure::Refused(OrdersRefusal::OutOfStock(short))) => (
            short[0].name.clone(),
            short[0].available.thousandths() / 1000,
        ),
        other => panic!("{other:?}"),
    }
}

fn wrong<T: std::fmt::Debug>(outcome: Result<T, Failure<CatalogRefusal>>) -> Vec<(String, String)> {
    match outcome {
        Err(Failure::Refused(CatalogRefusal::Invalid(errors))) => errors
            .0
            .into_iter()
            .map(|error| (error.field, error.code))
            .collect(),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn there_are_as_many_as_their_parts_are_enough_for() {
    let shop = Shop::new("Út").await;
    let (khom, khom_one) = shop.product("Khóm", 9, 12_000).await;
    let (mut_khom, mut_one) = shop.product("Mứt khóm", 3, 50_000).await;
    let (gio, gio_one) = combo(&shop, "Giỏ quà", &[(khom_one, "2"), (mut_one, "1")]).await;
    assert_eq!(there(&shop, gio).await, 3);
    let product = queries::by_id(shop.db.store.reader(), gio)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        price_of_parts(&product.variants[0].parts),
        Some(Vnd(74_000))
    );
    // A combo and its part by itself draw on the same stock, in whatever order they stand.
    for lines in [[(gio_one, 3), (khom_one, 4)], [(khom_one, 4), (gio_one, 3)]] {
        short(place(&shop, &checkout(&lines)).await);
    }
    let placed = place(&shop, &checkout(&[(khom_one, 5), (gio_one, 2)]))
        .await
        .unwrap();
    assert_eq!(shop.stock(khom).await, (9, 9));
    assert_eq!(shop.stock(mut_khom).await, (3, 2));
    assert_eq!(there(&shop, gio).await, 0);
    let lacking = short(place(&shop, &checkout(&[(gio_one, 1)])).await);
    assert_eq!(lacking, ("Giỏ quà (Khóm)".to_owned(), 0));
    let order = orders::by_id(shop.db.store.reader(), placed.id)
        .await
        .unwrap()
        .unwrap();
    let line = &order.parts[0].lines[1];
    assert_eq!(line.unit_note, "(2 trái Khóm + 1 trái Mứt khóm)");
    assert_eq!(line.parts_price, Some(Vnd(74_000)));
    assert_eq!(line.line, Vnd(200_000));
    shop.is_sound().await;
    step(&shop, order.parts[0].id, OrderEvent::Cancel, Party::Buyer)
        .await
        .unwrap();
    assert_eq!(shop.stock(khom).await, (9, 0));
    assert_eq!(there(&shop, gio).await, 3);
    shop.is_sound().await;
}

#[tokio::test]
async fn what_was_ordered_keeps_what_it_was_made_of() {
    let shop = Shop::new("Út").await;
    let (khom, khom_one) = shop.product("Khóm", 9, 12_000).await;
    let (chanh, chanh_one) = shop.product("Chanh", 9, 8_000).await;
    let (gio, gio_one) = combo(&shop, "Giỏ quà", &[(khom_one, "2")]).await;
    let placed = place(&shop, &checkout(&[(gio_one, 3)])).await.unwrap();
    made_of(&shop, gio, gio_one, &[(chanh_one, "4")])
        .await
        .unwrap();
    assert_eq!(there(&shop, gio).await, 2);
    let part = placed.parts[0].0;
    step(&shop, part, OrderEvent::Confirm, Party::Seller)
        .await
        .unwrap();
    let order = orders::by_id(shop.db.store.reader(), placed.id)
        .await
        .unwrap()
        .unwrap();
    let line = order.parts[0].lines[0].id;
    let packed = async |thousandths: i64, rest| {
        let packed = [(line, Quantity::from_thousandths(thousandths))];
        market::transact!(shop.db.store, &shop.actor, work => pack(work, part, &packed, rest, "thiếu khóm").await)
    };
    let half = packed(1_500, Rest::Later).await;
    assert!(
        matches!(half, Err(Failure::Refused(OrdersRefusal::Invalid(ref errors))) if errors.0[0].code == "whole_combos"),
        "{half:?}"
    );
    let rest = packed(2_000, Rest::Later).await.unwrap().unwrap();
    assert_eq!(shop.stock(khom).await, (9, 6), "all three are still held");
    shop.is_sound().await;
    market::transact!(shop.db.store, &shop.actor, work => advance(work, part, OrderEvent::Ship, Party::Seller, "").await).unwrap();
    assert_eq!(shop.stock(khom).await, (5, 2));
    step(&shop, rest, OrderEvent::Cancel, Party::Seller)
        .await
        .unwrap();
    assert_eq!(shop.stock(khom).await, (5, 0));
    assert_eq!(shop.stock(chanh).await, (9, 0));
    shop.is_sound().await;
}

#[tokio::test]
async fn what_a_combo_can_not_be_made_of_is_said_at_its_field() {
    let mut shop = Shop::new("Út").await;
    let (khom, khom_one) = shop.product("Khóm", 9, 12_000).await;
    let (_, mut_one) = shop.product("Mứt khóm", 9, 50_000).await;
    let (gio, gio_one) = combo(&shop, "Giỏ quà", &[(khom_one, "2")]).await;
    let (bo, bo_one) = shop.product("Bộ quà", 4, 90_000).await;
    let code = async |product, combo, parts: &[(VariantId, &str)]| {
        let wrong = wrong(made_of(&shop, product, combo, parts).await);
        let (field, code) = wrong.into_iter().next().unwrap();
        format!("{field} {code}")
    };
    assert_eq!(
        code(bo, bo_one, &[(mut_one, "1"), (gio_one, "1")]).await,
        "part-1 part_is_combo"
    );
    assert_eq!(code(bo, bo_one, &[(bo_one, "1")]).await, "part-0 choose");
    assert_eq!(
        code(bo, bo_one, &[(mut_one, "1"), (mut_one, "1")]).await,
        "part-1 part_twice"
    );
    assert_eq!(
        code(khom, khom_one, &[(mut_one, "1")]).await,
        "parts combo_is_part"
    );
    // Counted before, and ordered: it stays as it is until the orders are through.
    place(&shop, &checkout(&[(bo_one, 1)])).await.unwrap();
    assert_eq!(
        code(bo, bo_one, &[(mut_one, "1")]).await,
        "parts combo_is_ordered"
    );
    let counted = market::transact!(shop.db.store, &shop.actor, work => set_price_and_stock(work, gio, gio_one, "90.000", "7").await);
    assert_eq!(
        wrong(counted),
        [("stock".to_owned(), "combo_stock".to_owned())]
    );
    let ut = shop.seller;
    shop.seller = crate::support::shop::seller(&shop.db, "Bảy").await;
    shop.actor.memberships[0].seller = shop.seller;
    let (_, of_bay) = shop.product("Mắm", 9, 90_000).await;
    shop.seller = ut;
    shop.actor.memberships[0].seller = ut;
    assert_eq!(
        wrong(made_of(&shop, bo, bo_one, &[(of_bay, "1")]).await)[0].0,
        "part-0"
    );
    // Nothing any more: a way of selling of its own, of which nothing is there.
    made_of(&shop, gio, gio_one, &[]).await.unwrap();
    assert_eq!(there(&shop, gio).await, 0);
    shop.is_sound().await;
}

#[tokio::test]
async fn a_part_that_is_not_sold_takes_its_combos_with_it_and_the_cart_says_which() {
    let shop = Shop::new("Út").await;
    let (khom, khom_one) = shop.product("Khóm", 9, 12_000).await;
    let (gio, gio_one) = combo(&shop, "Giỏ quà", &[(khom_one, "2")]).await;
    let store = &shop.db.store;
    let (cart, _) =
        market::transact_sure!(store, &Actor::guest(), work => Ok(carts::find_or_open(work, None).await?))
            .unwrap();
    for (variant, units) in [(gio_one, 3_000), (khom_one, 4_000)] {
        let quantity = Quantity::from_thousandths(units);
        market::transact!(store, &Actor::guest(), work => carts::add(work, cart, variant, quantity).await).unwrap();
        shop.db.clock.advance(time::Duration::minutes(1));
    }
    let problems = async || {
        let cart = cart_queries::view(store.reader(), cart, store.today(), None)
            .await
            .unwrap();
        let lines = cart.parts.into_iter().flat_map(|part| part.lines);
        lines.map(|line| line.problem).collect::<Vec<_>>()
    };
    let left = Quantity::from_thousandths(3_000);
    assert_eq!(
        problems().await,
        [None, Some(LineProblem::OnlyLeft(left))],
        "six of nine are in the combos"
    );
    sqlx::query("update products set status = 'paused' where id = $1")
        .bind(khom.0)
        .execute(store.writer())
        .await
        .unwrap();
    assert_eq!(there(&shop, gio).await, 0);
    assert_eq!(
        problems().await,
        [Some(LineProblem::SoldOut), Some(LineProblem::NotOnSale)]
    );
    let lacking = short(place(&shop, &checkout(&[(gio_one, 1)])).await);
    assert_eq!(lacking, ("Giỏ quà (Khóm)".to_owned(), 0));
}

/// However carts mix combos with their parts: nothing is oversold, and what is refused is not there.
#[test]
fn any_mix_of_combos_and_parts_is_sold_as_far_as_it_is_there() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let shop = runtime.block_on(Shop::new("Út"));
    let mut runner = TestRunner::new(ProptestConfig {
        cases: 16,
        failure_persistence: None,
        ..ProptestConfig::default()
    });
    let carts = prop::collection::vec([0i64..4, 0i64..4, 0i64..3, 0i64..3], 1..12);
    runner
        .run(&carts, |carts| {
            runtime.block_on(async {
                let (khom, khom_one) = shop.product("Khóm", 20, 12_000).await;
                let (chanh, chanh_one) = shop.product("Chanh", 20, 8_000).await;
                let one = combo(&shop, "Giỏ một", &[(khom_one, "2"), (chanh_one, "1")]).await.1;
                let two = combo(&shop, "Giỏ hai", &[(khom_one, "1"), (chanh_one, "3")]).await.1;
                let (mut of_khom, mut of_chanh) = (0, 0);
                for units in carts {
                    let goods = [khom_one, chanh_one, one, two];
                    let lines: Vec<_> = goods
                        .into_iter()
                        .zip(units)
                        .filter(|(_, units)| *units > 0)
                        .collect();
                    if lines.is_empty() {
                        continue;
                    }
                    let [khom, chanh, one, two] = units;
                    let (khom, chanh) = (khom + 2 * one + two, chanh + one + 3 * two);
                    let fits = of_khom + khom <= 20 && of_chanh + chanh <= 20;
                    let form = checkout(&lines);
                    let placed = market::transact!(shop.db.store, &Actor::guest(), work => check_out(work, &form).await);
                    assert_eq!(placed.is_ok(), fits, "{lines:?}: {placed:?}");
                    if fits {
                        of_khom += khom;
                        of_chanh += chanh;
                    }
                }
                assert_eq!(shop.stock(khom).await, (20, of_khom));
                assert_eq!(shop.stock(chanh).await, (20, of_chanh));
                shop.is_sound().await;
            });
            Ok(())
        })
        .unwrap();
}
