//! Carts: whose they are, what is kept for later, what is shown to others.
use market::cart::{Cart, CartRefusal, commands, queries};
use market::kernel::{Actor, CartId, Failure, PersonId, Quantity, VariantId, Vnd};

use crate::support::shop::Shop;

const TWO: Quantity = Quantity::from_thousandths(2_000);

async fn person(shop: &Shop, name: &str) -> Actor {
    let id: uuid::Uuid = sqlx::query_scalar(
        "insert into people (id, name, phone, created_at)
         values (gen_random_uuid(), $1, '+849' || lpad((random() * 99999999)::bigint::text, 8, '0'), now()) returning id",
    )
    .bind(name)
    .fetch_one(shop.db.store.reader())
    .await
    .unwrap();
    Actor {
        person: Some(PersonId(id)),
        ..Actor::guest()
    }
}

/// Puts things into the cart of an actor, or of a cookie; answers the cart and the cookie of a new one.
async fn put(
    shop: &Shop,
    actor: &Actor,
    token: Option<&str>,
    lines: &[(VariantId, Quantity)],
) -> (CartId, Option<String>) {
    market::transact!(shop.db.store, actor, work => {
        let (cart, opened) = commands::find_or_open(work, token).await?;
        for (variant, quantity) in lines {
            commands::add(work, cart, *variant, *quantity).await?;
        }
        Ok::<_, Failure<CartRefusal>>((cart, opened))
    })
    .unwrap()
}

async fn view(shop: &Shop, cart: CartId) -> Cart {
    let store = &shop.db.store;
    queries::view(store.reader(), cart, store.today(), None)
        .await
        .unwrap()
}

/// What was put in at the same instant stands in any order.
fn sorted(mut lines: Vec<(VariantId, Quantity)>) -> Vec<(VariantId, Quantity)> {
    lines.sort_unstable_by_key(|(variant, _)| variant.0);
    lines
}

#[tokio::test]
async fn a_guests_cart_joins_the_persons_own_at_sign_in() {
    let shop = Shop::new("Út").await;
    let (_, khom) = shop.product("Khóm", 50, 12_000).await;
    let (_, chanh) = shop.product("Chanh", 50, 8_000).await;
    let buyer = person(&shop, "Lan").await;
    put(&shop, &buyer, None, &[(khom, TWO)]).await;
    let (guests, token) = put(
        &shop,
        &Actor::guest(),
        None,
        &[(khom, Quantity::ONE), (chanh, TWO)],
    )
    .await;
    let token = token.unwrap();
    // Twice at once, from two taps.
    let joins = (0..2).map(|_| async {
        market::transact_sure!(shop.db.store, &buyer, work => Ok(commands::join(work, &token).await?))
    });
    for outcome in futures_util::future::join_all(joins).await {
        outcome.unwrap();
    }
    let db = shop.db.store.reader();
    let own = queries::find(db, buyer.person, Some(&token)).await.unwrap();
    let cart = view(&shop, own.unwrap()).await;
    let expected = sorted(vec![(khom, TWO), (chanh, TWO)]);
    assert_eq!(
        sorted(cart.order_lines()),
        expected,
        "of what both have the more"
    );
    assert_eq!(queries::find(db, None, Some(&token)).await.unwrap(), None);
    assert!(view(&shop, guests).await.is_empty());
    assert_eq!(queries::count(db, buyer.person, None).await.unwrap(), 2);
}

#[tokio::test]
async fn a_person_has_one_cart_however_the_requests_race() {
    let shop = Shop::new("Út").await;
    let (_, khom) = shop.product("Khóm", 50, 12_000).await;
    let buyer = person(&shop, "Lan").await;
    let one = [(khom, Quantity::ONE)];
    let puts = (0..12).map(|_| put(&shop, &buyer, None, &one));
    let carts = futures_util::future::join_all(puts).await;
    assert!(carts.iter().all(|(cart, _)| *cart == carts[0].0));
    let lines = view(&shop, carts[0].0).await.order_lines();
    assert_eq!(lines, [(khom, Quantity::from_thousandths(12_000))]);
}

#[tokio::test]
async fn what_is_kept_for_later_is_not_ordered_and_another_price_is_told() {
    let shop = Shop::new("Út").await;
    let (_, khom) = shop.product("Khóm", 50, 12_000).await;
    let (_, chanh) = shop.product("Chanh", 50, 8_000).await;
    let guest = Actor::guest();
    let (cart, token) = put(&shop, &guest, None, &[(khom, TWO), (chanh, TWO)]).await;
    let save = async |variant, is_saved| market::transact!(shop.db.store, &guest, work => commands::save(work, cart, variant, is_saved).await);
    save(chanh, true).await.unwrap();
    sqlx::query("update variants set price_vnd = 13000 where id = $1")
        .bind(khom.0)
        .execute(shop.db.store.reader())
        .await
        .unwrap();
    let shown = view(&shop, cart).await;
    assert_eq!(shown.order_lines(), [(khom, TWO)]);
    assert_eq!(shown.saved[0].variant, chanh);
    let line = shown.lines().next().unwrap();
    assert_eq!((line.was, line.price), (Some(Vnd(12_000)), Vnd(13_000)));
    let db = shop.db.store.reader();
    assert_eq!(queries::count(db, None, token.as_deref()).await.unwrap(), 1);
    // Whoever changes how much has seen the price.
    market::transact!(shop.db.store, &guest, work => commands::set(work, cart, khom, Some(TWO)).await)
        .unwrap();
    save(chanh, false).await.unwrap();
    let shown = view(&shop, cart).await;
    assert_eq!(shown.lines().filter_map(|line| line.was).count(), 0);
    assert_eq!(shown.order_lines().len(), 2);
    let gone = save(VariantId(uuid::Uuid::nil()), true).await;
    assert!(matches!(
        gone,
        Err(Failure::Refused(CartRefusal::NotInCart))
    ));
}

#[tokio::test]
async fn a_shared_cart_is_taken_over_but_for_what_is_not_on_sale() {
    let shop = Shop::new("Út").await;
    let (khom, khom_one) = shop.product("Khóm", 50, 12_000).await;
    let (_, chanh) = shop.product("Chanh", 50, 8_000).await;
    let guest = Actor::guest();
    let (cart, _) = put(&shop, &guest, None, &[(khom_one, TWO), (chanh, TWO)]).await;
    let code = market::transact!(shop.db.store, &guest, work => commands::share(work, cart).await)
        .unwrap();
    // What happens to the cart afterwards is its owner's business.
    market::transact!(shop.db.store, &guest, work => commands::set(work, cart, chanh, None).await)
        .unwrap();
    let today = shop.db.store.today();
    let shown = queries::shared(shop.db.store.reader(), &code, today)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        sorted(shown.order_lines()),
        sorted(vec![(khom_one, TWO), (chanh, TWO)])
    );
    sqlx::query("update products set status = 'paused' where id = $1")
        .bind(khom.0)
        .execute(shop.db.store.reader())
        .await
        .unwrap();
    let friend = person(&shop, "Hai").await;
    let take = async |code: &str| {
        market::transact!(shop.db.store, &friend, work => {
            let (cart, _) = commands::find_or_open(work, None).await?;
            Ok::<_, Failure<CartRefusal>>((cart, commands::take_shared(work, cart, code).await?))
        })
    };
    let (friends, missing) = take(&code).await.unwrap();
    assert_eq!(missing, 1);
    // Taken twice it is there once.
    take(&code).await.unwrap();
    assert_eq!(view(&shop, friends).await.order_lines(), [(chanh, TWO)]);
    let unknown = take("aaaaaaaaaaaa").await;
    assert!(matches!(
        unknown,
        Err(Failure::Refused(CartRefusal::NotShared))
    ));
}
