//! A database of its own for each test, copied from a template with the schema and the reference data.
use std::time::Duration;

use market::kernel::{Key, Store};
use sqlx::postgres::{PgConnectOptions, PgConnection, PgPoolOptions};
use sqlx::{AssertSqlSafe, Connection};
use uuid::Uuid;

use super::clock::TestClock;

/// `TEST_DATABASE_URL` names the cluster (an administrator's address), `TEST_TEMPLATE` the database that is
/// copied; both come from the setup script that nextest runs once. The copy is dropped with the value.
pub struct TestDb {
    pub store: Store,
    pub clock: TestClock,
    admin: PgConnectOptions,
    name: String,
}

impl TestDb {
    pub async fn new() -> Self {
        let admin: PgConnectOptions = variable("TEST_DATABASE_URL")
            .parse()
            .expect("TEST_DATABASE_URL is the address of a PostgreSQL database");
        let template = variable("TEST_TEMPLATE");
        let name = format!("t_{}", random_id().simple());
        admin_command(
            &admin,
            format!("create database {name} template {template}"),
        )
        .await;
        let clock = TestClock::new();
        let pool = PgPoolOptions::new()
            .max_connections(16)
            .acquire_timeout(Duration::from_secs(30))
            .connect_with(admin.clone().database(&name))
            .await
            .expect("the new database answers");
        Self {
            store: Store::new(pool, clock.clock(), Key::random().expect("random bytes").0),
            clock,
            admin,
            name,
        }
    }
}

impl Drop for TestDb {
    /// In a thread with a runtime of its own, so that it also runs when the test has failed.
    fn drop(&mut self) {
        let admin = self.admin.clone();
        let command = format!("drop database if exists {} with (force)", self.name);
        let dropping = std::thread::spawn(move || {
            tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .expect("a runtime")
                .block_on(admin_command(&admin, command));
        });
        let is_dropped = dropping.join().is_ok();
        assert!(
            is_dropped || std::thread::panicking(),
            "{} could not be dropped",
            self.name
        );
    }
}

fn variable(name: &str) -> String {
    std::env::var(name)
        .unwrap_or_else(|_| panic!("{name} is set by the setup script of the tests: `make test`"))
}

fn random_id() -> Uuid {
    let mut bytes = [0; 16];
    rand::RngCore::fill_bytes(&mut rand::rng(), &mut bytes);
    uuid::Builder::from_random_bytes(bytes).into_uuid()
}

async fn admin_command(admin: &PgConnectOptions, command: String) {
    let mut connection = PgConnection::connect_with(admin)
        .await
        .expect("the cluster of TEST_DATABASE_URL answers");
    sqlx::raw_sql(AssertSqlSafe(command))
        .execute(&mut connection)
        .await
        .expect("the administrator may create and drop databases");
}

#[tokio::test]
async fn each_test_has_a_database_and_a_clock_of_its_own() {
    let (one, two) = (TestDb::new().await, TestDb::new().await);
    sqlx::query("insert into settings (name, value) values ('test', '')")
        .execute(one.store.reader())
        .await
        .expect("the template holds the schema");
    let others: i64 = sqlx::query_scalar("select count(*) from settings where name = 'test'")
        .fetch_one(two.store.reader())
        .await
        .expect("the template holds the schema");
    assert_eq!(others, 0);
    one.clock.advance(time::Duration::days(1));
    assert_eq!(one.store.now() - two.store.now(), time::Duration::days(1));
}
