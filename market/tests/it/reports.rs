//! The rollup says what the lines say.
use market::kernel::rights::Office;
use market::kernel::{Actor, Failure, Permission, Role, Vnd};
use market::orders::{OrderEvent, Party};
use market::payments::commands::{advance, check_out, deliver_paid};
use market::reports::commands::{rebuild, refresh_days};
use market::reports::queries::sales;
use market::reports::{By, Compare, Period, Places, ReportsRefusal, SalesQuery, check};
use sqlx::query_scalar;
use time::Duration;

use crate::support::shop::{Shop, checkout};

fn officer() -> Actor {
    Actor {
        roles: vec![Role::Officer],
        office: Office {
            permissions: vec![Permission::Reports],
            communes: Vec::new(),
        },
        ..Actor::guest()
    }
}

#[tokio::test]
async fn equals_sql_over_the_lines_and_comes_out_the_same_when_made_anew() {
    let shop = Shop::new("Út").await;
    let (_, khom) = shop.product("Khóm", 500, 12_000).await;
    let (_, chanh) = shop.product("Chanh", 500, 8_000).await;
    let first = shop.db.store.today();
    for day in 0..6 {
        for (khoms, chanhs) in [(1, 2), (3, 1)] {
            let form = &checkout(&[(khom, khoms + day), (chanh, chanhs)]);
            let placed = market::transact!(shop.db.store, &Actor::guest(), work => check_out(work, form).await).unwrap();
            let part = placed.parts[0].0;
            if day % 3 == 0 {
                market::transact!(shop.db.store, &shop.actor, work => advance(work, part, OrderEvent::Cancel, Party::Seller, "hết").await).unwrap();
                continue;
            }
            for event in [OrderEvent::Confirm, OrderEvent::Pack, OrderEvent::Ship] {
                market::transact!(shop.db.store, &shop.actor, work => advance(work, part, event, Party::Seller, "").await).unwrap();
            }
            if day == 1 {
                market::transact!(shop.db.store, &shop.actor, work => advance(work, part, OrderEvent::Return, Party::Seller, "hư").await).unwrap();
            } else {
                market::transact!(shop.db.store, &shop.actor, work => deliver_paid(work, part).await).unwrap();
            }
        }
        shop.db.clock.advance(Duration::days(1));
    }
    let last = shop.db.store.today();
    market::transact_sure!(shop.db.store, &Actor::system(), work => Ok(rebuild(work).await?))
        .unwrap();
    assert_eq!(
        check::run(shop.db.store.reader()).await.unwrap(),
        Vec::<String>::new()
    );
    let period = Period {
        from: first,
        to: last,
    };
    for by in By::ALL {
        for places in [Places::Before, Places::After] {
            let query = SalesQuery {
                period,
                by,
                places,
                compare: Some(Compare::Previous),
            };
            let report = sales(shop.db.store.reader(), &officer(), query)
                .await
                .unwrap();
            let gross: i64 = query_scalar("select sum(line_vnd)::bigint from report_lines")
                .fetch_one(shop.db.store.reader())
                .await
                .unwrap();
            let returned: i64 = query_scalar(
                "select sum(line_vnd)::bigint from report_lines where state = 'returned'",
            )
            .fetch_one(shop.db.store.reader())
            .await
            .unwrap();
            assert_eq!(
                (report.totals.gross, report.totals.refunds),
                (Vnd(gross), Vnd(returned))
            );
            assert_eq!(
                report.rows.iter().map(|row| row.sums.net()).sum::<Vnd>(),
                report.totals.net(),
                "{by:?}"
            );
            assert_eq!((report.totals.orders, report.shops_paid.households), (8, 1));
            assert_eq!(report.compared.unwrap().orders, 0);
        }
    }
    let rows = async || -> Vec<String> {
        query_scalar(
            "select row_to_json(sales_daily)::text from sales_daily order by dimension, day, key",
        )
        .fetch_all(shop.db.store.reader())
        .await
        .unwrap()
    };
    let before = rows().await;
    market::transact_sure!(shop.db.store, &Actor::system(), work => Ok(refresh_days(work, &[first, last]).await?)).unwrap();
    sqlx::query("delete from sales_daily")
        .execute(shop.db.store.reader())
        .await
        .unwrap();
    market::transact_sure!(shop.db.store, &Actor::system(), work => Ok(rebuild(work).await?))
        .unwrap();
    assert_eq!(rows().await, before);
}

#[tokio::test]
async fn only_officers_read_them() {
    let shop = Shop::new("Út").await;
    let period = Period::last(30, shop.db.store.today());
    let query = SalesQuery {
        period,
        by: By::Day,
        places: Places::After,
        compare: None,
    };
    let refused = sales(shop.db.store.reader(), &shop.actor, query).await;
    assert!(matches!(
        refused,
        Err(Failure::Refused(ReportsRefusal::NotAnOfficer))
    ));
}
