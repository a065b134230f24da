//! Placing orders and moving them on: never oversold, once for one form, money and goods as the states say.
use market::kernel::limit::{Limit, Rate, TooOften};
use market::kernel::{
    Actor, Duty, Failure, Membership, Phone, Quantity, SellerOrderId, VariantId, Vnd,
};
use market::orders::commands::{self, follow};
use market::orders::{
    Checkout, Entry, OrderEvent, OrderState, OrdersRefusal, Party, PaymentStatus, PlacedOrder,
    queries,
};
use market::payments::commands::{
    advance, check_out, deliver_paid, expire, receive, take_by_phone,
};
use sqlx::query_scalar;
use time::Duration;

use crate::support::shop::{Shop, checkout, seller};

mod combos;
mod locks;
mod walks;

pub use locks::until_somebody_waits;

async fn place(shop: &Shop, checkout: &Checkout) -> Result<PlacedOrder, Failure<OrdersRefusal>> {
    market::transact!(shop.db.store, &Actor::guest(), work => check_out(work, checkout).await)
}

async fn step(
    shop: &Shop,
    part: SellerOrderId,
    event: OrderEvent,
    party: Party,
) -> Result<OrderState, Failure<OrdersRefusal>> {
    market::transact!(shop.db.store, &shop.actor, work => advance(work, part, event, party, "vì sao").await)
}

#[tokio::test]
async fn an_order_is_divided_by_seller_and_keeps_what_was_seen() {
    let mut shop = Shop::new("Út").await;
    let (khom, khom_one) = shop.product("Khóm", 10, 12_000).await;
    let ut = shop.seller;
    let bay = seller(&shop.db, "Bảy").await;
    shop.seller = bay;
    shop.actor.memberships.push(Membership {
        seller: bay,
        duty: Duty::Owner,
    });
    let (_, mam) = shop.product("Mắm", 10, 90_000).await;
    let placed = place(&shop, &checkout(&[(khom_one, 2), (mam, 1), (khom_one, 1)]))
        .await
        .unwrap();
    let order = queries::by_code(shop.db.store.reader(), &placed.code, &placed.token)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        order
            .parts
            .iter()
            .map(|part| part.seller)
            .collect::<Vec<_>>(),
        [ut, bay]
    );
    assert_eq!(
        order.parts[0].lines.len(),
        1,
        "lines of one variant are counted together"
    );
    assert_eq!(order.items, Vnd(3 * 12_000 + 90_000));
    assert_eq!(
        order.total,
        order.parts.iter().map(|part| part.total).sum::<Vnd>()
    );
    assert!(order.parts.iter().all(|part| {
        part.payment
            .as_ref()
            .is_some_and(|payment| payment.status == PaymentStatus::Pending)
    }));
    assert_eq!(shop.stock(khom).await, (10, 3));
    sqlx::query("update products set name = 'Dứa' where id = $1")
        .bind(khom.0)
        .execute(shop.db.store.reader())
        .await
        .unwrap();
    let order = queries::by_id(shop.db.store.reader(), placed.id)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(order.parts[0].lines[0].name, "Khóm");
    assert!(
        queries::by_code(shop.db.store.reader(), &placed.code, "wrong")
            .await
            .unwrap()
            .is_none()
    );
    shop.is_sound().await;
}

#[tokio::test]
async fn a_gift_and_an_invoice_are_kept_and_the_giver_finds_the_order() {
    let shop = Shop::new("Út").await;
    let (_, khom) = shop.product("Khóm", 10, 12_000).await;
    let mut form = checkout(&[(khom, 2)]);
    form.contact = market::orders::CheckoutForm {
        name: "Trần Thị Thử".to_owned(),
        phone: "0987654321".to_owned(),
        commune_code: "31338".to_owned(),
        street: "Số 1".to_owned(),
        payment_method: "cod".to_owned(),
        is_gift: "1".to_owned(),
        buyer_name: "Lê Văn Biếu".to_owned(),
        buyer_phone: "0913000111".to_owned(),
        gift_words: "Chúc mừng".to_owned(),
        wants_invoice: "1".to_owned(),
        invoice_name: "Công ty Thử".to_owned(),
        invoice_tax_code: "0100109106".to_owned(),
        invoice_address: "Số 2".to_owned(),
        ..market::orders::CheckoutForm::default()
    }
    .parse()
    .unwrap();
    let placed = place(&shop, &form).await.unwrap();
    let db = shop.db.store.reader();
    let order = queries::by_id(db, placed.id).await.unwrap().unwrap();
    assert_eq!(order.gift, form.contact.gift);
    assert_eq!(order.invoice, form.contact.invoice);
    let tries = Limit::new("test", Rate::Unlimited).of("203.0.113.7");
    for phone in ["0913000111", "0987654321"] {
        let phone = Phone::parse(phone).unwrap();
        let token = follow(&shop.db.store, &tries, &placed.code, &phone).await;
        assert_eq!(token.unwrap(), placed.token);
    }
    // The same again, but for the words on the card, is another order.
    assert!(!place(&shop, &form).await.unwrap().is_new);
    form.contact.gift.as_mut().unwrap().words = "Khác".to_owned();
    assert!(matches!(
        place(&shop, &form).await,
        Err(Failure::Refused(OrdersRefusal::KeyReused))
    ));
}

#[tokio::test]
async fn an_order_by_telephone_is_of_the_own_goods_and_promised_at_once() {
    let mut shop = Shop::new("Út").await;
    let (khom, own) = shop.product("Khóm", 10, 12_000).await;
    let ut = shop.seller;
    let bay = seller(&shop.db, "Bảy").await;
    shop.seller = bay;
    shop.actor.memberships.push(Membership {
        seller: bay,
        duty: Duty::Owner,
    });
    let (_, mam) = shop.product("Mắm", 10, 90_000).await;
    let take = async |actor: &Actor, form: &Checkout| market::transact!(shop.db.store, actor, work => take_by_phone(work, ut, form).await);
    let by_phone = |lines: &[(VariantId, i64)]| Checkout {
        entry: Entry::Phone,
        ..checkout(lines)
    };
    let form = by_phone(&[(own, 3)]);
    let part = take(&shop.actor, &form).await.unwrap();
    assert_eq!(take(&shop.actor, &form).await.unwrap(), part, "two taps");
    assert_eq!(shop.stock(khom).await, (10, 3));
    let db = shop.db.store.reader();
    let order = queries::for_seller(db, part, &shop.actor)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(order.entry, Entry::Phone);
    assert_eq!(order.parts[0].state, OrderState::Confirmed);
    let page = market::kernel::PageRequest::new(None, None);
    let (typed, _) = queries::own(db, shop.actor.person.unwrap(), page)
        .await
        .unwrap();
    assert_eq!(typed, [], "the order is not the seller's own");
    for (actor, form) in [
        (&shop.actor, by_phone(&[(own, 1), (mam, 1)])),
        (&Actor::guest(), by_phone(&[(own, 1)])),
    ] {
        assert!(matches!(
            take(actor, &form).await,
            Err(Failure::Refused(OrdersRefusal::NotFound))
        ));
    }
    assert_eq!(
        shop.stock(khom).await,
        (10, 3),
        "nothing is left of what was refused"
    );
    shop.is_sound().await;
}

#[tokio::test]
async fn buyer_and_seller_talk_about_an_order_and_see_what_was_read() {
    let shop = Shop::new("Út").await;
    let (_, khom) = shop.product("Khóm", 10, 12_000).await;
    let placed = place(&shop, &checkout(&[(khom, 1)])).await.unwrap();
    let db = shop.db.store.reader();
    let part = placed.parts[0].0;
    let say = async |actor: &Actor, party, text: &str| market::transact!(shop.db.store, actor, work => commands::say(work, part, party, text).await);
    let guest = Actor::guest();
    say(&guest, Party::Buyer, "Giao buổi chiều được không?")
        .await
        .unwrap();
    let board = async || {
        let page = market::kernel::PageRequest::new(None, None);
        queries::board(db, shop.seller, &[], page).await.unwrap()
    };
    assert!(board().await[0].has_unread);
    assert_eq!(queries::unread(db, shop.seller).await.unwrap(), 1);
    market::transact_sure!(shop.db.store, &shop.actor, work => Ok(commands::see_messages(work, &[part], Party::Seller).await?)).unwrap();
    assert!(!board().await[0].has_unread);
    say(&shop.actor, Party::Seller, "Dạ được.").await.unwrap();
    let order = queries::by_id(db, placed.id).await.unwrap().unwrap();
    let said = &order.parts[0];
    assert!(said.has_unseen(Party::Buyer) && !said.has_unseen(Party::Seller));
    let asked = said.messages.iter().find(|it| it.from == Party::Buyer);
    assert!(asked.unwrap().read_at.is_some());
    // A stranger is no seller of it.
    assert!(matches!(
        say(&guest, Party::Seller, "Tôi là chủ").await,
        Err(Failure::Refused(OrdersRefusal::NotFound))
    ));
    for _ in 0..198 {
        say(&guest, Party::Buyer, "…").await.unwrap();
    }
    assert!(matches!(
        say(&guest, Party::Buyer, "…").await,
        Err(Failure::Refused(OrdersRefusal::Invalid(_)))
    ));
}

#[tokio::test]
async fn a_person_sees_the_own_orders_and_keeps_ten_addresses() {
    let shop = Shop::new("Út").await;
    let (_, khom) = shop.product("Khóm", 50, 12_000).await;
    let db = shop.db.store.reader();
    let person = shop.actor.person.unwrap();
    place(&shop, &checkout(&[(khom, 1)])).await.unwrap();
    for number in 0..12 {
        let mut form = checkout(&[(khom, 1)]);
        form.contact.street = format!("Số {number}");
        market::transact!(shop.db.store, &shop.actor, work => {
            check_out(work, &form).await?;
            market::orders::commands::keep_address(work, &form.contact).await?;
            Ok::<_, Failure<OrdersRefusal>>(())
        })
        .unwrap();
    }
    let page = market::kernel::PageRequest::new(None, Some(5));
    let (orders, total) = queries::own(db, person, page).await.unwrap();
    assert_eq!(
        (orders.len(), total),
        (5, 12),
        "a guest's order is nobody's"
    );
    assert_eq!(orders[0].parts, [("Út".to_owned(), OrderState::Placed)]);
    let kept = queries::addresses(db, person).await.unwrap();
    assert_eq!(kept.len(), 10, "the oldest go");
    let forget = async |actor: &Actor| market::transact!(shop.db.store, actor, work => market::orders::commands::forget_address(work, kept[0].id).await);
    assert!(matches!(
        forget(&Actor::guest()).await,
        Err(Failure::Refused(OrdersRefusal::NotFound))
    ));
    forget(&shop.actor).await.unwrap();
    assert_eq!(queries::addresses(db, person).await.unwrap().len(), 9);
}

#[tokio::test]
async fn the_same_form_is_one_order_however_the_requests_race() {
    let shop = Shop::new("Út").await;
    let (khom, variant) = shop.product("Khóm", 1, 12_000).await;
    let form = checkout(&[(variant, 1)]);
    let placed = futures_util::future::join_all((0..12).map(|_| place(&shop, &form))).await;
    let codes: std::collections::HashSet<_> = placed
        .into_iter()
        .map(|placed| placed.unwrap().code.to_string())
        .collect();
    assert_eq!(codes.len(), 1);
    assert_eq!(shop.stock(khom).await, (1, 1));
}

#[tokio::test]
async fn the_last_pieces_go_to_as_many_buyers() {
    let shop = Shop::new("Út").await;
    let (khom, variant) = shop.product("Khóm", 5, 12_000).await;
    let forms: Vec<_> = (0..64).map(|_| checkout(&[(variant, 1)])).collect();
    let outcomes =
        futures_util::future::join_all(forms.iter().map(|form| place(&shop, form))).await;
    let sold = outcomes.iter().filter(|outcome| outcome.is_ok()).count();
    assert_eq!(sold, 5);
    for refused in outcomes.into_iter().filter_map(Result::err) {
        let Failure::Refused(OrdersRefusal::OutOfStock(short)) = refused else {
            panic!("{refused}")
        };
        assert_eq!(short[0].name, "Khóm");
    }
    assert_eq!(shop.stock(khom).await, (5, 5));
    shop.is_sound().await;
}

#[tokio::test]
async fn carts_that_overlap_in_opposite_orders_never_block_each_other() {
    let shop = Shop::new("Út").await;
    let (_, one) = shop.product("Khóm", 1000, 12_000).await;
    let (_, two) = shop.product("Chanh", 1000, 8_000).await;
    let forms: Vec<_> = (0..100)
        .map(|index| {
            if index % 2 == 0 {
                checkout(&[(one, 1), (two, 1)])
            } else {
                checkout(&[(two, 1), (one, 1)])
            }
        })
        .collect();
    let outcomes =
        futures_util::future::join_all(forms.iter().map(|form| place(&shop, form))).await;
    assert!(outcomes.iter().all(Result::is_ok));
    shop.is_sound().await;
}

#[tokio::test]
async fn what_cannot_be_ordered_is_told() {
    let shop = Shop::new("Út").await;
    let (khom, variant) = shop.product("Khóm", 5, 12_000).await;
    let refusal = |outcome: Result<PlacedOrder, Failure<OrdersRefusal>>| match outcome {
        Err(Failure::Refused(refusal)) => refusal,
        other => panic!("{other:?}"),
    };
    assert_eq!(
        refusal(place(&shop, &checkout(&[])).await),
        OrdersRefusal::Empty
    );
    assert!(
        matches!(refusal(place(&shop, &checkout(&[(variant, 6)])).await), OrdersRefusal::OutOfStock(short) if short[0].available.thousandths() == 5000)
    );
    let mut half = checkout(&[(variant, 1)]);
    half.lines
        .push((VariantId(uuid::Uuid::nil()), half.lines[0].1));
    half.lines[0].1 = Quantity::from_thousandths(1500);
    let OrdersRefusal::Invalid(wrong) = refusal(place(&shop, &half).await) else {
        panic!("half a fruit and nobody's product")
    };
    let wrong: Vec<_> = wrong
        .0
        .iter()
        .map(|error| (error.field.as_str(), error.code.as_str()))
        .collect();
    assert_eq!(
        wrong,
        [
            ("lines.0.quantity", "step"),
            ("lines.1.variant_id", "unknown_variant")
        ]
    );
    let mut dearer = checkout(&[(variant, 1)]);
    dearer.seen_total = Some(Vnd(1));
    assert_eq!(
        refusal(place(&shop, &dearer).await),
        OrdersRefusal::TotalChanged { now: Vnd(22_000) }
    );
    sqlx::query("update products set status = 'paused' where id = $1")
        .bind(khom.0)
        .execute(shop.db.store.reader())
        .await
        .unwrap();
    assert!(matches!(
        refusal(place(&shop, &checkout(&[(variant, 1)])).await),
        OrdersRefusal::OutOfStock(_)
    ));
    assert_eq!(shop.stock(khom).await, (5, 0));
}

#[tokio::test]
async fn a_key_stands_for_one_order_and_its_wishes() {
    let shop = Shop::new("Út").await;
    let (khom, variant) = shop.product("Khóm", 9, 12_000).await;
    let form = checkout(&[(variant, 2)]);
    let placed = place(&shop, &form).await.unwrap();
    // Written in other words, but the same.
    let mut again = form.clone();
    again.lines = [1, 1].map(|_| (variant, Quantity::ONE)).to_vec();
    let twin = place(&shop, &again).await.unwrap();
    assert_eq!((twin.code, twin.is_new), (placed.code, false));
    let changes: [fn(&mut Checkout); 6] = [
        |form| form.lines[0].1 = Quantity::ONE,
        |form| "Người khác".clone_into(&mut form.contact.name),
        |form| form.contact.phone = Phone::parse("0900000000").unwrap(),
        |form| "Số 2".clone_into(&mut form.contact.street),
        |form| "Gọi trước".clone_into(&mut form.contact.note),
        |form| "31447".clone_into(&mut form.contact.commune_code),
    ];
    for change in changes {
        let mut other = form.clone();
        change(&mut other);
        let outcome = place(&shop, &other).await;
        assert!(
            matches!(outcome, Err(Failure::Refused(OrdersRefusal::KeyReused))),
            "{other:?}: {outcome:?}"
        );
    }
    assert_eq!(shop.stock(khom).await, (9, 2));
}

#[tokio::test]
async fn a_former_communes_code_leads_to_todays_or_is_asked_back() {
    let shop = Shop::new("Út").await;
    let (_, variant) = shop.product("Khóm", 9, 12_000).await;
    let to = async |code: &str| {
        let mut form = checkout(&[(variant, 1)]);
        code.clone_into(&mut form.contact.commune_code);
        place(&shop, &form).await
    };
    for (code, name) in [("31338", "Xã Hỏa Lựu"), ("31447", "Xã Vĩnh Thuận Đông")] {
        let placed = to(code).await.unwrap();
        let order = queries::by_id(shop.db.store.reader(), placed.id)
            .await
            .unwrap()
            .unwrap();
        assert_eq!(order.commune_name, name, "{code}");
    }
    for (code, wrong) in [("31178", "commune_split"), ("00000", "commune_code")] {
        let Err(Failure::Refused(OrdersRefusal::Invalid(errors))) = to(code).await else {
            panic!("{code} is no one place")
        };
        assert_eq!(
            (errors.0[0].field.as_str(), errors.0[0].code.as_str()),
            ("commune_code", wrong)
        );
    }
}

#[tokio::test]
async fn a_part_goes_its_way_to_the_money() {
    let shop = Shop::new("Út").await;
    let (khom, variant) = shop.product("Khóm", 5, 12_000).await;
    let placed = place(&shop, &checkout(&[(variant, 2)])).await.unwrap();
    let part = placed.parts[0].0;
    for event in [OrderEvent::Confirm, OrderEvent::Pack, OrderEvent::Ship] {
        step(&shop, part, event, Party::Seller).await.unwrap();
    }
    assert_eq!(
        shop.stock(khom).await,
        (3, 0),
        "shipped goods have left the stock"
    );
    assert!(matches!(
        step(&shop, part, OrderEvent::Cancel, Party::Seller).await,
        Err(Failure::Refused(OrdersRefusal::NotAllowed { .. }))
    ));
    market::transact!(shop.db.store, &shop.actor, work => deliver_paid(work, part).await).unwrap();
    let order = queries::by_id(shop.db.store.reader(), placed.id)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(order.parts[0].state, OrderState::Completed);
    assert_eq!(
        order.parts[0].payment.as_ref().unwrap().status,
        PaymentStatus::Paid
    );
    let history: Vec<_> = order.parts[0]
        .history
        .iter()
        .map(|entry| entry.to)
        .collect();
    assert_eq!(
        history,
        [
            OrderState::Placed,
            OrderState::Confirmed,
            OrderState::Packed,
            OrderState::Shipped,
            OrderState::Delivered,
            OrderState::Completed
        ]
    );
    market::transact!(shop.db.store, &shop.actor, work => receive(work, part).await).unwrap();
    let paid: i64 = query_scalar("select count(*) from payment_events where status = 'paid'")
        .fetch_one(shop.db.store.reader())
        .await
        .unwrap();
    assert_eq!(paid, 1, "money is received once");
    shop.is_sound().await;
}

#[tokio::test]
async fn calling_off_gives_the_goods_back_and_asks_for_no_money() {
    let shop = Shop::new("Út").await;
    let (khom, variant) = shop.product("Khóm", 5, 12_000).await;
    let placed = place(&shop, &checkout(&[(variant, 2)])).await.unwrap();
    let part = placed.parts[0].0;
    let silent = market::transact!(shop.db.store, &shop.actor, work => advance(work, part, OrderEvent::Cancel, Party::Seller, " ").await);
    assert!(
        matches!(silent, Err(Failure::Refused(OrdersRefusal::Invalid(_)))),
        "a seller says why"
    );
    let stranger = Actor {
        memberships: Vec::new(),
        ..shop.actor.clone()
    };
    let foreign = market::transact!(shop.db.store, &stranger, work => advance(work, part, OrderEvent::Confirm, Party::Seller, "").await);
    assert!(matches!(
        foreign,
        Err(Failure::Refused(OrdersRefusal::NotFound))
    ));
    step(&shop, part, OrderEvent::Cancel, Party::Buyer)
        .await
        .unwrap();
    assert_eq!(shop.stock(khom).await, (5, 0));
    let order = queries::by_id(shop.db.store.reader(), placed.id)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        order.parts[0].payment.as_ref().unwrap().status,
        PaymentStatus::Cancelled
    );
    shop.is_sound().await;
}

#[tokio::test]
async fn what_was_paid_and_is_called_off_is_given_back() {
    let shop = Shop::new("Út").await;
    let (_, variant) = shop.product("Khóm", 5, 12_000).await;
    let placed = place(&shop, &checkout(&[(variant, 2)])).await.unwrap();
    let part = placed.parts[0].0;
    step(&shop, part, OrderEvent::Confirm, Party::Seller)
        .await
        .unwrap();
    market::transact!(shop.db.store, &shop.actor, work => receive(work, part).await).unwrap();
    step(&shop, part, OrderEvent::Cancel, Party::Seller)
        .await
        .unwrap();
    let order = queries::by_id(shop.db.store.reader(), placed.id)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        order.parts[0].payment.as_ref().unwrap().status,
        PaymentStatus::Refunded
    );
    shop.is_sound().await;
}

#[tokio::test]
async fn what_nobody_confirms_in_time_is_called_off() {
    let shop = Shop::new("Út").await;
    let (khom, variant) = shop.product("Khóm", 5, 12_000).await;
    let placed = place(&shop, &checkout(&[(variant, 2)])).await.unwrap();
    let expired = async || {
        market::transact!(shop.db.store, &Actor::system(), work => expire(work, 10).await).unwrap()
    };
    shop.db.clock.advance(Duration::hours(47));
    assert_eq!(expired().await, 0);
    shop.db.clock.advance(Duration::hours(2));
    assert_eq!(expired().await, 1);
    assert_eq!(shop.stock(khom).await, (5, 0));
    let order = queries::by_id(shop.db.store.reader(), placed.id)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(order.parts[0].state, OrderState::Cancelled);
    shop.is_sound().await;
}

#[tokio::test]
async fn the_number_of_an_order_can_not_be_guessed_from_many_addresses() {
    let shop = Shop::new("Út").await;
    let (_, khom) = shop.product("Khóm", 10, 12_000).await;
    let [mine, other] = [
        place(&shop, &checkout(&[(khom, 1)])).await.unwrap(),
        place(&shop, &checkout(&[(khom, 1)])).await.unwrap(),
    ];
    let store = &shop.db.store;
    let address = &Limit::new("test", Rate::Unlimited).of("203.0.113.7");
    let right = Phone::parse("0987654321").unwrap();
    for _ in 0..12 {
        let found = follow(store, address, &mine.code, &right).await.unwrap();
        assert_eq!(found, mine.token);
    }
    for guess in 0..10 {
        let wrong = Phone::parse(&format!("091234567{guess}")).unwrap();
        assert!(matches!(
            follow(store, address, &mine.code, &wrong).await,
            Err(Failure::Refused(OrdersRefusal::NotFound))
        ));
    }
    assert!(matches!(
        follow(store, address, &mine.code, &right).await,
        Err(Failure::Refused(OrdersRefusal::TooManyTries(TooOften {
            seconds: 1..=90
        })))
    ));
    assert!(follow(store, address, &other.code, &right).await.is_ok());
    shop.db.clock.advance(Duration::minutes(2));
    assert!(follow(store, address, &mine.code, &right).await.is_ok());
}
