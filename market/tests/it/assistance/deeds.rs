//! The diary: what a helper did in a household's name, for the household and for officers.
use market::diary;
use market::kernel::{Actor, Permission};
use market::orders::{OrderEvent, Party};
use market::payments::commands::{advance, check_out};

use super::{COMMUNE, ELSEWHERE, Team, officer, wish};
use crate::support::shop::{checkout, person};

#[tokio::test]
async fn what_a_helper_does_stands_in_the_households_diary() {
    let team = Team::new().await;
    let store = &team.db().store;
    let seller = team.shop.seller;
    let (_, variant) = team.shop.product("Khóm Cầu Đúc", 50, 35_000).await;
    let buy = &checkout(&[(variant, 1)]);
    let placed =
        market::transact!(store, &Actor::guest(), work => check_out(work, buy).await).unwrap();
    let part = placed.parts[0].0;
    team.consent(&wish(&["orders"])).await;
    team.act().await.unwrap();
    let mut acting = team.now().await;
    acting.address = "203.0.113.7".to_owned();
    market::transact!(store, &acting, work => advance(work, part, OrderEvent::Confirm, Party::Seller, "").await).unwrap();

    let own = async |actor: &Actor, after| {
        let deeds = diary::queries::of_seller(store.reader(), actor, seller, after).await;
        deeds.unwrap()
    };
    let deeds = own(&team.shop.actor, None).await;
    let last = &deeds.rows[0];
    assert_eq!(
        (last.action.as_str(), last.actor_kind.as_str()),
        ("order.confirm", "helper")
    );
    assert!(last.is_on_behalf);
    assert_eq!(last.person.as_deref(), Some("Lan"));
    assert_eq!(last.address, "203.0.…");
    let (code, change) = (last.subject.clone().unwrap(), &last.changes[0]);
    assert_eq!(code, placed.code.to_string());
    assert_eq!(
        (change.before.as_str(), change.after.as_str()),
        ("placed", "confirmed")
    );
    let actions: Vec<&str> = deeds.rows.iter().map(|row| row.action.as_str()).collect();
    for action in [
        "help.started",
        "consent.given",
        "consent.asked",
        "product.started",
    ] {
        assert!(actions.contains(&action), "{action} in {actions:?}");
    }
    for actor in [&acting, &Actor::guest()] {
        assert!(own(actor, None).await.rows.is_empty(), "nobody else's");
    }

    // An officer finds it, and the look is on record.
    let clerk = person(team.db(), "0907000003", "mat khau dai").await;
    let look = async |actor: &Actor, form: diary::SearchForm| {
        let (form, search) = (&form, &form.parse().unwrap());
        market::transact!(store, actor, work => diary::commands::search(work, form, search).await)
    };
    let province = officer(Permission::Audit, &[], clerk);
    let form = |person: &str, shop: &str, action: &str| diary::SearchForm {
        person: person.to_owned(),
        seller: shop.to_owned(),
        action: action.to_owned(),
        ..diary::SearchForm::default()
    };
    for asked in [
        form("0907 000 001", "", "order"),
        form("lan", "ut", "order.confirm"),
        form("", "Út", "order"),
    ] {
        let found = look(&province, asked).await.unwrap();
        assert_eq!(found.rows.len(), 1);
        assert_eq!(found.rows[0].action, "order.confirm");
    }
    let looks = look(&province, form("", "", "diary")).await.unwrap();
    assert_eq!(looks.rows.len(), 3);
    let there = officer(Permission::Audit, &[ELSEWHERE], clerk);
    assert!(
        look(&there, form("", "", ""))
            .await
            .unwrap()
            .rows
            .is_empty()
    );
    let here = officer(Permission::Audit, &[COMMUNE], clerk);
    assert!(!look(&here, form("", "", "")).await.unwrap().rows.is_empty());
    let other = officer(Permission::Sellers, &[], clerk);
    assert!(look(&other, form("", "", "")).await.is_err());
}

#[tokio::test]
async fn a_diary_is_read_page_by_page_without_gaps() {
    let team = Team::new().await;
    for price in 0..40 {
        team.shop.product("Khóm", 5, 10_000 + price).await;
    }
    let store = &team.db().store;
    let (mut seen, mut after, mut pages) = (0, None, 0);
    loop {
        let page =
            diary::queries::of_seller(store.reader(), &team.shop.actor, team.shop.seller, after)
                .await
                .unwrap();
        seen += page.rows.len();
        pages += 1;
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    let all: i64 = sqlx::query_scalar("select count(*) from audit_log where seller_id = $1")
        .bind(team.shop.seller.0)
        .fetch_one(store.reader())
        .await
        .unwrap();
    assert_eq!((i64::try_from(seen).unwrap(), pages > 1), (all, true));
}
