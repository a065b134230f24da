//! What sellers list is looked at before buyers see it.
use market::catalog::commands::{
    add_offer, approve, archive, attach_photo, change_offer, duplicate, end_offer, pause,
    remove_photo, return_with, save_basics, save_facts, save_price, set_price_and_stock, submit,
    withdraw,
};
use market::catalog::queries::{ProductAt, by_id, by_slug, decisions, open_review, waiting};
use market::catalog::{
    Basics, BasicsForm, CatalogRefusal, Difference, NewVariant, OfferForm, PriceForm, Product,
    ProductStatus, ReviewKind, ReviewState,
};
use market::kernel::{
    Actor, CommuneId, Failure, Office, PageRequest, Permission, PersonId, ProductId, Role, Vnd,
    secret,
};
use market::payments::commands::check_out;

use crate::support::shop::{Shop, checkout, seller};

/// An officer who looks at goods of some communes, of all where none is named.
fn officer(communes: Vec<CommuneId>) -> Actor {
    Actor {
        person: None,
        roles: vec![Role::Officer],
        office: Office {
            permissions: vec![Permission::Listings],
            communes,
        },
        ..Actor::guest()
    }
}

/// An officer approves what waits of a product, as it is now.
pub async fn approved(shop: &Shop, product: ProductId) {
    let version = version(shop, product).await;
    decide(shop, &officer(Vec::new()), product, version)
        .await
        .unwrap();
}

async fn decide(
    shop: &Shop,
    officer: &Actor,
    product: ProductId,
    version: i32,
) -> Result<(), Failure<CatalogRefusal>> {
    market::transact!(shop.db.store, officer, work => approve(work, product, version).await)
}

async fn version(shop: &Shop, product: ProductId) -> i32 {
    let review = open_review(shop.db.store.reader(), product).await.unwrap();
    review.expect("something waits").version
}

async fn shown(shop: &Shop, product: ProductId) -> Product {
    by_id(shop.db.store.reader(), product)
        .await
        .unwrap()
        .unwrap()
}

fn basics(name: &str, set: &str, description: &str) -> Basics {
    BasicsForm {
        name: name.to_owned(),
        set: set.to_owned(),
        stock: "20".to_owned(),
        description: description.to_owned(),
        ..BasicsForm::default()
    }
    .parse(time::macros::date!(2026 - 11 - 27))
    .unwrap()
}

fn offer(name: &str, price: &str, unit: &str) -> NewVariant {
    OfferForm {
        name: name.to_owned(),
        stock: "10".to_owned(),
        price: PriceForm {
            price_vnd: price.to_owned(),
            unit: unit.to_owned(),
            ..PriceForm::default()
        },
        ..OfferForm::default()
    }
    .parse()
    .unwrap()
}

/// A listing with a photograph, published in the way of all.
async fn published(shop: &Shop, name: &str) -> ProductId {
    let (product, _) = shop.product(name, 20, 12_000).await;
    shop.unpublish(product).await;
    let photo = shop.photo().await;
    let (store, actor) = (&shop.db.store, &shop.actor);
    market::transact!(store, actor, work => attach_photo(work, product, photo).await).unwrap();
    assert_eq!(
        shop.try_submit(product).await.unwrap(),
        ProductStatus::Submitted
    );
    approved(shop, product).await;
    product
}

fn refused<T: std::fmt::Debug>(outcome: Result<T, Failure<CatalogRefusal>>) -> CatalogRefusal {
    match outcome {
        Err(Failure::Refused(refusal)) => refusal,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_new_listing_waits_is_returned_mended_and_approved() {
    let shop = Shop::new("Út").await;
    let (store, actor) = (&shop.db.store, &shop.actor);
    let (product, _) = shop.product("Mứt khóm", 20, 60_000).await;
    shop.unpublish(product).await;
    let first = shop.photo().await;
    market::transact!(store, actor, work => attach_photo(work, product, first).await).unwrap();
    let sweets = &basics("Mứt khóm", "7", "Ngọt thanh.");
    market::transact!(store, actor, work => save_basics(work, product, sweets).await).unwrap();
    // What must be said of such goods is asked for.
    let CatalogRefusal::Invalid(missing) = refused(shop.try_submit(product).await) else {
        panic!("incomplete")
    };
    let fields: Vec<_> = missing.0.iter().map(|error| error.field.as_str()).collect();
    assert_eq!(
        fields,
        ["fact_storage", "fact_shelf_life", "fact_ingredients"]
    );
    let facts = &[
        ("storage".to_owned(), "Nơi khô mát".to_owned()),
        ("shelf_life".to_owned(), "6 tháng".to_owned()),
        ("ingredients".to_owned(), "Khóm, đường".to_owned()),
        ("allergens".to_owned(), "sulphite".to_owned()),
    ];
    market::transact!(store, actor, work => save_facts(work, product, facts).await).unwrap();
    shop.try_submit(product).await.unwrap();
    assert_eq!(shown(&shop, product).await.status, ProductStatus::Submitted);
    let queue = waiting(store.reader(), None, PageRequest::new(None, None))
        .await
        .unwrap();
    assert_eq!(
        (queue.len(), queue[0].product, queue[0].kind),
        (1, product, ReviewKind::First)
    );
    let elsewhere = waiting(
        store.reader(),
        Some(&[CommuneId(1)]),
        PageRequest::new(None, None),
    );
    assert!(elsewhere.await.unwrap().is_empty());

    // Returned with a reason at a field of the form; a field that there is not is nobody's.
    let seen = version(&shop, product).await;
    let back = async |reasons: &[(&str, &str)], seen: i32| {
        let typed: Vec<(String, String)> = reasons
            .iter()
            .map(|(field, reason)| ((*field).to_owned(), (*reason).to_owned()))
            .collect();
        let typed = typed.as_slice();
        market::transact!(store, &officer(Vec::new()), work => return_with(work, product, seen, typed).await)
    };
    assert!(matches!(
        refused(back(&[("name", " "), ("price", "đắt")], seen).await),
        CatalogRefusal::Invalid(_)
    ));
    back(&[("fact_ingredients", "Thiếu chất bảo quản")], seen)
        .await
        .unwrap();
    let review = open_review(store.reader(), product).await.unwrap().unwrap();
    assert_eq!(
        (review.state, review.reasons[0].field.as_str()),
        (ReviewState::Returned, "fact_ingredients")
    );
    assert_eq!(shown(&shop, product).await.status, ProductStatus::Returned);
    let told: Vec<String> = sqlx::query_scalar("select kind from messages order by created_at")
        .fetch_all(store.reader())
        .await
        .unwrap();
    assert_eq!(told, ["listing_returned"]);
    assert!(matches!(
        refused(decide(&shop, &officer(Vec::new()), product, review.version).await),
        CatalogRefusal::WrongState(_)
    ));

    // Mended and handed in again; what the officer had seen is no longer what there is.
    let mut facts = facts.to_vec();
    facts[2].1.push_str(", chất bảo quản 202");
    let facts = facts.as_slice();
    market::transact!(store, actor, work => save_facts(work, product, facts).await).unwrap();
    shop.try_submit(product).await.unwrap();
    assert_eq!(
        refused(decide(&shop, &officer(Vec::new()), product, seen).await),
        CatalogRefusal::ChangedMeanwhile
    );
    approved(&shop, product).await;
    let now = shown(&shop, product).await;
    assert_eq!(now.status, ProductStatus::Published);
    assert_eq!(now.facts["ingredients"], "Khóm, đường, chất bảo quản 202");
    let decided = decisions(store.reader(), product).await.unwrap();
    let states: Vec<_> = decided.iter().map(|decision| decision.state).collect();
    assert_eq!(states, [ReviewState::Approved, ReviewState::Returned]);
    assert_eq!(
        decided[1].after.differences(&decided[0].after),
        [Difference::Fact("ingredients".to_owned())]
    );
    assert_eq!(decided[0].before, None);
    let tampered = sqlx::query("update listing_decisions set decision = 'approved'")
        .execute(store.writer())
        .await;
    assert!(tampered.is_err(), "decisions stay");
}

#[tokio::test]
async fn a_change_of_words_waits_while_price_and_season_show_at_once() {
    let shop = Shop::new("Út").await;
    let product = published(&shop, "Khóm").await;
    let (store, actor) = (&shop.db.store, &shop.actor);
    let mut renamed = basics("Khóm Cầu Đúc", "1", "Trị bách bệnh.");
    renamed.season_months = vec![3, 4, 5];
    let renamed = &renamed;
    market::transact!(store, actor, work => save_basics(work, product, renamed).await).unwrap();
    let now = shown(&shop, product).await;
    assert_eq!(
        (
            now.name.as_str(),
            now.slug.as_str(),
            now.description.as_str()
        ),
        ("Khóm", "khom", "")
    );
    assert_eq!(now.season_months, [3, 4, 5], "harmless");
    let review = open_review(store.reader(), product).await.unwrap().unwrap();
    let wanted = review.content.clone().unwrap();
    assert_eq!(
        now.content().differences(&wanted),
        [Difference::Name, Difference::Kind, Difference::Description]
    );

    // Price and stock go on meanwhile, and what is proposed has them too.
    let variant = now.variants[0].id;
    market::transact!(store, actor, work => set_price_and_stock(work, product, variant, "13.000", "9").await).unwrap();
    let now = shown(&shop, product).await;
    assert_eq!(now.variants[0].price, Some(Vnd(13_000)));
    let wanted = open_review(store.reader(), product)
        .await
        .unwrap()
        .unwrap()
        .content
        .unwrap();
    assert_eq!(wanted.offers[0].price, Some(Vnd(13_000)));

    // Returned: what is shown stays; mended by another save.
    let seen = version(&shop, product).await;
    let reasons = &[("description".to_owned(), "Không hứa chữa bệnh".to_owned())];
    market::transact!(store, &officer(Vec::new()), work => return_with(work, product, seen, reasons).await).unwrap();
    assert_eq!(shown(&shop, product).await.status, ProductStatus::Published);
    let mended = &Basics {
        description: "Ngọt, ít xơ.".to_owned(),
        ..renamed.clone()
    };
    market::transact!(store, actor, work => save_basics(work, product, mended).await).unwrap();
    approved(&shop, product).await;
    let now = shown(&shop, product).await;
    assert_eq!(
        (
            now.name.as_str(),
            now.slug.as_str(),
            now.description.as_str()
        ),
        ("Khóm Cầu Đúc", "khom-cau-duc", "Ngọt, ít xơ.")
    );
    assert_eq!(now.variants[0].price, Some(Vnd(13_000)));
    assert!(matches!(
        by_slug(store.reader(), "khom").await.unwrap(),
        Some(ProductAt::Moved(slug)) if slug == "khom-cau-duc"
    ));
    assert!(
        open_review(store.reader(), product)
            .await
            .unwrap()
            .is_none()
    );
}

#[tokio::test]
async fn what_is_proposed_can_be_taken_back() {
    let shop = Shop::new("Út").await;
    let product = published(&shop, "Khóm").await;
    let (store, actor) = (&shop.db.store, &shop.actor);
    let boxed = &offer("Thùng 10 trái", "115.000", "thùng");
    let added =
        market::transact!(store, actor, work => add_offer(work, product, boxed).await).unwrap();
    // Buyers neither see nor buy it.
    assert_eq!(shown(&shop, product).await.variants.len(), 1);
    let order = &checkout(&[(added, 1)]);
    let bought = market::transact!(store, &Actor::guest(), work => check_out(work, order).await);
    assert!(bought.is_err(), "nobody has looked at it");
    market::transact!(store, actor, work => withdraw(work, product).await).unwrap();
    assert!(
        open_review(store.reader(), product)
            .await
            .unwrap()
            .is_none()
    );
    // Saying again what is shown proposes nothing.
    let same = &PriceForm {
        price_vnd: "12.000".to_owned(),
        unit: "trái".to_owned(),
        weight_grams: "500".to_owned(),
        ..PriceForm::default()
    }
    .parse()
    .unwrap();
    market::transact!(store, actor, work => save_price(work, product, same).await).unwrap();
    assert!(
        open_review(store.reader(), product)
            .await
            .unwrap()
            .is_none()
    );
    // A new listing that waits becomes a draft again.
    let (draft, _) = shop.product("Chanh", 5, 9_000).await;
    shop.unpublish(draft).await;
    let picture = shop.photo().await;
    market::transact!(store, actor, work => attach_photo(work, draft, picture).await).unwrap();
    shop.try_submit(draft).await.unwrap();
    market::transact!(store, actor, work => withdraw(work, draft).await).unwrap();
    assert_eq!(shown(&shop, draft).await.status, ProductStatus::Draft);
    shop.try_submit(draft).await.unwrap();
    approved(&shop, draft).await;
}

#[tokio::test]
async fn several_ways_of_selling_live_and_end_without_touching_orders() {
    let shop = Shop::new("Út").await;
    let product = published(&shop, "Khóm").await;
    let (store, actor) = (&shop.db.store, &shop.actor);
    let kilo = &offer("Theo ký", "18.000", "kg");
    let added =
        market::transact!(store, actor, work => add_offer(work, product, kilo).await).unwrap();
    let nameless = &offer("", "1.000", "kg");
    assert!(matches!(
        refused(market::transact!(store, actor, work => add_offer(work, product, nameless).await)),
        CatalogRefusal::Invalid(_)
    ));
    approved(&shop, product).await;
    let now = shown(&shop, product).await;
    assert_eq!(now.variants.len(), 2);
    assert_eq!(
        (now.variants[1].id, now.variants[1].available.thousandths()),
        (added, 10_000)
    );
    let order = &checkout(&[(added, 2)]);
    market::transact!(store, &Actor::guest(), work => check_out(work, order).await).unwrap();

    // The same number on two ways of one product is told at its field.
    let taken = &NewVariant {
        sku: now.variants[0].sku.clone(),
        ..kilo.clone()
    };
    let CatalogRefusal::Invalid(errors) = refused(
        market::transact!(store, actor, work => change_offer(work, product, added, taken).await),
    ) else {
        panic!("a number twice")
    };
    assert!(errors.of("sku").is_some());

    // Another unit waits as a whole, with its price; the order keeps the old one.
    let bunch = &offer("Theo bó", "40.000", "bó");
    market::transact!(store, actor, work => change_offer(work, product, added, bunch).await)
        .unwrap();
    let now = shown(&shop, product).await;
    assert_eq!(
        (now.variants[1].unit.as_str(), now.variants[1].price),
        ("kg", Some(Vnd(18_000)))
    );
    assert_eq!(
        refused(
            market::transact!(store, actor, work => set_price_and_stock(work, product, added, "17.000", "10").await)
        ),
        CatalogRefusal::UnitIsProposed
    );
    approved(&shop, product).await;
    let now = shown(&shop, product).await;
    assert_eq!(
        (now.variants[1].unit.as_str(), now.variants[1].price),
        ("bó", Some(Vnd(40_000)))
    );
    let kept: (String, i64) = sqlx::query_as("select unit, price_vnd from order_lines")
        .fetch_one(store.reader())
        .await
        .unwrap();
    assert_eq!(kept, ("kg".to_owned(), 18_000));

    // One ends at once; the last one stays.
    market::transact!(store, actor, work => end_offer(work, product, added).await).unwrap();
    let left = shown(&shop, product).await.variants;
    assert_eq!(left.len(), 1);
    let last = left[0].id;
    assert!(matches!(
        refused(market::transact!(store, actor, work => end_offer(work, product, last).await)),
        CatalogRefusal::Invalid(_)
    ));
    let kept: String = sqlx::query_scalar("select unit from order_lines")
        .fetch_one(store.reader())
        .await
        .unwrap();
    assert_eq!(kept, "kg");
}

#[tokio::test]
async fn photographs_taken_off_show_at_once_and_new_ones_wait() {
    let shop = Shop::new("Út").await;
    let product = published(&shop, "Khóm").await;
    let (store, actor) = (&shop.db.store, &shop.actor);
    let second = shop.photo().await;
    market::transact!(store, actor, work => attach_photo(work, product, second).await).unwrap();
    let placed = async || -> i64 {
        sqlx::query_scalar("select count(*) from product_photos where product_id = $1")
            .bind(product.0)
            .fetch_one(store.reader())
            .await
            .unwrap()
    };
    assert_eq!(placed().await, 1);
    approved(&shop, product).await;
    assert_eq!(placed().await, 2);
    market::transact!(store, actor, work => remove_photo(work, product, second).await).unwrap();
    assert_eq!(placed().await, 1, "harmless");
}

#[tokio::test]
async fn a_shop_that_was_suspended_shows_nothing_unseen() {
    let shop = Shop::new("Út").await;
    let product = published(&shop, "Khóm").await;
    let (store, actor) = (&shop.db.store, &shop.actor);
    sqlx::query("insert into seller_events (seller_id, at, event, actor_kind, reason) values ($1, $2, 'suspended', 'officer', 'Hàng giả')")
        .bind(shop.seller.0)
        .bind(store.now() - time::Duration::days(89))
        .execute(store.writer())
        .await
        .unwrap();
    let variant = shop.variant(product).await;
    market::transact!(store, actor, work => set_price_and_stock(work, product, variant, "99.000", "7").await).unwrap();
    let now = shown(&shop, product).await;
    assert_eq!(now.variants[0].price, Some(Vnd(12_000)), "waits");
    assert_eq!(shop.stock(product).await.0, 7, "what is there is there");
    shop.db.clock.advance(time::Duration::days(2));
    market::transact!(store, actor, work => set_price_and_stock(work, product, variant, "98.000", "7").await).unwrap();
    let now = shown(&shop, product).await;
    assert_eq!(now.variants[0].price, Some(Vnd(98_000)));
}

#[tokio::test]
async fn only_an_officer_of_the_commune_decides_and_never_about_the_own_shop() {
    let shop = Shop::new("Út").await;
    let product = published(&shop, "Khóm").await;
    let (store, actor) = (&shop.db.store, &shop.actor);
    let renamed = &basics("Khóm loại 1", "1", "");
    market::transact!(store, actor, work => save_basics(work, product, renamed).await).unwrap();
    let seen = version(&shop, product).await;
    let here = CommuneId(131_338);
    let mut own = officer(vec![here]);
    own.memberships.clone_from(&shop.actor.memberships);
    let mut other_work = officer(Vec::new());
    other_work.office.permissions = vec![Permission::Sellers, Permission::Certificates];
    for (who, expected) in [
        (officer(vec![CommuneId(1)]), CatalogRefusal::NotFound),
        (other_work, CatalogRefusal::NotFound),
        (shop.actor.clone(), CatalogRefusal::NotFound),
        (Actor::guest(), CatalogRefusal::NotFound),
        (own, CatalogRefusal::OwnShop),
    ] {
        assert_eq!(refused(decide(&shop, &who, product, seen).await), expected);
    }
    decide(&shop, &officer(vec![here]), product, seen)
        .await
        .unwrap();
    // Two officers at the same moment: one decides.
    assert!(matches!(
        refused(decide(&shop, &officer(vec![here]), product, seen).await),
        CatalogRefusal::WrongState(_)
    ));
}

#[tokio::test]
async fn two_officers_at_once_decide_once() {
    let shop = Shop::new("Út").await;
    let product = published(&shop, "Khóm").await;
    let (store, actor) = (&shop.db.store, &shop.actor);
    let renamed = &basics("Khóm loại 1", "1", "");
    market::transact!(store, actor, work => save_basics(work, product, renamed).await).unwrap();
    let seen = version(&shop, product).await;
    let officers = (officer(Vec::new()), officer(Vec::new()));
    let (one, other) = tokio::join!(
        decide(&shop, &officers.0, product, seen),
        decide(&shop, &officers.1, product, seen)
    );
    assert_eq!(
        [one, other]
            .iter()
            .filter(|outcome| outcome.is_ok())
            .count(),
        1
    );
    assert_eq!(decisions(store.reader(), product).await.unwrap().len(), 2);
}

#[tokio::test]
async fn goods_like_others_begin_as_a_draft_and_goods_taken_off_stay_off() {
    let shop = Shop::new("Út").await;
    let product = published(&shop, "Khóm").await;
    let (store, actor) = (&shop.db.store, &shop.actor);
    let kilo = &offer("Theo ký", "18.000", "kg");
    market::transact!(store, actor, work => add_offer(work, product, kilo).await).unwrap();
    approved(&shop, product).await;
    let copy = market::transact!(store, actor, work => duplicate(work, product).await).unwrap();
    let (model, made) = (shown(&shop, product).await, shown(&shop, copy).await);
    assert_eq!(
        (made.status, made.slug.as_str(), made.name),
        (ProductStatus::Draft, "khom-2", model.name)
    );
    assert_eq!(made.variants.len(), 2);
    for (of_model, of_copy) in model.variants.iter().zip(&made.variants) {
        assert_ne!(of_model.id, of_copy.id);
        assert_eq!(
            (of_model.price, &of_model.unit, &of_model.name),
            (of_copy.price, &of_copy.unit, &of_copy.name)
        );
        assert_eq!(of_copy.on_hand.thousandths(), 0);
    }
    market::transact!(store, actor, work => archive(work, product).await).unwrap();
    for outcome in [
        market::transact!(store, actor, work => pause(work, product).await),
        market::transact!(store, actor, work => submit(work, product).await.map(|_| ())),
    ] {
        assert!(matches!(
            refused(outcome),
            CatalogRefusal::WrongState("archived")
        ));
    }
    // Somebody else's goods are no model.
    let stranger = Actor {
        person: Some(PersonId(secret::new_key())),
        memberships: vec![market::kernel::Membership {
            seller: seller(&shop.db, "Bảy").await,
            duty: market::kernel::Duty::Owner,
        }],
        ..shop.actor.clone()
    };
    let outcome = market::transact!(store, &stranger, work => duplicate(work, copy).await);
    assert_eq!(refused(outcome), CatalogRefusal::NotFound);
}
