//! How goods come: what shops say, what buyers are offered and choose, what orders keep of it.
use market::cart::queries::Destination;
use market::cart::{
    Cart, CartRefusal, LineProblem, commands as cart_commands, queries as cart_queries,
};
use market::kernel::{
    Actor, CommuneId, Duty, Failure, Membership, PickupPointId, Quantity, SellerId, VariantId, Vnd,
};
use market::orders::packing::Rest;
use market::orders::{Checkout, Order, OrderEvent, OrdersRefusal, Party, PlacedOrder, queries};
use market::payments::commands::{advance, check_out, pack};
use market::shipping::{
    Basis, Choice, FarmSettings, FreeFrom, Keeper, NewPoint, OwnArea, OwnSettings, Rate, RateTable,
    Settings, ShippingRefusal, WayKind, Weekdays, Wish, Zone, commands,
    queries as shipping_queries,
};
use sqlx::query;
use time::Weekday;
use time::macros::{date, datetime};

use crate::support::shop::{Shop, checkout, seller};

/// Xã Hỏa Lựu, where the shops are.
const HERE: CommuneId = CommuneId(131_338);

/// A commune of a province of today's map, other than Hỏa Lựu.
async fn commune_in(shop: &Shop, province: &str) -> (CommuneId, String) {
    let (id, code): (i32, String) = sqlx::query_as(
        "select id, code from communes where province_code = $1 and valid_to is null and id <> $2 order by id limit 1",
    )
    .bind(province)
    .bind(HERE.0)
    .fetch_one(shop.db.store.reader())
    .await
    .unwrap();
    (CommuneId(id), code)
}

async fn place(shop: &Shop, checkout: &Checkout) -> Result<PlacedOrder, Failure<OrdersRefusal>> {
    market::transact!(shop.db.store, &Actor::guest(), work => check_out(work, checkout).await)
}

async fn order(shop: &Shop, placed: &PlacedOrder) -> Order {
    queries::by_id(shop.db.store.reader(), placed.id)
        .await
        .unwrap()
        .unwrap()
}

async fn save(shop: &Shop, settings: &Settings) -> Result<(), Failure<ShippingRefusal>> {
    let seller = shop.seller;
    market::transact!(shop.db.store, &shop.actor, work => commands::save(work, seller, settings).await)
}

fn point() -> NewPoint {
    NewPoint {
        name: "Nhà văn hóa ấp 3".to_owned(),
        street: "Ấp 3".to_owned(),
        hours: "7–17 giờ".to_owned(),
        keeper: Keeper {
            name: "Cô Năm".to_owned(),
            phone: market::kernel::Phone::parse("0913222333").unwrap(),
        },
    }
}

async fn make_point(shop: &Shop) -> PickupPointId {
    let (seller, point) = (shop.seller, &point());
    market::transact!(shop.db.store, &shop.actor, work => commands::make_point(work, seller, point).await).unwrap()
}

fn wish(seller: SellerId, choice: Choice) -> Wish {
    Wish {
        seller,
        harvest: None,
        choice,
    }
}

/// A cart of a guest with one unit of each.
async fn cart(shop: &Shop, variants: &[VariantId], to: CommuneId, wishes: &[Wish]) -> Cart {
    let guest = Actor::guest();
    let cart = market::transact!(shop.db.store, &guest, work => {
        let (cart, _) = cart_commands::find_or_open(work, None).await?;
        for variant in variants {
            cart_commands::add(work, cart, *variant, Quantity::ONE).await?;
        }
        Ok::<_, Failure<CartRefusal>>(cart)
    })
    .unwrap();
    let store = &shop.db.store;
    let to = Destination {
        commune: to,
        wishes,
    };
    cart_queries::view(store.reader(), cart, store.today(), Some(to))
        .await
        .unwrap()
}

/// A household that comes on Tuesdays and Saturdays, and lets its goods be fetched.
fn settings() -> Settings {
    Settings {
        own: Some(OwnSettings {
            area: OwnArea::Commune,
            weekdays: Weekdays::of([Weekday::Tuesday, Weekday::Saturday].into_iter()),
            fee: Vnd(5_000),
        }),
        farm: Some(FarmSettings {
            hours: "6–18 giờ".to_owned(),
            note: "Cổng xanh".to_owned(),
        }),
        ..Settings::default()
    }
}

#[tokio::test]
async fn the_region_has_rates_of_its_own_from_their_day_on() {
    let shop = Shop::new("Út").await;
    let (_, khom) = shop.product("Khóm", 10, 12_000).await;
    let (delta, _) = commune_in(&shop, "96").await;
    let (south, _) = commune_in(&shop, "79").await;
    let fee = async |to| cart(&shop, &[khom], to, &[]).await.shipping();
    assert_eq!(fee(HERE).await, Some(Vnd(10_000)));
    assert_eq!(
        fee(delta).await,
        Some(Vnd(30_000)),
        "as the country until then"
    );
    shop.db.clock.set(datetime!(2026-11-28 03:00 UTC));
    assert_eq!(fee(delta).await, Some(Vnd(24_000)));
    assert_eq!(fee(south).await, Some(Vnd(30_000)));
    let regions: i64 = sqlx::query_scalar(
        "select count(distinct region) from provinces where valid_to is null and region is not null",
    )
    .fetch_one(shop.db.store.reader())
    .await
    .unwrap();
    assert_eq!(regions, 6);
}

#[tokio::test]
async fn a_buyer_is_offered_what_reaches_and_pays_for_what_is_chosen() {
    let shop = Shop::new("Út").await;
    let (_, khom) = shop.product("Khóm", 10, 12_000).await;
    save(&shop, &settings()).await.unwrap();
    let point = make_point(&shop).await;
    let part = cart(&shop, &[khom], HERE, &[]).await.parts.remove(0);
    let choices: Vec<Choice> = part.delivery.ways.iter().map(|way| way.choice).collect();
    let saturday = Choice::Own(Some(date!(2026 - 11 - 28)));
    assert_eq!(
        choices,
        [
            Choice::Carrier,
            saturday,
            Choice::Own(Some(date!(2026 - 12 - 01))),
            Choice::Own(Some(date!(2026 - 12 - 05))),
            Choice::Farm,
            Choice::Point(point),
        ]
    );
    assert_eq!(
        part.delivery.taken.unwrap().choice,
        saturday,
        "the cheapest that comes"
    );
    assert_eq!(part.shipping, Some(Vnd(5_000)));
    // Elsewhere in the province the household does not come.
    let (near, code) = commune_in(&shop, "92").await;
    let part = cart(&shop, &[khom], near, &[]).await.parts.remove(0);
    assert_eq!(part.delivery.taken.unwrap().choice, Choice::Carrier);
    let mut form = checkout(&[(khom, 1)]);
    form.contact.commune_code = code;
    form.ways = vec![wish(shop.seller, saturday)];
    let refused = place(&shop, &form).await;
    assert!(matches!(
        refused,
        Err(Failure::Refused(OrdersRefusal::WayNotOffered { sellers })) if sellers == "Út"
    ));
    form.ways = vec![wish(shop.seller, Choice::Point(point))];
    let placed = place(&shop, &form).await.unwrap();
    let order = order(&shop, &placed).await;
    assert_eq!(order.shipping, Vnd::ZERO, "what is fetched pays no parcel");
    let way = &order.parts[0].way;
    assert_eq!((way.kind, way.basis), (WayKind::Point, Basis::Fetched));
    let fetched = way.place.clone().unwrap();
    assert_eq!(fetched.name, "Nhà văn hóa ấp 3");
    assert_eq!(fetched.keeper.unwrap().name, "Cô Năm");
    shop.is_sound().await;
}

#[tokio::test]
async fn an_order_keeps_its_way_whatever_becomes_of_shop_and_point() {
    let shop = Shop::new("Út").await;
    let (_, khom) = shop.product("Khóm", 10, 12_000).await;
    save(&shop, &settings()).await.unwrap();
    let id = make_point(&shop).await;
    let seller = shop.seller;
    let by = async |choice| {
        let form = Checkout {
            ways: vec![wish(seller, choice)],
            ..checkout(&[(khom, 1)])
        };
        order(&shop, &place(&shop, &form).await.unwrap()).await
    };
    let orders = [
        by(Choice::Point(id)).await,
        by(Choice::Farm).await,
        by(Choice::Own(None)).await,
    ];
    assert_eq!(orders[2].parts[0].way.day, Some(date!(2026 - 11 - 28)));
    assert_eq!(orders[2].parts[0].way.basis, Basis::Flat);
    let moved = NewPoint {
        name: "Chợ".to_owned(),
        hours: "Buổi sáng".to_owned(),
        ..point()
    };
    let moved = &moved;
    market::transact!(shop.db.store, &shop.actor, work => commands::change_point(work, seller, id, moved, false).await).unwrap();
    save(&shop, &Settings::default()).await.unwrap();
    for before in orders {
        let now = queries::by_id(shop.db.store.reader(), before.id)
            .await
            .unwrap()
            .unwrap();
        assert_eq!(now.parts[0].way, before.parts[0].way);
        assert_eq!(now.total, before.total);
    }
    let part = cart(&shop, &[khom], HERE, &[wish(seller, Choice::Point(id))])
        .await
        .parts
        .remove(0);
    assert!(
        part.delivery.is_lost,
        "a point that was closed is no longer offered"
    );
    assert_eq!(part.delivery.taken.unwrap().choice, Choice::Carrier);
    assert!(
        query("update order_ways set basis = 'free'")
            .execute(shop.db.store.writer())
            .await
            .is_err()
    );
}

#[tokio::test]
async fn own_rates_and_free_from_an_amount_hold_as_far_as_they_reach() {
    let shop = Shop::new("Út").await;
    let (_, khom) = shop.product("Khóm", 90, 10_000).await;
    let own = Settings {
        rates: RateTable(vec![Rate {
            zone: Zone::Commune,
            up_to_grams: 2_000,
            fee: Vnd(3_000),
        }]),
        free_from: Some(FreeFrom {
            items: Vnd(50_000),
            within: Some(Zone::Province),
        }),
        ..Settings::default()
    };
    save(&shop, &own).await.unwrap();
    let (near, near_code) = commune_in(&shop, "92").await;
    let (_, far_code) = commune_in(&shop, "79").await;
    assert_eq!(
        cart(&shop, &[khom], HERE, &[]).await.shipping(),
        Some(Vnd(3_000))
    );
    assert_eq!(
        cart(&shop, &[khom], near, &[]).await.shipping(),
        Some(Vnd(18_000))
    );
    for (code, units, fee, basis) in [
        (&near_code, 4, 18_000, Basis::Market),
        (&near_code, 5, 0, Basis::Free),
        (&far_code, 5, 52_000, Basis::Market),
    ] {
        let mut form = checkout(&[(khom, units)]);
        form.contact.commune_code.clone_from(code);
        let order = order(&shop, &place(&shop, &form).await.unwrap()).await;
        let part = &order.parts[0];
        assert_eq!(
            (part.shipping, part.way.basis),
            (Vnd(fee), basis),
            "{code} {units}"
        );
    }
    let kept = shipping_queries::settings(shop.db.store.reader(), shop.seller)
        .await
        .unwrap();
    assert_eq!(kept, own);
    shop.is_sound().await;
}

#[tokio::test]
async fn the_same_form_twice_is_one_order_and_another_way_is_another_wish() {
    let shop = Shop::new("Út").await;
    let (khom, variant) = shop.product("Khóm", 10, 12_000).await;
    save(&shop, &settings()).await.unwrap();
    let mut form = checkout(&[(variant, 2)]);
    form.ways = vec![wish(shop.seller, Choice::Farm)];
    let first = place(&shop, &form).await.unwrap();
    let again = place(&shop, &form).await.unwrap();
    assert!(first.is_new && !again.is_new && first.id == again.id);
    for ways in [Vec::new(), vec![wish(shop.seller, Choice::Carrier)]] {
        form.ways = ways;
        assert!(matches!(
            place(&shop, &form).await,
            Err(Failure::Refused(OrdersRefusal::KeyReused))
        ));
    }
    assert_eq!(shop.stock(khom).await, (10, 2));
}

#[tokio::test]
async fn a_shop_that_only_comes_nearby_must_be_gone_to_from_afar() {
    let shop = Shop::new("Út").await;
    let (khom, variant) = shop.product("Khóm", 10, 12_000).await;
    let near_only = Settings {
        by_carrier: false,
        ..settings()
    };
    save(&shop, &near_only).await.unwrap();
    let (far, code) = commune_in(&shop, "79").await;
    let seen = cart(&shop, &[variant], far, &[]).await;
    assert!(seen.parts[0].delivery.taken.is_none());
    assert_eq!(
        seen.shipping(),
        None,
        "nothing is known until a way is chosen"
    );
    let mut form = checkout(&[(variant, 1)]);
    form.contact.commune_code = code;
    assert!(matches!(
        place(&shop, &form).await,
        Err(Failure::Refused(OrdersRefusal::WayNotOffered { .. }))
    ));
    assert_eq!(shop.stock(khom).await, (10, 0));
    form.ways = vec![wish(shop.seller, Choice::Farm)];
    assert!(place(&shop, &form).await.is_ok());
}

#[tokio::test]
async fn goods_that_can_not_come_are_left_out_and_the_others_are_ordered() {
    let mut shop = Shop::new("Út").await;
    let (_, near) = shop.product("Khóm", 10, 12_000).await;
    let own_only = Settings {
        by_carrier: false,
        farm: None,
        ..settings()
    };
    save(&shop, &own_only).await.unwrap();
    shop.seller = seller(&shop.db, "Bảy").await;
    shop.actor.memberships.push(Membership {
        seller: shop.seller,
        duty: Duty::Owner,
    });
    let (_, sent) = shop.product("Mắm", 10, 90_000).await;
    let (far, code) = commune_in(&shop, "79").await;
    let seen = cart(&shop, &[near, sent], far, &[]).await;
    let problem = |variant| {
        let mut lines = seen.lines();
        lines.find(|line| line.variant == variant).unwrap().problem
    };
    assert_eq!(problem(near), Some(LineProblem::NotReached));
    assert_eq!(problem(sent), None);
    assert_eq!(
        (seen.items(), seen.shipping()),
        (Vnd(90_000), Some(Vnd(30_000)))
    );
    assert_eq!(seen.ways(), [wish(shop.seller, Choice::Carrier)]);
    let mut form = Checkout {
        lines: seen.order_lines(),
        ways: seen.ways(),
        ..checkout(&[])
    };
    form.contact.commune_code = code;
    let placed = place(&shop, &form).await.unwrap();
    assert_eq!(order(&shop, &placed).await.parts.len(), 1);
    let seen = cart(&shop, &[near, sent], HERE, &[]).await;
    assert!(!seen.has_problems(), "nearby it comes");
    shop.is_sound().await;
}

#[tokio::test]
async fn what_follows_later_goes_the_same_way_for_no_fee() {
    let shop = Shop::new("Út").await;
    let (_, khom) = shop.product("Khóm", 10, 12_000).await;
    save(&shop, &settings()).await.unwrap();
    let form = checkout(&[(khom, 5)]);
    let placed = place(&shop, &form).await.unwrap();
    let part = placed.parts[0].0;
    let line = order(&shop, &placed).await.parts[0].lines[0].id;
    market::transact!(shop.db.store, &shop.actor, work => advance(work, part, OrderEvent::Confirm, Party::Seller, "").await).unwrap();
    let packed = [(line, Quantity::from_thousandths(3_000))];
    market::transact!(shop.db.store, &shop.actor, work => pack(work, part, &packed, Rest::Later, "thiếu").await).unwrap();
    let order = order(&shop, &placed).await;
    let (first, rest) = (&order.parts[0], &order.parts[1]);
    assert_eq!(
        (first.shipping, first.way.day),
        (Vnd(5_000), Some(date!(2026 - 11 - 28)))
    );
    assert_eq!((rest.shipping, rest.way.kind), (Vnd::ZERO, WayKind::Own));
    assert_eq!((rest.way.basis, rest.way.day), (Basis::Rest, None));
    shop.is_sound().await;
}

#[tokio::test]
async fn owners_make_points_and_shops_of_the_commune_share_them() {
    let shop = Shop::new("Út").await;
    let point_id = make_point(&shop).await;
    let bay = seller(&shop.db, "Bảy").await;
    let staff = Actor {
        person: shop.actor.person,
        roles: shop.actor.roles.clone(),
        memberships: vec![Membership {
            seller: bay,
            duty: Duty::Staff,
        }],
        ..Actor::guest()
    };
    let (store, point) = (&shop.db.store, &point());
    let ut = shop.seller;
    let made =
        market::transact!(store, &staff, work => commands::make_point(work, bay, point).await);
    assert!(matches!(
        made,
        Err(Failure::Refused(ShippingRefusal::NotAllowed))
    ));
    let join = async |actor: &Actor, seller, joins| market::transact!(store, actor, work => commands::join_point(work, seller, point_id, joins).await);
    join(&staff, bay, true).await.unwrap();
    join(&staff, bay, true).await.unwrap();
    let seen = shipping_queries::points(store.reader(), bay).await.unwrap();
    assert!(seen[0].is_joined && !seen[0].is_own);
    for (actor, seller) in [(&staff, ut), (&Actor::guest(), ut)] {
        let refused = join(actor, seller, false).await;
        assert!(matches!(
            refused,
            Err(Failure::Refused(ShippingRefusal::NotFound))
        ));
        let refused = market::transact!(store, actor, work => commands::change_point(work, seller, point_id, point, false).await);
        assert!(matches!(
            refused,
            Err(Failure::Refused(ShippingRefusal::NotFound))
        ));
        let refused = market::transact!(store, actor, work => commands::save(work, seller, &Settings::default()).await);
        assert!(matches!(
            refused,
            Err(Failure::Refused(ShippingRefusal::NotFound))
        ));
    }
    // In another commune it is nobody's neighbour.
    let (elsewhere, _) = commune_in(&shop, "92").await;
    let far = seller(&shop.db, "Chín").await;
    query("update sellers set commune_id = $2 where id = $1")
        .bind(far.0)
        .bind(elsewhere.0)
        .execute(store.writer())
        .await
        .unwrap();
    let system = Actor::system();
    let refused = join(&system, far, true).await;
    assert!(matches!(
        refused,
        Err(Failure::Refused(ShippingRefusal::NotFound))
    ));
    let deeds: Vec<String> = sqlx::query_scalar(
        "select action from audit_log where seller_id = any($1) and action like 'shop.point%' order by id",
    )
    .bind([ut.0, bay.0])
    .fetch_all(store.reader())
    .await
    .unwrap();
    assert_eq!(deeds, ["shop.point_made", "shop.point_joined"]);
}

#[tokio::test]
async fn each_of_forty_shops_has_its_way() {
    let mut shop = Shop::new("Út").await;
    let mut variants = Vec::new();
    for number in 0..40 {
        let name = format!("Hộ {number}");
        shop.seller = seller(&shop.db, &name).await;
        shop.actor.memberships.push(Membership {
            seller: shop.seller,
            duty: Duty::Owner,
        });
        variants.push(shop.product("Khóm", 10, 12_000).await.1);
        save(&shop, &settings()).await.unwrap();
    }
    let seen = cart(&shop, &variants, HERE, &[]).await;
    assert_eq!(seen.parts.len(), 40);
    assert_eq!(seen.shipping(), Some(Vnd(40 * 5_000)));
    let lines: Vec<_> = variants.iter().map(|variant| (*variant, 1)).collect();
    let placed = place(&shop, &checkout(&lines)).await.unwrap();
    let order = order(&shop, &placed).await;
    assert!(order.parts.iter().all(|part| part.way.kind == WayKind::Own));
    shop.is_sound().await;
}
