//! The desk: the clock, the moves, and what officers are told.
use market::authorities::commands::round;
use market::authorities::{AuthoritiesRefusal, Clock, RequestEvent, RequestForm, RequestState};
use market::kernel::Actor;
use time::Duration;

use super::{Ground, officer, refused};

#[tokio::test]
async fn the_clock_runs_from_the_receipt_and_says_who_was_late() {
    let ground = Ground::new().await;
    let clock = &ground.db().clock;
    // Came at 8:30, entered at 10.
    let earlier = RequestForm {
        received_time: "8h30".to_owned(),
        ..ground.form()
    };
    let first = ground.enter(&ground.officer, &earlier, None).await.unwrap();
    let second = ground.request().await;
    let listed = ground.listed(&ground.officer).await;
    let ids: Vec<_> = listed.iter().map(|request| request.id).collect();
    assert_eq!(ids, [first, second], "by the deadline");
    assert_eq!(
        listed[0].clock(clock.now()),
        Clock::Left(Duration::minutes(22 * 60 + 30))
    );
    clock.advance(Duration::hours(23));
    ground
        .step(second, RequestEvent::Answered, "Đã gửi dữ liệu")
        .await
        .unwrap();
    let listed = ground.listed(&ground.officer).await;
    assert_eq!(listed[0].id, first, "what waits comes first");
    assert_eq!(
        listed[0].clock(clock.now()),
        Clock::Late(Duration::minutes(30))
    );
    assert_eq!(listed[1].clock(clock.now()), Clock::InTime);
    clock.advance(Duration::minutes(30));
    ground
        .step(first, RequestEvent::Declined, "Không thuộc chợ này")
        .await
        .unwrap();
    let closed = &ground.listed(&ground.officer).await[1];
    assert_eq!(
        closed.clock(clock.now() + Duration::days(9)),
        Clock::ClosedLate(Duration::hours(1))
    );
}

#[tokio::test]
async fn moves_are_those_of_the_table_and_history_stays() {
    let ground = Ground::new().await;
    let id = ground.request().await;
    let without_words = ground.step(id, RequestEvent::Declined, " ").await;
    assert!(matches!(
        refused(without_words),
        AuthoritiesRefusal::Invalid(_)
    ));
    assert_eq!(
        refused(ground.step(id, RequestEvent::Reopened, "x").await),
        AuthoritiesRefusal::WrongState
    );
    for (event, text) in [
        (RequestEvent::Note, "Đã gọi điện hỏi lại"),
        (RequestEvent::CarriedOut, "Đã gỡ món hàng"),
        (RequestEvent::Reopened, "Còn sót một món"),
        (RequestEvent::Answered, "Đã trả lời"),
    ] {
        ground.db().clock.advance(Duration::minutes(5));
        ground.step(id, event, text).await.unwrap();
    }
    assert_eq!(
        refused(ground.step(id, RequestEvent::Declined, "x").await),
        AuthoritiesRefusal::WrongState,
        "the slower of two officers is told"
    );
    let request = ground.look(&ground.officer, id).await.unwrap();
    assert_eq!(request.listed.state, RequestState::Answered);
    let events: Vec<RequestEvent> = request.history.iter().map(|line| line.event).collect();
    assert_eq!(
        events,
        [
            RequestEvent::Answered,
            RequestEvent::Reopened,
            RequestEvent::CarriedOut,
            RequestEvent::Note,
            RequestEvent::Received,
        ]
    );
    let last = &request.history[0];
    assert_eq!(
        (
            last.who.as_str(),
            last.text.as_str(),
            last.letter_no.as_str()
        ),
        ("Lan", "Đã trả lời", "7/CV")
    );
    super::export(
        &ground.db().store,
        &ground.officer,
        ground.request().await,
        &market::authorities::ExportForm::default(),
    )
    .await
    .unwrap();
    for sql in [
        "update authority_request_events set text = ''",
        "delete from authority_request_events",
        "update authority_exports set bytes = 1",
        "delete from authority_exports",
        "delete from authority_requests",
        "update authority_requests set received_at = received_at - interval '1 hour'",
        "update authority_requests set due_at = due_at + interval '1 day'",
        "update authority_requests set asked = 'x'",
    ] {
        let outcome = sqlx::query(sql).execute(ground.db().store.writer()).await;
        assert!(outcome.is_err(), "{sql}");
    }
}

/// Which messages went to whom, in the order of writing.
async fn messages(ground: &Ground) -> Vec<(String, String, String)> {
    sqlx::query_as("select kind, phone, args ->> 'number' from messages order by created_at, phone")
        .fetch_all(ground.db().store.reader())
        .await
        .unwrap()
}

async fn go_round(ground: &Ground) {
    market::transact_sure!(ground.db().store, &Actor::system(), work => Ok(round(work).await?))
        .unwrap();
}

#[tokio::test]
async fn officers_are_told_once_before_the_end_and_once_after() {
    let ground = Ground::new().await;
    let db = ground.db();
    // One for a commune only, one of the shop itself, one without the permission: none of them hears of it.
    for (phone, sql) in [
        (
            "0907000002",
            "insert into officer_communes (person_id, commune_id) values ($1, 131338)",
        ),
        (
            "0907000003",
            "insert into seller_members (seller_id, person_id, duty, since) select id, $1, 'staff', now() from sellers limit 1",
        ),
        (
            "0907000004",
            "delete from officer_permissions where person_id = $1",
        ),
    ] {
        let other = officer(db, phone).await;
        sqlx::query(sql)
            .bind(other.person.unwrap().0)
            .execute(db.store.writer())
            .await
            .unwrap();
    }
    officer(db, "0907000005").await;

    ground.request().await;
    go_round(&ground).await;
    assert!(messages(&ground).await.is_empty(), "24 hours are left");
    db.clock.advance(Duration::hours(18));
    go_round(&ground).await;
    go_round(&ground).await;
    let told =
        |kind: &str, phone: &str| (kind.to_owned(), phone.to_owned(), "YC-2026-0001".to_owned());
    let soon = [
        told("authority_due_soon", "+84907000001"),
        told("authority_due_soon", "+84907000005"),
    ];
    assert_eq!(messages(&ground).await, soon);
    db.clock.advance(Duration::hours(6));
    go_round(&ground).await;
    assert_eq!(messages(&ground).await.len(), 2, "it is due at this moment");
    db.clock.advance(Duration::minutes(1));
    go_round(&ground).await;
    go_round(&ground).await;
    let all = messages(&ground).await;
    assert_eq!(all.len(), 4);
    assert_eq!(all[2], told("authority_overdue", "+84907000001"));

    // One that is closed is told of no more, and one that came late only as overdue.
    let closed = ground.request().await;
    ground
        .step(closed, RequestEvent::Answered, "Đã gửi dữ liệu")
        .await
        .unwrap();
    let late = RequestForm {
        received_on: "2026-11-24".to_owned(),
        received_time: "9:00".to_owned(),
        ..ground.form()
    };
    ground.enter(&ground.officer, &late, None).await.unwrap();
    db.clock.advance(Duration::days(2));
    go_round(&ground).await;
    go_round(&ground).await;
    let all = messages(&ground).await;
    assert_eq!(all.len(), 6);
    assert_eq!(all[4].2, "YC-2026-0003");
}
