//! Parcels of several farms of one hamlet share one fee: in the cart, in the order, and after something is called off.
use market::cart::queries::Destination;
use market::cart::{Along, Cart, CartRefusal, commands as cart_commands, queries as cart_queries};
use market::kernel::{
    Actor, CommuneId, Duty, Failure, Membership, ProductId, Quantity, SellerId, VariantId, Vnd,
};
use market::orders::{Order, OrderEvent, Party, PaymentStatus, queries};
use market::payments::commands::{advance, check_out};
use market::shipping::{Basis, Choice, Settings, WayKind, Wish, commands};
use sqlx::query;

use crate::support::shop::{Shop, checkout, seller};

/// Xã Hỏa Lựu, where the shops are.
const HERE: CommuneId = CommuneId(131_338);

/// Three households, two of them in one hamlet, each with something of half a kilogram.
struct Ground {
    shop: Shop,
    sellers: Vec<SellerId>,
    goods: Vec<(ProductId, VariantId)>,
}

impl Ground {
    async fn new() -> Self {
        let mut shop = Shop::new("Út").await;
        let mut sellers = vec![shop.seller];
        for name in ["Bảy", "Chín"] {
            let seller = seller(&shop.db, name).await;
            shop.actor.memberships.push(Membership {
                seller,
                duty: Duty::Owner,
            });
            sellers.push(seller);
        }
        let mut goods = Vec::new();
        for (seller, hamlet) in sellers.iter().zip(["Ấp 3", "ấp 3", "Ấp 4"]) {
            query("update sellers set hamlet = $2 where id = $1")
                .bind(seller.0)
                .bind(hamlet)
                .execute(shop.db.store.writer())
                .await
                .unwrap();
            shop.seller = *seller;
            goods.push(shop.product("Khóm", 50, 20_000).await);
        }
        Self {
            shop,
            sellers,
            goods,
        }
    }

    async fn buy(&self, units: &[i64]) -> Order {
        let variants = self.goods.iter().map(|(_, variant)| *variant);
        let lines: Vec<_> = variants.zip(units.iter().copied()).collect();
        let form = checkout(&lines);
        let placed =
            market::transact!(self.shop.db.store, &Actor::guest(), work => check_out(work, &form).await)
                .unwrap();
        self.order(&placed.id).await
    }

    async fn order(&self, id: &market::kernel::OrderId) -> Order {
        queries::by_id(self.shop.db.store.reader(), *id)
            .await
            .unwrap()
            .unwrap()
    }

    async fn cart(&self, variants: &[VariantId], wishes: &[Wish]) -> (Cart, Vec<Along>) {
        let (guest, store) = (Actor::guest(), &self.shop.db.store);
        let cart = market::transact!(store, &guest, work => {
            let (cart, _) = cart_commands::find_or_open(work, None).await?;
            for variant in variants {
                cart_commands::add(work, cart, *variant, Quantity::ONE).await?;
            }
            Ok::<_, Failure<CartRefusal>>(cart)
        })
        .unwrap();
        let to = Destination {
            commune: HERE,
            wishes,
        };
        let db = store.reader();
        let cart = cart_queries::view(db, cart, store.today(), Some(to))
            .await
            .unwrap();
        let along = cart_queries::along(db, &cart).await.unwrap();
        (cart, along)
    }
}

#[tokio::test]
async fn farms_of_one_hamlet_share_one_fee_by_weight() {
    let ground = Ground::new().await;
    // One and three half kilograms of the hamlet: 10,000 together; the third farm for itself.
    let order = ground.buy(&[1, 3, 1]).await;
    let fees: Vec<Vnd> = order.parts.iter().map(|part| part.shipping).collect();
    assert_eq!(fees, [Vnd(2_500), Vnd(7_500), Vnd(10_000)]);
    assert_eq!(order.shipping, Vnd(20_000));
    let (ut, bay, chin) = (
        &order.parts[0].way,
        &order.parts[1].way,
        &order.parts[2].way,
    );
    assert!(ut.pool.is_some() && ut.pool == bay.pool && chin.pool.is_none());
    assert_eq!(
        (ut.pooled_with.as_str(), bay.pooled_with.as_str()),
        ("Bảy", "Út")
    );
    assert_eq!((ut.grams, bay.grams), (Some(500), Some(1_500)));
    let due: Vec<_> = order
        .parts
        .iter()
        .map(|part| part.payment.as_ref().unwrap().amount)
        .collect();
    assert_eq!(due, [Vnd(22_500), Vnd(67_500), Vnd(30_000)]);
    ground.shop.is_sound().await;
}

#[tokio::test]
async fn what_is_called_off_is_not_asked_for_and_nobody_pays_more() {
    let ground = Ground::new().await;
    let order = ground.buy(&[1, 3]).await;
    let gone = order.parts[1].id;
    market::transact!(ground.shop.db.store, &Actor::guest(), work => advance(work, gone, OrderEvent::Cancel, Party::Buyer, "").await).unwrap();
    let after = ground.order(&order.id).await;
    let payments: Vec<_> = after
        .parts
        .iter()
        .map(|part| {
            let payment = part.payment.as_ref().unwrap();
            (payment.status, payment.amount)
        })
        .collect();
    assert_eq!(payments[0], (PaymentStatus::Pending, Vnd(22_500)));
    assert_eq!(payments[1].0, PaymentStatus::Cancelled);
    assert_eq!(after.parts[0].way, order.parts[0].way);
    ground.shop.is_sound().await;
}

#[tokio::test]
async fn what_is_fetched_or_has_rates_of_its_own_is_not_pooled() {
    let mut ground = Ground::new().await;
    let variants: Vec<VariantId> = ground.goods.iter().map(|(_, variant)| *variant).collect();
    let (pooled, _) = ground.cart(&variants[..2], &[]).await;
    assert_eq!(pooled.shipping(), Some(Vnd(10_000)));
    ground.shop.seller = ground.sellers[1];
    let (seller, settings) = (
        ground.sellers[1],
        &Settings {
            farm: Some(market::shipping::FarmSettings {
                hours: "6–18 giờ".to_owned(),
                note: String::new(),
            }),
            ..Settings::default()
        },
    );
    market::transact!(ground.shop.db.store, &ground.shop.actor, work => commands::save(work, seller, settings).await).unwrap();
    let wish = [Wish {
        seller,
        harvest: None,
        choice: Choice::Farm,
    }];
    let (fetched, _) = ground.cart(&variants[..2], &wish).await;
    // What was put in at the same instant stands in any order.
    let way = |seller| {
        let part = fetched.parts.iter().find(|part| part.seller == seller);
        part.unwrap().delivery.taken.clone().unwrap()
    };
    let (sent, fetched) = (way(ground.sellers[0]), way(ground.sellers[1]));
    assert_eq!((sent.fee, sent.pool), (Vnd(10_000), None));
    assert_eq!(
        (fetched.choice.kind(), fetched.basis),
        (WayKind::Farm, Basis::Fetched)
    );
}

#[tokio::test]
async fn the_cart_says_what_comes_along_and_it_does() {
    let ground = Ground::new().await;
    let (ut, bay) = (ground.goods[0].1, ground.goods[1].1);
    let (cart, along) = ground.cart(&[ut], &[]).await;
    let names: Vec<&str> = along
        .iter()
        .map(|along| along.seller_name.as_str())
        .collect();
    assert_eq!(names, ["Bảy"], "of the hamlet, and not what is in the cart");
    let (with, along) = ground.cart(&[ut, bay], &[]).await;
    assert_eq!(with.shipping(), cart.shipping(), "for no more fee");
    assert_eq!(along, []);
    // Two kilograms are paid for: what is heavier than the rest of them does not come along.
    query("update variants set ship_grams = 1501 where id = $1")
        .bind(bay.0)
        .execute(ground.shop.db.store.writer())
        .await
        .unwrap();
    assert_eq!(ground.cart(&[ut], &[]).await.1, []);
    // Nor does what is sold out, or of a shop that brings its goods itself.
    query("update variants set ship_grams = 1500 where id = $1")
        .bind(bay.0)
        .execute(ground.shop.db.store.writer())
        .await
        .unwrap();
    assert_eq!(ground.cart(&[ut], &[]).await.1.len(), 1);
    query("update stock_items set on_hand = 0 where variant_id = $1")
        .bind(bay.0)
        .execute(ground.shop.db.store.writer())
        .await
        .unwrap();
    assert_eq!(ground.cart(&[ut], &[]).await.1, []);
}
