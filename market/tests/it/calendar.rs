//! Working days, by the days off that are data.
use market::kernel::calendar::{ensure_reference, working_days_after};
use time::macros::date;

use crate::support::db::TestDb;

#[tokio::test]
async fn neither_weekends_nor_days_off_are_counted() {
    let db = TestDb::new().await;
    for _ in 0..2 {
        ensure_reference(&db.store).await.unwrap();
    }
    let mut conn = db.store.reader().acquire().await.unwrap();
    for (day, count, expected) in [
        // A Tuesday; a Friday; a Saturday.
        (date!(2026 - 11 - 24), 3, date!(2026 - 11 - 27)),
        (date!(2026 - 11 - 27), 3, date!(2026 - 12 - 02)),
        (date!(2026 - 11 - 28), 1, date!(2026 - 11 - 30)),
        // Across Tết of 2026, and the end of April.
        (date!(2026 - 02 - 13), 1, date!(2026 - 02 - 23)),
        (date!(2026 - 04 - 24), 3, date!(2026 - 05 - 04)),
    ] {
        let found = working_days_after(&mut conn, day, count).await.unwrap();
        assert_eq!(found, expected, "{count} after {day}");
    }
}
