//! What buyers ask for once goods have arrived: answered, offered, refused, disputed, decided, paid back by line.
use market::claims::commands::{
    Answer, BuyerStep, answer, decide, open, remind_of_refunds, settle_due, take_step,
};
use market::claims::{
    Claim, ClaimReason, ClaimState, ClaimWish, ClaimsRefusal, NewClaim, ReturnedGoods, Ruling,
    queries,
};
use market::kernel::{
    Actor, ClaimId, Failure, Office, OrderLineId, PaperId, Permission, Quantity, Refusal as _,
    Role, SellerOrderId, VariantId, Vnd, secret,
};
use market::orders::{Order, OrderEvent, OrderState, Party, queries as order_queries};
use market::payments::commands::{advance, check_out, deliver_paid, give_back, receive};
use sqlx::query;
use time::Duration;
use uuid::Uuid;

use crate::support::shop::{Shop, checkout, person};

const fn units(count: i64) -> Quantity {
    Quantity::from_thousandths(count * 1000)
}

/// An order of 4 kg of fresh fruit at 30,000 đ and 2 boxes of dried fruit at 50,000 đ, delivered and paid.
struct Ground {
    shop: Shop,
    order: Order,
    dried: VariantId,
    photo: PaperId,
    officer: Actor,
}

impl Ground {
    async fn new() -> Self {
        let ground = Self::shipped().await;
        let part = ground.part();
        market::transact!(ground.shop.db.store, &ground.shop.actor, work => deliver_paid(work, part).await).unwrap();
        ground
    }

    /// On its way.
    async fn shipped() -> Self {
        let shop = Shop::new("Út").await;
        let (fresh_product, fresh) = shop.product("Khóm", 20, 30_000).await;
        let (dried_product, dried) = shop.product("Mít sấy", 20, 50_000).await;
        for (product, set) in [(fresh_product, 1), (dried_product, 7)] {
            query("update products set set_number = $2 where id = $1")
                .bind(product.0)
                .bind(set)
                .execute(shop.db.store.reader())
                .await
                .unwrap();
        }
        let form = checkout(&[(fresh, 4), (dried, 2)]);
        let placed =
            market::transact!(shop.db.store, &Actor::guest(), work => check_out(work, &form).await)
                .unwrap();
        let part = placed.parts[0].0;
        for event in [OrderEvent::Confirm, OrderEvent::Pack, OrderEvent::Ship] {
            market::transact!(shop.db.store, &shop.actor, work => advance(work, part, event, Party::Seller, "").await).unwrap();
        }
        let order = order_queries::by_id(shop.db.store.reader(), placed.id)
            .await
            .unwrap()
            .unwrap();
        let photo = PaperId(secret::new_key());
        query("insert into papers (id, seller_id, kind, digest, created_at) values ($1, $2, 'order', 'x', $3)")
            .bind(photo.0)
            .bind(shop.seller.0)
            .bind(shop.db.clock.now())
            .execute(shop.db.store.reader())
            .await
            .unwrap();
        let officer = Actor {
            person: Some(person(&shop.db, "0909000009", "mat khau dai").await),
            roles: vec![Role::Officer],
            office: Office {
                permissions: vec![Permission::Feedback],
                communes: Vec::new(),
            },
            ..Actor::guest()
        };
        Self {
            shop,
            order,
            dried,
            photo,
            officer,
        }
    }

    fn part(&self) -> SellerOrderId {
        self.order.parts[0].id
    }

    fn line(&self, index: usize) -> OrderLineId {
        self.order.parts[0].lines[index].id
    }

    fn new_claim(&self, lines: &[(usize, i64)], wish: ClaimWish) -> NewClaim {
        NewClaim {
            reason: ClaimReason::Spoiled,
            wish,
            text: "Dập hết".to_owned(),
            lines: lines
                .iter()
                .map(|(line, count)| (self.line(*line), units(*count)))
                .collect(),
        }
    }

    async fn open_with(
        &self,
        key: Uuid,
        claim: &NewClaim,
        photos: &[PaperId],
    ) -> Result<ClaimId, Failure<ClaimsRefusal>> {
        let part = self.part();
        market::transact!(self.shop.db.store, &Actor::guest(), work => open(work, part, key, claim, photos).await)
    }

    async fn open(
        &self,
        lines: &[(usize, i64)],
        wish: ClaimWish,
    ) -> Result<ClaimId, Failure<ClaimsRefusal>> {
        let claim = self.new_claim(lines, wish);
        self.open_with(secret::new_key(), &claim, &[self.photo])
            .await
    }

    async fn answer(
        &self,
        id: ClaimId,
        said: Answer,
    ) -> Result<ClaimState, Failure<ClaimsRefusal>> {
        let said = &said;
        market::transact!(self.shop.db.store, &self.shop.actor, work => answer(work, id, said).await)
    }

    async fn step(&self, id: ClaimId, taken: BuyerStep) -> Result<(), Failure<ClaimsRefusal>> {
        let taken = &taken;
        market::transact!(self.shop.db.store, &Actor::guest(), work => take_step(work, id, taken).await)
    }

    async fn decide(
        &self,
        actor: &Actor,
        id: ClaimId,
        ruling: Ruling,
    ) -> Result<ClaimState, Failure<ClaimsRefusal>> {
        let ruling = &ruling;
        market::transact!(self.shop.db.store, actor, work => decide(work, id, ruling).await)
    }

    /// What the worker does, until nothing is left; how much that was.
    async fn round(&self) -> usize {
        let mut count = 0;
        while market::transact_sure!(self.shop.db.store, &Actor::system(), work => Ok(settle_due(work).await.map_err(Failure::into_fault)?)).unwrap() {
            count += 1;
        }
        count
    }

    async fn claim(&self, id: ClaimId) -> Claim {
        queries::for_seller(self.shop.db.store.reader(), &self.shop.actor, id)
            .await
            .unwrap()
            .unwrap()
    }

    async fn now(&self) -> Order {
        let db = self.shop.db.store.reader();
        order_queries::by_id(db, self.order.id)
            .await
            .unwrap()
            .unwrap()
    }

    fn ruling(&self, amounts: &[(usize, i64)], shipping: i64, text: &str) -> Ruling {
        Ruling {
            lines: amounts
                .iter()
                .map(|(line, amount)| (self.line(*line), Vnd(*amount)))
                .collect(),
            shipping: Vnd(shipping),
            text: text.to_owned(),
        }
    }

    async fn on_hand(&self, variant: VariantId) -> i64 {
        sqlx::query_scalar("select on_hand from stock_items where variant_id = $1")
            .bind(variant.0)
            .fetch_one(self.shop.db.store.reader())
            .await
            .unwrap()
    }

    async fn messages(&self, kind: &str) -> i64 {
        sqlx::query_scalar("select count(*) from messages where kind = $1")
            .bind(kind)
            .fetch_one(self.shop.db.store.reader())
            .await
            .unwrap()
    }
}

fn code<T: std::fmt::Debug>(outcome: Result<T, Failure<ClaimsRefusal>>) -> &'static str {
    match outcome {
        Err(Failure::Refused(refusal)) => refusal.code(),
        other => panic!("{other:?}"),
    }
}

fn fields<T: std::fmt::Debug>(outcome: Result<T, Failure<ClaimsRefusal>>) -> Vec<String> {
    match outcome {
        Err(Failure::Refused(ClaimsRefusal::Invalid(errors))) => {
            errors.0.into_iter().map(|error| error.code).collect()
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_claim_that_is_granted_is_owed_by_line_and_then_handed_over() {
    let ground = Ground::new().await;
    let id = ground.open(&[(0, 1)], ClaimWish::Refund).await.unwrap();
    assert_eq!(ground.messages("claim_made").await, 1);
    let claim = ground.claim(id).await;
    assert_eq!(
        (claim.state, claim.asked()),
        (ClaimState::Open, Vnd(30_000))
    );
    assert!(claim.is_fresh);
    assert_eq!(claim.photos, [ground.photo]);
    let all = ground.ruling(&[(0, 30_000)], 5_000, "xin lỗi chị");
    let state = ground.answer(id, Answer::Pay(all)).await.unwrap();
    assert_eq!(state, ClaimState::Settled);
    let claim = ground.claim(id).await;
    assert_eq!(claim.refund.owed, Vnd(35_000));
    let payment = ground.now().await.parts[0].payment.clone().unwrap();
    assert_eq!((payment.refunded, payment.due()), (Vnd(35_000), None));
    let (store, actor) = (&ground.shop.db.store, &ground.shop.actor);
    for _ in 0..2 {
        market::transact!(store, actor, work => give_back(work, id, "chuyển khoản").await).unwrap();
    }
    let refund = ground.claim(id).await.refund;
    assert_eq!((refund.owed, refund.given_back), (Vnd::ZERO, Vnd(35_000)));
    // What was paid back is no longer asked for twice.
    assert_eq!(
        fields(ground.open(&[(0, 4)], ClaimWish::Refund).await),
        ["claim_too_much"]
    );
    ground.shop.is_sound().await;
}

#[tokio::test]
async fn who_offers_less_waits_for_the_buyer_and_silence_takes_it() {
    let ground = Ground::new().await;
    let id = ground.open(&[(0, 2)], ClaimWish::Refund).await.unwrap();
    let less = ground.ruling(&[(0, 20_000)], 0, "còn ăn được");
    assert_eq!(
        ground.answer(id, Answer::Pay(less)).await.unwrap(),
        ClaimState::Offered
    );
    assert_eq!(
        ground.claim(id).await.refund.owed,
        Vnd::ZERO,
        "not before it is taken"
    );
    assert_eq!(ground.round().await, 0);
    ground.shop.db.clock.advance(Duration::hours(73));
    assert_eq!(ground.round().await, 1);
    let claim = ground.claim(id).await;
    assert_eq!(
        (claim.state, claim.refund.owed),
        (ClaimState::Settled, Vnd(20_000))
    );
    assert_eq!(ground.round().await, 0);
    ground.shop.is_sound().await;
}

#[tokio::test]
async fn a_refusal_goes_to_an_officer_who_hears_both() {
    let ground = Ground::new().await;
    let id = ground.open(&[(0, 4)], ClaimWish::Refund).await.unwrap();
    ground
        .answer(id, Answer::Refuse("hàng đẹp khi gửi".to_owned()))
        .await
        .unwrap();
    let says = BuyerStep::Dispute("xem ảnh".to_owned());
    ground.step(id, says).await.unwrap();
    let half = ground.ruling(&[(0, 60_000)], 0, "dập một nửa");
    assert_eq!(
        code(ground.decide(&ground.officer, id, half.clone()).await),
        "claims.not_heard"
    );
    ground
        .answer(id, Answer::Say("xe giao làm dập".to_owned()))
        .await
        .unwrap();
    // Nobody else decides, nor who belongs to the shop.
    let mut own = ground.officer.clone();
    own.memberships = ground.shop.actor.memberships.clone();
    for actor in [&ground.shop.actor, &own, &Actor::guest()] {
        let outcome = ground.decide(actor, id, half.clone()).await;
        assert_eq!(code(outcome), "claims.not_found");
    }
    let silent = ground.ruling(&[(0, 60_000)], 0, "");
    assert_eq!(
        fields(ground.decide(&ground.officer, id, silent).await),
        ["required"]
    );
    let too_much = ground.ruling(&[(0, 120_001)], 0, "hết");
    assert_eq!(
        fields(ground.decide(&ground.officer, id, too_much).await),
        ["claim_amount"]
    );
    assert_eq!(
        ground.decide(&ground.officer, id, half).await.unwrap(),
        ClaimState::Settled
    );
    assert_eq!(ground.claim(id).await.refund.owed, Vnd(60_000));
    assert_eq!(ground.messages("claim_decided").await, 2);
    ground.shop.is_sound().await;
}

#[tokio::test]
async fn a_silent_seller_is_taken_to_an_officer_who_may_decline() {
    let ground = Ground::new().await;
    let id = ground.open(&[(1, 1)], ClaimWish::Refund).await.unwrap();
    ground.shop.db.clock.advance(Duration::hours(49));
    assert_eq!(ground.round().await, 1);
    assert_eq!(ground.claim(id).await.state, ClaimState::Disputed);
    ground.shop.db.clock.advance(Duration::hours(73));
    let nothing = ground.ruling(&[], 0, "ảnh không thấy gì");
    assert_eq!(
        ground.decide(&ground.officer, id, nothing).await.unwrap(),
        ClaimState::Declined
    );
    let refund = ground.claim(id).await.refund;
    assert_eq!(refund.owed, Vnd::ZERO);
    ground.shop.is_sound().await;
}

#[tokio::test]
async fn goods_that_come_back_stand_in_the_stock_or_are_written_off() {
    let ground = Ground::new().await;
    let before = ground.on_hand(ground.dried).await;
    let id = ground.open(&[(1, 2)], ClaimWish::Return).await.unwrap();
    ground
        .answer(id, Answer::TakeBack("gửi về nhà".to_owned()))
        .await
        .unwrap();
    assert_eq!(
        fields(ground.answer(id, Answer::Received(Vec::new())).await),
        ["claim_goods"]
    );
    let back = vec![(ground.line(1), ReturnedGoods::Restocked)];
    ground.answer(id, Answer::Received(back)).await.unwrap();
    assert_eq!(ground.on_hand(ground.dried).await, before + 2_000);
    let claim = ground.claim(id).await;
    assert_eq!(
        (claim.state, claim.refund.owed),
        (ClaimState::Settled, Vnd(100_000))
    );
    // The next one is written off: nothing moves.
    let ground = Ground::new().await;
    let id = ground.open(&[(1, 1)], ClaimWish::Return).await.unwrap();
    let said = "gửi về".to_owned();
    ground.answer(id, Answer::TakeBack(said)).await.unwrap();
    let before = ground.on_hand(ground.dried).await;
    let back = vec![(ground.line(1), ReturnedGoods::WrittenOff)];
    ground.answer(id, Answer::Received(back)).await.unwrap();
    assert_eq!(ground.on_hand(ground.dried).await, before);
    ground.shop.is_sound().await;
}

#[tokio::test]
async fn what_is_wrong_with_a_claim_is_told_at_its_field() {
    let ground = Ground::shipped().await;
    let too_early = ground.open(&[(0, 1)], ClaimWish::Refund).await;
    assert_eq!(code(too_early), "claims.too_late", "not delivered yet");
    let ground = Ground::new().await;
    let claim = ground.new_claim(&[(0, 1)], ClaimWish::Refund);
    let unseen = ground.open_with(secret::new_key(), &claim, &[]).await;
    assert_eq!(fields(unseen), ["claim_photo"]);
    let fresh_back = ground.open(&[(0, 1)], ClaimWish::Return).await;
    assert_eq!(fields(fresh_back), ["claim_fresh_stays"]);
    let too_much = ground.open(&[(0, 5)], ClaimWish::Refund).await;
    assert_eq!(fields(too_much), ["claim_too_much"]);
    // What spoils is claimed within two days, everything else within a week.
    ground.shop.db.clock.advance(Duration::hours(49));
    let late = ground.open(&[(0, 1), (1, 1)], ClaimWish::Refund).await;
    assert_eq!(fields(late), ["claim_late"]);
    let id = ground.open(&[(1, 1)], ClaimWish::Refund).await.unwrap();
    assert_eq!(
        code(ground.open(&[(1, 1)], ClaimWish::Refund).await),
        "claims.another_open"
    );
    ground.step(id, BuyerStep::Withdraw).await.unwrap();
    ground.shop.db.clock.advance(Duration::days(7));
    let late = ground.open(&[(1, 1)], ClaimWish::Refund).await;
    assert_eq!(fields(late), ["claim_late"]);
    ground.shop.is_sound().await;
}

#[tokio::test]
async fn what_was_not_paid_yet_is_no_longer_asked_for() {
    let ground = Ground::shipped().await;
    let (part, store, actor) = (ground.part(), &ground.shop.db.store, &ground.shop.actor);
    market::transact!(store, actor, work => advance(work, part, OrderEvent::Deliver, Party::Seller, "").await).unwrap();
    let id = ground.open(&[(0, 1)], ClaimWish::Refund).await.unwrap();
    let all = ground.ruling(&[(0, 30_000)], 0, "");
    ground.answer(id, Answer::Pay(all)).await.unwrap();
    let refund = ground.claim(id).await.refund;
    assert_eq!((refund.owed, refund.taken_off), (Vnd::ZERO, Vnd(30_000)));
    let order = ground.now().await;
    let due = order.parts[0].payment.as_ref().unwrap().due();
    assert_eq!(due, Some(Vnd(order.total.0 - 30_000)));
    market::transact!(store, actor, work => receive(work, part).await).unwrap();
    let payment = ground.now().await.parts[0].payment.clone().unwrap();
    assert_eq!((payment.paid, payment.due()), (due, None));
    ground.shop.is_sound().await;
}

#[tokio::test]
async fn nobody_takes_a_part_back_whole_while_something_of_it_is_claimed() {
    let ground = Ground::shipped().await;
    let (part, store, actor) = (ground.part(), &ground.shop.db.store, &ground.shop.actor);
    market::transact!(store, actor, work => advance(work, part, OrderEvent::Deliver, Party::Seller, "").await).unwrap();
    let id = ground.open(&[(0, 1)], ClaimWish::Refund).await.unwrap();
    let takes = async || market::transact!(store, actor, work => advance(work, part, OrderEvent::Return, Party::Seller, "hư hết").await);
    assert!(takes().await.is_err());
    ground.step(id, BuyerStep::Withdraw).await.unwrap();
    takes().await.unwrap();
    ground.shop.is_sound().await;
}

#[tokio::test]
async fn all_of_what_was_not_paid_is_taken_off_and_the_part_is_complete() {
    let ground = Ground::shipped().await;
    let (part, store, actor) = (ground.part(), &ground.shop.db.store, &ground.shop.actor);
    market::transact!(store, actor, work => advance(work, part, OrderEvent::Deliver, Party::Seller, "").await).unwrap();
    let id = ground
        .open(&[(0, 4), (1, 2)], ClaimWish::Refund)
        .await
        .unwrap();
    let shipping = ground.order.shipping.0;
    let all = ground.ruling(&[(0, 120_000), (1, 100_000)], shipping, "");
    ground.answer(id, Answer::Pay(all)).await.unwrap();
    let order = ground.now().await;
    assert_eq!(order.parts[0].state, OrderState::Completed);
    assert_eq!(order.parts[0].payment.as_ref().unwrap().due(), None);
    market::transact!(store, actor, work => receive(work, part).await).unwrap();
    ground.shop.is_sound().await;
}

/// Who carries cash on delivery has it, whatever the seller has said so far.
#[tokio::test]
async fn what_a_carrier_was_paid_at_the_door_is_owed() {
    let ground = Ground::shipped().await;
    let (part, store, actor) = (ground.part(), &ground.shop.db.store, &ground.shop.actor);
    query("update payments set collector = 'carrier' where seller_order_id = $1")
        .bind(part.0)
        .execute(store.reader())
        .await
        .unwrap();
    market::transact!(store, actor, work => advance(work, part, OrderEvent::Deliver, Party::Seller, "").await).unwrap();
    let id = ground.open(&[(0, 1)], ClaimWish::Refund).await.unwrap();
    let all = ground.ruling(&[(0, 30_000)], 0, "");
    ground.answer(id, Answer::Pay(all)).await.unwrap();
    assert_eq!(ground.claim(id).await.refund.owed, Vnd(30_000));
    market::transact!(store, actor, work => receive(work, part).await).unwrap();
    let order = ground.now().await;
    let payment = order.parts[0].payment.as_ref().unwrap();
    assert_eq!(payment.paid, Some(order.total));
    ground.shop.is_sound().await;
}

/// Two claims of one line never get more than it cost, whoever decides last.
#[tokio::test]
async fn a_dispute_about_a_line_that_was_paid_back_meanwhile_gives_what_is_left() {
    let ground = Ground::new().await;
    let first = ground.open(&[(0, 2)], ClaimWish::Refund).await.unwrap();
    let why = "không thấy hư".to_owned();
    ground.answer(first, Answer::Refuse(why)).await.unwrap();
    let second = ground.open(&[(0, 3)], ClaimWish::Refund).await.unwrap();
    let all = ground.ruling(&[(0, 90_000)], 0, "");
    ground.answer(second, Answer::Pay(all)).await.unwrap();
    let why = BuyerStep::Dispute("vẫn hư".to_owned());
    ground.step(first, why).await.unwrap();
    ground
        .answer(first, Answer::Say("đã trả rồi".to_owned()))
        .await
        .unwrap();
    let too_much = ground.ruling(&[(0, 60_000)], 0, "ảnh rõ");
    assert_eq!(
        fields(ground.decide(&ground.officer, first, too_much).await),
        ["claim_amount"]
    );
    let rest = ground.ruling(&[(0, 30_000)], 0, "phần còn lại");
    ground.decide(&ground.officer, first, rest).await.unwrap();
    ground.shop.is_sound().await;
}

#[tokio::test]
async fn money_that_is_overdue_is_reminded_once_and_seen_by_officers() {
    let ground = Ground::new().await;
    let id = ground.open(&[(0, 1)], ClaimWish::Refund).await.unwrap();
    let all = ground.ruling(&[(0, 30_000)], 0, "");
    ground.answer(id, Answer::Pay(all)).await.unwrap();
    let (store, clock) = (&ground.shop.db.store, &ground.shop.db.clock);
    let seen = async || {
        queries::disputed_count(store.reader(), &ground.officer, clock.now())
            .await
            .unwrap()
    };
    assert_eq!(seen().await, 0);
    clock.advance(Duration::hours(73));
    for _ in 0..2 {
        market::transact_sure!(store, &Actor::system(), work => Ok(remind_of_refunds(work, 10).await?)).unwrap();
    }
    assert_eq!(ground.messages("refund_overdue").await, 1);
    assert_eq!(seen().await, 1);
    let shown = queries::for_officer(store.reader(), &ground.officer, id, clock.now())
        .await
        .unwrap();
    assert!(shown.is_some());
}

/// Twenty times: the same form from many windows is one claim, and of granting, refusing and taking back at once one
/// wins; the money moves once at most.
#[tokio::test(flavor = "multi_thread")]
async fn races_leave_one_claim_and_one_answer() {
    let ground = Ground::new().await;
    for _ in 0..20 {
        let key = secret::new_key();
        let claim = ground.new_claim(&[(0, 1)], ClaimWish::Refund);
        let photos = [ground.photo];
        let twins = (0..6).map(|_| ground.open_with(key, &claim, &photos));
        let made: Vec<ClaimId> = futures_util::future::join_all(twins)
            .await
            .into_iter()
            .map(Result::unwrap)
            .collect();
        let id = made[0];
        assert!(made.iter().all(|other| *other == id));
        let part = ground.ruling(&[(0, 1_000)], 0, "");
        let (offered, refused, withdrawn) = tokio::join!(
            ground.answer(id, Answer::Pay(part)),
            ground.answer(id, Answer::Refuse("không".to_owned())),
            ground.step(id, BuyerStep::Withdraw),
        );
        let won = u8::from(offered.is_ok()) + u8::from(refused.is_ok());
        assert!(won <= 1, "one answer");
        assert!(won == 1 || withdrawn.is_ok());
        let after = ground.claim(id).await;
        if after.state == ClaimState::Offered {
            let (one, two, clock) = tokio::join!(
                ground.step(id, BuyerStep::Accept),
                ground.step(id, BuyerStep::Accept),
                ground.step(id, BuyerStep::Withdraw),
            );
            let taken = u8::from(one.is_ok()) + u8::from(two.is_ok());
            assert_eq!(taken + u8::from(clock.is_ok()), 1);
            let owed = ground.claim(id).await.refund.owed;
            assert_eq!(owed, Vnd(i64::from(taken) * 1_000));
        }
    }
    ground.shop.is_sound().await;
}

#[tokio::test]
async fn reports_count_what_was_given_back() {
    let ground = Ground::new().await;
    let id = ground.open(&[(0, 2)], ClaimWish::Refund).await.unwrap();
    let all = ground.ruling(&[(0, 60_000)], 0, "");
    ground.answer(id, Answer::Pay(all)).await.unwrap();
    market::transact_sure!(ground.shop.db.store, &Actor::system(), work => Ok(market::reports::commands::rebuild(work).await?)).unwrap();
    let (gross, refunds, settled): (i64, i64, i64) = sqlx::query_as(
        "select gross_vnd, refunds_vnd, settled_vnd from sales_daily where dimension = 'total'",
    )
    .fetch_one(ground.shop.db.store.reader())
    .await
    .unwrap();
    assert_eq!((gross, refunds, settled), (220_000, 60_000, 160_000));
    let findings = market::reports::check::run(ground.shop.db.store.reader())
        .await
        .unwrap();
    assert_eq!(findings, Vec::<String>::new());
}

#[tokio::test]
async fn a_forgotten_order_loses_words_and_photographs() {
    let ground = Ground::new().await;
    let id = ground.open(&[(0, 1)], ClaimWish::Refund).await.unwrap();
    let forget = async || {
        let before = ground.shop.db.clock.now();
        market::transact_sure!(ground.shop.db.store, &Actor::system(), work => Ok(market::orders::commands::forget_contacts(work, before, 10).await?)).unwrap()
    };
    ground.shop.db.clock.advance(Duration::days(400));
    assert_eq!(forget().await, 0, "something is open");
    ground.step(id, BuyerStep::Withdraw).await.unwrap();
    assert_eq!(forget().await, 1);
    let claim = ground.claim(id).await;
    assert_eq!((claim.text.as_str(), claim.photos.len()), ("", 0));
    market::transact_sure!(ground.shop.db.store, &Actor::system(), work => Ok(market::claims::commands::sweep(work).await?)).unwrap();
    let left: i64 = sqlx::query_scalar("select count(*) from papers where kind = 'order'")
        .fetch_one(ground.shop.db.store.reader())
        .await
        .unwrap();
    assert_eq!(left, 0);
}
